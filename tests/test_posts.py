"""Posts, chains and watches, and the office's own duties: what a person would type and read."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nights import PLANS, shipped
from workbench import Office, run_in_process

from yuqing import words
from yuqing.cli.lookoffice import HELP
from yuqing.clock import office_standings
from yuqing.errors import Problem
from yuqing.read.roster import read_roster
from yuqing.roster import Roster, gaps, on_duty
from yuqing.span import Calendar, Period, Year

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = dt.datetime.now(ZONE).date()
DAY = dt.timedelta(days=1)

PLAN = """\
yuqing: 1
id: river
title: 某镇网络舆情处置预案
issuer: 某镇(虚构)
version: "1"
counting: {days: natural, on_upgrade: from_upgrade}
organs: {county: 县网信办, city: 市网信办, province: 省网信办, head: 主要负责人, deputy-head: 分管负责人, secrecy-office: 保密办}
facts:
  danger: {type: boolean, ask: 是否涉险}
  sensitive: {type: boolean, ask: 是否处于重要节点}
  secret_or_major: {type: boolean, ask: 内容是否涉密或重大}
  trend: {type: choice, of: [falling, flat, rising], ask: 走势}
  channel: {type: choice, of: [web, phone], ask: 渠道}
scales:
  level:
    - {id: II, name: 二级, clause: 二}
    - {id: I, name: 一级, clause: 二, when: {trend: rising, danger: true}}
  matter: {name: 来信类别, ordered: false, levels: [{id: enquiry, name: 询问}, {id: criticism, name: 批评}]}
duties:
  hop-county: {clause: 三, does: 报县级, to: county, start: discovered, limit: 1 hour}
  hop-city: {clause: 三, does: 由县级报市级, to: city, start: {done: hop-county}, limit: 1 hour}
  hop-province: {clause: 三, does: 由市级报省级, to: province, start: {done: hop-city}, limit: 1 hour}
  direct: {clause: 四, does: 涉险事件直报市级, to: city, when: {danger: true}, start: discovered, limit: 1 hour}
  at-last: {clause: 四, does: 总结报市级, to: city, start: calmed, limit: 3 days}
  follow: {clause: 五, does: 持续报告, to: county, start: discovered, limit: {word: 及时, local: 2 hours}}
  look: {clause: 六, does: 每日浏览, repeat: {each: day}}
  file: {clause: 六, does: 每日送阅, to: head, repeat: {each: day, at: ["17:00"]}}
  watch-all: {clause: 七, does: 24小时值守, limit: {word: 24小时}}
gates:
"""


def gates_of_the_chapter(language: str = "en") -> str:
    text = (HELP / language / "plan.md").read_text(encoding="utf-8")
    block = re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[2]
    return "".join(f"  {line}\n" for line in block.splitlines())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office of its own, under a plan with chains and routine duties."""
    plan = tmp_path / "river@1.yaml"
    plan.write_text(PLAN + gates_of_the_chapter(), encoding="utf-8")
    root = tmp_path / "office"
    root.mkdir()
    run_in_process("init", str(root), "--plan", str(plan), cwd=root).ok()
    return Office(root)


def english(office: Office, *words_: str, now: str | None = None) -> str:
    return office("--lang", "en", *words_, now=now).out


def watched_since(office: Office, day: dt.date) -> None:
    """The office's duties are watched from this day on."""
    path = office.root / "templates" / "office.yaml"
    text = re.sub(r"^since: .*$", f"since: {day}", path.read_text("utf-8"), flags=re.MULTILINE)
    assert f"since: {day}" in text
    path.write_text(text, encoding="utf-8")
    office.git("commit", "-qam", "since")


# --- the office's own duties -----------------------------------------------------------


def test_routine_duties_are_owed_without_a_case(office: Office) -> None:
    """Routine duties show up in `overdue`, `due` and `next` without a case."""
    watched_since(office, TODAY - DAY)
    late = office("--lang", "en", "overdue").ok(10).out
    assert re.search(r"^overdue  log  每日浏览  by .* 24:00 ", late, re.MULTILINE)
    assert "每日浏览" in office("due").ok(10).out
    assert f"yuqing tick look@{TODAY}T00:00+08:00" in office("next").ok().out


