"""Papers: the facts of a document and a template → Markdown, HTML or Word.

What a document says is said once, in a Markdown template; how it looks, once, in a layout. A
template is chosen by name among those that lie in ``templates/documents``, the workspace's own
before the packaged ones, and a plan's own (in a folder of its id) before both. Nothing is
written before all of it is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuqing.errors import Refused, Said, Unreadable, Unusable
from yuqing.plan import Document, Office, Plan
from yuqing.render import template
from yuqing.render.forms import (
    FORMATS,
    WORDING,
    Format,
    Wanted,
    digest_of,
    into_html,
    into_word,
    no_template,
    properties,
    signed_by_layout,
)
from yuqing.render.layout import Given, blanks, head_of
from yuqing.render.phrases import Phrases, part_keys, script_of, vocabulary
from yuqing.review.rows import Paper
from yuqing.store import files
from yuqing.store.index import Index, key_of
from yuqing.store.workspace import packaged
from yuqing.words import N_

__all__ = (
    "FORMATS", "Format", "Given", "Rendered", "choose", "of_plans", "part_key", "put", "render",
    "sheet", "titles", "wording",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished document. ``said``: what was changed in values on the way; ``made_with``:
    templates and layout; ``digest``: of exactly these, words included."""

    data: bytes
    said: tuple[Said, ...] = ()
    made_with: tuple[str, ...] = ()
    digest: str = ""


# --- words and names -------------------------------------------------------------------


def wording(found: Mapping[str, Path], index: Index | None = None) -> Mapping[str, Any]:
    """The word list: the packaged one, and over it what the workspace's copy says.

    ``index``: where the parsed list is kept from one run to the next. Raises
    :class:`~yuqing.errors.Unreadable` if that copy cannot be used.
    """
    shipped = packaged() / "documents" / WORDING
    paths = dict.fromkeys((shipped, found.get(WORDING, shipped)))
    texts = tuple(path.read_bytes() for path in paths)
    if texts not in _KNOWN:
        key = key_of(*texts)
        kept = index.recall(WORDING, key) if index is not None else None
        _KNOWN[texts] = kept or _merged(texts)
        if index is not None and kept is None:
            index.keep(WORDING, key, _KNOWN[texts])
    return _KNOWN[texts]


_KNOWN: dict[tuple[bytes, ...], Mapping[str, Any]] = {}
"""Word lists by their bytes."""


def _merged(texts: Sequence[bytes]) -> Mapping[str, Any]:
    from yuqing.read.tree import parse

    merged: dict[str, Any] = {}
    for text in texts:
        tree, problems = parse(text, f"templates/documents/{WORDING}", as_text=True)
        if tree is None:
            raise Unreadable(problems)
        for name, entry in tree.value["words"].items():
            if isinstance(entry, dict):
                merged[name] = {**merged.get(name, {}), **entry}
            else:
                merged[name] = entry
    return {"words": merged}


def titles(found: Mapping[str, Path], plans: Sequence[Plan]) -> Mapping[str, str]:
    """What first report, follow-up and review are called where the plan does not say."""
    named: Mapping[str, str] = vocabulary(wording(found), script_of(plans))["title"]
    return named


def part_key(found: Mapping[str, Path]) -> Callable[[str], str]:
    """A part of a document as a plan writes it, in any script, to the name known here."""
    known = part_keys(wording(found))
    return lambda part: known.get(part, part)


# --- which template --------------------------------------------------------------------


def of_plans(found: Mapping[str, Path], plans: Sequence[Plan]) -> Mapping[str, Path]:
    """The templates as these plans have them: ``PLANID/NAME`` stands in for ``NAME``; of
    several plans the first one's."""
    own = {
        name.removeprefix(f"{plan.id}/"): path
        for plan in reversed(plans)
        for name, path in found.items()
        if name.startswith(f"{plan.id}/")
    }
    return {**found, **own}


