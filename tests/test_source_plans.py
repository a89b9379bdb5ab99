"""Every source plan as data: each row of its limit tables has its place, none is invented.

``tests/plans/rows.yaml`` lists all rows; this walks it in both directions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from nights import PLANS, shipped
from workbench import HERE, Run

from yuqing.clock import office_standings
from yuqing.grade import grade
from yuqing.plan import (
    Act,
    ApprovedBy,
    Condition,
    Duty,
    Equals,
    Moment,
    Plan,
    Repeat,
    Value,
)
from yuqing.read.plan import read_plan
from yuqing.read.tree import parse
from yuqing.span import Calendar, Period, Span, Year, parse_span

VERSIONS = {
    "sf": "2022-01", "eth": "1", "jus": "1", "hrs": "1", "twn": "1", "ele": "1", "prs": "1",
    "nx": "2017-11", "sch": "2018-10", "hwy": "2017-09", "ca": "2020-09", "saf": "1", "zhd": "1",
    "stu": "1", "pet": "1", "routine": "1", "baseline": "1", "ledger": "1",
}  # fmt: skip
SOURCES = [name for name in VERSIONS if name not in ("sf", "eth", "jus", "baseline", "ledger")]
"""The plans that tests/test_plans.py does not look at."""


@cache
def text(name: str) -> str:
    return (PLANS / f"{name}@{VERSIONS[name]}.yaml").read_text(encoding="utf-8")


@cache
def plan(name: str) -> Plan:
    return shipped(f"{name}@{VERSIONS[name]}")


def _listed() -> dict[str, Any]:
    tree, problems = parse((HERE / "plans" / "rows.yaml").read_bytes(), "rows.yaml", as_text=False)
    assert tree is not None, problems
    found: dict[str, Any] = tree.value
    return found


LISTED = _listed()
ROWS: dict[str, dict[str, Any]] = LISTED["rows"]
each_row = pytest.mark.parametrize("row", list(ROWS))
each_plan = pytest.mark.parametrize("name", list(VERSIONS))
each_source = pytest.mark.parametrize("name", SOURCES)


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# --- whole -------------------------------------------------------------------------------


def test_every_plan_in_the_folder_is_one_of_these() -> None:
    """A file is called as its content says, and none lies there unread."""
    assert {file.stem for file in PLANS.glob("*.yaml")} == {
        f"{name}@{version}" for name, version in VERSIONS.items()
    }
    assert {plan(name).name for name in VERSIONS} == {file.stem for file in PLANS.glob("*.yaml")}


NOTICES: dict[str, set[tuple[str, ...]]] = {
    # a sudden event's official voice is also the formal reply of the fourth step
    "hrs": {("duties", "official-voice")},
    # any signed publication meets the duty, whatever its paper
    "ele": {("documents", "press-text")},
    "sch": {("documents", "judgement")},
    # the card is filled from the case; the source asks no filing of it
    "pet": {("documents", "card")},
}


@pytest.mark.parametrize("name", [*SOURCES, "baseline", "ledger"])
def test_the_notices_are_known_ones(name: str) -> None:
    """No error; what `plan check` remarks is intended, and only that."""
    _, problems = read_plan(text(name).encode(), f"{name}.yaml")
    assert {p.path for p in problems} == NOTICES.get(name, set())
    assert {p.severity for p in problems} <= {"notice"}


# --- the rows ----------------------------------------------------------------------------

PER_SOURCE = {
    "ETH": 10, "ELE": 8, "PRS": 2, "NX": 13, "TWN": 23, "JUS": 12, "SF": 26, "SCH": 10, "HWY": 9,
    "HRS": 15, "CA": 10, "SAF": 11, "ZHD": 12, "STU": 5, "PET": 1, "S01": 4, "S02": 3, "S10": 3,
    "S12": 6, "S15": 2, "S16a": 6, "S16b": 3,
}  # fmt: skip
PER_KIND = {
    "NUM-H": 16, "NUM-S": 3, "DAY": 3, "DATE": 1, "CASE": 5, "PER": 24, "WATCH": 23, "ORD": 10,
    "QUAL": 109,
}  # fmt: skip


def test_no_row_of_any_table_is_missing_from_the_list() -> None:
    """194 rows: each source numbered from T1 without a gap, each kind as often as counted."""
    numbers: dict[str, list[int]] = {}
    for row in ROWS:
        source, _, number = row.partition(".T")
        numbers.setdefault(source, []).append(int(number))
    assert numbers == {name: list(range(1, count + 1)) for name, count in PER_SOURCE.items()}
    assert Counter(each["kind"] for each in ROWS.values()) == PER_KIND


PLACES = ("duties", "gates", "readings", "unsupported", "achievement")


def missing(row: dict[str, Any]) -> list[str]:
    """What a row names and its plan does not hold; a row that names nothing is missing whole."""
    source = plan(row["plan"])
    places = [place for place in PLACES if place in row]
    if len(places) != 1:
        return ["a place"]
    (place,) = places
    if place == "unsupported":
        said = row[place]
        return [] if any(said in each.why for each in source.unsupported) else [said]
    if place == "achievement":  # a remark in the file, and nothing that is owed
        return [] if f"「{row[place]}" in text(row["plan"]) else [row[place]]
    return [each for each in many(row[place]) if each not in getattr(source, place)]


@each_row
def test_each_row_has_its_place_in_the_plan(row: str) -> None:
    """Each row is a duty, a gate or a reading, is refused with its reason, or was no rule."""
    assert missing(ROWS[row]) == []


def test_a_row_that_stands_nowhere_is_found_out() -> None:
    """The walk itself: a duty that does not exist, a reason nobody gives, no place at all."""
    assert missing({"plan": "hrs", "duties": ["report", "reprot"]}) == ["reprot"]
    assert missing({"plan": "stu", "unsupported": "没有这句话"}) == ["没有这句话"]
    assert missing({"plan": "zhd", "achievement": "全年专题会四次"}) == ["全年专题会四次"]
    assert missing({"plan": "stu", "kind": "QUAL"}) == ["a place"]


def test_what_is_no_rule_is_listed_as_such() -> None:
    """Three figures are mere achievements; three quotas and two tasks are refused."""
    assert [row for row, each in ROWS.items() if "achievement" in each] == [
        "ZHD.T12", "S10.T3", "S16b.T3",
    ]  # fmt: skip
    assert [row for row, each in ROWS.items() if "unsupported" in each] == [
        "STU.T5", "PET.T1", "S01.T3", "S01.T4", "S16b.T2",
    ]  # fmt: skip


def duties(row: str) -> list[Duty]:
    return [plan(ROWS[row]["plan"]).duties[each] for each in many(ROWS[row].get("duties", []))]


def figures(row: str, side: str) -> list[Span]:
    found = [part.span for duty in duties(row) for part in getattr(duty, side)]
    return [span for span in found if span is not None]


def repeats(repeat: Repeat) -> str:
    """``day``, ``3 a day``, ``day at close``, ``year by 01-31``, ``day during special``."""
    said = f"{repeat.times} a day" if repeat.times else str(repeat.each)
    said += "".join(f" at {each.time}" for each in repeat.at)
    said += f" by {repeat.by}" if repeat.by else ""
    return said + (f" during {repeat.during}" if repeat.during else "")


@each_row
def test_the_figures_are_those_of_the_source(row: str) -> None:
    """Every number in one view: a hard one is a limit, a soft one a target, none is added."""
    for side in ("limit", "target"):
        wanted = ROWS[row].get(side)
        if wanted is not None:
            assert parse_span(wanted) in figures(row, side)
        elif side == "limit" and ROWS[row]["kind"] not in ("NUM-S", "DATE"):
            assert not [span for span in figures(row, side) if not _other_level(row)]
    for duty in duties(row):
        if duty.repeat is None:
            continue
        assert repeats(duty.repeat) in many(ROWS[row]["repeat"])


def _other_level(row: str) -> bool:
    """SF's third level has words where the first two have two hours: one duty, three rows."""
    return row == "SF.T7"


