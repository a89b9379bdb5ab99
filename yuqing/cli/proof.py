"""Commands for the auditor: ``audit``, ``history`` and ``seal``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import git, screen, store, words
from yuqing.case import Case
from yuqing.cli import looking
from yuqing.cli.chronicle import commit_line, history_of, pasts_of, read_history, seal, tell
from yuqing.cli.context import Session, session
from yuqing.cli.looking import View
from yuqing.errors import Failure, Problem, Refused, Said
from yuqing.screen import Row
from yuqing.words import N_

if TYPE_CHECKING:  # reading history costs a start that every other command would pay
    from yuqing.audit import Found, Past, Receipt, Verdict, Witness
    from yuqing.store.history import History


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command(
        "audit", help=N_("Per duty: limit, stated, recorded, two answers; what was changed since.")
    )(_audit)
    app.command("history", help=N_("Every change of a case, from → to, with its commit."))(
        history_of
    )
    app.command("seal", help=N_("The code of a case, or of everything; verify CODE looks it up."))(
        seal
    )


RECORD: Mapping[str, str] = {
    "on_time": N_("on time"),
    "stated_on_time": N_("stated on time, entered afterwards"),
    "late": N_("late by own statement"),
    "nothing": N_("nothing recorded"),
    "contradiction": N_("record contradicts itself"),
    "basis_changed": N_("basis changed"),
    "not_due": N_("not due yet"),
    "waiting": N_("start not yet happened"),
    "released": N_("released"),
    "ended": N_("no longer owed"),
    "done": N_("done"),
    "not_done": N_("not done"),
    "incomplete": N_("cannot be computed"),
}
"""What the record says, in words; the same as in documents."""

_AGAINST = ("contradiction", "basis_changed")
_MINUTE = dt.timedelta(minutes=1)


# --- audit -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Report:
    """What an audit gathers before it prints anything."""

    rows: list[tuple[View, Row, Verdict]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    incomplete: list[Said] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    received: Mapping[str, Receipt] = field(default_factory=dict)
    place: str = ""
    """Whose log says so."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def code(self) -> int:
        """3 where the answer is incomplete, 12 where the record contradicts itself."""
        if self.incomplete:
            return 3
        against = any(verdict.record in _AGAINST for _, _, verdict in self.rows)
        return 12 if against or self.found else 0


def _audit(
    ctx: typer.Context,
    case: Annotated[
        str | None,
        typer.Argument(metavar="CASE", show_default=False, help=N_("Only this case.")),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help=N_("Also hold what was written down against the commits' dates.")
        ),
    ] = False,
    receipts: Annotated[
        Path | None,
        typer.Option(
            "--receipts", metavar="FILE", help=N_("The log of a repository that others keep.")
        ),
    ] = None,
) -> int:
    """What the record says of each duty, what stands behind it, and whether it was changed."""
    run = session(ctx)
    only = store.find_case(run.workspace, case, now=run.now).case.id if case is not None else None
    try:
        history = read_history(run)
    except Failure as fault:
        if not run.json:
            print(_incomplete(run, fault.said))
        raise
    report = _Report()
    if receipts is not None:
        _read_receipts(run, history, report, receipts)
    _gather(run, history, report, only, strict=strict)
    if run.json:
        _as_json(run, history, report)
        return report.code
    looking.banner(run)
    for said in report.incomplete:
        print(_incomplete(run, said))
    _print_duties(run, report)
    for each in report.found:
        print(_found_line(run, history, each))
    if not report.found and not run.quiet:
        count = len(history.commits)
        done = N_("{count} commits compared with their parents: no entry was changed or removed")
        print(looking.say(run, done, count=count))
    for note in report.notes:
        print(screen.clean(words.say(note, run.language)))
    if not run.quiet:
        print(looking.say(run, _FOOT))
    screen.complain(report.problems, run.language)
    return report.code


_FOOT = N_(
    "Times come from this machine's clock and the officers' own statements; what no outside"
    " witness stands behind, a rewritten history could show otherwise."
)


