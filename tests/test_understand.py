"""What typed words mean: commands.md, section 1, in the officer's own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqing.case import Case, Entry
from yuqing.cli import understand as un
from yuqing.cli import vocabulary as vo
from yuqing.errors import Failure, NotFound, Refused
from yuqing.plan import TRUTH, Document, Duty, Event, Fact, Level, Organ, Plan, Scale
from yuqing.variants import fold
from yuqing.words import say

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 22, 2, 9, tzinfo=SHANGHAI)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def sentence(failure: Failure) -> str:
    said = say(failure.said, "en")
    return said + (" | " + say(failure.hint, "en") if failure.hint else "")


# --- times -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("02:03", "2026-11-22 02:03"),
        ("2:03", "2026-11-22 02:03"),
        ("０２：０３", "2026-11-22 02:03"),
        ("02:03:20", "2026-11-22 02:03"),
        ("02:14", "2026-11-22 02:14"),  # five minutes ahead: the watch on the wall
        ("14:10", "2026-11-21 14:10"),  # more than 12 h ahead: yesterday
        ("23:50", "2026-11-21 23:50"),
        ("昨天23:40", "2026-11-21 23:40"),
        ("昨天 23:40", "2026-11-21 23:40"),
        ("昨日23：40", "2026-11-21 23:40"),
        ("前天8:05", "2026-11-20 08:05"),
        ("今天01:00", "2026-11-22 01:00"),
        ("yesterday 23:40", "2026-11-21 23:40"),
        ("-15m", "2026-11-22 01:54"),
        ("－１５ｍ", "2026-11-22 01:54"),
        ("-2h", "2026-11-22 00:09"),
        ("-1h30m", "2026-11-22 00:39"),
        ("15分钟前", "2026-11-22 01:54"),
        ("11-22 01:52", "2026-11-22 01:52"),
        ("11月22日01:52", "2026-11-22 01:52"),
        ("11-23 23:00", "2025-11-23 23:00"),  # the last such date
        ("12-05 08:00", "2025-12-05 08:00"),
        ("2-29 08:00", "2024-02-29 08:00"),
        ("2026-11-22T01:52+08:00", "2026-11-22 01:52"),
        ("2026-11-22 01:52", "2026-11-22 01:52"),
        ("2026-11-21T17:52Z", "2026-11-22 01:52"),
        ("2026-11-21T17:52:31+00:00", "2026-11-22 01:52"),
        ("2026年11月22日 01:52", "2026-11-22 01:52"),
        ("昨晚11点", "2026-11-21 23:00"),
        ("昨晚11:20", "2026-11-21 23:20"),  # not 11:20 in the morning
        ("昨晚２３：４０", "2026-11-21 23:40"),
        ("昨夜十一点半", "2026-11-21 23:30"),
        ("昨天下午3点一刻", "2026-11-21 15:15"),
        ("晚上11点", "2026-11-21 23:00"),
        ("凌晨两点", "2026-11-22 02:00"),
        ("凌晨一點零五分", "2026-11-22 01:05"),
        ("今天凌晨1点52分", "2026-11-22 01:52"),
        ("11月21日晚上9点", "2026-11-21 21:00"),
        ("23时05分", "2026-11-21 23:05"),
        ("0点10分", "2026-11-22 00:10"),
    ],
)
def test_time(typed: str, understood: str) -> None:
    """A bare clock time is today, further than 12 h ahead yesterday; the plan's zone always."""
    moment = un.parse_time(typed, NOW, SHANGHAI)
    assert moment == at(understood)
    assert moment.tzinfo is SHANGHAI


