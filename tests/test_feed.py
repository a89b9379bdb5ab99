"""``export --format ics``: limits on phones; an update replaces, what is done vanishes.

Read back by another library than the one that writes.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from workbench import Office, make_office

vobject = pytest.importorskip("vobject", reason="the second reader of calendars is not installed")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A demonstration office with a case of 01:52, graded as ordinary."""
    found = make_office(tmp_path_factory.mktemp("feed") / "office")
    settings = found.root / "templates" / "office.yaml"
    settings.write_text(settings.read_text("utf-8") + "demo: true\n", "utf-8")
    found("new", "停水 2026; 谣言, \\n 分号", "-a", "01:52", now=at("01:55")).ok()
    found("grade", ".", "II", "-b", "x", now=at("02:00")).ok()
    return found


def at(time: str) -> str:
    return f"2026-03-02T{time}+08:00"


def events(office: Office, time: str, *more: str) -> dict[str, Any]:
    """UID → event, as the other library reads them, each valid by its rules."""
    text = office("--lang", "zh_CN", "export", "--format", "ics", *more, now=at(time)).ok().out
    calendar = vobject.readOne(text)
    assert calendar.validate(raiseException=True)
    return {each.uid.value: each for each in calendar.vevent_list}


def test_an_event_ends_at_its_limit(office: Office) -> None:
    """Two hours from the discovery at 01:52 are over at 03:52, in the plan's zone."""
    ends = {each.dtend.value.astimezone(dt.UTC) for each in events(office, "02:05").values()}
    assert dt.datetime(2026, 3, 1, 19, 52, tzinfo=dt.UTC) in ends
    assert all(each.dtstart.value < each.dtend.value for each in events(office, "02:05").values())


def test_a_phone_rings_before(office: Office) -> None:
    """``--alarm 1h --alarm 10m``: two rings before the limit; by default one, 15 minutes before."""
    for more, spans in (
        ((), {15}),
        (("--alarm", "1h", "--alarm", "10m"), {60, 10}),
    ):
        for each in events(office, "02:05", *more).values():
            if each.status.value == "CONFIRMED":
                rings = {int(-a.trigger.value.total_seconds() // 60) for a in each.valarm_list}
                assert rings == spans
                assert all(a.trigger.params["RELATED"] == ["END"] for a in each.valarm_list)


def test_what_is_done_vanishes(office: Office, tmp_path: Path) -> None:
    """The same UID, a greater SEQUENCE, cancelled: a phone that has it takes it off."""
    before = events(office, "02:05")
    office(
        "report", ".", "written", "lead-group", "-d", "basic-facts", "-a", "02:06", now=at("02:07")
    ).ok()
    after = events(office, "02:10")
    assert before.keys() <= after.keys()
    assert all(int(after[k].sequence.value) >= int(before[k].sequence.value) for k in before)
    gone = [k for k in before if after[k].status.value == "CANCELLED" != before[k].status.value]
    assert gone
    assert all(int(after[k].sequence.value) > int(before[k].sequence.value) for k in gone)
    assert all(not hasattr(after[k], "valarm") for k in gone)


def test_words_come_through(office: Office) -> None:
    """Commas, semicolons, backslashes and Chinese of any length arrive as they were."""
    told = {each.description.value for each in events(office, "02:05").values()}
    assert any("停水 2026; 谣言, \\n 分号" in each for each in told)
    text = office("export", "--format", "ics", now=at("02:05")).out
    assert all(len(line.encode()) <= 75 for line in text.replace("\r\n", "\n").split("\n"))


def test_internal_matters_have_no_title(office: Office) -> None:
    """A calendar is read on phones: an internal case shows its step, not its matter."""
    office("new", "内部之事", "--internal", "-a", "02:20", now=at("02:20")).ok()
    assert all(
        "内部之事" not in each.description.value for each in events(office, "02:30").values()
    )


def test_by_the_name_of_the_file(office: Office, tmp_path: Path) -> None:
    """``-o limits.ics`` needs no ``--format``; another ending names what there is."""
    office("export", "-o", str(tmp_path / "limits.ics"), now=at("02:05")).ok()
    assert (tmp_path / "limits.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert office("export", "-o", str(tmp_path / "limits.doc"), now=at("02:05")).code == 2
