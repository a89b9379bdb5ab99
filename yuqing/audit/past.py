"""Every version of a case along git's history, each held against each of its parents.

The order is that of ancestry: dates, git's as well as the record's, are statements. What comes in
are versions and who follows whom; nothing here knows git.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from yuqing.audit.verdicts import backwards
from yuqing.errors import Said
from yuqing.read.changes import Change, Raw, changes, entries, shown
from yuqing.read.merge import REFERS
from yuqing.read.pieces import dash_line, is_log
from yuqing.read.splice import WHOLE, fingerprints
from yuqing.read.tree import Tree, decode, parse
from yuqing.words import N_


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. ``at``: the committer's date, as stated; ``author``: who signed it, as stated."""

    id: str
    parents: tuple[str, ...]
    at: dt.datetime
    author: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One case from one parent of a commit to the commit. ``before``, ``after``: what names the
    content of the two versions, ``None`` where there is no file; ``path``, ``was_path``: where
    they lie. A first commit has no parent. ``parents``: how many the commit has."""

    commit: str
    parent: str | None
    case: str
    before: str | None
    after: str | None
    path: str
    was_path: str = ""
    parents: int = 1


Kind = Literal[
    "changed",
    "gone",
    "moved",
    "deleted",
    "recorded",
    "dates",
    "unreadable",
    "code",
    "basis",
    "time",
    "signature",
    "pushed",
]


@dataclass(frozen=True, slots=True)
class Found:
    """Something that the history shows: which commit, which case and entry, said in a sentence.

    ``unreadable`` makes an answer incomplete; every other kind contradicts the record.
    """

    kind: Kind
    said: Said
    commit: str = ""
    case: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the history says of one case.

    ``born``: id of an entry → the commit that brought it. ``odd``: id of an entry that says it was
    written down before an entry that git proves to be older → that one's time. ``codes``: the
    fingerprints, whole (26 signs), that the case had after any entry in any version, → the commit
    that brought that version. ``overwrites``: words overwritten in place, by the rule.
    """

    born: Mapping[str, str] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    odd: Mapping[str, dt.datetime] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    overwrites: tuple[tuple[str, Change], ...] = ()
    moves: tuple[Step, ...] = ()


def dates(commits: Iterable[Commit]) -> Iterator[Found]:
    """Commits that state an earlier date than one of their parents."""
    known = {commit.id: commit for commit in commits}
    for commit in known.values():
        for parent in commit.parents:
            before = known.get(parent)
            if before is not None and commit.at < before.at:
                key = N_("the commit is dated {at}, the one before it ({parent}) {before}")
                params = {"at": commit.at, "parent": parent[:7], "before": before.at}
                yield Found("dates", Said(key, params), commit.id)


def walk(steps: Sequence[Step], texts: Mapping[str, bytes]) -> Past:
    """All steps of one case, parents before children. ``texts``: content by its name."""
    versions = _Versions(texts)
    born: dict[str, str] = {}
    found: list[Found] = []
    odd: dict[str, dt.datetime] = {}
    overwrites: list[tuple[str, Change]] = []
    seen: list[str] = []
    older = 0
    fresh: dict[str, str] = {}
    for n, step in enumerate(steps):
        if n and step.commit != steps[n - 1].commit:
            born |= fresh
            fresh = {}
            older = len(seen)
        if step.after is None:
            key = N_("the case was deleted ({path})")
            said = Said(key, {"path": step.was_path or step.path})
            found.append(Found("deleted", said, step.commit, step.case))
            continue
        before = versions.tree(step.before) if step.before is not None else None
        after = versions.tree(step.after)
        if after is None:
            versions.stand_in(step.after, before)
            key = N_("this version of {path} cannot be read; nothing in it was compared")
            said = Said(key, {"path": step.path})
            found.append(Found("unreadable", said, step.commit, step.case))
            continue
        if before is not None:
            made = list(changes(before, after))
            if step.parents > 1 and any(change.kind == "moved" for change in made):
                others = [s.before for s in steps if s.commit == step.commit and s.before]
                merged = _merged(before, after, versions.of(others), versions.of(seen[:older]))
                made = [c for c in made if c.kind != "moved" or c.entry not in merged]
            found += [told(change, step) for change in made]
            overwrites += [(step.commit, each) for each in _overwrites(before, after)]
        seen.append(step.after)
        new = [e for e in _new(before, after) if e["id"] not in born]
        fresh |= {e["id"]: step.commit for e in new}
        for name, above in _odd(before, new):
            if name not in odd:
                odd[name] = above
                found.append(_before_the_last(name, above, new, step))
    born |= fresh
    return Past(
        born=born,
        found=tuple(found),
        odd=odd,
        codes=versions.codes(steps),
        overwrites=tuple(overwrites),
        moves=tuple(s for s in steps if s.before and s.after and s.was_path not in ("", s.path)),
    )


