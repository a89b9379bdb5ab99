"""The rows of an old ledger (旧台账) as the entries of cases.

Pure. A row says only what its cells say: without a time of day the entry is an estimate, without
a name under the reply there is no reply but a note of its words, and what names no date of an
end stays open. Nobody may claim a signature or a time that the ledger does not give.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuqing import words
from yuqing.case import IMPORTED
from yuqing.check import people
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.ledgerheads import Cell, Columns, Mapped, text_of
from yuqing.cli.ledgertime import Moment, Stated, moment
from yuqing.cli.scene import Raw, Scene
from yuqing.errors import Refused, Said
from yuqing.plan import Scale
from yuqing.variants import fold
from yuqing.words import N_

LONGEST = 80
"""Signs of a title."""
EMPTY = ("-", "—", "--", "/", "无", "none", "n/a", "#ref!", "#n/a", "#value!", "#name?", "#div/0!")
"""What stands in a cell that says nothing, and what a broken formula leaves."""

_YES = ("是", "满意", "很满意", "非常满意", "基本满意", "比较满意", "yes", "y", "true", "√", "1")
_NO = ("否", "不满意", "不满", "非常不满意", "no", "n", "false", "×", "x", "0")
_NOT_ASKED = ("未询问", "未回访", "未评价", "未问", "未表态", "不详", "not asked")
_OVER = ("已办结", "办结", "已结", "已结案", "结案", "完成", "已完成", "已处理", "归档", "已归档",
         "closed", "concluded", "done", "是", "yes", "√")  # fmt: skip
_UNITS = re.compile(
    r"(局|办|委|厅|部|处|科|室|所|站|中心|队|院|校|公司|集团|政府|乡|镇|街道|村|社区|党组|组|会|"
    r"园|厂|馆|大学|中学|小学|单位|银行|指挥部|发言人)(\(.*\)|（.*）)?$"
)
"""How the name of a unit or of its spokesperson ends."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a row is not taken. ``column``: the head above the cell, empty for the row itself."""

    row: int
    column: str
    said: Said


@dataclass(frozen=True, slots=True)
class Draft:
    """One row as a case. ``key``: by which it is known again."""

    row: int
    title: str
    found: dt.datetime
    number: str
    raws: tuple[Raw, ...]
    closed: bool

    @property
    def key(self) -> tuple[str, str, dt.date]:
        """Number and day, or title and day."""
        return key_of(self.title, self.number, self.found.date())


def key_of(title: str, number: str, day: dt.date) -> tuple[str, str, dt.date]:
    """By which a row and a case are known to be the same."""
    return ("number", fold(number), day) if number else ("title", fold(title), day)


@dataclass(frozen=True, slots=True)
class Terms:
    """What all rows are read by. ``mask``: data of people is masked instead of refused;
    ``close``: also what names no end is closed; ``say``: the few words the program adds."""

    scene: Scene
    mapped: Mapped
    mask: bool = False
    close: bool = False

    def say(self, key: str, **params: Any) -> str:
        """In the language of the office's records."""
        return words.say(key, self.scene.language, **params)


# --- one row ---------------------------------------------------------------------------


def draft(
    number: int, cells: Sequence[Cell], columns: Columns, terms: Terms
) -> Draft | list[Wrong]:
    """The entries that one row means, or everything that is wrong with it."""
    return _Row(number, cells, columns, terms).draft()


