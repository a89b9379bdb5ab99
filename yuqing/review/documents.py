"""The plan's documents: which parts they must have, what they are for, what must come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from yuqing.plan import Document
from yuqing.review.rows import FactRow, GradeRow, Line, Part

# --- parts of a document ---------------------------------------------------------------

ACTS = frozenset(
    ("reported", "convened", "decided", "assigned", "done", "published", "replied", "requested")
)
"""Kinds that are the office's own handling."""

_PART_KINDS: Mapping[str, frozenset[str]] = {
    "time": frozenset(("occurred", "discovered", "relapsed")),
    "occurrence": frozenset(("occurred", "discovered", "relapsed", "activated")),
    "measures": ACTS - {"reported"},
    "handling": ACTS | {"concluded", "calmed", "lifted", "event"},
    "progress": ACTS | {"concluded", "calmed", "lifted", "relapsed", "event", "received"},
}
"""Parts that the timeline itself answers, and with which kinds."""


def parts(
    document: Document | None,
    timeline: Sequence[Line],
    grades: Sequence[GradeRow],
    observed: Sequence[FactRow],
    part_key: Callable[[str], str],
) -> tuple[Part, ...]:
    """What the plan asks of the document, with what the record holds for each part.

    A part is filled by a fact of its name, by the gradings and acts it stands for, and by every
    entry that carries its name as a tag. ``part_key``: the part as a plan writes it to the
    name known here (發生情況 → occurrence).
    """
    return tuple(
        Part(
            id=part,
            tag=part,
            values=_values(part, part_key(part), timeline, grades, observed),
        )
        for part in (document.requires if document else ())
    )


def _values(
    part: str,
    key: str,
    timeline: Sequence[Line],
    grades: Sequence[GradeRow],
    observed: Sequence[FactRow],
) -> tuple[FactRow | GradeRow | Line | str, ...]:
    found: list[FactRow | GradeRow | Line | str] = []
    latest = {row.id: row for row in observed}
    if part in latest or key in latest:
        found.append(latest.get(part) or latest[key])
    if key == "category":
        found += [g for g in grades if g.scale_id not in ("level", "truth")]
    if key in ("judgement", "level"):
        found += [g for g in grades if key == "judgement" or g.scale_id == "level"]
    if key == "spread":
        found += [row for row in observed if not isinstance(row.value, bool)]
    if key == "trend":
        found += [row for row in latest.values() if "trend" in row.id]
    kinds = _PART_KINDS.get(key, frozenset())
    found += [line for line in timeline if line.what in kinds]
    for line in timeline:
        if part in line.tags or key in line.tags:
            found += [text for text in (line.text or "").split("\n") if text.strip()]
    return tuple(found)
