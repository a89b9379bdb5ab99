"""Commands about one case: show, why."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Entry
from yuqing.cli import looking, told, typed
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import Session, session
from yuqing.cli.looking import View
from yuqing.cli.options import CASE
from yuqing.cli.understand import no_duty, parse_duty, parse_entry
from yuqing.clock import Standing, world_of
from yuqing.clock.gates import Clearance, clearances, gates_of, in_force
from yuqing.errors import NotFound, Problem
from yuqing.plan import Act, Duty, Moment, Plan
from yuqing.screen import Row
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("show", help=N_("One case: state, facts, log with both times where they differ."))(
        _show
    )
    app.command("why", help=N_("How a due time came about: start, limit, article, reading."))(_why)


# --- show ------------------------------------------------------------------------------


def _show(
    ctx: typer.Context,
    case: CASE,
    entry: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTRY",
            show_default=False,
            help=N_("Only this entry, whole."),
            autocompletion=BY_METAVAR["ENTRY"],
        ),
    ] = None,
    path: Annotated[bool, typer.Option("--path", help=N_("Only where the file lies."))] = False,
    raw: Annotated[bool, typer.Option("--raw", help=N_("The file as it is."))] = False,
) -> int:
    """One case."""
    run = session(ctx)
    if path or raw:
        return _file(run, case, raw=raw)
    sight = looking.look(run, case)
    view = sight.views[0]
    _must_have_begun(run, view)
    if entry is not None:
        return _entry(run, view, entry, sight.problems)
    code = 3 if sight.broken else 0
    if run.json:
        more = {
            "case": _head(view),
            "log": [{**told.fields(each), "hand": each.recorded is None} for each in view.case.log],
        }
        items = [screen.item(row) for row in view.rows]
        looking.answer(run, "show", items, sight, **more)
        return code
    looking.banner(run)
    for line in (*_heading(run, view), *told.unconfirmed(view.plans, run.language)):
        print(line)
    owed = looking.nearest(view.owed(), run.now)
    over = [row for row in view.rows if row not in owed]
    for title, rows in ((N_("Owed"), owed), (N_("Met or ended"), over)):
        if rows:
            print()
            print(looking.say(run, title))
            screen.clocks(rows, run.now, run.language, fancy=looking.fancy(run))
    print()
    print(looking.say(run, N_("Log")))
    for line in _log(run, view):
        print(line)
    screen.complain(sight.problems, run.language)
    return code


def _must_have_begun(run: Session, view: View) -> None:
    if not view.log and not view.case.is_logbook:
        raise NotFound(
            N_("{case} had not been opened at {time}"),
            case=view.case.id,
            time=screen.short(run.now, run.now),
        )


def _file(run: Session, case: str, *, raw: bool) -> int:
    """The file itself: its place, or its bytes."""
    loaded = store.find_case(run.workspace, case, now=run.now)
    if raw:
        sys.stdout.flush()
        sys.stdout.buffer.write(loaded.data)
    else:
        print(loaded.path)
    return 0


def _head(view: View) -> dict[str, Any]:
    """Head and what is derived, for programs."""
    return {
        "id": view.case.id,
        "title": view.case.title,
        "plans": [{"id": p.id, "version": p.version} for p in view.case.plans],
        "drill": view.case.drill,
        "secrecy": view.case.secrecy,
        "state": view.state,
        "round": told.round_of(view),
        "grades": told.grades(view),
        "facts": _facts(view),
    }


def _facts(view: View) -> dict[str, Any]:
    """The latest value of everything observed; what was merely stated in public is not."""
    found: dict[str, Any] = {}
    for entry in view.log:
        if entry.kind not in ("published", "replied"):
            found.update(entry.facts)
    return found


def _heading(run: Session, view: View) -> list[str]:
    language = run.language

    def line(name: str, value: str) -> list[str]:
        return [f"{words.say(name, language)}  {value}"] if value else []

    case = view.case
    marks = [words.say(N_("drill"), language)] if case.drill else []
    if case.secrecy:
        marks.append(words.say(told.SECRECY[case.secrecy], language))
    if view.case.is_logbook:
        return ["  ".join((case.id, screen.clean(case.title), *marks))]
    grades = [
        f"{screen.clean(told.scale_name(view.naming, scale))}: {view.naming.level(value, scale)}"
        for scale, value in told.grades(view).items()
    ]
    facts = [f"{k}={told.shown_value(v, language)}" for k, v in _facts(view).items()]
    separator = words.say(N_("; "), language)
    return [
        "  ".join((case.id, screen.clean(case.title), *marks)),
        *line(N_("State"), _state(run, view)),
        *line(N_("Plan"), separator.join(f"{p.name} {screen.clean(p.title)}" for p in view.plans)),
        *line(N_("Graded"), separator.join(grades) or told.level(view, language)),
        *line(N_("Facts"), screen.clean(separator.join(facts))),
    ]


def _state(run: Session, view: View) -> str:
    state = words.say(told.STATES[view.state], run.language)
    number = told.round_of(view)
    if number == 1:
        return state
    return f"{state}  {words.say(N_('round {n}'), run.language, n=number)}"


def _log(run: Session, view: View) -> list[str]:
    """Entries in the order in which they happened; corrected ones with what they said before."""
    written = {entry.place: entry for entry in view.case.log}
    lines = []
    for entry in view.log:
        lines.append(told.entry_line(entry, view.naming, run.now, run.language))
        if written.get(entry.place, entry) != entry:
            lines.append(f"    {_before(run, written[entry.place], entry)}")
        lines += [f"    {label}" for label in _uncleared(run, view, entry)]
    standing = {entry.place for entry in view.log}
    for entry in view.case.log:
        if entry.place not in standing:
            void = words.say(N_("void"), run.language)
            shown = told.entry_line(entry, view.naming, run.now, run.language)
            lines.append(f"{shown}  [{void}]")
    return lines


def _uncleared(run: Session, view: View, entry: Entry) -> Iterator[str]:
    """Words that went out before what the plan puts first: recorded, and labelled."""
    if entry.kind not in ("published", "replied"):
        return
    for each in clearances(view.case, view.plans, store.calendar(run.workspace), entry):
        if any(step.organs or _collective(step.need) for step in each.missing):
            said = N_("published before approval ({gate} {clause})")
            params = {"gate": each.gate.id, "clause": each.gate.clause}
            yield screen.clean(looking.say(run, said, **params))


def _collective(need: Moment) -> bool:
    """A step that several take together, in a meeting."""
    return isinstance(need, Act) and need.kind == "convened"


def _before(run: Session, old: Entry, new: Entry) -> str:
    """What an amended entry said before: both values stay visible."""
    was, now = told.fields(old), told.fields(new)
    changes = [
        f"{name}: {told.shown_value(was.get(name, '–'), run.language)}"
        f" → {told.shown_value(now.get(name, '–'), run.language)}"
        for name in dict.fromkeys((*was, *now))
        if was.get(name) != now.get(name)
    ]
    return looking.say(run, N_("amended: {changes}"), changes=screen.clean("; ".join(changes)))


def _entry(run: Session, view: View, word: str, problems: tuple[Problem, ...]) -> int:
    """One entry, field by field."""
    found = view.case.entry(parse_entry(word, view.case))
    assert found is not None
    in_force = next((e for e in view.log if e.id == found.id), None)
    if run.json:
        fields: dict[str, Any] = {**told.fields(found), "void": in_force is None}
        looking.answer(run, "entry", [fields], looking.Sight((view,), problems))
        return 0
    looking.banner(run)
    for name, held in told.fields(found).items():
        print(f"{name}: {screen.clean(_field(run, held))}")
    if in_force is None:
        print(looking.say(run, N_("void")))
    elif in_force != found:
        print(_before(run, found, in_force))
    for each in view.log:
        if each.kind == "amended" and each.of == found.id:
            print(told.entry_line(each, view.naming, run.now, run.language))
    return 0


def _field(run: Session, held: Any) -> str:
    if isinstance(held, Mapping | list):
        return told.shown_value(held, run.language)
    return str(held) if not isinstance(held, bool) else "true"


# --- why -------------------------------------------------------------------------------


def _why(
    ctx: typer.Context,
    case: CASE,
    duty: Annotated[
        str | None,
        typer.Argument(
            metavar="DUTY|ITEM", show_default=False, help=N_("Only this duty or open item.")
        ),
    ] = None,
) -> int:
    """How a due time came about."""
    run = session(ctx)
    sight = looking.look(run, case)
    view = sight.views[0]
    _must_have_begun(run, view)
    rows = list(view.rows) if duty is None else _asked(run, view, duty)
    if run.json:
        items = [{**screen.item(row), **_reasons(run, view, row)} for row in rows]
        looking.answer(run, "why", items, sight)
        return 3 if sight.broken else 0
    looking.banner(run)
    for place, row in enumerate(rows):
        if place:
            print()
        for line in explain(run, view, row):
            print(line)
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _asked(run: Session, view: View, word: str) -> list[Row]:
    """The clocks of the duty or item that was typed. Raises ``NotFound``."""
    named = parse_duty(word, view.plans, run.now, run.zone)
    if named is not None:
        plan, duty, at = named
        mine = [r for r in view.rows if r.standing.plan == plan.id and not r.standing.item]
        found = [
            r
            for r in mine
            if r.standing.duty.partition("@")[0] == duty
            and (at is None or at in (r.standing.limit, r.standing.target))
        ]
        if not found:
            raise NotFound(
                N_("{duty} ({clause}) is not owed here: its start has not happened, or it does"
                   " not apply"),
                duty=duty,
                clause=plan.duties[duty].clause,
            )  # fmt: skip
        return found
    try:
        entry = parse_entry(word, view.case)
    except NotFound as fault:
        if "names" in fault.said.params:  # several begin so
            raise
        no_duty(word, view.plans, view.case)
    found = [r for r in view.rows if entry in (r.standing.duty, r.standing.started_by)]
    if not found:
        raise NotFound(N_("no clock hangs on entry {entry}"), entry=entry)
    return found


def _duty(view: View, row: Row) -> tuple[Plan | None, Duty | None]:
    plan = next((p for p in view.plans if p.id == row.standing.plan), None)
    if plan is None or row.standing.item:
        return plan, None
    return plan, plan.duties.get(row.standing.duty.partition("@")[0])


def explain(run: Session, view: View, row: Row) -> list[str]:
    """A clock told step by step: start, limit, article, reading, changes, approvals, state."""
    language, now, standing = run.language, run.now, row.standing
    plan, duty = _duty(view, row)

    def say(message: str, **params: Any) -> str:
        return "  " + screen.clean(words.say(message, language, **params))

    rest = screen.remaining(standing, now)
    name = standing.duty or words.say(N_("by hand"), language)
    head = [f"{screen.clean(standing.does)} [{name}]"]
    head += [words.say(screen.due(standing, now), language)]
    head += [words.say(rest, language)] if rest else []
    lines = ["  ".join(head)]
    lines.append(
        say(N_("Article: {clause}"), clause=screen.clauses(standing, plan=len(view.plans) > 1))
    )
    if plan and duty:
        lines += [say("{line}", line=line) for line in _readings(plan, standing.readings, language)]
        if duty.note:
            lines.append(say(N_("Note: {note}"), note=duty.note))
        lines += [say(N_("Plan text: “{quote}”"), quote=quote) for quote in duty.quote]
    lines.append(say(N_("Start: {start}"), start=_start(run, view, row)))
    lines += [f"  {screen.tell(each, now, language)}" for each in standing.trail]
    if standing.level:
        level = view.naming.level(standing.level)
        rests = N_("Level: {level}, provisional") if standing.provisional else N_("Level: {level}")
        lines.append(say(rests, level=level))
    state = words.say(screen.state_word(standing), language)
    if standing.done:
        lines.append(
            say(
                N_("State: {state}, done {at} by {acts}"),
                state=state,
                at=screen.short(standing.done, now),
                acts=" ".join(_named(e, language) for e in _acts(view, standing)) or "–",
            )
        )
    else:
        lines.append(say(N_("State: {state}"), state=state))
    lines += [
        f"  {screen.tell(each, now, language)}"
        for each in screen.marks(row, now)
        if each.key not in ("provisional", "done {at}")
    ]
    if plan and duty:
        lines += [say("{line}", line=line) for line in _gates(run, view, row, plan, duty)]
    if not standing.over:
        lines.append(say(N_("To type: {line}"), line=typed.of_row(row)))
    return lines


def _start(run: Session, view: View, row: Row) -> str:
    standing = row.standing
    if standing.start is None:
        return words.say(N_("has not happened yet"), run.language)
    at = screen.short(standing.start, run.now)
    entry = next((e for e in view.log if _started(e, standing)), None)
    if entry is None:
        return at
    name = _named(entry, run.language)
    return f"{told.what(entry, view.naming, run.language)}  {at}  ({name})"


def _started(entry: Entry, standing: Standing) -> bool:
    if standing.started_by or entry.id:
        return entry.id == standing.started_by
    return entry.line in standing.by_hand and entry.at == standing.start


def _acts(view: View, standing: Standing) -> list[Entry]:
    """What discharged it, also what was typed by hand and has no id before it is saved."""
    return [
        e
        for e in view.log
        if e.id in standing.acts
        or (e.id is None and e.line in standing.by_hand and not _started(e, standing))
    ]


def _named(entry: Entry, language: str) -> str:
    return entry.id or words.say(N_("by hand"), language)


def _readings(plan: Plan, ids: tuple[str, ...], language: str) -> list[str]:
    """How ambiguous text was settled, and whether this office has confirmed it."""
    lines = []
    for reading in (plan.readings[i] for i in ids if i in plan.readings):
        said = N_("Reading {id}: {question}: {choice}")
        lines.append(
            words.say(
                said, language, id=reading.id, question=reading.question, choice=reading.choice
            )
        )
        if reading.confirmed:
            by = " ".join(str(each) for each in (reading.by, reading.date) if each)
            lines.append(words.say(N_("  confirmed: {by}"), language, by=by or "–"))
        else:
            lines.append(words.say(N_("  this reading is not confirmed by the office"), language))
    return lines


def _gates(run: Session, view: View, row: Row, plan: Plan, duty: Duty) -> list[str]:
    """What had to come before the act, or still must."""
    calendar = store.calendar(run.workspace)
    acts = _acts(view, row.standing)
    found: list[Clearance] = []
    if acts:
        for act in acts:
            found += clearances(view.case, view.plans, calendar, act)
    else:
        world = world_of(view.case, plan, calendar, run.now)
        for gate in gates_of(duty, plan):
            clearance = in_force(gate, world)
            if clearance is not None:
                found.append(clearance)
    return [_gate(run, view, each) for each in found]


def _gate(run: Session, view: View, clearance: Clearance) -> str:
    language = run.language
    steps = []
    for step in clearance.steps:
        who = words.say(N_(" or "), language).join(view.naming.organ(o) for o in step.organs)
        who = who or _needed(view, step.need)
        if step.met is not None:
            at = screen.short(step.met.at.astimezone(run.zone), run.now)
            steps.append(words.say(N_("{who}: done {at}"), language, who=who, at=at))
        elif step.refused is not None:
            at = screen.short(step.refused.at.astimezone(run.zone), run.now)
            steps.append(words.say(N_("{who}: not agreed {at}"), language, who=who, at=at))
        else:
            done = N_("{who}: done") if step.happened else N_("{who}: still missing")
            steps.append(words.say(done, language, who=who))
    if clearance.only_if is not True:
        steps.append(words.say(N_("its condition is not established"), language))
    return words.say(
        N_("First ({gate} {clause}): {steps}"),
        language,
        gate=clearance.gate.id,
        clause=clearance.gate.clause,
        steps=" · ".join(steps),
    )


def _needed(view: View, need: Any) -> str:
    kind = getattr(need, "kind", None)
    if kind is None:
        return str(getattr(need, "duty", ""))
    name = words.say(told.KIND_NAMES.get(kind, kind), view.naming.language)
    to = view.naming.listed(need.fields.get("to", ()))
    return f"{name} → {to}" if to else name


def _reasons(run: Session, view: View, row: Row) -> dict[str, Any]:
    plan, duty = _duty(view, row)
    return {
        "started_by": row.standing.started_by,
        "trail": [screen.tell(each, run.now, run.language) for each in row.standing.trail],
        "notes": [screen.tell(each, run.now, run.language) for each in row.standing.notes],
        "readings": [
            {"id": r.id, "clause": r.clause, "choice": r.choice, "confirmed": r.confirmed}
            for r in (plan.readings[i] for i in row.standing.readings if i in plan.readings)
        ]
        if plan
        else [],
        "gates": _gates(run, view, row, plan, duty) if plan and duty else [],
    }
