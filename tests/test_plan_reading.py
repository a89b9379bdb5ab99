"""Plans as people write them: what is read, and what is said about every mistake."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqing import plan as records
from yuqing.errors import Problem
from yuqing.plan import (
    TRUTH,
    Act,
    AllOf,
    AnyOf,
    ApprovedBy,
    Changed,
    Compare,
    Done,
    DuePart,
    During,
    Each,
    Equals,
    Fallback,
    First,
    Last,
    Not,
    Organ,
    Overdue,
    Plan,
    Repeat,
    TimeOfDay,
    Was,
)
from yuqing.read.plan import digest, plan_schema, read_plan
from yuqing.read.tree import parse
from yuqing.span import Span
from yuqing.words import say

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad_plans").glob("*.yaml"))

HEAD = """\
id: p
title: 預案
issuer: 某單位
version: "1"
counting: {days: natural}
office_hours: {open: "08:30", close: "18:00"}
organs:
  cac: 網信辦
  city: 市委
  head: {name: 負責人, aliases: 主任}
  units: {name: 有關單位, members: named_in_case}
  both: {name: 兩家, members: [cac, city]}
facts:
  sensitive: {type: boolean, ask: 是否敏感, default: false}
  comments: {type: integer, ask: 評論數, bands: {scattered: 0, tens: 20, many: 100}}
  trend: {type: choice, ask: 走勢, of: [falling, flat, rising]}
  loss: {type: text, ask: 損失}
scales:
  level:
    - {id: II, name: 二級, quote: 一般}
    - {id: I, name: 一級, colour: red, aliases: [特別重大], when: {sensitive: true}}
  category: {name: 類別, ordered: false, levels: [{id: query}, {id: complaint}], proposed_by: head}
