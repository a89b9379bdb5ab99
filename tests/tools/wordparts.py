"""Styles, pages and pieces of the Word layouts, by GB/T 9704-2012 (numbers in comments are its
clauses). 22 lines of 28 characters come from exact lines of 28.95 points, a row grid of the same
pitch and letters set 0.25 points closer: a character grid renders 14 characters a line where a
glyph is a hair too wide.
"""

from __future__ import annotations

from typing import Any

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import BaseStyle, ParagraphStyle
from docx.text.paragraph import Paragraph

LATIN, BODY, BLACK, KAI, TITLE, SONG = (
    "Times New Roman", "仿宋", "黑体", "楷体", "方正小标宋简体", "宋体"
)  # fmt: skip
RED = "FF0000"
LINE = 28.95
"""Points from line to line: 22 of them fill 225 mm (5.2.3)."""
CHARACTER = 15.75
"""Points from character to character: 28 of them fill 156 mm."""
WIDTH = Mm(156).pt


def element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


# --- styles ----------------------------------------------------------------------------


def type_of(
    style: BaseStyle, font: str, size: float, *, red: bool = False, tight: bool = True
) -> None:
    """Both halves of a font (Word takes Chinese signs from eastAsia alone), size and spacing."""
    style.font.name, style.font.size = LATIN, Pt(size)
    style.font.bold = style.font.italic = False
    properties = style.element.get_or_add_rPr()
    names = properties.find(qn("w:rFonts"))
    for attribute in list(names.attrib):
        del names.attrib[attribute]
    for attribute, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        names.set(qn(f"w:{attribute}"), name)
    colour = properties.find(qn("w:color"))
    if colour is not None:
        properties.remove(colour)
    if red:
        style.font.color.rgb = RGBColor.from_string(RED)
    for each in properties.findall(qn("w:spacing")):
        properties.remove(each)
    spacing = element("w:spacing", val="-5" if tight else "0")
    kern = properties.find(qn("w:kern"))
    (properties.find(qn("w:sz")) if kern is None else kern).addprevious(spacing)


def lines(
    style: ParagraphStyle, exactly: float | None, *, before: float = 0, after: float = 0,
    indent: int = 0, align: Any = None,
) -> None:  # fmt: skip
    """Line pitch and distances in points; ``indent``: characters of the first line."""
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY if exactly else WD_LINE_SPACING.SINGLE
    if exactly:
        layout.line_spacing = Pt(exactly)
    layout.first_line_indent = Pt(indent * CHARACTER)
    ind = style.element.pPr.find(qn("w:ind"))
    if indent:
        ind.set(qn("w:firstLineChars"), str(indent * 100))
    if align is not None:
        layout.alignment = align
    if exactly != LINE or before:  # only lines of text stand on the row grid
        snap = element("w:snapToGrid", val="0")
        style.element.pPr.find(qn("w:spacing")).addprevious(snap)


def styles(word: Word, *, body: float = 16, pitch: float = LINE) -> None:
    """The styles that a layout has; ``body``: size of the text, ``pitch``: of its lines."""
    known = word.styles
    rest: dict[str, Any] = {"indent": 2, "align": ALIGN.JUSTIFY}
    small = body <= 12
    for name, font, size, exactly, more in (
        ("Normal", BODY, body, pitch, {}),
        ("Title", TITLE, 22 if not small else 18, 35 if not small else 28, {"align": ALIGN.CENTER}),
        ("Heading 1", BLACK, body, pitch, {"indent": 2}),
        ("Heading 2", KAI, body, pitch, {"indent": 2}),
        ("Heading 3", BODY, body, pitch, {"indent": 2}),
        ("Heading 4", BODY, body, pitch, {"indent": 2}),
        ("Header", BODY, 10.5, None, {"align": ALIGN.CENTER}),
        ("Footer", SONG, 14, 14, {}),
        ("正文段落", BODY, body, pitch, rest),
        ("列项", BODY, body, pitch, rest),
        ("引文", KAI, body, pitch, rest),
        (
            "提示",
            BLACK,
            14 if not small else 10.5,
            24 if not small else 16,
            {"align": ALIGN.CENTER},
        ),
        ("表格文字", BODY, 10.5, None, {}),
        ("表格小字", BODY, 9, None, {}),
        ("表头", BLACK, 10.5, None, {"align": ALIGN.CENTER}),
        ("图", BODY, 10.5, None, {"align": ALIGN.CENTER}),
        ("图题", BLACK, 10.5, None, {"align": ALIGN.CENTER, "after": 6}),
        ("文末说明", BODY, 9, None, {"before": 3}),
    ):
        style = known[name] if name in known else known.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if name not in ("Normal", "Title") and not name.startswith("Heading"):
            style.base_style = known["Normal"]
        type_of(style, font, size, tight=size == 16)
        lines(style, exactly, **more)
        keep = style.element.pPr
        for gone in ("w:pBdr", "w:contextualSpacing"):
            for each in keep.findall(qn(gone)):
                keep.remove(each)
    for name in ("表格文字", "表格小字", "表头"):
        layout = known[name].paragraph_format
        layout.space_before = layout.space_after = Pt(1.5)
    blank = known.add_style("待填", WD_STYLE_TYPE.CHARACTER)
    blank.element.get_or_add_rPr().append(
        element("w:shd", val="clear", color="auto", fill="FFE699")
    )
    strong = known.add_style("着重", WD_STYLE_TYPE.CHARACTER)
    strong.element.get_or_add_rPr().append(element("w:rFonts", eastAsia=BLACK))
    table_style(word)


