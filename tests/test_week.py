"""A duty officer's week: from a post seen on Monday night to the papers of Sunday evening.

Every line is a command as it is typed or as cron runs it, in a demonstration office (the only one
in which times may be pretended); the chat group is a real HTTP server of the test's own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from workbench import Office, Ran

STATEMENT = "柳塘片区停水系主管破裂，正在抢修，已设三处临时供水点。有进展即再通报。\n某集团\n"
FOLLOW_UP = "主管已修复，18时恢复供水，水质检测合格。\n某集团\n"
ROSTER = """\
yuqing: 1
posts:
  night: 夜班岗
  day: 白班岗
shifts:
  - {post: day, from: "08:30", to: "20:30"}
  - {post: night, from: "20:30", to: "08:30"}
"""
DAYS = {"Mon": 2, "Tue": 3, "Wed": 4, "Thu": 5, "Fri": 6, "Sat": 7, "Sun": 8}


class Group:
    """The chat group: what was said in it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                heard.append(body["text"]["content"])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"errcode": 0}')

            def log_message(self, *_: object) -> None:
                """No access log."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/robot"


@pytest.fixture
def group() -> Iterator[Group]:
    found = Group()
    yield found
    found.http.shutdown()
    found.http.server_close()


class Week:
    """The office, its group, its wall; ``week("Mon 22:41", …)`` is a command at that time."""

    def __init__(self, office: Office, group: Group, papers: Path) -> None:
        self.office, self.group, self.papers = office, group, papers
        papers.mkdir()
        settings = office.root / "templates" / "office.yaml"
        settings.write_text(
            settings.read_text("utf-8").replace("\nsince:", "\n# since:")
            + "demo: true\nsince: 2026-03-02\norgans: {water-co: 供水公司}\n"
            + "channels:\n  group: {kind: dingtalk, url_from: YQ_GROUP, keyword: 舆情}\n",
            "utf-8",
        )
        (office.root / "templates" / "roster.yaml").write_text(ROSTER, "utf-8")
        office.git("add", "templates")
        office.git("commit", "-qm", "settings")

    def __call__(self, when: str, *words: str, ends: int = 0) -> Ran:
        day, clock = when.split()
        date = f"2026-03-{DAYS[day]:02}" if day in DAYS else day
        ran = self.office(
            "--lang", "en", *words, now=f"{date}T{clock}+08:00", env={"YQ_GROUP": self.group.url}
        )
        return ran.ok(ends)

    def cron(self, when: str, ends: int = 10) -> list[str]:
        """What the group hears when cron asks."""
        before = len(self.group.heard)
        self(when, "overdue", "--notify", "--warn", "15m", ends=ends)
        return self.group.heard[before:]

    def paper(self, name: str) -> str:
        return str(self.papers / name)

    def draft(self, name: str, text: str) -> str:
        """A text as somebody wrote it."""
        (self.papers / name).write_text(text, "utf-8")
        return self.paper(name)


@pytest.fixture
def week(office: Office, group: Group, tmp_path: Path) -> Week:
    return Week(office, group, tmp_path / "papers")


def monday_night(week: Week) -> None:
    """22:31 seen, 22:40 typed, graded, told by phone; the group hears what is late, once."""
    out = week(
        "Mon 22:40", "new", "柳塘片区停水,视频转发上升", "-s", "软件监看", "-a", "22:31",
        "-l", "https://v.example/x1", "comments=40", "--unit", "water-co",
    ).out  # fmt: skip
    assert "opened YQ-20260302-" in out
    assert "not graded" in out  # the worst level's clocks run
    week(
        "Mon 22:42",
        "grade",
        ".",
        "I",
        "mainstream_media=true",
        "major_effect_likely=true",
        "-b",
        "省级媒体转载",
    )
    week("Mon 22:45", "report", ".", "phone", "lead-group")
    # 23:15: the three have not been told. 23:05 is the warning, 23:16 is late
    (soon,) = week.cron("Mon 23:05", ends=11)
    assert "due soon" in soon
    assert "舆情" in soon
    assert "柳塘" not in soon  # no words of the case in a chat
    assert week.cron("Mon 23:10", ends=11) == []  # heard once
    (late,) = week.cron("Mon 23:16")
    assert "late" in late
    assert week.cron("Mon 23:21") == []
    week("Mon 23:22", "overdue", "--ack", ".")  # the post has taken it
    assert week.cron("Mon 23:26") == []
    week("Mon 23:30", "report", ".", "phone", "cac@23:24", "publicity@23:26", "media-centre@23:29")
    assert week.cron("Mon 23:31", ends=0) == []
    assert "告知网信办" not in week("Mon 23:31", "due", ".").out
    week("Mon 23:35", "tick", "daily-search", "3个渠道有转发，已立案")


def monday_midnight(week: Week) -> None:
    """The written report, and the wall: level, what presses, who is on duty."""
    paper = week.paper("基本情况.docx")
    week("Mon 23:50", "render", ".", "basic-facts", "-o", paper)
    week("Mon 23:58", "report", ".", "written", "lead-group", "cac", "departments", "office",
         "-d", "basic-facts", "-f", paper)  # fmt: skip
    wall = week.papers / "wall.html"
    week("Tue 00:05", "board", "--html", str(wall))
    page = wall.read_text("utf-8")
    assert "柳塘片区停水" in page
    assert "一级" in page
    assert "夜班岗" in page
    assert "https://v.example" not in page


def tuesday_words(week: Week) -> None:
    """Both approvals for exactly this text, then the bulletin before 03:31; nothing to complain of."""
    text = week.draft("通报.md", STATEMENT)
    refused = week("Tue 01:00", "render", ".", "bulletin", "-o", week.paper("通报.docx"), ends=5)
    assert "not yet agreed" in refused.err
    week("Tue 01:30", "approve", ".", "lead-group@01:20", "publicity@01:28", "-f", text)
    out = week("Tue 01:40", "publish", ".", "--use", "last", "--as", "某集团", "--form", "notice",
               "-d", "bulletin", "-l", "https://gov.example/n/1").out  # fmt: skip
    assert "before approval" not in out
    assert "done: 发布权威信息" in out


def tuesday_morning(week: Week) -> None:
    """08:30: one sheet between two shifts, with both posts and the open case."""
    sheet = week.paper("交接班.docx")
    week("Tue 08:30", "handover", "-o", sheet)
    said = week("Tue 08:30", "handover").out
    assert "夜班岗" in said
    assert "白班岗" in said
    assert "柳塘片区停水" in said
    week("Tue 17:00", "tick", "daily-search", "7个渠道无新增")


def wednesday(week: Week) -> None:
    """Follow-up to the same organs, the second statement approved and out, a question answered."""
    text = week.draft("续报.md", FOLLOW_UP)
    week("Wed 17:30", "note", ".", "主管修复，18时恢复供水", "--tag", "progress")
    week("Wed 17:40", "render", ".", "follow-up", "-o", week.paper("续报.docx"))
    week(
        "Wed 17:45",
        "report",
        ".",
        "written",
        "office",
        "-d",
        "follow-up",
        "-f",
        week.paper("续报.docx"),
    )
    week("Wed 18:00", "approve", ".", "lead-group", "publicity", "-f", text)
    week(
        "Wed 18:10",
        "publish",
        ".",
        "--use",
        "last",
        "--as",
        "某集团",
        "--form",
        "notice",
        "-d",
        "bulletin",
    )
    week("Wed 20:00", "tick", "daily-search", "无新增转载")


def thursday(week: Week) -> None:
    """Calm by the lead group's word: the three-day report is owed, and stands in the calendar."""
    out = week(
        "Thu 16:00", "mark", ".", "calmed", "--by", "lead-group", "-b", "24小时无新增,供水正常"
    ).out
    assert "03-08 24:00" in out
    feed = week.papers / "limits.ics"
    week("Thu 16:05", "export", "--format", "ics", "-o", str(feed))
    assert "应对处置工作书面报告" in feed.read_text("utf-8").replace("\r\n ", "")
    week("Thu 17:00", "tick", "daily-search", "无新增转载")


