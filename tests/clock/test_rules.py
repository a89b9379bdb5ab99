"""The numbered sentences of the plan format, section 5, one by one."""

from __future__ import annotations

from clock.scene import at, log, scene
from yuqing.words import say

CALENDAR = """
year: 2026
off: [2026-06-19, 2026-10-01, 2026-10-02]
worked: [2026-06-14]
weekend: [sat, sun]
periods: {special: [{from: 2026-06-01, to: 2026-06-03, name: 考試}]}
"""
REPORT = "report: {clause: 一, does: 報告, to: city, start: discovered, limit: 2 hours}"


def test_01_minutes_and_hours_run_day_and_night() -> None:
    """Minutes and hours are real elapsed time, over midnight and days off; they never roll."""
    s = scene(
        REPORT,
        log("06-06 23:30 discovered"),
        counting="counting: {days: natural, roll: next_working_day}",
        years=CALENDAR,
    )
    assert s.of("report", "06-06 23:40").limit == at("06-07 01:30")  # a Sunday


def test_01_hours_roll_only_if_their_own_due_says_so() -> None:
    """Only an hour limit whose own Due says ``roll`` moves off a day off, to its hour."""
    s = scene(
        'report: {clause: 一, does: 報告, to: city, start: discovered, limit: {span: 2 hours, '
        'roll: next_working_day, roll_at: "12:00"}}',
        log("06-06 23:30 discovered"), years=CALENDAR,
    )  # fmt: skip
    assert s.of("report", "06-06 23:40").limit == at("06-08 12:00")


def test_02_exactly_at_the_limit_is_on_time() -> None:
    """Done at the limit: met. One minute later: late. Undone at the limit: still running."""
    for minute, word in (("12:00", "met"), ("12:01", "met_late")):
        s = scene(REPORT, log("06-01 10:00 discovered", f"06-01 {minute} reported to=city"))
        assert s.of("report", "06-02 00:00").state == word
    s = scene(REPORT, log("06-01 10:00 discovered"))
    assert s.of("report", "06-01 12:00").state == "running"
    assert s.of("report", "06-01 12:01").state == "overdue"


def test_03_24_00_belongs_to_its_day() -> None:
    """What counts from a limit at 24:00 counts from that day."""
    s = scene(
        """
        answer: {clause: 一, does: 答覆, to: city, start: discovered, limit: 3 days}
        remind: {clause: 二, does: 催辦, to: head, start: {overdue: answer}, limit: 次日}
        """,
        log("06-01 10:00 discovered"),
    )
    assert s.of("answer", "06-02 00:00").limit == at("06-05 00:00")  # the 4th, 24:00
    assert s.duties("06-05 00:00") == {"answer"}
    assert s.of("remind", "06-05 00:01").limit == at("06-06 00:00")  # the 5th, 24:00


def test_04_weeks_months_years_and_the_same_day() -> None:
    """A week is seven days; months and years end on the corresponding day; 當日 at 24:00."""
    s = scene(
        """
        week:  {clause: 一, does: 甲, to: city, start: discovered, limit: 2 weeks}
        month: {clause: 一, does: 乙, to: city, start: discovered, limit: 1 month}
        year:  {clause: 一, does: 丙, to: city, start: discovered, limit: 1年}
        today: {clause: 一, does: 丁, to: city, start: discovered, limit: 當日}
        """,
        log("01-31 23:50 discovered"),
        counting="counting: {days: natural, ends: close, roll: next_working_day}",
        years=CALENDAR,
    )
    now = "01-31 23:55"
    assert s.of("week", now).limit == at("02-16 18:00")  # the 14th is a Saturday: rolls
    assert s.of("month", now).limit == at("03-02 18:00")  # 28 February is a Saturday: rolls
    assert s.of("year", now).state == "incomplete"  # rolling needs the year 2027
    assert s.of("today", now).limit == at("02-01 00:00")  # never rolls, ends at 24:00


def test_04_no_such_day() -> None:
    """One month from 31 January: the month's end, or the day after, as the plan says."""
    month = "month: {clause: 一, does: 乙, to: city, start: discovered, limit: 1 month}"
    for rule, limit in (("month_end", "03-01 00:00"), ("next_day", "03-02 00:00")):
        s = scene(
            month,
            log("01-31 10:00 discovered"),
            counting=f"counting: {{days: natural, no_such_day: {rule}}}",
        )
        assert s.of("month", "02-01 00:00").limit == at(limit)


