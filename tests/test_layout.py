"""How documents look: official papers by GB/T 9704-2012, in Word and as pages, whatever they say."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree
from papers.made import OFFICE, the_case, the_paper, the_plan
from papers.order import out_of_order
from tools import build_docx

from yuqing import render
from yuqing.case import Case
from yuqing.clock import standings
from yuqing.errors import Refused
from yuqing.plan import Document, Plan
from yuqing.plan.paper import Fonts, Heads, Margins, PaperStyle
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.render import template
from yuqing.render.blocks import Block, blocks, shielded
from yuqing.render.layout import LAYOUTS, Given, official
from yuqing.render.template import untouched
from yuqing.render.word import shares
from yuqing.review.documents import role
from yuqing.review.facts import paper
from yuqing.span import Calendar
from yuqing.store import template_names

SHIPPED = dict(template_names(None, "documents"))
LAYOUT_FILES = sorted(name for name in SHIPPED if name.endswith(".docx"))
WORDS = ("basic-facts", "follow-up", "review", "bulletin")
FORMS: tuple[render.Format, ...] = ("docx", "html")


def made(
    document: str = "basic-facts",
    form: render.Format = "docx",
    *,
    found: dict[str, Path] | None = None,
    plan: Plan | None = None,
    given: Given | None = None,
    office: Any = OFFICE,
    **options: Any,
) -> render.Rendered:
    plan = plan or the_plan()
    found = found or SHIPPED
    facts = the_paper(
        document, fingerprint="7K3MABCDEFGH", part_key=render.part_key(found), **options
    )
    what = role(plan.documents[document], (plan,))
    name = render.choose(found, plan.documents[document], what, form)
    given = replace(given or Given(), to=facts.to)
    return render.render(
        facts, (plan,), found, name, form, office=office, given=given, role=what
    )  # fmt: skip


def word(document: str = "basic-facts", **options: Any) -> Any:
    return docx.Document(BytesIO(made(document, "docx", **options).data))


def page(document: str = "basic-facts", **options: Any) -> str:
    return made(document, "html", **options).data.decode()


def said_in_word(document: Any) -> str:
    """All text of a Word document, in order."""
    paragraphs = document.element.body.iter(qn("w:p"))
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in paragraphs)


class _Texts(HTMLParser):
    """The text of a page, outside its style sheet and its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the parser's own
        self.tags.append(tag)
        self.silent += tag in ("style", "svg", "title")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "svg", "title")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def read_page(data: str) -> _Texts:
    reader = _Texts()
    reader.feed(data)
    return reader


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- Markdown into blocks --------------------------------------------------------------


def test_what_a_markdown_template_may_use() -> None:
    """One text, said once; each layout puts the same blocks on paper."""
    found = blocks(
        "**草稿**\n\n# 报告\n\n## 一、情况\n\n正文〔待填写：签字〕。\n\n- 甲\n- 乙\n\n1. 子\n\n"
        "| 时间 | 事 |\n| --- | --- |\n| 1 | 二<br>三 |\n\n![图](picture:timeline)\n\n> 引\n\n---\n\n注\n"
    )
    assert [(b.kind, b.level, b.label, b.text) for b in found] == [
        ("notice", 0, "", "草稿"),
        ("title", 0, "", "报告"),
        ("heading", 1, "", "一、情况"),
        ("paragraph", 0, "", "正文〔待填写：签字〕。"),
        ("item", 1, "", "甲"),
        ("item", 1, "", "乙"),
        ("item", 1, "1.", "子"),
        ("table", 0, "", "时间\t事\n1\t二\n三"),
        ("picture", 0, "", "图"),
        ("quote", 0, "", "引"),
        ("foot", 0, "", "注"),
    ]
    assert [run.blank for run in found[3].lines[0]] == [False, True, False]
    assert found[8].name == "timeline"


