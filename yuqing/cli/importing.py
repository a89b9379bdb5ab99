"""``import``: the rows of an old ledger as cases, in one commit."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case, Entry, Pin, effective
from yuqing.cli import ledgerfile, looking
from yuqing.cli.context import Session, real_time, session
from yuqing.cli.ledgerheads import Columns, Sheet, columns_of
from yuqing.cli.oldledger import Draft, Terms, Wrong, draft, key_of
from yuqing.cli.progress import watched
from yuqing.cli.told import KIND_NAMES
from yuqing.cli.write import judged, scene_of
from yuqing.errors import Problem, Refused
from yuqing.plan import Plan
from yuqing.stats.record import discovery
from yuqing.store.write import create_all
from yuqing.words import N_

PLAN = "ledger@1"
"""The plan of an old ledger's cases: it has no duties, so nothing is late by today's rules."""


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command("import", help=N_("Take in an old ledger (XLSX, CSV), one case for each row."))(
        _import
    )


@dataclass(slots=True)
class _Found:
    """What became of the rows."""

    ready: list[tuple[Draft, list[Entry]]] = field(default_factory=list)
    known: list[tuple[Draft, str]] = field(default_factory=list)
    """Rows that are there already, and where: a case, or another row."""
    refused: list[Wrong] = field(default_factory=list)

    @property
    def bad_rows(self) -> int:
        """Rows with something wrong in them."""
        return len({each.row for each in self.refused})


def _import(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.xlsx|csv", show_default=False, help=N_("The old ledger.")),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--map", metavar="MAP.yaml", help=N_("What its columns and words mean.")),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", metavar="NAME", help=N_("Which sheet; without it the first.")),
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan",
            metavar="PLAN",
            help=N_("The plan of the cases; without it `ledger`, which owes nothing."),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Show what would be written, write nothing."))
    ] = False,
    whole: Annotated[
        bool,
        typer.Option("--all-or-nothing", help=N_("Write nothing if any row is refused.")),
    ] = False,
    close: Annotated[
        bool,
        typer.Option("--close", help=N_("Close also the rows that name no end.")),
    ] = False,
    mask: Annotated[
        bool,
        typer.Option("--mask", help=N_("Mask data of people instead of refusing their rows.")),
    ] = False,
) -> int:
    """Rows → cases. A row that is refused is named with its place; the others go in."""
    run = session(ctx)
    ws = run.workspace
    real_time(run)
    table, said = ledgerfile.read(file, sheet)
    mapped = ledgerfile.read_map(mapping)
    columns = columns_of(table, mapped)
    used = store.load_plan(ws, plan or PLAN)
    pins = (Pin(id=used.id, version=used.version, digest=used.digest),)
    empty = Case(id="", title="-", plans=pins, drill=ws.office.demo)
    scene = scene_of(run, store.Loaded(empty, (used,), ws.cases, b""))
    terms = Terms(scene, mapped, mask, close)
    there, problems = _there(run)
    found = _judge(run, table, columns, terms, there)
    written: list[store.Written] = []
    if not dry_run and not (whole and found.refused):
        written = _write(run, used, found)
    if not run.quiet:
        for each in said:
            print(screen.clean(words.say(each, run.language)), file=sys.stderr)
    _tell(run, table, columns, found, written, problems, dry_run=dry_run, whole=whole)
    failure = next((each.failure for each in written if each.failure), None)
    if failure is not None:
        raise failure
    return 5 if found.refused else 0


def _there(run: Session) -> tuple[dict[tuple[str, str, dt.date], str], Sequence[Problem]]:
    """By what each case of the office would be known as a row, and its id."""
    desk = looking.everything(run)
    found: dict[tuple[str, str, dt.date], str] = {}
    for loaded in desk.cases:
        case = loaded.case
        begin = discovery(effective(case))
        if begin is not None:
            day = begin.at.astimezone(run.zone).date()
            found[key_of(case.title, begin.number or "", day)] = case.id
            found[key_of(case.title, case.id, day)] = case.id  # our own ledger names it so
    return found, desk.problems


def _judge(
    run: Session,
    table: Sheet,
    columns: Columns,
    terms: Terms,
    there: dict[tuple[str, str, dt.date], str],
) -> _Found:
    """Each row: ready to be written, known already, or refused."""
    found = _Found()
    known = dict(there)
    for number, cells in watched(table.rows[columns.first :], run, N_("Rows")):
        made = draft(number, cells, columns, terms)
        if isinstance(made, list):
            found.refused += made
            continue
        if made.key in known:
            found.known.append((made, known[made.key]))
            continue
        try:
            entries = judged(made.raws, terms.scene)
        except Refused as failure:
            found.refused.append(Wrong(number, "", failure.said))
            continue
        known[made.key] = looking.say(run, N_("row {row}"), row=number)
        found.ready.append((made, entries))
    return found


def _write(run: Session, plan: Plan, found: _Found) -> list[store.Written]:
    """All that are ready, in one commit."""
    if not found.ready:
        return []
    pins = (Pin(id=plan.id, version=plan.version, digest=plan.digest),)

    def acts() -> Iterator[tuple[dict[str, Any], Sequence[Entry]]]:
        for made, entries in watched(found.ready, run, N_("Cases")):
            head: dict[str, Any] = {"title": made.title, "plans": pins}
            yield head | ({"drill": True} if run.workspace.office.demo else {}), entries

    message = f"Import {len(found.ready)} cases of an old ledger"
    return create_all(run.workspace, acts(), now=run.now, message=message)


# --- saying back -----------------------------------------------------------------------


def _tell(
    run: Session,
    table: Sheet,
    columns: Columns,
    found: _Found,
    written: Sequence[store.Written],
    problems: Sequence[Problem],
    *,
    dry_run: bool,
    whole: bool,
) -> None:
    ids: Sequence[str | None] = [each.case.id for each in written] or [None] * len(found.ready)
    if run.json:
        _json(run, table, columns, found, ids, problems, dry_run=dry_run)
        return
    looking.banner(run)
    if dry_run:
        for made, entries in found.ready:
            print(_line(run, made, entries))
    for wrong in found.refused:
        print(screen.clean(_place(run, table, wrong)), file=sys.stderr)
    if run.quiet:
        return
    for made, where in found.known if dry_run else ():
        key = N_("row {row}: there already, {where}")
        print(looking.say(run, key, row=made.row, where=where), file=sys.stderr)
    if columns.untaken:
        names = "、".join(columns.untaken)
        said = looking.say(run, N_("columns that nothing was made of: {names}"), names=names)
        print(screen.clean(said), file=sys.stderr)
    nothing = dry_run or (whole and found.refused)
    key = (
        N_("{file}: {n} cases would be written, {open} of them open; {known} known already; "
           "{refused} rows refused")
        if nothing
        else N_("{file}: {n} cases written, {open} of them open; {known} known already; "
                "{refused} rows refused")
    )  # fmt: skip
    still = sum(not made.closed for made, _ in found.ready)
    numbers = {"n": len(found.ready), "open": still, "known": len(found.known),
               "refused": found.bad_rows}  # fmt: skip
    print(screen.clean(looking.say(run, key, file=table.file, **numbers)))
    if whole and found.refused and not dry_run:
        print(looking.say(run, N_("nothing was written, because rows were refused")))
    if any("mask" in wrong.said.params for wrong in found.refused):
        print(looking.say(run, N_("to mask data of people in all rows: --mask")))
    if still:
        print(looking.say(run, N_("what names no end stays open; to close that too: --close")))
    if written:
        print(looking.say(run, N_("Next: {line}"), line="yuqing tidy"))


def _line(run: Session, made: Draft, entries: Sequence[Entry]) -> str:
    """One row as the case it would be."""
    kinds = looking.say(run, N_(", ")).join(
        looking.say(run, KIND_NAMES[kind]) for kind in dict.fromkeys(e.kind for e in entries)
    )
    level = next((grade for e in entries for grade in e.grades.values()), "")
    row = looking.say(run, N_("row {row}"), row=made.row)
    parts = (row, f"{made.found:%Y-%m-%d}", made.number, made.title, level, kinds)
    return screen.clean("  ".join(part for part in parts if part))


def _place(run: Session, table: Sheet, wrong: Wrong) -> str:
    """File, sheet, row, column, and why."""
    parts = [table.file]
    if table.name:
        parts.append(looking.say(run, N_("sheet {name}"), name=table.name))
    parts.append(looking.say(run, N_("row {row}"), row=wrong.row))
    if wrong.column:
        parts.append(looking.say(run, N_("column {name}"), name=wrong.column))
    place = looking.say(run, N_(", ")).join(parts)
    reason = words.say(wrong.said, run.language)
    return looking.say(run, N_("{place}: {reason}"), place=place, reason=reason)


def _json(
    run: Session,
    table: Sheet,
    columns: Columns,
    found: _Found,
    ids: Sequence[str | None],
    problems: Sequence[Problem],
    *,
    dry_run: bool,
) -> None:
    from yuqing.read.splice import entry_fields

    items = [
        {
            "row": made.row, "case": name, "title": made.title, "closed": made.closed,
            "entries": [entry_fields(each) for each in entries],
        }
        for (made, entries), name in zip(found.ready, ids, strict=True)
    ]  # fmt: skip
    refused = [
        {"row": w.row, "column": w.column, "reason": words.say(w.said, run.language)}
        for w in found.refused
    ]
    known = [{"row": made.row, "case": where} for made, where in found.known]
    sight = looking.Sight((), tuple(problems))
    looking.answer(
        run, "import", items, sight, file=table.file, sheet=table.name, dry_run=dry_run,
        refused=refused, known=known, untaken=list(columns.untaken),
    )  # fmt: skip
