"""Every way to fail: a sentence with its place, a class, an exit code.

Nothing here is in any language yet: a sentence is an English message id with named
parameters (:class:`Said`), which ``words.say`` turns into the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Path = tuple[str | int, ...]
Severity = Literal["error", "finding", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that has not been put into a language: message id and parameters."""

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with a file, as a value with a place.

    ``error``: the file cannot be used. ``finding``: it can, and ``check`` ends 3.
    ``warning`` and ``notice`` are printed and end 0. ``line`` counts from 1; 0 is the file
    as a whole. ``path`` is the way to the field, such as ``("log", 3, "at")``.
    """

    file: str
    key: str
    line: int = 0
    path: Path = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "error"

    @property
    def said(self) -> Said:
        """The sentence alone, without its place."""
        return Said(self.key, self.params)


class Failure(Exception):
    """A command that cannot do what it was asked; the one funnel in ``cli`` shows it.

    ``said`` tells what and where, ``hint`` what to do next.
    """

    exit_code = 1

    def __init__(self, key: str, *, hint: Said | None = None, **params: Any) -> None:
        super().__init__(key)
        self.said = Said(key, params)
        self.hint = hint


class Usage(Failure):
    """The command line itself is wrong."""

    exit_code = 2


class Unreadable(Failure):
    """Plan or case files that cannot be used; all of them are named."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem], *, hint: Said | None = None) -> None:
        super().__init__(problems[0].key, hint=hint, **problems[0].params)
        self.problems = tuple(problems)


class NotFound(Failure):
    """No such case, entry or item, or several: the candidates are named."""

    exit_code = 4


class Refused(Failure):
    """What was typed or piped in cannot be taken; nothing was changed."""

    exit_code = 5


class NotCommitted(Failure):
    """Saved on disk, but git holds no commit of it."""

    exit_code = 6


class Unusable(Failure):
    """The surroundings: git, identity, owner, disk, zone, no workspace."""

    exit_code = 8


class Busy(Failure):
    """The lock is held, a file changed meanwhile, or a merge is under way."""

    exit_code = 9
