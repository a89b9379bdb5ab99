"""``yuqing drill``: an exercise is played by several posts and ends with a score sheet (TWN 六)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zipfile
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbench import CHECKOUT, Office, Run

from yuqing import store, words
from yuqing.case import Case, Entry, File
from yuqing.cli.drillscript import plus
from yuqing.cli.lookoffice import HELP
from yuqing.errors import Problem
from yuqing.exercise import Exercise
from yuqing.plan import Office as Settings
from yuqing.plan import Plan
from yuqing.read.exercise import offset, read_exercise
from yuqing.score import PARTS, Score, score
from yuqing.span import Calendar
from yuqing.words import say

ZONE = ZoneInfo("Asia/Shanghai")
BEGINS = dt.datetime(2026, 3, 5, 14, 0, tzinfo=ZONE)
SHIPPED = sorted((CHECKOUT / "templates" / "drills").glob("*.yaml"))
SCRIPT = """\
yuqing: 1
title: 停水传言演练
plan: sf
start: 2026-03-05T14:00+08:00
lasts: +6h
posts: [值班室, 领导组, 网信办, company, 供水公司]
injects:
  found:
    at: +0m
    to: 值班室
    kind: discovered
    text: 论坛有帖文称停水后水质不达标
    facts: {comments: 60}
    within: +10m
  repair:
    at: +20m
    to: 供水公司
    text: 抢修班组：预计18时恢复
  prompt:
    at: +1h
    to: 值班室
    from: 网信办
    text: 请尽快核实并公布
    due: +3h
    within: +20m
    points: 2
expect:
  call:
    does: 电话报告领导组
    done_by: {kind: reported, to: lead-group, form: phone}
    answers: found
    within: +15m
    points: 2
  answer:
    does: 书面答复网信办
    done_by: {kind: reported, to: cac, form: written}
    within: +3h
