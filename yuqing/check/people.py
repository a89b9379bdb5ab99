"""Data of people in free text: what it looks like, and what to write instead.

Recognised by shape and arithmetic only, so a name is not: that remains the writer's duty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from yuqing.words import N_

_ID_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_CARD = re.compile(r"(?<![\dA-Za-z])[3-69](?:[ -]?\d){15,18}(?![\dA-Za-z])")
_EMAIL = re.compile(
    r"[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", re.ASCII
)
_HANDLE = re.compile(r"(?<![A-Za-z0-9._+@-])@(?!\d{1,2}:\d)[\w·][\w·.-]{0,29}")
_DIGIT = re.compile(r"\d")
_SHORTEST = 11
"""Digits of the shortest of the numbers, a mobile one."""
_URL = re.compile(r"https?://[^\s)>\]，。；、“”]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One place. ``start`` and ``end`` count signs of the text as given; ``mask``: what may
    stand there instead; ``sure``: by its own arithmetic, or one of the two kinds that the case
    format (section 12) counts among the findings."""

    what: str
    start: int
    end: int
    mask: str
    sure: bool = False


def found(text: str, own: Collection[str] = ()) -> tuple[Found, ...]:
    """Identity-card numbers, mobile numbers, bank cards, e-mail addresses and ``@`` handles.

    ``own``: the office's accounts and addresses, which are no person's. Full-width signs count as
    their half-width selves. Where two kinds fit one place, the first of the list is meant.
    """
    if len(text) < _SHORTEST and "@" not in text and "＠" not in text:
        return ()
    plain = _half_width(text)
    if "@" not in plain and len(_DIGIT.findall(plain)) < _SHORTEST:
        return ()
    ours = {_name(each) for each in own}
    taken: list[Found] = []
    for each in sorted(_all(plain, ours), key=lambda f: _ORDER.index(f.what)):
        if all(each.end <= other.start or each.start >= other.end for other in taken):
            taken.append(each)
    return tuple(sorted(taken, key=lambda f: f.start))


def masked(text: str, own: Collection[str] = ()) -> str:
    """``text`` with every such place masked."""
    for each in reversed(found(text, own)):
        text = text[: each.start] + each.mask + text[each.end :]
    return text


def _half_width(text: str) -> str:
    """Sign for sign, so that places stay what they are."""
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFKC", text)
    if whole == text:
        return text
    return "".join(c if len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text)


_IDENTITY = N_("an identity number")
_MISTYPED = N_("an identity number (its check digit differs)")
_PHONE = N_("a mobile number")
_BANK = N_("a bank card number")
_MAIL = N_("an e-mail address")
_ACCOUNT = N_("an account")
_ORDER = (_IDENTITY, _PHONE, _BANK, _MISTYPED, _MAIL, _ACCOUNT)


def _all(text: str, own: Collection[str]) -> Iterator[Found]:
    shapes: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
        (_ID_NUMBER, lambda n: _IDENTITY if _checks(n) else _MISTYPED),
        (_MOBILE, lambda _: _PHONE),
        (_CARD, lambda n: _BANK if _luhn(n) else None),
    )
    bare = _URL.sub(lambda m: "\0" * len(m.group()), text)  # a post's number is no card
    for pattern, judge in shapes:
        for match in pattern.finditer(bare if pattern is _CARD else text):
            what = judge(match.group())
            if what is not None:
                start = re.sub(r"^\+?86[ -]?(?=1)|\D", "", match.group())[:3]
                yield Found(what, *match.span(), f"{start}****", sure=what in (_IDENTITY, _PHONE))
    for match in _EMAIL.finditer(text):
        if _name(match.group()) not in own:
            yield Found(_MAIL, *match.span(), "***")
    for match in _HANDLE.finditer(bare):
        if not _ours(match.group(), own):
            yield Found(_ACCOUNT, *match.span(), "@***")


def _checks(number: str) -> bool:
    """The check digit of an identity number (GB 11643-1999: ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * (1 << (17 - n)) for n, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _luhn(number: str) -> bool:
    """The check digit of a bank card (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in reversed(number) if c.isdigit()]
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[1::2]]
    return len(set(digits)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _name(account: str) -> str:
    """``微博 @某某发布`` and ``某某发布`` are one account; an address is itself."""
    plain = _half_width(account).strip().casefold()
    return plain if _EMAIL.fullmatch(plain) else plain.rpartition("@")[2].strip()


def _ours(handle: str, own: Collection[str]) -> bool:
    """An own account; Chinese puts no blank behind it, so words may follow."""
    name = handle[1:].casefold()
    return any(
        each and name.startswith(each) and not re.match(r"[a-z0-9_.-]", name[len(each) :])
        for each in own
    )
