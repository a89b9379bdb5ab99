"""``overdue --notify``: heard once, by those who should; a lost message counts as unsaid.

The servers are real: they answer, refuse with 200, hang, and hang up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from workbench import Office, Ran, make_office

from yuqing.notify import robots
from yuqing.notify.send import deliver
from yuqing.plan import Channel
from yuqing.words import say

FOUND = "2026-03-02T01:52+08:00"


class Server:
    """A chat server of our own. ``answer``: what it says to the next messages."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = says(200, '{"errcode": 0}')
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append(json.loads(body))
                outer.paths.append(self.path)
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Tests need no access log."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/robot?access_token=abc"

    @property
    def texts(self) -> list[str]:
        return [each["text"]["content"] for each in self.got]


def says(status: int, body: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


class Desk:
    """A demonstration office, where pretended times may be told of; one case since 01:52."""

    def __init__(self, office: Office, server: Server) -> None:
        self.office, self.server = office, server
        self.settings = office.root / "templates" / "office.yaml"
        self.plain = self.settings.read_text("utf-8")
        self.channels("group: {kind: dingtalk, url_from: YQ_URL, keyword: 舆情}")

    def channels(self, *lines: str) -> None:
        text = "\n".join(("channels:", *(f"  {line}" for line in lines)))
        self.settings.write_text(f"{self.plain}demo: true\n{text}\n", "utf-8")

    def new(self, *more: str) -> str:
        self.office("new", "河东停水", "-a", "01:52", *more, now="2026-03-02T01:55+08:00").ok()
        return max(
            (self.office.root / "cases").glob("*.yaml"), key=lambda p: p.stat().st_mtime
        ).stem

    def notify(self, now: str, *more: str, lang: str = "en") -> Ran:
        at = now if "T" in now else f"2026-03-02T{now}+08:00"
        env = {"YQ_URL": self.server.url}
        return self.office("--lang", lang, "overdue", "--notify", *more, now=at, env=env)


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Desk:
    return Desk(make_office(tmp_path / "office"), server)


# --- said once -------------------------------------------------------------------------


def test_one_message_for_all_that_is_late(desk: Desk) -> None:
    """One summary a run: id, article, step and minutes; no title, no words of the case."""
    case = desk.new()
    assert desk.notify("05:00").code == 10
    (text,) = desk.server.texts
    assert text.startswith("Reminder, ")
    assert "舆情" in text.splitlines()[0]  # the word the robot wants
    assert case in text
    assert "河东停水" not in text
    assert len(text.splitlines()) > 2


def test_heard_once(desk: Desk) -> None:
    """Cron calls every five minutes; the group hears each thing once."""
    desk.new()
    desk.notify("05:00")
    before = len(desk.server.got)
    assert desk.notify("05:00").code == 10
    assert len(desk.server.got) == before


def test_nothing_late_nothing_sent(desk: Desk) -> None:
    """No message to say that there is no message."""
    assert desk.notify("02:00").ok().out == ""
    assert desk.server.got == []


def test_again_at_the_next_stage(desk: Desk) -> None:
    """Due soon is one thing, late another."""
    desk.new()
    desk.office("grade", ".", "II", "-b", "x", now="2026-03-02T02:00+08:00").ok()
    seen = []
    for now in ("03:45", "03:50", "03:55"):  # one limit of two hours lies at 03:52
        desk.notify(now, "--warn", "15m")
        seen.append(len(desk.server.got))
    assert seen[0] == seen[1] < seen[2]
    assert "due soon" in desk.server.texts[seen[0] - 1]
    assert "late" in desk.server.texts[-1]


def test_again_after_nag(desk: Desk) -> None:
    """``--nag 2h``: what nobody answered is said again after two hours, not before."""
    desk.new()
    desk.notify("06:00")
    count = len(desk.server.got)
    desk.notify("07:59", "--nag", "2h")
    later = len(desk.server.got)
    assert all("late" in each or "past target" in each for each in desk.server.texts)
    desk.notify("08:00", "--nag", "2h")
    assert len(desk.server.got) > later >= count


def test_again_when_the_level_changes(desk: Desk) -> None:
    """A case that became graver is said again, though nothing new is late."""
    desk.new()
    desk.office("grade", ".", "II", "-b", "x", now="2026-03-02T02:00+08:00").ok()
    desk.notify("06:00")
    count = len(desk.server.got)
    desk.office("grade", ".", "I", "-b", "x", now="2026-03-02T06:01+08:00").ok()
    desk.notify("06:02")
    assert len(desk.server.got) == count + 1


def test_a_post_has_taken_it(desk: Desk) -> None:
    """``--ack``: no more nagging about this stage; the note stands in the case, for all to see."""
    desk.new()
    desk.notify("06:00")
    count = len(desk.server.got)
    desk.office("overdue", "--ack", ".", now="2026-03-02T06:05+08:00").ok()
    assert "tags: [ack]" in desk.office.case_file().read_text("utf-8")
    desk.notify("06:50", "--nag", "10m")
    assert len(desk.server.got) == count
    desk.notify("2026-03-03T06:00+08:00", "--nag", "10m")  # the next stages are heard again
    assert len(desk.server.got) > count


def test_internal_matters_are_told_of_without_a_word(desk: Desk) -> None:
    """An internal case stays off chat messages, but its lateness must not be silent."""
    case = desk.new("--internal")
    desk.notify("06:00")
    (text,) = desk.server.texts
    assert case not in text
    assert "internal matters: yuqing overdue" in text


def test_two_clocks_of_one_duty_are_two_things(tmp_path: Path, server: Server) -> None:
    """Two prompts from above start the same duty twice: each is heard once, not in turns."""
    desk = Desk(make_office(tmp_path / "office", "jus"), server)
    desk.office("new", "河东停水", "-a", "08:00", now="2026-03-02T08:01+08:00").ok()
    desk.office("grade", ".", "triage=中级", "-b", "x", now="2026-03-02T08:02+08:00")
    for came in ("08:10", "09:10"):
        words = ("receive", ".", "网信办", "请报办理情况", "-d", "prompt", "-a", came)
        desk.office(*words, now=f"2026-03-02T{came}+08:00").ok()
    late = "2026-03-04T10:00+08:00"
    desk.notify(late)
    count = len(server.got)
    assert sum("反馈" in line for line in server.texts[0].splitlines()) >= 2
    desk.notify(late)
    assert len(server.got) == count


# --- not delivered ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(200, '{"errcode": 310000, "errmsg": "keywords not in content"}'), "310000 keywords"),
        (says(200, "<html>login</html>"), "<html>login</html>"),
        (says(500, "oops"), "answers 500"),
        (says(302, ""), "answers 302"),
        (hangs_up, "not reached"),
    ],
    ids=["refuses with 200", "a login page", "500", "moves on", "hangs up"],
)
def test_a_message_that_was_not_taken_stays_unsaid(
    desk: Desk, answer: Callable[[BaseHTTPRequestHandler], None], reason: str
) -> None:
    """200 is no yes; only the body is. The next run tries again, and says so once it arrives."""
    desk.new()
    desk.server.answer = answer
    ran = desk.notify("06:00")
    assert ran.code == 10  # late weighs more than undelivered
    assert "group was not told" in ran.err
    assert reason in ran.err
    assert "access_token" not in ran.err  # the address is a secret
    desk.server.answer = says(200, '{"errcode": 0}')
    before = len(desk.server.got)
    assert "not told" not in desk.notify("06:01").err
    assert len(desk.server.got) == before + 1


