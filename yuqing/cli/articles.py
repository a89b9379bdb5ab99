"""The articles of a plan: in which order they stand, and what the file encodes under each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from yuqing.plan import Plan
from yuqing.read.plan_rules import finer
from yuqing.span import chinese_number
from yuqing.variants import fold

Sort = Literal["level", "reading", "duty", "gate", "unsupported", "other"]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One thing that the file encodes. ``article`` leads; ``also``: cited in parts of it."""

    sort: Sort
    id: str
    article: str
    also: frozenset[str]
    thing: Any
    scale: str = ""


def encoded(plan: Plan) -> Iterator[Encoded]:
    """Everything that stands on an article, in the order of the file."""
    for scale in plan.scales.values():
        for level in scale.levels:
            also = frozenset(_clauses(level))
            if also:
                yield Encoded("level", level.id, level.clause or min(also), also, level, scale.id)
    sorts: tuple[tuple[Sort, Mapping[str, Any]], ...] = (
        ("reading", plan.readings), ("duty", plan.duties), ("gate", plan.gates),
        ("other", {**plan.facts, **plan.events, **plan.documents}),
    )  # fmt: skip
    for sort, members in sorts:
        for name, each in members.items():
            if each.clause:
                yield Encoded(sort, name, each.clause, frozenset(_clauses(each)), each)
    for refused in plan.unsupported:
        yield Encoded("unsupported", "", refused.clause, frozenset({refused.clause}), refused)


def _clauses(thing: Any) -> Iterator[str]:
    """Every article that a record and its parts cite."""
    if is_dataclass(thing):
        for each in fields(thing):
            held = getattr(thing, each.name)
            if each.name == "clause":
                if held:
                    yield held
            else:
                yield from _clauses(held)
    elif isinstance(thing, tuple):
        for each in thing:
            yield from _clauses(each)


def order(plan: Plan) -> tuple[str, ...]:
    """The articles in the plan's own order: as listed under ``clauses``, a part behind its whole;
    without a list by their numbers, those named by headings where they first stand."""
    cited = [each.article for each in encoded(plan)] + list(plan.without_rule)
    seen = list(dict.fromkeys((*plan.clauses, *cited)))
    listed = {article: place for place, article in enumerate(plan.clauses)}
    first: dict[str, int] = {}

    def key(article: str) -> tuple[Any, ...]:
        if listed:
            wholes = [each for each in listed if each == article or finer(article, each)]
            place = listed[max(wholes, key=len)] if wholes else len(listed)
            return (place, article not in listed, _numbers(article, first))
        return (_numbers(article, first),)

    return tuple(sorted(seen, key=key))


def _numbers(article: str, first: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Numbers compare as numbers, 九 before 十; words as they first came."""
    parts = re.findall(
        r"\d+|[零一二三四五六七八九十两〇]+|[^\W\d零一二三四五六七八九十两〇]+", article
    )
    key = []
    for part in parts:
        if part in "第条條章节節款项項":
            continue
        number = int(part) if part.isdigit() else chinese_number(part)
        if number is None:
            key.append((1, first.setdefault(part, len(first))))
        else:
            key.append((0, number))
    return tuple(key)


def under(plan: Plan, article: str) -> tuple[Encoded, ...]:
    """What is encoded under an article or its parts, however its name is spelled."""
    wanted = fold(article)

    def meant(cited: str) -> bool:
        return fold(cited) == wanted or finer(fold(cited), wanted)

    return tuple(each for each in encoded(plan) if any(map(meant, {each.article, *each.also})))
