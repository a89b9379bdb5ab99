"""Pictures of a case and of figures, as SVG, and as PNG where a converter is at hand.

A document shows them as ``![words](picture:timeline)``; :data:`PICTURES` names them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yuqing.errors import Refused
from yuqing.render.phrases import Phrases
from yuqing.render.pictures.charts import Series, bars, lines, spread
from yuqing.render.pictures.convert import to_png
from yuqing.render.pictures.timeline import timeline
from yuqing.render.pictures.timetable import Planned, timetable
from yuqing.review.rows import Paper
from yuqing.words import N_

__all__ = (
    "PICTURES",
    "Planned",
    "Series",
    "bars",
    "draw",
    "lines",
    "spread",
    "start",
    "timeline",
    "timetable",
    "to_png",
)  # fmt: skip

PICTURES: Mapping[str, Callable[[Paper, Phrases], str | None]] = {
    "timeline": timeline,
    "spread": spread,
}


def draw(name: str, doc: Paper, phrases: Phrases) -> str | None:
    """Picture ``name`` as SVG; ``None`` where the case holds too little for it. Raises
    :class:`~yuqing.errors.Refused` for a name that is none of :data:`PICTURES`."""
    if name not in PICTURES:
        key = N_("there is no picture {name}; there are: {names}")
        raise Refused(key, name=name, names=", ".join(PICTURES))
    return PICTURES[name](doc, phrases)


def start(drawn: Mapping[str, str]) -> Mapping[str, Callable[[], bytes | None]]:
    """Begin to convert these SVG, all at once, while other work goes on. What each name gives,
    when called, is :func:`to_png`'s answer."""
    if not drawn:
        return {}
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(len(drawn))
    begun = {name: pool.submit(to_png, svg) for name, svg in drawn.items()}
    pool.shutdown(wait=False)
    return {name: each.result for name, each in begun.items()}
