"""The facts that a document is made of: plain values, in the order a reader meets them.

Everything here is said by the record or follows from it by the plan.
"""

from yuqing.review.facts import paper
from yuqing.review.rows import Paper
from yuqing.review.sections import open_sections, to_write

__all__ = ["Paper", "open_sections", "paper", "to_write"]
