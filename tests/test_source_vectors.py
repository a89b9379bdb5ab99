"""What a person computes by hand from the other source plans, clock by clock.

Each test is one day of an office; the log is what its file holds. All times are +08:00.
"""

from __future__ import annotations

import datetime as dt

import pytest
from nights import ZONE, Night, at, shipped

from yuqing.clock import office_standings, standings
from yuqing.grade import grade
from yuqing.read.case import read_case
from yuqing.span import Calendar, Season, Year


def log(*lines: str) -> str:
    return "".join(f"  - {line}\n" for line in lines)


def found(clock: str, day: str = "2026-03-02") -> str:
    return f"{{kind: discovered, at: {day}T{clock}+08:00, by: 值班室}}"


def graded(clock: str, grades: str, facts: str = "", day: str = "2026-03-02") -> str:
    more = f", facts: {{{facts}}}" if facts else ""
    return (
        f"{{kind: graded, at: {day}T{clock}+08:00, by: 值班室, grades: {{{grades}}},"
        f" because: 研判{more}}}"
    )


# --- highway group -----------------------------------------------------------------------


def test_the_leading_group_within_the_hour() -> None:
    """HWY, discovered 09:00: leader in charge at once; emergency leading group by 10:00."""
    night = Night(shipped("hwy"), log(found("09:00")), "2026-03-02 09:10")
    leader = night.of("report-leader")
    assert (leader.state, leader.word, leader.limit) == ("open", "立即", None)
    group = night.of("report")
    assert (group.limit, group.to) == (at("2026-03-02 10:00"), ("lead-group",))
    assert night.figures() == {"report"}
    assert Night(shipped("hwy"), log(found("09:00")), "2026-03-02 10:01").of("report").state == (
        "overdue"
    )


def test_the_leader_gets_an_opinion_with_the_report() -> None:
    """HWY 三2: a report without the handling opinion does not meet it."""
    told = "{kind: reported, at: 2026-03-02T09:05+08:00, by: 值班室, to: [leader, lead-group]DOC}"
    plan = shipped("hwy")
    bare = Night(plan, log(found("09:00"), told.replace("DOC", "")), "2026-03-02 09:10")
    assert (bare.of("report-leader").state, bare.of("report").state) == ("open", "met")
    full = told.replace("DOC", ", document: report-with-opinion")
    night = Night(plan, log(found("09:00"), full), "2026-03-02 09:10")
    assert (night.of("report-leader").state, night.of("report").state) == ("met", "met")


@pytest.mark.parametrize(("name", "organ"), [("hwy", "lead-group"), ("sch", "school-leaders")])
def test_measures_only_after_approval(name: str, organ: str) -> None:
    """HWY 三2, SCH 三2: measures are taken only after approval."""
    start = "{kind: activated, at: 2026-03-02T10:00+08:00, by: 值班室}"
    yes = (
        f"{{kind: decided, at: 2026-03-02T09:30+08:00, by: {organ}, matter: measures,"
        " outcome: agreed}"
    )
    plan = shipped(name)
    before = Night(plan, log(found("09:00"), start), "2026-03-02 11:00")
    assert before.gates() == {"measures": False}
    after = Night(plan, log(found("09:00"), yes, start), "2026-03-02 11:00")
    assert after.gates() == {"measures": True}


# --- human resources ---------------------------------------------------------------------

OCCURRED = "{kind: occurred, at: 2026-03-02T08:00+08:00, by: 值班室}"


def test_half_an_hour_from_the_discovery_twelve_from_the_occurrence() -> None:
    """HRS, occurred 08:00, discovered 09:00: report 09:30, formal reply 20:00."""
    night = Night(shipped("hrs"), log(OCCURRED, found("09:00")), "2026-03-02 09:10")
    assert night.of("report").limit == at("2026-03-02 09:30")
    reply = night.of("reply")
    assert (reply.limit, reply.estimated, reply.to) == (at("2026-03-02 20:00"), False, ("public",))
    assert night.figures() == {"report", "reply"}


