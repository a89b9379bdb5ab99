"""The index: the same answers with and without it, and no unchanged file parsed twice."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest
from desks import CHECKOUT, NOW, noted, office, opened

from yuqing import store
from yuqing.errors import Unreadable
from yuqing.read import tree
from yuqing.store.index import open_index


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose YAML was parsed."""
    names: list[str] = []
    parse = tree.parse

    def counting(data: bytes, file: str, *, as_text: bool) -> object:
        names.append(file)
        return parse(data, file, as_text=as_text)

    monkeypatch.setattr(tree, "parse", counting)
    for module in ("yuqing.read.plan", "yuqing.read.office"):
        monkeypatch.setattr(f"{module}.parse", counting)
    return names


def test_an_unchanged_office_is_answered_without_parsing(tmp_path: Path, parsed: list[str]) -> None:
    """The second look parses nothing; the answer is the same record for record."""
    ws = office(tmp_path)
    opened(ws)
    first = store.desk(store.find(tmp_path))
    parsed.clear()
    again = store.find(tmp_path)
    second = store.desk(again)
    assert parsed == []
    assert second.cases == first.cases
    assert second.problems == first.problems
    assert [p.digest for p in second.cases[0].plans] == [p.digest for p in first.cases[0].plans]


def test_one_edit_costs_one_file(tmp_path: Path, parsed: list[str]) -> None:
    """Of two cases one is written to: one file is parsed, the other is remembered."""
    ws = office(tmp_path)
    opened(ws, "甲")
    other = opened(ws, "乙")
    store.desk(store.find(tmp_path))
    path = other.loaded.path
    path.write_bytes(path.read_bytes() + "  # 注记\n".encode())
    parsed.clear()
    store.desk(store.find(tmp_path))
    assert set(parsed) == {f"cases/{path.name}"}  # as it is, and as HEAD has it


def test_an_edit_that_keeps_size_and_date_is_seen(tmp_path: Path) -> None:
    """What counts is the content: no date, size or inode can hide a change."""
    import os

    ws = office(tmp_path)
    path = opened(ws).loaded.path
    store.desk(store.find(tmp_path))
    before = path.stat()
    path.write_bytes(path.read_bytes().replace("停水".encode(), "停电".encode()))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    (loaded,) = store.desk(store.find(tmp_path)).cases
    assert "停电" in loaded.case.title


def test_another_plan_text_is_another_answer(tmp_path: Path) -> None:
    """The case file is the same, the plan it runs under is not: it is read again."""
    shipped = CHECKOUT / "templates" / "plans" / "sf@2022-01.yaml"
    own = tmp_path / "own@2022-01.yaml"
    own.write_text(shipped.read_text().replace("id: sf", "id: own"))
    ws = store.init(tmp_path / "office", own, now=NOW).workspace
    opened(ws)
    store.desk(store.find(ws.root))
    plan = ws.templates / "plans" / own.name
    plan.write_text(plan.read_text().replace("2 hours", "3 hours"))
    (loaded,) = store.desk(store.find(ws.root)).cases
    assert loaded.plans[0].digest != loaded.case.plans[0].digest
    assert [p.severity for p in loaded.problems] == ["warning"]


def test_a_broken_file_is_named_every_time(tmp_path: Path) -> None:
    """Trouble is never remembered away: the file is read, and named, on each look."""
    ws = office(tmp_path)
    path = opened(ws).loaded.path
    path.write_bytes(path.read_bytes() + b"\tx: 1\n")
    for _ in range(2):
        found = store.desk(store.find(tmp_path))
        assert not found.complete
        assert {p.file for p in found.problems if p.severity == "error"} == {f"cases/{path.name}"}


@pytest.mark.parametrize(
    "junk", [b"", b"junk", marshal.dumps(("old", {})), marshal.dumps([1, 2])], ids=len
)
def test_a_damaged_index_costs_time_only(tmp_path: Path, junk: bytes) -> None:
    """Empty, cut, of another version, not ours: the files are read again."""
    ws = office(tmp_path)
    opened(ws)
    assert ws.git_dir is not None
    file = ws.git_dir / "yuqing" / "index"
    store.desk(store.find(tmp_path))
    file.write_bytes(junk)
    assert len(store.desk(store.find(tmp_path)).cases) == 1
    assert open_index(ws.git_dir).slots


def test_a_value_of_foreign_make_is_not_built(tmp_path: Path) -> None:
    """Somebody put a program into the index: it isn't run, the file is read."""
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "ran",))  # type: ignore[return-value]  # forged

    ws = office(tmp_path)
    opened(ws)
    store.desk(store.find(tmp_path))
    index = open_index(ws.git_dir)
    index.slots = {s: (key, pickle.dumps(Evil())) for s, (key, _) in index.slots.items()}
    index.changed = True
    index.write()
    assert len(store.desk(store.find(tmp_path)).cases) == 1
    assert not (tmp_path / "ran").exists()


def test_no_index_and_no_folder_for_it(tmp_path: Path) -> None:
    """Where nothing can be written, looking answers all the same."""
    ws = office(tmp_path)
    opened(ws)
    noted(ws, "更正")
    assert ws.git_dir is not None
    folder = ws.git_dir / "yuqing"
    (folder / "index").unlink(missing_ok=True)
    (folder / "index").mkdir()
    (loaded,) = store.desk(store.find(tmp_path)).cases
    assert len(loaded.case.log) == 2
    assert store.find_case(store.find(tmp_path), ".", now=NOW).case.id == loaded.case.id


def test_a_file_that_cannot_be_used_is_not_kept(tmp_path: Path) -> None:
    """Only answers are remembered, never a refusal."""
    ws = office(tmp_path)
    path = opened(ws).loaded.path
    good = path.read_bytes()
    path.write_bytes(b"x")
    with pytest.raises(Unreadable):
        store.load(store.find(tmp_path), path)
    path.write_bytes(good)
    assert store.load(store.find(tmp_path), path).case.title


def test_clocks_are_remembered_as_long_as_they_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two looks in one minute work a case out once; past its next limit, or edited, anew."""
    from workbench import run_in_process

    from yuqing.cli import looking

    ws = office(tmp_path)
    path = opened(ws).loaded.path
    found: list[str] = []
    outlook = looking.outlook
    monkeypatch.setattr(looking, "outlook", lambda *a, **k: found.append("x") or outlook(*a, **k))
    first = run_in_process("--json", "due", cwd=tmp_path)
    second = run_in_process("--json", "due", cwd=tmp_path)
    assert found == ["x"]
    assert second.json["items"] == first.json["items"]
    path.write_bytes(path.read_bytes().replace(b"01:52", b"01:51"))
    third = run_in_process("--json", "due", cwd=tmp_path)
    assert found == ["x", "x"]
    assert third.json["items"] != first.json["items"]
