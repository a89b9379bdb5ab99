"""Two people's work on one case becomes one file: the merge on pieces of text.

The random histories are ones that people could write: both sides append, comment, correct,
overwrite a word that must vanish, take hand-written entries in, drop one they must not drop.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from workbench import run_in_process

from yuqing.audit.past import grown
from yuqing.read.changes import Change, changes
from yuqing.read.merge import Merged, both_whole, merge
from yuqing.read.pieces import split
from yuqing.read.tree import parse
from yuqing.words import say

HEAD = """\
yuqing: 1   # format
id: YQ-20261122-7K3M
title: 柳塘小区停水
plans:
  - {id: town, version: "2026-01", digest: 00}
log:
"""
SIZE = int(os.environ.get("YUQING_HISTORIES", "1000")) // 10
SIGNS = "abcdefghjkmnpqrstvwxyz0123456789"


def entry(name: str | None, text: str, minute: int, **more: str) -> str:
    """One noted entry, recorded at this minute of the second hour."""
    fields = {"kind": "noted", "at": "2026-11-22T01:00+08:00", "text": text, **more}
    if name is not None:
        fields |= {
            "recorded": f"2026-11-22T{2 + minute // 60:02}:{minute % 60:02}+08:00",
            "id": name,
        }
    lines = [f"{key}: {value}" for key, value in fields.items()]
    return "  - " + "\n    ".join(lines) + "\n"


def log(data: bytes) -> list[dict[str, Any]]:
    """The entries of a clean file."""
    tree, problems = parse(data, "f.yaml", as_text=True)
    assert tree is not None, [say(p.said, "en") for p in problems] + [data.decode()]
    found: list[dict[str, Any]] = tree.value["log"]
    return found


def versions_differ(old: bytes, new: bytes) -> tuple[Change, ...]:
    """What `audit` would find between these versions; a merge may put entries in order."""
    trees = [{**parse(d, "f", as_text=True)[0].value} for d in (old, new)]  # type: ignore[union-attr]  # they read
    return tuple(c for c in changes(*trees) if c.kind != "moved")


def texts(data: bytes) -> list[str]:
    return [each["text"] for each in log(data) if "text" in each]


def file(*entries: str, head: str = HEAD) -> bytes:
    return (head + "\n".join(entries)).encode()


ONE = entry("aaaaa1", "一", 1)
TWO = entry("aaaaa2", "二", 2)


def both(base: bytes, ours: bytes, theirs: bytes) -> tuple[Merged, Merged]:
    return merge(base, ours, theirs), merge(base, theirs, ours)


# --- the rules, one by one --------------------------------------------------------------


def test_both_sides_appended() -> None:
    """Row 74: base order, then both sides' new entries by (recorded, id)."""
    base = file(ONE, TWO)
    ours = file(ONE, TWO, entry("zzzzz1", "我方五分", 5), entry("zzzzz2", "我方九分", 9))
    theirs = file(ONE, TWO, entry("bbbbb1", "他方五分", 5), entry("bbbbb2", "他方七分", 7))
    merged, other = both(base, ours, theirs)
    assert not merged.conflicts
    assert texts(merged.data) == ["一", "二", "他方五分", "我方五分", "他方七分", "我方九分"]
    assert merged.data == other.data
    assert merged.data.count(b"\n\n") == 5, "a blank line between entries, as always"


def test_comments_of_both_sides_are_kept_with_their_entries() -> None:
    """Comment and blank lines directly above an entry belong to it; those of both sides stay."""
    base = file(ONE, TWO)
    ours = file(ONE, TWO, "  # 占线三次\n" + entry("zzzzz1", "我方", 9))
    theirs = file("# 交班时问\n" + ONE, TWO, "  # 对方要书面\n" + entry("bbbbb1", "他方", 5))
    merged, other = both(base, ours, theirs)
    rows = merged.data.decode().split("\n")
    assert merged.data == other.data
    for comment, below in [("# 交班时问", "一"), ("# 占线三次", "我方"), ("# 对方要书面", "他方")]:
        place = next(n for n, row in enumerate(rows) if comment in row)
        assert rows[place + 3].endswith(f"text: {below}")