def test_undelivered_alone_is_7(desk: Desk) -> None:
    """Something is due soon, and nobody was told: exit 7, not 11."""
    desk.office("new", "x", "-a", "01:52", now="2026-03-02T01:55+08:00").ok()
    desk.server.answer = says(200, '{"errcode": 1}')
    assert desk.notify("02:00", "--warn", "3h").code == 7


def test_a_server_that_hangs_is_left(server: Server) -> None:
    """Ten seconds are enough for anybody; here it is a fifth of one."""
    server.answer = lambda _: time.sleep(0.6)
    begun = time.monotonic()
    fault = deliver(_channel("wecom"), "s", "t", [], {"U": server.url}, seconds=0, patience=0.2)
    assert fault is not None
    assert say(fault, "en").startswith("not reached: ")
    assert time.monotonic() - begun < 0.55


def test_the_secret_is_not_there(desk: Desk) -> None:
    """Cron without the environment: named, exit 7 or worse, nothing remembered as said."""
    desk.new()
    ran = desk.office("--lang", "en", "overdue", "--notify", now="2026-03-02T06:00+08:00")
    assert "group was not told: the environment has no YQ_URL" in ran.err
    assert desk.server.got == []
    desk.notify("06:01")
    assert len(desk.server.got) == 1


def test_each_channel_for_itself(desk: Desk) -> None:
    """One channel is down: the other is told once, the first later."""
    desk.channels(
        "dead: {kind: webhook, url: 'http://127.0.0.1:9/'}",
        "group: {kind: dingtalk, url_from: YQ_URL}",
        "quiet: {kind: dingtalk, url_from: YQ_URL, off: true}",
    )
    desk.new()
    assert "dead was not told" in desk.notify("06:00").err
    assert "dead was not told" in desk.notify("06:01").err
    assert len(desk.server.got) == 1
    said = desk.office("--lang", "en", "doctor").out
    assert "the channel dead has taken no message since 2026-03-02 06:00" in said


