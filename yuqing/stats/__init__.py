"""Many cases → figures, ledger, likeness: each answer names the cases it was made of."""

from yuqing.stats.figure import Figure, Mark
from yuqing.stats.figures import BY, figures, grouped, overview
from yuqing.stats.period import Period, parse_period
from yuqing.stats.record import Record, counted, opened, within

__all__ = [
    "BY",
    "Figure",
    "Mark",
    "Period",
    "Record",
    "counted",
    "figures",
    "grouped",
    "opened",
    "overview",
    "parse_period",
    "within",
]
