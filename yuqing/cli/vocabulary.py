"""Words of the tool and of the plan, in both languages, as they are typed.

Pure, like ``understand``: forms, moments, kinds, documents; facts and levels by id, name,
alias or part of a Chinese text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yuqing.case import FORMS, KINDS
from yuqing.cli.understand import nearest, nearest_named, pick
from yuqing.errors import Refused, Said
from yuqing.grade import SATISFIED
from yuqing.plan import TRUTH, Document, Event, Fact, Level, Plan, Scale, Value
from yuqing.variants import fold, half_width
from yuqing.words import N_

FORM_WORDS: Mapping[str, tuple[str, ...]] = {
    "phone": ("电话", "打电话", "电话报告", "call"),
    "oral": ("口头", "口头报告"),
    "written": ("书面", "书面报告"),
    "message": ("微信", "短信", "消息", "发微信", "发短信"),
    "email": ("邮件", "邮箱", "e-mail", "mail"),
    "fax": ("传真", "发传真"),
    "secure": ("密件", "机要"),
    "visit": ("上门", "当面"),
    "meeting": ("会议",),
    "notice": ("公告", "通告"),
    "post": ("跟帖", "发帖", "帖文"),
    "press-conference": ("发布会", "新闻发布会"),
    "briefing": ("吹风会",),
    "interview": ("采访",),
}
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "occurred": ("发生",),
    "discovered": ("发现",),
    "activated": ("启动",),
    "concluded": ("办结",),
    "calmed": ("平息",),
    "lifted": ("解除", "终止"),
    "relapsed": ("复燃", "反弹"),
    "closed": ("关闭", "结案"),
    "reopened": ("重新办理", "重开", "恢复办理"),
    "event": ("事件",),
    "noted": ("记录", "记事"),
    "graded": ("定级", "分类"),
    "reported": ("报告", "告知", "通知"),
    "received": ("收到", "来文"),
    "convened": ("会商", "开会"),
    "decided": ("审定", "决定"),
    "assigned": ("交办", "指派"),
    "done": ("完成", "办妥"),
    "published": ("发布",),
    "replied": ("答复", "回复"),
    "requested": ("更正请求", "移送"),
    "adjusted": ("延期", "调整"),
    "amended": ("更正记录", "改正"),
    "linked": ("关联",),
}
MOMENTS = (
    "occurred", "discovered", "activated", "concluded", "calmed", "lifted", "relapsed", "reopened",
)  # fmt: skip
"""Kinds that are nothing but a moment, and that ``mark`` writes."""
CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "form": FORM_WORDS,
    "outcome": {
        "agreed": ("同意", "通过", "准予"),
        "refused": ("不同意", "退回", "否决", "不予"),
        "partly": ("部分同意", "部分采纳"),
    },
    "request": {"correction": ("更正", "更正请求"), "referral": ("移送", "线索移送")},
    "relation": {
        "duplicate-of": ("重复",),
        "part-of": ("从属", "属于"),
        "follows": ("后续",),
        "related": ("相关",),
    },
    "secrecy": {"internal": ("内部",), "secret": ("涉密", "秘密", "密")},
}
"""Fields whose value is one word of the tool."""

_YES = ("true", "yes", "y", "是", "有", "对", "真")
_NO = ("false", "no", "n", "否", "无", "没有", "不是", "假")


def parse_choice(field: str, word: str) -> str:
    """The tool's own word for ``word`` in ``field`` (form, outcome …). Raises Refused."""
    known = CHOICES[field]
    wanted = fold(word)
    for key, others in known.items():
        if wanted == key or wanted in map(fold, others):
            return key
    words = [f"{key} {others[0]}" for key, others in known.items()]
    raise Refused(
        N_("{field}: no {word}"),
        hint=Said(N_("there are: {names}"), {"names": "、".join(words)}),
        field=field,
        word=word,
    )


def as_form(word: str) -> str | None:
    """The form that ``word`` names, or ``None``."""
    wanted = fold(word)
    return next(
        (key for key in FORMS if wanted == key or wanted in map(fold, FORM_WORDS[key])), None
    )


def parse_kind(word: str) -> str:
    """The entry kind that ``word`` names, in either language. Raises Refused."""
    wanted = fold(word)
    for key in KINDS:
        if wanted == key or wanted in map(fold, KIND_WORDS[key]):
            return key
    raise Refused(
        N_("no entry kind {word}"),
        hint=Said(N_("there are: {names}"), {"names": nearest(word, KINDS)}),
        word=word,
    )


