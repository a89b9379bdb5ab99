"""Facts into short phrases, in the language of the plan; words come from ``wording.yaml``.

A template may put the fields of :class:`yuqing.review.Paper` together itself; these phrases are
the ones that each shipped template needs, so that Markdown and Word say the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from yuqing import words
from yuqing.errors import Said
from yuqing.plan import Plan
from yuqing.review.rows import (
    DutyRow,
    FactRow,
    GateRow,
    GradeRow,
    Line,
    Paper,
    Part,
    ReadingRow,
    WitnessRow,
)

Script = Literal["zh-Hans", "zh-Hant", "en"]
SCRIPTS: tuple[Script, ...] = ("zh-Hans", "zh-Hant", "en")
Group = Mapping[str, str]

# Common signs that exist in one script only; enough to tell what a plan is written in.
_SIMPLIFIED = frozenset("级时发报书导组处应对网舆传还为个与国门单协调办领党")
_TRADITIONAL = frozenset("級時發報書導組處應對網輿傳還為個與國門單協調辦領黨")


def script_of(plans: Sequence[Plan]) -> Script:
    """What the plans are written in, by the signs of title and duties."""
    text = "".join(p.title + "".join(d.does for d in p.duties.values()) for p in plans)
    if not any("\u4e00" <= sign <= "\u9fff" for sign in text):
        return "en"
    simplified = sum(sign in _SIMPLIFIED for sign in text)
    traditional = sum(sign in _TRADITIONAL for sign in text)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def vocabulary(tree: Mapping[str, Any], script: Script) -> dict[str, Any]:
    """One column of ``wording.yaml``: word → text, and groups of words."""
    column = SCRIPTS.index(script)
    return {
        name: {word: texts[column] for word, texts in entry.items()}
        if isinstance(entry, Mapping)
        else entry[column]
        for name, entry in tree["words"].items()
    }


def part_keys(tree: Mapping[str, Any]) -> dict[str, str]:
    """Every way a part is written, in any script, to the name known here."""
    parts: Mapping[str, Sequence[str]] = tree["words"]["part"]
    return {text: part for part, texts in parts.items() for text in texts}


_LANGUAGE: Mapping[Script, str] = {"en": "en", "zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one document. ``w``: its words; ``year``: the year that goes unsaid;
    ``stacked``: what shares a cell stands line below line, as in Word, not in one line."""

    w: Mapping[str, Any]
    script: Script
    year: int
    stacked: bool = False

    # --- times -------------------------------------------------------------------------

    def time(self, moment: dt.datetime | dt.date | None) -> str:
        """``11-22 02:03``; with the year where it is another one."""
        if moment is None:
            return "—"
        day = "%m-%d" if moment.year == self.year else "%Y-%m-%d"
        return moment.strftime(f"{day} %H:%M" if isinstance(moment, dt.datetime) else day)

    def due(self, moment: dt.datetime | dt.date | None) -> str:
        """A limit: midnight is 24:00 of the day that ends then."""
        if isinstance(moment, dt.datetime) and moment.timetz().replace(tzinfo=None) == dt.time():
            return f"{self.time((moment - dt.timedelta(days=1)).date())} 24:00"
        return self.time(moment)

    def full(self, moment: dt.datetime) -> str:
        """With year and words: 2026年11月22日 02:03."""
        if self.script == "en":
            return f"{moment:%Y-%m-%d %H:%M}"
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"

    def day(self, moment: dt.date) -> str:
        """The date that stands under a signature: 2026年11月22日."""
        if self.script == "en":
            return f"{moment:%Y-%m-%d}"
        return f"{moment.year}年{moment.month}月{moment.day}日"

    def span(self, length: dt.timedelta | None) -> str:
        """``2小时30分``; days from 48 hours on."""
        if length is None:
            return "—"
        minutes = int(length.total_seconds() // 60)
        days, rest = divmod(minutes, 24 * 60) if minutes >= 48 * 60 else (0, minutes)
        hours, left = divmod(rest, 60)
        counted = (("days", days), ("hours", hours), ("minutes", left))
        said = [self.w[unit].format(n=n) for unit, n in counted if n]
        joint = " " if self.script == "en" else ""
        return joint.join(said) or self.w["minutes"].format(n=0)

    # --- small ones --------------------------------------------------------------------

    def names(self, names: Sequence[str]) -> str:
        """A list of names."""
        return str(self.w["list_comma"]).join(self.word("organ", each) for each in names)

    def aside(self, text: str | None) -> str:
        """In brackets; nothing if there is nothing."""
        return f"{self.w['open_bracket']}{text}{self.w['close_bracket']}" if text else ""

    def word(self, group: str, key: str | None) -> str:
        """A word of a group; what the list does not know stays as it is."""
        known: Group = self.w[group]
        return known.get(key or "", key or "")

    def value(self, value: object) -> str:
        """A fact's value: yes and no in words."""
        if isinstance(value, bool):
            return str(self.w["yes" if value else "no"])
        return "—" if value is None else str(value)

    def chapter(self, number: int, level: int = 1) -> str:
        """The number of a chapter (GB/T 9704-2012, 7.3.3): 一、 （一） 1. （1）; English ``1.``"""
        if level > 2 or self.script == "en":
            return f"（{number}）" if level == 4 else f"{number}. "
        tens, ones = divmod(number, 10)
        signs = "一二三四五六七八九"
        chinese = ("" if tens < 2 else signs[tens - 1]) + "十" * (tens > 0)
        chinese += signs[ones - 1] if ones else ""
        return f"（{chinese}）" if level == 2 else f"{chinese}、"

    def said(self, sentence: Said) -> str:
        """A sentence of the program inside the document."""
        return words.say(
            Said(
                sentence.key,
                {
                    name: self.time(value) if isinstance(value, dt.date) else value
                    for name, value in sentence.params.items()
                },
            ),
            _LANGUAGE[self.script],
        )

    def part(self, part: Part, known: Mapping[str, str]) -> str:
        """The heading of a part the plan asks for."""
        titles: Group = self.w["part"]
        return titles.get(known.get(part.id, part.id), part.id)

    def fill(self, part: Part, case: str) -> str:
        """The line to type that fills a part."""
        return f'{self.w["how_to_fill"]} yuqing note {case.rsplit("-", 1)[-1]} "…" --tag {part.tag}'

    def mark(self, paper: Paper) -> str:
        """【演练】【草稿】, on every heading and page; nothing on a real, final paper."""
        marks = (("drill", paper.drill), ("draft", paper.draft))
        left, right = ("[", "]") if self.script == "en" else ("【", "】")
        return "".join(f"{left}{self.w[word]}{right}" for word, holds in marks if holds)

    def round(self, paper: Paper) -> str:
        """Which round the case is in."""
        return str(self.w["round"]).format(n=paper.round)

    def show(self, value: object) -> str:
        """Any value a template prints, as people write it."""
        match value:
            case str():
                return value
            case dt.date():
                return self.time(value)
            case dt.timedelta():
                return self.span(value)
            case FactRow():
                return self.fact(value)
            case GradeRow():
                return self.grade(value)
            case Line():
                return self.line(value)
            case ReadingRow():
                return self.reading(value)
            case Said():
                return self.said(value)
            case tuple() | list():
                return self.names([self.show(each) for each in value])
            case _:
                return self.value(value)

    # --- facts, grades, lines ----------------------------------------------------------

    def fact(self, row: FactRow) -> str:
        """``评论数：40（11-22 01:52）``"""
        return f"{row.name}{self.w['colon']}{self.value(row.shown)}{self.aside(self.time(row.at))}"

    def grade(self, row: GradeRow) -> str:
        """``一级(重大)（五·一级(d)；省级媒体已转载）``"""
        reasons = self._clauses([*row.clause, row.because or ""])
        return f"{self._graded(row)}{self.aside(reasons)}"

    def _graded(self, row: GradeRow) -> str:
        proposed = self.w["proposed"] if row.proposed else ""
        if row.scale_id == "level":
            return f"{proposed}{row.level}"
        return f"{self._scale(row)}{self.w['colon']}{proposed}{self._level(row, row.level)}"

    def _level(self, row: GradeRow, level: str | None) -> str:
        """A level's name; the scale of truth is built in and speaks the document's script."""
        return self.word("truth", level) if row.scale_id == "truth" else level or "—"

    def _scale(self, row: GradeRow) -> str:
        """The plan's name of a scale; where it gives none, ours."""
        return row.scale if row.scale != row.scale_id else self.word("scale", row.scale_id)

    def _clauses(self, texts: Sequence[str]) -> str:
        return str(self.w["semicolon"]).join(text for text in texts if text)

    def _cell(self, texts: Sequence[str]) -> str:
        return "\n".join(text for text in texts if text) if self.stacked else self._clauses(texts)

    def act(self, line: Line) -> str:
        """What was done, in one phrase: 电话报告 → 领导组."""
        said = self.word("kind", line.what)
        if line.what == "event":
            said = line.event or said
        elif line.what == "requested":
            said = self.word("request", line.request)
        elif line.what == "linked":
            said = f"{self.word('relation', line.relation)} {line.other_case or ''}"
        elif line.what == "adjusted":
            said = f"{said}{self.w['colon']}{line.does or ''} {self._adjusted(line)}".rstrip()
        elif line.what == "decided":
            said = f"{said}{self.aside(line.matter)}{self.w['colon']}"
            said += self.word("outcome", line.outcome)
        elif line.what == "done" and line.does:
            said = f"{said}{self.w['colon']}{line.does}"
        if line.form:
            form = self.word("form", line.form)
            said = f"{said}{self.aside(form)}" if self.script == "en" else f"{form}{said}"
        if line.meeting:
            said = f"{said}{self.aside(line.meeting)}"
        if line.sender:
            said = f"{said} ← {self.names(line.sender)}"
        if line.to or line.with_:
            said = f"{said} → {self.names(line.to or line.with_)}"
        if line.document:
            said = f"{said}{self.aside(line.document)}"
        return said

    def _adjusted(self, line: Line) -> str:
        if line.due:
            return f"{self.w['adjusted']['due']} {self.due(line.due)}"
        done = next((w for w in ("release", "pause", "resume") if getattr(line, w)), "due")
        return self.word("adjusted", done)

    def detail(self, line: Line) -> str:
        """Everything else the entry says: grades, facts, words, reason, number, papers."""
        w = self.w
        told = [f"{w['source']}{w['colon']}{line.source}"] if line.source else []
        told += [self._graded(row) for row in line.grades]
        told += [f"{row.name}{w['colon']}{self.value(row.shown)}" for row in line.facts]
        told.append(line.text or "")
        told += [*line.clause, line.because or ""]
        if line.signed_as:
            told.append(f"{w['signed']}{w['colon']}{line.signed_as}")
        if line.due and line.what != "adjusted":
            told.append(f"{w['limit']}{w['colon']}{self.due(line.due)}")
        if line.number:
            told.append(line.number)
        if line.code:
            told.append(f"{w['code']} {line.code}")
        told += [*line.files, *line.links]
        return self._clauses([text for text in told if text])

    def line(self, line: Line) -> str:
        """A whole line of the log as one sentence."""
        detail = self.detail(line)
        guess = self.aside(str(self.w["estimated"])) if line.estimated else ""
        told = f"{self.time(line.at)}{guess} {self.names([line.by])} {self.act(line)}"
        return f"{told}{self.w['colon']}{detail}" if detail else told

    def stated(self, line: Line) -> str:
        """When it happened, as stated; with what was stated before, or that it is a guess."""
        asides = []
        if line.estimated:
            asides.append(self.w["estimated"])
        if line.was_at:
            asides.append(f"{self.w['was']} {self.time(line.was_at)}")
        return self.time(line.at) + self.aside(self._clauses(asides))

    def written(self, line: Line | GradeRow) -> str:
        """When it was written down."""
        return self.time(line.recorded) if line.recorded else str(self.w["unsaved"])

    def step(self, row: GradeRow) -> str:
        """From which level to which."""
        proposed = self.w["proposed"] if row.proposed else ""
        was = self._level(row, row.was) if row.was else "—"
        return f"{self._scale(row)}{self.w['colon']}{was} → {proposed}{self._level(row, row.level)}"

    def reason(self, row: GradeRow) -> str:
        """Articles and reason of a grading."""
        return self._clauses([*row.clause, row.because or ""]) or "—"

    # --- duties ------------------------------------------------------------------------

    def duty(self, row: DutyRow) -> str:
        """What is owed, to whom, by whom where each owes it."""
        said = row.does
        unsaid = [name for name in row.to if name not in said]
        if unsaid:
            said = f"{said} → {self.names(unsaid)}"
        asides = [row.unit or ""]
        if row.round > 1:
            asides.append(self.w["round"].format(n=row.round))
        return said + self.aside(self._clauses(asides))

    def limit(self, row: DutyRow) -> str:
        """By when: the hard limit, what it was before, the soft target, the plan's word."""
        w = self.w
        told = [self.due(row.limit) if row.limit else row.word]
        if row.was_limit and row.was_limit != row.limit:
            told.append(f"{w['was']} {self.due(row.was_limit)}")
        if row.target:
            told.append(f"{row.target_name or w['target']} {self.due(row.target)}")
        if row.local:
            told.append(f"{w['local']} {self.due(row.local)}")
        return self._cell([text for text in told if text]) or "—"

    def done(self, row: DutyRow) -> str:
        """When it was done as stated, when that was written down, whom nobody has reached."""
        w = self.w
        told = []
        if row.done:
            told.append(self.time(row.done))
            if row.recorded is None:
                told.append(str(w["unsaved"]))
            elif row.recorded != row.done:
                told.append(f"{w['recorded']} {self.time(row.recorded)}")
        if row.missing and not row.over and row.start and len(row.missing) < len(row.to):
            told.append(f"{w['lacking']}{w['colon']}{self.names(row.missing)}")
        return self._cell(told) or "—"

    def taken(self, row: DutyRow) -> str:
        """From the start to the act; while open, the time so far."""
        if row.taken is not None:
            return self.span(row.taken)
        if row.open_for is not None:
            return str(self.w["open_for"]).format(span=self.span(row.open_for))
        return "—"

    def answer(self, row: DutyRow) -> str:
        """The first answer: what the record says."""
        w = self.w
        said = self.word("record", row.record)
        if row.under_new and row.under_old:
            both = (("by_new", row.under_new), ("by_old", row.under_old))
            each = [f"{w[by]}{w['colon']}{self.word('record', key)}" for by, key in both]
            said += self.aside(self._clauses(each))
        if row.late_by and row.record in ("late", "nothing"):
            said += self.aside(w["late_by"].format(span=self.span(row.late_by)))
        return said

    def witness(self, row: DutyRow) -> str:
        """The second answer: what stands behind it, recipient by recipient."""
        if not row.witness:
            return str(self.w["no_witness"])
        told = [self._witness(each) for each in row.witness]
        heard = {each.by for each in row.witness}
        silent = [name for name in row.to if name not in heard]
        if silent:
            told.append(f"{self.names(silent)} {self.w['no_witness']}")
        return self._cell(told)

    def _witness(self, row: WitnessRow) -> str:
        until = self.w["not_later"].format(at=self.time(row.at))
        return f"{row.by} {self.w[row.kind]} {row.value}{self.aside(until)}"

    def remarks(self, row: DutyRow) -> str:
        """What a reader must know about this clock besides."""
        w = self.w
        told: list[str] = []
        if row.target_missed:
            gap = "" if self.script != "en" else " "
            told.append(f"{row.target_name or w['target']}{gap}{w['missed']}")
        if row.arose_late:
            told.append(str(w["arose_late"]))
        if row.provisional:
            told.append(str(w["provisional"]))
        if row.estimated:
            told.append(str(w["start_estimated"]))
        if row.readings:
            told.append(f"{w['reading']} {self.names(row.readings)}")
        told += [self.said(note) for note in row.notes]
        return self._cell(told)

    def reading(self, row: ReadingRow) -> str:
        """``R1（七(九)）：自然日；口径未经本单位认定``"""
        said = f"{row.id}{self.aside(row.clause)}{self.w['colon']}{row.choice}"
        return said if row.confirmed else self._clauses([said, str(self.w["unconfirmed"])])

    def gate(self, row: GateRow) -> str:
        """Whether what had to come first was there."""
        if row.cleared:
            return str(self.w["cleared"])
        lacks = self._clauses([self.said(each) for each in row.missing])
        return (
            f"{self.w['before_approval']}{self.w['colon']}{lacks}"
            if lacks
            else str(self.w["before_approval"])
        )
