"""HEAD read from git's own files where they lie open, so that no process is started.

A commit made a moment ago lies in files of its own (loose objects) with the folders it changed.
What is packed, borrowed or kept in another way is not read here: ``None``, and git is asked.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from yuqing.git.process import Repo

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MOST = 64 * 1024 * 1024
"""Bytes of an object that is still unpacked here."""


def head_of(repo: Repo) -> str | None:
    """The hash of the commit that HEAD stands for, if a file says so."""
    try:
        said = (repo.git_dir / "HEAD").read_text("utf-8").strip()
        if said.startswith("ref: refs/heads/"):
            said = (repo.common_dir / said.removeprefix("ref: ")).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return said if _HASH.fullmatch(said) else None


def loose(repo: Repo, name: str) -> tuple[str, bytes] | None:
    """Kind and content of an object that lies in a file of its own; its hash is checked."""
    try:
        data = (repo.common_dir / "objects" / name[:2] / name[2:]).read_bytes()
        unpacker = zlib.decompressobj()
        whole = unpacker.decompress(data, _MOST)
    except (OSError, zlib.error):
        return None
    method = "sha1" if len(name) == 40 else "sha256"
    if hashlib.new(method, whole, usedforsecurity=False).hexdigest() != name:
        return None
    head, _, content = whole.partition(b"\0")
    return head.partition(b" ")[0].decode("ascii", "replace"), content


def held(repo: Repo, paths: Iterable[Path]) -> tuple[str, Mapping[Path, str | None]] | None:
    """HEAD's hash and what it holds at each path: the hash of a file, ``None`` where nothing is.

    ``None`` altogether if any of it cannot be told from loose objects.
    """
    commit = head_of(repo)
    root = _tree_of(repo, commit) if commit else None
    if commit is None or root is None:
        return None
    known: dict[str, Mapping[str, str]] = {"": root}
    found: dict[Path, str | None] = {}
    for path in paths:
        folder, here = known[""], ""
        *parts, last = repo.inside(path).split("/")
        for part in parts:
            here += part + "/"
            below = folder.get(part)
            if here not in known:
                tree = {} if below is None else _tree(repo, below)
                if tree is None:
                    return None
                known[here] = tree
            folder = known[here]
        found[path] = folder.get(last)
    if any(name is not None and loose(repo, name) is None for name in found.values()):
        return None
    return commit, found


def contents(repo: Repo, paths: Sequence[Path]) -> list[bytes | None] | None:
    """What HEAD holds at each path, as bytes; as :func:`held`."""
    seen = held(repo, paths)
    if seen is None:
        return None
    found: list[bytes | None] = []
    for path in paths:
        name = seen[1][path]
        kind, data = (loose(repo, name) if name is not None else None) or ("", b"")
        found.append(data if kind == "blob" else None)
    return found


def _tree_of(repo: Repo, commit: str) -> Mapping[str, str] | None:
    found = loose(repo, commit)
    if found is None or found[0] != "commit" or not found[1].startswith(b"tree "):
        return None
    return _tree(repo, found[1][5 : 5 + len(commit)].decode("ascii", "replace"))


def _tree(repo: Repo, name: str) -> Mapping[str, str] | None:
    """Name → hash of what lies in a folder."""
    found = loose(repo, name)
    if found is None or found[0] != "tree":
        return None
    data, size, names, here = found[1], len(name) // 2, dict[str, str](), 0
    while here < len(data):
        blank, end = data.find(b" ", here), data.find(b"\0", here)
        if not here < blank < end or end + 1 + size > len(data):
            return None
        file = data[blank + 1 : end].decode("utf-8", "surrogateescape")
        names[file] = data[end + 1 : end + 1 + size].hex()
        here = end + 1 + size
    return names
