"""Duties and gates (plan format, 4.4 to 4.6): who owes what by when, and what comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yuqing.errors import Path
from yuqing.plan import Act, Duty, Extension, Gate, Pause
from yuqing.read.conditions import CONDITION
from yuqing.read.declared import CLAUSE, CLAUSE_NEEDED, QUOTE, READINGS
from yuqing.read.dues import DUE, REPEAT
from yuqing.read.moments import MOMENT, MOMENTS, ORGANS
from yuqing.read.shapes import (
    BOOLEAN,
    SPAN,
    TEXT,
    Field,
    Reading,
    Shape,
    at_least_one,
    list_of,
    record,
)
from yuqing.words import N_


def _to(r: Reading, value: Any, path: Path) -> tuple[str, ...] | dict[str, Any] | None:
    return _ANY_OF.read(r, value, path) if isinstance(value, dict) else ORGANS.read(r, value, path)


_ANY_OF: Shape[dict[str, Any]] = record(
    dict, {"any_of": Field(ORGANS, "one of these suffices", required=True, blank=())}
)


def _pause_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "until" in value and "from" not in value:
        r.say(path, N_("a pause with `until` needs `from`: what begins it?"))


_PAUSE: Shape[Pause] = record(
    Pause,
    {
        "from": Field(MOMENT, "what begins it; without: only `adjusted`", attribute="from_"),
        "until": Field(MOMENT, "what ends it"),
        "at_most": Field(SPAN, "the longest"),
        "clause": CLAUSE,
    },
    check=_pause_rules,
)


def _extension_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "at_most" not in value and "in_all" not in value:
        key = N_("an extension needs `at_most` (each time) or `in_all` (from the start), or both")
        r.say(path, key)


_EXTENSION: Shape[Extension] = record(
    Extension,
    {
        "at_most": Field(SPAN, "most per extension"),
        "in_all": Field(SPAN, "most from the start, the first limit included"),
        "approved_by": Field(ORGANS, "the `by` of `adjusted`; without: anyone"),
        "needs": Field(MOMENTS, "what must have happened before"),
        "before_expiry": Field(BOOLEAN, "granted while the limit still runs"),
        "clause": CLAUSE,
    },
    check=_extension_rules,
    schema=at_least_one("at_most", "in_all"),
)


def _duty(**given: Any) -> Duty:
    """Defaults of the format that depend on other fields are filled in here."""
    to = given.pop("to", ())
    if isinstance(to, dict):
        given["to_any"] = to["any_of"]
    else:
        given["to"] = to
    if to and "done_by" not in given:
        given["done_by"] = (Act(kind="reported"),)
    if "repeat" in given and "until" not in given:
        given["until"] = Act(kind="closed")
    return Duty(**given)


def _duty_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if not any(name in value for name in ("limit", "target", "repeat")):
        key = N_("nothing says by when: `limit`, `target` or `repeat`; no figure: {example}")
        r.say(path, key, example="limit: {word: 未定時限}")
    if "repeat" in value and "limit" in value:
        r.say((*path, "limit"), N_("`repeat` excludes `limit`; leave one of them"))


DUTY: Shape[Duty] = record(
    _duty,
    {
        "clause": CLAUSE_NEEDED,
        "does": Field(TEXT, "what must be done", required=True),
        "who": Field(ORGANS, "who owes it; several, or a group: each for itself"),
        "to": Field(
            Shape(_to, {"anyOf": [ORGANS.schema, _ANY_OF.schema]}),
            "each must be reached; {any_of: […]}: one suffices",
        ),
        "when": Field(CONDITION, "to whom or what it applies"),
        "start": Field(MOMENT, "what starts the clock; without: a duty of the office"),
        "limit": Field(DUE, "hard: a breach when passed"),
        "target": Field(DUE, "soft: amber only"),
        "repeat": Field(REPEAT, "due again and again"),
        "until": Field(MOMENT, "until when it goes on (repeat: closed)"),
        "done_by": Field(MOMENTS, "any of them discharges it (with `to`: reported)"),
        "not_before": Field(DUE, "an act before this does not count"),
        "only_within": Field(DUE, "the duty arises only if its start lies within this"),
        "pause": Field(list_of(_PAUSE, single=True, least=1), "time the plan does not count"),
        "extension": Field(_EXTENSION, "how far the limit may be moved"),
        "reading": READINGS,
        "note": Field(TEXT, "printed with the due time"),
        "quote": QUOTE,
    },
    named=True,
    check=_duty_rules,
    schema={**at_least_one("limit", "target", "repeat"), "not": {"required": ["repeat", "limit"]}},
)


def _gate_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "needs" not in value and "only_if" not in value:
        r.say(path, N_("a gate needs `needs` (Moments) or `only_if` (a condition)"))


GATE: Shape[Gate] = record(
    Gate,
    {
        "clause": CLAUSE_NEEDED,
        "before": Field(MOMENT, "the act it stands before", required=True, blank=Act(kind="")),
        "when": Field(CONDITION, "while this holds"),
        "needs": Field(MOMENTS, "each of these must have happened"),
        "only_if": Field(CONDITION, "must be true; unknown is not"),
        "asked_by": Field(MOMENT, "what puts it before the approver"),
        "does": Field(TEXT, "what it asks, in words"),
        "note": Field(TEXT, "a remark"),
        "reading": READINGS,
        "quote": QUOTE,
    },
    named=True,
    check=_gate_rules,
    schema=at_least_one("needs", "only_if"),
)
