"""cron's ``overdue`` answered as last time: never other than by reading everything."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from nights import shipped
from workbench import IDENTITY, Office, make_office

from yuqing import again
from yuqing.cli import app

ZONE = dt.timezone(dt.timedelta(hours=8))
DIGEST = shipped("sf").digest
FORMS = (
    ("overdue",), ("overdue", "--warn", "2h"), ("overdue", "--drill"), ("overdue", "--json"),
    ("--lang", "zh", "overdue"), ("--lang", "en", "overdue"), ("-q", "overdue"),
)  # fmt: skip


class Scene:
    """An office, and a clock that goes as the test says."""

    def __init__(self, office: Office, patch: pytest.MonkeyPatch) -> None:
        self.root, self.office = office.root, office
        self.now = time.time() + 100  # behind every change of a file, but see the racy ones
        self.answered = 0
        real = dt.datetime

        class Clock(real):  # type: ignore[misc, valid-type]  # a clock that stands still
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
                return real.fromtimestamp(self.now, tz)

        patch.setattr(app, "datetime", Clock)
        patch.setattr(again, "time", SimpleNamespace(time=lambda: self.now))
        patch.setattr(again, "program", lambda _: [])  # its files may change while tests run
        patch.chdir(office.root)
        self.patch = patch

    def _ran(self, answer: Callable[[Sequence[str]], int | None], words: Sequence[str]) -> object:
        heart = self.root / ".git" / "yuqing" / "heartbeat"
        heart.unlink(missing_ok=True)
        with (self.root.parent / "out").open("w+b") as out, io.BytesIO() as kept:
            with (self.root.parent / "err").open("w+b") as err, self.patch.context() as patch:
                patch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8", write_through=True))
                patch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8", write_through=True))
                code = answer(words)
                sys.stdout.flush(), sys.stderr.flush()
                for each in (out, err):
                    each.seek(0)
                    kept.write(each.read() + b"|")
                sys.stdout.detach(), sys.stderr.detach()
            return (code, kept.getvalue(), heart.read_text() if heart.exists() else None)

    def ask(self, *words: str) -> bool:
        """Ask both ways, and compare; was there an answer from last time?"""
        short = self._ran(again.answer, words)
        whole = self._ran(app.main, words)
        if short[0] is None:  # type: ignore[index]  # code, texts, heartbeat
            index = self.root / ".git" / "yuqing" / "index"
            kept = index.read_bytes()
            index.unlink()
            assert whole == self._ran(app.main, words)  # with index and without
            index.write_bytes(kept)
        if short[0] is not None:  # type: ignore[index]  # code, texts, heartbeat
            assert short == whole
            self.answered += 1
        return short[0] is not None  # type: ignore[index]

    def case(self, number: int, minutes_ago: int, level: str = "I") -> Path:
        """A case on the desk, found so long ago."""
        found = dt.datetime.fromtimestamp(self.now // 60 * 60, ZONE) - dt.timedelta(
            minutes=minutes_ago
        )
        path = self.root / "cases" / f"YQ-{found:%Y%m%d}-{number:04d}.yaml"
        path.write_text(
            f"yuqing: 1\nid: {path.stem}\ntitle: 演练地{number}\nplans:\n"
            f'  - {{id: sf, version: "2022-01", digest: {DIGEST}}}\nlog:\n'
            f"  - kind: discovered\n    at: {found:%Y-%m-%dT%H:%M}+08:00\n    by: 值班室\n"
            f"    recorded: {found:%Y-%m-%dT%H:%M}+08:00\n    id: a{number:05d}\n\n"
            f"  - kind: graded\n    at: {found:%Y-%m-%dT%H:%M}+08:00\n    by: 值班室\n"
            f"    grades: {{level: {level}}}\n    because: 演练\n"
            f"    recorded: {found:%Y-%m-%dT%H:%M}+08:00\n    id: b{number:05d}\n",
            "utf-8",
        )
        return path


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    return Scene(make_office(tmp_path / "office"), monkeypatch)


def _edits(scene: Scene, chance: random.Random) -> Sequence[Callable[[], object]]:
    """What may happen to an office between two looks."""
    cases, root = scene.root / "cases", scene.root

    def some() -> Path:
        return chance.choice(sorted(cases.glob("*.yaml")) or [scene.case(1, 30)])

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    def entry() -> None:
        at = dt.datetime.fromtimestamp(scene.now, ZONE)
        with some().open("a", encoding="utf-8") as file:
            file.write(
                f"\n  - kind: {chance.choice(('published', 'noted'))}\n"
                f"    at: {at:%Y-%m-%dT%H:%M}+08:00\n    signed_as: 集团\n    text: 通报\n"
            )

    def same_size() -> None:
        path = some()
        before = path.stat()
        path.write_text(path.read_text("utf-8").replace("level: I}", "level: V}"), "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def replaced() -> None:
        path = some()
        temp = path.with_suffix(".new")
        temp.write_text(path.read_text("utf-8").replace("演练地", "另一地"), "utf-8")
        os.utime(temp, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
        temp.replace(path)

    def filed() -> None:
        path = some()
        home = cases / "closed" / path.stem[3:7]
        home.mkdir(parents=True, exist_ok=True)
        (home / path.name).write_bytes(path.read_bytes())

    def unfiled() -> None:
        for path in cases.glob("closed/*/*.yaml"):
            path.unlink()

    def plan() -> None:
        path = root / "templates" / "plans" / "sf@2022-01.yaml"
        text = path.read_text("utf-8")
        path.write_text(text.replace("target: 4 hours", "target: 6 hours"), "utf-8")

    def name() -> None:
        path = root / "templates" / "office.yaml"
        path.write_text(path.read_text("utf-8") + "demo: true\n", "utf-8")

    return (
        entry, same_size, replaced, filed, unfiled, plan, name,
        lambda: scene.case(chance.randrange(1, 9), chance.randrange(1, 900), "II"),
        lambda: some().unlink(),
        lambda: some().write_bytes(b"x: [\n"),
        lambda: (cases / "readme.txt").write_text("x"),
        lambda: (cases / "readme.txt").unlink(missing_ok=True),
        lambda: git("add", "cases"),
        lambda: (git("add", "-A"), git("commit", "-qm", "x", "--allow-empty")),
        lambda: git("rm", "-q", "--cached", "--ignore-unmatch", some().as_posix()),
        lambda: (root / "templates" / "calendar").mkdir(exist_ok=True),
    )  # fmt: skip


@pytest.mark.process
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))]
)
def test_asked_again_at_any_minute_after_any_edit(scene: Scene, seed: int) -> None:
    """Streams, exit code and heartbeat are those of the whole program, whatever happened."""
    chance = random.Random(seed)
    for number in range(3):
        scene.case(number, 400 * number + 20)
    edits = _edits(scene, chance)
    for _ in range(30):
        words = chance.choice(FORMS)
        scene.ask(*words)
        scene.now += chance.choice((0, 60, 60, 300, 300, 1200, 5400))
        if chance.random() < 0.5:
            chance.choice(edits)()
        scene.ask(*words)
    # a slow machine lets less be trusted; else nothing was compared
    assert scene.answered > 0


@pytest.mark.process
def test_silence_holds_until_the_first_limit(scene: Scene) -> None:
    """A new case of level II: nothing is late for two hours, then its written report is."""
    scene.case(1, 3, "II")
    scene.ask("overdue")
    answers = []
    for _ in range(28):
        scene.now += 300
        answers.append(scene.ask("overdue"))
    # read anew when the report and the word of the office to the public fall due
    assert answers.count(False) <= 3
    assert scene._ran(again.answer, ("overdue",))[0] == 10  # type: ignore[index]  # the code


@pytest.mark.process
def test_the_next_day_is_another_one(scene: Scene) -> None:
    """At midnight the whole program looks: a daily duty, a year, a month's logbook begin."""
    scene.case(1, 30)
    local = dt.datetime.fromtimestamp(scene.now, ZONE)
    scene.now += (local.replace(hour=23, minute=58, second=0) - local).total_seconds() % 86400
    scene.ask("overdue")
    assert scene.ask("overdue")
    scene.now += 180
    assert not scene.ask("overdue")
    assert scene.ask("overdue")


