"""What a person or a program sees: lines, tables on a terminal, JSON envelopes.

Data goes out as it is, but never as commands to the terminal: see :func:`clean`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yuqing import again, words
from yuqing.case import Case, typed_id
from yuqing.clock.standing import Standing, State
from yuqing.errors import Problem, Said
from yuqing.plan import TRUTH, TRUTH_NAMES, Level, Organ, Plan
from yuqing.span import Span
from yuqing.words import N_

# --- signs -----------------------------------------------------------------------------

_UNSEEN = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
"""Signs that steer direction, line or joining and are not seen themselves."""


def clean(text: str) -> str:
    """``text`` on one line, with control, escape and direction characters made visible."""
    if text.isprintable():  # none of them is, and most texts are
        return text
    return "".join(
        f"<U+{ord(c):04X}>" if c in _UNSEEN or unicodedata.category(c) in ("Cc", "Cs") else c
        for c in text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    )


# --- times -----------------------------------------------------------------------------


def iso(moment: dt.datetime | None) -> str | None:
    """For programs: offset, to the minute; the end of a day is the next day's 00:00."""
    return None if moment is None else moment.isoformat(timespec="minutes")


def short(moment: dt.datetime, now: dt.datetime, *, end: bool = False) -> str:
    """For people: ``11-22 01:52``, with the year if it is not that of ``now``.

    ``end``: the moment is a limit, so midnight is shown as 24:00 of the day it ends.
    """
    local = moment
    clock = f"{local:%H:%M}"
    if end and clock == "00:00":
        local -= dt.timedelta(days=1)
        clock = "24:00"
    day = f"{local:%m-%d}" if local.year == now.astimezone(local.tzinfo).year else f"{local:%F}"
    return f"{day} {clock}"


LENGTHS = (N_("{n} min"), N_("{h}:{m:02d} h"), N_("{n} days"))
ASIDE = (N_("{span} over"), N_("{span} left"))


def length(span: dt.timedelta) -> Said:
    """A length of time as one would say it: minutes, hours with minutes, days."""
    which, numbers = again.measured(int(span.total_seconds()) // 60)
    return Said(LENGTHS[which], numbers)


def left(limit: dt.datetime, now: dt.datetime) -> Said:
    """``1:42 left`` or ``2 min over``; exactly at the limit nothing is over yet."""
    if now > limit:
        return Said(ASIDE[0], {"span": length(now - limit)})
    return Said(ASIDE[1], {"span": length(limit - now)})


_SPANS: Mapping[str, str] = {
    "minute": N_("{n} minutes"),
    "hour": N_("{n} hours"),
    "day": N_("{n} days"),
    "natural_day": N_("{n} calendar days"),
    "working_day": N_("{n} working days"),
    "week": N_("{n} weeks"),
    "month": N_("{n} months"),
    "year": N_("{n} years"),
    "same_day": N_("the same day"),
    "next_day": N_("the next day"),
}
ANCHORS: Mapping[str, str] = {
    "next_opening": N_("the next opening of the office"),
    "office_time": N_("office hours"),
    "end_of_day": N_("the end of the day"),
    "end_of_month": N_("the end of the month"),
    "end_of_quarter": N_("the end of the quarter"),
    "end_of_year": N_("the end of the year"),
}


def span_words(span: Span) -> Said:
    """A length as the plan gives it: ``5 working days``."""
    return Said(_SPANS[span.unit], {"n": span.count})


def tell(said: Said, now: dt.datetime, language: str) -> str:
    """A sentence of the clock in words: its times, lengths and anchors put as people say them."""

    def put(value: Any) -> Any:
        if isinstance(value, Said):
            return tell(value, now, language)
        if isinstance(value, dt.datetime):
            return short(value, now, end=True)
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, Span):
            return words.say(span_words(value), language)
        if isinstance(value, str) and value in ANCHORS:
            return words.say(ANCHORS[value], language)
        if isinstance(value, tuple | list):
            return words.say(N_(", "), language).join(str(put(each)) for each in value)
        return value

    params = {name: put(value) for name, value in said.params.items()}
    return clean(words.say(Said(said.key, params), language))


# --- words of one clock ----------------------------------------------------------------

