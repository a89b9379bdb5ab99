"""What each document of a plan is for, told from the plan's own words and duties.

A role has a template of its own, with the contents proper to it. A wrong guess would put the
wrong contents under the office's name, so a document of which the plan says too little is a
``document``: the general form, good in itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, get_args

from yuqing.clock.moments import acts_in
from yuqing.plan import Act, Document, Duty, Moment, Plan
from yuqing.variants import fold

Role = Literal[
    "first-report", "basic-facts", "written-after-oral", "follow-up", "warning-notice", "flash",
    "digest", "handling-feedback", "briefing", "statement", "reply", "correction",
    "correction-request", "referral", "special-response", "review", "analysis",
    "rectification-list", "media-feedback", "final-report", "phone-log", "case-card",
    "drill-evaluation", "relief-plan", "submission", "incoming", "document",
]  # fmt: skip
"""What a document does in a case; the last is for all others.

``flash`` 快报, ``digest`` 摘报, ``correction`` of an own statement, ``submission`` 请示、送审,
``incoming``: a paper that only comes in, so what is written is its registration.
"""

PUBLIC: frozenset[Role] = frozenset(
    ("statement", "reply", "correction", "special-response", "media-feedback")
)
"""Words to people outside: signed, and nothing of the office's own handling in them."""

REVIEWS: frozenset[Role] = frozenset(("review", "analysis"))
"""Papers in which an office judges its own handling."""

LOOKING_BACK: frozenset[Role] = REVIEWS | {"relief-plan", "final-report"}
"""Papers that are written when matters are over."""

REQUESTS: Mapping[Role, str] = {"correction-request": "correction", "referral": "referral"}
"""Roles whose act is ``requested``, and which request it is."""

_SENT: Mapping[Role, Mapping[str, object]] = {
    **{role: {"kind": "requested", "request": what} for role, what in REQUESTS.items()},
    "statement": {"kind": "published"},
    "correction": {"kind": "published"},
    "special-response": {"kind": "published"},
    "reply": {"kind": "replied"},
    "media-feedback": {"kind": "replied"},
}
"""What a document is sent out as, where no duty or gate of the plan ties it to an act."""

_CALLED: Mapping[Role, tuple[str, ...]] = {
    "first-report": ("初报", "初報", "首报", "首報", "首次报告", "首次報告"),
    "basic-facts": ("基本情况报告", "基本情況報告"),
    "written-after-oral": ("书面补报", "書面補報"),
    "follow-up": ("续报", "續報"),
    "warning-notice": ("预警信息", "預警信息"),
    "flash": ("快报", "快報", "舆情快报", "輿情快報"),
    "digest": ("摘报", "摘報", "舆情摘报", "輿情摘報"),
    "handling-feedback": ("办理情况", "辦理情況", "办理情况反馈", "辦理情況反饋"),
    "briefing": ("汇报材料", "匯報材料"),
    "statement": ("通稿", "情况通报", "情況通報"),
    "reply": ("答复", "答覆"),
    "correction": ("own-correction", "更正声明", "更正聲明"),
    "correction-request": ("更正请求", "更正請求", "更正请求函", "更正請求函"),
    "referral": ("移送函",),
    "special-response": ("专题回应材料", "專題回應材料"),
    "review": ("复盘", "復盤", "複盤"),
    "analysis": ("分析报告", "分析報告"),
    "rectification-list": ("整改清单", "整改清單"),
    "media-feedback": ("媒体反馈", "媒體反饋"),
    "final-report": ("终报", "終報", "结案报告", "結案報告"),
    "phone-log": ("电话记录", "電話記錄"),
    "case-card": ("案件卡", "包案卡"),
    "drill-evaluation": ("演练评估", "演練評估"),
    "relief-plan": ("损失补偿方案", "損失補償方案"),
}
ROLES: Mapping[str, Role] = {
    name: role for role, names in _CALLED.items() for name in (role, *names)
}
"""Words for a document by what it is for; a plan may call it something else, or nothing."""

