"""A table as XLSX or CSV. What the record says stays text: no cell is ever a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 32_000
"""Signs that a cell of a worksheet holds; a longer text ends with a dot for what is cut."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Signs at which a spreadsheet begins to calculate, also full width."""
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed mark in the file, no time of anything

Value = str | dt.datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """Heads, their widths in signs of half width, and the cells below; times are aware."""

    title: str
    heads: Sequence[str]
    widths: Sequence[int]
    lines: Sequence[Sequence[Value]]


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
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, dt.datetime) else value or ""


def _guarded(text: str) -> str:
    calculates = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if calculates else text


def as_xlsx(table: Table) -> bytes:
    """A worksheet with strings typed as text, real times, a filter, a head that stays, and
    its titles on every printed page. The same table gives the same bytes."""
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
    book.set_properties({"title": table.title, "created": _MADE})
    sheet = book.add_worksheet(_sheet_name(table.title))
    plain = {"valign": "top", "text_wrap": True, "border": 1}
    head = book.add_format({**plain, "bold": True, "bg_color": "#DDDDDD"})
    text = book.add_format(plain)
    time = book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"})
    for column, (name, width) in enumerate(zip(table.heads, table.widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row, line in enumerate(table.lines, 1):
        for column, value in enumerate(line):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(row, column, value.replace(tzinfo=None), time)
            else:
                kept = value or ""
                shown = kept if len(kept) <= MOST else kept[:MOST] + "…"
                sheet.write_string(row, column, shown, text)
    sheet.freeze_panes(1, 2)
    if table.heads:
        sheet.autofilter(0, 0, len(table.lines), len(table.heads) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: a ledger is wide
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    book.close()
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """31 signs, none of those that a worksheet's name may not have."""
    return "".join("-" if sign in "[]:*?/\\'" else sign for sign in title)[:31] or "1"
