"""Cases and entries in words: state, grades, one line for each entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from yuqing import words
from yuqing.case import COMMON, KINDS, Entry, File, Pin, State
from yuqing.errors import Said
from yuqing.plan import Plan
from yuqing.screen import Naming, case_name, clean, short
from yuqing.variants import fold
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.cli.looking import View

STATES: Mapping[State, str] = {
    "foreseen": N_("foreseen"),
    "open": N_("open"),
    "calm": N_("calm"),
    "lifted": N_("lifted"),
    "closed": N_("closed"),
}
SECRECY: Mapping[str | None, str] = {"internal": N_("internal"), "secret": N_("secret")}
KIND_NAMES: Mapping[str, str] = {
    "occurred": N_("occurred"),
    "discovered": N_("discovered"),
    "activated": N_("plan activated"),
    "concluded": N_("concluded"),
    "calmed": N_("calmed"),
    "lifted": N_("lifted"),
    "relapsed": N_("relapsed"),
    "closed": N_("closed"),
    "reopened": N_("reopened"),
    "event": N_("event"),
    "noted": N_("noted"),
    "graded": N_("graded"),
    "reported": N_("reported"),
    "received": N_("received"),
    "convened": N_("convened"),
    "decided": N_("decided"),
    "assigned": N_("assigned"),
    "done": N_("done"),
    "published": N_("published"),
    "replied": N_("replied"),
    "requested": N_("requested"),
    "adjusted": N_("adjusted"),
    "amended": N_("amended"),
    "linked": N_("linked"),
}
FORM_NAMES: Mapping[str, str] = {
    "phone": N_("by phone"),
    "oral": N_("orally"),
    "written": N_("in writing"),
    "message": N_("by message"),
    "email": N_("by e-mail"),
    "fax": N_("by fax"),
    "secure": N_("by secure channel"),
    "visit": N_("by visit"),
    "meeting": N_("in a meeting"),
    "notice": N_("as a notice"),
    "post": N_("as a post"),
    "press-conference": N_("at a press conference"),
    "briefing": N_("at a briefing"),
    "interview": N_("in an interview"),
}
OUTCOMES: Mapping[str, str] = {
    "agreed": N_("agreed"),
    "refused": N_("refused"),
    "partly": N_("agreed in part"),
}
FLAGS: Mapping[str, str] = {
    "estimated": N_("time estimated"),
    "void": N_("void"),
    "release": N_("released"),
    "pause": N_("pause begins"),
    "resume": N_("pause ends"),
}


# --- cases -----------------------------------------------------------------------------


def state_words() -> dict[str, State]:
    """Every word for a state that may be typed, in any language, to the state."""
    spoken = {
        fold(words.say(name, language)): state
        for state, name in STATES.items()
        for language in words.LANGUAGES
    }
    return {**spoken, **{state: state for state in STATES}, "结案": "closed"}


def grades(view: View) -> dict[str, str]:
    """Scale to the value in force: the latest that was not a mere proposal."""
    found: dict[str, str] = {}
    for entry in view.log:
        if entry.kind == "graded" and not entry.proposed:
            found.update(entry.grades)
    return found


def has_grade(view: View, scale: str, value: str) -> bool:
    """Does the case stand at this value, given by id, name or alias?"""
    in_force = grades(view).get(scale)
    if in_force is None:
        return False
    for plan in view.plans:
        for level in plan.scales[scale].levels if scale in plan.scales else ():
            if level.id == in_force:
                known = (level.id, level.name, *level.aliases)
                return fold(value) in map(fold, known) or fold(level.name).startswith(fold(value))
    return value == in_force


def ranked(view: View) -> tuple[str, ...]:
    """Scales of the plans by which a matter ranks, in the plan's order."""
    return tuple(
        dict.fromkeys(name for p in view.plans for name, s in p.scales.items() if s.ordered)
    )


def level(view: View, language: str) -> str:
    """The ranks in force, in the plan's words; 未定级 where nobody has graded yet."""
    scales, in_force = ranked(view), grades(view)
    if not scales:
        return ""
    named = [view.naming.level(in_force[name], name) for name in scales if name in in_force]
    return " ".join(named) or words.say(N_("ungraded"), language)


def round_of(view: View) -> int:
    """1 + number of relapses."""
    return 1 + sum(entry.kind == "relapsed" for entry in view.log)


def ungraded(view: View, language: str) -> list[str]:
    """Why clocks are provisional, and what to type about it; nothing where they are not."""
    open_scales = [name for name in ranked(view) if name not in grades(view)]
    if not open_scales or not any(row.standing.provisional for row in view.owed()):
        return []
    return [
        words.say(
            N_(
                "{case} is not graded: the worst level still possible is assumed, provisionally;"
                " questions: {line}"
            ),
            language,
            case=case_name(view.case),
            line=f"yuqing grade {case_name(view.case)}",
        )
    ]


def unconfirmed(plans: Iterable[Plan], language: str) -> list[str]:
    """Plans whose readings the office has not made its own (口徑未經本單位認定)."""
    return [
        words.say(
            N_("plan {plan}: readings not confirmed by this office: {readings}"),
            language,
            plan=clean(plan.name),
            readings=" ".join(open_ones),
        )
        for plan in plans
        if (open_ones := [r.id for r in plan.readings.values() if not r.confirmed])
    ]


# --- entries ---------------------------------------------------------------------------