@pytest.mark.parametrize(
    ("typed", "now", "why"),
    [
        ("09:20", "2026-11-22 09:12", "09:20 is 2026-11-22 09:20, which is still ahead"),
        ("14:09", "2026-11-22 02:09", "still ahead"),  # exactly 12 h is still a slip
        ("02:15", "2026-11-22 02:09", "still ahead"),
        ("11-22 09:20", "2026-11-22 09:12", "still ahead"),  # not a year ago
        ("11-23 01:00", "2026-11-22 23:00", "still ahead"),
        ("明天08:00", "2026-11-22 02:09", "still ahead"),
        ("2027-01-01 08:00", "2026-11-22 02:09", "still ahead"),
        ("24:00", "2026-11-22 23:59", "write 24:00 as 00:00 of the next day"),
        ("25:10", "2026-11-22 02:09", "there is no 25 o'clock"),
        ("02:61", "2026-11-22 02:09", "there is no 02 o'clock"),
        ("11-31 08:00", "2026-11-22 02:09", "no such day"),
        ("2026-02-30 08:00", "2026-11-22 02:09", "no such day"),
        ("11-22", "2026-11-22 02:09", "add the time of day"),
        ("昨天", "2026-11-22 02:09", "add the time of day"),
        ("1999-11-22 08:00", "2026-11-22 02:09", "between 2000 and 2100"),
        ("1430", "2026-11-22 15:00", "1430 is no time | write 02:03"),
        ("+15m", "2026-11-22 02:09", "is no time"),
        ("刚才", "2026-11-22 02:09", "is no time"),
        ("3点", "2026-11-22 15:30", "3点 is no time | write 02:03, 昨晚11点"),  # 03:00, 15:00?
        ("昨晚1点", "2026-11-22 02:09", "is no time"),  # of yesterday or of today?
        ("昨晚1:20", "2026-11-22 02:09", "is no time"),
        ("昨晚", "2026-11-22 02:09", "add the time of day"),
        ("昨晚11点75分", "2026-11-22 02:09", "is no time"),
        ("-9999w9999w", "2026-11-22 02:09", "between 2000 and 2100"),
        ("2026-11-22T01:52+25:00", "2026-11-22 02:09", "no zone is that far"),
    ],
)
def test_time_refused(typed: str, now: str, why: str) -> None:
    """A mistyped 09:20 at 09:12 must not become yesterday; what is no time is named."""
    with pytest.raises(Refused) as refused:
        un.parse_time(typed, at(now), SHANGHAI)
    assert why in sentence(refused.value)


def test_said_as_a_time_of_day() -> None:
    """今晚8点 is a due time in the evening, and 网信办@凌晨两点 a call before dawn."""
    assert un.parse_due("今晚8点", NOW, NOW, SHANGHAI) == at("2026-11-22 20:00")
    assert un.parse_due("今晚8:00", NOW, NOW, SHANGHAI) == at("2026-11-22 20:00")
    assert un.parse_due("明早9点半", NOW, NOW, SHANGHAI) == at("2026-11-23 09:30")
    assert un.parse_due("今晚", NOW, NOW, SHANGHAI) == dt.date(2026, 11, 22)
    assert un.split_time("网信办@凌晨两点") == ("网信办", "凌晨两点")
    with pytest.raises(Refused) as refused:
        un.split_time("网信办@3点")
    assert "凌晨2点半" in sentence(refused.value)


def test_midnight() -> None:
    """`23:50` typed at 00:10 is yesterday's."""
    assert un.parse_time("23:50", at("2026-11-22 00:10"), SHANGHAI) == at("2026-11-21 23:50")


def test_zone_of_the_plan() -> None:
    """A machine in another zone reads the same clock: the zone is the plan's."""
    elsewhere = NOW.astimezone(ZoneInfo("America/New_York"))
    assert un.parse_time("02:03", elsewhere, SHANGHAI) == at("2026-11-22 02:03")
    assert un.parse_due("明天", elsewhere, elsewhere, SHANGHAI) == dt.date(2026, 11, 23)


