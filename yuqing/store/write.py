"""The one write path: every entry of every command goes through here.

Look at git, lock, compare with what was read, take in what lies uncommitted, splice, read
again, replace the file, commit exactly what belongs to the act, look into HEAD whether it is
there. If git fails the entry is on disk, and the result says so.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yuqing import git
from yuqing.case import Case, Entry, effective, state, watches
from yuqing.errors import Failure, NotCommitted, Refused, Said, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.store import files, lock, papers
from yuqing.store import workspace as wsp
from yuqing.store.desk import Loaded, filed_path, parse
from yuqing.store.drift import only_grew
from yuqing.store.papers import Attachment
from yuqing.store.settle import entry_id, settle
from yuqing.store.workspace import Workspace
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.clock import Standing

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Written:
    """What an act left. Show it first, then raise ``failure`` if there is one (exit 6).

    ``loaded``: the file as it now is. ``before``: the case without the new entries, ``None`` if
    it was opened just now. ``entries``: the new ones, as they stand in the file. ``said``: what
    else was done on the way.
    """

    loaded: Loaded
    entries: tuple[Entry, ...]
    before: Case | None = None
    commit: str = ""
    said: tuple[Said, ...] = ()
    failure: NotCommitted | None = None

    @property
    def case(self) -> Case:
        """The case as the file now has it."""
        return self.loaded.case

    @property
    def committed(self) -> bool:
        """HEAD holds exactly what was written."""
        return self.failure is None


# --- appending -------------------------------------------------------------------------


def append(
    ws: Workspace,
    loaded: Loaded,
    entries: Sequence[Entry],
    attachments: Sequence[Attachment] = (),
    *,
    now: dt.datetime,
    message: str | None = None,
) -> Written:
    """Put entries behind the log and commit them with their papers.

    ``entries``: validated (``read_entry``); ``id``, ``recorded`` and ``by`` are filled in where
    they are missing. If others only added entries since ``loaded`` was read, the new ones go
    behind theirs. Raises ``Unusable``, ``Busy``, ``Unreadable`` or ``Refused`` with nothing
    written; a failure of git afterwards is in the result.
    """
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        if not loaded.data and not loaded.path.exists():
            return _new_logbook(ws, repo, loaded, entries, attachments, now, shared, message)
        ready = _ready(
            ws, repo, loaded, entries, now, shared=shared, papers_follow=bool(attachments)
        )
        contents, made = papers.copy(ws, ready.base.case.id, attachments, shared=shared)
        try:
            files.replace(ready.path, ready.data, expect=ready.base.data)
        except BaseException:
            papers.take_away(made)
            raise
        lying = list(contents)  # also those that lay there already: git may not know them yet
        contents[ready.path] = ready.data
        told = message or _message(ready.after.case.id, ready.stamped)
        commit, failure = commit_exactly(repo, contents, told, new=lying, also=ready.pending)
        ws.index.write()  # what was read of the new text: the next command needs it
        return ready.written(commit, failure)


def append_all(
    ws: Workspace, acts: Sequence[tuple[Loaded, Sequence[Entry]]], *, now: dt.datetime
) -> list[Written | Failure]:
    """Entries of many cases in one commit; each case's are written together or not at all.

    Answers in the order of ``acts``: what was written, or why that case was left as it is. Raises
    ``Unusable`` or ``Busy`` if nothing can be written at all. Logbooks must have their file.
    """
    repo, shared = git.ready(ws.root)
    found: list[_Ready | Failure] = []
    with lock.writing(repo, shared=shared):
        for loaded, entries in acts:
            try:
                ready = _ready(ws, repo, loaded, entries, now, shared=shared)
                files.replace(ready.path, ready.data, expect=ready.base.data)
            except Failure as fault:
                found.append(fault)
            else:
                found.append(ready)
        done = [each for each in found if isinstance(each, _Ready)]
        if not done:
            return [each for each in found if isinstance(each, Failure)]
        contents: dict[Path, bytes | None] = {each.path: each.data for each in done}
        lines = [_message(each.after.case.id, each.stamped) for each in done]
        first = f"{sum(len(each.stamped) for each in done)} entries in {len(done)} cases"
        message = lines[0] if len(lines) == 1 else "\n".join((first, "", *lines))
        also = [path for each in done for path in each.pending]
        commit, failure = commit_exactly(repo, contents, message, also=also)
    return [e if isinstance(e, Failure) else e.written(commit, failure) for e in found]


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is about to be written into one file. ``base``: the file as it lies there now;
    ``path``: where it is to lie; ``pending``: what else has to go along."""

    base: Loaded
    path: Path
    data: bytes
    after: Loaded
    stamped: tuple[Entry, ...]
    pending: tuple[Path, ...]
    said: tuple[Said, ...]

    def written(self, commit: str, failure: NotCommitted | None) -> Written:
        """The same, done."""
        new = self.after.case.log[len(self.base.case.log) :]
        return Written(self.after, new, self.base.case, commit, self.said, failure)


