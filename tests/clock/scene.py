"""A scene for the clock: a plan and a log as a person would write them, and how it stands."""

from __future__ import annotations

import datetime as dt
import textwrap
from dataclasses import dataclass

from yuqing.case import Case
from yuqing.clock import Standing, standings
from yuqing.plan import Plan
from yuqing.read.case import read_case
from yuqing.read.office import read_year
from yuqing.read.plan import read_plan
from yuqing.span import Calendar
from yuqing.words import say

PLAN = """
yuqing: 1
id: t
title: 測試方案
issuer: 某鎮
version: "1"
{counting}
office_hours: {{open: "08:30", close: "18:00"}}
organs:
  city: 市委宣傳部
  cac: 網信辦
  office: 領導組辦公室
  head: 主要領導
  deputy: 分管領導
  water: 水利站
  roads: 公路站
  units: {{name: 有關單位, members: named_in_case}}
  both: {{name: 兩辦, members: [city, cac]}}
facts:
  sensitive: {{type: boolean, ask: 是否敏感}}
  media: {{type: boolean, ask: 媒體是否介入}}
  casualties: {{type: integer, ask: 傷亡}}
scales:
  level:
    - {{id: III, name: 三級}}
    - {{id: II, name: 二級, when: {{media: true}}}}
    - {{id: I, name: 一級, when: {{sensitive: true, media: true}}}}
  category:
    name: 類別
    ordered: false
    levels: [{{id: query, name: 詢問}}, {{id: attack, name: 攻擊}}]
events: {{accepted: 受理, hearing: 聽證開始, heard: 聽證結束, development: 新進展}}
documents: {{prompt: {{title: 提示函}}, draft: {{title: 送審稿}}}}
{rest}
"""
CASE = """
yuqing: 1
id: YQ-20260601-7K3M
title: 測試
plans:
  - {{id: t, version: "1", digest: {digest}}}
log:
{log}
"""


def at(text: str) -> dt.datetime:
    """``06-01 10:00`` → that minute of 2026 in the plan's zone."""
    return dt.datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}+08:00")


@dataclass(frozen=True)
class Scene:
    """A plan and a log, ready to be looked at."""

    plan: Plan
    case: Case
    calendar: Calendar

    def all(self, now: str, warn: int = 0) -> tuple[Standing, ...]:
        """Every standing at ``now``."""
        warning = dt.timedelta(minutes=warn)
        return standings(self.case, [self.plan], self.calendar, at(now), warn=warning)

    def of(self, duty: str, now: str, warn: int = 0) -> Standing:
        """The one standing of ``duty``."""
        found = self.each(duty, now, warn)
        assert len(found) == 1, f"{duty}: {len(found)} standings"
        return found[0]

    def each(self, duty: str, now: str, warn: int = 0) -> list[Standing]:
        """The standings of ``duty``, by round and start."""
        found = [s for s in self.all(now, warn) if s.duty.partition("@")[0] == duty]
        return sorted(found, key=lambda s: (s.round, s.start or at("01-01 00:00"), s.duty))

    def duties(self, now: str) -> set[str]:
        """Ids of everything that is listed."""
        return {s.duty for s in self.all(now)}


def plan_of(duties: str, counting: str = "counting: {days: natural}") -> Plan:
    """The scene's plan with these duties (a YAML block, or whole top-level keys)."""
    rest = textwrap.dedent(duties).strip("\n")
    if not rest.startswith(("duties:", "gates:")):
        rest = "duties:\n" + textwrap.indent(rest, "  ")
    data = PLAN.format(counting=counting, rest=rest).encode()
    plan, problems = read_plan(data, "t@1.yaml")
    errors = [f"{p.line}: {say(p.said, 'en')}" for p in problems if p.severity == "error"]
    assert plan is not None, errors
    return plan


def scene(
    duties: str, log: str, *, counting: str = "counting: {days: natural}", years: str | None = None
) -> Scene:
    """Read plan, log (block list of entries) and calendar; all three must be without error."""
    plan = plan_of(duties, counting)
    text = CASE.format(
        digest=plan.digest, log=textwrap.indent(textwrap.dedent(log).strip("\n"), "  ")
    )
    case, problems = read_case(text.encode(), "YQ-20260601-7K3M.yaml", lambda _pin: plan, {})
    errors = [f"{p.line}: {say(p.said, 'en')}" for p in problems if p.severity == "error"]
    assert case is not None, errors
    calendar = Calendar()
    if years:
        year, wrong = read_year(textwrap.dedent(years).encode(), "2026.yaml")
        assert year is not None, [say(p.said, "en") for p in wrong]
        calendar = Calendar({year.year: year})
    return Scene(plan, case, calendar)


def log(*lines: str) -> str:
    """``06-01 10:00 reported to=cac form=phone`` lines → a block list of hand-written entries."""
    out = []
    for number, line in enumerate(lines):
        day, clock, kind, *fields = line.split()
        out.append(f"- kind: {kind}")
        out.append(f"  at: 2026-{day}T{clock}+08:00")
        ids = [f.removeprefix("id=") for f in fields if f.startswith("id=")]
        for field in fields:
            name, _, value = field.partition("=")
            if name == "id":
                continue
            head, _, leaf = name.partition(".")
            if leaf:
                out.append(f"  {head}: {{{leaf}: {value}}}")
            elif "," in value:
                out.append(f"  {name}: [{value.replace(',', ', ')}]")
            else:
                out.append(f"  {name}: {value}")
        out.append(f"  id: {ids[0] if ids else f'e{number:05d}'}")
    return "\n".join(out)