def test_the_date_information_officers_were_to_be_named() -> None:
    """The one fixed date of all sources."""
    (duty,) = duties("SF.T24")
    assert str(duty.limit[0].date) == ROWS["SF.T24"]["date"] == "2022-01-15"


@each_row
def test_the_words_for_time_are_kept_apart(row: str) -> None:
    """立即, 第一时间, 及时, 迅速, 尽快 are the plan's own and get no number."""
    found = {p.word for d in duties(row) for p in (*d.limit, *d.target) if p.word}
    if "word" in ROWS[row]:
        assert found == set(many(ROWS[row]["word"]))
    elif ROWS[row]["kind"] == "QUAL":
        assert "unsupported" in ROWS[row]


@each_row
def test_each_kind_of_rule_has_its_own_shape(row: str) -> None:
    """A bound is a limit, a hope a target; a day ends the day; a promise brings its own date."""
    listed, found = ROWS[row], duties(row)
    if not found:
        assert listed["kind"] in ("ORD", "PER", "QUAL")
        return
    parts = [part for duty in found for part in (*duty.limit, *duty.target)]
    match listed["kind"]:
        case "NUM-H":
            assert figures(row, "limit")
        case "NUM-S":
            assert figures(row, "target")
        case "DAY":
            assert {span.unit for span in figures(row, "limit")} == {"same_day"}
        case "DATE":
            assert any(part.date for part in parts)
        case "CASE":
            assert any(part.date_in == "start" for part in parts)
        case "PER":
            assert all(duty.repeat or duty.limit[0].word for duty in found)
            assert all(duty.of_the_office for duty in found)
        case "WATCH":
            assert all((d.repeat and d.repeat.during) or d.limit[0].word for d in found)
        case "QUAL" | "ORD":
            assert all(duty.limit or duty.target for duty in found)


