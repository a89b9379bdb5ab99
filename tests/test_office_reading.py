"""office.yaml and calendar years as people write them."""

from __future__ import annotations

from datetime import date, time

import pytest

from yuqing.plan import Office, Organ
from yuqing.read.office import read_office, read_year
from yuqing.span import Period, Season, Year
from yuqing.words import say


def office(text: str) -> tuple[Office | None, list[str]]:
    found, problems = read_office(text.encode(), "office.yaml")
    return found, [f"{p.line} {'.'.join(map(str, p.path))}: {say(p.said, 'en')}" for p in problems]


def year(text: str) -> tuple[Year | None, list[str]]:
    found, problems = read_year(text.encode(), "2026.yaml")
    return found, [f"{p.line} {'.'.join(map(str, p.path))}: {say(p.said, 'en')}" for p in problems]


def test_an_office() -> None:
    """Names and habits of the office; no rule of any plan."""
    text = """\
yuqing: 1
name: 柳塘街道办
code: LT
demo: true
language: zh_CN
plans: [sf@2022-01, eth@2020-06]
since: 2026-11-01
post: 总值班室
sign: 柳塘街道办
signing_units: [柳塘街道办, 新闻发言人]
own_accounts: [柳塘发布]
organs: {water-co: 供水公司, firms: {name: 下属公司, aliases: 公司, members: [water-co]}}
attachments: outside
"""
    assert office(text) == (
        Office(
            name="柳塘街道办",
            code="LT",
            demo=True,
            language="zh_CN",
            plans=("sf@2022-01", "eth@2020-06"),
            since=date(2026, 11, 1),
            post="总值班室",
            sign="柳塘街道办",
            signing_units=("柳塘街道办", "新闻发言人"),
            own_accounts=("柳塘发布",),
            organs={
                "water-co": Organ(id="water-co", name="供水公司"),
                "firms": Organ(
                    id="firms", name="下属公司", aliases=("公司",), members=("water-co",)
                ),
            },
            attachments="outside",
        ),
        [],
    )


def test_an_office_that_says_one_thing() -> None:
    """Everything has a default."""
    assert office("plans: sf@2022-01\n") == (Office(plans=("sf@2022-01",)), [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nmae: 某处", "1 nmae: no field `nmae` here; did you mean `name`?"),
        ("code: lt", "1 code: the code `lt` begins case ids: capital letters and digits, not LOG"),
        ("code: LOG", "1 code: the code `LOG` begins case ids: capital letters and digits, not LOG"),
        ("code: 12", '1 code: `12` is read as a number or yes/no; put it in quotes: "12"'),
        ("demo: 1", "1 demo: true or false is wanted here, not `1`"),
        ("language: fr", "1 language: `fr` is none of en, zh, zh_CN, zh-CN, zh-Hans, zh_TW, zh-TW, zh-Hant"),
        ("plans: [sf]", "1 plans.0: `sf` names no plan version; write it as its file is called: sf@2022-01"),
        ("since: 2026-13-01", "1 since: there is no day 2026-13-01"),
        ("organs: {public: 公众}", "1 organs.public: the id `public` is built in; choose another"),
        ("organs: {a: {members: [b]}}", "1 organs.a.members.0: no organ `b`; there are: a, public, asker"),
        ("attachments: cloud", "1 attachments: `cloud` is none of commit, outside"),
        ("post:", "1 post: `post` is empty; write a value or take the line out"),
        ("yuqing: 3", "1 yuqing: format 3; this program reads up to 1. Update yuqing"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_office_file(line: str, said: str) -> None:
    """File, line, field path, and the next step."""
    assert office(line + "\n") == (None, [said])


def test_a_calendar_year() -> None:
    """`{year, off, worked, weekend, periods, hours}`, one file per year."""
    text = """\
year: 2026
off: [2026-01-01, 2026-02-17]
worked: [2026-02-28]
weekend: [fri, sat]
periods:
  special: [{from: 2026-03-01, to: 2026-03-12, name: 两会}, {from: 2026-10-01, to: 2026-10-07}]
hours:
  - {from: 2026-06-01, to: 2026-09-30, open: "08:00", close: "17:30"}
"""
    assert year(text) == (
        Year(
            year=2026,
            off=frozenset({date(2026, 1, 1), date(2026, 2, 17)}),
            worked=frozenset({date(2026, 2, 28)}),
            weekend=(4, 5),
            periods={
                "special": (
                    Period(date(2026, 3, 1), date(2026, 3, 12), "两会"),
                    Period(date(2026, 10, 1), date(2026, 10, 7)),
                )
            },
            hours=(Season(date(2026, 6, 1), date(2026, 9, 30), time(8), time(17, 30)),),
        ),
        [],
    )
    assert year("year: 2027\n") == (Year(year=2027), [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("off: []", ["0 : `year` is missing; add it"]),
        ("year: 1026", ["1 year: the year 1026 lies outside 2000 to 2100"]),
        ("year: 2026\noff: [2025-12-31]", ["2 off.0: 2025-12-31 does not lie in the year 2026 of this file"]),
        ("year: 2026\noff: [2026-02-29]", ["2 off.0: there is no day 2026-02-29"]),
        (
            "year: 2026\noff: [2026-02-28]\nworked: [2026-02-28]",
            ["3 worked.0: 2026-02-28 is both a day off and a worked day"],
        ),
        ("year: 2026\nweekend: [sun, sta]", ["2 weekend.1: `sta` is none of mon, tue, wed, thu, fri, sat, sun; did you mean `sat`?"]),
        (
            "year: 2026\nperiods: {special: {from: 2026-03-12, to: 2026-03-01}}",
            ["2 periods.special: `to` 2026-03-01 lies before `from` 2026-03-12"],
        ),
        (
            'year: 2026\nhours: [{from: 2026-06-01, to: 2026-09-30, open: "18:00", close: "08:00"}]',
            ["2 hours.0: the office closes at 08:00, before it opens"],
        ),
        ("year: 2026\nhours: [{open: 8}]", [
            '2 hours.0.open: a time of day such as "07:30" is wanted here, not `8`',
            "2 hours.0: `from` is missing; add it",
            "2 hours.0: `to` is missing; add it",
            "2 hours.0: `close` is missing; add it",
        ]),
    ],
)  # fmt: skip
def test_a_mistake_in_a_calendar(text: str, said: list[str]) -> None:
    """A calendar that is wrong is no calendar: its year is then missing, loudly."""
    assert year(text + "\n") == (None, said)
