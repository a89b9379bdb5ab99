"""What a writing command answers: what was written, what would be, what the facts say."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from yuqing import screen, store, words
from yuqing.case import Entry, current
from yuqing.cli import echo, judging, looking, posts, told
from yuqing.cli.context import Session
from yuqing.cli.scene import Scene
from yuqing.errors import Said
from yuqing.words import N_


def saved(now: Session, scene: Scene, written: store.Written, *, opened: bool = False) -> int:
    """Echo what was written, then fail if git did."""
    loaded = written.loaded
    if written.before is not None:  # others may have written meanwhile
        scene = dataclasses.replace(scene, case=current(written.before))
    after = dataclasses.replace(scene, case=current(loaded.case), plans=loaded.plans)
    naming = screen.Naming(loaded.plans, now.workspace.office.organs, now.language)
    if now.json:
        _json(after, written.entries, naming, committed=written.committed)
    else:
        looking.banner(now)
        if opened:
            _opened(now, after)
        papers, files = {}, {}
        if any(each.files for each in written.entries):
            papers = store.texts(now.workspace, loaded.case.id)
            files = store.digests(now.workspace, loaded.case)
        lines = echo.lines(
            scene, after, written.entries, naming, opened=opened, papers=papers, files=files
        )
        lines += _next_steps(now, loaded) if opened else []
        if opened or any(each.kind == "graded" for each in written.entries):
            lines += _calendar(after)
        for line in lines[: len(written.entries)] if now.quiet else lines:
            print(line)
    if not now.quiet:
        for said in (*written.said, *_unwritten(now, after, written.entries)):
            print(screen.clean(words.say(said, now.language)), file=sys.stderr)
    if written.failure is not None:
        raise written.failure
    return 0


def _unwritten(now: Session, after: Scene, entries: Sequence[Entry]) -> tuple[Said, ...]:
    """What the papers that look back still lack, when a case is closed."""
    if not any(each.kind == "closed" for each in entries):
        return ()
    from yuqing.cli.unwritten import unwritten

    return unwritten(now.workspace, after.case, after.plans, after.standings)


def _json(
    scene: Scene, entries: Sequence[Entry], naming: screen.Naming, *, committed: bool, **more: Any
) -> None:
    from yuqing.read.splice import entry_fields

    duties = [screen.item(screen.Row(each, scene.case, naming)) for each in scene.standings]
    screen.dump(
        {
            "schema": 1,
            "kind": "written",
            "case": scene.case.id or None,
            "entries": [entry_fields(each) for each in entries],
            "committed": committed,
            "duties": duties,
            **more,
        }
    )


def _opened(now: Session, scene: Scene) -> None:
    plans = " ".join(plan.name for plan in scene.plans)
    drill = words.say(N_(" (drill)"), now.language) if scene.case.drill else ""
    print(
        looking.say(
            now, N_("opened {case}  {title}  plan {plan}{drill}"),
            case=scene.case.id, title=screen.clean(scene.case.title), plan=plans, drill=drill,
        )
    )  # fmt: skip


def _next_steps(now: Session, loaded: store.Loaded) -> list[str]:
    view = looking.view(now, loaded)
    return [*told.ungraded(view, now.language), *told.unconfirmed(loaded.plans, now.language)]


def _calendar(scene: Scene) -> list[str]:
    """What the calendar says of the day it was discovered; a person decides."""
    found = next((e for e in scene.log if e.kind == "discovered"), None)
    day = (found.at if found else scene.now).astimezone(scene.zone).date()
    name = screen.case_name(scene.case)
    return posts.calendar_lines(scene.log, scene.plans, scene.calendar, name, day, scene.language)


def planned(now: Session, scene: Scene, entries: Sequence[Entry]) -> int:
    """``--dry-run``: the entries as the file would have them; nothing is written."""
    from yuqing.read import splice

    if now.json:
        naming = screen.Naming(scene.plans, scene.office.organs, now.language)
        _json(scene, entries, naming, committed=False, dry_run=True)
        return 0
    head = {"id": scene.case.id or "-", "title": scene.case.title, "plans": scene.case.plans}
    text = splice.new_file(head, [splice.entry_fields(each) for each in entries]).decode("utf-8")
    print(text.partition("\nlog:\n")[2], end="")
    if not now.quiet:
        print(looking.say(now, N_("nothing was written (--dry-run)")), file=sys.stderr)
    return 0


def criteria(now: Session, scene: Scene, facts: Mapping[str, str]) -> int:
    """``grade`` without values: what the facts say, and what to ask. Writes nothing."""
    names = [name for name, scale in scene.words.scales.items() if scale.ordered or name != "truth"]
    found = [judging.weighed(scene, name, facts) for name in names]
    if now.json:
        items = [echo.grading_item(each) for each in found]
        screen.dump(
            screen.envelope("grading", now.now, items, (), now.language, case=scene.case.id)
        )
        return 0
    looking.banner(now)
    naming = screen.Naming(scene.plans, scene.office.organs, now.language)
    for line in (*echo.grading_lines(found, naming, now.language), *_calendar(scene)):
        print(line)
    if facts:
        given = " ".join(f"{name}={value}" for name, value in facts.items())
        case = screen.case_name(scene.case)
        print(
            looking.say(
                now, N_("nothing was written; name a level, or: {line}"),
                line=f"yuqing note {case} {given}",
            )
        )  # fmt: skip
    return 0
