"""Commands for the auditor: ``audit``, ``history`` and ``seal``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import git, screen, store, words
from yuqing.case import Case, Entry
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.cli.looking import View
from yuqing.cli.options import CASE
from yuqing.errors import Failure, NotFound, Problem, Said, Usage
from yuqing.screen import Row
from yuqing.words import N_

if TYPE_CHECKING:  # reading history costs a start that every other command would pay
    from yuqing.audit import Commit, Found, Past, Verdict
    from yuqing.store.history import History


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command(
        "audit", help=N_("Per duty: limit, stated, recorded, two answers; what was changed since.")
    )(_audit)
    app.command("history", help=N_("Every change of a case, from → to, with its commit."))(_history)
    app.command("seal", help=N_("The code of a case, or of everything; verify CODE looks it up."))(
        _seal
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


def _read(run: Session) -> History:
    from yuqing.store.history import history

    return history(run.workspace)


def _pasts(run: Session, found: History, names: Iterable[str]) -> Iterator[tuple[str, Past]]:
    from yuqing.store.history import pasts

    return pasts(run.workspace, found, names)


# --- audit -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Report:
    """What an audit gathers before it prints anything."""

    rows: list[tuple[View, Row, Verdict]] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    incomplete: list[Said] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
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
) -> int:
    """What the record says of each duty, what stands behind it, and whether it was changed."""
    run = session(ctx)
    only = store.find_case(run.workspace, case, now=run.now).case.id if case is not None else None
    try:
        history = _read(run)
    except Failure as fault:
        if not run.json:
            print(_incomplete(run, fault.said))
        raise
    report = _gathered(run, history, only, strict=strict)
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


def _gathered(run: Session, history: History, only: str | None, *, strict: bool) -> _Report:
    from yuqing.audit import dates

    report = _Report()
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
    for name, past in _pasts(run, history, names):
        for each in past.found:
            if each.kind == "unreadable":
                report.incomplete.append(each.said)
            else:
                report.found.append(each)
        view = views.get(name)
        if view is not None:
            _judge(report, history, view, past)
            if strict and not view.case.drill:
                report.found += _bounds(history, view, past)
    if only is None:
        report.found = [*dates(history.commits), *report.found]
    blind = sum(verdict.record == "incomplete" for _, _, verdict in report.rows)
    if blind:
        key = N_("{count} limits could not be computed; the remarks say why")
        report.incomplete.append(Said(key, {"count": blind}))
    report.notes += _loose_ends(run, history)
    _vouched(run, history, report)
    return report


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
    given = verdicts([row.standing for row in rows], case, codes=known, odd=past.odd)
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


def _bounds(history: History, view: View, past: Past) -> Iterator[Found]:
    """Git bounds `recorded`: not before the parent commit, not after the commit itself."""
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
        at = screen.short(each.at.astimezone(run.zone), run.now)
        by = view.naming.organ(each.by)
        said.append(looking.say(run, key, by=by, value=screen.clean(each.value), at=at))
    return looking.say(run, N_("; ")).join(said)


def _found_line(run: Session, history: History, found: Found) -> str:
    commit = history.commit(found.commit)
    parts = [_commit(run, commit) if commit is not None else "", found.case]
    if commit is None and found.kind in ("changed", "gone", "moved", "deleted", "recorded"):
        parts[0] = looking.say(run, N_("not committed"))
    parts.append(_tell(run, found.said))
    return "  ".join(part for part in parts if part)


def _tell(run: Session, said: Said) -> str:
    zoned = {
        name: value.astimezone(run.zone) if isinstance(value, dt.datetime) else value
        for name, value in said.params.items()
    }
    return screen.tell(Said(said.key, zoned), run.now, run.language)


def _commit(run: Session, commit: Commit) -> str:
    at = screen.short(commit.at.astimezone(run.zone), run.now)
    return f"{commit.id[:10]} {at} {screen.clean(commit.author)}"


def _as_json(run: Session, history: History, report: _Report) -> None:
    items = [
        {
            **screen.item(row),
            "recorded": screen.iso(row.standing.done_recorded),
            "record": str(verdict.record),
            "under_old": verdict.under_old and str(verdict.under_old),
            "under_new": verdict.under_new and str(verdict.under_new),
            "witness": [
                {"kind": w.kind, "value": w.value, "by": w.by, "at": screen.iso(w.at)}
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
            "said": _tell(run, each.said),
        }
        for each in report.found
    ]
    more = {
        "findings": found,
        "incomplete": [_tell(run, each) for each in report.incomplete],
        "notes": [words.say(each, run.language) for each in report.notes],
        "commits": len(history.commits),
    }
    screen.dump(screen.envelope("audit", run.now, items, report.problems, run.language, **more))


# --- history ---------------------------------------------------------------------------


def _history(ctx: typer.Context, case: CASE) -> int:
    """What each commit changed in a case."""
    run = session(ctx)
    sight = looking.look(run, case)
    view = sight.views[0]
    history = _read(run)
    ((_, past),) = _pasts(run, history, [view.case.id])
    events = list(_events(run, history, view, past))
    if run.json:
        items = [
            {"commit": commit.id if commit else None, "entry": entry, "said": lines}
            for commit, entry, lines in events
        ]
        looking.answer(run, "history", items, sight)
        return 3 if sight.broken else 0
    looking.banner(run)
    print(f"{view.case.id}  {screen.clean(view.case.title)}")
    last: object = view
    for commit, _, lines in events:
        if commit is not last:
            waits = looking.say(run, N_("not committed"))
            print(_commit(run, commit) if commit is not None else waits)
            last = commit
        for line in lines:
            print(f"  {line}")
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _events(
    run: Session, history: History, view: View, past: Past
) -> Iterator[tuple[Commit | None, str, list[str]]]:
    """Commit, entry and sentences, in the order of ancestry."""
    from yuqing.read.changes import shown

    order = {commit.id: n for n, commit in enumerate(history.commits)}
    known = {commit.id: commit for commit in history.commits}
    rows: list[tuple[int, str, str, list[str]]] = []
    state = _State(run, view)
    for entry in view.case.log:
        commit = past.born.get(entry.id or "", "")
        rows.append((order.get(commit, len(order)), commit, entry.id or "", state.took(entry)))
    for found in past.found:
        at = order.get(found.commit, len(order))
        rows.append((at, found.commit, found.entry, [_tell(run, found.said)]))
    for commit, change in past.overwrites:
        key = N_("`{field}` of {entry} was overwritten in place: {old} → {new}")
        said = {
            "field": change.field,
            "entry": change.entry,
            "old": shown(change.old),
            "new": shown(change.new),
        }
        line = screen.clean(looking.say(run, key, **said))
        rows.append((order.get(commit, len(order)), commit, change.entry, [line]))
    for step in past.moves:
        key = N_("filed: {old} → {new}")
        if "closed" in step.was_path.split("/"):
            key = N_("back on the desk: {old} → {new}")
        line = looking.say(run, key, old=step.was_path, new=step.path)
        rows.append((order.get(step.commit, len(order)), step.commit, "", [line]))
    for _, commit_id, name, lines in sorted(rows, key=lambda row: row[0]):
        yield known.get(commit_id), name, lines


class _State:
    """What the case said before each entry, so that every change has its from and its to."""

    def __init__(self, run: Session, view: View) -> None:
        self.run, self.view = run, view
        self.held: dict[str, str] = {}
        self.entries: dict[str, dict[str, Any]] = {}

    def took(self, entry: Entry) -> list[str]:
        """The entry in a sentence, and what it changed."""
        run, naming = self.run, self.view.naming
        lines = [told.entry_line(entry, naming, run.now, run.language)]
        fields = told.fields(entry)
        if entry.id:
            self.entries[entry.id] = fields
        if entry.kind == "amended":
            return [*lines, *self._amended(entry)]
        for scale, level in entry.grades.items():
            if not entry.proposed:
                name = told.scale_name(naming, scale)
                lines.append(self._became(f"scale:{scale}", name, naming.level(level, scale)))
        if entry.kind not in ("published", "replied"):
            for fact, value in entry.facts.items():
                shown = told.shown_value(value, run.language)
                lines.append(self._became(f"fact:{fact}", fact, shown))
        state = _STATES.get(entry.kind)
        if state is not None:
            name = looking.say(run, N_("State"))
            lines.append(self._became("state", name, words.say(told.STATES[state], run.language)))
        return lines

    def _became(self, key: str, name: str, new: str) -> str:
        old = self.held.get(key, "–")
        self.held[key] = new
        said = looking.say(self.run, N_("{name}: {old} → {new}"), name=name, old=old, new=new)
        return "  " + screen.clean(said)

    def _amended(self, entry: Entry) -> Iterator[str]:
        changed = told.fields(entry).get("set", {})
        before = self.entries.get(entry.of or "", {})
        for name, new in changed.items():
            key = f"{entry.of}.{name}"
            held = before.get(name, "–")
            old = held if name in before or entry.of != "head" else self._head(name)
            if isinstance(old, dict) and isinstance(new, dict):
                for part, value in new.items():
                    yield self._step(f"{key}.{part}", old.get(part, "–"), value)
                old.update(new)
            else:
                yield self._step(key, old, new)
                before[name] = new
        if entry.void:
            void = looking.say(self.run, N_("void"))
            yield "  " + screen.clean(f"{entry.of} → {void}")

    def _head(self, name: str) -> object:
        """The head as it was written; ``view.case`` has it as amended."""
        loaded = store.find_case(self.run.workspace, self.view.case.id, now=self.run.now)
        return getattr(loaded.case, name, "–") or "–"

    def _step(self, key: str, old: object, new: object) -> str:
        was, now = (told.shown_value(each, self.run.language) for each in (old, new))
        said = looking.say(self.run, N_("{name}: {old} → {new}"), name=key, old=was, new=now)
        return "  " + screen.clean(said)


_STATES: Mapping[str, Any] = {
    "discovered": "open",
    "relapsed": "open",
    "calmed": "calm",
    "lifted": "lifted",
    "closed": "closed",
    "reopened": "open",
}


# --- seal ------------------------------------------------------------------------------


def _seal(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE | verify CODE]",
            show_default=False,
            help=N_("A case; nothing: all that is committed; verify CODE."),
        ),
    ] = None,
) -> int:
    """The code to read out (12 signs) and the one to print (26), or what a code stands for."""
    from yuqing.git.history import commit_code

    run = session(ctx)
    match what or []:
        case ["verify", code]:
            return _verify(run, code)
        case []:
            history = _read(run)
            if not history.commits:
                raise NotFound(N_("nothing is committed yet"))
            code = commit_code(history.commits[-1].id)
            _show_code(run, None, code, _loose(history))
        case [case] if case != "verify":
            from yuqing.cli.papers import prints
            from yuqing.read.splice import WHOLE

            loaded = store.find_case(run.workspace, case, now=run.now)
            codes, said = prints(loaded.tree, loaded.case, WHOLE)
            _show_code(run, loaded.case, codes[-1], said)
        case _:
            raise Usage(N_("seal, seal CASE or seal verify CODE"))
    return 0


def _loose(history: History) -> tuple[Said, ...]:
    key = N_("{file}: not committed; the code leaves it out")
    return tuple(Said(key, {"file": name}) for name in history.uncommitted)


def _show_code(run: Session, case: Case | None, code: str, said: Sequence[Said]) -> None:
    from yuqing.read.splice import SHORT

    item = {"case": case.id if case else None, "read_out": code[:SHORT], "print": code}
    if run.json:
        more = {"notes": [words.say(each, run.language) for each in said]}
        screen.dump(screen.envelope("seal", run.now, [item], [], run.language, **more))
        return
    name = case.id if case is not None else looking.say(run, N_("all that is committed"))
    for length, message in ((SHORT, N_("to read out")), (len(code), N_("to print"))):
        grouped = " ".join(code[n : n + 4] for n in range(0, length, 4))
        print(f"{name}  {looking.say(run, message)}  {grouped}")
    for each in said:
        print(screen.clean(words.say(each, run.language)))


def _verify(run: Session, typed: str) -> int:
    """Where in the history a code stands; 12 if nowhere."""
    from yuqing.git.history import commit_code
    from yuqing.read.splice import SHORT, plain_code

    code = plain_code(typed)
    commit_id = typed.strip().lower()
    if len(code) < SHORT:
        raise Usage(N_("a code has {count} signs"), count=SHORT)
    history = _read(run)
    hits: list[tuple[str, Commit | None]] = [
        (looking.say(run, N_("all that was committed then")), commit)
        for commit in history.commits
        if commit_code(commit.id).startswith(code) or commit.id == commit_id
    ]
    for name, past in _pasts(run, history, list(history.steps)):
        fitting = [c for each, c in past.codes.items() if each.startswith(code)]
        hits += [(name, history.commit(commit)) for commit in fitting]
    if run.json:
        items = [{"what": name, "commit": c.id if c else None} for name, c in hits]
        screen.dump(screen.envelope("sealed", run.now, items, [], run.language))
        return 0 if hits else 12
    for name, commit in hits:
        where = (
            _commit(run, commit) if commit is not None else looking.say(run, N_("not committed"))
        )
        print(
            looking.say(
                run, N_("{code}: {what}, as of {commit}"), code=code, what=name, commit=where
            )
        )
    if not hits:
        print(looking.say(run, N_("{code}: nothing in this history ever had this code"), code=code))
        return 12
    return 0
