"""Every way to say by when: one line each, with the date computed by hand."""

from __future__ import annotations

import pytest

from clock.scene import at, log, scene
from yuqing.words import say

CALENDAR = """
year: 2026
off: [2026-06-19]
worked: [2026-06-14]
periods: {special: [{from: 2026-06-01, to: 2026-06-03, name: 考試}]}
hours: [{from: 2026-07-01, to: 2026-08-31, open: "08:00", close: "17:30"}]
"""
# 2026-06-01 is a Monday; the 19th (Friday) is off, Sunday the 14th is worked.

ONE_DUE = [
    # start, limit, falls on
    ("06-05 19:00", "{span: 2 hours, from: next_opening}", "06-08 10:30", "Friday night: Monday 08:30 + 2 h"),
    ("06-05 09:00", "{span: 2 hours, from: next_opening}", "06-08 10:30", "also from within office hours"),
    ("06-05 09:00", "{span: 2 hours, from: office_time}", "06-05 11:00", "the office is open"),
    ("06-05 18:00", "{span: 2 hours, from: office_time}", "06-08 10:30", "closing time is closed"),
    ("06-13 12:00", "{span: 2 hours, from: office_time}", "06-14 10:30", "a worked Sunday"),
    ("07-03 19:00", "{span: 1 hour, from: next_opening}", "07-06 09:00", "summer hours"),
    ("06-01 10:00", "{span: 2 working days, ends: close}", "06-03 18:00", "close of office"),
    ("07-01 10:00", "{span: 2 days, ends: close}", "07-03 17:30", "the season's close"),
    ("06-01 10:00", '{span: 2 days, ends: "12:00"}', "06-03 12:00", "noon of the last day"),
    ("11-10 10:00", "{span: 20 days, from: end_of_month}", "12-21 00:00", "20 December, 24:00"),
    ("06-01 10:00", "{span: 3 hours, from: end_of_day}", "06-02 03:00", "from midnight"),
    ("06-01 10:00", "{span: 1 day, from: end_of_quarter}", "07-02 00:00", "1 July, 24:00"),
    ("06-01 10:00", "{span: 3 days, first_day: included}", "06-04 00:00", "Mon, Tue, Wed"),
    ("06-17 10:00", "{span: 2 days, roll: next_working_day}", "06-23 00:00", "the holiday rolls to Monday"),
    ("06-17 10:00", '{span: 2 days, roll: next_working_day, roll_at: "12:00"}', "06-22 12:00", "noon of it"),
    ("06-01 10:00", "{date: 2026-06-15}", "06-16 00:00", "that day counts"),
    ("06-01 10:00", "{earlier_of: [36 hours, 2 days]}", "06-02 22:00", "36 hours are earlier"),
    ("06-01 10:00", "{later_of: [36 hours, 2 working days]}", "06-04 00:00", "two working days are later"),
    ("06-01 10:00", "{earlier_of: [6 hours, {span: 1 hour, start: accepted}]}", "06-01 16:00", "not accepted yet"),
    ("06-01 23:50", "same day", "06-02 00:00", "ten minutes are left"),
    ("06-01 23:50", "{span: 當日, ends: close}", "06-01 18:00", "already past when it began"),
    ("06-01 10:00", "次日", "06-03 00:00", "the next day, 24:00"),
    ("06-01 10:00", "半小时", "06-01 10:30", "half an hour"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "limit", "falls", "why"), ONE_DUE, ids=[r[1] for r in ONE_DUE])
def test_one_due(start: str, limit: str, falls: str, why: str) -> None:
    """A figure, where it begins, how its days end."""
    s = scene(
        f"d: {{clause: 一, does: 甲, to: city, start: discovered, limit: {limit}}}",
        log(f"{start} discovered"),
        years=CALENDAR,
    )
    assert s.of("d", start).limit == at(falls), why