def test_05_first_day_included_starts_on_the_next_working_day() -> None:
    """With the first day counted, a start on a day off counts from the next working day."""
    duty = "d: {clause: 一, does: 甲, to: city, start: discovered, limit: 3 working days}"
    s = scene(
        duty,
        log("06-06 10:00 discovered"),
        years=CALENDAR,
        counting="counting: {days: working, first_day: included}",
    )
    assert s.of("d", "06-06 11:00").limit == at("06-11 00:00")  # Mon, Tue, Wed
    s = scene(
        duty,
        log("06-05 10:00 discovered"),
        years=CALENDAR,
        counting="counting: {days: working, first_day: excluded}",
    )
    assert s.of("d", "06-06 11:00").limit == at("06-11 00:00")


def test_05_a_worked_sunday_counts() -> None:
    """調休: a worked week-end day is a working day, a holiday is none."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: discovered, limit: 4 working days}",
        log("06-12 10:00 discovered"),
        years=CALENDAR,
    )
    assert s.of("d", "06-12 11:00").limit == at("06-18 00:00")  # Sun 14, Mon, Tue, Wed 17


def test_06_a_missing_year_is_loud_and_no_obstacle_for_hours() -> None:
    """Working days without a calendar: incomplete, with the year; hours go on."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: discovered, limit: 3 working days}\n" + REPORT,
        log("06-01 10:00 discovered"),
    )
    assert s.of("d", "06-01 11:00").state == "incomplete"
    assert s.of("d", "06-01 11:00").notes[0].params == {"year": 2026}
    assert s.of("report", "06-01 11:00").limit == at("06-01 12:00")


def test_6_a_repeated_duty_that_waits_says_so_without_a_calendar() -> None:
    """Owed in a named period only, not begun yet, and the year has no calendar: incomplete."""
    s = scene(
        "d: {clause: 一, does: 日報, to: city, when: {during: special}, start: accepted, "
        "repeat: {each: day}}",
        log("06-01 10:00 discovered"),
    )
    d = s.of("d", "06-01 11:00")
    assert (d.state, d.notes[0].params["year"]) == ("incomplete", 2026)


def test_07_a_start_that_has_not_happened_is_waiting() -> None:
    """Waiting, never fine; a target with its own start runs meanwhile."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: accepted, limit: 1 hour, "
        "target: {span: 30 minutes, start: discovered}}",
        log("06-01 10:00 discovered"),
    )
    d = s.of("d", "06-01 10:10")
    assert (d.state, d.limit, d.target) == ("waiting", None, at("06-01 10:30"))
    assert s.of("d", "06-01 10:31").state == "past_target"


def test_07_behind_each_overdue_changed_nothing_is_listed() -> None:
    """Behind ``each``, ``overdue``, ``changed`` nothing is listed until it happens."""
    s = scene(
        REPORT
        + """
a: {clause: 一, does: 甲, to: city, start: {each: development}, limit: 1 hour}
b: {clause: 一, does: 乙, to: city, start: {overdue: report}, limit: 1 hour}
c: {clause: 一, does: 丙, to: city, start: {each: {changed: casualties}}, limit: 1 hour}
""",
        log(
            "06-01 10:00 discovered facts.casualties=1",
            "06-01 10:30 noted facts.casualties=1",
            "06-01 11:00 noted facts.casualties=2",
            "06-01 11:30 event event=development",
        ),
    )
    assert s.duties("06-01 10:10") == {"report"} | {"a", "c"}  # of the whole log
    assert s.of("c", "06-01 10:10").start == at("06-01 11:00")
    assert s.of("b", "06-01 12:01").limit == at("06-01 13:00")


def test_08_an_entry_never_discharges_the_clock_it_starts() -> None:
    """The phone call that starts the written duty isn't the written report."""
    duty = (
        "w: {clause: 一, does: 書面, to: office, start: {each: {kind: reported, to: office, "
        "form: phone}}, limit: 30 minutes}"
    )
    s = scene(duty, log("06-01 10:00 discovered", "06-01 10:05 reported to=office form=phone"))
    assert s.of("w", "06-01 10:10").state == "running"
    s = scene(
        duty,
        log(
            "06-01 10:00 discovered",
            "06-01 10:05 reported to=office form=phone",
            "06-01 10:20 reported to=office form=written",
        ),
    )
    assert s.of("w", "06-01 10:30").done == at("06-01 10:20")


