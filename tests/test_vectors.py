"""What a person computes by hand from the three shipped plans, clock by clock.

Each test is one night of an office; the log is what its file holds, the expectation what the
plan's text gives when somebody counts on paper. All times are +08:00.
"""

from __future__ import annotations

import pytest
from nights import Night, at, shipped

from yuqing.grade import grade
from yuqing.span import Calendar, Year

SF, ETH, JUS = "sf@2022-01", "eth@1", "jus@1"


# --- the night of the design -------------------------------------------------------------

FOUND = "  - {kind: discovered, at: 2026-11-22T01:52+08:00, by: 值班室}\n"
GRADED = """\
  - kind: graded
    at: 2026-11-22T02:10+08:00
    by: 值班室
    grades: {level: I}
    because: 省级媒体已转载
    facts: {mainstream_media: true, major_effect_likely: true}
"""
PHONED = (
    "  - {kind: reported, at: 2026-11-22T02:03+08:00, by: 值班室, to: lead-group, form: phone}\n"
)


def test_ungraded_the_night_runs_on_the_worst_level() -> None:
    """Found 01:52, not graded: nearest is 02:22, to tell the three, read strictly."""
    nearest = Night(shipped(SF), FOUND, "2026-11-22 02:09").all()[0]
    assert (nearest.duty, nearest.target) == ("notify-three", at("2026-11-22 02:22"))
    assert (nearest.state, nearest.provisional, nearest.level) == ("waiting", True, "I")
    assert nearest.target_name == "严格读法"


def test_graded_first_the_night_has_its_figures() -> None:
    """Graded I by 五·一级(d): facts by 03:52, statement 04:52 at best, 06:52 at the latest."""
    plan = shipped(SF)
    night = Night(plan, FOUND + GRADED, "2026-11-22 02:10")
    answer = grade(plan, {"mainstream_media": True, "major_effect_likely": True})
    assert answer.certain == "I"
    assert [r.clause for r in answer.reasons] == ["五·一级(d)"]
    assert night.of("facts").limit == at("2026-11-22 03:52")
    publish = night.of("publish")
    assert (publish.target, publish.limit) == (at("2026-11-22 04:52"), at("2026-11-22 06:52"))
    assert publish.readings == ("R2",)
    assert not publish.provisional


def test_the_call_at_02_03_gives_until_02_33() -> None:
    """Telephone report 02:03: the three must be told by 02:33; at 02:35 two are, one is not."""
    told = (
        "  - {kind: reported, at: 2026-11-22T02:20+08:00, by: 值班室, to: [cac, media-centre],"
        " form: phone}\n"
    )
    night = Night(shipped(SF), FOUND + GRADED + PHONED + told, "2026-11-22 02:35")
    three = night.of("notify-three")
    assert three.limit == at("2026-11-22 02:33")
    assert (three.state, three.missing) == ("overdue", ("publicity",))
    assert (three.clause, three.readings) == ("六(二)一级", ("R1",))


# --- religious affairs -------------------------------------------------------------------

MONDAY = "  - {kind: discovered, at: 2026-03-02T23:50+08:00, by: 值班室}\n"


def test_a_question_found_shortly_before_midnight() -> None:
    """Discovered Monday 23:50, a question that needs time: first report Tuesday 01:50,
    handling opinion the same day."""
    sorted_ = """\
  - kind: graded
    at: 2026-03-02T23:55+08:00
    by: 值班室
    grades: {level: major, category: query}
    clause: 四(三)1
    facts: {asks: true, answerable_now: false}
"""
    night = Night(shipped(ETH), MONDAY + sorted_, "2026-03-02 23:56")
    assert night.of("first-report").limit == at("2026-03-03 01:50")
    assert night.of("opinion").limit == at("2026-03-02 24:00")
    assert "reply-at-once" not in {s.duty for s in night.all()}


