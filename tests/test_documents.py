"""Every document that a plan asks for: what it says, what it leaves open, and nothing besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers.made import OFFICE, the_case, the_plan, time
from papers.worked import (
    NOW,
    SHIPPED,
    TITLE,
    documents,
    example,
    facts_of,
    shipped_plans,
    text_of,
    worked,
)
from workbench import Office

from yuqing import render
from yuqing.case import Case
from yuqing.clock import Standing, standings
from yuqing.plan import Act, Document, Duty, Plan
from yuqing.read.plan import read_plan
from yuqing.render.phrases import Phrases, part_keys, vocabulary
from yuqing.review.names import Names
from yuqing.review.roles import PUBLIC, acts_of, document_for, role
from yuqing.review.sections import open_sections, to_write
from yuqing.span import Calendar

PLANS = {f"{plan.id}@{plan.version}": plan for plan in shipped_plans()}
TREE = render.wording(SHIPPED)
PARTS = part_keys(TREE)
PHRASES = Phrases(vocabulary(TREE, "zh-Hans"), "zh-Hans", 2026)


@cache
def case_of(name: str) -> Case:
    return worked(PLANS[name])


def every() -> Iterator[tuple[str, Plan, Document]]:
    """Each document that a shipped plan declares; of one plan also those that none needs to."""
    for name, plan in PLANS.items():
        for document in documents(plan) if plan.id == "sf" else plan.documents.values():
            yield name, plan, document


@cache
def clocks_of(name: str) -> Sequence[Standing]:
    return standings(case_of(name), (PLANS[name],), Calendar(), NOW)


@cache
def told(name: str, document: str, *, draft: bool = False) -> str:
    """The document of the worked case under a shipped plan."""
    plan = PLANS[name]
    known = plan.documents.get(document) or of(plan, document)
    return text_of(known, case_of(name), plan, clocks=clocks_of(name), draft=draft)


def of(plan: Plan, name: str) -> Document:
    return next(each for each in documents(plan) if each.id == name)


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


def broken_tables(text: str) -> list[str]:
    """Rows with more or fewer cells than the head of their table."""
    found, width = [], 0
    for line in text.splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or cells(line)
        if cells(line) != width:
            found.append(line)
    return found


def test_a_flash_report_keeps_to_one_page() -> None:
    """A one-page bulletin: the last acts, and how many came before them."""
    name = next(each for each in PLANS if each.startswith("sf@"))
    said = told(name, "flash")
    acts = re.split(r"已采取的措施（此前另有\d+项，见案件记录）\n", said)[1].split("\n---")[0]
    assert len(re.findall(r"^- \d\d-\d\d ", acts, re.MULTILINE)) == 3


# --- all of them -----------------------------------------------------------------------


@pytest.mark.parametrize("draft", [False, True])
def test_every_document_of_every_plan_is_whole(draft: bool) -> None:
    """Each document of each plan renders: a title, tables that hold, nothing of the template."""
    for name, _, document in every():
        text = told(name, document.id, draft=draft)
        where = f"{name} {document.id}"
        titles = [line for line in text.splitlines() if line.startswith("# ")]
        assert len(titles) == 1, where
        assert document.title in titles[0].replace("\\", ""), where
        assert not re.search(r"\{\{|\{%|None|Undefined|\(\)", text), where
        assert not broken_tables(text), where
        assert not re.search(r"^- .*\S- ", text, re.MULTILINE), f"{where}: two items on one line"
        assert ("草稿" in titles[0]) is draft, where
        assert "7K3MABCDEFGH" in text, where


def test_every_document_has_the_parts_that_its_plan_asks_for() -> None:
    """requires: the parts it must have; what nobody recorded is a blank or being verified."""
    for name, plan, document in every():
        what = role(document, (plan,))
        if what in PUBLIC or what == "digest":
            continue
        doc = facts_of(document, case_of(name), plan, clocks=clocks_of(name))
        said = told(name, document.id)
        headings = [line for line in said.splitlines() if line.startswith("##")]
        for part in doc.parts:
            known = PHRASES.part(part, PARTS)
            if what == "follow-up" and known == "处置进展":
                continue  # told as what happened since
            found = [line for line in headings if line.rstrip().endswith(known)]
            assert found, (name, document.id, part.id)
            if part.missing:
                after = said.split(found[0] + "\n")[1].strip().splitlines()[0]
                assert after in (f"〔待填写：{known}〕", "正在核实", "尚未记录"), (name, known)


def test_every_document_says_under_which_article_and_limit_it_is_due() -> None:
    """A document says under which article and limit it is due."""
    seen = 0
    for name, plan, document in every():
        text = told(name, document.id, draft=True).replace("\\", "")
        for row in facts_of(document, case_of(name), plan, clocks=clocks_of(name)).owed:
            seen += 1
            assert row.clause in text, (name, document.id, row.duty)
            assert row.does in text, (name, document.id, row.duty)
            limit = PHRASES.limit(row) if row.start else "起算点未到"
            assert limit in text, (name, document.id, row.duty)
    assert seen > 50


def test_what_goes_to_the_public_tells_nothing_of_the_inside() -> None:
    """Words to people outside are signed and tell nothing of grades, duties and approvals."""
    for name, plan, document in every():
        if role(document, (plan,)) not in PUBLIC:
            continue
        text = told(name, document.id)
        assert "示范值班室\n" in text, (name, document.id)
        inside = ("时限", "一级", "录入", "研判", "办理说明", "领导小组")
        assert not [w for w in inside if w in text], (name, document.id)


def test_no_document_has_a_place_for_a_person_or_a_removal() -> None:
    """No field, template or example for dossiers, removals or unsigned comments."""
    for name, plan, document in every():
        own = told(name, document.id, draft=True)
        for words in (*(d.does for d in plan.duties.values()), plan.title, document.title):
            own = own.replace(words, "")
        assert not re.search("删帖|删除|身份证|姓名|账号|网评员|跟帖", own), (name, document.id)


@pytest.mark.parametrize(
    ("does", "number", "others"),
    [
        ("書面報告", "案件編號", ("案件编号", "生成时间")),
        ("tell", "Case", ("案件", "生成", "待", "预案")),
    ],
)
def test_every_document_speaks_the_script_of_its_plan(
    does: str, number: str, others: tuple[str, ...]
) -> None:
    """The words around the plan's are in its script: 简体, 繁體 or English."""
    plan = the_plan()
    duties = {name: replace(duty, does=does) for name, duty in plan.duties.items()}
    plan = replace(plan, title=does, duties=duties, documents={})
    found = documents(plan)
    assert len(found) > 20
    for document in found:
        text = text_of(document, the_case(), plan, draft=True)
        assert number in text, document.id
        assert not [word for word in others if word in text], document.id