def test_what_is_watched_goes_on() -> None:
    """A coverage duty of a case ends with an event, not with an act; of the office, never."""
    for row, listed in ROWS.items():
        if listed["kind"] == "WATCH":
            assert all(duty.of_the_office or duty.until for duty in duties(row)), row


@each_source
def test_no_figure_without_a_row(name: str) -> None:
    """The other way round: every figure, date and repetition of a plan has its row."""
    named = {d for each in ROWS.values() if each["plan"] == name for d in many(each.get("duties"))}
    with_figure = {
        duty.id
        for duty in plan(name).duties.values()
        if duty.repeat or any(p.span or p.date or p.date_in for p in (*duty.limit, *duty.target))
    }
    assert with_figure <= named


NO_LEVELS = ["ele", "prs", "sch", "hwy", "saf", "pet", "routine"]
CATEGORIES = {"ca", "saf", "stu", "pet", "routine"}


@each_source
def test_plans_without_levels_categories_or_numbers_stay_so(name: str) -> None:
    """No source gets a level, a category or a number that its text does not have."""
    scales = [scale for id_, scale in plan(name).scales.items() if id_ != "truth"]
    assert bool([s for s in scales if s.ordered]) == (name not in NO_LEVELS)
    assert bool([s for s in scales if not s.ordered]) == (name in CATEGORIES)
    spans = [
        p.span
        for d in plan(name).duties.values()
        for p in (*d.limit, *d.target)
        if p.span is not None
    ]
    assert bool(spans) == (name in ("hrs", "hwy", "ca", "saf", "zhd"))
    repeated = [duty for duty in plan(name).duties.values() if duty.repeat]
    assert bool(repeated) == (name in ("nx", "sch", "hwy", "saf", "zhd", "stu", "routine"))


# --- open questions, and what is not served ----------------------------------------------


def test_every_open_question_is_settled_by_a_reading() -> None:
    """25 contradictions of the texts, none missing, each with question and choice."""
    questions = LISTED["questions"]
    assert list(questions) == [f"Q{n}" for n in range(1, 26)]
    for where in questions.values():
        for each in where:
            name, _, reading = each.partition(":")
            found = plan(name).readings[reading]
            assert found.question
            assert found.choice


def test_every_passage_that_is_not_served_is_named() -> None:
    """13 kinds of passage: refused in every plan that has it, with an honest counterpart."""
    refused = LISTED["refused"]
    assert list(refused) == [*(f"N{n}" for n in range(1, 14)), "damaged"]
    for where in refused.values():
        for name, clause, said in where:
            found = [u for u in plan(name).unsupported if u.clause == clause and said in u.why]
            assert found, (name, clause, said)
            assert all(each.instead for each in found)


@each_plan
def test_nothing_is_refused_without_a_source(name: str) -> None:
    """The other way round: what a plan refuses is one of those passages, or a row."""
    named = [
        (clause, said)
        for where in LISTED["refused"].values()
        for plan_, clause, said in where
        if plan_ == name
    ]
    rows = [e["unsupported"] for e in ROWS.values() if e["plan"] == name and "unsupported" in e]
    for each in plan(name).unsupported:
        by_passage = any(c == each.clause and said in each.why for c, said in named)
        assert by_passage or any(said in each.why for said in rows), each.why


REFUSED = re.compile(
    "删帖|水军|第三者|网评|跟帖|控评|管控|重点人群|接回|稳控|冲淡|压低|降温|网民队伍|评论员"
    "|思想动态|发帖人|刷"
)


