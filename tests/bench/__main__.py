"""``python -m tests.bench``: whole processes against the machine's own and against the peers.

Offices of 1k and 10k cases (100k only when asked) are made once a day below ``--home``. Peers
are used where they are: Taskwarrior on the PATH, todoman and click in the environment that
``--peers`` names (``python -m venv V && V/bin/pip install todoman click``), dstask on the PATH.
Prints a table; nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.measure import Command, Run, alone, cpu, once, pair, peak, wall
from tests.bench.peers import peers

CHECKOUT = Path(__file__).parents[2]
ZONE = dt.timezone(dt.timedelta(hours=8))
PYTHON = (sys.executable, "-I")
WALK = """\
import os, sys
def walk(folder):
    with os.scandir(folder) as entries:
        for each in entries:
            walk(each.path) if each.is_dir(follow_symlinks=False) else each.stat()
walk(sys.argv[1])
"""
CLICK = """\
import click
app = click.Group()
for n in range(16):
    app.command(f"command{n}", help="Do what the name says.")(
        click.option("--why", help="Why.")(click.argument("case")(lambda case, why: None)))
app(["--help"], standalone_mode=True)
"""
IDENTITY = {
    "GIT_AUTHOR_NAME": "值班室", "GIT_AUTHOR_EMAIL": "duty@office.example",
    "GIT_COMMITTER_NAME": "值班室", "GIT_COMMITTER_EMAIL": "duty@office.example",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``bound``: what was wished, as times the other or as milliseconds."""

    what: str
    ours: tuple[Run, ...]
    other: str = ""
    beside: tuple[Run, ...] = ()
    ratio: float | None = None
    cpu_ratio: float | None = None
    bound: str = ""

    def __str__(self) -> str:
        cells = (
            self.what, f"{wall(self.ours):.0f} ({min(r.wall for r in self.ours):.0f})",
            f"{cpu(self.ours):.0f}", f"{peak(self.ours):.0f}", self.other,
            f"{wall(self.beside):.0f}" if self.beside else "",
            f"{self.ratio:.2f}" if self.ratio is not None else "",
            f"{self.cpu_ratio:.2f}" if self.cpu_ratio is not None else "", self.bound,
        )  # fmt: skip
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| command | ms (least) | cpu ms | MiB | beside | ms | ratio | by cpu | wished |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