def _merged(before: Raw, after: Raw, parents: Iterable[Raw], older: Iterable[Raw]) -> set[str]:
    """Entries whose new place in the log the merge itself explains.

    The driver keeps the order that both sides had before they parted, and puts behind it what is
    new to it, by `recorded` and id, an entry behind what it speaks of (case format, section 10).
    So of two entries that changed places either an older version has them in the new order, or
    another parent has the one that moved up and lacks the other, or their ranks say so. What
    nothing explains, somebody did by hand in the merge; and of two amendments the last one holds.
    """
    sides, held = [_places(tree) for tree in parents], [_places(tree) for tree in older]
    old, new, ranks = _places(before), _places(after), _ranks(entries(before))
    explained: set[str] = set()
    common = [name for name in old if name in new]
    for n, late in enumerate(common):
        overtaken = [early for early in common[:n] if new[late] < new[early]]
        if overtaken and all(
            ranks[late][0] < ranks[early][1]
            or any(late in side and early not in side for side in sides)
            or any(p.get(late, math.inf) < p.get(early, -1) for p in held)
            for early in overtaken
        ):
            explained.add(late)
    return explained


def _places(tree: Raw) -> dict[str, int]:
    return {e["id"]: n for n, e in enumerate(entries(tree)) if "id" in e}


_Rank = tuple[dt.datetime, str]


def _ranks(log: Sequence[Raw]) -> dict[str, tuple[_Rank, _Rank]]:
    """Of each entry where the driver would put it by itself, and where at the latest: behind what
    it speaks of, and behind what was stated and written down in the same minutes."""
    found: dict[str, tuple[_Rank, _Rank]] = {}
    same: dict[Any, _Rank] = {}
    for entry in log:
        if "id" not in entry:
            continue
        own = (moment(entry) or _LATEST, str(entry["id"]))
        named = [n for each in REFERS for n in _listed(entry.get(each))]
        minute = (entry.get("recorded"), entry.get("at"))
        last = max([own, same.get(minute, own), *(found[n][1] for n in named if n in found)])
        found[own[1]] = own, last
        same[minute] = last
    return found


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


def _new(before: Raw | None, after: Raw) -> list[Raw]:
    had = {e.get("id") for e in entries(before)}
    return [e for e in entries(after) if "id" in e and e["id"] not in had]


def _overwrites(before: Raw, after: Raw) -> Iterator[Change]:
    """What was overwritten in place with its amendment beside it."""
    had = {e["id"] for e in entries(before) if "id" in e}
    kept = [e for e in entries(after) if e.get("kind") != "amended" or e.get("id") in had]
    if len(kept) == len(entries(after)):
        return
    against = [(c.entry, c.field) for c in changes(before, after)]
    for change in changes(before, {**after, "log": kept}):
        if change.kind == "changed" and (change.entry, change.field) not in against:
            yield change


# --- recorded before the previous record -----------------------------------------------


def _odd(before: Raw | None, new: Sequence[Raw]) -> Iterator[tuple[str, dt.datetime]]:
    """New entries that say they were written down before what git proves to be older."""
    last = max((m for e in entries(before) if (m := moment(e)) is not None), default=None)
    stamps = [moment(e) for e in new]
    among = backwards(stamps)
    for n, (entry, stamp) in enumerate(zip(new, stamps, strict=True)):
        if stamp is not None and last is not None and stamp < last:
            yield entry["id"], last
        elif n in among:
            yield entry["id"], among[n]