def test_a_comment_at_the_end_of_the_old_file_stays_where_it_was_once() -> None:
    """Both sides appended under it; it is not doubled."""
    base = file(ONE, TWO) + "  # 待续\n".encode()
    ours, theirs = (base + b"\n" + entry(name, "新", 5).encode() for name in ("zzzzz1", "bbbbb1"))
    merged, other = both(base, ours, theirs)
    assert merged.data == other.data
    assert merged.data.decode().count("# 待续") == 1
    assert merged.data.startswith(base)


def test_the_same_comment_line_on_both_sides_stands_once_others_all() -> None:
    base = file(ONE)
    ours, theirs = file("# 甲\n# 乙\n" + ONE), file("# 甲\n# 丙\n" + ONE)
    merged, other = both(base, ours, theirs)
    assert merged.data == other.data
    assert [merged.data.decode().count(f"# {c}") for c in "甲乙丙"] == [1, 1, 1]


def test_the_head_is_merged_field_by_field() -> None:
    """Head three-way by text: each side changed another field."""
    base = file(ONE)
    ours = base.replace("title: 柳塘小区停水".encode(), "title: 某小区停水".encode())
    theirs = base.replace(b"# format", "# 格式".encode())
    merged, other = both(base, ours, theirs)
    assert not merged.conflicts
    assert merged.data == other.data
    assert "title: 某小区停水" in merged.data.decode()
    assert "# 格式" in merged.data.decode()


def test_both_changed_one_field_of_the_head() -> None:
    """Row 75: the conflict stays, names the field and both values."""
    base = file(ONE)
    ours = base.replace("柳塘小区停水".encode(), "甲".encode())
    theirs = base.replace("柳塘小区停水".encode(), "乙".encode())
    merged = merge(base, ours, theirs)
    assert say(merged.conflicts[0], "en") == "title: ours 甲; theirs 乙"
    assert "<<<<<<< ours\ntitle: 甲\n=======\ntitle: 乙\n>>>>>>> theirs\n" in merged.data.decode()


def test_one_entry_changed_on_both_sides() -> None:
    """Same id changed on both sides: conflict markers with both values, named by the reader."""
    base = file(ONE, TWO)
    ours = file(ONE, entry("aaaaa2", "二甲", 2))
    theirs = file(ONE, entry("aaaaa2", "二乙", 2), entry("bbbbb1", "他方", 5))
    for merged in both(base, ours, theirs):
        assert [say(c, "en").startswith("aaaaa2: ours text: 二") for c in merged.conflicts] == [
            True
        ]
        text = merged.data.decode()
        assert all(
            word in text for word in ("二甲", "二乙", "他方", "<<<<<<<", "=======", ">>>>>>>")
        )
        problems = parse(merged.data, "f.yaml", as_text=True)[1]
        assert "settle the merge first" in problems[0].key


@pytest.mark.parametrize("changed", [TWO, entry("aaaaa2", "二乙", 2)])
def test_an_entry_gone_on_one_side_is_never_silently_gone(changed: str) -> None:
    """Gone on one side: conflict, whether or not the other side touched it."""
    base = file(ONE, TWO)
    gone, there = file(ONE), file(ONE, changed)
    for merged in both(base, gone, there):
        assert merged.conflicts
        assert changed in merged.data.decode()
    assert say(merge(base, gone, there).conflicts[0], "en") == (
        "aaaaa2: gone on our side, there on the other"
    )


