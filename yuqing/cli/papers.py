"""Commands that write papers: ``render`` and ``review``."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from yuqing import screen, store
from yuqing.case import Case, Entry, effective
from yuqing.cli import drawing, looking, target
from yuqing.cli.context import Session, session
from yuqing.cli.understand import organs_of, parse_day, parse_organ, pick
from yuqing.cli.unwritten import to_be_written
from yuqing.cli.vocabulary import parse_document
from yuqing.cli.wish import Wish, line_of
from yuqing.errors import Failure, Refused, Said, Usage
from yuqing.plan import Document, Plan
from yuqing.words import N_

CASE = typer.Argument(
    metavar="CASE", show_default=False, help=N_("End of the case id, or . (the only one).")
)
OUTPUT = typer.Option(
    "-o", "--output", metavar="FILE", help=N_("The file to write, or the folder for it.")
)
FORMAT = typer.Option(
    "--format", metavar="docx|html|md", help=N_("Default: by the file's name, else md.")
)
DRAFT = typer.Option("--draft", help=N_("Write it before it may go out, marked as a draft."))
UNIT = typer.Option("--unit", metavar="UNIT", help=N_("Only what this unit owes."))
FORCE = typer.Option("--force", help=N_("Replace a file even if it was changed by hand."))
NUMBER = typer.Option("-n", "--number", metavar="NO", help=N_("Its number, as it was given."))
SIGNER = typer.Option("--signer", metavar="NAME", help=N_("Who signed it off."))
ISSUED = typer.Option("--issued", metavar="DAY", help=N_("The day of issue."))
COPIES = typer.Option("--copy-to", metavar="ORGAN", help=N_("Who gets a copy; may be repeated."))
ENCLOSED = typer.Option("--enclose", metavar="NAME", help=N_("What is enclosed; may be repeated."))
SECRECY = typer.Option("--classified", metavar="TEXT", help=N_("Secrecy, with its term."))
URGENCY = typer.Option("--urgent", metavar="TEXT", help=N_("Urgency."))
AS_OF = typer.Option(
    "--as-of", metavar="COMMIT", help=N_("From case, plan and templates as that commit has them.")
)
AGAIN = typer.Option(
    "--again", metavar="ENTRY", help=N_("The Word file of that entry once more, compared with it.")
)
COPY_NUMBER = typer.Option("--copy-number", metavar="NO", help=N_("Number of this copy."))


def register(app: typer.Typer) -> None:
    """Add both to the command line."""
    app.command("render", help=N_("Write a document of the plan from the case."))(_render)
    app.command("review", help=N_("The review (= render CASE review), one per unit."))(_review)


def _render(
    ctx: typer.Context,
    case: Annotated[str, CASE],
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", show_default=False, help=N_("Id or title."))
    ] = "",
    output: Annotated[Path | None, OUTPUT] = None,
    format_: Annotated[str | None, FORMAT] = None,
    draft: Annotated[bool, DRAFT] = False,
    unit: Annotated[str | None, UNIT] = None,
    number: Annotated[str | None, NUMBER] = None,
    signer: Annotated[str | None, SIGNER] = None,
    issued: Annotated[str | None, ISSUED] = None,
    copies: Annotated[list[str] | None, COPIES] = None,
    enclosed: Annotated[list[str] | None, ENCLOSED] = None,
    classified: Annotated[str | None, SECRECY] = None,
    urgent: Annotated[str | None, URGENCY] = None,
    copy_number: Annotated[str | None, COPY_NUMBER] = None,
    force: Annotated[bool, FORCE] = False,
    as_of: Annotated[str | None, AS_OF] = None,
    again: Annotated[str | None, AGAIN] = None,
) -> int:
    """Write one document."""
    from yuqing.render.layout import Given

    run = session(ctx)
    if again is not None:
        if document or as_of or format_:
            raise Usage(N_("--again takes the document, its time and its form from the entry"))
        from yuqing.cli import remake

        return remake.again(run, case, again, output, force=force)
    if not document:
        raise Usage(N_("which document? {line} lists them"), line="yuqing plan show")
    given = Given(
        number=number,
        signer=signer,
        issued=parse_day(issued, run.now, run.zone) if issued else None,
        copies=tuple(copies or ()),
        enclosed=tuple(enclosed or ()),
        secrecy=classified,
        urgency=urgent,
        copy_number=copy_number,
    )
    wish = Wish(output, format_, draft, unit, force, given)
    if as_of is None:
        return _write(run, case, document, wish)
    from yuqing.cli import remake

    if output is not None:
        target.free(run, output)
    with remake.at(run, case, as_of) as then:
        return _write(then, case, document, wish)


def _review(
    ctx: typer.Context,
    case: Annotated[str, CASE],
    output: Annotated[Path | None, OUTPUT] = None,
    format_: Annotated[str | None, FORMAT] = None,
    draft: Annotated[bool, DRAFT] = False,
    unit: Annotated[str | None, UNIT] = None,
    number: Annotated[str | None, NUMBER] = None,
    signer: Annotated[str | None, SIGNER] = None,
    force: Annotated[bool, FORCE] = False,
) -> int:
    """Write the review."""
    from yuqing.render.layout import Given

    given = Given(number=number, signer=signer)
    wish = Wish(output, format_, draft, unit, force, given)
    return _write(session(ctx), case, "review", wish)


@dataclasses.dataclass(frozen=True, slots=True)
class Composed:
    """A finished paper, the facts in it, and what is to be said with it."""

    doc: Any
    made: Any
    sight: looking.Sight
    said: tuple[Said, ...]


def _write(run: Session, ref: str, name: str, wish: Wish) -> int:
    from yuqing import render

    picture = drawing.draw(run, ref, name, wish.output, force=wish.force)
    if picture is not None:
        return picture
    wish, form = _format(run, wish)
    paper = compose(run, ref, name, wish, form)
    doc, made, sight = paper.doc, paper.made, paper.sight
    wish = target.named(wish, doc, form)
    there = target.may_replace(wish, made.data, doc.id)
    if wish.output is not None:
        render.put(wish.output, made.data)
    _answer(run, wish, doc, made, sight, there=there)
    for each in (*paper.said, *made.said, *_each_its_own(doc, wish)):
        print(screen.clean(looking.say(run, each.key, **each.params)), file=sys.stderr)
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _odd(run: Session, case: str) -> Mapping[str, dt.datetime]:
    """Stamps that the history proves wrong; none where the history cannot be seen whole."""
    from yuqing.cli.chronicle import pasts_of, read_history

    try:
        ((_, past),) = pasts_of(run, read_history(run), [case])
    except Failure:
        return {}
    return past.odd


def compose(run: Session, ref: str, name: str, wish: Wish, form: Any) -> Composed:
    """Document ``name`` of a case; nothing is written yet. Raises ``Refused`` where it may not
    go out yet, or there is nothing to write from."""
    from yuqing import render
    from yuqing.render.codes import kept
    from yuqing.review.documents import ROLES, document_for, laid, role
    from yuqing.review.facts import paper
    from yuqing.review.names import Names
    from yuqing.review.roles import REVIEWS

    ws = run.workspace
    loaded = store.find_case(ws, ref, now=run.now)
    if loaded.case.is_logbook:
        raise Refused(
            N_("{case} is a logbook; documents are written from cases"), case=loaded.case.id
        )
    sight = looking.look(run, loaded.case.id)
    view = sight.views[0]
    plans = view.plans
    if not view.log:
        raise Refused(
            N_("nothing was on record in {case} at {time}"), case=view.case.id, time=run.now
        )
    found = render.of_plans(store.template_names(ws, "documents"), plans)
    render.wording(found, ws.index)
    ws.index.write()
    wanted = ROLES.get(name)
    document = (document_for(wanted, plans) if wanted else None) or _document(
        name, wanted, plans, render.titles(found, plans)
    )
    unit = _unit(run, wish.unit, view)
    case = dataclasses.replace(loaded.case, log=view.case.log)
    calendar = store.calendar(ws)
    text = laid(document, case, plans, calendar, Names(plans, ws.office), run.now)
    if text.missing and not wish.draft:
        raise _waits(run, document, case, text.missing)
    if text.entry is not None and not wish.draft:
        _is_the_same(run, document, case, text.entry)
    _is_proved(document, case, plans)
    codes, said = prints(loaded.tree, case)
    what = role(document, plans)
    doc = paper(
        case,
        plans,
        view.standings,
        calendar,
        office=ws.office,
        now=run.now,
        document=document,
        fingerprint=codes[-1],
        codes=codes,
        unit=unit,
        draft=wish.draft,
        odd=_odd(run, case.id) if what in REVIEWS else None,
        words=text.entry,
        problems=[*(p.said for p in sight.problems if p.severity == "error"), *_blind(view)],
        part_key=render.part_key(found),
    )
    template = render.choose(found, document, what, form)
    given = dataclasses.replace(wish.given, to=doc.to)
    if not given.number and what != "follow-up":
        given = dataclasses.replace(given, number=_number(case, document))
    with kept(ws.git_dir):
        made = render.render(
            doc, plans, found, template, form, office=ws.office, given=given, role=what,
            line=line_of(run, case.id, document.id, wish),
        )  # fmt: skip
    return Composed(doc, made, sight, said)


# --- what was asked for ----------------------------------------------------------------


ENDINGS = {".docx": "docx", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html"}
FORMS = ("docx", "html", "md")


def _format(run: Session, wish: Wish) -> tuple[Wish, Any]:
    """Word, HTML or Markdown: as asked, else by the name of the file, else Markdown; in a
    folder Word. The wish with its folder in place of its file."""
    if wish.format not in (None, *FORMS):
        raise Usage(
            N_("no format {name}; there are {formats}"),
            name=wish.format,
            formats=", ".join(FORMS),
        )
    if wish.output is None:
        if wish.format == "docx":
            raise Usage(N_("a Word document needs a file: -o NAME.docx"))
        return wish, wish.format or "md"
    target.free(run, wish.output)
    if wish.output.is_dir():
        return wish, wish.format or "docx"
    ending = wish.output.suffix.lower()
    by_name = ENDINGS.get(ending)
    if by_name is None and wish.format is None:
        raise Refused(
            N_("the format cannot be told from {name}; add --format {formats}"),
            name=wish.output.name,
            formats="|".join(FORMS),
        )
    if by_name and wish.format and by_name != wish.format:
        raise Refused(
            N_("{name} is not the name of a {format} file"),
            name=wish.output.name,
            format=wish.format,
        )
    return wish, wish.format or by_name


def _number(case: Case, document: Document) -> str | None:
    """The number under which it went out, where the record has one."""
    sent = [
        e.number
        for e in effective(case)
        if e.kind in ("reported", "requested", "replied") and e.document == document.id and e.number
    ]
    return sent[-1] if sent else None


def _document(
    name: str, wanted: str | None, plans: tuple[Plan, ...], titles: Mapping[str, str]
) -> Document:
    """The plan's document of that id or title; a plan without one still has its papers."""
    if wanted:
        return Document(id=wanted, title=titles[wanted])
    key = parse_document(name, plans)
    known = (plan.documents.get(key) for plan in plans)
    return next((d for d in known if d), Document(id=key, title=key))