def _read_receipts(run: Session, history: History, report: _Report, file: Path) -> None:
    """What the log of the other repository says, up to now."""
    from yuqing.audit import first_received, no_longer_held, read_receipts

    try:
        read, strange = read_receipts(file.read_bytes())
    except OSError as fault:
        key = N_("{path} cannot be read: {reason}")
        raise Refused(key, path=str(file), reason=words.reason(fault)) from None
    if strange:
        key = N_("{file}: lines that are no receipt (time, commit, ref): {lines}")
        params = {"file": file.name, "lines": ", ".join(map(str, strange))}
        report.incomplete.append(Said(key, params))
    receipts = [each for each in read if each.at <= run.now]
    report.place = file.name
    report.received = first_received(receipts, history.commits)
    report.found += no_longer_held(receipts, history.commits, file.name)


def _gather(
    run: Session, history: History, report: _Report, only: str | None, *, strict: bool
) -> None:
    from yuqing.audit import dates

    sight = looking.look(run, only, archive=True)
    report.problems = list(sight.problems)
    if sight.broken:
        report.incomplete.append(Said(N_("a file cannot be used; it is named below")))
    if history.replaced:
        report.incomplete.append(
            Said(N_("commits are replaced (git replace); what was replaced was not followed"))
        )
    views = {view.case.id: view for view in sight.views}
    names = [only] if only is not None else sorted({*views, *history.steps})
    for name, past in pasts_of(run, history, names):
        for each in past.found:
            if each.kind == "unreadable":
                report.incomplete.append(each.said)
            else:
                report.found.append(each)
        view = views.get(name)
        if view is not None:
            _judge(report, history, view, past)
            if strict and not view.case.drill:
                report.found += _bounds(report, history, view, past)
    if only is None:
        report.found = [*dates(history.commits), *report.found]
    blind = sum(verdict.record == "incomplete" for _, _, verdict in report.rows)
    if blind:
        key = N_("{count} limits could not be computed; the remarks say why")
        report.incomplete.append(Said(key, {"count": blind}))
    report.notes += _loose_ends(run, history)
    _vouched(run, history, report)


def _vouched(run: Session, history: History, report: _Report) -> None:
    """Who signed the commits. Without any signature, and none asked for, there is nothing to say."""
    from yuqing.audit import Found

    repo = git.locate(run.workspace.root)
    if repo is None:
        return
    found = git.signatures(repo, [commit.id for commit in history.commits])
    asked = git.settings(repo, "commit.gpgsign").get("commit.gpgsign", "false").lower()
    signed = any(each.status != "none" for each in found.values())
    if not signed and asked not in ("true", "yes", "on", "1"):
        return
    for status, signer in dict.fromkeys((s.status, s.signer) for s in found.values()):
        same = [e for e in found.values() if (e.status, e.signer) == (status, signer)]
        if status in ("bad", "revoked"):
            report.found += [Found("signature", e.said, e.commit, "") for e in same]
        else:
            params = {"count": len(same), "what": same[0].said}
            report.notes.append(Said(N_("{count} commits: {what}"), params))


def _judge(report: _Report, history: History, view: View, past: Past) -> None:
    """Both answers for each clock; codes that no version of the case ever had."""
    from yuqing.audit import Found, verdicts
    from yuqing.read.splice import SHORT

    known = {code[:SHORT] for code in past.codes}
    case = view.case if not view.case.is_logbook else Case(id=view.case.id, title="", log=view.log)
    rows = view.rows
    given = verdicts(
        [row.standing for row in rows], case, codes=known, odd=past.odd,
        pushes=_pushes(report, view, past),
    )  # fmt: skip
    for row, verdict in zip(rows, given, strict=True):
        report.rows.append((view, row, verdict))
        if verdict.record == "basis_changed":
            report.found.append(_basis(history, view, row, past))
        report.found += [
            Found("time", said, "", view.case.id, str(said.params.get("entry", "")))
            for said in verdict.why
            if said.params.get("entry") not in past.odd
        ]
    report.found = list(_once(report.found))
    for entry in view.log:
        if entry.code and not _known_code(entry.code, past.codes):
            key = N_("{entry}: the code {code} that {by} wrote down fits no version of this case")
            by = view.naming.organ(entry.by or "?")
            params = {"entry": entry.id or "?", "code": entry.code, "by": by}
            report.found.append(Found("code", Said(key, params), "", view.case.id, entry.id or ""))


