"""What the office wrote beforehand beside its plans: ``office.yaml`` and calendar years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from yuqing.errors import Path, Problem
from yuqing.plan import Office
from yuqing.read.declared import BUILT_IN_ORGANS, ORGAN_RECORD, own_id
from yuqing.read.shapes import (
    BOOLEAN,
    COUNT,
    DATE,
    NUMBER,
    TEXT,
    TIME,
    Field,
    Reading,
    Shape,
    any_name,
    list_of,
    map_of,
    newer_format,
    one_of,
    record,
    shown,
)
from yuqing.read.tree import parse
from yuqing.span import Period, Season, Year
from yuqing.words import N_

T = TypeVar("T")
FORMAT = 1
"""The newest version of the format of ``office.yaml`` that this program reads."""
LANGUAGES = ("en", "zh", "zh_CN", "zh-CN", "zh-Hans", "zh_TW", "zh-TW", "zh-Hant")


def _code(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is None:
        return None
    if not re.fullmatch("[0-9A-Z]{1,16}", found) or found == "LOG":
        key = N_("the code `{value}` begins case ids: capital letters and digits, not LOG")
        r.say(path, key, value=found)
        return None
    return found


def _plan_name(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None and not re.fullmatch(r"[A-Za-z0-9_-]+@[^@/\\]+", found):
        key = N_("`{value}` names no plan version; write it as its file is called: {example}")
        r.say(path, key, value=found, example="sf@2022-01")
        return None
    return found


OFFICE: Shape[Office] = record(
    Office,
    {
        "yuqing": Field(COUNT, "version of this format"),
        "name": Field(TEXT, "name of the office"),
        "code": Field(Shape(_code, {"type": "string"}), "prefix of case ids"),
        "demo": Field(BOOLEAN, "a demonstration office: drills only"),
        "language": Field(one_of(*LANGUAGES), "language of its people"),
        "plans": Field(
            list_of(Shape(_plan_name, {"type": "string"}), single=True),
            "adopted versions, ID@VERSION; the first is the default",
        ),
        "since": Field(DATE, "the office's own duties are watched from this day on"),
        "post": Field(TEXT, "the duty post"),
        "sign": Field(TEXT, "the signing unit"),
        "signing_units": Field(list_of(TEXT, single=True), "units that sign public words"),
        "own_accounts": Field(list_of(TEXT, single=True), "the office's own accounts"),
        "organs": Field(
            map_of(ORGAN_RECORD, key=own_id(*BUILT_IN_ORGANS, digits=False)),
            "further bodies, id → name",
        ),
        "attachments": Field(one_of("commit", "outside"), "where attachments are kept"),
        "reminds": Field(TEXT, "the one clone that sends reminders"),
    },
)

# --- calendar --------------------------------------------------------------------------

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _span_of_days(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    first, last = value.get("from"), value.get("to")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        r.say(path, N_("`to` {last} lies before `from` {first}"), first=first, last=last)


def _hours(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    _span_of_days(r, value, path)
    opens, closes = value.get("open"), value.get("close")
    if isinstance(opens, str) and isinstance(closes, str) and closes <= opens:
        r.say(path, N_("the office closes at {close}, before it opens"), close=closes)


_PERIOD: Shape[Period] = record(
    Period,
    {
        "from": Field(DATE, "first day", required=True, attribute="start"),
        "to": Field(DATE, "last day", required=True, attribute="end"),
        "name": Field(TEXT, "what it is called"),
    },
    check=_span_of_days,
)
_SEASON: Shape[Season] = record(
    Season,
    {
        "from": Field(DATE, "first day", required=True, attribute="start"),
        "to": Field(DATE, "last day", required=True, attribute="end"),
        "open": Field(TIME, "opening time", required=True),
        "close": Field(TIME, "closing time", required=True),
    },
    check=_hours,
)


def _year(**given: Any) -> Year:
    for name in ("off", "worked"):
        given[name] = frozenset(given.get(name, ()))
    if "weekend" in given:
        given["weekend"] = tuple(_WEEKDAYS.index(day) for day in given["weekend"])
    return Year(**given)


def _year_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    year = value.get("year")
    for name in ("off", "worked"):
        days = value.get(name)
        for place, day in enumerate(days if isinstance(days, list) else ()):
            if isinstance(day, str) and re.match(r"\d{4}-", day) and day[:4] != shown(year):
                key = N_("{day} does not lie in the year {year} of this file")
                r.say((*path, name, place), key, day=day, year=shown(year))
    off, worked = value.get("off"), value.get("worked")
    if isinstance(off, list) and isinstance(worked, list):
        for day in worked:
            if day in off:
                key = N_("{day} is both a day off and a worked day")
                r.say((*path, "worked", worked.index(day)), key, day=shown(day))


def _year_number(r: Reading, value: Any, path: Path) -> int | None:
    found = NUMBER.read(r, value, path)
    if found is not None and not 2000 <= found <= 2100:
        r.say(path, N_("the year {year} lies outside 2000 to 2100"), year=found)
        return None
    return found


YEAR: Shape[Year] = record(
    _year,
    {
        "year": Field(Shape(_year_number, NUMBER.schema), "the year", required=True, blank=0),
        "off": Field(list_of(DATE), "days off beside the week-ends"),
        "worked": Field(list_of(DATE), "week-end days that are worked (調休)"),
        "weekend": Field(list_of(one_of(*_WEEKDAYS)), "weekdays that are days off"),
        "periods": Field(
            map_of(list_of(_PERIOD, single=True), key=any_name), "named periods, such as special"
        ),
        "hours": Field(list_of(_SEASON, single=True), "office hours of a season"),
    },
    check=_year_rules,
)


# --- bytes -----------------------------------------------------------------------------


def read_office(data: bytes, file: str) -> tuple[Office | None, tuple[Problem, ...]]:
    """``office.yaml``, or what is wrong with it; a higher format version is left alone."""
    known: Mapping[str, Mapping[str, str]] = {"organs": BUILT_IN_ORGANS}
    return _read(OFFICE, data, file, known)


def read_year(data: bytes, file: str) -> tuple[Year | None, tuple[Problem, ...]]:
    """One year's calendar (plan format, 4.1), or what is wrong with it."""
    return _read(YEAR, data, file, {})


def _read(
    shape: Shape[T], data: bytes, file: str, known: Mapping[str, Mapping[str, str]]
) -> tuple[T | None, tuple[Problem, ...]]:
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, problems
    newer = newer_format(tree, FORMAT)
    if newer is not None:
        return None, (*problems, newer)
    declared = tree.value.get("organs")
    if isinstance(declared, dict):
        known = {**known, "organs": {**dict.fromkeys(declared, ""), **known.get("organs", {})}}
    r = Reading(tree, rows=data.decode("utf-8-sig").split("\n"), known=known)
    found = shape.read(r, tree.value, ())
    all_ = (*problems, *sorted(r.problems, key=lambda each: each.line))
    if found is None or any(each.severity == "error" for each in all_):
        return None, all_
    return found, all_
