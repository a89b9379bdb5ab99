"""Questions asked often: what was answered and tagged ``faq``, counted."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yuqing.case import Entry
from yuqing.stats.record import Record, counted
from yuqing.variants import fold

TAGS = frozenset(("faq", "常见问题", "常見問題"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question under its newest wording, and the newest signed answer to it.

    ``count``: how many tagged entries ask it; ``cases``: where they stand.
    """

    question: str
    answer: str
    signed_as: str
    at: dt.datetime
    count: int
    cases: tuple[str, ...]


def questions(
    records: Iterable[Record], *, demo: bool
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Answered questions, the most frequent first, and the cases whose question has no reply.

    A note tagged ``faq`` is the question, in its text; a tagged reply answers the case's title.
    Its answer is the entry it points at with ``re``, else the last reply of the case.
    """
    asked: dict[str, list[tuple[str, Entry, str]]] = {}
    waiting: list[str] = []
    for record in counted(records, demo=demo):
        if record.case.secrecy == "secret":
            continue
        for entry in record.log:
            if not TAGS & {fold(tag) for tag in entry.tags}:
                continue
            reply = _reply(entry, record.log)
            if reply is None or not (reply.text or reply.files):
                waiting.append(record.case.id)
                continue
            told = entry.text if entry.kind not in ("replied", "published") else None
            question = told or record.case.title
            asked.setdefault(_same(question), []).append((question, reply, record.case.id))
    found = [_one(each) for each in asked.values()]
    found.sort(key=lambda q: (-q.count, -q.at.timestamp(), q.question))
    return tuple(found), tuple(dict.fromkeys(waiting))


def _reply(entry: Entry, log: Sequence[Entry]) -> Entry | None:
    """The public words that answer it."""
    answers = [e for e in log if e.kind in ("replied", "published")]
    if entry in answers:
        return entry
    named = [e for e in answers if e.id in entry.re or entry.id in e.re]
    replied = [e for e in answers if e.kind == "replied"]
    found = named or replied
    return found[-1] if found else None


def _same(question: str) -> str:
    """Two wordings that differ in script, blanks or punctuation are one question."""
    return "".join(c for c in fold(question) if unicodedata.category(c)[0] in "LN")


def _one(group: Sequence[tuple[str, Entry, str]]) -> Question:
    question, reply, _ = max(group, key=lambda each: (each[1].at, each[1].place))
    papers = "、".join(f.path or f.kept or "" for f in reply.files)
    return Question(
        question=question,
        answer=reply.text or papers,
        signed_as=reply.signed_as or "",
        at=reply.at,
        count=len(group),
        cases=tuple(dict.fromkeys(case for _, _, case in group)),
    )
