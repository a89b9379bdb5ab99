"""The line to type for a duty: the act that the plan describes, as a command."""

from __future__ import annotations

from collections.abc import Sequence

from yuqing.clock.standing import Standing
from yuqing.plan import Act, ApprovedBy, Done, Duty, Each, First, Last, Moment, Plan
from yuqing.screen import Row, case_name

MARKED = frozenset(
    ("occurred", "discovered", "activated", "concluded", "calmed", "lifted", "relapsed")
)
"""Moments that ``mark`` writes."""
REASONED = frozenset(("calmed", "lifted", "reopened"))
"""Moments that want a reason, ``-b``."""
TEXT = "…"
"""Stands for words only the person has."""


def act(duty: Duty) -> Moment | None:
    """The first act that discharges a duty; ``None`` for one that is only ticked off."""
    moment = duty.done_by[0] if duty.done_by else None
    while isinstance(moment, First | Last):
        moment = moment.moments[0]
    return moment


def line(case: str, duty: Duty, plan: Plan, *, to: Sequence[str] = (), answers: str = "") -> str:
    """The command that discharges ``duty`` of the case ``case`` (as one types it).

    ``to``: the organs still to be reached, else the duty's own. ``answers``: id of the entry
    that started this very clock, where a duty has several. What only the person knows is
    shown as ``…``.
    """
    moment = act(duty)
    to = to or duty.to or duty.to_any[:1]
    re = f" --re {answers}" if answers else ""
    if duty.of_the_office and moment is None:
        return f"yuqing tick {duty.id}"
    if isinstance(moment, Done):
        other = plan.duties.get(moment.duty)
        return line(case, other, plan, to=to) if other else f"yuqing done {case} {duty.id}"
    if isinstance(moment, ApprovedBy):
        return f"yuqing approve {case} {moment.organs[0]} -f {TEXT}"
    if isinstance(moment, Act):
        return _of_act(case, moment, plan, to) + re
    return f"yuqing done {case} {duty.id}" + re


def _of_act(case: str, moment: Act, plan: Plan, to: Sequence[str]) -> str:
    def first(name: str) -> str:
        return moment.fields.get(name, ("",))[0]

    def option(letter: str, name: str) -> str:
        return f" {letter} {first(name)}" if first(name) else ""

    people = " ".join(moment.fields.get("to", ()) or to) or TEXT
    by, paper = option("--by", "by"), option("-d", "document")
    due = " --due …" if "due" in moment.has else ""
    figures = "".join(
        f" {name}={values[0] if values else TEXT}" for name, values in moment.facts.items()
    )
    match moment.kind:
        case "reported":
            form = f" {first('form')}" if first("form") else ""
            return f"yuqing report {case}{form} {people}{paper}{figures}{by}"
        case "graded":
            wanted = " ".join(
                f"{scale}={values[0] if len(values) == 1 else TEXT}"
                for scale, values in moment.grades.items()
            )
            return f"yuqing grade {case} {wanted or TEXT} -b {TEXT}{by}"
        case "published":
            form = option("--form", "form")
            fixes = f" --corrects {TEXT}" if "corrects" in moment.has else ""
            return f"yuqing publish {case} -f {TEXT}{paper}{form}{fixes}{figures}{by}"
        case "replied":
            who = option("--to", "to")
            return f"yuqing reply {case} {TEXT}{paper}{who}{due}{figures}{by}"
        case "received":
            sender = first("from") or TEXT
            return f"yuqing receive {case} {sender}{paper}{due}{by}"
        case "assigned":
            return f"yuqing assign {case} {people} {TEXT}{due}{by}"
        case "decided":
            organ = first("by") or TEXT
            matter = option("--matter", "matter")
            return f"yuqing approve {case} {organ}{matter} -f {TEXT}"
        case "requested":
            kind = first("request") or "correction"
            return (
                f"yuqing request {case} {kind} {people} -m {TEXT} -b {TEXT}"
                f" --clause {TEXT} -f {TEXT}{by}"
            )
        case "convened":
            return f"yuqing meet {case} {TEXT}{by}"
        case "noted":
            tag = option("--tag", "tags")
            return f"yuqing note {case}{figures or f' {TEXT}'}{tag}{by}"
        case "adjusted":
            duty = first("duty") or TEXT
            return f"yuqing adjust {case} {duty} --due {TEXT} --by {first('by') or TEXT} -b {TEXT}"
        case "closed":
            return f"yuqing close {case}"
        case kind if kind in MARKED or kind == "reopened" or kind in plan.events:
            reason = f" -b {TEXT}" if kind in REASONED else ""
            return f"yuqing mark {case} {kind}{by}{reason}"
        case kind:
            return f"yuqing add {case} {kind}{by}"


def for_clock(case: str, standing: Standing, plan: Plan | None) -> str:
    """The command for one clock or open item. ``case`` as one types it."""
    name = standing.duty.partition("@")[0]
    duty = plan.duties.get(name) if plan else None
    if standing.item and not standing.duty:
        return f"yuqing save {case}"  # typed by hand: what fulfils it names the id it then has
    if duty is None or plan is None:
        return f"yuqing done {case} {standing.duty}"
    if act(duty) is None and standing.state == "overdue":
        # a due time that has passed is named: without it the nearest one would be ticked off
        verb = "tick" if duty.of_the_office else f"done {case}"
        return f"yuqing {verb} {standing.duty}"
    several = standing.started_by if isinstance(duty.start, Each) else ""
    return line(case, duty, plan, to=standing.missing, answers=several or "")


def of_row(row: Row) -> str:
    """The command for one shown clock."""
    plans = {plan.id: plan for plan in row.naming.plans}
    return for_clock(case_name(row.case), row.standing, plans.get(row.standing.plan))
