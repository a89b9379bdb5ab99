"""The facts of a document: what the record says, what it does not, and nothing besides."""

from __future__ import annotations

import datetime as dt

import pytest
from papers.made import OFFICE, the_case, the_paper, the_plan, time

from yuqing.case import Case
from yuqing.clock import standings
from yuqing.read.case import read_case
from yuqing.review.documents import document_for, laid, role, unproved
from yuqing.review.facts import paper
from yuqing.review.names import Names
from yuqing.review.rows import DutyRow, Paper
from yuqing.span import Calendar


def duty(doc: Paper, name: str) -> DutyRow:
    return next(row for row in doc.duties if row.duty == name)


def test_every_duty_is_there_with_limit_time_taken_and_both_answers() -> None:
    """Each duty with limit, time taken and both answers of the design, section 7."""
    doc = the_paper()
    assert [(row.duty, row.record, bool(row.witness)) for row in doc.duties] == [
        ("notify", "basis_changed", True),
        ("facts", "stated_on_time", False),
        ("publish", "on_time", False),
        ("review", "not_due", False),
        ("jbn6y4", "not_due", False),
        ("follow-up", "not_done", False),
    ]
    facts = duty(doc, "facts")
    assert (facts.limit, facts.done) == (time("2026-11-22T03:52"), time("2026-11-22T03:40"))
    assert facts.taken == dt.timedelta(hours=1, minutes=48)
    assert facts.recorded == time("2026-11-22T04:30")


def test_a_moved_basis_shows_both_limits() -> None:
    """依據已改: start or level was changed; both limits shown."""
    row = duty(the_paper(), "notify")
    assert (row.limit, row.was_limit) == (time("2026-11-22T02:35"), time("2026-11-22T02:33"))
    assert (row.under_new, row.under_old) == ("late", "late")
    assert [(each.by, each.value) for each in row.witness] == [("网信办", "网信电收〔2026〕88")]


def test_the_timeline_carries_what_is_stated_and_when_it_was_written_down() -> None:
    """Two times on every entry; an amended one shows what was stated before."""
    line = next(each for each in the_paper().timeline if each.id == "f1jf6x")
    assert line.at == time("2026-11-22T02:05")
    assert line.was_at == time("2026-11-22T02:03")
    assert line.recorded == time("2026-11-22T03:26")
    assert line.to == ("领导组",)


def test_times_are_in_the_zone_of_the_plan() -> None:
    """The time zone is the plan's, never the machine's."""
    plan, case = the_plan(), the_case()
    now = time("2026-11-26T09:00").astimezone(dt.UTC)
    doc = paper(
        case, (plan,), standings(case, (plan,), Calendar(), now), Calendar(),
        office=OFFICE, now=now, document=plan.documents["review"],
    )  # fmt: skip
    assert doc.now.isoformat() == "2026-11-26T09:00:00+08:00"
    assert doc.discovered is not None
    assert doc.discovered.isoformat() == "2026-11-22T01:52:00+08:00"


def test_sections_that_the_plan_asks_of_a_review() -> None:
    """SF: occurrence, spread, handling, reflection, next trend."""
    parts = {part.id: part for part in the_paper().parts}
    assert list(parts) == ["occurrence", "spread", "handling", "lessons", "trend"]
    assert parts["lessons"].values == (
        "一是值守电话占线,未及时换人。",
        "二是抢修信息发布偏晚。",
    )
    assert [row.value for row in parts["spread"].values if hasattr(row, "value")] == [
        40, 1200, "falling",
    ]  # fmt: skip
    assert not the_paper().missing


def test_a_part_without_a_record_is_missing_and_named() -> None:
    """正在核實 where a fact is missing: the file is incomplete rather than late."""
    assert [part.id for part in the_paper("basic-facts").missing] == ["place", "attitude"]


