"""Papers about many cases: ``handover`` and ``faq``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store
from yuqing.case import Case
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.figures import records
from yuqing.cli.understand import parse_time
from yuqing.errors import Refused, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render import Rendered

OUTPUT = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE.md", help=N_("The file to write.")),
]
MOST = 12
"""Lines of one list on the sheet between two shifts: it is one page."""


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("handover", help=N_("The sheet between two shifts, one page."))(_handover)
    app.command("faq", help=N_("Answered questions tagged faq, the most frequent first."))(_faq)


def adopted(run: Session) -> tuple[Plan, ...]:
    """The adopted plans tell the script of the paper; without any it is still written."""
    try:
        return store.plans(run.workspace)
    except (Unreadable, Unusable):
        return ()


def give(run: Session, output: Path | None, made: Rendered, sight: looking.Sight) -> None:
    """The paper on stdout, or in a file with one line about it."""
    from yuqing import render

    if output is None:
        print(made.data.decode(), end="")
    else:
        there = output.exists()
        render.put(output, made.data)
        if not run.quiet:
            late = looking.say(run, N_(" (in place of the older file)")) if there else ""
            print(screen.clean(f"{output}{late}"))
    for said in made.said:
        print(looking.say(run, said.key, **said.params), file=sys.stderr)
    screen.complain(sight.problems, run.language)


def may_write(run: Session, output: Path | None) -> None:
    """Papers about many cases are Markdown, and lie outside the case files."""
    from yuqing.cli.papers import free

    if output is None:
        return
    if output.suffix.lower() not in (".md", ".markdown"):
        raise Refused(N_("{name} is not the name of a {format} file"), name=output.name, format="md")
    free(run, output)


# --- between two shifts ----------------------------------------------------------------


def _handover(
    ctx: typer.Context,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help=N_("When this shift began (12 hours ago).")),
    ] = None,
    output: OUTPUT = None,
) -> int:
    """Open cases, what is due, what came in, what was promised, the last looks."""
    from yuqing import render
    from yuqing.stats import Record
    from yuqing.stats.shift import AHEAD, shift

    run = session(ctx)
    may_write(run, output)
    begin = run.now - AHEAD if since is None else parse_time(since, run.now, run.zone)
    sight = looking.look(run)
    own = next((v for v in sight.views if v.case.is_logbook), None)
    office = run.workspace.office
    routine = (
        Record(own.case, own.log, own.plans, own.standings)
        if own
        else Record(Case(id=f"LOG-{run.now:%Y-%m}", title=office.name), (), (), ())
    )
    found = shift(records(sight), routine, office, since=begin, now=run.now)
    if run.json:
        items = [_plain(each) for each in found.cases]
        more = {
            "since": screen.iso(found.since),
            "until": screen.iso(found.until),
            **{
                name: [_plain(each) for each in getattr(found, name)]
                for name in ("due", "came", "promised", "looks")
            },
        }
        looking.answer(run, "handover", items, sight, **more)
        return 3 if sight.broken else 0
    templates = store.template_names(run.workspace, "documents")
    made = render.sheet(
        "office-handover.md.j2", found, adopted(run), templates, year=run.now.year, most=MOST
    )
    give(run, output, made, sight)
    return 3 if sight.broken else 0


def _plain(record: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        name: screen.iso(value) if isinstance(value, dt.datetime) else value
        for name, value in asdict(record).items()
    }


# --- questions asked often -------------------------------------------------------------


def _faq(ctx: typer.Context, output: OUTPUT = None) -> int:
    """Questions with their answers, counted; which cases they come from with --json."""
    from yuqing import render
    from yuqing.stats.faq import questions

    run = session(ctx)
    may_write(run, output)
    sight = looking.look(run, archive=True)
    office = run.workspace.office
    found, waiting = questions(records(sight), demo=office.demo)
    if run.json:
        items = [
            {
                "question": each.question,
                "answer": each.answer,
                "signed_as": each.signed_as,
                "at": screen.iso(each.at.astimezone(run.zone)),
                "count": each.count,
                "cases": list(each.cases),
            }
            for each in found
        ]
        looking.answer(run, "faq", items, sight, unanswered=list(waiting))
        return 3 if sight.broken else 0
    templates = store.template_names(run.workspace, "documents")
    values = {"office": office.name, "demo": office.demo, "now": run.now, "questions": _local(run, found)}
    made = render.sheet("office-faq.md.j2", values, adopted(run), templates, year=0)
    give(run, output, made, sight)
    if waiting:
        key = N_("tagged faq, but no reply on record: {cases}")
        print(looking.say(run, key, cases=", ".join(waiting)), file=sys.stderr)
    return 3 if sight.broken else 0


def _local(run: Session, found: Sequence[Any]) -> list[Any]:
    from dataclasses import replace

    return [replace(each, at=each.at.astimezone(run.zone)) for each in found]
