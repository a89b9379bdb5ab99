"""Faults in what a case file holds, seen in a whole office: tables A and B of the fault list."""

from __future__ import annotations

import re
import time
from pathlib import Path

import casebook
import desks
import pytest
from desks import NOW, noted, opened, texts
from workbench import run_in_process

from yuqing import store
from yuqing.store import Workspace

BAD = Path(__file__).parent.parent / "bad_cases"


def everything(ws: Workspace) -> dict[str, bytes]:
    """Every file of the office, by name; git's and the index's own ones are not ours."""
    return {
        ws.name(path): path.read_bytes()
        for path in ws.root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(ws.root).parts
    }


# --- A. content ------------------------------------------------------------------------


@pytest.mark.slow
def test_every_bad_file_in_an_office(ws: Workspace) -> None:
    """Row 34 and all of table A: each bad file is refused with file and line, exit 3, in less
    than two seconds, no traceback; the good case beside it is still shown; nothing is written."""
    resource = pytest.importorskip("resource")
    good = opened(ws, "好的").case
    town = ws.templates / "plans" / "town@2026-01.yaml"
    town.write_text(casebook.PLAN_TEXT, encoding="utf-8", newline="\n")
    path = ws.cases / f"{casebook.NAME}.yaml"
    place = re.compile(rf"cases/{casebook.NAME}\.yaml(:\d+)?: ")
    before = everything(ws)
    bad = sorted(BAD.glob("*.yaml"))
    for number, each in enumerate(bad):
        path.write_bytes(each.read_bytes())
        begin = time.perf_counter()
        desk = store.desk(ws)
        assert time.perf_counter() - begin < 2, each.stem
        assert [c.case.id for c in desk.cases] == [good.id], each.stem
        problems = [p for p in desk.problems if p.severity == "error"]
        assert any(p.file == ws.name(path) for p in problems), each.stem
        assert any(p.line for p in problems) or each.stem.endswith("-missing"), each.stem
        if number % 8 == 0:  # the command line too, not for every one: it is slower
            ran = run_in_process("due", cwd=ws.root).ok(3)
            assert place.search(ran.err), each.stem
            assert "Traceback" not in ran.err
        assert path.read_bytes() == each.read_bytes()
    path.unlink()
    assert everything(ws) == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 600_000  # kB, whole process


def test_emptied_file_that_is_committed(ws: Workspace) -> None:
    """Row 1: a file of nothing whose committed version has entries: exit 3, not written to; the
    committed one can be fetched back, and all is as before."""
    path = opened(ws).loaded.path
    whole = path.read_bytes()
    path.write_bytes(b"")
    ran = run_in_process("check", cwd=ws.root).ok(3)
    assert path.name in ran.out + ran.err
    assert not all(f is None for f in store.save(ws, None, now=NOW).failures)
    assert path.read_bytes() == b""
    desks.git(ws, "restore", ws.name(path))
    assert path.read_bytes() == whole
    assert store.desk(ws).complete


def test_every_cut_of_a_committed_case(ws: Workspace) -> None:
    """Row 3: a committed case cut anywhere is noticed: not readable, or fewer entries than
    committed, or a last line without its end, or a field less in an old entry. `overdue` never
    says "all clear" over one that lost an entry."""
    path = opened(ws).loaded.path
    noted(ws, "一")
    whole = path.read_bytes()
    silent = []
    for length in range(0, len(whole) - 1, 5):
        path.write_bytes(whole[:length])
        desk = store.desk(ws)
        if not desk.problems:
            silent.append(length)
        lost = not desk.cases or len(desk.cases[0].case.log) < 2
        assert not (lost and desk.complete), length
    assert silent == []


def test_words_that_look_like_something_else(ws: Workspace) -> None:
    """Row 26: a telephone number, a date, `no` and a number stay the text that was typed."""
    opened(ws)
    words = ["010020", "2024-03-15", "20240315", "no", "1_000", "12:30", "~", "null", "1e9", "0x1F"]
    noted(ws, *words)
    assert texts(store.find_case(ws, ".", now=NOW)) == words


def test_a_comment_right_after_a_text_block(ws: Workspace) -> None:
    """Row 31: a comment behind a text of several lines stays a comment when the next entry is
    written; it never becomes part of the report's text."""
    opened(ws)
    path = noted(ws, "第一行\n第二行").loaded.path
    path.write_bytes(path.read_bytes() + "  # 这是注释\n".encode())
    noted(ws, "三")
    assert texts(store.find_case(ws, ".", now=NOW)) == ["第一行\n第二行", "三"]
    assert "  # 这是注释\n" in path.read_text("utf-8")


def test_own_quotes_indentation_and_long_lines_stay(ws: Workspace) -> None:
    """Row 33: long lines, own quotes and own indentation of a person are left as they are."""
    path = opened(ws).loaded.path
    long = "很长的一行" * 60
    path.write_bytes(
        path.read_bytes()
        + f'\n  -   kind: "noted"\n      at: \'2026-11-22T02:10+08:00\'\n      text: "{long}"\n'.encode()
    )
    store.save(ws, None, now=NOW)
    before = path.read_bytes()
    noted(ws, "一")
    assert path.read_bytes().startswith(before)
    assert f'text: "{long}"\n'.encode() in before
    assert b'kind: "noted"' in before


# --- B. names --------------------------------------------------------------------------


def test_a_long_title_and_a_long_paper_name(ws: Workspace, tmp_path: Path) -> None:
    """Row 41: 80 Chinese signs of title never become a file name; a paper whose name is as long
    as the disk takes is kept under it."""
    paper = tmp_path / ("图" * 80 + ".png")
    paper.write_bytes(b"x")
    case = opened(ws, "停" * 80, paper)
    assert case.committed
    assert len(case.loaded.path.name) < 40
    assert desks.dirty(ws) == ""


def test_look_alikes(ws: Workspace) -> None:
    """Row 42: ids are plain capitals, so no two can look the same; words are stored as typed,
    also the compatibility sign that looks like another."""
    opened(ws)
    words = ["\u8c48有此理", "\uf900有此理", "e\u0301", "\u00e9"]
    noted(ws, *words)
    assert texts(store.find_case(ws, ".", now=NOW)) == words
    path = ws.cases / "ＹＱ-20261122-7K3M.yaml"
    path.write_bytes(b"")
    assert not store.desk(ws).complete


def test_filed_cases_are_not_parsed(ws: Workspace) -> None:
    """Row 45: however many cases are filed, the desk is read without opening one of them."""
    opened(ws)
    year = ws.cases / "closed" / "2025"
    year.mkdir(parents=True)
    for number in range(300):
        (year / f"YQ-20250101-{number:04d}.yaml").write_bytes(b"not even a case\t")
    desk = store.desk(ws)
    assert desk.complete
    assert len(desk.cases) == 1


def test_a_control_character_is_refused_before_it_is_stored(ws: Workspace) -> None:
    """Row 29: a sign that no file can keep is refused, and nothing is written."""
    path = opened(ws).loaded.path
    before = path.read_bytes()
    for sign in "\x0b\x1b\x85\ufffe\r":
        ran = run_in_process("note", ".", f"响{sign}铃", cwd=ws.root).ok(5)
        assert f"U+{ord(sign):04X}" in ran.err
    assert path.read_bytes() == before