def test_a_word_overwritten_on_one_side_meets_new_entries_on_the_other() -> None:
    """A redaction and an append: both, and no finding against either parent."""
    base = file(ONE, TWO)
    set_ = entry("amend1", "x", 6).replace(
        "kind: noted", "kind: amended\n    of: aaaaa2\n    set: {text: 某人}"
    )
    ours = file(
        ONE, entry("aaaaa2", "某人", 2), set_.replace("    text: x\n", "    because: 隐私\n")
    )
    theirs = file(ONE, TWO, entry("bbbbb1", "他方", 5))
    merged, other = both(base, ours, theirs)
    assert merged.data == other.data
    assert not merged.conflicts
    assert texts(merged.data) == ["一", "某人", "他方"]
    assert versions_differ(theirs, merged.data) == ()


def test_an_entry_taken_in_on_one_side_is_no_second_one() -> None:
    """Typed by hand and committed unstamped; one side's `save` stamped it."""
    bare = entry(None, "手写", 0)
    base = file(ONE, bare)
    ours = file(ONE, entry("sssss1", "手写", 7))
    theirs = file(ONE, bare, entry("bbbbb1", "他方", 5))
    merged, other = both(base, ours, theirs)
    assert merged.data == other.data
    assert texts(merged.data) == ["一", "手写", "他方"]
    assert [each.get("id") for each in log(merged.data)] == ["aaaaa1", "sssss1", "bbbbb1"]


def test_a_logbook_begun_on_both_sides() -> None:
    """The first entry of a month makes the file, on either side: there is no base."""
    merged, other = both(b"", file(TWO), file(ONE))
    assert merged.data == other.data
    assert texts(merged.data) == ["一", "二"]
    assert not merged.conflicts


def test_what_one_side_wrote_last_in_one_minute_stays_last() -> None:
    """There the place in the file decides: a second grading of one minute must not slip before
    the first because its random id is smaller, nor a void before what it voids."""
    first, second = entry("zzzzz9", "先", 5), entry("bbbbb2", "后", 5)
    void = entry("aaaaa9", "x", 5).replace("text: x", "of: zzzzz9\n    re: zzzzz9")
    merged = merge(file(ONE), file(ONE, first, second), file(ONE, entry("mmmmm1", "他方", 5)))
    assert texts(merged.data) == ["一", "他方", "先", "后"]
    merged = merge(file(ONE), file(ONE, first, void), file(ONE, entry("mmmmm1", "他", 5)))
    assert [each["id"] for each in log(merged.data)][-2:] == ["zzzzz9", "aaaaa9"]


def test_an_older_merge_that_was_left_unsettled_is_no_obstacle() -> None:
    """A base with markers in it (criss-cross merges): what both sides begin with counts."""
    ours, theirs = file(ONE, TWO, entry("zzzzz1", "我方", 9)), file(ONE, TWO)
    for merged in both(b"<<<<<<< x\n", ours, theirs):
        assert merged.data == ours


@pytest.mark.parametrize("broken", [b"\xff\xfe", b"", b"- a\n", b"log: [\n", b"x: 1\nlog: []\n"])
def test_a_side_that_cannot_be_read_leaves_both_between_markers(broken: bytes) -> None:
    """Nothing is decided about a broken file; both stand there."""
    for merged in both(file(ONE), broken, file(ONE, TWO)):
        assert merged.conflicts
        assert b"<<<<<<< ours\n" in merged.data
        assert "text: 二".encode() in merged.data
        for line in broken.splitlines():
            assert line in merged.data


def test_text_blocks_that_look_like_comments_are_not_torn() -> None:
    """A line that begins with # inside a text, and blank lines that a text keeps (|+)."""
    block = entry("aaaaa1", "|+\n      第一行\n      # 第二行\n", 1).replace(
        "\n    recorded", "    recorded"
    )
    keep = "  - kind: noted\n    at: 2026-11-22T01:00+08:00\n    recorded: 2026-11-22T02:05+08:00\n    id: kkkkk1\n    text: |+\n      留空\n\n"
    base = file(ONE.replace("aaaaa1", "aaaaa3"), block)
    ours, theirs = base + keep.encode(), base + b"\n" + entry("bbbbb1", "他方", 9).encode()
    merged, other = both(base, ours, theirs)
    assert not merged.conflicts
    assert merged.data == other.data
    assert texts(merged.data) == ["一", "第一行\n# 第二行\n", "留空\n\n", "他方"]


