"""``roster.yaml``: posts and shifts, read as strictly as a plan. Names of people have no field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from yuqing.errors import Path, Problem
from yuqing.read.declared import own_id
from yuqing.read.office import FORMAT
from yuqing.read.shapes import (
    COUNT,
    DATE,
    TEXT,
    TIME,
    Field,
    Reading,
    Shape,
    list_of,
    map_of,
    newer_format,
    one_of,
    record,
    reference,
)
from yuqing.read.tree import parse
from yuqing.roster import Post, Roster, Shift
from yuqing.words import N_

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERSONAL = frozenset((
    "name", "person", "people", "officer", "phone", "mobile", "tel", "contact", "account",
    "姓名", "人员", "值班员", "电话", "手机", "联系方式", "联系人",
))  # fmt: skip


def _nobody(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    """A person's name or number would be one step away: say so, beside "no such field"."""
    for field in value:
        if field.lower() in _PERSONAL:
            key = N_("a roster names posts, never people; `{field}` has no place here")
            r.say((*path, field), key, field=field)


def _title(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None and re.search(r"\d[\d -]{5,}\d", found):
        r.say(path, N_("`{value}` holds a telephone number; a roster names posts"), value=found)
        return None
    return found


def _post_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    _nobody(r, value, path)
    if value.get("substitute") == path[-1]:
        r.say((*path, "substitute"), N_("the post {post} is its own substitute"), post=path[-1])


def _shift_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    _nobody(r, value, path)
    first, last = value.get("first"), value.get("last")
    if isinstance(first, str) and isinstance(last, str) and last < first:
        r.say(path, N_("`last` {last} lies before `first` {first}"), first=first, last=last)


def _end(r: Reading, value: Any, path: Path) -> Any:
    return "24:00" if value == "24:00" else TIME.read(r, value, path)


def _shift(**given: Any) -> Shift:
    if "days" in given:
        given["days"] = tuple(_WEEKDAYS.index(day) for day in given["days"])
    return Shift(**given)


_TITLE = Shape(_title, TEXT.schema)
_POST: Shape[Post] = record(
    Post,
    {
        "title": Field(_TITLE, "what the post is called", required=True, blank=""),
        "substitute": Field(reference("posts"), "the post that steps in"),
    },
    short=_TITLE,
    short_field="title",
    named=True,
    check=_post_rules,
)
_SHIFT: Shape[Shift] = record(
    _shift,
    {
        "post": Field(reference("posts"), "the post on duty", required=True, blank=""),
        "days": Field(list_of(one_of(*_WEEKDAYS), single=True), "weekdays; without: every day"),
        "first": Field(DATE, "first day"),
        "last": Field(DATE, "last day"),
        "from": Field(TIME, "begins at; without: 00:00", attribute="begins"),
        "to": Field(Shape(_end, TIME.schema), "ends at; without: 24:00", attribute="ends"),
    },
    check=_shift_rules,
)
ROSTER: Shape[Roster] = record(
    Roster,
    {
        "yuqing": Field(COUNT, "version of this format"),
        "posts": Field(map_of(_POST, key=own_id()), "id → post", required=True),
        "shifts": Field(list_of(_SHIFT), "who is on duty when", required=True, blank=()),
        "covers": Field(list_of(TEXT, single=True), "duties that want a post every minute"),
    },
    check=_nobody,
)


def read_roster(data: bytes, file: str) -> tuple[Roster | None, tuple[Problem, ...]]:
    """``roster.yaml``, or what is wrong with it; a higher format version is left alone."""
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, problems
    newer = newer_format(tree, FORMAT)
    if newer is not None:
        return None, (*problems, newer)
    posts = tree.value.get("posts")
    known = {"posts": dict.fromkeys(posts, "") if isinstance(posts, dict) else {}}
    r = Reading(tree, rows=data.decode("utf-8-sig").split("\n"), known=known)
    found = ROSTER.read(r, tree.value, ())
    all_ = (*problems, *sorted(r.problems, key=lambda each: each.line))
    if found is None or any(each.severity == "error" for each in all_):
        return None, all_
    return found, all_
