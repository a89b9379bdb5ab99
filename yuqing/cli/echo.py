"""What a writing command says back: the entry as understood, what it changed, what ails it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yuqing import words
from yuqing.case import Entry
from yuqing.check import Look
from yuqing.check.names import scales_differ
from yuqing.check.public import PUBLIC, cause_too_early, stated_nowhere
from yuqing.check.words import (
    files_as_recorded,
    person_data,
    requested_without_finding,
    stated_differently,
)
from yuqing.cli import told
from yuqing.cli import understand as un
from yuqing.cli.judging import Weighed, approvers, in_force
from yuqing.cli.looking import nearest
from yuqing.cli.scene import Scene
from yuqing.clock import Standing
from yuqing.clock.gates import clearances
from yuqing.clock.moments import acts_in, fits
from yuqing.errors import Said
from yuqing.grade import question
from yuqing.plan import Act, Value
from yuqing.screen import Naming, Row, case_name, cells, clauses, clean, short, tell
from yuqing.words import N_

TWICE = dt.timedelta(minutes=10)
"""Two acts with the same fields, so near to each other, may be one."""
MOST = 8
"""So many new limits are printed; the rest is `due`'s to show."""


def lines(
    scene: Scene,
    after: Scene,
    entries: Sequence[Entry],
    naming: Naming,
    *,
    opened: bool,
    papers: Mapping[str, tuple[str, ...]] | None = None,
    files: Mapping[str, str | None] | None = None,
) -> list[str]:
    """Every line of the echo. ``scene``: before the act; ``after``: with ``entries`` in the log;
    ``papers``: rows of the text papers of the case; ``files``: digests of what lies there."""
    language, now = scene.language, scene.now
    name = case_name(after.case)
    found = [f"{name}  {told.entry_line(each, naming, now, language)}" for each in entries]
    said = [
        *amended(scene, entries, naming),
        *(() if opened else _changed(scene, after, naming)),
        *_nearest(after, naming),
        *_problems(scene, after, entries, naming),
        *_checked(after, entries, papers, files),
    ]
    return found + ["  " + tell(each, now, language).rstrip() for each in said]


# --- what changed ----------------------------------------------------------------------


def _key(standing: Standing) -> tuple[object, ...]:
    return (
        standing.plan, standing.duty, standing.item, standing.round, standing.for_,
        standing.started_by,
    )  # fmt: skip


def _figures(standing: Standing) -> tuple[object, ...]:
    return (standing.limit, standing.target, standing.local, standing.provisional)


def _changed(scene: Scene, after: Scene, naming: Naming) -> Iterator[Said]:
    """Duties met, recipients still to reach, new limits."""
    language, now = scene.language, scene.now
    before = {_key(each): each for each in scene.standings}
    # a clock that had not started has no starting entry yet
    waiting = {_key(s)[:-1]: s for s in scene.standings if s.started_by is None}
    limits: list[str] = []
    for each in after.standings:
        old = before.get(_key(each)) or waiting.get(_key(each)[:-1])
        if each.over and not (old and old.over):
            if each.state in ("met", "met_late", "released"):
                yield _met(each, now)
        elif not each.over and old and set(each.missing) < set(old.missing):
            left = [organ for organ in each.missing if organ != "public"]
            if left:
                yield Said(
                    N_("{does}: still to reach {organs}"),
                    {"does": each.does, "organs": naming.listed(left)},
                )
        if each.over or (old and _figures(old) == _figures(each)):
            continue
        if each.limit or each.target or each.local:
            cell = cells(Row(each, after.case, naming), now, language)
            limits.append("  ".join(part for part in cell[2:] if part))
    for line in limits[:MOST]:
        yield Said("{line}", {"line": line})
    if len(limits) > MOST:
        yield Said(
            N_("and {n} more: yuqing due {case}"),
            {"n": len(limits) - MOST, "case": case_name(after.case)},
        )


def _met(standing: Standing, now: dt.datetime) -> Said:
    does = standing.does
    if "@" in standing.duty and standing.limit:  # which of its due times
        does = f"{does} ({short(standing.limit, now, end=True)})"
    params: dict[str, Any] = {
        "does": does,
        "at": short(standing.done, now) if standing.done else "",
        "clause": clauses(standing, plan=False),
    }
    if standing.state == "released":
        return Said(N_("released: {does}  {clause}"), {k: params[k] for k in ("does", "clause")})
    if standing.state == "met_late" and standing.limit:
        limit = short(standing.limit, now, end=True)
        return Said(
            N_("done after its limit: {does}  {at}, limit {limit}  {clause}"),
            params | {"limit": limit},
        )
    return Said(N_("done: {does}  {at}  {clause}"), params)