def test_an_unknown_occurrence_is_estimated_by_the_discovery() -> None:
    """HRS.T3 with the occurrence unknown: from discovery, marked as an estimate."""
    reply = Night(shipped("hrs"), log(found("09:00")), "2026-03-02 09:10").of("reply")
    assert (reply.limit, reply.estimated) == (at("2026-03-02 21:00"), True)


@pytest.mark.parametrize(
    ("level", "duty", "to"),
    [
        ("HRS-1", "ask-committee", ("committee", "government")),
        ("HRS-2", "report-deputy-mayor", ("deputy-mayor", "cac")),
        ("HRS-3", "file-cac", ("cac",)),
        ("HRS-4", "ask-group", ("lead-group",)),
    ],
)
def test_each_level_has_its_own_chain(level: str, duty: str, to: tuple[str, ...]) -> None:
    """HRS, four chains: who leads and who is told depends on the level alone."""
    chains = {"ask-committee", "report-deputy-mayor", "file-cac", "ask-group"}
    day = log(found("09:00"), graded("09:05", f"level: {level}"))
    night = Night(shipped("hrs"), day, "2026-03-02 09:10")
    assert chains & {s.duty for s in night.all()} == {duty}
    assert night.of(duty).to == to
    up = "report-up" in {s.duty for s in night.all()}
    assert up == (level in ("HRS-1", "HRS-2"))


def test_worsening_without_a_report_passes_the_local_target() -> None:
    """HRS.T5: a worsening trend is reported in time; the office's own hour is no breach."""
    worse = "{kind: noted, at: 2026-03-02T11:00+08:00, by: 值班室, facts: {trend: worsening}}"
    day = (found("09:00"), graded("09:05", "level: HRS-3"))
    plan = shipped("hrs")
    assert "worsening" not in {s.duty for s in Night(plan, log(*day), "2026-03-02 11:30").all()}
    states = {
        clock: Night(plan, log(*day, worse), f"2026-03-02 {clock}").of("worsening").state
        for clock in ("12:00", "12:01")
    }
    assert states == {"12:00": "running", "12:01": "past_local_target"}
    told = "{kind: reported, at: 2026-03-02T11:20+08:00, by: 值班室, to: lead-group}"
    night = Night(plan, log(*day, worse, told), "2026-03-02 13:00")
    assert night.of("worsening").state == "met"


def test_after_the_end_somebody_keeps_watching() -> None:
    """HRS.T15: the trend is watched on after handling ended, until the file is closed."""
    day = log(found("09:00"), "{kind: concluded, at: 2026-03-03T09:00+08:00, by: 值班室}")
    assert Night(shipped("hrs"), day, "2026-03-04 09:00").of("watch-after").state == "open"


# --- town --------------------------------------------------------------------------------


def test_a_signed_reply_within_three_hours() -> None:
    """ZHD, discovered 14:10, major: reply in the unit's name by 17:10."""
    day = (found("14:10"), graded("14:15", "level: major", "major_matter: true"))
    plan = shipped("zhd")
    night = Night(plan, log(*day), "2026-03-02 14:20")
    assert night.of("public-reply").limit == at("2026-03-02 17:10")
    assert night.figures() == {"public-reply"}
    said = "{kind: published, at: 2026-03-02T17:10+08:00, signed_as: 某镇, text: 情况说明}"
    assert Night(plan, log(*day, said), "2026-03-02 18:00").of("public-reply").state == "met"


def test_three_looks_a_day() -> None:
    """ZHD.T1: at least three looks a day; two are not enough, a fourth does no harm."""
    plan = shipped("zhd")
    night = Night(plan, "", "2026-03-02 24:00")

    def of(looks: int) -> str:
        ticks = log(
            *(
                f"{{kind: done, at: 2026-03-02T{9 + n:02d}:00+08:00, by: 值班室, duty: looks}}"
                for n in range(looks)
            )
        )
        book = Night(plan, ticks, night.now).case()
        day = dt.date(2026, 3, 2)
        stands = office_standings((book,), (plan,), Calendar(), at("2026-03-03 00:01"), since=day)
        (standing,) = (s for s in stands if s.limit == at("2026-03-02 24:00"))
        return standing.state

    assert [of(looks) for looks in (2, 3, 4)] == ["overdue", "met", "met"]