@each_source
def test_no_duty_fact_organ_or_paper_serves_it(name: str) -> None:
    """Never as a duty, organ, fact, level, gate or document."""
    source = plan(name)
    said = [
        *(f"{d.does}{d.note or ''}" for d in source.duties.values()),
        *(f"{g.does or ''}{g.note or ''}" for g in source.gates.values()),
        *(f.ask for f in source.facts.values()),
        *(level.name for s in source.scales.values() for level in s.levels),
        *(o.name for o in source.organs.values()),
        *(d.title for d in source.documents.values()),
        *(e.name for e in source.events.values()),
    ]
    assert not [words for words in said if REFUSED.search(words)]


@each_source
def test_a_correction_or_referral_needs_a_finding_of_untruth(name: str) -> None:
    """A plan that asks for either has the gate: only what was found untrue."""
    untrue: Condition = Equals("truth", ("untrue", "partly"))
    for request in ("correction", "referral"):
        before = Act(kind="requested", fields={"request": (request,)})
        asked = any(before == m for d in plan(name).duties.values() for m in d.done_by)
        gates = [g for g in plan(name).gates.values() if g.before == before and g.when is None]
        assert len(gates) <= 1
        assert bool(gates) or not asked
        for gate in gates:
            assert untrue == gate.only_if or untrue in getattr(gate.only_if, "parts", ())


@each_source
def test_readings_are_proposals(name: str) -> None:
    """A shipped reading is a proposal until the office confirms it in its own version."""
    readings = plan(name).readings.values()
    assert readings
    assert not [r.id for r in readings if r.confirmed or r.by or r.date]


REAL = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙|广西|西藏|宁夏|新疆|香港|澳门"
    "|内乡|水富|治河渡|华容|红网|呼和浩特|e线|〔"
)
TRADITIONAL = re.compile("[輿應發報與權關級審調處對時間條辦區實專見導]")


@each_source
def test_no_real_issuer_and_one_script(name: str) -> None:
    """Adapted from public texts: a neutral issuer, no region or site that exists; 简体."""
    assert plan(name).issuer.startswith("某")
    assert "据公开文本改编" in plan(name).issuer
    assert not REAL.search(text(name))
    assert not TRADITIONAL.search(text(name))


@each_source
def test_every_article_is_encoded_or_says_that_it_asks_nothing(name: str) -> None:
    """The plan's table of contents is given, so that the reader can prove none is missing."""
    source = plan(name)
    assert source.clauses
    cited = {
        *(d.clause for d in source.duties.values()),
        *(g.clause for g in source.gates.values()),
    }
    assert not cited & set(source.without_rule)


@each_source
def test_a_figure_carries_the_words_it_stands_on(name: str) -> None:
    """A duty with a figure, a date or a repetition quotes the phrase of the plan."""
    for duty in plan(name).duties.values():
        promised = any(p.date_in for p in duty.limit)
        if duty.repeat or promised or any(p.span for p in (*duty.limit, *duty.target)):
            assert duty.quote, duty.id


# --- levels ------------------------------------------------------------------------------

PATHS: list[tuple[str, str, dict[str, Value], str, str | None]] = [
    ("hrs", "level", {"attention": "extremely_high"}, "HRS-1", "分级·特别重大"),
    ("hrs", "level", {"foreign_media": "high"}, "HRS-1", "分级·特别重大"),
    ("hrs", "level", {"spread_speed": "very_fast"}, "HRS-1", "分级·特别重大"),
    ("hrs", "level", {"reach": "society"}, "HRS-1", "分级·特别重大"),
    ("hrs", "level", {"action_conversion": "imminent"}, "HRS-1", "分级·特别重大"),
    ("hrs", "level", {"attention": "high"}, "HRS-2", "分级·重大或较大"),
    ("hrs", "level", {"foreign_media": "beginning"}, "HRS-2", "分级·重大或较大"),
    ("hrs", "level", {"spread_speed": "fast"}, "HRS-2", "分级·重大或较大"),
    ("hrs", "level", {"reach": "very_wide"}, "HRS-2", "分级·重大或较大"),
    ("hrs", "level", {"action_conversion": "possible"}, "HRS-2", "分级·重大或较大"),
    ("hrs", "level", {"attention": "fairly_high"}, "HRS-3", "分级·一般"),
    ("hrs", "level", {"spread_speed": "medium"}, "HRS-3", "分级·一般"),
    ("hrs", "level", {"reach": "certain"}, "HRS-3", "分级·一般"),
    ("twn", "level", {"attention_scope": "society"}, "red", "三(二)"),
    ("twn", "level", {"mass_event_risk": "major"}, "red", "三(二)"),
    ("twn", "level", {"stability_effect": "serious"}, "red", "三(二)"),
    ("twn", "level", {"attention_scope": "certain", "mass_event_risk": "larger"}, "orange", None),
    ("twn", "level", {"attention_scope": "certain", "stability_effect": "slight"}, "yellow", None),
    ("ca", "level", {"major_matter": True}, "major", "四(二)"),
    ("ca", "category", {"asks": True}, "query", None),
    ("ca", "category", {"truth": "untrue"}, "fabrication", None),
    ("ca", "category", {"suggestion": True}, "constructive", None),
    ("zhd", "level", {"major_matter": True}, "major", "三"),
    (
        "stu", "level",
        {"high_attention": True, "larger_influence": True, "stays_in_focus": True},
        "reportable", "(2)",
    ),
    ("stu", "content", {"truth": "partly"}, "untrue", None),
    ("baseline", "emergency", {"serious_emergency": True}, "serious", "权威信息"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "scale", "seen", "level", "clause"), PATHS)