def test_summer_time_gap() -> None:
    """A time that the clocks jumped over never was."""
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(Refused) as refused:
        un.parse_time("02:30", dt.datetime(2026, 3, 29, 9, 0, tzinfo=berlin), berlin)
    assert "no such time" in sentence(refused.value)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("12-05", dt.date(2026, 12, 5)),
        ("11-22", dt.date(2026, 11, 22)),
        ("3-9", dt.date(2027, 3, 9)),
        ("12月5日", dt.date(2026, 12, 5)),
        ("明天", dt.date(2026, 11, 23)),
        ("后天", dt.date(2026, 11, 24)),
        ("後天", dt.date(2026, 11, 24)),
        ("明天12:00", at("2026-11-23 12:00")),
        ("+24h", at("2026-11-22 22:00")),
        ("+3d", dt.date(2026, 11, 24)),
        ("+1w", dt.date(2026, 11, 28)),
        ("2026-12-05", dt.date(2026, 12, 5)),
        ("2026-12-05T10:00+08:00", at("2026-12-05 10:00")),
        ("12-05 18:00", at("2026-12-05 18:00")),
        ("18:00", at("2026-11-22 18:00")),
        ("23:00", at("2026-11-21 23:00")),
    ],
)
def test_due(typed: str, understood: dt.date) -> None:
    """A date stays a date; + counts from the entry's own time, 明天 from today."""
    found = un.parse_due(typed, at("2026-11-21 22:00"), NOW, SHANGHAI)
    assert found == understood
    assert isinstance(found, dt.datetime) == isinstance(understood, dt.datetime)


@pytest.mark.parametrize(
    "typed", ["3", "3日", "-3d", "+9999w", "+99w9999w9999w9999w", "11-31", "2026-13-01", "周五"]
)
def test_due_refused(typed: str) -> None:
    """What is no due time is refused, never guessed."""
    with pytest.raises(Refused):
        un.parse_due(typed, NOW, NOW, SHANGHAI)


def test_due_time_of_a_repeated_duty() -> None:
    """DUTY@07:30 is today's; a date without year is the nearest such date."""
    assert un.parse_due_time("16:00", NOW, SHANGHAI) == at("2026-11-22 16:00")
    assert un.parse_due_time("11-21 07:30", NOW, SHANGHAI) == at("2026-11-21 07:30")
    assert un.parse_due_time("1-1 07:30", NOW, SHANGHAI) == at("2027-01-01 07:30")


def test_time_after_the_at_sign() -> None:
    """`cac@02:20`: each at its own time; the full-width sign is taken too."""
    assert un.split_time("cac@02:20") == ("cac", "02:20")
    assert un.split_time("网信办＠昨天23:40") == ("网信办", "昨天23:40")
    assert un.split_time("cac") == ("cac", None)
    with pytest.raises(Refused) as refused:
        un.split_time("cac@soon")
    assert sentence(refused.value).startswith("soon is no time in cac@soon | write 02:03")


# --- names -----------------------------------------------------------------------------


PLAN = Plan(
    id="sf",
    title="方案",
    issuer="某企业",
    version="2022-01",
    organs={
        "lead-group": Organ(id="lead-group", name="輿情處置領導組"),
        "office": Organ(id="office", name="領導組辦公室", aliases=("黨委辦",)),
        "cac": Organ(id="cac", name="市委網信辦"),
        "publicity": Organ(id="publicity", name="市委宣傳部"),
    },
    facts={
        "mainstream_media": Fact(id="mainstream_media", type="boolean", ask="主流媒體是否介入"),
        "comments": Fact(id="comments", type="integer", ask="評論數", bands={"tens": 20}),
        "negative_trend": Fact(
            id="negative_trend", type="choice", ask="負面聲音走勢", of=("falling", "rising")
        ),
        "property_loss": Fact(id="property_loss", type="text", ask="財產損失"),
    },
    scales={
        "level": Scale(
            id="level",
            levels=(
                Level(id="III", name="三級(一般)"),
                Level(id="II", name="二級(嚴重)"),
                Level(id="I", name="一級(重大)", aliases=("紅色",)),
            ),
        ),
        "category": Scale(
            id="category",
            name="類別",
            ordered=False,
            levels=(Level(id="fabricated", name="編造歪曲"), Level(id="query", name="質疑")),
        ),
        "truth": TRUTH,
    },
    events={"accepted": Event(id="accepted", name="受理")},
    duties={"notify-three": Duty(id="notify-three", clause="六", does="告知")},
    documents={"bulletin": Document(id="bulletin", title="情况通報")},
)
WORDS = vo.Words.of((PLAN,))
ORGANS = un.organs_of((PLAN,), {"water-co": Organ(id="water-co", name="供水公司")})


