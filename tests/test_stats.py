"""Figures over many cases: each equals an independent count, and each names its cases."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile
from collections import Counter
from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from casebook import PLAN, plan_of
from workbench import Office as Desk

from yuqing.case import current, effective
from yuqing.clock import standings
from yuqing.plan import Office
from yuqing.read.case import read_case
from yuqing.render.table import Table, as_csv, as_xlsx
from yuqing.span import Calendar
from yuqing.stats import Figure, Record, counted, figures, grouped, within

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 12, 31, 12, 0, tzinfo=ZONE)
OFFICE = Office(name="柳塘镇值班室", post="值班室")
BEGIN = dt.datetime(2026, 1, 1, 8, 0, tzinfo=ZONE)
UNITS = ("自来水公司", "城管所", "水利站")


def _what_happened(number: int, chance: random.Random) -> dict[str, Any]:
    """One matter as plain answers, from which both the file and the expected count are made."""
    return {
        "id": f"YQ-2026{1 + number % 12:02d}01-{number:04d}".replace("I", "1"),
        "found": BEGIN + dt.timedelta(days=number % 360, minutes=chance.randrange(600)),
        "drill": chance.random() < 0.1,
        "duplicate": chance.random() < 0.05,
        "source": chance.choice(["软件监看", "12345热线", ""]),
        "handed": chance.random() < 0.3,
        "unit": chance.choice([*UNITS, ""]),
        "level": chance.choice(["I", "II", ""]),
        "told": chance.choice([5, 30, 31, 200, None]),
        "late_note": chance.random() < 0.3,
        "replied": chance.choice([60, 600, None]),
        "satisfied": chance.choice([True, False, None, None]),
        "corrected": chance.random() < 0.2,
        "closed": chance.choice([2000, 9000, None]),
        "instruction": chance.choice([None, "done", "open"]),
        "adopted": chance.choice([None, "agreed", "refused"]),
    }


def _file(it: dict[str, Any]) -> str:
    """The case file of one matter, as a person could write it."""
    begin: dt.datetime = it["found"]
    lines: list[tuple[int, int, dict[str, Any]]] = []

    def put(minutes: int, later: int = 0, **fields: Any) -> None:
        lines.append((minutes + later, len(lines), {"minutes": minutes, "later": later, **fields}))

    if it["handed"]:
        put(0, kind="received", from_="12345热线")
    put(0, kind="discovered", **({"source": it["source"]} if it["source"] else {}))
    if it["duplicate"]:
        put(1, kind="linked", case="YQ-20260101-ZZZZ", relation="duplicate-of")
    if it["unit"]:
        put(1, kind="assigned", to=it["unit"], text="承办")
    if it["level"]:
        put(2, kind="graded", grades=f"{{level: {it['level']}}}", because="研判")
    if it["told"] is not None:
        put(it["told"], 100 if it["late_note"] else 0, kind="reported", to="lead-group", form="phone")
    if it["replied"] is not None:
        put(it["replied"], kind="replied", to="asker", signed_as="柳塘镇", text="已办")
    if it["satisfied"] is not None:
        said = str(it["satisfied"]).lower()
        put(700, kind="noted", facts=f"{{satisfied: {said}}}")
    if it["corrected"]:
        put(800, kind="published", signed_as="柳塘镇", text="通报")
        put(900, kind="published", signed_as="柳塘镇", text="更正", corrects=f"k{len(lines) - 1:05d}")
    if it["instruction"]:
        put(1000, kind="received", from_="市里", document="批示", text="请核实")
        if it["instruction"] == "done":
            put(1100, kind="done", closes=f"k{len(lines) - 1:05d}")
    if it["adopted"]:
        put(1200, kind="decided", by="lead-group", matter="采纳建议", outcome=it["adopted"], because="可行")
    if it["closed"] is not None:
        put(it["closed"], kind="closed", because="办结")
    text = f"yuqing: 1\nid: {it['id']}\ntitle: 柳塘{it['id'][-4:]}\nplans:\n"
    text += f'  - {{id: town, version: "2026-01", digest: {PLAN.digest}}}\n'
    text += "drill: true\n" if it["drill"] else ""
    text += "log:\n"
    for _, place, fields in sorted(lines, key=lambda each: (each[0], each[1])):
        at = begin + dt.timedelta(minutes=fields.pop("minutes"))
        recorded = at + dt.timedelta(minutes=fields.pop("later"))
        text += f"  - kind: {fields.pop('kind')}\n    at: {at:%Y-%m-%dT%H:%M}+08:00\n"
        if "by" not in fields:
            fields["by"] = "值班室"
        text += "".join(f"    {name.rstrip('_')}: {value}\n" for name, value in fields.items())
        text += f"    recorded: {recorded:%Y-%m-%dT%H:%M}+08:00\n    id: k{place:05d}\n"
    return text


@cache
def _year() -> tuple[tuple[dict[str, Any], ...], tuple[Record, ...]]:
    chance = random.Random(300)
    told = tuple(_what_happened(number, chance) for number in range(300))
    return told, tuple(_record(_file(each), each["id"]) for each in told)


def _record(text: str, name: str) -> Record:
    case, problems = read_case(text.encode(), f"{name}.yaml", plan_of, {})
    assert case is not None, (text, [p.key for p in problems], [p.params for p in problems])
    case = current(case)
    return Record(case, effective(case), (PLAN,), standings(case, (PLAN,), Calendar(), NOW))


def _found(records: Sequence[Record], name: str) -> Figure:
    (figure,) = (f for f in figures(records, OFFICE) if f.id == name)
    return figure


def _ratio(figure: Figure) -> tuple[int, int]:
    assert figure.base is not None
    return len(figure.marks), len(figure.base)


def test_the_figures_of_300_cases_equal_an_independent_count() -> None:
    """The yearly summary of 300 generated cases equals an independent count."""
    told, records = _year()
    real = [t for t in told if not t["drill"] and not t["duplicate"]]
    assert 200 < len(real) < 300
    found = {f.id: f for f in figures(records, OFFICE)}
    assert {m.case for m in found["received"].marks} == {t["id"] for t in real}
    assert len(found["drills"].marks) == sum(t["drill"] for t in told)
    assert _ratio(found["found-ourselves"]) == (sum(not t["handed"] for t in real), len(real))
    level = Counter(t["level"] for t in real)
    assert [_ratio(found[f"received.level.{n}"])[0] for n in ("一级(重大)", "二级(一般)", "none")] == [
        level["I"], level["II"], level[""]
    ]  # fmt: skip
    source = Counter(t["source"] or ("12345热线" if t["handed"] else "none") for t in real)
    for name, count in source.items():
        assert len(found[f"received.source.{name}"].marks) == count, name
    for unit, count in Counter(t["unit"] or "none" for t in real).items():
        assert len(found[f"received.unit.{unit}"].marks) == count, unit
    replied = sum(t["replied"] is not None for t in real)
    assert _ratio(found["replied"]) == (replied, replied)
    closed = [t["closed"] for t in real if t["closed"] is not None]
    assert _ratio(found["closed"]) == _ratio(found["concluded"]) == (len(closed), len(real))
    assert found["time.concluded"].median == dt.timedelta(minutes=median(closed))
    asked = [t["satisfied"] for t in real if t["satisfied"] is not None]
    assert _ratio(found["satisfied"]) == (sum(asked), len(asked))
    assert len(found["own-corrections"].marks) == sum(t["corrected"] for t in real)
    told_by = [t["instruction"] for t in real if t["instruction"]]
    assert _ratio(found["instructions-done"]) == (told_by.count("done"), len(told_by))
    decided = [t["adopted"] for t in real if t["adopted"]]
    assert _ratio(found["suggestions-adopted"]) == (decided.count("agreed"), len(decided))


def test_on_time_per_article_equals_an_independent_count() -> None:
    """On-time rate per article: 30 minutes to tell the group, exactly at the limit is on time;
    written down afterwards is its own figure, and nothing recorded is never in time."""
    told, records = _year()
    real = [t for t in told if not t["drill"] and not t["duplicate"]]
    acts = [(t["told"], t["late_note"]) for t in real]
    found = {f.id: f for f in figures(records, OFFICE)}
    in_time = sum(told is not None and told <= 30 for told, _ in acts)
    assert _ratio(found["on-time.article.town 三"]) == (in_time, len(real))
    afterwards = sum(told is not None and told <= 30 and late for told, late in acts)
    here = [m for m in found["entered-afterwards"].marks if m.what == "tell"]
    assert len(here) == afterwards
    none = [m for m in found["not-recorded"].marks if m.what == "tell"]
    assert len(none) == sum(told is None for told, _ in acts)
    taken = sorted(told for told, _ in acts if told is not None)
    assert found["taken.article.town 三"].median == dt.timedelta(minutes=median(taken))
    assert found["taken.article.town 三"].slowest is not None
    assert found["taken.article.town 三"].slowest.taken == dt.timedelta(minutes=200)


def test_on_time_per_unit_equals_an_independent_count() -> None:
    """On-time rate per unit: the post owes what names nobody; a statement is due in 5 hours at
    level I, and while nobody has graded."""
    told, records = _year()
    real = [t for t in told if not t["drill"] and not t["duplicate"]]
    severe = [t for t in real if t["level"] != "II"]
    found = {f.id: f for f in figures(records, OFFICE)}
    in_time = sum(t["told"] is not None and t["told"] <= 30 for t in real)
    assert _ratio(found["on-time"]) == (in_time, len(real) + len(severe))
    assert _ratio(found["on-time.unit.值班室"]) == _ratio(found["on-time"])
    late = sum((t["told"] or 0) > 30 for t in real) + sum(t["corrected"] for t in severe)
    assert len(found["late"].marks) == late
    parts = ("on-time", "late", "not-recorded", "contradictory")
    assert sum(len(found[name].marks) for name in parts) == len(real) + len(severe)


def test_every_number_is_the_length_of_a_list_of_cases() -> None:
    """Every figure traceable: what is counted lies within what it is a share of."""
    _, records = _year()
    known = {r.case.id for r in records}
    for figure in figures(records, OFFICE):
        assert {m.case for m in figure.marks} <= known
        if figure.base is not None:
            assert set(figure.marks) <= set(figure.base), figure.id
            assert len(set(figure.base)) == len(figure.base), figure.id
            assert len(figure.rest) == len(figure.base) - len(figure.marks)


def test_months_add_up_to_the_year() -> None:
    """A case belongs to the month in which it came in, counted in the plan's zone."""
    told, records = _year()
    real = counted(records, demo=False)
    months = grouped(real, "month", OFFICE, ZONE)
    wanted = Counter(f"{t['found']:%Y-%m}" for t in told if not t["drill"] and not t["duplicate"])
    assert {name: len(group) for name, group in months.items()} == wanted
    march = within(real, dt.date(2026, 3, 1), dt.date(2026, 3, 31), ZONE)
    assert len(march) == wanted["2026-03"]


