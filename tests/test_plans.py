"""The shipped plans: whole, neutral, and nothing in them that the tool must not serve."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from yuqing.clock.gates import gates_of
from yuqing.grade import grade
from yuqing.plan import (
    Act,
    ApprovedBy,
    Condition,
    DuePart,
    Duty,
    Equals,
    Fallback,
    Moment,
    Plan,
)
from yuqing.read.plan import read_plan
from yuqing.span import Span

PLANS = Path(__file__).parent.parent / "templates" / "plans"
NAMES = {"sf": "sf@2022-01", "eth": "eth@1", "jus": "jus@1"}


@cache
def text(name: str) -> str:
    return (PLANS / f"{NAMES[name]}.yaml").read_text(encoding="utf-8")


@cache
def plan(name: str) -> Plan:
    found, problems = read_plan(text(name).encode(), f"{NAMES[name]}.yaml")
    assert found is not None, problems
    return found


each_plan = pytest.mark.parametrize("name", list(NAMES))


# --- whole -------------------------------------------------------------------------------


@each_plan
def test_a_shipped_plan_reads_without_error(name: str) -> None:
    """A file is called as its content says."""
    assert plan(name).name == NAMES[name]


NOTICES = {
    "sf": {
        ("duties", "sudden"),  # a sudden event's report is also the first report of 三
        ("documents", "monitoring-form"),  # the source reproduces no columns and asks no filing
        ("documents", "bulletin"),  # any signed publication meets 六(三), whatever its paper
    },
    "eth": {("documents", "first-report"), ("documents", "written-info")},
    "jus": {
        ("organs", "office"),
        ("duties", "first-find", "start"),  # finding can only be timed from the occurrence
    },
}


@each_plan
def test_the_notices_are_known_ones(name: str) -> None:
    """What `plan check` remarks on a shipped plan is intended, and only that."""
    _, problems = read_plan(text(name).encode(), "plan.yaml")
    assert {p.path for p in problems} == NOTICES[name]
    assert {p.severity for p in problems} == {"notice"}


ROWS = {
    # the state firm
    "SF.T1": ("duty", "daily-search"),
    "SF.T2": ("duty", "sudden", "sudden-publicity", "sudden-reporters"),
    "SF.T3": ("duty", "phone"),
    "SF.T4": ("duty", "notify-three"),
    "SF.T5": ("duty", "facts", "file-cac"),
    "SF.T6": ("duty", "facts", "file-cac"),
    "SF.T7": ("duty", "facts", "file-cac"),
    "SF.T8": ("duty", "publish"),
    "SF.T9": ("duty", "publish", "keep-publishing"),
    "SF.T10": ("duty", "report-major"),
    "SF.T11": ("duty", "notify-departments"),
    "SF.T12": ("duty", "written-after-oral"),
    "SF.T13": ("duty", "follow-up"),
    "SF.T14": ("duty", "golden"),
    "SF.T15": ("duty", "stages"),
    "SF.T16": ("duty", "correction"),
    "SF.T17": ("duty", "judge"),
    "SF.T18": ("duty", "file-record"),
    "SF.T19": ("duty", "verify"),
    "SF.T20": ("duty", "analyse"),
    "SF.T21": ("gate", "interview"),
    "SF.T22": ("duty", "track"),
    "SF.T23": ("duty", "review", "case-library"),
    "SF.T24": ("duty", "info-officer"),
    "SF.T25": ("duty", "watch"),
    "SF.T26": ("duty", "collect"),
    "SF approval I": ("gate", "publish-I"),
    "SF approval II, III": ("gate", "publish-other"),
    "SF press conference": ("gate", "press-conference"),
    "SF correction only if untrue": ("gate", "correct-only-untrue", "refer-only-untrue"),
    # religious affairs
    "ETH.T1": ("duty", "first-report"),
    "ETH.T2": ("duty", "notify-departments"),
    "ETH.T3": ("duty", "written-after-oral"),
    "ETH.T4": ("duty", "follow-up"),
    "ETH.T5": ("duty", "reply-at-once"),
    "ETH.T6": ("duty", "opinion"),
    "ETH.T7": ("duty", "result"),
    "ETH.T8": ("duty", "review", "improve"),
    "ETH.T9": ("duty", "collect"),
    "ETH.T10": ("duty", "track"),
    "ETH chain": ("duty", "report-leaders"),
    "ETH category 1": ("duty", "assign-section"),
    "ETH category 2": ("duty", "tell-facts"),
    "ETH category 3": ("duty", "clarify"),
    "ETH category 4": ("duty", "adopt"),
    "ETH approval": ("gate", "reply"),
    "ETH referral": ("gate", "refer-hype", "refer-only-untrue"),
    # justice
    "JUS.T1": ("duty", "activate"),
    "JUS.T2": ("duty", "first-find", "first-analyse", "first-report", "first-respond"),
    "JUS.T3": ("duty", "handle-medium"),
    "JUS.T4": ("duty", "bulletin"),
    "JUS.T5": ("duty", "reminder", "consult", "handle-major"),
    "JUS.T6": ("duty", "feedback"),
    "JUS.T7": ("duty", "feedback"),
    "JUS.T8": ("duty", "progress"),
    "JUS.T9": ("duty", "restart"),
    "JUS.T10": ("duty", "important"),
    "JUS.T11": ("gate", "special-after-feedback"),
    "JUS.T11 act": ("duty", "special-response"),
    "JUS.T12": ("duty", "revise"),
    "JUS warning": ("duty", "issue-warning", "adjust-warning", "lift-warning"),
    "JUS chain": ("duty", "report-district", "materials", "suggest-response"),
    "JUS wording": ("gate", "wording"),
    "JUS report": ("duty", "analysis"),
    # ambiguous texts
    "Q1": ("reading", "sf:R3", "eth:R2"),
    "Q2": ("reading", "sf:R1"),
    "Q3": ("reading", "sf:R5"),
    "Q4": ("reading", "sf:R2", "sf:R6"),
    "Q5": ("reading", "jus:R1"),
    "Q6": ("reading", "sf:R4", "eth:R3"),
    "Q10": ("reading", "jus:R2"),
    "Q11": ("reading", "jus:R3"),
    "Q13": ("reading", "sf:R7"),
    "Q14": ("reading", "sf:R8"),
    "Q15": ("reading", "sf:R9"),
    "Q16": ("reading", "sf:R10"),
    "Q19": ("reading", "sf:R11", "eth:R4"),
}


@pytest.mark.parametrize("row", list(ROWS))
def test_no_row_of_the_sources_was_left_out(row: str) -> None:
    """Every limit, order, approval and open question of the three sources has its place."""
    sort, *ids = ROWS[row]
    for each in ids:
        name, _, found = each.rpartition(":")
        source = plan(name or row[:3].strip(" .").lower())
        places = {"duty": source.duties, "gate": source.gates, "reading": source.readings}
        assert found in places[sort]


@each_plan
def test_the_rows_name_every_duty_with_a_figure(name: str) -> None:
    """The other way round: no figure in a plan that no row of the source stands behind."""
    named = {
        each for row, (_, *ids) in ROWS.items() if row.lower().startswith(name) for each in ids
    }
    figures = {duty.id for duty in plan(name).duties.values() if any(_figures(duty)) or duty.repeat}
    assert figures <= named


def _figures(duty: Duty) -> list[Span | object]:
    return [p.span or p.date or p.date_in for p in (*duty.limit, *duty.target)]


# --- figures, one by one -----------------------------------------------------------------


def due(part: DuePart) -> tuple[int, str] | str:
    return (part.span.count, part.span.unit) if part.span else (part.word or "")


FIGURES = [
    ("sf", "notify-three", "limit", (30, "minute")),
    ("sf", "notify-three", "target", (30, "minute")),
    ("sf", "facts", "limit", (2, "hour")),
    ("sf", "publish", "target", (3, "hour")),
    ("sf", "publish", "limit", (5, "hour")),
    ("sf", "golden", "target", (4, "hour")),
    ("sf", "report-major", "target", "立即"),
    ("sf", "report-major", "limit", (2, "hour")),
    ("sf", "notify-departments", "limit", (2, "hour")),
    ("sf", "written-after-oral", "limit", (30, "minute")),
    ("sf", "review", "limit", (3, "day")),
    ("eth", "first-report", "target", "立即"),
    ("eth", "first-report", "limit", (2, "hour")),
    ("eth", "notify-departments", "limit", (2, "hour")),
    ("eth", "written-after-oral", "limit", (30, "minute")),
    ("eth", "opinion", "limit", (0, "same_day")),
    ("eth", "result", "limit", (0, "same_day")),
    ("eth", "review", "limit", (3, "day")),
    ("jus", "feedback", "target", (12, "hour")),
    ("jus", "feedback", "limit", (24, "hour")),
]


@pytest.mark.parametrize(("name", "duty", "side", "expected"), FIGURES)
def test_figures(name: str, duty: str, side: str, expected: tuple[int, str] | str) -> None:
    """Numbers as the sources have them; soft ones are targets, hard ones limits."""
    assert due(getattr(plan(name).duties[duty], side)[0]) == expected


def test_the_golden_hours_are_advice_from_the_event() -> None:
    """七(六): 4 hours from the event, from discovery where that is unknown; no breach."""
    golden = plan("sf").duties["golden"]
    assert golden.limit == ()
    assert golden.start == Fallback((Act(kind="occurred"), Act(kind="discovered")))


def test_the_day_information_officers_were_to_be_named() -> None:
    """七(二): by 15 January 2022; the office's own, in no case."""
    duty = plan("sf").duties["info-officer"]
    assert str(duty.limit[0].date) == "2022-01-15"
    assert duty.of_the_office


