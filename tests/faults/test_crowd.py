"""Several processes at once; the whole crowd is ``python tests/tools/crowd.py``."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.crowd import crowd

pytestmark = pytest.mark.process


def test_a_small_crowd(tmp_path: Path) -> None:
    """Rows 56, 57, 92: four processes append to one case and to four, and open cases, while a
    fifth reads: none is lost, each in a commit, and no reader ever sees a broken file."""
    for each in crowd(tmp_path, appends=4, cases=3):
        assert each.whole, each
        assert each.looks


@pytest.mark.slow
def test_the_whole_crowd(tmp_path: Path) -> None:
    """Rows 56, 57: 4 times 40 appends to one case and to four, 4 times 25 new cases: 0 lost."""
    assert all(each.whole for each in crowd(tmp_path))