@pytest.mark.parametrize(
    ("typed", "organ"),
    [
        ("cac", "cac"),
        ("CAC", "cac"),
        ("ｃａｃ", "cac"),
        ("市委網信辦", "cac"),
        ("网信办", "cac"),
        ("宣传部", "publicity"),
        ("党委办", "office"),
        ("供水", "water-co"),
        ("public", "public"),
        ("公众", "public"),
        ("asker", "asker"),
        ("12345热线", "12345热线"),  # another Chinese name is kept
        ("县教育局", "县教育局"),
    ],
)
def test_organ(typed: str, organ: str) -> None:
    """Id, name, alias or a unique part of a Chinese name, 繁簡 alike."""
    assert un.parse_organ(typed, ORGANS) == organ


def test_organ_refused() -> None:
    """Ambiguous: the candidates; an unknown ASCII word: the nearest."""
    with pytest.raises(Refused) as refused:
        un.parse_organ("领导组", ORGANS)
    assert "lead-group (輿情處置領導組)、office (領導組辦公室)" in sentence(refused.value)
    with pytest.raises(Refused) as refused:
        un.parse_organ("lead-grop", ORGANS)
    assert sentence(refused.value).startswith("no organ lead-grop | there are: lead-group")


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("phone", "phone"), ("电话", "phone"), ("電話", "phone"), ("口头", "oral"),
        ("书面", "written"), ("微信", "message"), ("邮件", "email"), ("传真", "fax"),
        ("密件", "secure"), ("上门", "visit"), ("会议", "meeting"), ("公告", "notice"),
        ("跟帖", "post"), ("发布会", "press-conference"), ("吹风会", "briefing"),
        ("采访", "interview"), ("PHONE", "phone"), ("网信办", None), ("carrier-pigeon", None),
    ],
)  # fmt: skip
def test_form(typed: str, form: str | None) -> None:
    """Forms are taken in both languages."""
    assert vo.as_form(typed) == form


def test_words_of_the_tool() -> None:
    """同意 is agreed, 平息 is calmed, an event of the plan is a moment too."""
    assert vo.parse_choice("outcome", "同意") == "agreed"
    assert vo.parse_choice("outcome", "不同意") == "refused"
    assert vo.parse_choice("request", "更正") == "correction"
    assert vo.parse_moment("平息", (PLAN,)) == ("calmed", None)
    assert vo.parse_moment("終止", (PLAN,)) == ("lifted", None)
    assert vo.parse_moment("受理", (PLAN,)) == ("event", "accepted")
    assert vo.parse_kind("发布") == "published"
    with pytest.raises(Refused) as refused:
        vo.parse_moment("calm", (PLAN,))
    assert "there are: calmed" in sentence(refused.value)
    with pytest.raises(Refused) as refused:
        vo.parse_moment("结案", (PLAN,))
    assert "yuqing close CASE" in sentence(refused.value)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("mainstream_media=true", ("mainstream_media", "true")),
        ("主流媒体=是", ("mainstream_media", "true")),
        ("主流媒體＝否", ("mainstream_media", "false")),
        ("mainstream_media=yes", ("mainstream_media", "true")),
        ("comments=1200", ("comments", "1200")),
        ("comments=１，２００", ("comments", "1200")),
        ("negative_trend=RISING", ("negative_trend", "rising")),
        ("property_loss=3户进水", ("property_loss", "3户进水")),
        ("satisfied=是", ("satisfied", "true")),
        ("停水三天", None),
        ("水压=0 了", None),  # unknown, with a blank: text
        ("https://v.example/x?id=1", None),
    ],
)
def test_fact_word(typed: str, understood: tuple[str, str] | None) -> None:
    """`name=value` whose name the plan knows is a fact; 是/否 are yes and no."""
    assert vo.parse_fact_word(typed, WORDS) == understood