events: {accepted: 受理, heard: {name: 聽證, clause: 九}}
documents: {bulletin: {title: 日報, requires: [time, place]}, result: {title: 結果}}
readings: {R1: {clause: 一, question: 如何計, choice: 自然日}}
"""


def lines(problems: tuple[Problem, ...]) -> list[str]:
    """``LINE PATH: sentence``; a notice says so."""
    return [
        f"{p.line} {'.'.join(map(str, p.path))}: "
        + ("" if p.severity == "error" else f"{p.severity}: ")
        + say(p.said, "en")
        for p in problems
    ]


def plan_of(duties: str = "", gates: str = "", more: str = "") -> Plan:
    """A plan with these parts; whatever is wrong with it fails the test."""
    text = HEAD + more
    if duties:
        text += "duties:\n" + re.sub("^", "  ", duties.strip("\n"), flags=re.MULTILINE) + "\n"
    if gates:
        text += "gates:\n" + re.sub("^", "  ", gates.strip("\n"), flags=re.MULTILINE) + "\n"
    plan, problems = read_plan(text.encode(), "p@1.yaml")
    assert plan is not None, "\n".join(lines(problems))
    return plan


def duty(fields: str) -> records.Duty:
    """One duty, written in one line."""
    return plan_of(f"d: {{clause: 一, does: 做, {fields}}}").duties["d"]


def said(fields: str) -> list[str]:
    """What is said about a duty that is written so."""
    text = HEAD + f"duties:\n  d: {{clause: 一, does: 做, {fields}}}\n"
    plan, problems = read_plan(text.encode(), "p@1.yaml")
    assert (plan is None) == any(p.severity == "error" for p in problems)
    return [say(p.said, "en") for p in problems if p.severity == "error"]


# --- mistakes --------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_every_mistake_is_named_at_once(path: Path, request: pytest.FixtureRequest) -> None:
    """`plan check` collects all, each with file, line, path and the next step."""
    plan, problems = read_plan(path.read_bytes(), path.name)
    expected = path.with_suffix(".expected")
    found = "\n".join(lines(problems)) + "\n"
    if request.config.getoption("--update-golden"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")
    assert (plan is None) == any(p.severity == "error" for p in problems)
    assert all(p.file == path.name for p in problems)


def test_a_bad_plan_computes_nothing() -> None:
    """A plan with an error computes nothing."""
    plan, problems = read_plan((HEAD + "duties: {d: {clause: 一}}\n").encode(), "p@1.yaml")
    assert plan is None
    assert {p.severity for p in problems} == {"error"}


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", "一：二\n".encode("gb18030"), b"- a\n- b\n", b"a: &x 1\n", b"a: 1\na: 2\n"],
)
def test_what_is_no_plan_at_all(data: bytes) -> None:
    """Read strictly: no anchors, aliases, tags or second document."""
    plan, problems = read_plan(data, "p@1.yaml")
    assert plan is None
    assert problems


def test_a_newer_format_is_named_and_left_alone() -> None:
    """A higher one is named and left alone: nothing else in the file is judged."""
    _, problems = read_plan(b"yuqing: 7\nwhatever: {}\n", "p@1.yaml")
    assert lines(problems) == ["1 yuqing: format 7; this program reads up to 1. Update yuqing"]


# --- whole plans -----------------------------------------------------------------------


def test_the_whole_plan_of_the_format() -> None:
    """The plan that explains the format loads, and its digest is what cases pin."""
    data = (HERE / "plans" / "whole.yaml").read_bytes()
    plan, problems = read_plan(data, "sf@2022-01.yaml")
    assert plan is not None
    assert {p.severity for p in problems} == {"notice"}
    assert plan.name == "sf@2022-01"
    assert plan.digest == "c6c6e952b3448bb321ccdbae71ff24e412bff103d508e370db3b3a018489a6e3"
    assert plan.effective == dt.date(2022, 1, 10)
    assert [level.id for level in plan.scales["level"].levels] == ["III", "II", "I"]
    assert plan.scales["truth"] is TRUTH
    assert len(plan.duties) == 24
    assert plan.organs["units"].members == "named_in_case"
    assert plan.duties["review"].limit == (DuePart(span=Span(3, "day")),)
    assert [d.id for d in plan.duties.values() if d.of_the_office] == [
        "daily-search", "analyse", "collect", "watch", "info-officer",
    ]  # fmt: skip


def test_one_line_each() -> None:
    """Every one-liner of the format loads in a plan that declares what it uses."""
    plan, problems = read_plan((HERE / "plans" / "lines.yaml").read_bytes(), "lines@1.yaml")
    assert plan is not None, lines(problems)
    assert len(plan.duties) == 20
    assert plan.duties["bulletin"].repeat == Repeat(
        each="day",
        at=(TimeOfDay(time=dt.time(7, 30)), TimeOfDay(time=dt.time(16), data_to=dt.time(14, 30))),
    )
    assert plan.duties["answer"].extension == records.Extension(
        at_most=Span(6, "working_day"), in_all=Span(12, "working_day"), approved_by=("head",)
    )
    assert plan.duties["answer"].pause == (
        records.Pause(from_=Act(kind="asked-others"), until=Act(kind="others-answered")),
    )


def test_every_key_of_the_format_at_once() -> None:
    """A plan that uses every key, as one or a list, loads without a word."""
    plan, problems = read_plan((HERE / "plans" / "idioms.yaml").read_bytes(), "idioms.yaml")
    assert lines(problems) == []
    assert plan is not None
    assert plan.duties["report"].to_any == ("b-bureau", "bureaus")
    assert plan.duties["answer"].limit[0].earlier_of[1].date_in == Act(
        kind="adjusted", fields={"duty": ("answer",)}, has=("due",)
    )
    assert plan.scales["level"].confirmed_by == ("a-bureau", "b-bureau")
    assert plan.readings["R1"].quote == ("原文", "原文二")
    assert plan.counting.roll_at == dt.time(12)


def test_a_plan_without_levels_categories_or_figures() -> None:
    """A plan without levels, categories or figures is valid."""
    text = "id: small\ntitle: 小方案\nissuer: 某村\nversion: 不詳\n"
    plan, problems = read_plan(text.encode(), "small.yaml")
    assert problems == ()
    assert plan is not None
    assert dict(plan.scales) == {"truth": TRUTH}
    plan, problems = read_plan(
        (text + "duties: {watch: {clause: 一, does: 監看, limit: {word: 及時}}}\n").encode(),
        "s.yaml",
    )
    assert problems == ()
    assert plan is not None
    assert plan.duties["watch"].of_the_office


def test_a_comment_changes_no_digest() -> None:
    """The digest is of the parsed content: a comment in the plan changes nothing."""
    plain, _ = read_plan(HEAD.encode(), "p@1.yaml")
    noted, _ = read_plan(
        ("# 說明\n" + HEAD.replace("days: natural", "days:  natural")).encode(), "x"
    )
    other, _ = read_plan(HEAD.replace("某單位", "別的單位").encode(), "x")
    assert plain is not None
    assert noted is not None
    assert other is not None
    assert plain.digest == noted.digest != other.digest
    tree, _ = parse(HEAD.encode(), "x", as_text=False)
    assert tree is not None
    assert plain.digest == digest(json.loads(json.dumps(tree.value)))


# --- the parts -------------------------------------------------------------------------


def test_declared_things() -> None:
    """A name may stand for its map; a name left out is the id."""
    plan = plan_of()
    assert plan.organs["cac"] == Organ(id="cac", name="網信辦")
    assert plan.organs["head"].aliases == ("主任",)
    assert plan.organs["both"].members == ("cac", "city")
    assert plan.events["accepted"].name == "受理"
    assert plan.events["heard"].clause == "九"
    assert plan.documents["bulletin"].requires == ("time", "place")
    assert plan.facts["sensitive"].default is False
    assert plan.facts["comments"].bands == {"scattered": 0, "tens": 20, "many": 100}
    category = plan.scales["category"]
    assert not category.ordered
    assert category.proposed_by == ("head",)
    assert [(level.id, level.name) for level in category.levels] == [
        ("query", "query"), ("complaint", "complaint"),
    ]  # fmt: skip
    assert plan.scales["level"].levels[0].quote == ("一般",)
    assert plan.counting == records.Counting(days="natural")
    assert plan.readings["R1"].confirmed is False


def test_clauses_as_a_list_or_with_their_text() -> None:
    """`clauses`: list of articles, or article → its text."""
    some = "without_rule: [一]\n"
    assert plan_of(more="clauses: [一, 九]\n" + some).clauses == {"一": "", "九": ""}
    assert plan_of(more="clauses: {一: 為了, 九: 聽證}\n" + some).clauses["九"] == "聽證"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{sensitive: true}", AllOf((Equals("sensitive", (True,)),))),
        ("{trend: rising}", AllOf((Equals("trend", ("rising",)),))),
        ("{level: I}", AllOf((Equals("level", ("I",)),))),
        ("{truth: untrue}", AllOf((Equals("truth", ("untrue",)),))),
        ("{level: [I, II]}", AllOf((Equals("level", ("I", "II")),))),
        ("{comments: {at_least: 2}}", AllOf((Compare(name="comments", at_least=2),))),
        (
            "{comments: {more_than: 2, at_most: tens}}",
            AllOf((Compare(name="comments", more_than=2, at_most="tens"),)),
        ),
        ("{trend: {less_than: rising}}", AllOf((Compare(name="trend", less_than="rising"),))),
        ("{level: {at_least: II}}", AllOf((Compare(name="level", at_least="II"),))),
        ("{comments: tens}", AllOf((Equals("comments", ("tens",)),))),
        (
            "{any: [{level: I}, {sensitive: false}]}",
            AllOf((AnyOf((AllOf((Equals("level", ("I",)),)),
                          AllOf((Equals("sensitive", (False,)),)))),)),
        ),
        (
            "{all: [{level: I}], not: {category: query}}",
            AllOf((AllOf((AllOf((Equals("level", ("I",)),)),)),
                   Not(AllOf((Equals("category", ("query",)),))))),
        ),
        ("{during: special}", AllOf((During("special"),))),
        ("{satisfied: false}", AllOf((Equals("satisfied", (False,)),))),
        ("{clause: 五·一級(d), level: I}", AllOf((Equals("level", ("I",)),), "五·一級(d)")),
        ("{clause: 五}", AllOf((), "五")),
    ],
)  # fmt: skip
def test_conditions(written: str, read: records.Condition) -> None:
    """A map; every key in it must hold. A key is a fact, a scale, or a reserved word."""
    assert duty(f"when: {written}, start: discovered, limit: 2 hours").when == read


def test_was_inside_a_scale() -> None:
    """`was: II` (also a list), only inside a scale: the level before this grading."""
    more = "  triage: [{id: low}, {id: high, when: {was: [low, high], sensitive: true}}]\n"
    text = HEAD.replace("events:", more + "events:")
    plan, _ = read_plan(text.encode(), "p")
    assert plan is not None
    when = plan.scales["triage"].levels[1].when
    assert when == AllOf((Was(("low", "high")), Equals("sensitive", (True,))))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("discovered", Act(kind="discovered")),
        ("accepted", Act(kind="accepted")),
        (
            "{kind: reported, to: [cac, city], form: phone}",
            Act(kind="reported", fields={"to": ("cac", "city"), "form": ("phone",)}),
        ),
        ("{kind: graded, grades: truth}", Act(kind="graded", grades={"truth": ()})),
        (
            "{kind: graded, grades: {truth: [untrue, partly]}, proposed: true}",
            Act(kind="graded", grades={"truth": ("untrue", "partly")},
                fields={"proposed": ("true",)}),
        ),
        (
            "{kind: noted, facts: {satisfied: false, comments: 3, loss: 大}}",
            Act(kind="noted", facts={"satisfied": (False,), "comments": (3,), "loss": ("大",)}),
        ),
        ("{kind: noted, tags: faq}", Act(kind="noted", fields={"tags": ("faq",)})),
        ("{kind: received, from: asker}", Act(kind="received", fields={"from": ("asker",)})),
        ("{kind: replied, has: due}", Act(kind="replied", has=("due",))),
        ("{kind: received, has: [re, due]}", Act(kind="received", has=("re", "due"))),
        (
            "{kind: decided, matter: 上報, outcome: [agreed, partly], by: head}",
            Act(kind="decided", fields={"matter": ("上報",), "outcome": ("agreed", "partly"),
                                        "by": ("head",)}),
        ),
        ("{kind: discovered, source: 軟件監看}",
         Act(kind="discovered", fields={"source": ("軟件監看",)})),
        ("{kind: requested, request: referral}",
         Act(kind="requested", fields={"request": ("referral",)})),
        ("{kind: adjusted, duty: other}", Act(kind="adjusted", fields={"duty": ("other",)})),
        ("{kind: accepted, by: cac}", Act(kind="accepted", fields={"by": ("cac",)})),
        ("{done: other}", Done("other")),
        ("{overdue: other}", Overdue("other")),
        ("{overdue: other, by: 3 days}", Overdue("other", Span(3, "day"))),
        ("{changed: comments}", Changed("comments")),
        ("{approved_by: [cac, head]}", ApprovedBy(("cac", "head"))),
        ("{first: [calmed, lifted]}", First((Act(kind="calmed"), Act(kind="lifted")))),
        ("{last: accepted}", Last((Act(kind="accepted"),))),
        ("{each: {kind: assigned, has: due}}", Each((Act(kind="assigned", has=("due",)),))),
        ("{each: [accepted, {done: other}]}", Each((Act(kind="accepted"), Done("other")))),
        (
            "{fallback: [occurred, discovered]}",
            Fallback((Act(kind="occurred"), Act(kind="discovered"))),
        ),
    ],
)  # fmt: skip
def test_moments(written: str, read: records.Moment) -> None:
    """The shape of a Moment is told by its keys."""
    other = "other: {clause: 一, does: 別, start: discovered, limit: 2 hours}\n"
    plan = plan_of(other + f"d: {{clause: 一, does: 做, start: {written}, limit: 2 hours}}")
    assert plan.duties["d"].start == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2 hours", (DuePart(span=Span(2, "hour")),)),
        ("三日内", (DuePart(span=Span(3, "day")),)),
        ("{span: 5个工作日}", (DuePart(span=Span(5, "working_day")),)),
        ("{date: 2026-03-31}", (DuePart(date=dt.date(2026, 3, 31)),)),
        ("{word: 及時, local: 4 hours}", (DuePart(word="及時", local=Span(4, "hour")),)),
        ("{date_in: {kind: replied, has: due}}",
         (DuePart(date_in=Act(kind="replied", has=("due",))),)),
        (
            "{earlier_of: [6 hours, {span: 2 days, start: accepted, unless_past: true}]}",
            (DuePart(earlier_of=(
                DuePart(span=Span(6, "hour")),
                DuePart(span=Span(2, "day"), start=Act(kind="accepted"), unless_past=True),
            )),),
        ),
        (
            "{later_of: [36 hours, 2 working days], name: 寬限, clause: 三}",
            (DuePart(later_of=(DuePart(span=Span(36, "hour")), DuePart(span=Span(2, "working_day"))),
                     name="寬限", clause="三"),),
        ),
        (
            (
                '{span: 1 day, from: next_opening, first_day: included, ends: "12:00", '
                'roll: next_working_day, roll_at: "12:00"}'
            ),
            (DuePart(span=Span(1, "day"), from_="next_opening", first_day="included",
                     ends=dt.time(12), roll="next_working_day", roll_at=dt.time(12)),),
        ),
        ("{span: 1 day, ends: close}", (DuePart(span=Span(1, "day"), ends="close"),)),
        ('{span: 1 day, ends: "24:00"}', (DuePart(span=Span(1, "day"), ends="24:00"),)),
        (
            "[{when: {level: I}, span: 25 minutes}, {word: 及時}]",
            (DuePart(span=Span(25, "minute"), when=AllOf((Equals("level", ("I",)),))),
             DuePart(word="及時")),
        ),
    ],
)  # fmt: skip
def test_dues(written: str, read: records.Due) -> None:
    """A span in words, a map with exactly one of the six keys, or a list of Dues."""
    assert duty(f"start: discovered, limit: {written}").limit == read
    assert duty(f"start: discovered, target: {written}").target == read


def test_a_due_by_the_entry_that_started_the_clock() -> None:
    """`date_in: start`: by field `due` of the entry that started the clock."""
    found = duty("start: {each: {kind: assigned, has: due}}, limit: {date_in: start}")
    assert found.limit == (DuePart(date_in="start"),)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{each: day}", Repeat(each="day")),
        (
            '{each: day, at: ["07:30", {time: "16:00", data_to: "14:00"}, close]}',
            Repeat(each="day", at=(TimeOfDay(time=dt.time(7, 30)),
                                   TimeOfDay(time=dt.time(16), data_to=dt.time(14)),
                                   TimeOfDay(time="close"))),
        ),
        (
            '{each: day, times: 3, between: ["08:00", "24:00"], during: working_days}',
            Repeat(each="day", times=3, between=(dt.time(8), "24:00"), during="working_days"),
        ),
        ("{each: month, by: 5}", Repeat(each="month", by=5)),
        ('{each: year, by: "03-31", not_before: "01-01"}',
         Repeat(each="year", by="03-31", not_before="01-01")),
        ("{each: week, by: friday}", Repeat(each="week", by="friday")),
        ("{each: half_year}", Repeat(each="half_year")),
        ("{every: 5 days}", Repeat(every=Span(5, "day"))),
        ("{every: 1 year}", Repeat(every=Span(1, "year"))),
    ],
)  # fmt: skip
def test_repeats(written: str, read: Repeat) -> None:
    """Exactly one of `each` (the calendar) and `every` (from the start)."""
    assert duty(f"start: discovered, repeat: {written}").repeat == read


def test_defaults_that_depend_on_other_fields() -> None:
    """`done_by` is `reported` if `to` is set; `until` of a repeat is `closed`."""
    reported = (Act(kind="reported"),)
    assert duty("to: cac, start: discovered, limit: 2 hours").done_by == reported
    assert duty("to: public, start: discovered, limit: 2 hours").done_by == reported
    either = duty("to: {any_of: [cac, city]}, start: discovered, limit: 2 hours")
    assert (either.to, either.to_any, either.done_by) == ((), ("cac", "city"), reported)
    assert duty("start: discovered, limit: 2 hours").done_by == ()
    own = duty("to: [cac, both], start: discovered, limit: 2 hours, done_by: [replied, closed]")
    assert own.to == ("cac", "both")
    assert own.done_by == (Act(kind="replied"), Act(kind="closed"))
    assert duty("start: discovered, repeat: {every: 2 hours}").until == Act(kind="closed")
    assert duty("start: discovered, repeat: {every: 2 hours}, until: calmed").until == Act(
        kind="calmed"
    )
    assert duty("start: discovered, limit: 2 hours").until is None


def test_the_rest_of_a_duty() -> None:
    """Pauses, extensions, windows, readings: one or a list where the table says so."""
    found = duty(
        "who: [cac, units], start: discovered, limit: 8 working days, not_before: 20 minutes, "
        "only_within: {span: 20 days, start: discovered}, reading: R1, note: 注, quote: [甲, 乙], "
        "pause: [{from: accepted, until: heard, at_most: 5 days, clause: 二}, {}], "
        "extension: {in_all: 12 working days, before_expiry: false, needs: heard}"
    )
    assert found.who == ("cac", "units")
    assert found.not_before == (DuePart(span=Span(20, "minute")),)
    assert found.only_within == (DuePart(span=Span(20, "day"), start=Act(kind="discovered")),)
    assert (found.reading, found.note, found.quote) == (("R1",), "注", ("甲", "乙"))
    assert found.pause[0].at_most == Span(5, "day")
    assert found.pause[1] == records.Pause()
    assert found.extension is not None
    assert (found.extension.before_expiry, found.extension.needs) == (False, (Act(kind="heard"),))


def test_gates() -> None:
    """Before an act that fits, each Moment in `needs` must have happened, `only_if` be true."""
    gates = """
    out: {clause: 六, before: published, when: {level: I}, needs: [{approved_by: head}, heard],
      asked_by: {kind: reported, to: head, document: bulletin}, does: 先審後發, note: 注, reading: R1}
    true: {clause: 七, before: {kind: requested, request: correction}, only_if: {truth: untrue}}
    """
    plan = plan_of(gates=re.sub("(?m)^    ", "", gates))
    out = plan.gates["out"]
    assert out.needs == (ApprovedBy(("head",)), Act(kind="heard"))
    assert out.asked_by == Act(kind="reported", fields={"to": ("head",), "document": ("bulletin",)})
    assert plan.gates["true"].only_if == AllOf((Equals("truth", ("untrue",)),))


# --- all mistakes at once --------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('close: "18:00"', "close: 18"),
        ("title: 預案", "title: [預案]"),
        ("cac: 網信辦", "1: 網信辦"),
        ("- {id: II, name: 二級, quote: 一般}", "- {name: 二級}"),
        ("- {id: II, name: 二級, quote: 一般}", "- {id: II, nmae: 二級}"),
        ("accepted: 受理", "accepted: {clause: 3}"),
    ],
)
def test_a_mistake_in_one_part_hides_none_between_others(old: str, new: str) -> None:
    """`plan check` collects all: what is wrong is left out, the rest is held against itself."""
    assert old in HEAD
    text = HEAD.replace(old, new).replace("{days: natural}", "{ends: close}") + (
        "duties:\n  d: {clause: 一, does: 做, start: discovered, target: 2 ours, limit: [\n"
        "    {when: {trend: up}, span: 2 hours}, {span: 3日, ends: closed}]}\n"
    )
    where = {".".join(map(str, p.path)) for p in read_plan(text.encode(), "p@1.yaml")[1]}
    between = {"counting"}  # a bare day, which only the rules between the parts find
    inside = {"duties.d.target", "duties.d.limit.0.when.trend", "duties.d.limit.1.ends"}
    assert between | inside < where


def test_a_name_that_no_file_writes_is_unknown() -> None:
    """An unknown key is an error, never ignored: not even one that a record calls its own."""
    assert "no field `id` here" in said("start: discovered, limit: 2 hours, id: e")[0]
    assert "no field `to_any` here" in said("start: discovered, limit: 2 hours, to_any: cac")[0]
    assert "no field `values` here" in said("start: {kind: reported, values: 1}, limit: 1 hour")[0]


# --- rules between the parts -----------------------------------------------------------


def test_a_start_of_its_own_is_a_start() -> None:
    """A figure needs a start: the duty's, its own, or that of the Due around it."""
    assert duty("limit: {span: 2 hours, start: discovered}").limit
    assert duty("limit: {earlier_of: [2 hours, 3 hours], start: discovered}").limit
    assert said("limit: {earlier_of: [2 hours, {span: 3 hours, start: discovered}]}") == [
        "a figure without a start: from which event does the clock run? Add start: discovered"
    ]