def test_every_path_into_a_level(
    name: str, scale: str, seen: dict[str, Value], level: str, clause: str | None
) -> None:
    """Each path of the source alone is enough, and is named by its article."""
    answer = grade(plan(name), seen, scale=scale)
    assert answer.floor == level
    if clause is not None:
        assert clause in [r.clause for r in answer.reasons if r.level == level]


LIGHTEST: list[tuple[str, dict[str, Value], str]] = [
    (
        "hrs",
        {
            "attention": "low", "foreign_media": "none", "spread_speed": "slow", "reach": "small",
            "action_conversion": "none",
        },
        "HRS-4",
    ),
    (
        "twn",
        {
            "attention_scope": "initial", "mass_event_risk": "ordinary",
            "stability_effect": "slight",
        },
        "blue",
    ),
    ("ca", {"major_matter": False}, "ordinary"),
    ("zhd", {"major_matter": False}, "ordinary"),
    ("stu", {"high_attention": False}, "noted"),
    ("baseline", {"serious_emergency": False}, "other"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "seen", "level"), LIGHTEST)
def test_the_lightest_level_is_what_is_left(name: str, seen: dict[str, Value], level: str) -> None:
    """By exclusion, and only once everything else is ruled out."""
    scale = "emergency" if name == "baseline" else "level"
    assert grade(plan(name), seen, scale=scale).certain == level
    assert grade(plan(name), {}, scale=scale).certain is None


def test_undefined_words_are_left_to_a_person() -> None:
    """NX names 重大 and 特别重大 without a definition: no facts lead there; ungraded, the worst."""
    answer = grade(plan("nx"), {"national_security": True, "county_image": True})
    assert answer.certain is None
    assert answer.possible[-1] == "extreme"


def test_two_sets_of_names_both_work() -> None:
    """HRS: 重大 and 较大 are one class in one section, two in another."""
    level = next(x for x in plan("hrs").scales["level"].levels if x.id == "HRS-2")
    assert {"重大", "较大"} <= set(level.aliases)
    assert [x.colour for x in plan("twn").scales["level"].levels] == [
        "blue", "yellow", "orange", "red",
    ]  # fmt: skip


# --- chains, approvals, papers -----------------------------------------------------------

CHAINS = {
    ("hrs", "report-up"): ("committee-office", "government-office", "cac"),
    ("hrs", "ask-committee"): ("committee", "government"),
    ("hrs", "report-deputy-mayor"): ("deputy-mayor", "cac"),
    ("hrs", "file-cac"): ("cac",),
    ("twn", "report-superiors"): ("committee", "government"),
    ("nx", "inform-leaders"): ("committee-head", "government-head"),
    ("hwy", "report-leader"): ("leader",),
    ("hwy", "report"): ("lead-group",),
    ("ca", "report"): ("leader", "lead-group"),
    ("zhd", "report-major"): ("office", "principal"),
    ("saf", "media-feedback"): ("department", "media"),
    ("stu", "hop-leaders"): ("school-leaders", "unit-heads"),
}


def test_who_is_told() -> None:
    """Several recipients are each reached for themselves; dual reporting has two."""
    assert {key: plan(key[0]).duties[key[1]].to for key in CHAINS} == CHAINS


def approvals(name: str, gate: str) -> list[set[str]]:
    needs: tuple[Moment, ...] = plan(name).gates[gate].needs
    return [set(need.organs) for need in needs if isinstance(need, ApprovedBy)]