def test_an_ordinary_question_has_no_two_hours() -> None:
    """Only what is major runs the report clocks; the reply of the day is owed all the same."""
    sorted_ = """\
  - kind: graded
    at: 2026-03-02T23:55+08:00
    by: 值班室
    grades: {level: ordinary, category: query}
    because: 只有一人询问
    facts: {asks: true, answerable_now: false}
"""
    assert Night(shipped(ETH), MONDAY + sorted_, "2026-03-02 23:56").figures() == {"opinion"}


@pytest.mark.parametrize(
    ("plan", "level"), [(ETH, "major"), (SF, "I")], ids=["religious affairs", "state firm"]
)
def test_written_thirty_minutes_after_the_call(plan: str, level: str) -> None:
    """Discovered 10:00, telephone report 10:20: written by 10:50; read strictly, 10:30."""
    log = f"""\
  - {{kind: discovered, at: 2026-03-02T10:00+08:00, by: 值班室}}
  - {{kind: graded, at: 2026-03-02T10:01+08:00, by: 值班室, grades: {{level: {level}}}, because: 紧急}}
  - {{kind: reported, at: 2026-03-02T10:20+08:00, by: 值班室, to: office, form: phone}}
"""
    written = Night(shipped(plan), log, "2026-03-02 10:40").of("written-after-oral")
    assert written.limit == at("2026-03-02 10:50")
    assert written.target == at("2026-03-02 10:30")
    assert written.state == "past_target"


def test_the_result_is_owed_the_day_the_matter_is_concluded() -> None:
    """Concluded 5 June 16:00: reply with the result by 5 June 24:00."""
    log = """\
  - {kind: discovered, at: 2026-06-02T09:00+08:00, by: 值班室}
  - kind: graded
    at: 2026-06-02T09:05+08:00
    by: 值班室
    grades: {level: ordinary, category: query}
    clause: 四(三)1
    facts: {asks: true, answerable_now: false}
"""
    before = Night(shipped(ETH), log, "2026-06-05 15:00").of("result")
    assert (before.state, before.limit) == ("waiting", None)
    log += "  - {kind: concluded, at: 2026-06-05T16:00+08:00, by: 值班室}\n"
    assert Night(shipped(ETH), log, "2026-06-05 17:00").of("result").limit == at("2026-06-05 24:00")


def test_each_unit_owes_its_own_written_report() -> None:
    """四(五): each section and second-tier unit concerned reports in writing, within 3 days."""
    log = """\
  - {kind: discovered, at: 2026-03-02T10:00+08:00, by: 值班室}
  - {kind: graded, at: 2026-03-02T10:01+08:00, by: 值班室, grades: {level: major}, because: 紧急}
  - {kind: assigned, at: 2026-03-02T10:05+08:00, by: 值班室, to: 宣教科, text: 主办}
  - {kind: assigned, at: 2026-03-02T10:05+08:00, by: 值班室, to: 服务中心, text: 协办}
  - {kind: calmed, at: 2026-03-04T08:00+08:00, by: lead-group, because: 无新增}
  - {kind: reported, at: 2026-03-06T11:00+08:00, by: 宣教科, to: office, form: written, document: review}
"""
    found = Night(shipped(ETH), log, "2026-03-08 09:00").all()
    reviews = {s.for_: (s.state, s.limit) for s in found if s.duty == "review"}
    assert reviews == {
        "宣教科": ("met", at("2026-03-07 24:00")),
        "服务中心": ("overdue", at("2026-03-07 24:00")),
    }


# --- three days --------------------------------------------------------------------------


@pytest.mark.parametrize(("plan", "level"), [(ETH, "major"), (SF, "II")])
@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("3日", "2024-03-02 24:00"),  # as shipped: natural days; a leap year, a Saturday
        ("72小时", "2024-03-02 15:00"),
        ("3个工作日", "2024-03-04 24:00"),
    ],
)
def test_three_days_after_calm(plan: str, level: str, limit: str, due: str) -> None:
    """Calmed Wednesday 28 February 2024, 15:00; an office may read the 3 days otherwise."""
    log = f"""\
  - {{kind: discovered, at: 2024-02-27T10:00+08:00, by: 值班室}}
  - {{kind: graded, at: 2024-02-27T10:05+08:00, by: 值班室, grades: {{level: {level}}}, because: 研判}}
  - {{kind: calmed, at: 2024-02-28T15:00+08:00, by: lead-group, because: 无新增}}
"""
    own = shipped(plan, ("    limit: 3日\n", f"    limit: {limit}\n"))
    calendar = Calendar({2024: Year(year=2024)})
    night = Night(own, log, "2024-02-28 15:01", calendar)
    assert night.of("review").limit == at(due)


