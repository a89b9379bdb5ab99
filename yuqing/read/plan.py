"""Plans: bytes to :class:`Plan`, with every mistake of the file named at once.

The tables below are the plan format: each field, its shape and what it means. The reader and
:func:`plan_schema` both follow them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from yuqing.errors import Path, Problem
from yuqing.plan import TRUTH, Fact, Plan
from yuqing.read.conditions import CONDITION_SCHEMA
from yuqing.read.declared import (
    BUILT_IN_ORGANS,
    COUNTING,
    DOCUMENT,
    EVENT,
    FACT,
    OFFICE_HOURS,
    ORGAN_RECORD,
    SATISFIED,
    SCALE,
    SETTLED,
    UNREAD,
    UNSUPPORTED,
    event_id,
    graded_id,
    own_id,
)
from yuqing.read.dues import DUE_SCHEMAS
from yuqing.read.duties import DUTY, GATE
from yuqing.read.moments import MOMENT_SCHEMA
from yuqing.read.plan_rules import plan_errors, plan_notices
from yuqing.read.shapes import (
    ARTICLE,
    COUNT,
    DATE,
    TEXT,
    UNITS,
    Field,
    Reading,
    Shape,
    any_name,
    list_of,
    map_of,
    newer_format,
    plain_id,
    record,
    shown,
)
from yuqing.read.tree import Tree, canonical, parse
from yuqing.words import N_

FORMAT = 1
"""The newest version of the plan format that this program reads."""


def _zone(r: Reading, value: Any, path: Path) -> str | None:
    from zoneinfo import ZoneInfo

    found = TEXT.read(r, value, path)
    if found is None:
        return None
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        key = N_("no time zone `{name}`; write an IANA name such as {example}")
        r.say(path, key, name=found, example="Asia/Shanghai")
        return None
    return found


def _plan_id(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None:
        plain_id(r, found, path)
    return found


def _version(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None and (found[0] in ". " or found[-1] in ". " or set(found) & _NO_FILE_NAME):
        key = N_("the version `{value}` cannot be part of a file name")
        r.say(path, key, value=found)
    return found


_NO_FILE_NAME = set('/\\:*?"<>|@')


def _clauses(r: Reading, value: Any, path: Path) -> dict[str, str] | None:
    if isinstance(value, dict):
        return map_of(TEXT, key=any_name).read(r, value, path)
    articles = list_of(TEXT).read(r, value, path)
    if articles is None:
        return None
    for place, article in enumerate(articles):
        if article in articles[:place]:
            key = N_("the article `{article}` stands twice; name it by heading and number")
            r.say((*path, place), key, article=article)
    return dict.fromkeys(articles, "")


_FIELDS: Mapping[str, Field] = {
    "yuqing": Field(COUNT, "version of this format"),
    "id": Field(Shape(_plan_id, TEXT.schema), "id of the plan", required=True),
    "title": Field(TEXT, "its title", required=True),
    "issuer": Field(TEXT, "who issued it", required=True),
    "version": Field(Shape(_version, TEXT.schema), 'quoted text: "2022-01"', required=True),
    "timezone": Field(Shape(_zone, TEXT.schema), "zone of all days and times of day"),
    "effective": Field(DATE, "the office's own duties run from here"),
    "counting": Field(COUNTING, "what 日 means here"),
    "office_hours": Field(OFFICE_HOURS, "needed by close, next_opening, office_time"),
    "readings": Field(map_of(SETTLED, key=own_id()), "how ambiguous texts were settled"),
    "clauses": Field(
        Shape(
            _clauses,
            {"anyOf": [list_of(TEXT).schema, map_of(TEXT, key=any_name).schema]},
        ),
        "the plan's table of contents: articles, or article → its text",
    ),
    "without_rule": Field(list_of(ARTICLE, single=True), "articles that ask nothing"),
    "organs": Field(
        map_of(ORGAN_RECORD, key=own_id(*BUILT_IN_ORGANS, digits=False)), "bodies, id → name"
    ),
    "facts": Field(map_of(FACT, key=graded_id), "what is observed"),
    "scales": Field(map_of(SCALE, key=graded_id), "how it is graded"),
    "events": Field(map_of(EVENT, key=event_id), "happenings that are no entry kind"),
    "duties": Field(map_of(DUTY, key=own_id()), "what is owed"),
    "gates": Field(map_of(GATE, key=own_id()), "what must come first"),
    "documents": Field(map_of(DOCUMENT, key=own_id()), "papers, out and in"),
    "unsupported": Field(list_of(UNSUPPORTED), "articles the tool refuses to serve"),
}
PLAN: Shape[Plan] = record(Plan, _FIELDS)


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
    r = Reading(tree, rows=data.decode("utf-8-sig").split("\n"), **_known(tree))
    plan = PLAN.read(r, tree.value, ())
    assert plan is not None  # the tree is a map
    plan = replace(plan, digest=digest(tree.value), scales={**plan.scales, TRUTH.id: TRUTH})
    plan_errors(r, plan)
    found = sorted(r.problems, key=lambda each: each.line)
    if any(each.severity == "error" for each in found):
        return None, (*problems, *found)
    r.problems.clear()
    plan_notices(r, plan)
    return plan, (*problems, *sorted(r.problems, key=lambda each: each.line))


def digest(value: Any) -> str:
    """SHA-256 of a tree as JSON in UTF-8, keys sorted, no blanks (case format, section 3)."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _known(tree: Tree) -> dict[str, Any]:
    """What the file declares, as far as it can be told before anything is read."""
    raw: Mapping[str, Any] = tree.value

    def section(name: str) -> Mapping[str, Any]:
        found = raw.get(name)
        return found if isinstance(found, dict) else {}

    def names(entries: Iterable[tuple[str, Any]]) -> dict[str, str]:
        return {each: _spoken(each, about) for each, about in entries}

    sorts = ("organs", "events", "duties", "gates", "documents", "readings")
    known = {name: names(section(name).items()) for name in sorts}
    known["organs"] |= BUILT_IN_ORGANS
    quiet = Reading(tree)
    facts = {
        name: FACT.read(quiet, about, ("facts", name)) or Fact(id=name, type=UNREAD, ask=name)
        for name, about in section("facts").items()
    } | {SATISFIED.id: SATISFIED}
    known["facts"] = {name: fact.ask for name, fact in facts.items()}
    scales = {name: _levels(about) for name, about in section("scales").items()}
    known["scales"] = {name: name for name in scales}
    scales[TRUTH.id] = (tuple(level.id for level in TRUTH.levels), False)
    return {"known": known, "facts": facts, "scales": scales}


def _spoken(name: str, about: Any) -> str:
    """The name people use for a declared thing."""
    if isinstance(about, str):
        return about
    if isinstance(about, dict):
        return shown(about.get("name") or about.get("title") or about.get("does") or name)
    return name


def _levels(about: Any) -> tuple[tuple[str, ...], bool]:
    """Level ids of a raw scale, and whether they rank."""
    levels = about.get("levels") if isinstance(about, dict) else about
    ordered = not (isinstance(about, dict) and about.get("ordered") is False)
    if not isinstance(levels, list):
        return (), ordered
    return tuple(shown(each.get("id")) for each in levels if isinstance(each, dict)), ordered


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan file, for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "yuqing plan",
        "description": "One version of one written plan (應急預案) as data.",
        **PLAN.schema,
        "$defs": {
            "span": {"description": f"One number, one unit: {UNITS}.", "type": "string"},
            "condition": CONDITION_SCHEMA,
            "moment": MOMENT_SCHEMA,
            **DUE_SCHEMAS,
        },
    }
