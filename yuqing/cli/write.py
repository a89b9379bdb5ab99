"""The writing commands: one function over a table of verbs.

Load, understand, judge (``read.read_entry``), write (``store``), say back. What is decided
before anything is touched is decided by the pure modules beside this one.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from yuqing import screen, store
from yuqing.case import Case, Entry, Pin, current
from yuqing.cli import (
    answers,
    complete,
    fields,
    fulfil,
    judging,
    keep,
    looking,
    options,
    verbs,
)
from yuqing.cli import understand as un
from yuqing.cli.context import Session, session
from yuqing.cli.scene import Raw, Scene, Typed
from yuqing.errors import NotFound, Problem, Refused, Said, Unreadable, Usage
from yuqing.plan import Plan
from yuqing.read.fields import CASE_ID
from yuqing.read.tree import bad_character
from yuqing.words import N_

LOG = ("log", "日志")


@dataclass(frozen=True, slots=True)
class Verb:
    """One writing command. ``words``: how its words are shown in help; empty: it has none.
    ``case`` false: it names no case. ``own``: its own options, besides the shared ones."""

    name: str
    help: str
    words: str
    build: Callable[[Typed, Scene], list[Raw]]
    own: tuple[str, ...] = ()
    case: bool = True


def _amend(typed: Typed, scene: Scene) -> list[Raw]:
    return fields.amend(typed, scene, typed.own["pins"])


VERBS: tuple[Verb, ...] = (
    Verb(
        "new", N_("Open a case."), "TITLE [FACT=VALUE]…", verbs.new,
        ("source", "occurred", "sender", "due", "unit", "plan", "foreseen", "drill", "internal",
         "secret"), case=False,
    ),
    Verb(
        "note", N_("Write down what was seen or done."), "[TEXT|FACT=VALUE]…", verbs.note,
        ("tag", "until"),
    ),
    Verb(
        "grade",
        N_("Set level, category, truth or another scale; without values: criteria and questions."),
        "[VALUE|SCALE=VALUE|FACT=VALUE]…", judging.grade, ("propose",),
    ),
    Verb(
        "report",
        N_("Report or notify one or more organs (form and organs in any order)."),
        "[FORM] TO[@TIME]…", verbs.report,
    ),
    Verb(
        "receive",
        N_("Write down what came in: prompt, transfer, instruction, question, answer."),
        "FROM [TEXT]", verbs.receive, ("form", "due"),
    ),
    Verb(
        "receipt",
        N_("The other side has our report (its number is the outside witness)."),
        "ENTRY [NUMBER]", verbs.receipt, ("code",),
    ),
    Verb(
        "approve", N_("Someone passed, or returned, exactly this text."), "BY[@TIME]…",
        judging.approve, ("back", "matter", "form"),
    ),
    Verb(
        "publish", N_("Words to the public; facts = figures stated."), "[TEXT|FACT=VALUE]…",
        verbs.publish, ("signed", "form", "use", "corrects"),
    ),
    Verb(
        "reply", N_("Answer to an asker or a medium."), "[TEXT|FACT=VALUE]…", verbs.reply,
        ("signed", "form", "use", "corrects", "to", "due"),
    ),
    Verb(
        "assign", N_("Make a unit responsible; with --due, an item."), "UNIT TEXT", verbs.assign,
        ("due",),
    ),
    Verb(
        "done",
        N_("Fulfil items; do a duty as the plan describes it, or count an earlier entry for it."),
        "ITEM|DUTY…", fulfil.done,
    ),
    Verb(
        "mark",
        N_("occurred discovered activated concluded calmed lifted relapsed reopened, or an event"
           " of the plan."),
        "MOMENT", verbs.mark, ("estimated",),
    ),
    Verb(
        "adjust", N_("Extend, waive, stop or resume, with who allowed it."), "DUTY|ITEM",
        fulfil.adjust, ("due", "release", "pause", "resume", "for_unit"),
    ),
    Verb(
        "amend", N_("Correct an earlier entry; it stays visible."), "ENTRY|head [FIELD=VALUE]…",
        _amend, ("void",),
    ),
    Verb(
        "close", N_("Close; lists what is open and then wants -b."), "", verbs.close, ("tag",),
    ),
    Verb(
        "tick", N_("Tick off a routine duty (short for `done log DUTY`)."), "DUTY [TEXT]",
        fulfil.tick, case=False,
    ),
    Verb(
        "meet", N_("Write down a meeting."), "WITH… [TEXT]", verbs.meet, ("meeting", "form"),
    ),
    Verb(
        "decide", N_("Write down a decision (convene, adopt, finding …)."),
        "MATTER agreed|refused|partly", judging.decide, ("form",),
    ),
    Verb(
        "request", N_("Write down a correction request or a referral."),
        "correction|referral TO…", verbs.request, ("form",),
    ),
    Verb(
        "link", N_("Say how this case hangs together with another."), "RELATION CASE", verbs.link,
    ),
    Verb(
        "add", N_("Any kind, field by field."), "KIND [FIELD=VALUE]…", fields.add,
        ("stdin", "one_commit"),
    ),
)  # fmt: skip


# --- registering -----------------------------------------------------------------------


def register(app: typer.Typer) -> None:
    """Bring the writing commands into the application."""
    for verb in VERBS:
        app.command(verb.name, help=verb.help)(command(verb))
    app.command(
        "save",
        help=N_("Take in edits made by hand: check, stamp, commit."),
    )(keep.save)
    app.command(
        "tidy",
        help=N_("File cases closed a week ago that owe nothing under cases/closed/YEAR/."),
    )(keep.tidy)


def command(verb: Verb) -> Callable[..., int]:
    """The function that Typer reads: its signature is made of the table, so all are alike."""

    def typed(ctx: typer.Context, **values: Any) -> int:
        return run(verb, session(ctx), values)

    parameters: dict[str, tuple[Any, Any]] = {"ctx": (typer.Context, inspect.Parameter.empty)}
    if verb.case:
        lone = None if "stdin" in verb.own else inspect.Parameter.empty  # lines name their case
        parameters["case"] = (options.CASE, lone)
    if verb.words:
        words_ = Annotated[
            list[str] | None,
            typer.Argument(metavar=verb.words, show_default=False, autocompletion=complete.word),
        ]
        parameters["words"] = (words_, None)
    for name in verb.own:
        parameters[name] = (options.OWN[name], False if name in options.FLAGS else None)
    for name, annotation in options.SHARED.items():
        parameters[name] = (annotation, False if name in options.FLAGS else None)
    typed.__name__ = verb.name
    typed.__annotations__ = {n: a for n, (a, _) in parameters.items()} | {"return": int}
    typed.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # Typer reads it
        [
            inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, annotation=a, default=d)
            for n, (a, d) in parameters.items()
        ],
        return_annotation=int,
    )
    return typed


# --- one run ---------------------------------------------------------------------------


def run(verb: Verb, now: Session, values: Mapping[str, Any]) -> int:
    """One writing command from the typed values to its exit code."""
    typed = _typed(verb, values)
    if verb.name == "add" and (values["stdin"] or values["one_commit"]):
        return _from_stdin(now, typed, values)
    if verb.case and values.get("case") is None:
        raise Usage(N_("which case? so: {line}"), line="yuqing add CASE KIND [FIELD=VALUE]…")
    if verb.name == "new":
        return _open(verb, now, typed, values)
    loaded = _loaded(verb, now, values.get("case") or "log", typed)
    may_pretend(now, loaded.case)
    copies = looking.duplicates(now, loaded.case)
    scene = dataclasses.replace(scene_of(now, loaded), duplicates=copies)
    if verb.name == "add":
        named = tuple(whole_id(now, word, loaded.case) for word in typed.words)
        typed = dataclasses.replace(typed, words=named)
    if verb.name == "link" and len(typed.words) == 2:
        other = whole_id(now, f"case={typed.words[1]}", loaded.case).partition("=")[2]
        typed = dataclasses.replace(typed, words=(typed.words[0], other))
    if verb.name == "amend":
        pins = {
            name: store.load_plan(now.workspace, name) for name in fields.pins_wanted(typed.words)
        }
        typed = dataclasses.replace(typed, own={**typed.own, "pins": pins})
    if verb.name == "grade":
        grades, facts = judging.grade_words(typed, scene)
        if not grades:
            return answers.criteria(now, scene, facts)
    typed, papers = _papers(now, loaded.case.id, values["files"], typed)
    entries = judged(verb.build(typed, scene), scene)
    if values["dry_run"]:
        return answers.planned(now, scene, entries)
    written = store.append(now.workspace, loaded, entries, papers, now=now.now)
    return answers.saved(now, scene, written)


def _from_stdin(now: Session, typed: Typed, values: Mapping[str, Any]) -> int:
    """``add [CASE] --stdin``: everything about an entry stands on its line."""
    from yuqing.cli import batch

    given = [name for name in options.SHARED if values[name] and name != "dry_run"]
    if typed.words or given or not values["stdin"]:
        raise Usage(
            N_("--stdin takes whole entries, one JSON object a line; beside it stand only CASE, "
               "--one-commit and --dry-run")
        )  # fmt: skip
    return batch.add(now, values["case"], together=values["one_commit"], dry_run=values["dry_run"])


def whole_id(now: Session, word: str, here: Case) -> str:
    """``case=K4NE`` with the whole id; another office's case is named whole."""
    name, sign, ref = word.partition("=")
    if name != "case" or not sign:
        return word
    try:
        found = store.find_case(now.workspace, ref, now=now.now).case.id
    except NotFound:
        if not CASE_ID.fullmatch(ref):
            raise
        found = ref
    if found == here.id:
        raise Refused(N_("{case} cannot be linked with itself"), case=found)
    return f"case={found}"


