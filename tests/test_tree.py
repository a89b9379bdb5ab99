"""The strict reader (case format, section 2): bytes to a tree of text, or a problem with place."""

from __future__ import annotations

import random
import time

import pytest
from casebook import sentences
from hypothesis import given
from hypothesis import strategies as st

from yuqing.read.tree import MAX_BYTES, parse


def text(yaml: str | bytes) -> object:
    """The tree when every scalar is text."""
    tree, problems = parse(_bytes(yaml), "f.yaml", as_text=True)
    assert tree is not None, sentences(problems)
    return tree.value


def values(yaml: str) -> object:
    """The tree as a plan file has it: YAML 1.2 core schema."""
    tree, problems = parse(yaml.encode(), "f.yaml", as_text=False)
    assert tree is not None, sentences(problems)
    return tree.value


def refused(yaml: str | bytes, *, as_text: bool = True) -> list[str]:
    tree, problems = parse(_bytes(yaml), "f.yaml", as_text=as_text)
    assert tree is None
    return sentences(problems)


def _bytes(yaml: str | bytes) -> bytes:
    return yaml if isinstance(yaml, bytes) else yaml.encode()


@pytest.mark.parametrize(
    "scalar", ["no", "010", "12:30", "12:30:45", "2026-11-22", "1e5", "~", "null", "Yes", "0x1F"]
)
def test_every_scalar_is_text(scalar: str) -> None:
    """`no`, `010`, `12:30`, `2026-11-22`, `1e5` mean what they look like, in every field."""
    assert text(f"a: {scalar}\n") == {"a": scalar}
    assert text(f"a: [{scalar}]\n") == {"a": [scalar]}


def test_quotes_are_for_comfort() -> None:
    """Any quoting, any indentation, comments anywhere."""
    plain = text("a: x\nb:\n  - k: v\n    w: 1\n")
    assert plain == text("# c\n'a': \"x\"  # d\nb:\n# e\n- k: 'v'\n  # f\n  w: \"1\"\n")
    assert plain == text("a: x\nb:\n        - {k: v, w: 1}\n")


def test_bom_and_crlf_are_accepted_silently() -> None:
    """Accepted silently: BOM, CRLF."""
    assert parse("\ufeffa: x\r\nb: y\r\n".encode(), "f", as_text=True)[1] == ()
    assert text("\ufeffa: |\r\n  x\r\n  y\r\n") == {"a": "x\ny\n"}


def test_missing_final_newline_is_a_warning() -> None:
    """A missing final newline is a warning: more than half of all cuts still read."""
    tree, problems = parse(b"a: x\nb: y", "f", as_text=True)
    assert tree is not None
    assert [(p.severity, p.line) for p in problems] == [("warning", 2)]


def test_core_schema_for_plans() -> None:
    """Plans and office files: YAML 1.2 core schema; dates stay text."""
    read = values(
        'a: true\nb: "true"\nc: 010\nd: 1.5\ne: null\nf:\ng: 2026-01-02\nh: no\ni: 12:30\nj: []\n'
    )
    assert read == {
        "a": True, "b": "true", "c": 10, "d": 1.5, "e": None, "f": None, "g": "2026-01-02",
        "h": "no", "i": "12:30", "j": [],
    }  # fmt: skip


def test_a_number_too_long_for_any_reader() -> None:
    """A 5,000-digit number is refused with its place (the interpreter would raise)."""
    assert refused("a: 1\nb: " + "9" * 5000 + "\n", as_text=False) == [
        "line 2: a number of 5000 digits"
    ]


def test_lines_of_keys_and_items() -> None:
    """Every key and list item knows its line; what lies below asks upwards."""
    tree, _ = parse(b"a: x\n# c\nb:\n  - k: v\n\n  - k: [1,\n      2]\n", "f", as_text=True)
    assert tree is not None
    assert tree.line(("a",)) == 1
    assert tree.line(("b", 0, "k")) == 4
    assert tree.line(("b", 1)) == 6
    assert tree.line(("b", 1, "k", 1)) == 7
    assert tree.line(("b", 1, "k", 1, "deeper")) == 7
    assert tree.line(("nowhere",)) == 1