STATES: Mapping[State, str] = {
    "waiting": N_("waiting"),
    "running": N_("running"),
    "open": N_("open, no figure"),
    "paused": N_("paused"),
    "past_local_target": N_("past local target"),
    "past_target": N_("past target"),
    "due_soon": N_("due soon"),
    "overdue": N_("overdue"),
    "met": N_("met"),
    "met_late": N_("met late"),
    "released": N_("released"),
    "ended": N_("ended"),
    "incomplete": N_("cannot be computed"),
}
STYLES: Mapping[State, str] = {
    "overdue": "bold red",
    "due_soon": "yellow",
    "past_target": "yellow",
    "past_local_target": "yellow",
    "incomplete": "magenta",
    "met_late": "red",
    "met": "dim",
    "released": "dim",
    "ended": "dim",
}
BUILT_IN: Mapping[str, str] = {"public": N_("the public"), "asker": N_("the asker")}


@dataclass(frozen=True, slots=True)
class Naming:
    """Names for the ids of plans and office. Names are data, only built-in ones are words."""

    plans: tuple[Plan, ...] = ()
    organs: Mapping[str, Organ] = field(default_factory=dict)
    language: str = "en"

    def organ(self, organ: str) -> str:
        """The name of an organ; a word nobody declared stands for itself."""
        for organs in (*(plan.organs for plan in self.plans), self.organs):
            if organ in organs:
                return clean(organs[organ].name)
        return words.say(BUILT_IN[organ], self.language) if organ in BUILT_IN else clean(organ)

    def listed(self, organs: Iterable[str]) -> str:
        """Several organs, one after the other."""
        return words.say(N_(", "), self.language).join(self.organ(each) for each in organs)

    def level(self, level: str, scale: str = "level") -> str:
        """The name of a level."""
        for plan in self.plans:
            for each in plan.scales[scale].levels if scale in plan.scales else ():
                if each.id == level:
                    return level_name(scale, each, self.language)
        return clean(level)


def level_name(scale: str, level: Level, language: str) -> str:
    """The plan's name of a level; ours for the scale that is built into every plan."""
    if scale == TRUTH.id:
        return words.say(TRUTH_NAMES[level.id], language)
    return clean(level.name)


@dataclass(frozen=True, slots=True)
class Row:
    """One standing in its case, with the names of its plans: what a line is made of."""

    standing: Standing
    case: Case
    naming: Naming


def case_name(case: Case) -> str:
    """The case as one types it (``case.typed_id``)."""
    return typed_id(case.id)


def due(standing: Standing, now: dt.datetime) -> Said:
    """By when, in words: target and limit, one of them, or the plan's own word."""
    target = standing.target and short(standing.target, now, end=True)
    limit = standing.limit and short(standing.limit, now, end=True)
    name = clean(standing.target_name or "")
    if target and limit and target != limit:
        if name:
            return Said(
                N_("{target} ({name}) / {limit} at the latest"),
                {"target": target, "name": name, "limit": limit},
            )
        return Said(
            N_("{target} if possible / {limit} at the latest"), {"target": target, "limit": limit}
        )
    if limit:
        return Said(N_("by {limit}"), {"limit": limit})
    if target:
        if name:
            return Said(N_("{target} ({name})"), {"target": target, "name": name})
        return Said(N_("{target} if possible"), {"target": target})
    if standing.word:
        word = clean(standing.word)
        if standing.local:
            local = short(standing.local, now, end=True)
            return Said(
                N_("“{word}”, the office's own target {local}"), {"word": word, "local": local}
            )
        return Said(N_("“{word}”"), {"word": word})
    if standing.state == "waiting":
        return Said(N_("its start has not happened yet"))
    return Said(N_("no time"))


def pressing(standing: Standing, now: dt.datetime) -> dt.datetime | None:
    """The next of targets and limit, or, if all have passed, the last."""
    if standing.over or standing.state in ("paused", "incomplete"):
        return None
    ahead = [
        m for m in (standing.local, standing.target, standing.limit) if m is not None and m >= now
    ]
    return min(ahead) if ahead else standing.limit or standing.target or standing.local


