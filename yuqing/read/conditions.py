"""Conditions (plan format, 3.1): what must be true, and the values facts and scales can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yuqing.notation import OUTSIDE, Fault, How, ReadOn, checked, failure, written
from yuqing.plan import Compare, Equals, Fact, Value
from yuqing.read.reading import (
    TEXT_NOUN,
    Nothing,
    Reading,
    Sentence,
    fail,
    refused,
    unknown,
    unknown_field,
    wrong,
)
from yuqing.words import N_

RESERVED = ("any", "all", "not", "was", "during", "clause")
"""Words of a condition; no fact or scale may be called so."""
COMPARE = tuple(written(Compare).values())
_MEANT = {"yes": "true", "是": "true", "on": "true", "no": "false", "否": "false", "off": "false"}


def fact_fault(fact: Fact, value: Any, *, bands: bool = False) -> Sentence | None:
    """What keeps ``value`` from being one of the fact. ``bands``: a band name will do too."""
    if isinstance(value, (dict, list, Nothing)):
        return wrong(value, N_("a value of the fact"))
    whole = isinstance(value, int) and not isinstance(value, bool)
    sort: str = fact.type
    match sort:
        case "boolean":
            if not isinstance(value, bool) and value in _MEANT:
                key = N_("`{value}` is none of {known}; did you mean `{near}`?")
                return key, {"value": value, "known": "true, false", "near": _MEANT[value]}
            return None if isinstance(value, bool) else refused(value, (True, False))
        case "integer" if not (bands and fact.bands):
            return None if whole else wrong(value, N_("a whole number"))
        case "integer":
            named = isinstance(value, str) and value in fact.bands
            return None if whole or named else refused(value, fact.bands)
        case "choice":
            known = isinstance(value, str) and value in fact.of
            return None if known else refused(value, fact.of)
        case "text":
            return None if isinstance(value, str) else wrong(value, TEXT_NOUN)
    return None  # its type is at fault, which is said elsewhere


def _level_fault(levels: Iterable[str], value: Any) -> Sentence | None:
    if isinstance(value, (dict, list, Nothing)):
        return wrong(value, N_("a level of the scale"))
    known = isinstance(value, str) and value in levels
    return None if known else refused(value, levels)


def value_faults(r: Reading, name: str, value: Any, *, bands: bool = False) -> list[Fault]:
    """What is wrong with a value, or a list of values, of the fact or scale ``name``."""
    if isinstance(value, list) and not value:
        return [((), N_("an empty list; fill it or take the line out"), {})]
    faults: list[Fault] = []
    for place, each in enumerate(value if isinstance(value, list) else [value]):
        if name in r.scales:
            fault = _level_fault(r.scales[name][0], each)
        else:
            fault = fact_fault(r.facts[name], each, bands=bands)
        if fault is not None:
            faults.append(((place,) if isinstance(value, list) else (), *fault))
    return faults


def values(value: Any, faults: Sequence[Fault]) -> tuple[Value, ...]:
    """The value or values as a tuple; raises the faults if there are any."""
    if faults:
        raise failure(value, faults)
    return tuple(value) if isinstance(value, list) else (value,)


class _Part(dict[str, Any]):
    """One key of a condition, as the record it is told by."""


def _condition(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """A map whose every key must hold, each a part of its own."""
    if isinstance(value, _Part):
        return read_on(value)
    if not isinstance(value, dict):
        raise fail(value, wrong(value, N_("a condition such as {level: I}")))
    if not value:
        raise fail(value, (N_("an empty condition holds always; take the line out"), {}))
    parts = {name: _part(r, name, each) for name, each in value.items() if name != "clause"}
    whole = {name: each for name, each in value.items() if name == "clause"}
    return read_on({OUTSIDE + "parts": parts, **whole})


def _part(r: Reading, name: str, value: Any) -> _Part:
    if name == "all":
        return _Part({OUTSIDE + "parts": value})
    if name in RESERVED:
        return _Part({name: value})
    if isinstance(value, dict) and _about(r, name) is None:
        return _Part({OUTSIDE + "compare": name, **value})
    return _Part({OUTSIDE + "equals": name, OUTSIDE + "values": value})


def _about(r: Reading, name: str) -> Sentence | None:
    """What keeps ``name`` from being asked about in a condition."""
    if name not in r.facts and name not in r.scales:
        spoken = {
            **{each: r.known.get("facts", {}).get(each, each) for each in r.facts},
            **{each: each for each in (*r.scales, *RESERVED)},
        }
        return unknown("conditions", name, spoken)
    if name == r.scale:
        key = N_("`{scale}` within itself; the level before this grading is {example}")
        return key, {"scale": name, "example": "{was: …}"}
    if name in r.facts and r.facts[name].type == "text":
        key = N_("`{fact}` is a text: it is recorded and compared, but in no condition")
        return key, {"fact": name}
    return None


def _equals(value: Any, _read_on: ReadOn, r: Reading) -> Equals:
    name, several = value[OUTSIDE + "equals"], value[OUTSIDE + "values"]
    fault = _about(r, name)
    if fault is not None:
        if isinstance(several, Nothing):
            fault = unknown_field(name, (*r.facts, *r.scales, *RESERVED))
        raise fail(several, fault)
    return Equals(name, values(several, value_faults(r, name, several, bands=True)))


def _compare(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """Bounds of a fact or scale that has an order."""
    name = value[OUTSIDE + "compare"]
    ranks = r.scales[name][1] if name in r.scales else r.facts[name].type != "boolean"
    if not ranks:
        key = N_("`{name}` has no order: ask for a value or a list of values")
        raise fail(value, (key, {"name": name}))
    if len(value) == 1:
        key = N_("nothing to compare with; there are: {known}")
        raise fail(value, (key, {"known": ", ".join(COMPARE)}))
    faults: list[Fault] = []
    for key in COMPARE:
        bound = value.get(key)
        if isinstance(bound, list):
            faults.append(((key,), *wrong(bound, N_("one value"))))
        elif key in value:
            found = value_faults(r, name, bound, bands=True)
            faults += [((key,), said, params) for _, said, params in found]
    return checked(value, read_on, faults)


def _was(value: Any, _read_on: ReadOn, r: Reading) -> tuple[str, ...]:
    if r.scale is None:
        key = N_("`was` asks for the level before this grading; it stands in a scale only")
        raise fail(value, (key, {}))
    return tuple(map(str, values(value, value_faults(r, r.scale, value))))


HOW: Mapping[Any, How] = {
    "condition": _condition,
    "was": _was,
    Equals: _equals,
    Compare: _compare,
}