def parse_moment(word: str, plans: Sequence[Plan]) -> tuple[str, str | None]:
    """A moment of the tool, or an event of the plan: ``(kind, event)``. Raises Refused."""
    wanted = fold(word)
    for key in MOMENTS:
        if wanted == key or wanted in map(fold, KIND_WORDS[key]):
            return key, None
    if wanted in ("closed", *map(fold, KIND_WORDS["closed"])):
        raise Refused(N_("closing is a command of its own: yuqing close CASE"))
    events: dict[str, Event] = {}
    for plan in plans:
        events = {**plan.events, **events}
    found = pick(word, {key: (each.name,) for key, each in events.items()})
    if len(found) == 1:
        return "event", found[0]
    if found:
        raise several(word, found)
    known = {key: KIND_WORDS[key] for key in MOMENTS}
    known |= {key: (each.name,) for key, each in events.items()}
    raise Refused(
        N_("no moment {word}, and no such event in the plan"),
        hint=Said(N_("there are: {names}"), {"names": nearest_named(word, known, 6)}),
        word=word,
    )


def several(word: str, names: Iterable[str]) -> Refused:
    """The failure of a word that several things answer to."""
    return Refused(N_("{name} may be any of: {names}"), name=word, names="、".join(names))


def parse_document(word: str, plans: Sequence[Plan]) -> str:
    """The id of the plan's document that ``word`` names; a plan without documents takes any."""
    documents: dict[str, Document] = {}
    for plan in plans:
        documents = {**plan.documents, **documents}
    if not documents:
        return word.strip()
    titles = {key: (each.title,) for key, each in documents.items()}
    found = pick(word, titles)
    if len(found) == 1:
        return found[0]
    if found:
        raise several(word, found)
    raise Refused(
        N_("no document {name} in the plan"),
        hint=Said(N_("there are: {names}"), {"names": nearest_named(word, titles)}),
        name=word,
    )


# --- facts and grades ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """The facts and scales that the words of one command may name, all plans together."""

    facts: Mapping[str, Fact]
    scales: Mapping[str, Scale]

    @classmethod
    def of(cls, plans: Sequence[Plan]) -> Words:
        """The first plan that declares a name has it."""
        facts: dict[str, Fact] = {SATISFIED.id: SATISFIED}
        scales: dict[str, Scale] = {TRUTH.id: TRUTH}
        for plan in reversed(plans):
            facts |= plan.facts
            scales |= plan.scales
        return cls(facts, scales)

    def fact(self, name: str) -> Fact | None:
        """The fact of that id, or the one whose question has this Chinese text in it."""
        asks = {key: (each.ask,) for key, each in self.facts.items()}
        asks["satisfied"] = ("是否滿意",)
        found = pick(name, asks)
        if len(found) > 1:
            raise several(name, found)
        return self.facts[found[0]] if found else None

    def scale(self, name: str) -> Scale | None:
        """The scale of that id or name."""
        tool = {"level": ("級別", "等級"), "truth": ("屬實", "真偽")}
        names = {
            key: ((each.name,) if each.name else ()) + tool.get(key, ())
            for key, each in self.scales.items()
        }
        found = pick(name, names)
        if len(found) > 1:
            raise several(name, found)
        return self.scales[found[0]] if found else None

    def names(self, *, scales: bool) -> list[str]:
        """Every name that may stand before ``=``."""
        return [*(self.scales if scales else ()), *self.facts]


def split_value(word: str) -> tuple[str, str] | None:
    """``comments=1200`` → name and value; ``None`` for a word without ``=``."""
    match = re.fullmatch(r"([^=＝]+?)\s*[=＝](.*)", word, re.DOTALL)
    return (match[1].strip(), match[2].strip()) if match else None


def parse_fact_word(word: str, words: Words) -> tuple[str, str] | None:
    """A word ``FACT=VALUE`` as id and text of the value; ``None`` if the word is text.

    An unknown name in a word without a blank is refused with the nearest ones.
    """
    pair = split_value(word)
    if pair is None or re.match(r"https?://", word):
        return None
    name, value = pair
    fact = words.fact(name)
    if fact:
        return fact.id, fact_text(parse_fact(fact, value))
    if re.search(r"\s", word):
        return None
    if words.scale(name):
        raise Refused(N_("{name} is a scale: yuqing grade CASE {word}"), name=name, word=word)
    raise no_name(name, words.names(scales=False))


