"""Findings of `check` (case format, section 12): named, with their line; never a refusal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

import casebook
import pytest
from casebook import HEAD, OFFICE_ORGANS, PLAN, POST, sentences
from nights import shipped

from yuqing.check import RULES, check
from yuqing.errors import Problem
from yuqing.read.tree import parse

NOW = dt.datetime.fromisoformat("2026-11-23T12:00+08:00")
DIGEST = "8cb72b162b47c24ddf46878f39216cd27fb1e7b2293754e589538eb16705da44"
FIRST = """\
  - kind: discovered
    at: 2026-11-22T01:52+08:00
    by: 值班室
    recorded: 2026-11-22T01:55+08:00
    id: cz3d8v
  - kind: reported
    at: 2026-11-22T02:00+08:00
    by: 值班室
    form: phone
    to: lead-group
    recorded: 2026-11-22T02:01+08:00
    id: f1jf6x
"""
NEXT = 19
"""Line on which an entry behind ``FIRST`` begins."""


def findings(
    log: str,
    *,
    head: str = HEAD,
    first: str = FIRST,
    files: Mapping[str, str | None] | None = None,
    now: dt.datetime | None = NOW,
) -> list[str]:
    """What `check` says about this log, notices left out."""
    return sentences(
        tuple(p for p in looked(log, head, first, files, now) if p.severity == "finding")
    )


def looked(
    log: str,
    head: str = HEAD,
    first: str = FIRST,
    files: Mapping[str, str | None] | None = None,
    now: dt.datetime | None = NOW,
    papers: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Problem, ...]:
    text = head + first + log
    tree, _ = parse(text.encode(), "", as_text=True)
    assert tree is not None
    return check(
        casebook.case(first + log, head), [PLAN], "", tree.lines,
        organs=OFFICE_ORGANS, post=POST, files=files, papers=papers, now=now,
    )  # fmt: skip


def entry(kind: str, at: str, *fields: str, id: str = "k4h7d2", recorded: str | None = None) -> str:  # noqa: A002
    """A well-formed entry, recorded when it happened."""
    day = at if "T" in at else f"2026-11-22T{at}"
    rows = [f"kind: {kind}", f"at: {day}+08:00", "by: 值班室", *fields]
    rows += [f"recorded: {recorded or day}+08:00", f"id: {id}"]
    return "  - " + "\n    ".join(rows) + "\n"


def test_nothing_to_find() -> None:
    """An orderly case has no findings."""
    assert findings("") == []


# --- times -----------------------------------------------------------------------------


def test_occurred_after_discovered() -> None:
    """occurred after discovered."""
    log = entry("occurred", "01:53", recorded="2026-11-22T02:02")
    assert findings(log) == ["line 20: occurred after cz3d8v, when it was discovered"]
    assert findings(entry("occurred", "01:52", recorded="2026-11-22T02:02")) == []


def test_at_later_than_recorded() -> None:
    """`at` later than `recorded`: by the minute, and by the amended time."""
    log = entry("noted", "02:30", "text: x", recorded="2026-11-22T02:29")
    said = f"line {NEXT + 1}: `at` lies after `recorded`; which of the two is right?"
    assert findings(log) == [said]
    assert findings(log.replace("02:30+", "02:29:59+")) == []
    amended = entry(
        "amended", "02:40", "of: k4h7d2", "set: {at: '2026-11-22T02:20+08:00'}", "because: 输错",
        id="va82qe",
    )  # fmt: skip
    assert findings(log + amended) == []


def test_no_recorded() -> None:
    """An entry typed by hand and not saved yet."""
    log = "  - kind: noted\n    at: 2026-11-22T02:30+08:00\n    text: x\n"
    assert findings(log) == [f"line {NEXT}: no `recorded` yet; `yuqing save` adds it"]
    later = log.replace("11-22", "11-24")
    assert f"line {NEXT + 1}: `at` lies ahead of now" in findings(later)


def test_recorded_before_the_previous_record() -> None:
    """Recorded before what stands above it. The file alone can't tell a clock that went back from
    clones merged in turn, so it is a warning, and it says both."""
    log = entry("noted", "01:54", "text: x", recorded="2026-11-22T01:54")
    (said,) = sentences(tuple(p for p in looked(log) if p.severity == "warning"))
    assert said.startswith(
        f"line {NEXT + 4}: recorded before f1jf6x, which stands above it: a clock"
    )
    assert "or clones merged in turn" in said


def test_lifted_without_warning() -> None:
    """lifted, though nothing was graded or activated before it."""
    lifted = entry("lifted", "03:00", "because: 结束", id="rz9r5h")
    said = "line {}: lifted, but nothing before it was graded or activated"
    assert findings(lifted) == [said.format(NEXT)]
    graded = entry("graded", "02:30", "grades: {level: II}", "because: x")
    assert findings(graded + lifted) == []
    assert findings(entry("activated", "02:30") + lifted) == []
    truth = entry("graded", "02:30", "grades: {truth: untrue}", "because: x")
    assert findings(truth + lifted) == [said.format(NEXT + 7)]
    proposed = entry("graded", "02:30", "grades: {level: II}", "proposed: true", "because: x")
    assert len(findings(proposed + lifted)) == 1


def test_calmed_before_discovered() -> None:
    """calmed before discovered, or without any discovery."""
    log = entry("calmed", "01:50", "because: x", recorded="2026-11-22T02:02")
    assert findings(log) == [f"line {NEXT + 1}: calm before it was discovered"]
    foreseen = entry("noted", "01:50", "text: 预警", id="aaaaaa")
    assert findings(entry("calmed", "02:00", "because: x"), first=foreseen) == [
        "line 14: calm before it was discovered"
    ]


def test_entries_after_closed() -> None:
    """What happened after `closed` is named; a relapse or reopening ends it."""
    closed = entry("closed", "04:00", "because: 已了结", id="c4s3d2")
    late = entry("noted", "05:00", "text: x", id="nj21ta")
    graded = entry("graded", "02:30", "grades: {level: II}", "because: x", id="gzpz4m")
    assert findings(graded + closed + late) == [
        f"line {NEXT + 13}: happened after c4s3d2 closed the case"
    ]
    reopened = entry("reopened", "04:30", "because: x", id="r4pq7d")
    assert findings(graded + closed + reopened + late) == []
    earlier = entry("noted", "03:00", "text: x", id="nj21ta", recorded="2026-11-22T05:00")
    assert findings(graded + closed + earlier) == []


def test_closed_with_open_duties() -> None:
    """closed with open duties: those with a limit; words without a figure never count."""
    closed = entry("closed", "04:00", "because: 已了结", id="c4s3d2")
    graded = entry("graded", "02:30", "grades: {level: I}", "because: x", id="gzpz4m")
    assert findings(graded + closed) == [f"line {NEXT + 7}: closed with 1 open: publish"]
    assert findings(graded + closed, now=None) == []


# --- names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (
            entry("noted", "02:30", "facts: {coments: 3}"),
            f"line {NEXT + 3}: the plan has no fact `coments`; did you mean `comments`?",
        ),
        (
            entry("graded", "02:30", "grades: {level: V}", "because: x"),
            f"line {NEXT + 3}: the plan has no level `V`",
        ),
        (
            entry("graded", "02:30", "grades: {triage: red}", "because: x"),
            f"line {NEXT + 3}: the plan has no scale `triage`",
        ),
        (
            entry("event", "02:30", "event: acepted"),
            f"line {NEXT + 3}: the plan has no event `acepted`; did you mean `accepted`?",
        ),
        (
            entry("reported", "02:30", "to: cac", "document: notice"),
            f"line {NEXT + 4}: the plan has no document `notice`",
        ),
        (
            entry("decided", "02:30", "matter: publish-1", "outcome: agreed", "text: x"),
            f"line {NEXT + 3}: the plan has no gate `publish-1`; did you mean `publish-I`?",
        ),
        (
            entry("done", "02:30", "duty: wach"),
            f"line {NEXT + 3}: the plan has no duty `wach`; did you mean `watch`?",
        ),
        (
            entry("done", "02:30", "duty: city/watch"),
            f"line {NEXT + 3}: the plan has no duty `city/watch`; did you mean `watch`?",
        ),
        (
            entry("reported", "02:30", "to: [cac, publcity]"),
            f"line {NEXT + 3}: no organ `publcity`; did you mean `publicity`?",
        ),
    ],
)  # fmt: skip
def test_codes_that_nobody_declared(log: str, said: str) -> None:
    """code not in the plan; organ unknown."""
    assert findings(log) == [said]


def test_codes_that_are_declared() -> None:
    """Built in: fact `satisfied`, scale `truth`, organs `public`, `asker`; DUTY@TIME; PLAN/DUTY."""
    assert findings(
        entry("noted", "02:30", "facts: {satisfied: true}", id="aaaaaa")
        + entry("graded", "02:31", "grades: {truth: partly}", "because: x", id="bbbbbb")
        + entry("reported", "02:32", "to: [public, asker, water-co]", id="cccccc")
        + entry("decided", "02:32", "matter: 采纳建议", "outcome: agreed", id="eeeeee")
        + entry("done", "02:33", "duty: town/watch@2026-11-22T07:30+08:00", id="dddddd")
    ) == []  # fmt: skip


def test_chinese_names_are_listed_not_found_fault_with() -> None:
    """Other Chinese names are kept as written and listed; the duty post is none of them."""
    problems = looked(entry("reported", "02:30", "to: 某村委会"))
    assert [(p.severity, p.line) for p in problems] == [("notice", NEXT + 3)]
    assert sentences(problems) == [
        f"line {NEXT + 3}: 某村委会 is in no list of organs; kept as written"
    ]


def test_done_without_re_for_a_duty_with_an_act() -> None:
    """`done` without `re` for a duty that has an act of its own."""
    said = f"line {NEXT + 3}: `tell` has an act of its own; name the entry that was it with `re`"
    assert findings(entry("done", "02:30", "duty: tell")) == [said]
    assert findings(entry("done", "02:30", "duty: tell", "re: f1jf6x")) == []
    assert findings(entry("done", "02:30", "duty: watch")) == []


def test_edited_plan() -> None:
    """A plan file that was edited after a case pinned it."""
    head = HEAD.replace(PLAN.digest, DIGEST)
    assert findings("", head=head) == [
        "line 5: town@2026-01 was edited after this case pinned it; a change is a new version"
    ]


# --- words, figures, approval ----------------------------------------------------------

GRADED = entry("graded", "02:10", "grades: {level: I}", "because: x", id="gzpz4m")
TEXT = "text: 通报全文"


def approval(at: str, by: str, name: str, text: str = TEXT) -> str:
    log = entry("decided", at, "matter: publish-I", "outcome: agreed", text, id=name)
    return log.replace("by: 值班室", f"by: {by}")


def test_published_uncleared() -> None:
    """published uncleared: each step must have agreed to exactly this text, earlier."""
    published = entry("published", "05:00", "signed_as: 柳塘镇", TEXT, id="nj21ta")
    both = approval("03:00", "lead-group", "kpwwr3") + approval("03:10", "cac", "kpwwr4")
    assert findings(GRADED + both + published) == []
    assert findings(GRADED + approval("03:00", "lead-group", "kpwwr3") + published) == [
        f"line {NEXT + 15}: not cleared by publish-I (四); this text still lacked: 市委网信办/市委宣传部"
    ]
    other = approval("03:10", "cac", "kpwwr4", "text: 另一稿")
    assert (
        len(findings(GRADED + approval("03:00", "lead-group", "kpwwr3") + other + published)) == 1
    )


def test_stated_figure_differs() -> None:
    """stated figure differs from the record: what it was then, not later."""
    seen = entry("noted", "02:20", "facts: {property_loss: 3户进水, comments: 40}", id="aaaaaa")
    told = entry(
        "replied", "03:00", "signed_as: 柳塘镇", "to: asker", TEXT,
        "facts: {property_loss: 13户进水, comments: 40, trend: flat}", id="bbbbbb",
    )  # fmt: skip
    later = entry("noted", "04:00", "facts: {property_loss: 13户进水}", id="cccccc")
    assert findings(seen + told + later) == [
        f"line {NEXT + 12}: property_loss stated as 13户进水; the record had 3户进水 (aaaaaa)"
    ]


def requested(id_: str = "nj21ta") -> str:
    return entry(
        "requested", "04:00", "request: correction", "to: 某网站", "text: 三十户进水",
        "because: 现场核实", "clause: 七", f"files: {{path: 核查.pdf, sha256: {DIGEST}}}", id=id_,
    )  # fmt: skip


def test_correction_request_without_finding() -> None:
    """correction request without `truth` untrue or partly; also against the gate of the plan."""
    said = findings(requested())
    assert said == [
        f"line {NEXT}: requested without a finding before it: truth untrue or partly",
        f"line {NEXT}: against correct-only-untrue (七): what it demands was not on record then",
    ]
    untrue = entry("graded", "03:00", "grades: {truth: untrue}", "because: x", id="gzpz4m")
    assert findings(untrue + requested()) == []
    true = entry("graded", "03:00", "grades: {truth: confirmed}", "because: x", id="gzpz4m")
    assert len(findings(true + requested())) == 2


def test_phone_in_a_secret_case() -> None:
    """`phone` in a secret case."""
    head = HEAD.replace("log:", "secrecy: secret\nlog:")
    assert findings("", head=head) == ["line 16: by telephone, in a secret case"]


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("text: 联系人电话13812345678。", "a mobile number (138****)"),
        ("text: 138 1234 5678 已接通", "a mobile number (138****)"),
        ("text: 身份证110101199003071233核实", "an identity number (110****)"),
        ("tags: [身份证11010119900307002X]", "an identity number (110****)"),
        ("text: １３８１２３４５６７８", "a mobile number (138****)"),
        ("facts: {property_loss: 户主13812345678}", "a mobile number (138****)"),
        (f"files: {{path: 13812345678.png, sha256: {DIGEST}}}", "a mobile number (138****)"),
    ],
)
def test_person_data(field: str, what: str) -> None:
    """person data: ID numbers, mobile numbers; never shown whole."""
    found = findings(entry("noted", "02:30", field))
    assert len(found) == 1
    assert f"looks like {what}" in found[0]


@pytest.mark.parametrize(
    "field",
    ["text: 工单260302118", "text: 网信电收〔2026〕88", "links: https://v.example/13812345678",
     "text: 订单2026112201520001234", "number: '20261122138'"],
)  # fmt: skip
def test_numbers_that_are_no_person_s(field: str) -> None:
    """Work orders, document numbers and addresses are no finding."""
    assert findings(entry("noted", "02:30", field, *([] if "text" in field else ["text: x"]))) == []


# --- surroundings ----------------------------------------------------------------------


def test_files_missing_or_different() -> None:
    """file missing or digest different; nothing is said where nobody looked."""
    log = entry("noted", "02:30", f"files: {{path: 截图.png, sha256: {DIGEST}}}")
    line = NEXT + 3
    assert findings(log) == []
    assert findings(log, files={"截图.png": DIGEST}) == []
    assert findings(log, files={}) == [f"line {line}: the file 截图.png is missing"]
    assert findings(log, files={"截图.png": "0" * 64}) == [
        f"line {line}: the file 截图.png is not the one that was recorded (digest differs)"
    ]


def test_logbook_holds_routine_only() -> None:
    """A logbook: no moments, no grades, and the month of `at`."""
    head = HEAD.replace(casebook.NAME, "LOG-2026-11")
    log = entry("done", "02:30", "duty: look-round", id="aaaaaa") + entry(
        "done", "2026-12-01T08:00", "duty: look-round", id="bbbbbb"
    )
    case, problems = casebook.read(
        head + log + entry("calmed", "2026-12-01T09:00", "because: x"), "-"
    )
    assert case is not None, problems
    found = check(case, [PLAN], organs=OFFICE_ORGANS, post=POST, now=NOW)
    said = sentences(tuple(p for p in found if p.severity == "finding"))
    assert said[:1] == ["line 13: belongs into the logbook of 2026-12"]
    assert any("a logbook holds no `calmed`" in each for each in said)


def test_voided_entries_are_no_finding() -> None:
    """What was voided is out; only person data, which still stands in the file, is not."""
    void = entry("amended", "02:40", "of: k4h7d2", "void: true", "because: 输错", id="va82qe")
    assert findings(entry("event", "02:30", "event: acepted") + void) == []
    assert len(findings(entry("noted", "02:30", "text: 13812345678") + void)) == 1


def test_rules_are_the_whole_list_and_explain_themselves() -> None:
    """Every rule is a small function with a sentence, and each one can fire (tests above)."""
    assert len(RULES) == len(set(RULES))
    assert all(rule.__doc__ for rule in RULES)
    here = Path(__file__).read_text(encoding="utf-8")
    assert here.count("def test_") >= len(RULES)


def test_order_and_place() -> None:
    """Findings come in the order of the file, each with file, line and path."""
    log = entry("noted", "02:30", "facts: {x1: '1', y1: '2'}") + entry(
        "event", "02:31", "event: nothing", id="bbbbbb"
    )
    problems = looked(log)
    assert [p.path for p in problems] == [
        ("log", 2, "facts", "x1"), ("log", 2, "facts", "y1"), ("log", 3, "event"),
    ]  # fmt: skip


# --- data of people (issue: people's data stay out) -------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("卡号6222021234567890128", "a bank card number (622****)"),
        ("卡号 4111 1111 1111 1111", "a bank card number (411****)"),
        ("回信 zhang.san@mail.example", "an e-mail address (***)"),
        ("由@围观者甲 首发", "an account (@***)"),
        ("由＠围观者甲首发", "an account (@***)"),
        ("110101199003071234", "an identity number (its check digit differs) (110****)"),
    ],
)
def test_other_person_data_is_a_warning(text: str, what: str) -> None:
    """Bank cards (Luhn), e-mail addresses, handles: a warning, with place and mask."""
    found = looked(entry("noted", "02:30", f"text: '{text}'"))
    said = [p for p in found if p.severity == "warning"]
    assert [(p.line, p.path) for p in said] == [(NEXT + 3, ("log", 2, "text"))]
    assert f"looks like {what}" in sentences(tuple(said))[0]
    assert "yuqing redact 7K3M k4h7d2 text" in sentences(tuple(said))[0]


@pytest.mark.parametrize(
    "text",
    ["已由@柳塘发布回应", "＠柳塘发布 已回应", "来信请寄 duty@office.example", "网信办@02:20 已告知",
     "https://v.example/@user/4111111111111111", "序列 4111111111111112", "11010119900307123 核对"],
)  # fmt: skip
def test_own_accounts_and_other_numbers_are_none(text: str) -> None:
    """The office's own accounts and addresses are no person's; a post's number is no card."""
    tree = casebook.case(FIRST + entry("noted", "02:30", f"text: '{text}'"), HEAD)
    own = ["微博 @柳塘发布", "duty@office.example"]
    found = check(tree, [PLAN], organs=OFFICE_ORGANS, post=POST, own=own, now=NOW)
    assert [p for p in found if p.severity != "notice"] == []


