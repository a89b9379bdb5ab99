"""The index of `search`, and the sweep through the archive: same answers with and without."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, ZONE, opened
from workbench import IDENTITY, Office, surroundings

from yuqing import store
from yuqing.cli import shelves
from yuqing.store import Workspace, searching, sweep

pytestmark = pytest.mark.process

TITLES = ("柳塘小区停水三天", "青石河道路塌陷", "校门口拥堵", "停水通知未送达", "夜间施工扰民")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk of five cases and an archive of twenty, which nobody may need to close first."""
    root = tmp_path_factory.mktemp("shelf") / "office"
    with surroundings():
        ws = desks.office(root)
        first = opened(ws, TITLES[0]).loaded
        note = (
            "\n  - kind: noted\n    at: 2026-11-22T02:10+08:00\n    by: 值班室\n    text: {}\n"
            "    recorded: 2026-11-22T02:10+08:00\n    id: b{:05}\n"
        )
        for number in range(25):
            title = TITLES[number % 5]
            words = f"{TITLES[(number * 2 + 1) % 5][:4]},已通知 water{number % 3} 供水公司"
            year = "2026" if number < 4 else str(2016 + number % 5)
            case_id = f"{first.case.id.split('-')[0]}-{year}1122-{number:04}"
            folder = ws.cases if number < 4 else ws.cases / "closed" / year
            folder.mkdir(parents=True, exist_ok=True)
            text = first.data.decode().replace(first.case.id, case_id).replace(TITLES[0], title)
            (folder / f"{case_id}.yaml").write_text(text + note.format(words, number), "utf-8")
        desks.git(ws, "add", "-A")
        desks.git(ws, "commit", "-qm", "many")
    return root