def entry_line(entry: Entry, naming: Naming, now: dt.datetime, language: str) -> str:
    """One entry: id, kind with form, who to whom, words, both times where they differ."""
    zone = now.tzinfo
    at = short(entry.at.astimezone(zone), now)
    parts = [entry.id or words.say(N_("by hand"), language), at]
    if entry.recorded is None:
        pass
    elif entry.recorded.astimezone(zone) - entry.at.astimezone(zone) >= dt.timedelta(minutes=1):
        written = entry.recorded.astimezone(zone)
        same_day = written.date() == entry.at.astimezone(zone).date()
        clock = f"{written:%H:%M}" if same_day else short(written, now)
        parts.append(words.say(N_("(written down {clock})"), language, clock=clock))
    parts.append(what(entry, naming, language))
    parts += [words.say(each, language) for each in details(entry, naming, language)]
    return "  ".join(parts)


def what(entry: Entry, naming: Naming, language: str) -> str:
    """Kind, form and both ends: ``reported by phone: 值班室 → 領導組``."""
    name = KIND_NAMES.get(entry.kind, entry.kind)
    if entry.kind == "event" and entry.event:
        name = next(
            (p.events[entry.event].name for p in naming.plans if entry.event in p.events),
            entry.event,
        )
    said = clean(words.say(name, language))
    if entry.form:
        form = words.say(FORM_NAMES.get(entry.form, entry.form), language)
        said = words.say(N_("{kind} {form}"), language, kind=said, form=form)
    others = entry.to or entry.with_
    ends = naming.organ(entry.by) if entry.by else ""
    if entry.from_:
        ends = naming.listed(entry.from_) + (f" → {ends}" if ends else "")
    elif others:
        ends = f"{ends} → {naming.listed(others)}".strip()
    return f"{said}  {ends}" if ends else said


_SAID: Mapping[str, str] = {
    "text": "{value}",
    "source": N_("source: {value}"),
    "facts": "{value}",
    "document": N_("document {value}"),
    "signed_as": N_("signed {value}"),
    "number": N_("no. {value}"),
    "because": N_("because: {value}"),
    "clause": N_("article {value}"),
    "due": N_("due {value}"),
    "until": N_("until {value}"),
    "set": "{value}",
    "files": "{value}",
    "links": "{value}",
    "tags": "{value}",
}
"""Fields that read well without their name; any other is shown as ``name=value``."""
_TOLD_ELSEWHERE = frozenset(
    ("kind", "at", "by", "recorded", "id", "form", "to", "from", "with", "event", "grades",
     "proposed", "matter", "outcome")
)  # fmt: skip


def details(entry: Entry, naming: Naming, language: str) -> list[Said]:
    """Whatever else the entry says, each as a sentence of its own."""
    said = [
        Said(
            N_("{name}: {value}"),
            {"name": clean(scale_name(naming, scale)), "value": naming.level(value, scale)},
        )
        for scale, value in entry.grades.items()
    ]
    if entry.proposed:
        said.append(Said(N_("proposed only")))
    if entry.matter:
        outcome = Said(OUTCOMES.get(entry.outcome or "", entry.outcome or ""))
        said.append(Said(N_("{name}: {value}"), {"name": clean(entry.matter), "value": outcome}))
    for name, held in fields(entry).items():
        if name in _TOLD_ELSEWHERE:
            continue
        shown = document(naming, held) if name == "document" else shown_value(held, language)
        if name in ("due", "until"):
            shown = shown.removesuffix(entry.at.isoformat()[-6:]).replace("T", " ")
        if held is True:
            said.append(Said(FLAGS.get(name, name)))
        elif name in _SAID:
            said.append(Said(_SAID[name], {"value": clean(shown)}))
        else:
            said.append(Said("{name}={value}", {"name": name, "value": clean(shown)}))
    return said


def shown_value(held: Any, language: str) -> str:
    """A field's value for people: yes and no are words, lists and mappings one line."""
    if isinstance(held, bool):
        return words.say(N_("yes") if held else N_("no"), language)
    if isinstance(held, Mapping):
        if "digest" in held:
            return f"{held['id']}@{held['version']}"
        if "sha256" in held or "kept" in held:
            return str(held.get("path") or " ".join(map(str, held.values())))
        return " ".join(f"{k}={shown_value(v, language)}" for k, v in held.items())
    if isinstance(held, list):
        return " ".join(shown_value(each, language) for each in held)
    return str(held)


def scale_name(naming: Naming, scale: str) -> str:
    """The plan's name of a scale, else its id."""
    names = (p.scales[scale].name for p in naming.plans if scale in p.scales)
    return next((name for name in names if name), scale)


def document(naming: Naming, document_id: str) -> str:
    """The plan's title of a document, else its id."""
    titles = (p.documents[document_id].title for p in naming.plans if document_id in p.documents)
    return next(titles, document_id)


def fields(entry: Entry) -> dict[str, Any]:
    """The fields that an entry has, under the names of the file, for ``show --json``."""
    names = dict.fromkeys((*COMMON, *KINDS[entry.kind].own))
    found: dict[str, Any] = {}
    for name in names:
        held = getattr(entry, name + "_" if name in ("from", "with") else name)
        if held in (None, (), False) or held == {}:
            continue
        found[name] = _plain(held)
    return found


def _plain(held: Any) -> Any:
    if isinstance(held, dt.datetime):
        return held.isoformat(timespec="minutes")
    if isinstance(held, dt.date):
        return held.isoformat()
    if isinstance(held, Pin):
        return {"id": held.id, "version": held.version, "digest": held.digest}
    if isinstance(held, File):
        parts = {n: getattr(held, n) for n in ("path", "sha256", "kept", "number")}
        return {n: v for n, v in parts.items() if v is not None}
    if isinstance(held, Mapping):
        return {k: _plain(v) for k, v in held.items()}
    if isinstance(held, tuple | list):
        return [_plain(v) for v in held]
    return held
