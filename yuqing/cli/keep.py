"""``save`` and ``tidy``: take in what was edited by hand, file what is over."""

from __future__ import annotations

from typing import Annotated

import typer

from yuqing import screen, store, words
from yuqing.cli import looking
from yuqing.cli.app import fail
from yuqing.cli.context import Session, real_time, session
from yuqing.errors import Failure
from yuqing.words import N_


def save(
    ctx: typer.Context,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", show_default=False)] = None,
) -> int:
    """Take in hand-made edits."""
    now = session(ctx)
    real_time(now)
    return _done(now, store.save(now.workspace, case, now=now.now), N_("nothing to save"))


def tidy(ctx: typer.Context) -> int:
    """File what is over."""
    now = session(ctx)
    real_time(now)
    return _done(now, store.tidy(now.workspace, now=now.now), N_("nothing to file"))


def _done(now: Session, found: store.Done, nothing: str) -> int:
    ws = now.workspace
    entries = [
        {"case": each.case.id, "id": entry.id, "kind": entry.kind}
        for each in found.written
        for entry in each.entries
    ]
    moved = [ws.name(path) for path in found.moved]
    failures: list[Failure] = [*found.failures, *(w.failure for w in found.written if w.failure)]
    if now.json:
        screen.dump(
            {
                "schema": 1, "kind": "saved", "entries": entries, "moved": moved,
                "committed": not failures,
                "said": [words.say(each, now.language) for each in found.said],
            }
        )  # fmt: skip
    else:
        for each in found.written:
            for said in each.said:
                print(screen.clean(words.say(said, now.language)))
        for name in moved:
            print(looking.say(now, N_("filed: {file}"), file=name))
        for said in found.said:
            print(screen.clean(words.say(said, now.language)))
        if not (found.written or moved or found.said or failures):
            print(looking.say(now, nothing))
    worst = sorted(failures, key=lambda each: (each.exit_code != 3, -each.exit_code))
    for other in worst[1:]:
        fail(other, now.language)
    if worst:
        raise worst[0]
    return 0
