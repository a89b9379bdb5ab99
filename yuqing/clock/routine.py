"""The office's own duties (日常職責): no start, kept in monthly logbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from yuqing.clock.clocks import Clock, Opening, owed, units_of
from yuqing.clock.counting import Point
from yuqing.clock.duties import repeated, single
from yuqing.clock.moments import Occurrence
from yuqing.clock.world import World
from yuqing.plan import Duty


def routine_clocks(world: World, begin: dt.date) -> list[Clock]:
    """Clocks of every duty without start, from ``begin`` on.

    A dated duty whose date had passed before is not the office's any more; one without
    figure stands open until it is ticked off in these logbooks.
    """
    found: list[Clock] = []
    for duty in world.plan.duties.values():
        if duty.of_the_office:
            found += _clocks(duty, world, begin)
    return found


def _clocks(duty: Duty, world: World, begin: dt.date) -> Sequence[Clock]:
    midnight = dt.datetime.combine(begin, dt.time(0), world.zone)
    start = Occurrence(point=Point(midnight, begin))
    rnd = world.rounds[0]
    terms = world.terms.of(duty.id)
    openings = [
        Opening(terms, rnd, start=start, base=start, unit=unit)
        for unit in units_of(terms, world, None)
    ]
    if duty.repeat is not None:
        return repeated(openings, terms, world)
    clocks = single([o for o in openings if owed(o, world)], terms, world)
    return [
        c._replace(opening=c.opening._replace(start=None))
        for c in clocks
        if c.limit is None or c.limit > midnight
    ]