def test_carrying_one_out_is_an_entry_under_the_same_rules(office: Office) -> None:
    """`tick`, `done log DUTY@TIME`, `amend log`, `show log`: lock, check, save and amend as in a
    case; every entry is committed, nothing is ever edited."""
    watched_since(office, TODAY - DAY)
    missed = f"look@{TODAY}T00:00+08:00"
    office("done", "log", missed, "-m", "补记").ok()
    assert f"look@{TODAY}" not in office("next").ok().out  # yesterday's is met, though late
    entry = office("--json", "tick", "look", "无新增").ok().json["entries"][0]["id"]
    today = f"look@{TODAY + DAY}T00:00+08:00"
    assert today not in office("--json", "due").out
    office("amend", "log", entry, "--void", "-b", "记错").ok()
    assert today in office("--json", "due").out  # owed again
    shown = english(office, "show", "log")
    assert "补记" in shown
    assert "记错" in shown
    assert office.git("status", "--porcelain") == ""
    assert len(office.git("log", "--format=%s", "--", "cases/log").splitlines()) == 3
    assert office("check").ok().code == 0


def test_a_routine_report_is_an_act_of_its_own(office: Office) -> None:
    """A duty with an act in the plan: `done log DUTY` writes the act, not a bare tick."""
    told = office("--json", "tick", "file").ok().json
    assert [(e["kind"], e["to"]) for e in told["entries"]] == [("reported", "head")]


def test_a_logbook_entry_typed_by_hand(office: Office) -> None:
    """It counts at once in every reading command; `save` stamps and commits it."""
    office("tick", "look").ok()
    (book,) = (office.root / "cases" / "log").glob("LOG-*.yaml")
    at = dt.datetime.now(ZONE).isoformat(timespec="minutes")
    by_hand = f"\n  - kind: reported\n    at: {at}\n    to: head\n"
    book.write_text(book.read_text("utf-8") + by_hand, encoding="utf-8")
    file_today = f"file@{TODAY}T17:00+08:00"
    duties = {i["duty"] for i in office("--json", "due").json["items"]}
    assert file_today not in duties
    office("save").ok()
    assert office.git("status", "--porcelain") == ""
    assert book.read_text("utf-8").count("recorded:") == 2
    broken = book.read_text("utf-8").replace("duty: look", "duty: lok")
    book.write_text(broken, encoding="utf-8")
    assert office("tick", "look").code == 9  # an old entry that differs is not taken in


def test_missed_times_of_one_duty_are_one_line(office: Office) -> None:
    """On screen one line, `N missed, the last …`; JSON keeps each."""
    watched_since(office, TODAY - 4 * DAY)
    items = office("--json", "overdue").ok(10).json["items"]
    assert len([i for i in items if i["duty"].startswith("look@")]) == 4
    (line,) = [x for x in english(office, "overdue").splitlines() if "每日浏览" in x]
    assert "4 missed, the last " in line
    assert f"{TODAY - DAY:%m-%d} 24:00" in line
    assert english(office, "next").count("每日浏览") == 2  # the missed ones, and today's


BUSY = ("2026-10-31", "2026-12-31")


@pytest.mark.parametrize("name", sorted(p.name.partition("@")[0] for p in PLANS.glob("*@*.yaml")))
@pytest.mark.parametrize("last", BUSY)
def test_a_month_of_routine_is_less_than_200_entries(name: str, last: str) -> None:
    """The busiest shipped plan stays under 200 logbook entries a month, though every day of it
    were a sensitive one: one entry for each due time, three where three looks a day are asked."""
    end = dt.date.fromisoformat(last)
    begin = end.replace(day=1)
    periods = {"special": (Period(begin, end),)}
    calendar = Calendar({end.year: Year(year=end.year, periods=periods)})
    now = dt.datetime.combine(end + DAY, dt.time(0, 1), ZONE)
    plan = shipped(name)
    owed = office_standings([], [plan], calendar, now, since=begin)
    of_the_month = [s for s in owed if s.limit is None or (s.limit - DAY / 24).date() <= end]
    repeats = [plan.duties[s.duty.partition("@")[0]].repeat for s in of_the_month]
    entries = sum((each.times or 1) if each else 1 for each in repeats)
    assert entries < 200
    assert name != "zhd" or entries >= 93  # three looks a day are three entries


# --- the roster ------------------------------------------------------------------------


