"""The script of an exercise, read as strictly as a plan, against the plan that it tests."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from yuqing.case import KINDS
from yuqing.errors import Problem
from yuqing.exercise import Exercise, Inject
from yuqing.notation import Fault, How, ReadOn, checked, failure
from yuqing.plan import TRUTH, Plan, Value
from yuqing.read import conditions, moments
from yuqing.read.conditions import fact_fault
from yuqing.read.declared import SATISFIED
from yuqing.read.reading import (
    BUILT_IN_ORGANS,
    COMMON,
    MAP_NOUN,
    TEXT_NOUN,
    Reading,
    fail,
    key_id,
    look_at_id,
    nearest,
    newer_format,
    refer,
    unknown,
    wrong,
)
from yuqing.read.tree import bad_character, parse
from yuqing.span import parse_span
from yuqing.words import N_

FORMAT = 1
"""The newest version of the format that this program reads."""
_PARTS = re.compile(r"\+?\s*(?:(\d{1,3})d)?\s*(?:(\d{1,3})h)?\s*(?:(\d{1,4})m(?:in)?)?")
PlanOf = Callable[[str], Plan | tuple[Problem, ...]]
"""The plan of that name, or what keeps it from being read."""

# --- times -----------------------------------------------------------------------------


def offset(text: str) -> dt.timedelta | None:
    """``+15m``, ``+1h30m``, ``1d``, ``30 minutes``, ``半小时``; ``None`` if it is none."""
    words = text.strip()
    match = _PARTS.fullmatch(words.lower())
    if match and any(match.groups()):
        days, hours, minutes = (int(each or 0) for each in match.groups())
        return dt.timedelta(days=days, hours=hours, minutes=minutes)
    span = parse_span(words.removeprefix("+").strip())
    if span is None:
        return None
    if span.by_clock:
        return span.elapsed()
    return dt.timedelta(days=span.count) if span.unit in ("day", "natural_day") else None


def _offset(value: Any, _read_on: ReadOn, _r: Reading) -> dt.timedelta:
    found = offset(value) if isinstance(value, str) else None
    if found is None:
        raise fail(value, wrong(value, N_("a time from the start such as +15m or +1h30m")))
    return found


def _start(value: Any, _read_on: ReadOn, _r: Reading) -> dt.time | dt.datetime:
    if isinstance(value, str):
        text = value.strip()
        try:
            if re.fullmatch(r"\d{1,2}:\d{2}", text):
                return dt.time.fromisoformat(text.zfill(5))
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}([+-]\d{2}:\d{2})?", text):
                return dt.datetime.fromisoformat(text)
        except ValueError:
            pass
    raise fail(value, wrong(value, N_('a start such as "14:00" or 2026-03-05T14:00+08:00')))


# --- names -----------------------------------------------------------------------------


def _post(value: Any, _read_on: ReadOn, r: Reading) -> str:
    """The id of an organ by its id, name or alias; another Chinese name is a post of the office."""
    if not isinstance(value, str) or not value.strip():
        raise fail(value, wrong(value, TEXT_NOUN))
    found = _organ(value, r)
    if found is None:
        raise fail(value, unknown("organs", value, r.known["organs"]))
    return found


def _organ(value: str, r: Reading) -> str | None:
    words = r.known["organ_words"]
    return words.get(value.strip()) or (None if value.isascii() else value.strip())


def _expected_id(name: Any, read_on: ReadOn, r: Reading) -> Any:
    faults = look_at_id(name)
    if name in r.known["duties"]:
        key = N_("`{name}` is a duty of the plan already; choose another id")
        faults.append(((), key, {"name": name}))
    return checked(name, read_on, faults, r)


def _steps(value: Any, _read_on: ReadOn, r: Reading) -> str:
    return _one_of(
        {**r.known["duties"], **r.known["expect"]},
        value,
        N_("`{name}` is neither a duty of the plan nor under `expect`"),
        N_("`{name}` is neither a duty of the plan nor under `expect`; `{near}`?"),
    )


def _injects(value: Any, _read_on: ReadOn, r: Reading) -> str:
    return _one_of(
        r.known["injects"],
        value,
        N_("there is no inject `{name}`"),
        N_("there is no inject `{name}`; did you mean `{near}`?"),
    )


def _one_of(known: Mapping[str, Any], value: Any, unknown: str, guess: str) -> str:
    """A name of ``known``; the fault says ``unknown``, or ``guess`` where one is ``near``."""
    if not isinstance(value, str):
        raise fail(value, wrong(value, TEXT_NOUN))
    if value not in known:
        near = nearest(value, known)
        raise fail(value, (unknown if near is None else guess, {"name": value, "near": near}))
    return value


def _points(value: Any, _read_on: ReadOn, _r: Reading) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise fail(value, wrong(value, N_("a whole number from 0")))
    return value


def _per_cent(value: Any, _read_on: ReadOn, _r: Reading) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise fail(value, wrong(value, N_("a whole number from 0 to 100")))
    return value


def _title(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if len(found) > 80 or "\n" in found or bad_character(found):
        raise fail(value, (N_("a title has at most 80 characters, on one line"), {}))
    return found


def _duty_points(value: Any, _read_on: ReadOn, r: Reading) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise fail(value, wrong(value, MAP_NOUN))
    faults: list[Fault] = []
    for name, points in value.items():
        if name not in r.known["duties"]:
            faults.append(((name,), *unknown("duties", name, r.known["duties"])))
        elif isinstance(points, bool) or not isinstance(points, int) or points < 0:
            faults.append(((name,), *wrong(points, N_("a whole number from 0"))))
    if faults:
        raise failure(value, faults)
    return value


def _told_facts(value: Any, _read_on: ReadOn, r: Reading) -> Mapping[str, Value]:
    if not isinstance(value, dict):
        raise fail(value, wrong(value, N_("a map of facts")))
    faults: list[Fault] = []
    for name, each in value.items():
        if name not in r.facts:
            faults.append(((name,), *unknown("facts", name, r.known["facts"])))
        else:
            fault = fact_fault(r.facts[name], each)
            faults += [((name,), *fault)] if fault is not None else []
    if faults:
        raise failure(value, faults)
    return value


# --- rules between fields --------------------------------------------------------------


def _inject(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return checked(value, read_on, _inject_faults(value, r) if isinstance(value, dict) else (), r)


def _inject_faults(value: Mapping[str, Any], r: Reading) -> Iterator[Fault]:
    to, kind = value.get("to"), value.get("kind")
    taking = r.known["posts"]
    if taking and isinstance(to, str) and (_organ(to, r) or to) not in taking:
        key = N_("the post {post} does not take part; add it to `posts`: {posts}")
        yield ("to",), key, {"post": to, "posts": ", ".join(taking)}
    if isinstance(kind, str) and kind in KINDS and kind != "received":
        for name in ("from", "due"):
            if name in value:
                key = N_("`{field}` belongs to what was received, not to `{kind}`")
                yield (name,), key, {"field": name, "kind": kind}
    elif "from" not in value and (kind == "received" or "due" in value):
        yield (), N_("who sent it? add `from`"), {}
    if "within" not in value and "points" in value:
        yield ("points",), N_("points are given for acting in time: add `within`"), {}
    for name in ("at", "due"):
        found = offset(value[name]) if isinstance(value.get(name), str) else None
        lasts = r.known["lasts"].get("minutes")
        if found is not None and lasts and found > dt.timedelta(minutes=int(lasts)):
            key = N_("{time} lies behind the end of the drill; `lasts` says how long it is")
            yield (name,), key, {"time": value[name]}


def _exercise(value: Any, read_on: ReadOn, r: Reading) -> Any:
    if not isinstance(value, dict):
        return read_on(value)
    faults: list[Fault] = []
    if value.get("injects") == {}:
        faults.append((("injects",), N_("a drill in which nobody is told anything; add one"), {}))
    return checked(value, read_on, faults, r)


_HOW: Mapping[Any, How] = {
    **COMMON,
    **conditions.HOW,
    **moments.HOW,
    "own_id": key_id(),
    "expected_id": _expected_id,
    "offset": _offset,
    "start": _start,
    "post": _post,
    "title": _title,
    "plan": lambda value, read_on, _: read_on(value),
    "steps": _steps,
    "points": _points,
    "per_cent": _per_cent,
    "injects": _injects,
    "duties": refer("duties"),
    "duty_points": _duty_points,
    "told_facts": _told_facts,
    Inject: _inject,
    Exercise: _exercise,
}


def read_exercise(
    data: bytes, file: str, plan_of: PlanOf
) -> tuple[Exercise | None, Plan | None, tuple[Problem, ...]]:
    """A script with its plan, or everything that is wrong with it.

    ``plan_of``: finds the plan that the script names, since its organs, facts and duties are
    what the script speaks of. A higher format version is left alone.
    """
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, None, problems
    newer = newer_format(tree, FORMAT)
    if newer is not None:
        return None, None, (*problems, newer)
    named = tree.value.get("plan")
    if not isinstance(named, str) or not named.strip():
        key = N_("`plan` is missing: which plan does the drill test?")
        line = tree.line(("plan",)) if "plan" in tree.value else 1
        return None, None, (*problems, Problem(file=file, line=line, path=("plan",), key=key))
    plan = plan_of(named.strip())
    if isinstance(plan, tuple):
        said = Problem(
            file=file, line=tree.line(("plan",)), path=("plan",),
            key=N_("the plan {plan} cannot be used"), params={"plan": named},
        )  # fmt: skip
        return None, None, (*problems, said, *plan)
    r = Reading(tree, data.decode("utf-8-sig").split("\n"), _HOW, **_known(plan, tree.value))
    if raw := tree.value.get("posts"):
        taking = [each for each in raw if isinstance(each, str)] if isinstance(raw, list) else []
        r.known = {**r.known, "posts": {_organ(each, r) or each: each for each in taking}}
    found = r.read(Exercise)
    all_ = (*problems, *sorted(r.problems, key=lambda each: each.line))
    broken = any(each.severity == "error" for each in all_)
    return (None, plan, all_) if broken else (found, plan, all_)


def _known(plan: Plan, tree: Mapping[str, Any]) -> dict[str, Any]:
    """The names that a script may use: the plan's, and its own."""
    lasts = offset(tree["lasts"]) if isinstance(tree.get("lasts"), str) else None
    words = {each.name: key for key, each in plan.organs.items()}
    words |= {alias: key for key, each in plan.organs.items() for alias in each.aliases}
    words |= {key: key for key in (*plan.organs, *BUILT_IN_ORGANS)}
    facts = {**plan.facts, SATISFIED.id: SATISFIED}
    scales = {**plan.scales, TRUTH.id: TRUTH}
    own = {name: tree.get(name) for name in ("injects", "expect")}
    known: dict[str, Mapping[str, str]] = {
        "organs": {**{k: o.name for k, o in plan.organs.items()}, **BUILT_IN_ORGANS},
        "organ_words": words,
        "events": {key: each.name for key, each in plan.events.items()},
        "duties": {key: each.does for key, each in plan.duties.items()},
        "documents": {key: each.title for key, each in plan.documents.items()},
        "gates": dict.fromkeys(plan.gates, ""),
        "facts": {key: each.ask for key, each in facts.items()},
        "scales": {key: key for key in scales},
        "posts": {},
        "lasts": {} if lasts is None else {"minutes": str(int(lasts.total_seconds() // 60))},
        **{n: dict.fromkeys(each, "") if isinstance(each, dict) else {} for n, each in own.items()},
    }
    levels = {k: (tuple(v.id for v in s.levels), s.ordered) for k, s in scales.items()}
    return {"known": known, "facts": facts, "scales": levels}