def _typed(verb: Verb, values: Mapping[str, Any]) -> Typed:
    shared: dict[str, Any] = {
        name: tuple(values[name] or ()) if name in options.REPEATED else values[name]
        for name in options.SHARED
        if name not in ("files", "dry_run")
    }
    own = {("unit" if name == "for_unit" else name): values[name] for name in verb.own}
    return Typed(words=tuple(values.get("words") or ()), own=own, **shared)


def _loaded(verb: Verb, now: Session, ref: str, typed: Typed) -> store.Loaded:
    """The case, or the logbook of the month in which it happened."""
    ws = now.workspace
    if ref.lower() in LOG or not verb.case:
        zone = now.zone
        at = un.parse_time(typed.at, now.now, zone) if typed.at else now.now.astimezone(zone)
        return store.logbook(ws, at.date())
    loaded = store.find_case(ws, ref, now=now.now)
    broken = [each for each in loaded.problems if each.severity == "error"]
    if broken:  # what cannot be read may be the very case that was meant
        raise Unreadable(
            broken,
            hint=Said(
                N_("nothing was written; name the case by the end of its id: {id}"),
                {"id": loaded.case.id},
            ),
        )
    if not now.quiet:
        screen.complain([p for p in loaded.problems if p.severity == "warning"], now.language)
    return loaded