def table_style(word: Word) -> None:
    made = word.styles.add_style("公文表格", WD_STYLE_TYPE.TABLE)
    made.base_style = word.styles["Normal Table"]
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="auto"))
    properties = element("w:tblPr")
    properties.append(borders)
    made.element.append(properties)


def extra(
    word: Word, name: str, font: str, size: float, exactly: float | None, **more: Any
) -> None:
    """One more paragraph style."""
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    type_of(style, font, size, red=more.pop("red", False), tight=size == 16)
    lines(style, exactly, **more)


# --- page ------------------------------------------------------------------------------


def page(
    word: Word, top: float = 37, bottom: float = 35, left: float = 28, right: float = 26
) -> None:
    """A4 with these edges in millimetres, the row grid, and a header for marks."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(15), Mm(FOOT)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = element("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(LINE * 20)))
    language = word.styles.element.find(qn("w:docDefaults")).find(f".//{qn('w:lang')}")
    for half, tag in (("val", "en-US"), ("eastAsia", "zh-CN")):
        language.set(qn(f"w:{half}"), tag)


RED_LINE = 7
"""Points from the line of the number to the red line, so that 4 mm are between (7.2.7)."""
MARK = 99.5
"""Points above the line of the mark, so that its signs begin 35 mm below the edge (7.2.4)."""
FOOT = 25.6
"""Millimetres from the edge to the page number, so that its dash stands 7 mm below (7.5)."""


def numbers(word: Word, *, first: bool = True) -> None:
    """— 1 —: on odd pages to the right, on even ones to the left, one character in (7.5)."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    feet = (
        (section.footer, ALIGN.RIGHT, "right_indent"),
        (section.even_page_footer, ALIGN.LEFT, "left_indent"),
    )
    for foot, align, side in feet:
        foot.is_linked_to_previous = False
        paragraph = foot.paragraphs[0]
        paragraph.style = "Footer"
        paragraph.alignment = align
        setattr(paragraph.paragraph_format, side, Pt(14))
        paragraph.add_run("— ")
        field(paragraph, "PAGE")
        paragraph.add_run(" —")
    for head in (section.header, section.even_page_header):
        head.is_linked_to_previous = False
        head.paragraphs[0].style = "Header"
        head.paragraphs[0].add_run("{{ mark }}")


def field(paragraph: Paragraph, code: str) -> None:
    """A field that Word fills in, such as the page number."""
    for kind in ("begin", None, "separate", "text", "end"):
        run = paragraph.add_run("1" if kind == "text" else None)
        if kind == "text":
            continue
        made = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            made.set(qn("xml:space"), "preserve")
            made.text = f" {code} "
        else:
            made.set(qn("w:fldCharType"), kind)
        run._r.append(made)


# --- pieces ----------------------------------------------------------------------------


def put(word: Any, style: str, *texts: str | tuple[str, str]) -> Paragraph:
    """A paragraph; each text a run of its own, with a font where one is named."""
    paragraph = word.add_paragraph(style=style)
    for each in texts:
        text, font = each if isinstance(each, tuple) else (each, None)
        run = paragraph.add_run(text)
        if font:
            run._r.get_or_add_rPr().insert(0, element("w:rFonts", eastAsia=font))
    return paragraph