def test_a_tag_fills_a_part_and_so_does_its_chinese_name() -> None:
    """Whatever carries the part's name as a tag stands in that part."""
    extra = """
  - kind: noted
    at: 2026-11-22T02:30+08:00
    by: 值班室
    tags: [place]
    text: 柳塘小区
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    doc = the_paper("basic-facts", case=the_case(extra))
    assert {p.id: p.values for p in doc.parts}["place"] == ("柳塘小区",)


def test_a_figure_stated_in_public_stands_beside_the_record() -> None:
    """On published: figures stated, compared with the record."""
    (row,) = the_paper().figures
    assert (row.stated, row.recorded, row.agrees) == ("13户进水", "3户进水", False)


def test_an_act_before_its_gate_is_labelled_with_what_was_missing() -> None:
    """An uncleared publication is recorded and labelled, never hidden."""
    (row,) = the_paper().gates
    assert (row.gate, row.cleared) == ("publish-I", False)
    assert [said.params["organs"] for said in row.missing] == ["宣传部 / 网信办"]


def test_open_items_are_listed_until_they_are_fulfilled() -> None:
    """An entry with `due` is an open item until an entry says `closes`."""
    assert [(row.duty, row.limit) for row in the_paper().items] == [
        ("jbn6y4", time("2026-12-21T00:00"))
    ]
    extra = """
  - kind: done
    at: 2026-11-26T08:00+08:00
    by: water-co
    closes: jbn6y4
    recorded: 2026-11-26T08:00+08:00
    id: v9s2kd
"""
    assert not the_paper(case=the_case(extra)).items


def test_each_unit_sees_its_own_review_and_what_all_owe() -> None:
    """One review per unit."""
    extra = """
  - kind: assigned
    at: 2026-11-22T03:00+08:00
    by: 值班室
    to: road-co
    text: 协办
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    both = the_paper(case=the_case(extra))
    assert [row.unit for row in both.duties if row.duty == "review"] == ["供水公司", "道路公司"]
    one = the_paper(case=the_case(extra), unit="road-co")
    assert [row.unit for row in one.duties if row.duty == "review"] == ["道路公司"]
    assert one.unit == "道路公司"
    assert "publish" in [row.duty for row in one.duties]


def test_corrections_show_old_and_new() -> None:
    """Old and new value both show."""
    (row,) = the_paper().amendments
    assert row.changes == (("at", "2026-11-22 02:03", "2026-11-22 02:05"),)


def test_a_corrected_title_is_the_title_and_the_old_one_shows() -> None:
    """`head` may set `title`; old and new value both show."""
    extra = """
  - kind: amended
    at: 2026-11-26T08:00+08:00
    by: 值班室
    of: head
    set: {title: 柳塘小区停水两天}
    because: 供水记录
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    doc = the_paper(case=the_case(extra))
    assert doc.title == "柳塘小区停水两天"
    assert doc.amendments[-1].changes == (
        ("title", "柳塘小区停水三天,视频转发上升", "柳塘小区停水两天"),
    )


def test_an_amendment_of_an_amended_field_shows_what_it_really_replaced() -> None:
    """Amendments apply in file order."""
    extra = """
  - kind: amended
    at: 2026-11-26T08:00+08:00
    by: 值班室
    of: f1jf6x
    set: {at: 2026-11-22T02:04+08:00}
    because: 再次核对
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    doc = the_paper(case=the_case(extra))
    assert doc.amendments[-1].changes == (("at", "2026-11-22 02:05", "2026-11-22 02:04"),)
    line = next(each for each in doc.timeline if each.id == "f1jf6x")
    assert (line.at, line.was_at) == (time("2026-11-22T02:04"), time("2026-11-22T02:03"))


SECRET = """
yuqing: 1
id: YQ-20261122-7K3M
title: 密登〔2026〕17
secrecy: secret
plans:
  - {id: paper, version: "1", digest: DIGEST}
log:
  - kind: discovered
    at: 2026-11-22T01:52+08:00
    by: 值班室
    number: 密登〔2026〕17
    recorded: 2026-11-22T02:09+08:00
    id: cz3d8v
"""


