"""Plans: bytes to :class:`Plan`, with every mistake of the file named at once.

pydantic validates the file into the records of ``yuqing.plan``; the modules beside this one
hold what no type tells. :func:`plan_schema` is the same model, told to editors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yuqing.errors import Problem
from yuqing.notation import Fault, How, ReadOn, checked
from yuqing.plan import TRUTH, Plan
from yuqing.read import conditions, declared, duties, moments
from yuqing.read.places import Places
from yuqing.read.plan_rules import plan_errors, plan_notices
from yuqing.read.reading import (
    COMMON,
    LIST_NOUN,
    TEXT_NOUN,
    Reading,
    fail,
    look_at_id,
    newer_format,
    wrong,
)
from yuqing.read.schema import json_schema
from yuqing.read.tree import parse
from yuqing.words import N_

FORMAT = 1
"""The newest version of the plan format that this program reads."""
_NO_FILE_NAME = set('/\\:*?"<>|@')


def _zone(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    from zoneinfo import ZoneInfo

    found = read_on(value)
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        key = N_("no time zone `{name}`; write an IANA name such as {example}")
        raise fail(value, (key, {"name": found, "example": "Asia/Shanghai"})) from None
    return found


def _id(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return checked(value, read_on, look_at_id(value) if isinstance(value, str) else (), r)


def _version(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if found[0] in ". " or found[-1] in ". " or set(found) & _NO_FILE_NAME:
        key = N_("the version `{value}` cannot be part of a file name")
        raise fail(value, (key, {"value": found}))
    return found


def _clauses(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    """A list of articles, or article → its text."""
    if isinstance(value, dict):
        return read_on(value)
    if not isinstance(value, list):
        raise fail(value, wrong(value, LIST_NOUN))
    faults: list[Fault] = []
    for place, article in enumerate(value):
        if not isinstance(article, str):
            faults.append(((place,), *wrong(article, TEXT_NOUN)))
        elif article in value[:place]:
            key = N_("the article `{article}` stands twice; name it by heading and number")
            faults.append(((place,), key, {"article": article}))
    return checked(value, lambda articles: dict.fromkeys(articles, ""), faults)


_HOW: Mapping[Any, How] = {
    **COMMON,
    **conditions.HOW,
    **moments.HOW,
    **duties.HOW,
    **declared.HOW,
    "zone": _zone,
    "id": _id,
    "version": _version,
    "clauses": _clauses,
}


def read_plan(data: bytes, file: str) -> tuple[Plan | None, tuple[Problem, ...]]:
    """A plan, or what is wrong with it: the plan is ``None`` iff a problem is an ``error``.

    ``digest`` is set and ``truth`` is among the scales. Notices (plan format, section 8) are
    given only for a plan without errors.
    """
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, problems
    newer = newer_format(tree, FORMAT)
    if newer is not None:
        return None, (*problems, newer)
    r = Places(tree, data.decode("utf-8-sig").split("\n"), _HOW, **declared.known(tree))
    plan = r.read(Plan)
    if plan is not None:
        r.gather(plan)
        plan = replace(plan, digest=digest(tree.value), scales={**plan.scales, TRUTH.id: TRUTH})
        plan_errors(r, plan)
    found = sorted(r.problems, key=lambda each: each.line)
    if plan is None or any(each.severity == "error" for each in found):
        return None, (*problems, *found)
    r.problems.clear()
    plan_notices(r, plan)
    return plan, (*problems, *sorted(r.problems, key=lambda each: each.line))


def digest(value: Any) -> str:
    """SHA-256 of a tree as JSON in UTF-8, keys sorted, no blanks (case format, section 3)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan file, for editors and other programs."""
    about = "One version of one written plan (應急預案) as data."
    return {**json_schema(Plan), "title": "yuqing plan", "description": about}