order: [call, facts, publish]
points: {publish: 3, verify: 1, follow-up: 0}
late: 40
"""


@cache
def plan_of(name: str) -> Plan | tuple[Problem, ...]:
    """A packaged plan by its id."""
    found = max(store.packaged().glob("plans/*@*.yaml"), key=lambda p: p.name.split("@")[0] == name)
    if found.name.split("@")[0] != name:
        return (
            Problem(
                file="d.yaml",
                key="there is no plan {plan}; at hand: {plans}",
                params={"plan": name, "plans": "sf"},
            ),
        )
    plan = store.read_plan_file(None, found)[0]
    assert plan is not None
    return plan


def sf() -> Plan:
    """Plan SF."""
    plan = plan_of("sf")
    assert isinstance(plan, Plan)
    return plan


def read(text: str) -> tuple[Exercise | None, list[str]]:
    """The script, and everything that is wrong with it as a reader sees it."""
    exercise, _, problems = read_exercise(text.encode(), "d.yaml", plan_of)
    return exercise, [f"{p.line}: {say(p.said, 'en')}" for p in problems]


# --- the script ------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_shipped_script_is_usable(path: Path) -> None:
    """Three invented drills travel along; each names posts that act and things to hope for."""
    exercise, problems = read(path.read_text("utf-8"))
    assert problems == []
    assert exercise is not None
    assert exercise.told[0].becomes == "discovered"
    assert exercise.expect
    assert exercise.order
    assert {each.to for each in exercise.told} <= set(exercise.posts)
    assert all(each.at < exercise.lasts for each in exercise.told)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_a_shipped_script_names_nobody(path: Path) -> None:
    """No number of a person, no real address: links end in .example."""
    text = path.read_text("utf-8")
    assert not re.search(r"\d{11}", text)
    assert all(host.endswith(".example") for host in re.findall(r"https?://([^/\"]+)", text))


def test_there_are_three() -> None:
    """A company, a school, a bureau."""
    assert len(SHIPPED) == 3


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_script_of_the_chapter_is_usable(language: str) -> None:
    """Whoever copies it from ``help drill`` can play it."""
    page = (HELP / language / "drill.md").read_text("utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    exercise, problems = read(block)
    assert problems == []
    assert exercise is not None
    assert exercise.points == {"publish": 3, "golden": 1}


def test_posts_are_organs_by_any_name() -> None:
    """网信办 is the plan's cac; 供水公司 is a post of the office and stays as it is."""
    exercise, _ = read(SCRIPT)
    assert exercise is not None
    assert exercise.posts == ("值班室", "lead-group", "cac", "company", "供水公司")
    assert exercise.injects["prompt"].from_ == "cac"
    assert exercise.injects["prompt"].becomes == "received"
    assert exercise.injects["repair"].becomes == "noted"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at: +20m", "at: 20", "16: a time from the start such as +15m or +1h30m is wanted here"),
        ("at: +20m", "at: +9h", "16: +9h lies behind the end of the drill"),
        ("to: 供水公司", "to: 环保局", "17: the post 环保局 does not take part; add it to `posts`"),
        ("to: 供水公司", "to: cacc", "17: no organ `cacc`; did you mean `cac`?"),
        ("comments: 60", "coments: 60", "13: no fact `coments`; did you mean `comments`?"),
        ("comments: 60", "comments: 多", "13: a whole number is wanted here"),
        ("answers: found", "answers: fund", "did you mean `found`?"),
        ("{kind: reported, to: cac", "{kind: report, to: cac", "did you mean `reported`?"),
        ("order: [call, facts", "order: [call, fact", "`fact` is neither a duty of the plan"),
        ("  answer:\n", "  facts:\n", "`facts` is a duty of the plan already; choose another id"),
        ("{publish: 3", "{publich: 3", "no duty `publich`; did you mean `publish`?"),
        ("{publish: 3", "{publish: -1", "a whole number from 0 is wanted here"),
        ("late: 40", "late: 140", "a whole number from 0 to 100 is wanted here"),
        ("late: 40", "lte: 40", "no field `lte` here; did you mean `late`?"),
        ("plan: sf\n", "", "`plan` is missing: which plan does the drill test?"),
        ("title: 停水传言演练\n", "", "`title` is missing; add it"),
        ("start: 2026-03-05T14:00+08:00", "start: 下午两点", "a start such as"),
        ("    from: 网信办\n", "", "who sent it? add `from`"),
        ("    kind: discovered\n", "    kind: published\n", "`published` is none of received"),
        ("    within: +20m\n    points: 2\n", "    points: 2\n", "add `within`"),
        ("yuqing: 1\n", "yuqing: 9\n", "format 9; this program reads up to 1"),
        ("    to: 供水公司\n", "    to: 供水公司\n    name: 张某\n", "no field `name` here"),
    ],
)
def test_a_slip_is_named_with_its_line(old: str, new: str, said: str) -> None:
    """Read as strictly as a plan: what, where, and the nearest thing there is."""
    assert old in SCRIPT
    exercise, problems = read(SCRIPT.replace(old, new, 1))
    assert exercise is None
    assert any(said in each for each in problems), problems


@pytest.mark.parametrize("junk", ["[]", "{}", '""', "", "1", "true", "{a: b}", "[a, b]", "~"])
def test_junk_anywhere_is_named_and_never_a_crash(junk: str) -> None:
    """Whatever stands behind a colon: a script, or sentences about what is wrong."""
    rows = SCRIPT.splitlines()
    for n, row in enumerate(rows):
        damaged = [*rows[:n], f"{row.partition(':')[0]}: {junk}", *rows[n + 1 :]]
        exercise, problems = read("\n".join(damaged) + "\n")
        assert (exercise is None) == bool(problems), damaged[n]


def test_every_slip_in_one_run() -> None:
    """One run names them all."""
    text = SCRIPT.replace("late: 40", "late: 140").replace("comments: 60", "coments: 60")
    assert len(read(text)[1]) == 2


@given(st.integers(0, 3 * 24 * 60))
def test_a_time_is_read_as_it_is_shown(minutes: int) -> None:
    """``+1h30m`` is what the program prints and what it reads."""
    length = dt.timedelta(minutes=minutes)
    assert offset(plus(length)) == length


def test_times_in_words() -> None:
    """As plans write spans, too."""
    assert offset("半小时") == dt.timedelta(minutes=30)
    assert offset("2 hours") == dt.timedelta(hours=2)
    assert offset("+1d") == dt.timedelta(days=1)
    assert offset("soon") is None
    assert offset("+") is None


