"""Reading the desk, the logbooks and the archive: every file is read or named."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yuqing import git
from yuqing.case import Case, Pin, current, effective, state
from yuqing.errors import Failure, NotFound, Problem, Said, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.read.fields import CASE_ID, LOG_ID
from yuqing.store import files
from yuqing.store import workspace as wsp
from yuqing.store.drift import drift_problems
from yuqing.store.index import key_of, packed, unpacked
from yuqing.store.workspace import Workspace
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.clock import Outlook

_FOLDERS = frozenset(("closed", "files", "log"))
_HARMLESS = frozenset((".gitkeep", ".gitignore", ".gitattributes"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case file as read: the record, its plans, and the very bytes (writing compares them).

    A logbook whose month has no entry yet is ``Loaded`` with empty ``data``; the first entry
    makes the file. ``problems``: warnings about this file, and, where it was found by looking
    through the desk (``.``), what could not be read there.
    """

    case: Case
    plans: tuple[Plan, ...]
    path: Path
    data: bytes
    raw: Any = (None, None)
    """Tree and lines, or the bytes of them that the index keeps: few commands need them."""
    problems: tuple[Problem, ...] = ()

    @property
    def tree(self) -> Any:
        """The raw tree of text: what the file says, before the model."""
        return self._raw()[0]

    @property
    def lines(self) -> Mapping[tuple[str | int, ...], int] | None:
        """Path in that tree → line, counted from 1."""
        return self._raw()[1]

    def _raw(self) -> tuple[Any, Mapping[tuple[str | int, ...], int] | None]:
        found: tuple[Any, Any] = unpacked(self.raw) if isinstance(self.raw, bytes) else self.raw
        return found

    @property
    def filed(self) -> bool:
        """It lies in the archive, not on the desk."""
        return self.path.parent.parent.name == "closed"


@dataclass(frozen=True, slots=True)
class Desk:
    """Cases in the order of their ids, and everything in the folder that is none."""

    cases: tuple[Loaded, ...]
    problems: tuple[Problem, ...] = ()
    read: int = 0
    """How many files were looked at, the unreadable ones included."""

    @property
    def complete(self) -> bool:
        """Nothing is missing from the answer."""
        return not any(p.severity == "error" for p in self.problems)


# --- one file --------------------------------------------------------------------------


def load(ws: Workspace, path: Path) -> Loaded:
    """One case file or logbook. Raises ``Unreadable`` with everything that is wrong in it."""
    name = ws.name(path)
    return parse(ws, path, files.read(path, name))


def parse(ws: Workspace, path: Path, data: bytes) -> Loaded:
    """As :func:`load`, of bytes that lie, or are about to lie, at ``path``."""
    name = ws.name(path)
    if name.startswith("cases/closed/"):  # read by name, now and then: the index has none of them
        case, raw, problems = _read(ws, data, name)
    else:
        slot, key = f"case:{name}", _key(ws, name, data)
        kept = ws.index.recall(slot, key)
        if kept is None:
            case, raw, problems = _read(ws, data, name)
            kept = case, packed(raw), problems
            ws.index.keep(slot, key, kept)
        case, raw, problems = kept
    plans, edited = _plans(ws, case, name)
    return Loaded(case, plans, path, data, raw, (*problems, *edited))


def _key(ws: Workspace, name: str, data: bytes) -> str:
    """Stands for all that a case is read from."""
    return key_of(name, data, wsp.plans_key(ws))


def standing(
    ws: Workspace, loaded: Loaded, now: dt.datetime, work_out: Callable[[], Outlook]
) -> Outlook:
    """How a case stands at ``now``, from the index as long as it holds, else worked out.

    Only for what depends on the case, its plans, the calendar and ``now`` alone.
    """
    name = ws.name(loaded.path)
    slot, key = f"clock:{name}", key_of(_key(ws, name, loaded.data), wsp.calendar_key(ws))
    kept = ws.index.recall(slot, key)
    if kept is not None and kept[0] <= now < kept[1].until:
        found: Outlook = kept[1]
        return found
    found = work_out()
    ws.index.keep(slot, key, (now, found))
    return found


def _read(ws: Workspace, data: bytes, name: str) -> tuple[Case, Any, tuple[Problem, ...]]:
    """The case, its raw tree with lines, and warnings. Raises ``Unreadable``."""
    from yuqing.read.case import read_tree
    from yuqing.read.tree import parse as parse_tree

    tree, problems = parse_tree(data, name, as_text=True)
    if tree is None:
        raise Unreadable(problems)
    case, more = read_tree(tree, lambda pin: wsp.pinned(ws, pin), ws.office.organs)
    if case is None:
        raise Unreadable([*problems, *more, *wsp.unusable_plans(ws)])
    return case, (tree.value, dict(tree.lines)), (*problems, *more)


