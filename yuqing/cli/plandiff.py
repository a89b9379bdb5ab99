"""``plan diff OLD NEW``: what a new version changes, in sentences, and what it would have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case, Entry, current
from yuqing.cli import looking
from yuqing.cli.articles import encoded
from yuqing.cli.context import Session, session
from yuqing.cli.prose import Prose
from yuqing.clock import Standing, standings
from yuqing.errors import Said, Usage
from yuqing.plan import Compare, Duty, Equals, Fact, Plan
from yuqing.screen import case_name
from yuqing.words import N_

Parts = Mapping[tuple[str, str], list[str]]
"""Sort and id of everything in a plan → a heading, and one line for each thing said of it."""

_SORTS = {
    "plan": N_("the plan"),
    "level": N_("level"),
    "fact": N_("fact"),
    "duty": N_("duty"),
    "gate": N_("gate"),
    "reading": N_("reading"),
    "unsupported": N_("refusal"),
    "organ": N_("organ"),
    "event": N_("event"),
    "document": N_("paper"),
}


# --- what changed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One thing added, removed or changed; ``lines``: what is said of it, or what differs."""

    sort: str
    id: str
    what: str
    lines: tuple[str, ...]


def changes(old: Plan, new: Plan, language: str) -> tuple[Change, ...]:
    """What differs between two plans, in the order of the new one; removed things come last."""
    before, after = (parts(Prose(each, language)) for each in (old, new))
    found = []
    for key, lines in after.items():
        if key not in before:
            found.append(Change(*key, "added", tuple(lines)))
        elif before[key] != lines:
            found.append(Change(*key, "changed", tuple(_moved(before[key], lines, language))))
    gone = [
        Change(*key, "removed", tuple(lines)) for key, lines in before.items() if key not in after
    ]
    return (*found, *gone)


def parts(prose: Prose) -> Parts:
    """Everything the plan says, in sentences."""
    plan = prose.plan
    found: dict[tuple[str, str], list[str]] = {("plan", ""): prose.head()}
    for scale in plan.scales.values():
        for level in scale.levels:
            said = prose.level(scale, level)
            found["level", f"{scale.id}={level.id}"] = _with_readings(prose, said, level.reading)
    for fact in plan.facts.values():
        found["fact", fact.id] = [prose.fact(fact)]
    for duty in plan.duties.values():
        found["duty", duty.id] = _with_readings(prose, prose.duty(duty), duty.reading)
    for gate in plan.gates.values():
        found["gate", gate.id] = _with_readings(prose, prose.gate(gate), gate.reading)
    for reading in plan.readings.values():
        found["reading", reading.id] = prose.readings((reading.id,))
    for place, each in enumerate(each for each in encoded(plan) if each.sort == "unsupported"):
        found["unsupported", f"{each.article} {place + 1}"] = prose.encoded(each)
    for organ in plan.organs.values():
        found["organ", organ.id] = [prose.organ(organ)]
    for event in plan.events.values():
        found["event", event.id] = [screen.clean(event.name)]
    for paper in plan.documents.values():
        found["document", paper.id] = [prose.paper(paper)]
    return {key: [line.strip() for line in lines] for key, lines in found.items()}


def _with_readings(prose: Prose, lines: list[str], ids: Sequence[str]) -> list[str]:
    """Readings by id only: their own words are compared once, not with every duty."""
    told = set(prose.readings(ids))
    kept = [line for line in lines if line.strip() not in told]
    if ids:
        kept.append(prose.say(N_("readings: {ids}"), ids=", ".join(ids)))
    return kept


def _moved(old: Sequence[str], new: Sequence[str], language: str) -> Iterator[str]:
    """``limit: was 2 hours, is now 1 hour``; what has no counterpart is gone or added."""
    gone = [line for line in old if line not in new]
    for line in new:
        if line in old:
            continue
        label = _label(line)
        twin = next((each for each in gone if _label(each) == label), None)
        if twin is None:
            yield words.say(N_("added: {line}"), language, line=line)
            continue
        gone.remove(twin)
        yield words.say(
            N_("{label}: was {old}; is now {new}"),
            language,
            label=label or words.say(N_("text"), language),
            old=twin.removeprefix(f"{label}: "),
            new=line.removeprefix(f"{label}: "),
        )
    for line in gone:
        yield words.say(N_("no longer: {line}"), language, line=line)