def test_a_choice_by_what_the_question_calls_it() -> None:
    """「falling 回落、rising 上升」 and 「询问(question)」: what the program shows may be typed."""
    trend = Fact(
        id="trend", type="choice", ask="走势(falling 回落、flat 持平、rising 上升)",
        of=("falling", "flat", "rising"),
    )  # fmt: skip
    assert vo.parse_fact(trend, "上升") == "rising"
    assert vo.parse_fact(trend, "持平") == "flat"
    purpose = Fact(
        id="purpose", type="choice", ask="是询问(question)、質疑(doubt)还是诉求(request)",
        of=("question", "doubt", "request"),
    )  # fmt: skip
    assert vo.parse_fact(purpose, "询问") == "question"
    assert vo.parse_fact(purpose, "质疑") == "doubt"
    with pytest.raises(Refused):
        vo.parse_fact(purpose, "投诉")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("mainstrem_media=是", "the plan knows no mainstrem_media | the nearest: mainstream_media"),
        ("mainstream_media=maybe", "mainstream_media is yes or no, not maybe"),
        ("comments=tens", "comments is a whole number, not tens | write the figure itself; bands"),
        ("negative_trend=up", "negative_trend has no value up | there are: falling、rising"),
        ("comments=", "comments: nothing stands after ="),
        ("level=I", "level is a scale: yuqing grade CASE level=I"),
    ],
)
def test_fact_word_refused(typed: str, why: str) -> None:
    """An unknown name is refused with the nearest ones, an unfit value with the fit ones."""
    with pytest.raises(Refused) as refused:
        vo.parse_fact_word(typed, WORDS)
    assert sentence(refused.value).startswith(why)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("I", ("level", "I")),
        ("Ⅰ", ("level", "I")),
        ("i", ("level", "I")),
        ("一级", ("level", "I")),
        ("红色", ("level", "I")),
        ("重大", ("level", "I")),
        ("level=II", ("level", "II")),
        ("级别=二级", ("level", "II")),
        ("truth=untrue", ("truth", "untrue")),
        ("truth=不实", ("truth", "untrue")),
        ("untrue", ("truth", "untrue")),
        ("category=编造歪曲", ("category", "fabricated")),
        ("类别=质疑", ("category", "query")),
        ("质疑", ("category", "query")),
        ("mainstream_media=true", None),
    ],
)
def test_grade_word(typed: str, understood: tuple[str, str] | None) -> None:
    """A bare word is a level of `level`, else the only level of any scale so named."""
    assert vo.parse_grade_word(typed, WORDS) == understood


def test_grade_word_refused() -> None:
    """An unknown level is refused with those there are."""
    with pytest.raises(Refused) as refused:
        vo.parse_grade_word("level=1", WORDS)
    assert sentence(refused.value) == (
        "no level 1 | there are: III 三級(一般)、II 二級(嚴重)、I 一級(重大)"
    )


def test_document() -> None:
    """Documents by id, title or a part of it; a plan without documents takes any."""
    assert vo.parse_document("情况通报", (PLAN,)) == "bulletin"
    assert vo.parse_document("通报", (PLAN,)) == "bulletin"
    with pytest.raises(Refused):
        vo.parse_document("buletin", (PLAN,))
    assert vo.parse_document("prompt", ()) == "prompt"


# --- entries and duties ----------------------------------------------------------------


CASE = Case(
    id="YQ-20261122-7K3M",
    title="停水",
    log=(
        Entry(kind="discovered", at=NOW, id="cz3d8v"),
        Entry(kind="reported", at=NOW, id="f1jf6x"),
        Entry(kind="assigned", at=NOW, id="f0bn6y", due=dt.date(2026, 12, 20)),
    ),
)


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("cz3d8v", "cz3d8v"), ("cz", "cz3d8v"), ("F1JF", "f1jf6x"), ("fljf6x", "f1jf6x"),
        ("fOb", "f0bn6y"), ("ｆ１", "f1jf6x"), ("last", "f0bn6y"), ("最後", "f0bn6y"),
    ],
)  # fmt: skip
def test_entry(typed: str, entry: str) -> None:
    """Its id, a unique beginning of two or more signs, or `last`; O/0, I/L/1 forgiven."""
    assert un.parse_entry(typed, CASE) == entry