@pytest.mark.process
def test_what_has_just_changed_is_not_trusted(scene: Scene) -> None:
    """git's rule: a file of the last two seconds may have changed since, in the same tick."""
    path = scene.case(1, 30)
    scene.now = path.stat().st_ctime + 1.5
    scene.ask("overdue")
    assert not scene.ask("overdue")
    scene.now += 1
    scene.ask("overdue")
    assert scene.ask("overdue")


@pytest.mark.process
def test_a_broken_file_is_named_each_time(scene: Scene) -> None:
    """An answer in which a file is missing is not kept, nor one that was good before."""
    path = scene.case(1, 30)
    scene.ask("overdue")
    assert scene.ask("overdue")
    path.write_bytes(path.read_bytes() + b"\tx: 1\n")
    for _ in range(2):
        assert not scene.ask("overdue")
        assert scene._ran(app.main, ("overdue",))[0] == 3  # type: ignore[index]  # the code


@pytest.mark.process
def test_other_words_another_language_another_clock(scene: Scene) -> None:
    """Only what was asked before is answered, in the language it was asked in."""
    scene.case(1, 900)
    scene.ask("overdue")
    assert scene.ask("overdue")
    for words in (("overdue", "--warn", "1h"), ("overdue", "."), ("overdue", "--now", "10:00")):
        assert not scene.ask(*words)
    assert scene.ask("overdue", "--warn", "1h")
    assert not scene.ask("overdue", ".")
    assert not scene.ask("overdue", "--now", "10:00")
    scene.patch.setenv("YUQING_LANG", "zh")
    assert not scene.ask("overdue")
    assert scene.ask("overdue")
    scene.now -= 86400  # the clock was put back
    assert not scene.ask("overdue")


@pytest.mark.process
def test_a_damaged_answer_costs_time_only(scene: Scene) -> None:
    """Cut, empty, not ours: the whole program answers, and leaves a good one."""
    scene.case(1, 900)
    scene.ask("overdue")
    kept = scene.root / ".git" / "yuqing" / "answers"
    whole = kept.read_bytes()
    for junk in (b"", b"junk", whole[: len(whole) // 2], again.marshal.dumps(([], {}))):
        kept.write_bytes(junk)
        assert not scene.ask("overdue")
        assert scene.ask("overdue")


@pytest.mark.process
def test_from_elsewhere_by_its_folder(scene: Scene, tmp_path: Path) -> None:
    """``-C DIR`` as cron types it; a folder inside the office goes the long way."""
    scene.case(1, 900)
    scene.patch.chdir(tmp_path)
    scene.ask("-C", str(scene.root), "overdue")
    assert scene.ask("-C", str(scene.root), "overdue")
    scene.patch.chdir(scene.root / "cases")
    scene.ask("overdue")
    assert not scene.ask("overdue")


def test_other_code_is_another_answer(tmp_path: Path) -> None:
    """A module, a catalog, a packaged plan: what it is made of is looked at like a case."""
    home = tmp_path / "yuqing"
    for name in ("read/plan.py", "locale/x.mo", "_data/templates/plans/sf@1.yaml"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("1")
        before = list(again.program(str(home)))
        (home / name).write_text("22")
        assert list(again.program(str(home))) != before
