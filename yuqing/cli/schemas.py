"""JSON Schemas as editors show them: in the person's language, with the names that are known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yuqing import words
from yuqing.case import KINDS
from yuqing.plan import Office, Organ, Plan
from yuqing.roster import Roster
from yuqing.span import Year
from yuqing.store.workspace import ROSTER
from yuqing.words import N_

Schema = dict[str, Any]
FOLDER = ".vscode"
FILES: Mapping[str, tuple[str, ...]] = {
    "case": ("cases/*.yaml", "cases/closed/*/*.yaml", "cases/log/*.yaml"),
    "plan": ("templates/plans/*.yaml",),
    "office": ("templates/office.yaml",),
    "calendar": ("templates/calendar/*.yaml",),
    "roster": (ROSTER,),
    "drill": ("templates/drills/*.yaml",),
}
"""Kind of file → where such files lie in a workspace."""
SPEAKING = ("case", "drill")
"""Kinds of file that speak of the organs, duties and facts of the office's plans."""


def schema(
    kind: str, language: str, plans: Sequence[Plan] = (), extra: Mapping[str, Organ] | None = None
) -> Schema:
    """The JSON Schema (2020-12) of one kind of :data:`FILES`, as a person's editor wants it."""
    from yuqing.exercise import Exercise
    from yuqing.read.case import case_schema
    from yuqing.read.plan import plan_schema
    from yuqing.read.schema import json_schema

    if kind == "case":
        return completing(spoken(case_schema(), language), plans, extra or {})
    if kind == "plan":
        return completing(spoken(plan_schema(), language), plans, {})
    records: Mapping[str, tuple[type[Any], str]] = {
        "office": (Office, N_("The office itself: names and habits, no rule of any plan.")),
        "calendar": (Year, N_("One year's days off and worked days.")),
        "roster": (Roster, N_("Posts and shifts; names of people have no field.")),
        "drill": (Exercise, N_("The script of an exercise: what is told to which post, when.")),
    }
    record, about = records[kind]
    made = spoken(
        {**json_schema(record), "title": f"yuqing {kind}", "description": about}, language
    )
    return completing(made, plans, extra or {}) if kind == "drill" else made


def for_editors(
    language: str, plans: Sequence[Plan], extra: Mapping[str, Organ]
) -> Mapping[str, bytes]:
    """Files by name that make editors know every kind: the schemas, and which file has which."""
    names = {kind: f"{FOLDER}/yuqing-{kind}.schema.json" for kind in FILES}
    made = {
        names[kind]: _json(schema(kind, language, plans if kind in SPEAKING else (), extra))
        for kind in FILES
    }
    settings = {
        "yaml.schemas": {f"./{names[kind]}": list(where) for kind, where in FILES.items()},
        "files.eol": "\n",
        "files.encoding": "utf8",
    }
    return {**made, f"{FOLDER}/settings.json": _json(settings)}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def spoken(schema: Schema, language: str) -> Schema:
    """The schema with every description in ``language``; its first words are the title."""

    def speak(node: Schema) -> Schema:
        said = node.get("description")
        if not isinstance(said, str):
            return node
        text = words.say(said, language)
        title = node.get("title")
        first = re.split(r"[:;,.(：；，。（]", text, maxsplit=1)[0].strip()
        return {"title": title if isinstance(title, str) else first, **node, "description": text}

    made: Schema = _changed(schema, speak)
    return made


def completing(schema: Schema, plans: Sequence[Plan], extra: Mapping[str, Organ]) -> Schema:
    """The schema with organs, levels, events, papers, duties and gates of ``plans`` offered.

    They are offered, not demanded: other text stays allowed where it was.
    """
    organs = [*dict.fromkeys([o for plan in plans for o in plan.organs] + list(extra))]
    offered: dict[str, list[str]] = {
        **dict.fromkeys(("by", "to", "from", "with", "who", "approved_by", "any_of"), organs),
        **dict.fromkeys(("proposed_by", "confirmed_by", "members"), organs),
        "document": [name for plan in plans for name in plan.documents],
        "duty": [name for plan in plans for name in plan.duties],
        "done": [name for plan in plans for name in plan.duties],
        "overdue": [name for plan in plans for name in plan.duties],
        "matter": [name for plan in plans for name in plan.gates],
        "reading": [name for plan in plans for name in plan.readings],
        "event": [name for plan in plans for name in plan.events],
    }
    events = [name for plan in plans for name in plan.events]

    def offer(node: Schema) -> Schema:
        fields = node.get("properties")
        if not isinstance(fields, dict):
            return node
        known = {n: _or(f, offered[n]) if offered.get(n) else f for n, f in fields.items()}
        if "grades" in fields:
            known["grades"] = _with_names(known["grades"], list(_scales(plans)))
        if "facts" in fields:
            known["facts"] = _with_names(known["facts"], list(_facts(plans)))
        return {**node, "properties": known}

    made: Schema = _changed(schema, offer)
    moment = made.get("$defs", {}).get("moment")
    if moment is not None:
        made["$defs"]["moment"] = _or(
            moment, [*(kind for kind in KINDS if kind != "event"), *events]
        )
    condition = made.get("$defs", {}).get("condition")
    if condition is not None:
        asked = [*_scales(plans), *_facts(plans)]
        made["$defs"]["condition"] = _with_names(condition, asked)
    return made


def _scales(plans: Sequence[Plan]) -> Iterator[tuple[str, list[str]]]:
    for plan in plans:
        for scale in plan.scales.values():
            yield scale.id, [level.id for level in scale.levels]


def _facts(plans: Sequence[Plan]) -> Iterator[tuple[str, list[str]]]:
    for plan in plans:
        for fact in plan.facts.values():
            yield fact.id, list(fact.of)


def _or(schema: Schema, names: Sequence[str]) -> Schema:
    """The schema, and beside it the names: an editor completes them."""
    about: Schema = {key: schema[key] for key in ("title", "description") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in about}
    return {**about, "anyOf": [{"enum": list(dict.fromkeys(names))}, rest]}


def _with_names(schema: Schema, names: Sequence[tuple[str, list[str]]]) -> Schema:
    """A map with these keys offered, and the values of each."""
    known: Schema = {}
    for name, values in names:
        known[name] = {"anyOf": [{"enum": values}, {}]} if values else {}
    return {**schema, "properties": {**known, **schema.get("properties", {})}}


def _changed(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """The tree with every schema in it changed, from the leaves up."""
    if isinstance(node, list):
        return [_changed(each, change) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {}
    for key, value in node.items():
        if key in ("properties", "$defs", "patternProperties") and isinstance(value, dict):
            inner[key] = {name: _changed(each, change) for name, each in value.items()}
        else:
            inner[key] = _changed(value, change)
    return change(inner)
