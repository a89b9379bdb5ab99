"""Two clones of one office: fetch, merge by entries, look, push. Never by force, never rebased.

A merge that finds no end is taken back: the desk must stay usable at night, when nobody who could
settle it is there. Asked to, it is left open in the files instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from yuqing import git
from yuqing.errors import Busy, NotCommitted, Problem, Said, Unusable
from yuqing.git import remote as far
from yuqing.store import drivers, lock
from yuqing.store.workspace import Workspace, plans
from yuqing.words import N_

_TRIES = 3
"""How often another clone may be quicker with its push."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place where both sides wrote something else. ``ours``, ``theirs``: the lines; empty
    where that side has none."""

    file: str
    line: int
    ours: str
    theirs: str


@dataclass(slots=True)
class Synced:
    """How it went. ``arrived``: files that the other side changed; ``failure``: show the rest
    first, then raise it; ``unreached``: why the other place could not be asked, or would not take
    what is here (nothing is lost by it)."""

    place: str
    arrived: tuple[Path, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    pushed: git.Unpushed | None = None
    unreached: Said | None = None
    failure: Busy | NotCommitted | None = None
    said: list[Said] = field(default_factory=list)


def fetch_and_merge(ws: Workspace, *, settle: bool = False) -> Synced:
    """Bring in what the other place has. ``settle``: leave conflicts open in the files.

    Raises ``Unusable`` (no remote, no identity), ``Busy`` (merge under way, something not
    committed, a history over there that no longer holds what it held).
    """
    repo, shared = git.ready(ws.root)
    place = far.remote(repo)
    done = Synced(place.name)
    with lock.writing(repo, shared=shared):
        _all_committed(ws, repo)
        before = far.revision(repo, place.tracked)
        said = far.fetch(repo, place)
        if said.code != 0:
            done.unreached = _reason(said)
            return done
        there = far.revision(repo, place.tracked)
        if before and there and not _one_line(repo, before, there):
            far.forget(repo, place, there, before)
            raise _rewritten(place)
        here = far.revision(repo, "HEAD")
        if not there or far.follows(repo, there, here):
            return done
        message = f"sync: merge {place.name}/{place.branch}"
        drivers.install(repo)
        said = far.merge(repo, there, message)
        if said.code != 0:
            stuck = far.unmerged(repo)
            if not stuck:
                raise _refused(said, repo)
            done.conflicts = tuple(
                each for path, stages in stuck for each in _conflict(ws, repo, path, stages)
            )
            # without a mark in the file the other side would be lost in settling
            marked = all(each.line or not (each.ours and each.theirs) for each in done.conflicts)
            done.failure = _settle_it(settled=settle and marked, marked=marked)
            if not (settle and marked):
                far.give_up(repo)
            return done
        done.arrived = far.changed_between(repo, here, "HEAD", [ws.root])
    return done


def hand_on(ws: Workspace) -> Synced:
    """Bring what is here to the other place. Whatever it answers, nothing here changes."""
    repo, _ = git.ready(ws.root)
    place = far.remote(repo)
    done = Synced(place.name)
    ahead = far.unpushed(repo)
    there = far.revision(repo, place.tracked)
    if there and place.upstream and there == far.revision(repo, "HEAD"):
        return done
    said = far.push(repo, place)
    if said.code != 0:
        done.unreached = _reason(said)
    else:
        done.pushed = ahead or git.Unpushed(0, 0)
    return done


def quicker(ws: Workspace, tried: int) -> bool:
    """Was another clone quicker, so that one fetches again? By what the remote now has."""
    repo, _ = git.ready(ws.root)
    place = far.remote(repo)
    if tried >= _TRIES or far.fetch(repo, place).code != 0:
        return False
    there = far.revision(repo, place.tracked)
    return bool(there) and not far.follows(repo, there, far.revision(repo, "HEAD"))


def clone_name(ws: Workspace) -> str:
    """What this clone is called: ``git config yuqing.clone``, else the machine's name."""
    import platform

    repo = git.locate(ws.root)
    named = git.settings(repo, "yuqing.clone").get("yuqing.clone") if repo else None
    return named or platform.node()