def test_08_save_for_recipients_the_start_does_not_name() -> None:
    """One call to the head and the city starts the clock for the city, and meets it."""
    duty = (
        "n: {clause: 一, does: 告知, to: city, start: {kind: reported, to: head}, "
        "limit: 30 minutes}"
    )
    s = scene(duty, log("06-01 10:00 discovered", "06-01 10:05 reported to=head,city"))
    assert s.of("n", "06-01 10:30").done == at("06-01 10:05")


def test_08_done_is_the_time_of_the_act_and_a_closing_undone_does_not_count() -> None:
    """``done`` starts at the act, not at its limit; a ``closed`` undone is no moment."""
    duties = (
        REPORT
        + """
then: {clause: 一, does: 甲, to: head, start: {done: report}, limit: 1 hour}
file: {clause: 一, does: 歸檔, to: head, start: closed, limit: 1 hour}
"""
    )
    s = scene(
        duties,
        log(
            "06-01 10:00 discovered",
            "06-01 10:20 reported to=city",
            "06-01 11:00 closed",
            "06-01 11:10 reopened because=x",
        ),
    )
    assert s.of("then", "06-01 12:00").limit == at("06-01 11:20")
    assert s.of("file", "06-01 12:00").state == "waiting"


BY_LEVEL = """
d:
  clause: 一
  does: 甲
  to: city
  start: discovered
  limit: [{when: {level: I}, span: 30 minutes}, {when: {level: II}, span: 2 hours}, {word: 及時}]
top: {clause: 一, does: 乙, to: head, when: {level: I}, start: discovered, limit: 1 hour}
"""


def test_09_ungraded_takes_the_worst_level_still_possible() -> None:
    """Ungraded: the worst level still possible is assumed, and what rests on it provisional."""
    s = scene(BY_LEVEL, log("06-01 10:00 discovered"))
    d = s.of("d", "06-01 10:10")
    assert (d.limit, d.level, d.provisional) == (at("06-01 10:30"), "I", True)
    s = scene(BY_LEVEL, log("06-01 10:00 discovered", "06-01 10:05 noted facts.sensitive=false"))
    d = s.of("d", "06-01 10:10")
    assert (d.limit, d.level, d.provisional) == (at("06-01 12:00"), "II", True)
    assert "top" not in s.duties("06-01 10:10")


def test_10_unknown_fact_the_earliest_of_limits_that_may_apply() -> None:
    """What depends on an unknown fact is listed as provisional, under the earliest limit."""
    s = scene(
        """
        d: {clause: 一, does: 甲, to: city, start: discovered, limit: [{when: {sensitive: true}, span: 50 minutes}, {span: 20 minutes}]}
        e: {clause: 一, does: 乙, to: city, when: {sensitive: true}, start: discovered, limit: 1 hour}
        f: {clause: 一, does: 丙, to: city, when: {category: query}, start: discovered, limit: 1 hour}
        """,
        log("06-01 10:00 discovered"),
    )
    now = "06-01 10:05"
    assert (s.of("d", now).limit, s.of("d", now).provisional) == (at("06-01 10:20"), True)
    assert s.of("e", now).provisional
    assert s.of("f", now).provisional


def test_11_first_knowledge_holds_from_the_start() -> None:
    """A first grading moves no clock; what was only provisional ends if it does not apply."""
    s = scene(
        BY_LEVEL, log("06-01 10:00 discovered", "06-01 11:00 graded grades.level=II because=x")
    )
    d = s.of("d", "06-01 11:00")
    assert (d.limit, d.provisional) == (at("06-01 12:00"), False)
    assert "top" not in s.duties("06-01 11:00")


