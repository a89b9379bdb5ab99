"""Dues, repeats, duties and gates (plan format, 3.3, 4.4 to 4.6): what no type tells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from yuqing.errors import Path
from yuqing.notation import Fault, How, ReadOn, checked
from yuqing.plan import Act, DuePart, Duty, Extension, Gate, Pause, Repeat
from yuqing.read.reading import Reading, fail, read_span, shown, wrong
from yuqing.span import Span
from yuqing.words import N_

SIX = ("span", "date", "date_in", "earlier_of", "later_of", "word")
OPENING = ("next_opening", "office_time")
"""Values of ``from`` that need office hours."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGER = ("week", "month", "quarter", "half_year", "year")


def _by(rules: Callable[[Mapping[str, Any]], Iterable[Fault]]) -> How:
    """Read on, with rules between the fields of the map."""

    def read(value: Any, read_on: ReadOn, r: Reading) -> Any:
        return checked(value, read_on, rules(value) if isinstance(value, dict) else (), r)

    return read


# --- dues ------------------------------------------------------------------------------


def _due(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """One Due, or a list of which the first that fits applies."""
    faults: list[Fault] = []
    for place, each in enumerate(value[:-1] if isinstance(value, list) else ()):
        if not (isinstance(each, dict) and "when" in each):
            key = N_("without `when` this Due would hide those behind it; put it last")
            faults.append(((place,), key, {}))
    return checked(value, read_on, [*faults, *_misplaced(value, ())], r)


def _misplaced(value: Any, path: Path) -> Iterator[Fault]:
    """``unless_past`` that no ``earlier_of`` stands around."""
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from _misplaced(each, (*path, place))
    elif isinstance(value, dict):
        if "unless_past" in value:
            key = N_("`unless_past` stands inside `earlier_of` only")
            yield (*path, "unless_past"), key, {}
        yield from _misplaced(value.get("later_of"), (*path, "later_of"))


def _part(value: Any, read_on: ReadOn, r: Reading) -> Any:
    if isinstance(value, list):
        raise fail(value, wrong(value, N_("one Due")))
    return checked(value, read_on, _part_rules(value) if isinstance(value, dict) else (), r)


def _span(value: Any, read_on: ReadOn, r: Reading) -> Span:
    return read_span(value, read_on, r, hint=True)


def _part_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    there = [key for key in SIX if key in value]
    if not there:
        key = N_("nothing says by when: one of {known} is missing")
        yield (), key, {"known": ", ".join(SIX)}
    elif len(there) > 1:
        key = N_("{keys} exclude each other; both ways: {example}")
        keys = ", ".join(f"`{each}`" for each in there)
        yield (), key, {"keys": keys, "example": "{earlier_of: [d, d]}, {later_of: [d, d]}"}
    if "local" in value and "word" not in value:
        key = N_("`local` stands beside `word` only; the office's softer figure is a `target`")
        yield ("local",), key, {}


# --- repeat ----------------------------------------------------------------------------


def _every(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if found.unit in ("same_day", "next_day"):
        key = N_("`{value}` is no distance; every day is {example}")
        raise fail(value, (key, {"value": shown(value), "example": "each: day"}))
    return found


def _period_day(value: Any, _read_on: ReadOn, _r: Reading) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    if isinstance(value, str) and value in _WEEKDAYS:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{2}-\d{2}", value):
        try:
            dt.date.fromisoformat(f"2024-{value}")
        except ValueError:
            raise fail(value, (N_("there is no day {value}"), {"value": value})) from None
        return value
    key = N_('`{value}` is no day of a period: a day of the month (5), a date ("03-31"), friday')
    raise fail(value, (key, {"value": shown(value)}))


def _between(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    if not isinstance(value, list) or len(value) != 2:
        raise fail(value, wrong(value, N_('two times of day: ["08:00", "12:00"]')))
    return read_on(value)


def _repeat_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    if ("each" in value) == ("every" in value):
        key = N_("exactly one of {known} is wanted")
        yield (), key, {"known": "`each: day|week|month|quarter|half_year|year`, `every: SPAN`"}
        return
    each = value.get("each")
    for name in ("at", "times", "between", "during"):
        if name in value and each != "day":
            yield (name,), N_("`{field}` stands beside `each: day` only"), {"field": name}
    for name in ("by", "not_before"):
        if name not in value:
            continue
        if each not in _LONGER:
            key = N_("`{field}` is a day of a week, a month or longer; with `each: day` write `at`")
            yield (name,), key, {"field": name}
        elif (value[name] in _WEEKDAYS) != (each == "week"):
            key = N_("a weekday goes with `each: week`, a day or date with the longer ones")
            yield (name,), key, {}


# --- duties and gates ------------------------------------------------------------------


def _to(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    return () if isinstance(value, dict) else read_on(value)


def _to_any(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    return read_on(value)["any_of"] if isinstance(value, dict) else ()


def _duty(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """Defaults of the format that depend on other fields are filled in here."""
    if not isinstance(value, dict):
        return read_on(value)
    found: Duty = checked(value, read_on, _duty_rules(value), r)
    if (found.to or found.to_any) and "done_by" not in value:
        found = replace(found, done_by=(Act(kind="reported"),))
    if found.repeat is not None and found.until is None:
        found = replace(found, until=Act(kind="closed"))
    return found


def _duty_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    if not any(name in value for name in ("limit", "target", "repeat")):
        key = N_("nothing says by when: `limit`, `target` or `repeat`; no figure: {example}")
        yield (), key, {"example": "limit: {word: 未定時限}"}
    if "repeat" in value and "limit" in value:
        yield ("limit",), N_("`repeat` excludes `limit`; leave one of them"), {}


def _pause_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    if "until" in value and "from" not in value:
        yield (), N_("a pause with `until` needs `from`: what begins it?"), {}


def _extension_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    if "at_most" not in value and "in_all" not in value:
        key = N_("an extension needs `at_most` (each time) or `in_all` (from the start), or both")
        yield (), key, {}


def _gate_rules(value: Mapping[str, Any]) -> Iterator[Fault]:
    if "needs" not in value and "only_if" not in value:
        yield (), N_("a gate needs `needs` (Moments) or `only_if` (a condition)"), {}


HOW: Mapping[Any, How] = {
    "due": _due,
    "span_or_word": _span,
    "every": _every,
    "period_day": _period_day,
    "between": _between,
    "to": _to,
    "to_any": _to_any,
    DuePart: _part,
    Repeat: _by(_repeat_rules),
    Pause: _by(_pause_rules),
    Extension: _by(_extension_rules),
    Duty: _duty,
    Gate: _by(_gate_rules),
}