def choose(found: Mapping[str, Path], document: Document, role: str, form: Format) -> str:
    """The template for a document: what the plan names, its id, its role, the general one.

    Of each name first one that holds the whole document in this form (an office's own Word file
    with placeholders), else the Markdown one, which a layout puts on paper. A template that the
    plan names must be there. Raises :class:`~yuqing.errors.Refused`.
    """
    ends = dict.fromkeys((FORMATS[form], FORMATS["md"]))
    if document.template:
        bare = document.template
        for each in FORMATS.values():
            bare = bare.removesuffix(each)
        named = next((bare + end for end in ends if bare + end in found), None)
        if named:
            return named
        if not any(bare + each in found for each in FORMATS.values()):
            raise Refused(
                N_("the plan names template {template} for {document}; there is none in {folder}"),
                template=document.template,
                document=document.title,
                folder="templates/documents",
            )
    names = [name + end for name in (document.id, role, "document") for end in ends]
    best = next((name for name in names if name in found), None)
    if best is None:
        raise no_template(f"document{FORMATS['md']}")
    return best


# --- filling ---------------------------------------------------------------------------


def render(
    paper: Paper,
    plans: Sequence[Plan],
    found: Mapping[str, Path],
    name: str,
    form: Format | None = None,
    *,
    office: Office | None = None,
    given: Given | None = None,
    role: str = "document",
    line: str = "",
) -> Rendered:
    """Fill template ``name``; a Markdown one as ``form`` asks goes into a layout.

    ``office``: whose house style it is; ``given``: what a person gave for head and foot;
    ``line``: the command that makes it again, for the properties of a Word file. Raises
    :class:`~yuqing.errors.Refused` naming template, line and field if it asks for what is not
    there, or for what no template may do.
    """
    tree = wording(found)
    phrases = Phrases(vocabulary(tree, script_of(plans)), script_of(plans), paper.now.year)
    office = office or Office(name=paper.office)
    given = given or Given(to=paper.to)
    head = head_of(paper.document, paper.signed, paper.now, paper.id, role, phrases, office, given)
    return _made(
        Wanted(
            name,
            form or _form_of(name),
            (paper.document_id, role),
            {"doc": paper, "mark": phrases.mark(paper)},
            head,
            office.paper,
            lambda picture: _drawn(picture, paper, phrases),
            about=(f"{paper.document} {paper.title}", paper.office, paper.fingerprint),
            line=line,
        ),
        found,
        phrases,
        _filters(phrases, paper.id, part_keys(tree)),
    )


def sheet(
    name: str,
    values: object,
    plans: Sequence[Plan],
    found: Mapping[str, Path],
    *,
    year: int,
    form: Format = "md",
    office: Office | None = None,
    now: dt.datetime | None = None,
    pictures: Mapping[str, str] | None = None,
    given: Given | None = None,
    **more: object,
) -> Rendered:
    """A paper about many cases: template ``name`` over plain ``values``, which it knows as
    ``doc``. ``year`` goes unsaid in times; ``pictures``: SVG by name; ``given``: what a person
    gave for head and foot. Raises as :func:`render` does."""
    if name not in found:
        raise no_template(name)
    tree = wording(found)
    phrases = Phrases(vocabulary(tree, script_of(plans)), script_of(plans), year)
    office = office or Office()
    bare = name.removesuffix(FORMATS["md"])
    moment = now or dt.datetime(max(year, 1), 1, 1, tzinfo=dt.UTC)
    kind = bare.removeprefix("office-")
    title, signed = str(phrases.w.get(kind, "")), office.sign or office.name
    head = head_of(title, signed, moment, "", kind, phrases, office, given or Given())
    return _made(
        Wanted(
            name, form, (bare, kind), {"doc": values, "mark": "", **more}, head, office.paper,
            (pictures or {}).get,
            about=("", office.name, ""),
        ),
        found,
        phrases,
        _filters(phrases, "", part_keys(tree)),
    )  # fmt: skip


def _form_of(name: str) -> Format:
    return next(form for form, end in FORMATS.items() if name.endswith(end))