def test_entry_not_found() -> None:
    """Unknown or ambiguous: exit 4, the candidates named."""
    for typed in ("c", "zz", ""):
        with pytest.raises(NotFound) as missing:
            un.parse_entry(typed, CASE)
        assert missing.value.exit_code == 4
        assert "cz3d8v (discovered)" in sentence(missing.value)
    twin = Case(id="A", title="", log=(*CASE.log, Entry(kind="noted", at=NOW, id="cz3d8w")))
    with pytest.raises(NotFound) as missing:
        un.parse_entry("cz3", twin)
    assert sentence(missing.value) == "several entries begin with cz3: cz3d8v、cz3d8w"
    by_hand = Case(id="A", title="", log=(Entry(kind="noted", at=NOW),))
    with pytest.raises(NotFound) as missing:
        un.parse_entry("last", by_hand)
    assert sentence(missing.value).endswith("yuqing save A")


def test_duty() -> None:
    """[PLAN/]DUTY[@TIME], exact; anything else is no duty."""
    assert un.parse_duty("notify-three", (PLAN,), NOW, SHANGHAI) == (PLAN, "notify-three", None)
    assert un.parse_duty("sf/Notify-Three@07:30", (PLAN,), NOW, SHANGHAI) == (
        PLAN,
        "notify-three",
        at("2026-11-22 07:30"),
    )
    assert un.parse_duty("jus/notify-three", (PLAN,), NOW, SHANGHAI) is None
    assert un.parse_duty("notify", (PLAN,), NOW, SHANGHAI) is None


def test_item() -> None:
    """An item is an entry with a due time; another entry is refused, with the items there are."""
    items = [each for each in CASE.log if each.due]
    assert un.parse_item("f0b", CASE, items) == "f0bn6y"
    with pytest.raises(Refused) as refused:
        un.parse_item("cz3", CASE, items)
    assert sentence(refused.value) == (
        "cz3d8v has no due time, so it is no item | items of this case: f0bn6y"
    )


@given(st.text(max_size=24) | st.from_regex(r"[-+@０-９0-9:：天dhmwT./ ]{1,20}", fullmatch=True))
def test_whatever_is_typed(typed: str) -> None:
    """Any text at all is understood or refused in a sentence; nothing else happens."""
    attempts: list[Callable[[], object]] = [
        lambda: un.parse_time(typed, NOW, SHANGHAI),
        lambda: un.parse_due(typed, NOW, NOW, SHANGHAI),
        lambda: un.parse_organ(typed, ORGANS),
        lambda: un.split_time(typed),
        lambda: un.parse_entry(typed, CASE),
        lambda: un.parse_duty(typed, (PLAN,), NOW, SHANGHAI),
        lambda: vo.parse_fact_word(typed, WORDS),
        lambda: vo.parse_grade_word(typed, WORDS),
        lambda: vo.parse_moment(typed, (PLAN,)),
    ]
    for attempt in attempts:
        found = _or_sentence(attempt)
        assert found != ""
        assert not isinstance(found, dt.datetime) or 2000 <= found.year <= 2100


def _or_sentence(attempt: Callable[[], object]) -> object:
    """What was understood, else the sentence it was refused with."""
    try:
        return attempt()
    except Failure as refused:
        return sentence(refused)


@given(
    st.integers(-14 * 60, 14 * 60),
    st.integers(-3_000_000, 2_000_000),
    st.sampled_from(["02:03", "23:50", "昨天23:40", "-15m", "2020-01-01T00:00+00:00"]),
)
def test_the_zone_a_time_is_written_in(offset: int, minutes: int, typed: str) -> None:
    """The machine's zone does not matter: the same `now` gives the same time."""
    now = NOW + dt.timedelta(minutes=minutes)
    elsewhere = now.astimezone(dt.timezone(dt.timedelta(minutes=offset)))
    here = _or_sentence(lambda: un.parse_time(typed, now, SHANGHAI))
    assert _or_sentence(lambda: un.parse_time(typed, elsewhere, SHANGHAI)) == here


def test_fold() -> None:
    """Two spellings of one name are equal when compared; the table is one to one."""
    assert fold("電話報告領導組") == fold("电话报告领导组")
    assert fold("Ⅰ級") == "i级"