# The first line with a word in the title decides, so the narrower stands above the wider.
_TITLES: tuple[tuple[Role, tuple[str, ...]], ...] = (
    ("written-after-oral", ("口头报告后", "书面补报", "补报书面", "written after")),
    ("follow-up", ("续报", "后续报告", "处置进展", "进展报告", "follow-up", "follow up",
                   "progress report")),
    ("first-report", ("初报", "首报", "首次报告", "first report", "initial report")),
    ("basic-facts", ("基本情况报告", "基本情况表", "basic facts")),
    ("correction-request", ("更正请求", "更正申请", "更正要求", "更正函", "request for correction",
                            "correction request")),
    ("correction", ("更正声明", "更正公告", "更正启事", "更正说明", "更正通告", "勘误", "correction of our",
                    "own correction")),
    ("referral", ("移送函", "移送书", "移送材料", "商请函", "referral")),
    ("drill-evaluation", ("演练评估", "演练评价", "演练总结", "drill evaluation",
                          "exercise evaluation")),
    ("phone-log", ("电话记录", "通话记录", "phone log", "telephone log", "call log")),
    ("case-card", ("包案卡", "案件卡", "case card")),
    ("rectification-list", ("整改清单", "整改台账", "整改措施清单", "整改任务清单",
                            "rectification list")),
    ("relief-plan", ("补偿", "救助方案", "损失评估", "compensation", "relief plan")),
    ("analysis", ("分析专题报告", "专题分析报告", "舆情分析报告", "analysis report")),
    ("special-response", ("专题回应", "special response")),
    ("media-feedback", ("媒体反馈", "反馈媒体", "feedback to the media", "media feedback")),
    ("flash", ("快报", "flash report")),
    ("digest", ("摘报", "digest")),
    ("handling-feedback", ("办理情况", "办理反馈", "处置反馈", "handling feedback")),
    ("briefing", ("汇报材料", "briefing")),
    ("warning-notice", ("预警信息", "预警通知", "预警公告", "预警通报", "预警发布", "发布预警",
                        "预警调整", "调整预警", "预警解除", "解除预警", "warning notice")),
    ("final-report", ("终报", "结案报告", "办结报告", "final report", "closing report")),
    ("reply", ("答复", "回复", "复函", "reply")),
    ("statement", ("通稿", "公报", "情况通报", "声明", "公告", "通告", "通报", "press release",
                   "statement", "announcement", "bulletin")),
    ("submission", ("请示", "送审", "报批稿", "报批件", "备案")),
    ("review", ("复盘", "总结评估", "评估总结", "总结反思", "书面自评", "lessons learned")),
)  # fmt: skip
_ASKS = ("建议", "意见")
"""How the title of a paper ends that puts something before somebody who decides."""
_REPORTS = ("报告", "信息", "简报", "专报", "report")
_LOOKS_BACK = frozenset(
    ("lessons", "experience", "problems", "improvement", "effect", "reflection", "summary")
)
_LOOKS_BACK_WORDS = ("总结", "评估", "反思", "报告", "复盘", "自评", "report", "review", "account")
_FIVE = frozenset(("features", "effect", "experience", "problems", "suggestions"))
_SEVEN = frozenset(
    ("time", "place", "category", "casualties", "property_loss", "attitude", "measures")
)
_WARNING = frozenset(("object", "level", "start_time", "scope", "matters", "measures", "issuer"))
_AFTERWARDS = frozenset(("calmed", "lifted", "concluded", "closed"))
_BRACKETED = re.compile(r"[(（][^)）]*[)）]")


def role(document: Document, plans: Sequence[Plan]) -> Role:
    """What a document is for: its id or title says so, or the duties that it discharges.

    A title is believed only if the acts that send the document agree: 通报 to an organ is no
    statement. Owed once matters are over and looking back: a review. Owed again and again, or
    until something: a follow-up. A report owed from the discovery on: a first report. Put out
    to the public or an asker: a statement or a reply.
    """
    acts = tied(document, plans)
    kinds = frozenset(act.kind for act in acts)
    kinds -= {"received", "decided"}
    if not kinds and not document.requires and _comes_in(document, plans):
        return "incoming"
    called = (_by_id(document), *_by_title(document.title))
    for name in called:
        if name is not None and _fits(name, kinds):
            return name
    return _by_acts(acts, kinds, plans) or _by_parts(document, kinds) or _by_duties(document, plans)


def tied(document: Document, plans: Sequence[Plan]) -> tuple[Act, ...]:
    """The acts that the plan's duties and gates name this document for."""
    return tuple(
        act
        for plan in plans
        for moment in _moments(plan)
        for act in acts_in(moment)
        if names(act, document)
    )


