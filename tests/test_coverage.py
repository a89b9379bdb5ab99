"""Coverage: every expression of time in a plan's own text lies in a quote, or is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workbench import Run

from yuqing.coverage import cover, expressions, repair
from yuqing.read.plan import read_plan

TEXTS = Path(__file__).parent / "plans" / "texts"
MARK = re.compile("〖(.*?)〗", re.DOTALL)


def marked(name: str) -> tuple[str, list[tuple[int, int]]]:
    """A text, and the places a person marked in it."""
    raw = (TEXTS / name).read_text(encoding="utf-8")
    text, places, end = "", [], 0
    for match in MARK.finditer(raw):
        text += raw[end : match.start()]
        places.append((len(text), len(text) + len(match[1])))
        text += match[1]
        end = match.end()
    return text + raw[end:], places


def compared(name: str) -> tuple[list[str], list[str], int]:
    """Marked but not found; found but not marked; how many are marked."""
    text, places = marked(name)
    found = [(each.first, each.last) for each in expressions(text)]

    def meets(one: tuple[int, int], others: list[tuple[int, int]]) -> bool:
        return any(one[0] < b and a < one[1] for a, b in others)

    missed = [text[a:b] for a, b in places if not meets((a, b), found)]
    alarms = [text[a:b] for a, b in found if not meets((a, b), places)]
    return missed, alarms, len(places)


def test_recall_and_false_alarms_on_three_marked_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """On three texts with every expression marked by hand, recall and false alarms are printed."""
    names = sorted(path.name for path in TEXTS.glob("*.txt"))
    assert len(names) >= 3
    all_, missing, false = 0, 0, 0
    for name in names:
        missed, alarms, count = compared(name)
        with capsys.disabled():
            print(
                f"\n{name}: {count} marked, recall {1 - len(missed) / count:.1%},"
                f" false alarms {len(alarms)}; missed {missed}; alarms {alarms}"
            )
        all_, missing, false = all_ + count, missing + len(missed), false + len(alarms)
    assert missing / all_ <= 0.03
    assert false / all_ <= 0.06


PLAN = """\
yuqing: 1
id: cov
title: 某站舆情处置办法
issuer: 某站
version: "1"
counting: {days: natural}
readings:
  R1: {clause: 第三条, question: 当日如何计, choice: 自然日, quote: 當日更正}
without_rule: [第一条]
organs: {head: 站长}
scales:
  level: [{id: low, name: 一般}, {id: high, name: 较大, clause: 第三条, quote: 连续三天上热搜}]
duties:
  tell: {clause: 第二条, does: 电话报告, to: head, start: discovered, limit: 30分钟, quote: [立即, 最迟不得超过三十分钟]}
  tell-again: {clause: 第三条, does: 续报, to: head, start: discovered, limit: {word: 立即}, quote: 立即}
  answer: {clause: 第三条, does: 答复, to: public, start: discovered, limit: 24 hours, quote: 二十四小时内向社会作出说明, done_by: published}
