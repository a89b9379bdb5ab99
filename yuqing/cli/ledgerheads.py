"""The heads of an old ledger (旧台账): which row they are, and what each column means. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yuqing import words
from yuqing.errors import Refused, Said
from yuqing.read.tree import bad_character
from yuqing.stats.ledger import COLUMNS
from yuqing.variants import fold
from yuqing.words import N_

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | None
FIRST_ROWS = 10
"""So many rows may stand above the heads: a title, who made it, when."""
HEADS: Mapping[str, tuple[str, ...]] = {
    "number": ("编号", "台账编号", "登记号", "登记编号", "文号", "收文号", "工单号", "工单编号",
               "案件编号", "no."),
    "order": ("序号", "序", "行号", "#"),
    "found": ("发现时间", "发现日期", "发现", "时间", "日期", "登记时间", "登记日期", "受理时间",
              "受理日期", "收到时间", "接报时间", "接收时间", "来件时间", "监测时间", "date"),
    "source": ("来源", "渠道", "发现渠道", "信息来源", "舆情来源", "来源渠道", "平台", "发布平台",
               "媒体", "来源平台", "source"),
    "sender": ("转办单位", "交办单位", "来文单位", "来件单位", "转来单位"),
    "links": ("链接", "网址", "原文链接", "网页链接", "链接地址", "url", "link"),
    "title": ("标题", "事由", "主题", "舆情标题", "事件", "事项", "舆情事件", "名称", "title"),
    "text": ("摘要", "内容", "主要内容", "舆情内容", "诉求内容", "内容摘要", "简要内容", "基本情况",
             "反映内容", "反映问题", "summary"),
    "level": ("级别", "等级", "舆情级别", "舆情等级", "定级", "认定级别", "level"),
    "category": ("类别", "分类", "类型", "舆情类别", "舆情类型", "category"),
    "topic": ("专题", "主题词", "标签"),
    "unit": ("责任单位", "承办单位", "承办", "办理单位", "主办单位", "牵头单位", "责任部门",
             "承办部门", "涉事单位", "处置单位", "unit"),
    "handling": ("处理情况", "处置情况", "办理情况", "处理结果", "办理结果", "处置结果", "处置措施",
                 "处理措施", "handling"),
    "replied": ("回复时间", "答复时间", "回应时间", "回复日期", "答复日期", "回应日期"),
    "reply": ("回复内容", "答复内容", "回应内容", "回复情况", "答复情况", "回应情况", "回复"),
    "signed": ("回复单位", "答复单位", "回应单位", "署名", "署名单位", "回复署名", "发布单位"),
    "concluded": ("办结时间", "办结日期", "办结", "结案时间", "结案日期", "完成时间", "处理完毕时间"),
    "satisfied": ("满意", "是否满意", "满意度", "满意情况", "群众评价", "评价"),
    "calmed": ("平息时间", "平息日期", "平息"),
    "state": ("状态", "办理状态", "是否办结", "办结情况", "处理状态", "状态,归档"),
    "remark": ("备注", "说明", "其他", "remark", "remarks"),
}  # fmt: skip
"""Field → heads that people write, in 简体 (繁體 is the same when folded) and English."""

_OUR_LEDGER = {
    "number": "number", "found": "found", "channel": "source", "title": "title", "links": "links",
    "summary": "text", "topic": "topic", "category": "category", "level": "level",
    "units": "unit", "follow-up": "handling", "replies": "reply", "concluded": "concluded",
    "satisfied": "satisfied", "calmed": "calmed", "archive": "state",
}  # fmt: skip
"""Column of the ledger that this program writes → field."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it lies there. ``name``: of the worksheet, empty in a CSV; ``rows``: number of
    the row in the file, from 1, and its cells."""

    file: str
    name: str
    rows: Sequence[tuple[int, Sequence[Cell]]]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the person's map says: field → heads, field → value in the ledger → value meant,
    forms of dates (as ``strptime`` has them)."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what stands. ``at``: field → columns, from 0; ``heads``: as written; ``first``: where
    in ``Sheet.rows`` the first row below the heads is; ``untaken``: heads that nothing is made of."""

    at: Mapping[str, tuple[int, ...]]
    heads: Sequence[str]
    first: int
    untaken: tuple[str, ...]


