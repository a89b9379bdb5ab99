"""What a readable case says that it should not: findings, never a refusal to record.

:data:`RULES` is the whole list (case format, section 12). A rule is a function of what there is
to look at and answers with findings; none of them judges a person, and none says more than
the record does.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yuqing.case import Case, Entry, current, effective
from yuqing.clock import standings
from yuqing.clock.gates import Clearance, Step, clearances
from yuqing.errors import Path, Problem, Said, Severity
from yuqing.plan import TRUTH, Act, Organ, Plan
from yuqing.read.shapes import nearest
from yuqing.span import Calendar
from yuqing.words import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a rule may look at. ``log`` is the effective log, ordered by time."""

    case: Case
    log: tuple[Entry, ...]
    plans: tuple[Plan, ...]
    organs: frozenset[str]
    post: str | None
    files: Mapping[str, str | None] | None
    calendar: Calendar
    now: dt.datetime | None

    @property
    def secret(self) -> bool:
        """Is it a secret case now, amendments of the head included?"""
        return current(self.case).secrecy == "secret"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, at a path of the file."""

    path: Path
    said: Said
    severity: Severity = "finding"


Rule = Callable[[Look], Iterable[Finding]]


def check(
    case: Case,
    plans: Sequence[Plan],
    file: str = "",
    lines: Mapping[Path, int] | None = None,
    *,
    organs: Mapping[str, Organ] | None = None,
    post: str | None = None,
    files: Mapping[str, str | None] | None = None,
    calendar: Calendar | None = None,
    now: dt.datetime | None = None,
) -> tuple[Problem, ...]:
    """Everything that :data:`RULES` find, in the order of the file.

    ``lines``: path → line, as the tree has it; ``organs``: those of ``office.yaml``; ``post``:
    its duty post; ``files``: path inside the case's files folder → SHA-256 of what lies there
    (``None`` or absent: nothing does), or nothing at all where nobody looked. Without ``now``
    (aware) open duties of a closed case are not asked for.
    """
    known = {o for plan in plans for o in plan.organs} | {"public", "asker", *(organs or ())}
    look = Look(
        case=case,
        log=effective(case),
        plans=tuple(plans),
        organs=frozenset(known),
        post=post,
        files=files,
        calendar=calendar or Calendar(),
        now=now,
    )
    found = [
        Problem(
            file=file,
            line=_line(each.path, case, lines or {}),
            path=each.path,
            key=each.said.key,
            params=each.said.params,
            severity=each.severity,
        )
        for rule in RULES
        for each in rule(look)
    ]
    return tuple(sorted(found, key=lambda problem: problem.line))


def _line(path: Path, case: Case, lines: Mapping[Path, int]) -> int:
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    if len(path) > 1 and isinstance(path[1], int) and path[1] < len(case.log):
        return case.log[path[1]].line
    return 0


def _at(entry: Entry, *more: str | int) -> Path:
    return ("log", entry.place, *more)


def _name(entry: Entry) -> str:
    return entry.id or entry.kind


# --- times -----------------------------------------------------------------------------


def _minute(time: dt.datetime) -> dt.datetime:
    return time.replace(second=0, microsecond=0)


def no_recorded(look: Look) -> Iterator[Finding]:
    """An entry typed by hand that nobody saved yet."""
    for entry in look.case.log:
        if entry.recorded is None:
            yield Finding(_at(entry), Said(N_("no `recorded` yet; `yuqing save` adds it")))


def at_after_recorded(look: Look) -> Iterator[Finding]:
    """Written down before it happened, by its own statement."""
    for entry in look.log:
        known = entry.was_known or look.now
        if known is not None and _minute(entry.at) > known:
            key = N_("`at` lies after `recorded`; which of the two is right?")
            if entry.recorded is None:
                key = N_("`at` lies ahead of now")
            yield Finding(_at(entry, "at"), Said(key))


def recorded_backwards(look: Look) -> Iterator[Finding]:
    """The program's clock stood earlier than when it wrote the entry above."""
    latest: Entry | None = None
    for entry in look.case.log:
        if entry.recorded is None:
            continue
        if latest is not None and latest.recorded is not None and entry.recorded < latest.recorded:
            key = N_("recorded before {other}, which stands above it; the clock went backwards")
            yield Finding(_at(entry, "recorded"), Said(key, {"other": _name(latest)}))
        else:
            latest = entry


