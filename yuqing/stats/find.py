"""Find cases by words, and cases like one case (案例庫).

Chinese is written without blanks, so a text is taken as its pairs of neighbouring signs; rare
pairs weigh more than those that stand in every case. Both scripts and widths are one.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yuqing.case import Entry
from yuqing.stats.record import Record, discovery, grade, over, units
from yuqing.variants import fold

_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+|[^\\W_\u3400-\u9fff\uf900-\ufaff]+")
_TITLE = 3.0
"""How much more a word weighs in the title."""
ENOUGH = 0.5
"""Share of the wanted pairs that a case must hold to be shown."""


def grams(text: str) -> list[str]:
    """Pairs of Chinese signs, a lone sign, words of other scripts; folded.

    >>> grams("停水3天 ABC")
    ['停水', '3', '天', 'abc']
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if not _chinese(run[0]) or len(run) == 1:
            found.append(run)
        else:
            found += [run[n : n + 2] for n in range(len(run) - 1)]
    return found


def _chinese(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff"


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found. ``score`` orders hits of one search and means nothing else;
    ``entry``: where most of the words stand, ``None`` for the title."""

    record: Record
    score: float
    entry: Entry | None = None


def search(records: Sequence[Record], words: str) -> list[Hit]:
    """Cases in which at least half of the wanted pairs stand, best first."""
    wanted = grams(words)
    if not wanted:
        return []
    held = [_held(record) for record in records]
    query = Query.of(words, _weights(held))
    hits = [query.hit(record, texts) for record, texts in zip(records, held, strict=True)]
    return sorted((hit for hit in hits if hit is not None), key=best_first)


def best_first(hit: Hit) -> tuple[float, str]:
    """The order in which hits are told."""
    return -hit.score, hit.record.case.id


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: pairs, the words as typed, and how rare each pair is."""

    wanted: Mapping[str, int]
    phrases: tuple[str, ...]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, words: str, weights: Mapping[str, float]) -> Query:
        """``weights``: at least of the pairs of ``words`` that stand anywhere."""
        return cls(Counter(grams(words)), tuple(fold(w) for w in words.split()), weights)

    def hit(self, record: Record, texts: Sequence[Text] = ()) -> Hit | None:
        """How well a case answers; ``None`` if too few of the pairs stand in it."""
        texts = texts or _held(record)
        whole = Counter(gram for each in texts for gram in each[1])
        here = [gram for gram in self.wanted if _stands(gram, whole, texts)]
        if len(here) < ENOUGH * len(self.wanted):
            return None
        score = self.score(here, lambda gram: gram in texts[0][1])
        # the words as typed, in one piece, say more than their pairs scattered over the case
        score += sum(PHRASE for p in self.phrases if any(p in each[2] for each in texts))
        best = max(
            texts, key=lambda each: (sum(g in each[1] for g in self.wanted), each[0] is None)
        )
        return Hit(record, score, best[0])

    def score(self, here: Iterable[str], in_title: Callable[[str], bool]) -> float:
        """What the pairs that stand in a case are worth."""
        return sum(
            self.weights.get(gram, 1.0) * (_TITLE if in_title(gram) else 1.0) for gram in here
        )


PHRASE = 5.0
"""What a whole word, as typed, is worth."""


def inside(gram: str) -> bool:
    """May it stand inside a longer run: a lone sign, or the beginning of a word?"""
    return len(gram) == 1 or not _chinese(gram[0])


def catalogued(record: Record) -> tuple[frozenset[str], frozenset[str]]:
    """Pairs of the title with the names, and of the whole case: what an index has to know."""
    texts = _held(record)
    return frozenset(texts[0][1]), frozenset(gram for each in texts for gram in each[1])


Text = tuple[Entry | None, Counter[str], str]
"""An entry (``None``: title and names), its pairs, and its folded words."""


def _held(record: Record) -> list[Text]:
    """Title with the names of the case first, then every entry that has words."""
    head = " ".join((record.case.title, *_names(record)))
    found: list[Text] = [(None, Counter(grams(head)), fold(head))]
    for entry in record.log:
        words = " ".join(
            filter(
                None,
                (entry.text, entry.because, entry.number, entry.source, entry.matter,
                 *entry.tags, *entry.links, *(str(value) for value in entry.facts.values()),
                 *(f.path for f in entry.files)),
            )
        )  # fmt: skip
        if words:
            found.append((entry, Counter(grams(words)), fold(words)))
    return found


