"""``done``, ``tick`` and ``adjust``: duties and open items fulfilled, moved or released."""

from __future__ import annotations

from collections.abc import Sequence

from yuqing.case import KINDS
from yuqing.cli import typed as to_type
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.fields import duty_name
from yuqing.cli.scene import Raw, Scene, Typed, joined, needed, raw, sort_words
from yuqing.clock import Standing, world_of
from yuqing.clock.clocks import recipients_of
from yuqing.clock.moments import acts_in
from yuqing.errors import Refused, Said
from yuqing.plan import Act, Duty, Plan
from yuqing.screen import case_name
from yuqing.variants import fold
from yuqing.words import N_


def done(typed: Typed, scene: Scene) -> list[Raw]:
    """``done CASE ITEM|DUTY…``: items are closed by one entry, each duty has its own.

    A duty with an act of its own is never ticked off bare: the act is written where the plan
    fixes it, else refused with the line to type; ``--re`` counts an earlier entry for it.
    """
    facts, rest = sort_words(typed.words, scene)
    if not rest:
        raise needed(N_("the item or duty"), "yuqing done CASE ITEM|DUTY")
    items: list[str] = []
    found: list[Raw] = []
    for word in rest:
        duty = un.parse_duty(word, scene.plans, scene.now, scene.zone)
        if duty is None:
            items.append(_item(word, scene))
        else:
            found += _duty(duty[0], duty[0].duties[duty[1]], word, typed, scene, facts)
    if items:
        closes = [*items, *(scene.entry(word) for word in typed.closes)]
        found.insert(0, raw("done", typed, scene, closes=closes, facts=facts))
    return found


def _item(word: str, scene: Scene) -> str:
    told = [each.id for each in scene.items if each.id and word in (each.text or "")]
    if len(told) == 1 and not word.isascii():
        return told[0]
    if not any(each.id and each.id.startswith(un.forgiven(word)) for each in scene.case.log) and (
        fold(word) not in un.LAST
    ):
        un.no_duty(word, scene.plans, scene.case)
    return un.parse_item(word, scene.case, scene.items)


def tick(typed: Typed, scene: Scene) -> list[Raw]:
    """``tick DUTY [TEXT]``: a routine duty in the logbook."""
    if not typed.words:
        raise needed(N_("the duty"), "yuqing tick DUTY [TEXT]")
    facts, rest = sort_words(typed.words[1:], scene)
    word, text = typed.words[0], joined(rest, typed)
    duty = un.parse_duty(word, scene.plans, scene.now, scene.zone)
    if duty is None:
        un.no_duty(word, scene.plans, scene.case)
    return _duty(duty[0], duty[0].duties[duty[1]], word, typed, scene, facts, text)


def _duty(
    plan: Plan,
    duty: Duty,
    word: str,
    typed: Typed,
    scene: Scene,
    facts: dict[str, str],
    text: str | None = None,
) -> list[Raw]:
    """What ``done DUTY`` writes. Raises Refused, with the line to type."""
    if duty.of_the_office != scene.case.is_logbook:
        raise _elsewhere(duty, scene)
    name, text = duty_name(word, scene), text or typed.text
    if typed.re or not duty.done_by:
        return [raw("done", typed, scene, duty=name, facts=facts, text=text)]
    open_ = [s for s in scene.standings if _is(s, plan, duty, name) and not s.over]
    to = [each for each in (open_[0].missing if open_ else _recipients(plan, duty, scene)) if each]
    for act in (act for moment in duty.done_by for act in acts_in(moment)):
        entry = _act(act, duty, to, typed, scene, facts, text)
        if entry is None:
            continue
        if "@" in name:
            # the act alone would count for the nearest due time, not for the one named
            tick = raw("done", Typed(by=typed.by), scene, at=scene.time(typed.at), duty=name)
            return [entry, tick | {"re": [ACT]}]
        return [entry]
    raise Refused(
        N_("{duty} is done by an act of its own, and the plan leaves some of it open"),
        hint=Said(
            N_("so: {line}, or count an earlier entry with --re"),
            {"line": to_type.line(case_name(scene.case), duty, plan, to=to)},
        ),
        duty=duty.id,
    )


ACT = "\0act"
"""Stands in ``re`` for the entry written just before, whose id is not yet drawn."""