def test_drills_count_in_a_demonstration_office_only() -> None:
    """Drills left out of figures except in a demonstration office."""
    told, records = _year()
    shown = {f.id: f for f in figures(records, Office(demo=True))}
    assert len(shown["received"].marks) == sum(not t["duplicate"] for t in told)


def test_nobody_asked_is_not_satisfied() -> None:
    """Satisfaction is never defaulted to 100 %."""
    it = {**_what_happened(1, random.Random(1)), "satisfied": None, "drill": False, "duplicate": False}
    figure = _found([_record(_file(it), it["id"])], "satisfied")
    assert (_ratio(figure), figure.share) == ((0, 0), None)


def test_what_a_reply_says_of_itself_is_no_answer() -> None:
    """Satisfaction only from recorded answers: the office's own words are none."""
    it = {**_what_happened(1, random.Random(1)), "satisfied": None, "drill": False,
          "duplicate": False, "replied": 60}  # fmt: skip
    text = _file(it).replace("text: 已办", "text: 已办\n    facts: {satisfied: true}")
    assert "satisfied" in text
    assert _ratio(_found([_record(text, it["id"])], "satisfied")) == (0, 0)


def test_no_figure_counts_removals_or_comments_posted() -> None:
    """No figure counts removals or comments posted."""
    names = " ".join(f.id + f.name.key for f in figures(_year()[1], OFFICE))
    for word in ("delet", "remov", "comment", "删", "跟帖"):
        assert word not in names