def _label(line: str) -> str:
    head, sign, _ = line.partition(": ")
    return head if sign and len(head) < 40 else ""


# --- replay ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replayed:
    """One clock of a past case under both plans. ``lacking``: what the case does not say."""

    case: Case
    old: Standing | None
    new: Standing | None
    lacking: tuple[str, ...] = ()

    @property
    def unknown(self) -> bool:
        """The old case lacks an input of the new rule, which the old rule did not need."""
        if self.new is None:
            return False
        alike = self.same and self.old is not None and self.old.provisional
        return self.new.state == "incomplete" or (bool(self.lacking) and not alike)

    @property
    def same(self) -> bool:
        """Same limits, same outcome."""
        if self.old is None or self.new is None:
            return False
        one, two = self.old, self.new
        return (one.limit, one.target, one.state) == (two.limit, two.target, two.state)


def replay(case: Case, old: Plan, new: Plan, run: Session) -> tuple[Replayed, ...]:
    """The clocks of one case under the plan that it ran under, and under the new one."""
    calendar = store.calendar(run.workspace)
    head = current(case)
    fitted = replace(head, log=tuple(_fitting(each, new) for each in head.log))
    before = {_key(s): s for s in standings(head, (old,), calendar, run.now) if not s.item}
    after = {_key(s): s for s in standings(fitted, (new,), calendar, run.now) if not s.item}
    known = {name for entry in fitted.log for name in (*entry.facts, *entry.grades)}
    found = []
    for key in dict.fromkeys((*before, *after)):
        stand = after.get(key)
        duty = new.duties.get(stand.duty.partition("@")[0]) if stand is not None else None
        lacking: tuple[str, ...] = ()
        if stand is not None and duty is not None and stand.provisional:
            lacking = tuple(dict.fromkeys(_lacking(duty, new, known)))
        found.append(Replayed(head, before.get(key), stand, lacking))
    return tuple(found)


def _key(standing: Standing) -> tuple[Any, ...]:
    return (standing.duty, standing.round, standing.for_, standing.started_by)


def _fitting(entry: Entry, plan: Plan) -> Entry:
    """The entry without values that the new plan does not have."""
    facts = {n: v for n, v in entry.facts.items() if n not in plan.facts or _fits(plan.facts[n], v)}
    facts = {
        name: value for name, value in facts.items() if name in plan.facts or name == "satisfied"
    }
    grades = {
        scale: level
        for scale, level in entry.grades.items()
        if scale in plan.scales and level in {each.id for each in plan.scales[scale].levels}
    }
    return replace(entry, facts=facts, grades=grades)


def _fits(fact: Fact, value: Any) -> bool:
    if fact.type == "boolean":
        return isinstance(value, bool)
    if fact.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and (fact.type == "text" or value in fact.of)


def _lacking(duty: Duty, plan: Plan, known: set[str]) -> Iterator[str]:
    """What the conditions of a duty ask and the case does not say."""
    for name in _asked(duty):
        fact = plan.facts.get(name)
        asked = name in plan.scales or (fact is not None and fact.default is None)
        if asked and name not in known:
            yield name


def _asked(thing: Any) -> Iterator[str]:
    if isinstance(thing, Equals | Compare):
        yield thing.name
    elif is_dataclass(thing):
        for each in fields(thing):
            yield from _asked(getattr(thing, each.name))
    elif isinstance(thing, tuple):
        for each in thing:
            yield from _asked(each)


# --- the command -----------------------------------------------------------------------


def register(plan: typer.Typer) -> None:
    """Bring the command into ``yuqing plan``."""
    plan.command("diff", help=N_("What another version of a plan changes, in sentences."))(_diff)