def test_a_transfer_brings_its_own_limit() -> None:
    """ZHD.T5: answered within the limit that the transfer prescribes."""
    transfer = (
        "{kind: received, at: 2026-03-02T15:00+08:00, by: 值班室, from: county-office,"
        " document: transfer, due: 2026-03-06}"
    )
    plan = shipped("zhd")
    night = Night(plan, log(found("14:10"), transfer), "2026-03-02 16:00")
    assert night.of("answer-transfer").limit == at("2026-03-06 24:00")
    assert not [s for s in night.all() if s.item]
    answered = "{kind: replied, at: 2026-03-06T16:00+08:00, signed_as: 某镇, to: asker, text: 甲}"
    after = Night(plan, log(found("14:10"), transfer, answered), "2026-03-07 09:00")
    assert after.of("answer-transfer").state == "met"


def test_dual_reporting_needs_both() -> None:
    """ZHD.T6, CA.T1: level by level and dual; one recipient is not enough."""
    for name, first, second in (("zhd", "office", "principal"), ("ca", "leader", "lead-group")):
        duty = "report-major" if name == "zhd" else "report"
        one = f"{{kind: reported, at: 2026-03-02T14:30+08:00, by: 值班室, to: {first}}}"
        day = log(found("14:10"), graded("14:15", "level: major"), one)
        standing = Night(shipped(name), day, "2026-03-02 15:00").of(duty)
        assert (standing.state, standing.missing) == ("open", (second,))


# --- school ------------------------------------------------------------------------------

QUERY = graded("08:05", "level: ordinary, category: query", "asks: true, answerable_now: false")


def test_a_reply_that_needs_time_names_the_day_of_the_result() -> None:
    """CA, discovered 08:00: opinion the same day, with a promised date; result on that date."""
    plan = shipped("ca")
    night = Night(plan, log(found("08:00"), QUERY), "2026-03-02 09:00")
    assert night.of("opinion").limit == at("2026-03-02 24:00")
    assert night.figures() == {"opinion"}
    said = (
        "{kind: replied, at: 2026-03-02T17:00+08:00, signed_as: 某校, to: asker,"
        " document: opinion, text: 核查后答复DUE}"
    )
    vague = Night(plan, log(found("08:00"), QUERY, said.replace("DUE", "")), "2026-03-02 18:00")
    assert vague.of("opinion").state == "running"
    assert "result" not in {s.duty for s in vague.all()}
    promised = log(found("08:00"), QUERY, said.replace("DUE", ", due: 2026-03-10"))
    night = Night(plan, promised, "2026-03-02 18:00")
    assert night.of("opinion").state == "met"
    assert night.of("result").limit == at("2026-03-10 24:00")
    assert not [s for s in night.all() if s.item]
    assert Night(plan, promised, "2026-03-11 00:01").of("result").state == "overdue"


def test_three_acts_at_once() -> None:
    """CA.T2: plan activated, working team formed, short meeting: three acts, none for another."""
    acts = (
        "{kind: activated, at: 2026-03-02T08:10+08:00, by: 学校}",
        "{kind: convened, at: 2026-03-02T08:30+08:00, by: 学校, with: [lead-group]}",
    )
    day = log(found("08:00"), graded("08:05", "level: major"), *acts)
    night = Night(shipped("ca"), day, "2026-03-02 09:00")
    states = {duty: night.of(duty).state for duty in ("activate", "form-team", "meet")}
    assert states == {"activate": "met", "form-team": "open", "meet": "met"}


# --- work safety -------------------------------------------------------------------------

CRITICAL = "{kind: event, event: critical-report, at: 2024-12-20T10:00+08:00, by: 值班室}"


def feedback(day: str, document: str, to: str = "[department, media]") -> str:
    return (
        f"{{kind: reported, at: {day}T16:00+08:00, by: 值班室, to: {to}, form: written,"
        f" document: {document}}}"
    )


