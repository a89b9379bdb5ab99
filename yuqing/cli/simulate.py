"""``plan simulate``: the timetable of an imaginary incident, by the engine itself.

Nothing is kept: a case is made up in memory from what was typed, and its clocks are printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from yuqing import screen, store, words
from yuqing.case import KINDS, Case, Entry
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.prose import Prose
from yuqing.cli.typed import act
from yuqing.cli.understand import nearest, parse_due_time, split_time
from yuqing.cli.vocabulary import Words, parse_fact, parse_grade_word, parse_moment, split_value
from yuqing.clock import Standing, standings
from yuqing.errors import Refused, Said
from yuqing.grade import holds
from yuqing.plan import Act, Duty, Each, Fallback, First, Last, Moment, Overdue, Plan
from yuqing.screen import Naming, Row
from yuqing.span import Calendar, NoCalendar
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.pictures import Planned


@dataclass(frozen=True, slots=True)
class Imagined:
    """A made-up case and what its clocks say."""

    case: Case
    plan: Plan
    now: dt.datetime
    due: tuple[Standing, ...]
    """With a time, in the order of time."""
    words: tuple[Standing, ...]
    """Started, without a figure."""
    waiting: tuple[Duty, ...]
    """Their start has not happened in this incident."""
    idle: tuple[Duty, ...]
    """What does not apply to it."""


# --- making it up ----------------------------------------------------------------------


def imagine(plan: Plan, entries: Sequence[Entry], calendar: Calendar) -> Imagined:
    """The clocks of a case that holds just these entries. Pure."""
    log = tuple(
        replace(each, id=f"i{place}", place=place, recorded=each.at)
        for place, each in enumerate(sorted(entries, key=lambda each: each.at))
    )
    case = Case(id="X", title="", log=log)
    now = log[-1].at
    found = [each for each in standings(case, (plan,), calendar, now) if not each.item]
    ladder = {name for name, duty in plan.duties.items() if _after_expiry(duty.start)}
    shown = [s for s in found if s.duty.partition("@")[0] not in ladder]
    timed = sorted((s for s in shown if _nearest(s)), key=lambda s: (_nearest(s), s.limit or now))
    started = [s for s in shown if not _nearest(s) and (s.start or s.state == "incomplete")]
    listed = {s.duty.partition("@")[0] for s in (*timed, *started)}
    rest = [d for d in plan.duties.values() if not d.of_the_office and d.id not in listed]
    idle = [duty for duty in rest if _idle(duty, plan, log, calendar)]
    return Imagined(
        case,
        plan,
        now,
        tuple(timed),
        tuple(started),
        tuple(duty for duty in rest if duty not in idle),
        tuple(idle),
    )


def _idle(duty: Duty, plan: Plan, log: Sequence[Entry], calendar: Calendar) -> bool:
    """Is it certain that the duty does not apply to such an incident?"""
    values: dict[str, Any] = {}
    for entry in log:
        values |= {**entry.facts, **entry.grades}
    try:
        return holds(duty.when, plan, values, day=log[0].at.date(), calendar=calendar) is False
    except NoCalendar:
        return False


def _nearest(standing: Standing) -> dt.datetime | None:
    return min((t for t in (standing.limit, standing.target, standing.local) if t), default=None)


def _after_expiry(start: Moment | None) -> bool:
    """A step after an expiry, which the made-up office does not let happen."""
    if isinstance(start, Overdue):
        return True
    inner = start.moments if isinstance(start, Each | First | Last | Fallback) else ()
    return any(isinstance(each, Overdue) for each in inner)


def _done(plan: Plan, duty: Duty, at: dt.datetime, by: str) -> Entry:
    """The act that the plan describes for a duty; a tick where it describes none."""
    moment = act(duty)
    if not isinstance(moment, Act):
        return Entry(kind="done", at=at, by=by, duty=duty.id)
    kind = moment.kind if moment.kind in KINDS else "event"
    given: dict[str, Any] = {n: v if n in _LISTS else v[0] for n, v in moment.fields.items() if v}
    for name in ("from", "with"):
        if name in given:
            given[f"{name}_"] = given.pop(name)
    to = tuple(each for each in (duty.to or duty.to_any[:1]) if each != "public")
    if to and "to" in KINDS[kind].own:
        given.setdefault("to", to)
    if kind == "event":
        given["event"] = moment.kind
    if "signed_as" in KINDS[kind].own:
        given.setdefault("signed_as", plan.issuer)
    grades = {scale: str(values[0]) for scale, values in moment.grades.items() if values}
    facts = {fact: values[0] for fact, values in moment.facts.items() if values}
    return Entry(kind=kind, at=at, **{"by": by, "grades": grades, "facts": facts, **given})


_LISTS = frozenset(("to", "from", "with", "tags"))


def entries(
    plan: Plan, typed: Sequence[str], discovered: dt.datetime, calm: dt.datetime | None
) -> tuple[Entry, ...]:
    """What was typed, as entries. Raises ``Refused`` for a word that names nothing."""
    zone = ZoneInfo(plan.timezone)
    vocabulary = Words.of((plan,))
    facts: dict[str, Any] = {}
    grades: dict[str, str] = {}
    found = [Entry(kind="discovered", at=discovered, by="–")]
    for word in typed:
        pair = split_value(word)
        if pair is None:
            name, when = split_time(word)
            if when is None:
                raise Refused(
                    N_("{word} is neither FACT=VALUE nor MOMENT@TIME nor DUTY@TIME"), word=word
                )
            at = parse_due_time(when, discovered, zone)
            found.append(_moment(plan, name, at))
            continue
        grade = parse_grade_word(word, vocabulary)
        if grade is not None:
            grades[grade[0]] = grade[1]
            continue
        fact = vocabulary.fact(pair[0])
        if fact is None:
            names = [*plan.facts, *plan.scales]
            raise Refused(
                N_("the plan knows no {name}"),
                hint=Said(N_("the nearest: {names}"), {"names": nearest(pair[0], names)}),
                name=pair[0],
            )
        facts[fact.id] = parse_fact(fact, pair[1])
    if facts:
        found.append(Entry(kind="noted", at=discovered, by="–", facts=facts))
    if grades:
        found.append(Entry(kind="graded", at=discovered, by="–", grades=grades, because="–"))
    if calm is not None:
        found.append(Entry(kind="calmed", at=calm, by="–", because="–"))
    return tuple(found)


def _moment(plan: Plan, name: str, at: dt.datetime) -> Entry:
    if name in plan.duties:
        return _done(plan, plan.duties[name], at, "–")
    kind, event = parse_moment(name, (plan,))
    return Entry(kind=kind, at=at, by="–", event=event, because="–")


# --- the command -----------------------------------------------------------------------


def register(plan: typer.Typer) -> None:
    """Bring the command into ``yuqing plan``."""
    plan.command("simulate", help=N_("The timetable of an imaginary incident under a plan."))(
        _simulate
    )


def _simulate(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PLAN] [FACT=VALUE|MOMENT@TIME|DUTY@TIME]…",
            show_default=False,
            help=N_("A plan by file or ID, and what is so in the incident."),
        ),
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", metavar="LEVEL", help=N_("The level it is given."))
    ] = None,
    discovered: Annotated[
        str | None,
        typer.Option("--discovered", metavar="TIME", help=N_("When it is discovered (now).")),
    ] = None,
    calm: Annotated[
        str | None, typer.Option("--calm", metavar="TIME", help=N_("When it calms down."))
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help=N_("Draw it to this file, too."))
    ] = None,
) -> int:
    """Every due time that the plan would set, without a case."""
    from yuqing.cli.lookplan import meant

    run = session(ctx)
    plan, typed = meant(run, list(words or ()))
    zone = ZoneInfo(plan.timezone)
    start = parse_due_time(discovered, run.now, zone) if discovered else run.now.astimezone(zone)
    end = parse_due_time(calm, start, zone) if calm else None
    if end is not None and end < start:
        raise Refused(N_("it cannot calm down before it is discovered"))
    if level is not None:
        typed = [*typed, level if "=" in level else f"level={level}"]
    seen = imagine(plan, entries(plan, typed, start, end), _calendar(run))
    if svg is not None:
        _draw(run, seen, svg)
    if run.json:
        rows = [Row(each, seen.case, _naming(run, plan)) for each in (*seen.due, *seen.words)]
        more = {
            "waiting": [duty.id for duty in seen.waiting],
            "idle": [duty.id for duty in seen.idle],
        }
        items = [screen.item(row) for row in rows]
        screen.dump(screen.envelope("simulation", seen.now, items, [], run.language, **more))
        return 0
    for line in _head(run, seen, start, end):
        print(line)
    screen.rows(
        [_cells(run, seen, each, start) for each in (*seen.due, *seen.words)],
        heads=[
            looking.say(run, each)
            for each in (N_("By when"), N_("After"), N_("What"), N_("To"), N_("Article"), "")
        ],
        fancy=looking.fancy(run),
    )
    for line in _rest(run, seen):
        print(line)
    return 0


def _calendar(run: Session) -> Calendar:
    """The office's years; outside any office those of the package."""
    ws = _workspace(run)
    if ws is not None:
        return store.calendar(ws)
    from yuqing.read.office import read_year

    names = store.template_names(None, "calendar")
    years = [read_year(path.read_bytes(), name)[0] for name, path in names.items()]
    return Calendar({year.year: year for year in years if year is not None})