@pytest.fixture
def ws(filled: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(filled, tmp_path / "office")
    for path in (tmp_path / "office" / "cases").rglob("*.yaml"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return store.find(tmp_path / "office")


def searched(ws: Workspace, *words: str, without: bool = False) -> tuple[int, Any]:
    with pytest.MonkeyPatch.context() as patch:
        if without:
            patch.setattr(shelves, "find", lambda *_: None)
        ran = Office(ws.root)("--json", "--lang", "en", "search", *words)
    said = json.loads(ran.out)
    said.pop("now")
    said["problems"] = sorted(map(json.dumps, said["problems"]))
    return ran.code, said


QUERIES: Sequence[tuple[str, ...]] = (
    ("停水",), ("停水", "供水"), ("水",), ("water",), ("ater2",), ("停水三天 道路",), ("water1", "塌陷"),
    ("没有这样的事",), ("施工扰民", "拥堵"), ("，",), ("1122",),
)  # fmt: skip


@pytest.mark.parametrize("words", [q for q in QUERIES if q != ("，",)])
def test_same_hits_in_the_same_order(ws: Workspace, words: tuple[str, ...]) -> None:
    """With the index, made now and read again, and without: the same cases, scores and texts."""
    wanted = searched(ws, *words, without=True)
    assert searched(ws, *words) == wanted
    assert searched(ws, *words) == wanted


def test_what_a_person_sees_is_the_same(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twenty best are read, and the rest is counted."""
    monkeypatch.setattr("yuqing.cli.library.SHOWN", 3)
    office = Office(ws.root)
    for words in QUERIES[:4]:
        with_it = office("--lang", "en", "search", *words)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shelves, "find", lambda *_: None)
            assert office("--lang", "en", "search", *words) == with_it
        assert "more; narrow it down" in with_it.out


def test_an_edit_a_new_and_a_missing_file_are_seen(ws: Workspace) -> None:
    """The index is brought up to what lies there, whoever changed it."""
    searched(ws, "停水")
    paths = sorted((ws.cases / "closed").glob("*/*.yaml"))
    paths[0].write_text(paths[0].read_text("utf-8").replace("已通知", "又停水了"), "utf-8")
    paths[1].unlink()
    twin = paths[2].with_name(paths[2].name.replace(paths[2].stem[-4:], "ZZZZ"))
    twin.write_text(paths[2].read_text("utf-8").replace(paths[2].stem, twin.stem), "utf-8")
    for words in QUERIES[:4]:
        assert searched(ws, *words) == searched(ws, *words, without=True)


def test_a_broken_file_is_named_each_time(ws: Workspace) -> None:
    """Exit 3, whether the index has seen the file or not; and none when it is mended."""
    path = sorted((ws.cases / "closed").glob("*/*.yaml"))[3]
    whole = path.read_text("utf-8")
    path.write_text(whole + "  kaputt\n", "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    wanted = searched(ws, "停水", without=True)
    assert wanted[0] == 3
    assert searched(ws, "停水") == wanted
    assert searched(ws, "停水") == wanted
    path.write_text(whole, "utf-8")
    assert searched(ws, "停水")[0] == 0


def test_a_plan_edited_since_is_said_of_every_case(ws: Workspace) -> None:
    """A warning about a case that can be read is no reason to leave it out, nor to be silent."""
    for path in [*ws.cases.glob("*.yaml")][:1] + [*(ws.cases / "closed").glob("*/*.yaml")][5:9]:
        digest = store.load(ws, path).case.plans[0].digest
        path.write_text(path.read_text("utf-8").replace(digest, digest[::-1]), "utf-8")
    wanted = searched(ws, "停水", without=True)
    assert len([each for each in wanted[1]["problems"] if "edited after" in each]) == 5
    likes = _likes(ws, "0001", without=True)
    for _ in range(2):
        assert searched(ws, "停水") == wanted
        assert _likes(ws, "0001") == likes


def test_an_index_that_cannot_be_used_is_made_anew(ws: Workspace) -> None:
    """Deleted, cut off, of another plan: the answer is the same."""
    wanted = searched(ws, "停水")
    file = ws.root / ".git" / "yuqing" / "search"
    for data in (b"", file.read_bytes()[:1000], b"\0" * 100):
        file.write_bytes(data)
        assert searched(ws, "停水") == wanted
    file.unlink()
    assert searched(ws, "停水") == wanted


def test_no_file_of_the_archive_is_read_again(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warm, none of them, whatever is told; after one edit, that file."""
    monkeypatch.setattr(searching, "_RACY", 0)
    office = Office(ws.root)
    office("search", "停水").ok()
    read: list[str] = []
    plain = store.load

    def counting(ws_: Workspace, path: Path) -> store.Loaded:
        read.append(path.name)
        return plain(ws_, path)

    monkeypatch.setattr(store, "load", counting)
    office("search", "没有这样的事").ok()
    assert read == []
    office("search", "校门口拥堵").ok()
    assert set(read) <= {path.name for path in ws.cases.glob("*.yaml")}
    read.clear()
    path = min((ws.cases / "closed").glob("*/*.yaml"))
    path.write_text(path.read_text("utf-8").replace("已通知", "已告知"), "utf-8")
    office("search", "没有这样的事").ok()
    assert read == [path.name]


@pytest.mark.parametrize("words", [("search", "停水"), ("similar", "0001"), ("similar", "0013")])
def test_a_warm_answer_reads_no_yaml(ws: Workspace, words: tuple[str, ...]) -> None:
    """Told again, in a process of its own: neither the reader nor its models are loaded."""
    office = Office(ws.root)
    wanted = office("--lang", "en", *words).ok()
    probe = (
        "import sys\nfrom yuqing.cli.app import main\ncode = main(sys.argv[1:])\n"
        "loaded = {'pydantic', 'ruamel.yaml'} & set(sys.modules)\n"
        "sys.exit(code or ', '.join(sorted(loaded)) or 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", probe, "--lang", "en", *words],
        cwd=ws.root,
        env={**os.environ, "PYTHONPATH": str(desks.CHECKOUT), "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == wanted.out


@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"SQLite format 3\0" + b"\1" * 5000])
def test_kept_records_that_cannot_be_used_are_made_anew(ws: Workspace, data: bytes) -> None:
    """Cut off, of something else, spoilt in the middle: the case files are there."""
    wanted = searched(ws, "停水")
    file = ws.root / ".git" / "yuqing" / "told"
    whole = file.read_bytes()
    for spoilt in (data, whole[:5000] + data + whole[5000 + len(data) :]):
        file.write_bytes(spoilt)
        assert searched(ws, "停水") == wanted
        assert searched(ws, "停水") == wanted
    assert file.read_bytes()[:15] == b"SQLite format 3"
    file.unlink()
    assert searched(ws, "停水") == wanted


def test_what_was_taken_out_is_not_kept(ws: Workspace) -> None:
    """After `redact` of a filed case nothing lies beside the index that has the words."""
    searched(ws, "停水")
    path = max((ws.cases / "closed").glob("*/*.yaml"))
    entry = store.load(ws, path).case.log[-1]
    assert "供水公司" in (entry.text or "")
    words = ("redact", path.stem, entry.id or "", "text", "-b", "误记", "--by", "值班室")
    Office(ws.root)(*words, "--word", "供水公司", env=IDENTITY).ok()
    with closing(sqlite3.connect(ws.root / ".git" / "yuqing" / "told")) as base:
        kept = {name for (name,) in base.execute("SELECT name FROM told")}
    assert kept
    assert ws.name(path) not in kept


def test_as_of_another_day_everything_is_read(ws: Workspace) -> None:
    """The index knows files as they are; `--now` asks for what they were."""
    ran = Office(ws.root)("--json", "search", "停水", now="2026-11-22T02:09+08:00").ok()
    assert all(item["entry"] is None for item in json.loads(ran.out)["items"])


# --- like cases --------------------------------------------------------------------------


def _likes(ws: Workspace, *words: str, without: bool = False) -> tuple[int, Any]:
    with pytest.MonkeyPatch.context() as patch:
        if without:
            patch.setattr(shelves, "like", lambda *_, **__: None)
        ran = Office(ws.root)("--json", "--lang", "en", "similar", *words)
    said = json.loads(ran.out)
    said.pop("now")
    said["problems"] = sorted(map(json.dumps, said["problems"]))
    return ran.code, said


def test_like_cases_are_the_same_with_and_without(ws: Workspace) -> None:
    """To the last digit: made now, read again, after an edit, a file gone, a broken one."""
    paths = sorted((ws.cases / "closed").glob("*/*.yaml"))
    for word in ("0001", "0013"):
        wanted = _likes(ws, word, without=True)
        assert len(wanted[1]["items"]) > 20
        assert _likes(ws, word) == wanted
        assert _likes(ws, word) == wanted
        assert _likes(ws, word, "--closed") == _likes(ws, word, "--closed", without=True)
    paths[0].write_text(paths[0].read_text("utf-8").replace("已通知", "又停水了"), "utf-8")
    paths[1].unlink()
    paths[3].write_text(paths[3].read_text("utf-8") + "  kaputt\n", "utf-8")
    wanted = _likes(ws, "0001", without=True)
    assert wanted[0] == 3
    assert _likes(ws, "0001") == wanted
    (ws.root / ".git" / "yuqing" / "alike").write_bytes(b"\0" * 99)
    assert _likes(ws, "0001") == wanted


def test_a_person_sees_the_most_alike_and_no_other_file_is_read(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warm, of those that are told only what lies on the desk, which the index knows."""
    monkeypatch.setattr(searching, "_RACY", 0)
    office = Office(ws.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelves, "like", lambda *_, **__: None)
        wanted = office("--lang", "en", "similar", "0013")
    assert office("--lang", "en", "similar", "0013") == wanted
    read: list[str] = []
    plain = store.load

    def counting(ws_: Workspace, path: Path) -> store.Loaded:
        read.append(path.name)
        return plain(ws_, path)

    monkeypatch.setattr(store, "load", counting)
    assert office("--lang", "en", "similar", "0013") == wanted
    assert set(read) <= {path.name for path in ws.cases.glob("*.yaml")}


# --- the sweep ---------------------------------------------------------------------------


def _checked(ws: Workspace) -> Any:
    ran = Office(ws.root)(
        "--json", "--lang", "en", "check", now=f"{NOW.astimezone(ZONE):%FT%R}+08:00"
    )
    return ran.code, json.loads(ran.out)["problems"]


def test_check_says_the_same_on_two_processors(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Part of the archive is looked at elsewhere; nothing of it is lost."""
    path = max((ws.cases / "closed").glob("*/*.yaml"))
    path.write_text(path.read_text("utf-8") + "  kaputt\n", "utf-8")
    alone = _checked(ws)
    _on_two(monkeypatch)
    assert _checked(ws) == alone
    assert any(path.name in each["file"] for each in alone[1])


def _on_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processors, and work for both of them."""
    monkeypatch.setattr("yuqing.store.sweeping.FEW", 2)
    monkeypatch.setattr("yuqing.store.sweeping.PIECE", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


@pytest.mark.parametrize("after", [0, 3])
def test_a_helper_that_dies_loses_nothing(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """What it took on is looked at again, here: it died at once, or after three files."""
    here = os.getpid()
    seen: list[Path] = []

    def look(path: Path) -> int:
        seen.append(path)
        if os.getpid() != here and len(seen) > after:
            os._exit(9)
        time.sleep(0.02)
        return int(path.name)

    _on_two(monkeypatch)
    paths = [Path(str(n)) for n in range(21)]
    assert list(sweep(paths, look)) == list(range(21))


def test_answers_that_cannot_be_read_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of what the helper answers with cannot be built here: it is looked at here."""
    here = os.getpid()

    def look(path: Path) -> object:
        time.sleep(0.02)
        if os.getpid() != here and int(path.name) == 19:
            return _Unreadable()
        return int(path.name)

    _on_two(monkeypatch)
    assert list(sweep([Path(str(n)) for n in range(21)], look)) == list(range(21))


class _Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return int, ("no number",)


def test_two_work_towards_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, and really by two processes: one has the beginning, the other the end."""

    def look(path: Path) -> tuple[int, int]:
        time.sleep(0.02)
        return int(path.name), os.getpid()

    _on_two(monkeypatch)
    found = list(sweep([Path(str(n)) for n in range(41)], look))
    assert [number for number, _ in found] == list(range(41))
    by = [process for _, process in found]
    assert len(set(by)) == 2
    assert by == sorted(by, key=by.index)  # no process had anything in between


@pytest.mark.parametrize("count", [3, 4, 7, 9])
def test_no_more_signs_than_a_pipe_holds(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """However many files: a sign too many, and writing it would wait for ever."""
    _on_two(monkeypatch)
    monkeypatch.setattr("yuqing.store.sweeping.PIECE", 1)
    monkeypatch.setattr("yuqing.store.sweeping._MOST", 4)
    signs: list[int] = []
    plain = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: signs.append(len(data)) or plain(fd, data))
    assert list(sweep(range(count), str)) == [str(n) for n in range(count)]
    assert max(signs) <= 4


def test_a_sweep_that_is_given_up_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle: the helper goes too."""
    _on_two(monkeypatch)
    running = sweep([Path(str(n)) for n in range(10)], lambda path: path.name)
    next(running)
    running.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_an_index_half_of_which_is_dead_is_made_anew(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of files that changed are passed over; a quarter of them, and all are dropped."""
    monkeypatch.setattr(searching, "_RACY", 0)
    paths = sorted((ws.cases / "closed").glob("*/*.yaml"))
    said = store.CASE, frozenset(["停水"]), frozenset(["停水", "供水"])
    for changed, rows in ((0, 21), (2, 23), (12, 21)):
        for path in paths[:changed]:
            path.write_text(path.read_text("utf-8") + "# x\n", "utf-8")
        found = store.shelf(ws, [ws.name(path) for path in paths], lambda _name: said)
        assert found is not None
        assert len(found.rows) == rows
        assert found.cases() == 21
        assert set(found.of("停水").values()) == {True}
        assert len(found.of("供水")) == 21
        assert set(found.of("供水").values()) == {False}