@pytest.mark.parametrize(
    "value",
    [
        "# a", "- a", "1. a", "> a", "a | b", r"a \| b \\", "*a* __b__ `c`", "[a](b) ![c](picture:d)",
        "<br> <script>alert(1)</script>", "&lt;&amp;&#65;", "---", "===", "```", "[a]: http://x.example", "{{ 7 * 7 }} {% raw %} {_{ %_}", "https://v.example/a_b*c*d?x=1|2",
        "\\", "|", "~~a~~", "a\tb",
    ],
)  # fmt: skip
def test_no_sign_of_a_value_is_read_as_markdown(value: str) -> None:
    """Hostile titles come through every form unharmed."""
    (line,) = blocks(f"{shielded(value)}\n")
    assert (line.kind, line.text) == ("paragraph", value)
    table = blocks(f"| x | y |\n| --- | --- |\n| {shielded(value)} | z |\n")[0]
    assert [len(row) for row in table.rows] == [2, 2]
    assert table.rows[1][0][0][0].text == value


# --- every document, in every form -----------------------------------------------------

HEAD = """
yuqing: 1
id: YQ-20261122-7K3M
title: 柳塘小区停水三天
plans:
  - {{id: {plan}, version: "{version}", digest: {digest}}}
log:
  - kind: discovered
    at: 2026-11-22T01:52+08:00
    by: 值班室
    source: 软件监看
    facts: {{}}
    recorded: 2026-11-22T02:09+08:00
    id: cz3d8v
"""
PLANS = {
    path.stem: path
    for name, path in template_names(None, "plans").items()
    if name.endswith(".yaml") and "@" in name
}


def opened(path: Path) -> tuple[Plan, Case]:
    """A shipped plan, and a case that was found under it half an hour ago."""
    plan, _ = read_plan(path.read_bytes(), path.name)
    assert plan is not None
    head = HEAD.format(plan=plan.id, version=plan.version, digest=plan.digest)
    head = head.replace("    facts: {}\n", "")
    case, problems = read_case(head.encode(), "YQ-20261122-7K3M.yaml", lambda _: plan, {})
    assert case is not None, problems
    return plan, case


@pytest.mark.process
@pytest.mark.parametrize("name", PLANS)
def test_every_document_of_every_shipped_plan_says_the_same_in_each_form(name: str) -> None:
    """Each document of each shipped plan renders in Markdown, HTML and Word."""
    plan, case = opened(PLANS[name])
    now = dt.datetime.fromisoformat("2026-11-22T02:20+08:00")
    calendar = Calendar()
    clocks = standings(case, (plan,), calendar, now)
    for document in plan.documents.values():
        facts = paper(
            case, (plan,), clocks, calendar,
            office=OFFICE, now=now, document=document, part_key=render.part_key(SHIPPED),
            draft=True,
        )  # fmt: skip
        what = role(document, (plan,))
        texts = {}
        for form in render.FORMATS:
            chosen = render.choose(SHIPPED, document, what, form)
            data = render.render(
                facts, (plan,), SHIPPED, chosen, form, office=OFFICE, role=what,
                given=Given(to=facts.to),
            ).data  # fmt: skip
            if form == "docx":
                assert list(out_of_order(data)) == [], document.id
                texts[form] = said_in_word(docx.Document(BytesIO(data)))
            elif form == "html":
                texts[form] = "\n".join(read_page(data.decode()).texts)
            else:
                texts[form] = data.decode()
            assert document.title in texts[form]
        assert "{{" not in texts["docx"] + texts["html"]
        assert "{%" not in texts["docx"] + texts["html"]
        _is_within(texts["md"], texts)


def _is_within(markdown: str, texts: dict[str, str]) -> None:
    """What Markdown says stands in Word and on the page, block by block, in its order."""
    for form in FORMS:
        whole, place = bare(texts[form]), 0
        for block in blocks(markdown):
            for piece in _pieces(block):
                place_ = whole.find(bare(piece), place if block.kind == "heading" else 0)
                assert place_ >= 0, (form, piece)
                place = place_ if block.kind == "heading" else place


