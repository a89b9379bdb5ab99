"""A picture of one case to a file or to the screen: ``render CASE timeline -o NAME.svg``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from yuqing import screen, store
from yuqing.cli import looking
from yuqing.cli.context import Session
from yuqing.errors import Refused, Said, Unusable
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.phrases import Phrases
    from yuqing.review.rows import Paper

NAMES = ("timeline", "spread")
"""What may be asked for in place of a document; a plan's own document of that id goes first."""


def drawable(run: Session, view: looking.View) -> tuple[Paper, Phrases]:
    """The facts of a case as a picture takes them, and the words of its plan's language."""
    from yuqing import render
    from yuqing.plan import Document
    from yuqing.render.phrases import Phrases, script_of, vocabulary
    from yuqing.review.facts import paper

    ws = run.workspace
    doc = paper(
        view.case,
        view.plans,
        view.standings,
        store.calendar(ws),
        office=ws.office,
        now=run.now,
        document=Document(id="picture", title=""),
    )
    script = script_of(view.plans)
    tree = render.wording(store.template_names(ws, "documents"))
    return doc, Phrases(vocabulary(tree, script), script, doc.now.year)


def draw(run: Session, ref: str, name: str, output: Path | None, *, force: bool) -> int | None:
    """Picture ``name`` of a case; ``None`` where the word is that of a document. Raises
    ``Refused`` where the case holds too little for it, or the file is something else;
    ``Unusable`` where no PNG can be made here."""
    if name not in NAMES:
        return None
    sight = looking.look(run, ref)
    view = sight.views[0]
    if view.case.is_logbook or any(name in plan.documents for plan in view.plans):
        return None
    from yuqing.render import pictures, put

    if not view.log:
        key = N_("nothing was on record in {case} at {time}")
        raise Refused(key, case=view.case.id, time=run.now)
    doc, phrases = drawable(run, view)
    svg = pictures.draw(name, doc, phrases)
    if svg is None:
        raise Refused(N_("no number in {case} was looked up twice; nothing to draw"), case=doc.id)
    data = svg.encode() if output is None else _data(svg, output)
    if output is not None:
        _may_replace(output, doc.id, force=force)
        put(output, data)
    title = phrases.word("picture", name)
    if run.json:
        text = svg if output is None else None
        item = {"case": doc.id, "document": name, "title": title, "text": text}
        looking.answer(run, "rendered", [{**item, "file": output and str(output)}], sight)
    elif output is None:
        print(svg, end="")
    elif not run.quiet:
        print(screen.clean(f"{output}  {title}  {doc.id}"))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _data(svg: str, output: Path) -> bytes:
    """The bytes that the ending of the name asks for."""
    from yuqing.render.pictures import to_png

    ending = output.suffix.lower()
    if ending == ".svg":
        return svg.encode()
    if ending != ".png":
        key = N_("a picture is written as .svg or .png, not as {name}")
        raise Refused(key, name=output.name)
    png = to_png(svg)
    if png is None:
        raise Unusable(
            N_("no PNG can be made here: rsvg-convert or a font with Chinese signs is missing"),
            hint=Said(N_("-o {name} needs neither"), {"name": output.with_suffix(".svg").name}),
        )
    return png


def _may_replace(output: Path, case: str, *, force: bool) -> None:
    """A picture may be drawn anew; what else lies there stays, without ``--force``."""
    if force or not output.is_file():
        return
    there = output.read_bytes()
    if not (there.startswith(b"\x89PNG") or (b"<svg" in there and case.encode() in there)):
        raise Refused(
            N_("{path} is there and is no picture of {case}; nothing written"),
            hint=Said(N_("another name with -o; or --force, which replaces it")),
            path=str(output),
            case=case,
        )
