"""The same question asked again: cron's ``overdue``, answered by what it found last time.

Python starts in a few milliseconds, the whole program in twenty times that, and cron asks every
few minutes whether anything is late. The full command leaves its answer beside the index, with
the signature of everything it was made of and the minute up to which it stands. While the same
words are asked, no signature differs and that minute has not come, the answer depends on the
minute alone. Anything else (a changed, new or missing file, a commit, other code, another user, a
terminal, any trouble) goes the long way, which leaves a new answer; one that lacks a broken file
is never left.

A signature is name, size, both times and inode of a file. Its change time, which nobody can set,
gives it away when the date was put back by hand. What changed within two seconds before the
answer was made is not trusted, as in git: a file system's clock may tick more slowly than two
edits follow each other.

This module stands below all others and loads only what Python itself has loaded to start.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
import time

TYPE_CHECKING = False  # typing itself takes milliseconds
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    Piece = str | int | None
    """Of an answer's text: words; a minute since 1970, in whose place stands how far it is
    away; ``None``, in whose place stands the minute of asking."""
    Mark = tuple[str, int, int, int, int]

RACY = 2
"""Seconds in which a file can change twice and show one time."""
KEPT = 16
"""So many questions of one office are kept."""
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LC_MESSAGES", "PATH", "YUQING_HOME", "YUQING_LANG")
"""What of the environment may change an answer: the language, and which git is found."""


class Asked:
    """One question, and what everything it will be answered from looked like before.

    Raises ``OSError`` or ``ValueError`` if it has to go the long way.
    """

    __slots__ = ("began", "git_dir", "question", "root", "seen")

    def __init__(self, words: Sequence[str]) -> None:
        if sys.platform == "win32":  # its change time is the time of making
            raise ValueError(sys.platform)
        self.began = time.time()
        folder = os.environ.get("YUQING_HOME") or "."
        if "-C" in words[:-1]:
            folder = words[words.index("-C") + 1]
        self.root = os.path.realpath(folder)
        self.git_dir = _git_dir(self.root)
        home = os.path.dirname(__file__)
        self.question = (
            *words, "", self.root, home, sys.version, str(os.geteuid()),
            *(os.environ.get(name, "") for name in _ENVIRONMENT),
        )  # fmt: skip
        self.seen = [*program(home), *_head(self.git_dir), *_office(self.root)]


def answer(words: Sequence[str]) -> int | None:
    """Answer ``words`` as last time, on stdout and stderr; the exit code, or ``None``: go on."""
    if "_YUQING_COMPLETE" in os.environ:
        return None
    try:
        out, err = sys.stdout.fileno(), sys.stderr.fileno()
        if os.isatty(out):
            return None
        asked = Asked(words)
        seen, answers = _kept(asked)
        found = answers[asked.question] if seen == asked.seen else None
        minute = int(asked.began) // 60
        if found is None or not found["since"] <= minute < found["until"]:
            return None
        _beat(asked, said(found["beat"], found, minute))
        for stream, part in ((err, "err"), (out, "out")):
            text = said(found[part], found, minute).encode("utf-8", "replace")
            while text:
                text = text[os.write(stream, text) :]
    except BrokenPipeError:
        return 141
    except (OSError, ValueError, EOFError, TypeError, KeyError, AttributeError):
        return None  # whatever it is, the long way meets it too, and tells
    return int(found["code"])


def _beat(asked: Asked, text: str) -> None:
    try:
        with open(f"{asked.git_dir}/yuqing/heartbeat", "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        pass  # that it cannot be noted is no fault of the answer


def keep(asked: Asked, found: dict[str, Any]) -> None:
    """Leave an answer for the next one who asks, unless a file has just changed."""
    if any(mark[2] > (asked.began - RACY) * 1e9 for mark in asked.seen):
        return
    try:
        seen, answers = _kept(asked)
    except (OSError, ValueError, EOFError, TypeError):
        seen, answers = [], {}
    kept = list(answers.items())[1 - KEPT :] if seen == asked.seen else []
    temp = f"{asked.git_dir}/yuqing/answers.{os.getpid()}.tmp"
    try:
        with open(temp, "wb") as file:
            marshal.dump((asked.seen, {**dict(kept), asked.question: found}), file)
        os.replace(temp, f"{asked.git_dir}/yuqing/answers")
    except OSError:
        pass  # a folder that can't be written costs time only


def _kept(asked: Asked) -> tuple[list[Mark], dict[tuple[str, ...], dict[str, Any]]]:
    with open(f"{asked.git_dir}/yuqing/answers", "rb") as file:
        seen, answers = marshal.load(file)  # noqa: S302 - ours, in our own git directory
    return seen, answers


# --- words -----------------------------------------------------------------------------


def said(pieces: Sequence[Piece], found: dict[str, Any], minute: int) -> str:
    """The text of an answer as it reads at ``minute`` (since 1970)."""
    local = (minute + found["offset"]) % 1440
    parts = []
    for piece in pieces:
        if piece is None:
            parts.append(f"{found['day']}T{local // 60:02d}:{local % 60:02d}{found['zone']}")
        elif isinstance(piece, int):
            which, numbers = measured(abs(piece - minute))
            span = found["spans"][which].format_map(numbers)
            parts.append(found["over" if minute > piece else "left"].format_map({"span": span}))
        else:
            parts.append(piece)
    return "".join(parts)


def measured(minutes: int) -> tuple[int, dict[str, int]]:
    """How a length is said: in minutes (0), hours and minutes (1) or days (2), and the numbers."""
    if minutes < 60:
        return 0, {"n": minutes}
    if minutes < 48 * 60:
        return 1, {"h": minutes // 60, "m": minutes % 60}
    return 2, {"n": minutes // (24 * 60)}


# --- signatures ------------------------------------------------------------------------


def _git_dir(root: str) -> str:
    """The repository's own folder; linked worktrees go the long way."""
    folder = root
    while not os.path.lexists(folder + "/.git"):
        if folder == (folder := os.path.dirname(folder)):
            raise ValueError(root)
    git_dir = os.path.realpath(folder + "/.git")
    if not os.path.isdir(git_dir) or os.path.lexists(git_dir + "/commondir"):
        raise ValueError(git_dir)
    return git_dir


