"""Conditions (plan format, 3.1): what must be true, and the values facts and scales can have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yuqing.errors import Path
from yuqing.plan import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    During,
    Equals,
    Fact,
    Not,
    Value,
    Was,
)
from yuqing.read.shapes import ARTICLE, TEXT, TEXT_NOUN, Reading, Schema, Shape, list_of
from yuqing.words import N_

RESERVED = ("any", "all", "not", "was", "during", "clause")
"""Words of a condition; no fact or scale may be called so."""
_MEANT = {"yes": "true", "是": "true", "on": "true", "no": "false", "否": "false", "off": "false"}
COMPARE = ("at_least", "more_than", "at_most", "less_than")


def fact_value(
    r: Reading, fact: Fact, value: Any, path: Path, *, bands: bool = False
) -> Value | None:
    """One value of a fact, or ``None`` with the values there are. ``bands``: or a band name."""
    if value is None or isinstance(value, (dict, list)):
        r.wrong(path, value, N_("a value of the fact"))
        return None
    allowed: Iterable[Any]
    sort: str = fact.type
    match sort:
        case "boolean":
            if isinstance(value, bool):
                return value
            if value in _MEANT:
                key = N_("`{value}` is none of {known}; did you mean `{near}`?")
                r.say(path, key, value=value, known="true, false", near=_MEANT[value])
                return None
            allowed = (True, False)
        case "integer":
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            if bands and isinstance(value, str) and value in fact.bands:
                return value
            if not (bands and fact.bands):
                r.wrong(path, value, N_("a whole number"))
                return None
            allowed = fact.bands
        case "choice":
            if isinstance(value, str) and value in fact.of:
                return value
            allowed = fact.of
        case "text":
            if isinstance(value, str):
                return value
            r.wrong(path, value, TEXT_NOUN)
            return None
        case _:  # its type is at fault, which is said elsewhere
            return str(value)
    r.refused(path, value, allowed)
    return None


def level_value(r: Reading, scale: str, value: Any, path: Path) -> str | None:
    """One level of a scale, or ``None`` with the levels there are."""
    levels, _ = r.scales[scale]
    if isinstance(value, str) and value in levels:
        return value
    if value is None or isinstance(value, (dict, list)):
        r.wrong(path, value, N_("a level of the scale"))
    else:
        r.refused(path, value, levels)
    return None


def values(
    r: Reading, name: str, value: Any, path: Path, *, bands: bool = False
) -> tuple[Value, ...]:
    """One value or a list of values of the fact or scale ``name``, which is known."""
    one = isinstance(value, list)
    if one and not value:
        r.say(path, N_("an empty list; fill it or take the line out"))
    found = []
    for place, each in enumerate(value if one else [value]):
        at = (*path, place) if one else path
        if name in r.scales:
            got: Value | None = level_value(r, name, each, at)
        else:
            got = fact_value(r, r.facts[name], each, at, bands=bands)
        if got is not None:
            found.append(got)
    return tuple(found)


def read_condition(r: Reading, value: Any, path: Path) -> Condition | None:
    """A map whose every key must hold; it is read as :class:`AllOf`."""
    if not isinstance(value, dict):
        r.wrong(path, value, N_("a condition such as {level: I}"))
        return None
    if not value:
        r.say(path, N_("an empty condition holds always; take the line out"))
        return None
    parts: list[Condition] = []
    clause = None
    for key, each in value.items():
        at = (*path, key)
        if key == "clause":
            clause = ARTICLE.read(r, each, at)
            continue
        part = _part(r, key, each, at)
        if part is not None:
            parts.append(part)
    return AllOf(tuple(parts), clause)


def _part(r: Reading, key: str, value: Any, path: Path) -> Condition | None:
    match key:
        case "any":
            found = _SEVERAL.read(r, value, path)
            return None if found is None else AnyOf(found)
        case "all":
            found = _SEVERAL.read(r, value, path)
            return None if found is None else AllOf(found)
        case "not":
            part = read_condition(r, value, path)
            return None if part is None else Not(part)
        case "was":
            return _was(r, value, path)
        case "during":
            period = TEXT.read(r, value, path)
            return None if period is None else During(period)
    return _about(r, key, value, path)


def _was(r: Reading, value: Any, path: Path) -> Was | None:
    if r.scale is None:
        key = N_("`was` asks for the level before this grading; it stands in a scale only")
        r.say(path, key)
        return None
    return Was(tuple(str(each) for each in values(r, r.scale, value, path)))


def _about(r: Reading, name: str, value: Any, path: Path) -> Condition | None:
    """A fact or a scale, compared with a value, a list of them, or bounds."""
    if name not in r.facts and name not in r.scales:
        _unknown(r, name, value, path)
        return None
    if name == r.scale:
        key = N_("`{scale}` within itself; the level before this grading is {example}")
        r.say(path, key, scale=name, example="{was: …}")
        return None
    if name in r.facts and r.facts[name].type == "text":
        key = N_("`{fact}` is a text: it is recorded and compared, but in no condition")
        r.say(path, key, fact=name)
        return None
    if isinstance(value, dict):
        return _compare(r, name, value, path)
    return Equals(name, values(r, name, value, path, bands=True))


def _unknown(r: Reading, name: str, value: Any, path: Path) -> None:
    if value is None:
        # perhaps a comma inside a text; the row tells
        r.unknown_key(path[:-1], name, value, (*r.facts, *r.scales, *RESERVED))
        return
    spoken = {
        **{each: r.known.get("facts", {}).get(each, each) for each in r.facts},
        **{each: each for each in (*r.scales, *RESERVED)},
    }
    r.unknown(path, "conditions", name, spoken)


def _compare(r: Reading, name: str, value: dict[str, Any], path: Path) -> Compare | None:
    if not _ranks(r, name):
        key = N_("`{name}` has no order: ask for a value or a list of values")
        r.say(path, key, name=name)
        return None
    if not value:
        r.say(path, N_("nothing to compare with; there are: {known}"), known=", ".join(COMPARE))
        return None
    bounds: dict[str, Value] = {}
    for key, each in value.items():
        at = (*path, key)
        if key not in COMPARE:
            r.unknown_key(path, key, each, COMPARE)
            continue
        if isinstance(each, list):
            r.wrong(at, each, N_("one value"))
            continue
        found = values(r, name, each, at, bands=True)
        if found:
            bounds[key] = found[0]
    return Compare(name=name, **bounds)


def _ranks(r: Reading, name: str) -> bool:
    if name in r.scales:
        return r.scales[name][1]
    return r.facts[name].type != "boolean"


def _condition_schema() -> Schema:
    value: Schema = {"type": ["string", "integer", "boolean"]}
    one: Schema = {"$ref": "#/$defs/condition"}
    several: Schema = {"type": "array", "items": one, "minItems": 1}
    return {
        "description": "What must be true: every key holds. A key is a fact, a scale or one of "
        + " ".join(RESERVED)
        + ".",
        "type": "object",
        "minProperties": 1,
        "properties": {
            "any": {"description": "at least one of these holds", **several},
            "all": {"description": "every one of these holds", **several},
            "not": {"description": "this does not hold", **one},
            "was": {
                "description": "in a scale only: the level in force before this grading",
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            },
            "during": {
                "description": "the start (repeated: the due day) lies on working_days, "
                "days_off or in a period that the calendar names",
                "type": "string",
            },
            "clause": {"description": "the article this path comes from", "type": "string"},
        },
        "additionalProperties": {
            "description": "a value, a list (any of them), or bounds",
            "anyOf": [
                value,
                {"type": "array", "items": value, "minItems": 1},
                {
                    "type": "object",
                    "properties": dict.fromkeys(COMPARE, value),
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ],
        },
    }


CONDITION: Shape[Condition] = Shape(read_condition, {"$ref": "#/$defs/condition"})
CONDITION_SCHEMA = _condition_schema()
_SEVERAL = list_of(CONDITION, least=1)
