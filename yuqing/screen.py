"""What a person or a program sees: lines, tables on a terminal, JSON envelopes.

Data goes out as it is, but never as commands to the terminal: see :func:`clean`.
"""

from __future__ import annotations

import unicodedata

from yuqing import words
from yuqing.errors import Problem

_BIDI = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060"
                  "\u2066\u2067\u2068\u2069\ufeff")  # fmt: skip


def clean(text: str) -> str:
    """``text`` with control, escape and direction characters made visible, on one line."""
    return "".join(
        f"<U+{ord(c):04X}>" if c in _BIDI or unicodedata.category(c) in ("Cc", "Cs") else c
        for c in text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    )


def problem_line(problem: Problem, language: str) -> str:
    """``cases/X.yaml:19: sentence``: the form that editors and other tools can jump to."""
    place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    return clean((place if problem.file else "") + words.say(problem.said, language))
