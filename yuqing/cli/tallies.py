"""What every case adds to the figures: of filed ones worked out once, and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from yuqing import store
from yuqing.case import Entry
from yuqing.cli import looking
from yuqing.cli.context import Session
from yuqing.cli.progress import watched
from yuqing.clock.now import NEVER
from yuqing.errors import Unreadable
from yuqing.stats.parts import Part, built, part, plain
from yuqing.stats.record import Record
from yuqing.store.index import packed, unpacked
from yuqing.words import N_


def parts(run: Session) -> tuple[list[Part], looking.Sight]:
    """Of every case, in the order of their ids, and what is wrong with files.

    Of the archive no more than this is in memory. Of a filed case it is kept beside the index
    once its clocks have come to rest; not for an answer as of another time.
    """
    ws = run.workspace
    sight = looking.look(run)
    views = {view.case.id: view for view in sight.views if not view.case.is_logbook}
    archive, problems = store.archived(ws)
    files = {store.id_of(name): name for name in archive}
    files |= {id_: ws.name(view.path) for id_, view in views.items()}
    copies = [(other, view.case.id) for view in views.values() for other in _originals(view.log)]
    shared: dict[Any, Any] = {}
    there = {(id_, ""): built(_part(run, view), shared) for id_, view in views.items()}

    def look(name: str) -> store.Found:
        return _seen(run, name)

    def watch(names: Sequence[str]) -> Iterator[str]:
        return watched(names, run, N_("Case files"))

    every = (
        (value for _, value in store.sweep(archive, look, watch))
        if run.now_given
        else store.kept(ws, "figures", archive, look, watch)
    )
    for name, (wrong, originals, adds) in zip(archive, every, strict=True):
        case = store.id_of(name)
        problems += unpacked(wrong) if wrong else ()
        copies += [(other, case) for other in originals]
        if adds:
            there[case, "filed"] = built(adds, shared)
    for other in {other for other, _ in copies} & files.keys():
        ids = sorted(copy for original, copy in copies if original == other)
        if other in views and all(copy in views for copy in ids):
            continue  # the desk knew
        where = "" if other in views else "filed"
        if (other, where) in there:
            adds = _among(run, files[other], [files[each] for each in ids])
            there[other, where] = built(adds, shared)
    found = [there[each] for each in sorted(there)]
    return found, looking.Sight(sight.views, store.once([*sight.problems, *problems]))


def _part(run: Session, view: looking.View) -> Any:
    record = Record(view.case, view.log, view.plans, view.standings)
    return plain(part(record, run.workspace.office, run.zone))


def _seen(run: Session, name: str) -> store.Found:
    """What is wrong with the file, of which cases it is a duplicate, and what it adds."""
    try:
        loaded = store.load(run.workspace, run.workspace.root / name)
    except Unreadable as fault:
        return False, (packed(fault.problems), (), None)
    view = looking.view(run, loaded)
    wrong = packed(loaded.problems) if loaded.problems else b""
    adds = _part(run, view) if view.log else None
    return view.until == NEVER, (wrong, _originals(view.log), adds)


def _originals(log: Sequence[Entry]) -> tuple[str, ...]:
    linked = (e for e in log if e.kind == "linked" and e.relation == "duplicate-of")
    return tuple(each.case for each in linked if each.case)


def _among(run: Session, name: str, copies: Sequence[str]) -> Any:
    """A case whose clocks also follow what was known in its duplicates."""
    ws = run.workspace
    cases = [looking.as_of(run, store.load(ws, ws.root / each).case) for each in copies]
    return _part(run, looking.view(run, store.load(ws, ws.root / name), duplicates=cases))
