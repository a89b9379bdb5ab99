"""Commands ``history`` and ``seal``, and how a commit and a finding are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case, Entry
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.cli.looking import View
from yuqing.cli.options import CASE
from yuqing.errors import NotFound, Said, Usage
from yuqing.words import N_

if TYPE_CHECKING:  # reading history costs a start that every other command would pay
    from yuqing.audit import Commit, Past
    from yuqing.store.history import History


def read_history(run: Session) -> History:
    """All versions that HEAD reaches. Raises ``Unusable`` where they cannot all be seen."""
    from yuqing.store.history import history

    return history(run.workspace)


def pasts_of(run: Session, found: History, names: Iterable[str]) -> Iterator[tuple[str, Past]]:
    """Each of these cases with what the history says of it."""
    from yuqing.store.history import pasts

    return pasts(run.workspace, found, names)


def tell(run: Session, said: Said) -> str:
    """A finding in words, its times in the office's zone."""
    zoned = {
        name: value.astimezone(run.zone) if isinstance(value, dt.datetime) else value
        for name, value in said.params.items()
    }
    return screen.tell(Said(said.key, zoned), run.now, run.language)


def commit_line(run: Session, commit: Commit) -> str:
    """A commit as it is named beside what it changed: id, stated date, stated author."""
    at = screen.short(commit.at.astimezone(run.zone), run.now)
    return f"{commit.id[:10]} {at} {screen.clean(commit.author)}"


# --- history ---------------------------------------------------------------------------


def history_of(ctx: typer.Context, case: CASE) -> int:
    """What each commit changed in a case."""
    run = session(ctx)
    sight = looking.look(run, case)
    view = sight.views[0]
    history = read_history(run)
    ((_, past),) = pasts_of(run, history, [view.case.id])
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
            print(commit_line(run, commit) if commit is not None else waits)
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
        rows.append((at, found.commit, found.entry, [tell(run, found.said)]))
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


def seal(
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
            history = read_history(run)
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
    history = read_history(run)
    hits: list[tuple[str, Commit | None]] = [
        (looking.say(run, N_("all that was committed then")), commit)
        for commit in history.commits
        if commit_code(commit.id).startswith(code) or commit.id == commit_id
    ]
    for name, past in pasts_of(run, history, list(history.steps)):
        fitting = [c for each, c in past.codes.items() if each.startswith(code)]
        hits += [(name, history.commit(commit)) for commit in fitting]
    if run.json:
        items = [{"what": name, "commit": c.id if c else None} for name, c in hits]
        screen.dump(screen.envelope("sealed", run.now, items, [], run.language))
        return 0 if hits else 12
    for name, commit in hits:
        where = (
            commit_line(run, commit)
            if commit is not None
            else looking.say(run, N_("not committed"))
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