# --- pieces ------------------------------------------------------------------------------


def test_pieces_are_the_file() -> None:
    """Put together again they are the file, sign by sign; the shipped examples too."""
    for path in Path(__file__).parent.parent.glob("cases/*.yaml"):
        pieces = split(path.read_bytes())
        assert pieces is not None
        assert pieces.text == path.read_text(encoding="utf-8")
        assert [p.key for p in pieces.entries] == [e["id"] for e in log(path.read_bytes())]


@pytest.mark.parametrize(
    "text",
    [
        "id: x\nlog:\n- {kind: noted, id: a}\n- kind: noted\n  id: b\n",
        "id: x\nlog:\n    -\n      # 注\n      kind: noted\n      id: a\n",
        "# 头\n\nid: x\nlog:  # 记录\n# 上\n  - kind: noted\n    id: a\n# 尾\n",
    ],
)
def test_pieces_of_other_layouts(text: str) -> None:
    pieces = split(text.encode())
    assert pieces is not None
    assert pieces.text == text


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading is pure and what costs: each text is read once, however often it is merged."""
    once = lru_cache(maxsize=64)(partial(parse, as_text=True))
    for module in ("merge", "pieces"):
        monkeypatch.setattr(f"yuqing.read.{module}.parse", lambda data, file, **_: once(data, file))
    monkeypatch.setitem(globals(), "parse", lambda data, _, **__: once(data, ""))


# --- random histories ---------------------------------------------------------------------


def _id(dice: random.Random) -> str:
    return dice.choice(SIGNS[:22]) + "".join(dice.choice(SIGNS) for _ in range(5))


class Author:
    """One side: what it did to the file, and every word it may not lose."""

    def __init__(self, dice: random.Random, base: list[str], name: str) -> None:
        self.dice, self.name = dice, name
        self.entries = list(base)
        self.head, self.tail = HEAD, ""
        self.words: list[str] = []
        self.count = 0

    def word(self) -> str:
        self.count += 1
        self.words.append(f"{self.name}{self.count}号")
        return self.words[-1]

    def act(self, minute: int) -> None:
        match self.dice.randrange(12):
            case 0:
                self.comment()
            case 1:
                self.head = self.head.replace("yuqing: 1", f"# {self.word()}\nyuqing: 1")
            case 2 if self.dice.random() < 0.5:
                self.retitle(minute)
            case 3:
                self.redact(minute)
            case 4 if self.dice.random() < 0.3 and len(self.entries) > 2:
                noted = [n for n, each in enumerate(self.entries) if "amended" not in each]
                gone = self.entries.pop(self.dice.choice(noted))
                self.words = [w for w in self.words if w not in gone]
            case 5:
                new = entry(_id(self.dice), self.word(), minute)
                self.entries.insert(self.dice.randrange(len(self.entries) + 1), new)
            case 6:
                self.tail += f"  # {self.word()}\n"
            case 7:
                self.entries.append(entry(None, self.word(), 0))
            case _:
                comment = f"  # {self.word()}\n" if self.dice.random() < 0.3 else ""
                self.entries.append(
                    self.tail + comment + entry(_id(self.dice), self.word(), minute)
                )
                self.tail = ""

    def retitle(self, minute: int) -> None:
        """A name that must vanish from the title, with its `amended`."""
        if "柳塘小区停水" in self.head:
            self.head = self.head.replace("柳塘小区停水", self.word())
            done = entry(_id(self.dice), "x", minute).replace("kind: noted", "kind: amended")
            to = f"of: head\n    set: {{title: {self.words[-1]}}}"
            self.entries.append(done.replace("text: x", to))

    def comment(self) -> None:
        place = self.dice.randrange(len(self.entries))
        self.entries[place] = f"  # {self.word()}\n" + self.entries[place]

    def redact(self, minute: int) -> None:
        """Overwrite a word of an old entry and append the `amended` that says so."""
        place = self.dice.randrange(len(self.entries))
        old = self.entries[place]
        if "    id: " not in old or "    text: " not in old:
            return
        name = old.rpartition("id: ")[2].strip()
        text = old.partition("    text: ")[2].partition("\n")[0]
        new = self.word()
        self.words = [w for w in self.words if w != text]
        self.entries[place] = old.replace(f"text: {text}", f"text: {new}")
        done = entry(_id(self.dice), "x", minute).replace("kind: noted", "kind: amended")
        self.entries.append(done.replace("text: x", f"of: {name}\n    set: {{text: {new}}}"))

    @property
    def data(self) -> bytes:
        return (self.head + "\n".join(self.entries) + self.tail).encode()


def histories(seed: int) -> tuple[bytes, Author, Author]:
    dice = random.Random(seed)
    base = [entry(_id(dice), f"底{n}", n) for n in range(dice.randint(1, 3))]
    if dice.random() < 0.2:
        base.append(entry(None, "底手写", 0))
    ours, theirs = Author(dice, base, "甲"), Author(dice, base, "乙")
    for author in (ours, theirs):
        for minute in range(dice.randint(1, 3)):
            author.act(10 + dice.randrange(4) + minute * 4)
    return (HEAD + "\n".join(base)).encode(), ours, theirs


def _sides(data: bytes) -> Iterator[str]:
    """A file with markers, settled by taking one side throughout."""
    for wanted in ("ours", "theirs"):
        rows, side = [], "both"
        for row in data.decode().split("\n"):
            if row.startswith("<<<<<<< "):
                side = "ours"
            elif row == "=======":
                side = "theirs"
            elif row.startswith(">>>>>>> "):
                side = "both"
            elif side in ("both", wanted):
                rows.append(row)
        yield "\n".join(rows)


@pytest.mark.parametrize("hundred", range(10))
def test_random_histories(hundred: int, read_once: None) -> None:
    """1,000 divergent histories: nothing lost; idempotent; where it ends clean, commutative to
    the byte and no finding against either parent; where it conflicts, both values stand in both
    orders."""
    clean = 0
    for seed in range(SIZE * hundred, SIZE * hundred + SIZE):
        base, one, two = histories(seed)
        merged, other = both(base, one.data, two.data)
        for word in (*one.words, *two.words):
            assert word in merged.data.decode(), (seed, word)
            assert word in other.data.decode(), (seed, word)
        assert bool(merged.conflicts) == bool(other.conflicts), seed
        if merged.conflicts:
            assert b"<<<<<<<" in merged.data, seed
            continue
        clean += 1
        assert merged.data == other.data, seed
        assert b"<<<<<<<" not in merged.data
        for side in (one.data, two.data):
            again = merge(base, merged.data, side)
            assert (again.data, again.conflicts) == (merged.data, ()), seed
            assert versions_differ(side, merged.data) == (), seed
    assert clean > SIZE * 0.4, "else the histories would prove little"


def test_every_conflict_can_be_settled_by_taking_a_side() -> None:
    """Around the markers the file is whole."""
    settled = 0
    for seed in range(200):
        base, one, two = histories(seed)
        merged = merge(base, one.data, two.data)
        if not merged.conflicts:
            continue
        for text in _sides(merged.data):
            assert text.count("<<<<") == 0, seed
            assert log(text.encode())
            settled += 1
    assert settled > 10


def test_many_branches_in_any_order() -> None:
    """Four clones that each append end with one log, whatever the order of the merges."""
    base = file(ONE)
    clones = [file(ONE, entry(f"{letter}11111", letter, 5 + n)) for n, letter in enumerate("bcde")]
    results = set()
    for seed in range(12):
        order = random.Random(seed).sample(clones, 4)
        data = order[0]
        for each in order[1:]:
            data = merge(base, data, each).data
        results.add(data)
    assert len(results) == 1
    assert [a["recorded"] <= b["recorded"] for a, b in pairwise(log(results.pop()))]


# --- the fallback ---------------------------------------------------------------------------


def test_both_whole_loses_nothing_and_cannot_fail() -> None:
    """What a crash leaves: both files between markers, the common beginning and end once."""
    dice = random.Random(7)
    for _ in range(300):
        one, two = (
            b"".join(
                dice.choice([b"a\n", b"b\n", b"c", b"\r\n", b"\xff"])
                for _ in range(dice.randrange(6))
            )
            for _ in "12"
        )
        held = both_whole(one, two)
        for each in (*one.split(), *two.split()):
            assert each in held
        assert one == two or b"<<<<<<< ours\n" in held


def test_grown_is_only_appended() -> None:
    """A version that begins with the other's bytes and goes on with an entry of its own."""
    base = file(ONE)
    assert grown(base, file(ONE, TWO))
    assert not grown(base, base + b"    text2: more\n")
    assert not grown(base, file(TWO))