def remaining(standing: Standing, now: dt.datetime) -> Said | None:
    """What is left to that moment, or how long ago it was; without one, how long it has run."""
    moment = pressing(standing, now)
    if moment is not None:
        return left(moment, now)
    if standing.start and standing.start <= now and standing.state == "open":
        return Said(N_("{span} so far"), {"span": length(now - standing.start)})
    return None


def state_word(standing: Standing) -> str:
    """The state as a message id. Without a figure in the plan nothing is on time, only done."""
    if standing.state == "met" and standing.limit is None and standing.target is None:
        return N_("done")
    return STATES[standing.state]


def marks(row: Row, now: dt.datetime) -> tuple[Said, ...]:
    """What a reader must know beside the figure, most important first."""
    standing, naming = row.standing, row.naming
    said: list[Said] = []
    missing = tuple(each for each in standing.missing if each != "public")
    if missing and not standing.over:
        said.append(Said(N_("not reached: {organs}"), {"organs": naming.listed(missing)}))
    if standing.for_:
        said.append(Said(N_("owed by {organ}"), {"organ": naming.organ(standing.for_)}))
    if standing.provisional:
        said.append(Said(N_("provisional")))
    if standing.estimated:
        said.append(Said(N_("start estimated")))
    if standing.arose_late:
        said.append(Said(N_("already past when it arose")))
    if standing.was_limit:
        was = short(standing.was_limit, now, end=True)
        said.append(Said(N_("basis changed, before: {was}"), {"was": was}))
    if standing.done:
        said.append(Said(N_("done {at}"), {"at": short(standing.done, now)}))
        if standing.target and standing.done > standing.target and standing.state == "met":
            said.append(Said(N_("after the target")))
    if standing.round > 1:
        said.append(Said(N_("round {n}"), {"n": standing.round}))
    if row.case.drill:
        said.append(Said(N_("drill")))
    return (*said, *standing.notes)


def clauses(standing: Standing, *, plan: bool) -> str:
    """The articles behind a due time; with the plan's id where several stand side by side."""
    listed = " ".join(clean(each) for each in standing.clauses or (standing.clause,) if each)
    return f"{clean(standing.plan.partition('@')[0])} {listed}" if plan else listed


LEFT = 4
"""The cell of a line that says how far its time is away."""


def cells(row: Row, now: dt.datetime, language: str) -> tuple[str, ...]:
    """One clock as the cells of a line: state, case, what, by when, left, article, marks."""
    standing = row.standing
    rest = remaining(standing, now)
    what = clean(standing.does)
    return (
        words.say(state_word(standing), language),
        case_name(row.case),
        f"{what} [{standing.duty}]" if standing.item and standing.duty else what,
        words.say(due(standing, now), language),
        words.say(rest, language) if rest else "",
        clauses(standing, plan=len(row.naming.plans) > 1),
        words.say(N_("; "), language).join(tell(each, now, language) for each in marks(row, now)),
    )


# --- lines and tables ------------------------------------------------------------------


_GAP = 2
"""Blanks between two columns."""


def rows(
    lines: Sequence[Sequence[str]],
    *,
    styles: Sequence[str] = (),
    heads: Sequence[str] = (),
    whole: Sequence[int] = (),
    fancy: bool = False,
) -> None:
    """Print rows of cells: a table on a terminal, else whole uncut lines.

    ``fancy``: stdout is a terminal that may be coloured. ``heads`` stand over a table only,
    so that every plain line is an answer. ``whole``: columns of a table that are not folded.
    Columns that are empty throughout are left out.
    """
    if not fancy:
        for line in lines:
            print("  ".join(cell for cell in line if cell))
        return
    if not lines:
        return
    from rich.cells import cell_len
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    kept = [n for n in range(len(lines[0])) if any(line[n] for line in lines)]
    # The gap belongs to the width of a column where that is told: a padded cell is laid out twice,
    # and once more for its width.
    table = Table(box=None, show_header=bool(heads), pad_edge=False, padding=0)
    columns: list[list[Text] | list[Padding]] = []
    for n in kept:
        head, width = heads[n] if heads else "", None
        gap = _GAP if n != kept[-1] else 0
        # Text, not markup: square brackets of data are no commands
        cells = [
            Text(line[n], style=styles[place] if styles else "") for place, line in enumerate(lines)
        ]
        if n in whole:
            parts = (part for cell in (head, *(li[n] for li in lines)) for part in cell.split("\n"))
            width = max(map(cell_len, parts)) + gap
        table.add_column(head, overflow="fold", no_wrap=n in whole, header_style="dim", width=width)
        padded = gap and width is None
        columns.append([Padding(cell, (0, gap, 0, 0)) for cell in cells] if padded else cells)
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    Console(highlight=False).print(table)


