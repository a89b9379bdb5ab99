"""Rules about words and papers: figures stated, approval, numbers of people, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yuqing.case import Entry, current, typed_id
from yuqing.check import people
from yuqing.check.look import Finding, Look, at, name_of
from yuqing.clock.gates import Clearance, Step, clearances, gated
from yuqing.errors import Path, Said
from yuqing.plan import TRUTH, Act
from yuqing.words import N_


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
                params = {"stated": _shown(value), "known": _shown(was), "other": name_of(source)}
                yield Finding(at(entry, "facts", name), Said(key, {"fact": name, **params}))


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
            yield Finding(at(entry), Said(key))


def against_gates(look: Look) -> Iterator[Finding]:
    """Words or acts that went out before what the plan puts first."""
    case = current(look.case)
    for entry in gated(case, look.plans):
        for clearance in clearances(case, look.plans, look.calendar, entry):
            if not clearance.cleared:
                yield Finding(at(entry), _uncleared(look, entry, clearance))


def _uncleared(look: Look, entry: Entry, clearance: Clearance) -> Said:
    gate = clearance.gate
    missing = _joined([_missing(look, step) for step in clearance.missing])
    params = {"gate": gate.id, "clause": gate.clause, "missing": missing}
    if not clearance.missing:
        key = N_("against {gate} ({clause}): what it demands was not on record then")
        return Said(key, params)
    if entry.kind in ("published", "replied"):
        key = N_("not cleared by {gate} ({clause}); this text still lacked: {missing}")
        return Said(key, params)
    return Said(N_("before {gate} ({clause}) was passed; still lacking: {missing}"), params)


def _joined(several: Sequence[Said]) -> Said:
    """Sentences behind one another, each still to be put into the reader's language."""
    names = [f"step{n}" for n in range(len(several))]
    key = "; ".join(f"{{{name}}}" for name in names)
    return Said(key, dict(zip(names, several, strict=True)))


def _missing(look: Look, step: Step) -> Said:
    """The step in words of the plan: whose approval, or which act."""
    if step.organs:
        return Said("{words}", {"words": "/".join(_organ(look, organ) for organ in step.organs)})
    if not isinstance(step.need, Act):
        return Said("{words}", {"words": type(step.need).__name__.lower()})
    if step.need.kind == "convened":
        return Said(N_("the meeting"))
    values = [_organ(look, v) for several in step.need.fields.values() for v in several]
    return Said("{words}", {"words": " ".join((step.need.kind, *values))})


def _organ(look: Look, organ: str) -> str:
    known = (plan.organs.get(organ) for plan in look.plans)
    return next((each.name for each in known if each is not None), organ)


def phone_in_secret(look: Look) -> Iterator[Finding]:
    """A secret matter told by telephone."""
    if look.secret:
        for entry in look.log:
            if entry.form == "phone":
                yield Finding(at(entry, "form"), Said(N_("by telephone, in a secret case")))


_SPOKEN = ("text", "because", "source", "signed_as", "meeting", "matter", "by", "tags", "facts")


def person_data(look: Look) -> Iterator[Finding]:
    """Numbers, addresses and accounts of people: looked for in what stands in the file, amended
    or not, and in the papers that lie beside it."""
    yield from _people(look, ("title",), look.case.title)
    named: dict[str, Path] = {}
    for entry in look.case.log:
        for name in _SPOKEN:
            value = getattr(entry, name)
            if not value or (isinstance(value, str) and not people.found(value, look.own)):
                continue  # as with most
            yield from _people(look, at(entry, name), value)
        for place, paper in enumerate(entry.files):
            yield from _people(look, at(entry, "files", place), paper.path)
            named.setdefault(paper.path or "", at(entry, "files", place))
        for name, value in entry.set.items():
            if name in (*_SPOKEN, "title"):
                yield from _people(look, at(entry, "set", name), value)
    for file, rows in (look.papers or {}).items():
        for number, row in enumerate(rows, 1):
            for each in people.found(row, look.own):
                key = N_("{file}, line {line}: looks like {what}; write {mask} instead")
                params = {"file": file, "line": number, "what": Said(each.what), "mask": each.mask}
                yield Finding(named.get(file, ()), Said(key, params), "warning")


def _people(look: Look, path: Path, value: Any) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _people(look, (*path, name), each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _people(look, path, each)
    elif isinstance(value, str):
        for one in people.found(value, look.own):
            key = N_("looks like {what} ({mask}); person data is overwritten: {line}")
            params = {"what": Said(one.what), "mask": one.mask, "line": _redact(look, path)}
            yield Finding(path, Said(key, params), "finding" if one.sure else "warning")


def _redact(look: Look, path: Path) -> str:
    """The line to type; what no ``redact`` can reach is told in a chapter."""
    name = typed_id(look.case.id)
    if path == ("title",):
        return f"yuqing redact {name} head title -b … --by …"
    entry = look.case.log[int(path[1])]
    if entry.recorded is None or "set" in path or "files" in path:
        return "yuqing help erase"
    field = ".".join(str(part) for part in path[2:])
    return f"yuqing redact {name} {entry.id} {field} -b … --by …"


def files_as_recorded(look: Look) -> Iterator[Finding]:
    """The papers that the log names lie there, and are the same."""
    if look.files is None:
        return
    for entry in look.log:
        for place, paper in enumerate(entry.files):
            if paper.path is None:
                continue
            found = look.files.get(paper.path)
            path = at(entry, "files", place)
            if found is None:
                yield Finding(path, Said(N_("the file {path} is missing"), {"path": paper.path}))
            elif found != paper.sha256:
                key = N_("the file {path} is not the one that was recorded (digest differs)")
                yield Finding(path, Said(key, {"path": paper.path}))