def _unit(run: Session, word: str | None, view: looking.View) -> str | None:
    """The unit that ``--unit`` names; it must have a part in the case."""
    if word is None:
        return None
    office = run.workspace.office
    organs = organs_of(view.plans, office.organs)
    assigned = [organ for e in view.log if e.kind == "assigned" for organ in e.to]
    acting = [e.by for e in view.log if e.by]
    part = dict.fromkeys((*assigned, *acting, *(s.for_ for s in view.standings if s.for_)))
    near = pick(word, {each: (view.naming.organ(each),) for each in part})
    unit = near[0] if len(near) == 1 else parse_organ(word, organs, (office.post,))
    if unit not in part:
        raise Refused(
            N_("{unit} has no part in {case}"),
            hint=Said(N_("assigned are: {units}"), {"units": view.naming.listed(assigned) or "—"}),
            unit=view.naming.organ(unit),
            case=view.case.id,
        )
    return unit


# --- what must come first --------------------------------------------------------------


def _waits(run: Session, document: Document, case: Case, missing: Sequence[Said]) -> Refused:
    """A final document whose act is gated waits for its gate."""
    line = f"yuqing approve {case.id.rsplit('-', 1)[-1]} …"
    return Refused(
        N_("{document} may not go out yet: {missing}"),
        hint=Said(N_("--draft writes it as a marked draft; approvals: {line}"), {"line": line}),
        document=document.title,
        missing="; ".join(looking.say(run, each.key, **each.params) for each in missing),
    )


