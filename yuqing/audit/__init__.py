"""What the record says, what stands behind it, and whether it was ever changed.

``verdicts``: two answers for each duty. ``changes``: two versions of a case compared. ``past``:
every version along git's history, in the order of ancestry.
"""

from yuqing.audit.changes import Change, changes, overwritten
from yuqing.audit.past import Commit, Found, Past, Step, dates, walk
from yuqing.audit.verdicts import Record, Verdict, Witness, verdict, verdicts, witnesses

__all__ = [
    "Change",
    "Commit",
    "Found",
    "Past",
    "Record",
    "Step",
    "Verdict",
    "Witness",
    "changes",
    "dates",
    "overwritten",
    "verdict",
    "verdicts",
    "walk",
    "witnesses",
]
