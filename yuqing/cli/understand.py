"""What a typed word means: times, due times, organs, references to entries and duties.

Pure: `now`, plan and case are parameters. Every function returns the value or raises
:class:`Refused` (a word that names nothing or several things) or :class:`NotFound` (an entry,
item or duty), with the nearest names in the sentence.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn
from zoneinfo import ZoneInfo

from yuqing.case import Case, Entry
from yuqing.cli.spoken import as_clock
from yuqing.errors import NotFound, Refused, Said
from yuqing.plan import Organ, Plan
from yuqing.span import parse_span
from yuqing.variants import fold, half_width
from yuqing.words import N_

AHEAD = dt.timedelta(minutes=5)
"""A clock may run this far behind the person's watch; further ahead is a mistyped time."""
YESTERDAY = dt.timedelta(hours=12)
"""A bare clock time further ahead than this is yesterday's (``23:50`` typed at 00:10)."""

TIME_HINT = N_("write 02:03, 昨晚11点, 凌晨2点半, -15m, 11-22 01:52 or 2026-11-22T01:52")

_DAYS: Mapping[str, int] = {
    "今天": 0, "今日": 0, "today": 0,
    "昨天": -1, "昨日": -1, "yesterday": -1,
    "前天": -2, "前日": -2,
    "明天": 1, "明日": 1, "tomorrow": 1,
    "后天": 2, "后日": 2, "大后天": 3,
}  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
_DAY = r"(?:(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?)"
_BARE = re.compile(_CLOCK)
_NAMED = re.compile(rf"(?P<name>{'|'.join(sorted(_DAYS, key=len, reverse=True))})\s*(?:{_CLOCK})?")
_YEARLESS = re.compile(rf"{_DAY}(?:(?:\s+|T|(?<=日)){_CLOCK})?", re.IGNORECASE)
_FULL = re.compile(
    rf"(?P<year>\d{{4}})(?:[-/.]|年){_DAY}"
    rf"(?:(?:\s*T|\s+|(?<=日)){_CLOCK}\s*(?P<offset>Z|[+-]\d{{2}}:?\d{{2}})?)?",
    re.IGNORECASE,
)
_SHIFT = re.compile(r"(?P<sign>[+-])(?P<parts>(?:\d{1,4}[mhdw])+)", re.IGNORECASE)
_UNITS: Mapping[str, dt.timedelta] = {
    "m": dt.timedelta(minutes=1),
    "h": dt.timedelta(hours=1),
    "d": dt.timedelta(days=1),
    "w": dt.timedelta(weeks=1),
}


# --- times -----------------------------------------------------------------------------


def shown(moment: dt.datetime | dt.date) -> str:
    """A time or date in full, as sentences name it: ``2026-11-22 01:52``."""
    return moment.strftime("%Y-%m-%d %H:%M" if isinstance(moment, dt.datetime) else "%Y-%m-%d")


def written(moment: dt.datetime | dt.date) -> str:
    """A time or date as a case file has it: ``2026-11-22T01:52+08:00``."""
    if isinstance(moment, dt.datetime):
        return moment.isoformat(timespec="minutes")
    return moment.isoformat()


def is_time(word: str) -> bool:
    """Does the word have the shape of a time (right or wrong)? Tells ``cac@02:20`` apart."""
    text = _plain(word)
    return bool(
        _BARE.fullmatch(text)
        or _NAMED.fullmatch(text)
        or _YEARLESS.fullmatch(text)
        or _FULL.fullmatch(text)
        or _SHIFT.fullmatch(text)
        or _ago(text)
    )