def _pushes(report: _Report, view: View, past: Past) -> dict[str, Witness]:
    """Entry → the first receipt of a commit that holds it as it now counts: with the last of its
    amendments, and of theirs."""
    from yuqing.audit import Witness

    about: dict[str, str] = {}
    last: dict[str, str] = {}
    for each in view.case.log:
        name = each.id or ""
        last[name] = name
        if each.kind == "amended" and each.of:
            about[name] = about.get(each.of, each.of)
            last[about[name]] = name
    return {
        name: Witness(
            kind="pushed", value=receipt.commit[:10], by=report.place, at=receipt.at, act=name
        )
        for name, newest in last.items()
        if name and (receipt := report.received.get(past.born.get(newest, ""))) is not None
    }


def _once(found: Sequence[Found]) -> Iterator[Found]:
    seen: list[Found] = []
    for each in found:
        if each not in seen:
            seen.append(each)
            yield each


def _known_code(code: str, codes: Collection[str]) -> bool:
    from yuqing.read.splice import SHORT, plain_code

    plain = plain_code(code)
    return len(plain) >= SHORT and any(each.startswith(plain) for each in codes)


def _basis(history: History, view: View, row: Row, past: Past) -> Found:
    """Which amendment moved a limit, in which commit, and whether the limit had passed."""
    from yuqing.audit import Found

    standing = row.standing
    moved = [e for e in view.case.log if e.kind == "amended" and e.of != "head"]
    about = [e for e in moved if e.of == standing.started_by] or moved
    last = about[-1] if about else None
    commit = history.commit(past.born.get(last.id or "", "")) if last is not None else None
    params: dict[str, Any] = {
        "duty": screen.clean(standing.does),
        "was": standing.was_limit,
        "limit": standing.limit or Said(N_("no limit")),
        "entry": (last.id if last is not None else None) or "–",
    }
    written = last.recorded if last is not None else None
    passed = written is not None and standing.was_limit is not None and written > standing.was_limit
    key = (
        N_("{duty}: the limit {was} became {limit} by {entry}, written down after it had passed")
        if passed
        else N_("{duty}: the limit {was} became {limit} by {entry}")
    )
    commit_id = commit.id if commit is not None else ""
    return Found("basis", Said(key, params), commit_id, view.case.id, str(params["entry"]))


def _bounds(report: _Report, history: History, view: View, past: Past) -> Iterator[Found]:
    """Git bounds `recorded`: not before the parent commit, not after the commit itself; nor after
    others received that commit."""
    from yuqing.audit import Found

    for entry in view.case.log:
        commit = history.commit(past.born.get(entry.id or "", ""))
        if commit is None or entry.recorded is None:
            continue
        parents = [p.at for each in commit.parents if (p := history.commit(each)) is not None]
        params = {"entry": entry.id or "?", "recorded": entry.recorded}
        if entry.recorded > commit.at:
            key = N_("{entry}: written down {recorded}, but its commit is dated {at}")
            said = Said(key, {**params, "at": commit.at})
            yield Found("time", said, commit.id, view.case.id, entry.id or "")
        elif len(parents) == 1 and entry.recorded + _MINUTE <= parents[0]:
            key = N_("{entry}: written down {recorded}, but the commit before it is dated {at}")
            said = Said(key, {**params, "at": parents[0]})
            yield Found("time", said, commit.id, view.case.id, entry.id or "")
        receipt = report.received.get(commit.id)
        if receipt is not None and entry.recorded >= receipt.at + _MINUTE:
            key = N_("{entry}: written down {recorded}, but {place} received it at {at}")
            said = Said(key, {**params, "place": report.place, "at": receipt.at})
            yield Found("time", said, commit.id, view.case.id, entry.id or "")


def _loose_ends(run: Session, history: History) -> Iterator[Said]:
    """What nobody but this folder, or this clone, knows yet."""
    for name in history.uncommitted:
        yield Said(N_("{file}: not committed; `yuqing save` does it"), {"file": name})
    repo = git.locate(run.workspace.root)
    if repo is None:
        return
    ahead = git.ahead(repo)
    if ahead is None:
        yield Said(N_("the branch is pushed nowhere: no outside witness, no second copy"))
    elif ahead:
        yield Said(N_("{count} commits are not pushed yet"), {"count": ahead})


# --- showing it ------------------------------------------------------------------------


def _incomplete(run: Session, why: Said | str) -> str:
    said = Said(N_("Incomplete: {why}"), {"why": why})
    return screen.tell(said, run.now, run.language)


