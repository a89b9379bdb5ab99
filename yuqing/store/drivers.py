"""How git merges and compares case files: each clone must be told, no commit can carry it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from yuqing import git
from yuqing.errors import Problem, Said
from yuqing.words import N_

_DRIVER, _TEXTCONV = "merge.yuqing.driver", "diff.yuqing.textconv"


def install(repo: git.Repo) -> list[Said]:
    """Tell this clone; what was told before and still works is left alone."""
    said = []
    have = git.settings(repo, *_wanted())
    for name, value in _wanted().items():
        if name in have and _found(repo, have[name]):
            continue
        if git.run(repo.top, "config", name, value).code == 0:
            said.append(Said(N_("git was told: {name} = {value}"), {"name": name, "value": value}))
    return said


def missing(repo: git.Repo) -> Iterator[Problem]:
    """What this clone has not been told, or cannot find.

    Without the setting git merges line by line and leaves markers. A driver of one's own whose
    program is not there leaves our side alone, without markers: that is worse.
    """
    have = git.settings(repo, _DRIVER, _TEXTCONV)
    for name in (_DRIVER, _TEXTCONV):
        if name not in have:
            key = N_("this clone does not know {name}: merges and comparisons of case files are git's"
                     " own, line by line; `yuqing doctor --fix`")  # fmt: skip
            yield Problem(file="git", key=key, params={"name": name}, severity="warning")
        elif not _found(repo, have[name]):
            key = N_("{name} runs {program}, which is not there: a merge would leave out the other"
                     " side without a mark; `yuqing doctor --fix`")  # fmt: skip
            params = {"name": name, "program": _program(have[name])}
            yield Problem(file="git", key=key, params=params, severity="finding")


def _wanted() -> Mapping[str, str]:
    """Settings and values. Where the program fails or has gone, git's own line by line takes its
    place: a merge without it must still leave markers, and `git log -p` must still show something.

    No ``merge.yuqing.name``: with a name and no driver git gives a merge up altogether.
    """
    us = "yuqing"
    if shutil.which(us) is None:  # run from a checkout, or not on the PATH
        us = f"{shlex.quote(Path(sys.executable).as_posix())} -m yuqing"
    return {
        _DRIVER: f"{us} merge-file %O %A %B"
        " || { grep -q '^<<<<<<<' %A || git merge-file %A %O %B; false; }",
        _TEXTCONV: f'f() {{ {us} textconv "$1" 2>/dev/null || cat "$1"; }}; f',
    }


def _program(line: str) -> str:
    try:
        return shlex.split(line.removeprefix("f() { "))[0]
    except (ValueError, IndexError):
        return line


def _found(repo: git.Repo, line: str) -> bool:
    program = _program(line)
    return shutil.which(program) is not None or (repo.top / program).is_file()
