"""Tables as XLSX or CSV. What the record says stays text: no cell is ever a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

MOST = 32_000
"""Signs that a cell of a worksheet holds; a longer text ends with a dot for what is cut."""
LEGIBLE = 250
"""Signs of half width that an A3 page holds side by side and can still be read."""
TALLEST = 300.0
"""Points that a row of a worksheet is high at most: 20 lines."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Signs at which a spreadsheet begins to calculate, also full width."""
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed mark in the file, no time of anything

Value = str | dt.datetime | int | float | None
"""Text, a time (aware), a count, a share (shown in per cent), or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart beside its table: column ``labels`` against columns ``values``, by number."""

    title: str
    kind: Literal["column", "bar"] = "column"
    labels: int = 0
    values: Sequence[int] = (1,)


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, their widths in signs of half width, and the cells below. ``wide``: printed on
    A3, lying; ``fixed``: how many columns stay in sight."""

    title: str
    heads: Sequence[str]
    widths: Sequence[int]
    lines: Sequence[Sequence[Value]]
    chart: Chart | None = None
    wide: bool = True
    fixed: int = 0


def as_csv(table: Table) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read Chinese; a cell that would be calculated
    gets an apostrophe in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_guarded(head) for head in table.heads])
    for line in table.lines:
        writer.writerow([_guarded(_text(value)) for value in line])
    return out.getvalue().encode("utf-8-sig")


def _text(value: Value) -> str:
    match value:
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case float():
            return f"{value:.1%}"
        case None:
            return ""
        case _:
            return str(value)


def _guarded(text: str) -> str:
    calculates = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if calculates else text


def as_xlsx(*tables: Table) -> bytes:
    """A worksheet for each table: strings typed as text, real times and numbers, a filter, a
    head that stays, and its titles on every printed page; what is wide is printed on several
    pages side by side. The same tables give the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm",
        },
    )
    book.set_properties({"title": tables[0].title, "created": _MADE})
    formats = _formats(book)
    for number, table in enumerate(tables, 1):
        _sheet(book, table, _sheet_name(table.title, number), formats)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "text_wrap": True, "border": 1}
    return {
        "head": book.add_format({**plain, "bold": True, "bg_color": "#DDDDDD"}),
        "text": book.add_format({**plain, "num_format": "@"}),
        "time": book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"}),
        "count": book.add_format({**plain, "num_format": "0"}),
        "share": book.add_format({**plain, "num_format": "0.0%"}),
    }


def _sheet(book: Any, table: Table, name: str, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    for column, (head, width) in enumerate(zip(table.heads, table.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats["head"])
    for row, line in enumerate(table.lines, 1):
        sheet.set_row(row, _height(line, table.widths))
        for column, value in enumerate(line):
            _cell(sheet, row, column, value, formats)
    sheet.freeze_panes(1, table.fixed)
    if table.heads:
        sheet.autofilter(0, 0, len(table.lines), len(table.heads) - 1)
    if table.chart is not None and table.lines:
        _chart(book, sheet, table, table.chart, name)
    sheet.repeat_rows(0)
    if table.fixed:
        sheet.repeat_columns(0, table.fixed - 1)
    sheet.set_landscape()
    sheet.set_paper(8 if table.wide else 9)  # A3 for what is wide, else A4
    sheet.fit_to_pages(max(1, round(sum(table.widths) / LEGIBLE)) if table.wide else 1, 0)
    sheet.set_footer("&C&P / &N")


def _cell(sheet: Any, row: int, column: int, value: Value, formats: dict[str, Any]) -> None:
    match value:
        case dt.datetime():
            sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
        case float():
            sheet.write_number(row, column, value, formats["share"])
        case int():
            sheet.write_number(row, column, value, formats["count"])
        case None:
            sheet.write_blank(row, column, None, formats["text"])
        case _:
            shown = value if len(value) <= MOST else value[:MOST] + "…"
            sheet.write_string(row, column, shown, formats["text"])


def _height(line: Sequence[Value], widths: Sequence[int]) -> float:
    """Points that the row takes, up to :data:`TALLEST`: a case with thousands of signs in one
    cell must not push all others off the page."""
    rows = 1
    for value, width in zip(line, widths, strict=True):
        if isinstance(value, str):
            pieces = value[: 60 * width].split("\n")
            rows = max(rows, sum(1 + _halves(piece) // max(width, 1) for piece in pieces))
    return min(rows * 16.5 + 1.5, TALLEST)


def _halves(text: str) -> int:
    """Its width in signs of half width."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)


def _chart(book: Any, sheet: Any, table: Table, wanted: Chart, name: str) -> None:
    """The program of the reader draws it from the cells, so it follows when they are changed."""
    last = len(table.lines)
    chart = book.add_chart({"type": wanted.kind})
    for column in wanted.values:
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, wanted.labels, last, wanted.labels],
                "values": [name, 1, column, last, column],
                "data_labels": {"value": True},
                "fill": {"color": "#6B6B6B"} if len(wanted.values) == 1 else {},
            }
        )
    chart.set_title({"name": wanted.title, "overlay": False})
    chart.set_legend({"none": True} if len(wanted.values) == 1 else {"position": "bottom"})
    if wanted.kind == "bar":
        chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 560, "height": max(260, 22 * last + 90)})
    sheet.insert_chart(1, len(table.heads) + 1, chart, {"description": wanted.title})


def _sheet_name(title: str, number: int) -> str:
    """31 signs, none of those that a worksheet's name may not have."""
    kept = "".join("-" if sign in "[]:*?/\\'" or sign < " " else sign for sign in title)
    return kept[:31].strip() or f"{number}"
