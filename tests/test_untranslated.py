"""No sentence reaches a person untranslated (issue 7, point 10): marked in the source, and said
by its code where a library found the fault."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nights import shipped

from yuqing import words
from yuqing.read.case import read_case
from yuqing.read.office import read_office
from yuqing.read.plan import read_plan
from yuqing.read.roster import read_roster

PACKAGE = Path(__file__).resolve().parents[1] / "yuqing"
ROOMS = [*sorted((PACKAGE / "cli").glob("*.py")), PACKAGE / "screen.py"]

SHOWN = {"print", "echo", "secho"}
"""Calls that put their words before a person."""
KEYWORDS = {"help", "short_help", "epilog", "hint"}
"""Arguments that a person reads. ``metavar`` is a placeholder: commands, README and the chapters of
`yuqing help` write CASE, FILE, TIME alike in every language, so that they can be compared."""

PLAIN = re.compile(r"\{\w+\}|\byuqing\b")
"""Words that are alike in every language: values filled in, and the program's name."""


def _bare(node: ast.AST) -> Iterator[str]:
    """The literals below a node that no ``N_`` marks; values that are filled in are not looked at."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "N_":
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from _bare(node.body)
        yield from _bare(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from _bare(node.left)
        yield from _bare(node.right)


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal with a word in it that a person would read untranslated."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        read = [each.value for each in node.keywords if each.arg in KEYWORDS]
        if name in SHOWN:
            read += node.args
        elif name == "say" and node.args:
            read.append(node.args[0])
        for each in read:
            for text in _bare(each):
                if re.search(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", PLAIN.sub("", text)):
                    yield node.lineno, text


@pytest.mark.parametrize("path", ROOMS, ids=lambda each: each.stem)
def test_what_a_person_reads_is_marked(path: Path) -> None:
    """Every literal given to print, echo, help= or a hint passes ``N_``."""
    assert list(unmarked(path.read_text("utf-8"))) == []


def test_the_finder_finds() -> None:
    """The test above would fail for each of these."""
    for line in (
        'print("no such case")',
        'print(f"{n} left")',
        'typer.Option("--x", help="The file.")',
        'say("no such case", language)',
        'print("a" + "bc")',
        'print("late" if late else N_("fine"))',
        'typer.echo("已立案")',
    ):
        assert list(unmarked(line)), line
    assert list(unmarked('print(N_("x y"), f"{n}: {m}")')) == []


# --- what libraries say ----------------------------------------------------------------

ODD = (
    "", "~", "[]", "{}", "[", "{", "]", "'", '"', '"\\q"', "*gone", "&a x", "!!python/x y", "<<: x",
    "%TAG", "---", "\t", "- -", "? x", "| x", ">", "@", "`", "1e400", "0x", ".inf", "2026-02-30",
    "25:61", "true", "null", "-3", "12345678901234567890", "\x07", "\u202e", "\ufeff", "'a", "a: b: c",
    "[a, b", "{a: [}", "- a", "# x", "x" * 300,
)  # fmt: skip
"""What a tired hand, a word processor or a bad merge leaves behind."""
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
"""Three words in a row: a sentence, where plain names and examples are one or two."""


def damaged(text: str, dice: random.Random) -> bytes:
    """The file with one or two things wrong in it."""
    for _ in range(dice.choice((1, 1, 2))):
        lines = text.split("\n")
        n = dice.randrange(len(lines))
        odd, cut = dice.choice(ODD), dice.randrange(len(lines[n]) + 1)
        head, colon, _ = lines[n].partition(":")
        lines[n] = dice.choice(
            (
                f"{head}{colon} {odd}",
                lines[n][:cut] + odd + lines[n][cut:],
                "  " + lines[n],
                lines[n][:cut],
                f"{lines[n]}\n{lines[n]}",
                f"{lines[n]}\n{odd}",
                lines[n].replace("{", "", 1),
                lines[n].replace(head, odd or "odd", 1) if head else odd,
            )
        )
        text = "\n".join(lines)
    found = text.encode("utf-8", "replace")
    return found[: dice.randrange(len(found))] if dice.random() < 0.03 else found


def _example(chapter: str) -> str:
    """The longest YAML of a chapter of `yuqing help`."""
    text = (PACKAGE / "help" / "zh_CN" / f"{chapter}.md").read_text("utf-8")
    return max(re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE), key=len)


def _readers() -> dict[str, tuple[str, Callable[[bytes], Any]]]:
    here, plan = PACKAGE.parent, shipped("sf")
    (case, *_) = sorted((here / "cases").glob("*.yaml"))
    return {
        "plan": (_example("plan"), lambda raw: read_plan(raw, "plan.yaml")),
        "case": (
            case.read_text("utf-8"),
            lambda raw: read_case(raw, "case.yaml", lambda _: plan, {}),
        ),
        "office": (
            (here / "templates" / "office.yaml").read_text("utf-8"),
            lambda raw: read_office(raw, "office.yaml"),
        ),
        "roster": (_example("posts"), lambda raw: read_roster(raw, "roster.yaml")),
    }


@pytest.mark.parametrize("kind", ["plan", "case", "office", "roster"])
def test_no_library_speaks_to_a_person(kind: str) -> None:
    """YAML's and pydantic's errors are said in the person's language by their code: whatever is
    wrong with a file, no sentence of theirs comes through."""
    text, read = _readers()[kind]
    dice = random.Random(f"words of {kind}")
    said = 0
    for _ in range(250):
        raw = damaged(text, dice)
        _, problems = read(raw)[:2]
        source = raw.decode("utf-8", "replace")
        for problem in problems:
            sentence = words.say(problem.said, "zh_CN")
            said += 1
            foreign = [e for e in ENGLISH.findall(sentence) if e not in source]
            assert not foreign, (sentence, problem.key)
            assert re.search(r"[\u4e00-\u9fff]", sentence), (sentence, problem.key)
    assert said > 100