def test_an_account_that_only_begins_like_the_own_one() -> None:
    text = entry("noted", "02:30", "text: '@柳塘发布2 说'")
    found = check(casebook.case(FIRST + text, HEAD), [PLAN], own=["柳塘发布"], post=POST, now=NOW)
    assert [p.severity for p in found if "account" in str(p.params.get("what"))] == ["warning"]


def test_person_data_in_papers() -> None:
    """Documents are looked into as well, with the line in the document."""
    text = entry("noted", "02:30", f"files: {{path: 记录.md, sha256: {DIGEST}}}")
    papers = {"记录.md": ("第一行", "户主电话13812345678"), "散.txt": ("@围观者甲",)}
    assert warnings(text, papers) == [
        "line 0: 散.txt, line 1: looks like an account; write @*** instead",
        "line 22: 记录.md, line 2: looks like a mobile number; write 138**** instead",
    ]


# --- words to the public ------------------------------------------------------------------


def warnings(log: str, papers: Mapping[str, tuple[str, ...]] | None = None) -> list[str]:
    return sentences(tuple(p for p in looked(log, papers=papers) if p.severity == "warning"))


SAYS = "signed_as: 镇政府"


def test_figures_of_a_statement_that_stand_nowhere() -> None:
    """Figures in a statement that stand nowhere in the case's facts are warned about."""
    facts = entry("noted", "02:30", "facts: {property_loss: 3户进水, comments: 1200}", id="aaaaaa")
    text = "text: 11月22日2时30分,柳塘小区13户进水;1,200人关注,第3条,3户,详询12345"
    said = warnings(facts + entry("published", "03:00", SAYS, text))
    assert said == ["line 29: the figure 13户 stands nowhere in the facts of the case"]
    assert warnings(entry("published", "03:00", SAYS, "text: 已停水3天")) == []


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("事故造成三人受伤, 十三户停水", ["三人", "十三户"]),
        ("一百二十余户居民、损失三万元", ["一百二十余户", "三万元"]),
        ("一人死亡, 两名群众轻伤", ["一人", "两名"]),
        ("三处漏点, 一千零一户, 五十台", ["三处", "一千零一户", "五十台"]),
        ("5户,二十户", []),  # both are known, one of them only in figures
        ("一些人四处传播, 我们将与大家一起努力", []),
        ("第一时间、第三名, 一是停水, 二是抢修, 统一调度", []),
        ("走进千家万户, 一户一策, 每三户一名网格员, 同一家单位", []),
        ("五一期间、十分重视, 万一漏水, 百姓关心, 一名工作人员介绍", []),
    ],
)
def test_figures_in_chinese_numerals(words: str, figures: list[str]) -> None:
    """三人 and 十三户 are held against the facts like 3人; manners of speaking are no figures."""
    facts = entry("noted", "02:30", "facts: {property_loss: 5户}", "text: x", id="aaaaaa")
    more = entry("noted", "02:31", "facts: {comments: 20}", "text: x", id="aaaaab")
    said = warnings(facts + more + entry("published", "03:00", SAYS, f"text: {words}"))
    found = [re.findall("the figure (.*) stands nowhere", each) for each in said]
    assert [figure for each in found for figure in each] == figures