def test_no_more_than_a_robot_takes(desk: Desk) -> None:
    """DingTalk shuts a robot out after 20 messages a minute; we stop before."""
    for _ in range(19):
        desk.office("overdue", "--test", now=FOUND, env={"YQ_URL": desk.server.url}).ok()
    ran = desk.office(
        "--lang", "en", "overdue", "--test", now=FOUND, env={"YQ_URL": desk.server.url}
    )
    assert ran.code == 7
    assert "it has had 19 messages within a minute" in ran.err
    assert len(desk.server.got) == 19


# --- who may send ----------------------------------------------------------------------


def test_no_channel_is_no_silence(desk: Desk) -> None:
    """``--notify`` without a channel would look like peace; it is refused."""
    desk.channels("group: {kind: dingtalk, url_from: YQ_URL, off: true}")
    assert desk.notify("06:00").code == 8


def test_only_the_clone_that_reminds(desk: Desk) -> None:
    """Cron runs in three clones; the group hears one."""
    desk.settings.write_text(desk.settings.read_text("utf-8") + "reminds: the-other\n", "utf-8")
    desk.new()
    ran = desk.notify("06:00")
    assert "reminders are sent by the-other, not by this clone: nothing was sent" in ran.err
    assert ran.code == 10
    assert desk.server.got == []


def test_no_message_about_a_pretended_time(desk: Desk) -> None:
    """Outside a demonstration, ``--now`` must not alarm a real group."""
    text = desk.settings.read_text("utf-8").replace("demo: true\n", "")
    desk.settings.write_text(text, "utf-8")
    assert desk.notify("06:00").code == 5


# --- what the robots want --------------------------------------------------------------


def _channel(kind: Any, **more: Any) -> Channel:
    return Channel(id="x", kind=kind, url_from="U", **more)


def test_dingtalk_is_signed(server: Server) -> None:
    """Time in milliseconds and HMAC-SHA256 of time and secret stand in the address."""
    env = {"U": server.url, "S": "SECabc"}
    channel = _channel("dingtalk", secret_from="S")
    assert deliver(channel, "s", "t", [], env, seconds=1_700_000_000.5) is None
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(server.paths[0]).query)
    want = hmac.new(b"SECabc", b"1700000000500\nSECabc", hashlib.sha256).digest()
    assert query["timestamp"] == ["1700000000500"]
    assert base64.b64decode(query["sign"][0]) == want
    assert query["access_token"] == ["abc"]


def test_feishu_is_signed(server: Server) -> None:
    """Time in seconds and secret are the key, the text is empty; its yes is ``code`` 0."""
    server.answer = says(200, '{"code": 0, "msg": "success"}')
    env = {"U": server.url, "S": "k"}
    assert (
        deliver(_channel("feishu", secret_from="S"), "s", "好", [], env, seconds=1_700_000_000)
        is None
    )
    want = base64.b64encode(hmac.new(b"1700000000\nk", b"", hashlib.sha256).digest()).decode()
    assert server.got == [
        {"timestamp": "1700000000", "sign": want, "msg_type": "text", "content": {"text": "好"}}
    ]


@pytest.mark.parametrize(
    ("kind", "answer", "taken"),
    [
        ("feishu", '{"StatusCode": 0, "StatusMessage": "success"}', True),
        ("feishu", '{"code": 19021, "msg": "sign match fail"}', False),
        ("wecom", '{"errcode": 45009, "errmsg": "api freq out of limit"}', False),
        ("wecom", '{"errcode": "0"}', True),
        ("wecom", "[]", False),
        ("wecom", "", False),
        ("webhook", "", True),
        ("webhook", "thanks", True),
        ("webhook", '{"code": 3}', False),
    ],
)
def test_what_an_answer_means(kind: Any, answer: str, taken: bool) -> None:
    """A robot that doesn't say 0 has not said yes; a plain webhook may say anything but a no."""
    assert (robots.refusal(kind, answer.encode()) is None) == taken


