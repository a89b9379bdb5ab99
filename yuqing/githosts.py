"""Findings in the forms that git hosts show beside the line: GitHub, GitLab.

GitHub and Gitee's compatible runners read workflow commands from stdout; GitLab reads a Code
Quality report (the Code Climate JSON subset it documents). Sentences are in ``language``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from yuqing import words
from yuqing.errors import Problem, Severity

_GITHUB: Mapping[Severity, str] = {
    "error": "error",
    "finding": "error",
    "warning": "warning",
    "notice": "notice",
}
_GITLAB: Mapping[Severity, str] = {
    "error": "blocker",
    "finding": "major",
    "warning": "minor",
    "notice": "info",
}


def github(problems: Iterable[Problem], language: str) -> list[str]:
    """One workflow command for each problem: ``::error file=…,line=…::sentence``."""
    found = []
    for each in problems:
        place = [f"file={_property(each.file)}"] if each.file else []
        place += [f"line={each.line}"] if each.line else []
        said = _escaped(words.say(each.said, language))
        found.append(f"::{_GITHUB[each.severity]} {','.join(place)}::{said}")
    return found


def _escaped(text: str) -> str:
    """A line break in a message would end the command, and begin another one."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(problems: Sequence[Problem], language: str) -> str:
    """A Code Quality report; ``[]`` if nothing was found.

    The fingerprint leaves the line out: a finding that only moved is the same one. Where two
    would be alike, the later carries its count.
    """
    seen: dict[str, int] = {}
    items = []
    for each in problems:
        said = words.say(each.said, language)
        alike = f"{each.file}\n{each.key}\n{said}"
        seen[alike] = seen.get(alike, 0) + 1
        items.append(
            {
                "description": said,
                "check_name": "yuqing check",
                "fingerprint": hashlib.sha256(f"{alike}\n{seen[alike]}".encode()).hexdigest(),
                "severity": _GITLAB[each.severity],
                "location": {"path": each.file or ".", "lines": {"begin": each.line or 1}},
            }
        )
    return json.dumps(items, ensure_ascii=False, indent=2)