def _print_duties(run: Session, report: _Report) -> None:
    last: View | None = None
    for view, row, verdict in report.rows:
        if view is not last:
            marks = f"  {looking.say(run, N_('drill'))}" if view.case.drill else ""
            print(f"{view.case.id}  {screen.clean(view.case.title)}{marks}")
            last = view
        print("  " + "  ".join(part for part in _duty_cells(run, view, row, verdict) if part))
    if report.rows:
        print()


def _duty_cells(run: Session, view: View, row: Row, verdict: Verdict) -> list[str]:
    standing, now = row.standing, run.now

    def at(message: str, moment: dt.datetime | None, *, end: bool = False) -> str:
        if moment is None:
            return ""
        return looking.say(run, message, at=screen.short(moment.astimezone(run.zone), now, end=end))

    record = words.say(RECORD[verdict.record], run.language)
    if verdict.under_old is not None and verdict.under_new is not None:
        both = [
            words.say(RECORD[each], run.language) for each in (verdict.under_old, verdict.under_new)
        ]
        said = N_("{record} (before: {old}; now: {new})")
        record = looking.say(run, said, record=record, old=both[0], new=both[1])
    name = f"{screen.clean(standing.does)} [{standing.duty}]"
    owed = view.naming.organ(standing.for_) if standing.for_ else ""
    remarks = [screen.tell(each, now, run.language) for each in standing.notes]
    if verdict.record != "incomplete":
        remarks = []
    return [
        record,
        _witness(run, view, verdict),
        name,
        owed,
        at(N_("limit {at}"), standing.limit, end=True),
        at(N_("before {at}"), standing.was_limit, end=True),
        at(N_("stated {at}"), standing.done),
        at(N_("written down {at}"), standing.done_recorded),
        screen.clauses(standing, plan=len(view.plans) > 1),
        *remarks,
    ]


def _witness(run: Session, view: View, verdict: Verdict) -> str:
    """無外證, or what somebody outside holds: only ever "not later than"."""
    if not verdict.witness:
        quiet = ("not_due", "waiting", "ended", "incomplete", "nothing", "not_done")
        return "" if verdict.record in quiet else looking.say(run, N_("no outside witness"))
    said = []
    for each in verdict.witness:
        key = N_("witness: {by}, code {value}, not later than {at}")
        if each.kind == "number":
            key = N_("witness: {by}, no. {value}, not later than {at}")
        elif each.kind == "pushed":
            key = N_("witness: {by}, commit {value} received, not later than {at}")
        at = screen.short(each.at.astimezone(run.zone), run.now)
        by = view.naming.organ(each.by)
        said.append(looking.say(run, key, by=by, value=screen.clean(each.value), at=at))
    return looking.say(run, N_("; ")).join(said)


def _found_line(run: Session, history: History, found: Found) -> str:
    commit = history.commit(found.commit)
    parts = [commit_line(run, commit) if commit is not None else "", found.case]
    if commit is None and found.kind in ("changed", "gone", "moved", "deleted", "recorded"):
        parts[0] = looking.say(run, N_("not committed"))
    parts.append(tell(run, found.said))
    return "  ".join(part for part in parts if part)


def _as_json(run: Session, history: History, report: _Report) -> None:
    items = [
        {
            **screen.item(row),
            "recorded": screen.iso(row.standing.done_recorded),
            "record": str(verdict.record),
            "under_old": verdict.under_old and str(verdict.under_old),
            "under_new": verdict.under_new and str(verdict.under_new),
            "witness": [
                {
                    "kind": w.kind,
                    "value": w.value,
                    "by": w.by,
                    "at": screen.iso(w.at.astimezone(run.zone)),
                }
                for w in verdict.witness
            ],
        }
        for _, row, verdict in report.rows
    ]
    found = [
        {
            "kind": each.kind,
            "case": each.case,
            "entry": each.entry,
            "commit": each.commit,
            "said": tell(run, each.said),
        }
        for each in report.found
    ]
    more = {
        "findings": found,
        "incomplete": [tell(run, each) for each in report.incomplete],
        "notes": [words.say(each, run.language) for each in report.notes],
        "commits": len(history.commits),
    }
    screen.dump(screen.envelope("audit", run.now, items, report.problems, run.language, **more))