unsupported: [{clause: 第四条, why: 匿名跟帖, instead: 署名答复, quote: 第一时间安排网评员}]
"""
TEXT = """\
某站輿情處置辦法
第一條 發(fā)現(xiàn)問題應當及時、快速。
第二條 發(fā)現(xiàn)後立即報告，最遲不得超過三 十分
鐘。
第三條 連續三天上熱搜的，立即續報，當日更正，二十四小時內向社會作出說明；次日復查。
第四條 第一時間安排網評員。每半年演練一次。
"""


def covered(plan: str = PLAN, text: str = TEXT) -> dict[str, str]:
    """Expression and line → what covers it."""
    read, problems = read_plan(plan.encode(), "cov@1.yaml")
    assert read is not None, problems
    return {
        f"{each.line} {each.text}": "+".join(q.id for q in each.by) or ("–" if each.waived else "")
        for each in cover(text, read).found
    }


def test_each_expression_with_what_it_lies_in() -> None:
    """「lists which lies inside the quote of a duty, reading or waiver, and which is not covered」"""
    assert covered() == {
        "2 及時": "–",
        "2 快速": "–",
        "3 立即": "tell",
        "3 最遲": "tell",
        "3 不得超過": "tell",
        "3 三十分鐘": "tell",
        "5 連續": "high",
        "5 三天": "high",
        "5 立即": "tell-again",
        "5 當日": "R1",
        "5 二十四小時內": "answer",
        "5 次日": "",
        "6 第一時間": "第四条",
        "6 每半年": "",
    }


def test_a_short_quote_proves_one_place_under_its_article_only() -> None:
    """A quote of 立即 alone does not vouch for every 立即 of the plan."""
    text = TEXT.replace("立即續報", "立即續報\n立即公布")
    found = covered(text=text)
    assert (found["5 立即"], found["6 立即"]) == ("tell-again", "")
    assert (
        covered(PLAN.replace("tell-again: {clause: 第三条", "tell-again: {clause: 第四条"))[
            "5 立即"
        ]
        == ""
    )


def test_headings_and_numbers_name_the_article() -> None:
    """「Articles without numbers are named by heading and number」: 監測·1, 六(二)."""
    text = "六、應急響應\n(二)一級 立即報。\n監測\n1.每日一報。\n## 總結\n三日內總結。\n"
    read, _ = read_plan(PLAN.replace("第四条", "监测·1").encode(), "cov@1.yaml")
    assert read is not None
    assert [each.article for each in cover(text, read).found] == ["六(二)", "监测1", "总结"]


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("發(fā)布後及時(shí)報", "发布后及时报"),
        ("3 0 分 鐘", "30分钟"),
        ("３Ｏ分種、l小時、第—時間", "30分钟、1小时、第一时间"),
        ("小肘 工作曰 當曰 奧情", "小时工作日当日舆情"),
        ("在30\n分鐘內", "在30分钟内"),
        ("三\u200b日&nbsp;內", "三日内"),
        ("五(a)項、(二)一級", "五(a)项、(二)一级"),
    ],
)
def test_known_damage_is_repaired(damaged: str, meant: str) -> None:
    """「Repairs known text damage before reading」, and leaves brackets that belong there."""
    assert repair(damaged).text == meant


def test_places_survive_the_repair() -> None:
    """What is printed is what stands in the office's text, with its line."""
    text = "一、甲\n發(fā)現(xiàn)後３０ 分\n鐘內(nèi)報"
    (one,) = expressions(text)
    assert text[one.first : one.last] == "３０ 分\n鐘內"
    assert one.text == "３０分鐘內"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cov@1.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def test_check_text_ends_3_and_names_line_and_article(folder: Path, run: Run) -> None:
    """What is not covered is named with line, article and context; exit 3."""
    (folder / "text.md").write_text(TEXT, encoding="utf-8")
    ran = run("--lang", "en", "plan", "check", "cov@1.yaml", "--text", "text.md").ok(3)
    assert "text.md:5: 第三条: “次日” is in no quote of the plan file: 次日復查" in ran.out
    assert "text.md:6: 第四条: “每半年” is in no quote" in ran.out
    assert "text.md:3  第二条  “三十分鐘”  duty tell" in ran.out
    assert (
        "14 expressions of time; 10 in quotes, 2 in articles without rule, 2 not covered" in ran.out
    )
    found = run("plan", "check", "cov@1.yaml", "--text", "text.md", "--json").ok(3).json["items"]
    assert [each["status"] for each in found].count("missing") == 2


def test_a_text_covered_whole_ends_0(folder: Path, run: Run) -> None:
    """With the last expression quoted the plan has proved itself complete; also from GBK."""
    text = TEXT.replace("；次日復查", "").replace("每半年演練一次。", "")
    (folder / "text.txt").write_bytes(text.encode("gb18030"))
    run("plan", "check", "cov@1.yaml", "--text", "text.txt").ok(0)


def test_a_quote_that_the_text_does_not_hold_is_named(folder: Path, run: Run) -> None:
    """A proof by words that are not there is none."""
    (folder / "text.txt").write_text(TEXT.replace("第一時間安排網評員", "略"), encoding="utf-8")
    ran = run("--lang", "en", "plan", "check", "cov@1.yaml", "--text", "text.txt").ok(3)
    assert "cov@1.yaml:17: refusal 第四条: the quote “第一时间安排网评员” stands nowhere" in ran.out


def test_a_word_file_is_read_paragraph_by_paragraph(folder: Path, run: Run) -> None:
    """docx: paragraphs, tables; what a reviser deleted does not count."""
    docx = pytest.importorskip("docx")
    paper = docx.Document()
    for line in TEXT.splitlines():
        paper.add_paragraph(line)
    paper.add_table(1, 1).cell(0, 0).text = "表內10日內上報"
    paper.save(str(folder / "text.docx"))
    ran = run("plan", "check", "cov@1.yaml", "--text", "text.docx").ok(3)
    assert "“次日”" in ran.out
    assert "“10日內”" in ran.out
    (folder / "bad.docx").write_bytes(b"PK\x03\x04 no zip")
    run("plan", "check", "cov@1.yaml", "--text", "bad.docx").ok(5)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7")
    run("plan", "check", "cov@1.yaml", "--text", "scan.pdf").ok(5)
    run("plan", "check", "cov@1.yaml", "--text", "none.txt").ok(4)
