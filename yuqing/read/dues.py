"""Dues (plan format, 3.3) and what repeats (4.5): by when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from yuqing.errors import Path
from yuqing.plan import Due, DuePart, End, Moment, PeriodDay, Repeat, TimeOfDay
from yuqing.read.conditions import CONDITION
from yuqing.read.moments import MOMENT
from yuqing.read.shapes import (
    ARTICLE,
    BOOLEAN,
    COUNT,
    DATE,
    END,
    SPAN,
    TEXT,
    TIME,
    Field,
    Reading,
    Schema,
    Shape,
    just_one,
    list_of,
    one_of,
    read_span,
    record,
    shown,
)
from yuqing.span import Span
from yuqing.words import N_

SIX = ("span", "date", "date_in", "earlier_of", "later_of", "word")
OPENING = ("next_opening", "office_time")
"""Values of ``from`` that need office hours."""


def _span_with_hint(r: Reading, value: Any, path: Path) -> Span | None:
    return read_span(r, value, path, hint=True)


def _date_in(r: Reading, value: Any, path: Path) -> Moment | str | None:
    return "start" if value == "start" else MOMENT.read(r, value, path)


def _from(r: Reading, value: Any, path: Path) -> str | None:
    found: str | None = _FROM.read(r, value, path)
    if found in OPENING:
        r.opening.append(path)
    return found


_FROM = one_of(*OPENING, "end_of_day", "end_of_month", "end_of_quarter", "end_of_year")


def _part(r: Reading, value: Any, path: Path) -> DuePart | None:
    """One Due: a span in words, or a map with exactly one of the six keys."""
    if isinstance(value, list):
        r.wrong(path, value, N_("one Due"))
        return None
    if value is not None and not isinstance(value, dict):
        span = _span_with_hint(r, value, path)
        found: DuePart | None = None if span is None else DuePart(span=span)
    else:
        found = _MAPPED.read(r, value, path)
    if found is not None:
        r.parts[path] = found
    return found


def _part_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    there = [key for key in SIX if key in value]
    if not there:
        key = N_("nothing says by when: one of {known} is missing")
        r.say(path, key, known=", ".join(SIX))
    elif len(there) > 1:
        key = N_("{keys} exclude each other; both ways: {example}")
        keys = ", ".join(f"`{each}`" for each in there)
        r.say(path, key, keys=keys, example="{earlier_of: [d, d]}, {later_of: [d, d]}")
    if "local" in value and "word" not in value:
        key = N_("`local` stands beside `word` only; the office's softer figure is a `target`")
        r.say((*path, "local"), key)
    if "unless_past" in value and "earlier_of" not in path:
        r.say((*path, "unless_past"), N_("`unless_past` stands inside `earlier_of` only"))


_PARTS = list_of(Shape(_part, {"$ref": "#/$defs/due_part"}), least=1)

_PART_FIELDS: Mapping[str, Field] = {
    "span": Field(
        Shape(_span_with_hint, SPAN.schema), "counted from the duty's start: 2 hours, 3日"
    ),
    "date": Field(DATE, "by this date"),
    "date_in": Field(
        Shape(_date_in, {"anyOf": [{"const": "start"}, MOMENT.schema]}),
        "by field `due` of the entry that started the clock (start), or of that Moment",
    ),
    "earlier_of": Field(_PARTS, "the earlier of those known so far"),
    "later_of": Field(_PARTS, "the later, known when all are"),
    "word": Field(TEXT, "no figure in the plan (及時): open, ticked off"),
    "local": Field(SPAN, "beside a word: the office's own figure, never a breach"),
    "start": Field(MOMENT, "this part has its own start"),
    "from": Field(
        Shape(_from, _FROM.schema), "where counting begins instead of the start", attribute="from_"
    ),
    "first_day": Field(one_of("excluded", "included"), "overrides counting.first_day"),
    "ends": Field(END, "overrides counting.ends"),
    "roll": Field(one_of("none", "next_working_day"), "overrides counting.roll"),
    "roll_at": Field(TIME, "overrides counting.roll_at"),
    "when": Field(CONDITION, "in a list: the first Due whose condition holds applies"),
    "unless_past": Field(
        BOOLEAN, "inside earlier_of: left out if already past when the duty's own clock began"
    ),
    "name": Field(TEXT, "label of this Due"),
    "clause": Field(ARTICLE, "article of this Due, if not the duty's"),
}
_MAPPED = record(DuePart, _PART_FIELDS, check=_part_rules, schema=just_one(*SIX))


def read_due(r: Reading, value: Any, path: Path) -> Due | None:
    """One Due, or a list of which the first that fits applies."""
    if not isinstance(value, list):
        part = _part(r, value, path)
        return None if part is None else (part,)
    for place, each in enumerate(value[:-1]):
        if not (isinstance(each, dict) and "when" in each):
            key = N_("without `when` this Due would hide those behind it; put it last")
            r.say((*path, place), key)
    return _PARTS.read(r, value, path)


DUE: Shape[Due] = Shape(read_due, {"$ref": "#/$defs/due"})
_ONE: Schema = {"anyOf": [SPAN.schema, {"$ref": "#/$defs/due_fields"}]}
DUE_SCHEMAS: Mapping[str, Schema] = {
    "due": {
        "description": "By when: one Due, or a list of which the first whose `when` holds applies.",
        "anyOf": [
            {"$ref": "#/$defs/due_part"},
            {"type": "array", "items": {"$ref": "#/$defs/due_part"}, "minItems": 1},
        ],
    },
    "due_part": {"description": "A span in words, or a map with one of the six keys.", **_ONE},
    "due_fields": _MAPPED.schema,
}


# --- repeat ----------------------------------------------------------------------------

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAILY = ("at", "times", "between", "during")
_LONGER = ("by", "not_before")


def _every(r: Reading, value: Any, path: Path) -> Span | None:
    found = read_span(r, value, path)
    if found is not None and found.unit in ("same_day", "next_day"):
        r.say(path, N_("`{value}` is no distance; every day is {example}"), value=shown(value),
              example="each: day")  # fmt: skip
        return None
    return found


def _period_day(r: Reading, value: Any, path: Path) -> PeriodDay | None:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    if isinstance(value, str):
        if value in _WEEKDAYS:
            return value
        if re.fullmatch(r"\d{2}-\d{2}", value):
            try:
                dt.date.fromisoformat(f"2024-{value}")
            except ValueError:
                r.say(path, N_("there is no day {value}"), value=value)
                return None
            return value
    key = N_('`{value}` is no day of a period: a day of the month (5), a date ("03-31"), friday')
    r.say(path, key, value=shown(value))
    return None


def _between(r: Reading, value: Any, path: Path) -> tuple[dt.time, End] | None:
    if not isinstance(value, list) or len(value) != 2:
        r.wrong(path, value, N_('two times of day: ["08:00", "12:00"]'))
        return None
    first, last = TIME.read(r, value[0], (*path, 0)), END.read(r, value[1], (*path, 1))
    return None if first is None or last is None else (first, last)


def _repeat_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if ("each" in value) == ("every" in value):
        key = N_("exactly one of {known} is wanted")
        r.say(path, key, known="`each: day|week|month|quarter|half_year|year`, `every: SPAN`")
        return
    each = value.get("each")
    for name in _DAILY:
        if name in value and each != "day":
            key = N_("`{field}` stands beside `each: day` only")
            r.say((*path, name), key, field=name)
    for name in _LONGER:
        if name not in value:
            continue
        if each not in ("week", "month", "quarter", "half_year", "year"):
            key = N_("`{field}` is a day of a week, a month or longer; with `each: day` write `at`")
            r.say((*path, name), key, field=name)
        elif (value[name] in _WEEKDAYS) != (each == "week"):
            key = N_("a weekday goes with `each: week`, a day or date with the longer ones")
            r.say((*path, name), key)


_TIME_OF_DAY: Shape[TimeOfDay] = record(
    TimeOfDay,
    {
        "time": Field(END, "the time of day it is due", required=True, blank="24:00"),
        "data_to": Field(END, "the report carries data up to this time of day"),
    },
    short=END,
    short_field="time",
)

REPEAT: Shape[Repeat] = record(
    Repeat,
    {
        "each": Field(
            one_of("day", "week", "month", "quarter", "half_year", "year"), "by the calendar"
        ),
        "every": Field(Shape(_every, SPAN.schema), "from the start, again and again"),
        "at": Field(list_of(_TIME_OF_DAY, single=True, least=1), "times of day; without: by 24:00"),
        "times": Field(COUNT, "so many in the day"),
        "between": Field(
            Shape(
                _between,
                {"type": "array", "prefixItems": [TIME.schema, END.schema], "minItems": 2,
                 "maxItems": 2},
            ),
            "the part of the day in which they count",
        ),
        "during": Field(TEXT, "working_days, days_off, or a period that the calendar names"),
        "by": Field(
            Shape(_period_day, {"type": ["integer", "string"]}),
            'day of the month (5), date ("03-31") or weekday; without: the period\'s last day',
        ),
        "not_before": Field(
            Shape(_period_day, {"type": ["integer", "string"]}), "not before this day"
        ),
    },
    check=_repeat_rules,
    schema=just_one("each", "every"),
)  # fmt: skip
