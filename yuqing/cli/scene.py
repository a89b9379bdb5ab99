"""What was typed, and what it is understood against: case, plans, office, time.

Both are values. The verbs turn them into the raw fields of entries; ``read`` then judges these
as it judges a file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from yuqing.case import Case, Entry, effective
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.context import ZONE
from yuqing.clock import Standing, office_standings, standings, world_of
from yuqing.errors import Refused, Said
from yuqing.plan import Office, Organ, Plan, Value
from yuqing.span import Calendar
from yuqing.words import N_

Raw = dict[str, Any]
"""The fields of an entry as the file has them: text, lists and maps of text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The words and options of one writing command, as they stand on the line.

    ``files``: already digested, ``{path, sha256}`` each. ``own``: options that only this verb
    has, by their names.
    """

    words: tuple[str, ...] = ()
    at: str | None = None
    by: str | None = None
    text: str | None = None
    because: str | None = None
    files: tuple[Mapping[str, str], ...] = ()
    doc: str | None = None
    links: tuple[str, ...] = ()
    re: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    number: str | None = None
    own: Mapping[str, Any] = field(default_factory=dict)

    def option(self, name: str) -> Any:
        """An own option of the verb; ``None`` where it was not typed."""
        return self.own.get(name) or None


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What one command is understood against. ``by``: who acts unless ``--by`` says.

    ``case``: head as amended, log as written. ``books``: other logbooks that count beside a
    logbook; ``duplicates``: cases linked as such, whose discoveries count. ``language``: of the few words the program itself puts into a record.
    """

    case: Case
    plans: tuple[Plan, ...]
    office: Office
    now: dt.datetime
    by: str
    calendar: Calendar = field(default_factory=Calendar)
    language: str = "en"
    books: tuple[Case, ...] = ()
    duplicates: tuple[Case, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the first plan."""
        return ZoneInfo(self.plans[0].timezone if self.plans else ZONE)

    @cached_property
    def organs(self) -> Mapping[str, Organ]:
        """Organs of all plans and the office."""
        return un.organs_of(self.plans, self.office.organs)

    @cached_property
    def words(self) -> vo.Words:
        """Facts and scales of all plans."""
        return vo.Words.of(self.plans)

    @cached_property
    def log(self) -> tuple[Entry, ...]:
        """The effective log."""
        return effective(self.case)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Every clock as it stands before the command."""
        return self.standings_of(self.case)

    def standings_of(self, case: Case) -> tuple[Standing, ...]:
        """Every clock of the case, or of the office if it is a logbook."""
        if case.is_logbook:
            books = [each for each in self.books if each.id != case.id] + [case]
            return office_standings(
                books, self.plans, self.calendar, self.now, since=self.office.since
            )
        return standings(case, self.plans, self.calendar, self.now, duplicates=self.duplicates)

    @property
    def items(self) -> tuple[Entry, ...]:
        """Entries with a due time: what may be fulfilled, or moved."""
        return tuple(each for each in self.log if each.due is not None and each.id)

    def values(self, plan: Plan, *, worst: bool = False) -> dict[str, Value]:
        """Facts and confirmed grades known now; ``worst``: and, of every ordered scale nobody
        has graded, the worst level still possible, as the clocks assume it."""
        world = world_of(self.case, plan, self.calendar, self.now)
        known, assumed = world.values(world.present, world.rounds[-1])
        return {**known, **(assumed if worst else {})}

    def organ(self, word: str) -> str:
        """The organ or post that ``word`` names. Raises Refused."""
        return un.parse_organ(word, self.organs, (self.office.post, self.by))

    def time(self, word: str | None) -> dt.datetime:
        """When something happened; now if nothing was typed. Raises Refused."""
        return un.parse_time(word, self.now, self.zone) if word else self.now

    def due(self, word: str, at: dt.datetime) -> str:
        """A due time as the file has it. Raises Refused."""
        return un.written(un.parse_due(word, at, self.now, self.zone))

    def entry(self, word: str) -> str:
        """The id of an entry. Raises NotFound."""
        return un.parse_entry(word, self.case)


def raw(kind: str, typed: Typed, scene: Scene, *, at: dt.datetime | None = None, **own: Any) -> Raw:
    """One entry: what the shared options say, and the verb's ``own`` fields over it.

    Names in ``own`` are those of the file, with ``_`` behind ``from`` and ``with``. Empty
    ones are left out. ``at``: where the word itself carried a time.
    """
    found: Raw = {
        "kind": kind,
        "at": un.written(at or scene.time(typed.at)),
        "by": scene.organ(typed.by) if typed.by else scene.by,
        "text": typed.text,
        "because": typed.because,
        "clause": list(typed.clause),
        "number": typed.number,
        "document": vo.parse_document(typed.doc, scene.plans) if typed.doc else None,
        "links": list(typed.links),
        "files": [dict(each) for each in typed.files],
        "re": [scene.entry(word) for word in typed.re],
        "closes": [scene.entry(word) for word in typed.closes],
    }
    found |= {name.removesuffix("_"): value for name, value in own.items()}
    return {
        name: value for name, value in found.items() if value not in (None, "", [], (), {}, False)
    }


def sort_words(words: Sequence[str], scene: Scene) -> tuple[dict[str, str], list[str]]:
    """Words as facts and the rest, in order. Raises Refused for a fact named or valued wrong."""
    facts: dict[str, str] = {}
    rest: list[str] = []
    for word in words:
        fact = vo.parse_fact_word(word, scene.words)
        if fact is None:
            rest.append(word)
        elif fact[0] in facts:
            raise Refused(N_("{name} stands twice"), name=fact[0])
        else:
            facts[fact[0]] = fact[1]
    return facts, rest


def joined(words: Sequence[str], typed: Typed) -> str | None:
    """The text of the act: words on the line, or ``-m``; not both."""
    if words and typed.text:
        raise Refused(
            N_("the words stand twice, on the line and behind -m: {text}"), text=" ".join(words)
        )
    for word in words:
        if re.match(r"https?://\S+$", word):
            raise Refused(N_("a web address goes behind -l: {word}"), word=word)
    return " ".join(words) or typed.text


def needed(what: str, line: str) -> Refused:
    """The failure of a command that lacks a word. ``what`` and ``line`` are message ids."""
    return Refused(
        N_("{what} is missing"), hint=Said(N_("so: {line}"), {"line": line}), what=Said(what)
    )
