"""``grade`` and ``approve``: what a person decides beside what the plan suggests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.scene import Raw, Scene, Typed, needed, raw, sort_words
from yuqing.cli.verbs import words_of
from yuqing.clock.moments import acts_in
from yuqing.errors import Refused, Said
from yuqing.grade import Grading, holds
from yuqing.grade import grade as weigh
from yuqing.plan import Gate, Plan, Scale, Value
from yuqing.variants import fold
from yuqing.words import N_

# --- grade -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weighed:
    """One scale by the facts: what they say, what was in force, and the plan that says so."""

    plan: Plan
    scale: Scale
    grading: Grading
    was: str | None


def weighed(scene: Scene, scale: str, facts: Mapping[str, str]) -> Weighed:
    """Grade ``scale`` by the facts of the case and those just typed. Raises ``KeyError``."""
    plan = next(each for each in scene.plans if scale in each.scales)
    values: dict[str, Value] = {**scene.values(plan), **_typed_facts(facts, scene)}
    values.pop(scale, None)  # what was chosen before decides nothing but `was`
    given = (e for e in reversed(scene.log) if scale in e.grades and not e.proposed)
    was = next((e.grades[scale] for e in given), None)
    grading = weigh(plan, values, scale=scale, was=was)
    return Weighed(plan, plan.scales[scale], grading, was)


def _typed_facts(facts: Mapping[str, str], scene: Scene) -> dict[str, Value]:
    return {n: vo.parse_fact(scene.words.facts[n], v) for n, v in facts.items()}


def grade(typed: Typed, scene: Scene) -> list[Raw]:
    """``grade CASE VALUE|SCALE=VALUE|FACT=VALUE…``: one entry, whatever scales it names.

    A grade that the facts suggest takes its article from the criterion that is met; one that
    differs needs a reason.
    """
    grades, facts = grade_words(typed, scene)
    if not grades:
        raise Refused(
            N_("which level?"), hint=Said(N_("criteria and questions: yuqing grade CASE, alone"))
        )
    clause = [*typed.clause]
    confirms: list[str] = []
    for scale, level in grades.items():
        seen = weighed(scene, scale, facts)
        articles = _articles(seen, level)
        if not (typed.because or typed.number):
            if _differs(seen.grading, level):
                raise _against(seen, level)
            if not articles and not typed.clause:
                raise Refused(
                    N_("{scale}={level}: the facts do not settle it, so say why with -b"),
                    scale=scale,
                    level=level,
                )
            clause += [each for each in articles if each not in clause]
        if not typed.option("propose"):
            confirms += _proposals(scene, scale, level)
    own: Raw = {
        "grades": grades,
        "facts": facts,
        "clause": clause,
        "proposed": "true" if typed.option("propose") else None,
    }
    if confirms and not typed.re:
        own["re"] = list(dict.fromkeys(confirms))
    return [raw("graded", typed, scene, **own)]


def grade_words(typed: Typed, scene: Scene) -> tuple[dict[str, str], dict[str, str]]:
    """The words of ``grade`` as grades and facts. Raises Refused."""
    grades: dict[str, str] = {}
    others: list[str] = []
    for word in typed.words:
        named = vo.parse_grade_word(word, scene.words)
        if named is None:
            others.append(word)
        elif grades.setdefault(named[0], named[1]) != named[1]:
            raise Refused(
                N_("{scale} stands twice: {first} and {second}"),
                scale=named[0],
                first=grades[named[0]],
                second=named[1],
            )
    facts, rest = sort_words(others, scene)
    if rest:
        raise vo.no_name(rest[0], scene.words.names(scales=True))
    return grades, facts


def _articles(seen: Weighed, level: str) -> list[str]:
    """Articles of the criteria met for this level; of the level itself by exclusion, or where
    the plan leaves the choice to a person."""
    met = [r.clause for r in seen.grading.reasons if r.level == level and r.clause]
    if met:
        return list(dict.fromkeys(met))
    chosen = next(each for each in seen.scale.levels if each.id == level)
    left = seen.grading.certain == level or all(each.when is None for each in seen.scale.levels)
    return [chosen.clause] if left and chosen.clause else []


def _differs(grading: Grading, level: str) -> bool:
    """Do the facts suggest another level? Nothing known suggests nothing."""
    suggested = grading.certain or grading.floor
    return (suggested is not None and suggested != level) or level not in grading.possible


def _against(seen: Weighed, level: str) -> Refused:
    suggested = seen.grading.certain or seen.grading.floor or "、".join(seen.grading.possible)
    articles = "、".join(_articles(seen, suggested)) if suggested in seen.grading.possible else ""
    return Refused(
        N_("the facts say {scale} {suggested} {clause}, not {level}"),
        hint=Said(N_("another level is yours to choose; say why with -b")),
        scale=seen.scale.id,
        suggested=suggested or "–",
        clause=f"({articles})" if articles else "",
        level=level,
    )


def _proposals(scene: Scene, scale: str, level: str) -> Iterator[str]:
    """The proposal that this grade confirms, if the latest word on the scale was one."""
    last = next((e for e in reversed(scene.log) if scale in e.grades), None)
    if last is not None and last.proposed and last.id and last.grades[scale] == level:
        yield last.id


# --- approve ---------------------------------------------------------------------------


def approve(typed: Typed, scene: Scene) -> list[Raw]:
    """``approve CASE BY[@TIME]…``: one ``decided`` per organ, for exactly this text."""
    facts, rest = sort_words(typed.words, scene)
    if not rest:
        raise needed(N_("who passed it"), "yuqing approve CASE BY[@TIME]… -f FILE")
    if typed.by:
        raise Refused(N_("--by is who approves, and stands as a word: {name}"), name=typed.by)
    back, form = typed.option("back"), typed.option("form")
    if back and not (typed.because or typed.number):
        raise Refused(N_("what is returned needs a reason: -b"))
    own: Raw = {
        "outcome": "refused" if back else "agreed",
        "form": vo.parse_choice("form", form) if form else None,
        "facts": facts,
    }
    own |= _words(typed, scene)
    worded = any((typed.text, typed.files, typed.number, own.get("text"), own.get("files")))
    at = scene.time(typed.at)
    found: list[tuple[dt.datetime, Raw]] = []
    for word in rest:
        name, when = un.split_time(word)
        organ = scene.organ(name)
        moment = scene.time(when) if when else at
        matter = _matter(organ, typed.option("matter"), scene)
        if matter in _texts(scene) and not worded:
            raise Refused(
                N_("which text? {organ} passes exactly these words"),
                hint=Said(
                    N_("name it with -f FILE or -m TEXT, or an earlier entry with --re ENTRY")
                ),
                organ=organ,
            )
        found.append(
            (moment, raw("decided", typed, scene, at=moment, by=organ, matter=matter, **own))
        )
    return [entry for _, entry in sorted(found, key=lambda each: each[0])]


def decide(typed: Typed, scene: Scene) -> list[Raw]:
    """``decide CASE MATTER agreed|refused|partly``: a gate of the plan, or any other matter."""
    facts, rest = sort_words(typed.words, scene)
    if len(rest) != 2:
        raise needed(N_("matter and outcome"), "yuqing decide CASE MATTER agreed --by ORGAN")
    form, outcome = typed.option("form"), vo.parse_choice("outcome", rest[1])
    if outcome != "agreed" and not (typed.because or typed.number):
        raise Refused(N_("{outcome} needs a reason: -b"), outcome=outcome)
    own: Raw = {
        "matter": _matter("", rest[0], scene),
        "outcome": outcome,
        "facts": facts,
        "form": vo.parse_choice("form", form) if form else None,
    }
    own |= _words(typed, scene)
    return [raw("decided", typed, scene, **own)]


def _words(typed: Typed, scene: Scene) -> Raw:
    """The text that is passed: typed, or that of the entry it is about."""
    if typed.text or typed.files or not typed.re:
        return {}
    entry_id = scene.entry(typed.re[0])
    entry = scene.case.entry(entry_id)
    return words_of(entry_id, scene) if entry and (entry.text or entry.files) else {}


def _texts(scene: Scene) -> set[str]:
    """Gates before an act that carries words."""
    return {
        gate.id
        for plan in scene.plans
        for gate in plan.gates.values()
        if any(act.kind in ("published", "replied", "requested") for act in acts_in(gate.before))
    }


def _matter(organ: str, typed: str | None, scene: Scene) -> str:
    """The gate that this organ passes: the one in force, else the only one of any level."""
    gates = [(plan, gate) for plan in scene.plans for gate in plan.gates.values()]
    if typed:
        known = {gate.id for _, gate in gates}
        exact = next((each for each in known if fold(each) == fold(typed)), None)
        return exact or typed.strip()
    naming = [(plan, gate) for plan, gate in gates if organ in approvers(gate)]
    standing = [gate.id for plan, gate in naming if in_force(gate, plan, scene)]
    for fitting in (standing, [gate.id for _, gate in naming]):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise Refused(
                N_("{organ} may pass any of: {names}"),
                hint=Said(N_("name the matter with --matter")),
                organ=organ,
                names="、".join(fitting),
            )
    raise Refused(
        N_("no gate of the plan is passed by {organ}"),
        hint=Said(
            N_("name the matter with --matter; gates: {names}"),
            {"names": "、".join(gate.id for _, gate in gates) or "–"},
        ),
        organ=organ,
    )


def approvers(gate: Gate) -> frozenset[str]:
    """Organs whose approval the gate asks for. A group passes as a group, not by a member."""
    return frozenset(
        organ
        for need in gate.needs
        for act in acts_in(need)
        if act.kind == "decided"
        for organ in act.fields.get("by", ())
    )


def in_force(gate: Gate, plan: Plan, scene: Scene) -> bool:
    """Does the gate stand now? Ungraded, it is asked of the worst level still possible."""
    return holds(gate.when, plan, scene.values(plan, worst=True)) is not False