class _Row:
    """One row while it is read; collects what is wrong."""

    def __init__(self, number: int, cells: Sequence[Cell], columns: Columns, terms: Terms) -> None:
        self._number, self._cells, self._columns, self._terms = number, cells, columns, terms
        self._wrong: list[Wrong] = []

    def draft(self) -> Draft | list[Wrong]:
        title, text = self._heading()
        found = self._time("found")
        if found is None and not self._wrong_in("found"):
            self._refuse("found", Said(N_("no time of discovery")))
        ends = {name: self._time(name) for name in ("replied", "concluded", "calmed")}
        if found is None:
            return self._wrong
        for name, end in ends.items():
            if end is not None and end.at < found.at:
                if not end.day_only or end.at.date() < found.at.date():
                    key = N_("{time} lies before the discovery, {found}")
                    params = {"time": un.shown(end.at), "found": un.shown(found.at)}
                    self._refuse(name, Said(key, params))
                ends[name] = Moment(found.at, day_only=True)  # the same day, not before it
        raws, closed = self._entries(text, found, ends)
        if self._wrong:
            return self._wrong
        return Draft(self._number, title, found.at, self._word("number"), tuple(raws), closed)

    # --- cells ---

    def _values(self, name: str) -> Iterator[tuple[str, str]]:
        """Head and text of each filled cell of a field, by the person's table of values."""
        meant = {fold(k): v for k, v in self._terms.mapped.values.get(name, {}).items()}
        own = self._terms.scene.office.own_accounts
        for column in self._columns.at.get(name, ()):
            text = text_of(self._cells[column]) if column < len(self._cells) else ""
            text = meant.get(fold(text), text)
            if not text or fold(text) in EMPTY:
                continue
            head = self._columns.heads[column]
            if self._terms.mask:
                text = people.masked(text, own)
            for each in people.found(text, own):
                key = N_("looks like {what}; write {mask} instead")
                self._wrong.append(
                    Wrong(self._number, head, Said(key, {"what": Said(each.what), "mask": each.mask}))
                )  # fmt: skip
            yield head, text

    def _word(self, name: str) -> str:
        """On one line; of our own ledger's number the id alone, not the mark of a drill."""
        text = next((text for _, text in self._values(name)), "")
        return text.partition("\n")[0].strip()

    def _whole(self, name: str) -> str:
        return "\n".join(text for _, text in self._values(name))

    def _time(self, name: str) -> Moment | None:
        column = next(iter(self._columns.at.get(name, ())), None)
        value = self._cells[column] if column is not None and column < len(self._cells) else None
        if value is None or fold(text_of(value)) in ("", *EMPTY):
            return None
        scene = self._terms.scene
        said = value if not isinstance(value, str) else text_of(value)
        try:
            return moment(said, Stated(scene.now, scene.zone, self._terms.mapped.dates))
        except Refused as failure:
            self._refuse(name, failure.said)
            return None

    def _refuse(self, name: str, said: Said) -> None:
        column = next(iter(self._columns.at.get(name, ())), None)
        head = "" if column is None else self._columns.heads[column]
        self._wrong.append(Wrong(self._number, head, said))

    def _wrong_in(self, name: str) -> bool:
        heads = {self._columns.heads[column] for column in self._columns.at.get(name, ())}
        return any(each.column in heads for each in self._wrong)

    def _heading(self) -> tuple[str, str]:
        """The title, at most 80 signs on one line, and the whole of what was said."""
        title, text = " ".join(self._whole("title").split()), self._whole("text")
        if not title:
            title = " ".join(text.split())
        if not title:
            self._refuse("title" if "title" in self._columns.at else "text",
                         Said(N_("neither a title nor a summary")))  # fmt: skip
        if len(title) > LONGEST:
            text = "\n".join(dict.fromkeys((title, text))) if text else title
            title = title[: LONGEST - 1] + "…"
        return title, text

    # --- entries ---

    def _entries(
        self, text: str, found: Moment, ends: Mapping[str, Moment | None]
    ) -> tuple[list[Raw], bool]:
        links, other = self._links()
        made = [
            self._raw(
                "discovered", found,
                source=self._word("source"), text="\n".join(filter(None, (text, other))),
                number=self._word("number"), links=links,
                tags=[IMPORTED, *self._tags()],
            )
        ]  # fmt: skip
        unsaid = Moment(found.at, unsaid=True)
        if sender := self._organs("sender"):
            made.append(self._raw("received", found, **{"from": sender}))
        if grades := self._grades():
            made.append(self._raw("graded", unsaid, grades=grades))
        units = self._organs("unit")
        charge = self._terms.say(N_("in charge by the old ledger"))
        made += [self._raw("assigned", unsaid, to=[unit], text=charge) for unit in units]
        last = ends["concluded"] or ends["replied"]
        late = Moment(last.at if last else found.at, unsaid=True)
        made += [self._note(late, head, said) for head, said in self._values("handling")]
        made += self._reply(ends["replied"], late, units)
        if ends["concluded"]:
            made.append(self._raw("concluded", ends["concluded"]))
        if (happy := self._happy()) is not None:
            made.append(self._raw("noted", late, facts={"satisfied": happy}))
        if ends["calmed"]:
            made.append(self._raw("calmed", ends["calmed"]))
        made += [self._note(late, head, said) for head, said in self._values("remark")]
        over = self._over()
        closed = self._terms.close or over or (ends["concluded"] is not None and over is not False)
        if closed:
            latest = max((e for e in (found, *ends.values()) if e), key=lambda e: e.at)
            stated = ends["concluded"] and latest.at == ends["concluded"].at
            end = ends["concluded"] if stated else Moment(latest.at, unsaid=True)
            made.append(self._raw("closed", end or unsaid))
        made.sort(key=lambda raw: str(raw["at"]))  # stable: of one time, in the order above
        return made, closed

    def _raw(self, kind: str, when: Moment, **own: Any) -> Raw:
        """One entry. Where it comes from, and what the ledger leaves open, is its reason."""
        key = N_("old ledger, row {row}")
        if when.day_only:
            key = N_("old ledger, row {row}; it gives no time of day")
        elif when.unsaid:
            key = N_("old ledger, row {row}; it does not say when")
        raw: Raw = {
            "kind": kind,
            "at": un.written(when.at),
            "by": self._terms.scene.by,
            "tags": [IMPORTED],
            "because": self._terms.say(key, row=self._number),
            **own,
        }
        if when.day_only or when.unsaid:
            raw["estimated"] = "true"
        return {name: value for name, value in raw.items() if value not in ("", [], {})}

    def _note(self, when: Moment, head: str, said: str) -> Raw:
        return self._raw("noted", when, text=f"{head}: {said}")

    def _reply(self, when: Moment | None, late: Moment, units: Sequence[str]) -> Iterator[Raw]:
        """A reply needs a day, words and a name; else what there is becomes a note."""
        said = list(self._values("reply"))
        signed = self._word("signed")
        if when and said and signed and self._is_unit(signed, units):
            text = "\n".join(text for _, text in said)
            organ = self._terms.scene.organ(signed)
            yield self._raw("replied", when, signed_as=organ, to=["asker"], text=text)
            return
        for head, text in said:
            yield self._note(when or late, head, text)
        if signed and not (when and said):
            yield self._note(
                when or late, self._columns.heads[self._columns.at["signed"][0]], signed
            )
        if when and not said:
            key = N_("the old ledger has a reply on this day, without its words")
            yield self._raw("noted", when, text=self._terms.say(key))

    def _is_unit(self, name: str, units: Sequence[str]) -> bool:
        """Does the name belong to a unit? Words under another name are nobody's reply."""
        scene = self._terms.scene
        ours = (scene.office.name, scene.office.sign or "", scene.office.post, *units)
        known = {fold(n) for o in scene.organs.values() for n in (o.name, *o.aliases)}
        return fold(name) in known | {fold(each) for each in ours if each} or bool(
            _UNITS.search(name)
        )

    def _links(self) -> tuple[list[str], str]:
        """Web addresses, and what else stands in their column."""
        words_ = self._whole("links").split()
        links = [word for word in words_ if re.match(r"(?i)(https?://|www\.)\S+$", word)]
        return list(dict.fromkeys(links)), " ".join(word for word in words_ if word not in links)

    def _tags(self) -> list[str]:
        topics = re.split(r"[、,，;；\n]+", self._whole("topic"))
        if not self._scale("category"):
            topics.append(self._word("category"))
        return list(dict.fromkeys(topic.strip() for topic in topics if topic.strip()))

    def _scale(self, name: str) -> Scale | None:
        return self._terms.scene.words.scale(name)

    def _grades(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in ("level", "category"):
            said, scale = self._word(name), self._scale(name)
            if not said or (scale is None and name == "category"):
                continue
            if scale is None:
                self._refuse(name, Said(N_("the plan has no levels; choose another with --plan")))
                continue
            try:
                found[scale.id] = _level(scale, said)
            except Refused as failure:
                more = failure.hint or Said("")
                self._refuse(name, Said(N_("{one}; {more}"), {"one": failure.said, "more": more}))
        return found

    def _organs(self, name: str) -> list[str]:
        found: list[str] = []
        for part in re.split(r"[、,，;；\n/]+", self._whole(name)):
            if part.strip():
                try:
                    found.append(self._terms.scene.organ(part))
                except Refused as failure:
                    self._refuse(name, failure.said)
        return list(dict.fromkeys(found))

    def _happy(self) -> str | None:
        said = self._word("satisfied")
        for answer, meaning in ((_YES, "true"), (_NO, "false"), (_NOT_ASKED, None)):
            if not said or fold(said) in answer:
                return meaning if said else None
        key = N_("{value} is neither yes nor no; say in the map what it means")
        self._refuse("satisfied", Said(key, {"value": said}))
        return None

    def _over(self) -> bool | None:
        """What the ledger's own column of states says; ``None`` without one."""
        said = self._word("state")
        return fold(said) in _OVER + tuple(map(_closed_word, words.LANGUAGES)) if said else None


def _closed_word(language: str) -> str:
    return fold(words.say(N_("closed"), language))


def _level(scale: Scale, said: str) -> str:
    """``较大(三级)``, ``Ⅲ级`` and ``III`` are the same. Raises ``Refused``."""
    bare = re.sub(r"[(（].*?[)）]", "", said).strip()
    for word in dict.fromkeys((said, bare, bare.removesuffix("级").removesuffix("級"))):
        if word and len(found := vo.levels_named(scale, word)) == 1:
            return found[0]
    return vo.parse_level(scale, said)