def _ready(
    ws: Workspace,
    repo: git.Repo,
    loaded: Loaded,
    entries: Sequence[Entry],
    now: dt.datetime,
    *,
    shared: bool,
    papers_follow: bool = False,
) -> _Ready:
    """Settle the file, splice, read again; back on the desk if it owes something. The lock is
    held. ``papers_follow``: papers of the entries themselves."""
    if not loaded.path.exists():
        raise files.changed(ws.name(loaded.path))
    settled = settle(ws, repo, loaded.path, now=now, papers_later=papers_follow)
    base = settled.loaded
    if loaded.data and not only_grew(loaded.tree, settled.seen):
        raise files.changed(ws.name(loaded.path))
    stamped = _stamped(ws, base.case, entries, now)
    data, said = _spliced(base, stamped)
    after = reads(ws, base.path, data)
    path, pending = base.path, settled.pending
    if base.filed and _belongs_on_desk(ws, after, now):
        path, pending, moved = _taken_back(ws, repo, base, pending, shared=shared)
        said = (*said, moved)
    after = replace(after, path=path)
    return _Ready(base, path, data, after, stamped, pending, (*settled.said, *said))


def _spliced(base: Loaded, entries: Sequence[Entry]) -> tuple[bytes, tuple[Said, ...]]:
    from yuqing.read import splice

    return splice.append(base.data, [splice.entry_fields(e) for e in entries])


def reads(ws: Workspace, path: Path, data: bytes) -> Loaded:
    """The text about to be written, read as any other; what is wrong in it is the new entry."""
    try:
        return parse(ws, path, data)
    except Unreadable as fault:
        refused = Refused(fault.problems[0].key)
        refused.said = fault.problems[0].said
        raise refused from None


def _stamped(
    ws: Workspace, case: Case, entries: Sequence[Entry], now: dt.datetime
) -> tuple[Entry, ...]:
    taken = {e.id for e in case.log if e.id}
    stamped = []
    for entry in entries:
        name = entry.id or entry_id(taken)
        taken.add(name)
        stamped.append(replace(entry, id=name, recorded=now, by=entry.by or ws.office.post))
    return tuple(stamped)


def _message(case_id: str, entries: Sequence[Entry]) -> str:
    """First line of the commit: only words of the program, never of an entry."""
    return f"{case_id}: " + ", ".join(f"{e.kind} {e.id}" for e in entries)


def commit_exactly(
    repo: git.Repo,
    contents: Mapping[Path, bytes | None],
    message: str,
    *,
    new: Sequence[Path] = (),
    also: Sequence[Path] = (),
) -> tuple[str, NotCommitted | None]:
    """Commit these paths and see that HEAD holds these bytes (``None``: that it is gone).

    ``new``: paths that git does not know yet. ``also``: paths to go along, whatever they hold.
    Returns the commit's hash, or why there is none.
    """
    paths = list(dict.fromkeys([*contents, *also]))
    unknown = [p for p in dict.fromkeys([*new, *also]) if p.exists()]
    tried = git.stage(repo, unknown) if unknown else None
    if tried is None or tried.code == 0:
        tried = git.commit(repo, paths, message)
    files.crash_point("committed")
    head, differing = git.verify(repo, contents)
    if differing:
        return "", git.not_committed(repo, tried, differing)
    return head, None


# --- creating --------------------------------------------------------------------------


def create(
    ws: Workspace,
    head: Mapping[str, Any],
    entries: Sequence[Entry],
    attachments: Sequence[Attachment] = (),
    *,
    now: dt.datetime,
    message: str | None = None,
) -> Written:
    """Open a case. ``head``: ``title``, ``plans`` (pins), and ``drill``, ``secrecy`` if wanted.

    The id is the office's code, the day (in the zone of its first plan) and four random signs.
    Raises as :func:`append`.
    """
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        for path in _free(ws, _beginning(ws, now)):
            named = {"id": path.stem, **head}
            made = _new_file(ws, repo, path, named, entries, attachments, now, shared, message)
            if made is not None:
                return made
    raise _none_free(now)


def create_all(
    ws: Workspace,
    acts: Iterable[tuple[Mapping[str, Any], Sequence[Entry]]],
    *,
    now: dt.datetime,
    message: str,
) -> list[Written]:
    """Open many cases in one commit. ``acts``: head and entries of each, as for :func:`create`.

    All of them or none: if a file cannot be written, those before it are taken away again.
    After a crash some lie uncommitted on the desk, whole, and ``save`` takes them in.
    """
    from yuqing.read import splice

    repo, shared = git.ready(ws.root)
    contents: dict[Path, bytes | None] = {}
    found: list[Loaded] = []
    with lock.writing(repo, shared=shared):
        begin = _beginning(ws, now)
        _not_ignored(ws, repo, ws.cases / f"{begin}.yaml")
        try:
            for head, entries in acts:
                stamped = _stamped(ws, Case(id="", title=""), entries, now)
                fields = [splice.entry_fields(each) for each in stamped]
                for path in _free(ws, begin):
                    data = splice.new_file({"yuqing": "1", "id": path.stem, **head}, fields)
                    after = reads(ws, path, data)
                    try:
                        files.create(path, data, shared=shared)
                    except FileExistsError:
                        continue
                    contents[path] = data
                    found.append(after)
                    break
                else:
                    raise _none_free(now)
        except BaseException:
            papers.take_away(list(contents))
            raise
        if not found:
            return []
        commit, failure = commit_exactly(repo, contents, message, new=list(contents))
    return [Written(each, each.case.log, None, commit, (), failure) for each in found]