def test_two_weeks_for_the_media() -> None:
    """SAF, critical report 2024-12-20: both recipients by 2025-01-03 24:00."""
    plan = shipped("saf")
    day = log(found("11:00", "2024-12-20"), CRITICAL)
    standing = Night(plan, day, "2024-12-21 09:00").of("media-feedback")
    assert standing.limit == at("2025-01-03 24:00")
    assert standing.missing == ("department", "media")
    assert Night(plan, day, "2025-01-03 24:00").of("media-feedback").state == "running"
    assert Night(plan, day, "2025-01-04 00:01").of("media-feedback").state == "overdue"


@pytest.mark.parametrize("document", ["rectification", "progress"])
def test_a_progress_note_counts(document: str) -> None:
    """SAF.T1: a result or a progress note; each recipient for itself."""
    plan = shipped("saf")
    day = (found("11:00", "2024-12-20"), CRITICAL)
    both = Night(plan, log(*day, feedback("2025-01-03", document)), "2025-01-04 09:00")
    assert both.of("media-feedback").state == "met"
    one = Night(plan, log(*day, feedback("2025-01-03", document, "media")), "2025-01-04 09:00")
    assert one.of("media-feedback").missing == ("department",)


# --- township ----------------------------------------------------------------------------


def test_two_organs_grade_one_after_the_other() -> None:
    """TWN 三(三): monitors propose, the office confirms: two acts, and two reports."""
    plan = shipped("twn")
    proposed = (
        "{kind: graded, at: 2026-03-02T09:10+08:00, by: monitors, grades: {level: orange},"
        " proposed: true, because: 研判}"
    )
    to_office = "{kind: reported, at: 2026-03-02T09:15+08:00, by: monitors, to: office}"
    confirmed = (
        "{kind: graded, at: 2026-03-02T09:40+08:00, by: office, grades: {level: yellow},"
        " because: 核实}"
    )
    day = (found("09:00"), proposed, to_office)
    before = Night(plan, log(*day), "2026-03-02 09:30")
    states = {duty: before.of(duty).state for duty in ("judge", "report-level", "confirm")}
    assert states == {"judge": "met", "report-level": "met", "confirm": "open"}
    assert before.of("report-confirmed").state == "waiting"
    after = Night(plan, log(*day, confirmed), "2026-03-02 09:50")
    assert (after.of("confirm").state, after.of("report-confirmed").state) == ("met", "open")


def test_the_higher_of_attention_and_risk() -> None:
    """TWN, attention and risk point to different colours: the higher, both named."""
    seen = {"attention_scope": "certain", "mass_event_risk": "major", "stability_effect": "slight"}
    answer = grade(shipped("twn"), seen)
    assert answer.certain == "red"
    assert {r.level for r in answer.reasons} == {"red", "orange", "yellow"}


def test_the_plan_ends_only_when_three_things_hold() -> None:
    """TWN 四(三): controlled, stable, and assessed by the leading group."""
    facts = (
        "{kind: noted, at: 2026-03-04T09:00+08:00, facts: {controlled: true, trend_stable: STABLE}}"
    )
    yes = (
        "{kind: decided, at: 2026-03-04T10:00+08:00, by: lead-group, matter: terminate,"
        " outcome: agreed}"
    )
    lifted = "{kind: lifted, at: 2026-03-04T11:00+08:00, by: lead-group, because: 平稳}"
    plan = shipped("twn")
    start = (found("09:00"), graded("09:05", "level: blue"))
    cases = {
        "all": (facts.replace("STABLE", "true"), yes),
        "unstable": (facts.replace("STABLE", "false"), yes),
        "not assessed": (facts.replace("STABLE", "true"),),
        "not looked at": (yes,),
    }
    passed = {
        name: Night(plan, log(*start, *acts, lifted), "2026-03-05 09:00").gates()["terminate"]
        for name, acts in cases.items()
    }
    assert passed == {
        "all": True, "unstable": False, "not assessed": False, "not looked at": False,
    }  # fmt: skip


