"""The workspace: where an office's plans, papers and cases lie, and what they say.

A file of the workspace goes before the packaged one of the same name. Broken plans and
calendars are values here as everywhere: an answer names them and goes on without.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from yuqing import git
from yuqing.case import Pin
from yuqing.errors import Problem, Refused, Said, Unreadable, Unusable
from yuqing.plan import Office, Plan
from yuqing.roster import Roster
from yuqing.span import Calendar, Year
from yuqing.store import index
from yuqing.store.index import Index
from yuqing.words import N_

TemplateKind = Literal["plans", "documents", "calendar", "board", "drills"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """An office's folder. ``git_dir``/``common_dir`` are ``None`` outside a repository:
    reading commands answer all the same."""

    root: Path
    office: Office
    git_dir: Path | None = None
    common_dir: Path | None = None
    problems: tuple[Problem, ...] = ()
    """Warnings and notices about ``office.yaml``."""
    index: Index = field(default_factory=lambda: Index(None), compare=False, repr=False)
    office_key: str = field(default="", compare=False, repr=False)
    """Stands for the content of ``office.yaml``."""
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """Plans and calendars already read in this run, by path."""

    @property
    def cases(self) -> Path:
        """The desk."""
        return self.root / "cases"

    @property
    def templates(self) -> Path:
        """What the office wrote beforehand."""
        return self.root / "templates"

    def name(self, path: Path) -> str:
        """``path`` for people: from the workspace's root, with slashes."""
        whole, home = str(path), f"{self.root}{os.sep}"
        if whole.startswith(home):
            return whole[len(home) :].replace(os.sep, "/")
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def packaged() -> Path:
    """The ``templates/`` that the package brings: in a wheel its data, else the checkout's."""
    data = Path(str(resources.files("yuqing"))) / "_data" / "templates"
    return data if data.is_dir() else Path(str(resources.files("yuqing"))).parent / "templates"


def find(start: Path) -> Workspace:
    """The workspace that ``start`` lies in, by walking up.

    Raises ``Unusable`` outside any, ``Unreadable`` if its ``office.yaml`` cannot be used.
    """
    if not start.is_dir():
        raise Unusable(N_("there is no folder {path}"), path=str(start.absolute()))
    here = start.resolve()
    for folder in (here, *here.parents):
        office_file = _office_file(folder)
        if office_file is not None:
            return _open(folder, office_file)
    raise Unusable(
        N_("{path} is in no yuqing workspace"),
        path=str(here),
        hint=Said(N_("set one up with {line}, or name one with -C DIR"), {"line": "yuqing init"}),
    )


def _office_file(folder: Path) -> Path | None:
    for name in ("templates/office.yaml", "office.yaml"):
        file = folder / name
        if file.is_file() and (name.startswith("templates/") or (folder / "cases").is_dir()):
            return file
    return None


def _open(root: Path, office_file: Path) -> Workspace:
    name = office_file.relative_to(root).as_posix()
    repo = git.locate(root)
    found = index.open_index(repo.git_dir if repo else None)
    data = _bytes(office_file, name)
    key = index.key_of(name, data)
    kept = found.recall("office", key)
    if kept is None:
        from yuqing.read.office import read_office

        kept = read_office(data, name)
        if kept[0] is None:
            raise Unreadable(kept[1])
        found.keep("office", key, kept)
    office, problems = kept
    git_dir, common_dir = (repo.git_dir, repo.common_dir) if repo else (None, None)
    return Workspace(root, office, git_dir, common_dir, problems, index=found, office_key=key)


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Unreadable([unreadable(name, fault)]) from None


def unreadable(name: str, fault: OSError) -> Problem:
    """The operating system would not hand over a file."""
    key = N_("cannot be read: {reason}")
    return Problem(file=name, key=key, params={"reason": fault.strerror or str(fault)})


# --- templates -------------------------------------------------------------------------


def template_names(ws: Workspace | None, kind: TemplateKind) -> Mapping[str, Path]:
    """Name → file of everything of that kind, the office's own before the packaged.

    A plan's own documents lie in a folder of its id: their names are ``ID/NAME``. Only names
    found by listing exist: nothing that is typed is ever joined to a path. A link that leads out
    of the folder is left out.
    """
    found: dict[str, Path] = {}
    folders = [packaged() / kind] if ws is None else [packaged() / kind, ws.templates / kind]
    for folder in folders:
        found |= _listed(folder, folder, deeper=kind == "documents")
    return found


