"""Old ledgers as they lie on the disk: worksheets and CSV, and the map of their columns."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yuqing.cli.ledgerheads import HEADS, Cell, Mapped, Sheet, blank
from yuqing.cli.understand import nearest
from yuqing.errors import NotFound, Problem, Refused, Said, Unreadable, Unusable
from yuqing.words import N_

MOST_ROWS = 100_000
MOST_COLUMNS = 200
GAP = 1000
"""So many empty rows in a row are the end: worksheets are formatted far below their last one."""


def read(path: Path, wanted: str | None) -> tuple[Sheet, tuple[Said, ...]]:
    """The table, and what a person should know of it. ``wanted``: name of the worksheet.

    Raises ``NotFound``, ``Refused`` for what is no table, ``Unusable`` where a library is
    missing.
    """
    if not path.is_file():
        raise NotFound(N_("there is no file {name}"), name=str(path))
    ending = path.suffix.lower()
    if ending in (".xlsx", ".xlsm"):
        return _worksheet(path, wanted)
    if ending in (".csv", ".txt", ".tsv"):
        if wanted is not None:
            raise Refused(N_("{file} is no workbook, it has no sheets"), file=path.name)
        return _csv(path)
    raise Refused(
        N_("{name} is no table that can be read; it must be .xlsx or .csv"),
        hint=Said(N_("an older workbook (.xls, .et, .ods) can be saved as .xlsx")),
        name=path.name,
    )


# --- workbooks -------------------------------------------------------------------------


def _worksheet(path: Path, wanted: str | None) -> tuple[Sheet, tuple[Said, ...]]:
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise Unusable(
            N_("reading a workbook needs the library openpyxl"),
            hint=Said(
                N_("{line}; or save the sheet as CSV"), {"line": "pip install 'yuqing[xlsx]'"}
            ),
        ) from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that it does not know
        try:
            book = load_workbook(path, read_only=True, data_only=True)  # values, never formulas
        except Exception as fault:  # noqa: BLE001 - whatever a broken archive makes it raise
            raise _no_workbook(path, fault) from None
        try:
            names = list(book.sheetnames)
            name = wanted or names[0]
            if name not in names:
                raise NotFound(
                    N_("there is no sheet {name} in {file}"),
                    hint=Said(N_("there are: {names}"), {"names": "、".join(names)}),
                    name=name,
                    file=path.name,
                )
            try:
                rows = _rows(book[name])
            except (Refused, NotFound):
                raise
            except Exception as fault:  # noqa: BLE001 - as above, found while reading on
                raise _no_workbook(path, fault) from None
        finally:
            book.close()
    others = [each for each in names if each != name]
    said = Said(
        N_("read: sheet {name}; not read: {names} (--sheet NAME)"),
        {"name": name, "names": "、".join(others)},
    )
    return Sheet(path.name, name, rows), (said,) if others else ()


def _no_workbook(path: Path, fault: Exception) -> Refused:
    return Refused(
        N_("{file} cannot be read as a workbook: {reason}"),
        hint=Said(N_("open it in a spreadsheet and save it anew as .xlsx, or as CSV")),
        file=path.name,
        reason=str(fault)[:200] or type(fault).__name__,
    )


def _rows(sheet: Any) -> list[tuple[int, tuple[Cell, ...]]]:
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    found: list[tuple[int, tuple[Cell, ...]]] = []
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
        empty = empty + 1 if blank(cells) else 0
        if empty > GAP:
            break
        if not empty:
            found.append((number, tuple(cells)))
        if len(found) > MOST_ROWS:
            raise _too_long()
    return found


def _too_long() -> Refused:
    return Refused(N_("more than {n} rows; divide the table"), n=MOST_ROWS)


# --- CSV -------------------------------------------------------------------------------


def _csv(path: Path) -> tuple[Sheet, tuple[Said, ...]]:
    text, said = _decoded(path)
    first = text.partition("\n")[0]
    mark = max(",\t;", key=first.count)
    found: list[tuple[int, tuple[Cell, ...]]] = []
    reader = csv.reader(io.StringIO(text.replace("\0", " "), newline=""), delimiter=mark)
    before = 0
    limit = csv.field_size_limit(1 << 30)
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not blank(cells):
                found.append((number, tuple(map(_unguarded, cells))))
            if len(found) > MOST_ROWS:
                raise _too_long()
    except csv.Error as fault:
        raise Refused(
            N_("{file}, line {line}: no table: {reason}"),
            file=path.name, line=before + 1, reason=str(fault),
        ) from None  # fmt: skip
    finally:
        csv.field_size_limit(limit)
    return Sheet(path.name, "", found), said


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from calculating (our own ledger has it)."""
    from yuqing.render.table import FORMULA

    return cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" ").startswith(FORMULA) else cell


def _decoded(path: Path) -> tuple[str, tuple[Said, ...]]:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise Refused(
            N_("{file} is neither UTF-8 nor GB18030"),
            hint=Said(N_("save it as CSV in UTF-8")),
            file=path.name,
        ) from None
    return text, (Said(N_("{file} is not UTF-8; it was read as GB18030"), {"file": path.name}),)


# --- the map ---------------------------------------------------------------------------


def read_map(path: Path | None) -> Mapped:
    """``columns: {field: head}``, ``values: {field: {written: meant}}``, ``date: FORM``.

    Raises ``NotFound``, or ``Unreadable`` with all that is wrong in it.
    """
    from yuqing.read.tree import parse

    if path is None:
        return Mapped()
    if not path.is_file():
        raise NotFound(N_("there is no file {name}"), name=str(path))
    tree, problems = parse(path.read_bytes(), path.name, as_text=True)
    if tree is None:
        raise Unreadable(problems)
    value = tree.value
    wrong: list[Problem] = []

    def refuse(key: str, *place: str, **params: object) -> None:
        line = tree.line(place)
        wrong.append(Problem(file=path.name, line=line, key=key, path=place, params=params))

    if not isinstance(value, Mapping):
        refuse(N_("a map has columns, values and date"))
        raise Unreadable(wrong)
    for name in value:
        if name not in ("columns", "values", "date"):
            refuse(N_("no field `{name}`; there are columns, values and date"), name, name=name)
    columns = value.get("columns", {})
    values = value.get("values", {})
    if not isinstance(columns, Mapping):
        refuse(N_("`{name}` is a map"), "columns", name="columns")
        columns = {}
    if not isinstance(values, Mapping) or not all(isinstance(v, Mapping) for v in values.values()):
        refuse(N_("`{name}` is a map"), "values", name="values")
        values = {}
    for part, names in (("columns", columns), ("values", values)):
        for name in names:
            if name not in HEADS:
                refuse(
                    N_("no field `{name}`; there are: {names}"),
                    part, name, name=name, names=nearest(name, [*HEADS], 8),
                )  # fmt: skip
    if wrong:
        raise Unreadable(wrong)
    return Mapped(
        {name: _many(heads) for name, heads in columns.items()}, values, _many(value.get("date"))
    )


def _many(value: object) -> tuple[str, ...]:
    return () if value is None else tuple(value) if isinstance(value, list) else (str(value),)
