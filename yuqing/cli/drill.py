"""``yuqing drill``: an exercise played from a script, by several posts, at pretended times.

The script tells posts what comes in; they act by the ordinary commands. What is told becomes an
entry of the case like any other, so the record is whole, and the sheet at the end reads it alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from yuqing import screen, store, words
from yuqing.case import Case, Entry, Pin, effective
from yuqing.cli import looking, write
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import Session, session
from yuqing.cli.drillscript import SCRIPT, find, item, plus, read, read_file, scripts
from yuqing.cli.scene import Raw
from yuqing.cli.understand import pick, shown, written
from yuqing.errors import NotFound, Refused, Usage
from yuqing.exercise import Exercise, Inject
from yuqing.read.reading import shown as as_text
from yuqing.score import INJECT, LIVE, OPENING, injects_told, opening
from yuqing.words import N_

CASE = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help=N_("End of the case id; . (the only drill on the desk)."),
        autocompletion=BY_METAVAR["CASE"],
    ),
]


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    from yuqing.cli import drillscript, drillsheet

    drill = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    drill.command("start", help=N_("Open a drill case and begin to play the script."))(_start)
    drill.command("next", help=N_("What has come in: tell it and write it down."))(_next)
    drillscript.register(drill)
    drillsheet.register(drill)
    app.add_typer(drill, name="drill", help=N_("Play an exercise from a script, and score it."))


# --- a drill that is played ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """A drill case with its script. ``run``: the session at the pretended time."""

    run: Session
    loaded: store.Loaded
    exercise: Exercise
    begins: dt.datetime
    live: bool
    naming: screen.Naming

    @property
    def case(self) -> Case:
        """The case as its file has it."""
        return self.loaded.case

    @property
    def told(self) -> dict[str, Entry]:
        """Inject → entry, of those that have been told."""
        return dict(injects_told(self.exercise, self.case))

    def when(self, inject: Inject) -> dt.datetime:
        """The pretended time of an inject."""
        return self.begins + inject.at


def play(run: Session, ref: str) -> Play:
    """The drill that ``ref`` names, at the pretended time.

    That is ``--now``; without it the clock stands where the last record was written, or, in a
    drill played live, is the machine's.
    """
    ws = run.workspace
    loaded = _lone(run) if ref == "." else None
    loaded = loaded or store.find_case(ws, ref, now=run.now)
    began = opening(loaded.case)
    if not loaded.case.drill or began is None:
        raise Refused(
            N_("{case} was not begun with a script: {line}"),
            case=loaded.case.id,
            line="yuqing drill start SCRIPT",
        )
    exercise, _ = read(run, *_kept(run, loaded.case, began))
    live = LIVE in began.tags
    if not run.now_given and not live:
        last = max((e.recorded for e in loaded.case.log if e.recorded), default=began.at)
        run = pretending(run, last)
    naming = screen.Naming(loaded.plans, ws.office.organs, run.language)
    zone = ZoneInfo(loaded.plans[0].timezone)
    return Play(run, loaded, exercise, began.at.astimezone(zone), live, naming)


def pretending(run: Session, moment: dt.datetime) -> Session:
    """The session as if ``--now`` had been typed."""
    return dataclasses.replace(run, now_text=moment.isoformat(timespec="minutes"))


def _lone(run: Session) -> store.Loaded | None:
    """The only drill on the desk that was begun with a script and is not closed."""
    from yuqing.case import state

    found = [
        each
        for each in store.desk(run.workspace).cases
        if each.case.drill and opening(each.case) and state(effective(each.case)) != "closed"
    ]
    if len(found) > 1:
        key = N_("several drills are under way: {cases}")
        raise NotFound(key, cases=", ".join(each.case.id for each in found))
    return found[0] if found else None


def _kept(run: Session, case: Case, began: Entry) -> tuple[bytes, str]:
    """The script as it was when the drill began: from the case's papers, else wherever a file of
    that digest lies."""
    import hashlib

    ws = run.workspace
    paper = began.files[0]
    places = [ws.cases / "files" / case.id / (paper.path or "-"), Path(paper.kept or "-")]
    for path in (*places, *scripts(run).values()):
        if path.is_file():
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == paper.sha256:
                return data, ws.name(path)
    raise Refused(
        N_("the script {file} of this drill is not here as it was when it began"),
        file=paper.path or paper.kept or "?",
    )


# --- start -----------------------------------------------------------------------------


def _start(
    ctx: typer.Context,
    script: SCRIPT,
    live: Annotated[
        bool, typer.Option("--live", help=N_("Begin now and play in real time, without --now."))
    ] = False,
) -> int:
    """Open the case at the pretended start: --now, else what the script says."""
    run = session(ctx)
    ws = run.workspace
    if live and run.now_given:
        raise Usage(N_("--live plays in real time; --now has no place beside it"))
    path = find(run, script)
    exercise, plan = read_file(run, path)
    zone = ZoneInfo(plan.timezone)
    begins = run.now.astimezone(zone)
    if not live and not run.now_given:
        begins = exercise.begins(begins.date(), zone)
    acting = run if live else pretending(run, begins)
    pins = (Pin(id=plan.id, version=plan.version, digest=plan.digest),)
    case = Case(id="", title=exercise.title, plans=pins, drill=True)
    scene = write.scene_of(acting, store.Loaded(case, (plan,), ws.cases, b""))
    papers = store.attachments(ws, None, [path])
    paper = {k: v for k, v in dataclasses.asdict(papers[0].file).items() if v}
    first: Raw = {
        "kind": "noted",
        "at": written(begins),
        "by": scene.by,
        "text": looking.say(run, N_("The drill begins: {title}"), title=exercise.title),
        "tags": [OPENING, LIVE] if live else [OPENING],
        "files": [paper],
    }
    now = [each for each in exercise.told if not each.at]
    raws = [first, *(_raw(each, begins) for each in now)]
    entries = write.judged(raws, scene)
    head = {"title": exercise.title, "plans": pins, "drill": True}
    made = store.create(ws, head, entries, papers, now=acting.now)
    naming = screen.Naming((plan,), ws.office.organs, run.language)
    drill = Play(acting, made.loaded, exercise, begins, live, naming)
    if run.json:
        items = [item(each, e) for each, e in zip(now, made.entries[1:], strict=True)]
        more = {"case": made.loaded.case.id, "begins": screen.iso(begins)}
        screen.dump(screen.envelope("drill", acting.now, items, (), run.language, **more))
    else:
        _begun(drill, now)
    _after(run, made)
    return 0


def _begun(drill: Play, now: Sequence[Inject]) -> None:
    """What director and posts need first."""
    run, name = drill.run, screen.case_name(drill.case)
    looking.banner(run)
    key = N_("opened {case}  {title}  plan {plan}{drill}")
    plan = " ".join(f"{pin.id}@{pin.version}" for pin in drill.case.plans)
    mark = looking.say(run, N_(" (drill)"))
    title = screen.clean(drill.case.title)
    print(looking.say(run, key, case=drill.case.id, title=title, plan=plan, drill=mark))
    key = N_("pretended time {begins} to {ends}; posts: {posts}")
    if drill.live:
        key = N_("in real time, {begins} to {ends}; posts: {posts}")
    ends = drill.begins + drill.exercise.lasts
    posts = drill.naming.listed(drill.exercise.posts)
    print(looking.say(run, key, begins=shown(drill.begins), ends=shown(ends), posts=posts))
    _tell(drill, now, drill.told, {each.id for each in now})
    later = drill.begins + dt.timedelta(minutes=5)
    moment = "" if drill.live else f' --now "{later:%Y-%m-%d %H:%M}"'
    key = N_("posts act so: {line}")
    print(looking.say(run, key, line=f"yuqing{moment} report {name} … --by …"))
    key = N_("what comes in next: {line}; at the end: {score}")
    print(
        looking.say(run, key, line=f"yuqing drill next {name}", score=f"yuqing drill score {name}")
    )


def _raw(inject: Inject, begins: dt.datetime) -> Raw:
    """The entry that an inject becomes."""
    found: Raw = {
        "kind": inject.becomes,
        "at": written(begins + inject.at),
        "by": inject.to,
        "from": inject.from_,
        "due": written(begins + inject.due) if inject.due is not None else None,
        "text": inject.text,
        "facts": {name: as_text(value) for name, value in inject.facts.items()},
        "links": list(inject.links),
        "tags": [INJECT, inject.id],
    }
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _after(run: Session, made: store.Written) -> None:
    for said in made.said:
        print(screen.clean(words.say(said, run.language)), file=sys.stderr)
    if made.failure is not None:
        raise made.failure


# --- next ------------------------------------------------------------------------------


def _next(
    ctx: typer.Context,
    case: CASE = ".",
    post: Annotated[
        str | None,
        typer.Option(
            "--post",
            metavar="ORGAN",
            help=N_("Only what this post is told, all of it so far; without --now tells no more."),
            autocompletion=BY_METAVAR["ORGAN"],
        ),
    ] = None,
) -> int:
    """Tell what has come in up to --now; without it go on to the next inject."""
    asked = session(ctx)
    drill = play(asked, case)
    only = _taking_part(drill, post) if post is not None else None
    untold = [
        each for each in drill.exercise.told
        if each.id not in drill.told and only in (None, each.to)
    ]  # fmt: skip
    moved = False
    if not asked.now_given and not drill.live:
        if only is not None:
            untold = []  # a post that looks must not turn the clock for all
        elif untold:
            ahead = max(drill.when(untold[0]), drill.run.now)
            drill = dataclasses.replace(drill, run=pretending(drill.run, ahead))
            moved = True
    come = [each for each in untold if drill.when(each) <= drill.run.now]
    if come:
        drill, made = _write_down(drill, come)
    new = {each.id for each in come}
    told = drill.told
    listed = [
        each
        for each in drill.exercise.told
        if each.id in told and (each.id in new if only is None else each.to == only)
    ]
    if asked.json:
        items = [{**item(each, told[each.id]), "new": each.id in new} for each in listed]
        screen.dump(
            screen.envelope("drill", drill.run.now, items, (), asked.language, case=drill.case.id)
        )
    else:
        looking.banner(asked)
        clock_line(drill, moved=moved)
        _tell(drill, listed, told, new)
        if not listed:
            _nothing(drill, only)
    if come:
        _after(asked, made)
    return 0


def _write_down(drill: Play, come: Sequence[Inject]) -> tuple[Play, store.Written]:
    """Put what has come in into the case; each entry by the post that was told."""
    write.may_pretend(drill.run, drill.case)
    scene = write.scene_of(drill.run, drill.loaded)
    entries = write.judged([_raw(each, drill.begins) for each in come], scene)
    made = store.append(drill.run.workspace, drill.loaded, entries, (), now=drill.run.now)
    return dataclasses.replace(drill, loaded=made.loaded), made


def _taking_part(drill: Play, word: str) -> str:
    """The post that is meant; it must take part."""
    named = {each: (each, drill.naming.organ(each)) for each in drill.exercise.posts}
    near = pick(word, named)
    found = near[0] if len(near) == 1 else write.scene_of(drill.run, drill.loaded).organ(word)
    if found not in drill.exercise.posts:
        raise Refused(
            N_("{post} takes no part in this drill; posts: {posts}"),
            post=drill.naming.organ(found),
            posts=drill.naming.listed(drill.exercise.posts),
        )
    return found


def clock_line(drill: Play, *, moved: bool = False) -> None:
    """The pretended time, and how far that is from the start."""
    key = N_("{now}  {plus} from the start")
    if moved:
        key = N_("{now}  {plus} from the start (moved on to the next inject)")
    now = drill.run.now
    print(looking.say(drill.run, key, now=shown(now), plus=plus(now - drill.begins)))


def _tell(drill: Play, injects: Sequence[Inject], told: dict[str, Entry], new: set[str]) -> None:
    """What each post was told, post after post."""
    for post in dict.fromkeys(each.to for each in injects):
        print(f"{drill.naming.organ(post)}:")
        for each in (one for one in injects if one.to == post):
            entry = told.get(each.id)
            sender = drill.naming.organ(each.from_) + ": " if each.from_ else ""
            mark = "*" if each.id in new else " "
            facts = " ".join(f"{name}={as_text(value)}" for name, value in each.facts.items())
            tail = "  ".join(x for x in (facts, *each.links) if x)
            if each.due is not None:
                wanted = screen.short(drill.begins + each.due, drill.run.now, end=True)
                key = N_("answer by {limit}: --closes {entry}")
                by = looking.say(drill.run, key, limit=wanted, entry=entry.id if entry else "?")
                tail = "  ".join(x for x in (tail, by) if x)
            name = entry.id if entry is not None and entry.id else ""
            text = screen.clean(f"{sender}{each.text}")
            line = f" {mark}{drill.when(each):%H:%M}  {name}  {text}"
            print(line + (f"  [{screen.clean(tail)}]" if tail else ""))


def _nothing(drill: Play, only: str | None) -> None:
    left = [
        each
        for each in drill.exercise.told
        if each.id not in drill.told and only in (None, each.to)
    ]
    if only is not None or left:
        print(looking.say(drill.run, N_("Nothing new has come in.")))
        return
    key = N_("Everything has been told; {line}")
    line = f"yuqing drill score {screen.case_name(drill.case)}"
    print(looking.say(drill.run, key, line=line))