def _made(
    wanted: Wanted,
    found: Mapping[str, Path],
    phrases: Phrases,
    filters: Mapping[str, Callable[..., str]],
) -> Rendered:
    """Fill what is wanted, by one of three ways."""
    laid = wanted.name.endswith(FORMATS["md"]) and wanted.form != "md"
    direct = "blocks" if laid else wanted.form
    blank = blanks(phrases.w)
    values = template.Values(direct, phrases.show)
    mark = wanted.context["mark"]
    sections = _Sections(phrases, values, mark)
    context = {
        **wanted.context, "w": phrases.w, "section": sections, "blank": blank,
        "head": wanted.head, "laid": laid and signed_by_layout(wanted, found), "drawn": laid,
        "script": phrases.script,
    }  # fmt: skip
    env = template.environment(found, values, filters)
    used = [wanted.name]
    if direct == "docx":
        word = template.fill_word(env, wanted.name, found[wanted.name].read_bytes(), context)
        data = template.saved(word, properties(wanted, digest_of(used, found)))
    elif direct == "html":
        data = template.fill_text(env, wanted.name, context).encode()
    else:
        text = template.fill_markdown(env, wanted.name, context)
        data = text.encode()
    stripped = values.stripped
    if laid:
        from yuqing.render.blocks import blocks

        parts = blocks(text)
        title = " ".join(b.text for b in parts if b.kind == "title")
        values = template.Values(wanted.form, phrases.show)
        env = template.environment(found, values, filters)
        way = into_word if wanted.form == "docx" else into_html
        data, layout = way(wanted, env, found, {**context, "title": title}, parts)
        used.append(layout)
    said = Said(N_("control characters were taken out of {count} values"), {"count": stripped})
    return Rendered(data, (said,) if stripped else (), tuple(used), digest_of(used, found))


def _drawn(name: str, paper: Paper, phrases: Phrases) -> str | None:
    from yuqing.render.pictures import draw

    return draw(name, paper, phrases)


class _Sections:
    """Numbers the chapters of a document in the order in which they are printed: 一、 （一） 1.
    （1）."""

    def __init__(self, phrases: Phrases, values: template.Values, mark: str) -> None:
        self._phrases, self._values, self._mark = phrases, values, mark
        self._counts = [0, 0, 0, 0]

    def __call__(self, title: str, level: int = 1) -> str:
        """``一、基本情况``, with the mark of a drill or draft."""
        place = max(1, min(level, 4)) - 1
        self._counts[place] += 1
        self._counts[place + 1 :] = [0] * (3 - place)
        number = self._phrases.chapter(self._counts[place], place + 1)
        said = "".join(str(self._values(each)) for each in (title, self._mark))
        return template.Plain(f"{number}{said}")


def _filters(
    phrases: Phrases, case: str, known: Mapping[str, str]
) -> Mapping[str, Callable[..., str]]:
    """What templates may put behind a bar; each is a phrase of :class:`Phrases`."""
    plain = (
        "time", "due", "full", "day", "span", "names", "aside", "value", "said", "fact", "grade",
        "act", "detail", "line", "stated", "written", "step", "reason", "duty", "limit", "done",
        "taken", "answer", "witness", "remarks", "gate", "round",
    )  # fmt: skip
    return {
        **{name: getattr(phrases, name) for name in plain},
        "word": lambda key, group: phrases.word(group, key),
        "part": lambda part: phrases.part(part, known),
        "fill": lambda part: phrases.fill(part, case),
    }


def put(path: Path, data: bytes) -> None:
    """Write a whole file or nothing: an existing document stays as it is until the new one
    is complete. Raises :class:`~yuqing.errors.Unusable` where nothing can be written."""
    if not path.parent.is_dir():
        raise Unusable(N_("there is no folder {path}"), path=str(path.parent))
    if path.exists():
        files.replace(path, data, expect=files.read(path, path.name))
    else:
        files.create(path, data, shared=False)
