"""Papers of a case: copied into ``cases/files/ID/``, digested, never overwritten."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from yuqing import words
from yuqing.case import Case, File
from yuqing.errors import Refused
from yuqing.store import files
from yuqing.store.workspace import Workspace
from yuqing.words import N_

LARGE = 20 * 1024 * 1024
"""Bytes from which a paper stays where it is, by its digest: git keeps every byte for ever."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One paper to go with an entry. ``file`` stands in the entry; ``data`` is ``None`` if the
    paper stays where it lies (large, or the office keeps papers outside git)."""

    source: Path
    file: File
    data: bytes | None = None


def attachments(
    ws: Workspace, case_id: str | None, sources: Sequence[Path]
) -> tuple[Attachment, ...]:
    """Decide names and digests; nothing is copied yet.

    ``case_id``: ``None`` for a case that is about to be opened. A paper that already lies there
    under its name is the same paper; another one of that name gets ``-2`` before the extension.
    Raises ``Refused`` if a source is no file.
    """
    folder = ws.cases / "files" / case_id if case_id else None
    taken: dict[str, str] = {}
    if folder is not None and folder.is_dir():
        for path in folder.iterdir():
            if path.is_file():
                # Names that differ only in case or composition are one name on some disks.
                taken[_folded(path.name)] = files.sha256(path.read_bytes())
    return tuple(_attachment(ws, source, taken) for source in sources)


def _attachment(ws: Workspace, source: Path, taken: dict[str, str]) -> Attachment:
    if not source.is_file():
        raise Refused(N_("there is no file {path}"), path=str(source))
    try:
        large = source.stat().st_size > LARGE
        digest = files.digest_of(source)
        if large or ws.office.attachments == "outside":
            return Attachment(source, File(kept=str(source), sha256=digest))
        data = source.read_bytes()
    except OSError as fault:
        reason = words.reason(fault)
        raise Refused(
            N_("{path} cannot be read: {reason}"), path=str(source), reason=reason
        ) from None
    name, number = source.name, 1
    while taken.get(_folded(name), digest) != digest:
        number += 1
        name = f"{source.stem}-{number}{source.suffix}"
    taken[_folded(name)] = digest
    return Attachment(source, File(path=name, sha256=digest), data)


def digests(ws: Workspace, case: Case) -> dict[str, str | None]:
    """Digest of what lies under each path that the log names; ``None`` if nothing does."""
    folder = ws.cases / "files" / case.id
    found: dict[str, str | None] = {}
    for name in {f.path for entry in case.log for f in entry.files if f.path}:
        path = folder / name
        try:
            inside = path.resolve().is_relative_to(folder.resolve())
            found[name] = files.digest_of(path) if inside and path.is_file() else None
        except OSError:
            found[name] = None
    return found


# --- words in papers -------------------------------------------------------------------

_TEXTS = (".md", ".markdown", ".txt")
READABLE = (*_TEXTS, ".docx")
"""Endings of papers whose words can be looked into."""
_MOST = 5 * 1024 * 1024
"""Bytes of a paper that is still looked into: longer ones are no text that a person wrote."""


def texts(ws: Workspace, case_id: str) -> dict[str, tuple[str, ...]]:
    """Rows of every text paper in the case's folder, by its name there. What cannot be read as
    text is left out: a picture says nothing here."""
    folder = ws.cases / "files" / case_id
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in READABLE or path.is_symlink() or not path.is_file():
            continue
        try:
            rows = rows_of(name, path.read_bytes()) if path.stat().st_size <= _MOST else None
        except OSError:
            rows = None
        if rows is not None:
            found[name] = rows
    return found


def rows_of(name: str, data: bytes) -> tuple[str, ...] | None:
    """The lines of a text, or the paragraphs of a Word document, headers and notes included;
    ``None`` if it is neither."""
    ending = PurePath(name).suffix.lower()
    if ending in _TEXTS:
        try:
            return tuple(data.decode("utf-8-sig").splitlines())
        except UnicodeDecodeError:
            return tuple(data.decode("gb18030", "replace").splitlines())
    return _paragraphs(data) if ending == ".docx" else None


def _paragraphs(data: bytes) -> tuple[str, ...] | None:
    import zipfile

    from docx import Document
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    try:
        parts = Document(io.BytesIO(data)).part.package.iter_parts()
        rows = []
        for part in sorted(parts, key=lambda each: str(each.partname)):
            if part.partname.startswith("/word/") and part.content_type.endswith("+xml"):
                rows += [
                    "".join(t.text or "" for t in paragraph.iter(qn("w:t")))
                    for paragraph in parse_xml(part.blob).iter(qn("w:p"))
                ]
    except (KeyError, ValueError, SyntaxError, OSError, zipfile.BadZipFile):
        return None  # no Word document, whatever its name says
    return tuple(rows)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def copy(
    ws: Workspace, case_id: str, papers: Sequence[Attachment], *, shared: bool
) -> tuple[dict[Path, bytes], list[Path]]:
    """Put the papers into the case's folder.

    Returns content by path, for committing, and which of them are new. Raises ``Busy`` if a name
    was taken meanwhile by something else.
    """
    contents: dict[Path, bytes] = {}
    made: list[Path] = []
    for paper in papers:
        if paper.data is None or paper.file.path is None:
            continue
        target = ws.cases / "files" / case_id / paper.file.path
        contents[target] = paper.data
        try:
            files.create(target, paper.data, shared=shared)
            made.append(target)
        except FileExistsError:
            if files.read(target, ws.name(target)) != paper.data:
                take_away(made)
                raise files.changed(ws.name(target)) from None
        except BaseException:
            take_away(made)
            raise
    files.crash_point("attached")
    return contents, made


def take_away(made: Sequence[Path]) -> None:
    """The entry came to nothing: its papers go again."""
    for path in made:
        path.unlink(missing_ok=True)