def _plans(ws: Workspace, case: Case, name: str) -> tuple[tuple[Plan, ...], list[Problem]]:
    """The plans a case runs under, and those that are no longer what it pinned."""
    plans: list[Plan] = []
    edited: list[Problem] = []
    for pin in current(case).plans:
        plan = wsp.pinned(ws, pin)
        if plan is None:
            continue  # the reader has refused the file
        plans.append(plan)
        if plan.digest != pin.digest:
            # `check` has it as a finding; here it is said beside every answer that rests on it.
            key = N_("limits follow {plan} as it is now; it was edited after the case pinned it")
            params = {"plan": plan.name}
            edited.append(Problem(file=name, key=key, params=params, severity="warning"))
    return tuple(plans), edited


# --- folders ---------------------------------------------------------------------------


Watch = Callable[[Sequence[Path]], Iterable[Path]]
"""Hands on the files one by one, and may show how far it has come."""


def desk(ws: Workspace, *, archive: bool = False, watch: Watch = iter) -> Desk:
    """Every case on the desk; with ``archive`` the filed ones too."""
    problems: list[Problem] = [*ws.problems, *wsp.years(ws)[1]]
    if not ws.cases.is_dir():
        key = N_("the folder is missing; is this the right place?")
        return Desk((), (*problems, Problem(file=ws.name(ws.cases), key=key)))
    names, strays = _listing(ws, ws.cases, CASE_ID)
    paths = [ws.cases / name for name in names]
    problems += strays
    if archive:
        more, strays = archived(ws)
        paths += map(ws.root.joinpath, more)
        problems += strays
    cases, unusable = _load_all(ws, paths, watch)
    logs = (s.partition(":")[2] for s in ws.index.slots if s.startswith("case:cases/log/"))
    ws.index.write([*map(ws.name, paths), *logs])
    problems += [*unusable, *_twice(ws, paths), *_against_head(ws, cases)]
    return Desk(cases, once(problems), len(paths))


def logbooks(ws: Workspace, months: Iterable[str]) -> Desk:
    """The logbooks of these months (``2026-11``) as far as they exist."""
    folder = ws.cases / "log"
    if not folder.is_dir():
        return Desk(())
    names, strays = _listing(ws, folder, LOG_ID)
    wanted = {f"LOG-{month}.yaml" for month in months}
    cases, unusable = _load_all(ws, [folder / name for name in names if name in wanted])
    ws.index.write()
    return Desk(cases, once([*strays, *unusable]), len(cases))


def once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """A plan that many cases run under is named once."""
    found: dict[object, list[Problem]] = {}
    for each in problems:
        alike = found.setdefault((each.file, each.line, each.path, each.key), [])
        if each not in alike:
            alike.append(each)
    return tuple(each for alike in found.values() for each in alike)


def archived(ws: Workspace) -> tuple[list[str], list[Problem]]:
    """Names of the filed case files from the office's root on, in the order of their ids, and
    everything beside them that is none."""
    found: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for year in _years(ws):
        names, strays = _listing(ws, year, CASE_ID)
        folder = ws.name(year)
        found += [(name, f"{folder}/{name}") for name in names]
        problems += strays
    return [name for _, name in sorted(found)], problems


def id_of(name: str) -> str:
    """Id of the case in a file of this name; ``PurePath`` would take its time over thousands."""
    return name.rpartition("/")[2].removesuffix(".yaml")


def two_months(now: dt.datetime) -> tuple[str, str]:
    """This month and the one before, as ``overdue`` reads them."""
    last = now.replace(day=1) - dt.timedelta(days=1)
    return f"{now:%Y-%m}", f"{last:%Y-%m}"


def _load_all(
    ws: Workspace, paths: Iterable[Path], watch: Watch = iter
) -> tuple[tuple[Loaded, ...], tuple[Problem, ...]]:
    cases: list[Loaded] = []
    problems: list[Problem] = []
    for path in watch(sorted(paths, key=lambda p: p.stem)):
        try:
            loaded = load(ws, path)
        except Unreadable as fault:
            problems += fault.problems
        else:
            cases.append(loaded)
            problems += loaded.problems
    return tuple(cases), tuple(problems)