def clocks(found: Sequence[Row], now: dt.datetime, language: str, *, fancy: bool) -> None:
    """Print clocks, one a line; on a terminal as a table that fits 80 columns."""
    lines = [cells(each, now, language) for each in found]
    heads = (N_("State"), N_("Case"), N_("What"), N_("By when"))
    rows(
        [_stacked(line) for line in lines] if fancy else lines,
        styles=[STYLES.get(each.standing.state, "") for each in found],
        heads=[words.say(head, language) for head in heads],
        whole=(0, 1),
        fancy=fancy,
    )


def _stacked(line: tuple[str, ...]) -> tuple[str, ...]:
    """The cells of a line in four columns, some under one another: 80 columns are not many."""
    state, case, what, due_, left_, article, more = line
    by_when = due_.replace(" / ", "\n").replace("”, ", "”\n")
    return state, case, f"{what}  {article}\n{more}".strip(), f"{by_when}\n{left_}".strip()


def problem_line(problem: Problem, language: str) -> str:
    """``cases/X.yaml:19: sentence``: the form that editors and other tools can jump to."""
    place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    return clean((place if problem.file else "") + words.say(problem.said, language))


def complain(problems: Iterable[Problem], language: str) -> None:
    """Name what is wrong with files on stderr."""
    for each in problems:
        print(problem_line(each, language), file=sys.stderr)


# --- for programs ----------------------------------------------------------------------


def item(row: Row) -> dict[str, Any]:
    """One clock as programs get it. Fields are added, never renamed."""
    standing = row.standing
    return {
        "case": standing.case,
        "title": row.case.title,
        "plan": standing.plan,
        "duty": standing.duty,
        "clause": standing.clause,
        "does": standing.does,
        "to": list(standing.to),
        "missing": list(standing.missing),
        "round": standing.round,
        "for": standing.for_,
        "start": iso(standing.start),
        "target": iso(standing.target),
        "limit": iso(standing.limit),
        "was_limit": iso(standing.was_limit),
        "word": standing.word,
        "done": iso(standing.done),
        "state": standing.state,
        "level": standing.level,
        "provisional": standing.provisional,
        "arose_late": standing.arose_late,
        "estimated": standing.estimated,
        "who": list(standing.who),
        "item": standing.item,
        "local": iso(standing.local),
        "target_name": standing.target_name,
        "clauses": list(standing.clauses),
        "readings": list(standing.readings),
        "done_recorded": iso(standing.done_recorded),
        "acts": list(standing.acts),
        "drill": row.case.drill,
    }


def problem_item(problem: Problem, language: str) -> dict[str, Any]:
    """A problem as programs get it: place, weight, and the sentence in the language asked for."""
    return {
        "file": problem.file,
        "line": problem.line or None,
        "path": list(problem.path),
        "severity": problem.severity,
        "message": words.say(problem.said, language),
    }


def envelope(
    kind: str,
    now: dt.datetime,
    items: Sequence[Any],
    problems: Sequence[Problem],
    language: str,
    **more: Any,
) -> dict[str, Any]:
    """The frame of every ``--json`` answer. ``complete`` is false if a file was unusable or
    an item could not be computed. ``more``: further top-level fields."""
    incomplete = any(isinstance(each, dict) and each.get("state") == "incomplete" for each in items)
    return {
        "schema": 1,
        "kind": kind,
        "now": iso(now),
        "complete": not incomplete and not any(p.severity == "error" for p in problems),
        "problems": [problem_item(each, language) for each in problems],
        "items": list(items),
        **more,
    }


def dumped(value: Any) -> str:
    """JSON, readable and in the script it is written in."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def dump(value: Any) -> None:
    """Print JSON."""
    print(dumped(value))