def look(ws: Workspace, repo: git.Repo) -> Iterator[Problem]:
    """For ``doctor``: what only this clone has, and which clone reminds."""
    ahead = git.unpushed(repo)
    params: dict[str, object] = {}
    if ahead is None:
        key = N_("the branch is pushed nowhere: no outside witness, no second copy")
        yield Problem(file="git", key=key, severity="notice")
    elif ahead.since is not None:
        key = N_(
            "{entries} entries in {count} commits are not pushed yet, the oldest since {since}"
        )
        since = ahead.since.astimezone(ZoneInfo(plans(ws)[0].timezone))
        params = {"entries": ahead.entries, "count": ahead.commits, "since": f"{since:%F %H:%M}"}
        yield Problem(file="git", key=key, params=params, severity="notice")
    if ws.office.reminds:
        here = clone_name(ws)
        key = N_("reminders are sent by {name}; this is {here}")
        if here == ws.office.reminds:
            key = N_("this clone, {here}, is the one that reminds")
        params = {"name": ws.office.reminds, "here": here}
        yield Problem(file="git", key=key, params=params, severity="notice")


# --- why not ---------------------------------------------------------------------------


def _one_line(repo: git.Repo, before: str, there: str) -> bool:
    """Does the one follow the other? A place that is merely older (a restored backup, another
    place) gets what it lacks; one that grew another way was rewritten."""
    return far.follows(repo, before, there) or far.follows(repo, there, before)


def _all_committed(ws: Workspace, repo: git.Repo) -> None:
    loose = [d.path for d in git.status(repo, [ws.root]) if d.staged != "?"]
    loose += [d.path for d in git.status(repo, [ws.cases]) if d.staged == "?"]
    if loose:
        raise Busy(
            N_("not committed yet: {names}"),
            names=", ".join(loose[:5]) + (" …" if len(loose) > 5 else ""),
            hint=Said(N_("first: {line}"), {"line": "yuqing save"}),
        )


def _reason(said: git.Output) -> Said:
    from yuqing.git.preflight import last_words

    if said.code is None:
        return Said(N_("no answer within {seconds} seconds"), {"seconds": round(far.PATIENCE)})
    return Said("{words}", {"words": last_words(said.err)})


def _rewritten(place: far.Remote) -> Busy:
    return Busy(
        N_("the history of {place} was rewritten: it no longer holds what it held"),
        place=place.name,
        hint=Said(
            N_("ask who keeps it. If something was erased by decision, clone anew: {line}"),
            {"line": "yuqing help erase"},
        ),
    )


def _refused(said: git.Output, repo: git.Repo) -> Unusable | NotCommitted:
    from yuqing.git.preflight import last_words

    if (repo.git_dir / "MERGE_HEAD").exists():  # merged, and the commit was refused
        far.give_up(repo)
        return NotCommitted(
            N_("merged, but the commit was refused; the merge was taken back: {reason}"),
            reason=last_words(said.err),
        )
    return Unusable(N_("git would not merge: {reason}"), reason=last_words(said.err))


def _settle_it(*, settled: bool, marked: bool) -> Busy:
    if not marked:
        return Busy(
            N_("git could not merge by entries; the merge was taken back, nothing here changed"),
            hint=Said(N_("first: {line}"), {"line": "yuqing doctor --fix"}),
        )
    if settled:
        return Busy(
            N_("both sides stand in the files, between <<<<<<< and >>>>>>>"),
            hint=Said(
                N_("settle it in an editor, then: {line}"),
                {"line": "yuqing check; git add -A; git commit; yuqing sync"},
            ),
        )
    return Busy(
        N_("the two sides contradict each other; the merge was taken back, nothing here changed"),
        hint=Said(
            N_("agree on the telephone which one holds; to settle it in the files: {line}"),
            {"line": "yuqing sync --settle"},
        ),
    )


_HUNK = re.compile(
    r"^<{7}[^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\n(?P<theirs>.*?)^>{7}",
    re.MULTILINE | re.DOTALL,
)


def _conflict(
    ws: Workspace, repo: git.Repo, path: Path, stages: tuple[str, ...]
) -> Iterator[Conflict]:
    """What stands on both sides, from the file that git left; else from git's own copies."""
    name = ws.name(path)
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    hunks = list(_HUNK.finditer(text))
    for hunk in hunks:
        line = text.count("\n", 0, hunk.start()) + 1
        yield Conflict(name, line, hunk["ours"].strip("\n"), hunk["theirs"].strip("\n"))
    if hunks:
        return
    both = [far.side(repo, path, stage) if stage in stages else () for stage in "23"]
    known = [frozenset(rows) for rows in both]
    ours, theirs = (
        "\n".join(row for row in rows if row not in other) or ("=" if rows else "")
        for rows, other in zip(both, reversed(known), strict=True)
    )
    yield Conflict(name, 0, ours, theirs)