# --- the table -------------------------------------------------------------------------

HOSTILE = ("=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1+1", " =1+1", "{{ x }}", "<b>&", "长" * 40_000)


def _table() -> Table:
    lines = [[text, dt.datetime(2026, 3, 2, 1, 52, tzinfo=ZONE)] for text in HOSTILE]
    return Table(title="台账", heads=["标题", "发现"], widths=[20, 17], lines=lines)


def test_no_cell_of_a_csv_is_a_formula() -> None:
    """Leading = + - @ TAB CR and full-width ＝ are guarded; Chinese opens in a spreadsheet."""
    data = as_csv(_table())
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))][1:]
    assert cells[:8] == [f"'{text}" for text in HOSTILE[:8]]
    assert cells[8] == "{{ x }}"


def test_no_cell_of_a_worksheet_is_a_formula() -> None:
    """Strings typed as text; frozen head, filter, print titles; the same data, the same bytes."""
    data = as_xlsx(_table())
    assert data == as_xlsx(_table())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        strings = parts.read("xl/sharedStrings.xml").decode()
        book = parts.read("xl/workbook.xml").decode()
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert "<f>" not in sheet
    assert "<autoFilter" in sheet
    assert 'state="frozen"' in sheet
    assert "_xlnm.Print_Titles" in book
    assert "=1+1" in strings