def moments_out_of_order(look: Look) -> Iterator[Finding]:
    """Occurred after it was discovered; calm before anybody knew; lifted what never was."""
    discovered = next((e for e in look.log if e.kind == "discovered"), None)
    started = False
    for entry in look.log:
        if entry.kind == "occurred" and discovered and entry.at > discovered.at:
            key = N_("occurred after {other}, when it was discovered")
            yield Finding(_at(entry, "at"), Said(key, {"other": _name(discovered)}))
            discovered = None  # the earliest counts; the later ones say nothing new
        elif entry.kind == "calmed" and (discovered is None or entry.at < discovered.at):
            if not any(e.kind == "discovered" and e.at <= entry.at for e in look.log):
                yield Finding(_at(entry, "at"), Said(N_("calm before it was discovered")))
        elif entry.kind == "lifted" and not started:
            key = N_("lifted, but nothing before it was graded or activated")
            yield Finding(_at(entry), Said(key))
        started = started or entry.kind == "activated" or _ranks(look, entry)


def _ranks(look: Look, entry: Entry) -> bool:
    """A grade in force on a scale that ranks: a level, a warning."""
    if entry.kind != "graded" or entry.proposed:
        return False
    sorting = {s.id for plan in look.plans for s in plan.scales.values() if not s.ordered}
    return any(scale not in sorting | {TRUTH.id} for scale in entry.grades)


def after_closed(look: Look) -> Iterator[Finding]:
    """Something happened in a case that was closed then."""
    closed: Entry | None = None
    for entry in look.log:
        if entry.kind in ("reopened", "relapsed"):
            closed = None
        elif entry.kind == "closed":
            closed = closed or entry
        elif closed is not None and entry.kind not in ("amended", "linked"):
            key = N_("happened after {other} closed the case")
            yield Finding(_at(entry), Said(key, {"other": _name(closed)}))


def closed_with_open_duties(look: Look) -> Iterator[Finding]:
    """Closed, and something with a limit is still owed. Words without figure never count."""
    closing: Entry | None = None
    for entry in look.log:
        if entry.kind in ("reopened", "relapsed"):
            closing = None
        elif entry.kind == "closed":
            closing = closing or entry
    if closing is None or look.now is None or not look.plans:
        return
    owed = standings(current(look.case), look.plans, look.calendar, look.now)
    names = [s.duty for s in owed if s.limit is not None and not s.over]
    if names:
        key = N_("closed with {count} open: {duties}")
        said = Said(key, {"count": len(names), "duties": ", ".join(dict.fromkeys(names))})
        yield Finding(_at(closing), said)


# --- names -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sort:
    """Codes of one sort: what they are called, which are known."""

    what: str
    known: Mapping[str, str] = field(default_factory=dict)

    def find(self, code: str, path: Path) -> Iterator[Finding]:
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


def unknown_codes(look: Look) -> Iterator[Finding]:
    """Facts, scales, levels, events, papers and duties that no plan of the case declares."""
    if not look.plans:
        return
    facts = _Sort(N_("fact"), _names(look, "facts") | {"satisfied": ""})
    scales = _Sort(N_("scale"), _names(look, "scales") | {TRUTH.id: ""})
    events = _Sort(N_("event"), _names(look, "events"))
    documents = _Sort(N_("document"), _names(look, "documents"))
    duties = _Sort(N_("duty"), _names(look, "duties"))
    for entry in look.log:
        for name in entry.facts:
            yield from facts.find(name, _at(entry, "facts", name))
        for scale, level in entry.grades.items():
            path = _at(entry, "grades", scale)
            yield from scales.find(scale, path)
            if scale in scales.known:
                yield from _Sort(N_("level"), _levels(look, scale)).find(level, path)
        if entry.event is not None:
            yield from events.find(entry.event, _at(entry, "event"))
        if entry.document is not None:
            yield from documents.find(entry.document, _at(entry, "document"))
        if entry.duty is not None and not _duty_known(look, entry.duty):
            whole, bare = entry.duty.split("@", 1)[0], _bare(entry.duty)
            named = whole if bare in duties.known else bare  # the duty is there, its plan not
            yield from duties.find(named, _at(entry, "duty"))