def _is_the_same(run: Session, document: Document, case: Case, words: Entry) -> None:
    """A final document points to its papers: they must lie there as they were approved."""
    held = store.digests(run.workspace, case)
    for paper in words.files:
        if paper.path is not None and held.get(paper.path) != paper.sha256:
            raise Refused(
                N_("{document}: the file {path} is not the one that was recorded (digest differs)"),
                hint=Said(
                    N_("what became of it: {line}"),
                    {"line": f"git log -p -- cases/files/{case.id}/{paper.path}"},
                ),
                document=document.title,
                path=paper.path,
            )


def _is_proved(document: Document, case: Case, plans: tuple[Plan, ...]) -> None:
    """No correction request, no referral, not even a draft, against what may be true."""
    from yuqing.review.documents import unproved

    if unproved(document, case, plans):
        short = case.id.rsplit("-", 1)[-1]
        raise Refused(
            N_("{document} needs a finding, with evidence, that a statement of fact is untrue"),
            hint=Said(
                N_("record it: {line}"),
                {"line": f'yuqing grade {short} truth=untrue -b "…" -f …'},
            ),
            document=document.title,
        )


# --- what the paper says about itself --------------------------------------------------


def prints(tree: Any, case: Case, length: int = 12) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """The codes of the case up to the last entry that is stamped and was seen.

    An entry that waits for ``save`` gets two more lines then; a code over it would never be
    found again.
    """
    from yuqing.read.splice import fingerprints

    seen = {entry.place for entry in case.log if entry.recorded is not None}
    count = 0
    while count in seen:
        count += 1
    unsaved = any(entry.recorded is None for entry in case.log)
    said = Said(N_("the fingerprint leaves out what is typed by hand and not saved: yuqing save"))
    return fingerprints(tree, length)[: count + 1], (said,) if unsaved else ()