def test_size() -> None:
    """More than 1 MiB is refused before anything is parsed."""
    begin = time.perf_counter()
    assert refused(b"a: " + b"x" * MAX_BYTES) == [
        f"line 0: the file has {MAX_BYTES + 3} bytes; at most {MAX_BYTES} are read"
    ]
    assert time.perf_counter() - begin < 0.5


@pytest.mark.parametrize("bomb", ["[" * 3000, "a: " + "[" * 3000, "- " * 3000, "{a: " * 3000])
def test_nesting_never_hangs(bomb: str) -> None:
    """Nesting over 20 is refused at once: 2,000 brackets cost other readers six seconds."""
    begin = time.perf_counter()
    assert "line 1: nested more than 20 levels deep" in refused(bomb + "\n")
    assert time.perf_counter() - begin < 2


def test_billion_laughs() -> None:
    """Anchors and aliases are refused by the event scan, before anything can grow."""
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert refused("\n".join(rows) + "\n")[0].startswith("line 1: put the text in double quotes")


def test_a_yaml_1_1_file_does_not_infect_the_next() -> None:
    """One fresh reader per file: after a %YAML 1.1 line `no` is still `no`."""
    assert refused("%YAML 1.1\n---\na: no\n") == ["line 1: take out the line that begins with %"]
    assert values("a: no\nb: 010\n") == {"a": "no", "b": 10}


def test_several_problems_in_one_pass() -> None:
    """Problems are collected: two empty values and a double key are three."""
    assert refused("a:\nb:\nc: x\nc: y\n") == [
        "line 1: `a` is empty; write a value or take the line out",
        "line 2: `b` is empty; write a value or take the line out",
        "line 4: `c` stands twice (also line 3)",
    ]


# --- nothing raises --------------------------------------------------------------------

SAMPLE = """\
yuqing: 1
id: YQ-20261122-7K3M   # = file name
plans:
  - {id: town, version: "2026-01"}
log:
  - kind: noted
    at: 2026-11-22T01:52+08:00
    text: |
      第一行
      第二行: x
    because: '引号'
    facts: {comments: 40, loss: "a, b"}
    to: [lead-group, cac]

  # 说明
  - kind: calmed
    at: "2026-11-22T01:52+08:00"
"""


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    """Any parser surprise is a problem with a place, never an exception."""
    for as_text in (True, False):
        tree, problems = parse(data, "f", as_text=as_text)
        assert (tree is None) == any(p.severity == "error" for p in problems)


@given(st.text(alphabet="ab:- \n\t\"'{}[]|>#&*!%@`?,\\\x85\ufeff中：", max_size=60))
def test_no_text_raises(yaml: str) -> None:
    """The signs YAML uses, in any order."""
    for as_text in (True, False):
        tree, problems = parse(yaml.encode(), "f", as_text=as_text)
        assert (tree is None) == any(p.severity == "error" for p in problems)


def test_every_cut_of_a_sample() -> None:
    """A file cut anywhere gives problems or a tree, never an exception."""
    data = SAMPLE.encode()
    for length in range(len(data)):
        tree, problems = parse(data[:length], "f", as_text=True)
        assert tree is not None or problems


def test_seeded_mutations_of_a_sample() -> None:
    """Lines swapped, signs inserted, bytes changed: problems or a tree, each in under 2 s."""
    draw = random.Random(20261122)
    signs = [
        b":",
        b"\xef\xbc\x9a",
        b"- ",
        b'"',
        b"'",
        b"{",
        b"]",
        b"|",
        b"\n",
        b"  ",
        b"\xff",
        b"#",
    ]
    for _ in range(400):
        data = bytearray(SAMPLE.encode())
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(data))
            data[place : place + draw.choice((0, 0, 1, 5))] = draw.choice(signs)
        begin = time.perf_counter()
        tree, problems = parse(bytes(data), "f", as_text=True)
        assert tree is not None or problems
        assert time.perf_counter() - begin < 2


def test_a_bomb_holds_nobody_up() -> None:
    """Whatever a file is filled with, it is told in seconds and in a few dozen sentences."""
    fillings = ["a: b\n", "? a\n", "x, ", "\t", "a:\n"]
    for filling in fillings:
        data = ("k: {" if filling == "x, " else "") + filling * (MAX_BYTES // len(filling) - 9)
        begin = time.perf_counter()
        said = refused(data)
        assert 1 <= len(said) <= 60
        assert time.perf_counter() - begin < 10