def test_a_webhook_gets_data(server: Server) -> None:
    """A program reads stages and limits; it gets no more than the line says."""
    item = {"case": "YQ-20260302-7K3M", "stage": "late"}
    assert deliver(_channel("webhook"), "s", "t", [item], {"U": server.url}, seconds=0) is None
    assert server.got == [{"text": "t", "items": [item]}]


def test_a_program(tmp_path: Path) -> None:
    """``exec:`` gets the message on its standard input; its exit code is its answer."""
    out = tmp_path / "out"
    script = f"import sys; open({str(out)!r}, 'w', encoding='utf-8').write(sys.stdin.read())"
    channel = Channel(id="x", kind="exec", command=(sys.executable, "-X", "utf8", "-c", script))
    assert deliver(channel, "s", "提醒", [], {}, seconds=0) is None
    assert out.read_text("utf-8") == "提醒\n"
    bad = Channel(id="x", kind="exec", command=(sys.executable, "-c", "raise SystemExit('nobody')"))
    fault = deliver(bad, "s", "t", [], {}, seconds=0)
    assert fault is not None
    assert say(fault, "en") == "refused: 1 nobody"
    gone = Channel(id="x", kind="exec", command=("/nowhere/program",))
    assert deliver(gone, "s", "t", [], {}, seconds=0) is not None


class Post:
    """A mail server of our own, as far as one letter goes. ``refuse``: an address it won't take."""

    def __init__(self, refuse: str = "") -> None:
        self.letters: list[bytes] = []
        self.refuse = refuse
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as line:
                self._talk(line)

    def _talk(self, line: Any) -> None:
        def say_(text: str) -> None:
            line.write(f"{text}\r\n".encode())
            line.flush()

        say_("220 here")
        while command := line.readline().strip():
            if command.upper() == b"DATA":
                say_("354 go on")
                letter = b""
                while not letter.endswith(b"\r\n.\r\n"):
                    letter += line.readline()
                self.letters.append(letter)
                say_("250 taken")
            elif self.refuse and self.refuse.encode() in command:
                say_("550 nobody of that name")
            else:
                say_("250 ok")


def test_mail() -> None:
    """A letter in UTF-8 with the summary as its subject, to all who are named."""
    post = Post()
    channel = Channel(
        id="m", kind="mail", host="127.0.0.1", port=post.port, tls="none",
        sender="duty@office.example", to=("a@office.example", "b@office.example"),
    )  # fmt: skip
    assert deliver(channel, "提醒", "逾期 32 分钟", [], {}, seconds=0) is None
    from email import message_from_bytes, policy

    letter = message_from_bytes(post.letters[0].removesuffix(b".\r\n"), policy=policy.default)
    assert letter["Subject"] == "提醒"
    assert letter["To"] == "a@office.example, b@office.example"
    assert "逾期 32 分钟" in letter.get_content()


def test_a_reader_the_server_does_not_know() -> None:
    """Some got it, one did not: that one's place is named, and it does not count as said."""
    post = Post(refuse="b@office.example")
    channel = Channel(
        id="m", kind="mail", host="127.0.0.1", port=post.port, tls="none",
        sender="duty@office.example", to=("a@office.example", "b@office.example"),
    )  # fmt: skip
    fault = deliver(channel, "s", "t", [], {}, seconds=0)
    assert fault is not None
    assert say(fault, "en") == "refused: b@office.example"


def test_a_long_night_fits_into_one_message() -> None:
    """WeCom cuts at 2,048 bytes: we leave lines out, and say how many."""
    lines = [f"逾期  YQ-20260302-{n:04}  书面报告" for n in range(200)]
    text = robots.fitting(lines, robots.SIZE["wecom"], "… and {n} more: yuqing overdue")
    assert len(text.encode()) <= robots.SIZE["wecom"]
    kept = len(text.splitlines()) - 1
    assert text.splitlines()[-1] == f"… and {200 - kept} more: yuqing overdue"
    assert robots.fitting(lines[:3], robots.SIZE["wecom"], "x {n}") == "\n".join(lines[:3])
