"""Exactly these paths into a commit, and the proof that they are there."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from yuqing.errors import Busy, NotCommitted, Said
from yuqing.git import objects, process
from yuqing.git.looking import is_blob
from yuqing.git.preflight import last_words, user_name
from yuqing.git.process import Output, Repo, literally
from yuqing.words import N_

PATIENCE = 5.0
"""Seconds to wait for another git to give up its lock files."""


def stage(repo: Repo, paths: Sequence[Path]) -> Output:
    """Make new files known to git (or the index equal to the files). Waits for lock files.

    By force: an attachment that some general rule ignores (``*.log``) belongs to its entry.
    """
    return _patient(repo, "add", "--force", "--", *literally(repo, paths))


def commit(repo: Repo, paths: Sequence[Path], message: str) -> Output:
    """Commit exactly these paths, whatever else is staged. Waits for lock files.

    The outcome proves nothing yet: a hook may have rewritten the file, "nothing to commit" may
    mean that git was told to overlook it, and a commit can be made before its time runs out.
    :func:`verify` looks.
    """
    scratch = repo.git_dir / "COMMIT_EDITMSG"
    with contextlib.suppress(OSError):
        if scratch.exists() and not os.access(scratch, os.W_OK):
            scratch.unlink()  # in a shared repository git leaves it to its last user alone
    return _patient(
        repo,
        *("commit", "--quiet", "--only", "--cleanup=verbatim", "-F", "-", "--"),
        *literally(repo, paths),
        stdin=(message.rstrip("\n") + "\n").encode("utf-8", "replace"),
    )


def verify(repo: Repo, contents: Mapping[Path, bytes | None]) -> tuple[str, tuple[Path, ...]]:
    """HEAD's hash, and the paths whose committed content is not this one.

    ``None`` as content: the path must be gone from HEAD. What git has just written is read from
    its files; where that is not possible, by one process.
    """
    seen = objects.held(repo, contents)
    if seen is not None:
        commit_hash, held = seen
        return commit_hash, tuple(p for p, data in contents.items() if not _holds(data, held[p]))
    names = ["HEAD", *(f"HEAD:{repo.inside(path)}" for path in contents)]
    wanted = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    said = process.run(repo.top, "cat-file", "--batch-check", stdin=wanted)
    head, *blobs = said.out.decode("utf-8", "replace").splitlines() or [""]
    differing = tuple(
        path
        for (path, data), blob in zip(
            contents.items(), [*blobs, *[""] * len(contents)], strict=False
        )
        if not _same(data, blob.split(" "))
    )
    commit_hash = head.split(" ")[0] if " commit " in head else ""
    return commit_hash, differing if commit_hash else tuple(contents)


def _holds(data: bytes | None, blob: str | None) -> bool:
    return blob is None if data is None else blob is not None and is_blob(data, blob)


def _same(data: bytes | None, blob: list[str]) -> bool:
    if data is None:
        return blob[-1] == "missing"
    return len(blob) == 3 and blob[1] == "blob" and is_blob(data, blob[0])


def lock_files(repo: Repo) -> list[Path]:
    """Lock files of git that lie there now; a killed git leaves its own behind."""
    places = [repo.git_dir / "index.lock", repo.git_dir / "HEAD.lock"]
    places += [repo.common_dir / "packed-refs.lock", repo.common_dir / "config.lock"]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        head = (repo.git_dir / "HEAD").read_text(encoding="utf-8").strip()
        places.append(repo.common_dir / (head.removeprefix("ref: ") + ".lock"))
    return [place for place in places if place.exists()]


def _patient(repo: Repo, *words: str, stdin: bytes = b"") -> Output:
    """Run; while it fails by another git's lock file, try again for 5 seconds.

    That git may have ended between its failing and our looking: then only the name of the lock
    file, in what it said, is left of it.
    """
    until = time.monotonic() + PATIENCE
    while True:
        said = process.run(repo.top, *words, stdin=stdin)
        held = bool(lock_files(repo)) or ".lock'" in said.err
        if said.code in (0, None) or not held or time.monotonic() >= until:
            return said
        time.sleep(0.1)


def not_committed(repo: Repo, said: Output, differing: Sequence[Path]) -> NotCommitted:
    """Why what lies on disk is not in HEAD, and how to bring it there."""
    names = ", ".join(repo.inside(path) for path in differing)
    hint = Said(N_("put the cause right, then: {line}"), {"line": "yuqing save"})
    if said.code is None:
        return NotCommitted(
            N_(
                "saved on disk, not committed: git gave no answer within {seconds} seconds ({path})"
            ),
            seconds=round(process.LIMIT),
            path=names,
            hint=hint,
        )
    if said.code == 0:
        return NotCommitted(
            N_("saved on disk, but the commit holds something else: {path}; a hook, a filter or "
               "an index flag changed or skipped it"),
            path=names,
            hint=Said(N_("compare: {line}"), {"line": f"git diff HEAD -- {names}"}),
        )  # fmt: skip
    places = lock_files(repo)
    if places:
        age, owner = _age_and_owner(places[0])
        return NotCommitted(
            N_(
                "saved on disk, not committed: git is locked by {path} ({age} seconds old, of "
                "{owner})"
            ),
            path=", ".join(map(str, places)),
            age=age,
            owner=owner,
            hint=Said(N_("if no git is running, delete it; then: {line}"), {"line": "yuqing save"}),
        )
    nothing = Said(N_("git sees no change; perhaps an index flag (skip-worktree) hides it"))
    reason = last_words(said.err) if said.err else nothing
    return NotCommitted(
        N_("saved on disk, not committed: {reason} ({path})"),
        reason=reason,
        path=names,
        hint=hint,
    )


def locked(repo: Repo) -> Busy:
    """Git will not work because of lock files; nothing of ours is lost by it."""
    places = lock_files(repo)
    age, owner = _age_and_owner(places[0]) if places else (0, "?")
    return Busy(
        N_("git is locked by {path} ({age} seconds old, of {owner})"),
        path=", ".join(map(str, places)) or "?",
        age=age,
        owner=owner,
        hint=Said(N_("if no git is running, delete it; then: {line}"), {"line": "yuqing save"}),
    )


def _age_and_owner(place: Path) -> tuple[int, str]:
    try:
        kept = place.stat()
    except OSError:  # gone this moment
        return 0, "?"
    return max(0, round(time.time() - kept.st_mtime)), user_name(kept.st_uid)