# --- the command -------------------------------------------------------------------------


def _written(folder: Path, **sides: bytes) -> list[str]:
    for name, data in sides.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in sides]


def test_the_command_writes_ours_as_git_expects(tmp_path: Path) -> None:
    """`merge-file BASE OURS THEIRS`: exit 0 clean, 1 conflict, the result in OURS."""
    new = entry("zzzzz1", "我方", 9), entry("bbbbb1", "他方", 5)
    names = _written(tmp_path, base=file(ONE), ours=file(ONE, new[0]), theirs=file(ONE, new[1]))
    ran = run_in_process("merge-file", *names, cwd=tmp_path)
    assert ran.code == 0
    assert texts((tmp_path / "ours").read_bytes()) == ["一", "他方", "我方"]
    names = _written(
        tmp_path,
        base=file(ONE),
        ours=file(entry("aaaaa1", "甲", 1)),
        theirs=file(entry("aaaaa1", "乙", 1)),
    )
    ran = run_in_process("--lang", "zh", "merge-file", *names, cwd=tmp_path)
    assert ran.code == 1
    assert "aaaaa1" in ran.err
    assert "甲" in ran.err
    assert "<<<<<<< ours" in (tmp_path / "ours").read_text()


def test_a_crash_leaves_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 77: the driver writes markers itself before it can fail."""
    monkeypatch.setattr("yuqing.read.merge.merge", lambda *_: 1 // 0)
    names = _written(tmp_path, base=file(ONE), ours=file(ONE, TWO), theirs=file(TWO))
    ran = run_in_process("merge-file", *names, cwd=tmp_path)
    assert ran.code == 1
    assert "<<<<<<< ours" in (tmp_path / "ours").read_text()


def test_a_readable_diff(tmp_path: Path) -> None:
    """textconv: one line an entry, fields below; a file that cannot be read goes out as it is."""
    (tmp_path / "f").write_bytes(file(ONE))
    ran = run_in_process("textconv", "f", cwd=tmp_path).ok()
    assert "aaaaa1  noted  2026-11-22 01:00" in ran.out
    noted = ONE.replace("kind: noted", "kind: noted  # by telephone")
    text = file(noted + "    because: |\n      # no comment\n      a\n").decode()
    remarks = text.replace("log:", "# ours\nlog:\n  # night shift") + "# the end\n"
    (tmp_path / "f").write_text(remarks, "utf-8")
    shown = run_in_process("textconv", "f", cwd=tmp_path).ok().out.splitlines()
    assert [line for line in shown if line.startswith("#")] == [
        "# format", "# ours", "# night shift", "# by telephone", "# the end",
    ]  # fmt: skip
    (tmp_path / "f").write_bytes(b"x: [\n")
    assert run_in_process("textconv", "f", cwd=tmp_path).ok().out == "x: [\n"
