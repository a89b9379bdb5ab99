"""Ids of plans and office to the names that people read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yuqing.case import Entry
from yuqing.plan import Office, Plan, Value

_OPTION = r"([^\s：:、，,;；()（）]+)\s*[(（]{}[)）]"
"""How a plan's question explains a choice: 可能(possible)."""
_OR = re.compile("^(还是|還是|或者|或)")


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of plans and office to the names they are printed under. Unknown ids stay."""

    plans: tuple[Plan, ...]
    office: Office

    def organ(self, organ: str | None) -> str:
        """An organ's name: the case's plans first, then the office's own."""
        for organs in (*(p.organs for p in self.plans), self.office.organs):
            if organ and organ in organs:
                return organs[organ].name
        return organ or ""

    def organs(self, organs: Sequence[str]) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(self.organ(organ) for organ in organs)

    def by(self, entry: Entry) -> str:
        """Who did it; a hand-written entry may leave the duty post unsaid."""
        return self.organ(entry.by) or self.office.post

    def fact(self, fact: str) -> str:
        """The question the plan asks about a fact, without the choices it lists behind a colon."""
        found = next((p.facts[fact] for p in self.plans if fact in p.facts), None)
        if found is None:
            return fact
        asked, colon, choices = found.ask.replace("：", ":").partition(":")
        listed = found.type == "choice" and any(f"({c})" in choices for c in found.of or ())
        return asked if colon and listed else found.ask

    def choice(self, fact: str, value: Value) -> str | None:
        """What the plan's question calls a choice; ``None`` where it gives the bare word."""
        found = next((p.facts[fact] for p in self.plans if fact in p.facts), None)
        if found is None or found.type != "choice":
            return None
        label = re.search(_OPTION.format(re.escape(str(value))), found.ask)
        return _OR.sub("", label[1]) if label else None

    def fact_type(self, fact: str) -> str:
        """``boolean``, ``integer``, ``choice`` or ``text``; an undeclared one is text."""
        return next((p.facts[fact].type for p in self.plans if fact in p.facts), "text")

    def scale(self, scale: str) -> str:
        """A scale's name, else its id."""
        found = next((p.scales[scale] for p in self.plans if scale in p.scales), None)
        return (found.name if found else None) or scale

    def level(self, scale: str, level: str) -> str:
        """A level's name."""
        for plan in self.plans:
            for each in plan.scales[scale].levels if scale in plan.scales else ():
                if each.id == level:
                    return each.name
        return level

    def document(self, document: str | None) -> str | None:
        """A document's title."""
        known = (p.documents.get(document or "") for p in self.plans)
        return next((d.title for d in known if d), document)

    def event(self, event: str | None) -> str | None:
        """A declared event's name."""
        known = (p.events.get(event or "") for p in self.plans)
        return next((e.name for e in known if e), event)

    def does(self, duty: str | None) -> str | None:
        """What a duty asks; the id of a repeated one may carry its due time."""
        bare = (duty or "").split("@")[0].rsplit("/", 1)[-1]
        return next((p.duties[bare].does for p in self.plans if bare in p.duties), duty)
