"""What people still have to write: named where a case is closed, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Sequence

from yuqing import store
from yuqing.case import Case
from yuqing.clock import Standing
from yuqing.errors import Said
from yuqing.plan import Plan
from yuqing.screen import case_name
from yuqing.store.workspace import Workspace
from yuqing.words import N_


def unwritten(
    ws: Workspace, case: Case, plans: Sequence[Plan], standings: Sequence[Standing]
) -> tuple[Said, ...]:
    """One sentence for each paper that looks back and has sections nobody has written."""
    from yuqing import render
    from yuqing.review import to_write

    found = store.template_names(ws, "documents")
    line = f'yuqing note {case_name(case)} "…" --tag …'
    key = N_(
        "{document}: {count} sections are still to be written ({parts}); each is filled by {line}"
    )
    return tuple(
        Said(
            key,
            {
                "document": document.title,
                "count": len(left),
                "parts": "、".join(part.id for part in left),
                "line": line,
            },
        )
        for document, left in to_write(case, plans, standings, ws.office, render.part_key(found))
    )