def _pieces(block: Block) -> list[str]:
    if block.kind == "picture" or block.text.startswith("主送："):
        return []
    if " -o timeline.svg" in block.text or " -o spread.svg" in block.text:
        return []  # where the picture itself is not: how it is drawn
    if block.rows:  # whom it goes to is the layout's to say
        return [c for row in block.text.split("\n") for c in row.split("\t") if c != "主送"]
    return block.text.split("\n")


HOSTILE = (
    "# a|b *c* <script>alert(1)</script> `d` [e](f) x_y & &lt; {{ 7*7 }} {% raw %} {_{ %_} "
    "=1+1 @x -2 +3 \\| \\ ]]> --> 'q' \"w\""
)


@pytest.mark.parametrize("form", ["md", *FORMS])
@pytest.mark.parametrize("document", WORDS)
def test_hostile_titles_come_through_unharmed(document: str, form: render.Format) -> None:
    """Markup, formulas, `{{ }}`, control characters, 10,000 characters."""
    title = f"{HOSTILE}\x1b[31m\u202e\x00{'长' * 10_000}"
    clean = f"{HOSTILE}[31m{'长' * 10_000}"
    case = replace(the_case(), title=title)
    if document == "bulletin":  # words to the public hold no title; its own words are as wild
        text = f"{HOSTILE}{'长' * 10_000}"
        entry = replace(next(e for e in case.log if e.kind == "published"), text=text)
        done = made(document, form, words=entry)
        clean = text
    else:
        done = made(document, form, case=case)
        assert done.said[0].params["count"] >= 1
    if form == "docx":
        document_ = docx.Document(BytesIO(done.data))
        assert clean in said_in_word(document_)
        assert list(out_of_order(done.data)) == []
    elif form == "html":
        read = read_page(done.data.decode())
        assert clean in "".join(read.texts)
        assert "script" not in read.tags
    else:
        found = "\n".join(b.text for b in blocks(done.data.decode()))
        assert clean in found


# --- the official paper ----------------------------------------------------------------


def test_the_page_is_that_of_an_official_paper() -> None:
    """5.1, 5.2.1: A4, edges 37/35/28/26 mm; 5.2.3: 22 lines of 28 characters."""
    section = word().sections[0]
    edges = (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    )  # fmt: skip
    assert [round(each / Mm(1)) for each in edges] == [210, 297, 37, 35, 28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    body = word().styles["正文段落"]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28.95)
    assert body.element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    assert body.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_numbers_of_pages_stand_right_and_left() -> None:
    """7.5: — 1 —, 4号半角宋体; odd right, even left, one character in."""
    document = word()
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for foot, side, indent in (
        (section.footer, "RIGHT", "right_indent"),
        (section.even_page_footer, "LEFT", "left_indent"),
    ):
        (paragraph,) = foot.paragraphs
        assert "PAGE" in foot._element.xml
        assert paragraph.text == "— 1 —"
        assert paragraph.alignment.name == side
        assert getattr(paragraph.paragraph_format, indent).pt == 14
    assert document.styles["Footer"].font.size.pt == 14