def test_before_a_date_may_mean_the_day_before() -> None:
    """「6月15日前」 with ``before_date: day_before`` ends with the 14th."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: discovered, limit: {date: 2026-06-15}}",
        log("06-01 10:00 discovered"),
        counting="counting: {before_date: day_before}",
    )
    assert s.of("d", "06-01 11:00").limit == at("06-15 00:00")


def test_unless_past_leaves_out_what_had_passed() -> None:
    """The other clock had run out before this duty's own began: it doesn't count."""
    duty = (
        "d: {clause: 一, does: 通報, to: city, start: accepted, limit: {earlier_of: "
        "[6 hours, {span: 2 days, start: discovered, unless_past: true}]}}"
    )
    soon = scene(duty, log("06-01 10:00 discovered", "06-03 20:00 event event=accepted"))
    assert soon.of("d", "06-03 21:00").limit == at("06-04 00:00")
    late = scene(duty, log("06-01 10:00 discovered", "06-05 20:00 event event=accepted"))
    assert late.of("d", "06-05 21:00").limit == at("06-06 02:00")


def test_not_before_an_early_act_does_not_count() -> None:
    """A first word within twenty minutes is too early to count; the one after counts."""
    duty = (
        "d: {clause: 一, does: 首次表態, to: public, start: discovered, not_before: 20 minutes, "
        "target: 45 minutes, done_by: published}"
    )
    early = ("06-01 10:00 discovered", "06-01 10:10 published signed_as=鎮政府 text=x")
    assert scene(duty, log(*early)).of("d", "06-01 10:40").state == "running"
    s = scene(duty, log(*early, "06-01 10:30 published signed_as=鎮政府 text=y"))
    assert s.of("d", "06-01 10:40").done == at("06-01 10:30")


def test_only_within_the_duty_does_not_arise_later() -> None:
    """A changed figure within 20 days is to be reported, one after it is not."""
    s = scene(
        "d: {clause: 一, does: 補報, to: city, start: {each: {changed: casualties}}, "
        "only_within: {span: 20 days, start: discovered}, limit: 3 hours}",
        log(
            "06-01 10:00 discovered facts.casualties=1",
            "06-10 10:00 noted facts.casualties=2",
            "06-25 10:00 noted facts.casualties=3",
        ),
    )
    assert [x.start for x in s.each("d", "06-26 00:00")] == [at("06-10 10:00")]


def test_last_restarts_the_clock() -> None:
    """轉辦 runs from the latest of two happenings; the older clock is void."""
    s = scene(
        "d: {clause: 一, does: 轉辦, to: cac, start: {last: [accepted, heard]}, limit: 1 hour}",
        log("06-01 09:00 discovered", "06-01 10:00 event event=accepted",
            "06-01 10:20 reported to=cac", "06-01 11:00 event event=heard"),
    )  # fmt: skip
    assert (s.of("d", "06-01 11:10").limit, s.of("d", "06-01 11:10").state) == (
        at("06-01 12:00"), "running",
    )  # fmt: skip


def test_an_occurrence_nobody_knew_moves_an_estimated_start() -> None:
    """黃金4小時 from the occurrence; from discovery while that is unknown, as an estimate."""
    duty = (
        "d: {clause: 一, does: 公布, to: public, start: {fallback: [occurred, discovered]}, "
        "limit: 4 hours, done_by: published}"
    )
    s = scene(duty, log("06-01 10:00 discovered"))
    assert (s.of("d", "06-01 10:10").limit, s.of("d", "06-01 10:10").estimated) == (
        at("06-01 14:00"), True,
    )  # fmt: skip
    s = scene(duty, log("06-01 10:00 discovered", "06-01 08:00 occurred"))
    assert (s.of("d", "06-01 10:10").limit, s.of("d", "06-01 10:10").estimated) == (
        at("06-01 12:00"), False,
    )  # fmt: skip


def test_during_a_special_period() -> None:
    """In the days the calendar names, a lighter matter is reported like a heavy one."""
    duty = (
        "d: {clause: 一, does: 甲, to: city, when: {any: [{level: I}, {during: special}]}, "
        "start: discovered, limit: 50 minutes}"
    )
    graded = "06-01 10:01 graded grades.level=III because=x"
    s = scene(duty, log("06-01 10:00 discovered", graded), years=CALENDAR)
    assert s.of("d", "06-01 10:10").limit == at("06-01 10:50")
    later = "06-05 10:01 graded grades.level=III because=x"
    s = scene(duty, log("06-05 10:00 discovered", later), years=CALENDAR)
    assert "d" not in s.duties("06-05 10:10")


def test_a_ladder_of_steps_after_expiry() -> None:
    """Reminder the next day; after four more working days a notice, while it is still open."""
    duties = """
