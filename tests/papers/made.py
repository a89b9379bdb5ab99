"""The case and plan beside this file, read as the program reads them."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from yuqing.case import Case
from yuqing.clock import standings
from yuqing.plan import Office, Plan
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.review.facts import paper
from yuqing.review.rows import Paper
from yuqing.span import Calendar

PAPERS = Path(__file__).parent
OFFICE = Office(name="示范值班室", post="值班室")


def time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+08:00")


@cache
def the_plan() -> Plan:
    plan, problems = read_plan((PAPERS / "plan.yaml").read_bytes(), "paper@1.yaml")
    assert plan is not None, problems
    return plan


@cache
def the_case(extra: str = "", *, head: str = "", replacing: tuple[str, str] | None = None) -> Case:
    """The case beside this file, with entries added at its end, lines in its head, or one
    passage replaced."""
    text = (PAPERS / "case.yaml").read_text(encoding="utf-8") + extra
    if replacing:
        assert replacing[0] in text
        text = text.replace(*replacing)
    text = text.replace("DIGEST", the_plan().digest).replace("plans:", f"{head}plans:")
    case, problems = read_case(text.encode(), "YQ-20261122-7K3M.yaml", lambda _: the_plan(), {})
    assert case is not None, problems
    return case


def the_paper(
    document: str = "review",
    *,
    now: str = "2026-11-26T09:00",
    case: Case | None = None,
    **options: Any,
) -> Paper:
    plan = the_plan()
    case = case or the_case()
    at = time(now)
    calendar = Calendar()
    return paper(
        case,
        (plan,),
        standings(case, (plan,), calendar, at),
        calendar,
        office=OFFICE,
        now=at,
        document=plan.documents[document],
        **options,
    )