WORDS = {
    ("sf", "phone"): "第一时间",
    ("sf", "correction"): "即刻",
    ("sf", "analyse"): "定期",
    ("sf", "watch"): "实时",
    ("sf", "collect"): "及时",
    ("sf", "stages"): "阶段性",
    ("eth", "reply-at-once"): "当即",
    ("eth", "adopt"): "按要求",
    ("eth", "collect"): "及时",
    ("jus", "activate"): "立即",
    ("jus", "handle-medium"): "迅速",
    ("jus", "bulletin"): "第一时间",
    ("jus", "reminder"): "同时",
    ("jus", "restart"): "迅速",
    ("jus", "revise"): "及时",
}


def test_words_without_figure_stay_the_plan_s_own() -> None:
    """立即, 即刻, 第一时间, 及时, 迅速 are kept apart and get no number."""
    found = {(name, duty): plan(name).duties[duty].limit[0].word for name, duty in WORDS}
    assert found == WORDS


# --- recipients, approvals, papers -------------------------------------------------------


def test_the_three_to_be_told_are_three_recipients() -> None:
    """六(二)一级: cyberspace office, publicity department, media centre, each for itself."""
    duty = plan("sf").duties["notify-three"]
    assert duty.to == ("cac", "publicity", "media-centre")
    assert duty.start == Act(kind="reported", fields={"to": ("lead-group",), "form": ("phone",)})