def test_only_figures_in_bare_days_ask_what_a_day_is() -> None:
    """`days` has no default: it must be set as soon as a bare day is used."""
    text = HEAD.replace("counting: {days: natural}\n", "")
    for limit in (
        "2 hours",
        "3 calendar days",
        "5 working days",
        "2 weeks",
        "1 month",
        "當日",
        "次日",
    ):
        duties = f"duties: {{d: {{clause: 一, does: 做, start: discovered, limit: {limit}}}}}\n"
        plan, problems = read_plan((text + duties).encode(), "p")
        assert plan is not None, lines(problems)
    duties = "duties: {d: {clause: 一, does: 做, start: discovered, limit: 3日}}\n"
    assert read_plan((text + duties).encode(), "p")[0] is None


def test_a_finer_article_belongs_to_the_one_listed() -> None:
    """An article is covered by its parts: 六(二)一級 is of 六(二); 十一 is not of 十."""
    duties = "d: {clause: 六(二)一級, does: 做, limit: {word: 及時}}\ne: {clause: 第三條第二款, does: 做, limit: {word: 及時}}"
    more = "clauses: [一, 九, 六(二), 第三條]\n"
    assert plan_of(duties, more=more)
    text = (
        HEAD + "clauses: [一, 九, 十]\nduties: {d: {clause: 十一, does: 做, limit: {word: 及時}}}\n"
    )
    _, problems = read_plan(text.encode(), "p")
    assert [say(p.said, "en") for p in problems] == [
        "the article `十` is not encoded; add a duty, or name it under `without_rule` or `unsupported`",
        "the article `十一` is not in `clauses`; did you mean `十`?",
    ]


