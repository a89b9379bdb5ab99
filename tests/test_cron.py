"""``yuqing cron``: lines that can be put into a crontab as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workbench import Office, make_office, run_in_process


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office in a folder with a blank and a percent sign, which crontab takes as a line end."""
    return make_office(tmp_path_factory.mktemp("cron") / "河东 100%")


def lines(office: Office) -> list[str]:
    out = office("--lang", "zh_CN", "cron").ok().out
    return [line for line in out.splitlines() if line[:1].isdigit()]


def test_every_line_is_a_line_of_cron(office: Office) -> None:
    """Five fields, then a command by its full path; nothing depends on PATH or folder."""
    found = lines(office)
    assert len(found) == 4
    for line in found:
        fields, command = line.split("  ", 1)
        assert re.fullmatch(r"(\d+(-59/\d+)?|\*)( (\d+|\*)){4}", fields), line
        assert command.lstrip("'").startswith("/")
        assert " -C " in command


def test_a_percent_sign_does_not_end_the_line(office: Office) -> None:
    """``%`` is the end of a command in a crontab."""
    for line in lines(office):
        assert not re.search(r"(?<!\\)%", line)


def test_not_at_the_full_hour(office: Office) -> None:
    """Chat servers ask not to be called at :00 and :30 by everybody."""
    start = int(lines(office)[0].split("-")[0])
    assert 1 <= start <= 4


def test_the_commands_there_are(office: Office) -> None:
    """What the lines call is understood by this program."""
    for line in lines(office):
        words = line.split(" -C ", 1)[1].rsplit("%'", 1)[-1].split()
        assert run_in_process(*words, "--help", cwd=office.root).code == 0, words


def test_channels_make_it_notify(office: Office) -> None:
    """With a channel in office.yaml the line sends, and the secrets it needs are named."""
    settings = office.root / "templates" / "office.yaml"
    before = settings.read_text("utf-8")
    assert "--notify" not in lines(office)[0]
    more = "channels: {g: {kind: dingtalk, url_from: YQ_URL, secret_from: YQ_SECRET}}\n"
    settings.write_text(before + more, "utf-8")
    try:
        out = office("--lang", "en", "cron").ok().out
        assert "overdue --warn 15m --notify\n" in out
        assert "#YQ_URL=\n#YQ_SECRET=\n" in out
    finally:
        settings.write_text(before, "utf-8")


def test_the_chinese_of_a_mail_arrives(office: Office) -> None:
    """Cron's own charset is C; the lines say UTF-8, and which language."""
    out = office("--lang", "zh_CN", "cron").ok().out
    assert "\nCONTENT_TYPE=text/plain; charset=UTF-8\nYUQING_LANG=zh_CN\n" in out


def test_eight_in_the_morning_here_is_not_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The morning list comes at half past eight of the office, whatever the machine's zone."""
    import time

    for zone, hour in (("UTC", 0), ("Asia/Shanghai", 8), ("America/New_York", 19)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        morning = next(line for line in lines(office) if "due --within" in line)
        hours = {hour, hour + 1} if zone == "America/New_York" else {hour}  # summer time there
        assert int(morning.split()[1]) in hours, zone
    monkeypatch.undo()
    time.tzset()


def test_help_and_lines_agree(office: Office, tmp_path: Path) -> None:
    """`help cron` shows the same commands."""
    page = office("--lang", "en", "help", "cron").ok().out
    for line in lines(office):
        words = line.split(" -C ", 1)[1].rsplit("%'", 1)[-1].strip()
        assert words.split(" --notify")[0] in page
