"""Where a paper is written: under which name, over what, and where not."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from yuqing.cli.context import Session
from yuqing.cli.wish import Wish
from yuqing.errors import Refused, Said
from yuqing.words import N_


def named(wish: Wish, doc: Any, form: str) -> Wish:
    """In a folder, the name that an office gives: 2026-11-25 输水管破裂 首报.docx."""
    output = wish.output
    if output is None or not output.is_dir():
        return wish
    marks = "".join(
        f"({word})" for word, holds in (("演练", doc.drill), ("草稿", doc.draft)) if holds
    )
    number = f" {doc.number}" if doc.role == "follow-up" and doc.number > 1 else ""
    unit = f" {doc.unit}" if doc.unit else ""
    name = f"{doc.now:%Y-%m-%d} {doc.title[:40]} {doc.document}{number}{unit}{marks}"
    safe = re.sub(
        r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+', " ", name
    )
    safe = " ".join(safe.split())
    while len(safe.encode()) > 200:  # a name has 255 bytes, also that of a copy
        safe = safe[:-1]
    return dataclasses.replace(wish, output=output / f"{safe.rstrip('. ')}.{form}")


def may_replace(wish: Wish, data: bytes, case: str) -> bool:
    """Is a file there that will be replaced? What a person changed in Word, or what is no
    document of this case, is not, without ``--force``."""
    path = wish.output
    if path is None or not path.exists():
        return False
    from yuqing.render.template import untouched

    try:
        old = path.read_bytes()
    except OSError:
        return True  # writing will say why
    if old == data:
        return False
    ours = untouched(old) if path.suffix.lower() == ".docx" else case.encode() in old
    if not ours and not wish.force:
        raise Refused(
            N_("{path} is there and was changed by hand, or is another document; nothing written"),
            hint=Said(N_("another name with -o; or --force, which replaces it")),
            path=str(path),
        )
    return True


def free(run: Session, output: Path) -> None:
    """Papers do not go where only case files and templates may lie."""
    ws = run.workspace
    target = output.resolve()
    for folder in (ws.cases, ws.templates):
        if target.is_relative_to(folder.resolve()):
            raise Refused(
                N_("{path} lies in {folder}/, where documents are not kept"),
                hint=Said(N_("write it elsewhere; it comes to the case with -f, once it is sent")),
                path=str(output),
                folder=folder.name,
            )
