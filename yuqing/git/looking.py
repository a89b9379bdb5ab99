"""What git knows of paths; nothing here changes anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing.git import objects, process
from yuqing.git.preflight import given, refused
from yuqing.git.process import Repo, literally


@dataclass(frozen=True, slots=True)
class Dirt:
    """How one path differs. ``staged``: index against HEAD, ``worktree``: file against index,
    as git's letters, ``.`` for equal; ``?`` unknown to git, ``!`` ignored, ``u`` in conflict."""

    path: str
    staged: str
    worktree: str

    @property
    def conflict(self) -> bool:
        """A merge left it unsettled."""
        return self.staged == "u"

    @property
    def ignored(self) -> bool:
        """A ``.gitignore`` rule hides it."""
        return self.staged == "!"


def status(repo: Repo, paths: Iterable[Path], *, ignored: bool = False) -> tuple[Dirt, ...]:
    """How these files or folders differ from HEAD and index. One process."""
    words = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames"]
    if ignored:
        words.append("--ignored=matching")
    said = process.run(repo.top, *words, "--", *literally(repo, paths))
    if said.code != 0:
        raise refused(repo.top, said)
    found = []
    for line in said.out.decode("utf-8", "surrogateescape").split("\0"):
        sort, _, rest = line.partition(" ")
        if sort == "1":
            letters, _, _, _, _, _, _, path = (sort, *rest.split(" ", 7))[1:]  # see git-status(1)
            found.append(Dirt(path, letters[0], letters[1]))
        elif sort == "u":
            found.append(Dirt(rest.split(" ", 9)[-1], "u", "u"))
        elif sort in ("?", "!"):
            found.append(Dirt(rest, sort, sort))
    return tuple(found)


def staged(repo: Repo, under: Path) -> Iterator[tuple[Path, bytes]]:
    """What the next commit would change below a folder: path and content, without what it takes
    away.

    Within a hook of ``git commit --only`` git has an index of its own for that one commit and
    names it in the environment; everywhere else the ordinary one counts.
    """
    index = os.environ.get("GIT_INDEX_FILE")
    said = process.run(
        repo.top,
        *("diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d", "-z", "--"),
        *literally(repo, [under]),
        index=index,
    )
    if said.code != 0:
        raise refused(repo.top, said)
    names = [n for n in said.out.decode("utf-8", "surrogateescape").split("\0") if n]
    paths = [repo.top / name for name in names]
    found = committed(repo, paths, at="", index=index) if paths else []
    for path, data in zip(paths, found, strict=True):
        if data is not None:
            yield path, data


def ignoring_rule(repo: Repo, path: Path) -> str | None:
    """The ``.gitignore`` rule (``file:line: pattern``) that hides ``path``, or ``None``."""
    name = repo.inside(path).encode("utf-8", "surrogateescape") + b"\0"
    said = process.run(repo.top, "check-ignore", "-v", "-z", "--no-index", "--stdin", stdin=name)
    if said.code not in (0, 1):
        raise refused(repo.top, said)
    if said.code == 1:
        return None
    source, line, pattern, *_ = said.out.decode("utf-8", "replace").split("\0")
    return None if pattern.startswith("!") else f"{source}:{line}: {pattern}"


def committed(
    repo: Repo, paths: Sequence[Path], *, at: str = "HEAD", index: str | None = None
) -> list[bytes | None]:
    """What commit ``at`` (empty: the index) holds of each path; ``None`` where it holds none.
    At most one process."""
    open_ = objects.contents(repo, paths) if at == "HEAD" else None
    if open_ is not None:
        return open_
    wanted = "".join(f"{at}:{repo.inside(path)}\n" for path in paths)
    said = process.run(
        repo.top, "cat-file", "--batch", stdin=wanted.encode("utf-8", "surrogateescape"),
        index=index,
    )  # fmt: skip
    if said.code != 0:
        raise refused(repo.top, said)
    found: list[bytes | None] = []
    rest = said.out
    for _ in paths:
        head, _, rest = rest.partition(b"\n")
        *_, sort, size = (b"", *head.split(b" "))
        if sort == b"blob":
            length = int(size)
            found.append(rest[:length])
            rest = rest[length + 1 :]
        else:
            found.append(None)
    return found


def blobs(repo: Repo, under: Path) -> dict[str, str]:
    """What HEAD holds in a folder itself: name from the top → hash; empty before any commit.

    Raises ``Unusable`` if git will not read here.
    """
    said = process.run(
        repo.top, "ls-tree", "-z", "--full-tree", "HEAD", "--", repo.inside(under) + "/"
    )
    if said.code != 0:
        again = process.run(repo.top, "rev-parse", "--git-dir")
        if again.code != 0:
            raise refused(repo.top, again)
        return {}
    found = {}
    for line in said.out.decode("utf-8", "surrogateescape").split("\0"):
        about, _, name = line.partition("\t")
        if " blob " in about:
            found[name] = about.split(" ")[2]
    return found


def is_blob(data: bytes, blob: str) -> bool:
    """Are these the bytes that git calls by that hash?"""
    method = "sha1" if len(blob) == 40 else "sha256"
    counted = hashlib.new(method, b"blob %d\0" % len(data), usedforsecurity=False)
    counted.update(data)
    return counted.hexdigest() == blob


def settings(repo: Repo, *names: str) -> dict[str, str]:
    """Settings by name (small letters), those that are set."""
    return given(repo.top, "^(" + "|".join(name.replace(".", r"\.") for name in names) + ")$")


def attributes(repo: Repo, path: Path, *names: str) -> dict[str, str]:
    """What ``.gitattributes`` says of a path: name → value, or ``unspecified``."""
    said = process.run(repo.top, "check-attr", "-z", *names, "--", repo.inside(path))
    if said.code != 0:
        raise refused(repo.top, said)
    parts = said.out.decode("utf-8", "replace").split("\0")
    return dict(zip(parts[1::3], parts[2::3], strict=False))


def flagged(repo: Repo, under: Path) -> tuple[tuple[str, str], ...]:
    """Paths that git was told to overlook, and by which flag."""
    said = process.run(repo.top, "ls-files", "-v", "-z", "--", *literally(repo, [under]))
    if said.code != 0:
        raise refused(repo.top, said)
    found = []
    for line in said.out.decode("utf-8", "surrogateescape").split("\0"):
        letter, _, path = line.partition(" ")
        if letter in ("S", "s"):
            found.append((path, "skip-worktree"))
        elif letter.islower():
            found.append((path, "assume-unchanged"))
    return tuple(found)


def ahead(repo: Repo) -> int | None:
    """How many commits the branch is ahead of where it is pushed to; ``None``: nowhere."""
    said = process.run(repo.top, "rev-list", "--count", "@{upstream}..HEAD")
    return int(said.out) if said.code == 0 else None
