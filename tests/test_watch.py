"""``yuqing --watch``: the board on a real terminal of 80 columns, renewed by itself."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path

import pytest
from workbench import IDENTITY, Office, make_office

pyte = pytest.importorskip(
    "pyte", reason="no terminal emulator (pyte): the screen was not looked at"
)
pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[1]
WIDTH, HEIGHT = 80, 24


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two drills of a demonstration office, one with a long Chinese title."""
    found = make_office(tmp_path_factory.mktemp("watch") / "office")
    settings = found.root / "templates" / "office.yaml"
    settings.write_text(settings.read_text("utf-8") + "demo: true\n", "utf-8")
    title = "柳塘小区停水三天居民排队取水的视频在多个平台转发并引发次日的追问与讨论"
    found("new", title, "-a", "-20m").ok()
    found("grade", ".", "I", "-b", "x").ok()
    found("new", "河东噪声", "-a", "-5m").ok()
    return found


class Terminal:
    """A program on a terminal that we look at."""

    def __init__(self, office: Office, *words: str) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.ByteStream(self.screen)
        self.seen = b""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            # whoever runs the tests in the background ignores it, and so would all they start
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.chdir(office.root)
            env = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color",
                   "YUQING_LANG": "zh_CN", "COLUMNS": str(WIDTH), "LINES": str(HEIGHT)}  # fmt: skip
            os.execve(sys.executable, [sys.executable, "-m", "yuqing", *words], env)
        ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def until(self, text: str, seconds: float = 20) -> list[str]:
        """The screen once it shows ``text``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.handle], [], [], 0.1)[0]:
                try:
                    data = os.read(self.handle, 65536)
                except OSError:  # it has ended
                    break
                self.seen += data
                self.stream.feed(data)
            if any(text in line for line in self.lines):
                return self.lines
        raise AssertionError(f"no {text}:\n" + "\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """What stands on the screen; a wide sign fills two cells."""
        rows = []
        for y in range(HEIGHT):
            row = self.screen.buffer[y]
            rows.append("".join(row[x].data for x in range(WIDTH)).rstrip())
        return rows


@pytest.fixture
def terminal(office: Office) -> Iterator[Terminal]:
    found = Terminal(office, "--watch")
    yield found
    try:
        os.kill(found.pid, signal.SIGKILL)
        os.waitpid(found.pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
    os.close(found.handle)


def test_legible_at_80_columns(terminal: Terminal) -> None:
    """Ids, level, the whole long title over two lines, what presses; nothing runs out of the screen."""
    lines = terminal.until("Ctrl-C")
    text = "\n".join(lines)
    joined = "".join(line.strip() for line in lines)
    assert "一级(重大)" in text
    assert "河东噪声" in text
    title = "柳塘小区停水三天居民排队取水的视频在多个平台转发并引发次日的追问与讨论"
    assert all(part in joined for part in (title[:10], title[-6:]))
    assert "…" not in text


def test_ctrl_c_gives_the_terminal_back(terminal: Terminal) -> None:
    """The page of its own is left, the cursor is there again, no traceback."""
    terminal.until("Ctrl-C")
    assert b"\x1b[?1049h" in terminal.seen
    os.kill(terminal.pid, signal.SIGINT)
    end = time.monotonic() + 20
    while select.select([terminal.handle], [], [], max(0, end - time.monotonic()))[0]:
        try:
            data = os.read(terminal.handle, 65536)
        except OSError:
            break
        terminal.seen += data
    assert b"\x1b[?1049l" in terminal.seen
    assert b"\x1b[?25h" in terminal.seen
    assert b"Traceback" not in terminal.seen
    assert os.waitstatus_to_exitcode(os.waitpid(terminal.pid, 0)[1]) == 130


def test_without_a_terminal_it_says_so(office: Office) -> None:
    """Into a pipe it would write for ever."""
    ran = office("--lang", "en", "--watch")
    assert ran.code == 2
    assert "--watch needs a terminal" in ran.err