def test_approval_chains() -> None:
    """Who passes a text before it goes out, plan by plan."""
    assert approvals("ele", "wording") == [{"joint-meeting"}]
    assert approvals("prs", "central-release") == [{"external-publicity", "press-office"}]
    assert approvals("nx", "release") == [{"lead-group"}]
    assert approvals("twn", "release") == [{"lead-group"}]
    assert approvals("sch", "incident-release") == [{"lead-group"}]
    assert approvals("sch", "routine-content") == [{"dept-head"}, {"party-branch"}]
    assert approvals("sch", "secret-or-major") == [
        {"confidentiality"}, {"party-office"}, {"school-office"},
    ]  # fmt: skip
    assert approvals("hwy", "secret-or-major") == [{"party-office"}]
    assert approvals("routine", "approve") == [{"deputy-head"}]
    assert approvals("zhd", "own-posts") == [{"publicity-leader"}]


PARTS = {
    ("ca", "briefing"): 3,  # cause, facts, handling
    ("twn", "inquiry-result"): 4,
    ("twn", "relief-plan"): 3,
    ("nx", "report-with-suggestion"): 2,
    ("hwy", "report-with-opinion"): 2,
    ("stu", "monthly-report"): 2,
    ("pet", "card"): 3,  # claim, source, team
}


def test_papers_have_the_parts_their_plan_asks_for() -> None:
    """The parts of each paper, as the source lists them."""
    found = {key: len(plan(key[0]).documents[key[1]].requires) for key in PARTS}
    assert found == PARTS


# --- the logbook -------------------------------------------------------------------------


def special(first: dt.date, last: dt.date) -> Calendar:
    """A calendar whose period ``special`` runs over these days of one year."""
    periods = {"special": (Period(first, last, "重要活动"),)}
    return Calendar({first.year: Year(year=first.year, periods=periods)})


def entries_of_a_month(source: Plan) -> int:
    """Logbook entries that a month of 31 days asks for, with a special period all the time."""
    zone = dt.timezone(dt.timedelta(hours=8))
    end = dt.datetime(2026, 11, 1, tzinfo=zone)
    always = special(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    found = office_standings((), (source,), always, end, since=dt.date(2026, 10, 1))
    times = {name: duty.repeat.times or 1 for name, duty in source.duties.items() if duty.repeat}
    due = [s for s in found if s.limit is None or s.limit <= end]
    return sum(times.get(s.duty.partition("@")[0], 1) for s in due)


def test_the_busiest_plan_stays_under_two_hundred_entries_a_month() -> None:
    """Routine duties are ticked off in a month's logbook: a file a person can still read."""
    found = {name: entries_of_a_month(plan(name)) for name in VERSIONS}
    assert found["zhd"] == 93  # three looks on each of 31 days
    assert max(found.values()) < 200
    assert max(found, key=lambda name: found[name]) == "routine"
    # a briefing, a rota and a watch on each of 31 days, and four duties without a day
    assert found["routine"] == 3 * 31 + 4


def test_special_periods_are_the_calendar_s() -> None:
    """24 hours in special periods: owed on the days the calendar names, and on no other."""
    zone = dt.timezone(dt.timedelta(hours=8))
    meeting = special(dt.date(2026, 10, 10), dt.date(2026, 10, 12))
    end = dt.datetime(2026, 11, 1, tzinfo=zone)
    found = office_standings((), (plan("sch"),), meeting, end, since=dt.date(2026, 10, 1))
    days = [s.duty for s in found if s.duty.startswith("special-watch@")]
    assert days == [f"special-watch@2026-10-{day}T00:00+08:00" for day in (11, 12, 13)]


@each_source
def test_every_plan_can_be_told_whole(run: Run, name: str) -> None:
    """Each duty, gate and paper of it, as sentences, with nothing of the program's insides."""
    out = run("--lang", "zh_CN", "plan", "show", name).ok().out
    source = plan(name)
    for each in (*source.duties, *source.gates, *source.documents):
        assert re.search(rf"^ *{re.escape(each)}  ", out, re.MULTILINE), each
    assert not re.search(r"Each\(|Act\(|Span\(|None", out)


def test_plans_meant_to_stand_beside_others_grade_by_scales_of_their_own() -> None:
    """A case has one value for each scale: two plans with different levels must not share one."""
    for name in ("baseline", "routine"):
        own = set(plan(name).scales) - {"truth"}
        assert not [x for x in VERSIONS if x != name and own & set(plan(x).scales)]
