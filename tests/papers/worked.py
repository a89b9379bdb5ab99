"""A case that a plan never saw: everything an office does, in the plan's own organs and papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from papers.made import OFFICE, time
from workbench import CHECKOUT

from yuqing import render, store
from yuqing.case import Case
from yuqing.clock import Standing, standings
from yuqing.plan import Document, Plan
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.review.documents import laid
from yuqing.review.facts import paper
from yuqing.review.names import Names
from yuqing.review.roles import ROLES, role
from yuqing.review.rows import Paper
from yuqing.span import Calendar
from yuqing.store import template_names

SHIPPED = dict(template_names(None, "documents"))
NOW = time("2026-11-26T09:00")
HEAD = """\
yuqing: 1
id: YQ-20261122-7K3M
title: {title}
plans:
  - {{id: {id}, version: "{version}", digest: {digest}}}
log:
"""
TITLE = "柳塘小区停水三天,视频转发上升"


def shipped_plans() -> tuple[Plan, ...]:
    """Every plan that comes with the program."""
    found = []
    for path in sorted((CHECKOUT / "templates" / "plans").glob("*.yaml")):
        plan, problems = read_plan(path.read_bytes(), path.name)
        assert plan is not None, problems
        found.append(plan)
    return tuple(found)


def ids() -> Iterator[str]:
    """Entry ids in a row: a00000, a00001 …"""
    for number in range(10_000):
        yield f"a{number:05d}"


def _entry(name: str, fields: Mapping[str, object]) -> str:
    lines = [f"{key}: {value}" for key, value in fields.items() if value not in (None, ())]
    recorded = str(fields["at"])
    return "\n  - " + "\n    ".join([*lines, f"recorded: {recorded}", f"id: {name}"]) + "\n"


def worked(plan: Plan, *, title: str = TITLE, extra: str = "") -> Case:
    """A case under ``plan`` in which everything happened once."""
    organ = next(iter(plan.organs), "领导小组")
    name = ids()
    log: list[dict[str, object]] = [
        {"kind": "occurred", "at": "11-21T23:40", "estimated": "true", "because": "首帖时间"},
        {"kind": "discovered", "at": "11-22T01:52", "source": "软件监看",
         "links": "[https://v.example/x1]"},
        {"kind": "received", "at": "11-22T01:58", "from": "asker", "text": "何时恢复供水"},
        {"kind": "assigned", "at": "11-22T02:00", "to": "供水公司", "text": "主办"},
        {"kind": "reported", "at": "11-22T02:03", "to": organ, "form": "phone",
         "text": "小区停水三天，居民在网上求助"},
        *({"kind": "graded", "at": "11-22T02:10", "grades": f"{{{scale}: {level.id}}}",
           "because": "研判"} for scale, kept in plan.scales.items() for level in kept.levels[-1:]),
        {"kind": "reported", "at": "11-22T02:30", "to": organ, "form": "written",
         "document": _first(plan)},
        *({"kind": "received", "at": "11-22T02:40", "from": organ, "document": each,
           "due": "2026-11-23T12:00+08:00", "number": f"来〔2026〕{n}"}
          for n, each in enumerate(_incoming(plan), 1)),
        {"kind": "noted", "at": "11-22T03:00", "text": "供水车已到现场", "tags": "[measures]"},
        {"kind": "graded", "at": "11-22T04:00", "grades": "{truth: untrue}",
         "because": "转发的照片是外地旧照", "links": "[https://news.example/old]"},
        {"kind": "convened", "at": "11-22T04:10", "with": f"[{organ}]", "meeting": "会商会"},
        {"kind": "published", "at": "11-22T04:40", "signed_as": "示范单位", "form": "notice",
         "text": "停水原因是主管破裂，正在抢修。"},
        {"kind": "replied", "at": "11-22T05:00", "to": "asker", "signed_as": "示范单位",
         "text": "今晚恢复供水。"},
        {"kind": "concluded", "at": "11-23T18:00", "text": "主管已更换，恢复供水"},
        {"kind": "calmed", "at": "11-24T16:00", "because": "48小时无新增"},
        {"kind": "assigned", "at": "11-25T10:00", "to": "供水公司", "due": "2026-11-25",
         "text": "更换柳塘段主管"},
        {"kind": "assigned", "at": "11-25T10:00", "to": "供水公司", "due": "2026-12-20",
         "text": "值守电话增设一线"},
    ]  # fmt: skip
    text = HEAD.format(title=title, id=plan.id, version=plan.version, digest=plan.digest)
    for fields in log:
        at = f"2026-{fields['at']}+08:00"
        text += _entry(next(name), {"kind": fields["kind"], "by": "值班室", **fields, "at": at})
    case, problems = read_case((text + extra).encode(), "YQ-20261122-7K3M.yaml", lambda _: plan, {})
    assert case is not None, problems
    return case


def _first(plan: Plan) -> str | None:
    kinds = ("first-report", "basic-facts")
    return next((d.id for d in plan.documents.values() if role(d, (plan,)) in kinds), None)


def _incoming(plan: Plan) -> list[str]:
    return [d.id for d in plan.documents.values() if role(d, (plan,)) == "incoming"]


def documents(plan: Plan) -> tuple[Document, ...]:
    """What a plan declares, and the papers that are there without being declared."""
    known = render.titles(SHIPPED, (plan,))
    roles = {role(d, (plan,)) for d in plan.documents.values()}
    more = (Document(id=r, title=known[r]) for r in dict.fromkeys(ROLES.values()) if r not in roles)
    return (*plan.documents.values(), *more)


def facts_of(
    document: Document,
    case: Case,
    plan: Plan,
    *,
    now: dt.datetime = NOW,
    clocks: Sequence[Standing] | None = None,
    **options: Any,
) -> Paper:
    """The facts of one document as the command line takes them; ``clocks``, where they are known."""
    plans, calendar = (plan,), Calendar()
    office = options.pop("office", OFFICE)
    words = laid(document, case, plans, calendar, Names(plans, office), now).entry
    return paper(
        case, plans, clocks or standings(case, plans, calendar, now), calendar,
        office=office, now=now, document=document, fingerprint="7K3MABCDEFGH", words=words,
        part_key=render.part_key(SHIPPED), **options,
    )  # fmt: skip


def text_of(document: Document, case: Case, plan: Plan, **options: Any) -> str:
    """The document in Markdown, from the shipped templates."""
    name = render.choose(SHIPPED, document, role(document, (plan,)), "md")
    return render.render(
        facts_of(document, case, plan, **options), (plan,), SHIPPED, name
    ).data.decode()


def example(name: str) -> tuple[Case, Plan, Any]:
    """A worked example of the demonstration office, its plan, and the office."""
    ws = store.find(Path(CHECKOUT))
    loaded = store.find_case(ws, name, now=NOW)
    return loaded.case, loaded.plans[0], ws.office