def acts_of(document: Document, plans: Sequence[Plan]) -> tuple[Mapping[str, object], ...]:
    """The acts that would send this document out, as fields of an entry."""
    found = [
        {
            "kind": act.kind,
            "to": act.fields.get("to", ()),
            "form": next(iter(act.fields.get("form", ())), None),
        }
        for act in tied(document, plans)
        if act.kind not in ("received", "decided")
    ]
    if found:
        return tuple(found)
    sent = _SENT.get(role(document, plans))
    return (sent,) if sent else ()


def document_for(wanted: Role, plans: Sequence[Plan]) -> Document | None:
    """The plan's document that serves as what is ``wanted``: the one called so, else the one
    that does what it does; ``None`` if the plan declares none.

    Of several first reports, follow-ups or reviews the first; of several others none, since
    nobody but the officer knows which is meant.
    """
    declared = [d for p in plans for d in p.documents.values()]
    named = next((d for d in declared if d.id == wanted), None)
    if named is not None and role(named, plans) == wanted:
        return named
    as_well: frozenset[Role] = frozenset(("basic-facts",) if wanted == "first-report" else ())
    serving = [d for d in declared if role(d, plans) == wanted]
    serving = serving or [d for d in declared if role(d, plans) in as_well]
    any_will_do = wanted in ("first-report", "follow-up", "review")
    return serving[0] if serving and (any_will_do or len(serving) == 1) else None


def owed_as(document: Document, plans: Sequence[Plan]) -> frozenset[tuple[str, str]]:
    """Plan and id of the duties that this document discharges: those that name it, else the
    one of its id, else those whose act is what the document is sent as."""
    duties = [(plan.id, duty) for plan in plans for duty in plan.duties.values()]
    named = {(p, d.id) for p, d in duties if any(names(a, document) for a in done_acts(d))}
    if named:
        return frozenset(named)
    what = role(document, plans)
    same = {(p, d.id) for p, d in duties if d.id == document.id}
    if same and what != "incoming":
        return frozenset(same)
    if what == "incoming":  # what its arrival starts
        return frozenset(
            (p, d.id) for p, d in duties
            if d.start and any(names(a, document) for a in acts_in(d.start))
        )  # fmt: skip
    return frozenset((p, d.id) for p, d in duties if _serves(what, d))


def done_acts(duty: Duty) -> tuple[Act, ...]:
    """The acts that discharge a duty, as far as they send something."""
    return tuple(a for m in duty.done_by for a in acts_in(m) if a.kind != "received")


def names(act: Act, document: Document) -> bool:
    """Does the plan ask for this act with this document?"""
    return document.id in act.fields.get("document", ())


# --- one witness after the other -------------------------------------------------------


def _comes_in(document: Document, plans: Sequence[Plan]) -> bool:
    """Does a clock or a gate wait for somebody else to send it?"""
    return any(
        act.kind == "received" and names(act, document)
        for plan in plans
        for moment in (
            *(m for duty in plan.duties.values() for m in (duty.start, *duty.done_by) if m),
            *(m for gate in plan.gates.values() for m in gate.needs),
        )
        for act in acts_in(moment)
    )


def _by_id(document: Document) -> Role | None:
    found = document.id if document.id in get_args(Role) else None
    if found == "correction":  # which of the two it is, its title or its act must tell
        return None
    return ROLES.get(found or "") or ROLES.get(document.id)


@cache
def _by_title(title: str) -> tuple[Role, ...]:
    """In order of how narrow the words are; what stands in brackets is a remark. Titles are the
    plans' own, a few dozen that are asked for again with every act."""
    whole = fold(title)
    bare = _BRACKETED.sub("", whole).strip()
    found = [
        name
        for name, words in _TITLES
        if any(fold(word) in (whole if name == "submission" else bare) for word in words)
    ]
    if bare.endswith(tuple(fold(word) for word in _ASKS)):
        found.append("submission")
    return tuple(found)


def _fits(name: Role, kinds: frozenset[str]) -> bool:
    """Can a document that is sent by acts of these kinds be that?"""
    if not kinds or name in ("reply", "media-feedback", "submission"):
        return not kinds or name != "submission" or "reported" in kinds
    if name in REQUESTS:
        return "requested" in kinds
    if name in PUBLIC:
        return kinds <= {"published", "replied"}
    return not kinds <= {"published", "replied"}