def approvals(name: str, gate: str) -> list[set[str]]:
    needs: tuple[Moment, ...] = plan(name).gates[gate].needs
    return [set(need.organs) for need in needs if isinstance(need, ApprovedBy)]


def test_approval_chains() -> None:
    """六(三): I, group then one municipal body; II and III, unit leader then group head."""
    assert approvals("sf", "publish-I") == [{"lead-group"}, {"cac-group", "publicity"}]
    assert approvals("sf", "publish-other") == [{"unit-leader"}, {"group-head"}]
    assert approvals("eth", "reply") == [{"unit-head"}]
    assert approvals("jus", "wording") == [{"lead-group"}]


def test_a_statement_waits_for_its_own_approvals_only() -> None:
    """What must come before a statement: 六(三); filing a press conference, where one is held."""
    before = {gate.id for gate in gates_of(plan("sf").duties["publish"], plan("sf"))}
    assert before == {"publish-I", "publish-other"}
    answer = {gate.id for gate in gates_of(plan("jus").duties["respond"], plan("jus"))}
    assert answer == {"wording"}
    special = {g.id for g in gates_of(plan("jus").duties["special-response"], plan("jus"))}
    assert special == {"wording", "special-after-feedback"}


PAPERS = {
    ("sf", "basic-facts"): 8,  # seven fields and the judgement
    ("sf", "basic-facts-with-suggestion"): 9,
    ("sf", "review"): 5,
    ("eth", "review"): 5,
    ("eth", "follow-up"): 2,
    ("jus", "judgement"): 6,
    ("jus", "warning-notice"): 7,
    ("jus", "analysis"): 5,
}


@pytest.mark.parametrize(("name", "paper"), list(PAPERS))
def test_papers_have_the_parts_their_plan_asks_for(name: str, paper: str) -> None:
    """Seven fields of the basic facts, seven of a warning notice, five of a review."""
    assert len(plan(name).documents[paper].requires) == PAPERS[name, paper]