def test_editors_know_scripts(run: Run) -> None:
    """``yuqing schema drill``: titles and descriptions in the person's language; it accepts the
    shipped scripts and refuses a wrong key."""
    import jsonschema
    from ruamel.yaml import YAML

    made = run("--lang", "zh_CN", "schema", "drill").ok().json
    assert made["properties"]["lasts"]["description"].startswith("历时")
    for path in SHIPPED:
        jsonschema.validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")), made)
    wrong = YAML(typ="safe", pure=True).load(SCRIPT.replace("late:", "lte:"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, made)


# --- the score, from a log alone --------------------------------------------------------


def entry(kind: str, at: str, by: str = "值班室", **more: object) -> Entry:
    """An entry of 5 March, written down when it happened."""
    moment = dt.datetime.fromisoformat(f"2026-03-05T{at}+08:00")
    return Entry(kind=kind, at=moment, recorded=moment, by=by, **more)  # type: ignore[arg-type]


def marked(*entries: Entry, text: str = SCRIPT, now: str = "20:00") -> Score:
    """The sheet of a drill in which ``found`` came in at 14:00 and then this happened."""
    exercise, problems = read(text)
    assert exercise is not None, problems
    first = entry("noted", "14:00", tags=("drill",), files=(File(path="d.yaml", sha256="0" * 64),))
    found = entry("discovered", "14:00", tags=("inject", "found"), facts={"comments": 60})
    log = tuple(
        dataclasses.replace(e, id=e.id or f"e{n:05}", place=n)
        for n, e in enumerate((first, found, *entries))
    )
    case = Case(id="YQ-20260305-AAAA", title="x", drill=True, log=log)
    until = dt.datetime.fromisoformat(f"2026-03-05T{now}+08:00")
    return score(exercise, case, (sf(),), Calendar(), until, Settings(), BEGINS)


def lines(found: Score, part: str) -> dict[str, tuple[str, int, Fraction]]:
    """Id → outcome, points, points had."""
    return {e.id: (e.outcome, e.points, e.got) for e in found.lines if e.part == part}


def test_nobody_did_anything() -> None:
    """What fell due and is not on record is *not recorded*; nothing is had."""
    found = marked()
    duties = lines(found, "duties")
    assert duties["publish"] == ("missing", 3, 0)
    assert duties["facts"] == ("missing", 1, 0)
    assert duties["verify"] == ("missing", 1, 0)  # no figure in the plan, but the script counts it
    assert duties["file-record"] == ("open", 0, 0)  # no figure, and the script says nothing
    assert duties["follow-up"][1] == 0
    assert lines(found, "expectations")["call"] == ("missing", 2, 0)
    assert lines(found, "coordination")["found"] == ("missing", 1, 0)
    assert found.sum()[0] == 0


def test_met_exactly_at_the_limit() -> None:
    """Fifteen minutes after 14:00 is 14:15, and 14:15 is on time."""
    on_time = marked(entry("reported", "14:15", to=("lead-group",), form="phone"))
    assert lines(on_time, "expectations")["call"] == ("met", 2, 2)
    late = marked(entry("reported", "14:16", to=("lead-group",), form="phone"))
    assert lines(late, "expectations")["call"] == ("late", 2, Fraction(4, 5))  # 40 per cent


def test_late_by_how_much() -> None:
    """The line says by how much, and how long it took."""
    found = marked(entry("reported", "14:26", to=("lead-group",), form="phone"))
    (line,) = (e for e in found.lines if e.id == "call")
    assert line.over == dt.timedelta(minutes=11)
    assert line.took == dt.timedelta(minutes=26)
    assert line.who == ("值班室",)


def test_a_duty_of_the_plan_is_late_by_the_plans_clock() -> None:
    """六(三): 5 hours from discovery, 19:00. At 19:30 it is late, whatever the script hopes for."""
    words_ = {"signed_as": "集团", "text": "水质合格"}
    found = marked(entry("published", "19:30", "company", **words_))
    assert lines(found, "duties")["publish"] == ("late", 3, Fraction(6, 5))


def test_what_is_written_down_after_the_end_does_not_count() -> None:
    """A drill that has ended is not improved afterwards."""
    late = entry("reported", "14:10", to=("lead-group",), form="phone")
    afterwards = dataclasses.replace(late, recorded=BEGINS + dt.timedelta(hours=7))
    assert lines(marked(afterwards), "expectations")["call"][0] == "missing"


def test_not_due_yet_is_not_missing() -> None:
    """While the drill goes on, what may still be done is in no sum."""
    found = marked(now="14:05")
    assert lines(found, "expectations")["call"] == ("pending", 0, 0)
    assert lines(found, "duties")["publish"] == ("pending", 0, 0)
    assert "prompt" not in lines(found, "coordination")  # nobody was told yet
    assert not found.ended


def test_coordination_is_from_the_inject_to_the_posts_own_act() -> None:
    """Another post's act is no answer; an act that names the inject goes before."""
    told = entry("received", "15:00", tags=("inject", "prompt"), id="qqqqq1", from_="cac")
    others = entry("noted", "15:05", "供水公司", text="在查")
    own = entry("noted", "15:12", text="已转供水公司")
    found = marked(told, others, own)
    (line,) = (e for e in found.lines if e.part == "coordination" and e.id == "prompt")
    assert (line.outcome, line.took) == ("met", dt.timedelta(minutes=12))
    named = dataclasses.replace(others, re=("qqqqq1",))
    (line,) = (
        e for e in marked(told, named, own).lines if e.part == "coordination" and e.id == "prompt"
    )
    assert line.took == dt.timedelta(minutes=5)


def test_the_drills_own_entries_are_nobodys_act() -> None:
    """That a post was told something else is not its answer."""
    told = entry("received", "15:00", tags=("inject", "prompt"), from_="cac")
    again = entry("noted", "15:02", tags=("inject", "found"))
    assert lines(marked(told, again), "coordination")["prompt"] == ("missing", 2, 0)


def test_time_runs_from_when_a_post_was_told() -> None:
    """The director told it a quarter of an hour late: that is not the post's lateness. What was
    never told is expected of nobody."""
    told = dataclasses.replace(
        entry("received", "15:00", tags=("inject", "prompt"), from_="cac"),
        recorded=BEGINS + dt.timedelta(hours=1, minutes=15),
    )
    found = marked(told, entry("noted", "15:33", text="已转供水公司"))
    (line,) = (e for e in found.lines if e.part == "coordination" and e.id == "prompt")
    assert (line.outcome, line.took) == ("met", dt.timedelta(minutes=18))
    assert lines(found, "coordination")["repair"] == ("untold", 0, 0)
    hoped = SCRIPT.replace("answers: found", "answers: repair")
    assert lines(marked(text=hoped), "expectations")["call"] == ("untold", 0, 0)


def test_procedure_asks_for_approval_first() -> None:
    """六(三): lead group and publicity before level I words go out; what lacks is said."""
    graded = entry("graded", "14:20", grades={"level": "I"}, because="x")
    out = entry("published", "17:00", "company", signed_as="集团", text="水质合格")
    (line,) = (e for e in marked(graded, out).lines if e.id.startswith("publish-I"))
    assert (line.outcome, line.points, line.got) == ("wrong", 1, 0)
    assert any("舆情处置领导组" in say(said, "zh_CN") for said in line.notes)
    agreed = [
        entry("decided", at, by, matter="publish-I", outcome="agreed", text="水质合格")
        for at, by in (("16:00", "lead-group"), ("16:30", "publicity"))
    ]
    (line,) = (e for e in marked(graded, *agreed, out).lines if e.id.startswith("publish-I"))
    assert (line.outcome, line.got) == ("met", 1)


def test_procedure_asks_for_the_order_of_steps() -> None:
    """``order``: each step before the next; what is not on record is not in order."""
    phone = entry("reported", "14:10", to=("lead-group",), form="phone")
    out = entry("published", "15:00", "company", signed_as="集团", text="水质合格")
    paper = entry("reported", "15:40", to=("lead-group",), form="written", document="basic-facts")
    found = lines(marked(phone, out, paper), "procedure")
    assert found["call facts"] == ("met", 1, 1)
    assert found["facts publish"] == ("wrong", 1, 0)
    assert lines(marked(out), "procedure")["facts publish"] == ("missing", 1, 0)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["phone", "paper", "out", "graded", "told"]), max_size=6))