def test_12_an_upgrade_brings_new_duties_from_the_upgrade() -> None:
    """A later higher grade: a new duty arises then, its clock from the upgrade."""
    s = scene(
        BY_LEVEL,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 graded grades.level=III because=x",
            "06-01 14:00 graded grades.level=I because=x",
        ),
    )
    top = s.of("top", "06-01 14:00")
    assert (top.limit, top.arose, top.arose_late) == (at("06-01 15:00"), at("06-01 14:00"), False)
    assert s.of("d", "06-01 14:00").limit == at("06-01 14:30")


def test_12_from_start_can_arise_late() -> None:
    """With ``from_start`` a limit already past when the duty arises is *arose late*."""
    s = scene(
        BY_LEVEL,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 graded grades.level=III because=x",
            "06-01 14:00 graded grades.level=I because=x",
        ),
        counting="counting: {days: natural, on_upgrade: from_start}",
    )
    top = s.of("top", "06-01 14:00")
    assert (top.limit, top.arose_late) == (at("06-01 11:00"), True)


def test_12_acts_since_the_plain_start_count() -> None:
    """Who told the head before the upgrade has told the head."""
    s = scene(
        BY_LEVEL,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 graded grades.level=III because=x",
            "06-01 11:00 reported to=head",
            "06-01 14:00 graded grades.level=I because=x",
        ),
    )
    assert s.of("top", "06-01 14:00").state == "met"


def test_13_a_stricter_limit_never_gives_more_time() -> None:
    """30 minutes from an upgrade ten minutes before the limit in force: the old limit stays."""
    s = scene(
        BY_LEVEL,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 graded grades.level=II because=x",
            "06-01 11:50 graded grades.level=I because=x",
        ),
    )
    assert s.of("d", "06-01 11:50").limit == at("06-01 12:00")


def test_14_a_duty_once_owed_stays_owed_after_a_downgrade() -> None:
    """Only doing it or a release ends it."""
    lines = (
        "06-01 10:00 discovered",
        "06-01 10:10 graded grades.level=I because=x",
        "06-01 10:20 graded grades.level=III because=x",
    )
    s = scene(BY_LEVEL, log(*lines))
    assert (s.of("top", "06-01 10:30").limit) == at("06-01 11:00")
    assert s.of("d", "06-01 10:30").limit == at("06-01 10:30")
    s = scene(BY_LEVEL, log(*lines, "06-01 10:25 adjusted duty=top release=true by=head because=x"))
    assert s.of("top", "06-01 10:30").state == "released"


def test_14_of_a_repeated_duty_no_further_times_fall_due() -> None:
    """After the downgrade the daily report ends; those that fell due before stay."""
    s = scene(
        'daily: {clause: 一, does: 日報, to: city, when: {level: I}, start: discovered, '
        'repeat: {each: day, at: ["12:00"]}}',
        log("06-01 10:00 discovered", "06-01 10:10 graded grades.level=I because=x",
            "06-02 15:00 graded grades.level=III because=x"),
    )  # fmt: skip
    assert [x.limit for x in s.each("daily", "06-05 10:00")] == [
        at("06-01 12:00"),
        at("06-02 12:00"),
    ]


def test_15_another_category_replaces() -> None:
    """The matter was something else: the new limit runs from the old start, both are shown."""
    s = scene(
        """
        d:
          clause: 一
          does: 甲
          to: asker
          start: discovered
          limit: [{when: {category: query}, span: 1 hour}, {when: {category: attack}, span: 5 hours}]
        """,
        log(
            "06-01 10:00 discovered",
            "06-01 10:10 graded grades.category=query because=x",
            "06-01 10:40 graded grades.category=attack because=x",
        ),
    )
    d = s.of("d", "06-01 10:45")
    assert (d.limit, d.was_limit) == (at("06-01 15:00"), at("06-01 11:00"))


def test_16_an_act_before_the_start_does_not_count_and_is_mentioned() -> None:
    """Fits, reaches, but lies before the start."""
    s = scene(
        "d: {clause: 一, does: 甲, to: city, start: accepted, limit: 1 hour}",
        log(
            "06-01 09:00 discovered",
            "06-01 09:30 reported to=city",
            "06-01 10:00 event event=accepted",
        ),
    )
    d = s.of("d", "06-01 10:10")
    assert d.state == "running"
    assert d.notes[0].params["entry"] == "e00001"


