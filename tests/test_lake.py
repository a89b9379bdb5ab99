"""``export`` and ``help lake``: flat tables, and many offices queried together with DuckDB."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nights import shipped
from workbench import Office, make_office

from yuqing import plan as plans
from yuqing.case import Case, Entry, effective
from yuqing.cli.lookoffice import HELP
from yuqing.clock import standings
from yuqing.span import Calendar
from yuqing.stats.figure import Figure
from yuqing.stats.figures import figures
from yuqing.stats.record import Record
from yuqing.stats.tables import TABLES, rows

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)


def page(language: str = "en") -> str:
    return (HELP / language / "lake.md").read_text("utf-8")


# --- the tables --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_tells_every_column_and_what_it_holds(language: str) -> None:
    """`help lake` is the description of the tables: same columns, same order, same types."""
    told: dict[str, list[tuple[str, str]]] = {}
    for part in re.split(r"^## ", page(language), flags=re.MULTILINE):
        columns = re.findall(r"^\| `(\w+)` \| (\w+) \|", part, re.MULTILINE)
        if columns:
            told[re.findall(r"`(\w+)`", part)[0]] = columns
    assert told == {name: list(columns.items()) for name, columns in TABLES.items()}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Four cases: one open with hostile words, one secret, one closed, one drill."""
    found = make_office(tmp_path_factory.mktemp("lake") / "office")
    found("new", "已了的事").ok()
    found("close", ".", "-b", "办完").ok()
    found("new", "=1+1 电话13800138000", "-s", "论坛").ok()
    found("new", "密字12号", "--secret", "-n", "密字12号").ok()
    found("new", "演练一次", "--drill").ok()
    return found


def exported(desk: Office, *words: str) -> list[dict[str, Any]]:
    out = desk("export", *words, "--format", "jsonl").ok().out
    return [json.loads(line) for line in out.splitlines()]


def test_every_case_is_a_row_under_its_office(desk: Office) -> None:
    """Closed ones too; drills marked and not counted; --open only what is not closed."""
    found = exported(desk)
    assert [list(each) for each in found] == [list(TABLES["cases"])] * 4
    assert {each["office_code"] for each in found} == {"YQ"}
    states = {each["title"]: (each["state"], each["counted"]) for each in found}
    assert states == {
        "=1+1 电话138****": ("open", True), "密字12号": ("open", True),
        "已了的事": ("closed", True), "演练一次": ("open", False),
    }  # fmt: skip
    assert len(exported(desk, "--open")) == 3
    assert exported(desk, "--to", "2020-01-01") == []


def test_a_secret_case_has_references_only(desk: Office) -> None:
    (secret,) = [each for each in exported(desk) if each["secrecy"] == "secret"]
    own = [each for each in exported(desk, "entries") if each["case_id"] == secret["case_id"]]
    assert {each["number"] for each in own} == {"密字12号"}
    assert all(not each["text"] and not each["because"] and not each["links"] for each in own)


def test_every_form_holds_the_same(desk: Office, tmp_path: Path) -> None:
    """JSON lines, JSON, CSV, XLSX and Parquet: same rows; a guard where a formula would begin."""
    openpyxl = pytest.importorskip("openpyxl")
    parquet = pytest.importorskip("pyarrow.parquet")
    for table in TABLES:
        lines = exported(desk, table)
        whole = desk("export", table, "--format", "json").ok().json
        assert (whole["kind"], whole["items"]) == ("export", lines)
        for ending in ("csv", "xlsx", "parquet"):
            desk("export", table, "-o", str(tmp_path / f"x.{ending}")).ok()
        cells = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8-sig"))))
        assert [list(each) for each in cells] == [list(TABLES[table])] * len(lines)
        for cell, line in zip(cells, lines, strict=True):
            said = {k: "" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
                    for k, v in line.items()}  # fmt: skip
            assert {k: v.removeprefix("'") for k, v in cell.items()} == said
        sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
        assert sheet.max_row == len(lines) + 1
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        kept = parquet.read_table(tmp_path / "x.parquet")
        for row, line in zip(kept.to_pylist(), lines, strict=True):
            assert {k: v.isoformat(timespec="minutes") if isinstance(v, dt.datetime) else v
                    for k, v in row.items()} == line  # fmt: skip
        types = {str(field.type) for field in kept.schema}
        assert types <= {"string", "timestamp[ms, tz=Asia/Shanghai]", "bool", "int64"}