def _names(look: Look, section: str) -> dict[str, str]:
    declared = [getattr(plan, section) for plan in look.plans]
    return {key: str(getattr(each, "name", "")) for d in declared for key, each in d.items()}


def _levels(look: Look, scale: str) -> dict[str, str]:
    several = [plan.scales.get(scale) for plan in look.plans]
    found = {v.id: v.name for s in several if s is not None for v in s.levels}
    return found or {v.id: v.name for v in TRUTH.levels}


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
                    yield Finding(_at(entry, name), said)
                elif organ not in listed and (name != "by" or look.post is not None):
                    listed.add(organ)
                    key = N_("{name} is in no list of organs; kept as written")
                    yield Finding(_at(entry, name), Said(key, {"name": organ}), "notice")


def done_without_act(look: Look) -> Iterator[Finding]:
    """A bare tick for a duty whose act the plan describes: later clocks start at that act."""
    for entry in look.log:
        if entry.kind != "done" or entry.duty is None or entry.re:
            continue
        duty = _bare(entry.duty)
        if any(duty in plan.duties and plan.duties[duty].done_by for plan in look.plans):
            key = N_("`{duty}` has an act of its own; name the entry that was it with `re`")
            yield Finding(_at(entry, "duty"), Said(key, {"duty": duty}))


def plan_edited(look: Look) -> Iterator[Finding]:
    """The plan file of a pinned version is not the one that was pinned."""
    files = {(plan.id, plan.version): plan for plan in look.plans}
    for place, pin in enumerate(look.case.plans):
        plan = files.get((pin.id, pin.version))
        if plan is not None and plan.digest and plan.digest != pin.digest:
            key = N_("{plan} was edited after this case pinned it; a change is a new version")
            yield Finding(("plans", place), Said(key, {"plan": plan.name}))


# --- words, figures, approval ----------------------------------------------------------


def stated_differently(look: Look) -> Iterator[Finding]:
    """A figure told to the public is not the one that the record had then."""
    record: dict[str, tuple[Any, Entry]] = {}
    for entry in look.log:
        if entry.kind not in ("published", "replied"):
            record |= {name: (value, entry) for name, value in entry.facts.items()}
            continue
        for name, value in entry.facts.items():
            if name in record and record[name][0] != value:
                was, source = record[name]
                key = N_("{fact} stated as {stated}; the record had {known} ({other})")
                params = {"stated": _shown(value), "known": _shown(was), "other": _name(source)}
                yield Finding(_at(entry, "facts", name), Said(key, {"fact": name, **params}))


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def requested_without_finding(look: Look) -> Iterator[Finding]:
    """A request to correct (or a referral) with nothing on record that a statement is untrue."""
    truth: str | None = None
    for entry in look.log:
        if entry.kind == "graded" and not entry.proposed:
            truth = entry.grades.get(TRUTH.id, truth)
        elif entry.kind == "requested" and truth not in ("untrue", "partly"):
            key = N_("requested without a finding before it: truth untrue or partly")
            yield Finding(_at(entry), Said(key))


def against_gates(look: Look) -> Iterator[Finding]:
    """Words or acts that went out before what the plan puts first."""
    case = current(look.case)
    for entry in look.log:
        for clearance in clearances(case, look.plans, look.calendar, entry):
            if not clearance.cleared:
                yield Finding(_at(entry), _uncleared(look, entry, clearance))


def _uncleared(look: Look, entry: Entry, clearance: Clearance) -> Said:
    gate = clearance.gate
    missing = "; ".join(_missing(look, step) for step in clearance.missing)
    params = {"gate": gate.id, "clause": gate.clause, "missing": missing}
    if not missing:
        key = N_("against {gate} ({clause}): what it demands was not on record then")
        return Said(key, params)
    if entry.kind in ("published", "replied"):
        key = N_("not cleared by {gate} ({clause}); this text still lacked: {missing}")
        return Said(key, params)
    return Said(N_("before {gate} ({clause}) was passed; still lacking: {missing}"), params)


