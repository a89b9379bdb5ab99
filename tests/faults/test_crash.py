"""A part of the crash loop; the whole is ``python tests/tools/crash.py``."""

from __future__ import annotations

import os

import pytest
from tools.crash import POINTS, loop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs fork and signals"),
]


def test_a_part_of_the_crash_loop() -> None:
    """Rows 47, 48, 50, 52 to 54: kill -9, a full disk and an I/O error at mutating system calls
    of each act and of its gits, and recovery killed too: file old or new, HEAD = file, `git fsck`
    clean, the next command works, and nothing is called done that isn't in HEAD."""
    count = loop(every=97, until=50)
    assert count.bad == []
    assert count.unkept == 0
    assert count.tried.total() > 20


def test_fail_points_where_no_strace_is() -> None:
    """Rows 47, 48, 50: the same loop by the fail points of the store."""
    count = loop(acts=["note", "new"], compound=False, strace=False)
    assert count.bad == []
    assert count.tried["kill"] == 2 * len(POINTS)
