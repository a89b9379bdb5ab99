"""Figures and findings of filed cases, kept: the same answers with and without."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import desks
import pytest
from bench.offices import Size, cases
from workbench import Office, surroundings

from yuqing import store
from yuqing.cli import figures, looking
from yuqing.cli.context import Session
from yuqing.cli.tallies import parts
from yuqing.stats.figures import BY, grouped, overview
from yuqing.stats.figures import figures as over_records
from yuqing.stats.parts import came_in, divided, merged
from yuqing.stats.record import counted, within
from yuqing.store import Workspace

pytestmark = pytest.mark.process
TODAY = dt.date(2026, 11, 22)
CLOCK = dt.datetime(2026, 11, 22, 9, 0, tzinfo=desks.ZONE)
_MORE = """
  - kind: {}
    at: 2026-11-20T08:00+08:00
    by: 值班室
    recorded: 2026-11-20T08:00+08:00
    id: {}
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 cases; among them drills, duplicates in the archive and across, one digest over three
    cases, findings of organs, a broken file."""
    root = tmp_path_factory.mktemp("kept") / "office"
    with surroundings():
        ws = desks.office(root)
        every = list(cases(Size(300, 6), store.plans(ws)[0], TODAY))
        names = [Path(name).stem for name, _ in every]
        for number, (name, plain) in enumerate(every):
            text = plain
            file = ws.cases / name
            file.parent.mkdir(parents=True, exist_ok=True)
            sign = f"z{number:05}"
            if number % 41 == 7:
                text = text.replace("\nplans:", "\ndrill: true\nplans:", 1)
            if number in (20, 21, 295):
                linked = _MORE.format("linked", sign)
                original = names[296 if number == 21 else 22]
                text += linked + f"    case: {original}\n    relation: duplicate-of\n"
            if number in (30, 31, 297):
                text += _MORE.format("reported", sign) + "    to: lead-group\n    form: written\n"
                text += "    number: 摘报第3期\n"
            if number in (40, 41):
                text += (
                    _MORE.format("decided", sign) + "    matter: 认定迟报\n    outcome: agreed\n"
                )
            if number == 50:
                text += "  kaputt\n"
            file.write_text(text, "utf-8")
        desks.git(ws, "add", "-A")
        desks.git(ws, "commit", "-qm", "many")
    return root


@pytest.fixture
def ws(filled: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(filled, tmp_path / "office")
    return store.find(tmp_path / "office")


def _session(ws: Workspace) -> Session:
    return Session(ws.root, CLOCK)


def _said(ws: Workspace, *words: str) -> tuple[int, Any]:
    ran = Office(ws.root)("--json", "--lang", "en", *words)
    said = json.loads(ran.out)
    said.pop("now")
    return ran.code, said


def test_figures_are_those_over_all_records(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made anew, made in two processes, and from what was kept: every mark and its base."""
    run = _session(ws)
    office, zone = ws.office, run.zone
    sight = looking.look(run, archive=True)
    books, _ = figures.logbooks(run, figures.periods.asked(run, None, None, None))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    made = {}
    for way, few in (("alone", 999), ("two", 2), ("kept", 999)):
        monkeypatch.setattr("yuqing.store.sweeping.FEW", few)
        made[way], seen = parts(_session(ws))
        assert set(map(repr, seen.problems)) == set(map(repr, sight.problems))
        if way == "alone":
            (ws.root / ".git" / "yuqing" / "figures").unlink()
    for span in ((None, None), (dt.date(2020, 1, 1), dt.date(2023, 6, 30))):
        records = within(figures.records(sight), *span, zone)
        wanted = over_records(records, office, books)
        real = counted(records, demo=office.demo)
        groups = {
            by: {k: overview(group, office) for k, group in grouped(real, by, office, zone).items()}
            for by in BY
        }
        for every in made.values():
            chosen = came_in(every, *span, zone)
            assert len(chosen) == len(records)
            assert merged(chosen, office, books) == wanted
            assert {by: divided(chosen, by, office) for by in BY} == groups


def test_stats_and_check_say_the_same_with_and_without(ws: Workspace) -> None:
    """Made, kept and cut off: one answer, and exit 3 for the broken file."""
    for command, file in (("stats", "figures"), ("check", "checks")):
        kept = ws.root / ".git" / "yuqing" / file
        first = _said(ws, command)
        assert first[0] == 3
        assert _said(ws, command) == first
        kept.write_bytes(kept.read_bytes()[:500])
        assert _said(ws, command) == first


def test_only_what_changed_is_read_again(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warm, no filed case is read but the broken one, which is named each time; after an edit
    that one too, and after a paper came into its folder."""
    monkeypatch.setattr("yuqing.store.searching._RACY", 0)
    monkeypatch.setattr("yuqing.store.sweeping.FEW", 999)
    read: list[str] = []
    plain = store.load

    def counting(ws_: Workspace, path: Path) -> store.Loaded:
        read.append(path.stem)
        return plain(ws_, path)

    monkeypatch.setattr(store, "load", counting)
    filed = sorted((ws.cases / "closed").glob("*/*.yaml"), key=lambda path: path.stem)
    broken = filed[50].stem
    office = Office(ws.root)
    for command in ("check", "stats"):
        office(command)
        assert len(read) > 200
        read.clear()
        office(command)
        again = set(read)
        assert broken in again
        assert len(again) < 12, "open, broken, and duplicates with their originals"
        read.clear()
        filed[99].write_text(filed[99].read_text("utf-8") + f"# {command}\n", "utf-8")
        office(command)
        assert set(read) == again | {filed[99].stem}
        read.clear()
    folder = ws.cases / "files" / filed[101].stem
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("打 13812345678 联系\n", "utf-8")
    said = _said(ws, "check")[1]["problems"]
    assert any("a.txt" in each["message"] for each in said)


def test_as_of_another_day_nothing_kept_is_used(ws: Workspace) -> None:
    """`--now` asks what was known then."""
    _said(ws, "stats")
    ran = Office(ws.root)("--json", "stats", now="2018-01-01T00:00+08:00")
    found = {each["figure"]: each["count"] for each in ran.json["items"]}
    assert 0 < found["received"] < 100
    (ws.root / ".git" / "yuqing" / "figures").unlink()
    again = Office(ws.root)("--json", "stats", now="2018-01-01T00:00+08:00")
    assert again.json == ran.json
    assert not (ws.root / ".git" / "yuqing" / "figures").exists()