# --- state firm --------------------------------------------------------------------------


def sf_case(level: str, *more: str) -> str:
    lines = (
        "{kind: discovered, at: 2026-03-02T10:00+08:00, by: 值班室}",
        f"{{kind: graded, at: 2026-03-02T10:02+08:00, grades: {{level: {level}}}, because: 研判}}",
        *more,
    )
    return "".join(f"  - {line}\n" for line in lines)


CALL = "{kind: reported, at: 2026-03-02T10:05+08:00, by: 值班室, to: lead-group, form: phone}"


def told(clock: str, *organs: str) -> str:
    return (
        f"{{kind: reported, at: 2026-03-02T{clock}+08:00, by: 值班室,"
        f" to: [{', '.join(organs)}], form: phone}}"
    )


def test_level_one_from_ten_o_clock() -> None:
    """Discovered 10:00, phoned 10:05: three by 10:35 (strict 10:30), facts 12:00, statement
    amber 13:00, note 14:00, breach 15:00."""
    night = Night(shipped(SF), sf_case("I", CALL), "2026-03-02 10:06")
    three = night.of("notify-three")
    assert three.missing == ("cac", "publicity", "media-centre")
    assert (three.target, three.limit) == (at("2026-03-02 10:30"), at("2026-03-02 10:35"))
    assert night.of("facts").limit == at("2026-03-02 12:00")
    assert night.of("publish").target == at("2026-03-02 13:00")
    assert night.of("golden").target == at("2026-03-02 14:00")
    assert night.of("golden").limit is None
    assert night.of("publish").limit == at("2026-03-02 15:00")
    assert night.of("report-major").limit == at("2026-03-02 12:00")
    assert night.of("notify-departments").limit == at("2026-03-02 12:00")


@pytest.mark.parametrize(
    ("now", "publish", "golden"),
    [
        ("13:00", "running", "running"),
        ("13:01", "past_target", "running"),
        ("14:01", "past_target", "past_target"),
        ("15:00", "past_target", "past_target"),
        ("15:01", "overdue", "past_target"),
    ],
)
def test_three_four_and_five_hours(now: str, publish: str, golden: str) -> None:
    """3 hours amber, 4 hours advice, 5 hours breach; exactly at the limit is on time."""
    night = Night(shipped(SF), sf_case("I", CALL), f"2026-03-02 {now}")
    assert (night.of("publish").state, night.of("golden").state) == (publish, golden)


def test_late_for_the_third_recipient_only() -> None:
    """Two of three informed 10:20, the third 10:50: late because of the third."""
    two = (CALL, told("10:20", "cac", "publicity"))
    three = Night(shipped(SF), sf_case("I", *two), "2026-03-02 10:45").of("notify-three")
    assert (three.state, three.missing) == ("overdue", ("media-centre",))
    log = sf_case("I", *two, told("10:50", "media-centre"))
    after = Night(shipped(SF), log, "2026-03-02 11:00").of("notify-three")
    assert (after.state, after.done) == ("met_late", at("2026-03-02 10:50"))
    log = sf_case("I", *two, told("10:35", "media-centre"))
    assert Night(shipped(SF), log, "2026-03-02 11:00").of("notify-three").state == "met"