def _mark(path: str) -> Mark:
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        return (path, 0, 0, 0, 0)
    return (path, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)


def _folder(path: str, *, deep: bool = False) -> Iterator[Mark]:
    """Everything in a folder, with ``deep`` below it too. Of a folder in it only the name counts:
    its times change with what lies in there."""
    try:
        entries = os.scandir(path)
    except FileNotFoundError:
        yield (path, 0, 0, 0, 0)
        return
    with entries:
        for entry in entries:
            seen = entry.stat(follow_symlinks=False)
            if entry.name == "__pycache__":
                continue
            if stat.S_ISDIR(seen.st_mode):
                yield (entry.path, 0, 0, 0, 0)
                if deep:
                    yield from _folder(entry.path, deep=True)
                continue
            yield (entry.path, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)
            if stat.S_ISLNK(seen.st_mode):
                yield _mark(entry.path)


def program(home: str) -> Iterator[Mark]:
    """The code, what it brings along, and the folders of the libraries it stands on."""
    yield from _folder(home, deep=True)
    if not os.path.isdir(home + "/_data"):
        yield from _folder(os.path.dirname(home) + "/templates", deep=True)
    yield from (_mark(path) for path in sys.path if path.endswith("-packages"))
    yield _mark("/usr/share/zoneinfo")


def _head(git_dir: str) -> Iterator[Mark]:
    """Which commit HEAD is, as far as it can be told by where that is written."""
    with open(git_dir + "/HEAD", encoding="utf-8") as file:
        head = file.read().strip()
    yield (head, 0, 0, 0, 0)
    yield _mark(f"{git_dir}/{head.removeprefix('ref: ')}")
    yield _mark(git_dir + "/packed-refs")
    yield _mark(git_dir + "/reftable/tables.list")


def _office(root: str) -> Iterator[Mark]:
    """What the office wrote beforehand, its desk, and its logbooks. Of the archive only which
    files there are: a case may lie in both places, or be missing from both."""
    if not os.path.isfile(root + "/templates/office.yaml"):
        raise ValueError(root)
    yield from _folder(root + "/templates", deep=True)
    yield from _folder(root + "/cases")
    yield from _folder(root + "/cases/log")
    years = root + "/cases/closed"
    for mark in [*_folder(years)]:
        yield mark
        yield _mark(mark[0])
