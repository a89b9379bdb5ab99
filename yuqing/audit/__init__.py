"""What the record says, what stands behind it, and whether it was ever changed.

``verdicts``: two answers for each duty. ``past``: every version of a case along git's history,
each held against its parents, in the order of ancestry.
"""

from yuqing.audit.past import Commit, Found, Past, Step, dates, walk
from yuqing.audit.verdicts import Record, Verdict, Witness, verdict, verdicts, witnesses

__all__ = [
    "Commit",
    "Found",
    "Past",
    "Record",
    "Step",
    "Verdict",
    "Witness",
    "dates",
    "verdict",
    "verdicts",
    "walk",
    "witnesses",
]