# --- levels ------------------------------------------------------------------------------

PATHS = [
    ("sf", "level", {"sudden_event": True, "stability_affected": True}, None, "I", "五·一级(a)"),
    ("sf", "level", {"mishandled": True, "growing": True}, "II", "I", "五·一级(b)"),
    (
        "sf", "level",
        {"sensitive": True, "fast_ferment": True, "major_effect_likely": True},
        None, "I", "五·一级(c)",
    ),
    ("sf", "level", {"mainstream_media": True, "major_effect_likely": True}, None, "I", "五·一级(d)"),
    (
        "sf", "level",
        {"harms_image": True, "platforms": 2, "comments": 20, "negative_trend": "rising",
         "clear_ferment": True},
        None, "II", "五·二级(a)",
    ),
    ("sf", "level", {"mishandled": True, "growing": True}, "III", "II", "五·二级(b)"),
    ("eth", "level", {"domestic_media": True}, None, "major", "一"),
    ("eth", "level", {"foreign_media": True}, None, "major", "一"),
    ("eth", "level", {"work_disturbed": True}, None, "major", "一"),
    ("eth", "category", {"asks": True}, None, "query", None),
    ("eth", "category", {"truth": "untrue"}, None, "fabrication", None),
    ("eth", "category", {"suggestion": True}, None, "constructive", None),
    ("jus", "triage", {"hype_risk": "possible", "attention": "high"}, None, "medium", "分级·中级"),
    ("jus", "triage", {"hype_risk": "possible", "urgent_matter": True}, None, "medium", "分级·中级"),
    (
        "jus", "triage",
        {"hype_risk": "possible", "complaints_concentrated": True}, None, "medium", "分级·中级",
    ),
    ("jus", "triage", {"mass_incident_risk": True}, None, "major", "分级·重大"),
    ("jus", "triage", {"extreme_act_risk": True}, None, "major", "分级·重大"),
    ("jus", "triage", {"hype_risk": "large"}, None, "major", "分级·重大"),
    ("jus", "warning", {"sensitivity": "fairly_high"}, None, "III", "预警·三级"),
    (
        "jus", "warning",
        {"area_scope": "part", "sensitivity": "high", "hype_risk": "larger"}, None, "II", "预警·二级",
    ),
    (
        "jus", "warning",
        {"public_emergency": "general", "sensitivity": "high", "hype_risk": "larger"},
        None, "II", "预警·二级",
    ),
    (
        "jus", "warning",
        {"stability_involved": True, "major_hot_event": True, "area_scope": "district",
         "hype_risk": "large", "mass_incident_risk": True},
        None, "I", "预警·一级",
    ),
    (
        "jus", "warning",
        {"public_emergency": "serious", "hype_risk": "large", "mass_incident_risk": True},
        None, "I", "预警·一级",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "scale", "seen", "was", "level", "clause"), PATHS)
def test_every_path_into_a_level(
    name: str,
    scale: str,
    seen: dict[str, bool | int | str],
    was: str | None,
    level: str,
    clause: str | None,
) -> None:
    """Each path of the source alone is enough, and is named by its article."""
    answer = grade(plan(name), seen, scale=scale, was=was)
    assert answer.floor == level
    if clause is not None:
        assert clause in [r.clause for r in answer.reasons if r.level == level]


def test_a_few_people_asking_is_the_third_level() -> None:
    """五·三级, by exclusion: no path into II or I holds."""
    seen = {
        "sudden_event": False, "mishandled": False, "sensitive": False,
        "mainstream_media": False, "platforms": 1,
    }  # fmt: skip
    assert grade(plan("sf"), seen).certain == "III"


def test_comments_of_the_second_level_are_the_office_s_own_figure() -> None:
    """数十条 has no figure in the text: bands of the plan, with a reading, never in code."""
    seen = {"harms_image": True, "platforms": 2, "negative_trend": "rising", "clear_ferment": True}
    assert grade(plan("sf"), {**seen, "comments": 19}).floor is None
    assert grade(plan("sf"), {**seen, "comments": 20}).floor == "II"
    assert "R12" in plan("sf").scales["level"].levels[1].reading


def test_the_first_questions_about_a_new_matter() -> None:
    """The fewest facts first: two answers can make a matter the state firm's first level."""
    questions = grade(plan("sf"), {}).questions["I"]
    assert questions[0] == ("sudden_event", "stability_affected")
    assert ("mainstream_media", "major_effect_likely") in questions
    assert ("mishandled", "growing") not in questions  # nothing was graded before