def _listing(
    ws: Workspace, folder: Path, pattern: re.Pattern[str]
) -> tuple[list[str], list[Problem]]:
    """Names of the case files of one folder, and every other thing in it."""
    names: list[str] = []
    strays: list[Problem] = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 - ten thousand paths take their time
        if name.endswith(".yaml") and pattern.fullmatch(name[: -len(".yaml")]):
            names.append(name)  # whether it is an ordinary file is seen on opening it
        else:
            strays += _stray(ws, folder, folder / name)
    return names, strays


def _stray(ws: Workspace, folder: Path, path: Path) -> Iterator[Problem]:
    name, shown = path.name, ws.name(path)
    try:
        mode = path.lstat().st_mode
    except OSError:
        return  # gone since
    if name in _HARMLESS or (folder == ws.cases and name in _FOLDERS and stat.S_ISDIR(mode)):
        return
    if name.startswith(".") and name.endswith(".tmp"):
        key = N_("left over from a write that was cut off; `yuqing save` removes it")
        yield Problem(file=shown, key=key, severity="warning")
    elif name.startswith(".") and name.endswith((".swp", ".swo")):
        key = N_("an editor has the file open")
        yield Problem(file=shown, key=key, severity="warning")
    elif name.startswith(".") or name in ("Thumbs.db", "desktop.ini"):
        key = N_("does not belong here")
        yield Problem(file=shown, key=key, severity="warning")
    else:
        known = _listed_id(name)
        if known:
            key = N_("not read: looks like a copy of {id}; only {name} counts")
            params = {"id": known, "name": f"{known}.yaml"}
        else:
            key = N_("not read: a case file is named like {example}")
            params = {"example": f"{ws.office.code}-20261122-7K3M.yaml"}
        yield Problem(file=shown, key=key, params=params)


def _listed_id(name: str) -> str | None:
    found = CASE_ID.search(name.upper()) or LOG_ID.search(name.upper())
    return found.group() if found else None


def _years(ws: Workspace) -> list[Path]:
    home = ws.cases / "closed"
    if not home.is_dir():
        return []
    return sorted(p for p in home.iterdir() if p.is_dir() and re.fullmatch(r"\d{4}", p.name))


def filed_path(ws: Workspace, case_id: str) -> Path:
    """Where ``tidy`` puts a case: the year in its id."""
    return ws.cases / "closed" / case_id.split("-")[1][:4] / f"{case_id}.yaml"


def _twice(ws: Workspace, paths: Iterable[Path]) -> Iterator[Problem]:
    for path in paths:
        if path.parent != ws.cases:
            continue
        other = filed_path(ws, path.stem)
        if other.exists():
            key = N_("two files with one id: also {other}; keep one")
            yield Problem(file=ws.name(path), key=key, params={"other": ws.name(other)})


def _against_head(ws: Workspace, cases: Iterable[Loaded]) -> Iterator[Problem]:
    """What HEAD has of the desk and the folder has not: files, and entries in them.

    More than half of all cuts leave a file that still reads; only HEAD knows what is missing.
    """
    repo = git.locate(ws.root)
    try:
        if repo is None:
            raise Unusable(N_("{path} is not in a git repository"), path=str(ws.root))
        blobs = git.blobs(repo, ws.cases)
        here = {each.path.name: each for each in cases if each.path.parent == ws.cases}
        changed = [
            each
            for name, blob in blobs.items()
            if (each := here.get(Path(name).name)) and not git.is_blob(each.data, blob)
        ]
        before = git.committed(repo, [each.path for each in changed]) if changed else []
    except (Failure, OSError) as fault:  # looking answers without git, and says so
        reason = fault.said if isinstance(fault, Failure) else str(fault)
        key = N_("whether committed cases are missing could not be seen: {reason}")
        yield Problem(file="git", key=key, params={"reason": reason}, severity="warning")
        return
    for name in blobs:
        path = ws.cases / Path(name).name
        if path.name in here:
            continue
        if path.suffix != ".yaml" or not CASE_ID.fullmatch(path.stem) or path.exists():
            continue
        if not filed_path(ws, path.stem).exists():
            key = N_("committed, but the file is gone; bring it back: {line}")
            line = f"git checkout HEAD -- {name}"
            yield Problem(file=ws.name(path), key=key, params={"line": line})
    for each, data in zip(changed, before, strict=True):
        found = drift_problems(ws, each, data)
        if found:
            # A writer may have come between our look at the file and at HEAD. It writes the
            # file first: read now, the file holds all that this HEAD holds.
            with contextlib.suppress(Failure, OSError):
                found = drift_problems(ws, load(ws, each.path), data)
        yield from found


# --- one case by its name --------------------------------------------------------------