def test_the_sum_is_the_sum_of_its_lines(acts: list[str]) -> None:
    """Whatever was done: 0 ≤ had ≤ points, and the parts add up to the whole."""
    made = {
        "phone": {"kind": "reported", "to": ("lead-group",), "form": "phone"},
        "paper": {"kind": "reported", "to": ("cac",), "form": "written"},
        "out": {"kind": "published", "signed_as": "集团", "text": "x"},
        "graded": {"kind": "graded", "grades": {"level": "II"}, "because": "x"},
        "told": {"kind": "received", "from_": "cac", "tags": ("inject", "prompt")},
    }
    log = [entry(at=f"{15 + n // 2}:{30 * (n % 2):02}", **made[a]) for n, a in enumerate(acts)]  # type: ignore[arg-type]
    found = marked(*log)
    assert all(0 <= line.got <= line.points for line in found.lines)
    sums = [found.sum(part) for part in PARTS]
    assert found.sum() == (sum(got for got, _ in sums), sum(most for _, most in sums))


# --- played ----------------------------------------------------------------------------


@pytest.fixture
def stage(office: Office) -> Office:
    """A real office (no demonstration) with a script of its own."""
    folder = office.root / "templates" / "drills"
    folder.mkdir()
    (folder / "water.yaml").write_text(SCRIPT, "utf-8")
    return office