def _missing(look: Look, step: Step) -> str:
    """The step in words of the plan: whose approval, or which act."""
    if step.organs:
        return "/".join(_organ(look, organ) for organ in step.organs)
    if isinstance(step.need, Act):
        values = [_organ(look, v) for several in step.need.fields.values() for v in several]
        return " ".join((step.need.kind, *values))
    return type(step.need).__name__.lower()


def _organ(look: Look, organ: str) -> str:
    known = (plan.organs.get(organ) for plan in look.plans)
    return next((each.name for each in known if each is not None), organ)


def phone_in_secret(look: Look) -> Iterator[Finding]:
    """A secret matter told by telephone."""
    if look.secret:
        for entry in look.log:
            if entry.form == "phone":
                yield Finding(_at(entry, "form"), Said(N_("by telephone, in a secret case")))


_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d{4}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_SPOKEN = ("text", "because", "source", "signed_as", "meeting", "matter", "by", "tags", "facts")


def person_data(look: Look) -> Iterator[Finding]:
    """Numbers of people: looked for in what stands in the file, amended or not."""
    yield from _numbers(("title",), look.case.title)
    for entry in look.case.log:
        for name in _SPOKEN:
            yield from _numbers(_at(entry, name), getattr(entry, name))
        for place, paper in enumerate(entry.files):
            yield from _numbers(_at(entry, "files", place), paper.path)
        for name, value in entry.set.items():
            if name in (*_SPOKEN, "title"):
                yield from _numbers(_at(entry, "set", name), value)


def _numbers(path: Path, value: Any) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _numbers((*path, name), each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _numbers(path, each)
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value)
        key = N_("looks like {what} ({shown}); person data is overwritten and amended, see help")
        for what, pattern in (
            (N_("an identity number"), _ID_NUMBER),
            (N_("a mobile number"), _MOBILE),
        ):
            for match in pattern.finditer(text):
                shown = f"{match.group()[:3]}…{match.group()[-2:]}"
                yield Finding(path, Said(key, {"what": Said(what), "shown": shown}))


# --- surroundings ----------------------------------------------------------------------


def files_as_recorded(look: Look) -> Iterator[Finding]:
    """The papers that the log names lie there, and are the same."""
    if look.files is None:
        return
    for entry in look.log:
        for place, paper in enumerate(entry.files):
            if paper.path is None:
                continue
            found = look.files.get(paper.path)
            path = _at(entry, "files", place)
            if found is None:
                yield Finding(path, Said(N_("the file {path} is missing"), {"path": paper.path}))
            elif found != paper.sha256:
                key = N_("the file {path} is not the one that was recorded (digest differs)")
                yield Finding(path, Said(key, {"path": paper.path}))


_MOMENTS = (
    "occurred", "discovered", "activated", "concluded", "calmed", "lifted", "relapsed",
    "closed", "reopened", "graded",
)  # fmt: skip


def in_logbook(look: Look) -> Iterator[Finding]:
    """A logbook holds one month's routine: no moments, no grades, no other month."""
    if not look.case.is_logbook:
        return
    month = look.case.id.removeprefix("LOG-")
    for entry in look.log:
        if entry.kind in _MOMENTS:
            key = N_("a logbook holds no `{kind}`; open a case for it")
            yield Finding(_at(entry), Said(key, {"kind": entry.kind}))
        elif f"{entry.at:%Y-%m}" != month and entry.kind not in ("amended", "linked"):
            key = N_("belongs into the logbook of {month}")
            yield Finding(_at(entry, "at"), Said(key, {"month": f"{entry.at:%Y-%m}"}))


RULES: tuple[Rule, ...] = (
    no_recorded,
    at_after_recorded,
    recorded_backwards,
    moments_out_of_order,
    after_closed,
    closed_with_open_duties,
    unknown_codes,
    unknown_organs,
    done_without_act,
    plan_edited,
    stated_differently,
    requested_without_finding,
    against_gates,
    phone_in_secret,
    person_data,
    files_as_recorded,
    in_logbook,
)
"""Every finding that ``check`` names, one function each."""
