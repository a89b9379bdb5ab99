"""A plan explains itself: in the order of its articles, and article by article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workbench import Run, make_office

PLAN = """\
yuqing: 1
id: tell
title: 某镇办法
issuer: 某镇
version: "1"
counting: {days: natural}
readings:
  R1: {clause: 第十条, question: 3日如何计, choice: 自然日}
clauses: {第一条: 总则, 第二条: 分级, 第九条: 发现后30分钟内电话报告。, 第十条: 3日内总结。, 第十一条: 网评。}
without_rule: [第一条]
organs: {head: 镇长}
scales:
  level:
    - {id: low, name: 一般, clause: 第二条, quote: 不属于较大的}
    - {id: high, name: 较大, clause: 第二条(二), when: {any: [{fire: true}]}}
facts: {fire: {type: boolean, ask: 是否起火}}
duties:
  review: {clause: 第十条, does: 总结, to: head, start: discovered, limit: 3日, reading: R1, quote: 3日内总结}
  tell: {clause: 第九条, does: 电话报告, to: head, start: discovered,
    limit: [{when: {level: high}, span: 20分钟, clause: 第二条(二)}, {span: 30分钟}]}
gates:
  ask-first: {clause: 第九条, does: 先请示, before: published, needs: [{approved_by: head}]}
unsupported: [{clause: 第十一条, why: 匿名跟帖, instead: 署名答复, quote: 网评}]
"""


@pytest.fixture
def tell(tmp_path: Path, run: Run) -> Run:
    (tmp_path / "tell@1.yaml").write_text(PLAN, encoding="utf-8")
    return lambda *words, **more: run("--lang", "en", "plan", *words, **more)


def test_show_follows_the_articles_of_the_paper(tell: Run) -> None:
    """`plan show` in the order of its articles, as prose: whatever the order of the file."""
    out = tell("show", "tell@1.yaml").ok().out
    assert re.findall(r"^Article (.*)$", out, re.MULTILINE) == [
        "第一条", "第二条", "第二条(二)", "第九条", "第十条", "第十一条",
    ]  # fmt: skip
    assert "“发现后30分钟内电话报告。”" in out
    assert "asks nothing" in out


def test_without_a_list_the_numbers_order_the_articles(tell: Run, tmp_path: Path) -> None:
    """九 stands before 十, though it comes later in the file and in the code chart."""
    text = re.sub(r"clauses: .*\n", "", PLAN)
    (tmp_path / "tell@1.yaml").write_text(text, encoding="utf-8")
    found = re.findall(r"^Article (.*)$", tell("show", "tell@1.yaml").ok().out, re.MULTILINE)
    assert found == ["第一条", "第二条", "第二条(二)", "第九条", "第十条", "第十一条"]


def test_why_tells_everything_under_an_article(tell: Run) -> None:
    """`plan why CLAUSE`: duties, levels, readings, gates, waivers with their quotes."""
    assert tell("why", "tell@1.yaml", "第十条").ok().out.splitlines() == [
        "tell@1  某镇办法",
        "“3日内总结。”",
        "    reading R1: 3日如何计: 自然日 (not confirmed by the office)",
        "review  总结  [第十条]",
        "    to: 镇长",
        "    clock starts: discovered",
        "    limit: 3 days",
        "    done by: reported",
        "    reading R1: 3日如何计: 自然日 (not confirmed by the office)",
        "    plan text: “3日内总结”",
    ]
    whole = tell("why", "tell@1.yaml", "第二條").ok().out
    assert "low  一般" in whole
    assert "high  较大" in whole
    assert "tell  电话报告" in whole, "a limit of it stands on 第二条(二)"
    assert "ask-first  先请示" in tell("why", "tell@1.yaml", "第九条").ok().out
    refused = tell("why", "tell@1.yaml", "第十一条").ok().out
    assert "匿名跟帖; instead: 署名答复" in refused
    assert "plan text: “网评”" in refused
    assert "asks nothing" in tell("why", "tell@1.yaml", "第一条").ok().out


def test_why_of_an_unknown_article_names_the_nearest(tell: Run) -> None:
    ran = tell("why", "tell@1.yaml", "第九十条").ok(4)
    assert "第九条" in ran.err


def test_the_built_in_scale_speaks_the_readers_language(tmp_path: Path) -> None:
    """Words of the plan stay as they are; those of the scale built into every plan are ours."""
    office = make_office(tmp_path / "office")
    for language, name in (("en", "partly true"), ("zh_CN", "部分属实"), ("zh_TW", "部分屬實")):
        shown = office("--lang", language, "plan", "show").ok().out
        assert f"partly  {name}\n" in shown
        office("--lang", language, "new", f"停水 {language}", "-s", "软件监看").ok()
    for language, name in (("en", "found true"), ("zh_CN", "属实"), ("zh_TW", "屬實")):
        end = next(p.stem for p in (office.root / "cases").glob("*.yaml"))
        graded = (
            office("--lang", language, "grade", end, "truth=confirmed", "-b", "现场核实").ok().out
        )
        assert name in graded.splitlines()[1] or name in graded, graded
