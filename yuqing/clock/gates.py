"""What must come first: the gates (前置) before an act, and whether it passed them.

A gate never stops a clock and never stops a record: an act before its gate counts, and is
marked *before approval* (plan format, 4.6 and 5.29; case format, 6).
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from yuqing.case import Case, Entry, effective
from yuqing.clock import world_of
from yuqing.clock.moments import acts_in, fits, occurrences
from yuqing.clock.world import LAST_PLACE, Mark, Round, World, mark
from yuqing.grade import holds
from yuqing.memo import remembered
from yuqing.plan import Act, ApprovedBy, Duty, Gate, Moment, Plan
from yuqing.span import Calendar, NoCalendar


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must have happened first. ``met``: the entry that did it.

    ``organs``: who may approve, where it is an approval; ``refused``: the latest word of
    these organs on this text was no, or only partly yes.
    """

    need: Moment
    organs: tuple[str, ...] = ()
    met: Entry | None = None
    refused: Entry | None = None
    happened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """One gate in force before one act."""

    plan: str
    gate: Gate
    steps: tuple[Step, ...]
    only_if: bool | None = True
    """The gate's own condition; unknown is not true."""
    asked: Entry | None = None
    """What put the text before its approver: the wait runs from here."""
    provisional: bool = False

    @property
    def cleared(self) -> bool:
        """Everything that must come first has come first."""
        return self.only_if is True and all(s.happened for s in self.steps)

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps that are still to come."""
        return tuple(s for s in self.steps if not s.happened)


def words_of(entry: Entry) -> tuple[frozenset[str], str | None]:
    """The exact words an act carries: digests of its files, and its text (NFC, line ends
    stripped)."""
    digests = frozenset(f.sha256 for f in entry.files if f.sha256)
    if entry.text is None:
        return digests, None
    lines = unicodedata.normalize("NFC", entry.text).splitlines()
    return digests, "\n".join(line.rstrip() for line in lines).strip()


def same_words(act: Entry, approval: Entry) -> bool:
    """Did this approval concern exactly the words of the act? An act without words: any."""
    digests, text = words_of(act)
    approved_digests, approved_text = words_of(approval)
    if not digests and text is None:
        return True
    if digests and digests <= approved_digests:
        return True
    return text is not None and text == approved_text


def clearances(
    case: Case, plans: Sequence[Plan], calendar: Calendar, act: Entry
) -> tuple[Clearance, ...]:
    """Every gate of any plan in force before ``act``, which may be in the log or about to be."""
    found = []
    for plan in plans:
        stand = _before((plan,)).get(_named(act), ())
        before = [gate for gate, acts in stand if any(fits(each, act) for each in acts)]
        if not before:
            continue  # as with most entries
        world = world_of(case, plan, calendar, act.at)
        when = mark(act) if act.place >= 0 else (act.at, LAST_PLACE)
        for gate in before:
            clearance = in_force(gate, world, when, act)
            if clearance is not None:
                found.append(clearance)
    return tuple(found)


def gated(case: Case, plans: Sequence[Plan]) -> list[Entry]:
    """The acts of a case, amendments counted, before which any gate stands at all."""
    kinds = _before(tuple(plans)).keys()
    return [entry for entry in effective(case) if _named(entry) in kinds]


def _named(entry: Entry) -> str:
    return (entry.event if entry.kind == "event" else entry.kind) or ""


@remembered
def _before(plans: tuple[Plan, ...]) -> dict[str, list[tuple[Gate, list[Act]]]]:
    """Kind of act → the gates that stand before acts of this kind, and which acts these are."""
    found: dict[str, list[tuple[Gate, list[Act]]]] = {}
    for gate in (gate for plan in plans for gate in plan.gates.values()):
        acts = acts_in(gate.before)
        for kind in dict.fromkeys(act.kind for act in acts):
            found.setdefault(kind, []).append((gate, [a for a in acts if a.kind == kind]))
    return found


def gates_of(duty: Duty, plan: Plan) -> tuple[Gate, ...]:
    """The gates of ``plan`` that stand before an act which would discharge ``duty``."""
    kinds = {a.kind for m in duty.done_by for a in acts_in(m)}
    return tuple(
        gate for gate in plan.gates.values()
        if any(a.kind in kinds and _agrees(duty, a.kind, gate) for a in acts_in(gate.before))
    )  # fmt: skip


def _agrees(duty: Duty, kind: str, gate: Gate) -> bool:
    """Would an act of the duty meet the gate? A gate that asks for more than the duty does (a
    press conference, where any publication will do) is told when such an act comes."""
    for mine in (a for m in duty.done_by for a in acts_in(m) if a.kind == kind):
        for theirs in (a for a in acts_in(gate.before) if a.kind == kind):
            asked = theirs.fields.keys()
            if asked <= mine.fields.keys() and all(
                set(mine.fields[n]) & set(theirs.fields[n]) for n in asked
            ):
                return True
    return False


def in_force(
    gate: Gate, world: World, when: Mark | None = None, act: Entry | None = None
) -> Clearance | None:
    """How the gate stands before ``act`` (or now); ``None`` if it is not in force."""
    at: Mark = when or (world.now.at, LAST_PLACE)
    rnd = next(r for r in reversed(world.rounds) if r.begin <= at)
    known, assumed = world.values(at, rnd)
    values = {**known, **assumed}
    day = at[0].astimezone(world.zone).date()
    try:
        held = holds(gate.when, world.plan, values, day=day, calendar=world.calendar)
        only_if = holds(gate.only_if, world.plan, known, day=day, calendar=world.calendar)
        bare = holds(gate.when, world.plan, known, day=day, calendar=world.calendar)
    except NoCalendar:
        held, only_if, bare = None, None, None
    if held is False:
        return None
    return Clearance(
        plan=world.plan.id,
        gate=gate,
        steps=tuple(_step(need, gate, world, rnd, at, act) for need in gate.needs),
        only_if=only_if,
        asked=_asked(gate, world, rnd, at),
        provisional=bare is None,
    )


def _step(need: Moment, gate: Gate, world: World, rnd: Round, at: Mark, act: Entry | None) -> Step:
    if isinstance(need, ApprovedBy):
        return _approval(need, gate, world, at, act)
    before = [o for o in occurrences(need, world, rnd) if o.order < at]
    if not before:
        return Step(need)
    return Step(need, met=before[0].entry, happened=True)


def _approval(need: ApprovedBy, gate: Gate, world: World, at: Mark, act: Entry | None) -> Step:
    """The latest word of these organs on this matter and this text, before the act."""
    last: Entry | None = None
    for entry in world.log:
        if entry.kind != "decided" or entry.matter != gate.id or mark(entry) >= at:
            continue
        if entry.by in need.organs and (act is None or same_words(act, entry)):
            last = entry
    if last is None:
        return Step(need, need.organs)
    agreed = last.outcome == "agreed"
    return Step(
        need, need.organs, met=last if agreed else None, refused=None if agreed else last,
        happened=agreed,
    )  # fmt: skip


def _asked(gate: Gate, world: World, rnd: Round, at: Mark) -> Entry | None:
    if gate.asked_by is None:
        return None
    before = [o for o in occurrences(gate.asked_by, world, rnd) if o.order < at]
    return before[-1].entry if before else None


def wait(clearance: Clearance, now: dt.datetime) -> dt.timedelta | None:
    """How long the text lay with its approvers: from asked to the last step, or until now."""
    if clearance.asked is None:
        return None
    steps = [s.met.at for s in clearance.steps if s.met is not None]
    end = max(steps) if steps and clearance.cleared else now
    return end - clearance.asked.at
