"""``sync``: the only command that touches the network."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from yuqing import git, screen, store, words
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.lookoffice import findings_in
from yuqing.errors import Problem, Refused, Said
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the command into the application."""
    app.command("sync", help=N_("Fetch, merge, check, push."))(_sync)


def _sync(
    ctx: typer.Context,
    settle: Annotated[
        bool, typer.Option("--settle", help=N_("Leave a conflict open in the files."))
    ] = False,
) -> int:
    """Bring this clone and the common place together."""
    run = session(ctx)
    if run.now_given:
        raise Refused(N_("sync happens now; leave out --now"))
    ws = run.workspace
    tried = 0
    problems: list[Problem] = []
    arrived: list[str] = []
    pushed: git.Unpushed | None = None
    while True:
        tried += 1
        came = store.fetch_and_merge(ws, settle=settle)
        arrived += [name for path in came.arrived if (name := ws.name(path)) not in arrived]
        if came.failure is not None or came.unreached is not None:
            break
        problems = findings_in(run, arrived)
        if arrived:  # what no single file shows: filed here, and owing something from there
            problems += store.after_merge(ws, store.desk(ws, archive=True), run.now)
        if any(each.severity == "error" for each in problems):
            break  # what nobody can read is not handed on
        gone = store.hand_on(ws)
        pushed = gone.pushed
        if gone.unreached is None:
            break
        if not store.quicker(ws, tried):
            came.unreached = gone.unreached
            break
    _show(run, came, arrived, problems, pushed)
    if came.failure is not None:
        raise came.failure
    return 3 if any(each.severity in ("error", "finding") for each in problems) else 0


def _show(
    run: Session,
    came: store.Synced,
    arrived: list[str],
    problems: list[Problem],
    pushed: git.Unpushed | None,
) -> None:
    if run.json:
        more: dict[str, Any] = {
            "arrived": arrived,
            "pushed": pushed.commits if pushed else 0,
            "reached": came.unreached is None,
            "conflicts": [
                {"file": c.file, "line": c.line, "ours": c.ours, "theirs": c.theirs}
                for c in came.conflicts
            ],
        }
        screen.dump(screen.envelope("sync", run.now, [], problems, run.language, **more))
        return
    looking.banner(run)
    for name in arrived:
        print(looking.say(run, N_("arrived: {file}"), file=name))
    for conflict in came.conflicts:
        _both(run, conflict)
    for problem in problems:
        print(screen.problem_line(problem, run.language))
    if pushed is not None:
        said = N_("pushed to {place}: {entries} entries in {commits} commits")
        if pushed.commits:
            print(looking.say(run, said, place=came.place, entries=pushed.entries,
                              commits=pushed.commits))  # fmt: skip
        else:
            print(looking.say(run, N_("pushed to {place}"), place=came.place))
    if came.unreached is not None:
        key = N_("{place} was not reached, everything stands here: {reason}")
        reason = words.say(came.unreached, run.language)
        said_ = looking.say(run, key, place=came.place, reason=reason)
        print(screen.clean(said_), file=sys.stderr)
        for line in looking.unpushed(run):
            print(line, file=sys.stderr)
    elif not (arrived or pushed or came.conflicts or problems or run.quiet):
        print(looking.say(run, N_("Both sides are the same.")))


def _both(run: Session, conflict: store.Conflict) -> None:
    where = f"{conflict.file}:{conflict.line}" if conflict.line else conflict.file
    print(looking.say(run, N_("{where}: both sides wrote here"), where=where))
    nothing = Said(N_("(taken away)"))
    for name, held in ((N_("ours"), conflict.ours), (N_("theirs"), conflict.theirs)):
        print(f"  {looking.say(run, name)}:")
        for row in held.split("\n") if held else [words.say(nothing, run.language)]:
            print(f"    {screen.clean(row)}")