def _naming(run: Session, plan: Plan) -> Naming:
    return Naming((plan,), {}, run.language)


def _head(
    run: Session, seen: Imagined, start: dt.datetime, end: dt.datetime | None
) -> Iterator[str]:
    yield f"{seen.plan.name}  {screen.clean(seen.plan.title)}"
    naming = _naming(run, seen.plan)
    said = [looking.say(run, N_("discovered {at}"), at=f"{start:%F %H:%M}")]
    for entry in seen.case.log:
        said += [naming.level(value, scale) for scale, value in entry.grades.items()]
    if end is not None:
        said.append(looking.say(run, N_("calm {at}"), at=f"{end:%F %H:%M}"))
    if not any(entry.grades for entry in seen.case.log) and len(seen.plan.scales) > 1:
        said.append(looking.say(run, N_("ungraded: the worst level still possible counts")))
    yield looking.say(run, N_("An imaginary incident: {said}"), said=", ".join(said))


def _cells(run: Session, seen: Imagined, each: Standing, start: dt.datetime) -> tuple[str, ...]:
    row = Row(each, seen.case, _naming(run, seen.plan))
    when = each.limit or each.target or each.local
    after = looking.say(run, N_("+{span}"), span=screen.length(when - start)) if when else ""
    marks = [m for m in screen.marks(row, seen.now) if m.key not in _NOT_IMAGINED]
    return (
        words.say(screen.due(each, seen.now), run.language),
        after,
        f"{screen.clean(each.does)}",
        row.naming.listed(each.to),
        screen.clauses(each, plan=False),
        "; ".join(
            [screen.tell(mark, seen.now, run.language) for mark in marks]
            + [looking.say(run, N_("reading {id}"), id=", ".join(each.readings))]
            * bool(each.readings)
        ),
    )