def test_each_measure_has_its_own_deadline() -> None:
    """TWN.T20: a rectification measure is due on its own date; each unit reviews itself."""
    day = log(
        found("09:00"),
        graded("09:05", "level: blue"),
        "{kind: assigned, at: 2026-03-02T09:10+08:00, by: 值班室, to: 水利站, text: 主办}",
        "{kind: assigned, at: 2026-03-02T09:10+08:00, by: 值班室, to: 民政办, text: 协办}",
        "{kind: lifted, at: 2026-03-04T11:00+08:00, by: lead-group, because: 平稳}",
        "{kind: reported, at: 2026-03-05T09:00+08:00, by: 水利站, to: office, form: written,"
        " document: self-review}",
        "{kind: assigned, at: 2026-03-06T10:00+08:00, by: lead-group, to: 水利站, due: 2026-03-31,"
        " text: 清淤}",
    )
    night = Night(shipped("twn"), day, "2026-04-01 00:01")
    rectify = night.of("rectify")
    assert (rectify.limit, rectify.state) == (at("2026-03-31 24:00"), "overdue")
    reviews = {s.for_: s.state for s in night.all() if s.duty == "self-review"}
    assert reviews == {"水利站": "met", "民政办": "open"}


# --- decisions and simultaneity ----------------------------------------------------------


def test_the_decision_to_convene_is_itself_recorded() -> None:
    """ELE 三1, 三2: the department decides, yes or no; only a yes calls the meeting."""
    plan = shipped("ele")
    day = (
        found("09:00"),
        "{kind: reported, at: 2026-03-02T09:10+08:00, by: 值班室, to: org-dept}",
    )
    open_ = Night(plan, log(*day), "2026-03-02 09:30")
    assert (open_.of("decide").state, open_.of("meet").state) == ("open", "waiting")
    decided = (
        "{kind: decided, at: 2026-03-02T10:00+08:00, by: org-dept, matter: 召开联席会议,"
        " outcome: OUTCOME, because: 影响有限}"
    )
    for outcome, state in (("agreed", "open"), ("refused", "waiting")):
        night = Night(plan, log(*day, decided.replace("OUTCOME", outcome)), "2026-03-02 11:00")
        assert (night.of("decide").state, night.of("meet").state) == ("met", state)
    assert not open_.figures()


@pytest.mark.parametrize("name", ["ele", "sch"])
def test_handling_and_words_go_together(name: str) -> None:
    """ELE.T8, SCH.T10: once activated, something is said to the public; the wait is shown."""
    start = "{kind: activated, at: 2026-03-02T10:00+08:00, by: 值班室}"
    said = "{kind: published, at: 2026-03-02T10:30+08:00, signed_as: 单位, text: 情况说明}"
    plan = shipped(name)
    silent = Night(plan, log(found("09:00"), start), "2026-03-02 10:20").of("together")
    assert (silent.state, silent.word) == ("open", "同步")
    spoken = Night(plan, log(found("09:00"), start, said), "2026-03-02 11:00").of("together")
    assert spoken.state == "met"


# --- petition card -----------------------------------------------------------------------


def test_the_claim_is_judged_before_the_card_is_closed() -> None:
    """PET: reasonable is solved, unreasonable explained, hardship helped; no clock with a figure."""
    plan = shipped("pet")
    closed = "{kind: closed, at: 2026-03-20T09:00+08:00, by: 值班室}"
    assert Night(plan, log(found("09:00"), closed), "2026-03-21 09:00").gates() == {
        "branch-first": False
    }
    for branch, duty in (
        ("reasonable", "solve"),
        ("unreasonable", "explain"),
        ("hardship", "assist"),
    ):
        night = Night(
            plan, log(found("09:00"), graded("10:00", f"branch: {branch}")), "2026-03-02 11:00"
        )
        owed = {s.duty for s in night.all()}
        assert owed & {"solve", "explain", "assist"} == {duty}
        assert not night.figures()
    judged = log(found("09:00"), graded("10:00", "branch: hardship"), closed)
    assert Night(plan, judged, "2026-03-21 09:00").gates() == {"branch-first": True}


# --- routine -----------------------------------------------------------------------------