def _diff(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", show_default=False, help=N_("File or ID."))],
    new: Annotated[str, typer.Argument(metavar="NEW", show_default=False, help=N_("File or ID."))],
    again: Annotated[
        bool, typer.Option("--replay", help=N_("Run past cases under the new one, too."))
    ] = False,
) -> int:
    """Duties, limits, levels and readings that were added, removed or changed."""
    from yuqing.cli.lookplan import meant

    run = session(ctx)
    (one, rest), (two, others) = meant(run, [old]), meant(run, [new])
    if rest or others:
        raise Usage(N_("name two plans: {line}"), line="yuqing plan diff OLD NEW")
    found = changes(one, two, run.language)
    cases, problems = _cases(run, one) if again else ([], ())
    past = [each for loaded in cases for each in replay(loaded.case, one, two, run)]
    if run.json:
        items = [
            {"sort": c.sort, "id": c.id, "change": c.what, "text": list(c.lines)} for c in found
        ]
        more: dict[str, Any] = {"old": one.name, "new": two.name}
        if again:
            more["replay"] = [_item(each) for each in past]
        screen.dump(screen.envelope("plan-diff", run.now, items, problems, run.language, **more))
        return 3 if problems else 0
    for change in found:
        for line in _told(run, change):
            print(line)
    if not found:
        print(looking.say(run, N_("{old} and {new} say the same"), old=one.name, new=two.name))
    if again:
        for line in _replayed(run, past, len(cases)):
            print(line)
    screen.complain(problems, run.language)
    return 3 if problems else 0


_WHAT = {
    "added": N_("{sort} {id} added"),
    "removed": N_("{sort} {id} removed"),
    "changed": N_("{sort} {id} changed"),
}


def _told(run: Session, change: Change) -> Iterator[str]:
    sort = Said(_SORTS[change.sort])
    yield looking.say(run, _WHAT[change.what], sort=sort, id=change.id).replace("  ", " ")
    for line in change.lines:
        yield f"    {line}"


def _cases(run: Session, plan: Plan) -> tuple[list[store.Loaded], tuple[Any, ...]]:
    """Every case on the desk and in the archive that runs under the plan, in any version."""
    desk = store.desk(run.workspace, archive=True)
    ours = [each for each in desk.cases if any(pin.id == plan.id for pin in each.case.plans)]
    return ours, desk.problems


def _replayed(run: Session, past: Sequence[Replayed], cases: int) -> Iterator[str]:
    other = [each for each in past if each.unknown or not each.same]
    for each in other:
        named = each.new or each.old
        assert named is not None
        yield "  ".join((
            case_name(each.case),
            f"{screen.clean(named.does)} [{named.duty}]",
            f"{_outcome(run, each.old)} → {_verdict(run, each)}",
        ))  # fmt: skip
    unknown = sum(each.unknown for each in other)
    yield looking.say(
        run,
        N_("{cases} past cases: {same} due times alike, {other} other, {unknown} unknown"),
        cases=cases,
        same=len(past) - len(other),
        other=len(other) - unknown,
        unknown=unknown,
    )


def _verdict(run: Session, each: Replayed) -> str:
    if not each.unknown:
        return _outcome(run, each.new)
    if each.lacking:
        return looking.say(
            run, N_("unknown: the case does not say {names}"), names=", ".join(each.lacking)
        )
    return looking.say(run, N_("unknown"))


def _outcome(run: Session, standing: Standing | None) -> str:
    if standing is None:
        return looking.say(run, N_("not owed"))
    state = looking.say(run, screen.state_word(standing))
    return f"{words.say(screen.due(standing, run.now), run.language)}: {state}"


def _item(each: Replayed) -> dict[str, Any]:
    def side(standing: Standing | None) -> dict[str, Any] | None:
        if standing is None:
            return None
        return {
            "limit": screen.iso(standing.limit),
            "target": screen.iso(standing.target),
            "state": standing.state,
        }

    named = each.new or each.old
    return {
        "case": each.case.id,
        "duty": named.duty if named else None,
        "old": side(each.old),
        "new": "unknown" if each.unknown else side(each.new),
        "lacking": list(each.lacking),
    }
