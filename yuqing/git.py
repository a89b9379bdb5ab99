"""The only room that starts git: pre-flight, commit exactly these paths, look at versions.

Every git process runs in an environment of its own (nothing inherited can point it at another
repository or another date), in the C locale, without a terminal, with a time limit. What git
says in prose is shown to people, never decided by: exit codes and bytes decide.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing.errors import Busy, Failure, NotCommitted, Said, Unusable
from yuqing.words import N_

LIMIT = 60.0
"""Seconds one git process may take; a hook that waits for input ends here."""
PATIENCE = 5.0
"""Seconds to wait for another git to give up its lock files."""

_KEPT = frozenset((
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
))  # fmt: skip
"""Where a person's settings lie and who the person is. Everything else of ``GIT_*`` stays
outside: it names repositories, index files and dates."""

_SETTINGS = (
    "core.fsync=committed",  # git's own default syncs nothing of an ordinary commit
    "core.quotepath=off",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "gc.auto=0",
    "maintenance.auto=false",
    "user.useConfigOnly=true",  # git would make an identity up from the machine's name
)

_UNDER_WAY: Mapping[str, tuple[str, str]] = {
    "MERGE_HEAD": ("merge", "git merge --continue"),
    "rebase-merge": ("rebase", "git rebase --continue"),
    "rebase-apply": ("rebase", "git rebase --continue"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --continue"),
    "REVERT_HEAD": ("revert", "git revert --continue"),
    "BISECT_LOG": ("bisect", "git bisect reset"),
}


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository with a work tree. In a linked worktree ``git_dir`` and ``common_dir``
    differ: locks of this tool lie in the common one, the index in the other."""

    top: Path
    git_dir: Path
    common_dir: Path

    def inside(self, path: Path) -> str:
        """``path`` as git names it: from the top, with slashes. Raises ``Unusable``."""
        # The folder may be reached through a link; the last part must not be followed.
        real = path.parent.resolve() / path.name
        try:
            return real.relative_to(self.top).as_posix()
        except ValueError:
            raise Unusable(N_("{path} lies outside the repository"), path=str(path)) from None


@dataclass(frozen=True, slots=True)
class Output:
    """What one git process left. ``code`` is ``None`` if it was stopped at the time limit."""

    code: int | None
    out: bytes
    err: str


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


# --- finding the repository, without starting git --------------------------------------


def locate(start: Path) -> Repo | None:
    """The repository whose work tree holds ``start``, or ``None``.

    Reads files only, so that looking commands pay no process; whether git accepts the
    repository (owner, format) is told by :func:`ready`.
    """
    try:
        here = start.resolve()
    except OSError:
        return None
    for folder in (here, *here.parents):
        mark = folder / ".git"
        git_dir: Path | None = None
        if mark.is_dir():
            git_dir = mark
        elif mark.is_file():
            git_dir = _pointed(mark, "gitdir: ")
        if git_dir is not None and (git_dir / "HEAD").is_file():
            shared = git_dir / "commondir"
            common = _pointed(shared, "") if shared.is_file() else git_dir
            return Repo(folder, git_dir.resolve(), (common or git_dir).resolve())
    return None


def _pointed(mark: Path, prefix: str) -> Path | None:
    """Where a one-line file such as ``gitdir: ../x`` points."""
    try:
        line = mark.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    if not line.startswith(prefix):
        return None
    target = mark.parent / line.removeprefix(prefix)
    return target if target.is_dir() else None


# --- one process -----------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of every git process."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT
    }
    env.pop("LANGUAGE", None)
    env.update(
        LC_ALL="C",
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="true",
        GIT_EDITOR="true",
        GIT_OPTIONAL_LOCKS="0",  # looking must not touch the index that others lock
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_SSH_COMMAND="ssh -oBatchMode=yes",
    )
    return env