def test_categories_sort_without_ranking_and_justice_has_three_rulers() -> None:
    """ETH's four categories do not rank; JUS's triage and warning do, and are not mapped."""
    category = plan("eth").scales["category"]
    assert not category.ordered
    assert [level.id for level in category.levels] == [
        "query", "hype", "fabrication", "constructive",
    ]  # fmt: skip
    scales = plan("jus").scales
    assert [level.id for level in scales["triage"].levels] == ["minor", "medium", "major"]
    assert [(x.id, x.colour) for x in scales["warning"].levels] == [
        ("IV", "blue"), ("III", "yellow"), ("II", "orange"), ("I", "red"),
    ]  # fmt: skip
    assert set(scales) == {"triage", "warning", "truth"}


# --- neutral, and nothing that must not be served ----------------------------------------


@each_plan
def test_readings_are_proposals(name: str) -> None:
    """A shipped reading is a proposal until the office confirms it in its own version."""
    readings = plan(name).readings.values()
    assert readings
    assert not [r.id for r in readings if r.confirmed or r.by or r.date]


PROVINCE = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙|广西|西藏|宁夏|新疆|香港|澳门"
)


@each_plan
def test_no_real_issuer(name: str) -> None:
    """Adapted from public texts: a neutral issuer, and no region that exists."""
    assert plan(name).issuer.startswith("某")
    assert "据公开文本改编" in plan(name).issuer
    assert not PROVINCE.search(text(name))


UNSERVED = {
    "sf": {"七(五)": 3, "七(二)": 1},
    "eth": {"五": 1, "四(三)2": 1, "四(三)3": 1},
    "jus": {"处置·引导": 2, "处置·进展": 1, "引导·降温": 1, "善后·思想": 1},
}


@each_plan
def test_what_is_not_served_is_named_with_an_honest_counterpart(name: str) -> None:
    """Part 3: reason and the record that takes its place."""
    found: dict[str, int] = {}
    for each in plan(name).unsupported:
        found[each.clause] = found.get(each.clause, 0) + 1
        assert each.why
        assert each.instead
    assert found == UNSERVED[name]


REFUSED = re.compile("删帖|水军|第三者|网评|跟帖|控评|管控|重点人群|接回|穩控|稳控|冲淡|压低|降温")


@each_plan
def test_no_duty_fact_organ_or_paper_serves_it(name: str) -> None:
    """Never as a duty, organ, fact, gate or document."""
    source = plan(name)
    said = [
        *(f"{d.does}{d.note or ''}" for d in source.duties.values()),
        *(f"{g.does or ''}{g.note or ''}" for g in source.gates.values()),
        *(f.ask for f in source.facts.values()),
        *(o.name for o in source.organs.values()),
        *(d.title for d in source.documents.values()),
        *(e.name for e in source.events.values()),
    ]
    assert not [words for words in said if REFUSED.search(words)]


@each_plan
def test_a_correction_or_referral_needs_a_finding_of_untruth(name: str) -> None:
    """A correction request or referral needs a recorded finding that a statement is untrue."""
    untrue: Condition = Equals("truth", ("untrue", "partly"))
    if name == "jus":  # its text asks for neither
        assert "requested" not in text(name)
        return
    for request in ("correction", "referral"):
        before = Act(kind="requested", fields={"request": (request,)})
        gates = [g for g in plan(name).gates.values() if g.before == before and g.when is None]
        assert len(gates) == 1
        assert untrue == gates[0].only_if or untrue in getattr(gates[0].only_if, "parts", ())


@each_plan
def test_every_article_is_encoded_or_says_that_it_asks_nothing(name: str) -> None:
    """The plan's table of contents is given, so that the reader can prove none is missing."""
    source = plan(name)
    assert source.clauses
    silent = set(source.without_rule)
    cited = {
        *(d.clause for d in source.duties.values()),
        *(g.clause for g in source.gates.values()),
    }
    assert silent <= set(source.clauses)
    assert not cited & silent


def test_telling_the_media_centre_does_not_call_its_reporters() -> None:
    """六(一): reporters are called to the scene; the notice of 六(二) is another act."""
    duty = plan("sf").duties["sudden-reporters"]
    assert (duty.to, duty.done_by) == ((), ())
