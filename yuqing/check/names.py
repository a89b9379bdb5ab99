"""Rules about names: what no plan and no office declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yuqing.check.look import Finding, Look, at
from yuqing.clock.moments import acts_in
from yuqing.errors import Path, Said
from yuqing.memo import remembered
from yuqing.plan import TRUTH, Plan
from yuqing.read.reading import nearest
from yuqing.words import N_


@dataclass(frozen=True, slots=True)
class _Sort:
    """Codes of one sort: what they are called, which are known."""

    what: str
    known: Mapping[str, str] = field(default_factory=dict)

    def find(self, code: str, path: Path) -> Iterator[Finding]:
        """Nothing, if it is known."""
        if code in self.known:
            return
        near = nearest(code, self.known)
        what = Said(self.what)
        if near is None:
            key = N_("the plan has no {what} `{name}`")
            yield Finding(path, Said(key, {"what": what, "name": code}))
        else:
            key = N_("the plan has no {what} `{name}`; did you mean `{near}`?")
            yield Finding(path, Said(key, {"what": what, "name": code, "near": near}))


@dataclass(frozen=True, slots=True)
class _Codes:
    """What the plans of a case declare."""

    facts: _Sort
    scales: _Sort
    levels: Mapping[str, _Sort]
    events: _Sort
    documents: _Sort
    duties: _Sort
    matters: _Sort


@remembered
def _codes(plans: tuple[Plan, ...]) -> _Codes:
    scales = _names(plans, "scales") | {TRUTH.id: ""}
    return _Codes(
        facts=_Sort(N_("fact"), _names(plans, "facts") | {"satisfied": ""}),
        scales=_Sort(N_("scale"), scales),
        levels={scale: _Sort(N_("level"), _levels(plans, scale)) for scale in scales},
        events=_Sort(N_("event"), _names(plans, "events")),
        documents=_Sort(N_("document"), _names(plans, "documents")),
        duties=_Sort(N_("duty"), _names(plans, "duties")),
        matters=_Sort(N_("gate"), _names(plans, "gates") | dict.fromkeys(_matters(plans), "")),
    )


def unknown_codes(look: Look) -> Iterator[Finding]:
    """Facts, scales, levels, events, papers and duties that no plan of the case declares."""
    if not look.plans:
        return
    codes = _codes(look.plans)
    for entry in look.log:
        for name in entry.facts:
            yield from codes.facts.find(name, at(entry, "facts", name))
        for scale, level in entry.grades.items():
            path = at(entry, "grades", scale)
            yield from codes.scales.find(scale, path)
            if scale in codes.levels:
                yield from codes.levels[scale].find(level, path)
        if entry.event is not None:
            yield from codes.events.find(entry.event, at(entry, "event"))
        if entry.document is not None:
            yield from codes.documents.find(entry.document, at(entry, "document"))
        matter, matters = entry.matter, codes.matters
        if matter and matter not in matters.known and nearest(matter, matters.known) is not None:
            # any word may be a matter; one that is nearly a gate was meant to be it
            yield from matters.find(matter, at(entry, "matter"))
        if entry.duty is not None and not _duty_known(look, entry.duty):
            whole, bare = entry.duty.split("@", 1)[0], _bare(entry.duty)
            # the duty is there, its plan not
            named = whole if bare in codes.duties.known else bare
            yield from codes.duties.find(named, at(entry, "duty"))


def _names(plans: Sequence[Plan], section: str) -> dict[str, str]:
    declared = [getattr(plan, section) for plan in plans]
    return {key: str(getattr(each, "name", "")) for d in declared for key, each in d.items()}


def _matters(plans: Sequence[Plan]) -> Iterator[str]:
    """Matters that a plan itself asks for, beside its gates."""
    for plan in plans:
        moments = [m for d in plan.duties.values() for m in (d.start, d.until, *d.done_by)]
        moments += [m for g in plan.gates.values() for m in (g.before, *g.needs)]
        for moment in moments:
            for act in acts_in(moment) if moment is not None else ():
                yield from act.fields.get("matter", ())


def _levels(plans: Sequence[Plan], scale: str) -> dict[str, str]:
    several = [plan.scales.get(scale) for plan in plans]
    found = {v.id: v.name for s in several if s is not None for v in s.levels}
    return found or {v.id: v.name for v in TRUTH.levels}


def scales_differ(look: Look) -> Iterator[Finding]:
    """Plans that call a scale alike share its grade, also where they mean other levels by it."""
    first: dict[str, Plan] = {}
    for place, plan in enumerate(look.plans):
        for name, scale in plan.scales.items():
            other = first.setdefault(name, plan)
            ours, theirs = ([v.id for v in s.levels] for s in (scale, other.scales[name]))
            if ours != theirs:
                key = N_(
                    "the plans {plan} and {other} share the scale {scale}, whose levels differ "
                    "({levels}; {others}): one grade is taken for both"
                )
                params = {"plan": plan.name, "other": other.name, "scale": scale.name or name}
                levels = {"levels": "、".join(ours), "others": "、".join(theirs)}
                yield Finding(("plans", place), Said(key, params | levels), "warning")


def _bare(duty: str) -> str:
    return duty.split("@", 1)[0].rpartition("/")[2]


def _duty_known(look: Look, duty: str) -> bool:
    plan_id = duty.split("@", 1)[0].rpartition("/")[0]
    plans = [p for p in look.plans if not plan_id or p.id == plan_id]
    return any(_bare(duty) in plan.duties for plan in plans)


def unknown_organs(look: Look) -> Iterator[Finding]:
    """A word that is no id of an organ is a finding; a Chinese name is only listed."""
    listed = set()
    for entry in look.log:
        for name, values in (
            ("by", (entry.by,)),
            ("to", entry.to),
            ("from", entry.from_),
            ("with", entry.with_),
            ("unit", (entry.unit,)),
        ):
            for organ in values:
                if organ is None or organ in look.organs or organ == look.post:
                    continue
                if organ.isascii():
                    near = nearest(organ, dict.fromkeys(look.organs, ""))
                    key = N_("no organ `{name}`")
                    if near is not None:
                        key = N_("no organ `{name}`; did you mean `{near}`?")
                    said = Said(key, {"name": organ, "near": near})
                    yield Finding(at(entry, name), said)
                elif organ not in listed and (name != "by" or look.post is not None):
                    listed.add(organ)
                    key = N_("{name} is in no list of organs; kept as written")
                    yield Finding(at(entry, name), Said(key, {"name": organ}), "notice")


def done_without_act(look: Look) -> Iterator[Finding]:
    """A bare tick for a duty whose act the plan describes: later clocks start at that act."""
    for entry in look.log:
        if entry.kind != "done" or entry.duty is None or entry.re:
            continue
        duty = _bare(entry.duty)
        if any(duty in plan.duties and plan.duties[duty].done_by for plan in look.plans):
            key = N_("`{duty}` has an act of its own; name the entry that was it with `re`")
            yield Finding(at(entry, "duty"), Said(key, {"duty": duty}))


def plan_edited(look: Look) -> Iterator[Finding]:
    """The plan file of a pinned version is not the one that was pinned."""
    files = {(plan.id, plan.version): plan for plan in look.plans}
    for place, pin in enumerate(look.case.plans):
        plan = files.get((pin.id, pin.version))
        if plan is not None and plan.digest and plan.digest != pin.digest:
            key = N_("{plan} was edited after this case pinned it; a change is a new version")
            yield Finding(("plans", place), Said(key, {"plan": plan.name}))