def at(clock: str) -> str:
    return f"2026-03-05T{clock}+08:00"


def say_in(stage: Office, *words_: str, now: str | None = None) -> str:
    return stage("--lang", "en", *words_, now=at(now) if now else None).ok().out


def test_a_drill_from_start_to_sheet(stage: Office, tmp_path: Path) -> None:
    """Director and two posts: start, injects, acts at pretended times, status, sheet, evaluation."""
    out = say_in(stage, "drill", "start", "water")
    assert "停水传言演练  plan sf@2022-01 (drill)" in out
    assert "论坛有帖文称停水后水质不达标" in out
    assert "pretended time 2026-03-05 14:00 to 2026-03-05 20:00" in out
    case = stage.case_file().read_text("utf-8")
    assert "drill: true" in case
    assert "tags: [inject, found]" in case
    # the duty post acts; the director goes on
    say_in(stage, "report", ".", "phone", "lead-group", "--by", "值班室", now="14:08")
    assert "moved on to the next inject" in (told := say_in(stage, "drill", "next"))
    assert "供水公司:\n *14:20" in told
    assert "predicted" not in told
    # two posts look: one has something, the other nothing, and nobody turned the clock
    assert "预计18时恢复" in say_in(stage, "drill", "next", "--post", "供水")
    assert "Nothing new has come in." in say_in(stage, "drill", "next", "--post", "网信办")
    out = say_in(stage, "drill", "next", now="15:05")
    assert re.search(
        r"15:00  \w{6}  市委网信办: 请尽快核实并公布  \[answer by .*17:00: --closes", out
    )
    # a slip: an earlier time than the record's is refused and nothing is written
    before = stage.case_file().read_bytes()
    refused = stage("--lang", "en", "note", ".", "x", now=at("15:00"))
    assert refused.code == 5
    assert "lies before the last record of this drill" in refused.err
    assert stage.case_file().read_bytes() == before
    out = say_in(stage, "drill", "status")
    assert "2026-03-05 15:05  +1h5m from the start" in out
    assert "told 3 of 3" in out
    assert "发布权威信息" in out
    assert stage.case_file().read_bytes() == before
    say_in(stage, "report", ".", "written", "cac", "--closes", prompt_of(stage), now="15:15")
    assert "Everything has been told" in say_in(stage, "drill", "next")
    sheet = say_in(stage, "drill", "score")
    assert "网络舆情处置工作方案 sf@2022-01" in sheet
    assert "| 电话报告领导组 | 值班室 | 03-05 14:15 | 03-05 14:08 | 按时 | 2/2 |" in sheet
    assert (
        "| 第一时间发现、核实并报告 | 领导组办公室(党委办) | 三 | — | 03-05 14:08 | 已办 | 1/1 |"
        in sheet
    )
    assert re.search(r"[\d.]+ \+ [\d.]+ \+ [\d.]+ \+ [\d.]+ = [\d.]+，满分", sheet)
    made = tmp_path / "评估.md"
    say_in(stage, "render", ".", "drill-evaluation", "-o", str(made), now="20:00")
    text = made.read_text("utf-8")
    assert "本次检验的预案版本：网络舆情处置工作方案 sf@2022-01" in text
    assert "演练" in text
    stage("check").ok()  # notices at most