def find_case(
    ws: Workspace,
    ref: str,
    *,
    now: dt.datetime,
    read: Callable[[Workspace, Path], Loaded] = load,
) -> Loaded:
    """The case that ``ref`` names (command line, section 1), ``read`` from its file.

    A unique end of the id; ``.`` the only open one on the desk; ``log`` this month's logbook.
    Raises ``NotFound``, with candidates, and ``Unreadable`` if that very file cannot be used.
    """
    if ref == ".":
        return _only_open(ws)
    if ref.lower() in ("log", "日志"):
        return logbook(ws, now.astimezone(_zone(ws)).date())
    wanted = _forgiven(ref.removesuffix(".yaml"))
    found = list(_ending_so(ws, wanted))
    names = sorted({path.stem for path in found})
    if not names or not wanted:
        raise NotFound(
            N_("there is no case {ref}"),
            ref=ref,
            hint=Said(
                N_("the case stands first, by the end of its id or a dot; listed by {line}"),
                {"line": "yuqing list --all"},
            ),
        )
    exact = [name for name in names if _forgiven(name) == wanted]
    if len(names) > 1 and len(exact) != 1:
        raise NotFound(
            N_("{ref} names several cases: {candidates}"),
            ref=ref,
            candidates=", ".join(names[:10]) + (" …" if len(names) > 10 else ""),
        )
    found = [path for path in found if path.stem == (exact or names)[0]]
    if len(found) > 1:
        raise Unreadable(list(_twice(ws, found)))
    loaded = read(ws, found[0])
    ws.index.write()
    return loaded


def _forgiven(text: str) -> str:
    """How ids are compared: capitals, half width, O as 0, I and L as 1."""
    import unicodedata

    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.upper().replace("O", "0").replace("I", "1").replace("L", "1")


def _ending_so(ws: Workspace, wanted: str) -> Iterator[Path]:
    """The case files whose id ends so. Many lie in the archive: names are compared in one go."""
    folders = [(each, CASE_ID) for each in (ws.cases, *_years(ws))]
    for folder, pattern in (*folders, (ws.cases / "log", LOG_ID)):
        if not folder.is_dir():
            continue
        names = [name for name in os.listdir(folder) if name.endswith(".yaml")]  # noqa: PTH208
        whole, end = _forgiven("\n".join(names)), wanted + _forgiven(".yaml")
        if end not in whole:
            continue
        plain = whole.split("\n")
        if len(plain) != len(names):  # a stray file with a line end in its name
            plain = [_forgiven(name) for name in names]
        for name, each in zip(names, plain, strict=False):
            if each.endswith(end) and pattern.fullmatch(name.removesuffix(".yaml")):
                yield folder / name


def _only_open(ws: Workspace) -> Loaded:
    whole = desk(ws)
    open_cases = [each for each in whole.cases if state(effective(each.case)) != "closed"]
    real = [each for each in open_cases if not each.case.drill]
    wanted = open_cases if ws.office.demo or not real else real
    broken = tuple(p for p in whole.problems if p.severity == "error")
    if len(wanted) == 1:
        return replace(wanted[0], problems=whole.problems)
    if not wanted:
        if broken:
            raise Unreadable(broken)
        raise NotFound(N_("no case is open"), hint=_closed_last(whole.cases))
    raise NotFound(
        N_("several cases are open: {candidates}"),
        candidates=", ".join(f"{each.case.id} {each.case.title}" for each in wanted),
        hint=Said(N_("write the end of its id in place of the dot")),
    )


def _closed_last(cases: Sequence[Loaded]) -> Said:
    """What to type: a new case, or again the one that was closed too early."""
    closed = [
        (entry.at, each.case.id)
        for each in cases
        for entry in effective(each.case)[-1:]
        if entry.kind == "closed"
    ]
    params = {"line": 'yuqing new "…"'}
    if not closed:
        return Said(N_("open one: {line}"), params)
    params["again"] = f"yuqing mark {max(closed)[1]} reopened -b …"
    return Said(N_("open one: {line}; or take up again what was closed last: {again}"), params)


def logbook(ws: Workspace, day: dt.date) -> Loaded:
    """The logbook of that day's month; not yet a file if nobody has written in it."""
    log_id = f"LOG-{day:%Y-%m}"
    path = ws.cases / "log" / f"{log_id}.yaml"
    if path.exists() or path.is_symlink():
        return load(ws, path)
    plans = wsp.plans(ws)
    pinned = tuple(Pin(id=p.id, version=p.version, digest=p.digest) for p in plans)
    return Loaded(Case(id=log_id, title=log_id, plans=pinned), plans, path, b"")


def _zone(ws: Workspace) -> ZoneInfo:
    return ZoneInfo(wsp.plans(ws)[0].timezone)