def test_17_done_counts_whenever_it_lies_and_re_names_the_act() -> None:
    """``done`` ticks it off; with ``re`` the entry named there is the act, at its own time."""
    duty = "d: {clause: 一, does: 甲, to: city, start: accepted, limit: 1 hour}"
    lines = (
        "06-01 09:00 discovered",
        "06-01 09:30 noted text=x id=a00001",
        "06-01 10:00 event event=accepted",
    )
    s = scene(duty, log(*lines, "06-01 10:30 done duty=t/d re=a00001"))
    assert (s.of("d", "06-01 12:00").state, s.of("d", "06-01 12:00").done) == (
        "met",
        at("06-01 09:30"),
    )
    s = scene(duty, log(*lines, "06-01 10:30 done duty=d"))
    assert s.of("d", "06-01 12:00").done == at("06-01 10:30")


def test_18_every_recipient_has_its_own_time() -> None:
    """Done with the last, late if any is late, the open ones named."""
    duty = "d: {clause: 一, does: 告知, to: [city, cac, head], start: discovered, limit: 1 hour}"
    lines = ("06-01 10:00 discovered", "06-01 10:20 reported to=city,cac")
    s = scene(duty, log(*lines))
    assert s.of("d", "06-01 11:01").missing == ("head",)
    s = scene(duty, log(*lines, "06-01 11:10 reported to=head"))
    assert (s.of("d", "06-02 00:00").state, s.of("d", "06-02 00:00").done) == (
        "met_late",
        at("06-01 11:10"),
    )


def test_18_any_of_groups_and_units() -> None:
    """One of ``any_of`` suffices; a group is each of its members; units owe for themselves."""
    s = scene(
        """
        any: {clause: 一, does: 甲, to: {any_of: [city, cac]}, start: discovered, limit: 1 hour}
        grp: {clause: 一, does: 乙, to: both, start: discovered, limit: 1 hour}
        own: {clause: 一, does: 丙, who: units, start: calmed, limit: 3 days, done_by: {kind: reported, form: written}}
        """,
        log(
            "06-01 10:00 discovered",
            "06-01 10:05 assigned to=water text=x",
            "06-01 10:06 assigned to=roads text=x",
            "06-01 10:10 reported to=cac",
            "06-02 10:00 calmed because=x",
            "06-02 11:00 assigned to=deputy text=x",
            "06-03 10:00 reported to=head form=written by=water",
        ),
    )
    now = "06-03 11:00"
    assert s.of("any", now).state == "met"
    assert s.of("grp", now).missing == ("city",)
    assert {x.for_: x.state for x in s.each("own", now)} == {"water": "met", "roads": "running"}


def test_18_nobody_assigned_the_group_counts_as_one() -> None:
    """Anyone's report meets it."""
    s = scene(
        "own: {clause: 一, does: 丙, who: units, start: calmed, limit: 3 days, "
        "done_by: {kind: reported, form: written}}",
        log(
            "06-01 10:00 discovered",
            "06-02 10:00 calmed because=x",
            "06-03 10:00 reported to=head form=written by=值班室",
        ),
    )
    assert (s.of("own", "06-03 11:00").state, s.of("own", "06-03 11:00").for_) == ("met", None)


def test_19_of_one_duty_the_earliest_open_clock() -> None:
    """One report is for the earliest development, unless ``re`` names another."""
    duty = "d: {clause: 一, does: 續報, to: city, start: {each: development}, limit: 1 hour}"
    lines = (
        "06-01 09:00 discovered",
        "06-01 10:00 event event=development id=a00001",
        "06-01 10:30 event event=development id=b00001",
    )
    s = scene(duty, log(*lines, "06-01 10:40 reported to=city"))
    assert [x.state for x in s.each("d", "06-01 10:45")] == ["met", "running"]
    s = scene(duty, log(*lines, "06-01 10:40 reported to=city re=b00001"))
    assert [x.state for x in s.each("d", "06-01 10:45")] == ["running", "met"]