def _nearest(after: Scene, naming: Naming) -> Iterator[Said]:
    """What is late, the worst of it by name, and the next figure ahead."""
    rows = [
        Row(each, after.case, naming)
        for each in after.standings
        if not each.over and (each.limit or each.target)
    ]
    late = [row for row in rows if row.standing.state == "overdue"]
    ahead = [
        row
        for row in rows
        if any(m and m >= after.now for m in (row.standing.limit, row.standing.target))
    ]

    def line(some: Sequence[Row]) -> str:
        first = nearest(some, after.now)[0]
        return "  ".join(part for part in cells(first, after.now, after.language)[2:] if part)

    if len(late) > 1:
        yield Said(N_("late, and {n} more: {line}"), {"line": line(late), "n": len(late) - 1})
    elif late:
        yield Said(N_("late: {line}"), {"line": line(late)})
    if ahead:
        yield Said(N_("nearest: {line}"), {"line": line(ahead)})


def amended(scene: Scene, entries: Sequence[Entry], naming: Naming) -> Iterator[Said]:
    """Old and new value of every field that an amendment sets."""
    from yuqing.read.splice import entry_fields

    for entry in entries:
        if entry.kind != "amended" or not entry.of:
            continue
        old_entry = next((e for e in scene.log if e.id == entry.of), None)
        if entry.void:
            yield Said(
                N_("taken out: {entry}"), {"entry": _one_line(old_entry, scene, naming, entry.of)}
            )
            continue
        new = entry_fields(entry)["set"]
        fields: dict[str, Any] = (
            {"title": scene.case.title, "secrecy": scene.case.secrecy,
             "plans": [f"{p.id}@{p.version}" for p in scene.case.plans]}
            if entry.of == "head"
            else entry_fields(old_entry) if old_entry else {}
        )  # fmt: skip
        for name, value in new.items():
            yield Said(
                N_("{entry} {field}: {old} → {new}"),
                {
                    "entry": entry.of,
                    "field": name,
                    "old": _shown(fields.get(name), scene.language),
                    "new": _shown(value, scene.language),
                },
            )


def _one_line(entry: Entry | None, scene: Scene, naming: Naming, name: str) -> str:
    return told.entry_line(entry, naming, scene.now, scene.language) if entry else name


def _shown(value: Any, language: str) -> str:
    if value in (None, [], {}):
        return "–"
    if isinstance(value, list) and value and isinstance(value[0], dict) and "version" in value[0]:
        return " ".join(f"{each['id']}@{each['version']}" for each in value)
    return told.shown_value(value, language)


# --- what ails it ----------------------------------------------------------------------


def _problems(
    scene: Scene, after: Scene, entries: Sequence[Entry], naming: Naming
) -> Iterator[Said]:
    """What the plan would have had otherwise. Recorded all the same, and labelled."""
    if not scene.case.is_logbook:
        for entry in entries:
            yield from _uncleared(after, entry, naming)
            yield from _strangers(scene, entry, naming)
            yield from _graders(scene, entry, naming)
            yield from _too_early(after, entry)
            yield from _other_gate(after, entry, naming)
            yield from _twice(scene, entry)
    # what a clock had to say when it began stands beside it; here is what the act changed
    known = {_key(each): each.notes for each in scene.standings}
    for each in after.standings:
        for note in each.notes:
            if _key(each) in known and note not in known[_key(each)]:
                yield Said(N_("{does}: {note}"), {"does": each.does, "note": note})


