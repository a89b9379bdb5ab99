"""``init``: a workspace in a new or existing repository, without a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from yuqing import git
from yuqing.errors import NotCommitted, Refused, Said, Unreadable, Unusable
from yuqing.plan import Plan
from yuqing.store import drivers, files, lock
from yuqing.store.workspace import (
    Workspace,
    find,
    packaged,
    plan_names,
    template_names,
    unreadable,
)
from yuqing.store.write import commit_exactly
from yuqing.words import N_

ATTRIBUTES = (
    "cases/**/*.yaml text eol=lf merge=yuqing diff=yuqing",
    "cases/files/** -text -merge",
    "templates/** text=auto eol=lf",
    "*.docx -text",
)
"""Lines of ``.gitattributes``, in this order."""
_IGNORED = ("cases/**/.*.tmp", ".*.sw[op]", "~$*", "__pycache__/")

_OFFICE = """\
# 本单位的名称与习惯。时限、级别、条款都写在预案文件里,不在这里。
# Names and habits of this office; every rule stands in the plan.
yuqing: 1
name: 值班室   # 单位名称 name of the office
code: YQ   # 案件编号前缀 prefix of case ids: capital letters and digits
plans: [{plan}]   # 采用的预案版本 adopted versions; the first is the default
since: {since}   # 自此日起查看日常职责 routine duties are watched from this day on
post: 值班室   # 值班岗位 duty post: the default of --by
# sign: 某某局   # 署名单位 signing unit: the default of --as
# signing_units: [某某局, 发言人]
# organs:   # 预案之外的单位 bodies that the plan does not name
#   water-co: 供水公司
# attachments: outside   # 附件不入库,只记摘要 keep papers outside git, by digest
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What ``init`` did. ``made``: files written; ``said``: what it left alone, and why."""

    workspace: Workspace
    plan: Plan
    made: tuple[Path, ...] = ()
    said: tuple[Said, ...] = ()
    commit: str = ""
    failure: NotCommitted | None = None


def init(
    directory: Path,
    plan: Path | str | None = None,
    *,
    now: dt.datetime,
    beside: Callable[[Plan], Mapping[str, bytes]] | None = None,
) -> Made:
    """Set up a workspace in ``directory`` and commit what was made.

    ``plan``: a plan file, or the name of a packaged plan; else the one that the package's own
    office has adopted. ``beside``: further files by name, for editors. Nothing that exists is overwritten: missing lines are put behind what
    stands in ``.gitattributes`` and ``.gitignore``. Raises ``Unreadable`` (plan), ``Refused`` (no
    such plan), ``Unusable`` (no git, no identity) with nothing written.
    """
    chosen, data = _chosen(plan)
    if directory.exists() and not directory.is_dir():
        raise Unusable(N_("{path} is a file; a workspace is a folder"), path=str(directory))
    existing = next(p for p in (directory, *directory.absolute().parents) if p.is_dir())
    git.identified(existing)
    directory.mkdir(parents=True, exist_ok=True)
    directory = directory.resolve()
    if git.locate(directory) is None:
        said = git.run(directory, "init", "--quiet", "--initial-branch=main")
        if said.code != 0:
            raise git.refused(directory, said)
    repo, shared = git.ready(directory)
    wanted = {**_wanted(chosen, data, now), **(beside(chosen) if beside is not None else {})}
    with lock.writing(repo, shared=shared):
        drivers.install(repo)
        made: list[Path] = []
        left: list[Said] = []
        contents: dict[Path, bytes | None] = {}
        for name, whole in wanted.items():
            path, content = directory / name, whole
            if path.exists():
                longer = _with_missing_lines(path, content)
                if longer is None:
                    if path.read_bytes() != content and path.name != ".gitkeep":
                        left.append(Said(N_("{file} exists; left as it is"), {"file": name}))
                    continue
                files.replace(path, longer, expect=path.read_bytes())
                content = longer
                left.append(Said(N_("{file} exists; missing lines were added"), {"file": name}))
            else:
                files.create(path, content, shared=shared)
            made.append(path)
            contents[path] = content
        workspace = find(directory)
        if chosen.name not in workspace.office.plans:
            left.append(
                Said(
                    N_("{plan} is not adopted yet: put it under `plans:` in {file}"),
                    {"plan": chosen.name, "file": "templates/office.yaml"},
                )
            )
        if not made:
            return Made(workspace, chosen, said=tuple(left))
        commit, failure = commit_exactly(
            repo, contents, f"set up a workspace under plan {chosen.name}", new=made
        )
        return Made(workspace, chosen, tuple(made), tuple(left), commit, failure)


def _chosen(plan: Path | str | None) -> tuple[Plan, bytes]:
    """The plan and its file's bytes, read before anything is made."""
    if plan is None:
        plan = _default_plan()
    path = Path(plan)
    if not path.is_file():
        names = template_names(None, "plans")
        fitting = [n for n in plan_names(None) if str(plan) in (n, n.partition("@")[0])]
        if not fitting:
            raise Refused(
                N_("there is no plan {name}; at hand: {plans}"),
                name=str(plan),
                plans=", ".join(plan_names(None)) or "–",
            )
        path = names[f"{max(fitting)}.yaml"]
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise Unreadable([unreadable(str(path), fault)]) from None
    from yuqing.read.plan import read_plan

    found, problems = read_plan(data, path.name)
    if found is None:
        raise Unreadable(problems)
    return found, data


def _default_plan() -> str:
    """The plan that the packaged office has adopted first."""
    from yuqing.read.office import read_office

    file = packaged() / "office.yaml"
    office = read_office(file.read_bytes(), file.name)[0] if file.is_file() else None
    names = office.plans if office is not None else plan_names(None)
    if not names:
        raise Unusable(N_("no plan is at hand; name one with --plan FILE"))
    return names[0]


def _wanted(plan: Plan, data: bytes, now: dt.datetime) -> Mapping[str, bytes]:
    office = _OFFICE.format(plan=plan.name, since=now.date().isoformat())
    return {
        f"templates/plans/{plan.name}.yaml": data.replace(b"\r\n", b"\n"),
        "templates/office.yaml": office.encode(),
        "cases/.gitkeep": b"",
        ".gitattributes": _lines(ATTRIBUTES),
        ".gitignore": _lines(_IGNORED),
    }


def _lines(lines: tuple[str, ...]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _with_missing_lines(path: Path, content: bytes) -> bytes | None:
    """An existing list of lines, completed; ``None`` if nothing is missing or it is no list."""
    if path.name not in (".gitattributes", ".gitignore"):
        return None
    old = path.read_bytes()
    have = {line.strip() for line in old.splitlines()}
    missing = [line for line in content.splitlines() if line not in have]
    if not missing:
        return None
    return old + (b"" if old.endswith(b"\n") or not old else b"\n") + b"\n".join(missing) + b"\n"