def _beginning(ws: Workspace, now: dt.datetime) -> str:
    """Of an id: the office's code, and the day in the zone of its first plan."""
    return f"{ws.office.code}-{now.astimezone(ZoneInfo(wsp.plans(ws)[0].timezone)):%Y%m%d}"


def _free(ws: Workspace, begin: str) -> Iterator[Path]:
    """Where a new case may lie: four random signs behind ``begin`` that are not taken."""
    for _ in range(50):
        end = "".join(secrets.choice(_CROCKFORD) for _ in range(4))
        path = ws.cases / f"{begin}-{end}.yaml"
        if not (path.exists() or filed_path(ws, path.stem).exists()):
            yield path


def _none_free(now: dt.datetime) -> Unusable:
    return Unusable(N_("no free case id was found for {day}"), day=f"{now:%Y-%m-%d}")


def _not_ignored(ws: Workspace, repo: git.Repo, path: Path) -> None:
    """Raises ``Unusable`` if git would never look at a file of that name."""
    rule = git.ignoring_rule(repo, path)
    if rule is not None:
        raise Unusable(
            N_("git ignores {file} by the rule {rule}"),
            file=ws.name(path),
            rule=rule,
            hint=Said(N_("take that rule out")),
        )


def _new_logbook(
    ws: Workspace,
    repo: git.Repo,
    loaded: Loaded,
    entries: Sequence[Entry],
    attachments: Sequence[Attachment],
    now: dt.datetime,
    shared: bool,
    message: str | None,
) -> Written:
    head = {"id": loaded.case.id, "title": loaded.case.title, "plans": loaded.case.plans}
    made = _new_file(ws, repo, loaded.path, head, entries, attachments, now, shared, message)
    if made is None:
        raise files.changed(ws.name(loaded.path))
    return made


def _new_file(
    ws: Workspace,
    repo: git.Repo,
    path: Path,
    head: Mapping[str, Any],
    entries: Sequence[Entry],
    attachments: Sequence[Attachment],
    now: dt.datetime,
    shared: bool,
    message: str | None,
) -> Written | None:
    """Write and commit a new case file; ``None`` if its name was taken meanwhile."""
    from yuqing.read import splice

    _not_ignored(ws, repo, path)
    stamped = _stamped(ws, Case(id=path.stem, title=""), entries, now)
    data = splice.new_file({"yuqing": "1", **head}, [splice.entry_fields(e) for e in stamped])
    after = reads(ws, path, data)
    contents, made = papers.copy(ws, path.stem, attachments, shared=shared)
    try:
        files.create(path, data, shared=shared)
    except FileExistsError:
        papers.take_away(made)
        return None
    except BaseException:
        papers.take_away(made)
        raise
    contents[path] = data
    told = message or _message(path.stem, stamped)
    commit, failure = commit_exactly(repo, contents, told, new=list(contents))
    return Written(after, after.case.log, None, commit, (), failure)


# --- the archive -----------------------------------------------------------------------


def owes(
    ws: Workspace,
    case: Case,
    plans: Sequence[Plan],
    now: dt.datetime,
    owed: Sequence[Standing] | None = None,
) -> bool:
    """Is a duty or an item with a limit still open, or a watch running? What cannot be computed
    counts as open. ``owed``: its clocks, where they are known."""
    from yuqing.clock import DONE, standings

    if owed is None:
        owed = standings(case, plans, wsp.calendar(ws), now)
    zone = ZoneInfo(plans[0].timezone) if plans else now.tzinfo
    return bool(watches(effective(case), now.astimezone(zone))) or any(
        s.state == "incomplete" or (s.limit is not None and s.state not in DONE) for s in owed
    )


def _belongs_on_desk(ws: Workspace, loaded: Loaded, now: dt.datetime) -> bool:
    case = loaded.case
    return state(effective(case)) != "closed" or owes(ws, case, loaded.plans, now)


def _taken_back(
    ws: Workspace, repo: git.Repo, base: Loaded, pending: tuple[Path, ...], *, shared: bool
) -> tuple[Path, tuple[Path, ...], Said]:
    """A filed case owes something again: back to the desk, a pure rename, its own commit."""
    desk_path = ws.cases / base.path.name
    files.rename(base.path, desk_path, shared=shared)
    said = Said(N_("{case} owes something again and is back on the desk"), {"case": base.case.id})
    message = f"{base.case.id}: back on the desk"
    both = {desk_path: base.data, base.path: None}
    _, failure = commit_exactly(repo, both, message, new=[desk_path])
    if failure is not None:
        pending = (*pending, desk_path, base.path)
    return desk_path, pending, said
