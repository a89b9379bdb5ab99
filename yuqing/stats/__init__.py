"""Many cases → figures, ledger, likeness: each answer names the cases it was made of."""

from yuqing.stats.figure import Figure, Mark
from yuqing.stats.figures import BY, figures, grouped, overview
from yuqing.stats.parts import Part, built, came_in, divided, merged, part, plain
from yuqing.stats.period import Period, parse_period
from yuqing.stats.record import Record, counted, opened, within

__all__ = [
    "BY",
    "Figure",
    "Mark",
    "Part",
    "Period",
    "Record",
    "built",
    "came_in",
    "counted",
    "divided",
    "figures",
    "grouped",
    "merged",
    "opened",
    "overview",
    "parse_period",
    "part",
    "plain",
    "within",
]
