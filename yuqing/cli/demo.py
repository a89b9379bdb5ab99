"""``yuqing demo``: a night under plan SF, played in a throw-away office.

It is no film: every line is a command of the ordinary command line, run as a person would
type it, on a drill in a new git repository with an identity of its own. Only the clock is given.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer

from yuqing import git, words
from yuqing.cli.context import Session, session
from yuqing.errors import Unusable
from yuqing.words import N_

DAY = "2026-11-22"
BULLETIN = "柳塘小区因主管破裂停水，正在抢修，已设三处临时供水点。有进展即再通报。\n城投集团\n"
LATE = 10
"""The exit code of `overdue` when something is late."""


@dataclass(frozen=True, slots=True)
class Line:
    """One command of the night: when it is typed, its words, why, and the exit code it ends with."""

    typed: str
    words: str
    why: str = ""
    ends: int = 0
    day: str = DAY


NIGHT = (
    Line("02:08", "init . --plan sf", N_("An office of its own, in a git repository of its own.")),
    Line(
        "02:09",
        "new 柳塘小区停水三天,视频转发上升 -s 软件监看 -l https://v.example/x1 -a 01:52 --drill",
        N_("Seen at 01:52, typed at 02:09. Not graded yet, so the worst level's clocks run."),
    ),
    Line("02:10", "next .", N_("What now, by when, to whom, under which article?")),
    Line(
        "02:10",
        "grade . I mainstream_media=true major_effect_likely=true -b 省级媒体已转载",
        N_("Graded, with the facts and the reason: what was provisional becomes certain."),
    ),
    Line(
        "02:12",
        "report . phone lead-group -a 02:03",
        N_("The call was at 02:03: from it the 30 minutes for three others run, to 02:33."),
    ),
    Line("02:26", "report . phone cac@02:20 media-centre@02:24", N_("Two of three reached.")),
    Line(
        "02:35",
        "overdue --warn 15m --drill",
        N_("What cron asks every five minutes: the third is late since 02:33. Exit code 10."),
        LATE,
    ),
    Line("02:41", "report . phone publicity@02:40", N_("Reached, seven minutes late: it says so.")),
    Line(
        "02:50",
        "render . basic-facts -o 初报.docx",
        N_("The first report as a Word file; what nobody knows yet reads 正在核实."),
    ),
    Line("02:56", "report . written lead-group cac -d basic-facts -f 初报.docx -a 02:55"),
    Line("03:01", "report . message office departments -a 02:58"),
    Line("05:06", "approve . lead-group@05:05 -f 通报.md", N_("One of two approvals.")),
    Line(
        "05:10",
        "why . publish",
        N_("Where 06:52 comes from: start, limit, article, reading; who has cleared the text."),
    ),
    Line("05:19", "approve . publicity@05:18 -f 通报.md"),
    Line(
        "05:40",
        "publish . --use last --as 城投集团 --form notice -d bulletin -l https://gov.example/n/1",
        N_("Exactly the approved words, signed."),
    ),
    Line("05:41", "due ."),
    Line(
        "16:00",
        "mark . calmed --by lead-group -b 48小时无新增转载,供水正常",
        N_("Two days later: calm. The written report is owed within three days."),
        day="2026-11-24",
    ),
    Line(
        "09:00",
        "review . -o 复盘.docx",
        N_("The review: every duty with limit, time taken and both answers."),
        day="2026-11-25",
    ),
    Line("09:01", "show .", day="2026-11-25"),
)
"""The night, and what follows it two days later. Facts as the plan gives them."""


def register(app: typer.Typer) -> None:
    """Add ``demo`` to the command line."""
    app.command(
        "demo",
        help=N_("Play a night as a drill in a throw-away office, each command before its output."),
    )(demo)


def demo(ctx: typer.Context) -> int:
    """Play the night; 0 if every command ended as it should."""
    asked = session(ctx)
    folder = Path(tempfile.mkdtemp(prefix="yuqing-demo-"))
    before = Path.cwd()
    _repository(folder)
    os.chdir(folder)
    try:
        return _play(folder, asked)
    finally:
        os.chdir(before)


def _repository(folder: Path) -> None:
    """A new git repository with an identity of its own; the reader's is neither used nor needed."""
    for command in (
        ("init", "-q"),
        ("config", "user.name", "演示值班室"),
        ("config", "user.email", "duty@office.example"),
        ("config", "commit.gpgsign", "false"),
        ("config", "core.hooksPath", "no-hooks"),
    ):
        said = git.run(folder, *command)
        if said.code != 0:
            raise Unusable(N_("git cannot make a repository: {reason}"), reason=said.err)


def _play(folder: Path, asked: Session) -> int:
    from yuqing.cli.app import main

    _say(
        asked, N_("A drill in a throw-away office, {folder}; invented places, no persons."), folder
    )
    (folder / "通报.md").write_text(BULLETIN, encoding="utf-8")
    for line in NIGHT:
        print()
        if line.why:
            print(f"# {words.say(line.why, asked.language)}")
        print(f"$ yuqing {line.words}    # {line.day[5:]} {line.typed}", flush=True)
        now = ("--now", f"{line.day}T{line.typed}+08:00")
        ended = main(["--lang", asked.language, *now, *shlex.split(line.words)])
        sys.stdout.flush()
        if ended:
            print(words.say(N_("exit code {code}"), asked.language, code=ended))
        if ended != line.ends:
            return ended or 1
    print()
    _say(
        asked,
        N_("The office stays in {folder}: look at 初报.docx, 复盘.docx, cases/ and git log -p."),
        folder,
    )
    return 0


def _say(asked: Session, key: str, folder: Path) -> None:
    print(words.say(key, asked.language, folder=str(folder)))