answer: {clause: 一, does: 答覆, to: city, start: discovered, limit: 2 working days}
remind: {clause: 二, does: 催辦, to: head, start: {overdue: answer}, limit: 次日}
notice: {clause: 三, does: 通報批評, to: head, start: {overdue: answer, by: 4 working days}, limit: {word: 仍未辦}}
"""
    s = scene(duties, log("06-01 10:00 discovered"), years=CALENDAR)
    assert s.of("remind", "06-04 09:00").limit == at("06-05 00:00")  # answer was due the 3rd
    assert "notice" not in s.duties("06-10 00:00")
    assert s.of("notice", "06-10 00:01").start == at("06-10 00:00")  # the 9th, 24:00
    s = scene(duties, log("06-01 10:00 discovered", "06-05 10:00 reported to=city"), years=CALENDAR)
    assert "notice" not in s.duties("06-12 00:00")
    assert s.of("answer", "06-12 00:00").state == "met_late"


REPEATS = [
    ("{each: day}", ["06-02 00:00", "06-03 00:00"]),
    ('{each: day, at: ["07:30", {time: "16:00", data_to: "14:30"}]}',
     ["06-01 16:00", "06-02 07:30", "06-02 16:00", "06-03 07:30"]),
    ("{each: day, at: [close]}", ["06-01 18:00", "06-02 18:00", "06-03 18:00"]),
    ('{each: day, times: 2, between: ["08:00", "12:00"]}',
     ["06-01 12:00", "06-02 12:00", "06-03 12:00"]),
    ("{each: week, by: friday}", ["06-06 00:00"]),
    ("{each: month, by: 5}", ["06-06 00:00"]),
    ("{each: month}", ["07-01 00:00"]),
    ("{each: quarter}", ["07-01 00:00"]),
    ('{each: year, by: "03-31"}', []),
    ("{every: 5 days}", ["06-07 00:00"]),
    ("{every: 12 hours}", ["06-01 22:00", "06-02 10:00", "06-02 22:00", "06-03 10:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("repeat", "dues"), REPEATS, ids=[r[0] for r in REPEATS])
def test_due_again_and_again(repeat: str, dues: list[str]) -> None:
    """Due times from Monday 10:00 until Tuesday 23:00, and the next one after it."""
    s = scene(
        f"d: {{clause: 一, does: 甲, to: city, start: discovered, repeat: {repeat}}}",
        log("06-01 10:00 discovered"),
        years=CALENDAR,
    )
    found = [x.limit for x in s.each("d", "06-02 23:00")]
    if not dues:
        assert found == [
            at("03-31 00:00").replace(year=2027) + (at("06-02 00:00") - at("06-01 00:00"))
        ]
    else:
        assert sorted(t for t in found if t) == [at(d) for d in dues]


def test_daily_reports_on_working_days_only() -> None:
    """``during: working_days`` leaves out the week-end and the holiday."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: discovered, "
        "repeat: {each: day, during: working_days}}",
        log("06-18 10:00 discovered"), years=CALENDAR,
    )  # fmt: skip
    found = sorted(x.limit for x in s.each("d", "06-22 12:00") if x.limit)
    assert found == [at("06-19 00:00"), at("06-23 00:00")]


def test_a_word_with_the_offices_own_figure_is_never_a_breach() -> None:
    """及時 with a local target: past it, amber, never overdue; each report starts it anew."""
    duty = (
        "d: {clause: 一, does: 續報, to: city, start: discovered, until: calmed, "
        "limit: {word: 及時, local: 4 hours}}"
    )
    s = scene(duty, log("06-01 10:00 discovered"))
    assert s.of("d", "06-01 14:01").state == "past_local_target"
    s = scene(duty, log("06-01 10:00 discovered", "06-01 13:00 reported to=city"))
    assert s.of("d", "06-01 16:59").state == "running"
    assert s.of("d", "06-01 17:01").state == "past_local_target"
    lines = (
        "06-01 10:00 discovered",
        "06-01 13:00 reported to=city",
        "06-02 09:00 calmed because=x",
    )
    assert scene(duty, log(*lines)).of("d", "06-03 00:00").state == "met"