def parse_time(word: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """When something happened, as an aware datetime in the plan's ``zone``, to the minute.

    ``02:03`` is today, yesterday if more than 12 hours ahead; ``昨天23:40``, ``-15m``,
    ``11-22 01:52`` (the last such date), ISO (without offset: the plan's zone). Raises
    :class:`Refused` for what is no time, does not exist, or lies more than 5 minutes ahead.
    """
    now = now.astimezone(zone)
    text = _plain(word)
    if match := _BARE.fullmatch(text):
        moment = _at(now.date(), match, zone, word)
        if moment - now > YESTERDAY:
            moment = _at(now.date() - dt.timedelta(days=1), match, zone, word)
    elif match := _NAMED.fullmatch(text):
        moment = _at(now.date() + dt.timedelta(days=_DAYS[match["name"]]), match, zone, word)
    elif match := _YEARLESS.fullmatch(text):
        moment = _last_such(match, now, zone, word)
    elif match := _FULL.fullmatch(text):
        moment = _at(_date(match, int(match["year"]), word), match, zone, word)
    elif (match := _SHIFT.fullmatch(text)) and match["sign"] == "-":
        moment = _shifted(now, -_length(match["parts"]), word)
    elif ago := _ago(text):
        moment = _shifted(now, -ago, word)
    else:
        raise Refused(
            N_("{text} is no time"),
            hint=Said(TIME_HINT),
            text=word,
        )
    if moment - now > AHEAD:
        raise Refused(
            N_("{text} is {time}, which is still ahead: it is {now} now"),
            hint=Said(N_("an entry says what has happened; an earlier day needs its date")),
            text=word,
            time=shown(moment),
            now=shown(now),
        )
    return moment


def parse_day(word: str, now: dt.datetime, zone: ZoneInfo) -> dt.date:
    """A day: ``2026-11-22``, ``11-22`` (the last such one), 今天. Raises ``Refused``."""
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        return parse_time(f"{word} 00:00", now.replace(hour=23, minute=59), zone).date()


def parse_due(
    word: str, at: dt.datetime, now: dt.datetime, zone: ZoneInfo
) -> dt.datetime | dt.date:
    """By when, or until when: a date stays a date, a time is aware and in ``zone``.

    ``12-05`` and ``18:00`` are the first such ones not before ``at`` (the entry's own time);
    ``+24h``, ``+3d`` count from ``at``, hours as a time, days as a date; ``明天`` is
    tomorrow as seen ``now``. Raises :class:`Refused`.
    """
    at, now = at.astimezone(zone), now.astimezone(zone)
    text = _plain(word)
    if match := _BARE.fullmatch(text):
        moment = _at(at.date(), match, zone, word)
        return moment if moment >= at else _at(at.date() + dt.timedelta(days=1), match, zone, word)
    if match := _NAMED.fullmatch(text):
        day = now.date() + dt.timedelta(days=_DAYS[match["name"]])
        return _at(day, match, zone, word) if match["hour"] else day
    if match := _YEARLESS.fullmatch(text):
        for year in range(at.year, at.year + 9):
            if not _exists(match, year):
                continue
            day = _date(match, year, word)
            if not match["hour"]:
                if day >= at.date():
                    return day
            elif (moment := _at(day, match, zone, word)) >= at:
                return moment
        raise _no_such_day(word)
    if match := _FULL.fullmatch(text):
        day = _date(match, int(match["year"]), word)
        return _at(day, match, zone, word) if match["hour"] else day
    if (match := _SHIFT.fullmatch(text)) and match["sign"] == "+":
        moment = _shifted(at, _length(match["parts"]), word)
        whole_days = not set("hm") & set(match["parts"])
        return at.date() + _length(match["parts"]) if whole_days else moment
    raise Refused(
        N_("{text} is no due time"),
        hint=Said(N_("write 12-05, 明天, 明天12:00, +24h, +3d or 2026-12-05")),
        text=word,
    )


def parse_due_time(word: str, now: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """One due time of a repeated duty (``DUTY@07:30``): today, or the nearest such date."""
    now = now.astimezone(zone)
    text = _plain(word)
    match = _BARE.fullmatch(text)
    if match:
        return _at(now.date(), match, zone, word)
    match = _YEARLESS.fullmatch(text)
    if match and match["hour"]:
        years = [y for y in range(now.year - 1, now.year + 2) if _exists(match, y)]
        moments = [_at(_date(match, y, word), match, zone, word) for y in years]
        if moments:
            return min(moments, key=lambda moment: abs(moment - now))
    found = parse_due(word, now, now, zone)
    if not isinstance(found, dt.datetime):
        raise Refused(N_("{text} is a day; a due time needs its time of day"), text=word)
    return found


def _plain(word: str) -> str:
    # `-a=-3h`: what stands behind a short option arrives with its sign
    text = half_width(word).removeprefix("=").translate(str.maketrans("−–—︓", "---:"))
    return as_clock(re.sub(r"\s+", " ", text.replace("後", "后")).lower())


def _at(day: dt.date, match: re.Match[str], zone: ZoneInfo, word: str) -> dt.datetime:
    if not match["hour"]:
        raise Refused(N_("{text} is a day; add the time of day: {text} 02:03"), text=word)
    hour, minute = int(match["hour"]), int(match["minute"])
    if (hour, minute) == (24, 0):
        raise Refused(N_("{text}: write 24:00 as 00:00 of the next day"), text=word)
    if hour > 23 or minute > 59:
        raise Refused(N_("{text}: there is no {clock} o'clock"), text=word, clock=match["hour"])
    moment = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    offset = match.groupdict().get("offset")
    if offset:
        text = "+00:00" if offset.upper() == "Z" else offset
        try:
            fixed = dt.datetime.strptime(text.replace(":", ""), "%z").tzinfo
        except ValueError:
            raise Refused(N_("{text}: no zone is that far from UTC"), text=word) from None
        return moment.replace(tzinfo=fixed).astimezone(zone)
    if moment.astimezone(dt.UTC).astimezone(zone).replace(fold=0) != moment:
        raise Refused(N_("{text}: the clocks went forward then, there was no such time"), text=word)
    return moment


def _exists(match: re.Match[str], year: int) -> bool:
    try:
        dt.date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        return False
    return True


def _no_such_day(word: str) -> Refused:
    return Refused(N_("{text}: there is no such day"), text=word)


def _date(match: re.Match[str], year: int, word: str) -> dt.date:
    if not _exists(match, year):
        raise _no_such_day(word)
    if not 2000 <= year <= 2100:
        raise Refused(N_("{text}: the year must lie between 2000 and 2100"), text=word)
    return dt.date(year, int(match["month"]), int(match["day"]))


def _last_such(match: re.Match[str], now: dt.datetime, zone: ZoneInfo, word: str) -> dt.datetime:
    """The last such date; but what lies only hours ahead is a slip, not a year ago."""
    for year in range(now.year + 1, now.year - 9, -1):
        if not _exists(match, year):
            continue
        moment = _at(_date(match, year, word), match, zone, word)
        if moment - now <= YESTERDAY or moment.date() == now.date():
            return moment
    raise _no_such_day(word)


def _shifted(moment: dt.datetime, by: dt.timedelta, word: str) -> dt.datetime:
    """Real elapsed time, also across a change of the clocks."""
    if abs(by) > dt.timedelta(days=36500):
        raise Refused(N_("{text}: the year must lie between 2000 and 2100"), text=word)
    found = (moment.astimezone(dt.UTC) + by).astimezone(moment.tzinfo)
    if not 2000 <= found.year <= 2100:
        raise Refused(N_("{text}: the year must lie between 2000 and 2100"), text=word)
    return found


def _length(parts: str) -> dt.timedelta:
    found = re.findall(r"(\d+)([mhdw])", parts)
    return sum((int(count) * _UNITS[unit] for count, unit in found), dt.timedelta())


def _ago(text: str) -> dt.timedelta | None:
    """``15分钟前``, ``2 hours ago``."""
    for ending in ("前", "ago"):
        if text.endswith(ending):
            span = parse_span(text.removesuffix(ending).strip())
            return span.elapsed() if span and span.by_clock else None
    return None


# --- names -----------------------------------------------------------------------------


def nearest(word: str, names: Iterable[str], most: int = 3) -> str:
    """The names closest to ``word``, for a sentence; all of them if there are few."""
    known = list(dict.fromkeys(names))
    by_fold = {fold(name): name for name in reversed(known)}
    close = difflib.get_close_matches(fold(word), by_fold, n=most, cutoff=0.5)
    return "、".join([by_fold[each] for each in close] or known[:12])


def nearest_named(word: str, names: Mapping[str, Sequence[str]], most: int = 3) -> str:
    """As ``nearest``, by id or any name, each shown as ``id name``: ``calmed 平息``."""
    ranked = sorted(((_likeness(word, key, names), key) for key in names), key=lambda e: -e[0])
    found = [key for like, key in ranked if like >= 0.5][:most]
    if not found and len(names) > 12:
        return "、".join([*list(names)[:12], "…"])
    return "、".join(
        f"{key} {names[key][0]}" if names[key] and names[key][0] != key else key
        for key in found or names
    )


def alike(word: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """The id whose name is the same but for a slip (``领倒组``); ``None`` if none or several."""
    found = [key for key in names if _likeness(word, key, names) >= 0.6]
    return found[0] if len(found) == 1 else None


def _likeness(word: str, key: str, names: Mapping[str, Sequence[str]]) -> float:
    """0 to 1: how near a word is to an id or its names; a part of a Chinese name is 1."""
    wanted, known = fold(word), [fold(each) for each in (key, *names[key])]
    if wanted and not wanted.isascii() and any(wanted in each for each in known):
        return 1.0
    return max(difflib.SequenceMatcher(None, wanted, each).ratio() for each in known)


def pick(word: str, names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Ids that ``word`` may mean: by exact id, else exact name, else a part of a Chinese name.

    ``names``: id to its names and aliases. Case, width and 繁簡 make no difference.
    """
    wanted = fold(word)
    if not wanted:
        return ()
    exact = tuple(key for key in names if fold(key) == wanted)
    if exact:
        return exact
    named = tuple(key for key, all_ in names.items() if any(fold(n) == wanted for n in all_))
    if named or wanted.isascii():
        return named
    return tuple(key for key, all_ in names.items() if any(wanted in fold(n) for n in all_))


def organs_of(plans: Sequence[Plan], extra: Mapping[str, Organ] | None = None) -> dict[str, Organ]:
    """All organs a case can name, the plans' before the office's."""
    found: dict[str, Organ] = {}
    for organs in (*(plan.organs for plan in plans), extra or {}):
        for key, value in organs.items():
            found.setdefault(key, value)
    return found


EVERYBODY: Mapping[str, tuple[str, ...]] = {
    "public": ("公眾", "社會公眾", "社會"),
    "asker": ("提問人", "來訪人", "咨詢人", "諮詢人", "訴求人"),
}


def parse_organ(word: str, organs: Mapping[str, Organ], posts: Iterable[str] = ()) -> str:
    """The id of the organ that ``word`` names; another Chinese name is kept as it is.

    ``posts``: names of posts, kept as written. Raises :class:`Refused` if several fit, with
    the candidates, or if an ASCII word fits none, with the nearest.
    """
    text = word.strip()
    if text in posts:
        return text
    names = {key: (each.name, *each.aliases) for key, each in organs.items()}
    found = pick(text, names) or tuple(
        key for key, all_ in EVERYBODY.items() if fold(text) in (key, *map(fold, all_))
    )
    if len(found) == 1:
        return found[0]
    if found:
        said = "、".join(f"{key} ({organs[key].name})" for key in found)
        raise Refused(N_("{name} may be any of: {names}"), name=text, names=said)
    if text.isascii():
        raise Refused(
            N_("no organ {name}"),
            hint=Said(N_("there are: {names}"), {"names": nearest(text, [*organs, *EVERYBODY])}),
            name=text,
        )
    return text


def split_time(word: str) -> tuple[str, str | None]:
    """``cac@02:20`` → ``("cac", "02:20")``; what follows the sign must look like a time."""
    head, sign, tail = word.replace("＠", "@").rpartition("@")
    if sign and head and is_time(tail):
        return head, tail
    if sign and head:
        raise Refused(N_("{text} is no time in {word}"), hint=Said(TIME_HINT), text=tail, word=word)
    return word, None


# --- entries, items, duties ------------------------------------------------------------


LAST = ("last", "最后")


def parse_entry(word: str, case: Case) -> str:
    """The id of the entry that ``word`` names: whole, a unique beginning, or ``last``.

    Raises :class:`NotFound`, with the candidates if several begin so.
    """
    text = fold(word)
    if text in LAST:
        if not case.log:
            raise NotFound(N_("{case} has no entry yet"), case=case.id)
        if case.log[-1].id is None:
            raise NotFound(
                N_("the last entry of {case} was written by hand and has no id yet"),
                hint=Said(N_("yuqing save {case}"), {"case": case.id}),
                case=case.id,
            )
        return case.log[-1].id
    found = _begin(text, case)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(
            N_("several entries begin with {word}: {names}"), word=word, names="、".join(found)
        )
    raise NotFound(
        N_("{case} has no entry {word}"),
        hint=Said(N_("its last entries: {names}"), {"names": _tail(case)}),
        word=word,
        case=case.id,
    )


def forgiven(word: str) -> str:
    """A typed id as ids are written: small letters, half width, O as 0, I and L as 1."""
    return fold(word).translate(str.maketrans("oil", "011"))


def _begin(text: str, case: Case) -> tuple[str, ...]:
    forgiving = forgiven(text)
    ids = tuple(dict.fromkeys(each.id for each in case.log if each.id))
    if forgiving in ids:
        return (forgiving,)
    return tuple(i for i in ids if i.startswith(forgiving)) if len(forgiving) >= 2 else ()


def _tail(case: Case) -> str:
    return "、".join(f"{each.id} ({each.kind})" for each in case.log[-4:] if each.id)


def parse_duty(
    word: str, plans: Sequence[Plan], now: dt.datetime, zone: ZoneInfo
) -> tuple[Plan, str, dt.datetime | None] | None:
    """``[PLAN/]DUTY[@TIME]`` as plan, duty id and due time; ``None`` if no duty is so named.

    A part of what it does names it too (``核实``), where only one duty of all plans has it.
    """
    name, _, when = word.replace("＠", "@").partition("@")
    prefix, slash, duty = name.rpartition("/")
    asked = [p for p in plans if not slash or fold(prefix) in (fold(p.id), fold(p.name))]
    found = [(plan, key) for plan in asked for key in plan.duties if fold(key) == fold(duty)][:1]
    if not found and not duty.isascii():
        wanted = fold(duty)
        found = [(p, key) for p in asked for key in p.duties if wanted in fold(p.duties[key].does)]
    if len(found) != 1:
        return None
    plan, key = found[0]
    return plan, key, parse_due_time(when, now, zone) if when else None


def parse_item(word: str, case: Case, items: Sequence[Entry]) -> str:
    """The open item that ``word`` names: an entry with a due time. Raises as `parse_entry`."""
    found = parse_entry(word, case)
    if all(each.id != found for each in items):
        open_ = "、".join(str(each.id) for each in items)
        hint = (
            Said(N_("items of this case: {names}"), {"names": open_})
            if items
            else Said(N_("an item comes from an entry with --due"))
        )
        raise Refused(N_("{entry} has no due time, so it is no item"), hint=hint, entry=found)
    return found


def no_duty(word: str, plans: Sequence[Plan], case: Case) -> NoReturn:
    """Say that ``word`` is neither a duty nor an entry, with the nearest names."""
    duties = {key: (duty.does,) for plan in plans for key, duty in plan.duties.items()}
    raise NotFound(
        N_("{word} is neither a duty nor an entry of {case}"),
        hint=Said(N_("the nearest: {names}"), {"names": nearest_named(word, duties)}),
        word=word,
        case=case.id,
    )
