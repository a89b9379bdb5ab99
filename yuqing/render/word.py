"""Blocks into a layout: an ordinary Word file with placeholders for head and foot.

A layout is the office's own: fonts, margins, head and styles are what Word or WPS make of them.
Here its placeholders are filled, and the blocks are put where ``{{ notices }}``, ``{{ body }}``
and ``{{ foot }}`` stand, in the styles of the layout that :data:`STYLES` names.
"""

from __future__ import annotations

import copy
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from yuqing.render.blocks import BLANK, Block, Cell, Line, Run

if TYPE_CHECKING:
    from yuqing.plan import PaperStyle

STYLES: Mapping[str, tuple[str, ...]] = {
    "notice": ("提示",),
    "heading1": ("heading 1",),
    "heading2": ("heading 2",),
    "heading3": ("heading 3",),
    "heading4": ("heading 4",),
    "paragraph": ("正文段落",),
    "item": ("列项", "正文段落"),
    "quote": ("引文", "正文段落"),
    "foot": ("文末说明",),
    "caption": ("图题", "提示"),
    "picture": ("图", "提示"),
    "cell": ("表格文字",),
    "small": ("表格小字", "表格文字"),
    "head": ("表头",),
    "blank": ("待填",),
    "strong": ("着重", "Strong"),
    "table": ("公文表格", "Table Grid"),
    "mark": ("发文机关标志",),
    "signed": ("署名",),
    "day": ("成文日期",),
}
"""What a block is → names of the layout's styles, the first that it has."""

ANCHORS = ("notices", "body", "foot")
WIDE = 7
"""From so many columns on a table is set in small type, and a sheet lies on its side."""