def _blind(view: looking.View) -> list[Said]:
    """Limits that nobody could compute make the whole answer incomplete."""
    count = sum(each.state == "incomplete" for each in view.standings)
    key = N_("{count} limits could not be computed; the remarks say why")
    return [Said(key, {"count": count})] if count else []


def _each_its_own(doc: Any, wish: Wish) -> tuple[Said, ...]:
    units = list(dict.fromkeys(row.unit for row in doc.duties if row.unit))
    if wish.unit or len(units) < 2:
        return ()
    key = N_("each of these units owes its own: {units}; one at a time with --unit")
    return (Said(key, {"units": "、".join(units)}),)


def _answer(
    run: Session, wish: Wish, doc: Any, made: Any, sight: looking.Sight, *, there: bool
) -> None:
    """The document itself on stdout, or one line about the file; as JSON, both."""
    file = str(wish.output) if wish.output else None
    if run.json:
        item = {
            "case": doc.id,
            "document": doc.document_id,
            "title": doc.document,
            "template": made.made_with[0],
            "layout": made.made_with[1] if len(made.made_with) > 1 else None,
            "template_digest": made.digest,
            "sha256": hashlib.sha256(made.data).hexdigest(),
            "file": file,
            "text": None if file else made.data.decode(),
            "draft": doc.draft,
            "drill": doc.drill,
            "unit": wish.unit,
            "missing": [part.id for part in doc.missing],
            "to_write": [part.id for part in doc.blanks],
            "fingerprint": doc.fingerprint,
        }
        looking.answer(run, "rendered", [item], sight)
        return
    if file is None:
        print(made.data.decode(), end="")
    elif not run.quiet:
        marks = "".join(
            f" ({looking.say(run, word)})"
            for word, holds in ((N_("drill"), doc.drill), (N_("draft"), doc.draft))
            if holds
        )
        said = looking.say(
            run,
            N_("{file}  {document}{marks}  fingerprint {code}"),
            file=file,
            document=doc.document,
            marks=marks,
            code=doc.fingerprint,
        )
        late = looking.say(run, N_(" (in place of the older file)")) if there else ""
        print(screen.clean(f"{said}{late}"))
    elif there:
        key = N_("{file} replaces the older file")
        print(screen.clean(looking.say(run, key, file=file)), file=sys.stderr)
    if doc.missing:
        key = N_("not on record yet: {parts}; each is filled by {line}")
        parts = "、".join(part.id for part in doc.missing)
        line = f'yuqing note {doc.id.rsplit("-", 1)[-1]} "…" --tag …'
        print(screen.clean(looking.say(run, key, parts=parts, line=line)), file=sys.stderr)
    if doc.blanks:
        left = to_be_written(doc.document, doc.blanks, doc.id)
        print(screen.clean(looking.say(run, left.key, **left.params)), file=sys.stderr)