def test_level_two_owes_the_report_and_no_statement() -> None:
    """Level II, discovered 09:00: facts, judgement and suggestion by 11:00; no publication
    clock beyond the four hours' advice."""
    log = sf_case("II").replace("T10:", "T09:")
    night = Night(shipped(SF), log, "2026-03-02 09:30")
    facts = night.of("facts")
    assert facts.limit == at("2026-03-02 11:00")
    assert "处置建议" in facts.does
    assert night.figures() == {"facts", "golden"}


def test_level_three_has_words_only() -> None:
    """Level III: no numeric clock; the report is open as 及时."""
    log = sf_case("III").replace("T10:", "T09:")
    night = Night(shipped(SF), log, "2026-03-02 09:30")
    facts = night.of("facts")
    assert (facts.state, facts.word, facts.limit) == ("open", "及时", None)
    assert not [s.duty for s in night.all() if s.limit]


def test_a_mishandled_second_level_rises_to_the_first() -> None:
    """II, mishandled and growing: suggests I; the new clocks run from the regrading, with the
    discovery shown; what ran before keeps its limit."""
    plan = shipped(SF)
    answer = grade(plan, {"mishandled": True, "growing": True}, was={"level": "II"})
    assert answer.certain == "I"
    assert answer.reasons[0].clause == "五·一级(b)"
    up = (
        "{kind: graded, at: 2026-03-02T18:00+08:00, by: 值班室, grades: {level: I},"
        " clause: 五·一级(b), facts: {mishandled: true, growing: true}}"
    )
    night = Night(plan, sf_case("II", up), "2026-03-02 18:01")
    publish = night.of("publish")
    assert (publish.target, publish.limit) == (at("2026-03-02 21:00"), at("2026-03-02 23:00"))
    assert publish.start == at("2026-03-02 10:00")
    assert not publish.arose_late
    assert night.of("report-major").limit == at("2026-03-02 20:00")
    assert night.of("facts").limit == at("2026-03-02 12:00")


def test_an_office_may_count_the_rise_from_discovery() -> None:
    """`on_upgrade: from_start`: then what is already past arose late, nobody's fault."""
    plan = shipped(SF, ("  on_upgrade: from_upgrade\n", "  on_upgrade: from_start\n"))
    up = (
        "{kind: graded, at: 2026-03-02T18:00+08:00, by: 值班室, grades: {level: I},"
        " clause: 五·一级(b), facts: {mishandled: true, growing: true}}"
    )
    publish = Night(plan, sf_case("II", up), "2026-03-02 18:01").of("publish")
    assert (publish.limit, publish.arose_late) == (at("2026-03-02 15:00"), True)


def agreed(clock: str, organ: str, matter: str, text: str = "甲") -> str:
    return (
        f"{{kind: decided, at: 2026-03-02T{clock}+08:00, by: {organ}, matter: {matter},"
        f" outcome: agreed, text: {text}}}"
    )


SAID = "{kind: published, at: 2026-03-02T13:00+08:00, signed_as: 集团, text: 甲}"


def test_a_first_level_statement_passes_two_bodies() -> None:
    """六(三): the leading group, and the municipal cyberspace group or publicity department."""
    group = agreed("11:00", "lead-group", "publish-I")
    plan = shipped(SF)
    for organ in ("cac-group", "publicity"):
        log = sf_case("I", group, agreed("12:00", organ, "publish-I"), SAID)
        assert Night(plan, log, "2026-03-02 14:00").gates() == {"publish-I": True}
    assert Night(plan, sf_case("I", group, SAID), "2026-03-02 14:00").gates() == {
        "publish-I": False
    }
    other = sf_case("I", group, agreed("12:00", "publicity", "publish-I", "乙"), SAID)
    assert Night(plan, other, "2026-03-02 14:00").gates() == {"publish-I": False}


def test_a_lower_level_passes_the_unit_and_the_group_head() -> None:
    """六(三): II and III, the leader in charge of the unit, then the group's principal leader."""
    steps = [agreed("11:00", organ, "publish-other") for organ in ("unit-leader", "group-head")]
    for level in ("II", "III"):
        night = Night(shipped(SF), sf_case(level, *steps, SAID), "2026-03-02 14:00")
        assert night.gates() == {"publish-other": True}