_LONG = re.compile("[!-~]{15}")
"""An address goes to a line of its own; the line before is not stretched over the whole width."""
_TWIPS = 20
_EMU = 12700
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = (
    f'xmlns:w="{_W}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
Pictures = Mapping[str, Callable[[], bytes | None]]
"""Name → a call for its PNG, ``None`` where none can be made; without a name, nothing is drawn."""


def marker(anchor: str) -> str:
    """What stands in the filled layout where blocks belong."""
    return f"\ue000{anchor}\ue000"


def lay(
    word: Any,
    blocks: Sequence[Block],
    pictures: Pictures,
    style: PaperStyle,
    unseen: str,
    *,
    sideways: bool,
) -> None:
    """Put the blocks into a filled layout (a python-docx document), and fit it to the house.

    ``unseen``: the line that stands in for a picture that cannot be made here; ``sideways``:
    the page lies on its side where a table is wide.
    """
    _in_the_style_of_the_house(word, style)
    if sideways and any(len(block.rows[0]) >= WIDE for block in blocks if block.rows):
        _turn_sheet(word)
    setter = _Setter(word, pictures, unseen)
    parts = {
        "notices": [b for b in blocks if b.kind == "notice"],
        "foot": [b for b in blocks if b.kind == "foot"],
        "body": [b for b in blocks if b.kind not in ("notice", "foot", "title")],
    }
    body = word.element.body
    places = {p.text: p._p for p in word.paragraphs if p.text.startswith("\ue000")}  # noqa: SLF001 - python-docx's handle
    for anchor in ANCHORS:
        made = setter.set(parts[anchor])
        place = places.get(marker(anchor))
        if place is None and made:  # a layout without this place: before all, or after all
            place = body[0] if anchor == "notices" else body[-1]
            for element in made:
                place.addprevious(element)
        elif place is not None:
            for element in made:
                place.addprevious(element)
            place.getparent().remove(place)
    _fit_mark(word, setter)
    _keep_mark_in_place(word, setter)
    _centre_signature(word, setter)
    _show_blanks(word, setter)


# --- blocks as XML ---------------------------------------------------------------------


class _Setter:
    """Sets blocks in the styles of one layout."""

    def __init__(self, word: Any, pictures: Pictures, unseen: str) -> None:
        self.word, self.pictures, self.unseen = word, pictures, unseen
        known = {
            style.find(f"{{{_W}}}name").get(f"{{{_W}}}val").lower(): style.get(f"{{{_W}}}styleId")
            for style in word.styles.element.iter(f"{{{_W}}}style")
        }
        self.ids = {
            what: next((known[n.lower()] for n in names if n.lower() in known), None)
            for what, names in STYLES.items()
        }
        section = word.sections[-1]
        self.width = (section.page_width - section.left_margin - section.right_margin) / _EMU
        self.height = (section.page_height - section.top_margin - section.bottom_margin) / _EMU
        self.caption = ""
        self.drawn = 0

    def set(self, blocks: Sequence[Block]) -> list[Any]:
        """Elements to put into the body."""
        from docx.oxml import parse_xml

        xml = "".join(piece for block in blocks for piece in self.block(block))
        return list(parse_xml(f"<w:body {_NAMES}>{xml}</w:body>"))

    def block(self, block: Block) -> Iterator[str]:
        if block.kind == "heading":
            self.caption = block.text
            yield self.paragraph(f"heading{max(1, min(block.level, 4))}", _joined(block.lines))
        elif block.kind == "table":
            yield self.table(block)
        elif block.kind == "picture":
            yield from self.picture(block)
        else:
            label = (Run(block.label),) if block.label else ()
            for place, line in enumerate(block.lines):
                text = "".join(run.text for run in line)
                about = (
                    "<w:keepNext/>" if text.endswith(("：", ":")) else ""
                )  # leads to what follows
                about += '<w:jc w:val="left"/>' if _LONG.search(text) else ""
                yield self.paragraph(block.kind, (*label, *line) if place == 0 else line, about)

    def paragraph(self, what: str, line: Line, extra: str = "") -> str:
        style = f'<w:pStyle w:val="{self.ids[what]}"/>' if self.ids.get(what) else ""
        return f"<w:p><w:pPr>{style}{extra}</w:pPr>{''.join(self.run(r) for r in line)}</w:p>"

    def run(self, run: Run) -> str:
        what = "blank" if run.blank else "strong" if run.strong else ""
        style = f'<w:rStyle w:val="{self.ids[what]}"/>' if what and self.ids[what] else ""
        pieces = run.text.split("\t")
        text = "<w:tab/>".join(
            f'<w:t xml:space="preserve">{escape(p, quote=False)}</w:t>' for p in pieces
        )
        return f'<w:r><w:rPr>{style}<w:rFonts w:hint="eastAsia"/></w:rPr>{text}</w:r>'

    # --- tables ---

    def table(self, block: Block) -> str:
        columns = max(len(row) for row in block.rows) if block.rows else 0
        if not columns:
            return ""
        broad = self.width > 600  # a sheet on its side has room for plain type
        what = "small" if columns >= (WIDE + 2 if broad else WIDE) else "cell"
        signs = int(self.width / (4.5 if what == "small" else 5.25))
        widths = shares(block.rows, signs, keyed=not block.head and columns == 2)
        total = int(self.width * _TWIPS)
        twips = [total * each // sum(widths) for each in widths]
        twips[-1] += total - sum(twips)
        style = f'<w:tblStyle w:val="{self.ids["table"]}"/>' if self.ids["table"] else ""
        name = quoteattr(self.caption or " ".join(plain_head(block)))
        heads = quoteattr(" / ".join(plain_head(block)))
        grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in twips)
        rows = "".join(self.row(block, n, row, twips, what) for n, row in enumerate(block.rows))
        return (
            f'<w:tbl><w:tblPr>{style}<w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="50" w:type="dxa"/>'
            f'<w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
            f'<w:tblLook w:val="0020" w:firstRow="{int(block.head)}" w:lastRow="0" '
            f'w:firstColumn="{int(not block.head)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={name}/><w:tblDescription w:val={heads}/></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>" + self.paragraph(what, ())
        )

    def row(
        self, block: Block, number: int, row: Sequence[Cell], twips: Sequence[int], what: str
    ) -> str:
        head = block.head and number == 0
        whole = sum(len(run.text) for cell in row for line in cell for run in line) < 600
        about = "<w:cantSplit/>" if whole else ""
        about += "<w:tblHeader/>" if head else ""
        cells = ""
        for place, width in enumerate(twips):
            cell = row[place] if place < len(row) else ()
            style = "head" if head or (not block.head and place == 0) else what
            inside = "".join(self.paragraph(style, line) for line in cell)
            cells += (
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/>'
                f"</w:tcPr>{inside or self.paragraph(style, ())}</w:tc>"
            )
        return f"<w:tr><w:trPr>{about}</w:trPr>{cells}</w:tr>"

    # --- pictures ---

    def picture(self, block: Block) -> Iterator[str]:
        if block.name not in self.pictures:
            return
        made = self.pictures[block.name]()
        if made is None:
            yield self.paragraph("caption", (Run(f"{block.text}{self.unseen}"),))
            return
        self.drawn += 1
        pixels = struct.unpack(">II", made[16:24])
        scale = min(self.width / pixels[0], (self.height - 120) / pixels[1], 0.75)
        across, down = (int(each * scale * _EMU) for each in pixels)
        reference, _ = self.word.part.get_or_add_image(BytesIO(made))
        title = quoteattr(block.text)
        drawing = (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{across}" cy="{down}"/>'
            f'<wp:docPr id="{1000 + self.drawn}" name="picture {self.drawn}" descr={title}/>'
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{1000 + self.drawn}" name="picture {self.drawn}" '
            f"descr={title}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>"
            f'<a:blip r:embed="{reference}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
            "</a:graphic></wp:inline></w:drawing></w:r>"
        )
        style = f'<w:pStyle w:val="{self.ids["picture"]}"/>' if self.ids["picture"] else ""
        yield f"<w:p><w:pPr>{style}<w:keepNext/></w:pPr>{drawing}</w:p>"
        yield self.paragraph("caption", (Run(block.text),))


def quoteattr(text: str) -> str:
    """A value of an attribute, in its quotes. (The library's own loads half of the network.)"""
    return f'"{escape(text)}"'.translate({10: "&#10;", 13: "&#13;", 9: "&#9;"})


def _joined(lines: Sequence[Line]) -> Line:
    """A heading is one line."""
    joined: list[Run] = []
    for place, line in enumerate(lines):
        joined += [Run(" "), *line] if place else line
    return tuple(joined)


def plain_head(block: Block) -> list[str]:
    """The words of a table's head, or of its first column."""
    first = block.rows[0] if block.head else [row[0] for row in block.rows if row]
    return ["".join(run.text for line in cell for run in line) for cell in first]


def shares(rows: Sequence[Sequence[Cell]], signs: int, *, keyed: bool) -> list[int]:
    """Widths of columns, in signs of half width, that fill ``signs``.

    A column gets what its longest word needs, and of what is left a part by the text in it.
    ``keyed``: names on the left, values on the right; the left column is as wide as its names.
    """
    columns = max(len(row) for row in rows)
    least, longest = [5] * columns, [5] * columns
    for row in rows:
        for place, cell in enumerate(row):
            for line in cell:
                text = "".join(run.text for run in line)
                wide = width(text)
                longest[place] = max(longest[place], wide + 2)
                words = re.findall(r"[!-~]+", text)
                least[place] = max(least[place], min(max(map(len, words), default=0), 16) + 2)
    if keyed:
        left = min(max(longest[0], 10), signs // 3)
        return [left, signs - left]
    for short in (15, 12, 9):  # what is short stands in one line
        whole = [max(low, min(most, short)) for low, most in zip(least, longest, strict=True)]
        if sum(whole) <= signs * 0.8:
            least = whole
            break
    if sum(longest) <= signs:
        return [signs * each // sum(longest) for each in longest]
    return _eased(rows[:60], least, signs)


def _eased(rows: Sequence[Sequence[Cell]], least: Sequence[int], signs: int) -> list[int]:
    """What is left goes, little by little, to the column that makes most rows high."""
    cells = [
        [sum(width("".join(r.text for r in line)) for line in cell) for cell in r] for r in rows
    ]
    if sum(least) >= signs:
        return [max(1, signs * each // sum(least)) for each in least]
    given = list(least)
    while sum(given) < signs:
        worth = [0.0] * len(given)
        for row in cells:
            high = [wide / given[place] for place, wide in enumerate(row)]
            top = max(high, default=0)
            for place, each in enumerate(high):
                if each == top and top > 1:
                    worth[place] += top
        best = max(range(len(given)), key=lambda place: (worth[place], -given[place]))
        given[best] += 1
    return given


def width(text: str) -> int:
    """Signs of half width."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


# --- the page --------------------------------------------------------------------------


def _in_the_style_of_the_house(word: Any, style: PaperStyle) -> None:
    """Margins and names of fonts as ``office.yaml`` has them; what it leaves out stays."""
    from docx.shared import Mm

    for section in word.sections:
        for side in ("top", "bottom", "left", "right"):
            millimetres = getattr(style.margins, side)
            if millimetres is not None:
                setattr(section, f"{side}_margin", Mm(millimetres))
    renamed = {
        shipped: name
        for shipped, name in (
            ("仿宋", style.fonts.body),
            ("方正小标宋简体", style.fonts.title),
            ("黑体", style.fonts.heading),
            ("楷体", style.fonts.subheading),
            ("宋体", style.fonts.page),
            ("Times New Roman", style.fonts.latin),
        )
        if name
    }
    if not renamed:
        return
    parts = [word.styles.element, word.element]
    for section in word.sections:
        feet = (section.header, section.footer, section.even_page_footer)
        parts += [each._element for each in feet if not each.is_linked_to_previous]  # noqa: SLF001 - python-docx's handle
    for part in parts:
        for fonts in part.iter(f"{{{_W}}}rFonts"):
            for name, value in fonts.attrib.items():
                if value in renamed:
                    fonts.set(name, renamed[value])


def _turn_sheet(word: Any) -> None:
    from docx.enum.section import WD_ORIENT

    for section in word.sections:
        if section.orientation != WD_ORIENT.LANDSCAPE:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width


def _of_style(word: Any, setter: _Setter, what: str) -> list[Any]:
    wanted = setter.ids[what]
    if wanted is None:
        return []
    found = []
    for paragraph in word.element.body.iter(f"{{{_W}}}p"):
        style = paragraph.find(f"{{{_W}}}pPr/{{{_W}}}pStyle")
        if style is not None and style.get(f"{{{_W}}}val") == wanted:
            found.append(paragraph)
    return found


def _text(paragraph: Any) -> str:
    return "".join(each.text or "" for each in paragraph.iter(f"{{{_W}}}t"))


def _fit_mark(word: Any, setter: _Setter) -> None:
    """A long name of the issuing organ still stands on one line."""
    from docx.text.run import Run as WordRun

    for paragraph in _of_style(word, setter, "mark"):
        wide = max(width(_text(paragraph)) / 2, 1)
        style = next(s for s in word.styles if s.style_id == setter.ids["mark"])
        size = style.font.size.pt if style.font.size else 44
        room = setter.width / (wide + 0.5)
        if room < size:
            from docx.shared import Pt

            for run in paragraph.iter(f"{{{_W}}}r"):
                WordRun(run, None).font.size = Pt(max(int(room * 2) / 2, 10))  # type: ignore[arg-type] # no parent needed


def _keep_mark_in_place(word: Any, setter: _Setter) -> None:
    """What stands above the mark (份号, 密级) takes of the distance above it (7.2.4)."""
    from docx.shared import Pt
    from docx.text.paragraph import Paragraph

    marks = _of_style(word, setter, "mark")
    if not marks:
        return
    paragraph = Paragraph(marks[0], word)
    above = [Paragraph(each, word) for each in marks[0].itersiblings(f"{{{_W}}}p", preceding=True)]
    taken = sum((p.style.paragraph_format.line_spacing or Pt(0)) for p in above if p.style)
    before = paragraph.style.paragraph_format.space_before if paragraph.style else None
    if before and taken:
        paragraph.paragraph_format.space_before = Pt(max((before - taken) / _EMU, 0))


def _centre_signature(word: Any, setter: _Setter) -> None:
    """署名 centred over the date, the date four characters from the right (GB/T 9704, 7.3.5.1).

    Both are centred in one stretch of the line, so that no font can put them out; it grows to
    the left for a name that is longer than the date.
    """
    from docx.text.paragraph import Paragraph

    signed, days = _of_style(word, setter, "signed"), _of_style(word, setter, "day")
    if not signed or not days:
        return
    size = 8.0
    longest = max(width(_text(each)) for each in signed) * size
    day = max(width(_text(each)) for each in days) * size
    stretch = min(max(day + 2 * 4 * 2 * size, longest + 2 * size), setter.width)
    for each in (*signed, *days):
        layout = Paragraph(each, None).paragraph_format  # type: ignore[arg-type] # no parent needed
        from docx.shared import Pt

        layout.left_indent = Pt(max(setter.width - stretch, 0))


def _show_blanks(word: Any, setter: _Setter) -> None:
    """What a person still has to fill in is marked wherever the layout printed it."""
    from docx.oxml import OxmlElement

    if setter.ids["blank"] is None:
        return
    for run in word.element.body.iter(f"{{{_W}}}r"):
        text = _text(run)
        if BLANK.search(text) and run.find(f"{{{_W}}}rPr/{{{_W}}}rStyle") is None:
            properties = run.find(f"{{{_W}}}rPr")
            if properties is None:
                properties = OxmlElement("w:rPr")
                run.insert(0, properties)
            style = OxmlElement("w:rStyle")
            style.set(f"{{{_W}}}val", setter.ids["blank"])
            properties.insert(0, copy.copy(style))
