"""``plan check PLAN --text FILE``: the office's own text, held against the plan file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from yuqing import errors, screen
from yuqing.cli import looking
from yuqing.cli.context import Session
from yuqing.coverage import Coverage, Found, Quote, cover
from yuqing.errors import NotFound, Problem, Refused, Said
from yuqing.plan import Plan
from yuqing.words import N_

LARGEST = 20_000_000
"""Bytes. No plan is as long, and a packed file may unfold to any length."""


def check(
    run: Session, plan: Plan, file: str, text: str, line: Callable[[errors.Path], int]
) -> tuple[Coverage, list[Problem]]:
    """The coverage of ``text`` (a path) by the plan in ``file``, and what is wrong with it.

    ``line``: where a path stands in the plan file. Raises ``NotFound``, ``Refused``.
    """
    coverage = cover(read_text(run.directory / text, text), plan)
    missing = [
        Problem(
            file=text,
            line=each.line,
            key=N_("{article}: “{text}” is in no quote of the plan file: {around}"),
            params={"article": each.article or "–", "text": each.text, "around": each.around},
            severity="finding",
        )
        for each in coverage.missing
    ]
    lost = [
        Problem(
            file=file,
            line=line(quote.path),
            path=quote.path,
            key=N_(
                "{sort} {id}: the quote “{words}” stands nowhere in {text}, or not under its article"
            ),
            params={
                "sort": Said(_SORTS[quote.sort]),
                "id": quote.id,
                "words": quote.words,
                "text": text,
            },
            severity="warning",
        )
        for quote in coverage.lost
    ]
    return coverage, [*missing, *lost]


_SORTS = {
    "duty": N_("duty"),
    "level": N_("level"),
    "reading": N_("reading"),
    "gate": N_("gate"),
    "unsupported": N_("refusal"),
}


def items(coverage: Coverage) -> list[dict[str, Any]]:
    """Every expression for programs."""
    return [
        {
            "line": each.line,
            "article": each.article,
            "text": each.text,
            "status": "covered" if each.by else "without_rule" if each.waived else "missing",
            "by": [{"sort": quote.sort, "id": quote.id} for quote in each.by],
            "around": each.around,
        }
        for each in coverage.found
    ]


def show(run: Session, text: str, coverage: Coverage) -> None:
    """Every covered expression with what covers it, one a line, and the sum."""
    rows = [
        (f"{text}:{each.line}", each.article, f"“{each.text}”", _by(run, each))
        for each in coverage.found
        if each.covered
    ]
    screen.rows([[screen.clean(cell) for cell in row] for row in rows], fancy=looking.fancy(run))
    print(
        looking.say(
            run,
            N_(
                "{text}: {n} expressions of time; {by} in quotes, {waived} in articles without"
                " rule, {missing} not covered"
            ),
            text=text,
            n=len(coverage.found),
            by=sum(bool(each.by) for each in coverage.found),
            waived=sum(each.waived for each in coverage.found),
            missing=len(coverage.missing),
        )
    )


def _by(run: Session, found: Found) -> str:
    if found.waived:
        return looking.say(run, N_("article without rule"))
    return ", ".join(dict.fromkeys(_named(run, each) for each in found.by))


def _named(run: Session, quote: Quote) -> str:
    return f"{looking.say(run, _SORTS[quote.sort])} {quote.id}"


# --- the text --------------------------------------------------------------------------


def read_text(path: Path, name: str) -> str:
    """The words of a plan as issued: txt, md, docx. Raises ``NotFound``, ``Refused``."""
    if not path.is_file():
        raise NotFound(N_("there is no file {name}"), name=name)
    if path.stat().st_size > LARGEST:
        raise Refused(N_("{name} is larger than any plan"), name=name)
    data = path.read_bytes()
    if data[:4] == b"PK\x03\x04":
        return _docx(path, name)
    if data[:5] == b"%PDF-" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused(
            N_("{name} cannot be read as text"),
            name=name,
            hint=Said(N_("save it as docx or as plain text first")),
        )
    return _decoded(data)


def _decoded(data: bytes) -> str:
    """UTF-8, or what Chinese editors wrote before it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030", "big5"):
        try:
            return data.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _docx(path: Path, name: str) -> str:
    """One line for each paragraph, those in tables too; headings begin with #."""
    try:
        with zipfile.ZipFile(path) as packed:
            about = packed.getinfo("word/document.xml")
            if about.file_size > LARGEST:
                raise Refused(N_("{name} is larger than any plan"), name=name)
            data = packed.read(about)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise Refused(N_("{name} is no Word file"), name=name)
        body = ET.fromstring(data)  # noqa: S314 - no entities: a file that declares any is refused
    except (KeyError, zipfile.BadZipFile, ET.ParseError):
        raise Refused(N_("{name} is no Word file"), name=name) from None
    return "\n".join(_paragraph(each) for each in body.iter(f"{_W}p"))


def _paragraph(paragraph: ET.Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = "" if style is None else style.get(f"{_W}val", "")
    heading = name.lower().startswith("heading") or name.startswith("标题")
    return ("# " if heading else "") + "".join(_runs(paragraph))


def _runs(element: ET.Element) -> Iterator[str]:
    """Text in force: what a reviser deleted is skipped, nested paragraphs come on their own."""
    for each in element:
        if each.tag == f"{_W}t":
            yield each.text or ""
        elif each.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            yield " "
        elif each.tag not in (f"{_W}del", f"{_W}p", f"{_W}pPr", f"{_W}moveFrom"):
            yield from _runs(each)
