"""``search`` by its index: the same hits as from every file, read from few."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from yuqing import store
from yuqing.case import current, effective, state
from yuqing.cli import looking
from yuqing.cli.context import Session
from yuqing.cli.progress import watched
from yuqing.errors import Problem, Unreadable, Unusable
from yuqing.stats.find import (
    ENOUGH,
    PHRASE,
    Hit,
    Like,
    Query,
    best_first,
    catalogued,
    grams,
    inside,
    likeness,
    rarity,
    shared,
    took,
    traits,
    vector_of,
)
from yuqing.stats.record import Record
from yuqing.variants import fold
from yuqing.words import N_


def _files(ws: store.Workspace) -> tuple[store.Desk, list[str], list[Problem]]:
    """The desk, the files of the filed cases, and what lies wrong there."""
    return store.desk(ws), *store.archived(ws)


def _watching(run: Session) -> Callable[[Sequence[str]], Iterator[str]]:
    """Shows how far the reading of case files is."""
    return lambda names: watched(names, run, N_("Case files"))


def find(run: Session, words: str, most: int | None) -> tuple[list[Hit], int, looking.Sight] | None:
    """The best hits (``most`` of them, or all), how many there are, and what is wrong with files.

    ``None`` where the index cannot answer: outside a repository, or as of another day.
    """
    ws = run.workspace
    if run.now_given:
        return None
    desk, archive, strays = _files(ws)
    on_desk = [ws.name(each.path) for each in desk.cases]
    shelf = store.shelf(
        ws, [*on_desk, *archive], lambda name: _catalogued(ws, name), _watching(run)
    )
    if shelf is None:
        return None
    known = set(on_desk)
    filed = _told(ws, [name for name in shelf.trouble() if name not in known])
    problems = (*desk.problems, *strays, *filed, *_beside(run))
    hits, count = _ranked(ws, shelf, words, most)
    store.put_down(ws)
    ws.index.write()
    return hits, count, looking.Sight((), problems)


def like(run: Session, wanted: Record, most: int | None, *, closed: bool) -> Likes | None:
    """Cases like one, as :func:`find` finds them by words."""
    ws = run.workspace
    if run.now_given:
        return None
    desk, archive, strays = _files(ws)
    known = {ws.name(each.path) for each in desk.cases}
    names = sorted([*known, *archive], key=store.id_of)
    index = store.alike(ws, names, lambda name: _described(ws, name), _watching(run))
    if index is None:
        return None
    filed = _told(ws, [name for name in index.trouble if name not in known])
    problems = (*desk.problems, *strays, *filed, *_beside(run))
    own = traits(wanted)
    itself = f"/{wanted.case.id}.yaml"
    ranked: list[tuple[float, int, str, tuple[str, ...]]] = []
    near_by = index.near(vector_of(wanted))
    for place, ((name, (stood, other)), near) in enumerate(zip(index.rows, near_by, strict=True)):
        same = shared(own, other)
        alike = likeness(near, same)
        if alike is None or (closed and stood != "closed") or name.endswith(itself):
            continue
        ranked.append((-alike, place, name, same))  # rows lie in the order of their ids
    ranked = sorted(ranked) if most is None else heapq.nsmallest(most, ranked)
    found: list[Like] = []
    for alike, _, name, same in ranked:
        try:
            record = _record(ws, ws.root / name)
        except Unreadable:
            continue  # changed in this moment; the next look names it
        found.append(Like(record, -alike, same, took(record)))
    store.put_down(ws)
    ws.index.write()
    return found, looking.Sight((), problems)


Likes = tuple[list[Like], looking.Sight]


def _described(ws: store.Workspace, name: str) -> store.Found:
    """For the index: is something wrong with it, vector, state and traits."""
    try:
        loaded = reading(ws, ws.root / name)
    except Unreadable:
        return True, (True, None, None)
    case = current(loaded.case)
    record = Record(case, effective(case), loaded.plans, ())
    if not record.log:
        return True, (bool(loaded.problems), None, None)
    more = state(record.log), traits(record)
    return True, (bool(loaded.problems), dict(vector_of(record)), more)


def records(run: Session) -> tuple[list[Record], looking.Sight]:
    """Every case as of now, without its clocks: words and grades need none."""
    desk = looking.everything(run)
    cases = ((current(looking.as_of(run, each.case)), each.plans) for each in desk.cases)
    found = [Record(case, effective(case), plans, ()) for case, plans in cases]
    sight = looking.Sight((), (*desk.problems, *_beside(run)))
    return [record for record in found if record.log], sight


def _beside(run: Session) -> Iterator[Problem]:
    """What is wrong with logbooks and plans: any answer about all cases says it."""
    ws = run.workspace
    yield from store.logbooks(ws, store.two_months(run.now)).problems
    try:
        store.plans(ws)
    except Unreadable as fault:
        yield from fault.problems
    except Unusable:
        pass  # no plan adopted: nothing to be wrong


def reading(ws: store.Workspace, path: Path) -> store.Loaded:
    """One case, of the archive without its raw tree: the index knows all of the desk, and of filed
    cases what is told. Raises ``Unreadable``."""
    if path.parent == ws.cases:
        return store.load(ws, path)
    return store.filed(ws, path, store.load)


def _record(ws: store.Workspace, path: Path) -> Record:
    """As figures see it, without clocks. Raises ``Unreadable``."""
    loaded = reading(ws, path)
    case = current(loaded.case)
    return Record(case, effective(case), loaded.plans, ())


def _catalogued(ws: store.Workspace, name: str) -> store.Catalogued:
    try:
        loaded = reading(ws, ws.root / name)
    except Unreadable:
        return store.TROUBLE, frozenset(), frozenset()
    case = current(loaded.case)
    record = Record(case, effective(case), loaded.plans, ())
    if not record.log:
        return store.TROUBLE if loaded.problems else store.NOTHING, frozenset(), frozenset()
    return store.WARNED if loaded.problems else store.CASE, *catalogued(record)


def _told(ws: store.Workspace, names: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with filed cases; of those on the desk it is known already."""
    for name in names:
        try:
            yield from reading(ws, ws.root / name).problems
        except Unreadable as fault:
            yield from fault.problems


