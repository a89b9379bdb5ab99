"""`add --stdin`: entries from another program, one JSON object a line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, opened
from workbench import CHECKOUT, Office, Ran, surroundings

from yuqing import git, store
from yuqing.read import splice
from yuqing.store import Workspace

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a hundred cases, to be copied."""
    root = tmp_path_factory.mktemp("many") / "office"
    with surroundings():
        ws = desks.office(root)
        first = opened(ws)
        for number in range(99):
            case_id = f"{first.case.id[:-4]}{number:04}"
            head = {"id": case_id, "title": f"第{number}件", "plans": first.case.plans}
            entry = {"kind": "discovered", "at": "2026-11-22T01:52+08:00", "by": "值班室",
                     "recorded": "2026-11-22T02:09+08:00", "id": f"a{number:05}"}  # fmt: skip
            (ws.cases / f"{case_id}.yaml").write_bytes(splice.new_file(head, [entry]))
        desks.git(ws, "add", "-A")
        desks.git(ws, "commit", "-qm", "many")
    return root


@pytest.fixture
def ws(many: Path, tmp_path: Path) -> Workspace:
    subprocess.run(["cp", "-r", str(many), str(tmp_path / "office")], check=True)
    return store.find(tmp_path / "office")


def ids(ws: Workspace) -> list[str]:
    return sorted(path.stem for path in ws.cases.glob("*.yaml"))


def given(*entries: dict[str, Any] | str) -> str:
    lines = [e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in entries]
    return "".join(f"{line}\n" for line in lines)


def add(ws: Workspace, lines: str, *words: str, json_: bool = True) -> Ran:
    head = ["--json"] if json_ else []
    return Office(ws.root)(*head, "--lang", "en", "add", "--stdin", *words, stdin=lines)


def answers(ran: Ran) -> list[Any]:
    return [json.loads(line) for line in ran.out.splitlines()]


def texts_in_head(ws: Workspace, case_ids: Sequence[str]) -> list[str]:
    paths = [ws.cases / f"{case_id}.yaml" for case_id in case_ids]
    repo = git.locate(ws.root)
    assert repo is not None
    return [(data or b"").decode("utf-8") for data in git.committed(repo, paths)]


@pytest.mark.parametrize(("words", "commits"), [((), 100), (("--one-commit",), 1)])
def test_a_hundred_entries_to_as_many_cases(
    ws: Workspace, words: tuple[str, ...], commits: int
) -> None:
    """In one process; one commit each, or one commit for all, as asked."""
    before = len(desks.commits(ws))
    cases = ids(ws)
    lines = given(*({"case": c[-4:], "kind": "noted", "text": f"续看{c}"} for c in cases))
    said = answers(add(ws, lines, *words).ok())
    assert [each["line"] for each in said] == list(range(1, 101))
    assert {(each["kind"], each["case"], each["committed"]) for each in said} == {
        ("written", case, True) for case in cases
    }
    assert len(desks.commits(ws)) == before + commits
    assert desks.dirty(ws) == ""
    for case, text in zip(cases, texts_in_head(ws, cases), strict=True):
        assert text.count(f"续看{case}") == 1


def test_refused_lines_are_named_and_the_rest_is_written(ws: Workspace) -> None:
    """Every refused line with its number and reason; a case is written whole or not at all."""
    one, two, three = ids(ws)[:3]
    lines = given(
        {"case": one, "kind": "noted", "text": "甲"},
        "not json",
        {"case": two, "kind": "noted", "text": "乙"},
        {"case": one, "kind": "noted", "becuase": "x"},
        {"case": "ZZZZ", "kind": "noted", "text": "丙"},
        {"kind": "noted", "text": "丁"},
        {"case": three, "kind": "nodded"},
        "",
        '{"case": "' + three + '", "kind": "noted", "text": "a", "text": "b"}',
    )
    ran = add(ws, lines).ok(5)
    said = {each["line"]: each for each in answers(ran)}
    assert {line: each["kind"] for line, each in said.items()} == {
        1: "refused", 2: "refused", 3: "written", 4: "refused", 5: "refused", 6: "refused",
        7: "refused", 9: "refused",
    }  # fmt: skip
    assert said[1]["message"] == "not written, because line 4 for the same case was refused"
    assert said[4]["message"] == "no field becuase here"
    assert said[5]["code"] == 4
    assert said[6]["message"] == "`case` is missing: which case?"
    assert said[9]["message"] == "text stands twice"
    first, second, third = texts_in_head(ws, [one, two, three])
    assert "甲" not in first
    assert "乙" in second
    assert third.count("kind:") == 1
    assert desks.dirty(ws) == ""


def test_for_people_the_refusals_stand_on_stderr(ws: Workspace) -> None:
    """stdout has what was written, stderr what was not, with its line; the exit code is honest."""
    one, two = ids(ws)[:2]
    lines = given({"case": one, "kind": "noted", "text": "甲"}, {"case": two, "kind": "x"})
    ran = add(ws, lines, json_=False).ok(5)
    assert "甲" in ran.out
    assert "line 2: " in ran.err
    assert ran.err.endswith("1 of 2 lines written\n")