def chapter_roster(language: str) -> bytes:
    text = (HELP / language / "posts.md").read_text(encoding="utf-8")
    found = re.search(r"^```yaml\n(yuqing.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].encode()


def roster(text: str | bytes) -> Roster:
    found, problems = read_roster(text if isinstance(text, bytes) else text.encode(), "roster.yaml")
    assert found is not None, problems
    return found


def sentences(text: str) -> list[str]:
    found, problems = read_roster(text.encode(), "roster.yaml")
    assert found is None
    return [sentence(each) for each in problems]


def sentence(problem: Problem) -> str:
    return f"line {problem.line}: {words.say(problem.said, 'en')}"


ROSTER = """\
yuqing: 1
posts:
  duty: {title: 值班岗, substitute: deputy}
  deputy: 副班岗
shifts:
  - {post: duty, days: [mon, tue, wed, thu, fri], from: "08:30", to: "08:30"}
  - {post: deputy, days: [sat, sun], from: "08:30", to: "20:00"}
covers: [watch-all]
"""


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_roster_of_the_chapter(language: str) -> None:
    """Duty roster by post: whoever copies the chapter has one that works."""
    found = roster(chapter_roster(language))
    monday, holiday = at("2026-11-23 09:00"), at("2026-10-03 03:00")
    title = "值班崗" if language == "zh_TW" else "值班岗"
    assert [each.post.title for each in on_duty(found, monday, ZONE)] == [title]
    assert [each.post.id for each in on_duty(found, holiday, ZONE)] == ["duty"]


def test_a_shift_reaches_into_the_next_morning() -> None:
    """Friday's shift ends on Saturday 08:30; the minute before it is still on duty."""
    found = roster(ROSTER)
    (night,) = on_duty(found, at("2026-11-28 08:29"), ZONE)
    assert (night.post.id, night.ends) == ("duty", at("2026-11-28 08:30"))
    assert [e.post.id for e in on_duty(found, at("2026-11-28 08:30"), ZONE)] == ["deputy"]
    assert on_duty(found, at("2026-11-28 20:00"), ZONE) == ()


def test_gaps_are_stretches_without_any_post() -> None:
    """A minute without a post is a gap, shown with its span; shifts that overlap leave none."""
    found = roster(ROSTER)
    days = [dt.date(2026, 11, 27) + n * DAY for n in range(5)]
    assert gaps(found, days, ZONE, at("2026-11-27 10:00")) == (
        (at("2026-11-28 20:00"), at("2026-11-29 08:30")),
        (at("2026-11-29 20:00"), at("2026-11-30 08:30")),
    )
    whole = roster("posts: {duty: 值班岗}\nshifts: [{post: duty}]\n")
    assert gaps(whole, days, ZONE, at("2026-11-27 10:00")) == ()


def test_a_name_has_no_place_in_a_roster() -> None:
    """By post, never by name: a field for a person or a number is refused, with its line."""
    said = sentences("posts:\n  duty: {title: 值班岗, name: 某某}\nshifts: []\n")
    assert "line 2: a roster names posts, never people; `name` has no place here" in said
    assert "never people; `person`" in "".join(
        sentences("posts: {duty: 值班岗}\nshifts:\n  - {post: duty, person: 某某}\n")
    )
    assert "holds a telephone number" in "".join(
        sentences('posts: {duty: "值班岗 010-1234567"}\nshifts: []\n')
    )


def test_what_else_a_roster_is_refused_for() -> None:
    """Read strictly: unknown posts, days, turned dates, one's own substitute."""
    said = "\n".join(
        sentences(
            "posts: {duty: {title: 值班岗, substitute: duty}}\nshifts:\n"
            "  - {post: dty, days: [monday], first: 2026-10-07, last: 2026-10-01}\n"
        )
    )
    assert "line 1: the post duty is its own substitute" in said
    assert "line 3: no post `dty`; did you mean `duty`?" in said
    assert "`monday` is none of mon, tue" in said
    assert "`last` 2026-10-01 lies before `first` 2026-10-07" in said


def test_duty_and_the_board_tell_who_is_on_duty(office: Office) -> None:
    """`yuqing duty` and the board: which post now, and its substitute; `check` warns of gaps."""
    assert "No roster" in english(office, "duty")
    assert "On duty" not in english(office)
    (office.root / "templates" / "roster.yaml").write_text(ROSTER, encoding="utf-8")
    now = "2026-11-27T10:00+08:00"
    told = english(office, "duty", now=now)
    assert told.startswith("On duty: 值班岗 (substitute: 副班岗) until 11-28 08:30\n")
    gap = "no post on duty from 11-28 20:00 to 11-29 08:30 (24小时值守, 七)"
    assert f"templates/roster.yaml: {gap}" in told
    assert "On duty: 值班岗 (substitute: 副班岗)" in english(office, now=now)
    assert gap in office("--lang", "en", "check", now=now).ok().out  # a warning ends 0
    (item,) = office("--json", "duty", now=now).ok().json["items"]
    assert (item["post"], item["substitute"]) == ("duty", "deputy")
    assert "On duty: no post" in english(office, "duty", now="2026-11-28T21:00+08:00")


def test_a_broken_roster_is_named(office: Office) -> None:
    """A roster that cannot be used is an error of `check` and `duty`; nothing else stops."""
    (office.root / "templates" / "roster.yaml").write_text("posts: {duty: 值班岗}\n")
    assert "`shifts` is missing" in office("--lang", "en", "check").ok(3).out
    assert "`shifts` is missing" in office("--lang", "en", "duty").ok(3).out
    office("next").ok()
    office.git("add", "templates/roster.yaml")
    assert "`shifts` is missing" in office("--lang", "en", "check", "--staged").ok(3).out


# --- chains ----------------------------------------------------------------------------


def opened(office: Office, *facts: str) -> None:
    office("new", "桥面积水", "-a", "-3h", *facts).ok()


def warnings(office: Office) -> list[str]:
    return [line.partition(": ")[2] for line in english(office, "check").splitlines()]


SKIPPED = "市网信办 told before “报县级” (三) was done; the plan has it come first"


def test_a_hop_skipped_is_a_warning(office: Office) -> None:
    """The later organ was told before the earlier hop was done: a warning, never a finding."""
    opened(office, "danger=false")
    office("report", ".", "phone", "city", "-a", "-2h").ok()
    assert SKIPPED in "\n".join(warnings(office))
    assert office("check").code == 0


def test_the_chain_in_its_order_says_nothing(office: Office) -> None:
    """County first, then the city, then the province."""
    opened(office, "danger=false")
    office("report", ".", "phone", "county", "-a", "-150m").ok()
    office("report", ".", "phone", "city", "-a", "-2h").ok()
    office("report", ".", "phone", "province", "-a", "-1h").ok()
    assert "told before" not in english(office, "check")


def test_a_direct_report_that_the_plan_asks_for(office: Office) -> None:
    """Where the plan says direct or dual, another duty leads to that organ: no warning."""
    opened(office, "danger=true")
    office("report", ".", "phone", "city", "-a", "-2h").ok()
    assert "told before" not in english(office, "check")


def test_a_hop_in_the_middle_of_the_chain(office: Office) -> None:
    """Of county, city, province the city was left out."""
    opened(office, "danger=false")
    office("report", ".", "phone", "county", "-a", "-150m").ok()
    office("report", ".", "phone", "province", "-a", "-2h").ok()
    assert "省网信办 told before “由县级报市级”" in english(office, "check")


# --- gates: rank, and the extra approver ------------------------------------------------


def test_criticism_is_handled_by_the_deputy_head(office: Office) -> None:
    """Handler's rank: the plan's gate asks that the matter lie with a post high enough; a reply
    all the same is recorded and labelled."""
    opened(office)
    office("grade", ".", "matter=criticism", "-b", "来信").ok()
    office("reply", ".", "已收到", "--as", "某镇").ok()
    assert "deputy-handles" in english(office, "check")
    office("amend", ".", "last", "--void", "-b", "重发").ok()
    office("assign", ".", "deputy-head", "亲自办理").ok()
    office("reply", ".", "已收到", "--as", "某镇").ok()
    assert "deputy-handles" not in english(office, "check")


def test_secret_or_major_content_needs_one_more_approver(office: Office) -> None:
    """Ordinary content: one approval. Secret or major: the head's and the secrecy office's."""
    opened(office, "secret_or_major=true")
    office("approve", ".", "head", "-m", "情况通报", "--matter", "any-content").ok()
    office("publish", ".", "情况通报", "--as", "某镇").ok()
    said = english(office, "check")
    assert "secret-content" in said
    assert "any-content" not in said
    office("amend", ".", "last", "--void", "-b", "重发").ok()
    for organ in ("head", "secrecy-office"):
        office("approve", ".", organ, "-m", "情况通报", "--matter", "secret-content").ok()
    office("publish", ".", "情况通报", "--as", "某镇").ok()
    assert "secret-content" not in english(office, "check")


def test_the_gates_of_the_chapter_are_the_same_in_both_languages() -> None:
    """What this file tests is what `help plan` shows."""
    assert gates_of_the_chapter("en") == gates_of_the_chapter("zh_CN")


# --- sensitive dates -------------------------------------------------------------------


def test_a_sensitive_date_proposes_a_fact(office: Office) -> None:
    """A period named by a fact proposes it in `new` and `grade`; a person confirms."""
    folder = office.root / "templates" / "calendar"
    folder.mkdir(exist_ok=True)
    (folder / f"{TODAY.year}.yaml").write_text(
        f"year: {TODAY.year}\nperiods:\n"
        f"  sensitive: [{{from: {TODAY - DAY}, to: {TODAY}, name: 考试}}]\n"
        f"  channel: [{{from: {TODAY - DAY}, to: {TODAY}, name: 无关}}]\n",
        encoding="utf-8",
    )
    at_ = dt.datetime.now(ZONE).strftime("%Y-%m-%dT00:00+08:00")
    told = office("--lang", "en", "new", "桥面积水", "-a", at_).ok().out
    assert "calendar: 考试 → sensitive=true? a person confirms: yuqing note " in told
    assert "无关" not in told
    assert "calendar: 考试 → sensitive=true?" in english(office, "grade", ".")
    assert "sensitive: true" not in office.case_file().read_text("utf-8")
    office("note", ".", "sensitive=false").ok()
    assert "calendar:" not in english(office, "grade", ".")


# --- worsening -------------------------------------------------------------------------


def test_worse_and_no_organ_told(office: Office) -> None:
    """The trend rose and no organ was told within the office's own figure: `next` and `check`
    warn; a report since then takes it off `next`, one in time says nothing at all."""
    office("new", "桥面积水", "-a", "-5h", "trend=flat", "danger=false").ok()
    office("note", ".", "trend=rising", "-a", "-4h").ok()
    said = "trend rose to rising, and no organ was told by "
    assert said in english(office, "check")
    assert said in english(office, "next")
    assert office("check").code == 0
    office("report", ".", "phone", "county", "-a", "-1h").ok()
    assert said not in english(office, "next")
    assert said in english(office, "check")  # it was late all the same
    office("report", ".", "phone", "county", "-a", "-3h").ok()
    assert said not in english(office, "check")


def test_what_does_not_rank_does_not_worsen(office: Office) -> None:
    """A first look is no rise, nor is a choice that nothing ranks, nor a fall."""
    office("new", "桥面积水", "-a", "-5h", "trend=rising", "danger=false", "channel=web").ok()
    office("note", ".", "trend=flat", "channel=phone", "-a", "-4h").ok()
    assert "rose to" not in english(office, "check")


def test_a_raised_level_without_a_report(office: Office) -> None:
    """Any ordered level rising counts too, once it is confirmed."""
    office("new", "桥面积水", "-a", "-5h").ok()
    office("grade", ".", "II", "-b", "初判", "-a", "-5h").ok()
    office("grade", ".", "I", "-b", "扩大", "-a", "-4h").ok()
    assert "level rose to I, and no organ was told by " in english(office, "check")


# --- watching on -----------------------------------------------------------------------


def test_watch_after_closing_until_a_date(office: Office) -> None:
    """Shown in `due` until its day is over, closed or not; blocks no closing; what is noted
    meanwhile is no finding; `tidy` leaves the case on the desk so long."""
    opened(office)
    last = TODAY + 9 * DAY
    office("note", ".", "看是否反复", "--until", str(last), "--tag", "watch").ok()
    for duty in ("hop-county", "hop-city", "hop-province", "direct"):
        office("adjust", ".", duty, "--release", "--by", "head", "-b", "演示")
    assert office("close", ".", "-b", "办结").code == 0
    name = office.case_file().stem[-4:]
    assert f"{last:%m-%d} 24:00  {name}  看是否反复" in english(office, "due")
    (watch,) = office("--json", "due").json["watches"]
    assert (watch["until"], watch["text"]) == (str(last), "看是否反复")
    office("note", name, "今日无新增").ok()
    assert "happened after" not in english(office, "check", name)
    later = f"{last + DAY}T00:01+08:00"
    assert "watch until" not in english(office, "due", now=later)
    assert office("tidy").ok().code == 0
    assert office.case_file().stem[-4:] == name
