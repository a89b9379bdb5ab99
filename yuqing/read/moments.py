"""Moments (plan format, 3.2): when something happened, told by the one key that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yuqing.case import COMMON, FORMS, KINDS
from yuqing.errors import Path
from yuqing.plan import (
    Act,
    ApprovedBy,
    Changed,
    Done,
    Each,
    Fallback,
    First,
    Last,
    Moment,
    Overdue,
    Value,
)
from yuqing.read.conditions import values
from yuqing.read.shapes import (
    BOOLEAN,
    SPAN,
    TEXT,
    Reading,
    Schema,
    Shape,
    list_of,
    listed,
    nearest,
    one_of,
    reference,
    shown,
)
from yuqing.span import Span
from yuqing.words import N_

DECIDING = (
    "kind", "done", "overdue", "changed", "approved_by", "first", "last", "each", "fallback",
)  # fmt: skip
ALLOWED = (
    "KIND, EVENT, {kind: KIND, FIELD: …}, {done: DUTY}, {overdue: DUTY}, {changed: FACT}, "
    "{approved_by: ORGAN}, {first: […]}, {last: …}, {each: …}, {fallback: […]}"
)
NEVER = ("done", "amended", "linked")
"""Kinds that name what they act on; no clock hangs on them."""
MATCHABLE = tuple(kind for kind in KINDS if kind not in (*NEVER, "event"))

ORGAN = reference("organs")
ORGANS = list_of(ORGAN, single=True, least=1)
_DUTY = reference("duties")

_TESTS: Mapping[str, Shape[tuple[Any, ...]]] = {
    "by": ORGANS,
    "to": ORGANS,
    "from": ORGANS,
    "form": list_of(one_of(*FORMS), single=True, least=1),
    "document": list_of(reference("documents"), single=True, least=1),
    "matter": list_of(TEXT, single=True, least=1),
    "outcome": list_of(one_of("agreed", "refused", "partly"), single=True, least=1),
    "request": list_of(one_of("correction", "referral"), single=True, least=1),
    "source": list_of(TEXT, single=True, least=1),
    "tags": list_of(TEXT, single=True, least=1),
    "proposed": list_of(BOOLEAN, single=True, least=1),
    "duty": list_of(_DUTY, single=True, least=1),
}
"""Fields of an entry that a matcher may test by value, and what their values can be."""


def read_moment(r: Reading, value: Any, path: Path) -> Moment | None:
    """A kind or event by its name, or a map with one deciding key."""
    found = _moment(r, value, path)
    if found is not None:
        r.moments[path] = found
    return found


def _moment(r: Reading, value: Any, path: Path) -> Moment | None:
    if isinstance(value, str) and value.strip():
        return _named(r, value, path)
    if isinstance(value, list):
        texts = [shown(each) if isinstance(each, str) else "{…}" for each in value]
        key = N_("one Moment is wanted here; several stand in a wrapper: {example}")
        r.say(path, key, example=f"{{first: [{', '.join(texts)}]}}")
        return None
    if not isinstance(value, dict):
        r.wrong(path, value, N_("a Moment such as discovered"))
        return None
    deciding = [key for key in value if key in DECIDING]
    if len(deciding) != 1:
        _undecided(r, value, path, deciding)
        return None
    head = deciding[0]
    at = (*path, head)
    if head == "kind":
        return _act(r, value, path)
    for key, each in value.items():
        if key != head and not (head == "overdue" and key == "by"):
            allowed = (head, "by") if head == "overdue" else (head,)
            r.unknown_key(path, key, each, allowed)
    if head == "overdue":
        duty = _DUTY.read(r, value[head], at)
        by: Span | None = SPAN.read(r, value["by"], (*path, "by")) if "by" in value else None
        return None if duty is None else Overdue(duty, by)
    return _READERS[head](r, value[head], at)


def _undecided(r: Reading, value: Mapping[str, Any], path: Path, deciding: list[str]) -> None:
    if deciding:
        key = N_("{keys} exclude each other; a Moment is one of {allowed}")
        r.say(path, key, keys=", ".join(f"`{each}`" for each in deciding), allowed=ALLOWED)
        return
    strange = [key for key in value if key not in _TESTS and key not in ("grades", "facts", "has")]
    for key in strange:
        near = nearest(key, {each: each for each in DECIDING})
        if near is not None:
            r.unknown_key(path, key, value[key], DECIDING)
            return
    key = N_("nothing says which Moment this is; it is one of {allowed}")
    r.say(path, key, allowed=ALLOWED)


def _named(r: Reading, name: str, path: Path) -> Moment | None:
    if name == "noted":
        r.say(path, N_("`noted` alone is no Moment: add `facts` or `tags`"))
        return None
    found = kind(r, name, path)
    return None if found is None else Act(kind=found)


def kind(r: Reading, name: Any, path: Path) -> str | None:
    """An entry kind that clocks may hang on, or a declared event."""
    events = r.known.get("events", {})
    if isinstance(name, list):
        key = N_("`kind` takes one name; several kinds: done_by: [{names}], elsewhere {example}")
        names = ", ".join(shown(each) for each in name)
        r.say(path, key, names=names, example=f"{{first: [{names}]}}")
        return None
    if not isinstance(name, str) or not name.strip():
        r.wrong(path, name, N_("a text"))
        return None
    if name in events:
        r.used.add(("events", name))
        return name
    if name in MATCHABLE:
        return name
    if name in NEVER:
        key = N_("no clock hangs on `{kind}`: it names what it acts on; write {example}")
        r.say(path, key, kind=name, example="{done: DUTY}")
    elif name in r.known.get("duties", {}):
        key = N_("`{name}` is a duty: write {example}")
        r.say(path, key, name=name, example=f"{{done: {name}}}")
    elif name == "event":
        key = N_("an event is named by its own id; declare it under `events`")
        r.say(path, key)
    else:
        near = nearest(name, {**{each: each for each in MATCHABLE}, **events})
        if near is not None:
            key = N_("no kind or event `{name}`; did you mean `{near}`?")
            r.say(path, key, name=name, near=near)
        else:
            key = N_("no kind or event `{name}`; declare it under `events`. Kinds: {known}")
            r.say(path, key, name=name, known=listed(MATCHABLE))
    return None


def _act(r: Reading, value: Mapping[str, Any], path: Path) -> Act | None:
    """``{kind: …, FIELD: …}``: entries of one kind whose fields agree."""
    name = kind(r, value["kind"], (*path, "kind"))
    has_fields = (*COMMON, *KINDS[name].own) if name is not None and name in KINDS else COMMON
    if name is None:  # its fields can't be known; look at their values all the same
        has_fields = (*COMMON, *_TESTS, "grades")
    tested: dict[str, tuple[str, ...]] = {}
    grades: dict[str, tuple[Value, ...]] = {}
    facts: dict[str, tuple[Value, ...]] = {}
    has: tuple[str, ...] = ()
    for key, each in value.items():
        at = (*path, key)
        if key == "kind":
            continue
        if key == "has":
            has = _has(r, each, at, has_fields)
        elif key not in has_fields or (key not in _TESTS and key not in ("grades", "facts")):
            _untestable(r, shown(value["kind"]), key, each, path, has_fields)
        elif key == "grades":
            grades = _grades(r, each, at)
        elif key == "facts":
            facts = _facts(r, each, at)
        else:
            found = _TESTS[key].read(r, each, at) or ()
            tested[key] = tuple(shown(one) for one in found)
    if name == "noted" and not (facts or "tags" in tested or "facts" in has or "tags" in has):
        r.say(path, N_("`noted` alone is no Moment: add `facts` or `tags`"))
    if name is None:
        return None
    return Act(kind=name, fields=tested, grades=grades, facts=facts, has=has)


def _untestable(
    r: Reading, kind_: str, name: str, value: Any, path: Path, has_fields: tuple[str, ...]
) -> None:
    testable = [each for each in (*_TESTS, "grades", "facts") if each in has_fields]
    at = (*path, name)
    if name in has_fields and name != "kind":
        key = N_("`{field}` cannot be tested by its value; {example} asks whether it is there")
        r.say(at, key, field=name, example=f"{{has: {name}}}")
    elif name in (*_TESTS, "grades") or any(name in each.own for each in KINDS.values()):
        key = N_("`{kind}` has no field `{field}`; a matcher may test {known}")
        r.say(at, key, kind=kind_, field=name, known=listed([*testable, "has"]))
    else:
        r.unknown_key(path, name, value, (*testable, "has"))


def _has(r: Reading, value: Any, path: Path, has_fields: tuple[str, ...]) -> tuple[str, ...]:
    names = list_of(TEXT, single=True, least=1).read(r, value, path) or ()
    for name in names:
        if name not in has_fields:
            r.refused(path, name, has_fields)
    return names


def _grades(r: Reading, value: Any, path: Path) -> dict[str, tuple[Value, ...]]:
    """``truth``: any value on that scale; a map: every scale named agrees."""
    if isinstance(value, str) and value.strip():
        if value in r.scales:
            return {value: ()}
        r.unknown(path, "scales", value, {each: each for each in r.scales})
        return {}
    if not isinstance(value, dict):
        r.wrong(path, value, N_("a scale, or a map of scales"))
        return {}
    found = {}
    for name, each in value.items():
        at = (*path, name)
        if name in r.scales:
            found[name] = values(r, name, each, at)
        else:
            r.unknown(at, "scales", name, {one: one for one in r.scales})
    return found


def _facts(r: Reading, value: Any, path: Path) -> dict[str, tuple[Value, ...]]:
    if not isinstance(value, dict):
        r.wrong(path, value, N_("a map of facts"))
        return {}
    found = {}
    for name, each in value.items():
        at = (*path, name)
        if name in r.facts:
            found[name] = values(r, name, each, at)
        else:
            r.unknown(at, "facts", name, r.known.get("facts", {}))
    return found


# --- references and wrappers -----------------------------------------------------------


def _done(r: Reading, value: Any, path: Path) -> Done | None:
    duty = _DUTY.read(r, value, path)
    return None if duty is None else Done(duty)


def _changed(r: Reading, value: Any, path: Path) -> Changed | None:
    fact = reference("facts").read(r, value, path)
    return None if fact is None else Changed(fact)


def _approved(r: Reading, value: Any, path: Path) -> ApprovedBy | None:
    organs = ORGANS.read(r, value, path)
    return None if organs is None else ApprovedBy(organs)


def _wrapper(make: Callable[[tuple[Moment, ...]], Moment]) -> Callable[..., Moment | None]:
    def read(r: Reading, value: Any, path: Path) -> Moment | None:
        found = MOMENTS.read(r, value, path)
        return make(found) if found else None

    return read


MOMENT: Shape[Moment] = Shape(read_moment, {"$ref": "#/$defs/moment"})
MOMENTS = list_of(MOMENT, single=True, least=1)

_READERS: Mapping[str, Callable[[Reading, Any, Path], Moment | None]] = {
    "done": _done,
    "changed": _changed,
    "approved_by": _approved,
    "first": _wrapper(First),
    "last": _wrapper(Last),
    "each": _wrapper(Each),
    "fallback": _wrapper(Fallback),
}


def _alone(name: str, schema: Schema, says: str, **more: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {name: {"description": says, **schema}, **more},
        "required": [name],
        "additionalProperties": False,
    }


def _moment_schema() -> Schema:
    value: Schema = {"type": ["string", "integer", "boolean"]}
    some: Schema = {"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]}
    tested: Schema = {"type": "object", "additionalProperties": some, "minProperties": 1}
    fields = {name: shape.schema for name, shape in _TESTS.items()}
    fields["grades"] = {"anyOf": [{"type": "string"}, tested]}
    fields["facts"] = tested
    fields["has"] = {
        "description": "fields that are present",
        **list_of(TEXT, single=True, least=1).schema,
    }
    many = MOMENTS.schema
    return {
        "description": "When something happened: a kind or a declared event, or one of these maps.",
        "anyOf": [
            {"type": "string", "minLength": 1},
            _alone(
                "kind",
                {"type": "string"},
                "entries of this one kind (or event) whose fields agree",
                **fields,
            ),
            _alone("done", {"type": "string"}, "that duty was discharged"),
            _alone(
                "overdue",
                {"type": "string"},
                "the limit of that duty passed while it was still open",
                by={"description": "passed so long ago", **SPAN.schema},
            ),
            _alone("changed", {"type": "string"}, "an entry gave the fact another value"),
            _alone("approved_by", ORGANS.schema, "any of these organs agreed"),
            _alone("first", many, "the earliest of all that happened"),
            _alone("last", many, "the latest; it restarts the clock"),
            _alone("each", many, "a separate clock for every occurrence"),
            _alone("fallback", many, "the first of these that is known"),
        ],
    }


MOMENT_SCHEMA = _moment_schema()


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
