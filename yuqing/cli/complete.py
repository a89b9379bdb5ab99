"""What the shell offers when a word is completed: names of this office's cases and plans.

Nothing here may fail or print: a shell that asks in the wrong folder gets no offer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import typer

from yuqing import store, words
from yuqing.case import FORMS, KINDS, effective
from yuqing.cli.context import Session, locale_language
from yuqing.cli.vocabulary import MOMENTS
from yuqing.errors import Failure
from yuqing.offers import Offer, fits
from yuqing.plan import Office, Plan
from yuqing.screen import case_name, level_name
from yuqing.words import N_

Offers = Callable[[typer.Context, str], list[Offer]]
"""What Typer asks: the words that begin so, each with a line of help."""


# --- words of plans --------------------------------------------------------------------


def _plain(words_: Iterable[str]) -> list[Offer]:
    return [(each, "") for each in words_]


def _levels(plans: Sequence[Plan], language: str) -> list[Offer]:
    scales = [scale for plan in plans for scale in plan.scales.values()]
    return [(f"{s.id}={e.id}", level_name(s.id, e, language)) for s in scales for e in s.levels]


def _duties(plans: Sequence[Plan], *, of_the_office: bool) -> list[Offer]:
    duties = [duty for plan in plans for duty in plan.duties.values()]
    return [(d.id, d.does) for d in duties if d.of_the_office == of_the_office]


_OF_PLANS: Mapping[str, Callable[[Sequence[Plan], str], list[Offer]]] = {
    "FACT": lambda plans, _: [(f"{f.id}=", f.ask) for p in plans for f in p.facts.values()],
    "LEVEL": _levels,
    "CASE_DUTY": lambda plans, _: _duties(plans, of_the_office=False),
    "OFFICE_DUTY": lambda plans, _: _duties(plans, of_the_office=True),
    "DOCUMENT": lambda plans, _: [(d.id, d.title) for p in plans for d in p.documents.values()],
    "MATTER": lambda plans, _: [
        (g.id, g.does or g.clause) for p in plans for g in p.gates.values()
    ],
    "MOMENT": lambda plans, _: [
        *_plain(MOMENTS),
        *((e.id, e.name) for p in plans for e in p.events.values()),
    ],
    "FORM": lambda *_: _plain(FORMS),
    "KIND": lambda *_: _plain(KINDS),
}
"""Kind of word → those that plans hold, in a language."""


def _organs(plans: Sequence[Plan], office: Office) -> list[Offer]:
    found = {o.id: o.name for plan in plans for o in plan.organs.values()}
    return [*(found | {o.id: o.name for o in office.organs.values()}).items()]


_WORDS: Mapping[str, tuple[str, ...]] = {
    "note": ("FACT",),
    "grade": ("LEVEL", "FACT"),
    "report": ("FORM", "ORGAN"),
    "receive": ("ORGAN",),
    "receipt": ("ENTRY",),
    "approve": ("ORGAN",),
    "publish": ("FACT",),
    "reply": ("FACT",),
    "assign": ("ORGAN",),
    "done": ("ITEM", "DUTY"),
    "mark": ("MOMENT",),
    "adjust": ("ITEM", "DUTY"),
    "amend": ("ENTRY",),
    "tick": ("OFFICE_DUTY",),
    "add": ("KIND",),
}
"""Writing command → kinds of words that it takes."""


# --- asked by Typer --------------------------------------------------------------------


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


def _language() -> str:
    return words.choose(os.environ.get("YUQING_LANG"), locale_language())


def _of_kind(ctx: typer.Context, kind: str) -> Iterable[Offer]:
    """All words of one kind that may stand on this line."""
    ws, loaded = _session(ctx).workspace, _loaded(ctx)
    if kind == "CASE":
        return [*((case_name(e.case), e.case.title) for e in store.desk(ws).cases), ("log", "")]
    if kind == "PLAN":
        return _plain(store.plan_names(ws))
    plans = loaded.plans if loaded else store.plans(ws)
    if kind == "ORGAN":
        return _organs(plans, ws.office)
    if kind == "DUTY":
        kind = "OFFICE_DUTY" if loaded is None or loaded.case.is_logbook else "CASE_DUTY"
    if kind in _OF_PLANS:
        return _OF_PLANS[kind](plans, _language())
    log = loaded.case.log if loaded else ()
    if kind == "ENTRY":
        told = [(e.id, f"{e.kind} {e.at:%m-%d %H:%M}") for e in reversed(log) if e.id]
        return [*told, ("last", "")]
    items = [e for e in (effective(loaded.case) if loaded else ()) if e.due is not None]
    return [(e.id, e.text or e.number or e.kind) for e in items if e.id]


def _offering(kinds: Callable[[typer.Context], Iterable[str]]) -> Offers:
    """Only what begins as typed; and nothing where the office cannot be read."""

    def offer(ctx: typer.Context, incomplete: str) -> list[Offer]:
        try:
            found = [each for kind in kinds(ctx) for each in _of_kind(ctx, kind)]
            return [each for each in found if fits(each, incomplete)]
        except (Failure, OSError):
            return []

    return offer


def _only(kinds: Iterable[str], _: typer.Context) -> Iterable[str]:
    return kinds


word: Offers = _offering(lambda ctx: _WORDS.get(ctx.info_name or "", ()))
"""The words that this verb takes."""

_OPTIONS: Mapping[str, str] = {
    "ORGAN": "ORGAN", "WHO": "ORGAN", "ENTRY": "ENTRY", "NAME": "DOCUMENT", "M": "MATTER",
    "F": "FORM", "ID": "PLAN", "CASE": "CASE",
}  # fmt: skip
_OF_METAVAR = {
    **_OPTIONS, "PLAN": "PLAN", "DUTY": "DUTY", "UNIT": "ORGAN", "DOCUMENT": "PAPER",
    "TOPIC": "TOPIC",
}  # fmt: skip
"""How help names a value → kind of word."""

BY_METAVAR: dict[str, Any] = {
    name: _offering(partial(_only, (kind,))) for name, kind in _OPTIONS.items()
}
"""Which options are completed by what."""


# --- learned once, for the shell's next question ---------------------------------------


def learn() -> dict[str, Any] | None:
    """Commands, options and the plans' words as plain values, for :mod:`yuqing.offers`.

    ``None`` where the office cannot be read.
    """
    from yuqing.cli.app import build
    from yuqing.cli.lookoffice import TOPICS

    here = Session(directory=Path(), clock=datetime.now(UTC))
    language = _language()
    try:
        plans, office = store.plans(here.workspace), here.workspace.office
        names = store.plan_names(here.workspace)
    except (Failure, OSError):
        return None
    commands: dict[str, list[Offer]] = {"": []}
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
    kinds = {
        **{kind: found(plans, language) for kind, found in _OF_PLANS.items()},
        "ORGAN": _organs(plans, office),
        "PAPER": list(_papers(here, plans, language)),
        "PLAN": _plain(names),
        "TOPIC": _plain((*TOPICS, *(name for name, _ in commands[""]))),
    }
    return {"commands": commands, "verbs": verbs, "kinds": kinds}


def _papers(here: Session, plans: Sequence[Plan], language: str) -> Iterator[Offer]:
    """What ``render`` writes: documents of the plans, those that every case has, pictures."""
    from yuqing import render
    from yuqing.cli.drawing import NAMES
    from yuqing.review.roles import ROLES

    titles = render.titles(store.template_names(here.workspace, "documents"), plans)
    known = dict(_OF_PLANS["DOCUMENT"](plans, language))
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
        kind = _OF_METAVAR.get(str(each.metavar or ""), "NOTHING")
        if each.param_type_name == "option":
            if not each.hidden:
                value = None if each.is_flag else kind
                options |= dict.fromkeys(each.opts, (each.help or "", value))
            continue
        many = many or each.nargs == -1
        own = _WORDS.get(name, ()) if each.name == "words" else ()
        places.append([*own] or [kind])
    return {
        "options": options,
        "words": places,
        "many": many,
        "takes_case": bool(places) and places[0] == ["CASE"],
    }
