"""Which layout a document takes, and what a layout prints around the words: head and foot.

A Markdown template says what a document says; a layout, how it looks (GB/T 9704-2012 for
reports). 文号, 签发人 and 印发日期 are a person's to give: what nobody has given is a marked blank.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from yuqing.plan import Office
from yuqing.render.phrases import Phrases

REPORT, BULLETIN, LETTER, SHEET = (
    "layout-report",
    "layout-bulletin",
    "layout-letter",
    "layout-sheet",
)

LAYOUTS: Mapping[str, str] = {
    **dict.fromkeys(("flash", "digest"), BULLETIN),
    **dict.fromkeys(
        ("statement", "correction", "reply", "media-feedback", "correction-request", "referral"),
        LETTER,
    ),
    **dict.fromkeys(
        ("case-card", "phone-log", "rectification-list", "incoming", "office-handover",
         "office-faq", "office-drill-score"),
        SHEET,
    ),
}  # fmt: skip
"""Role of a document, or name of a sheet → its layout; all others are reports. An office has its
own by a file of that name in ``templates/documents``, or ``NAME.layout.docx`` for one document."""

UPWARD = frozenset(
    ("first-report", "basic-facts", "written-after-oral", "follow-up", "handling-feedback",
     "briefing", "submission", "review", "analysis", "final-report", "special-response")
)  # fmt: skip
"""Roles of documents that go to somebody above: they name who signed them off (7.2.6)."""

UNNUMBERED = frozenset(
    (
        "statement",
        "correction",
        "media-feedback",
        "case-card",
        "phone-log",
        "rectification-list",
        "incoming",
    )
)
"""Roles of documents that carry no number unless one is given."""


UNADDRESSED = frozenset(("statement", "correction", "reply", "media-feedback"))
"""Roles of documents that greet nobody above their text: their words are to be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person gave for head and foot; ``None`` or empty: not given."""

    number: str | None = None
    signer: str | None = None
    issued: dt.date | None = None
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    enclosed: tuple[str, ...] = ()
    secrecy: str | None = None
    urgency: str | None = None
    copy_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a layout prints around the words. Empty texts close up."""

    mark: str
    """发文机关标志"""
    number: str
    signer: str
    """Empty on documents that go to nobody above."""
    to: tuple[str, ...]
    copies: tuple[str, ...]
    enclosed: str
    signed: str
    day: str
    issuer: str
    issued: str
    secrecy: str
    urgency: str
    copy_number: str
    case: str


def official(number: str) -> str:
    """A document number as 7.2.5 has it: 六角括号 round the year, no 第, no leading zeros."""
    found = re.fullmatch(
        r"(.*?)\s*[〔\[(（【﹝]\s*(\d{4})\s*[〕\])）】﹞]\s*第?\s*0*(\d+)\s*号?", number
    )
    return f"{found[1]}〔{found[2]}〕{found[3]}号" if found else number


def layout_for(names: Sequence[str], found: Collection[str], end: str) -> str | None:
    """The layout for a document: one of its own, else that of its role. ``names``: those the
    document goes by, the nearest first."""
    own = (f"{name}.layout{end}" for name in names)
    general = next((LAYOUTS[name] for name in names if name in LAYOUTS), REPORT)
    return next((each for each in (*own, general + end, REPORT + end) if each in found), None)


def blanks(say: Mapping[str, str]) -> Callable[[str], str]:
    """A function that gives the marked blank for something."""
    return lambda what: str(say["blank"]).format(what=what)


def head_of(
    title: str,
    signed: str,
    now: dt.datetime,
    case: str,
    role: str,
    phrases: Phrases,
    office: Office,
    given: Given,
) -> Head:
    """What the layout prints around the words: as given, else marked blanks."""
    style, w = office.paper, phrases.w
    blank = blanks(w)
    bulletin = role in ("flash", "digest")
    number = official(given.number) if given.number else ""
    if given.number and given.number.isdecimal():
        serial = given.number.lstrip("0") or "0"
        number = (
            w["issue"].format(n=serial)
            if bulletin
            else (f"{style.number}〔{now.year}〕{serial}号" if style.number else serial)
        )
    if not number and role not in UNNUMBERED:
        number = blank(w["issue_number"] if bulletin else w["document_number"])
    mark = (style.heads.bulletin or title) if bulletin else (style.heads.report or signed)
    return Head(
        mark=mark,
        number=number,
        signer=(given.signer or blank(w["signer"])) if role in UPWARD else "",
        to=() if role in UNADDRESSED else given.to,
        copies=given.copies or style.copies,
        enclosed=_enclosed(given.enclosed),
        signed=signed,
        day=phrases.day(now),
        issuer=style.issuer or office.name,
        issued=phrases.day(given.issued) if given.issued else blank(w["issue_day"]),
        secrecy=given.secrecy or "",
        urgency=given.urgency or "",
        copy_number=given.copy_number or "",
        case=case,
    )


def _enclosed(names: Sequence[str]) -> str:
    """Names of what is enclosed, numbered where there are several (7.3.4)."""
    if len(names) < 2:
        return "".join(names)
    return "\n".join(f"{place}. {name}" for place, name in enumerate(names, 1))
