"""The three shapes of a plan as parts of a sentence: conditions, moments, due times.

Names of organs, facts and levels are the plan's; the joints are ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from yuqing import plan as p
from yuqing import words
from yuqing.cli import told
from yuqing.plan import Condition, Moment, Plan, Value
from yuqing.screen import ANCHORS, Naming, clean, span_words
from yuqing.words import N_

_PERIODS: Mapping[str, str] = {"working_days": N_("working days"), "days_off": N_("days off")}


class Sentences:
    """What one plan says, in one language."""

    def __init__(self, plan: Plan, language: str) -> None:
        self.plan = plan
        self.language = language
        self.naming = Naming((plan,), {}, language)

    def say(self, message: str, /, **params: object) -> str:
        """One sentence."""
        return words.say(message, self.language, **params)

    def _join(self, parts: Sequence[str], message: str = N_(", ")) -> str:
        return self.say(message).join(parts)

    # --- conditions --------------------------------------------------------------------

    def condition(self, given: Condition) -> str:
        """``級別為一級 and 評論數 at least tens``."""
        match given:
            case p.AllOf(parts, clause):
                inner = [self._inner(each) for each in parts]
                said = self._join(inner, N_(" and "))
                return (
                    self.say(N_("{said} ({clause})"), said=said, clause=clause) if clause else said
                )
            case p.AnyOf(parts):
                return self._join([self._inner(each) for each in parts], N_(" or "))
            case p.Not(part):
                return self.say(N_("not ({said})"), said=self.condition(part))
            case p.Was(levels):
                return self.say(
                    N_("the level before was {levels}"),
                    levels=self._join([self.naming.level(each) for each in levels]),
                )
            case p.During(period):
                return self.say(N_("it falls on {period}"), period=self._period(period))
            case p.Equals(name, values):
                shown = self._join([self.value(name, each) for each in values], N_(" or "))
                return self.say(N_("{name}: {value}"), name=self.named(name), value=shown)
            case p.Compare():
                return self._compare(given)

    def _inner(self, part: Condition) -> str:
        """A part inside a list: in brackets where it is a list itself."""
        many = isinstance(part, p.AnyOf | p.AllOf) and len(part.parts) > 1
        return f"({self.condition(part)})" if many else self.condition(part)

    def _compare(self, given: p.Compare) -> str:
        bounds = (
            (N_("at least {value}"), given.at_least),
            (N_("more than {value}"), given.more_than),
            (N_("at most {value}"), given.at_most),
            (N_("less than {value}"), given.less_than),
        )
        said = [
            self.say(message, value=self.value(given.name, bound))
            for message, bound in bounds
            if bound is not None
        ]
        return f"{self.named(given.name)} {self._join(said)}"

    def _period(self, period: str) -> str:
        return self.say(_PERIODS[period]) if period in _PERIODS else clean(period)

    def named(self, name: str) -> str:
        """What a fact asks, or the name of a scale."""
        if name in self.plan.facts:
            return clean(self.plan.facts[name].ask)
        return clean(told.scale_name(self.naming, name))

    def value(self, name: str, value: Value) -> str:
        """A fact's value or a level's name."""
        if isinstance(value, str) and name in self.plan.scales:
            return self.naming.level(value, name)
        return told.shown_value(value, self.language)

    # --- moments -----------------------------------------------------------------------

    def moment(self, given: Moment) -> str:
        """``reported by phone → 領導組``; ``duty facts done``."""
        match given:
            case p.Act():
                return self._act(given)
            case p.Done(duty):
                return self.say(N_("“{duty}” is done"), duty=self._does(duty))
            case p.Overdue(duty, None):
                return self.say(N_("“{duty}” is overdue"), duty=self._does(duty))
            case p.Overdue(duty, by):
                assert by is not None
                return self.say(
                    N_("“{duty}” is overdue by {span}"), duty=self._does(duty), span=span_words(by)
                )
            case p.Changed(fact):
                return self.say(N_("{fact} takes another value"), fact=self.named(fact))
            case p.ApprovedBy(organs):
                who = self._join([self.naming.organ(each) for each in organs], N_(" or "))
                return self.say(N_("approved by {who}"), who=who)
            case p.First(moments):
                return self._several(N_("the first of: {moments}"), moments)
            case p.Last(moments):
                return self._several(N_("the last of: {moments}"), moments)
            case p.Each(moments):
                return self._several(N_("each time: {moments}"), moments)
            case p.Fallback(moments):
                return self._several(N_("the first that is known of: {moments}"), moments)

    def _several(self, message: str, moments: Sequence[Moment]) -> str:
        return self.say(message, moments=self._join([self.moment(each) for each in moments]))

    def _does(self, duty: str) -> str:
        return clean(self.plan.duties[duty].does) if duty in self.plan.duties else duty

    def _act(self, act: p.Act) -> str:
        if act.kind in self.plan.events:
            said = clean(self.plan.events[act.kind].name)
        else:
            said = self.say(told.KIND_NAMES.get(act.kind, act.kind))
        parts = [self._field(name, values) for name, values in act.fields.items()]
        parts += [
            self.say(
                N_("{name}: {value}"),
                name=clean(told.scale_name(self.naming, scale)),
                value=self._join([self.value(scale, v) for v in values], N_(" or "))
                or self.say(N_("any")),
            )
            for scale, values in act.grades.items()
        ]
        parts += [
            self.say(
                N_("{name}: {value}"),
                name=self.named(fact),
                value=self._join([self.value(fact, v) for v in values], N_(" or "))
                or self.say(N_("any")),
            )
            for fact, values in act.facts.items()
        ]
        parts += [self.say(N_("with {field}"), field=name) for name in act.has]
        inner = self._join([part for part in parts if part])
        return f"{said} ({inner})" if inner else said

    def _field(self, name: str, values: Sequence[str]) -> str:
        shown: Callable[[str], str] = clean
        if name in ("to", "by", "from", "with", "unit", "signed_as"):
            shown = self.naming.organ
        elif name == "document":
            shown = self._document
        elif name == "form":
            shown = self._form
        listed = self._join([shown(each) for each in values], N_(" or "))
        return {"to": f"→ {listed}", "form": listed, "document": f"《{listed}》"}.get(
            name, f"{name}: {listed}"
        )

    def _document(self, name: str) -> str:
        return clean(told.document(self.naming, name))

    def _form(self, name: str) -> str:
        return self.say(told.FORM_NAMES.get(name, name))

    # --- due times ---------------------------------------------------------------------

    def due(self, given: p.Due) -> str:
        """Alternatives in order, each with its condition."""
        said = []
        for part in given:
            text = self.part(part)
            if part.when is not None:
                text = self.say(
                    N_("if {condition}: {due}"), condition=self.condition(part.when), due=text
                )
            elif len(given) > 1:
                text = self.say(N_("otherwise {due}"), due=text)
            said.append(text)
        return self._join(said, N_("; "))

    def part(self, part: p.DuePart) -> str:
        """One due time: figure, date or word, and how it is counted."""
        extra = []
        if part.start is not None:
            extra.append(self.say(N_("from {moment}"), moment=self.moment(part.start)))
        if part.from_:
            extra.append(
                self.say(N_("counted from {anchor}"), anchor=self.say(ANCHORS[part.from_]))
            )
        if part.first_day:
            included = part.first_day == "included"
            extra.append(
                self.say(N_("first day counted") if included else N_("first day not counted"))
            )
        if part.ends is not None:
            extra.append(self.say(N_("until {end}"), end=self.end(part.ends)))
        if part.roll == "next_working_day":
            at = f" {part.roll_at:%H:%M}" if part.roll_at else ""
            extra.append(self.say(N_("a day off moves it to the next working day{at}"), at=at))
        if part.unless_past:
            extra.append(self.say(N_("left out if already past at the start")))
        extra += [clean(each) for each in (part.name, part.clause) if each]
        said = self._figure(part)
        return f"{said} ({self._join(extra)})" if extra else said

    def _figure(self, part: p.DuePart) -> str:
        if part.span is not None:
            return self.say(span_words(part.span).key, n=part.span.count)
        if part.date is not None:
            return self.say(N_("by the date {date}"), date=part.date.isoformat())
        if part.date_in is not None:
            if part.date_in == "start":
                return self.say(N_("by the date that the entry itself carries"))
            return self.say(
                N_("by the date carried by: {moment}"), moment=self.moment(part.date_in)
            )
        if part.earlier_of:
            parts = self._join([self.part(each) for each in part.earlier_of])
            return self.say(N_("the earlier of: {parts}"), parts=parts)
        if part.later_of:
            parts = self._join([self.part(each) for each in part.later_of])
            return self.say(N_("the later of: {parts}"), parts=parts)
        said = self.say(N_("“{word}”"), word=clean(part.word or ""))
        if part.local is not None:
            local = self.say(span_words(part.local).key, n=part.local.count)
            said = self.say(N_("{word}, the office's own target {span}"), word=said, span=local)
        return said

    def end(self, end: p.End) -> str:
        """When a day ends."""
        if isinstance(end, dt.time):
            return f"{end:%H:%M}"
        return self.say(N_("the close of the office")) if end == "close" else end
