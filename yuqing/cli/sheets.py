"""Papers about many cases: ``ledger``, ``handover``, ``digest`` and ``faq``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case
from yuqing.cli import looking, periods
from yuqing.cli.context import Session, session
from yuqing.cli.figures import adopted, records
from yuqing.cli.understand import parse_time
from yuqing.errors import Refused, Said
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render import Format, Rendered
    from yuqing.roster import OnDuty

OUTPUT = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE.md|html|docx", help=N_("The file to write.")),
]
PAGE = 25
"""Lines of all lists together on the sheet between two shifts: it is one page."""
PAPERS: Mapping[str, Format] = {
    ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".docx": "docx",
}  # fmt: skip
"""Endings of files → forms of a paper."""
TABLES = ("xlsx", "csv")


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("ledger", help=N_("The ledger of all cases as a table: XLSX or CSV."))(_ledger)
    app.command("handover", help=N_("The sheet between two shifts, one page."))(_handover)
    app.command(
        "digest", help=N_("A digest of several cases: what happened, judgement, handling.")
    )(_digest)
    app.command("faq", help=N_("Answered questions tagged faq, the most frequent first."))(_faq)


def may_write(run: Session, output: Path | None, *, extra: Collection[str] = ()) -> str:
    """The form that the file's name asks for; without a file Markdown. ``extra``: tables that
    are written besides papers. Papers do not go where only case files and templates may lie."""
    from yuqing.cli.target import free

    if output is None:
        return "md"
    ending = output.suffix.lower()
    form: str | None = PAPERS.get(ending) or (ending[1:] if ending[1:] in extra else None)
    if form is None:
        names = ", ".join([*PAPERS, *(f".{each}" for each in extra)])
        raise Refused(
            N_("the form cannot be told from {name}"),
            hint=Said(N_("write it with one of: {names}"), {"names": names}),
            name=output.name,
        )
    free(run, output)
    return form


def give(
    run: Session,
    output: Path | None,
    made: Rendered | tuple[str, object],
    sight: looking.Sight,
    pictures: Mapping[str, str] | None = None,
    number: str | None = None,
    **more: object,
) -> None:
    """The paper on stdout, or in a file with one line about it. ``made``: the finished file, or
    a template with its values, ``pictures`` (SVG by name), the ``number`` of the paper, and
    ``more`` values."""
    from yuqing import render
    from yuqing.render.layout import Given

    if isinstance(made, tuple):
        name, values = made
        made = render.sheet(
            name,
            values,
            adopted(run),
            store.template_names(run.workspace, "documents"),
            year=run.now.year,
            form=PAPERS[output.suffix.lower()] if output else "md",
            office=run.workspace.office,
            now=run.now,
            pictures=pictures,
            given=Given(number=number),
            **more,
        )
    if output is None:
        show(run, made.data.decode())
    else:
        there = output.exists()
        render.put(output, made.data)
        if not run.quiet:
            late = looking.say(run, N_(" (in place of the older file)")) if there else ""
            print(screen.clean(f"{output}{late}"))
    for said in made.said:
        print(looking.say(run, said.key, **said.params), file=sys.stderr)
    screen.complain(sight.problems, run.language)


def show(run: Session, text: str) -> None:
    """Markdown as it is; on a terminal laid out to its width."""
    if not looking.fancy(run):
        print(text, end="")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(highlight=False).print(Markdown(text, hyperlinks=False))


# --- the ledger ------------------------------------------------------------------------


def _ledger(
    ctx: typer.Context,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.xlsx|FILE.csv",
            help=N_("The file to write; without it one named after the period, here."),
        ),
    ] = None,
    period: periods.PERIOD = None,
    since: periods.FROM = None,
    until: periods.TO = None,
) -> int:
    """One row for each case, drills marked, closed and filed ones too."""
    from yuqing import render
    from yuqing.cli.progress import watched
    from yuqing.cli.target import free
    from yuqing.cli.told import FORM_NAMES
    from yuqing.render import table
    from yuqing.stats import ledger
    from yuqing.stats.record import within

    run = session(ctx)
    wanted = periods.asked(run, period, since, until)
    title = looking.say(run, N_("Ledger")) + periods.ending(wanted)
    if output is None:
        output = Path(f"{title}.xlsx")
    ending = output.suffix.lower()
    if ending[1:] not in TABLES:
        key = N_("{name} is no name of a table; write it with .xlsx or .csv")
        raise Refused(key, name=output.name)
    free(run, output)
    sight = looking.look(run, archive=True)
    ws = run.workspace
    places = {view.case.id: ws.name(view.path) for view in sight.views}
    chosen = within(records(sight), wanted.first, wanted.last, run.zone)
    found = ledger.rows(chosen, ws.office, forms=FORM_NAMES, places=places, zone=run.zone)
    lines = watched(found, run, N_("Rows"))
    made = table.Table(
        title=title,
        heads=[looking.say(run, head) for head, _ in ledger.COLUMNS.values()],
        widths=[width for _, width in ledger.COLUMNS.values()],
        lines=[[_cell(run, line[column]) for column in ledger.COLUMNS] for line in lines],
        fixed=2,
    )
    there = output.exists()
    render.put(output, table.as_xlsx(made) if ending == ".xlsx" else table.as_csv(made))
    if run.json:
        more = {"file": str(output), "replaced": there}
        items = [{"case": r.case.id, "title": r.case.title} for r in chosen]
        looking.answer(run, "ledger", items, sight, **more)
    elif not run.quiet:
        looking.banner(run)
        key = N_("{file}  {n} cases, {period}")
        said = looking.say(run, key, file=output, n=len(found), period=periods.told(run, wanted))
        if there:
            said += looking.say(run, N_(" (in place of the older file)"))
        print(screen.clean(said))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _cell(run: Session, value: object) -> str | dt.datetime | None:
    """A cell in the reader's language; lines stay lines, control characters become visible."""
    if value is None or isinstance(value, dt.datetime):
        return value
    lines = value if isinstance(value, tuple) else (value,)
    spoken = (words.say(each, run.language) if isinstance(each, Said) else each for each in lines)
    rows = (screen.clean(row) for text in spoken for row in text.splitlines())
    return "\n".join(rows)