def test_an_answer_to_a_reporter_is_reported_and_approved_first() -> None:
    """七(七): before any interview or disclosure, leading group and publicity department are
    told; the call of the night does not stand for it. An answer to the asker needs neither."""
    answer = "{kind: replied, at: 2026-03-02T13:00+08:00, signed_as: 集团, to: WHO, text: 甲}"
    plan = shipped(SF)
    told_first = (
        "{kind: reported, at: 2026-03-02T12:00+08:00, to: [lead-group, publicity],"
        " document: interview-plan}"
    )
    late = sf_case("I", CALL, told("10:20", "publicity"), answer.replace("WHO", "media"))
    assert Night(plan, late, "2026-03-02 14:00").gates() == {"publish-I": False, "interview": False}
    first = sf_case("I", told_first, answer.replace("WHO", "media"))
    assert Night(plan, first, "2026-03-02 14:00").gates()["interview"] is True
    asked = sf_case("I", answer.replace("WHO", "asker"))
    assert Night(plan, asked, "2026-03-02 14:00").gates() == {}


def test_a_correction_request_needs_a_finding_first() -> None:
    """七(五): only where the statement was found untrue; opinion is no subject of it."""
    request = (
        "{kind: requested, at: 2026-03-02T13:00+08:00, request: correction, to: website,"
        " text: 大桥已封闭, because: 现场核查照常通行, clause: 七(五), files: [{kept: 值班室, number: 核1}]}"
    )
    finding = (
        "{kind: graded, at: 2026-03-02T12:00+08:00, grades: {truth: VALUE}, because: 现场核查}"
    )
    plan = shipped(SF)
    found = {}
    for value in ("untrue", "partly", "confirmed"):
        log = sf_case("II", finding.replace("VALUE", value), request)
        found[value] = Night(plan, log, "2026-03-02 14:00").gates()["correct-only-untrue"]
    assert found == {"untrue": True, "partly": True, "confirmed": False}
    unknown = Night(plan, sf_case("II", request), "2026-03-02 14:00")
    assert unknown.gates() == {"correct-only-untrue": False}


# --- justice bureau ----------------------------------------------------------------------


def jus_case(triage: str, *more: str) -> str:
    lines = (
        "{kind: discovered, at: 2026-03-02T08:30+08:00, by: 值班室}",
        f"{{kind: graded, at: 2026-03-02T08:40+08:00, grades: {{triage: {triage}}}, because: 研判}}",
        *more,
    )
    return "".join(f"  - {line}\n" for line in lines)


PROMPT = (
    "{kind: received, at: 2026-03-02T09:00+08:00, by: 值班室, from: cac, document: prompt,"
    " number: 提示3号}"
)


@pytest.mark.parametrize("triage", ["medium", "major"])
def test_a_prompt_is_answered_in_twelve_hours_or_twenty_four(triage: str) -> None:
    """Prompt received 09:00: written feedback, amber 21:00, breach next day 09:00."""
    feedback = Night(shipped(JUS), jus_case(triage, PROMPT), "2026-03-02 09:01").of("feedback")
    assert feedback.target == at("2026-03-02 21:00")
    assert feedback.limit == at("2026-03-03 09:00")
    assert feedback.missing == ("publicity", "cac")


def test_a_minor_matter_is_only_watched() -> None:
    """Triage 小微: no clock, also after a prompt."""
    night = Night(shipped(JUS), jus_case("minor", PROMPT), "2026-03-02 09:01")
    assert night.figures() == set()
    assert "feedback" not in {s.duty for s in night.all()}


def test_feedback_by_telephone_is_none() -> None:
    """The feedback is owed in writing."""
    call = (
        "{kind: reported, at: 2026-03-02T10:00+08:00, by: 值班室, to: [publicity, cac],"
        " form: FORM, document: feedback}"
    )
    for form, state in (("phone", "running"), ("written", "met")):
        log = jus_case("medium", PROMPT, call.replace("FORM", form))
        assert Night(shipped(JUS), log, "2026-03-02 11:00").of("feedback").state == state


