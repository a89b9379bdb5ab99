"""Posts: who is on duty now, what is watched after its end, what the calendar proposes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import typer

from yuqing import screen, store, words
from yuqing.case import Entry, watch_ends, watches
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.errors import Problem, Said, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.roster import OnDuty, Roster, on_duty
from yuqing.span import Calendar
from yuqing.store.workspace import ROSTER
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the command into the application."""
    app.command("duty", help=N_("Which post is on duty now, its substitute, and gaps."))(_duty)


# --- the roster ------------------------------------------------------------------------


def roster_problems(run: Session) -> tuple[Problem, ...]:
    """What is wrong with the roster, and the gaps it leaves in 24-hour duties."""
    from yuqing.check.posts import roster_gaps

    ws = run.workspace
    roster, problems = store.roster(ws)
    if roster is None:
        return problems
    try:
        plans = store.plans(ws)
    except (Unreadable, Unusable):  # said by those who look at plans
        plans = ()
    now = run.now.astimezone(run.zone)
    return (*problems, *roster_gaps(roster, ROSTER, plans, store.calendar(ws), now))


def duty_line(run: Session) -> str | None:
    """One line for the board: the posts on duty. Nothing where there is no roster."""
    roster, _ = store.roster(run.workspace)
    if roster is None:
        return None
    found = on_duty(roster, run.now, run.zone)
    if not found:
        return looking.say(run, N_("On duty: no post"))
    posts = looking.say(run, N_(", ")).join(_named(run, each, roster) for each in found)
    return looking.say(run, N_("On duty: {posts}"), posts=posts)


def _named(run: Session, each: OnDuty, roster: Roster) -> str:
    title = screen.clean(each.post.title)
    if each.post.substitute is None:
        return title
    other = screen.clean(roster.posts[each.post.substitute].title)
    return looking.say(run, N_("{post} (substitute: {other})"), post=title, other=other)


def _duty(ctx: typer.Context) -> int:
    """Posts on duty now, and what the roster leaves open."""
    run = session(ctx)
    roster, problems = store.roster(run.workspace)
    gaps = roster_problems(run) if roster is not None else problems
    broken = any(each.severity == "error" for each in gaps)
    found = on_duty(roster, run.now, run.zone) if roster is not None else ()
    if run.json:
        items = [
            {
                "post": each.post.id,
                "title": each.post.title,
                "substitute": each.post.substitute,
                "from": screen.iso(each.begins),
                "to": screen.iso(each.ends),
            }
            for each in found
        ]
        screen.dump(screen.envelope("duty", run.now, items, gaps, run.language))
        return 3 if broken else 0
    looking.banner(run)
    if roster is None and not problems:
        key = N_("No roster; write one in {file} (yuqing help posts).")
        print(looking.say(run, key, file=ROSTER))
    if roster is not None and not found:
        print(looking.say(run, N_("On duty: no post")))
    for each in found:
        assert roster is not None
        ends = screen.short(each.ends, run.now, end=True)
        post = _named(run, each, roster)
        print(looking.say(run, N_("On duty: {post} until {ends}"), post=post, ends=ends))
    for problem in gaps:
        print(screen.problem_line(problem, run.language))
    return 3 if broken else 0


# --- watches ---------------------------------------------------------------------------


def watched(run: Session, views: Sequence[looking.View]) -> list[tuple[looking.View, Entry]]:
    """Running watches of these cases, closed ones too."""
    return [(v, e) for v in views for e in watches(v.log, _now(run, v.plans))]


def _now(run: Session, plans: Sequence[Plan]) -> dt.datetime:
    return run.now.astimezone(ZoneInfo(plans[0].timezone) if plans else run.zone)


def watch_lines(run: Session, found: Sequence[tuple[looking.View, Entry]]) -> Iterator[str]:
    """``watch until 12-05 24:00  7K3M  title  what``: it asks for nothing."""
    for view, entry in found:
        if entry.until is None:
            continue
        ends = screen.short(
            watch_ends(entry.until, _now(run, view.plans).tzinfo), run.now, end=True
        )
        parts = (
            looking.say(run, N_("watch until {ends}"), ends=ends),
            screen.case_name(view.case),
            screen.clean(entry.text or view.case.title),
            f"[{entry.id}]" if entry.id else "",
        )
        yield "  ".join(part for part in parts if part)


def watch_item(view: looking.View, entry: Entry) -> dict[str, object]:
    """A watch as programs get it."""
    until = entry.until
    return {
        "case": view.case.id,
        "title": view.case.title,
        "entry": entry.id,
        "text": entry.text,
        "until": screen.iso(until) if isinstance(until, dt.datetime) else str(until),
    }


# --- the calendar proposes -------------------------------------------------------------


def calendar_lines(
    log: Sequence[Entry],
    plans: Sequence[Plan],
    calendar: Calendar,
    case: str,
    day: dt.date,
    language: str,
) -> list[str]:
    """``calendar: 考试 → sensitive=true? a person confirms: …``"""
    from yuqing.check.posts import proposed_facts

    return [
        words.say(
            Said(
                N_("calendar: {period} → {fact}=true? a person confirms: {line}"),
                {"period": screen.clean(period), "fact": fact,
                 "line": f"yuqing note {case} {fact}=true"},
            ),
            language,
        )
        for fact, period in proposed_facts(log, plans, calendar, day).items()
    ]  # fmt: skip