def test_waiting_for_each_other_through_any_field() -> None:
    """Duties that wait for each other: the circle is shown once."""
    text = HEAD + (
        "duties:\n"
        "  a: {clause: 一, does: 甲, start: discovered, limit: {word: 及時}, until: {done: b}}\n"
        "  b: {clause: 一, does: 乙, start: {each: {overdue: a}}, limit: 2 hours}\n"
        "  c: {clause: 一, does: 丙, start: {done: a}, limit: 2 hours}\n"
    )
    _, problems = read_plan(text.encode(), "p")
    assert [say(p.said, "en") for p in problems] == [
        "these duties wait for each other: a → b → a; give one another start"
    ]


def test_exclusive_duties_with_one_act_are_no_notice() -> None:
    """Two duties that the same act always discharges, unless only one can ever be owed."""
    by_level = (
        "a: {clause: 一, does: 甲, to: cac, when: {level: I}, start: discovered, limit: 1 hour}\n"
        "b: {clause: 一, does: 乙, to: cac, when: {level: %s}, start: discovered, limit: 2 hours}\n"
    )
    for other, noticed in (("II", False), ("[I, II]", True)):
        text = HEAD + "duties:\n" + re.sub("(?m)^", "  ", by_level % other).rstrip() + "\n"
        _, problems = read_plan(text.encode(), "p")
        sentences = [say(p.said, "en") for p in problems]
        assert ("the same act always discharges `a` and `b`" in sentences) is noticed