def test_20_a_report_is_for_the_nearest_due_time() -> None:
    """So a late one is late, a missed one does not push the rest, and another can be named."""
    duty = (
        "d: {clause: 一, does: 日報, to: city, start: discovered, until: calmed, "
        'repeat: {each: day, at: ["07:30", {time: "16:00", data_to: "14:00"}]}}'
    )
    first = "06-01 09:00 discovered"
    s = scene(
        duty,
        log(
            first,
            "06-01 14:10 reported to=city",
            "06-02 08:00 reported to=city",
            "06-02 13:50 reported to=city",
        ),
    )
    states = {x.duty[-11:-6]: x.state for x in s.each("d", "06-02 15:00")}
    days = [(x.limit.strftime("%d %H:%M"), x.state) for x in s.each("d", "06-02 15:00") if x.limit]
    assert days == [("01 16:00", "met"), ("02 07:30", "met_late"), ("02 16:00", "running")]
    assert states
    s = scene(duty, log(first, "06-02 10:00 done duty=d@2026-06-01T16:00+08:00"))
    assert s.each("d", "06-02 11:00")[0].state == "met_late"


def test_20_times_a_day_count_only_inside_the_day() -> None:
    """Three looks a day: two are not enough, and the third next morning is next day's."""
    s = scene(
        "d: {clause: 一, does: 瀏覽, start: discovered, repeat: {each: day, times: 3}, "
        "done_by: {kind: noted, tags: look}}",
        log(
            "06-01 01:00 discovered",
            "06-01 08:00 noted tags=look",
            "06-01 12:00 noted tags=look",
            "06-02 00:10 noted tags=look",
        ),
    )
    assert [x.state for x in s.each("d", "06-02 01:00")] == ["overdue", "running"]


def test_21_a_zero_report_is_owed_without_news() -> None:
    """A repeated duty is owed with or without news."""
    s = scene(
        "d: {clause: 一, does: 日報, to: city, start: discovered, repeat: {each: day}}",
        log("06-01 09:00 discovered"),
    )
    assert [x.state for x in s.each("d", "06-02 00:01")] == ["overdue", "running"]


def test_22_until_exactly_at_a_due_time() -> None:
    """Calm at the due time: no longer owed. A due time that equals the start: neither."""
    s = scene(
        "d: {clause: 一, does: 日報, to: city, start: discovered, until: calmed, "
        'repeat: {each: day, at: ["09:00"]}}',
        log("06-01 09:00 discovered", "06-03 09:00 calmed because=x"),
    )
    assert [x.limit for x in s.each("d", "06-05 00:00")] == [at("06-02 09:00")]


def test_22_a_figure_lapses_if_not_yet_due() -> None:
    """Calm before the limit: ended; after it: still overdue."""
    duty = "d: {clause: 一, does: 甲, to: city, start: discovered, until: calmed, limit: 2 hours}"
    for calm, state in (("11:00", "ended"), ("13:00", "overdue")):
        s = scene(duty, log("06-01 10:00 discovered", f"06-01 {calm} calmed because=x"))
        assert s.of("d", "06-01 14:00").state == state


def test_23_a_relapse_opens_a_round() -> None:
    """Discovered is then the relapse; the grade stays; old clocks stand."""
    s = scene(
        BY_LEVEL,
        log(
            "06-01 10:00 discovered",
            "06-01 10:05 graded grades.level=II because=x",
            "06-01 11:00 calmed because=x",
            "06-03 08:00 relapsed",
            "06-03 08:30 reported to=city",
        ),
    )
    first, second = s.each("d", "06-03 09:00")
    assert (first.round, first.state) == (1, "overdue")
    assert (second.round, second.start, second.limit) == (2, at("06-03 08:00"), at("06-03 10:00"))
    assert second.done == at("06-03 08:30")


def test_24_an_amended_start_shows_both_limits() -> None:
    """If a limit moves by an amendment, both are shown (依據已改); a void entry is gone."""
    s = scene(
        REPORT,
        log(
            "06-01 10:00 discovered id=a00001",
            "06-01 10:30 amended of=a00001 set.at=2026-06-01T09:40+08:00 because=x",
        ),
    )
    d = s.of("report", "06-01 10:40")
    assert (d.limit, d.was_limit) == (at("06-01 11:40"), at("06-01 12:00"))
    s = scene(
        REPORT,
        log(
            "06-01 10:00 discovered",
            "06-01 10:20 reported to=city id=a00001",
            "06-01 10:30 amended of=a00001 void=true because=x",
        ),
    )
    assert s.of("report", "06-01 10:40").state == "running"