def when(word: Word, condition: str, style: str, *texts: str | tuple[str, str]) -> Paragraph:
    """A paragraph that closes up where it has nothing to say."""
    word.add_paragraph(f"{{%p if {condition} %}}")
    made = put(word, style, *texts)
    word.add_paragraph("{%p endif %}")
    return made


def rule(paragraph: Paragraph, side: str, kind: str = "single", eighths: int = 12, space: int = 0,
         colour: str = RED) -> None:  # fmt: skip
    """A line above or below a paragraph, as wide as the text."""
    borders = element("w:pBdr")
    borders.append(element(f"w:{side}", val=kind, sz=str(eighths), space=str(space), color=colour))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap",
        "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi",
        "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr",
    )  # fmt: skip


def right_tab(paragraph: Paragraph, at: float) -> None:
    paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(at), WD_TAB_ALIGNMENT.RIGHT)


def top_lines(word: Word) -> None:
    """份号, 密级, 紧急程度, a line each (7.2.1 to 7.2.3); the mark below keeps its place, since
    what they take is taken from the distance above it when a document is made."""
    when(word, "head.copy_number", "份号", "{{ head.copy_number }}")
    when(word, "head.secrecy", "密级", "{{ head.secrecy }}")
    when(word, "head.urgency", "密级", "{{ head.urgency }}")


def describe(table: Any, text: str) -> None:
    """What the table is, for those who do not see it."""
    properties = table._tbl.tblPr
    for gone in properties.findall(qn("w:tblStyle")):
        properties.remove(gone)
    for name in ("w:tblCaption", "w:tblDescription"):
        properties.append(element(name, val=text))


def closed_up(style: ParagraphStyle) -> None:
    """No gap between digits and Chinese signs: a date is one word."""
    snap = style.element.pPr.find(qn("w:snapToGrid"))
    after = style.element.pPr.find(qn("w:spacing")) if snap is None else snap
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        after.addprevious(element(name, val="0"))


def signature(word: Word) -> None:
    """附件, 署名 centred over the date (7.3.4, 7.3.5.1)."""
    word.add_paragraph("{%p if head.enclosed %}")
    put(word, "附件", "{{ w.enclosed }}{{ w.colon }}{{ head.enclosed }}")
    word.add_paragraph("{%p endif %}")
    closed_up(word.styles["成文日期"])
    put(word, "署名", "{{ head.signed }}")
    put(word, "成文日期", "{{ head.day }}")


def colophon(word: Word) -> None:
    """版记 at the foot of the last page: 抄送, 印发机关 and 印发日期 between lines (7.4)."""
    rows = (
        ("{%tr if head.copies %}",),
        ("{{ w.copies }}{{ w.colon }}{{ head.copies|names }}{{ w.full_stop }}",),
        ("{%tr endif %}",),
        ("{{ head.issuer }}", "\t", "{{ head.issued }}", "{{ w.printed }}"),
    )
    table = word.add_table(len(rows), 1)
    describe(table, "版记")
    thick = '<w:{0} w:val="single" w:sz="8" w:space="0" w:color="auto"/>'
    thin = '<w:insideH w:val="single" w:sz="6" w:space="0" w:color="auto"/>'
    names = nsdecls("w")
    properties = table._tbl.tblPr
    properties.insert(
        0,
        parse_xml(
            f'<w:tblpPr {names} w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" '
            'w:horzAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
        ),
    )
    borders = (
        f"<w:tblBorders {names}>{thick.format('top')}{thick.format('bottom')}{thin}</w:tblBorders>"
    )
    wide = properties.find(qn("w:tblW"))
    wide.set(qn("w:w"), str(round(WIDTH * 20)))
    wide.set(qn("w:type"), "dxa")
    (properties.find(qn("w:jc")) if properties.find(qn("w:jc")) is not None else wide).addnext(
        parse_xml(borders)
    )
    for row, texts in zip(table.rows, rows, strict=True):
        row.cells[0].paragraphs[0].style = "版记"
        for text in texts:
            row.cells[0].paragraphs[0].add_run(text)
        if "\t" in texts:
            right_tab(row.cells[0].paragraphs[0], WIDTH - 2 * 14 - 11)
    word.add_paragraph("", style="文末说明")


def anchors(word: Word, *names: str) -> None:
    for name in names:
        put(word, "正文段落", f"{{{{ {name} }}}}")
