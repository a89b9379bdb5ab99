"""JSON Schemas as editors show them: in the person's language, with the names that are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yuqing import words
from yuqing.case import KINDS
from yuqing.plan import Organ, Plan

Schema = dict[str, Any]


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