def test_every_field_is_understood_as_add_understands_it(ws: Workspace) -> None:
    """Names of organs, times as typed, lists, facts, papers kept elsewhere; later lines may name
    the entry of an earlier one; `null` is a field that is not there."""
    case = ids(ws)[0]
    lines = given(
        {"case": case, "kind": "reported", "to": ["网信办", "publicity"], "form": "电话",
         "at": "2026-11-22T02:00+08:00", "facts": {"comments": 12}, "number": None},
        {"kind": "received", "from": "cac", "re": ["last"], "links": ["https://a.example/b,c"],
         "files": [{"kept": "机要室", "number": "密1"}], "estimated": True},
    )  # fmt: skip
    first, second = answers(add(ws, lines, case).ok())
    assert first["entry"]["to"] == ["cac", "publicity"]
    assert first["entry"]["form"] == "phone"
    assert first["entry"]["facts"] == {"comments": "12"}
    assert second["entry"]["re"] == first["entry"]["id"]
    assert second["entry"]["links"] == ["https://a.example/b,c"]
    assert second["entry"]["files"] == [{"kept": "机要室", "number": "密1"}]


def test_dry_run_writes_nothing(ws: Workspace) -> None:
    before = desks.commits(ws)
    ran = add(ws, given({"case": ids(ws)[0], "kind": "noted", "text": "甲"}), "--dry-run",
              json_=False).ok()  # fmt: skip
    assert "would be written" in ran.err
    assert desks.commits(ws) == before
    assert desks.dirty(ws) == ""


@pytest.mark.parametrize("words", [(), ("--one-commit",)])
def test_a_file_that_cannot_be_used_is_left_alone(ws: Workspace, words: tuple[str, ...]) -> None:
    """Exit 3 goes before 5; the others are written."""
    one, two = ids(ws)[:2]
    path = ws.cases / f"{one}.yaml"
    path.write_text(path.read_text("utf-8") + "  kaputt\n", "utf-8")
    lines = given({"case": one, "kind": "noted", "text": "甲"},
                  {"case": two, "kind": "noted", "text": "乙"})  # fmt: skip
    said = answers(add(ws, lines, *words).ok(3))
    assert [(each["line"], each["kind"]) for each in said] == [(1, "refused"), (2, "written")]


@pytest.mark.parametrize("words", [(), ("--one-commit",)])
def test_an_edit_by_hand_is_committed_before(ws: Workspace, words: tuple[str, ...]) -> None:
    """As with any entry: the hand edit in a commit of its own, first."""
    case = ids(ws)[0]
    path = ws.cases / f"{case}.yaml"
    path.write_text(
        path.read_text("utf-8")
        + "\n  - kind: noted\n    at: 2026-11-22T02:00+08:00\n    text: 手\n",
        "utf-8",
    )
    add(ws, given({"case": case, "kind": "noted", "text": "甲"}), *words).ok()
    assert "noted" in desks.commits(ws)[0]
    assert "by hand" in desks.commits(ws)[1]
    assert desks.dirty(ws) == ""


def test_a_logbook_that_is_not_yet_a_file(ws: Workspace) -> None:
    """`log` is a case like any other; its first entry makes the file."""
    lines = given({"case": "log", "kind": "noted", "text": "交接"},
                  {"case": ids(ws)[0], "kind": "noted", "text": "甲"})  # fmt: skip
    said = answers(add(ws, lines, "--one-commit").ok())
    assert said[0]["case"].startswith("LOG-")
    assert desks.dirty(ws) == ""


@pytest.mark.parametrize("words", [["add"], ["add", ".", "noted", "--one-commit"],
                                   ["add", ".", "--stdin", "-m", "x"], ["add", ".", "noted", "--stdin"]])  # fmt: skip
def test_what_does_not_go_together(ws: Workspace, words: list[str]) -> None:
    Office(ws.root)(*words).ok(2)


@pytest.mark.parametrize("words", [(), ("--one-commit",)])
def test_killed_in_the_middle(ws: Workspace, words: tuple[str, ...]) -> None:
    """kill -9 while it writes: whatever was reported is in HEAD, no file is broken, and `save`
    finishes what lies on disk."""
    cases = ids(ws)
    lines = given(*({"case": c, "kind": "noted", "text": f"续看{c}"} for c in cases))
    process = subprocess.Popen(
        [sys.executable, "-m", "yuqing", "--json", "add", "--stdin", *words],
        cwd=ws.root,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines.encode())
    process.stdin.close()
    reported = []
    if words:  # all are reported at the end: stop it while the files are being replaced
        paths = [ws.cases / f"{case}.yaml" for case in cases]
        while process.poll() is None and "续看" not in paths[20].read_text("utf-8"):
            time.sleep(0.005)
    else:
        reported = [json.loads(process.stdout.readline()) for _ in range(10)]
    os.kill(process.pid, signal.SIGKILL)
    reported += [json.loads(line) for line in process.stdout if line.endswith(b"\n")]
    process.wait()
    process.stdout.close()
    held = texts_in_head(ws, [each["case"] for each in reported])
    for each, text in zip(reported, held, strict=True):
        assert each["committed"]
        assert each["entry"]["id"] in text
    assert len(reported) < 100
    for lock in (ws.root / ".git").glob("*.lock"):
        lock.unlink()  # of the git that was killed: `doctor` names it
    fresh = store.find(ws.root)
    done = store.save(fresh, None, now=NOW)
    assert done.failures == ()
    assert desks.dirty(fresh) == ""
    assert all(text.count("续看") <= 1 for text in texts_in_head(ws, cases))
