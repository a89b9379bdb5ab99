"""The options of the writing commands: the same ones, under the same letters, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from yuqing.cli.complete import BY_METAVAR
from yuqing.words import N_


def _one(help_: str, *names: str, metavar: str = "TEXT") -> Any:
    return Annotated[
        str | None,
        typer.Option(*names, metavar=metavar, help=help_, autocompletion=BY_METAVAR.get(metavar)),
    ]


def _many(help_: str, *names: str, metavar: str = "TEXT") -> Any:
    return Annotated[
        list[str] | None,
        typer.Option(*names, metavar=metavar, help=help_, autocompletion=BY_METAVAR.get(metavar)),
    ]


def _flag(help_: str, *names: str) -> Any:
    return Annotated[bool, typer.Option(*names, help=help_)]


CASE = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help=N_("End of the case id, . (the only one), log."),
        autocompletion=BY_METAVAR["CASE"],
    ),
]

SHARED: Mapping[str, Any] = {
    "at": _one(N_("When it happened (now)."), "--at", "-a", metavar="TIME"),
    "by": _one(N_("Who did it (the duty post)."), "--by", metavar="ORGAN"),
    "text": _one(N_("Words."), "--text", "-m"),
    "because": _one(N_("Reason."), "--because", "-b"),
    "files": _many(N_("Attach a file (copied, digested)."), "--file", "-f", metavar="FILE"),
    "doc": _one(N_("Which document of the plan."), "--doc", "-d", metavar="NAME"),
    "links": _many(N_("Web address."), "--link", "-l", metavar="URL"),
    "re": _many(N_("The entry it is about."), "--re", metavar="ENTRY"),
    "closes": _many(N_("The open item it fulfils."), "--closes", metavar="ENTRY"),
    "clause": _many(N_("Article, legal basis."), "--clause", metavar="ART"),
    "number": _one(N_("Document number."), "--number", "-n", metavar="NO"),
    "dry_run": _flag(N_("Show the entry, write nothing."), "--dry-run"),
}
"""Options of every writing command."""

OWN: Mapping[str, Any] = {
    "source": _one(N_("Where it was found."), "--source", "-s", metavar="S"),
    "occurred": _one(N_("When the matter itself happened."), "--occurred", metavar="TIME"),
    "sender": _one(N_("Who sent it."), "--from", metavar="ORGAN"),
    "due": _one(N_("By when."), "--due", metavar="D"),
    "unit": _many(N_("A unit responsible."), "--unit", metavar="ORGAN"),
    "for_unit": _one(N_("The one unit whose limit is meant."), "--unit", metavar="ORGAN"),
    "plan": _many(N_("Plan it runs under (the office's first)."), "--plan", metavar="ID"),
    "foreseen": _flag(N_("Not broken out yet."), "--foreseen"),
    "drill": _flag(N_("A drill: marked everywhere, in no figure."), "--drill"),
    "internal": _flag(N_("Keep it off wall boards and chat messages."), "--internal"),
    "secret": _flag(N_("Times, organs and numbers only; the title is a number."), "--secret"),
    "tag": _many(N_("Free label."), "--tag", metavar="T"),
    "until": _one(N_("End of a period."), "--until", metavar="TIME"),
    "propose": _flag(N_("Only a proposal."), "--propose"),
    "form": _one(N_("How it was done."), "--form", metavar="F"),
    "meeting": _one(N_("What the meeting is called."), "--name", metavar="N"),
    "code": _one(N_("Code they wrote down."), "--code", metavar="C"),
    "back": _flag(N_("Returned, not passed."), "--return"),
    "matter": _one(N_("Gate of the plan, or what was decided."), "--matter", metavar="M"),
    "signed": _one(N_("Unit or spokesperson that signs."), "--as", metavar="UNIT"),
    "use": _one(N_("Take exactly the words of this entry."), "--use", metavar="ENTRY"),
    "corrects": _one(N_("Own earlier statement put right."), "--corrects", metavar="ENTRY"),
    "to": _many(N_("To whom (the asker)."), "--to", metavar="WHO"),
    "estimated": _flag(N_("The time is an estimate; the basis behind -b."), "--estimated"),
    "release": _flag(N_("Waived."), "--release"),
    "pause": _flag(N_("Stopped."), "--pause"),
    "resume": _flag(N_("Runs again."), "--resume"),
    "void": _flag(N_("Take the entry out."), "--void"),
    "stdin": _flag(N_("Many entries: one JSON object a line of standard input."), "--stdin"),
    "one_commit": _flag(N_("With --stdin: one commit for all cases."), "--one-commit"),
}
"""Options that only some verbs have."""

REPEATED = frozenset(("files", "links", "re", "closes", "clause", "unit", "plan", "tag", "to"))
FLAGS = frozenset(
    ("dry_run", "foreseen", "drill", "internal", "secret", "propose", "back", "estimated",
     "release", "pause", "resume", "void", "stdin", "one_commit")
)  # fmt: skip