def test_number_signer_and_day_of_issue_are_given_by_people_or_left_as_marked_blanks() -> None:
    """文號, 簽發人 and 印發日期 are typed, never invented."""
    document = word()
    (blank,) = [s for s in document.styles if s.name == "待填"]
    marked = [
        run.text
        for p in (
            *document.paragraphs,
            *(p for t in document.tables for r in t.rows for c in r.cells for p in c.paragraphs),
        )
        for run in p.runs
        if run.style.name == blank.name
    ]
    assert [m for m in marked if "文号" in m or "签发人" in m or "印发日期" in m] == [
        "〔待填写：文号〕", "〔待填写：签发人〕", "〔待填写：印发日期〕",
    ]  # fmt: skip
    given = Given(number="示值〔2026〕12号", signer="某某", issued=dt.date(2026, 11, 26))
    said = said_in_word(word(given=given))
    assert "示值〔2026〕12号" in said
    assert "签发人：某某" in said
    assert "2026年11月26日印发" in said
    assert "待填写：文号" not in said


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("示值[2026]012号", "示值〔2026〕12号"),
        ("示值(2026)第3号", "示值〔2026〕3号"),
        ("示值〔2026〕12号", "示值〔2026〕12号"),
        ("内部通知 7", "内部通知 7"),
    ],
)
def test_a_number_gets_the_brackets_of_the_standard(typed: str, number: str) -> None:
    """7.2.5: 六角括号; no 第, no leading zeros."""
    assert official(typed) == number


def test_the_code_of_the_house_goes_before_a_bare_serial() -> None:
    """The serial is a person's; the code of the office is data."""
    office = replace(OFFICE, paper=PaperStyle(number="示值"))
    assert "示值〔2026〕12号" in said_in_word(word(office=office, given=Given(number="012")))


@pytest.mark.parametrize("form", FORMS)
def test_parts_that_are_absent_close_up(form: render.Format) -> None:
    """Optional parts close up when absent."""
    none = made("basic-facts", form)
    both = made(
        "basic-facts",
        form,
        given=Given(
            secrecy="秘密★1年", urgency="特急", copy_number="000003", copies=("区委办", "网信办"),
            enclosed=("截图", "核查记录"),
        ),
    )  # fmt: skip

    def lines(data: bytes) -> list[str]:
        if form == "html":
            return [t.strip() for t in read_page(data.decode()).texts if t.strip()]
        return [t.strip() for t in said_in_word(docx.Document(BytesIO(data))).split("\n")]

    more = [line for line in lines(both.data) if line not in lines(none.data)]
    assert more == [
        "000003", "秘密★1年", "特急", "附件：1. 截图", "2. 核查记录", "抄送：区委办、网信办。",
    ]  # fmt: skip


def test_only_what_goes_up_names_who_signed_it_off() -> None:
    """7.2.6: 签发人 on upward documents."""
    assert "签发人" in said_in_word(word("review"))
    assert "签发人" not in said_in_word(word("bulletin"))


def test_the_name_stands_centred_over_the_date() -> None:
    """7.3.5.1: the date right four characters, 署名 centred above it, also if it is longer."""
    for sign in ("示范值班室", "青石河市城市建设投资开发集团有限责任公司舆情值班室"):
        document = word(office=replace(OFFICE, name=sign), case=the_case())
        document = docx.Document(
            BytesIO(made("basic-facts", office=replace(OFFICE, sign=sign, name=sign)).data)
        )
        pair = [p for p in document.paragraphs if p.style.name in ("署名", "成文日期")]
        assert {p.style.paragraph_format.alignment.name for p in pair} == {"CENTER"}
        assert len({p.paragraph_format.left_indent for p in pair}) == 1
    day = pair[-1]
    assert day.text == "2026年11月26日"


def test_headings_are_real_and_numbered_in_four_levels() -> None:
    """7.3.3: 一、 （一） 1. （1）, as heading styles that Word's navigation knows."""
    own = "# 报告\n\n" + "".join(
        f"{'#' * (level + 1)} {{{{ section('甲', {level}) }}}}\n\n" for level in (1, 2, 3, 4, 2, 1)
    )
    path = Path("own")
    found = {**SHIPPED, "basic-facts.md.j2": path}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", _reading(path, own, Path.read_text))
        patch.setattr(Path, "read_bytes", _reading(path, own.encode(), Path.read_bytes))
        document = word(found=found)
    heads = [(p.style.name, p.text) for p in document.paragraphs if p.style.name[:7] == "Heading"]
    assert heads == [
        ("Heading 1", "一、甲"), ("Heading 2", "（一）甲"), ("Heading 3", "1. 甲"),
        ("Heading 4", "（1）甲"), ("Heading 2", "（二）甲"), ("Heading 1", "二、甲"),
    ]  # fmt: skip
    levels = [document.styles[f"Heading {n}"].element.pPr.find(qn("w:outlineLvl")) for n in (1, 2)]
    assert [each.get(qn("w:val")) for each in levels] == ["0", "1"]