def test_a_duplicate_owes_nothing_and_lends_its_discovery() -> None:
    """Duties run in the other case; the earlier discovery counts there."""
    duty = "d: {clause: 一, does: 甲, to: city, start: discovered, limit: 1 hour}"
    twin = scene(
        duty,
        log(
            "06-01 09:00 discovered",
            "06-01 09:30 linked case=YQ-20260601-AAAA relation=duplicate-of",
        ),
    )
    assert twin.duties("06-01 10:00") == set()
    s = scene(duty, log("06-01 10:00 discovered"))
    from yuqing.clock import standings

    (d,) = standings(s.case, [s.plan], s.calendar, at("06-01 10:10"), duplicates=[twin.case])
    assert d.limit == at("06-01 10:00")


HAND = """
- kind: discovered
  at: 2026-06-01T08:00+08:00
- kind: received
  at: 2026-06-01T09:00+08:00
  from: city
  document: prompt
  due: 2026-06-02
- kind: assigned
  at: 2026-06-01T10:00+08:00
  to: water
  text: 清淤
  due: 2026-06-03
"""


def test_an_item_typed_by_hand_stands_beside_a_duty_that_is_another_item() -> None:
    """Typed by hand, without `id`: such an entry counts at once in every reading command."""
    duty = """
    order: {clause: 一, does: 按提示辦理, start: {each: {kind: received, document: prompt}},
      limit: {date_in: start}}
    """
    found = {(s.does, s.limit) for s in scene(duty, HAND).all("06-01 11:00")}
    assert found == {("按提示辦理", at("06-03 00:00")), ("清淤", at("06-04 00:00"))}


def test_two_clocks_that_hand_typed_entries_start_each_show_their_next_due_time() -> None:
    duty = """
    again: {clause: 一, does: 續報, to: city, start: {each: development}, until: calmed,
      repeat: {every: 2 hours}}
    """
    lines = """
    - kind: event
      event: development
      at: 2026-06-01T09:00+08:00
    - kind: event
      event: development
      at: 2026-06-01T09:30+08:00
    """
    shown = [s.limit for s in scene(duty, lines).each("again", "06-01 10:00")]
    assert shown == [at("06-01 11:00"), at("06-01 11:30")]


def test_a_move_typed_by_hand_that_has_no_effect_is_called_by_hand() -> None:
    duty = "d: {clause: 一, does: 甲, to: city, start: discovered, limit: 1 hour}"
    lines = """
    - kind: discovered
      at: 2026-06-01T10:00+08:00
    - kind: adjusted
      at: 2026-06-01T10:10+08:00
      duty: d
      by: head
      because: 忙
      due: 2026-06-02
    """
    (note,) = scene(duty, lines).of("d", "06-01 10:20").notes
    assert say(note, "zh_CN") == "手工: 无效: 预案没有规定此项可延期"


@pytest.mark.parametrize(("close", "times"), [("16:00", ["16:00"]), ("15:00", ["15:00", "16:00"])])
def test_closing_time_may_lie_on_or_before_another_time_of_the_day(
    close: str, times: list[str]
) -> None:
    """The calendar may change the office hours for a season; one due time is one due time."""
    duty = """
    d: {clause: 一, does: 日報, to: city, start: discovered, until: calmed,
      repeat: {each: day, at: ["16:00", close]}}
    """
    years = f"""
    year: 2026
    hours: [{{from: 2026-06-01, to: 2026-06-30, open: "08:30", close: "{close}"}}]
    """
    lines = log("06-01 10:00 discovered", "06-02 09:00 calmed because=x")
    found = scene(duty, lines, years=years).each("d", "06-03 00:00")
    assert [s.limit for s in found] == [at(f"06-01 {time}") for time in times]
