"""What the record says, what stands behind it, and whether it was ever changed.

``verdicts``: two answers for each duty. ``past``: every version of a case along git's history,
each held against its parents, in the order of ancestry. ``receipts``: what a repository that
others keep says of these commits.
"""

from yuqing.audit.past import Commit, Found, Past, Step, dates, walk
from yuqing.audit.receipts import Receipt, first_received, no_longer_held, read_receipts
from yuqing.audit.verdicts import Record, Verdict, Witness, verdicts, witnesses

__all__ = [
    "Commit",
    "Found",
    "Past",
    "Receipt",
    "Record",
    "Step",
    "Verdict",
    "Witness",
    "dates",
    "first_received",
    "no_longer_held",
    "read_receipts",
    "verdicts",
    "walk",
    "witnesses",
]