def prompt_of(stage: Office) -> str:
    """The id of the inject that wants an answer."""
    out = stage("--json", "drill", "next", "--post", "值班室").ok().json
    return next(str(each["entry"]) for each in out["items"] if each["inject"] == "prompt")


def test_every_form_of_the_sheet(stage: Office, tmp_path: Path) -> None:
    """Markdown, HTML, Word and a workbook; JSON for programs. All give the same sum."""
    say_in(stage, "drill", "start", "water")
    say_in(stage, "report", ".", "phone", "lead-group", now="14:08")
    for ending in ("md", "html", "docx", "xlsx"):
        path = tmp_path / f"评分.{ending}"
        assert str(path) in say_in(stage, "drill", "score", "-o", str(path))
        assert path.stat().st_size > 500
    import docx
    import openpyxl

    found = stage("--json", "drill", "score").ok().json
    assert found["kind"] == "score"
    total = sum(each["got"] for each in found["items"])
    assert (found["got"], found["points"]) == (total, sum(e["points"] for e in found["items"]))
    word = docx.Document(str(tmp_path / "评分.docx"))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert f"{total:g} 分，满分 {found['points']} 分" in cells
    last = list(openpyxl.load_workbook(tmp_path / "评分.xlsx").active.values)[-1]
    assert last[-2:] == (f"{total:g}", found["points"])
    assert zipfile.is_zipfile(tmp_path / "评分.xlsx")


def test_a_drill_counts_nowhere(stage: Office) -> None:
    """H5, case format 3: in no figure, no reminder, no ``overdue``; its own figure alone."""
    before = stage("--json", "stats", "--period", "2026", now=at("23:00")).ok().json
    say_in(stage, "drill", "start", "water")
    assert stage("overdue", now=at("23:00")).code == 0
    assert stage("overdue", now=at("23:00")).out == ""
    assert stage("overdue", "--drill", now=at("23:00")).code == 10
    after = stage("--json", "stats", "--period", "2026", now=at("23:00")).ok().json
    changed = {
        (b["figure"], b["count"], a["count"])
        for b, a in zip(before["items"], after["items"], strict=True)
        if b.get("count") != a.get("count")
    }
    assert changed == {("drills", 0, 1)}
    feed = stage("export", "--format", "ics", now=at("15:00")).ok().out
    assert "发布权威信息" not in feed


def test_the_script_that_was_played_is_kept(stage: Office) -> None:
    """Edited afterwards, the sheet still goes by what was played; a copy that was changed is
    named, not used."""
    say_in(stage, "drill", "start", "water")
    script = stage.root / "templates" / "drills" / "water.yaml"
    script.write_text(SCRIPT.replace("points: 2", "points: 9"), "utf-8")
    first = stage("--json", "drill", "score").ok().json
    assert next(e["points"] for e in first["items"] if e["id"] == "call") == 2
    (kept,) = (stage.root / "cases" / "files").glob("*/water.yaml")
    kept.write_text(SCRIPT.replace("points: 2", "points: 9"), "utf-8")
    ran = stage("--lang", "en", "drill", "score")
    assert ran.code == 5
    assert "is not here as it was when it began" in ran.err


def test_told_once(stage: Office) -> None:
    """Asked twice at the same time, nothing is told or written twice."""
    say_in(stage, "drill", "start", "water")
    say_in(stage, "drill", "next", now="15:00")
    before = stage.case_file().read_bytes()
    say_in(stage, "drill", "next", now="15:00")
    assert stage.case_file().read_bytes() == before
    assert before.count(b"tags: [inject,") == 3


def test_the_start_may_be_chosen(stage: Office) -> None:
    """``--now`` at ``drill start`` goes before the script's start; injects count from it."""
    say_in(stage, "drill", "start", "water", now="09:00")
    assert "*09:20" in say_in(stage, "drill", "next")


