"""``redact``: blank out data of people that got into a case, with its trace."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from yuqing import screen, store
from yuqing.case import Entry, current
from yuqing.check import people
from yuqing.cli import looking, told
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import real_time, session
from yuqing.cli.options import CASE
from yuqing.cli.understand import organs_of, parse_entry, parse_organ
from yuqing.errors import Refused, Said, Unreadable
from yuqing.words import N_

FIELDS = ("text", "because", "source", "meeting", "matter", "signed_as", "by", "tags", "facts.NAME")
"""Fields that hold words of a person's choice."""
MASK = "****"


def register(app: typer.Typer) -> None:
    """Bring the command into the application."""
    app.command("redact", help=N_("Blank out data of people, with its trace."))(_redact)


def _redact(
    ctx: typer.Context,
    case: CASE,
    entry: Annotated[
        str,
        typer.Argument(
            metavar="ENTRY|head",
            show_default=False,
            help=N_("The entry that has it."),
            autocompletion=BY_METAVAR["ENTRY"],
        ),
    ],
    field: Annotated[
        str,
        typer.Argument(
            metavar="FIELD", show_default=False, help=N_("text, because, facts.NAME, title …")
        ),
    ],
    because: Annotated[
        str | None, typer.Option("--because", "-b", metavar="TEXT", help=N_("Reason."))
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="ORGAN",
            help=N_("Whose decision it is."),
            autocompletion=BY_METAVAR["ORGAN"],
        ),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="WORDS", help=N_("Exactly these words (a name).")),
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help=N_("The whole field."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Show the entry, write nothing."))
    ] = False,
) -> int:
    """Overwrite it in place, and append what was done, why and by whose decision."""
    run = session(ctx)
    ws = run.workspace
    real_time(run)
    if not because:
        raise Refused(N_("a correction needs a reason: -b"))
    if not by:
        raise Refused(N_("who decided it? name the organ with --by"))
    loaded = store.find_case(ws, case, now=run.now)
    broken = [each for each in loaded.problems if each.severity == "error"]
    if broken:
        raise Unreadable(broken)
    of = "head" if entry.casefold() == "head" else parse_entry(entry, loaded.case)
    way, held = _held(loaded, of, field)
    parts = _parts(held, word or (), ws.office.own_accounts, whole=whole)
    secret = current(loaded.case).secrecy == "secret"
    amendment = Entry(
        kind="amended",
        at=run.now,
        of=of,
        because=None if secret else because,
        number=because if secret else None,
        by=parse_organ(by, organs_of(loaded.plans, ws.office.organs), (ws.office.post,)),
    )
    if dry_run:
        for was in held:
            print(screen.clean(_masked(was, parts)))
        print(looking.say(run, N_("nothing was written (--dry-run)")), file=sys.stderr)
        return 0
    written = store.redact(ws, loaded, amendment, way, parts, now=run.now)
    looking.banner(run)
    naming = screen.Naming(loaded.plans, ws.office.organs, run.language)
    if run.json:
        from yuqing.read.splice import entry_fields

        raw = [entry_fields(each) for each in written.entries]
        screen.dump(
            {"schema": 1, "kind": "written", "case": loaded.case.id, "entries": raw,
             "committed": written.committed, "duties": []}
        )  # fmt: skip
    else:
        for each in written.entries:
            name = screen.case_name(loaded.case)
            print(f"{name}  {told.entry_line(each, naming, run.now, run.language)}")
    if any(store.in_history(ws, loaded, words) for words in parts):
        key = N_("it still stands in git's history; how it is taken out of there: {line}")
        print(looking.say(run, key, line="yuqing help erase"), file=sys.stderr)
    if written.failure is not None:
        raise written.failure
    return 0


def _held(loaded: store.Loaded, of: str, field: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The way to the field in the file, and the words it holds."""
    way = tuple(field.split(".", 1))
    value: Any = loaded.tree
    known: tuple[str, ...] = ("title",)
    if of != "head":
        known = FIELDS
        place = next(e.place for e in loaded.case.log if e.id == of)
        value = loaded.tree["log"][place]
        if loaded.case.log[place].recorded is None:
            raise Refused(
                N_("{entry} was typed by hand and is not saved yet: change it in the file"),
                entry=of,
            )
    if way[0] not in {name.partition(".")[0] for name in known}:
        raise Refused(
            N_("{field} holds no free words"),
            hint=Said(N_("there are: {names}"), {"names": "、".join(known)}),
            field=field,
        )
    for part in way:
        value = value.get(part) if isinstance(value, Mapping) else None
    held = tuple(value) if isinstance(value, list) else (value,)
    if not all(isinstance(each, str) for each in held):
        raise Refused(N_("{entry} has no text in {field}"), entry=of, field=field)
    return way, held


def _parts(
    held: tuple[str, ...], words: list[str] | tuple[str, ...], own: tuple[str, ...], *, whole: bool
) -> dict[str, str]:
    """Words → mask. Longest first, so that no part of one is left by another."""
    if whole:
        return dict.fromkeys(held, MASK)
    missing = [each for each in words if not any(each in was for was in held)]
    if missing:
        raise Refused(N_("these words do not stand there: {words}"), words=" ".join(missing))
    parts = dict.fromkeys(words, MASK)
    if not parts:
        for was in held:
            parts |= {was[f.start : f.end]: f.mask for f in people.found(was, own)}
    if not parts:
        raise Refused(
            N_("nothing there looks like data of people"),
            hint=Said(N_("name the words with --word WORDS, or take the whole field with --all")),
        )
    return dict(sorted(parts.items(), key=lambda pair: -len(pair[0])))


def _masked(text: str, parts: Mapping[str, str]) -> str:
    for was, mask in parts.items():
        text = text.replace(was, mask)
    return text