def may_pretend(now: Session, case: Case, *, drill: bool = False) -> None:
    """``--now`` writes only into drills, in a demonstration office also into its logbooks, and
    never before what is recorded there."""
    if not now.now_given:
        return
    played = case.drill or (case.is_logbook and now.workspace.office.demo)
    if not (drill or played):
        raise Refused(
            N_("--now writes only into a drill: the record says when it was really written"),
            hint=Said(N_("when it happened is said with -a")),
        )
    last = verbs.last_recorded(case)
    if last is not None and now.now < last:
        raise Refused(
            N_("--now {now} lies before the last record of this drill, {last}"),
            hint=Said(
                N_("what happened earlier: {line}"),
                {"line": f'--now "{un.shown(last.astimezone(now.zone))}" -a {now.now:%H:%M}'},
            ),
            now=un.shown(now.now),
            last=un.shown(last.astimezone(now.zone)),
        )


def scene_of(now: Session, loaded: store.Loaded) -> Scene:
    """What a command about this case is understood against."""
    ws = now.workspace
    books: tuple[Case, ...] = ()
    if loaded.case.is_logbook:
        books = tuple(each.case for each in store.logbooks(ws, store.two_months(now.now)).cases)
    scene = Scene(
        case=current(loaded.case),
        plans=loaded.plans,
        office=ws.office,
        now=now.now,
        by=ws.office.post,
        calendar=store.calendar(ws),
        language=now.language,
        books=books,
    )
    post = os.environ.get("YUQING_BY", "").strip()
    return dataclasses.replace(scene, by=scene.organ(post)) if post else scene