def _listed(folder: Path, home: Path, *, deeper: bool) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(home.resolve()):
            continue
        if path.is_file():
            found[path.relative_to(home).as_posix()] = path
        elif deeper and path.is_dir():
            found |= _listed(path, home, deeper=False)
    return found


def template_path(ws: Workspace | None, kind: TemplateKind, name: str) -> Path:
    """The file of that name, the office's own if it has one. Raises ``Unreadable``."""
    found = template_names(ws, kind).get(name)
    if found is None:
        key = N_("there is no such file, neither here nor in the package")
        raise Unreadable([Problem(file=f"templates/{kind}/{name}", key=key)])
    return found


def plan_names(ws: Workspace | None) -> tuple[str, ...]:
    """``ID@VERSION`` of every plan at hand, adopted or not."""
    names = template_names(ws, "plans")
    return tuple(n.removesuffix(".yaml") for n in names if n.endswith(".yaml") and "@" in n)


# --- plans -----------------------------------------------------------------------------


def read_plan_file(ws: Workspace | None, path: Path) -> tuple[Plan | None, tuple[Problem, ...]]:
    """One plan file, read once per run."""
    seen = ws.memo if ws is not None else {}
    if path not in seen:
        name = ws.name(path) if ws is not None else path.name
        try:
            seen[path] = _read_plan(ws, path.read_bytes(), path, name)
        except OSError as fault:
            seen[path] = (None, (unreadable(name, fault),))
    result: tuple[Plan | None, tuple[Problem, ...]] = seen[path]
    return result


def _read_plan(
    ws: Workspace | None, data: bytes, path: Path, name: str
) -> tuple[Plan | None, tuple[Problem, ...]]:
    slot, key = f"plan:{path}", index.key_of(name, data)
    result = ws.index.recall(slot, key) if ws is not None else None
    if result is None:
        from yuqing.read.plan import read_plan

        result = _named(*read_plan(data, name), path, name)
        if ws is not None and result[0] is not None:
            ws.index.keep(slot, key, result)
    plan, problems = result
    return plan, problems


def plans_key(ws: Workspace) -> str:
    """Stands for the content of every plan that a case could run under, and the office's names."""
    if "plans_key" not in ws.memo:
        parts: list[bytes | str] = [ws.office_key]
        for folder in (packaged() / "plans", ws.templates / "plans"):
            for path in sorted(folder.glob("*@*.yaml")):
                with contextlib.suppress(OSError):
                    parts += [path.name, path.read_bytes()]
        ws.memo["plans_key"] = index.key_of(*parts)
    result: str = ws.memo["plans_key"]
    return result


def _named(
    plan: Plan | None, problems: tuple[Problem, ...], path: Path, name: str
) -> tuple[Plan | None, tuple[Problem, ...]]:
    """A plan under another version's name would answer for it: refused."""
    if plan is None or path.name == f"{plan.name}.yaml" or "@" not in path.name:
        return plan, problems
    key = N_("the file holds plan {plan}; name it {name}")
    wrong = Problem(file=name, key=key, params={"plan": plan.name, "name": f"{plan.name}.yaml"})
    return None, (*problems, wrong)


def load_plan(ws: Workspace, name: str | Pin) -> Plan:
    """A plan by ``ID@VERSION``, by ``ID`` (the adopted version, else the newest), or by pin.

    Raises ``Unreadable`` if the file is missing though adopted or pinned, or cannot be used;
    ``Refused`` if a typed name is no plan's.
    """
    if isinstance(name, Pin):
        plan = pinned(ws, name)
        if plan is not None:
            return plan
        name = f"{name.id}@{name.version}"
        path = template_path(ws, "plans", f"{name}.yaml")
    else:
        path = _plan_path(ws, name)
    found, problems = read_plan_file(ws, path)
    if found is None:
        raise Unreadable(problems)
    return found


def _plan_path(ws: Workspace, name: str) -> Path:
    known = plan_names(ws)
    for adopted in ws.office.plans:
        if name in (adopted, adopted.partition("@")[0]):
            return template_path(ws, "plans", f"{adopted}.yaml")
    fitting = [each for each in known if name in (each, each.partition("@")[0])]
    if not fitting:
        raise Refused(
            N_("there is no plan {name}; at hand: {plans}"),
            name=name,
            plans=", ".join(known) or "–",
        )
    return template_names(ws, "plans")[f"{max(fitting)}.yaml"]


def pinned(ws: Workspace, pin: Pin) -> Plan | None:
    """The plan that a case pinned: the file whose content has the pinned digest, else the file
    of that name (edited since: :func:`edited` tells), else ``None``."""
    found: Plan | None = ws.memo.get(pin)
    if found is None:
        found = ws.memo[pin] = _pinned(ws, pin)
    return found