def moment(entry: Raw) -> dt.datetime | None:
    """When the entry says that it was written down."""
    try:
        found = dt.datetime.fromisoformat(str(entry["recorded"]).replace(" ", "T", 1))
    except (KeyError, ValueError):
        return None
    return found if found.tzinfo else None


def _before_the_last(name: str, above: dt.datetime, new: Sequence[Raw], step: Step) -> Found:
    recorded = next((moment(e) for e in new if e["id"] == name), None)
    key = N_("{entry}: says it was written down {recorded}; an older record {above}")
    params = {"entry": name, "recorded": recorded, "above": above}
    return Found("recorded", Said(key, params), step.commit, step.case, name)


def told(change: Change, step: Step) -> Found:
    """A change in a sentence."""
    params: dict[str, Any] = {"entry": change.entry}
    match change.kind:
        case "gone":
            key = N_("entry {entry} ({kind}, {at}) is gone")
            params |= {"kind": change.old.get("kind", "?"), "at": change.old.get("at", "?")}
        case "moved":
            key = N_("entry {entry} was put in another place of the log")
        case "changed":
            key = N_("`{field}` of {entry} was changed: {old} → {new}")
            params |= {
                "field": change.field,
                "old": shown(change.old),
                "new": shown(change.new),
            }
    return Found(change.kind, Said(key, params), step.commit, step.case, change.entry)


# --- versions: read once, and only where reading tells more than the bytes ---------------


def grown(before: bytes, after: bytes) -> int | None:
    """The line, from 1, of the entry that ``after`` appended first to exactly ``before``.

    ``None`` unless the bytes alone show that nothing of the old could have come to mean
    something else; then both are read.
    """
    if not after.startswith(before) or not before.endswith(b"\n") or _KEEPING.search(before):
        return None
    line = before.count(b"\n")
    for row in after[len(before) :].split(b"\n"):
        line += 1
        bare = row.lstrip(b" ")
        if bare.startswith(b"-"):
            return line
        if bare and not (bare.startswith(b"#") and len(row) - len(bare) <= 4):
            return None
    return None


_KEEPING = re.compile(rb"[|>][1-9]?\+")


class _Versions:
    """The trees of all versions. Of a file that only ever grew the last one is read."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts
        self._trees: dict[str, Raw | None] = {}
        self._whole: list[tuple[bytes, Tree, tuple[int, ...]]] = []
        for name in sorted(texts, key=lambda n: len(texts[n]), reverse=True):
            self._trees[name] = self._read(texts[name])

    def _read(self, data: bytes) -> Raw | None:
        for longer, known, lines in self._whole:
            line = grown(data, longer)
            if line is not None and line in lines:
                return {**known.value, "log": known.value["log"][: lines.index(line)]}
        tree, _ = parse(data, "", as_text=True)
        if tree is None or not isinstance(tree.value.get("log"), list):
            return None
        root: Raw = tree.value
        if is_log(tree):
            rows = (decode(data, "")[0] or "").split("\n")
            places = tuple(dash_line(tree, rows, n) or 0 for n in range(len(root["log"])))
            self._whole.append((data, tree, places))
        return root

    def tree(self, name: str) -> Raw | None:
        return self._trees.get(name)

    def of(self, names: Iterable[str]) -> Iterator[Raw]:
        """The trees of those that can be read."""
        return filter(None, map(self.tree, names))

    def stand_in(self, name: str, tree: Raw | None) -> None:
        """An unreadable version must not hide what came before it from what comes after."""
        if tree is not None and self._trees.get(name) is None:
            self._trees[name] = tree

    def codes(self, steps: Sequence[Step]) -> dict[str, str]:
        """Every code of every version, and the first commit that had it."""
        found: dict[str, str] = {}
        done: set[str] = set()
        for step in steps:
            tree = self._trees.get(step.after or "")
            if tree is None or step.after in done:
                continue
            done.add(step.after or "")
            for code in fingerprints(tree, WHOLE):
                found.setdefault(code, step.commit)
        return found