PAUSED = """
d: {clause: 一, does: 答覆, to: asker, start: accepted, limit: 5 working days, pause: {from: hearing, until: heard}, done_by: replied}
h: {clause: 一, does: 說明, to: city, start: accepted, limit: 10 hours, pause: {from: hearing, until: heard}}
"""


def test_25_pauses_add_hours_or_days_of_their_own_kind() -> None:
    """Hours are added; of day spans the days after it began, up to and with its last."""
    s = scene(
        PAUSED,
        log(
            "06-01 09:00 discovered",
            "06-01 10:00 event event=accepted",
            "06-01 12:00 event event=hearing",
            "06-03 12:00 event event=heard",
        ),
        years=CALENDAR,
    )
    assert s.of("d", "06-03 13:00").limit == at("06-11 00:00")  # 8th + 2 working days
    assert s.of("h", "06-03 13:00").limit == at("06-03 20:00")
    assert s.of("d", "06-02 13:00").limit == at("06-11 00:00")


def test_25_an_open_pause_has_no_limit_and_a_late_one_no_effect() -> None:
    """While open: paused. Begun after expiry: no effect."""
    lines = ("06-01 09:00 discovered", "06-01 10:00 event event=accepted")
    s = scene(PAUSED, log(*lines, "06-01 12:00 event event=hearing"), years=CALENDAR)
    assert (s.of("d", "06-01 13:00").state, s.of("d", "06-01 13:00").limit) == ("paused", None)
    s = scene(PAUSED, log(*lines, "06-01 20:01 event event=hearing"), years=CALENDAR)
    assert s.of("h", "06-02 00:00").state == "overdue"


EXTEND = """
d:
  clause: 一
  does: 答覆
  to: asker
  start: accepted
  limit: 8 working days
  extension: {at_most: 6 working days, in_all: 12 working days, approved_by: head}
  done_by: replied
"""
ACCEPTED = ("06-01 09:00 discovered", "06-01 10:00 event event=accepted")


def test_26_what_the_plan_does_not_allow_has_no_effect_and_says_why() -> None:
    """Without its approver, after expiry, or not in the plan: recorded, no effect."""
    s = scene(
        EXTEND,
        log(*ACCEPTED, "06-05 10:00 adjusted duty=d due=2026-06-15 by=deputy because=x"),
        years=CALENDAR,
    )
    d = s.of("d", "06-05 11:00")
    assert d.limit == at("06-12 00:00")
    assert d.notes[0].params["entry"] == "e00002"
    s = scene(
        EXTEND,
        log(*ACCEPTED, "06-12 00:01 adjusted duty=d due=2026-06-15 by=head because=x"),
        years=CALENDAR,
    )
    assert s.of("d", "06-12 10:00").state == "overdue"
    s = scene(
        REPORT,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 adjusted duty=report due=2026-06-05 by=head because=x",
        ),
    )
    assert s.of("report", "06-01 12:01").state == "overdue"


def test_26_27_an_extension_is_cut_at_what_the_plan_allows() -> None:
    """8 + 6 working days would be 14; 12 in all is the most."""
    s = scene(
        EXTEND,
        log(*ACCEPTED, "06-05 10:00 adjusted duty=d due=2026-06-30 by=head because=x"),
        years=CALENDAR,
    )
    d = s.of("d", "06-05 11:00")
    assert d.limit == at("06-17 00:00")  # the worked Sunday counts
    assert d.was_limit == at("06-12 00:00")
    s = scene(
        EXTEND,
        log(*ACCEPTED, "06-05 10:00 adjusted duty=d due=2026-06-12 by=head because=x"),
        years=CALENDAR,
    )
    assert s.of("d", "06-05 11:00").limit == at("06-13 00:00")