class Bench:
    """The program as cron would call it, an office, and how often each pair takes turns."""

    def __init__(self, home: Path, rounds: int, venv: Path | None) -> None:
        self.home, self.rounds, self.venv = home, rounds, venv
        self.today = dt.datetime.now(ZONE).date()
        self.script = home / "yuqing"
        self.script.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(CHECKOUT)!r})\n"
            "from yuqing.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
        )
        self.script.chmod(0o755)
        env = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")}
        words = [sys.executable, "-m", "compileall", "-q", str(CHECKOUT / "yuqing")]
        subprocess.run(words, check=True, env=env)

    def office(self, cases: int, desk: int) -> Path:
        """Made by a process of its own: what it takes must not count as ours."""
        words = (sys.executable, "-m", "tests.bench.offices", str(self.home), str(cases), str(desk))
        made = subprocess.run(
            [*words, self.today.isoformat()], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE
        )
        return Path(made.stdout.decode().strip().splitlines()[-1])

    def ours(self, root: Path, *words: str, terminal: bool = False, sign: str = "") -> Command:
        """A command of this program in that office."""
        name = f"`{' '.join(('yuqing', *words))}`".replace(" `", "`") + sign
        env = {**IDENTITY, "YUQING_LANG": "zh", "COLUMNS": "80"}
        return Command(name, (str(self.script), *words), root, env, terminal=terminal)

    def against(self, ours: Command, other: Command, bound: str = "") -> Row:
        """The two in turns."""
        both = pair(ours, other, self.rounds)
        return Row(ours.name, both.ours, other.name, both.other, both.ratio, both.cpu_ratio, bound)

    def only(self, ours: Command, bound: str = "") -> Row:
        """By itself."""
        return Row(ours.name, alone(ours, self.rounds), bound=bound)

    def _case(self, root: Path) -> str:
        return min((root / "cases").glob("*.yaml")).stem.rpartition("-")[2]

    def plain(self, root: Path, name: str) -> str:
        """A command without the name of the one case of this office that it asks about."""
        return name.replace(self._case(root), "CASE")

    # --- what is measured ---------------------------------------------------------------

    def start(self, root: Path) -> Iterator[Row]:
        """How long it takes to answer from an office that has not changed."""
        case = self._case(root)
        bare = Command("`python -I -c pass`", (*PYTHON, "-c", "pass"), root)
        yield self.against(self.ours(root, "overdue"), bare, "≤ 2.0 at 1k")
        python = self.venv / "bin" / "python" if self.venv else None
        if python and python.exists():
            click = Command("bare Click `--help`", (str(python), "-c", CLICK), root)
            yield self.against(self.ours(root, "--help"), click, "≤ 2.2")
        else:
            yield self.only(self.ours(root, "--help"))
        for words in (
            ("next",), ("show", case), ("why", case, "publish"), ("list",), ("due",), (),
        ):  # fmt: skip
            yield self.only(self.ours(root, *words), "≤ 260 ms")
            seen = self.ours(root, *words, terminal=True, sign=" on a terminal")
            yield self.only(seen, "≤ 320 ms")
        yield self.only(self.ours(root, "history", case), "≤ 600 ms")
        out = str(self.home / "paper.docx")
        paper = ("render", case, "bulletin", "--draft", "--force", "-o", out)
        yield self.only(self.ours(root, *paper), "≤ 700 ms")

    def overdue(self, root: Path, cases: int, desk: int) -> Iterator[Row]:
        """cron's question against what the machine needs to look at the same files."""
        ours = self.ours(root, "overdue")
        walk = Command("stat walk in Python", (*PYTHON, "-c", WALK, str(root / "cases")), root)
        yield self.against(ours, walk)
        bounds = {10: "≤ 1.5", 100: "≤ 0.5"}
        status = Command("`git status --porcelain`", ("git", "status", "--porcelain"), root)
        yield self.against(ours, status, bounds.get(cases // 1000, ""))
        wished = {"Task": {10: "≤ 0.25", 100: "≤ 0.1"}, "todo": {10: "≤ 0.15", 100: "≤ 0.15"},
                  "dsta": {10: "≤ 1.3", 100: "< 1"}}  # fmt: skip
        for peer in peers(self.home, cases, desk, self.venv):
            yield self.against(ours, peer, wished[peer.name[:4]].get(cases // 1000, ""))

    def changed(self, root: Path) -> Iterator[Row]:
        """The long way: one file edited, and nothing kept at all."""
        path = min((root / "cases").glob("*.yaml"))
        kept = path.read_bytes()
        ours = self.ours(root, "overdue")
        edit = ("sh", "-c", f"printf '# %s\\n' $$ >> {path}")
        yield self.only(replace(ours, name=f"{ours.name} after one edit", before=edit))
        path.write_bytes(kept)
        mine = root / ".git" / "yuqing"
        forget = ("rm", "-f", str(mine / "index"), str(mine / "answers"))
        cold = replace(ours, name=f"{ours.name} without index", before=forget)
        yield self.only(cold, "≤ 1 s at 10k")

    def write(self, root: Path) -> Iterator[Row]:
        """One entry with its commit, in a copy of the office, against an append and a commit."""
        copy = self.home / "written"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root, copy, symlinks=True)
        second = sorted((copy / "cases").glob("*.yaml"))[1]
        entry = self.ours(copy, "note", self._case(copy), "热线来电减少")
        yield self.only(entry, "≤ 550 ms")
        helped = self.ours(copy, "note", "--help")
        name = second.relative_to(copy)
        line = f"echo '# x' >> {name} && git commit -q --only -m x -- {name}"
        bare = Command("append and `git commit --only`", ("sh", "-c", line), copy, IDENTITY)
        whole, loading = pair(entry, bare, self.rounds), alone(helped, self.rounds)
        rest = wall(whole.ours) - wall(loading)
        yield Row(
            f"{entry.name} less its `--help`", whole.ours, bare.name, whole.other,
            rest / wall(whole.other), bound="≤ 4",
        )  # fmt: skip
        shutil.rmtree(copy)

    def every(self, root: Path) -> Iterator[Row]:
        """What reads all cases, the filed ones too: with nothing kept of them, and again."""
        for word, shelf in (("check", "checks"), ("stats", "figures")):
            command = self.ours(root, word)
            forget = ("rm", "-f", str(root / ".git" / "yuqing" / shelf))
            first = replace(command, name=f"{command.name}, nothing kept", before=forget)
            yield Row(first.name, (once(first),), bound="≤ 5 s at 10k, 60 s at 100k")
            yield Row(f"{command.name} again", (once(command),))
        for words in (("search", "停水"), ("similar", self._case(root))):
            command = self.ours(root, *words)
            once(command)  # makes its index
            yield self.only(command, "≤ 300 ms at 10k")


def growth(grown: dict[str, dict[int, Row]], sizes: list[int]) -> str:
    """Milliseconds of each of our commands at each size, and how many times those before."""
    heads = [f"{cases:,}" for cases in sizes]
    lines = [
        "\n### How each grows (ms)\n",
        "| command | " + " | ".join(heads) + " | times |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for name, rows in grown.items():
        if all(cases in rows for cases in sizes):
            took = [wall(rows[cases].ours) for cases in sizes]
            times = [f"{b / a:.1f}" for a, b in itertools.pairwise(took)]
            cells = (name, *(f"{each:.0f}" for each in took), " · ".join(times))
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Make what is missing, measure, print."""
    asks = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asks.add_argument("--size", action="append", choices=("1k", "10k", "100k"))
    asks.add_argument("--rounds", type=int, default=15, help="turns of each pair (default 15)")
    asks.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "yuqing-bench")
    asks.add_argument("--peers", type=Path, help="an environment with todoman and click")
    asks.add_argument("--whole", action="store_true", help="also what reads all cases")
    asked = asks.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    bench = Bench(asked.home.resolve(), asked.rounds, asked.peers and asked.peers.absolute())
    sizes = [int(size[:-1]) * 1000 for size in asked.size or ("1k", "10k")]
    grown: dict[str, dict[int, Row]] = {}
    for cases in sizes:
        desk = cases // 100
        root = bench.office(cases, desk)
        print(f"\n### {cases:,} cases, {desk} of them on the desk\n\n{HEAD}")
        parts = [bench.start(root), bench.overdue(root, cases, desk), bench.changed(root)]
        parts += [bench.write(root)] if cases < 100_000 else []
        parts += [bench.every(root)] if asked.whole else []
        for row in (row for part in parts for row in part):
            print(row, flush=True)
            grown.setdefault(bench.plain(root, row.what), {})[cases] = row
    if len(sizes) > 1:
        print(growth(grown, sizes))
    print(f"\n### One desk of 100 cases, an archive that grows\n\n{HEAD}")
    for cases in sizes:
        command = bench.ours(bench.office(cases, 100), "overdue")
        row = bench.only(replace(command, name=f"{command.name}, {cases:,} cases in all"))
        print(row, flush=True)


if __name__ == "__main__":
    main()
