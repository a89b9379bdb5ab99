"""The log of a repository that others keep: which commit was there, by their clock.

A line says that a commit, and with it everything it goes back to, existed no later than that
minute. It does not say that it was made then, nor that any act took place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yuqing.audit.past import Commit, Found
from yuqing.errors import Said
from yuqing.words import N_

_LINE = re.compile(r"(?P<at>\S+)\s+(?P<commit>[0-9a-f]{40}|[0-9a-f]{64})(?:\s+(?P<ref>\S+))?\s*")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line: ``commit`` was received for ``ref`` at ``at`` (aware), by the other's clock."""

    at: dt.datetime
    commit: str
    ref: str = ""


def read_receipts(data: bytes) -> tuple[tuple[Receipt, ...], tuple[int, ...]]:
    """``TIME COMMIT REF`` line by line, as the hook of ``help audit`` writes it; and the numbers
    of the lines that are none."""
    found: list[Receipt] = []
    strange: list[int] = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        at = _time(match["at"]) if match else None
        if match is None or at is None:
            strange.append(number)
        elif set(match["commit"]) != {"0"}:  # a ref that was deleted
            found.append(Receipt(at, match["commit"], match["ref"] or ""))
    return tuple(found), tuple(strange)


def _time(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def first_received(receipts: Iterable[Receipt], commits: Sequence[Commit]) -> Mapping[str, Receipt]:
    """Commit → the earliest receipt that holds it: its own, or one of a commit that follows it."""
    parents = {commit.id: commit.parents for commit in commits}
    found: dict[str, Receipt] = {}
    for receipt in sorted(receipts, key=lambda each: each.at):
        reached = [receipt.commit]
        while reached:
            commit = reached.pop()
            if commit in parents and commit not in found:
                found[commit] = receipt
                reached += parents[commit]
    return found


def no_longer_held(
    receipts: Iterable[Receipt], commits: Iterable[Commit], place: str
) -> Iterator[Found]:
    """Commits that were received and that this history does not lead to. ``place``: whose log."""
    known = {commit.id for commit in commits}
    first = {each.commit: each for each in sorted(receipts, key=lambda r: r.at, reverse=True)}
    for commit, receipt in sorted(first.items(), key=lambda pair: pair[1].at):
        if commit not in known:
            key = N_("{place}: commit {commit} was received at {at}, and this history lacks it")
            params = {"place": place, "commit": commit[:10], "at": receipt.at}
            yield Found("pushed", Said(key, params))
