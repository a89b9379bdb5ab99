"""House style of the papers (``office.yaml``, ``paper``): what differs from office to office.

GB/T 9704-2012 names kinds of type, not fonts, and many provinces have margins of their own; so
they are data. What is left out stays as the layout has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from yuqing.notation import Count, OneOrMany, Record, Text, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins(Record):
    """Edges of the page, in millimetres."""

    top: Count | None = told(None, "天头; GB/T 9704: 37")
    bottom: Count | None = told(None, "GB/T 9704: 35")
    left: Count | None = told(None, "订口; GB/T 9704: 28")
    right: Count | None = told(None, "GB/T 9704: 26")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts(Record):
    """Names of the fonts as this office's machines call them."""

    body: Text | None = told(None, "instead of 仿宋, e.g. 仿宋_GB2312")
    title: Text | None = told(None, "instead of 方正小标宋简体, e.g. 方正小标宋_GBK")
    heading: Text | None = told(None, "instead of 黑体")
    subheading: Text | None = told(None, "instead of 楷体, e.g. 楷体_GB2312")
    page: Text | None = told(None, "instead of 宋体 (page numbers)")
    latin: Text | None = told(None, "instead of Times New Roman")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads(Record):
    """What stands in red above the line (发文机关标志)."""

    report: Text | None = told(None, "on reports and letters; else the signing unit")
    bulletin: Text | None = told(None, "on bulletins; else the title of the document")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperStyle(Record):
    """House style of the papers."""

    margins: Margins = told(Margins(), "edges of the page, in millimetres")
    fonts: Fonts = told(Fonts(), "names of the fonts")
    heads: Heads = told(Heads(), "what stands in red above the line")
    number: Text | None = told(None, "机关代字: what a document number begins with")
    issuer: Text | None = told(None, "印发机关; else the name of the office")
    copies: Annotated[tuple[Text, ...], OneOrMany(least=0)] = told((), "抄送: who always gets one")