HOSTILE = (
    "# 标题 | 竖线 *粗* <script>alert(1)</script> `码` [链](x)",
    "{{ 7 * 7 }}{% for x in y %}{{ x }}{% endfor %}",
    "a\x1b[31mb\u202ec\u2066d\x00e",
    "长" * 10_000,
    '=HYPERLINK("http://x")',
    "|---|\n| a | b |\n\n# 假标题\n\n---",
)


def unharmed(text: str, document: str) -> None:
    assert not broken_tables(text), document
    assert len([ln for ln in text.splitlines() if ln.startswith("# ")]) == 1, document
    assert "<script>" not in text.replace("\\<script", ""), document
    assert not re.search("[\x00\x1b\u202e\u2066]", text), document


def test_hostile_values_come_through_unharmed_in_every_document() -> None:
    """Markup, bars, braces, control characters and 10,000 signs stay text, and are all there."""
    plan, values = the_plan(), cycle(HOSTILE)
    log = tuple(
        replace(entry, text=entry.text and next(values), because=entry.because and next(values))
        for entry in the_case().log
    )
    case = replace(the_case(), title=HOSTILE[0] + HOSTILE[1], log=log)
    for document in documents(plan):
        text = text_of(document, case, plan, draft=True)
        unharmed(text, document.id)
        assert "{{ 7 \\* 7 }}" in text, document.id


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_titles_come_through_unharmed(value: str) -> None:
    """The title stands in heads, tables and running text."""
    plan = the_plan()
    case = replace(the_case(), title=value.replace("\n", " "))
    for name in ("review", "flash", "digest", "rectification-list"):
        document = of(plan, name)
        text = text_of(document, case, plan, draft=True)
        unharmed(text, name)
        assert value != HOSTILE[3] or value in text, name


