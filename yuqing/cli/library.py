"""The case library: ``search`` and ``similar``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store
from yuqing.case import Entry, current, effective, state
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.cli.options import CASE
from yuqing.errors import Refused
from yuqing.screen import Naming
from yuqing.variants import fold
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.stats.find import Like
    from yuqing.stats.record import Record

SHOWN = 20
"""Hits that are listed for a person; programs get all."""
LIKE = 5
"""Like cases that are told."""


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("search", help=N_("Find words in all cases, filed ones too, best first."))(_search)
    app.command("similar", help=N_("Past cases like one, what was done then, how long it took."))(
        _similar
    )


def _search(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS…", show_default=False, help=N_("Words, in either script.")),
    ],
    level: Annotated[
        str | None, typer.Option("--level", metavar="LEVEL", help=N_("Of this level only."))
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="NAME", help=N_("Of this category only."))
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="ORGAN", help=N_("Only where it was in charge."))
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", help=N_("Only of this year."))
    ] = None,
    closed: Annotated[bool, typer.Option("--closed", help=N_("Closed cases only."))] = False,
) -> int:
    """Cases that hold the words, best first; Chinese needs no blanks between them."""
    from yuqing.cli.shelves import find, records
    from yuqing.stats.find import grams, search

    run = session(ctx)
    if not grams(" ".join(words)):
        raise Refused(N_("there is nothing to look for in {words}"), words=" ".join(words))
    narrowed = closed or not (level is None and category is None and unit is None and year is None)
    found = None if narrowed else find(run, " ".join(words), None if run.json else SHOWN)
    if found is None:
        every, sight = records(run)
        chosen = [
            r
            for r in every
            if (level is None or _graded(run, r, "level", level))
            and (category is None or _graded(run, r, "category", category))
            and (unit is None or _in_charge(run, r, unit))
            and (year is None or _begun(run, r).year == year)
            and (not closed or state(r.log) == "closed")
        ]
        hits = search(chosen, " ".join(words))
        count = len(hits)
    else:
        hits, count, sight = found
    if run.json:
        items = [
            {
                **_summary(run, hit.record),
                "score": round(hit.score, 2),
                "entry": hit.entry.id if hit.entry else None,
                "text": _excerpt(hit.entry, words) if hit.entry else hit.record.case.title,
            }
            for hit in hits
        ]
        looking.answer(run, "search", items, sight)
        return 3 if sight.broken else 0
    looking.banner(run)
    for hit in hits[:SHOWN]:
        print(_line(run, hit.record))
        if hit.entry is not None:
            at = screen.short(hit.entry.at.astimezone(run.zone), run.now)
            print(f"    {at}  {screen.clean(_excerpt(hit.entry, words))}")
    if count > SHOWN:
        key = N_("{n} more; narrow it down with --year, --level, --category, --unit or --closed")
        print(looking.say(run, key, n=count - SHOWN))
    if not hits and not run.quiet:
        print(looking.say(run, N_("No case holds these words.")))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _naming(run: Session, record: Record) -> Naming:
    return Naming(record.plans, run.workspace.office.organs, run.language)


def _graded(run: Session, record: Record, scale: str, wish: str) -> bool:
    """Is it in force there, by id, name or a part of the name?"""
    from yuqing.stats.record import grade

    held = grade(record.log, scale)
    if held is None:
        return False
    name = fold(_naming(run, record).level(held, scale))
    return fold(held) == fold(wish) or fold(wish) in name


def _in_charge(run: Session, record: Record, wish: str) -> bool:
    from yuqing.stats.record import units

    naming = _naming(run, record)
    return any(wish == each or fold(wish) in fold(naming.organ(each)) for each in units(record.log))


def _begun(run: Session, record: Record) -> dt.datetime:
    from yuqing.stats.record import opened

    return opened(record.log).astimezone(run.zone)


def _line(run: Session, record: Record) -> str:
    """``7K3M  2026-03-02  level  closed  title``."""
    from yuqing.stats.record import grade

    held = grade(record.log, "level")
    cells = (
        screen.case_name(record.case),
        f"{_begun(run, record):%F}",
        _naming(run, record).level(held) if held else "",
        looking.say(run, told.STATES[state(record.log)]),
        looking.say(run, N_("drill")) if record.case.drill else "",
        screen.clean(record.case.title),
    )
    return "  ".join(cell for cell in cells if cell)


def _excerpt(entry: Entry, words: Sequence[str], around: int = 30) -> str:
    """The words of an entry about the place where what was looked for stands."""
    text = " ".join(filter(None, (entry.text, entry.because, entry.source, entry.number)))
    text = " ".join((text or " ".join(f.path or "" for f in entry.files)).split())
    low = fold(text)
    places = [low.find(piece) for word in words for piece in (fold(word), fold(word)[:2])]
    place = next((n for n in places if n >= 0), 0)
    begin, end = max(0, place - around), place + 2 * around
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")


def _summary(run: Session, record: Record) -> dict[str, Any]:
    from yuqing.stats.record import grade

    return {
        "case": record.case.id,
        "title": record.case.title,
        "discovered": screen.iso(_begun(run, record)),
        "level": grade(record.log, "level"),
        "category": grade(record.log, "category"),
        "state": state(record.log),
        "drill": record.case.drill,
    }


# --- like cases ------------------------------------------------------------------------

TOOK: Mapping[str, str] = {
    "reported": N_("reported after {span}"),
    "published": N_("published after {span}"),
    "replied": N_("replied after {span}"),
    "over": N_("dealt with after {span}"),
}


def _similar(
    ctx: typer.Context,
    case: CASE,
    closed: Annotated[bool, typer.Option("--closed", help=N_("Closed cases only."))] = False,
) -> int:
    """What was done in past cases like this one, and how long it took."""
    from yuqing.cli import shelves
    from yuqing.stats.find import similar
    from yuqing.stats.record import Record

    run = session(ctx)
    loaded = store.find_case(run.workspace, case, now=run.now, read=shelves.reading)
    if loaded.case.is_logbook:
        raise Refused(N_("{case} is a logbook, no incident"), case=loaded.case.id)
    wanted = current(looking.as_of(run, loaded.case))
    this = Record(wanted, effective(wanted), loaded.plans, ())
    if not this.log:
        raise Refused(N_("nothing was on record in {case} at {time}"), case=wanted.id, time=run.now)
    likes = shelves.like(run, this, None if run.json else LIKE, closed=closed)
    if likes is None:
        every, sight = shelves.records(run)
        found = [
            each
            for each in similar(every, this)
            if not closed or state(each.record.log) == "closed"
        ]
    else:
        found, sight = likes
    if run.json:
        items = [_like_item(run, like) for like in found]
        looking.answer(run, "similar", items, sight, to=wanted.id)
        return 3 if sight.broken else 0
    looking.banner(run)
    for like in found[:LIKE]:
        for line in _like_lines(run, like):
            print(line)
    if not found and not run.quiet:
        print(looking.say(run, N_("No case on record is like it.")))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _like_lines(run: Session, like: Like) -> Iterator[str]:
    """The case, why it is like, how long things took, and what was done."""
    comma = looking.say(run, N_(", "))
    yield f"{_line(run, like.record)}  {like.likeness:.0%}"
    names = [looking.say(run, SAME.get(each, each)) for each in like.shared]
    if names:
        yield "    " + looking.say(run, N_("the same: {names}"), names=comma.join(names))
    spans = [
        looking.say(run, TOOK[name], span=screen.length(span)) for name, span in like.took.items()
    ]
    if spans:
        yield "    " + comma.join(spans)
    for entry in _measures(like.record):
        yield "    " + screen.clean(_measure(run, like.record, entry))


SAME: Mapping[str, str] = {
    "level": N_("level"),
    "category": N_("category"),
    "truth": N_("what was verified"),
    "source": N_("source"),
    "unit": N_("unit in charge"),
}


def _measures(record: Record) -> tuple[Entry, ...]:
    """What was ordered, said and done, in words."""
    kinds = ("assigned", "published", "replied", "done", "calmed", "concluded")
    return tuple(e for e in record.log if e.kind in kinds and (e.text or e.because or e.files))


def _measure(run: Session, record: Record, entry: Entry) -> str:
    from yuqing.stats.record import opened

    after = screen.length(entry.at - opened(record.log))
    whom = _naming(run, record).listed(entry.to)
    words = entry.text or entry.because or "、".join(f.path or "" for f in entry.files)
    parts = (
        f"+{looking.say(run, after.key, **after.params)}",
        looking.say(run, told.KIND_NAMES[entry.kind]),
        whom,
        words if len(words) <= 60 else words[:60] + "…",
    )
    return "  ".join(part for part in parts if part)


def _like_item(run: Session, like: Like) -> dict[str, Any]:
    return {
        **_summary(run, like.record),
        "likeness": like.likeness,
        "same": list(like.shared),
        "minutes": {name: int(span.total_seconds() // 60) for name, span in like.took.items()},
        "done": [
            {
                "entry": e.id,
                "kind": e.kind,
                "at": screen.iso(e.at),
                "to": list(e.to),
                "text": e.text or e.because,
                "files": [f.path for f in e.files if f.path],
            }
            for e in _measures(like.record)
        ],
    }