def _uncleared(after: Scene, entry: Entry, naming: Naming) -> Iterator[Said]:
    for gate in clearances(after.case, after.plans, after.calendar, entry):
        if gate.cleared:
            continue
        organs = "; ".join(
            words.say(N_(" or "), after.language).join(naming.organ(o) for o in step.organs)
            for step in gate.missing
            if step.organs
        )
        params = {"gate": gate.gate.id, "clause": gate.gate.clause}
        if organs:
            key = N_("before approval: {organs} had not passed exactly this ({gate} {clause})")
            if entry.kind in PUBLIC:
                key = N_(
                    "published before approval: {organs} had not passed exactly this "
                    "({gate} {clause})"
                )
            yield Said(key, params | {"organs": organs})
        for need in (step.need for step in gate.missing if not step.organs):
            met = isinstance(need, Act) and need.kind == "convened"
            what = Said(N_("the meeting")) if met else gate.gate.does or gate.gate.id
            key = N_("out of order: {what} comes first ({gate} {clause})")
            yield Said(key, params | {"what": what})
        if gate.only_if is not True:
            yield Said(
                N_("the plan has this only under a condition not recorded ({gate} {clause})"),
                params,
            )


_AT_ONCE = (
    stated_differently, stated_nowhere, cause_too_early, requested_without_finding, person_data,
    files_as_recorded, scales_differ,
)  # fmt: skip
"""Rules of ``check`` that are told while the words can still be put right."""


def _checked(
    after: Scene,
    entries: Sequence[Entry],
    papers: Mapping[str, tuple[str, ...]] | None,
    files: Mapping[str, str | None] | None,
) -> Iterator[Said]:
    """What ``check`` will say about these very entries and their papers."""
    look = Look(
        case=after.case,
        log=after.log,
        plans=after.plans,
        organs=frozenset(after.organs),
        post=after.office.post,
        files=files,
        calendar=after.calendar,
        now=after.now,
        papers=papers,
        own=after.office.own_accounts,
    )
    ours = {("log", entry.place) for entry in entries}
    opens = ("log", 0) in ours
    for rule in _AT_ONCE:
        for found in rule(look):
            if found.path[:2] in ours or (opens and found.path[0] in ("title", "plans")):
                yield found.said


def _too_early(after: Scene, entry: Entry) -> Iterator[Said]:
    """It fits a duty that waits for its start: before that it does not count."""
    for each in after.standings:
        plan = next((p for p in after.plans if p.id == each.plan.partition("@")[0]), None)
        duty = plan.duties.get(each.duty) if plan and each.state == "waiting" else None
        if duty is None or (each.missing and entry.to and not set(each.missing) & {*entry.to}):
            continue
        if any(fits(act, entry) for moment in duty.done_by for act in acts_in(moment)):
            yield Said(
                N_("{does}: its start has not happened yet, so this does not count for it"),
                {"does": each.does},
            )


def _strangers(scene: Scene, entry: Entry, naming: Naming) -> Iterator[Said]:
    """Names that neither plan nor office declares: kept, and said."""
    named = [*entry.to, *entry.from_, *entry.with_]
    unknown = [n for n in named if n not in scene.organs and n not in un.EVERYBODY]
    if unknown:
        yield Said(
            N_("not an organ of plan or office, kept as written: {names}"),
            {"names": naming.listed(unknown)},
        )
        yield from _meant(scene, entry, unknown)
    office = scene.office
    if entry.signed_as and office.signing_units:
        known = {office.name, office.sign, *office.signing_units}
        if entry.signed_as not in known and entry.signed_as not in scene.organs:
            yield Said(
                N_("not a signing unit of office.yaml, kept as written: {name}"),
                {"name": entry.signed_as},
            )


def _meant(scene: Scene, entry: Entry, unknown: Sequence[str]) -> Iterator[Said]:
    """A slip of the pen in a name would leave the duty open: the nearest, as a line to type."""
    names = {key: (each.name, *each.aliases) for key, each in scene.organs.items()}
    near = {name: key for name in unknown if (key := un.alike(name, names))}
    for field, value in (("to", entry.to), ("from", entry.from_), ("with", entry.with_)):
        if entry.id and set(value) & near.keys():
            said = ",".join(near.get(each, each) for each in value)
            line = f"yuqing amend {case_name(scene.case)} {entry.id} {field}={said} -b …"
            yield Said(N_("a slip? then: {line}"), {"line": line})


