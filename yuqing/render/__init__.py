"""Papers: the facts of a document and a template → Markdown or Word.

A template is chosen by name among those that lie in ``templates/documents``, the workspace's
own before the packaged ones: first by what the plan names, then by the document's id, then by
what the document is for, then the general one. Nothing is written before all of it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from yuqing.errors import Refused, Said, Unreadable, Unusable
from yuqing.plan import Document, Plan
from yuqing.render import template
from yuqing.render.phrases import Phrases, part_keys, script_of, vocabulary
from yuqing.review import Paper
from yuqing.store import files
from yuqing.store.workspace import packaged
from yuqing.words import N_

Format = Literal["md", "docx"]
FORMATS: Mapping[Format, str] = {"md": ".md.j2", "docx": ".docx"}
"""Format → how the names of its templates end."""

WORDING = "wording.yaml"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished document. ``said``: what was changed in values on the way."""

    data: bytes
    said: tuple[Said, ...] = ()


def wording(found: Mapping[str, Path]) -> Mapping[str, Any]:
    """The word list: the packaged one, and over it what the workspace's copy says.

    Raises :class:`~yuqing.errors.Unreadable` if that copy cannot be used.
    """
    from yuqing.read.tree import parse

    merged: dict[str, Any] = {}
    shipped = packaged() / "documents" / WORDING
    for path in dict.fromkeys((shipped, found.get(WORDING, shipped))):
        tree, problems = parse(path.read_bytes(), f"templates/documents/{WORDING}", as_text=True)
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


def choose(found: Mapping[str, Path], document: Document, role: str, form: Format) -> str:
    """The template for a document: what the plan names, its id, its role, the general one.

    A template the plan names must be there. Raises :class:`~yuqing.errors.Refused`.
    """
    end = FORMATS[form]
    if document.template:
        bare = document.template
        for each in FORMATS.values():
            bare = bare.removesuffix(each)
        if bare + end in found:
            return bare + end
        if not any(bare + each in found for each in FORMATS.values()):
            raise Refused(
                N_("the plan names template {template} for {document}; there is none in {folder}"),
                template=document.template,
                document=document.title,
                folder="templates/documents",
            )
    names = (document.id + end, role + end, "document" + end)
    best = next((name for name in names if name in found), None)
    if best is None:
        raise Refused(
            N_("no template {template} in {folder}"),
            template=names[-1],
            folder="templates/documents",
        )
    return best


def render(paper: Paper, plans: Sequence[Plan], found: Mapping[str, Path], name: str) -> Rendered:
    """Fill template ``name``. Raises :class:`~yuqing.errors.Refused` naming template, line and
    field if it asks for what is not there, or for what no template may do."""
    tree = wording(found)
    script = script_of(plans)
    word = name.endswith(FORMATS["docx"])
    phrases = Phrases(vocabulary(tree, script), script, paper.now.year, stacked=word)
    values = template.Values(word=word, show=phrases.show)
    env = template.environment(found, values, _filters(phrases, paper.id, part_keys(tree)))
    mark = phrases.mark(paper)
    context = {"doc": paper, "w": phrases.w, "mark": mark, "section": _Sections(phrases, mark)}
    if word:
        about = {"title": f"{paper.document} {paper.title}", "author": paper.office}
        data = template.fill_word(env, name, found[name].read_bytes(), context, about)
    else:
        data = template.fill_markdown(env, name, context).encode()
    said = Said(
        N_("control characters were taken out of {count} values"), {"count": values.stripped}
    )
    return Rendered(data, (said,) if values.stripped else ())


def sheet(
    name: str,
    values: object,
    plans: Sequence[Plan],
    found: Mapping[str, Path],
    *,
    year: int,
    **more: object,
) -> Rendered:
    """A paper about many cases, in Markdown: template ``name`` over plain ``values``, which it
    knows as ``doc``. ``year`` goes unsaid in times. Raises as :func:`render` does."""
    if name not in found:
        key = N_("no template {template} in {folder}")
        raise Refused(key, template=name, folder="templates/documents")
    tree = wording(found)
    script = script_of(plans)
    phrases = Phrases(vocabulary(tree, script), script, year)
    shown = template.Values(word=False, show=phrases.show)
    env = template.environment(found, shown, _filters(phrases, "", part_keys(tree)))
    context = {"doc": values, "w": phrases.w, "section": _Sections(phrases, ""), **more}
    data = template.fill_markdown(env, name, context).encode()
    said = Said(
        N_("control characters were taken out of {count} values"), {"count": shown.stripped}
    )
    return Rendered(data, (said,) if shown.stripped else ())


class _Sections:
    """Numbers the chapters of a document in the order in which they are printed."""

    def __init__(self, phrases: Phrases, mark: str) -> None:
        self._phrases, self._mark, self._count = phrases, mark, 0

    def __call__(self, title: str) -> str:
        """``一、基本情况``, with the mark of a drill or draft."""
        self._count += 1
        return template.Plain(f"{self._phrases.chapter(self._count)}{title}{self._mark}")


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