def test_live_needs_no_pretended_time(stage: Office) -> None:
    """``--live``: the machine's clock is the drill's; the sheet says the drill goes on."""
    out = say_in(stage, "drill", "start", "water", "--live")
    assert "in real time" in out
    assert "Nothing new has come in." in say_in(stage, "drill", "next")
    assert stage("--json", "drill", "score").ok().json["ended"] is False
    assert stage("drill", "start", "water", "--live", now=at("14:00")).code == 2


def test_what_is_no_drill_is_told_so(stage: Office) -> None:
    """A real case is not played with, and a drill opened by hand has no script."""
    stage("new", "真的停水").ok()
    ran = stage("--lang", "en", "drill", "next", stage.case_file().stem[-4:])
    assert ran.code == 5
    assert "was not begun with a script" in ran.err
    ran = stage("--lang", "en", "drill", "start", "wather")
    assert ran.code == 4
    assert "water" in ran.err


def test_editors_complete_the_plans_names_in_scripts(stage: Office) -> None:
    """Organs of the office's plan are offered for ``to``, its duties for ``{done: …}``."""
    made = stage("schema", "drill").ok().json
    told = made["properties"]["injects"]["additionalProperties"]["properties"]
    assert "lead-group" in told["to"]["anyOf"][0]["enum"]
    assert "comments" in told["facts"]["properties"]
    assert "development" in made["$defs"]["moment"]["anyOf"][0]["enum"]


def test_a_dot_is_the_drill_even_beside_real_cases(stage: Office) -> None:
    """In the ``drill`` commands ``.`` never is somebody's real case."""
    stage("new", "真的停水").ok()
    say_in(stage, "drill", "start", "water")
    assert "*14:20" in say_in(stage, "drill", "next", ".")
    say_in(stage, "drill", "start", "water", now="09:00")
    ran = stage("--lang", "en", "drill", "status")
    assert ran.code == 4
    assert "several drills are under way" in ran.err


def test_a_post_that_does_not_take_part(stage: Office) -> None:
    """Named, with those who do."""
    say_in(stage, "drill", "start", "water")
    ran = stage("--lang", "en", "drill", "next", "--post", "宣传部")
    assert ran.code == 5
    assert "takes no part in this drill" in ran.err


def test_a_broken_script_opens_nothing(stage: Office) -> None:
    """Exit 3, every mistake with its line, no case."""
    script = stage.root / "templates" / "drills" / "water.yaml"
    script.write_text(SCRIPT.replace("late: 40", "late: 140"), "utf-8")
    ran = stage("--lang", "en", "drill", "start", "water")
    assert ran.code == 3
    assert "templates/drills/water.yaml:40: a whole number from 0 to 100" in ran.err
    assert list((stage.root / "cases").glob("*.yaml")) == []
    listed = stage("--lang", "en", "drill", "list")
    assert listed.code == 3
    assert "sf-water-rumour" in listed.out


def test_posts_in_clones_play_one_drill(
    stage: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clones: the director tells, a post acts in its own, ``sync`` merges; told once."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))  # git starts the program as its merge driver
    hub = tmp_path / "hub.git"
    stage.git("init", "-q", "--bare", "-b", "main", str(hub))
    stage.git("add", "templates/drills")
    stage.git("commit", "-qm", "script")
    stage.git("remote", "add", "origin", str(hub))
    say_in(stage, "drill", "start", "water")
    stage.git("push", "-q", "origin", "HEAD:main")
    stage.git("branch", "-u", "origin/main")
    other = Office(tmp_path / "other")
    stage.git("clone", "-q", "-b", "main", str(hub), str(other.root))
    other("init").ok()
    say_in(stage, "drill", "next", now="14:20")
    say_in(other, "report", ".", "phone", "lead-group", "--by", "值班室", now="14:12")
    say_in(stage, "sync")
    say_in(other, "sync")
    say_in(stage, "sync")
    found = other("--json", "drill", "score").ok().json
    outcomes = {e["id"]: e["outcome"] for e in found["items"] if e["part"] == "expectations"}
    assert outcomes["call"] == "met"
    assert other.case_file().read_bytes() == stage.case_file().read_bytes()


def test_no_word_of_the_sheet_judges_a_person() -> None:
    """The template speaks of posts and steps; conclusions are blank for people."""
    text = (CHECKOUT / "templates" / "documents" / "office-drill-score.md.j2").read_text("utf-8")
    assert "score_blank" in text
    assert "score_foot" in text
