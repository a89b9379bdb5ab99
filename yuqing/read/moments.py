"""Moments (plan format, 3.2): when something happened, told by the one key that decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from yuqing.case import COMMON, KINDS
from yuqing.notation import OUTSIDE, Fault, How, ReadOn, checked, failure, written
from yuqing.plan import TESTABLE, Act, Each, Fallback, First, Last, Moment, Value
from yuqing.read.conditions import value_faults, values
from yuqing.read.reading import (
    TEXT_NOUN,
    Reading,
    Sentence,
    fail,
    listed,
    nearest,
    refer,
    refused,
    shown,
    unknown,
    unknown_field,
    wrong,
)
from yuqing.words import N_

DECIDING = tuple(next(iter(written(each).values())) for each in get_args(get_args(Moment)[0]))
ALLOWED = (
    "KIND, EVENT, {kind: KIND, FIELD: …}, {done: DUTY}, {overdue: DUTY}, {changed: FACT}, "
    "{approved_by: ORGAN}, {first: […]}, {last: …}, {each: …}, {fallback: […]}"
)
NEVER = ("done", "amended", "linked")
"""Kinds that name what they act on; no clock hangs on them."""
MATCHABLE = tuple(kind for kind in KINDS if kind not in (*NEVER, "event"))
_OWN = tuple(written(Act).values())
_TOLD = ("kind", "has")


def _moment(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    """A kind or event by its name, or a map with one deciding key."""
    if isinstance(value, str) and value.strip():
        return read_on({"kind": value})
    if isinstance(value, list):
        texts = [shown(each) if isinstance(each, str) else "{…}" for each in value]
        key = N_("one Moment is wanted here; several stand in a wrapper: {example}")
        raise fail(value, (key, {"example": f"{{first: [{', '.join(texts)}]}}"}))
    if not isinstance(value, dict):
        raise fail(value, wrong(value, N_("a Moment such as discovered")))
    deciding = [key for key in value if key in DECIDING]
    if len(deciding) == 1:
        return read_on(value)
    if deciding:
        key = N_("{keys} exclude each other; a Moment is one of {allowed}")
        keys = ", ".join(f"`{each}`" for each in deciding)
        raise fail(value, (key, {"keys": keys, "allowed": ALLOWED}))
    for name in value:
        if name not in (*TESTABLE, *_OWN) and nearest(name, dict.fromkeys(DECIDING, "")):
            raise fail(value, unknown_field(name, DECIDING), (name,))
    key = N_("nothing says which Moment this is; it is one of {allowed}")
    raise fail(value, (key, {"allowed": ALLOWED}))


def _kind(name: Any, _read_on: ReadOn, r: Reading) -> str:
    """An entry kind that clocks may hang on, or a declared event."""
    if not isinstance(name, str):
        raise fail(name, _no_kind(r, name))
    if name in r.known["events"]:
        r.used.add(("events", name))
    elif name not in MATCHABLE:
        raise fail(name, _no_kind(r, name))
    return name


def _no_kind(r: Reading, name: Any) -> Sentence:
    if isinstance(name, list):
        key = N_("`kind` takes one name; several kinds: done_by: [{names}], elsewhere {example}")
        names = ", ".join(shown(each) for each in name)
        return key, {"names": names, "example": f"{{first: [{names}]}}"}
    if not isinstance(name, str):
        return wrong(name, TEXT_NOUN)
    if name in NEVER:
        key = N_("no clock hangs on `{kind}`: it names what it acts on; write {example}")
        return key, {"kind": name, "example": "{done: DUTY}"}
    if name in r.known["duties"]:
        key = N_("`{name}` is a duty: write {example}")
        return key, {"name": name, "example": f"{{done: {name}}}"}
    if name == "event":
        return N_("an event is named by its own id; declare it under `events`"), {}
    near = nearest(name, {**{each: each for each in MATCHABLE}, **r.known["events"]})
    if near is not None:
        key = N_("no kind or event `{name}`; did you mean `{near}`?")
        return key, {"name": name, "near": near}
    key = N_("no kind or event `{name}`; declare it under `events`. Kinds: {known}")
    return key, {"name": name, "known": listed(MATCHABLE)}


def _act(value: Mapping[str, Any], read_on: ReadOn, r: Reading) -> Any:
    """``{kind: …, FIELD: …}``: entries of one kind whose fields agree."""
    name = value["kind"]
    fields: tuple[str, ...] = (*COMMON, *TESTABLE, "grades")
    if isinstance(name, str) and (name in KINDS or name in r.known["events"]):
        fields = (*COMMON, *(KINDS[name].own if name in KINDS else ()))
    able = [each for each in (*TESTABLE, "grades", "facts") if each in fields]
    given = {key: each for key, each in value.items() if key in _OWN and key in (*able, *_TOLD)}
    tests = {key: each for key, each in value.items() if key in able and key not in _OWN}
    given[OUTSIDE + "fields"] = tests
    return checked(given, read_on, _act_faults(value, fields, able), r)


def _act_faults(
    value: Mapping[str, Any], fields: tuple[str, ...], able: list[str]
) -> Iterator[Fault]:
    for key in value:
        if key not in (*able, *_TOLD):
            yield (key,), *_untestable(shown(value["kind"]), key, fields, able)
    has = value.get("has", ())
    names = [each for each in (has if isinstance(has, list) else [has]) if isinstance(each, str)]
    for each in names:
        if each not in fields:
            yield ("has",), *refused(each, fields)
    if value["kind"] == "noted" and not {"facts", "tags"} & {*value, *names}:
        yield (), N_("`noted` alone is no Moment: add `facts` or `tags`"), {}


def _untestable(kind: str, name: str, fields: tuple[str, ...], able: list[str]) -> Sentence:
    if name in fields:
        key = N_("`{field}` cannot be tested by its value; {example} asks whether it is there")
        return key, {"field": name, "example": f"{{has: {name}}}"}
    if name in (*TESTABLE, "grades") or any(name in each.own for each in KINDS.values()):
        key = N_("`{kind}` has no field `{field}`; a matcher may test {known}")
        return key, {"kind": kind, "field": name, "known": listed([*able, "has"])}
    return unknown_field(name, (*able, "has"))


def _tests(value: Any, read_on: ReadOn, _r: Reading) -> dict[str, tuple[str, ...]]:
    found = read_on(value)
    return {name: tuple(map(shown, found[name])) for name in value}  # in the order of the file


def _grades(value: Any, _read_on: ReadOn, r: Reading) -> dict[str, tuple[Value, ...]]:
    """``truth``: any value on that scale; a map: every scale named agrees."""
    scales = {each: each for each in r.scales}
    if isinstance(value, str):
        if value not in scales:
            raise fail(value, unknown("scales", value, scales))
        return {value: ()}
    return _by_name(r, "scales", scales, value, N_("a scale, or a map of scales"))


def _facts(value: Any, _read_on: ReadOn, r: Reading) -> dict[str, tuple[Value, ...]]:
    return _by_name(r, "facts", r.known["facts"], value, N_("a map of facts"))


def _by_name(
    r: Reading, sort: str, known: Mapping[str, str], value: Any, wanted: str
) -> dict[str, tuple[Value, ...]]:
    if not isinstance(value, dict):
        raise fail(value, wrong(value, wanted))
    faults: list[Fault] = []
    for name, each in value.items():
        if name not in known:
            faults.append(((name,), *unknown(sort, name, known)))
        else:
            found = value_faults(r, name, each)
            faults += [((name, *path), key, params) for path, key, params in found]
    if faults:
        raise failure(value, faults)
    return {name: values(each, ()) for name, each in value.items()}


HOW: Mapping[Any, How] = {
    "moment": _moment,
    "kind": _kind,
    "tests": _tests,
    "grades": _grades,
    "facts": _facts,
    "fact": refer("facts"),
    "duties": refer("duties"),
    "documents": refer("documents"),
    Act: _act,
}


def kinds_of(moment: Moment) -> tuple[str, ...]:
    """The kinds or events a Moment waits for directly, through its wrappers."""
    match moment:
        case Act(kind=name):
            return (name,)
        case (
            First(moments=several)
            | Last(moments=several)
            | Each(moments=several)
            | Fallback(moments=several)
        ):
            return tuple(name for each in several for name in kinds_of(each))
    return ()
