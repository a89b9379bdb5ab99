"""Flat tables as JSON, JSON lines, CSV, XLSX and Parquet, with the same columns in each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from yuqing.errors import Said, Unusable
from yuqing.render.table import Table, as_csv, as_xlsx
from yuqing.words import N_

Row = Mapping[str, str | dt.datetime | bool | int | None]
BATCH = 5000
"""Rows that lie in memory at a time while Parquet is written."""
_WIDTHS = {"text": 24, "time": 17, "flag": 8, "count": 10}


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One object a line, times as ISO with their offset."""
    for row in rows:
        yield json.dumps(plain(row), ensure_ascii=False)


def plain(row: Row) -> dict[str, str | bool | int | None]:
    """Times as text."""
    return {k: _iso(v) if isinstance(v, dt.datetime) else v for k, v in row.items()}


def csv(rows: Iterable[Row], columns: Mapping[str, str]) -> bytes:
    """UTF-8 with its mark; times as ISO; ``true`` and ``false``; no cell is a formula."""
    return as_csv(Table("", [*columns], [0] * len(columns), [[*map(_word, plain(row).values())]
                                                            for row in rows]))  # fmt: skip


def xlsx(rows: Iterable[Row], columns: Mapping[str, str], title: str) -> bytes:
    """A worksheet with times as times of the office's zone; no cell is a formula."""
    lines = [[_word(v) if isinstance(v, bool) else v for v in row.values()] for row in rows]
    widths = [_WIDTHS[sort] for sort in columns.values()]
    return as_xlsx(Table(title, [*columns], widths, lines, fixed=3))


def _word(value: str | bool | int | None) -> str | int | None:
    return str(value).lower() if isinstance(value, bool) else value


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes")


def parquet(rows: Iterable[Row], columns: Mapping[str, str], output: Path, zone: str) -> None:
    """Times with their zone, flags, whole numbers; written batch by batch beside the file, which
    it then replaces. Raises ``Unusable`` where the library is missing."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise Unusable(
            N_("writing Parquet needs the library pyarrow"),
            hint=Said("pip install 'yuqing[lake]'"),
        ) from None
    sorts = {"text": pa.string(), "time": pa.timestamp("ms", tz=zone), "flag": pa.bool_(),
             "count": pa.int64()}  # fmt: skip
    schema = pa.schema([(name, sorts[sort]) for name, sort in columns.items()])
    temp = output.with_name(f".{output.name}.tmp")
    try:
        with pq.ParquetWriter(temp, schema, compression="zstd") as writer:
            for batch in _batches(rows):
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
        temp.replace(output)
    finally:
        temp.unlink(missing_ok=True)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