def _reading(path: Path, answer: Any, otherwise: Any) -> Any:
    return lambda self, *a, **k: answer if self == path else otherwise(self, *a, **k)


def test_tables_and_pictures_say_what_they_are() -> None:
    """Real heading styles and alternative texts."""
    document = word("review")
    about = [t._tbl.tblPr.find(qn("w:tblCaption")) for t in document.tables]
    assert all(each is not None and each.get(qn("w:val")) for each in about)
    texts = [each.get("descr") for each in document.element.body.iter(qn("wp:docPr"))]
    assert all(texts)
    for table in document.tables:
        if len(table.columns) > 2:
            assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def test_lines_of_a_value_become_paragraphs_not_torn_breaks() -> None:
    """A newline in a value becomes a line break and justification tears the line apart."""
    extra = """
  - kind: noted
    at: 2026-11-25T12:00+08:00
    by: water-co
    text: |-
      第一段
      第二段
    recorded: 2026-11-26T08:00+08:00
    id: q5r8vb
"""
    document = word("review", case=the_case(extra))
    (cell,) = [c for t in document.tables for r in t.rows for c in r.cells if "第二段" in c.text]
    assert [p.text for p in cell.paragraphs] == ["第一段", "第二段"]
    assert "<w:br" not in document.element.xml


def test_fonts_name_the_chinese_half_too() -> None:
    """仿宋, 黑体, 楷体, 小标宋 with eastAsia set; named, never shipped."""
    document = word("review")
    found = {
        name: document.styles[name].element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia"))
        for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3", "Footer", "表头")
    }
    assert found == {
        "Normal": "仿宋", "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体",
        "Heading 3": "仿宋", "Footer": "宋体", "表头": "黑体",
    }  # fmt: skip
    with zipfile.ZipFile(BytesIO(made("review").data)) as parts:
        assert not [n for n in parts.namelist() if "font" in n.lower() and not n.endswith(".xml")]


def test_the_style_of_the_house_is_data() -> None:
    """House style (margins, font names, heads) is data in office.yaml."""
    style = PaperStyle(
        margins=Margins(top=28, left=27),
        fonts=Fonts(body="仿宋_GB2312", title="方正小标宋_GBK"),
        heads=Heads(report="示范单位文件"),
        issuer="示范单位办公室",
        copies=("区委办",),
    )
    document = word(office=replace(OFFICE, paper=style))
    section = document.sections[0]
    edges = (section.top_margin, section.bottom_margin, section.left_margin)
    assert [round(each / Mm(1)) for each in edges] == [28, 35, 27]
    xml = document.styles.element.xml
    assert "仿宋_GB2312" in xml
    assert '"仿宋"' not in xml
    said = said_in_word(document)
    assert said.index("示范单位文件") < said.index("舆情基本情况报告")
    assert "抄送：区委办。" in said
    assert "示范单位办公室" in said
    assert "28mm 26mm 35mm 27mm" in page(office=replace(OFFICE, paper=style))
    assert "仿宋_GB2312" in page(office=replace(OFFICE, paper=style))


def test_a_long_name_still_stands_on_one_line() -> None:
    """The mark never breaks: 小标宋 as large as the line allows."""
    name = "青石河市城市建设投资开发集团有限责任公司"
    document = word(office=replace(OFFICE, paper=PaperStyle(heads=Heads(report=name))))
    (mark,) = [p for p in document.paragraphs if p.style.name == "发文机关标志"]
    assert mark.runs[0].font.size.pt * len(name) < 442