def test_a_stated_fact_that_nobody_recorded() -> None:
    said = warnings(entry("published", "03:00", SAYS, "text: x", "facts: {property_loss: 3户}"))
    assert said == ["line 24: property_loss is stated, but nothing before it in the case says so"]


def test_figures_of_a_statement_in_a_paper() -> None:
    log = entry("published", "03:00", SAYS, f"files: {{path: 通报.md, sha256: {DIGEST}}}")
    said = warnings(log, {"通报.md": ("# 通报", "受影响45户")})
    assert said == ["line 23: the figure 45户 stands nowhere in the facts of the case"]


@pytest.mark.parametrize(
    "words",
    [
        "事故原因是管道老化",
        "停水系因管道破裂",
        "由于施工挖断水管,小区停水",
        "The cause was a burst main",
    ],
)
def test_a_cause_given_before_the_inquiry_ended(words: str) -> None:
    """A cause given before the inquiry ended is warned about; afterwards it is not."""
    given = entry("published", "03:00", SAYS, f"text: {words}")
    (said,) = warnings(given)
    assert said.startswith("line 23: gives a cause")
    assert warnings(entry("concluded", "02:50", id="aaaaaa") + given) == []
    assert warnings(entry("noted", "03:00", f"text: {words}")) == []


@pytest.mark.parametrize("words", ["原因正在调查", "起因:尚不明确", "停水造成3天不便", "原因待查"])
def test_a_cause_left_open_is_none(words: str) -> None:
    assert warnings(entry("published", "03:00", SAYS, f"text: '{words}'")) == []


# --- plans side by side -------------------------------------------------------------------


def test_plans_that_mean_other_levels_by_one_name() -> None:
    """Two plans on one case that call a scale alike share its grade: where the levels differ,
    that is said."""
    four, three = shipped("sf"), shipped("eth")
    case = casebook.case(FIRST, HEAD)
    said = sentences(check(case, [four, three], now=NOW))
    told = [each for each in said if "share the scale" in each]
    levels = ["、".join(v.id for v in plan.scales["level"].levels) for plan in (four, three)]
    assert levels[0] != levels[1]
    assert len(told) == 1
    assert f"({levels[1]}; {levels[0]})" in told[0]
    assert not [e for e in sentences(check(case, [four, four], now=NOW)) if "share" in e]
