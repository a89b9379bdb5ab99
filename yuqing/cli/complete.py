"""What the shell offers when a word is completed: names of this office's cases and plans.

Nothing here may fail or print: a shell that asks in the wrong folder gets no offer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from yuqing import store
from yuqing.case import FORMS, KINDS, effective
from yuqing.cli.context import Session, locale_language
from yuqing.cli.vocabulary import MOMENTS
from yuqing.errors import Failure
from yuqing.offers import fits
from yuqing.plan import Plan
from yuqing.screen import case_name, level_name
from yuqing.words import N_

Offers = Callable[[typer.Context, str], list[tuple[str, str]]]
"""What Typer asks: the words that begin so, each with a line of help."""


def _offers(found: Callable[[typer.Context], Iterator[tuple[str, str]]]) -> Offers:
    """Only what begins as typed; and nothing where the office cannot be read."""

    @wraps(found)
    def offer(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        try:
            return [each for each in found(ctx) if fits(each, incomplete)]
        except (Failure, OSError):
            return []

    del offer.__wrapped__  # Typer would read the inner signature
    return offer


def _session(ctx: typer.Context) -> Session:
    """While a word is completed the application's callback has not run."""
    given = ctx.find_root().params.get("directory")
    return Session(
        directory=Path(given or os.environ.get("YUQING_HOME") or "."), clock=datetime.now(UTC)
    )


def _loaded(ctx: typer.Context) -> store.Loaded | None:
    """The case that the line names, if it names one already."""
    here = _session(ctx)
    case = ctx.params.get("case")
    return store.find_case(here.workspace, case, now=here.now) if case else None


def _plans(ctx: typer.Context) -> tuple[Plan, ...]:
    loaded = _loaded(ctx)
    return loaded.plans if loaded else store.plans(_session(ctx).workspace)


