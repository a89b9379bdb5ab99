"""Figures over many cases: each equals an independent count, and each names its cases."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from casebook import PLAN, PLAN_TEXT, plan_of
from workbench import Office as Desk
from workbench import surroundings

from yuqing.case import current, effective
from yuqing.clock import standings
from yuqing.plan import Office
from yuqing.read.case import read_case
from yuqing.span import Calendar
from yuqing.stats.figure import Figure, Lengths
from yuqing.stats.figures import figures, grouped
from yuqing.stats.record import Record, counted, within

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 12, 31, 12, 0, tzinfo=ZONE)
OFFICE = Office(name="柳塘镇值班室", post="值班室")
BEGIN = dt.datetime(2026, 1, 1, 8, 0, tzinfo=ZONE)
UNITS = ("自来水公司", "城管所", "水利站")


def _what_happened(number: int, chance: random.Random) -> dict[str, Any]:
    """One matter as plain answers, from which both the file and the expected count are made."""
    return {
        "id": f"YQ-2026{1 + number % 12:02d}01-{number:04d}".replace("I", "1"),
        "at": BEGIN + dt.timedelta(days=number % 360, minutes=chance.randrange(600)),
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
        "activated": chance.random() < 0.2,
        "promised": chance.choice([None, None, 3, 20]),
        "kept": chance.choice([True, False]),
        "board": chance.random() < 0.1,
        "asked_to_correct": chance.choice([None, None, "answered", "silent"]),
        "met": chance.choice([0, 0, 1, 2]),
        "digest": chance.choice([None, None, "own", "shared"]),
        "found": chance.choice([None] * 8 + ["谎报", "瞒报", "遲報"]),
    }


def _file(it: dict[str, Any]) -> str:
    """The case file of one matter, as a person could write it."""
    begin: dt.datetime = it["at"]
    lines: list[tuple[int, int, dict[str, Any]]] = []

    def put(minutes: int, later: int = 0, **fields: Any) -> None:
        lines.append((minutes + later, len(lines), {"minutes": minutes, "later": later, **fields}))

    if it["handed"]:
        put(0, kind="received", from_="12345热线")
    source = "地方领导留言板" if it["board"] else it["source"]
    put(0, kind="discovered", **({"source": source} if source else {}))
    if it["duplicate"]:
        put(1, kind="linked", case="YQ-20260101-ZZZZ", relation="duplicate-of")
    if it["unit"]:
        put(1, kind="assigned", to=it["unit"], text="承办")
    if it["level"]:
        put(2, kind="graded", grades=f"{{level: {it['level']}}}", because="研判")
    if it["told"] is not None:
        put(
            it["told"],
            100 if it["late_note"] else 0,
            kind="reported",
            to="lead-group",
            form="phone",
        )
    if it["replied"] is not None:
        put(it["replied"], kind="replied", to="asker", signed_as="柳塘镇", text="已办")
    if it["satisfied"] is not None:
        said = str(it["satisfied"]).lower()
        put(700, kind="noted", facts=f"{{satisfied: {said}}}")
    if it["corrected"]:
        put(800, kind="published", signed_as="柳塘镇", text="通报")
        put(
            900,
            kind="published",
            signed_as="柳塘镇",
            text="更正",
            corrects=f"k{len(lines) - 1:05d}",
        )
    if it["instruction"]:
        put(1000, kind="received", from_="市里", document="批示", text="请核实")
        if it["instruction"] == "done":
            put(1100, kind="done", closes=f"k{len(lines) - 1:05d}")
    if it["adopted"]:
        put(
            1200,
            kind="decided",
            by="lead-group",
            matter="采纳建议",
            outcome=it["adopted"],
            because="可行",
        )
    if it["activated"]:
        put(3, kind="activated")
    if it["promised"] is not None:
        day = (begin + dt.timedelta(days=it["promised"])).date()
        put(1300, kind="replied", to="asker", signed_as="柳塘镇", text="先答复", due=f"{day}")
        promise = f"k{len(lines) - 1:05d}"
        put(
            4000,
            kind="replied",
            to="asker",
            signed_as="柳塘镇",
            text="结果",
            **({"closes": promise} if it["kept"] else {}),
        )
    if it["asked_to_correct"]:
        put(
            1400,
            kind="requested",
            request="correction",
            to="某报社",
            text="第二段不实",
            because="附记录",
            clause="民法典1028",
            files="[{kept: 档案柜, number: 3}]",
        )
        asked = f"k{len(lines) - 1:05d}"
        if it["asked_to_correct"] == "answered":
            put(1500, kind="received", from_="某报社", re=asked, text="已更正")
    for number in range(it["met"]):
        put(1600 + number, kind="convened", with_="lead-group", text="会商")
    if it["digest"]:
        number = "摘报〔2026〕1" if it["digest"] == "shared" else f"摘报〔2026〕{it['id'][-4:]}"
        put(1700, kind="reported", to="cac", form="written", number=number)
    if it["found"]:
        put(
            1800,
            kind="decided",
            by="publicity",
            matter=it["found"],
            outcome="agreed",
            because="核查报告",
            clause="六",
        )
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


def _lengths(figure: Figure) -> Lengths:
    assert figure.lengths is not None
    return figure.lengths


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
    source = Counter(
        "地方领导留言板" if t["board"] else t["source"] or ("12345热线" if t["handed"] else "none")
        for t in real
    )
    for name, count in source.items():
        assert len(found[f"received.source.{name}"].marks) == count, name
    for unit, count in Counter(t["unit"] or "none" for t in real).items():
        assert len(found[f"received.unit.{unit}"].marks) == count, unit
    replied = sum(t["replied"] is not None or t["promised"] is not None for t in real)
    assert _ratio(found["replied"]) == (replied, replied)
    closed = [t["closed"] for t in real if t["closed"] is not None]
    assert _ratio(found["closed"]) == _ratio(found["concluded"]) == (len(closed), len(real))
    assert _lengths(found["time.concluded"]).median == dt.timedelta(minutes=median(closed))
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
    lengths = _lengths(found["taken.article.town 三"])
    assert lengths.median == dt.timedelta(minutes=median(taken))
    assert lengths.slowest.taken == dt.timedelta(minutes=200)


def test_on_time_per_unit_equals_an_independent_count() -> None:
    """On-time rate per unit: the post owes what names nobody; a statement is due in 5 hours at
    level I, and while nobody has graded."""
    told, records = _year()
    real = [t for t in told if not t["drill"] and not t["duplicate"]]
    severe = [t for t in real if t["level"] != "II"]
    found = {f.id: f for f in figures(records, OFFICE)}
    in_time = sum(t["told"] is not None and t["told"] <= 30 for t in real)
    promised = [t for t in real if t["promised"] is not None]
    kept = sum(t["kept"] for t in promised)
    broken = sum(not t["kept"] and _end(t) < NOW for t in promised)
    assert _ratio(found["replied-on-time"]) == (kept, kept + broken)
    whole = len(real) + len(severe) + kept + broken
    assert _ratio(found["on-time"]) == (in_time + kept, whole)
    assert _ratio(found["on-time.unit.值班室"]) == _ratio(found["on-time"])
    late = sum((t["told"] or 0) > 30 for t in real) + sum(t["corrected"] for t in severe)
    assert len(found["late"].marks) == late
    parts = ("on-time", "late", "not-recorded", "contradictory")
    assert sum(len(found[name].marks) for name in parts) == whole


def _end(it: dict[str, Any]) -> dt.datetime:
    """24:00 of the promised day."""
    day = (it["at"] + dt.timedelta(days=it["promised"] + 1)).date()
    return dt.datetime.combine(day, dt.time(0), ZONE)


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
    wanted = Counter(f"{t['at']:%Y-%m}" for t in told if not t["drill"] and not t["duplicate"])
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
    it = {
        **_what_happened(1, random.Random(1)),
        "satisfied": None,
        "drill": False,
        "duplicate": False,
    }
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


# --- the commands ----------------------------------------------------------------------


@pytest.fixture
def two(office: Desk) -> Desk:
    office(
        "new",
        "=SUM(A1) 停水三天",
        "-s",
        "软件监看",
        "-a",
        "01:52",
        "--drill",
        now="2026-03-02 02:09",
    ).ok()
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
    assert text.startswith("# 舆情工作统计\n\n值班室；截至2026-11-2")
    assert "| 问过的人中表示满意(满意率) | 1/1 (100%) | satisfied |" in text
    rows = text.partition("分月情况")[2].partition("##")[0].strip().splitlines()
    assert rows[0].startswith("| 月份 | 受理 |") or rows[0].startswith("| 月份 | 收到 |")
    assert rows[1] == "| --- | --- | --- | --- | --- | --- |"
    assert len(rows) == 3
    assert two("stats", "--period", "2026", "--from", "2026-01-01").code == 2
    two("stats", "--period", "2019", "-o", "空.md").ok()
    assert two("stats", "--by", "month", "-o", "月.md").code == 2


# --- who was late ----------------------------------------------------------------------


def test_late_is_computed_and_false_is_found_by_people(office: Desk) -> None:
    """Late and missed are computed from the record; 謊報 and 瞞報 appear only where somebody
    recorded the finding, with basis and organ. The program never writes them by itself."""
    office("new", "柳塘小区停水三天", "-s", "软件监看", "-a", "-3h", "-b", "夜间未登记").ok()
    office("grade", ".", "一级", "-b", "省级媒体已转载").ok()
    office("report", ".", "phone", "lead-group", "-a", "-2h").ok()
    said = office("--json", "stats", "--accountability").ok().json
    assert said["kind"] == "accountability"
    assert said["found"] == []
    words = office("--lang", "zh_CN", "stats", "--accountability").ok().out
    for accusing in ("谎报,", "漏报", "迟报"):
        assert accusing not in words
    assert "有无谎报、瞒报,记录不能说明。" in words
    missed = [each for each in said["items"] if each["done"] is None]
    assert missed
    assert all(each["units"] and each["late_minutes"] > 0 for each in missed)
    assert office("decide", ".", "谎报", "refused", "--by", "纪检监察组", "-b", "查无此事").ok()
    assert office("--json", "stats", "--accountability").ok().json["found"] == []
    office("decide", ".", "謊報", "agreed", "--by", "纪检监察组", "-b", "核查报告三号").ok()
    (found,) = office("--json", "stats", "--accountability").ok().json["found"]
    assert (found["kind"], found["organ"], found["basis"]) == (
        "false",
        "纪检监察组",
        ["核查报告三号"],
    )
    (item,) = office("--json", "stats", "--why", "found.false").ok().json["items"]
    assert item["count"] == 1


def test_routine_duties_are_counted_from_the_logbooks(office: Desk) -> None:
    """What monitoring found in a month: each routine duty, how often it fell due and was done."""
    file = office.root / "templates" / "office.yaml"
    file.write_text(re.sub("since: .*", 'since: "2029-10-01"', file.read_text("utf-8")), "utf-8")
    office("tick", "daily-search", "7个渠道无新增").ok()
    (book,) = (office.root / "cases" / "log").glob("LOG-*.yaml")
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d", "2029-10-01T10:00", book.read_text("utf-8"))
    text = re.sub(r"LOG-\d{4}-\d\d", "LOG-2029-10", text)
    book.with_name("LOG-2029-10.yaml").write_text(text, "utf-8")
    book.unlink()
    moment = "2029-12-31 12:00"
    said = office("--json", "stats", "--period", "2029-10", "--why", "routine-on-time", now=moment)
    (item,) = said.json["items"]
    assert (item["count"], item["of"]) == (1, 31)
    assert {each["case"] for each in item["not_counted"]} == {"LOG-2029-10"}
    office("--lang", "zh_CN", "stats", "--period", "2029-10", "-o", "月报.md", now=moment)
    month = (office.root / "月报.md").read_text("utf-8")
    assert "# 网络舆情月报\n" in month
    assert re.search(r"^\| 搜索.* \| 31 \| 1 \| 0 \| 30 \|$", month, re.MULTILINE), month


# --- an independent count, from the text of the files ------------------------------------

BOOK = f"""\
yuqing: 1
id: LOG-2026-03
title: 柳塘镇值班室
plans:
  - {{id: town, version: "2026-01", digest: {PLAN.digest}}}