def test_progress_is_due_when_the_instruction_says() -> None:
    """JUS.T8: handling progress as the superior body asks: by the date on its instruction."""
    order = (
        "{kind: received, at: 2026-03-02T11:00+08:00, by: 值班室, from: command-body,"
        " document: instruction, due: 2026-03-02T17:30+08:00}"
    )
    night = Night(shipped(JUS), jus_case("medium", order), "2026-03-02 12:00")
    progress = night.of("progress")
    assert progress.limit == at("2026-03-02 17:30")
    assert not [s for s in night.all() if s.item]


def test_a_special_response_follows_the_feedback() -> None:
    """JUS.T11: the special response cannot precede the handling feedback."""
    special = (
        "{kind: published, at: 2026-03-02T15:00+08:00, signed_as: 区司法局,"
        " document: special-response, text: 甲}"
    )
    section = (
        "{kind: received, at: 2026-03-02T14:00+08:00, from: units, document: handling-feedback}"
    )
    plan = shipped(JUS)
    early = Night(plan, jus_case("medium", special), "2026-03-02 16:00")
    assert early.gates()["special-after-feedback"] is False
    after = Night(plan, jus_case("medium", section, special), "2026-03-02 16:00")
    assert after.gates()["special-after-feedback"] is True


def test_a_relapse_opens_a_second_round() -> None:
    """Lifted, then risen again: round 2 with new clocks, round 1 unchanged."""
    feedback = (
        "{kind: reported, at: 2026-03-02T20:00+08:00, by: 值班室, to: [publicity, cac],"
        " form: written, document: feedback}"
    )
    first = (
        PROMPT,
        feedback,
        "{kind: lifted, at: 2026-03-05T09:00+08:00, by: 区委, because: 平息}",
    )
    again = (
        "{kind: relapsed, at: 2026-03-09T07:00+08:00, by: 值班室}",
        PROMPT.replace("03-02T09:00", "03-09T08:00").replace("3号", "5号"),
    )
    before = Night(shipped(JUS), jus_case("medium", *first), "2026-03-06 09:00")
    night = Night(shipped(JUS), jus_case("medium", *first, *again), "2026-03-09 08:30")
    assert night.of("feedback", nth=1) == before.of("feedback", nth=1)
    assert night.of("feedback", nth=1).state == "met"
    second = night.of("feedback", nth=2)
    assert (second.target, second.limit) == (at("2026-03-09 20:00"), at("2026-03-10 08:00"))
    assert night.of("restart", nth=2).state == "open"


# --- referral ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "truth", "cleared"),
    [
        ("facts_told: true, continues: true, grave_effect: true", "untrue", True),
        ("facts_told: true, continues: true, grave_effect: true", "confirmed", False),
        ("facts_told: true, continues: true", "untrue", False),
        ("facts_told: true, continues: false, grave_effect: true", "untrue", False),
    ],
)
def test_referral_is_the_last_step(facts: str, truth: str, cleared: bool) -> None:
    """四(三)2, 3: only what was found untrue, was answered, goes on and does grave harm."""
    log = f"""\
  - {{kind: discovered, at: 2026-03-02T10:00+08:00}}
  - kind: graded
    at: 2026-03-02T11:00+08:00
    grades: {{level: major, category: hype, truth: {truth}}}
    because: 现场核查
    facts: {{{facts}}}
  - {{kind: published, at: 2026-03-02T12:00+08:00, signed_as: 民宗局, text: 情况说明}}
  - kind: requested
    at: 2026-03-02T15:00+08:00
    request: referral
    to: departments
    text: 所述事实
    because: 告知后仍在传播
    clause: 四(三)2
    files: [{{kept: 值班室, number: 核1}}]
"""
    gates = Night(shipped(ETH), log, "2026-03-02 16:00").gates()
    assert set(gates) == {"refer-hype", "refer-only-untrue"}
    assert all(gates.values()) is cleared