def _ranked(
    ws: store.Workspace, shelf: store.Shelf, words: str, most: int | None
) -> tuple[list[Hit], int]:
    """Best first. A case is read if it can be among the best: its pairs are worth what they are,
    the words as typed at most what they are worth in one piece."""
    wanted = Counter(grams(words))
    exact = {pair: shelf.of(pair) for pair in wanted}
    stands = {p: set(exact[p]) | (shelf.around(p) if inside(p) else set()) for p in wanted}
    cases = shelf.cases()
    query = Query.of(words, {p: rarity(len(rows), cases) for p, rows in exact.items() if rows})
    phrases = [grams(fold(word)) for word in words.split()]
    heap: list[tuple[float, str, str]] = []
    counted = Counter(row for rows in stands.values() for row in rows)
    for row, count in counted.items():
        if count >= ENOUGH * len(wanted):
            here = [pair for pair in wanted if row in stands[pair]]
            least = query.score(here, lambda pair, row=row: bool(exact[pair].get(row)))  # type: ignore[misc]
            more = sum(PHRASE for each in phrases if all(row in stands[p] for p in each))
            name = shelf.name(row)
            heap.append((-(least + more), store.id_of(name), name))
    total = len(heap)
    heapq.heapify(heap)
    hits: list[Hit] = []
    while heap:
        # nothing that is left can come before what stands at the top of the heap
        sure = [hit for hit in hits if best_first(hit) < heap[0][:2]]
        if most is not None and len(sure) >= most:
            break
        path = ws.root / heapq.heappop(heap)[2]
        try:
            hit = query.hit(_record(ws, path))
        except Unreadable:
            continue  # changed in this moment; the next look names it
        hits += [hit] if hit is not None else []
    return sorted(hits, key=best_first), total
