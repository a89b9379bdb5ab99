"""A plan told in sentences: duties, gates, levels, the whole from its title to what it refuses.

What ``plan show`` prints is what the program understood, so that an office can hold it against
its paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yuqing import plan as p
from yuqing.cli import told
from yuqing.cli.articles import Encoded, encoded, order
from yuqing.cli.context import ZONE
from yuqing.cli.sentences import Sentences
from yuqing.plan import Duty, Gate
from yuqing.screen import clean, level_name, span_words
from yuqing.words import N_

_EACH: Mapping[str, str] = {
    "day": N_("every day"),
    "week": N_("every week"),
    "month": N_("every month"),
    "quarter": N_("every quarter"),
    "half_year": N_("every half year"),
    "year": N_("every year"),
}


class Prose(Sentences):
    """The whole of one plan, part by part."""

    # --- duties and gates --------------------------------------------------------------

    def duty(self, duty: Duty) -> list[str]:
        """A duty as a heading and one line for each part that it has."""
        lines = [f"{duty.id}  {clean(duty.does)}  [{clean(duty.clause)}]"]

        def add(message: str, **params: object) -> None:
            lines.append("    " + self.say(message, **params))

        if duty.who:
            add(N_("who: {organs}"), organs=self.naming.listed(duty.who))
        if duty.to:
            add(N_("to: {organs}"), organs=self.naming.listed(duty.to))
        if duty.to_any:
            who = self._join([self.naming.organ(each) for each in duty.to_any], N_(" or "))
            add(N_("to: {organs}"), organs=who)
        if duty.when is not None:
            add(N_("when: {condition}"), condition=self.condition(duty.when))
        if duty.start is not None:
            add(N_("clock starts: {moment}"), moment=self.moment(duty.start))
        elif duty.of_the_office:
            add(N_("kept in the office's logbook"))
        lines += [f"    {each}" for each in self.times(duty)]
        if duty.until is not None:
            add(N_("until: {moment}"), moment=self.moment(duty.until))
        for moment in duty.done_by:
            add(N_("done by: {moment}"), moment=self.moment(moment))
        for pause in duty.pause:
            add(N_("does not count: {pause}"), pause=self._pause(pause))
        if duty.extension is not None:
            add(N_("may be extended: {rule}"), rule=self._extension(duty.extension))
        lines += [f"    {each}" for each in self.readings(duty.reading)]
        if duty.note:
            add(N_("note: {note}"), note=clean(duty.note))
        return lines + self._quoted(duty)

    def times(self, duty: Duty) -> list[str]:
        """By when, in each way that the duty says so."""
        dues = (
            (N_("target: {due}"), duty.target),
            (N_("limit: {due}"), duty.limit),
            (N_("not before: {due}"), duty.not_before),
            (N_("only if it starts within: {due}"), duty.only_within),
        )
        said = [self.say(message, due=self.due(due)) for message, due in dues if due]
        if duty.repeat is not None:
            said.append(self.say(N_("repeated: {rule}"), rule=self.repeat(duty.repeat)))
        return said

    def repeat(self, repeat: p.Repeat) -> str:
        """``every day at 07:30, 16:00 (data to 14:00)``."""
        said = []
        if repeat.each:
            said.append(self.say(_EACH[repeat.each]))
        if repeat.every:
            span = self.say(span_words(repeat.every).key, n=repeat.every.count)
            said.append(self.say(N_("every {span} from the start"), span=span))
        for at in repeat.at:
            text = self.end(at.time)
            if at.data_to is not None:
                text = self.say(N_("{time} (data to {end})"), time=text, end=self.end(at.data_to))
            said.append(text)
        if repeat.times:
            said.append(self.say(N_("{n} times"), n=repeat.times))
        if repeat.between:
            first, last = repeat.between
            said.append(f"{first:%H:%M}-{self.end(last)}")
        if repeat.during:
            name = self._period(repeat.during)
            said.append(self.say(N_("only on {period}"), period=name))
        if repeat.not_before is not None:
            said.append(self.say(N_("not before {day}"), day=repeat.not_before))
        if repeat.by is not None:
            said.append(self.say(N_("by {day}"), day=repeat.by))
        return self._join(said)

    def _pause(self, pause: p.Pause) -> str:
        said = []
        if pause.from_ is not None:
            said.append(self.say(N_("from {moment}"), moment=self.moment(pause.from_)))
        if pause.until is not None:
            said.append(self.say(N_("until {end}"), end=self.moment(pause.until)))
        if pause.at_most is not None:
            span = self.say(span_words(pause.at_most).key, n=pause.at_most.count)
            said.append(self.say(N_("at most {value}"), value=span))
        if pause.clause:
            said.append(clean(pause.clause))
        return self._join(said) or self.say(N_("only where somebody pauses it"))

    def _extension(self, extension: p.Extension) -> str:
        said = []
        if extension.at_most:
            span = self.say(span_words(extension.at_most).key, n=extension.at_most.count)
            said.append(self.say(N_("at most {value}"), value=span))
        if extension.in_all:
            span = self.say(span_words(extension.in_all).key, n=extension.in_all.count)
            said.append(self.say(N_("{span} in all"), span=span))
        if extension.approved_by:
            who = self._join(
                [self.naming.organ(each) for each in extension.approved_by], N_(" or ")
            )
            said.append(self.say(N_("approved by {who}"), who=who))
        said += [
            self.say(N_("after {moment}"), moment=self.moment(each)) for each in extension.needs
        ]
        if extension.before_expiry:
            said.append(self.say(N_("while the limit still runs")))
        if extension.clause:
            said.append(clean(extension.clause))
        return self._join(said)

    def readings(self, ids: Sequence[str]) -> list[str]:
        """How ambiguous text was settled; whether the office has confirmed it."""
        found = []
        for reading in (self.plan.readings[i] for i in ids if i in self.plan.readings):
            line = self.say(
                N_("reading {id}: {question}: {choice}"),
                id=reading.id,
                question=clean(reading.question),
                choice=clean(reading.choice),
            )
            mark = "" if reading.confirmed else self.say(N_(" (not confirmed by the office)"))
            found.append(line + mark)
        return found

    def gate(self, gate: Gate) -> list[str]:
        """What must come first, before which act."""
        lines = [
            f"{gate.id}  {clean(gate.does or '')}  [{clean(gate.clause)}]".replace("    ", "  ")
        ]

        def add(message: str, **params: object) -> None:
            lines.append("    " + self.say(message, **params))

        add(N_("before: {moment}"), moment=self.moment(gate.before))
        if gate.when is not None:
            add(N_("when: {condition}"), condition=self.condition(gate.when))
        for need in gate.needs:
            add(N_("first: {moment}"), moment=self.moment(need))
        if gate.only_if is not None:
            add(N_("only if: {condition}"), condition=self.condition(gate.only_if))
        if gate.asked_by is not None:
            add(N_("put before them by: {moment}"), moment=self.moment(gate.asked_by))
        lines += [f"    {each}" for each in self.readings(gate.reading)]
        if gate.note:
            add(N_("note: {note}"), note=clean(gate.note))
        return lines + self._quoted(gate)

    # --- the whole ---------------------------------------------------------------------

    def head(self) -> list[str]:
        """Title, issuer, how days count, office hours, zone."""
        plan = self.plan
        lines = [clean(plan.title), clean(plan.issuer)]
        lines.append(self.say(N_("days count: {rule}"), rule=self._counting()))
        if plan.office_hours is not None:
            hours = plan.office_hours
            lines.append(
                self.say(
                    N_("office hours: {hours}"), hours=f"{hours.open:%H:%M}-{hours.close:%H:%M}"
                )
            )
        if plan.timezone != ZONE:
            lines.append(self.say(N_("zone: {zone}"), zone=plan.timezone))
        return lines

    def organ(self, organ: p.Organ) -> str:
        """A body, and who belongs to it."""
        if organ.members == "named_in_case":
            return self.say(N_("{organ}: those assigned in the case"), organ=clean(organ.name))
        if organ.members:
            names = self.naming.listed(organ.members)
            return self.say(N_("{organ}: {members}"), organ=clean(organ.name), members=names)
        return clean(organ.name)

    def whole(self) -> list[str]:
        """The plan from title to what it refuses."""
        plan = self.plan
        lines = [f"{plan.name}  {clean(plan.title)}", *self.head()[1:]]

        def part(title: str, body: Sequence[str]) -> None:
            if body:
                lines.extend(("", self.say(title), *body))

        part(N_("Scales"), [line for each in plan.scales.values() for line in self.scale(each)])
        part(N_("Facts"), [self.fact(each) for each in plan.facts.values()])
        for article in order(plan):
            body = self.article(article)
            if body:
                lines.extend(("", *body))
        part(N_("Papers"), [self.paper(each) for each in plan.documents.values()])
        return lines

    def article(self, article: str) -> list[str]:
        """What stands under exactly this article, told in full; empty if nothing does."""
        found = [each for each in encoded(self.plan) if each.article == article]
        lines = [line for each in found for line in self.encoded(each)]
        if not lines and article in self.plan.without_rule:
            lines = ["    " + self.say(N_("asks nothing"))]
        text = self.plan.clauses.get(article)
        if not lines:
            return []
        head = self.say(N_("Article {article}"), article=clean(article))
        return [head, *([f"    “{clean(text)}”"] if text else []), *lines]

    def encoded(self, each: Encoded) -> list[str]:
        """One thing of the file in sentences; facts, events and papers stand in their own parts."""
        if each.sort == "duty":
            return self.duty(each.thing)
        if each.sort == "gate":
            return self.gate(each.thing)
        if each.sort == "reading":
            return ["    " + line for line in self.readings((each.id,))] + self._quoted(each.thing)
        if each.sort == "level":
            return self.level(self.plan.scales[each.scale], each.thing)
        if each.sort == "unsupported":
            said = self.say(
                N_("not served by this tool: {refused}"), refused=self._unsupported(each.thing)
            )
            return ["    " + said, *self._quoted(each.thing)]
        return []

    def _quoted(self, thing: p.Duty | p.Gate | p.Level | p.Reading | p.Unsupported) -> list[str]:
        return [
            "    " + self.say(N_("plan text: “{quote}”"), quote=clean(quote))
            for quote in thing.quote
        ]

    def _counting(self) -> str:
        counting = self.plan.counting
        days = {
            "natural": N_("calendar days"),
            "working": N_("working days"),
            None: N_("no bare days in this plan"),
        }[counting.days]
        first = (
            N_("first day counted")
            if counting.first_day == "included"
            else N_("first day not counted")
        )
        parts = [self.say(days), self.say(first)]
        parts.append(self.say(N_("until {end}"), end=self.end(counting.ends)))
        if counting.roll == "next_working_day":
            parts.append(self.say(N_("a day off moves it to the next working day{at}"), at=""))
        upgrade = (
            N_("after an upgrade new clocks run from the upgrade")
            if counting.on_upgrade == "from_upgrade"
            else N_("after an upgrade new clocks run from the first start")
        )
        return self._join([*parts, self.say(upgrade)])

    def scale(self, scale: p.Scale) -> list[str]:
        """A scale's levels, lightest first, with every criterion."""
        title = clean(scale.name or scale.id)
        if scale.id == p.TRUTH.id:
            title = self.say(N_("is it true"))
        ranks = N_("{scale}, lightest first") if scale.ordered else N_("{scale}, unranked")
        lines = [f"{scale.id}  {self.say(ranks, scale=title)}"]
        for level in scale.levels:
            said = self.level(scale, level, bare=True)
            # with an article, the criteria are told there
            lines += [f"    {line}" for line in (said[:1] if level.clause else said)]
        return lines

    def level(self, scale: p.Scale, level: p.Level, *, bare: bool = False) -> list[str]:
        """A level with every criterion; under an article (not ``bare``) with its scale."""
        head = f"{level.id}  {level_name(scale.id, level, self.language)}"
        if not bare:
            head = self.say(
                N_("{scale}: {level}"),
                scale=clean(told.scale_name(self.naming, scale.id)),
                level=head,
            )
        lines = [head + (f"  [{clean(level.clause)}]" if level.clause else "")]
        if level.when is not None:
            parts = level.when.parts if isinstance(level.when, p.AnyOf) else (level.when,)
            if isinstance(level.when, p.AllOf) and len(level.when.parts) == 1:
                only = level.when.parts[0]
                parts = only.parts if isinstance(only, p.AnyOf) else (only,)
            lines += [f"    - {self.condition(each)}" for each in parts]
        lines += [f"    {each}" for each in self.readings(level.reading)]
        return lines + self._quoted(level)

    def fact(self, fact: p.Fact) -> str:
        """The question, its choices and bands."""
        said = f"    {fact.id}  {clean(fact.ask)}"
        if fact.of:
            said += "  " + " < ".join(map(clean, fact.of))
        if fact.bands:
            bands = self._join([f"{clean(name)} ≥ {edge}" for name, edge in fact.bands.items()])
            said += f"  ({bands})"
        return said

    def paper(self, paper: p.Document) -> str:
        """A paper with its parts."""
        said = f"    {paper.id}  《{clean(paper.title)}》"
        if paper.requires:
            said += "  " + self._join([clean(each) for each in paper.requires])
        return said + (f"  [{clean(paper.clause)}]" if paper.clause else "")

    def _unsupported(self, refused: p.Unsupported) -> str:
        return self.say(
            N_("{why}; instead: {instead}"),
            why=clean(refused.why),
            instead=clean(refused.instead),
        )
