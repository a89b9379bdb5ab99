"""What stands on the wall: the page of the whole office, and of one case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from yuqing import render, screen, store, words
from yuqing.cli import looking, posts, told
from yuqing.cli.context import Session
from yuqing.errors import Refused
from yuqing.render.board import Board, Cell, Line, Part, page, ranks
from yuqing.words import N_

SOON = dt.timedelta(minutes=15)
AHEAD = dt.timedelta(hours=24)
"""Limits further away stand only beside their case."""
NEVER_LATE = ("past_target", "past_local_target")


def write(run: Session, case: str | None, html: Path, *, hide: bool) -> int:
    """Write the page, whole or not at all."""
    sight = looking.look(run, case, warn=SOON)
    board = _of_office(run, sight, hide=hide) if case is None else _of_case(run, sight, hide=hide)
    found = store.template_names(run.workspace, "board")
    render.put(html, page(board, _words(run), found))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


# --- the whole office ------------------------------------------------------------------


def _of_office(run: Session, sight: looking.Sight, *, hide: bool) -> Board:
    views = [v for v in sight.views if not v.case.is_logbook and (v.state != "closed" or v.owed())]
    own = [v for v in sight.views if v.case.is_logbook]
    rows = looking.nearest(
        [r for v in (*views, *own) for r in v.owed() if not r.standing.item], run.now
    )
    items = looking.nearest(
        [r for v in (*views, *own) for r in v.owed() if r.standing.item], run.now
    )
    pressing = looking.folded([r for r in rows if _presses(r, run.now)], run.now)
    today = [r for v in own for r in v.rows if _is_today(run, r)]
    clocks = tuple(_clock(run, row) for row in pressing)
    cases = sorted(views, key=lambda v: _urgency(v, run.now))
    say = partial(looking.say, run)
    late = sum(line.state == "late" for line in clocks)
    soon = sum(line.state == "soon" for line in clocks)
    return Board(
        **_frame(run, run.workspace.office.name),
        counts=(
            ("cases", len(views), say(N_("open cases"))),
            ("late", late, say(N_("late"))),
            ("soon", soon, say(N_("due soon"))),
            ("items", len(items), say(N_("open items"))),
        ),
        on_duty=posts.duty_line(run) or "",
        notices=tuple(_notices(run, sight)),
        parts=(
            Part(
                title=say(N_("Late and due within 24 hours")),
                heads=tuple(map(say, _CLOCK_HEADS)),
                rows=clocks,
                nothing=say(N_("Nothing.")),
            ),
            Part(
                title=say(N_("Cases")),
                heads=tuple(map(say, _CASE_HEADS)),
                rows=tuple(_case(run, view, hide=hide) for view in cases),
                nothing=say(N_("No case is open.")),
            ),
            Part(
                title=say(N_("Open items")),
                heads=tuple(map(say, _ITEM_HEADS)),
                rows=tuple(_item(run, row, hide=hide) for row in items),
                nothing=say(N_("Nothing.")),
            ),
            Part(
                title=say(N_("Routine duties of today")),
                heads=tuple(map(say, _ROUTINE_HEADS)),
                rows=tuple(_routine(run, row) for row in today),
                nothing=say(N_("Nothing.")),
            ),
        ),
    )


_CLOCK_HEADS = (N_("Case"), N_("Left"), N_("State"), N_("What"), N_("By"), N_("Article"), N_("Who"))
_OWN_HEADS = (N_("What"), N_("Left"), N_("State"), N_("By"), N_("Article"), N_("Who"))
_CASE_HEADS = (N_("Case"), N_("Level"), N_("Title"), N_("State"), N_("Next limit"), N_("Left"))
_ITEM_HEADS = (N_("Case"), N_("Who"), N_("What"), N_("By"), N_("Left"))
_ROUTINE_HEADS = (N_("What"), N_("By"), N_("State"))


def _presses(row: screen.Row, now: dt.datetime) -> bool:
    standing = row.standing
    if standing.state in ("overdue", "due_soon", *NEVER_LATE, "incomplete"):
        return True
    ahead = [m for m in (standing.target, standing.limit) if m is not None and m >= now]
    return standing.state == "running" and bool(ahead) and min(ahead) <= now + AHEAD


def _is_today(run: Session, row: screen.Row) -> bool:
    """Routine duties whose time is today, done ones too."""
    limit = row.standing.limit or row.standing.target
    zone = run.zone
    today = run.now.astimezone(zone).date()
    # what ends at midnight is today's
    return limit is not None and (limit - dt.timedelta(seconds=1)).astimezone(zone).date() == today


def _urgency(view: looking.View, now: dt.datetime) -> tuple[int, dt.datetime, str]:
    """Late ones first, then by the nearest limit."""
    rows = looking.nearest(view.owed(), now)
    moments = [m for r in rows[:1] for m in (_moment(r, now),) if m is not None]
    late = any(r.standing.state == "overdue" for r in rows)
    return (
        0 if late else 1,
        min(moments, default=dt.datetime.max.replace(tzinfo=dt.UTC)),
        view.case.id,
    )


def _moment(row: screen.Row, now: dt.datetime) -> dt.datetime | None:
    """To what a row counts: its limit once that is over, else what comes next."""
    standing = row.standing
    if standing.state == "overdue":
        return standing.limit
    ahead = [m for m in (standing.target, standing.limit, standing.local) if m and m >= now]
    return min(ahead) if ahead else standing.limit or standing.target or standing.local


def _counting(run: Session, row: screen.Row) -> dict[str, Any]:
    """What makes a row count down: its time, whether that is a breach, and its state now."""
    standing = row.standing
    moment = _moment(row, run.now)
    if moment is None or standing.state in ("paused", "incomplete"):
        return {"state": "run"}
    hard = moment == standing.limit
    over = run.now > moment
    near = "soon" if over or moment - run.now <= SOON else "run"
    name = screen.case_name(row.case)
    return {
        "limit": screen.iso(moment),
        "hard": hard,
        "state": "late" if over and hard else near,
        "say": screen.clean(f"{name} {_step(run, row)}"),
        "drill": row.case.drill,
    }


def _step(run: Session, row: screen.Row) -> str:
    if row.standing.item:
        return looking.say(run, N_("open item {id}"), id=row.standing.duty)
    return screen.clean(row.standing.does)


def _clock(run: Session, row: screen.Row, *, named: bool = True) -> Line:
    """``named``: begins with its case, as is needed where there are several."""
    standing = row.standing
    who = row.naming.listed((standing.for_,) if standing.for_ else standing.who)
    step, (left, state) = Cell(_step(run, row)), _left_and_state(run, row)
    name = Cell(screen.case_name(row.case), "tight")
    return Line(
        cells=(
            *((name, left, state, step) if named else (step, left, state)),
            _by(run, row),
            Cell(screen.clean(standing.clause)),
            Cell(who),
        ),
        counted=True,
        **_counting(run, row),
    )


def _left_and_state(run: Session, row: screen.Row) -> tuple[Cell, Cell]:
    moment = _moment(row, run.now)
    paused = row.standing.state in ("paused", "incomplete")
    left = "" if moment is None or paused else _left(run, moment)
    return Cell(left, "left"), Cell(_state(run, row), "state")


def _left(run: Session, moment: dt.datetime) -> str:
    """As the page's script counts: ``1:02:05 left``."""
    seconds = int(abs((moment - run.now).total_seconds()))
    over = run.now > moment
    if seconds >= 2 * 24 * 3600:
        span = looking.say(run, N_("{n} days"), n=seconds // 86400)
    elif seconds >= 3600:
        span = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    else:
        span = f"{seconds // 60}:{seconds % 60:02}"
    return looking.say(run, N_("{span} over") if over else N_("{span} left"), span=span)


def _state(run: Session, row: screen.Row) -> str:
    standing = row.standing
    moment = _moment(row, run.now)
    if standing.state in ("paused", "incomplete") or moment is None:
        return words.say(screen.state_word(standing), run.language)
    if run.now > moment:
        return looking.say(run, N_("late") if moment == standing.limit else N_("past target"))
    return looking.say(run, N_("due soon")) if moment - run.now <= SOON else ""


def _by(run: Session, row: screen.Row) -> Cell:
    moment = _moment(row, run.now)
    if moment is None:
        return Cell(screen.clean(row.standing.word or ""), "tight")
    text = screen.short(moment.astimezone(run.zone), run.now, end=True)
    return Cell(text, "tight", time=screen.iso(moment))


def _case(run: Session, view: looking.View, *, hide: bool) -> Line:
    pressing = [r for r in looking.nearest(view.owed(), run.now) if _moment(r, run.now)]
    title = screen.clean(view.case.title)
    if hide or view.case.secrecy:
        title = looking.say(run, N_("(not shown here)"))
    state = words.say(told.STATES[view.state], run.language)
    level = Cell(told.level(view, run.language), rank=_rank(view))
    head = (Cell(screen.case_name(view.case), "tight"), level, Cell(title), Cell(state, "tight"))
    if not pressing:
        return Line(cells=(*head, Cell(""), Cell("")), drill=view.case.drill)
    row = pressing[0]
    counting = {**_counting(run, row), "drill": view.case.drill}
    moment = _by(run, row)
    step = Cell(f"{moment.text}  {_step(run, row)}", time=moment.time)
    return Line(cells=(*head, step, _left_and_state(run, row)[0]), **counting)


def _rank(view: looking.View) -> int | None:
    """1 the gravest; 0 where nobody graded; nothing where the plans have no levels."""
    scales, in_force = told.ranked(view), told.grades(view)
    if not scales:
        return None
    found = [
        ranks([each.id for each in plan.scales[name].levels])[in_force[name]]
        for plan in view.plans
        for name in scales
        if name in in_force
        and name in plan.scales
        and in_force[name] in {each.id for each in plan.scales[name].levels}
    ]
    return min(found, default=0)


def _item(run: Session, row: screen.Row, *, hide: bool) -> Line:
    standing = row.standing
    text = screen.clean(standing.does)
    if hide or row.case.secrecy:
        text = looking.say(run, N_("open item {id}"), id=standing.duty)
    who = row.naming.listed((standing.for_,) if standing.for_ else standing.who)
    return Line(
        cells=(
            Cell(screen.case_name(row.case), "tight"),
            Cell(who),
            Cell(text),
            _by(run, row),
            _left_and_state(run, row)[0],
        ),
        **_counting(run, row),
    )


def _routine(run: Session, row: screen.Row) -> Line:
    standing = row.standing
    state = words.say(screen.state_word(standing), run.language)
    return Line(
        cells=(Cell(screen.clean(standing.does)), _by(run, row), Cell(state)),
        state="late" if standing.state == "overdue" else "run",
    )


def _notices(run: Session, sight: looking.Sight) -> Iterator[str]:
    """What makes the page say less than the office knows."""
    if run.workspace.office.demo:
        yield looking.say(run, N_("Demonstration office: nothing here is a real incident."))
    for each in sight.problems:
        if each.severity == "error":
            yield screen.problem_line(each, run.language)
    yield from looking.unpushed(run)


# --- one case --------------------------------------------------------------------------


def _of_case(run: Session, sight: looking.Sight, *, hide: bool) -> Board:
    (view,) = sight.views
    if view.case.is_logbook:
        raise Refused(N_("{case} is a logbook; it stands on the board"), case=view.case.id)
    if view.case.secrecy:
        raise Refused(N_("{case} is kept off wall boards"), case=view.case.id)
    title = view.case.id if hide else f"{view.case.id}  {view.case.title}"
    owed = looking.nearest(view.owed(), run.now)
    clocks = tuple(_clock(run, row, named=False) for row in owed)
    done = tuple(_done(run, row) for row in view.rows if row.standing.over)
    level = told.level(view, run.language)
    state = words.say(told.STATES[view.state], run.language)
    say = partial(looking.say, run)
    return Board(
        **_frame(run, screen.clean(title)),
        notices=(
            *_notices(run, sight),
            "  ".join(x for x in (level, state, say(N_("drill")) if view.case.drill else "") if x),
        ),
        parts=(
            Part(
                title=say(N_("Owed")),
                heads=tuple(map(say, _OWN_HEADS)),
                rows=clocks,
                nothing=say(N_("Nothing is owed now.")),
            ),
            *_picture(run, view),
            Part(
                title=say(N_("Done")),
                heads=tuple(
                    map(say, (N_("What"), N_("State"), N_("Done at"), N_("Limit"), N_("Article")))
                ),
                rows=done,
                nothing=say(N_("Nothing.")),
            ),
        ),
    )


def _picture(run: Session, view: looking.View) -> Iterator[Part]:
    """The case over time, as the review shows it."""
    from yuqing.cli.drawing import drawable
    from yuqing.render.pictures import draw

    svg = draw("timeline", *drawable(run, view))
    if svg is not None:
        # inside HTML an XML declaration would be text
        yield Part(title=looking.say(run, N_("Over time")), picture=svg[svg.index("<svg") :])


def _done(run: Session, row: screen.Row) -> Line:
    standing = row.standing

    def moment(at: dt.datetime | None, *, end: bool = False) -> Cell:
        text = screen.short(at.astimezone(run.zone), run.now, end=end) if at else "—"
        return Cell(text, "tight", time=screen.iso(at))

    return Line(
        cells=(
            Cell(_step(run, row)),
            Cell(words.say(screen.state_word(standing), run.language), "tight"),
            moment(standing.done),
            moment(standing.limit, end=True),
            Cell(screen.clean(standing.clause)),
        )
    )


# --- the frame -------------------------------------------------------------------------


def _frame(run: Session, title: str) -> dict[str, Any]:
    written = run.now.astimezone(run.zone)
    return {
        "language": words.TAGS[run.language],
        "title": title,
        "written": written.isoformat(timespec="seconds"),
        "as_of": written.strftime("%Y-%m-%d %H:%M"),
    }


_WORDS: Mapping[str, str] = {
    "days": N_("{n} days"),
    "left": N_("{span} left"),
    "over": N_("{span} over"),
    "late": N_("late"),
    "soon": N_("due soon"),
    "target": N_("past target"),
    "drill": N_("drill"),
    "as_of": N_("as of"),
    "counts": N_("In short"),
    "stale": N_(
        "This page has not been renewed for ten minutes: do not rely on it. Look with yuqing."
    ),
    "foot": N_("Limits follow from the plan and from what is on record; silence is no all-clear."),
}


def _words(run: Session) -> Mapping[str, str]:
    """The fixed words; ``{span}`` and ``{n}`` stay for the script to fill."""
    return {name: looking.say(run, key, span="{span}", n="{n}") for name, key in _WORDS.items()}