@_offers
def case(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Ends of the ids on the desk."""
    for loaded in store.desk(_session(ctx).workspace).cases:
        yield case_name(loaded.case), loaded.case.title
    yield "log", ""


def _organs(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    found = {o.id: o.name for plan in _plans(ctx) for o in plan.organs.values()}
    found |= {o.id: o.name for o in _session(ctx).workspace.office.organs.values()}
    yield from found.items()


def _entries(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    loaded = _loaded(ctx)
    for each in reversed(loaded.case.log if loaded else ()):
        if each.id:
            yield each.id, f"{each.kind} {each.at:%m-%d %H:%M}"
    yield "last", ""


def _facts(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    for plan in _plans(ctx):
        for fact in plan.facts.values():
            yield f"{fact.id}=", fact.ask


def _levels(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    for plan in _plans(ctx):
        for scale in plan.scales.values():
            for level in scale.levels:
                yield f"{scale.id}={level.id}", level.name


def _duties(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    loaded = _loaded(ctx)
    logbook = loaded is None or loaded.case.is_logbook
    for plan in _plans(ctx):
        for duty in plan.duties.values():
            if duty.of_the_office == logbook:
                yield duty.id, duty.does


def _items(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    loaded = _loaded(ctx)
    for each in effective(loaded.case) if loaded else ():
        if each.due is not None and each.id:
            yield each.id, each.text or each.number or each.kind


def _moments(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    yield from ((each, "") for each in MOMENTS)
    for plan in _plans(ctx):
        yield from ((each.id, each.name) for each in plan.events.values())


_WORDS: dict[str, tuple[Callable[[typer.Context], Iterator[tuple[str, str]]], ...]] = {
    "note": (_facts,),
    "grade": (_levels, _facts),
    "report": (lambda _: ((each, "") for each in FORMS), _organs),
    "receive": (_organs,),
    "receipt": (_entries,),
    "approve": (_organs,),
    "publish": (_facts,),
    "reply": (_facts,),
    "assign": (_organs,),
    "done": (_items, _duties),
    "mark": (_moments,),
    "adjust": (_items, _duties),
    "amend": (_entries,),
    "tick": (_duties,),
    "add": (lambda _: ((each, "") for each in KINDS),),
}


@_offers
def word(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """The words that this verb takes."""
    for kind in _WORDS.get(ctx.info_name or "", ()):
        yield from kind(ctx)


@_offers
def document(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Documents of the plan."""
    for plan in _plans(ctx):
        yield from ((each.id, each.title) for each in plan.documents.values())


@_offers
def matter(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Gates of the plan."""
    for plan in _plans(ctx):
        yield from ((each.id, each.does or each.clause) for each in plan.gates.values())


@_offers
def form(ctx: typer.Context) -> Iterator[tuple[str, str]]:  # noqa: ARG001 - Typer hands it
    """How an act was done."""
    yield from ((each, "") for each in FORMS)


@_offers
def plan(ctx: typer.Context) -> Iterator[tuple[str, str]]:
    """Plans at hand."""
    yield from ((each, "") for each in store.plan_names(_session(ctx).workspace))


organ: Offers = _offers(_organs)
entry: Offers = _offers(_entries)

BY_METAVAR: dict[str, Any] = {
    "ORGAN": organ, "WHO": organ, "ENTRY": entry, "NAME": document, "M": matter, "F": form,
    "ID": plan, "CASE": case,
}  # fmt: skip
"""Which options are completed by what."""


# --- learned once, for the shell's next question ---------------------------------------

_NAMES: dict[Callable[..., Any], str] = {
    _facts: "FACT", _levels: "LEVEL", _organs: "ORGAN", _entries: "ENTRY", _items: "ITEM",
    _duties: "DUTY", _moments: "MOMENT",
}  # fmt: skip
_OF_METAVAR = {
    "ORGAN": "ORGAN", "WHO": "ORGAN", "ENTRY": "ENTRY", "NAME": "DOCUMENT", "M": "MATTER",
    "F": "FORM", "ID": "PLAN", "CASE": "CASE", "PLAN": "PLAN", "DUTY": "DUTY", "UNIT": "ORGAN",
    "DOCUMENT": "PAPER", "TOPIC": "TOPIC",
}  # fmt: skip


def learn() -> dict[str, Any] | None:
    """Commands, options and the plans' words as plain values, for :mod:`yuqing.offers`.

    ``None`` where the office cannot be read.
    """
    from yuqing import words
    from yuqing.cli.app import build
    from yuqing.cli.lookoffice import TOPICS

    here = Session(directory=Path(), clock=datetime.now(UTC))
    language = words.choose(os.environ.get("YUQING_LANG"), locale_language())
    try:
        plans, office = store.plans(here.workspace), here.workspace.office
        names = store.plan_names(here.workspace)
    except (Failure, OSError):
        return None
    commands: dict[str, list[tuple[str, str]]] = {"": []}
    verbs: dict[str, Any] = {}

    def walk(group: Any, before: str) -> None:
        for name, command in group.commands.items():
            if not command.hidden:
                commands[before].append((name, command.help or ""))
            if hasattr(command, "commands"):
                commands[f"{before}{name} "] = []
                walk(command, f"{before}{name} ")
            else:
                verbs[f"{before}{name}"] = _verb_of(name, command)

    walk(build(language), "")
    organs = {o.id: o.name for p in plans for o in p.organs.values()}
    duties = [d for p in plans for d in p.duties.values()]
    kinds = {
        "ORGAN": [*organs.items(), *((o.id, o.name) for o in office.organs.values())],
        "FACT": [(f"{f.id}=", f.ask) for p in plans for f in p.facts.values()],
        "LEVEL": [
            (f"{s.id}={level.id}", level_name(s.id, level, language))
            for p in plans
            for s in p.scales.values()
            for level in s.levels
        ],
        "CASE_DUTY": [(d.id, d.does) for d in duties if not d.of_the_office],
        "OFFICE_DUTY": [(d.id, d.does) for d in duties if d.of_the_office],
        "DOCUMENT": [(d.id, d.title) for p in plans for d in p.documents.values()],
        "PAPER": list(_papers(here, plans, language)),
        "MATTER": [(g.id, g.does or g.clause) for p in plans for g in p.gates.values()],
        "MOMENT": [
            *((each, "") for each in MOMENTS),
            *((e.id, e.name) for p in plans for e in p.events.values()),
        ],
        "FORM": [(each, "") for each in FORMS],
        "KIND": [(each, "") for each in KINDS],
        "PLAN": [(each, "") for each in names],
        "TOPIC": [(each, "") for each in (*TOPICS, *(name for name, _ in commands[""]))],
    }
    return {"commands": commands, "verbs": verbs, "kinds": kinds}


def _papers(here: Session, plans: Sequence[Plan], language: str) -> Iterator[tuple[str, str]]:
    """What ``render`` writes: documents of the plans, those that every case has, pictures."""
    from yuqing import render, words
    from yuqing.cli.drawing import NAMES
    from yuqing.review.roles import ROLES

    titles = render.titles(store.template_names(here.workspace, "documents"), plans)
    known = {d.id: d.title for p in plans for d in p.documents.values()}
    yield from known.items()
    for role in dict.fromkeys(ROLES.values()):
        if role not in known and role in titles:
            yield role, titles[role]
    for name in NAMES:
        yield name, words.say(N_("a picture"), language)


def _verb_of(name: str, command: Any) -> dict[str, Any]:
    """Options and places of one command."""
    options: dict[str, tuple[str, str | None]] = {}
    places: list[list[str]] = []
    many = False
    for each in command.params:
        metavar = str(each.metavar or "")
        if each.param_type_name == "option":
            if each.hidden:
                continue
            value = None if each.is_flag else _OF_METAVAR.get(metavar, "NOTHING")
            options |= dict.fromkeys(each.opts, (each.help or "", value))
            continue
        many = many or each.nargs == -1
        own = [_NAMES.get(found) for found in _WORDS.get(name, ())] if each.name == "words" else []
        if name == "report" and own:
            own[0] = "FORM"
        elif name == "add" and own:
            own[0] = "KIND"
        elif name == "tick":
            own = ["OFFICE_DUTY"]
        places.append([k for k in own if k] or [_OF_METAVAR.get(metavar, "NOTHING")])
    return {
        "options": options,
        "words": places,
        "many": many,
        "takes_case": bool(places) and places[0] == ["CASE"],
    }