def test_a_drill_is_marked_on_every_page() -> None:
    """A drill is marked on every output: the header stands on each page."""
    document = word("review", case=the_case(head="drill: true\n"), draft=True)
    section = document.sections[0]
    for head in (section.header, section.even_page_header):
        assert head.paragraphs[0].text == "【演练】【草稿】"
    assert all(
        p.text.endswith("【演练】【草稿】")
        for p in document.paragraphs
        if p.style.name in ("Heading 1", "Title")
    )
    assert "演练" not in said_in_word(word("review"))


def test_each_kind_of_document_takes_its_layout() -> None:
    """報告, 快報, letters and sheets; everything else is a report."""
    laid = {name: made(name).made_with[1] for name in WORDS}
    assert laid == {
        "basic-facts": "layout-report.docx", "follow-up": "layout-report.docx",
        "review": "layout-report.docx", "bulletin": "layout-letter.docx",
    }  # fmt: skip
    assert set(LAYOUTS.values()) < {name.removesuffix(".docx") for name in LAYOUT_FILES}


# --- whose template --------------------------------------------------------------------


def test_each_plan_may_have_each_template_of_its_own(tmp_path: Path) -> None:
    """Each plan may override each template, also the parts that templates share."""
    own = tmp_path / "paper"
    own.mkdir()
    (own / "_foot.md.j2").write_text("---\n\n本方案的脚注\n", encoding="utf-8")
    found = {**SHIPPED, "paper/_foot.md.j2": own / "_foot.md.j2", "other/_head.md.j2": own}
    plan = the_plan()
    for form in FORMS:
        assert "本方案的脚注".encode() not in made(form=form, found=found).data
        mine = dict(render.of_plans(found, (plan,)))
        told = made(form=form, found=mine).data
        text = page(found=mine) if form == "html" else said_in_word(docx.Document(BytesIO(told)))
        assert "本方案的脚注" in text


def test_an_office_may_have_a_whole_word_file_of_its_own(tmp_path: Path) -> None:
    """The template is the office's own file that a clerk can change in WPS."""
    own = docx.Document()
    own.add_paragraph("本单位格式 {{ doc.title }} {{ head.number }}")
    own.save(str(tmp_path / "own.docx"))
    found = {**SHIPPED, "basic-facts.docx": tmp_path / "own.docx"}
    assert (
        said_in_word(word(found=found))
        == "本单位格式 柳塘小区停水三天,视频转发上升 〔待填写：文号〕"
    )
    (tmp_path / "own.html").write_text("<p>{{ doc.title }}", encoding="utf-8")
    found = {**SHIPPED, "basic-facts.html.j2": tmp_path / "own.html"}
    case = replace(the_case(), title="<b>&")
    assert page(found=found, case=case) == "<p>&lt;b&gt;&amp;"


def test_a_layout_that_lacks_styles_or_places_still_takes_the_words(tmp_path: Path) -> None:
    """A clerk who deletes a style or a placeholder loses the look, never the words."""
    own = docx.Document()
    own.add_paragraph("{{ title }}")
    own.save(str(tmp_path / "layout-report.docx"))
    found = {**SHIPPED, "layout-report.docx": tmp_path / "layout-report.docx"}
    said = said_in_word(word("review", found=found))
    assert (
        said.index("应对处置工作报告") < said.index("一、发生情况") < said.index("无外证者")
        if "无外证者" in said
        else said.index("一、发生情况") < said.index("外证只能说明")
    )


def test_a_mistake_in_a_layout_is_named(tmp_path: Path) -> None:
    """Name template, line, field."""
    own = docx.Document()
    own.add_paragraph("{{ head.nope }}")
    own.save(str(tmp_path / "layout-report.docx"))
    found = {**SHIPPED, "layout-report.docx": tmp_path / "layout-report.docx"}
    with pytest.raises(Refused, match="there is no field") as failure:
        word(found=found)
    assert failure.value.exit_code == 5


