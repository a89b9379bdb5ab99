"""The lean reader against ruamel: where it answers, every value, line and column is ruamel's."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from workbench import CHECKOUT

from yuqing.read import lean, tree

CASES = sorted((CHECKOUT / "cases").glob("*.yaml"))
PLANS = sorted((CHECKOUT / "templates" / "plans").glob("*.yaml"))
BAD = sorted((CHECKOUT / "tests").glob("bad_*/*.yaml"))

SNIPPETS = (
    ":", ": ", " :", "#", " #", "- ", "-", "\n", "\n\n", " ", "  ", "[", "]", "{", "}", ",", ", ",
    "'", '"', "\\", "|", "|-", "|+", "|2", ">", "&a", "*a", "!x", "%", "@", "`", "?", "? ", "~",
    "null", "\u3000", "\u00a0", "\ufeff", "\x85", "\u2028", "\t", "\r", "---\n", "...\n", "<<: ",
    "key: value\n", "    x: y\n", "  - z\n", "\\n", "\\u0041", "\\u0007", "\\x41", "''", '""',
    "：", "，", "e\u0301", "\U0001f600", "0o17", "1e5", "true", "=", "- - a", "a: b: c", "# c\n",
    "    # c\n", "\u200e", "'a''b'", '"a\\"b"', "key:\n", "key: |\n      a\n\n     b\n", " \n",
    "      \n", "- \n", "{a: b}", "[a, b]", "{a: {b: c}}", "[[a], b]", "[a: b]", "{a, b}", "{a: }",
    "[a, ]", "{a: b, a: c}", '{"a": b}', "{a: b:c}", "x:y", "https://a.b/c?d=e#f", "a #b", "a# b",
    '"" #', "'x'y", '"x" y', "|\n", "|-\n", "key: |-\n  a\n  ", "\nlog:\n", "\n\n# c\n",
)  # fmt: skip
"""What is put into a whole file: signs that mean something to YAML, or nearly do."""


def damaged(chance: random.Random, text: str) -> str:
    """The text with one to three small changes, as a typist or an editor makes them."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        rows = text.split("\n")
        place, sign = chance.randrange(len(text) + 1), chance.choice(SNIPPETS)
        line = chance.randrange(len(rows))
        row = rows[line]
        match chance.randrange(9):
            case 0:
                text = text[:place] + text[place + 1 :]
                continue
            case 1 | 2:
                text = text[:place] + sign + text[place + chance.randrange(2) :]
                continue
            case 3:
                rows[line : line + 1] = []
            case 4:
                rows.insert(line, chance.choice(rows))
            case 5:
                rows[line] = " " * chance.randrange(1, 4) + row
            case 6:
                rows[line] = row[1:]
            case _:
                start = len(row) - len(row.lstrip(" "))
                value = row.find(": ") + 2 if ": " in row else start
                at = chance.choice((start, value, len(row)))
                rows[line] = row[:at] + sign + row[at:]
        text = "\n".join(rows)
    return text or "a"


def both(text: str, *, as_text: bool) -> tuple[lean.Found | None, lean.Found | None]:
    """What the lean reader says, and ruamel where it says anything."""
    found = lean.read(text, None if as_text else tree.resolve)
    if found is None:
        return None, None
    builder = tree._Builder("f.yaml", text, as_text)
    whole = builder.build()
    if whole is None or builder.problems:
        return found, None
    return found, (whole.value, whole.lines, whole.columns, whole.maps)  # type: ignore[return-value]


def run(seed: int, times: int, texts: list[str]) -> int:
    """How many damaged files the lean reader read; each as ruamel does."""
    chance, read = random.Random(seed), 0
    for number in range(times):
        as_text = number % 4 != 0
        data = damaged(chance, chance.choice(texts)).encode("utf-8", "surrogatepass")
        text, _ = tree.decode(data, "f.yaml")
        if text is None:
            continue
        one, other = both(text, as_text=as_text)
        assert one == other, f"seed {seed}, number {number}, as_text={as_text}:\n{text}"
        read += one is not None
    return read


def _texts(paths: list[Path]) -> list[str]:
    return [path.read_text("utf-8", "replace") for path in paths]


