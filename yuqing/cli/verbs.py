"""The verbs that write one kind of entry each: words and options → raw fields.

Pure. Each function takes what was typed and the scene, and returns the entries it means, or
raises :class:`Refused` or :class:`NotFound` with the word that cannot be taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from yuqing.case import Case
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.cli.scene import Raw, Scene, Typed, joined, needed, raw, sort_words
from yuqing.cli.typed import REASONED
from yuqing.clock.standing import Standing
from yuqing.errors import Refused, Said
from yuqing.screen import short
from yuqing.variants import half_width
from yuqing.words import N_, say

_PROSE = frozenset("，。；！？,;!?：:")


def new(typed: Typed, scene: Scene) -> list[Raw]:
    """``new TITLE [FACT=VALUE]…``: discovered, with occurred, received and assigned if named."""
    facts, rest = sort_words(typed.words[1:], scene)
    if rest:
        raise Refused(
            N_("{words} stands behind the title; put the title in quotes, words behind -m"),
            words=" ".join(rest),
        )
    at = scene.time(typed.at)
    sender, source = typed.option("sender"), typed.option("source")
    found: list[Raw] = []
    if occurred := typed.option("occurred"):
        found.append(_bare("occurred", scene.time(occurred), typed, scene))
    own: Raw = {"facts": facts, "document": None}
    if sender:
        own |= {"number": None, "files": None}
    if typed.option("foreseen"):
        words = typed.text or (None if facts or typed.files or typed.links else typed.words[0])
        told = say(N_("source: {source}"), scene.language, source=source) if source else None
        own["text"] = "\n".join(each for each in (words, told) if each)
        if not own["text"] and scene.case.secrecy == "secret":
            own["tags"] = ["foreseen"]
        found.append(raw("noted", typed, scene, at=at, **own))
    else:
        found.append(raw("discovered", typed, scene, at=at, source=source, **own))
    if sender:
        due = typed.option("due")
        got = {"from_": scene.organ(sender), "due": scene.due(due, at) if due else None}
        # words and links are told once, with the discovery
        found.append(
            raw(
                "received",
                typed,
                scene,
                at=at,
                text=None,
                because=None,
                clause=None,
                links=None,
                **got,
            )
        )
    elif typed.doc or typed.option("due"):
        raise Refused(N_("-d and --due belong to what came in; say from whom with --from"))
    for unit in typed.option("unit") or ():
        text = say(N_("responsible"), scene.language)
        secret = scene.case.secrecy == "secret"
        if secret and not typed.number:
            raise needed(N_("the number of the paper"), "yuqing new … --unit UNIT -n NUMBER")
        entry = _bare("assigned", at, typed, scene)
        entry["to"] = [scene.organ(unit)]
        entry |= {"number": typed.number} if secret else {"text": text}
        found.append(entry)
    return found


def _bare(kind: str, at: dt.datetime, typed: Typed, scene: Scene) -> Raw:
    """An entry beside the main one: only when and by whom."""
    return raw(kind, Typed(by=typed.by), scene, at=at)


def note(typed: Typed, scene: Scene) -> list[Raw]:
    """``note CASE [TEXT|FACT=VALUE]…``."""
    facts, rest = sort_words(typed.words, scene)
    until = typed.option("until")
    own: Raw = {
        "facts": facts,
        "text": joined(rest, typed),
        "tags": list(typed.option("tag") or ()),
        "until": scene.due(until, scene.time(typed.at)) if until else None,
    }
    return [raw("noted", typed, scene, **own)]


def report(typed: Typed, scene: Scene) -> list[Raw]:
    """``report CASE [FORM] TO[@TIME]…``: one entry for each time, in the order of time."""
    facts, rest = sort_words(typed.words, scene)
    form, text = None, list[str]()
    by_time: dict[dt.datetime, list[str]] = {}
    at = scene.time(typed.at)
    for word in rest:
        named = vo.as_form(word)
        if named and form and named != form:
            raise Refused(N_("two forms: {first} and {second}"), first=form, second=named)
        if named:
            form = named
            continue
        if _is_prose(word):
            text.append(word)
            continue
        name, when = un.split_time(word)
        organ = scene.organ(name)
        to = by_time.setdefault(scene.time(when) if when else at, [])
        if organ not in to:
            to.append(organ)
    if not by_time:
        raise needed(N_("the organ it was reported to"), "yuqing report CASE phone TO…")
    own: Raw = {"form": form, "facts": facts, "text": joined(text, typed)}
    return [
        raw("reported", typed, scene, at=moment, to=to, **own)
        for moment, to in sorted(by_time.items())
    ]


def _is_prose(word: str) -> bool:
    """Chinese names of organs are kept, so a sentence must be told from a name."""
    return any(c.isspace() for c in word.strip()) or (not _PROSE.isdisjoint(word.partition("@")[0]))


def receive(typed: Typed, scene: Scene) -> list[Raw]:
    """``receive CASE FROM [TEXT]``."""
    facts, rest = sort_words(typed.words, scene)
    if not rest and not typed.re:
        raise needed(N_("who sent it"), "yuqing receive CASE FROM [TEXT]")
    at = scene.time(typed.at)
    form, due = typed.option("form"), typed.option("due")
    own: Raw = {
        "from_": scene.organ(rest[0]) if rest else None,
        "facts": facts,
        "text": joined(rest[1:], typed),
        "form": vo.parse_choice("form", form) if form else None,
        "due": scene.due(due, at) if due else None,
    }
    return [raw("received", typed, scene, at=at, **own)]


def receipt(typed: Typed, scene: Scene) -> list[Raw]:
    """``receipt CASE ENTRY [NUMBER]``: they have our report; its number is the outside witness."""
    if not typed.words:
        raise needed(N_("the entry they received"), "yuqing receipt CASE ENTRY [NUMBER]")
    about = scene.entry(typed.words[0])
    entry = next((each for each in scene.log if each.id == about), None)
    if entry is None or not entry.to:
        raise Refused(N_("{entry} was sent to nobody, so nobody can have received it"), entry=about)
    if len(typed.words) > 2:
        raise Refused(N_("one number at a time: {words}"), words=" ".join(typed.words[1:]))
    if len(typed.words) == 2 and typed.number:
        raise Refused(N_("the number stands twice: {number}"), number=typed.words[1])
    if not typed.by and len(entry.to) > 1:
        raise Refused(
            N_("{entry} went to several: {names}"),
            hint=Said(N_("say who received it with --by")),
            entry=about,
            names="、".join(entry.to),
        )
    code = typed.option("code")
    own: Raw = {
        "by": scene.organ(typed.by) if typed.by else entry.to[0],
        "number": typed.words[1] if len(typed.words) == 2 else typed.number,
        "re": [about, *(scene.entry(word) for word in typed.re)],
        "code": _code(code) if code else None,
    }
    return [raw("received", typed, scene, **own)]


def _code(text: str) -> str:
    """A fingerprint as read out: capitals, without gaps, O/0 and I/L/1 forgiven."""
    plain = half_width(text).upper().replace(" ", "").replace("-", "")
    return plain.translate(str.maketrans("OIL", "011"))


def publish(typed: Typed, scene: Scene) -> list[Raw]:
    """``publish CASE [TEXT|FACT=VALUE]…``: words to the public, always signed."""
    return [_public("published", typed, scene)]


def reply(typed: Typed, scene: Scene) -> list[Raw]:
    """``reply CASE [TEXT|FACT=VALUE]…``: to an asker or a medium."""
    entry = _public("replied", typed, scene)
    to = [scene.organ(word) for word in typed.option("to") or ()] or ["asker"]
    due = typed.option("due")
    entry |= {"to": to} | ({"due": scene.due(due, scene.time(typed.at))} if due else {})
    return [entry]


def _public(kind: str, typed: Typed, scene: Scene) -> Raw:
    facts, rest = sort_words(typed.words, scene)
    form, use, corrects = (typed.option(name) for name in ("form", "use", "corrects"))
    own: Raw = {
        "facts": facts,
        "text": joined(rest, typed),
        "form": vo.parse_choice("form", form) if form else None,
        "corrects": scene.entry(corrects) if corrects else None,
        "signed_as": typed.option("signed") or scene.office.sign or scene.office.name,
    }
    if use:
        if own["text"] or typed.files:
            raise Refused(N_("--use takes the approved words; leave out other words and files"))
        own |= words_of(scene.entry(use), scene)
    elif not (own["text"] or typed.files or typed.number):
        verb = {"published": "publish", "replied": "reply"}[kind]
        raise needed(N_("the words, or the file with them"), f"yuqing {verb} CASE -f FILE")
    return raw(kind, typed, scene, **own)


def words_of(entry_id: str, scene: Scene) -> Raw:
    """The exact words of an earlier entry, so that they cannot differ. Raises Refused."""
    entry = next((each for each in scene.log if each.id == entry_id), None)
    if entry is None or not (entry.text or entry.files):
        raise Refused(N_("{entry} carries no words and no file"), entry=entry_id)
    files = [
        {"path": each.path, "sha256": each.sha256}
        if each.path
        else {k: v for k in ("kept", "number", "sha256") if (v := getattr(each, k))}
        for each in entry.files
    ]
    return {"text": entry.text, "files": files}


def assign(typed: Typed, scene: Scene) -> list[Raw]:
    """``assign CASE UNIT TEXT``: a unit is responsible; with ``--due`` an open item."""
    facts, rest = sort_words(typed.words, scene)
    if not rest:
        raise needed(N_("the unit"), "yuqing assign CASE UNIT TEXT")
    text = joined(rest[1:], typed)
    if not text and not typed.number:
        raise needed(N_("what the unit is to do"), "yuqing assign CASE UNIT TEXT")
    at, due = scene.time(typed.at), typed.option("due")
    own: Raw = {"facts": facts, "text": text, "due": scene.due(due, at) if due else None}
    return [raw("assigned", typed, scene, at=at, to=[scene.organ(rest[0])], **own)]


def mark(typed: Typed, scene: Scene) -> list[Raw]:
    """``mark CASE MOMENT``: a moment of the tool, or an event of the plan."""
    if not typed.words:
        raise needed(N_("the moment"), "yuqing mark CASE MOMENT")
    kind, event = vo.parse_moment(typed.words[0], scene.plans)
    facts, rest = sort_words(typed.words[1:], scene)
    own: Raw = {
        "event": event,
        "facts": facts,
        "text": joined(rest, typed),
        "estimated": "true" if typed.option("estimated") else None,
    }
    if kind in REASONED and not (typed.because or typed.number):
        line = f"yuqing mark CASE {kind} -b …"
        raise Refused(
            N_("{kind} needs a reason: -b"),
            kind=Said(kind),
            hint=Said(N_("so: {line}"), {"line": line}),
        )
    return [raw(kind, typed, scene, **own)]


def meet(typed: Typed, scene: Scene) -> list[Raw]:
    """``meet CASE WITH… [TEXT]``: who sat together; a sentence is what came of it."""
    facts, rest = sort_words(typed.words, scene)
    text = [word for word in rest if _is_prose(word)]
    people = [scene.organ(word) for word in rest if not _is_prose(word)]
    if not people:
        raise needed(N_("the organs that met"), "yuqing meet CASE WITH… --name NAME")
    form = typed.option("form")
    own: Raw = {
        "with_": list(dict.fromkeys(people)),
        "meeting": typed.option("meeting"),
        "facts": facts,
        "text": joined(text, typed),
        "form": vo.parse_choice("form", form) if form else None,
    }
    return [raw("convened", typed, scene, **own)]


def request(typed: Typed, scene: Scene) -> list[Raw]:
    """``request CASE correction|referral TO…``: to whom it went, the sentence (or the facts), why
    it is untrue, by which law, and the evidence: all of it, or it is no request."""
    line = "yuqing request CASE correction TO -m … -b … --clause … -f …"
    if not typed.words:
        raise needed(N_("correction or referral"), line)
    kind = vo.parse_choice("request", typed.words[0])
    facts, rest = sort_words(typed.words[1:], scene)
    if not rest:
        raise needed(N_("the organ it went to"), line)
    lacking = [
        letter
        for letter, there in (
            ("-m", typed.text), ("-b", typed.because), ("--clause", typed.clause),
            ("-f", typed.files),
        )
        if not there
    ]  # fmt: skip
    if lacking and not (scene.case.secrecy == "secret" and typed.number):
        raise Refused(
            N_("a request lacks: {options}"),
            hint=Said(
                N_("the sentence or the facts -m, why it is untrue -b, the law --clause, "
                   "evidence -f")
            ),
            options=" ".join(lacking),
        )  # fmt: skip
    form = typed.option("form")
    own: Raw = {
        "request": kind,
        "to": [scene.organ(word) for word in rest],
        "facts": facts,
        "form": vo.parse_choice("form", form) if form else None,
    }
    return [raw("requested", typed, scene, **own)]


def link(typed: Typed, scene: Scene) -> list[Raw]:
    """``link CASE RELATION CASE``: written here, the other side is derived."""
    if len(typed.words) != 2:
        raise needed(N_("relation and other case"), "yuqing link CASE duplicate-of CASE")
    own: Raw = {
        "relation": vo.parse_choice("relation", typed.words[0]),
        "case": typed.words[1],
    }
    return [raw("linked", typed, scene, **own)]


def close(typed: Typed, scene: Scene) -> list[Raw]:
    """``close CASE``: with a limit still open it wants a reason, and lists what is open."""
    _no_words(typed, "yuqing close CASE")
    left = still_open(scene.standings)
    if left and not (typed.because or typed.number):
        said = "; ".join(
            f"{each.does} {short(each.limit, scene.now, end=True)}"
            for each in left
            if each.limit is not None
        )
        raise Refused(
            N_("still open with a limit: {duties}"),
            hint=Said(N_("to close all the same, say why with -b; they stay in `overdue`")),
            duties=said,
        )
    return [raw("closed", typed, scene, tags=list(typed.option("tag") or ()))]


def still_open(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """What has a limit and is not over."""
    return tuple(each for each in found if not each.over and each.limit is not None)


def _no_words(typed: Typed, line: str) -> None:
    if typed.words:
        raise Refused(
            N_("{words} is too much: {line}; words go behind -m"),
            words=" ".join(typed.words),
            line=line,
        )


def last_recorded(case: Case) -> dt.datetime | None:
    """When the program wrote last in this case."""
    return max((each.recorded for each in case.log if each.recorded), default=None)
