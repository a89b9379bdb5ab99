"""A filled text on paper: into the layouts of Word and of HTML, with what tells how it was made."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yuqing
from yuqing.errors import Refused
from yuqing.plan import PaperStyle
from yuqing.render import template
from yuqing.render.layout import SHEET, Head, layout_for
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.blocks import Block

Format = Literal["md", "docx", "html"]
FORMATS: Mapping[Format, str] = {"md": ".md.j2", "docx": ".docx", "html": ".html.j2"}
"""Format → how the names of its templates end."""

WORDING = "wording.yaml"
LAYOUT_HTML = "layout.html.j2"
LANGUAGE = {"zh-Hans": "zh-Hans-CN", "zh-Hant": "zh-Hant", "en": "en"}
"""Script → tag of the language of a page."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One filling: template, form, and all that the template or its layout may print."""

    name: str
    form: Format
    called: tuple[str, ...]
    context: Mapping[str, Any]
    head: Head
    style: PaperStyle
    picture: Callable[[str], str | None]
    about: tuple[str, str, str]
    """Title, author and fingerprint, for the properties of the file."""
    line: str = ""


def no_template(name: str) -> Refused:
    """There is no template of that name."""
    key = N_("no template {template} in {folder}")
    return Refused(key, template=name, folder="templates/documents")


def signed_by_layout(wanted: Wanted, found: Mapping[str, Path]) -> bool:
    """Does the layout print whom it goes to, who signs and the day? A sheet does not."""
    return layout_for(wanted.called, found, FORMATS["docx"]) != f"{SHEET}.docx"


def _pictures(wanted: Wanted, parts: Sequence[Block]) -> dict[str, str]:
    """The pictures that the text asks for and the case has enough for, as SVG by name."""
    names = [each.name for each in parts if each.kind == "picture"]
    return {name: svg for name in names if (svg := wanted.picture(name))}


def into_word(
    wanted: Wanted,
    env: Any,
    found: Mapping[str, Path],
    context: Mapping[str, Any],
    parts: Sequence[Block],
) -> tuple[bytes, str]:
    """The Word file, and the layout it was laid out in. Raises ``Refused`` without one."""
    from yuqing.render import word as setting
    from yuqing.render.pictures import start

    layout = layout_for(wanted.called, found, FORMATS["docx"])
    if layout is None:
        raise no_template("layout-report.docx")
    pngs = start(_pictures(wanted, parts))
    anchors = {name: template.Plain(setting.marker(name)) for name in setting.ANCHORS}
    filled = template.fill_word(env, layout, found[layout].read_bytes(), {**context, **anchors})

    setting.lay(
        filled, parts, pngs, wanted.style, context["w"]["no_picture"],
        sideways=layout == "layout-sheet.docx",
    )  # fmt: skip
    return template.saved(
        filled, properties(wanted, digest_of([wanted.name, layout], found))
    ), layout


def into_html(
    wanted: Wanted,
    env: Any,
    found: Mapping[str, Path],
    context: Mapping[str, Any],
    parts: Sequence[Block],
) -> tuple[bytes, str]:
    """The page, and the layout it was laid out in. Raises ``Refused`` without one."""
    from markupsafe import Markup

    layout = layout_for(wanted.called, found, FORMATS["html"]) or LAYOUT_HTML
    if layout not in found:
        raise no_template(layout)
    general = [each for each in found if ".layout." not in each]  # a page looks by its kind
    kind = layout_for(wanted.called, general, FORMATS["docx"]) or "layout-report.docx"
    drawn = {name: Markup(text) for name, text in _pictures(wanted, parts).items()}  # noqa: S704 - drawn by us, texts in it escaped
    title, author, _ = wanted.about
    more = {
        "blocks": parts,
        "pictures": drawn,
        "language": LANGUAGE[context["script"]],
        "layout": kind.removesuffix(".docx").removeprefix("layout-"),
        "small": kind != layout_for(wanted.called, found, FORMATS["docx"]),
        "heading": title or context["title"],
        "author": author,
        "digest": digest_of([wanted.name, layout], found),
        "fonts": wanted.style.fonts,
        "margins": wanted.style.margins,
    }
    return template.fill_text(env, layout, {**context, **more}).encode(), layout


def properties(wanted: Wanted, digest: str) -> Mapping[str, str]:
    """What the file says about itself, also how it is made again."""
    title, author, fingerprint = wanted.about
    return {
        "title": title,
        "author": author,
        "identifier": " ".join(filter(None, (wanted.head.case, fingerprint))),
        "version": digest[:12],
        "comments": wanted.line,
        "last_modified_by": f"yuqing {yuqing.__version__}",
    }


_INCLUDED = re.compile(r"""{%-?\s*(?:include|import|from|extends)\s+["']([^"']+)["']""")


def digest_of(names: Sequence[str], found: Mapping[str, Path]) -> str:
    """One digest of these templates, of all that they include, and of the words."""
    todo, seen = [*names, WORDING], dict[str, bytes]()
    while todo:
        name = todo.pop()
        if name in seen or name not in found:
            continue
        seen[name] = found[name].read_bytes()
        if name.endswith(".j2"):
            todo += _INCLUDED.findall(seen[name].decode("utf-8", errors="replace"))
    whole = hashlib.sha256()
    for name in sorted(seen):
        whole.update(f"{name}\0{hashlib.sha256(seen[name]).hexdigest()}\n".encode())
    return whole.hexdigest()
