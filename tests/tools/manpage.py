"""Write the manual pages from the command tree: ``python tests/tools/manpage.py``.

One page in each of English and 简体, installed as ``share/man/…/yuqing.1``. A test holds them
against the program.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))

from yuqing import words  # noqa: E402 - the checkout's own package
from yuqing.cli import app, options  # noqa: E402
from yuqing.cli.lookoffice import EXITS, HELP, TOPICS  # noqa: E402

FOLDER = CHECKOUT / "yuqing" / "man"
PAGES = {"en": FOLDER / "yuqing.1", "zh_CN": FOLDER / "zh_CN" / "yuqing.1"}
SAID: dict[str, dict[str, str]] = {
    "en": {
        "name": "keep the cases of a duty office: what is owed, by when, under which article",
        "NAME": "NAME", "SYNOPSIS": "SYNOPSIS", "DESCRIPTION": "DESCRIPTION",
        "COMMANDS": "COMMANDS", "EXIT STATUS": "EXIT STATUS", "ENVIRONMENT": "ENVIRONMENT",
        "FILES": "FILES", "CHAPTERS": "CHAPTERS OF yuqing help", "OPTIONS": "OPTIONS",
        "WRITING": "OPTIONS OF EVERY WRITING COMMAND",
        "shared": "note, report, publish and all others that write take these too.",
        "about": "yuqing keeps one file for each incident in a git repository, works out every "
        "clock of the office's own written plan, and writes reports from the record. Without a "
        "command it shows the board.",
        "YUQING_HOME": "The office's folder, where none is given and none is found upwards.",
        "YUQING_LANG": "Language: en, zh_CN or zh_TW.",
        "YUQING_BY": "The post that writes, in place of the one in office.yaml.",
        "NO_COLOR": "No colours.",
        "cases": "Cases on the desk.",
        "closed": "Cases filed.",
        "plans": "Plans.",
        "office": "Names and habits of the office.",
    },
    "zh_CN": {
        "name": "值班室案件台账: 该做什么、何时截止、依据哪一条",
        "NAME": "名称", "SYNOPSIS": "用法", "DESCRIPTION": "说明", "COMMANDS": "命令",
        "EXIT STATUS": "退出码", "ENVIRONMENT": "环境变量", "FILES": "文件",
        "CHAPTERS": "yuqing help 的章节", "OPTIONS": "选项",
        "WRITING": "各写入命令共有的选项",
        "shared": "note、report、publish 等所有写入的命令都有这些选项。",
        "about": "yuqing 把每个案件记为 git 仓库中的一个文件, 按本单位自己的预案算出每个时限, "
        "并据记录写出报告。不带命令时显示看板。",
        "YUQING_HOME": "本单位的目录, 没有指定、向上也找不到时使用。",
        "YUQING_LANG": "语言: en、zh_CN 或 zh_TW。",
        "YUQING_BY": "填写的岗位, 代替 office.yaml 中的。",
        "NO_COLOR": "不用颜色。",
        "cases": "在办案件。",
        "closed": "已归档案件。",
        "plans": "预案。",
        "office": "本单位的名称与习惯。",
    },
}  # fmt: skip


def roff(text: str) -> str:
    """Words as the formatter prints them."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")
    return re.sub(r"^([.'])", r"\\&\1", escaped)


def page(language: str) -> str:
    """The whole page."""
    say = SAID[language]
    root = app.build(language)
    lines = [
        f'.TH YUQING 1 "2026-11-25" "yuqing" "{roff(say["COMMANDS"])}"',
        f".SH {say['NAME']}",
        f"yuqing \\- {roff(say['name'])}",
        f".SH {say['SYNOPSIS']}",
        r".B yuqing",
        r"[\fIOPTION\fR]... [\fICOMMAND\fR [\fIARGUMENT\fR]...]",
        f".SH {say['DESCRIPTION']}",
        roff(say["about"]),
        f".SH {say['OPTIONS']}",
        *_options(root),
        f".SH {say['WRITING']}",
        roff(say["shared"]),
        *_options(root.commands["note"], without={"tag", "until"}),
        f".SH {say['COMMANDS']}",
    ]
    shared = set(options.SHARED)
    for name, command in sorted(_commands(root)):
        usage = " ".join(_shown(p) for p in _arguments(command))
        lines += [f".SS yuqing {roff(f'{name} {usage}'.strip())}", roff(command.help or "")]
        lines += _options(command, without=shared if _writes(command) else ())
    lines.append(f".SH {say['EXIT STATUS']}")
    for code, said in EXITS.items():
        lines += [".TP", f".B {code}", roff(words.say(said, language))]
    lines.append(f".SH {say['ENVIRONMENT']}")
    for name in ("YUQING_HOME", "YUQING_LANG", "YUQING_BY", "NO_COLOR"):
        lines += [".TP", f".B {name}", roff(say[name])]
    lines.append(f".SH {say['FILES']}")
    for name, what in (
        ("cases/ID.yaml", "cases"),
        ("cases/closed/YEAR/ID.yaml", "closed"),
        ("templates/plans/ID@VERSION.yaml", "plans"),
        ("templates/office.yaml", "office"),
    ):
        lines += [".TP", f".I {roff(name)}", roff(say[what])]
    lines.append(f".SH {say['CHAPTERS']}")
    for topic in TOPICS:
        head = (HELP / language / f"{topic}.md").read_text("utf-8").split("\n", 1)[0]
        title = head.removeprefix("# ").partition(": ")[2] or head.removeprefix("# ")
        lines += [".TP", f".B {topic}", roff(title)]
    return "\n".join(lines) + "\n"


def _shown(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper())
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield f"{before}{name}", command


def _arguments(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def _writes(command: Any) -> bool:
    return set(options.SHARED) <= {each.name for each in command.params}


def _options(command: Any, without: Collection[str] = ()) -> Iterator[str]:
    for each in command.params:
        if each.name in without:
            continue
        if each.param_type_name != "option" or each.hidden or not each.help:
            continue
        names = ", ".join(rf"\fB{roff(name)}\fR" for name in each.opts)
        value = "" if each.is_flag else rf" \fI{roff(each.metavar or each.name.upper())}\fR"
        yield from (".TP", f"{names}{value}", roff(each.help))


def main() -> int:
    """Write both pages."""
    for language, path in PAGES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(language), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