def test_differs_from_ruamel_in_nothing_over_thousands_of_damaged_files() -> None:
    """performance.md 6.2: on any difference ruamel stands; a quick sample of the large run."""
    pieces = [text[:1500] for text in _texts(CASES)]  # ruamel's time goes with the length
    assert run(20261125, 8000, [*pieces * 4, *_texts(BAD)[::6]]) > 1000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_differs_from_ruamel_in_nothing_over_many_thousands(seed: int) -> None:
    """The large run: whole cases, plans, and files that are wrong to begin with."""
    plans = [text for text in _texts(PLANS) if len(text) < 20_000]
    assert run(seed, 20_000, [*_texts(CASES) * 8, *_texts(BAD), *plans]) > 3000


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_reads_what_the_program_writes(path: Path) -> None:
    """Every case file of the demonstration office, without any doubt."""
    text, _ = tree.decode(path.read_bytes(), path.name)
    assert text is not None
    one, other = both(text, as_text=True)
    assert one is not None
    assert one == other


@pytest.mark.parametrize(
    "yaml",
    [
        "a: b\n  c\n",  # a plain text over two lines
        "a: >\n  b\n",
        "a: |+\n  b\n",
        "a: |2\n   b\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !t b\n",
        "%YAML 1.2\n---\na: b\n",
        "a: b\n---\nc: d\n",
        "? a\n: b\n",
        "a: b\na: c\n",
        "a: {b: c, b: d}\n",
        'a: "\\u0007"\n',
        'a: "\\x41"\n',
        "a:\n",
        "a: ''\n",
        "a: \u3000\n",
        "a:\n  b: c\n d: e\n",
        "- a\n",
        "a\n",
        "a: b: c\n",
        "'a': b\n",
        "a: [b,\n  c]\n",
        "a: [b, ]\n",
        "a: {b}\n",
        "a: 'b' c\n",
        "a: - b\n",
        "a: @b\n",
        "<<: b\n",
        f"a: {'b' * 190_000}\n",
        "a: " + "[" * 21 + "b" + "]" * 21 + "\n",
    ],
)
def test_has_doubts_where_yaml_could_mean_something_else(yaml: str) -> None:
    """Any doubt: ruamel decides, and says what is wrong if anything is."""
    assert lean.read(yaml, None) is None


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("a: b # c\n", {"a": "b"}),
        ("a: b#c\n", {"a": "b#c"}),
        ("a: 12:30\n", {"a": "12:30"}),
        ("a: https://v.example/x?y=1#z\n", {"a": "https://v.example/x?y=1#z"}),
        ("a:\n- b\n- c\nd: e\n", {"a": ["b", "c"], "d": "e"}),
        ("a:\n  - b: c\n    d: {e: f, g: [h, i]}\n", {"a": [{"b": "c", "d": {"e": "f", "g": ["h", "i"]}}]}),
        ("a: |\n  b\n\n   c\n", {"a": "b\n\n c\n"}),
        ("a: |-\n  b\n  # c\n", {"a": "b\n# c"}),
        ("# x\n\na: 'it''s'\n", {"a": "it's"}),
        ('a: "b\\n\\u7530 \\"c\\""\n', {"a": 'b\n田 "c"'}),
        ("a: []\nb: {}\n", {"a": [], "b": {}}),
    ],
)  # fmt: skip
def test_knows_what_people_type(yaml: str, value: object) -> None:
    """Comments, both quotes, both kinds of list, texts of several lines."""
    one, other = both(yaml, as_text=True)
    assert one is not None
    assert one == other
    assert one[0] == value


@pytest.mark.parametrize("as_text", [True, False])
def test_numbers_and_words_are_those_of_yaml_1_2(as_text: bool) -> None:
    """A plan's plain scalars follow the core schema; a case's are all text."""
    yaml = "a: 010\nb: 1e3\nc: yes\nd: true\ne: 0x1F\nf: '1'\ng: 2026-01-02\nh: null\ni: 1_000\n"
    one, other = both(yaml, as_text=as_text)
    assert one is not None
    assert one == other


@pytest.mark.process
def test_reads_a_case_without_loading_ruamel() -> None:
    """What the program wrote itself costs no YAML library."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom yuqing.read.tree import parse\n"
        "tree, problems = parse(Path(sys.argv[1]).read_bytes(), 'f.yaml', as_text=True)\n"
        "assert tree is not None and not problems\n"
        "assert not any(name.startswith('ruamel') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(CASES[0])], cwd=CHECKOUT, check=True)


def test_a_reader_without_it_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers never depend on which of the two has read a file."""
    files = [*CASES, *BAD, *PLANS[:2]]
    with_it = [tree.parse(p.read_bytes(), p.name, as_text=p in CASES) for p in files]
    monkeypatch.setattr(lean, "read", lambda _text, _plain: None)
    assert [tree.parse(p.read_bytes(), p.name, as_text=p in CASES) for p in files] == with_it
