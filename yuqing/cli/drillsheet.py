"""The director's side of a drill: ``drill status`` and the sheet at its end, ``drill score``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store
from yuqing.case import Entry, effective
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.cli.drill import CASE, Play, clock_line, play
from yuqing.cli.drillscript import item, plus
from yuqing.cli.understand import shown
from yuqing.score import INJECT, OPENING, PARTS, Line, Score, score
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.table import Value

OUTPUT = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE.md|html|docx|xlsx", help=N_("The file to write.")),
]
OUTCOMES: Mapping[str, str] = {
    "met": N_("met"),
    "late": N_("late"),
    "missing": N_("not recorded"),
    "untold": N_("not told"),
    "pending": N_("not yet due"),
    "open": N_("open, no figure"),
    "released": N_("no longer owed"),
    "unknown": N_("cannot be computed"),
    "wrong": N_("not in order"),
}
PART_NAMES: Mapping[str, str] = {
    "duties": N_("Duties of the plan"),
    "expectations": N_("Expectations of the script"),
    "coordination": N_("Coordination"),
    "procedure": N_("Procedure"),
}


def register(drill: typer.Typer) -> None:
    """Bring the commands of this module under ``drill``."""
    drill.command("status", help=N_("For the director: time, what was told, what is due."))(_status)
    drill.command("score", help=N_("The score sheet: duties, expectations, coordination."))(_score)


# --- status ----------------------------------------------------------------------------


def _status(ctx: typer.Context, case: CASE = ".") -> int:
    """How far the drill is; nothing is told and nothing written."""
    drill = play(session(ctx), case)
    run = drill.run
    owed = looking.nearest(looking.view(run, drill.loaded).owed(), run.now)
    log = effective(drill.case)
    acts = {
        post: next((e for e in reversed(log) if e.by == post and not _ours(e)), None)
        for post in drill.exercise.posts
    }
    if run.json:
        entries = drill.told
        items = [
            {**item(each, entries.get(each.id)), "told": each.id in entries}
            for each in drill.exercise.told
        ]
        more = {
            "case": drill.case.id,
            "begins": screen.iso(drill.begins),
            "ends": screen.iso(drill.begins + drill.exercise.lasts),
            "live": drill.live,
            "due": [screen.item(row) for row in owed],
            "last_acts": {p: screen.iso(e.at) if e else None for p, e in acts.items()},
        }
        screen.dump(screen.envelope("drill", run.now, items, (), run.language, **more))
        return 0
    looking.banner(run)
    plan = " ".join(f"{pin.id}@{pin.version}" for pin in drill.case.plans)
    mark = looking.say(run, N_(" (drill)"))
    print(f"{drill.case.id}  {screen.clean(drill.case.title)}  {plan}{mark}")
    clock_line(drill)
    _told_so_far(drill)
    print(looking.say(run, N_("Last act of each post:")))
    screen.rows([(f"  {drill.naming.organ(post)}", _last(drill, e)) for post, e in acts.items()])
    print(looking.say(run, N_("Due:") if owed else N_("Nothing is owed now.")))
    screen.clocks(owed, run.now, run.language, fancy=looking.fancy(run))
    return 0


def _told_so_far(drill: Play) -> None:
    run, entries = drill.run, drill.told
    end = shown(drill.begins + drill.exercise.lasts)
    key = N_("begins {begins}, ends {ends}; told {n} of {all}:")
    print(
        looking.say(
            run, key, begins=shown(drill.begins), ends=end, n=len(entries),
            all=len(drill.exercise.injects),
        )
    )  # fmt: skip
    screen.rows(
        [
            (
                "  *" if each.id in entries else "   ", f"{drill.when(each):%H:%M}",
                plus(each.at), drill.naming.organ(each.to), screen.clean(each.text),
            )
            for each in drill.exercise.told
        ]
    )  # fmt: skip


def _ours(entry: Entry) -> bool:
    return bool({INJECT, OPENING} & set(entry.tags))


def _last(drill: Play, act: Entry | None) -> str:
    if act is None:
        return looking.say(drill.run, N_("nothing yet"))
    return told.entry_line(act, drill.naming, drill.run.now, drill.run.language)


# --- the score sheet -------------------------------------------------------------------


def _score(ctx: typer.Context, case: CASE = ".", output: OUTPUT = None) -> int:
    """As of the end of the drill; with --now, and in a live drill, as of then if that is earlier."""
    from yuqing.cli.sheets import give, may_write

    asked = session(ctx)
    form = may_write(asked, output, extra=("xlsx",))
    drill = play(asked, case)
    end = drill.begins + drill.exercise.lasts
    now = min(drill.run.now, end) if asked.now_given or drill.live else end
    ws = asked.workspace
    found = score(
        drill.exercise, drill.case, drill.loaded.plans, store.calendar(ws), now, ws.office,
        drill.begins,
    )  # fmt: skip
    sight = looking.Sight((), drill.loaded.problems)
    if asked.json:
        _as_json(asked, found, sight)
    elif form == "xlsx" and output is not None:
        _as_table(asked, output, found, drill)
    else:
        give(asked, output, ("office-drill-score.md.j2", _values(asked, found, drill)), sight)
    return 0


def points(number: Fraction) -> str:
    """``3``, ``2.5``, ``1.33``."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


