"""``plan adopt``: a new version becomes the office's; open cases keep theirs unless moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from yuqing import screen, store
from yuqing.case import Entry, Pin, current, effective, state
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.errors import NotCommitted, Refused, Said
from yuqing.plan import Plan
from yuqing.words import N_


def register(plan: typer.Typer) -> None:
    """Bring the command into ``yuqing plan``."""
    plan.command("adopt", help=N_("Make a plan version the office's; open cases keep theirs."))(
        _adopt
    )


def _adopt(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|ID@VERSION", show_default=False, help=N_("Plan file or ID.")),
    ],
    move: Annotated[
        list[str] | None,
        typer.Option("--move", metavar="CASE", help=N_("Move this open case to it, with -b.")),
    ] = None,
    because: Annotated[
        str | None, typer.Option("-b", "--because", metavar="TEXT", help=N_("Why it is moved."))
    ] = None,
) -> int:
    """Check it, copy it into the office, move the pointer in office.yaml, commit."""
    from yuqing.cli.lookplan import files, read

    run = session(ctx)
    if move and not because:
        raise Refused(N_("a case is moved to another version with a reason: -b"))
    path = files(run, file)[0]
    plan = read(run, path)
    cases = [store.find_case(run.workspace, ref, now=run.now) for ref in move or ()]
    for loaded in cases:
        if not any(pin.id == plan.id for pin in current(loaded.case).plans):
            raise Refused(N_("{case} does not run under {plan}"), case=loaded.case.id, plan=plan.id)
    failures = [_pointed(run, plan, path)]
    moved = [_moved(run, loaded, plan, because or "") for loaded in cases]
    failures += [each.failure for each in moved]
    failed = next((each for each in failures if each is not None), None)
    keeping = list(_keeping(run, plan))
    if run.json:
        more = {
            "plan": plan.name,
            "committed": failed is None,
            "moved": [each.case.id for each in moved],
            "keeping": keeping,
        }
        screen.dump(screen.envelope("adopted", run.now, [], [], run.language, **more))
    else:
        for line in _told(run, plan, moved, keeping):
            print(line)
    if failed is not None:
        raise failed
    return 0


def _pointed(run: Session, plan: Plan, path: Path) -> NotCommitted | None:
    """The file under its name in the office, and ``office.yaml`` naming it; one commit."""
    from yuqing.read.adopting import adopted

    ws = run.workspace
    data = path.read_bytes().replace(b"\r\n", b"\n")
    target = ws.templates / "plans" / f"{plan.name}.yaml"
    there = target.read_bytes() if target.is_file() else None
    if there is not None and there != data:
        held, _ = store.read_plan_file(ws, target)
        if held is None or held.digest != plan.digest:
            raise Refused(
                N_("{file} is there with another content, and a version is never edited"),
                file=ws.name(target),
                hint=Said(N_("give the new text a `version` of its own")),
            )
        data = there  # only comments differ: what cases may have pinned stays
    office = next(p for p in (ws.templates / "office.yaml", ws.root / "office.yaml") if p.is_file())
    before = office.read_bytes()
    after = adopted(before, ws.name(office), plan.name)
    return store.keep(
        ws, {target: (there, data), office: (before, after)}, f"adopt plan {plan.name}"
    ).failure


def _moved(run: Session, loaded: store.Loaded, plan: Plan, because: str) -> store.Written:
    pin = Pin(id=plan.id, version=plan.version, digest=plan.digest)
    entry = Entry(kind="amended", at=run.now, of="head", set={"plans": (pin,)}, because=because)
    again = store.find_case(store.find(run.workspace.root), loaded.case.id, now=run.now)
    return store.append(store.find(run.workspace.root), again, [entry], now=run.now)


def _keeping(run: Session, plan: Plan) -> Iterator[str]:
    """Open cases that run under another version of it."""
    ws = store.find(run.workspace.root)
    for loaded in store.desk(ws).cases:
        pins = current(loaded.case).plans
        if state(effective(loaded.case)) != "closed" and any(
            pin.id == plan.id and pin.version != plan.version for pin in pins
        ):
            yield loaded.case.id


def _told(
    run: Session, plan: Plan, moved: Sequence[store.Written], keeping: Sequence[str]
) -> Iterator[str]:
    yield looking.say(run, N_("{plan} is adopted: new cases run under it"), plan=plan.name)
    for each in moved:
        yield looking.say(
            run, N_("{case} now runs under {plan}"), case=each.case.id, plan=plan.name
        )
    if keeping:
        line = f"yuqing plan adopt {plan.name} --move {keeping[0].rpartition('-')[2]} -b …"
        yield looking.say(
            run,
            N_("these open cases keep the version they began with: {cases}; to move one: {line}"),
            cases=", ".join(keeping),
            line=line,
        )
    yield from told.unconfirmed([plan], run.language)