def _names(record: Record) -> tuple[str, ...]:
    """Names of the units in charge and of the grades in force."""
    organs = {o.id: o.name for p in record.plans for o in p.organs.values()}
    levels = {
        (s.id, each.id): each.name
        for p in record.plans
        for s in p.scales.values()
        for each in s.levels
    }
    graded = {scale for e in record.log if e.kind == "graded" for scale in e.grades}
    held = [(scale, value) for scale in sorted(graded) if (value := grade(record.log, scale))]
    return (
        *(organs.get(unit, unit) for unit in units(record.log)),
        *(levels.get(each, each[1]) for each in held),
    )


def _stands(gram: str, whole: Counter[str], texts: Sequence[Text]) -> bool:
    """A lone sign or the beginning of a word may stand inside a longer run."""
    return gram in whole or (inside(gram) and any(gram in words for _, _, words in texts))


def _weights(held: Sequence[Sequence[Text]]) -> Mapping[str, float]:
    """How rare each pair is among the cases."""
    seen = Counter(
        gram for texts in held for gram in {g for _, counted, _ in texts for g in counted}
    )
    return {gram: rarity(count, len(held)) for gram, count in seen.items()}


def rarity(count: int, cases: int) -> float:
    """Weight of a pair that stands in so many of all cases."""
    return 1.0 + math.log(cases / count)


# --- like cases ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Like:
    """A case like another. ``likeness`` from 0 to 1; ``shared``: scales, source and units that
    are the same; ``took``: from discovery to the first act of a kind, and to the end."""

    record: Record
    likeness: float
    shared: tuple[str, ...]
    took: Mapping[str, dt.timedelta]


_TOOK = ("reported", "published", "replied")


def similar(records: Sequence[Record], wanted: Record) -> list[Like]:
    """Other cases, the most alike first: by their words, grades, source and units."""
    every = [wanted, *(r for r in records if r.case.id != wanted.case.id)]
    vectors = [vector_of(record) for record in every]
    seen = Counter(gram for vector in vectors for gram in vector)
    weights = {gram: 1.0 + math.log(len(every) / count) for gram, count in seen.items()}
    found = []
    for record, vector in zip(every[1:], vectors[1:], strict=True):
        same = shared(traits(wanted), traits(record))
        near = likeness(_cosine(vectors[0], vector, weights), same)
        if near is not None:
            found.append(Like(record, near, same, took(record)))
    return sorted(found, key=lambda each: (-each.likeness, each.record.case.id))


def likeness(near: float, same: Sequence[str]) -> float | None:
    """From how near the words are, and what else is the same; ``None``: not alike."""
    found = 0.7 * near + 0.1 * min(len(same), 3)
    return round(found, 3) if found > 0.1 or same else None


def vector_of(record: Record) -> Counter[str]:
    """Pairs of the title, which weighs more, and of what was seen and said."""
    counted = Counter({gram: 3 * n for gram, n in Counter(grams(record.case.title)).items()})
    for entry in record.log:
        if entry.kind in ("discovered", "received", "noted", "published", "replied", "assigned"):
            counted.update(grams(entry.text or ""))
    return counted


def _cosine(one: Counter[str], other: Counter[str], weights: Mapping[str, float]) -> float:
    def size(vector: Counter[str]) -> float:
        return math.sqrt(sum((weights[g] * n) ** 2 for g, n in vector.items()))

    both = sum(weights[g] ** 2 * n * other[g] for g, n in one.items() if g in other)
    whole = size(one) * size(other)
    return both / whole if whole else 0.0


Traits = tuple[Mapping[str, str], str | None, tuple[str, ...]]
"""Grades in force by scale, source of the discovery, units in charge."""


def traits(record: Record) -> Traits:
    """What of a case may be the same in another."""
    graded = {scale for e in record.log if e.kind == "graded" for scale in e.grades}
    held = {scale: value for scale in sorted(graded) if (value := grade(record.log, scale))}
    found = discovery(record.log)
    return held, (found.source or None) if found else None, units(record.log)


def shared(one: Traits, other: Traits) -> tuple[str, ...]:
    """Names of what is the same."""
    same = [scale for scale, value in one[0].items() if other[0].get(scale) == value]
    if one[1] is not None and one[1] == other[1]:
        same.append("source")
    if not set(one[2]).isdisjoint(other[2]):
        same.append("unit")
    return tuple(same)


def took(record: Record) -> dict[str, dt.timedelta]:
    """From discovery to the first report, publication, reply, and to the end (``over``)."""
    begin = discovery(record.log)
    if begin is None:
        return {}
    ends = {kind: next((e for e in record.log if e.kind == kind), None) for kind in _TOOK}
    ends["over"] = over(record.log)
    return {name: e.at - begin.at for name, e in ends.items() if e and e.at >= begin.at}