def saturday(week: Week) -> None:
    """The review as a Word file, handed in by the unit that owes it; items closed, the case too."""
    import docx

    review = week.paper("复盘.docx")
    week("Sat 10:00", "review", ".", "-o", review)
    text = "\n".join(p.text for p in docx.Document(review).paragraphs)
    assert "应对处置工作报告" in text
    assert "24小时无新增" in text
    week(
        "Sat 10:20",
        "report",
        ".",
        "written",
        "lead-group",
        "-d",
        "review",
        "-f",
        review,
        "--by",
        "water-co",
    )
    out = week("Sat 10:30", "due", ".", ends=0).out
    assert "应对处置工作书面报告" not in out
    week("Sat 11:00", "close", ".", "-b", "处置完毕")
    missed = week("Sat 11:05", "overdue", ends=10).out
    assert "daily" not in missed  # people read names
    assert "搜索、监测、研判" in missed
    assert "03-06 24:00" in missed  # nobody wrote Friday's look down: late, and late it stays
    week("Sat 17:00", "tick", "daily-search", "昨日无新增，漏记", "-a", "03-06 16:30")
    week("Sat 17:01", "tick", "daily-search", "无新增转载")
    assert week("Sat 17:05", "overdue", ends=0).out == ""


def sunday(week: Week) -> None:
    """The ledger and the month on paper; audit and check find nothing."""
    ledger, month = week.papers / "台账.xlsx", week.papers / "三月.docx"
    week("Sun 18:00", "ledger", "--period", "2026-03", "-o", str(ledger))
    week("Sun 18:01", "stats", "--period", "2026-03", "-o", str(month))
    import openpyxl

    rows = list(openpyxl.load_workbook(ledger).active.values)
    assert len(rows) == 2
    assert any("柳塘片区停水" in str(cell) for cell in rows[1])
    assert month.stat().st_size > 5000
    figures = week("Sun 18:02", "--json", "stats", "--period", "2026-03").json["items"]
    received = next(each for each in figures if each["figure"] == "received")
    assert received["count"] == 1
    week("Sun 18:05", "check")
    audit = week("Sun 18:06", "--json", "audit", ends=0).json
    assert audit["complete"]


def a_week_later(week: Week) -> None:
    """What has been closed for a week and owes nothing is filed; it is still found."""
    assert "filed:" in week("2026-03-16 09:00", "tidy").out
    assert list((week.office.root / "cases").glob("*.yaml")) == []
    assert len(list((week.office.root / "cases" / "closed" / "2026").glob("*.yaml"))) == 1
    assert "柳塘片区停水" in week("2026-03-16 09:01", "list", "--all").out
    assert week.office.git("status", "--porcelain", "cases") == ""


def test_a_duty_officers_week(week: Week) -> None:
    """Opened on Monday night, told in the chat, shown on the wall, handed over, published with
    both approvals, calm on Thursday, reviewed in three days, filed; papers at the week's end."""
    for part in (
        monday_night, monday_midnight, tuesday_words, tuesday_morning, wednesday, thursday,
        saturday, sunday, a_week_later,
    ):  # fmt: skip
        part(week)