def _values(run: Session, found: Score, drill: Play) -> dict[str, Any]:
    """What the template prints."""
    got, most = found.sum()
    return {
        "case": found.case.id,
        "title": found.case.title,
        "office": run.workspace.office.name,
        "demo": run.workspace.office.demo,
        "plans": [f"{plan.title} {plan.name}" for plan in found.plans],
        "aims": found.exercise.aims,
        "posts": [drill.naming.organ(post) for post in found.exercise.posts],
        "begins": found.begins,
        "until": found.until,
        "ended": found.ended,
        "late": found.exercise.late,
        "parts": [
            {
                "id": part,
                "rows": [_row(each, drill) for each in found.of(part)],
                "got": points(found.sum(part)[0]),
                "points": found.sum(part)[1],
            }
            for part in PARTS
        ],
        "got": points(got),
        "points": most,
        "formula": " + ".join(points(found.sum(part)[0]) for part in PARTS),
        "of": " + ".join(str(found.sum(part)[1]) for part in PARTS),
    }


def _row(line: Line, drill: Play) -> dict[str, Any]:
    zone = drill.begins.tzinfo
    return {
        "name": line.name,
        "who": [drill.naming.organ(each) for each in line.who],
        "clause": line.clause,
        "due": line.due and line.due.astimezone(zone),
        "done": line.done and line.done.astimezone(zone),
        "begun": line.begun and line.begun.astimezone(zone),
        "outcome": line.outcome,
        "over": line.over,
        "took": line.took,
        "points": line.points,
        "got": points(line.got),
        "provisional": line.provisional,
        "notes": line.notes,
    }


def _as_json(run: Session, found: Score, sight: looking.Sight) -> None:
    """Every line with its points, and the sums."""
    items = [
        {
            "part": each.part,
            "id": each.id,
            "name": each.name,
            "who": list(each.who),
            "clause": each.clause or None,
            "begun": screen.iso(each.begun),
            "due": screen.iso(each.due),
            "done": screen.iso(each.done),
            "outcome": each.outcome,
            "late_minutes": _minutes(each.over),
            "took_minutes": _minutes(each.took),
            "points": each.points,
            "got": float(each.got),
            "provisional": each.provisional,
            "notes": [looking.say(run, said.key, **said.params) for said in each.notes],
        }
        for each in found.lines
    ]
    got, most = found.sum()
    more: dict[str, Any] = {
        "case": found.case.id,
        "plans": [plan.name for plan in found.plans],
        "until": screen.iso(found.until),
        "ended": found.ended,
        "late_per_cent": found.exercise.late,
        "got": float(got),
        "points": most,
        "parts": {
            part: {"got": float(found.sum(part)[0]), "points": found.sum(part)[1]} for part in PARTS
        },
    }
    looking.answer(run, "score", items, sight, **more)


def _outcome(run: Session, line: Line) -> str:
    """In words: what has no limit cannot be on time, and a step is in order or not."""
    if line.outcome == "met" and line.part == "procedure":
        return looking.say(run, N_("in order"))
    if line.outcome == "met" and line.due is None:
        return looking.say(run, N_("done"))
    return looking.say(run, OUTCOMES[line.outcome])


def _minutes(length: dt.timedelta | None) -> int | None:
    return None if length is None else int(length.total_seconds()) // 60


def _as_table(run: Session, output: Path, found: Score, drill: Play) -> None:
    """The sheet for a spreadsheet: a line each, the sums last."""
    from yuqing import render
    from yuqing.render import table

    heads = {
        N_("Part"): 22, N_("What"): 46, N_("Who"): 20, N_("Article"): 16, N_("From"): 18,
        N_("Due"): 18, N_("Done"): 18, N_("Outcome"): 16, N_("Minutes late"): 14,
        N_("Minutes taken"): 14, N_("Points had"): 12, N_("Points"): 10,
    }  # fmt: skip
    zone = drill.begins.tzinfo
    lines: list[list[Value]] = []
    for each in found.lines:
        times = (each.begun, each.due, each.done)
        lines.append(
            [
                looking.say(run, PART_NAMES[each.part]), screen.clean(each.name),
                drill.naming.listed(each.who), screen.clean(each.clause),
                *(moment.astimezone(zone) if moment else None for moment in times),
                _outcome(run, each), _minutes(each.over),
                _minutes(each.took), points(each.got), each.points,
            ]
        )  # fmt: skip
    for part in (*PARTS, None):
        got, most = found.sum(part)
        name = looking.say(run, PART_NAMES[part] if part else N_("All together"))
        blank: list[Value] = [None] * 8
        lines.append([name, looking.say(run, N_("Sum")), *blank, points(got), most])
    title = looking.say(run, N_("Score sheet of a drill"))
    made = table.Table(
        title=title, heads=[looking.say(run, head) for head in heads],
        widths=[*heads.values()], lines=lines, fixed=2,
    )  # fmt: skip
    there = output.exists()
    render.put(output, table.as_xlsx(made))
    if not run.quiet:
        late = looking.say(run, N_(" (in place of the older file)")) if there else ""
        print(screen.clean(f"{output}{late}"))