# --- between two shifts ----------------------------------------------------------------


def _handover(
    ctx: typer.Context,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help=N_("When this shift began (as the roster says, else 12 hours ago)."),
        ),
    ] = None,
    output: OUTPUT = None,
) -> int:
    """Open cases, what is due, what came in, what was promised, the last looks."""
    from yuqing.stats.record import Record
    from yuqing.stats.shift import AHEAD, shift

    run = session(ctx)
    may_write(run, output)
    leaving, coming = _posts(run)
    if since is not None:
        begin = parse_time(since, run.now, run.zone)
    else:
        begin = min((each.begins for each in leaving), default=run.now - AHEAD)
    sight = looking.look(run)
    own = next((v for v in sight.views if v.case.is_logbook), None)
    office = run.workspace.office
    routine = (
        Record(own.case, own.log, own.plans, own.standings)
        if own
        else Record(Case(id=f"LOG-{run.now:%Y-%m}", title=office.name), (), (), ())
    )
    found = shift(
        records(sight),
        routine,
        office,
        since=begin,
        now=run.now,
        leaving=tuple(each.post.title for each in leaving),
        coming=tuple(each.post.title for each in coming),
    )
    if run.json:
        items = [_plain(each) for each in found.cases]
        more = {
            "since": screen.iso(found.since),
            "until": screen.iso(found.until),
            "leaving": list(found.leaving),
            "coming": list(found.coming),
            **{
                name: [_plain(each) for each in getattr(found, name)]
                for name in ("due", "came", "promised", "looks")
            },
        }
        looking.answer(run, "handover", items, sight, **more)
        return 3 if sight.broken else 0
    lists = ("due", "cases", "promised", "came", "looks")
    most = _room({name: len(getattr(found, name)) for name in lists})
    give(run, output, ("office-handover.md.j2", found), sight, most=most)
    return 3 if sight.broken else 0


def _room(lines: Mapping[str, int]) -> dict[str, int]:
    """How many lines of each list the page holds: a fair share each, and what one leaves to
    those before it in order."""
    share = PAGE // len(lines)
    most = {name: min(count, share) for name, count in lines.items()}
    for name, count in lines.items():
        left = PAGE - sum(most.values())
        most[name] += min(left, count - most[name])
    return {name: max(1, count) for name, count in most.items()}


def _posts(run: Session) -> tuple[tuple[OnDuty, ...], tuple[OnDuty, ...]]:
    """By the roster: the posts that hand over, and those that take over. None without one.

    At the very minute of the change, and in the hours before, the shift that ends hands over.
    """
    from yuqing.roster import on_duty

    roster, _ = store.roster(run.workspace)
    if roster is None:
        return (), ()
    leaving = on_duty(roster, run.now - dt.timedelta(minutes=1), run.zone)
    change = max(run.now, min((each.ends for each in leaving), default=run.now))
    return leaving, on_duty(roster, change, run.zone)


def _plain(record: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        name: screen.iso(value) if isinstance(value, dt.datetime) else value
        for name, value in asdict(record).items()
    }


# --- a digest --------------------------------------------------------------------------


def _digest(
    ctx: typer.Context,
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CASE…",
            show_default=False,
            help=N_("These cases; without them, those that came in within the period."),
        ),
    ] = None,
    period: periods.PERIOD = None,
    number: Annotated[
        str | None,
        typer.Option("-n", "--number", metavar="NO", help=N_("Its number; else left blank.")),
    ] = None,
    output: OUTPUT = None,
) -> int:
    """What happened, what is thought of it, what is done: case after case (摘報)."""
    from yuqing.cli.summary import digest

    run = session(ctx)
    may_write(run, output)
    if cases and period:
        raise Refused(N_("either cases by name, or those of a period"))
    wanted = periods.asked(
        run, period or (None if cases else run.now.date().isoformat()), None, None
    )
    sight = looking.look(run, archive=True)
    chosen = records(sight)
    if cases:
        names = [store.find_case(run.workspace, each, now=run.now).case.id for each in cases]
        by_id = {each.case.id: each for each in chosen}
        chosen = [by_id[name] for name in dict.fromkeys(names) if name in by_id]
    values = digest(run, chosen, wanted, whole=bool(cases))
    give(run, output, ("office-digest.md.j2", values), sight, number=number)
    return 3 if sight.broken else 0


# --- questions asked often -------------------------------------------------------------


def _faq(ctx: typer.Context, output: OUTPUT = None) -> int:
    """Questions with their answers, counted; which cases they come from with --json."""
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
    values = {
        "office": office.name,
        "demo": office.demo,
        "now": run.now,
        "questions": _local(run, found),
    }
    give(run, output, ("office-faq.md.j2", values), sight)
    if waiting:
        key = N_("tagged faq, but no reply on record: {cases}")
        print(looking.say(run, key, cases=", ".join(waiting)), file=sys.stderr)
    return 3 if sight.broken else 0


def _local(run: Session, found: Sequence[Any]) -> list[Any]:
    from dataclasses import replace

    return [replace(each, at=each.at.astimezone(run.zone)) for each in found]
