"""Papers of a case: copied into ``cases/files/ID/``, digested, never overwritten."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
        reason = fault.strerror or str(fault)
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
