"""``doctor``: everything around the cases that has been seen to go wrong, looked at only."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from yuqing import git
from yuqing.case import Pin, effective, state
from yuqing.errors import Failure, Problem, Said, Severity
from yuqing.read.fields import CASE_ID
from yuqing.store import drivers, lock, machine, sync
from yuqing.store import workspace as wsp
from yuqing.store.desk import Desk, Loaded, desk, logbooks
from yuqing.store.save import Done, remove_leftovers, stale_index
from yuqing.store.start import ATTRIBUTES
from yuqing.store.workspace import Workspace
from yuqing.store.write import owes
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.clock import Standing


def examine(ws: Workspace, *, now: dt.datetime, deep: bool = False) -> tuple[Problem, ...]:
    """Look for trouble; change nothing. ``deep``: every object of git too.

    ``error``: something cannot be used. ``finding``: something was changed that must not be.
    ``warning`` and ``notice``: worth knowing.
    """
    found: list[Problem] = [*ws.problems, *wsp.plan_problems(ws)]
    whole = desk(ws, archive=True)
    logs = logbooks(ws, [p.stem[4:] for p in (ws.cases / "log").glob("LOG-*.yaml")])
    found += [p for p in (*whole.problems, *logs.problems) if p not in found]
    found += _strays(ws)
    for loaded in whole.cases:
        found += wrong_place(ws, loaded, now)
    pins = Counter(pin for each in (*whole.cases, *logs.cases) for pin in set(each.case.plans))
    found += edited_plans(ws, pins)
    found += _times(ws, (*whole.cases, *logs.cases), now)
    found += _calendar(ws, now)
    found += machine.look(ws, now=now)
    try:
        repo, _ = git.ready(ws.root)
    except Failure as fault:
        found += _of(fault)
        found_repo = git.locate(ws.root)
        if found_repo is None:
            return tuple(found)
        repo = found_repo
    for look in (_uncommitted, _hidden, _attributes, _history, _settings, sync.look):
        try:
            found += [p for p in look(ws, repo) if p not in found]
        except Failure as fault:  # git will not read here: said once, the rest still looks
            found += [p for p in _of(fault) if p not in found]
    found += machine.clock_and_commits(repo, now=now)
    found += _back_in_time(repo)
    found += machine.sound(repo) if deep else ()
    return tuple(found)


def repair(ws: Workspace, *, now: dt.datetime) -> Done:
    """``doctor --fix``: what can be put right without touching what anybody wrote.

    Leftover temp files go; where only git's index is older than file and HEAD, it is renewed;
    git is told again how to merge and compare case files.
    """
    del now
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        said = list(remove_leftovers(ws))
        stale = list(stale_index(ws, repo))
        if stale:
            outcome = git.stage(repo, stale)
            if outcome.code != 0:
                raise git.locked(repo)
        key = N_("{file}: git's index held an older file; put right")
        said += [Said(key, {"file": ws.name(path)}) for path in stale]
        said += drivers.install(repo)
        return Done(said=tuple(said))


def _of(fault: Failure) -> Iterator[Problem]:
    """What would stop an entry, and what to do about it."""
    yield Problem(file="git", key=fault.said.key, params=fault.said.params)
    if fault.hint is not None:
        yield _problem("git", fault.hint.key, "notice", **fault.hint.params)


def _problem(file: str, key: str, severity: Severity = "warning", **params: object) -> Problem:
    return Problem(file=file, key=key, severity=severity, params=params)


# --- files -----------------------------------------------------------------------------


def _strays(ws: Workspace) -> Iterator[Problem]:
    """Folders of papers without a case, and anything odd beside the years of the archive."""
    home = ws.cases / "files"
    for folder in sorted(home.iterdir()) if home.is_dir() else []:
        known = (
            folder.name.startswith("LOG-")
            or (ws.cases / f"{folder.name}.yaml").exists()
            or any((ws.cases / "closed").glob(f"*/{folder.name}.yaml"))
        )
        if not folder.name.startswith(".") and not known:
            key = N_("papers of a case that is not here")
            yield _problem(ws.name(folder), key, "finding")
    closed = ws.cases / "closed"
    for path in sorted(closed.iterdir()) if closed.is_dir() else []:
        if not path.name.startswith(".") and not (path.is_dir() and path.name.isdigit()):
            key = N_("not read: only folders named by years lie here")
            yield _problem(ws.name(path), key, "error")


def after_merge(ws: Workspace, whole: Desk, now: dt.datetime) -> Iterator[Problem]:
    """What a merge leaves that no single file shows: a file still in conflict though it reads
    well (the driver was not found), a filed case to which the other side brought new duties."""
    repo = git.locate(ws.root)
    if repo is not None and (repo.git_dir / "MERGE_HEAD").exists():
        for each in git.status(repo, [ws.cases]):
            if each.conflict:
                name = ws.name(repo.top / each.path)
                yield _problem(name, N_("in conflict after a merge"), "finding")
    for loaded in whole.cases:
        yield from wrong_place(ws, loaded, now)


def edited_plans(ws: Workspace, pins: Mapping[Pin, int]) -> Iterator[Problem]:
    """The office's own file of a version is not the one that a case pinned. The case may still
    have its plan from the package; the next case would get another one of the same version.

    ``pins``: what cases pinned, and how many of them.
    """
    by_file: dict[str, list[Pin]] = {}
    for pin in pins:
        by_file.setdefault(f"{pin.id}@{pin.version}.yaml", []).append(pin)
    for file, pinned in sorted(by_file.items()):
        path = ws.templates / "plans" / file
        plan = wsp.read_plan_file(ws, path)[0] if path.is_file() else None
        others = [pin for pin in pinned if plan is not None and plan.digest != pin.digest]
        count = sum(pins[pin] for pin in others)
        if count:
            key = N_("edited after {count} cases pinned it; a change is a new version")
            yield _problem(ws.name(path), key, "finding", count=count)


def wrong_place(
    ws: Workspace,
    loaded: Loaded,
    now: dt.datetime,
    owed: Sequence[Standing] | None = None,
) -> Iterator[Problem]:
    """A filed case that should lie elsewhere. ``owed``: its clocks, where they are known."""
    if not loaded.filed:
        return
    if loaded.path.parent.name != loaded.case.id.split("-")[1][:4]:
        key = N_("filed under another year than its id says")
        yield _problem(ws.name(loaded.path), key, "finding")
    closed = state(effective(loaded.case)) == "closed"
    if not closed or owes(ws, loaded.case, loaded.plans, now, owed):
        key = N_("filed, but it is open or owes something, and `overdue` does not see it there;"
                 " `yuqing tidy` takes it back")  # fmt: skip
        yield _problem(ws.name(loaded.path), key, "finding")


def _times(ws: Workspace, cases: tuple[Loaded, ...], now: dt.datetime) -> Iterator[Problem]:
    for loaded in cases:
        last = max((e.recorded for e in loaded.case.log if e.recorded), default=None)
        if last is not None and last > now and not loaded.case.drill:
            key = N_("recorded at {last}, but this machine's clock says {now}; is it right?")
            params = {"last": f"{last:%Y-%m-%d %H:%M}", "now": f"{now:%Y-%m-%d %H:%M}"}
            yield _problem(ws.name(loaded.path), key, "finding", **params)


def _calendar(ws: Workspace, now: dt.datetime) -> Iterator[Problem]:
    known = wsp.calendar(ws).years
    for year in (now.year, now.year + 1) if now.month == 12 else (now.year,):
        if year not in known:
            key = N_("no calendar of days off; limits in working days cannot be counted")
            yield _problem(f"templates/calendar/{year}.yaml", key)


# --- git -------------------------------------------------------------------------------


def _uncommitted(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    stale = set(stale_index(ws, repo))
    for path in sorted(stale):
        key = N_("git's index holds an older file: the next ordinary commit would bring it back; "
                 "`yuqing doctor --fix`")  # fmt: skip
        yield _problem(ws.name(path), key, "finding")
    for each in git.status(repo, [ws.cases], ignored=True):
        path = repo.top / each.path
        name = ws.name(path)
        if each.conflict:
            yield _problem(name, N_("in conflict after a merge"), "finding")
        elif each.ignored and path.suffix == ".yaml":
            rule = git.ignoring_rule(repo, path) or "?"
            yield _problem(name, N_("git ignores it by the rule {rule}"), "finding", rule=rule)
        elif path in stale or path.name.startswith(".") or each.ignored:
            continue
        elif CASE_ID.fullmatch(path.stem) or path.stem.startswith("LOG-"):
            yield _problem(name, N_("not committed; `yuqing save` does it"))
        else:
            yield _problem(name, N_("not committed"))


def _hidden(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    for path, flag in git.flagged(repo, ws.cases):
        key = N_("git was told to overlook changes of it ({flag}): {line}")
        line = f"git update-index --no-{flag} {path}"
        yield _problem(path, key, "finding", flag=flag, line=line)
    sample = ws.cases / f"{ws.office.code}-20000101-0000.yaml"
    rule = git.ignoring_rule(repo, sample)
    if rule is not None:
        key = N_("git ignores new cases by the rule {rule}")
        yield _problem(ws.name(ws.cases), key, "error", rule=rule)
    for place in git.lock_files(repo):
        age = max(0, round(time.time() - place.stat().st_mtime))
        key = N_("a lock file, {age} seconds old; if no git is running, delete it")
        yield _problem(str(place), key, "finding" if age > 600 else "warning", age=age)


def _attributes(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    sample = ws.cases / f"{ws.office.code}-20000101-0000.yaml"
    have = git.attributes(repo, sample, "text", "eol", "filter", "merge", "diff")
    wanted = {"eol": "lf", "merge": "yuqing", "diff": "yuqing"}
    if any(have.get(name) != value for name, value in wanted.items()):
        key = N_("lines are missing: {lines}")
        yield _problem(".gitattributes", key, lines=" | ".join(ATTRIBUTES))
    if have.get("filter", "unspecified") not in ("unspecified", "unset"):
        key = N_("a filter ({filter}) rewrites case files on their way into git")
        yield _problem(".gitattributes", key, "finding", filter=have["filter"])
    yield from drivers.missing(repo)


def _history(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    from yuqing.git import history

    del ws
    if (repo.common_dir / "shallow").exists():
        key = N_("a shallow clone: its history does not reach back; {line}")
        yield _problem("git", key, "finding", line="git fetch --unshallow")
    if history.replaced(repo):
        key = N_("commits are replaced (git replace): {line}")
        yield _problem("git", key, "finding", line="git replace -l")


def _back_in_time(repo: git.Repo) -> Iterator[Problem]:
    """Commits that state an earlier date than one they follow."""
    from yuqing.audit import dates
    from yuqing.git import history

    try:
        found = list(dates(history.commits(repo)[0]))
    except Failure:
        return  # git does not work here at all; told above
    if found:
        key = N_("{count} commits are dated before one that they follow, {commit} first;"
                 " `yuqing audit` names them")  # fmt: skip
        yield _problem("git", key, count=len(found), commit=found[0].commit[:10])


def _settings(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    del ws
    yield from machine.signing(repo)
    settings = git.settings(repo, "core.hookspath")
    hooks = repo.common_dir / "hooks"
    if settings.get("core.hookspath"):
        hooks = repo.top / Path(settings["core.hookspath"]).expanduser()
    names = [n for n in ("pre-commit", "commit-msg", "post-commit") if (hooks / n).is_file()]
    if names:
        key = N_("hooks run at every commit: {hooks}")
        yield _problem("git", key, "notice", hooks=", ".join(names))