# --- the commands ----------------------------------------------------------------------


@pytest.fixture
def two(office: Desk) -> Desk:
    office("new", "=SUM(A1) 停水三天", "-s", "软件监看", "-a", "01:52", "--drill",
           now="2026-03-02 02:09").ok()
    office("new", "柳塘小区停水三天", "-s", "12345热线").ok()
    office("note", ".", "已问过", "satisfied=是").ok()
    return office


def test_a_figure_tells_its_cases(two: Desk) -> None:
    """`--why FIGURE` lists its cases; drills are counted apart."""
    (item,) = two("--json", "stats", "--why", "satisfied").ok().json["items"]
    assert (item["count"], item["of"]) == (1, 1)
    assert [each["title"] for each in item["counted"]] == ["柳塘小区停水三天"]
    (item,) = two("--json", "stats", "--why", "drills").ok().json["items"]
    assert [each["title"] for each in item["counted"]] == ["=SUM(A1) 停水三天"]
    assert "satisfied  " in two("stats").ok().out
    assert "软件监看" not in two("stats", "--by", "source").ok().out


def test_what_is_no_figure_is_refused_with_the_nearest(two: Desk) -> None:
    assert "satisfied" in two("stats", "--why", "satisfyed").ok(4).err
    assert "month" in two("stats", "--by", "mood").ok(5).err
    assert two("stats", "--from", "2026-03-02", "--to", "2026-03-01").code == 5


def test_the_ledger_is_written_twice_alike(two: Desk) -> None:
    """The same data give the same bytes; a file that is replaced is named as such."""
    moment = "2030-01-01 12:00"
    two("ledger", "-o", "台账.xlsx", now=moment).ok()
    first = (two.root / "台账.xlsx").read_bytes()
    again = two("ledger", "-o", "台账.xlsx", now=moment).ok()
    assert (two.root / "台账.xlsx").read_bytes() == first
    assert "in place of" in again.out
    two("--lang", "zh_CN", "ledger", "-o", "台账.csv").ok()
    text = (two.root / "台账.csv").read_text("utf-8-sig")
    assert "标题" in text.splitlines()[0]
    assert "'=SUM(A1)" in text
    assert two("ledger", "-o", "台账.pdf").code == 5
    assert two("ledger", "-o", "cases/台账.csv").code == 5


def test_a_year_is_summed_up_in_a_document(two: Desk) -> None:
    """The yearly summary, with the months; a title in it stays text."""
    two("--lang", "zh_CN", "stats", "-o", "年报.md").ok()
    text = (two.root / "年报.md").read_text("utf-8")
    assert text.startswith("# 统计年报\n")
    assert "| 问过的人中表示满意(满意率) | 1/1 (100%) |" in text
    rows = text.partition("分月情况")[2].strip().splitlines()
    assert rows[0].startswith("| 月份 | 受理 |") or rows[0].startswith("| 月份 | 收到 |")
    assert rows[1] == "| --- | --- | --- | --- | --- | --- |"
    assert len(rows) == 3
    assert two("stats", "--year", "2026", "--from", "2026-01-01").code == 2
    two("stats", "--year", "2019", "-o", "空.md").ok()
    assert two("stats", "--by", "month", "-o", "月.md").code == 2