# --- nothing makes the reader fall over ------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree."""
    yield path
    for key, each in (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    ):  # fmt: skip
        yield from places(each, (*path, key))


def tree_of(name: str) -> Any:
    tree, _ = parse((HERE / "plans" / name).read_bytes(), name, as_text=False)
    assert tree is not None
    return tree.value


WHOLE, LINES, IDIOMS = (tree_of(f"{name}.yaml") for name in ("whole", "lines", "idioms"))
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 99999),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.sampled_from(["discovered", "I", "2 hours", "及時", "start", "close", "cac", "done", "日"]),
    st.lists(st.sampled_from(["a", 1, None, {"x": 1}, []]), max_size=2),
    st.dictionaries(
        st.sampled_from(["kind", "done", "span", "when", "each", "any", "level", "to", "has"]),
        st.sampled_from(["x", "I", 1, None, [], {}, ["discovered"]]),
        max_size=2,
    ),
)


@given(st.data())
def test_any_value_anywhere_is_read_or_named(data: st.DataObject) -> None:
    """Whatever stands anywhere in a plan, the reader answers with a plan or with sentences."""
    whole = json.loads(json.dumps(data.draw(st.sampled_from([WHOLE, LINES, IDIOMS]))))
    path = data.draw(st.sampled_from([p for p in places(whole) if p]))
    spot = whole
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = data.draw(JUNK)
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    plan, problems = read_plan(text.encode(), "p@1.yaml")
    assert (plan is None) == any(p.severity == "error" for p in problems)
    for problem in problems:
        assert say(problem.said, "en")
        assert say(problem.said, "zh_CN")
        assert 0 <= problem.line <= text.count("\n") + 1