def _other_gate(after: Scene, entry: Entry, naming: Naming) -> Iterator[Said]:
    """Passed for a level that the case does not have: at this one others have to pass it."""
    for plan in after.plans:
        gate = plan.gates.get(entry.matter or "") if entry.kind == "decided" else None
        if gate is None or in_force(gate, plan, after):
            continue
        for other in plan.gates.values():
            if other.before == gate.before and in_force(other, plan, after):
                yield Said(
                    N_("{gate} is of another level; at this one {organs} pass it ({other} {clause})"),
                    {
                        "gate": gate.id, "other": other.id, "clause": other.clause,
                        "organs": naming.listed([o for o in plan.organs if o in approvers(other)]),
                    },
                )  # fmt: skip


def _twice(scene: Scene, entry: Entry) -> Iterator[Said]:
    """The same act within ten minutes: the key that was pressed twice."""
    said = _said(entry)
    for each in scene.log:
        if abs(each.at - entry.at) <= TWICE and _said(each) == said:
            line = f"yuqing amend {case_name(scene.case)} {entry.id} --void -b …"
            yield Said(
                N_("{entry} says the same already; if this was typed twice: {line}"),
                {"entry": each.id or "–", "line": line},
            )
            return


def _said(entry: Entry) -> dict[str, Any]:
    own = told.fields(entry)
    return {name: own[name] for name in own if name not in ("at", "id", "recorded")}


def _graders(scene: Scene, entry: Entry, naming: Naming) -> Iterator[Said]:
    """The plan names who confirms a grade, and it is somebody else."""
    for name in entry.grades:
        scale = scene.words.scales.get(name)
        if (
            scale
            and scale.confirmed_by
            and not entry.proposed
            and entry.by not in scale.confirmed_by
        ):
            yield Said(
                N_("the plan has {scale} confirmed by {organs}; a proposal is `--propose`"),
                {"scale": scale.name or name, "organs": naming.listed(scale.confirmed_by)},
            )


# --- criteria and questions ------------------------------------------------------------


def grading_lines(found: Sequence[Weighed], naming: Naming, language: str) -> list[str]:
    """What the facts say about each scale, why, and what would settle it."""
    said: list[Said] = []
    for seen in found:
        said += _grading(seen, naming)
    return [words.say(each, language) for each in said]


def _grading(seen: Weighed, naming: Naming) -> Iterator[Said]:
    grading, scale = seen.grading, seen.scale

    def level(level_id: str) -> str:
        return naming.level(level_id, scale.id)

    head = {"scale": clean(scale.name or scale.id), "was": level(seen.was) if seen.was else "–"}
    if grading.certain:
        yield Said(N_("{scale}: {level} (now {was})"), head | {"level": level(grading.certain)})
    elif any(each.when is not None for each in scale.levels):
        names = "、".join(level(each) for each in grading.possible)
        yield Said(
            N_("{scale}: still possible {levels} (now {was})"), head | {"levels": names or "–"}
        )
    else:
        names = "、".join(f"{each.id} {level(each.id)}" for each in scale.levels)
        yield Said(
            N_("{scale}: for a person to choose: {levels} (now {was})"), head | {"levels": names}
        )
    for reason in grading.reasons:
        yield Said(
            N_("  {level} is met: {facts}  {clause}"),
            {
                "level": level(reason.level),
                "facts": " ".join(_ask(seen, name)[0] for name in reason.facts),
                "clause": clean(reason.clause or ""),
            },
        )
    for level_id, sets in grading.questions.items():
        for names_ in sets[:4]:
            asks = "; ".join(f"{name} {clean(_ask(seen, name)[1])}" for name in names_)
            yield Said(
                N_("  {level} would need: {facts}"), {"level": level(level_id), "facts": asks}
            )


def _ask(seen: Weighed, name: str) -> tuple[str, str, tuple[Value, ...]]:
    asked = question(seen.plan, name)
    return asked.name, asked.ask, asked.answers


def grading_item(seen: Weighed) -> dict[str, Any]:
    """One scale as programs get it."""
    return {
        "scale": seen.scale.id,
        "plan": seen.plan.name,
        "was": seen.was,
        "certain": seen.grading.certain,
        "possible": list(seen.grading.possible),
        "reasons": [
            {"level": r.level, "clause": r.clause, "facts": list(r.facts)}
            for r in seen.grading.reasons
        ],
        "questions": [
            {
                "level": level,
                "facts": [
                    dict(zip(("name", "ask", "answers"), _ask(seen, name), strict=True))
                    for name in names
                ],
            }
            for level, sets in seen.grading.questions.items()
            for names in sets
        ],
    }