def test_the_briefing_is_due_before_the_end_of_work() -> None:
    """S12.T1, S16a.T1: every day before the office closes; the calendar may change the hour."""
    plan = shipped("routine")
    summer = Season(dt.date(2026, 6, 1), dt.date(2026, 9, 30), dt.time(9), dt.time(17, 30))

    def due(day: dt.date, calendar: Calendar) -> dt.datetime:
        now = dt.datetime.combine(day, dt.time(12), ZONE)
        stands = office_standings((), (plan,), calendar, now, since=day)
        (limit,) = (s.limit for s in stands if s.duty.startswith("close-briefing@"))
        assert limit is not None
        return limit

    assert due(dt.date(2026, 3, 2), Calendar()) == at("2026-03-02 18:00")
    seasonal = Calendar({2026: Year(year=2026, hours=(summer,))})
    assert due(dt.date(2026, 7, 1), seasonal) == at("2026-07-01 17:30")


def test_a_critic_is_answered_by_the_deputy_head_in_person() -> None:
    """S02.T1: criticism is handled by the leader in charge; anybody else's answer is not that."""
    plan = shipped("routine")
    answer = (
        "{kind: replied, at: 2026-03-02T16:00+08:00, by: WHO, signed_as: 单位, to: asker, text: 甲}"
    )
    day = (found("09:00"), graded("09:05", "request: criticism"))
    states = {
        who: Night(plan, log(*day, answer.replace("WHO", who)), "2026-03-02 17:00")
        .of("criticism-in-person")
        .state
        for who in ("staff", "deputy-head")
    }
    assert states == {"staff": "open", "deputy-head": "met"}


def test_a_sudden_item_has_a_limit_that_nobody_wrote_down() -> None:
    """S16b.T1: 限时 without a figure: the elapsed time is shown, nothing is invented."""
    day = log(
        found("09:00"),
        "{kind: noted, at: 2026-03-02T09:01+08:00, facts: {sudden_event: true}}",
    )
    standing = Night(shipped("routine"), day, "2026-03-04 09:00").of("report-sudden")
    assert (standing.state, standing.word, standing.limit) == ("open", "限时", None)


# --- baseline ----------------------------------------------------------------------------


def test_five_twenty_four_and_forty_eight_hours() -> None:
    """Very serious: information 5 h, conference 24 h from the occurrence; other matters 48 h."""
    plan = shipped("baseline")
    day = (OCCURRED, found("09:00"))
    serious = Night(plan, log(*day, graded("09:05", "emergency: serious")), "2026-03-02 10:00")
    assert serious.of("authoritative").limit == at("2026-03-02 13:00")
    assert serious.of("conference").limit == at("2026-03-03 08:00")
    assert serious.figures() == {"authoritative", "conference"}
    other = Night(plan, log(*day, graded("09:05", "emergency: other")), "2026-03-02 10:00")
    assert other.of("respond").limit == at("2026-03-04 09:00")
    assert other.figures() == {"respond"}


def test_the_baseline_beside_the_office_s_own_plan() -> None:
    """Both graded on one case: each by its own scale, each duty with its own plan's name."""
    own, norm = shipped("zhd"), shipped("baseline")
    day = log(found("14:10"), graded("14:15", "level: major, emergency: serious"))
    pins = "".join(
        f'  - {{id: {each.id}, version: "{each.version}", digest: {each.digest}}}\n'
        for each in (own, norm)
    )
    head = f"yuqing: 1\nid: YQ-20260302-7K3M\ntitle: 演练\nplans:\n{pins}log:\n"
    plans = {each.id: each for each in (own, norm)}
    case, problems = read_case((head + day).encode(), "case", lambda pin: plans.get(pin.id), {})
    assert case is not None, problems
    stands = standings(case, (own, norm), Calendar(), at("2026-03-02 14:20"))
    limits = {(s.plan, s.duty): s.limit for s in stands if s.limit}
    assert limits == {
        ("zhd", "public-reply"): at("2026-03-02 17:10"),
        ("baseline", "authoritative"): at("2026-03-02 19:10"),
        ("baseline", "conference"): at("2026-03-03 14:10"),
    }
    assert not any(s.provisional for s in stands)
    assert stands[0].duty == "public-reply"