def test_a_choice_is_told_in_the_words_of_the_plans_question() -> None:
    """Plan words are data: what the question calls a choice is how a reader knows it."""
    jus = next(plan for plan in PLANS.values() if plan.id == "jus")
    names = Names((jus,), OFFICE)
    assert (names.fact("hype_risk"), names.choice("hype_risk", "larger")) == (
        "炒作风险",
        "较大规模",
    )
    assert names.choice("attention", "high") == "高"
    assert names.choice("complaints_concentrated", True) is None
    assert Names((the_plan(),), OFFICE).choice("negative_trend", "falling") is None


def test_a_final_statement_without_words_tells_nothing_instead() -> None:
    """What was observed is there to write from, in a draft; it is no text for the public."""
    plan = the_plan()
    bare = replace(
        the_case(), log=tuple(e for e in the_case().log if not e.signed_as and not e.matter)
    )
    assert "评论数" in text_of(plan.documents["bulletin"], bare, plan, draft=True)
    assert "评论数" not in text_of(plan.documents["bulletin"], bare, plan)


# --- what each is for ------------------------------------------------------------------

SHIPPED_ROLES = {
    "ca": "briefing=briefing opinion=reply result=reply summary=review",
    "ele": "press-text=statement situation-report=first-report handling-proposal=submission "
    "instruction=incoming",
    "eth": "first-report=first-report written-info=written-after-oral follow-up=follow-up "
    "opinion=reply result=reply review=review",
    "hrs": "request=submission press-plan=submission summary=review",
    "hwy": "report-with-opinion=first-report release-draft=submission records=document",
    "jus": "prompt=incoming instruction=incoming judgement=document warning-notice=warning-notice "
    "handling-suggestion=submission response-suggestion=submission bulletin=flash "
    "reminder=document feedback=handling-feedback handling-feedback=incoming progress=follow-up "
    "special-response=special-response analysis=analysis",
    "nx": "report-with-suggestion=first-report instruction=incoming evaluation=document",
    "pet": "card=case-card",
    "routine": "bulletin=incoming answer=reply sudden-information=first-report lead=document "
    "result=statement",
    "saf": "rectification=media-feedback progress=media-feedback media-analysis=document "
    "handling-result=statement accident-result=statement tip=incoming petition=incoming",
    "sch": "release-draft=submission judgement=document",
    "sf": "monitoring-form=document basic-facts=basic-facts basic-facts-with-suggestion=basic-facts "
    "follow-up=follow-up bulletin=statement press-plan=submission interview-plan=submission "
    "review=review",
    "stu": "monthly-report=document",
    "twn": "explanation=document inquiry-result=statement relief-plan=relief-plan review=review "
    "self-review=review",
    "zhd": "transfer=incoming instruction=incoming answer=reply summary=review",
    "baseline": "",
    "ledger": "",
    "prs": "",
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_what_the_documents_of_the_shipped_plans_are_for(plan: Plan) -> None:
    """Told from the plan's words, the acts that send it and the duties it discharges."""
    found = {name: role(document, (plan,)) for name, document in plan.documents.items()}
    assert found == dict(pair.split("=") for pair in SHIPPED_ROLES[plan.id].split())


UNSEEN = """\
yuqing: 1
id: unseen
title: 某镇办法(虚构)
issuer: 虚构
version: "1"
counting: {days: natural}
organs: {office: 镇办公室, media: 媒体, county: 县里}
events: {done-with: 办完}
duties:
  a: {clause: 一, does: 通报批评, to: office, start: discovered, limit: 2 days, done_by: {kind: reported, document: blame}}
  b: {clause: 二, does: 公布, to: public, start: discovered, limit: 1 day, done_by: {kind: published, document: plain}}
  c: {clause: 三, does: 每日报告, to: county, start: discovered, until: calmed, repeat: {each: day}, done_by: {kind: reported, document: daily}}
  d: {clause: 四, does: 归档, to: office, start: calmed, limit: 3 days, done_by: {kind: reported, document: papers}}
  e: {clause: 五, does: 请求更正, to: media, start: discovered, limit: {word: 及时}, done_by: {kind: requested, request: correction}}
  f: {clause: 六, does: 回应, to: media, start: discovered, limit: {word: 及时}, done_by: {kind: replied, document: answer}}
  g: {clause: 七, does: 落实, to: county, start: {each: {kind: received, document: order}}, limit: 3 days}
  h: {clause: 八, does: 小结, to: county, start: calmed, limit: 3 days, done_by: {kind: reported, document: close}}
documents:
  blame: {title: 通报批评}
  plain: {title: 一号文}
  daily: {title: 每日情况}
  papers: {title: 全部材料}
  ask: {title: 更正函}
  answer: {title: 说明}
  order: {title: 来文}
  close: {title: 小结, requires: [lessons, problems]}
  correction: {title: 更正}
  odd: {title: 附件三}
  review: {title: 情况说明}
"""


def test_a_plan_never_seen_is_not_guessed_at() -> None:
    """The acts and duties of a plan tell; where they do not, the general form is used."""
    plan, problems = read_plan(UNSEEN.encode(), "unseen@1.yaml")
    assert plan is not None, problems
    assert {name: role(document, (plan,)) for name, document in plan.documents.items()} == {
        "blame": "document",  # 通报, but sent to an organ: no statement
        "plain": "statement",
        "daily": "follow-up",
        "papers": "document",  # owed afterwards, but looks back on nothing
        "ask": "correction-request",
        "answer": "media-feedback",
        "order": "incoming",
        "close": "review",
        "correction": "document",
        "odd": "document",
        "review": "review",
    }
    assert [fields["kind"] for fields in acts_of(plan.documents["ask"], (plan,))] == ["requested"]


WORDS = ("通报", "报告", "续报", "更正", "请求", "声明", "答复", "预警", "信息", "舆情", "总结", "附件", "函",
         "review", "statement", "清单", "快报", "移送", "公告", "(附建议)")  # fmt: skip


@given(
    st.sampled_from(("reported", "published", "replied")),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from(("x1", "bulletin", "correction", "review", "statement", "reply", "referral")),
)
def test_a_title_is_believed_only_if_the_acts_agree(kind: str, title: list[str], name: str) -> None:
    """What goes to an organ is no statement, and what is published is no report."""
    document = Document(id=name, title="".join(title))
    act = Act(kind=kind, fields={"document": (name,)})
    duty = Duty(id="d", clause="一", does="办", done_by=(act,))
    plan = replace(the_plan(), duties={"d": duty}, documents={name: document})
    found = role(document, (plan,))
    outside = {"statement", "correction", "special-response"}
    assert not (kind == "reported" and found in outside)
    assert not (kind != "reported" and found not in PUBLIC)
    assert found not in ("correction-request", "referral")


def test_one_of_several_is_not_picked_for_the_officer() -> None:
    """Two replies: `render . 答复` may not choose between them."""
    eth = next(plan for plan in PLANS.values() if plan.id == "eth")
    assert document_for("reply", (eth,)) is None
    found = document_for("review", (eth,))
    assert found is not None
    assert found.id == "review"


# --- one by one ------------------------------------------------------------------------


def test_a_follow_up_is_numbered_and_tells_only_what_changed() -> None:
    """Follow-ups numbered 续报一、二… that don't retell the start."""
    plan = the_plan()
    first = text_of(plan.documents["follow-up"], the_case(), plan)
    assert "# 续报一\n" in first
    assert "| 评论数 | 40 | 1200 | 11-23 09:00 |" in first
    assert "软件监看；评论数：40" not in first  # the discovery was in the first report
    assert "上次报告：11-22 03:40 书面报告 → 领导组" in first
    sent = """
  - kind: reported
    at: 2026-11-25T12:00+08:00
    by: 值班室
    to: lead-group
    document: follow-up
    recorded: 2026-11-25T12:00+08:00
    id: q5r8vb

  - kind: noted
    at: 2026-11-25T15:00+08:00
    by: 值班室
    facts: {comments: 1500}
    recorded: 2026-11-25T15:00+08:00
    id: q5r8vc
"""
    second = text_of(plan.documents["follow-up"], the_case(sent), plan)
    assert "# 续报二\n" in second
    assert "| 评论数 | 1200 | 1500 | 11-25 15:00 |" in second
    assert "平息" not in second.split("## 一")[1].split("## 四")[0]


def test_a_report_to_two_organs_at_two_times_is_one_report() -> None:
    """The second call about the same follow-up does not make it the third."""
    entry = """
  - kind: reported
    at: 2026-11-25T12:0{n}+08:00
    by: 值班室
    to: {to}
    document: follow-up
    recorded: 2026-11-25T12:10+08:00
    id: q5r8v{n}
"""
    plan = the_plan()
    twice = entry.format(n=1, to="lead-group") + entry.format(n=2, to="cac")
    assert facts_of(plan.documents["follow-up"], the_case(twice), plan).number == 2


def test_what_was_written_down_late_is_told_in_the_next_report() -> None:
    """An entry recorded after the report it should have stood in is news."""
    late = """
  - kind: noted
    at: 2026-11-22T02:30+08:00
    by: 值班室
    text: 两户老人家中断水
    recorded: 2026-11-22T08:00+08:00
    id: q5r8vb
"""
    plan = the_plan()
    assert "两户老人家中断水" in text_of(plan.documents["follow-up"], the_case(late), plan)


def test_a_written_report_names_the_oral_one_it_follows() -> None:
    """Refers to the oral one, when and to whom."""
    eth = next(plan for plan in PLANS.values() if plan.id == "eth")
    case, plan, office = example("X9SM")
    assert plan.id == "eth"
    text = text_of(
        eth.documents["written-info"], case, plan, office=office, now=time("2025-06-06T15:10")
    )
    assert "以电话向" in text
    assert "06-06 15:00" in text
    assert "四(二)：口头报告后补报书面信息" in text


def test_a_paper_that_answers_two_duties_names_both_though_one_is_met() -> None:
    """The basic facts go to the lead group within two hours and to another at once."""
    case, plan, office = example("WD64")
    now = time("2025-05-25T03:00")
    doc = facts_of(plan.documents["basic-facts"], case.as_of(now), plan, now=now, office=office)
    assert [(row.duty, row.over) for row in doc.owed] == [("facts", True), ("file-cac", False)]
    assert doc.to == ("舆情处置领导组", "市委网信办")


WARNING = """
  - kind: {kind}
    at: 2026-11-2{day}T10:00+08:00
    by: 值班室
    {more}
    recorded: 2026-11-2{day}T10:00+08:00
    id: q5r8v{day}
"""


def test_a_warning_is_issued_adjusted_and_lifted() -> None:
    """Warning notice, its adjustment and its lifting are three papers."""
    jus = next(plan for plan in PLANS.values() if plan.id == "jus")
    notice = jus.documents["warning-notice"]
    assert "# 预警信息（发布）" in text_of(notice, worked(jus), jus)
    issued = WARNING.format(kind="event", day=4, more="event: warning-issued")
    again = WARNING.format(kind="graded", day=5, more="grades: {warning: III}\n    because: 回落")
    text = text_of(notice, worked(jus, extra=issued + again), jus)
    assert "# 预警信息（调整）" in text
    assert re.search(r"预警级别：\S+ → \S+", text)
    lifted = WARNING.format(kind="lifted", day=6, more="because: 平息")
    text = text_of(notice, worked(jus, extra=issued + lifted), jus, now=time("2026-11-26T12:00"))
    assert "# 预警信息（解除）" in text
    assert "现解除预警。" in text
    assert "警示事项" not in text


def test_a_correction_of_our_own_words_names_them_and_does_not_repeat_them_as_true() -> None:
    """Correction of one's own statement, openly linked to it."""
    plan = the_plan()
    document = of(plan, "correction")
    text = text_of(document, the_case(), plan, draft=True)
    assert "本单位 2026年11月22日 06:40 发布的内容有误" in text
    assert "> 柳塘小区停水原因正在抢修。" in text
    assert "〔待填写：更正后的内容〕" in text
    assert "须更正的数字：财产损失 公布 13户进水；当时记录 3户进水" in text
    fixed = """
  - kind: published
    at: 2026-11-25T16:00+08:00
    by: 值班室
    form: notice
    signed_as: 示范单位
    corrects: nj21ta
    text: 应为3户进水。
    recorded: 2026-11-25T16:00+08:00
    id: q5r8vb
"""
    text = text_of(document, the_case(fixed), plan)
    assert text.index("> 柳塘小区停水原因正在抢修。") < text.index("应为3户进水。")
    assert "待填写" not in text


def test_a_request_for_correction_carries_finding_evidence_and_answer() -> None:
    """Target sentence, evidence of untruth, legal basis, channel, answer; only statements of fact."""
    plan = the_plan()
    extra = """
  - kind: graded
    at: 2026-11-25T07:00+08:00
    by: 值班室
    grades: {truth: untrue}
    because: 原图为外地旧照
    links: [https://news.example/old]
    recorded: 2026-11-25T07:00+08:00
    id: q5r8vb

  - kind: requested
    at: 2026-11-25T08:00+08:00
    by: 值班室
    request: correction
    to: website
    form: written
    text: 文中称停水造成十人住院
    because: 医院无此记录
    clause: 民法典1028
    files:
      - {kept: 机要室, number: 核〔2026〕3}
    recorded: 2026-11-25T08:00+08:00
    id: q5r8vc

  - kind: received
    at: 2026-11-25T18:00+08:00
    by: 值班室
    from: website
    re: q5r8vc
    text: 已更正
    recorded: 2026-11-25T18:00+08:00
    id: q5r8vd
"""
    text = text_of(plan.documents["correction-request"], the_case(extra), plan)
    for told in (
        "文中称停水造成十人住院",
        "https://news.example/old",
        "民法典1028",
        "核〔2026〕3",
        "原图为外地旧照",
        "已更正",
    ):
        assert told in text
    assert "不针对意见、评论和批评" in text
    assert "待填写" not in text


def test_a_referral_shows_who_decided_it_and_no_other_approval() -> None:
    """Referral with evidence and approver: an approval of the publication is none."""
    text = text_of(of(the_plan(), "referral"), the_case(), the_plan(), draft=True)
    assert "〔待填写：移送审批〕" in text
    assert "不列个人信息" in text


def test_a_rectification_list_says_measure_unit_date_and_state() -> None:
    """Measure, responsible unit, date, state: from `assign … --due` items."""
    sf = next(plan for plan in PLANS.values() if plan.id == "sf")
    done = """
  - kind: done
    at: 2026-11-26T08:00+08:00
    by: 供水公司
    closes: {item}
    links: [https://v.example/photo]
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    rows = {m.text: m for m in facts_of(of(sf, "rectification-list"), worked(sf), sf).measures}
    assert {text: row.record for text, row in rows.items()} == {
        "更换柳塘段主管": "nothing", "值守电话增设一线": "not_due",
    }  # fmt: skip
    item = rows["值守电话增设一线"].id
    text = text_of(of(sf, "rectification-list"), worked(sf, extra=done.format(item=item)), sf)
    assert (
        "| 更换柳塘段主管 | 供水公司 | 值班室 11-25 10:00 | 11-25 24:00 | 未见记录（过 9小时） | — | — |"
        in text
    )
    assert (
        "| 值守电话增设一线 | 供水公司 | 值班室 11-25 10:00 | 12-20 24:00 | 按时 | 11-26 08:00 | https://v.example/photo |"
        in text
    )


def test_the_review_of_a_unit_lists_its_own_tasks_alone() -> None:
    """Each unit's own review: what another was told to do is not its task."""
    extra = """
  - kind: assigned
    at: 2026-11-25T12:00+08:00
    by: lead-group
    to: road-co
    due: 2026-12-10
    text: 修复路面
    recorded: 2026-11-25T12:00+08:00
    id: q5r8vb
"""
    plan = the_plan()
    review = plan.documents["review"]
    both = facts_of(review, the_case(extra), plan)
    assert [(m.text, m.record) for m in both.measures] == [
        ("更换柳塘段主管", "not_due"),
        ("修复路面", "not_due"),
    ]
    one = facts_of(review, the_case(extra), plan, unit="road-co")
    assert [(m.text, m.record) for m in one.measures] == [("修复路面", "not_due")]


def test_a_telephone_log_has_both_times_of_every_call() -> None:
    """Telephone log sheet: when, written down when, with whom, what was said."""
    text = text_of(of(the_plan(), "phone-log"), the_case(), the_plan())
    assert "| 11-22 02:05（原 11-22 02:03） | 11-22 03:26 | 值班室 | 电话报告 → 领导组 |" in text
    assert text.count("| 值班室 | 电话报告") == 3


def test_a_paper_that_comes_in_is_registered_with_what_it_starts() -> None:
    """A prompt, a transfer, an instruction: what came, when, and by when it wants what."""
    jus = next(plan for plan in PLANS.values() if plan.id == "jus")
    case, plan, office = example("DFWG")
    text = text_of(jus.documents["prompt"], case, plan, office=office, now=time("2025-04-14T20:40"))
    assert "网信提示〔2025〕12" in text
    assert "| 书面反馈办理情况" in text


def test_a_review_says_what_each_act_took_and_what_was_not_found() -> None:
    """Durations between start, limit, act and record; what the plan asked and didn't get."""
    text = text_of(the_plan().documents["review"], the_case(), the_plan())
    took = text.split("各项用时")[1].split("## ")[0]
    assert (
        "| 11-22 01:52 | 11-22 03:52 | 11-22 03:40 | 11-22 04:30 | 1小时48分 | 余 12分 | 50分 |"
        in took
    )
    asked = text.split("预案要求而记录未见")[1].split("## ")[0]
    assert "七(四) 续报 → 领导组" in asked
    assert "宣传部 / 网信办尚未同意" in asked
    assert "履行概况：" in text


def test_an_estimated_time_is_marked_wherever_it_stands() -> None:
    """Estimated times are marked."""
    sf = next(plan for plan in PLANS.values() if plan.id == "sf")
    for name in ("basic-facts", "review", "phone-log"):
        head = text_of(of(sf, name), worked(sf), sf)
        assert "| 发生 | 2026年11月21日 23:40（估计） |" in head


def test_what_nobody_has_written_is_a_counted_blank() -> None:
    """〔待填写：…〕, counted: nobody's words are invented."""
    plan = the_plan()
    review = plan.documents["review"]
    bare = the_case(replacing=("tags: [lessons]", "tags: [other]"))
    left = open_sections(review, bare, (plan,), OFFICE)
    assert [part.id for part in left] == ["lessons"]
    text = text_of(review, bare, plan)
    assert "尚有1处待填写" in text
    assert text.count("〔待填写：总结梳理反思〕") == 1
    assert not open_sections(review, the_case(), (plan,), OFFICE)
    assert facts_of(review, bare, plan).blanks == left


def test_papers_that_look_back_and_are_owed_are_named_until_they_are_sent() -> None:
    """`close` says which sections of the review are still to be written."""

    plan = the_plan()
    bare = the_case(replacing=("tags: [lessons]", "tags: [other]"))
    sent = """
  - kind: reported
    at: 2026-11-25T12:00+08:00
    by: water-co
    form: written
    to: lead-group
    document: review
    recorded: 2026-11-25T12:00+08:00
    id: q5r8vb
"""
    for case, expected in ((bare, ["review"]), (the_case(), [])):
        now = standings(case, (plan,), Calendar(), NOW)
        found = to_write(case, (plan,), now, OFFICE)
        assert [document.id for document, _ in found] == expected
    case = the_case(sent, replacing=("tags: [lessons]", "tags: [other]"))
    assert not to_write(case, (plan,), standings(case, (plan,), Calendar(), NOW), OFFICE)


# --- as people read them ---------------------------------------------------------------

GOLDEN = [
    ("WD64", "2025-05-25T03:30", "basic-facts"),
    ("WD64", "2025-05-25T12:00", "follow-up"),
    ("WD64", "2025-05-28T09:00", "bulletin"),
    ("WD64", "2025-05-30T12:00", "review"),
    ("WD64", "2025-05-30T12:00", "rectification-list"),
    ("WD64", "2025-05-30T12:00", "phone-log"),
    ("WD64", "2025-05-30T12:00", "drill-evaluation"),
    ("WD64", "2025-05-30T12:00", "correction"),
    ("WD64", "2025-05-30T12:00", "digest"),
    ("WD64", "2025-05-30T12:00", "final-report"),
    ("DFWG", "2025-04-14T09:45", "prompt"),
    ("DFWG", "2025-04-14T12:00", "warning-notice"),
    ("DFWG", "2025-04-14T12:00", "bulletin"),
    ("DFWG", "2025-04-14T20:40", "feedback"),
    ("DFWG", "2025-04-22T09:00", "special-response"),
    ("DFWG", "2025-04-30T09:00", "analysis"),
    ("X9SM", "2025-06-06T15:10", "written-info"),
    ("X9SM", "2025-06-06T20:00", "opinion"),
    ("X9SM", "2025-06-12T09:00", "review"),
]


@pytest.mark.parametrize(("name", "now", "document"), GOLDEN)
def test_the_papers_of_the_worked_examples(
    golden: Callable[[str, str], None], name: str, now: str, document: str
) -> None:
    """What an office would send up, word by word."""
    case, plan, office = example(name)
    seen = case.as_of(time(now))
    text = text_of(
        of(plan, document), seen, plan, now=time(now), office=office, draft=document == "correction"
    )
    golden(f"documents/{plan.id}-{document}.md", text)


MADE = [("twn", "relief-plan"), ("twn", "self-review"), ("saf", "rectification"), ("ca", "briefing"),
        ("pet", "card"), ("hrs", "request"), ("nx", "report-with-suggestion"), ("zhd", "answer"),
        ("sch", "correction-request"), ("hwy", "referral")]  # fmt: skip


@pytest.mark.parametrize(("plan", "document"), MADE)
def test_papers_of_plans_without_a_worked_example(
    golden: Callable[[str, str], None], plan: str, document: str
) -> None:
    """The same incident under other plans, as drafts: the blanks are for people to fill."""
    found = next(each for each in PLANS.values() if each.id == plan)
    golden(
        f"documents/{plan}-{document}.md",
        text_of(of(found, document), worked(found), found, draft=True),
    )


def test_the_title_of_the_case_stands_in_every_internal_paper() -> None:
    """A reader sees which matter it is."""
    sf = next(plan for plan in PLANS.values() if plan.id == "sf")
    for document in documents(sf):
        if role(document, (sf,)) not in PUBLIC:
            assert TITLE in text_of(document, worked(sf), sf)


# --- on the command line ---------------------------------------------------------------


def test_close_and_review_count_what_is_still_to_be_written(office: Office) -> None:
    """3 sections of the review are still to be written: a notice, never a block."""
    office("new", "柳塘小区停水三天", "--drill", "-a", "-3h").ok()
    office("mark", ".", "calmed", "-b", "无新增").ok()
    told = "应对处置工作报告: 2 sections are still to be written (lessons、trend)"
    assert told in office("review", ".").ok().err
    closed = office("close", ".", "-b", "演练结束").ok()
    assert told in closed.err
    assert "yuqing note" in closed.err


def test_a_paper_that_no_plan_declares_is_written_all_the_same(office: Office) -> None:
    """Telephone log, case card, rectification list: by their id or their name."""
    office("new", "柳塘小区停水三天", "--drill", "-a", "-3h").ok()
    office("report", ".", "phone", "lead-group", "-a", "-2h").ok()
    assert "# 电话记录单【演练】" in office("render", ".", "电话记录").ok().out
    assert "# 整改清单【演练】" in office("render", ".", "rectification-list").ok().out
    assert "# 更正请求函" not in office("render", ".", "更正请求", "--draft").out


def test_a_task_with_a_date_stays_in_overdue_until_it_is_done(office: Office) -> None:
    """Rectification items (`assign … --due`) show up in `overdue` until done."""
    office("new", "柳塘小区停水三天", "--drill", "-a", "-3d").ok()
    office("grade", ".", "III", "-b", "影响小", "-a", "-3d").ok()
    office("assign", ".", "供水公司", "更换主管", "--due", "昨天", "-a", "-2d").ok()
    office("close", ".", "-b", "平息").ok()
    short = office.case_file().stem[-4:]
    late = office("overdue", "--drill")
    assert late.code == 10
    assert "更换主管" in late.out
    assert "| 更换主管 | 供水公司 |" in office("render", short, "整改清单").ok().out
    entry = office.case_file().read_text(encoding="utf-8").split("kind: assigned")[1]
    item = re.search(r"id: (\w{6})\n", entry)
    assert item is not None
    office("done", short, item[1], "-l", "https://v.example/photo").ok()
    assert "更换主管" not in office("overdue", "--drill").out