def no_name(name: str, names: Sequence[str]) -> Refused:
    """The failure of a name before ``=`` that the plan does not know."""
    return Refused(
        N_("the plan knows no {name}"),
        hint=Said(
            N_("the nearest: {names}; words with = are text if there is a blank among them"),
            {"names": nearest(name, names)},
        ),
        name=name,
    )


def parse_fact(fact: Fact, text: str) -> Value:
    """The value of a fact as typed: 是 → true, full-width figures, a choice. Raises Refused."""
    if not text:
        raise Refused(N_("{name}: nothing stands after ="), name=fact.id)
    plain = half_width(text)
    match fact.type:
        case "boolean":
            if fold(plain) in map(fold, _YES):
                return True
            if fold(plain) in map(fold, _NO):
                return False
            raise Refused(N_("{name} is yes or no, not {value}"), name=fact.id, value=text)
        case "integer":
            if re.fullmatch(r"[-+]?\d{1,15}", plain.replace(",", "")):
                return int(plain.replace(",", ""))
            bands = "、".join(f"{name} ≥ {low}" for name, low in fact.bands.items())
            raise Refused(
                N_("{name} is a whole number, not {value}"),
                hint=Said(N_("write the figure itself; bands: {bands}"), {"bands": bands})
                if bands
                else None,
                name=fact.id,
                value=text,
            )
        case "choice":
            found = pick(plain, {key: _glosses(fact, key) for key in fact.of})
            if len(found) == 1:
                return found[0]
            raise Refused(
                N_("{name} has no value {value}"),
                hint=Said(
                    N_("there are: {names}; {ask}"), {"names": "、".join(fact.of), "ask": fact.ask}
                ),
                name=fact.id,
                value=text,
            )
    return text


def _glosses(fact: Fact, choice: str) -> tuple[str, ...]:
    """What the question calls a choice: 回落 in ``falling 回落``, 质疑 in ``质疑(doubt)``."""
    name, said = re.escape(choice), r"([\u4e00-\u9fff]+)"
    behind = re.findall(rf"(?<![\w-]){name}\s*{said}", fact.ask)
    before = re.findall(rf"{said}\s*[(（]{name}[)）]", fact.ask)
    return (*behind, *before)


def fact_text(value: Value) -> str:
    """A value as a case file has it: every scalar is text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def levels_named(scale: Scale, word: str) -> tuple[str, ...]:
    """Ids of the levels that ``word`` may mean: id, name, alias, part of a Chinese name."""
    return pick(word, {each.id: (each.name, *each.aliases) for each in scale.levels})


def parse_level(scale: Scale, word: str) -> str:
    """The id of the level that ``word`` names on ``scale``. Raises Refused."""
    found = levels_named(scale, word)
    if len(found) == 1:
        return found[0]
    if found:
        raise several(word, found)
    raise _no_level(word, (scale,))


def _no_level(word: str, scales: Sequence[Scale]) -> Refused:
    # a shared prefix tells levels of one scale from another's where there are several
    known = [
        _named(each, scale if len(scales) > 1 else None)
        for scale in scales
        for each in scale.levels
    ]
    return Refused(
        N_("no level {name}"),
        hint=Said(N_("there are: {names}"), {"names": "、".join(known)}),
        name=word,
    )


def _named(level: Level, scale: Scale | None) -> str:
    said = (
        level.id if level.id == level.name or level in TRUTH.levels else f"{level.id} {level.name}"
    )
    return f"{scale.id}={said}" if scale else said


def parse_grade_word(word: str, words: Words) -> tuple[str, str] | None:
    """``I``, ``一级`` or ``truth=untrue`` as scale and level; ``None`` for a fact's word.

    A bare word means a level of scale ``level``, else the only level of any scale so named.
    """
    pair = split_value(word)
    if pair is not None:
        scale = words.scale(pair[0])
        if scale is None or (words.facts.get(pair[0]) is not None):
            return None
        return scale.id, parse_level(scale, pair[1])
    main = words.scales.get("level")
    if main and len(found := levels_named(main, word)) == 1:
        return main.id, found[0]
    hits = [(s.id, level) for s in words.scales.values() for level in levels_named(s, word)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise several(word, (f"{scale}={level}" for scale, level in hits))
    raise _no_level(word, tuple(words.scales.values()))
