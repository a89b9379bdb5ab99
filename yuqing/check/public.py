"""Words to the public held against the record: figures, and causes given too early.

Warnings only. They read the words of a statement, its text and the text papers that go with it,
and know shapes, not meaning: what they name is for a person to look at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from yuqing.case import Entry
from yuqing.check.look import Finding, Look, at
from yuqing.errors import Path, Said
from yuqing.span import chinese_number
from yuqing.words import N_

PUBLIC = ("published", "replied")

_COUNTED = "元|名|人|户|件|起|台|辆|例|处|家|栋|所|间|只|头|亩|吨|升|公斤|千克|公里|米|平方|立方"
_FIGURE = re.compile(
    r"(?<![\d.A-Za-z-])(?<!\d:)(\d+(?:,\d{3})*(?:\.\d+)?)\s*((?:余|多)?[万亿]?"
    rf"(?:{_COUNTED}|[%％]|"
    r"people\b|persons\b|households\b|injured\b|dead\b|percent\b))"
)
"""A number with what it counts. Dates, clock times, articles and document numbers count nothing."""
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

_DIGITS = "零一二三四五六七八九〇"
_SIGNS = _DIGITS + "两十百千万"
_WRITTEN = re.compile(
    rf"(?<![\d{_SIGNS}第每周期初几数唯统同])([{_SIGNS}]+)((?:余|多)?(?:{_COUNTED}))(?![{_SIGNS}])"
)
"""三人, 一百二十余户. 第一名 and 每三户 count nothing, 一户一策 is a manner of speaking."""
_SPOKEN = re.compile(r"[百千万]+|一|四(?=处)|两(?=头)")
"""Not a figure for certain: 千家万户, 一起, 四处; of 一 only the dead and injured are told."""
_ONE_HURT = re.compile(r"一[人名](?:死|伤|遇难|受伤|轻伤|重伤|失联|失踪|溺)")


def stated_nowhere(look: Look) -> Iterator[Finding]:
    """A figure told to the public that stands nowhere in the facts of the case by then."""
    names: set[str] = set()
    numbers: set[str] = set()
    for entry in look.log:
        if entry.kind not in PUBLIC:
            if entry.facts:
                names.update(entry.facts)
                numbers.update(_numbers(entry.facts.values()))
            continue
        for name in entry.facts:
            if name not in names:
                key = N_("{fact} is stated, but nothing before it in the case says so")
                yield Finding(at(entry, "facts", name), Said(key, {"fact": name}), "warning")
        known = numbers | _numbers(entry.facts.values())
        for path, words in _words(look, entry):
            for number, figure in _figures(words):
                if number not in known:
                    key = N_("the figure {figure} stands nowhere in the facts of the case")
                    known.add(number)  # said once
                    yield Finding(path, Said(key, {"figure": figure}), "warning")


def _figures(words: str) -> Iterator[tuple[str, str]]:
    """Each number with what it counts, and how it is written."""
    for number, unit in _FIGURE.findall(words):
        yield _plain(number), number + unit
    for found in _WRITTEN.finditer(words):
        spoken = _SPOKEN.match(words, found.start())
        if spoken and spoken.end() == found.end(1) and not _ONE_HURT.match(words, found.start()):
            continue
        value = _value(found[1])
        if value is not None:
            yield str(value), found[0]


def _numbers(values: Any) -> set[str]:
    texts = [_folded(str(each)) for each in values if not isinstance(each, bool)]
    known = {_plain(n) for text in texts for n in _NUMBER.findall(text)}
    written = {_value(n) for text in texts for n in re.findall(f"[{_SIGNS}]+", text)}
    return known | {str(each) for each in written if each is not None}


def _value(signs: str) -> int | None:
    """一百二十 → 120, 二〇二六 → 2026, 三万 → 30000; ``None`` for what is no number."""
    if len(signs) > 1 and all(sign in _DIGITS for sign in signs):
        return int("".join(str(_DIGITS.index(sign) % 10) for sign in signs))
    total = 0
    for unit, sign in ((10_000, "万"), (1_000, "千"), (100, "百")):
        much, there, rest = signs.partition(sign)
        if there:
            high = _value(much)
            if high is None:
                return None
            total, signs = total + high * unit, rest.lstrip("零〇")
    low = chinese_number(signs) if signs else 0
    return None if low is None else total + low


def _plain(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    part = part.rstrip("0")
    return f"{whole.lstrip('0') or '0'}{'.' if part else ''}{part}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _words(look: Look, entry: Entry) -> Iterator[tuple[Path, str]]:
    """The words of a statement: its text, and its papers as far as somebody read them."""
    if entry.text:
        yield at(entry, "text"), _folded(entry.text)
    for place, paper in enumerate(entry.files):
        rows = (look.papers or {}).get(paper.path or "", ())
        if rows:
            yield at(entry, "files", place), _folded("\n".join(rows))


# --- causes ----------------------------------------------------------------------------

_CAUSE = re.compile(
    r"(?:原因|起因|事因)(?:初步)?(?:判断|认定|查明)?(?:是|为|系|在于|:)|系因|系由|由于|所致|(?:引起|引发|造成)的"
    r"|\bcaused by\b|\bdue to\b|\bthe cause (?:is|was)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"正在|尚|待(?:查|核|调查|进一步)|有待|仍在|未(?:查|明|确)|调查中|核查中|不明|under investigation|not yet|unknown",
    re.IGNORECASE,
)
_INQUIRY = re.compile(r"调查|核查|鉴定|勘验|inquir|investigat", re.IGNORECASE)
_ENDED = re.compile(
    r"结束|完成|终结|完毕|结论|办结|结果|报告|end|conclu|complet|result|report", re.IGNORECASE
)


def cause_too_early(look: Look) -> Iterator[Finding]:
    """A cause given to the public while no end of the inquiry is on record.

    The inquiry has ended with ``concluded``, or with an event of the plan whose name speaks of the
    end of one. A sentence that says the cause is still open gives none.
    """
    ended = False
    for entry in look.log:
        ended = ended or _ends_inquiry(look, entry)
        if ended or entry.kind not in PUBLIC:
            continue
        for path, words in _words(look, entry):
            given = _given(re.split(r"[。!?;\n]|\. ", words))
            if given:
                key = N_("gives a cause (“{words}”), and no end of the inquiry is on record yet")
                yield Finding(path, Said(key, {"words": given}), "warning")


def _given(sentences: Sequence[str]) -> str:
    for sentence in sentences:
        if _CAUSE.search(sentence) and not _OPEN.search(sentence):
            found = sentence.strip()
            return found if len(found) <= 40 else found[:39] + "…"
    return ""


def _ends_inquiry(look: Look, entry: Entry) -> bool:
    if entry.kind == "concluded":
        return True
    if entry.kind != "event" or entry.event is None:
        return False
    declared = (plan.events.get(entry.event) for plan in look.plans)
    names = [entry.event, *(each.name for each in declared if each is not None)]
    return any(_INQUIRY.search(name) and _ENDED.search(name) for name in names)
