"""Everything reachable from HEAD: commits, and what each changed against each of its parents."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing.audit import Commit
from yuqing.errors import Unusable
from yuqing.git import process
from yuqing.git.preflight import refused
from yuqing.git.process import Repo, literally
from yuqing.read.splice import code_of
from yuqing.words import N_

LIMIT = 600.0
"""Seconds that reading a long history may take."""
_NONE = "0"


@dataclass(frozen=True, slots=True)
class Edge:
    """A path that differs between a parent and its commit; blobs, ``None`` where it is not.

    The first commit of a history has no parent, and everything in it is new.
    """

    commit: str
    parent: str | None
    path: str
    before: str | None
    after: str | None


def whole(repo: Repo) -> None:
    """Raise ``Unusable`` where the history is cut off or its parents are made up."""
    if (repo.common_dir / "shallow").exists():
        raise Unusable(
            N_("a shallow clone: its history does not reach back; {line}"),
            line="git fetch --unshallow",
        )
    grafts = repo.common_dir / "info" / "grafts"
    if grafts.is_file() and grafts.read_bytes().strip():
        raise Unusable(N_("{path} gives commits other parents than they have"), path=str(grafts))


def replaced(repo: Repo) -> bool:
    """Are there replace refs? They are never followed here, but others see another history."""
    said = process.run(repo.top, "for-each-ref", "--count=1", "refs/replace/")
    return bool(said.out.strip())


def commits(repo: Repo, tip: str = "HEAD") -> tuple[tuple[Commit, ...], dict[str, str]]:
    """Every commit reachable from ``tip``, parents first, and the tree of each. One process.

    Read from the commits themselves; no setting or replace ref changes what they say.
    """
    said = process.run(
        repo.top, "rev-list", "--header", "--topo-order", "--reverse", tip, "--", limit=LIMIT
    )
    if said.code != 0:
        born = process.run(repo.top, "rev-parse", "--verify", "--quiet", tip)
        if born.code == 0 or said.code is None:
            raise refused(repo.top, said)
        return (), {}  # no commit yet
    found: list[Commit] = []
    trees: dict[str, str] = {}
    for record in said.out.split(b"\0"):
        name, _, rest = record.lstrip(b"\n").partition(b"\n")
        if not rest:
            continue
        commit_id = name.decode("ascii").strip()
        parents: list[str] = []
        at, author = dt.datetime.fromtimestamp(0, dt.UTC), ""
        for line in rest.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n"):
            key, _, value = line.partition(" ")
            if key == "tree":
                trees[commit_id] = value
            elif key == "parent":
                parents.append(value)
            elif key == "author":
                author = value.rpartition(" <")[0]
            elif key == "committer":
                at = _date(value)
        found.append(Commit(commit_id, tuple(parents), at, author))
    return tuple(found), trees


def _date(line: str) -> dt.datetime:
    """``NAME <MAIL> 1795620572 +0800`` as an aware time."""
    _, seconds, zone = ("", "0", "+0000", *line.rsplit(" ", 2))[-3:]
    try:
        sign = -1 if zone.startswith("-") else 1
        offset = sign * dt.timedelta(hours=int(zone[-4:-2]), minutes=int(zone[-2:]))
        return dt.datetime.fromtimestamp(int(seconds), dt.timezone(offset))
    except (ValueError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)


def edges(
    repo: Repo, found: Sequence[Commit], trees: dict[str, str], under: Path
) -> Iterator[Edge]:
    """What differs in a folder between each commit and each of its parents. One process."""
    length = len(found[0].id) if found else 40
    empty = hashlib.new(
        "sha1" if length == 40 else "sha256", b"tree 0\0", usedforsecurity=False
    ).hexdigest()
    pairs = {
        (commit.id, parent): (trees.get(parent or "", empty), trees[commit.id])
        for commit in found
        for parent in (commit.parents or (None,))
    }
    asked = "".join(f"{one} {two}\n" for one, two in dict.fromkeys(pairs.values()) if one != two)
    if not asked:
        return
    said = process.run(
        repo.top,
        *("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--"),
        *literally(repo, [under]),
        stdin=asked.encode(),
        limit=LIMIT,
    )
    if said.code != 0:
        raise refused(repo.top, said)
    differing = _differing(said.out)
    for (commit, parent), pair in pairs.items():
        for path, before, after in differing.get(pair, ()):
            yield Edge(commit, parent, path, before, after)


def _differing(out: bytes) -> dict[tuple[str, str], list[tuple[str, str | None, str | None]]]:
    """Pair of trees → (path, blob before, blob after) of each file that differs."""
    found: dict[tuple[str, str], list[tuple[str, str | None, str | None]]] = {}
    here: list[tuple[str, str | None, str | None]] = []
    at = 0
    while at < len(out):
        if out[at : at + 1] == b":":
            stop = out.index(b"\0", at)
            _, _, before, after, _ = out[at:stop].decode("ascii").split(" ")
            end = out.index(b"\0", stop + 1)
            path = out[stop + 1 : end].decode("utf-8", "surrogateescape")
            here.append((path, _blob(before), _blob(after)))
            at = end + 1
        else:
            stop = out.index(b"\n", at)
            one, _, two = out[at:stop].decode("ascii").partition(" ")
            here = found.setdefault((one, two), [])
            at = stop + 1
    return found


def _blob(name: str) -> str | None:
    return None if set(name) == {_NONE} else name


def contents(repo: Repo, names: Iterable[str]) -> dict[str, bytes]:
    """The content of blobs (or of ``COMMIT:PATH``); those that are not there are left out.

    One process.
    """
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    asked = "".join(f"{name}\n" for name in wanted).encode("utf-8", "surrogateescape")
    said = process.run(repo.top, "cat-file", "--batch", stdin=asked, limit=LIMIT)
    if said.code != 0:
        raise refused(repo.top, said)
    found: dict[str, bytes] = {}
    at = 0
    for name in wanted:
        stop = said.out.index(b"\n", at)
        *_, sort, size = (b"", *said.out[at:stop].split(b" "))
        at = stop + 1
        if sort == b"blob":
            found[name] = said.out[at : at + int(size)]
            at += int(size) + 1
    return found


def resolved(repo: Repo, name: str) -> tuple[str, dt.datetime] | None:
    """Id and time of the commit that a person names; ``None`` if it is none."""
    words = ("rev-list", "--max-count=1", "--timestamp", "--end-of-options", name, "--")
    said = process.run(repo.top, *words)
    seconds, _, commit_id = said.out.decode("ascii", "replace").strip().partition(" ")
    if said.code != 0 or not commit_id:
        return None
    return commit_id, dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def touching(repo: Repo, paths: Iterable[Path]) -> list[tuple[str, dt.datetime]]:
    """Commits that changed any of these files or folders, with their times, newest first."""
    words = ("rev-list", "--timestamp", "--full-history", "HEAD", "--")
    said = process.run(repo.top, *words, *literally(repo, paths), limit=LIMIT)
    if said.code != 0:
        raise refused(repo.top, said)
    rows = (line.split(" ") for line in said.out.decode("ascii").splitlines())
    return [(name, dt.datetime.fromtimestamp(int(seconds), dt.UTC)) for seconds, name in rows]


def tree(repo: Repo, commit: str, paths: Iterable[Path]) -> dict[str, str]:
    """Blob of each ordinary file that a commit holds at or below these paths. One process."""
    names = [repo.inside(path) for path in paths]
    said = process.run(repo.top, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *names)
    if said.code != 0:
        raise refused(repo.top, said)
    found: dict[str, str] = {}
    for row in said.out.decode("utf-8", "surrogateescape").split("\0"):
        about, _, path = row.partition("\t")
        mode, _, blob = (*about.split(" "), "", "")[:3]
        if mode.startswith("100"):  # no link, no repository inside
            found[path] = blob
    return found


def commit_code(commit_id: str) -> str:
    """The code of everything a commit holds: the first bits of its own id, as 26 signs."""
    return code_of(bytes.fromhex(commit_id))