def run(folder: Path, *words: str, stdin: bytes = b"", limit: float | None = None) -> Output:
    """One git process in ``folder``. Raises ``Unusable`` if there is no git.

    Its output goes to files: a hook that leaves something running in the background would
    hold a pipe open long after git has ended.
    """
    command = ["git"]
    for setting in _SETTINGS:
        command += ["-c", setting]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    [*command, *words],
                    cwd=folder,
                    env=environment(),
                    stdin=given if stdin else subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except FileNotFoundError:
                if not folder.is_dir():
                    raise Unusable(N_("there is no folder {path}"), path=str(folder)) from None
                raise no_git() from None
        code: int | None
        try:
            code = process.wait(LIMIT if limit is None else limit)
        except subprocess.TimeoutExpired:
            _stop(process)
            code = None
        except BaseException:
            _stop(process)
            raise
        out.seek(0)
        err.seek(0)
        return Output(code, out.read(), err.read().decode("utf-8", "replace").strip())


def no_git() -> Unusable:
    """No git is installed, or none on the PATH (cron has a short one)."""
    return Unusable(
        N_("git was not found"),
        hint=Said(N_("install git, or put its folder on the PATH of this command")),
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git and its hooks; asked politely first, it takes its lock files with it."""
    for sign in ("SIGTERM", "SIGKILL"):
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, getattr(signal, sign))
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            continue
        return


# --- pre-flight ------------------------------------------------------------------------


def ready(folder: Path) -> tuple[Repo, bool]:
    """Can an entry be committed here? Asked before anything is written.

    Returns the repository and whether it is shared by a group (``core.sharedRepository``).
    Raises ``Unusable`` (no git, no repository, bare, no identity, foreign owner) or ``Busy``
    (merge, rebase, cherry-pick or bisect under way, no branch). One process.
    """
    repo = locate(folder)
    if repo is None:
        raise _no_repository(folder)
    under_way(repo)
    given = _given(repo.top, _ASKED)
    if given.get("core.bare", "") in ("true", "yes", "on", "1") and repo.git_dir.name == ".git":
        raise _bare(repo.top)
    _identity(given)
    shared = given.get("core.sharedrepository", "false").lower()
    return repo, shared not in ("false", "umask", "no", "0", "")


def identified(folder: Path) -> None:
    """Raise ``Unusable`` if git does not know who commits; asked before a repository is made."""
    _identity(_given(folder, _ASKED))


_ASKED = r"^((user|author|committer)\.(name|email)|core\.(sharedrepository|bare))$"


def _given(folder: Path, pattern: str) -> dict[str, str]:
    """Settings whose name fits, the last value of each."""
    said = run(folder, "config", "-z", "--get-regexp", pattern)
    if said.code not in (0, 1):
        raise refused(folder, said)
    given: dict[str, str] = {}
    for line in said.out.decode("utf-8", "replace").split("\0"):
        name, _, value = line.partition("\n")
        given[name] = value
    return given


def under_way(repo: Repo) -> None:
    """Raise ``Busy`` if git is in the middle of something, or on no branch."""
    for mark, (what, line) in _UNDER_WAY.items():
        if (repo.git_dir / mark).exists():
            raise Busy(
                N_("a {what} is under way in this repository"),
                what=what,
                hint=Said(N_("finish it ({line}) or give it up, then try again"), {"line": line}),
            )
    try:
        head = (repo.git_dir / "HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise Unusable(N_("{path}: {reason}"), path=str(repo.git_dir), reason=str(fault)) from None
    if not head.startswith("ref:"):
        raise Busy(
            N_("the repository is on no branch (detached HEAD); commits made here get lost"),
            hint=Said(N_("go back to your branch: {line}"), {"line": "git switch main"}),
        )


def _no_repository(folder: Path) -> Failure:
    said = run(folder, "rev-parse", "--is-bare-repository")
    if said.code == 0 and said.out.strip() == b"true":
        return _bare(folder)
    if said.code == 128 and "safe.directory" in said.err:
        return _foreign(folder)
    return Unusable(
        N_("{path} is not in a git repository"),
        path=str(folder),
        hint=Said(N_("make one: {line}"), {"line": "git init"}),
    )


def _bare(folder: Path) -> Unusable:
    return Unusable(
        N_("{path} is a bare repository; it has no files to work on"),
        path=str(folder),
        hint=Said(N_("work in a clone of it: {line}"), {"line": f"git clone {folder}"}),
    )


def _identity(settings: Mapping[str, str]) -> None:
    missing = any(
        not (
            os.environ.get(f"GIT_{who}_{what}".upper())
            or settings.get(f"{who}.{what}")
            or settings.get(f"user.{what}")
        )
        for who in ("author", "committer")
        for what in ("name", "email")
    )
    if missing:
        raise Unusable(
            N_("git does not know who commits here"),
            hint=Said(
                N_("tell it, once: {first}; {second}"),
                {
                    "first": 'git config user.name "…"',
                    "second": "git config user.email …@…",
                },
            ),
        )


def refused(folder: Path, said: Output) -> Failure:
    """Why git does nothing at all in this repository."""
    if "safe.directory" in said.err:
        return _foreign(folder)
    if said.code is None:
        return Unusable(N_("git gave no answer within {seconds} seconds"), seconds=round(LIMIT))
    return Unusable(N_("git refuses to work here: {reason}"), reason=_words(said.err))


def _foreign(folder: Path) -> Unusable:
    try:
        owner, user = _user(folder.stat().st_uid), _user(os.geteuid())
    except (OSError, AttributeError):  # Windows has no numbers for users
        owner = user = "?"
    return Unusable(
        N_("the repository {path} belongs to {owner}, you are {user}: git refuses to work in it"),
        path=str(folder),
        owner=owner,
        user=user,
        hint=Said(
            N_("run this as {owner}, or trust this one folder: {line}"),
            {"owner": owner, "line": f"git config --global --add safe.directory {folder}"},
        ),
    )


def _user(number: int) -> str:
    try:
        import pwd  # only where users have numbers

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)


def _words(err: str) -> str:
    """The last lines of what git or a hook said, on one line."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return " / ".join(lines[-6:]) or "?"


def _literally(repo: Repo, paths: Iterable[Path]) -> list[str]:
    """Names that git takes as they are. (Said for all of git, hooks would inherit it.)"""
    return [f":(literal){repo.inside(path)}" for path in paths]


# --- looking ---------------------------------------------------------------------------


def status(repo: Repo, paths: Iterable[Path], *, ignored: bool = False) -> tuple[Dirt, ...]:
    """How these files or folders differ from HEAD and index. One process."""
    words = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames"]
    if ignored:
        words.append("--ignored=matching")
    said = run(repo.top, *words, "--", *_literally(repo, paths))
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


def ignoring_rule(repo: Repo, path: Path) -> str | None:
    """The ``.gitignore`` rule (``file:line: pattern``) that hides ``path``, or ``None``."""
    name = repo.inside(path).encode("utf-8", "surrogateescape") + b"\0"
    said = run(repo.top, "check-ignore", "-v", "-z", "--no-index", "--stdin", stdin=name)
    if said.code not in (0, 1):
        raise refused(repo.top, said)
    if said.code == 1:
        return None
    source, line, pattern, *_ = said.out.decode("utf-8", "replace").split("\0")
    return None if pattern.startswith("!") else f"{source}:{line}: {pattern}"


def committed(repo: Repo, paths: Sequence[Path], *, at: str = "HEAD") -> list[bytes | None]:
    """What commit ``at`` holds of each path; ``None`` where it holds none. One process."""
    wanted = "".join(f"{at}:{repo.inside(path)}\n" for path in paths)
    said = run(repo.top, "cat-file", "--batch", stdin=wanted.encode("utf-8", "surrogateescape"))
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


def listed(repo: Repo, under: Path, *, deep: bool = False) -> tuple[str, ...]:
    """Names, from the top, that HEAD holds in a folder; empty before the first commit.

    Raises ``Unusable`` if git will not read here.
    """
    words = ["ls-tree", "-z", "--name-only", "--full-tree", *(["-r"] if deep else [])]
    said = run(repo.top, *words, "HEAD", "--", repo.inside(under) + "/")
    if said.code != 0:
        again = run(repo.top, "rev-parse", "--git-dir")
        if again.code != 0:
            raise refused(repo.top, again)
        return ()  # no commit yet
    return tuple(n for n in said.out.decode("utf-8", "surrogateescape").split("\0") if n)


def settings(repo: Repo, *names: str) -> dict[str, str]:
    """Settings by name (small letters), those that are set."""
    return _given(repo.top, "^(" + "|".join(name.replace(".", r"\.") for name in names) + ")$")


def attributes(repo: Repo, path: Path, *names: str) -> dict[str, str]:
    """What ``.gitattributes`` says of a path: name → value, or ``unspecified``."""
    said = run(repo.top, "check-attr", "-z", *names, "--", repo.inside(path))
    if said.code != 0:
        raise refused(repo.top, said)
    parts = said.out.decode("utf-8", "replace").split("\0")
    return dict(zip(parts[1::3], parts[2::3], strict=False))


def flagged(repo: Repo, under: Path) -> tuple[tuple[str, str], ...]:
    """Paths that git was told to overlook, and by which flag."""
    said = run(repo.top, "ls-files", "-v", "-z", "--", *_literally(repo, [under]))
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
    said = run(repo.top, "rev-list", "--count", "@{upstream}..HEAD")
    return int(said.out) if said.code == 0 else None


# --- committing ------------------------------------------------------------------------


def stage(repo: Repo, paths: Sequence[Path]) -> Output:
    """Make new files known to git (or the index equal to the files). Waits for lock files.

    By force: an attachment that some general rule ignores (``*.log``) belongs to its entry.
    """
    return _patient(repo, "add", "--force", "--", *_literally(repo, paths))


def commit(repo: Repo, paths: Sequence[Path], message: str) -> Output:
    """Commit exactly these paths, whatever else is staged. Waits for lock files.

    The outcome proves nothing yet: a hook may have rewritten the file, "nothing to commit" may
    mean that git was told to overlook it, and a commit can be made before its time runs out.
    :func:`verify` looks.
    """
    return _patient(
        repo,
        *("commit", "--quiet", "--only", "--cleanup=verbatim", "-F", "-", "--"),
        *_literally(repo, paths),
        stdin=(message.rstrip("\n") + "\n").encode("utf-8", "replace"),
    )


def verify(repo: Repo, contents: Mapping[Path, bytes | None]) -> tuple[str, tuple[Path, ...]]:
    """HEAD's hash, and the paths whose committed content is not this one. One process.

    ``None`` as content: the path must be gone from HEAD.
    """
    names = ["HEAD", *(f"HEAD:{repo.inside(path)}" for path in contents)]
    wanted = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    said = run(repo.top, "cat-file", "--batch-check", stdin=wanted)
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


def _same(data: bytes | None, blob: list[str]) -> bool:
    if data is None:
        return blob[-1] == "missing"
    if len(blob) != 3 or blob[1] != "blob":
        return False
    method = "sha1" if len(blob[0]) == 40 else "sha256"
    counted = hashlib.new(method, b"blob %d\0" % len(data), usedforsecurity=False)
    counted.update(data)
    return counted.hexdigest() == blob[0]


def lock_files(repo: Repo) -> list[Path]:
    """Lock files of git that lie there now; a killed git leaves its own behind."""
    places = [repo.git_dir / "index.lock", repo.git_dir / "HEAD.lock"]
    places += [repo.common_dir / "packed-refs.lock", repo.common_dir / "config.lock"]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        head = (repo.git_dir / "HEAD").read_text(encoding="utf-8").strip()
        places.append(repo.common_dir / (head.removeprefix("ref: ") + ".lock"))
    return [place for place in places if place.exists()]


def _patient(repo: Repo, *words: str, stdin: bytes = b"") -> Output:
    """Run; while it fails and another git's lock file lies there, try again for 5 seconds."""
    until = time.monotonic() + PATIENCE
    while True:
        said = run(repo.top, *words, stdin=stdin)
        if said.code in (0, None) or not lock_files(repo) or time.monotonic() >= until:
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
            seconds=round(LIMIT),
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
    reason = _words(said.err) if said.err else nothing
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
    return max(0, round(time.time() - kept.st_mtime)), _user(kept.st_uid)