def test_28_an_entry_with_due_is_an_open_item() -> None:
    """Listed once; what closes it meets it; only who gave it may move it."""
    duties = "d: {clause: 一, does: 按時限辦, start: {each: {kind: received, document: prompt}}, limit: {date_in: start}}"
    lines = (
        "06-01 09:00 discovered",
        "06-01 10:00 received from=city document=prompt due=2026-06-03 id=a00001",
        "06-01 10:00 assigned to=water text=更換 due=2026-06-02T12:00+08:00 by=head id=b00001",
    )
    s = scene(duties, log(*lines))
    assert {x.duty: x.limit for x in s.all("06-01 11:00")} == {
        "d": at("06-04 00:00"),
        "b00001": at("06-02 12:00"),
    }
    s = scene(duties, log(*lines, "06-02 10:00 done closes=a00001,b00001"))
    assert {x.duty: x.state for x in s.all("06-02 11:00")} == {"d": "met", "b00001": "met"}
    s = scene(
        duties, log(*lines, "06-02 10:00 adjusted re=b00001 due=2026-06-09 by=head because=x")
    )
    assert s.of("b00001", "06-03 10:00").limit == at("06-10 00:00")
    s = scene(duties, log(*lines, "06-02 10:00 adjusted re=b00001 due=2026-06-09 by=cac because=x"))
    assert s.of("b00001", "06-03 10:00").state == "overdue"


def test_28_a_promise_to_an_asker_nobody_moves() -> None:
    """A new date is a new item, and the old one is late."""
    s = scene(
        "d: {clause: 一, does: 答覆, to: asker, start: discovered, limit: 當日, done_by: replied}",
        log(
            "06-01 09:00 discovered",
            "06-01 10:00 replied to=asker signed_as=鎮政府 text=x due=2026-06-02 id=a00001",
            "06-02 10:00 adjusted re=a00001 due=2026-06-09 by=head because=x",
            "06-02 11:00 replied to=asker signed_as=鎮政府 text=y due=2026-06-09 id=b00001",
        ),
    )
    assert s.of("a00001", "06-03 10:00").state == "overdue"
    assert s.of("b00001", "06-03 10:00").limit == at("06-10 00:00")


def test_29_an_act_before_its_gate_counts() -> None:
    """The clock runs, the act counts; the gate says what was missing."""
    from yuqing.clock.gates import clearances

    s = scene(
        """
        duties:
          p: {clause: 一, does: 發布, to: public, start: discovered, limit: 5 hours, done_by: published}
        gates:
          g: {clause: 二, before: published, needs: [{approved_by: head}, {approved_by: [city, cac]}]}
        """,
        log(
            "06-01 10:00 discovered",
            "06-01 10:30 decided matter=g outcome=agreed by=head text=通報",
            "06-01 10:40 decided matter=g outcome=agreed by=cac text=另一稿",
            "06-01 11:00 published signed_as=鎮政府 text=通報 id=a00001",
        ),
    )
    assert s.of("p", "06-01 12:00").state == "met"
    act = s.case.entry("a00001")
    assert act is not None
    (gate,) = clearances(s.case, [s.plan], s.calendar, act)
    assert [step.organs for step in gate.missing] == [("city", "cac")]


def test_an_act_too_early_is_told_also_where_it_has_no_id_yet() -> None:
    """Typed by hand and not saved, an entry has no id: the note about it says so, never None."""
    lines = log("06-01 10:00 discovered", "06-01 09:00 reported to=city").splitlines()
    s = scene(REPORT, "\n".join(line for line in lines if "e00001" not in line))
    (note,) = s.of("report", "06-01 10:30").notes
    assert say(note, "en").startswith("by hand (")
    assert say(note, "zh_CN").startswith("手工(")


def test_the_level_of_a_grading_holds_in_its_own_minute() -> None:
    """Also where entries that were taken out stand before it in the file."""
    s = scene(
        REPORT,
        log(
            "06-01 10:00 discovered",
            "06-01 10:10 noted text=x id=a00001",
            "06-01 10:11 amended of=a00001 void=true because=x",
            "06-01 10:12 noted text=x id=b00001",
            "06-01 10:13 amended of=b00001 void=true because=x",
            "06-01 10:20 graded grades.level=III by=head because=x",
            "06-01 10:40 graded grades.level=II by=head because=x",
        ),
    )
    assert s.of("report", "06-01 10:40").level == "II"