def _by_acts(acts: Sequence[Act], kinds: frozenset[str], plans: Sequence[Plan]) -> Role | None:
    if "requested" in kinds:
        asked = {each for act in acts for each in act.fields.get("request", ())}
        return next((r for r, what in REQUESTS.items() if asked == {what}), None)
    if "replied" in kinds:
        media = any(_is_media(str(o), plans) for act in acts for o in act.fields.get("to", ()))
        return "media-feedback" if media or _to_media(acts, plans) else "reply"
    return "statement" if kinds == {"published"} else None


def _to_media(acts: Sequence[Act], plans: Sequence[Plan]) -> bool:
    """Does a duty that one of these acts discharges go to the media?"""
    return any(
        _is_media(organ, plans)
        for plan in plans
        for duty in plan.duties.values()
        if any(act in done_acts(duty) for act in acts)
        for organ in (*duty.to, *(duty.to_any or ()))
    )


def _is_media(organ: str, plans: Sequence[Plan]) -> bool:
    known = (p.organs[organ].name for p in plans if organ in p.organs)
    return organ == "media" or any("媒体" in fold(n) or fold(n) == "media" for n in known)


def _by_parts(document: Document, kinds: frozenset[str]) -> Role | None:
    """Parts that only one kind of document has."""
    if kinds and kinds <= {"published", "replied"}:
        return None
    asked = frozenset(document.requires)
    signs: tuple[tuple[Role, frozenset[str], int], ...] = (
        ("analysis", _FIVE, 5),
        ("warning-notice", _WARNING, 5),
        ("basic-facts", _SEVEN, 5),
    )
    return next((name for name, parts, least in signs if len(asked & parts) >= least), None)


def _by_duties(document: Document, plans: Sequence[Plan]) -> Role:
    """What the clock of its duty says; then what a gate wants to see first."""
    title = _BRACKETED.sub("", fold(document.title)).strip()
    found: set[Role] = set()
    for plan in plans:
        for duty in plan.duties.values():
            if not any(a.kind == "reported" and names(a, document) for a in done_acts(duty)):
                continue
            starts = {a.kind for a in acts_in(duty.start)} if duty.start else set()
            if starts & _AFTERWARDS:
                looks_back = bool(_LOOKS_BACK & set(document.requires))
                if looks_back or any(fold(word) in title for word in _LOOKS_BACK_WORDS):
                    found.add("review")
            elif duty.start and (duty.until or duty.repeat):
                found.add("follow-up")
            elif starts & {"discovered", "occurred"} and title.endswith(
                tuple(fold(word) for word in _REPORTS)
            ):
                found.add("first-report")
    before: tuple[Role, ...] = ("review", "first-report", "follow-up")
    if found:
        return next(each for each in before if each in found)
    needed = (
        act
        for plan in plans
        for gate in plan.gates.values()
        for moment in gate.needs
        for act in acts_in(moment)
    )
    if any(act.kind in ("reported", "decided") and names(act, document) for act in needed):
        return "submission"
    return "document"


def _serves(what: Role, duty: Duty) -> bool:
    """Would a document of that kind discharge this duty, which names none?"""
    acts = [a for a in done_acts(duty) if not a.fields.get("document")]
    kinds = {a.kind for a in acts}
    starts = acts_in(duty.start) if duty.start else ()
    begins = {a.kind for a in starts}
    match what:
        case "statement":
            return "published" in kinds
        case "correction":
            return any("corrects" in a.has for a in acts)
        case "reply":
            return "replied" in kinds
        case "correction-request" | "referral":
            return any(REQUESTS[what] in a.fields.get("request", ()) for a in acts)
        case "written-after-oral":
            spoken = {f for a in starts for f in a.fields.get("form", ())} & {"phone", "oral"}
            return bool(spoken) and any("written" in a.fields.get("form", ()) for a in acts)
        case "first-report" | "basic-facts":
            return (
                "reported" in kinds
                and bool(begins & {"discovered", "occurred"})
                and not (duty.until or duty.repeat)
            )
        case "follow-up":
            return "reported" in kinds and bool(duty.until)
        case "review":
            return "reported" in kinds and bool(begins & _AFTERWARDS)
        case _:
            return False


def _moments(plan: Plan) -> Iterator[Moment]:
    """The moments of a plan that say what is sent, and before what."""
    for duty in plan.duties.values():
        yield from duty.done_by
    for gate in plan.gates.values():
        yield gate.before
