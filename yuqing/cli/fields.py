"""FIELD=VALUE as a person types it: for ``add`` and ``amend``, and for any field of any kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from yuqing.case import COMMON, KINDS
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.scene import Raw, Scene, Typed, raw
from yuqing.errors import Refused, Said
from yuqing.plan import Plan
from yuqing.words import N_

_ORGANS = ("to", "from", "with")
_FLAGS = ("estimated", "proposed", "release", "pause", "resume", "void")
_LISTS = ("links", "tags", "clause")
_PROGRAM = ("kind", "id", "recorded")


def add(typed: Typed, scene: Scene) -> list[Raw]:
    """``add CASE KIND [FIELD=VALUE]…``: any kind, field by field."""
    if not typed.words:
        raise Refused(
            N_("which kind of entry?"),
            hint=Said(N_("there are: {names}"), {"names": "、".join(KINDS)}),
        )
    kind = vo.parse_kind(typed.words[0])
    known = (*COMMON, *KINDS[kind].own)
    own, rest = _own(typed.words[1:], known, scene, typed.at)
    if rest:
        if "text" in own or typed.text:
            raise Refused(N_("no field in {words}"), words=" ".join(rest))
        own["text"] = " ".join(rest)
    if "signed_as" in KINDS[kind].required:
        own.setdefault("signed_as", scene.office.sign or scene.office.name)
    at = own.pop("at", None)
    entry = raw(
        kind, typed, scene, **{f"{k}_" if k in ("from", "with") else k: v for k, v in own.items()}
    )
    return [entry | ({"at": at} if at else {})]


def amend(typed: Typed, scene: Scene, pins: Mapping[str, Plan]) -> list[Raw]:
    """``amend CASE ENTRY|head [FIELD=VALUE]…``: the entry stays, the correction is one more.

    ``pins``: plans that ``plans=ID@VERSION`` may add, by the word typed.
    """
    if not typed.words:
        raise Refused(
            N_("which entry?"),
            hint=Said(N_("so: {line}"), {"line": "yuqing amend CASE ENTRY FIELD=VALUE -b …"}),
        )
    of = "head" if typed.words[0].casefold() == "head" else scene.entry(typed.words[0])
    void = typed.option("void")
    if void and typed.words[1:]:
        raise Refused(
            N_("--void takes the whole entry out; leave out {words}"),
            words=" ".join(typed.words[1:]),
        )
    if void and of == "head":
        raise Refused(N_("the head cannot be voided"))
    if not void and not typed.words[1:]:
        raise Refused(
            N_("what should be corrected?"),
            hint=Said(N_("FIELD=VALUE sets a field, --void takes the entry out")),
        )
    if not (typed.because or typed.number):
        raise Refused(N_("a correction needs a reason: -b"))
    own: Raw = {"of": of}
    if void:
        own["void"] = "true"
    elif of == "head":
        own["set"] = _head(typed.words[1:], pins)
    else:
        target = scene.case.entry(of)
        kind = target.kind if target else "noted"
        known = (*COMMON, *(KINDS[kind].own if kind != "amended" else ()))
        changed, rest = _own(
            typed.words[1:], known, scene, un.written(target.at) if target else None
        )
        if rest:
            raise Refused(N_("no field in {words}; write FIELD=VALUE"), words=" ".join(rest))
        own["set"] = changed
    return [raw("amended", typed, scene, **own)]


def _head(words: Sequence[str], pins: Mapping[str, Plan]) -> Raw:
    found: Raw = {}
    for word in words:
        pair = vo.split_value(word)
        name = pair[0] if pair else word
        if pair is None or name not in ("title", "secrecy", "plans"):
            raise Refused(
                N_("of the head, title, secrecy and plans can be set; not {name}"), name=name
            )
        if name == "plans":
            plan = pins[pair[1]]
            found.setdefault("plans", []).append(
                {"id": plan.id, "version": plan.version, "digest": plan.digest}
            )
        else:
            found[name] = vo.parse_choice("secrecy", pair[1]) if name == "secrecy" else pair[1]
    return found


def pins_wanted(words: Sequence[str]) -> tuple[str, ...]:
    """The plans that ``amend CASE head plans=ID@VERSION`` names."""
    pairs = [vo.split_value(word) for word in words]
    return tuple(pair[1] for pair in pairs if pair and pair[0] == "plans")


# --- one field -------------------------------------------------------------------------


def _own(
    words: Sequence[str], known: Sequence[str], scene: Scene, at: str | None
) -> tuple[Raw, list[str]]:
    """FIELD=VALUE words as raw fields; words without ``=`` are handed back."""
    found: Raw = {}
    rest: list[str] = []
    pairs = [vo.split_value(word) for word in words]
    stated = next((pair[1] for pair in pairs if pair and pair[0] == "at"), at)
    when = scene.time(stated)
    for word, pair in zip(words, pairs, strict=True):
        if pair is None:
            rest.append(word)
        else:
            _put(found, pair[0], pair[1], known, scene, when)
    return found, rest


def _put(
    found: Raw, name: str, value: str, known: Sequence[str], scene: Scene, at: dt.datetime
) -> None:
    """One FIELD=VALUE into the fields found so far."""
    head, dot, part = name.partition(".")
    if not dot and name not in known:
        head, part = _short(name, known, scene)
    if head in _PROGRAM:
        raise Refused(N_("{name} is written by the program"), name=head)
    if head not in known:
        raise Refused(
            N_("no field {name} here"),
            hint=Said(
                N_("there are: {names}"),
                {"names": un.nearest(name, [k for k in known if k not in _PROGRAM], 5)},
            ),
            name=name,
        )
    if not value:
        raise Refused(N_("{name}: nothing stands after ="), name=name)
    if head == "facts":
        fact = scene.words.fact(part)
        if fact is None:
            raise vo.no_name(part or name, scene.words.names(scales=False))
        found.setdefault("facts", {})[fact.id] = vo.fact_text(vo.parse_fact(fact, value))
    elif head == "grades":
        scale = scene.words.scale(part)
        if scale is None:
            raise vo.no_name(part or name, list(scene.words.scales))
        found.setdefault("grades", {})[scale.id] = vo.parse_level(scale, value)
    elif head == "files":
        # a paper that lies elsewhere; one that is attached comes with -f
        if part not in ("kept", "number", "sha256"):
            raise Refused(
                N_(
                    "a paper is attached with -f; files.kept and files.number say where another lies"
                )
            )
        papers = found.setdefault("files", [{}])
        if part in papers[-1]:
            papers.append({})
        papers[-1][part] = value
    elif dot:
        raise Refused(N_("{name} has no parts: {field}=VALUE"), name=head, field=head)
    elif head in _LISTS:
        found.setdefault(head, []).append(value)
    elif head in found:
        raise Refused(N_("{name} stands twice"), name=head)
    else:
        found[head] = one(head, value, scene, at)


def _short(name: str, known: Sequence[str], scene: Scene) -> tuple[str, str]:
    """A bare fact or scale, where the kind has facts or grades."""
    if "grades" in known and (scale := scene.words.scale(name)):
        return "grades", scale.id
    if "facts" in known and (fact := scene.words.fact(name)):
        return "facts", fact.id
    return name, ""


def one(name: str, value: str, scene: Scene, at: dt.datetime) -> Any:
    """The value of one plain field, understood as its option would be. Raises Refused."""
    if name == "at":
        return un.written(scene.time(value))
    if name in ("until", "due"):
        return scene.due(value, at)
    if name in _ORGANS:
        return [scene.organ(each) for each in _several(value)]
    if name in ("by", "unit"):
        return scene.organ(value)
    if name in vo.CHOICES:
        return vo.parse_choice(name, value)
    if name == "document":
        return vo.parse_document(value, scene.plans)
    if name in ("re", "closes"):
        return [scene.entry(each) for each in _several(value)]
    if name in ("corrects", "of"):
        return scene.entry(value)
    if name == "duty":
        return duty_name(value, scene)
    if name == "event":
        kind, event = vo.parse_moment(value, scene.plans)
        if event is None:
            raise Refused(N_("{name} is a kind of its own: {kind}"), name=value, kind=kind)
        return event
    if name in _FLAGS:
        if value.casefold() not in ("true", "yes", "是"):
            raise Refused(N_("{name} is `true`, or left out"), name=name)
        return "true"
    return value


def _several(value: str) -> list[str]:
    """``a,b`` as two: only here, where a field stands in one word."""
    return [
        each.strip()
        for each in value.replace("，", ",").replace("、", ",").split(",")
        if each.strip()
    ]


def duty_name(word: str, scene: Scene) -> str:
    """``[PLAN/]DUTY[@TIME]`` as the file has it; the plan only where several have that duty."""
    found = un.parse_duty(word, scene.plans, scene.now, scene.zone)
    if found is None:
        un.no_duty(word, scene.plans, scene.case)
    plan, duty, when = found
    several = sum(duty in each.duties for each in scene.plans) > 1
    name = f"{plan.id}/{duty}" if several or "/" in word else duty
    return f"{name}@{un.written(when)}" if when else name
