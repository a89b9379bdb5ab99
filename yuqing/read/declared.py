"""What a plan declares: organs, facts, scales, events, papers, readings (plan format, 2, 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_type_hints

from yuqing.case import KINDS
from yuqing.notation import OUTSIDE, Fault, How, ReadOn, checked
from yuqing.plan import TRUTH, Fact, Scale
from yuqing.read.conditions import RESERVED, fact_fault
from yuqing.read.reading import (
    BUILT_IN_ORGANS,
    Reading,
    key_id,
    look_at_id,
    refer,
    shown,
)
from yuqing.read.tree import Tree
from yuqing.words import N_

SATISFIED = Fact(id="satisfied", type="boolean", ask="是否滿意")
"""Built into every plan: was the person who asked satisfied."""
UNREAD: Any = ""
"""Type of a fact whose type could not be read: it takes any value."""
_FACT_TYPES = get_args(get_type_hints(Fact)["type"])


# --- ids -------------------------------------------------------------------------------


def _graded_id(name: Any, read_on: ReadOn, r: Reading, *, scale: bool) -> Any:
    """The id of a fact or a scale: conditions must be able to tell them apart."""
    faults = look_at_id(name, SATISFIED.id, TRUTH.id)
    if name in RESERVED:
        key = N_("`{name}` is a word of conditions; choose another id")
        faults.append(((), key, {"name": name}))
    elif scale and name in r.known["facts"] and name != SATISFIED.id:
        key = N_("`{name}` is both a fact and a scale; rename one")
        faults.append(((), key, {"name": name}))
    return checked(name, read_on, faults, r)


def _fact_id(name: Any, read_on: ReadOn, r: Reading) -> Any:
    return _graded_id(name, read_on, r, scale=False)


def _scale_id(name: Any, read_on: ReadOn, r: Reading) -> Any:
    return _graded_id(name, read_on, r, scale=True)


def _event_id(name: Any, read_on: ReadOn, r: Reading) -> Any:
    """The id of an event: no entry kind is called so."""
    faults = look_at_id(name)
    if name in KINDS:
        key = N_("`{name}` is an entry kind already; take it out or rename it")
        faults.append(((), key, {"name": name}))
    return checked(name, read_on, faults, r)


# --- facts and scales ------------------------------------------------------------------


def _default(value: Any, _read_on: ReadOn, _r: Reading) -> Any:
    return value  # its type is looked at where the whole fact is known


def _fact(value: Any, read_on: ReadOn, r: Reading) -> Any:
    if not isinstance(value, dict):
        return read_on(value)
    return checked(value, read_on, _fact_faults(value, r.facts[value[OUTSIDE + "id"]]), r)


def _fact_faults(value: Mapping[str, Any], fact: Fact) -> Iterable[Fault]:
    sort = value.get("type")
    for name, wanted in (("of", "choice"), ("bands", "integer")):
        if name in value and sort != wanted:
            key = N_("`{field}` stands in a fact of type {type} only")
            yield (name,), key, {"field": name, "type": wanted}
    if sort == "choice" and "of" not in value:
        yield (), N_("a choice needs `of`: the values there are, lowest first"), {}
    if "default" in value:
        fault = fact_fault(fact, value["default"])
        if fault is not None:
            yield ("default",), *fault
    if len({*fact.bands.values()}) != len(fact.bands):
        yield ("bands",), N_("two bands begin at the same number"), {}


def _scale(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """A list of levels, lightest first, or a map that holds one."""
    if not isinstance(value, dict):
        return read_on(value)
    r.scale = value[OUTSIDE + "id"]
    levels, faults = r.scales[r.scale][0], []
    for place, level in enumerate(levels):
        if level and level in levels[:place]:
            faults.append(((), N_("the level `{name}` stands twice"), {"name": level}))
    try:
        return checked(value, read_on, faults, r)
    finally:
        r.scale = None


# --- what is known beforehand ----------------------------------------------------------


def known(tree: Tree) -> dict[str, Any]:
    """What the file declares, as far as it can be told before anything is read."""

    def section(name: str) -> Mapping[str, Any]:
        found = tree.value.get(name)
        return found if isinstance(found, dict) else {}

    sorts = ("organs", "events", "duties", "gates", "documents", "readings")
    names = {
        sort: {each: _spoken(each, about) for each, about in section(sort).items()}
        for sort in sorts
    }
    names["organs"] |= BUILT_IN_ORGANS
    facts = {name: _raw_fact(name, about) for name, about in section("facts").items()}
    facts[SATISFIED.id] = SATISFIED
    names["facts"] = {name: fact.ask for name, fact in facts.items()}
    scales = {name: _levels(about) for name, about in section("scales").items()}
    names["scales"] = {name: name for name in scales}
    scales[TRUTH.id] = (tuple(level.id for level in TRUTH.levels), False)
    return {"known": names, "facts": facts, "scales": scales}


def _spoken(name: str, about: Any) -> str:
    """The name people use for a declared thing."""
    if isinstance(about, str):
        return about
    if isinstance(about, dict):
        return shown(about.get("name") or about.get("title") or about.get("does") or name)
    return name


def _raw_fact(name: str, about: Any) -> Fact:
    """A fact before it is read: what its values are like."""
    raw: Mapping[str, Any] = about if isinstance(about, dict) else {}
    of, bands = raw.get("of"), raw.get("bands")
    sort: Any = raw.get("type")
    return Fact(
        id=name,
        type=sort if sort in _FACT_TYPES else UNREAD,
        ask=shown(raw.get("ask") or name),
        of=tuple(each for each in of if isinstance(each, str)) if isinstance(of, list) else (),
        bands={k: v for k, v in bands.items() if isinstance(v, int)}
        if isinstance(bands, dict)
        else {},
    )


def _levels(about: Any) -> tuple[tuple[str, ...], bool]:
    """Level ids of a raw scale, and whether they rank."""
    levels = about.get("levels") if isinstance(about, dict) else about
    ordered = not (isinstance(about, dict) and about.get("ordered") is False)
    if not isinstance(levels, list):
        return (), ordered
    return tuple(shown(each.get("id")) for each in levels if isinstance(each, dict)), ordered


HOW: Mapping[Any, How] = {
    "readings": refer("readings"),
    "own_id": key_id(),
    "fact_id": _fact_id,
    "scale_id": _scale_id,
    "event_id": _event_id,
    "default": _default,
    Fact: _fact,
    Scale: _scale,
}