# --- the JSON Schema -------------------------------------------------------------------


def references(schema: Any) -> Iterator[str]:
    """Every ``$ref`` in a schema."""
    for path in places(schema):
        if path and path[-1] == "$ref":
            spot = schema
            for step in path:
                spot = spot[step]
            yield spot


def test_the_schema_covers_the_grammar() -> None:
    """`yuqing plan schema` prints the JSON Schema of the whole format, with descriptions."""
    schema = plan_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    defined = {f"#/$defs/{name}" for name in schema["$defs"]}
    assert set(references(schema)) <= defined
    json.dumps(schema)
    own = {"digest"}
    assert set(schema["properties"]) == {f.name for f in dataclasses.fields(Plan)} - own
    duty_ = schema["properties"]["duties"]["additionalProperties"]["properties"]
    expected = {f.name for f in dataclasses.fields(records.Duty)} - {"id", "to_any"}
    assert set(duty_) == expected
    assert all(about["description"] for about in duty_.values())
    part = schema["$defs"]["due_fields"]["properties"]
    assert set(part) == {f.name.rstrip("_") for f in dataclasses.fields(DuePart)}


def test_the_schema_agrees_with_the_reader() -> None:
    """The schema takes what the reader takes, and refuses the shapes it refuses."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for good in (WHOLE, LINES, IDIOMS):
        assert [e.message for e in validator.iter_errors(good)] == []
    for name in ("by-when", "missing", "types", "matchers", "unknown-names", "comma"):
        tree, _ = parse((HERE / "bad_plans" / f"{name}.yaml").read_bytes(), name, as_text=False)
        assert tree is not None
        assert not validator.is_valid(tree.value), name