# --- files that Word opens -------------------------------------------------------------


@pytest.mark.parametrize("name", LAYOUT_FILES)
def test_children_stand_in_the_order_that_word_wants(name: str) -> None:
    """Order of XML children matters to Word, not to LibreOffice."""
    assert list(out_of_order(SHIPPED[name].read_bytes())) == []


@pytest.mark.parametrize("document", WORDS)
def test_a_filled_document_keeps_that_order(document: str) -> None:
    """Filling adds paragraphs, tables and pictures; all in order."""
    assert list(out_of_order(made(document).data)) == []


def test_a_wrong_order_is_seen() -> None:
    """The check itself: a `pPr` with its children turned round."""
    data = made().data
    with zipfile.ZipFile(BytesIO(data)) as parts:
        root = etree.fromstring(parts.read("word/document.xml"))
        spoilt = next(p for p in root.iter(qn("w:pPr")) if len(p) > 1)
        spoilt[:] = list(reversed(spoilt))
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            for name in parts.namelist():
                new.writestr(
                    name, etree.tostring(root) if name == "word/document.xml" else parts.read(name)
                )
    assert list(out_of_order(out.getvalue())) != []


def test_the_shipped_layouts_are_what_their_script_builds(tmp_path: Path) -> None:
    """Whoever changes a layout by hand changes the script, or the next build undoes it."""
    build_docx.build(tmp_path)
    assert sorted(p.name for p in tmp_path.glob("*.docx")) == LAYOUT_FILES
    for path in tmp_path.glob("*.docx"):
        assert path.read_bytes() == SHIPPED[path.name].read_bytes(), path.name