def _is(standing: Standing, plan: Plan, duty: Duty, name: str) -> bool:
    if standing.plan.partition("@")[0] != plan.id or standing.item:
        return False
    if "@" in name:
        return standing.duty == name.rpartition("/")[2]
    return standing.duty.partition("@")[0] == duty.id


def _elsewhere(duty: Duty, scene: Scene) -> Refused:
    if scene.case.is_logbook:
        return Refused(
            N_("{duty} is owed in a case, not in the logbook"),
            hint=Said(N_("so: {line}"), {"line": f"yuqing done CASE {duty.id}"}),
            duty=duty.id,
        )
    return Refused(
        N_("{duty} is the office's own and is kept in the logbook"),
        hint=Said(N_("so: {line}"), {"line": f"yuqing tick {duty.id}"}),
        duty=duty.id,
    )


def _recipients(plan: Plan, duty: Duty, scene: Scene) -> tuple[str, ...]:
    if duty.to_any and len(duty.to_any) > 1:
        return ()
    world = world_of(scene.case, plan, scene.calendar, scene.now)
    return recipients_of(world.terms.of(duty.id), world, scene.now)


def _act(
    act: Act,
    duty: Duty,
    to: Sequence[str],
    typed: Typed,
    scene: Scene,
    facts: dict[str, str],
    text: str | None,
) -> Raw | None:
    """The act as the plan describes it, or ``None`` if something of it is the person's choice."""
    kind = act.kind if act.kind in KINDS else "event"
    has = KINDS[kind]
    fixed: Raw = {"facts": {**{n: vo.fact_text(v[0]) for n, v in act.facts.items() if v}, **facts}}
    for name, values in act.fields.items():
        if len(values) == 1:
            fixed[name] = [values[0]] if name in ("to", "from", "with") else values[0]
        elif not (name == "document" and typed.doc):
            return None
    if act.grades or any(len(values) != 1 for values in act.facts.values()):
        return None
    if kind == "event":
        fixed["event"] = act.kind
    if "to" in has.required and "to" not in fixed:
        if duty.to_any and len(duty.to_any) > 1:
            return None
        fixed["to"] = [each for each in to if each != "public"]
    if "to" in fixed and kind == "reported":
        # a group nobody of which is named yet stands for itself; one entry reaches all
        fixed["to"] = list(dict.fromkeys(fixed["to"]))
    if "signed_as" in has.required:
        fixed["signed_as"] = scene.office.sign or scene.office.name
    if typed.doc:
        fixed.pop("document", None)
    if "by" in fixed and typed.by:
        fixed.pop("by")
    plain = {f"{n}_" if n in ("from", "with") else n: v for n, v in fixed.items()}
    entry = raw(kind, typed, scene, text=text, **plain)
    lacking = any(name not in entry for name in (*has.required, *act.has)) or any(
        not any(name in entry for name in names) for names in has.one_of
    )
    return None if lacking else entry


def adjust(typed: Typed, scene: Scene) -> list[Raw]:
    """``adjust CASE DUTY|ITEM`` with ``--by``: moved, released, stopped or resumed."""
    if len(typed.words) != 1:
        raise needed(N_("one duty or item"), "yuqing adjust CASE DUTY|ITEM --due D --by ORGAN -b …")
    if not typed.by:
        raise Refused(N_("who allowed it? --by"))
    ways = [way for way in ("due", "release", "pause", "resume") if typed.option(way)]
    if len(ways) != 1:
        raise Refused(N_("exactly one of --due, --release, --pause, --resume"))
    if not (typed.because or typed.number):
        raise Refused(N_("an adjustment needs a reason: -b, or the number of the paper: -n"))
    at = scene.time(typed.at)
    unit = typed.option("unit")
    own: Raw = {
        ways[0]: scene.due(typed.option("due"), at) if ways[0] == "due" else "true",
        "unit": scene.organ(unit) if unit else None,
    }
    word = typed.words[0]
    if un.parse_duty(word, scene.plans, scene.now, scene.zone):
        own["duty"] = duty_name(word, scene)
    else:
        own["re"] = [_item(word, scene), *(scene.entry(each) for each in typed.re)]
    return [raw("adjusted", typed, scene, at=at, **own)]
