"""What the looking commands stand on: cases as of now, their clocks, names for people."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from yuqing import git, screen, store, words
from yuqing.case import Case, Entry, State, current, effective, state
from yuqing.cli.context import Session
from yuqing.cli.progress import watched
from yuqing.clock import Outlook, office_outlook, outlook
from yuqing.clock.standing import Standing
from yuqing.errors import Problem, Refused, Said, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.screen import Naming, Row
from yuqing.span import parse_span
from yuqing.words import N_

if TYPE_CHECKING:
    from pathlib import Path

DEMO = N_("Demonstration office: nothing here is a real incident.")


@dataclass(frozen=True, slots=True)
class View:
    """One case as it stood at ``now``: amended head, effective log, all its clocks."""

    case: Case
    """Head as amended, log as written up to ``now``."""
    log: tuple[Entry, ...]
    """Effective: amended, void ones out, in the order of ``at``."""
    plans: tuple[Plan, ...]
    naming: Naming
    standings: tuple[Standing, ...]
    until: dt.datetime
    """Before this moment the standings stay as they are."""
    path: Path

    @property
    def state(self) -> State:
        """foreseen, open, calm, lifted or closed."""
        return state(self.log)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its clocks, strictest first, ready to be shown."""
        return tuple(Row(each, self.case, self.naming) for each in self.standings)

    def owed(self) -> tuple[Row, ...]:
        """What is still owed. Of a closed case only what has a limit: the rest asks nothing."""
        closed = self.state == "closed"
        return tuple(
            row
            for row in self.rows
            if not row.standing.over and not (closed and row.standing.limit is None)
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """What an answer is made of; ``problems`` name every file that is missing in it."""

    views: tuple[View, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def broken(self) -> bool:
        """Is a file missing in the answer? Then the command ends with 3."""
        return any(each.severity == "error" for each in self.problems)


def view(
    session: Session,
    loaded: store.Loaded,
    warn: dt.timedelta = dt.timedelta(0),
    duplicates: Sequence[Case] = (),
) -> View:
    """One loaded case at ``session.now``. ``duplicates``: cases linked as such to it."""
    ws, now = session.workspace, session.now
    case = current(as_of(session, loaded.case))

    def work_out() -> Outlook:
        return outlook(
            case, loaded.plans, store.calendar(ws), now, warn=warn, duplicates=duplicates
        )

    plain = not (warn or duplicates or session.now_given or loaded.filed)
    found = store.standing(ws, loaded, now, work_out) if plain else work_out()
    return View(
        case=case,
        log=effective(case),
        plans=loaded.plans,
        naming=Naming(loaded.plans, ws.office.organs, session.language),
        standings=found.standings,
        until=found.until,
        path=loaded.path,
    )


def as_of(session: Session, case: Case) -> Case:
    """With ``--now`` in the past: the record as it stood then."""
    past = session.now_given and session.now < session.clock
    return case.as_of(session.now) if past else case


def look(
    session: Session,
    ref: str | None = None,
    *,
    warn: dt.timedelta = dt.timedelta(0),
    archive: bool = False,
) -> Sight:
    """The cases of the desk and the office's own duties, or the one case that ``ref`` names.

    A case that had not been opened at ``now`` is not seen.
    """
    ws = session.workspace
    if ref is not None:
        loaded = store.find_case(ws, ref, now=session.now)
        if loaded.case.is_logbook:
            books = store.logbooks(ws, store.two_months(session.now))
            others = tuple(each for each in books.cases if each.path != loaded.path)
            own = _office(session, (*others, loaded), store.plans(ws), warn)
            return Sight((own,), (*loaded.problems, *books.problems))
        found = view(session, loaded, warn, duplicates(session, loaded.case))
        return Sight((found,), loaded.problems)
    desk = everything(session) if archive else store.desk(ws)
    copies = _duplicates(session, desk.cases)
    counting = watched(desk.cases, session, N_("Clocks"))
    views = [view(session, each, warn, copies.get(each.case.id, ())) for each in counting]
    ws.index.write()
    problems = list(desk.problems)
    books = store.logbooks(ws, store.two_months(session.now))
    problems += books.problems
    try:
        views.append(_office(session, books.cases, store.plans(ws), warn))
    except Unreadable as fault:
        problems += fault.problems
    except Unusable:
        pass  # no plan adopted: the office has no duties of its own
    return Sight(tuple(each for each in views if each.log or each.case.is_logbook), tuple(problems))


def everything(session: Session) -> store.Desk:
    """Every case there is, filed ones too; a bar where that takes long."""
    return store.desk(
        session.workspace,
        archive=True,
        watch=lambda paths: watched(paths, session, N_("Case files")),
    )


def _office(
    session: Session, books: Sequence[store.Loaded], plans: tuple[Plan, ...], warn: dt.timedelta
) -> View:
    """The office's own duties, as one view beside the cases'."""
    ws, now = session.workspace, session.now
    cases = tuple(as_of(session, each.case) for each in books)
    newest = f"LOG-{now:%Y-%m}"
    found = office_outlook(cases, plans, store.calendar(ws), now, since=ws.office.since, warn=warn)
    return View(
        case=Case(id=newest, title=ws.office.name),
        log=tuple(entry for case in cases for entry in effective(case)),
        plans=plans,
        naming=Naming(plans, ws.office.organs, session.language),
        standings=found.standings,
        until=found.until,
        path=books[-1].path if books else ws.cases / "log" / f"{newest}.yaml",
    )


def _linked(ws: store.Workspace, case: Case) -> bool:
    """Does any file of the desk call itself a duplicate of ``case``? A look at the bytes."""
    for path in ws.cases.glob("*.yaml"):
        try:
            data = path.read_bytes()
        except OSError:
            continue  # whoever answers from the whole desk names it
        if b"duplicate-of" in data and case.id.encode() in data:
            return True
    return False


def duplicates(session: Session, case: Case) -> tuple[Case, ...]:
    """The cases of the desk that are linked as duplicates of this one."""
    ws = session.workspace
    if case.is_logbook or not _linked(ws, case):
        return ()
    return _duplicates(session, store.desk(ws).cases).get(case.id, ())


def _duplicates(session: Session, cases: Iterable[store.Loaded]) -> Mapping[str, tuple[Case, ...]]:
    """Case id to the cases that are linked as its duplicates."""
    found: dict[str, tuple[Case, ...]] = {}
    for each in cases:
        case = as_of(session, each.case)
        for entry in effective(case):
            if entry.kind == "linked" and entry.relation == "duplicate-of" and entry.case:
                found[entry.case] = (*found.get(entry.case, ()), case)
    return found


def nearest(rows: Iterable[Row], now: dt.datetime) -> list[Row]:
    """Rows in the order in which they press: late ones, then by what comes next, then words."""

    def key(row: Row) -> tuple[int, dt.datetime]:
        standing = row.standing
        far = dt.datetime.max.replace(tzinfo=now.tzinfo)
        moments = [m for m in (standing.target, standing.limit, standing.local) if m]
        ahead = [m for m in moments if m >= now]
        if standing.state == "overdue":
            return 0, standing.limit or far
        if standing.state == "incomplete":
            return 1, far
        if moments:
            return 2, min(ahead) if ahead else max(moments)
        return (4 if standing.state == "waiting" else 3), standing.start or far

    return sorted(rows, key=key)


def folded(rows: Sequence[Row], now: dt.datetime) -> list[Row]:
    """Missed due times of one duty as one row, the oldest, which says how many and the last.

    For people only: programs get each.
    """
    found: list[Row] = []
    groups: dict[object, list[Row]] = {}
    for row in rows:
        standing = row.standing
        name, at, _ = standing.duty.partition("@")
        if not at or standing.item or standing.state != "overdue":
            found.append(row)
            continue
        key = (
            standing.case, standing.plan, name, standing.for_, standing.missing,
            standing.provisional, standing.started_by, standing.round,
        )  # fmt: skip
        if key not in groups:
            found.append(row)
        groups.setdefault(key, []).append(row)
    several = {id(group[0]): group for group in groups.values() if len(group) > 1}
    return [_missed(several[id(row)], now) if id(row) in several else row for row in found]


def _missed(group: Sequence[Row], now: dt.datetime) -> Row:
    last = max(each.standing.limit for each in group if each.standing.limit)
    said = Said(
        N_("{n} missed, the last {at}"),
        {"n": len(group), "at": screen.short(last, now, end=True)},
    )
    standing = group[0].standing
    return replace(group[0], standing=standing._replace(notes=(said, *standing.notes)))


def counted(run: Session, rows: Sequence[Row], case: str | None) -> list[Row]:
    """Drills count only in a demonstration office, or when one was asked for by name."""
    demo = run.workspace.office.demo or case is not None
    return [row for row in rows if demo or not row.case.drill]


def verdict(rows: Sequence[Row], *, broken: bool) -> int:
    """Exit code of ``overdue`` and ``due``: 3 > 10 > 11 > 0."""
    states = {row.standing.state for row in rows}
    if broken:
        return 3
    if "overdue" in states:
        return 10
    return 11 if states & {"due_soon", "past_target", "past_local_target"} else 0


def length(text: str | None) -> dt.timedelta:
    """An option such as ``15m``, ``2h``, ``1d`` or ``2 hours``. Raises ``Refused``."""
    if text is None:
        return dt.timedelta(0)
    word = text.strip().lower()
    units = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
    for ending, unit in units.items():
        number = word.removesuffix(ending)
        if number != word and number.isascii() and number.isdigit() and len(number) <= 5:
            return dt.timedelta(**{unit: int(number)})
    span = parse_span(word)
    if span is not None and span.by_clock:
        return span.elapsed()
    if span is not None and span.unit in ("day", "natural_day", "week"):
        return dt.timedelta(days=span.count * (7 if span.unit == "week" else 1))
    raise Refused(N_("{text} is no length of time; write 15m, 2h or 3d"), text=text)


def say(session: Session, message: str, /, **params: object) -> str:
    """A sentence in the reader's language."""
    return words.say(message, session.language, **params)


def fancy(session: Session) -> bool:
    """May the answer be a table in colour? Only on a terminal, and not with ``NO_COLOR``."""
    return session.color and sys.stdout.isatty()


def banner(session: Session) -> None:
    """Every output of a demonstration office says so."""
    if session.workspace.office.demo and not session.json:
        print(say(session, DEMO))


def unpushed(session: Session) -> list[str]:
    """How many entries only this clone has, and since when; nothing where none, or no remote."""
    try:
        repo = git.locate(session.workspace.root)
        ahead = git.unpushed(repo) if repo is not None else None
    except Unusable:  # no git here: said elsewhere
        return []
    if ahead is None or ahead.since is None:
        return []
    since = screen.short(ahead.since.astimezone(session.zone), session.now)
    key = N_("{entries} entries are not pushed, the oldest since {since}: {line}")
    return [say(session, key, entries=ahead.entries, since=since, line="yuqing sync")]


def told(
    session: Session, kind: str, items: Sequence[object], sight: Sight, **more: object
) -> dict[str, Any]:
    """A ``--json`` envelope."""
    demo = {"demo": True} if session.workspace.office.demo else {}
    return screen.envelope(
        kind, session.now, items, sight.problems, session.language, **demo, **more
    )


def answer(
    session: Session, kind: str, items: Sequence[object], sight: Sight, **more: object
) -> None:
    """Print a ``--json`` envelope."""
    screen.dump(told(session, kind, items, sight, **more))
