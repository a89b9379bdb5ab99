"""The manual page: every command, option and exit code, and nothing that is gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import manpage
from manpage import PAGES, roff

from yuqing.cli.app import ROOMS

MANDOC = shutil.which("mandoc")


def test_the_english_page_is_what_the_program_says() -> None:
    """Changed a command? Run ``python tests/tools/manpage.py``."""
    assert PAGES["en"].read_text("utf-8") == manpage.page("en")


@pytest.mark.parametrize("language", PAGES)
def test_every_command_stands_in_it(language: str) -> None:
    """Each command, in both languages."""
    text = PAGES[language].read_text("utf-8")
    inner = {"merge-file", "textconv"}  # git calls them, nobody types them
    for command in {each for room in ROOMS.values() for each in room} - inner:
        assert f"\n.SS yuqing {roff(command)}" in text, command


@pytest.mark.skipif(MANDOC is None, reason="mandoc is not installed: the pages were not linted")
@pytest.mark.parametrize("language", PAGES)
def test_a_formatter_has_nothing_to_say(language: str) -> None:
    """``mandoc -T lint`` finds no warning."""
    line = [str(MANDOC), "-T", "lint", "-W", "warning", str(PAGES[language])]
    assert subprocess.run(line, capture_output=True, encoding="utf-8", check=False).stdout == ""