def test_without_its_library_parquet_names_the_line_to_type(
    desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = desk("export", "-o", str(tmp_path / "x.parquet")).ok(8)
    assert ran.err.splitlines() == [
        "writing Parquet needs the library pyarrow", "pip install 'yuqing[lake]'",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_exported_is_told(desk: Office) -> None:
    assert "there are json, jsonl, csv, xlsx, parquet, ics" in desk("export").ok(2).err
    assert "parquet needs a file" in desk("export", "--format", "parquet").ok(2).err
    assert "there is no table case" in desk("export", "case", "--format", "csv").ok(5).err
    assert "a calendar holds limits" in desk("export", "cases", "--format", "ics").ok(2).err


# --- two hundred offices -----------------------------------------------------------------

PLAN = shipped("zhd@1")


def _cases(office: plans.Office, chance: random.Random) -> Iterator[Record]:
    """What a small office may have in a year: answered or not, in time or not, closed or not."""
    for number in range(chance.randint(0, 9)):
        found = dt.datetime(2026, 1, 1, tzinfo=ZONE) + dt.timedelta(
            minutes=chance.randrange(460_000)
        )
        log = [Entry(kind="discovered", at=found, source=chance.choice(["热线", "论坛"]))]
        grades = {"level": chance.choice(["ordinary", "major"])}
        log.append(Entry(kind="graded", at=found, grades=grades, because="x"))
        later = found
        for kind, fields in (
            ("published", {"signed_as": "office", "text": "通报"}),
            ("replied", {"signed_as": "office", "text": "答复", "to": ("asker",)}),
            ("noted", {"facts": {"satisfied": chance.random() < 0.7}}),
            ("concluded", {}),
            ("closed", {}),
        ):
            later += dt.timedelta(minutes=chance.randrange(400))
            if chance.random() < 0.7:
                log.append(Entry(kind=kind, at=later, **fields))  # type: ignore[arg-type]
        if chance.random() < 0.1:
            other = f"{office.code}-20260101-0000"
            log.append(Entry(kind="linked", at=later, case=other, relation="duplicate-of"))
        stamped = tuple(
            replace(each, id=f"a{place:05}", recorded=each.at, place=place, by="值班室")
            for place, each in enumerate(log)
        )
        drill = chance.random() < 0.1
        case = Case(
            id=f"{office.code}-20260101-{number + 1:04}", title="停水", log=stamped, drill=drill
        )
        clocks = standings(case, (PLAN,), Calendar(), NOW)
        yield Record(case, effective(case), (PLAN,), clocks)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Figure]]]:
    """The exports of 200 offices in one folder, and what `stats` says of each."""
    pytest.importorskip("pyarrow")
    from yuqing.render.flat import parquet

    root = tmp_path_factory.mktemp("county")
    said: dict[str, dict[str, Figure]] = {}
    chance = random.Random(20261125)
    for table in ("cases", "clocks"):
        (root / "lake" / table).mkdir(parents=True)
    for number in range(200):
        office = plans.Office(name=f"第{number}镇", code=f"T{number:03}", post="值班室")
        records = list(_cases(office, chance))
        said[office.code] = {each.id: each for each in figures(records, office)}
        for table in ("cases", "clocks"):
            path = root / "lake" / table / f"{office.code}.parquet"
            parquet(rows(table, records, office, zone=ZONE), TABLES[table], path, "Asia/Shanghai")
    return root, said


def queries(language: str) -> list[str]:
    return re.findall(r"```sql\n(.*?)```", page(language), re.DOTALL)


def test_the_queries_of_the_page_agree_with_stats(
    county: tuple[Path, dict[str, dict[str, Figure]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Received, replied, dealt with, satisfied, median, in time: office by office as `stats` has
    them. The SQL runs as it is printed, beside the folder `lake`."""
    duckdb = pytest.importorskip("duckdb")
    root, said = county
    monkeypatch.chdir(root)
    base = duckdb.connect()
    views, came, due, allowed = queries("en")
    assert queries("zh_CN") == queries("en")
    base.execute(views)

    def answer(query: str) -> dict[str, dict[str, Any]]:
        found = base.execute(query)
        names = [each[0] for each in found.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}

    counts, clocks = answer(came), answer(due)
    assert len(counts) > 150
    for code, figure in said.items():
        got = counts.get(code)
        if got is None:
            assert not figure["received"].marks
            continue
        assert got["received"] == len(figure["received"].marks)
        assert (got["replied"], got["owed_a_reply"]) == shares(figure["replied"])
        assert got["dealt_with"] == len(figure["concluded"].marks)
        assert (got["satisfied"], got["asked"]) == shares(figure["satisfied"])
        lengths = figure["time.concluded"].lengths
        median = lengths and pytest.approx(lengths.median.total_seconds() / 60)
        assert got["median_minutes"] == median
        kept = clocks.get(code, {"in_time": 0, "fallen_due": 0, "not_recorded": 0})
        assert (kept["in_time"], kept["fallen_due"]) == shares(figure["on-time"])
        assert kept["not_recorded"] == len(figure["not-recorded"].marks)
    assert sum(each["fallen_due"] for each in clocks.values()) > 100
    assert base.execute(allowed).fetchall()


def shares(figure: Figure) -> tuple[int, int]:
    return len(figure.marks), len(figure.base or ())