_NOT_IMAGINED = frozenset((N_("not reached: {organs}"), N_("drill")))
"""Marks of an act still to be done: nobody acts in an imaginary incident."""


def _rest(run: Session, seen: Imagined) -> Iterator[str]:
    prose = Prose(seen.plan, run.language)
    if seen.waiting:
        yield looking.say(run, N_("Begins only when something happens (MOMENT@TIME or DUTY@TIME):"))
    for duty in seen.waiting:
        start = prose.moment(duty.start) if duty.start is not None else "–"
        due = "; ".join(prose.times(duty))
        yield f"  {duty.id}  {screen.clean(duty.does)}  [{screen.clean(duty.clause)}]  {start}: {due}"
    if seen.idle:
        named = ", ".join(f"{duty.id} [{screen.clean(duty.clause)}]" for duty in seen.idle)
        yield looking.say(run, N_("Not owed in this incident: {duties}"), duties=named)


# --- the picture -----------------------------------------------------------------------


def _draw(run: Session, seen: Imagined, path: Path) -> None:
    from yuqing.render import put
    from yuqing.render.pictures import timetable

    start = seen.case.log[0].at
    head = list(_head(run, seen, start, None))
    happened = [each for each in seen.case.log if each.kind not in ("noted", "graded")]
    says = {
        "limit": N_("limit"),
        "target": N_("target"),
        "word": N_("no figure in the plan"),
        "more": N_("{n} more duties are not drawn"),
    }
    text = timetable(
        head[0],
        head[1],
        [(each.at, _event(run, seen, each)) for each in happened],
        _planned(run, seen),
        says={name: looking.say(run, key, n="{n}") for name, key in says.items()},
        after=lambda span: looking.say(run, N_("+{span}"), span=screen.length(span)),
        lang=words.TAGS[run.language],
    )
    put(run.directory / path, text.encode())


def _workspace(run: Session) -> store.Workspace | None:
    from yuqing.cli.lookplan import workspace

    return workspace(run)


def _event(run: Session, seen: Imagined, entry: Entry) -> str:
    prose = Prose(seen.plan, run.language)
    what = prose.moment(Act(kind=entry.event or entry.kind))
    return f"{what} {entry.at:%m-%d %H:%M}"


def _planned(run: Session, seen: Imagined) -> list[Planned]:
    """A row for each duty; one that comes round is one row with many marks."""
    from yuqing.render.pictures import Planned

    rounds: dict[tuple[str, str | None], list[Standing]] = {}
    for each in (*seen.due, *seen.words):
        rounds.setdefault((each.duty.partition("@")[0], each.for_), []).append(each)
    return [
        Planned(
            name=screen.clean(first.does),
            clause=screen.clauses(first, plan=False),
            start=first.start or seen.case.log[0].at,
            dues=tuple((each.target or each.local, each.limit) for each in (first, *others)),
            text=words.say(screen.due(first, seen.now), run.language) + (" …" if others else ""),
        )
        for first, *others in rounds.values()
    ]