def columns_of(sheet: Sheet, mapped: Mapped) -> Columns:
    """Find the row of heads among the first ones, and what each means.

    The person's map goes before the usual heads. Raises ``Refused``: no row of heads, a head of
    the map that is not there, neither title nor summary, no time of discovery.
    """
    known = _known()
    wanted = {_plain(head): name for name, heads in mapped.columns.items() for head in heads}
    best: tuple[int, int, list[str]] = (0, 0, [])
    for place, (_, cells) in enumerate(sheet.rows[:FIRST_ROWS]):
        heads = [text_of(cell) for cell in cells]
        plain = [_plain(head) for head in heads]
        count = sum(head in known or head in wanted for head in plain if head)
        if count > best[0]:
            best = (count, place, heads)
    count, place, heads = best
    if count < 1:
        first = [text_of(c) for c in sheet.rows[0][1]] if sheet.rows else []
        raise Refused(
            N_("no row of heads was found in {file}; it begins with: {heads}"),
            hint=Said(N_("say what the columns are with --map; see `yuqing help import`")),
            file=sheet.file,
            heads="、".join(filter(None, first)) or "–",
        )
    plain = [_plain(head) for head in heads]
    for head in wanted:
        if head not in plain:
            raise Refused(
                N_("no column {head} in {file}"),
                hint=Said(N_("there are: {names}"), {"names": "、".join(filter(None, heads))}),
                head=next(h for hs in mapped.columns.values() for h in hs if _plain(h) == head),
                file=sheet.file,
            )
    at: dict[str, list[int]] = {}
    for column, head in enumerate(plain):
        name = wanted.get(head) or (None if known.get(head) in mapped.columns else known.get(head))
        if name and (name in wanted.values() or name not in at or name in _SEVERAL):
            at.setdefault(name, []).append(column)
    if "title" not in at and "text" not in at:
        raise _lacking(sheet, "title", heads)
    if "found" not in at:
        raise _lacking(sheet, "found", heads)
    taken = {column for columns in at.values() for column in columns} | {
        column for column, head in enumerate(plain) if known.get(head) == "order"
    }
    untaken = tuple(h for column, h in enumerate(heads) if h and column not in taken)
    return Columns({k: tuple(v) for k, v in at.items()}, heads, place + 1, untaken)


_SEVERAL = ("links", "handling", "remark", "unit", "topic")
"""Fields that may stand in several columns."""


def _lacking(sheet: Sheet, name: str, heads: Sequence[str]) -> Refused:
    return Refused(
        N_("{file} has no column for {field}; its heads: {heads}"),
        hint=Said(N_("say what the columns are with --map; see `yuqing help import`")),
        file=sheet.file,
        field=name,
        heads="、".join(filter(None, heads)),
    )


def _known() -> Mapping[str, str]:
    """Head → field: ours in each language, then the usual ones."""
    found = {
        _plain(words.say(COLUMNS[column][0], language)): name
        for language in words.LANGUAGES
        for column, name in _OUR_LEDGER.items()
    }
    for name, heads in HEADS.items():
        for head in heads:
            found.setdefault(_plain(head), name)
    return found


def _plain(head: str) -> str:
    """``发现时间(年月日)`` and ``發現 時間`` are one head."""
    return re.sub(r"\(.*?\)|[\s:：*]", "", fold(head)) or fold(head)


def text_of(cell: Cell) -> str:
    """A cell as text: what cannot be kept becomes a blank, blanks at the ends go."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = re.sub(r"_x000[dD]_\n?|\r\n?", "\n", str(cell))
    while bad := bad_character(text):
        text = text.replace(text[bad[0]], " ")
    return text.replace("\t", " ").strip()


def blank(cells: Sequence[Cell]) -> bool:
    """Is there nothing in the row?"""
    return not any(text_of(cell) for cell in cells)