@pytest.mark.parametrize("form", ["md", *FORMS])
def test_the_same_case_and_template_give_the_same_bytes(
    form: render.Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zip times are fixed: the digest of what was sent can be found again."""
    first = made("review", form)
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)
    again = made("review", form)
    assert first.data == again.data
    assert first.digest == again.digest
    assert len(first.digest) == 64


def test_the_digest_is_of_templates_their_parts_and_the_words(tmp_path: Path) -> None:
    """A document that was sent is recorded by document and template digest."""
    plain = made().digest
    for name in ("_foot.md.j2", "layout-report.docx", "wording.yaml"):
        data = SHIPPED[name].read_bytes()
        if name.endswith(".docx"):
            changed = docx.Document(BytesIO(data))
            changed.add_paragraph("x")
            changed.save(str(tmp_path / name))
        else:
            (tmp_path / name).write_bytes(data + b"\n")
        assert made(found={**SHIPPED, name: tmp_path / name}).digest != plain, name
    (tmp_path / "_took.md.j2").write_text("x", encoding="utf-8")
    assert made(found={**SHIPPED, "_took.md.j2": tmp_path / "_took.md.j2"}).digest == plain
    assert word().core_properties.version == plain[:12]


def test_what_a_person_changed_in_word_is_known() -> None:
    """Nothing overwritten without saying so: an edit by hand is not lost."""
    data = made().data
    assert untouched(data)
    edited = docx.Document(BytesIO(data))
    edited.paragraphs[-1].add_run("手改")
    out = BytesIO()
    edited.save(out)
    assert not untouched(out.getvalue())
    assert not untouched(b"no zip")


# --- the page --------------------------------------------------------------------------


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    """Self-contained: style inside, a policy that forbids the rest, the language named."""
    said = page("review")
    assert said.startswith('<!DOCTYPE html>\n<html lang="zh-Hans-CN">')
    assert "default-src 'none'" in said
    read = read_page(said)
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(read.tags)
    assert "@page" in said
    assert "<thead>" in said
    assert 'scope="col"' in said


def test_a_picture_stands_in_the_page_with_its_text() -> None:
    """Inline SVG, with a text for those who do not see it."""
    said = page("review")
    assert '<figure role="img" aria-label="' in said
    assert "<svg" in said


def test_word_without_a_converter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Word as a picture only where a converter and a CJK font are found."""
    monkeypatch.setattr("yuqing.render.pictures.to_png", lambda _svg: None)
    document = word("review")
    said = said_in_word(document)
    assert "处置经过图（本机不能生成图片，数据见表）" in said
    assert not list(document.element.body.iter(qn("wp:inline")))
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    assert ["时间（自述）", "录入", "单位", "事项", "内容"] in heads, "claimed and recorded"
    rows = document.tables[[head[1:2] for head in heads].index(["录入"])]
    assert all(row.cells[0].text and row.cells[1].text for row in rows.rows[1:])


def test_lines_before_an_address_are_not_stretched() -> None:
    """A link goes to a line of its own: the signs before it keep their distance."""
    source = "# 题\n\n## 一、情况\n\n- 见 https://news\\.example/very/long/address\n- 短\n\n所用口径：\n\n- 甲\n"
    from yuqing.render import word as setting

    filled = docx.Document(str(SHIPPED["layout-report.docx"]))
    setting.lay(filled, blocks(source), {}, PaperStyle(), "", sideways=False)
    by_text = {p.text: p for p in filled.paragraphs}
    long = next(p for text, p in by_text.items() if "news" in text)
    assert long.alignment == 0
    assert by_text["短"].alignment is None
    assert by_text["所用口径："].paragraph_format.keep_with_next, "it leads to what follows"


# --- tables ----------------------------------------------------------------------------


def _cells(*rows: str) -> Iterator[tuple[Any, ...]]:
    table = blocks(
        "\n".join(f"| {' | '.join(r.split('/'))} |" if n != 1 else r for n, r in enumerate(rows))
    )
    yield from table[0].rows


def test_columns_are_as_wide_as_what_they_hold() -> None:
    """Widths by content: no column starves, all together fill the line."""
    rows = list(_cells("时间/单位/内容", "| --- | --- | --- |", f"11-22 01:52/值班室/{'长' * 200}"))
    widths = shares(rows, 84, keyed=False)
    assert sum(widths) <= 84
    assert widths[0] >= len("11-22 01:52")
    assert widths[1] >= 2 * len("值班室")
    assert widths[2] > 40
    keyed = shares([row[:2] for row in rows], 84, keyed=True)
    assert sum(keyed) == 84


def test_a_sheet_with_a_wide_table_lies_on_its_side(tmp_path: Path) -> None:
    """Landscape where wide tables need it."""
    for columns, wide in ((3, False), (8, True)):
        line = "| " + " | ".join("甲" * 4 for _ in range(columns)) + " |\n"
        text = "# 单\n\n" + line + "|" + " --- |" * columns + "\n" + line
        own = tmp_path / f"office-faq{columns}.md.j2"
        own.write_text(text, encoding="utf-8")
        found = {**SHIPPED, "office-faq.md.j2": own}
        made_ = render.sheet("office-faq.md.j2", {}, (the_plan(),), found, year=2026, form="docx")
        section = docx.Document(BytesIO(made_.data)).sections[0]
        assert (section.page_width > section.page_height) is wide
        assert list(out_of_order(made_.data)) == []


def test_the_title_of_a_file_holds_no_control_characters() -> None:
    """Properties of the file are text too."""
    case = replace(the_case(), title="a\x1b[31mb<&>")
    assert word(case=case).core_properties.title == "舆情基本情况报告 a[31mb<&>"


def test_a_document_that_a_plan_never_named_still_has_a_layout() -> None:
    """A plan without documents still has its papers."""
    plan = the_plan()
    document = Document(id="x", title="情况说明")
    facts = replace(the_paper(), document="情况说明", document_id="x")
    name = render.choose(SHIPPED, document, "document", "docx")
    data = render.render(facts, (plan,), SHIPPED, name, "docx").data
    assert "情况说明" in said_in_word(docx.Document(BytesIO(data)))
    assert template.untouched(data)
