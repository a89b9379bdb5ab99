"""Scripts of exercises: which there are, whether they are usable, what they tell when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Entry
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.understand import nearest
from yuqing.errors import NotFound, Problem, Refused, Said, Unreadable
from yuqing.exercise import Exercise, Inject
from yuqing.plan import Plan
from yuqing.words import N_

SCRIPT = Annotated[
    str,
    typer.Argument(metavar="SCRIPT", help=N_("A script: a file, or a name of yuqing drill list.")),
]


def register(drill: typer.Typer) -> None:
    """Bring the commands of this module under ``drill``."""
    drill.command("list", help=N_("Scripts at hand: the office's own and the packaged ones."))(
        _list
    )
    drill.command("check", help=N_("Is a script usable? Prints its course; ends 3 if not."))(_check)


def find(run: Session, name: str) -> Path:
    """The script that is meant: a file, else one of ``templates/drills``."""
    path = run.directory / name
    if path.is_file():
        return path
    known = {n.removesuffix(".yaml"): p for n, p in scripts(run).items()}
    found = known.get(name.removesuffix(".yaml"))
    if found is None:
        raise NotFound(
            N_("there is no script {name}"),
            name=name,
            hint=Said(N_("at hand: {names}"), {"names": nearest(name, known, 6) or "–"}),
        )
    return found


def scripts(run: Session) -> dict[str, Path]:
    """File name → script, the office's own before the packaged."""
    names = store.template_names(run.workspace, "drills")
    return {name: path for name, path in names.items() if name.endswith(".yaml")}


def read(run: Session, data: bytes, name: str) -> tuple[Exercise, Plan]:
    """A script with its plan; warnings are said. Raises ``Unreadable`` with all that is wrong."""
    from yuqing.read.exercise import read_exercise

    def plan_of(plan: str) -> Plan | tuple[Problem, ...]:
        try:
            return store.load_plan(run.workspace, plan)
        except Unreadable as fault:
            return tuple(fault.problems)
        except Refused as fault:
            return (Problem(file=name, key=fault.said.key, params=fault.said.params),)

    exercise, plan, problems = read_exercise(data, name, plan_of)
    if exercise is None or plan is None:
        raise Unreadable(problems)
    screen.complain(problems, run.language)
    return exercise, plan


def read_file(run: Session, path: Path) -> tuple[Exercise, Plan]:
    """As :func:`read`, from a file. Raises ``Refused`` if the system does not hand it over."""
    try:
        data = path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise Refused(
            N_("{path} cannot be read: {reason}"), path=str(path), reason=reason
        ) from None
    return read(run, data, run.workspace.name(path))


def _list(ctx: typer.Context) -> int:
    """Name, plan, title and length of every script; a broken one is named and the rest shown."""
    run = session(ctx)
    found: list[tuple[str, Exercise]] = []
    problems: list[Problem] = []
    for name, path in sorted(scripts(run).items()):
        try:
            found.append((name.removesuffix(".yaml"), read_file(run, path)[0]))
        except Unreadable as fault:
            problems += fault.problems
    if run.json:
        items = [
            {"script": name, "title": each.title, "plan": each.plan, "posts": list(each.posts),
             "injects": len(each.injects), "minutes": int(each.lasts.total_seconds() // 60)}
            for name, each in found
        ]  # fmt: skip
        screen.dump(screen.envelope("drills", run.now, items, problems, run.language))
    else:
        looking.banner(run)
        screen.rows(
            [
                (name, each.plan, _said(run, screen.length(each.lasts)), screen.clean(each.title))
                for name, each in found
            ]
        )
        screen.complain(problems, run.language)
    return 3 if problems else 0


def _check(ctx: typer.Context, script: SCRIPT) -> int:
    """The course of the script as it would be played; for its writer, not for those who play."""
    run = session(ctx)
    exercise, plan = read_file(run, find(run, script))
    naming = screen.Naming((plan,), run.workspace.office.organs, run.language)
    if run.json:
        items = [item(each, None) for each in exercise.told]
        more = {"title": exercise.title, "plan": plan.name, "posts": list(exercise.posts)}
        screen.dump(screen.envelope("drill", run.now, items, (), run.language, **more))
        return 0
    key = N_("{title}  plan {plan}  lasts {length}  posts: {posts}")
    print(
        looking.say(
            run, key, title=screen.clean(exercise.title), plan=plan.name,
            length=_said(run, screen.length(exercise.lasts)), posts=naming.listed(exercise.posts),
        )
    )  # fmt: skip
    screen.rows(
        [(plus(each.at), naming.organ(each.to), screen.clean(each.text)) for each in exercise.told]
    )
    for each in exercise.expect.values():
        after = f"  {plus(each.within)}" if each.within is not None else ""
        answers = f"  ← {each.answers}" if each.answers else ""
        print(f"? {screen.clean(each.does)}{after}{answers}")
    return 0


def plus(offset: dt.timedelta) -> str:
    """``+15m``, ``+1h30m``: as scripts write it."""
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    return "+" + (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")


def _said(run: Session, said: Said) -> str:
    return words.say(said, run.language)


def item(inject: Inject, entry: Entry | None) -> dict[str, Any]:
    """An inject for programs."""
    return {
        "inject": inject.id,
        "offset": plus(inject.at),
        "to": inject.to,
        "from": inject.from_,
        "kind": inject.becomes,
        "text": inject.text,
        "facts": dict(inject.facts),
        "links": list(inject.links),
        "at": screen.iso(entry.at) if entry is not None else None,
        "entry": entry.id if entry is not None else None,
    }