log:
  - {{kind: convened, at: 2026-03-05T09:00+08:00, by: 值班室, with: lead-group, meeting: 网络舆情培训, recorded: 2026-03-05T10:00+08:00, id: m00001}}
  - {{kind: convened, at: 2026-03-06T09:00+08:00, by: 值班室, with: lead-group, meeting: 半年联席会议, recorded: 2026-03-06T10:00+08:00, id: m00002}}
  - {{kind: noted, at: 2026-03-07T09:00+08:00, by: 值班室, text: 桌面推演, tags: 演练, recorded: 2026-03-07T10:00+08:00, id: m00003}}
  - {{kind: noted, at: 2026-03-08T09:00+08:00, by: 值班室, text: 商定, tags: 演练方案, recorded: 2026-03-08T10:00+08:00, id: m00004}}
"""


def _raw(texts: Sequence[str]) -> dict[str, tuple[int, int] | int]:
    """Figures of a year by nothing but the letters of the files and the four articles of the
    plan: tell the group by telephone within 30 minutes; at level I, or while nobody has graded,
    publish within 5 hours; a promised day ends at 24:00; the rest has no figure."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="base", pure=True)  # every word as it is written
    of: dict[str, list[bool]] = {}
    count: Counter[str] = Counter()
    numbers: set[str] = set()
    for text in texts:
        case = yaml.load(text)
        log = case["log"]
        if case.get("drill"):
            count["drills"] += 1
            continue
        if any(e.get("relation") == "duplicate-of" for e in log):
            continue

        def when(entry: dict[str, Any], name: str = "at") -> dt.datetime:
            return dt.datetime.fromisoformat(str(entry[name]))

        def all_(kind: str) -> list[dict[str, Any]]:
            return [e for e in log if e["kind"] == kind]  # noqa: B023 - used in this turn only

        def put(name: str, counted: bool) -> None:
            of.setdefault(name, []).append(counted)

        (found,) = all_("discovered")
        count["received"] += 1
        handed = [e for e in all_("received") if e.get("from") and when(e) <= when(found)]
        put("found-ourselves", not handed)
        put("activated", bool(all_("activated")))
        source = found.get("source") or (handed[0]["from"] if handed else "none")
        count[f"received.source.{source}"] += 1
        levels = [e["grades"]["level"] for e in all_("graded")]
        level = {"I": "一级(重大)", "II": "二级(一般)"}[levels[-1]] if levels else "none"
        count[f"received.level.{level}"] += 1
        count["received.category.none"] += 1
        units = [e["to"] for e in all_("assigned")]
        count[f"received.unit.{units[0] if units else 'none'}"] += 1
        replies = all_("replied")
        if replies:
            put("replied", True)
        if "留言板" in source:
            put("leaders-board", bool(replies))
        ends = [e for e in log if e["kind"] in ("concluded", "closed")]
        put("concluded", bool(ends))
        put("closed", bool(all_("closed")))
        asked = [
            e["facts"]["satisfied"] for e in all_("noted") if "satisfied" in e.get("facts", {})
        ]
        if asked:
            put("satisfied", asked[-1] == "true")
        # clocks
        calls = [e for e in all_("reported") if e["to"] == "lead-group" and e["form"] == "phone"]
        limits = [(when(found) + dt.timedelta(minutes=30), calls[0] if calls else None)]
        if not levels or levels[-1] == "I":
            said = all_("published")
            limits.append((when(found) + dt.timedelta(hours=5), said[0] if said else None))
        for promise in (e for e in replies if e.get("due")):
            day = dt.date.fromisoformat(str(promise["due"])) + dt.timedelta(days=1)
            end = dt.datetime.combine(day, dt.time(0), ZONE)
            done = [e for e in replies if e.get("closes") == promise["id"]]
            if done or end < NOW:
                limits.append((end, done[0] if done else None))
                put("replied-on-time", bool(done) and when(done[0]) <= end)
        for limit, act in limits:
            put("on-time", act is not None and when(act) <= limit)
            put("late", act is not None and when(act) > limit)
            put("not-recorded", act is None)
            put("overdue", act is None)
            put(
                "entered-afterwards", act is not None and when(act) <= limit < when(act, "recorded")
            )
        # acts
        for told in (e for e in all_("received") if e.get("document") == "批示"):
            put("instructions-done", any(e.get("closes") == told["id"] for e in log))
        for each in (e for e in all_("decided") if "采纳" in e["matter"]):
            put("suggestions-adopted", each["outcome"] == "agreed")
        for each in all_("requested"):
            put("correction-requests", any(e.get("re") == each["id"] for e in all_("received")))
        count["own-corrections"] += sum("corrects" in e for e in log)
        count["meetings"] += len(all_("convened"))
        numbers |= {e["number"] for e in all_("reported") if "摘报" in e.get("number", "")}
        for each in all_("decided"):
            kind = {"谎报": "false", "瞒报": "concealed", "遲報": "late"}.get(each["matter"])
            if kind:
                count[f"found.{kind}"] += 1
    book = yaml.load(BOOK)["log"]
    meetings = [e["meeting"] for e in book if e["kind"] == "convened"]
    count["trainings"] = sum("培训" in each for each in meetings)
    count["meetings"] += sum("培训" not in each for each in meetings)
    count["drills"] += sum(e.get("tags") == "演练" for e in book)
    count["digests"] = len(numbers)
    shares = {name: (sum(each), len(each)) for name, each in of.items()}
    return {**count, **shares}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office whose folder holds the 300 files, most of them filed."""
    root = tmp_path_factory.mktemp("year")
    (root / "town@2026-01.yaml").write_text(PLAN_TEXT, "utf-8")
    office = Desk(root / "office")
    office.root.mkdir()
    with surroundings():
        office("init", str(office.root), "--plan", str(root / "town@2026-01.yaml")).ok()
    filed = office.root / "cases" / "closed" / "2026"
    filed.mkdir(parents=True)
    for each in _year()[0]:
        folder = filed if each["closed"] else office.root / "cases"
        (folder / f"{each['id']}.yaml").write_text(_file(each), "utf-8")
    log = office.root / "cases" / "log"
    log.mkdir(exist_ok=True)
    (log / "LOG-2026-03.yaml").write_text(BOOK, "utf-8")
    return office


@pytest.mark.process
def test_the_yearly_summary_equals_a_count_of_the_letters(year: Desk) -> None:
    """The yearly summary of 300 generated cases equals an independent count: every figure but
    those of lengths, from the raw text of the files alone."""
    said = year("--json", "stats", "--period", "2026", now="2026-12-31T12:00+08:00").json
    expected = _raw([_file(each) for each in _year()[0]])
    told = {
        each["figure"]: each["count"] if each["of"] is None else (each["count"], each["of"])
        for each in said["items"]
        if not each["figure"].startswith(("on-time.", "taken.", "time.", "routine"))
    }
    received = expected["received"]
    assert isinstance(received, int)
    whole = {
        name: (number, received) if name.startswith("received.") else number
        for name, number in expected.items()
    }
    silent = {name for name in told if name not in whole}
    assert {told[name] for name in silent} <= {0, (0, 0), (0, told["on-time"][1])}, silent
    assert {name: told.get(name) for name in whole} == whole
    for each in said["items"]:
        assert len(each["counted"]) == each["count"], each["figure"]


@pytest.mark.process
def test_the_paper_says_what_the_figures_say(year: Desk, tmp_path: Path) -> None:
    """The yearly summary as a document: the same numbers, each with the word that traces it."""
    moment = "2026-12-31T12:00+08:00"
    said = year("--json", "stats", "--period", "2026", now=moment).json["items"]
    file = tmp_path / "年报.md"
    year("--lang", "zh_CN", "stats", "--period", "2026", "-o", str(file), now=moment).ok()
    text = file.read_text("utf-8")
    assert text.startswith("# 舆情工作年度统计\n")
    lines = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([\w.-]+) \|$", text, re.MULTILINE)
    traced = {id_: number for number, id_ in lines}
    for each in said:
        if "." in each["figure"] and not each["figure"].startswith(("time.", "found.")):
            continue
        number = traced[each["figure"]]
        if each["median_minutes"] is not None:
            continue
        if each["of"] is None:
            assert number == str(each["count"])
        else:
            assert number.startswith(f"{each['count']}/{each['of']}"), each["figure"]
