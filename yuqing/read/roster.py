"""``roster.yaml``: posts and shifts, read as strictly as a plan. Names of people have no field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from yuqing.errors import Problem
from yuqing.notation import OUTSIDE, Fault, How, ReadOn, checked
from yuqing.read.office import read_known, weekday
from yuqing.read.reading import COMMON, Reading, fail, key_id, refer
from yuqing.roster import Post, Roster, Shift
from yuqing.words import N_

_PERSONAL = {
    *("name", "person", "people", "officer", "phone", "mobile", "tel", "contact", "account"),
    *("姓名", "人员", "值班员", "电话", "手机", "联系方式", "联系人"),
}


def _nobody(value: Mapping[str, Any]) -> Iterator[Fault]:
    """A person's name or number would be one step away: say so, beside "no such field"."""
    for field in value:
        if field.lower() in _PERSONAL:
            key = N_("a roster names posts, never people; `{field}` has no place here")
            yield (field,), key, {"field": field}


def _title(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if re.search(r"\d[\d -]{5,}\d", found):
        key = N_("`{value}` holds a telephone number; a roster names posts")
        raise fail(value, (key, {"value": found}))
    return found


def _post(value: Any, read_on: ReadOn, r: Reading) -> Any:
    faults = [*_nobody(value)] if isinstance(value, dict) else []
    if isinstance(value, dict) and value.get("substitute") == value[OUTSIDE + "id"]:
        key = N_("the post {post} is its own substitute")
        faults.append((("substitute",), key, {"post": value["substitute"]}))
    return checked(value, read_on, faults, r)


def _shift(value: Any, read_on: ReadOn, r: Reading) -> Any:
    if not isinstance(value, dict):
        return read_on(value)
    faults = [*_nobody(value)]
    first, last = value.get("first"), value.get("last")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        key = N_("`last` {last} lies before `first` {first}")
        faults.append(((), key, {"first": first, "last": last}))
    return checked(value, read_on, faults, r)


def _shift_end(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return "24:00" if value == "24:00" else COMMON["clock"](value, read_on, r)


def _roster(value: Any, read_on: ReadOn, r: Reading) -> Any:
    key = N_("`{field}` is missing; add it")
    missing: list[Fault] = [
        ((), key, {"field": name}) for name in ("posts", "shifts") if name not in value
    ]
    return checked(value, read_on, [*_nobody(value), *missing], r)


_HOW: Mapping[Any, How] = {
    **COMMON,
    "own_id": key_id(),
    "posts": refer("posts"),
    "title": _title,
    "weekday": weekday,
    "shift_end": _shift_end,
    Post: _post,
    Shift: _shift,
    Roster: _roster,
}


def read_roster(data: bytes, file: str) -> tuple[Roster | None, tuple[Problem, ...]]:
    """``roster.yaml``, or what is wrong with it; a higher format version is left alone."""
    return read_known(Roster, "posts", {}, _HOW, data, file)
