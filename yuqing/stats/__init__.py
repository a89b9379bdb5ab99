"""Many cases → figures, ledger, likeness: each answer names the cases it was made of."""

from yuqing.stats.figures import BY, Figure, Mark, figures, grouped, overview
from yuqing.stats.record import Record, counted, opened, within

__all__ = [
    "BY",
    "Figure",
    "Mark",
    "Record",
    "counted",
    "figures",
    "grouped",
    "opened",
    "overview",
    "within",
]