def _pinned(ws: Workspace, pin: Pin) -> Plan | None:
    file = f"{pin.id}@{pin.version}.yaml"
    candidates = [ws.templates / "plans" / file, packaged() / "plans" / file]
    usable: Plan | None = None
    for path in candidates:
        plan = read_plan_file(ws, path)[0] if path.is_file() else None
        if plan is not None and plan.digest == pin.digest:
            return plan  # the packaged one need not be read: reading is what a command costs
        usable = usable or plan
    return usable


def plans(ws: Workspace) -> tuple[Plan, ...]:
    """The adopted versions, first the default one. Raises ``Unreadable``, naming all broken."""
    found: list[Plan] = []
    problems: list[Problem] = []
    for name in ws.office.plans:
        try:
            found.append(load_plan(ws, name))
        except Unreadable as fault:
            problems += fault.problems
    if problems:
        raise Unreadable(problems)
    if not found:
        raise Unusable(
            N_("the office has adopted no plan"),
            hint=Said(N_("name one under `plans:` in {file}"), {"file": "templates/office.yaml"}),
        )
    return tuple(found)


def plan_problems(ws: Workspace) -> tuple[Problem, ...]:
    """Everything to say about the adopted plans, notices included."""
    found: list[Problem] = []
    for name in ws.office.plans:
        try:
            path = template_path(ws, "plans", f"{name}.yaml")
        except Unreadable as fault:
            found += fault.problems
        else:
            found += read_plan_file(ws, path)[1]
    return tuple(found)


def unusable_plans(ws: Workspace) -> tuple[Problem, ...]:
    """What is wrong with plan files that were asked for in this run and cannot be used."""
    read = [found for path, found in ws.memo.items() if isinstance(path, Path)]
    return tuple(p for plan, problems in read if plan is None for p in problems)


# --- calendars -------------------------------------------------------------------------


def _read_year(
    ws: Workspace, data: bytes, path: Path, name: str
) -> tuple[Year | None, tuple[Problem, ...]]:
    slot, key = f"year:{path}", index.key_of(name, data)
    result = ws.index.recall(slot, key)
    if result is None:
        from yuqing.read.office import read_year

        result = read_year(data, name)
        ws.index.keep(slot, key, result)
    year, problems = result
    return year, problems


def calendar(ws: Workspace) -> Calendar:
    """Every year whose days off are known and readable."""
    return years(ws)[0]


def years(ws: Workspace) -> tuple[Calendar, tuple[Problem, ...]]:
    """The calendar, and what is wrong with the files that are missing in it."""
    if "years" not in ws.memo:
        ws.memo["years"] = _years(ws)
    result: tuple[Calendar, tuple[Problem, ...]] = ws.memo["years"]
    return result


def calendar_key(ws: Workspace) -> str:
    """Stands for the content of every calendar file."""
    if "calendar_key" not in ws.memo:
        parts: list[bytes | str] = []
        for name, path in template_names(ws, "calendar").items():
            with contextlib.suppress(OSError):
                parts += [name, path.read_bytes()]
        ws.memo["calendar_key"] = index.key_of(*parts)
    result: str = ws.memo["calendar_key"]
    return result


def _years(ws: Workspace) -> tuple[Calendar, tuple[Problem, ...]]:
    found: dict[int, Year] = {}
    problems: list[Problem] = []
    for name, path in template_names(ws, "calendar").items():
        if not name.endswith(".yaml"):
            continue
        shown = ws.name(path)
        try:
            year, said = _read_year(ws, path.read_bytes(), path, shown)
        except OSError as fault:
            year, said = None, (unreadable(shown, fault),)
        problems += said
        if year is not None and name != f"{year.year}.yaml":
            key = N_("the file holds the year {year}; name it {name}")
            params = {"year": year.year, "name": f"{year.year}.yaml"}
            problems.append(Problem(file=shown, key=key, params=params))
        elif year is not None:
            found[year.year] = year
    return Calendar(found), tuple(problems)


# --- the roster ------------------------------------------------------------------------

ROSTER = "templates/roster.yaml"


def roster(ws: Workspace) -> tuple[Roster | None, tuple[Problem, ...]]:
    """The office's duty roster, and what is wrong with it; an office may have none."""
    from yuqing.read.roster import read_roster

    path = ws.root / ROSTER
    if not path.is_file():
        return None, ()
    try:
        return read_roster(path.read_bytes(), ROSTER)
    except OSError as fault:
        return None, (unreadable(ROSTER, fault),)
