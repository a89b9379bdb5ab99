"""What people still have to write: counted where a paper is written or a case is closed, and
never a reason to refuse."""

from __future__ import annotations

from collections.abc import Sequence

from yuqing import store
from yuqing.case import Case
from yuqing.clock import Standing
from yuqing.errors import Said
from yuqing.plan import Plan
from yuqing.review.rows import Part
from yuqing.store.workspace import Workspace
from yuqing.words import N_


def to_be_written(title: str, left: Sequence[Part], case: str) -> Said:
    """How many sections of a document nobody has written, and the line that fills one."""
    key = N_(
        "{document}: {count} sections are still to be written ({parts}); each is filled by {line}"
    )
    params = {
        "document": title,
        "count": len(left),
        "parts": "、".join(part.id for part in left),
        "line": f'yuqing note {case.rsplit("-", 1)[-1]} "…" --tag …',
    }
    return Said(key, params)


def unwritten(
    ws: Workspace, case: Case, plans: Sequence[Plan], standings: Sequence[Standing]
) -> tuple[Said, ...]:
    """One sentence for each paper that looks back on the case and is not written yet."""
    from yuqing import render
    from yuqing.review.sections import to_write

    found = store.template_names(ws, "documents")
    return tuple(
        to_be_written(document.title, left, case.id)
        for document, left in to_write(case, plans, standings, ws.office, render.part_key(found))
    )