def test_a_secret_case_says_so_and_runs_on_the_same_clocks() -> None:
    """Only times, kinds, organs, forms, grades and numbers; all clocks still run."""
    text = SECRET.replace("DIGEST", the_plan().digest)
    case, problems = read_case(text.encode(), "YQ-20261122-7K3M.yaml", lambda _: the_plan(), {})
    assert case is not None, problems
    doc = the_paper("basic-facts", case=case, now="2026-11-22T02:10")
    assert doc.secrecy == "secret"
    assert [row.duty for row in doc.duties if row.limit] == ["facts", "publish"]


def test_unconfirmed_readings_are_named() -> None:
    """口徑未經本單位認定 until the office confirms them."""
    assert [(row.id, row.confirmed) for row in the_paper().readings] == [("R1", False)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("basic-facts", "basic-facts"),
        ("follow-up", "follow-up"),
        ("review", "review"),
        ("bulletin", "statement"),
        ("ledger", "document"),
    ],
)
def test_what_a_document_is_for_follows_from_the_duties_it_discharges(
    document: str, expected: str
) -> None:
    """Every document a plan declares can be written; each kind has a shape of its own."""
    plan = the_plan()
    assert role(plan.documents[document], (plan,)) == expected


def test_a_document_is_found_by_what_it_is_for() -> None:
    """A plan may call its first report whatever it likes, or declare no document at all."""
    plan = the_plan()
    found = [document_for(wanted, (plan,)) for wanted in ("first-report", "follow-up", "review")]
    assert [d.id for d in found if d] == ["basic-facts", "follow-up", "review"]
    assert document_for("review", ()) is None


def barred(document: str, case: Case, now: str) -> list[str]:
    plan = the_plan()
    found = laid(
        plan.documents[document], case, (plan,), Calendar(), Names((plan,), OFFICE), time(now)
    )
    return [str(said.params.get("organs", said.key)) for said in found.missing]


def test_a_final_bulletin_waits_for_every_step_of_its_gate() -> None:
    """Only a future act is gated: rendering a final document."""
    assert barred("bulletin", the_case(), "2026-11-26T09:00") == ["宣传部 / 网信办"]
    extra = """
  - kind: decided
    at: 2026-11-22T05:18+08:00
    by: publicity
    matter: publish-I
    outcome: agreed
    text: 柳塘小区停水原因正在抢修。
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    assert barred("bulletin", the_case(extra), "2026-11-26T09:00") == []
    assert barred("review", the_case(), "2026-11-26T09:00") == []
    other = extra.replace("停水原因正在抢修", "今晚恢复供水")
    assert barred("bulletin", the_case(other), "2026-11-26T09:00") == ["领导组"]


FINDING = """
  - kind: graded
    at: 2026-11-26T07:00+08:00
    by: 值班室
    grades: {{truth: {truth}}}
    because: 原图为外地旧照
    {more}
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""


@pytest.mark.parametrize(
    ("truth", "more", "refused"),
    [
        ("untrue", "links: [https://news.example/old]", False),
        ("partly", "links: [https://news.example/old]", False),
        ("confirmed", "links: [https://news.example/old]", True),
        ("untrue", "number: 核〔2026〕3", True),
        ("untrue", "links: [https://news.example/old]\n    proposed: true", True),
    ],
)
def test_a_correction_request_needs_a_finding_with_evidence(
    truth: str, more: str, refused: bool
) -> None:
    """A correction request needs a recorded finding that a statement of fact is untrue, with
    evidence; without it the document isn't rendered."""
    plan = the_plan()
    case = the_case(FINDING.format(truth=truth, more=more))
    assert unproved(plan.documents["correction-request"], case, (plan,)) is refused


def test_no_finding_at_all_is_no_finding() -> None:
    """Criticism is no valid subject of a correction request."""
    plan = the_plan()
    assert unproved(plan.documents["correction-request"], the_case(), (plan,))
    assert not unproved(plan.documents["bulletin"], the_case(), (plan,))


def test_fingerprint_and_drill_are_carried() -> None:
    """The fingerprint is printed on each document; a drill is marked everywhere."""
    doc = the_paper(case=the_case(head="drill: true\n"), fingerprint="7K3MABCDEFGH", draft=True)
    assert (doc.fingerprint, doc.drill, doc.draft) == ("7K3MABCDEFGH", True, True)
