"""A small invented plan, and a case under it, for tests that read, write and check cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yuqing.case import Case, Pin
from yuqing.errors import Problem
from yuqing.plan import Organ, Plan
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.words import say

PLAN_TEXT = """\
yuqing: 1
id: town
title: 柳塘镇网络舆情应急预案
issuer: 柳塘镇(虚构)
version: "2026-01"
counting: {days: natural}
organs:
  lead-group: {name: 领导小组, aliases: [镇领导小组]}
  cac: {name: 市委网信办, aliases: [网信办]}
  publicity: 市委宣传部
facts:
  mainstream_media: {type: boolean, ask: 主流媒体是否介入}
  comments: {type: integer, ask: 评论数}
  trend: {type: choice, of: [falling, flat, rising], ask: 走势}
  property_loss: {type: text, ask: 财产损失}
scales:
  level:
    - {id: II, name: 二级(一般), aliases: [二级]}
    - {id: I, name: 一级(重大), aliases: [一级], when: {mainstream_media: true}}
  category: {name: 类别, ordered: false, levels: [{id: query, name: 咨询}, {id: rumour, name: 编造}]}
events: {accepted: 受理}
duties:
  tell: {clause: 三, does: 电话报告, to: lead-group, start: discovered, limit: 30 minutes, done_by: {kind: reported, form: phone}}
  publish: {clause: 四, does: 发布权威信息, to: public, when: {level: I}, start: discovered, limit: 5 hours, done_by: published}
  watch: {clause: 五, does: 专人跟踪, start: discovered, limit: {word: 全程}}
  look-round: {clause: 六, does: 每日浏览, repeat: {each: day}}
gates:
  publish-I: {clause: 四, before: published, when: {level: I}, needs: [{approved_by: lead-group}, {approved_by: [cac, publicity]}]}
  correct-only-untrue: {clause: 七, before: {kind: requested, request: correction}, only_if: {truth: [untrue, partly]}}
documents:
  bulletin: {title: 通报}
  review: {title: 复盘报告}
"""
OFFICE_ORGANS = {"water-co": Organ(id="water-co", name="自来水公司", aliases=("水司",))}
POST = "值班室"


def _plan() -> Plan:
    plan, problems = read_plan(PLAN_TEXT.encode(), "town@2026-01.yaml")
    assert plan is not None, problems
    return plan


PLAN = _plan()
NAME = "YQ-20261122-7K3M"
HEAD = f"""\
yuqing: 1
id: {NAME}
title: 柳塘小区停水三天
plans:
  - {{id: town, version: "2026-01", digest: {PLAN.digest}}}
log:
"""


def plan_of(pin: Pin) -> Plan | None:
    """The only plan there is."""
    return PLAN if (pin.id, pin.version) == (PLAN.id, PLAN.version) else None


def read(
    text: str | bytes, file: str = f"{NAME}.yaml", organs: Mapping[str, Organ] = OFFICE_ORGANS
) -> tuple[Case | None, tuple[Problem, ...]]:
    """A case file as the program reads it."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_case(data, file, plan_of, organs)


def case(log: str, head: str = HEAD) -> Case:
    """The case with this log; fails if it cannot be used."""
    found, problems = read(head + log)
    assert found is not None, sentences(problems)
    return found


def sentences(problems: tuple[Problem, ...], language: str = "en") -> list[str]:
    """Problems as a person reads them, without the name of the file."""
    return [f"line {p.line}: {say(p.said, language)}" for p in problems]


def entry(**fields: Any) -> dict[str, Any]:
    """Raw fields of a new entry; ``from_`` and ``with_`` stand for ``from`` and ``with``."""
    return {"at": "2026-11-22T02:00+08:00"} | {k.rstrip("_"): v for k, v in fields.items()}
