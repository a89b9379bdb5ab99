"""What the office wrote beforehand beside its plans: ``office.yaml`` and calendar years."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from yuqing.errors import Problem
from yuqing.notation import Fault, How, ReadOn, checked
from yuqing.plan import Channel, Office
from yuqing.read.channels import channel, variable
from yuqing.read.reading import (
    BUILT_IN_ORGANS,
    COMMON,
    TEXT_NOUN,
    Reading,
    fail,
    key_id,
    newer_format,
    refused,
    shown,
    wrong,
)
from yuqing.read.tree import parse
from yuqing.span import WEEKDAYS, Period, Season, Year
from yuqing.words import N_

T = TypeVar("T")
FORMAT = 1
"""The newest version of the format of ``office.yaml`` that this program reads."""


def _code(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if not re.fullmatch("[0-9A-Z]{1,16}", found) or found == "LOG":
        key = N_("the code `{value}` begins case ids: capital letters and digits, not LOG")
        raise fail(value, (key, {"value": found}))
    return found


def _plan_name(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if not re.fullmatch(r"[A-Za-z0-9_-]+@[^@/\\]+", found):
        key = N_("`{value}` names no plan version; write it as its file is called: {example}")
        raise fail(value, (key, {"value": found, "example": "sf@2022-01"}))
    return found


# --- calendar --------------------------------------------------------------------------


def _year_number(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if not 2000 <= found <= 2100:
        raise fail(value, (N_("the year {year} lies outside 2000 to 2100"), {"year": found}))
    return found


def weekday(value: Any, _read_on: ReadOn, _r: Reading) -> int:
    """``mon`` to ``sun``; Monday is 0."""
    if not isinstance(value, str):
        raise fail(value, wrong(value, TEXT_NOUN))
    if value not in WEEKDAYS:
        raise fail(value, refused(value, WEEKDAYS))
    return WEEKDAYS.index(value)


def _of_days(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return checked(value, read_on, _turned_round(value), r)


def _turned_round(value: Any) -> Iterator[Fault]:
    about = value if isinstance(value, dict) else {}
    first, last = about.get("from"), about.get("to")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        key = N_("`to` {last} lies before `from` {first}")
        yield (), key, {"first": first, "last": last}
    opens, closes = about.get("open"), about.get("close")
    if isinstance(opens, str) and isinstance(closes, str) and closes <= opens:
        yield (), N_("the office closes at {close}, before it opens"), {"close": closes}


def _year(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return checked(value, read_on, _year_faults(value), r)


def _year_faults(value: Mapping[str, Any]) -> Iterator[Fault]:
    year, off = shown(value.get("year")), value.get("off")
    for name in ("off", "worked"):
        days = value.get(name)
        for place, day in enumerate(days if isinstance(days, list) else ()):
            if isinstance(day, str) and re.match(r"\d{4}-", day) and day[:4] != year:
                key = N_("{day} does not lie in the year {year} of this file")
                yield (name, place), key, {"day": day, "year": year}
            if name == "worked" and isinstance(off, list) and day in off:
                key = N_("{day} is both a day off and a worked day")
                yield (name, place), key, {"day": shown(day)}


_HOW: Mapping[Any, How] = {
    **COMMON,
    "own_id": key_id(),
    "variable": variable,
    Channel: channel,
    "code": _code,
    "plan_name": _plan_name,
    "year": _year_number,
    "weekday": weekday,
    Period: _of_days,
    Season: _of_days,
    Year: _year,
}


# --- bytes -----------------------------------------------------------------------------


def read_office(data: bytes, file: str) -> tuple[Office | None, tuple[Problem, ...]]:
    """``office.yaml``, or what is wrong with it; a higher format version is left alone."""
    return read_known(Office, "organs", BUILT_IN_ORGANS, _HOW, data, file)


def read_year(data: bytes, file: str) -> tuple[Year | None, tuple[Problem, ...]]:
    """One year's calendar (plan format, 4.1), or what is wrong with it."""
    return read_known(Year, "organs", {}, _HOW, data, file)


def read_known(
    record: type[T],
    sort: str,
    built_in: Mapping[str, str],
    how: Mapping[Any, How],
    data: bytes,
    file: str,
) -> tuple[T | None, tuple[Problem, ...]]:
    """A small file of an office. ``sort``: the names it declares itself, beside ``built_in``."""
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, problems
    newer = newer_format(tree, FORMAT)
    if newer is not None:
        return None, (*problems, newer)
    declared = tree.value.get(sort)
    names = dict.fromkeys(declared, "") if isinstance(declared, dict) else {}
    r = Reading(tree, data.decode("utf-8-sig").split("\n"), how, {sort: {**names, **built_in}})
    found = r.read(record)
    all_ = (*problems, *sorted(r.problems, key=lambda each: each.line))
    return (None if any(each.severity == "error" for each in all_) else found), all_