def _papers(
    now: Session, case_id: str | None, sources: Sequence[str] | None, typed: Typed
) -> tuple[Typed, tuple[store.Attachment, ...]]:
    """Decide names and digests of what is attached; nothing is copied yet."""
    papers = store.attachments(now.workspace, case_id, [Path(each) for each in sources or ()])
    digested = tuple(
        {k: v for k, v in dataclasses.asdict(each.file).items() if v} for each in papers
    )
    return dataclasses.replace(typed, files=digested), papers


def judged(raws: Sequence[Raw], scene: Scene) -> list[Entry]:
    """Raw fields as entries, by the rules of the file. Raises ``Refused`` with all problems.

    An entry that names the one before it (``fulfil.ACT``) makes that one's id be drawn now.
    """
    from yuqing.read.case import read_entry

    case, entries, problems = scene.case, list[Entry](), list[Problem]()
    for each in raws:
        raw = each
        if fulfil.ACT in raw.get("re", ()):
            name = store.entry_id({each.id for each in case.log if each.id})
            entries[-1] = dataclasses.replace(entries[-1], id=name)
            case = dataclasses.replace(case, log=(*case.log[:-1], entries[-1]))
            raw = {**raw, "re": [name]}
        entry, wrong = read_entry(raw, case, scene.plans, scene.office.organs)
        problems += [found for found in wrong if found.severity == "error"]
        if entry is not None:
            entries.append(entry)
            case = dataclasses.replace(case, log=(*case.log, entry))
    if problems:
        said = problems[0].said
        for other in problems[1:]:
            said = Said(N_("{one}; {more}"), {"one": said, "more": other.said})
        raise Refused(N_("nothing was written: {what}"), what=said)
    return entries


# --- opening a case --------------------------------------------------------------------


def _open(verb: Verb, now: Session, typed: Typed, values: Mapping[str, Any]) -> int:
    ws = now.workspace
    if not typed.words or not typed.words[0].strip():
        raise Refused(N_("what is it about? a case needs a title"), hint=Said('yuqing new "…"'))
    title = typed.words[0].strip()
    if len(title) > 80 or "\n" in title:
        raise Refused(N_("the title has {n} characters; at most 80, on one line"), n=len(title))
    if bad := bad_character(title):
        raise Refused(N_("nothing was written: {what}"), what=bad[1].said)
    drill = bool(typed.option("drill")) or ws.office.demo
    secrecy: Literal["internal", "secret"] | None = None
    if typed.option("secret") or typed.option("internal"):
        secrecy = "secret" if typed.option("secret") else "internal"
    plans = _plans(now, typed)
    pins = tuple(Pin(id=p.id, version=p.version, digest=p.digest) for p in plans)
    case = Case(id="", title=title, plans=pins, drill=drill, secrecy=secrecy)
    may_pretend(now, case)
    scene = scene_of(now, store.Loaded(case, plans, ws.cases, b""))
    typed, papers = _papers(now, None, values["files"], typed)
    entries = judged(verb.build(typed, scene), scene)
    if values["dry_run"]:
        return answers.planned(now, scene, entries)
    head: dict[str, Any] = {"title": title, "plans": pins}
    head |= {"drill": True} if drill else {}
    head |= {"secrecy": secrecy} if secrecy else {}
    written = store.create(ws, head, entries, papers, now=now.now)
    return answers.saved(now, scene, written, opened=True)


def _plans(now: Session, typed: Typed) -> tuple[Plan, ...]:
    """The plans named, each once; else the first that the office has adopted."""
    named = typed.option("plan")
    if not named:
        return store.plans(now.workspace)[:1]
    found = [store.load_plan(now.workspace, name) for name in named]
    return tuple({plan.name: plan for plan in found}.values())
