"""A night of everything at once, by chance but repeatable: nothing recorded is ever missing."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import desks
import pytest
from desks import NOW, note, second_writer, texts

from yuqing import store
from yuqing.store import Workspace

pytestmark = pytest.mark.process


def by_hand(path: Path, text: str) -> None:
    entry = f"\n  - kind: noted\n    at: 2026-11-22T02:20+08:00\n    text: {text}\n"
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(entry)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_night_by_chance(ws: Workspace, seed: int) -> None:
    """Appends, hand edits, plain commits, kills at each point, saves, other people's staged
    files: after every step each text that was recorded stands in its case, once, in order; the
    old bytes are untouched; and at the end HEAD holds everything."""
    chance = random.Random(seed)
    model: dict[Path, list[str]] = {}
    for number in range(3):
        model[desks.opened(ws, f"第{number}件").loaded.path] = []
    (ws.root / "other.txt").write_text("staged by somebody")
    desks.git(ws, "add", "other.txt")
    for step in range(24):
        path = chance.choice(list(model))
        before = path.read_bytes()
        stamped = all(e.recorded for e in store.load(ws, path).case.log)
        text = f"第{step}步"
        act = chance.choice(["note", "note", "hand", "plain commit", "save", "killed", "two"])
        if act in ("note", "two"):
            now = NOW + dt.timedelta(minutes=step)
            several = [note(text)] if act == "note" else [note(text), note(text + "又")]
            store.append(ws, store.load(ws, path), several, now=now)
            model[path] += [e.text or "" for e in several]
        elif act == "hand":
            by_hand(path, text)
            model[path].append(text)
        elif act == "plain commit":
            desks.git(ws, "commit", "-q", "--allow-empty", "-m", "手工", "--", str(path))
        elif act == "save":
            assert not store.save(ws, None, now=NOW).failures
        else:
            point = chance.choice(["temp", "replaced", "attached", "committed"])
            process = second_writer(ws, "in", path.stem, text, env={"YUQING_CRASH_AT": point})
            process.communicate(timeout=60)
            assert process.returncode == 137
            # It may have died while it took in what somebody typed, before its own entry.
            if point == "committed" or text in texts(store.load(ws, path)):
                model[path].append(text)
        if stamped:  # else stamps come in front of what was typed by hand
            assert path.read_bytes().startswith(before)
        for each, wanted in model.items():
            assert texts(store.load(ws, each)) == wanted, (step, act)
        assert store.desk(ws).complete, (step, act)
    done = store.save(ws, None, now=NOW)
    assert not done.failures
    assert all(w.committed for w in done.written)
    assert desks.dirty(ws) == "A  other.txt\n"
    for path, wanted in model.items():
        loaded = store.load(ws, path)
        assert desks.head_has(ws, path) == loaded.data
        assert texts(loaded) == wanted
        assert all(e.id and e.recorded for e in loaded.case.log)
    assert store.save(ws, None, now=NOW) == store.Done()
    desks.git(ws, "fsck", "--strict")
