"""Commands about the office and its files: check, doctor, init, help."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from yuqing import git, githosts, screen, store, words
from yuqing.case import Pin, current
from yuqing.check import check, people, settled
from yuqing.cli import looking, posts, told
from yuqing.cli.context import Session, session
from yuqing.cli.progress import watched
from yuqing.cli.understand import nearest
from yuqing.clock import Standing, outlook
from yuqing.clock.now import NEVER
from yuqing.errors import NotFound, Problem, Refused, Said, Unreadable, Unusable, Usage
from yuqing.store.index import packed, unpacked
from yuqing.store.workspace import ROSTER
from yuqing.variants import fold
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("check", help=N_("Files that cannot be used, and findings."))(_check)
    app.command("init", help=N_("Set up an office in a new or existing folder."))(_init)
    app.command("doctor", help=N_("Look for trouble around the office."))(_doctor)
    app.command(
        "help",
        help=N_("Chapters: plan, case, officers, cron, audit, backup, sync, people, editor …"),
    )(_help)


# --- check -----------------------------------------------------------------------------


def _check(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CASE|PATH", show_default=False, help=N_("Only these cases or files.")
        ),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", help=N_("What git is about to commit, for a hook."))
    ] = False,
    hook: Annotated[
        bool, typer.Option("--hook", help=N_("Also stop (exit 3) at data of people."))
    ] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="text|json|github|gitlab",
            help=N_("How to say it: for people, programs, or beside the line on a git host."),
        ),
    ] = None,
) -> int:
    """Everything in the files that a person should look at."""
    run = session(ctx)
    if form not in (None, "text", "json", "github", "gitlab"):
        raise Usage(N_("no format {name}; there are text, json, github and gitlab"), name=form)
    ws = run.workspace
    problems: list[Problem] = []
    if staged:
        problems += _staged(run)
    elif what:
        for word in what:
            problems += _named(run, word)
    else:
        problems += store.plan_problems(ws)
        problems += posts.roster_problems(run)
        problems += _whole_office(run)
    broken = any(each.severity in ("error", "finding") for each in problems)
    if hook:  # a clock, an approval or an order of times must not keep a record out of git
        stops = [each for each in problems if each.severity == "error" or "mask" in each.params]
        problems, broken = stops, bool(stops)
    if form == "github":
        for line in githosts.github(problems, run.language):
            print(screen.clean(line))
        return 3 if broken else 0
    if form == "gitlab":
        print(githosts.gitlab(problems, run.language))
        return 3 if broken else 0
    if form == "json" or (run.json and form is None):
        screen.dump(screen.envelope("check", run.now, [], problems, run.language))
        return 3 if broken else 0
    if problems:
        looking.banner(run)
    for problem in problems:
        print(screen.problem_line(problem, run.language))
    if not problems and not run.quiet:
        print(looking.say(run, N_("Nothing found.")))
    return 3 if broken else 0


def _whole_office(run: Session) -> Iterator[Problem]:
    """Desk, logbooks and archive; of the archive no more than what is found is kept in memory."""
    ws = run.workspace
    desk = store.desk(ws)
    books = store.logbooks(ws, [p.stem[4:] for p in (ws.cases / "log").glob("LOG-*.yaml")])
    archive, strays = store.archived(ws)
    yield from (*desk.problems, *strays, *books.problems)
    pins = Counter[Pin]()
    for loaded in (*desk.cases, *books.cases):
        yield from _findings(run, loaded)
        pins.update(set(loaded.case.plans))

    def look(name: str) -> store.Found:
        return _filed(run, name)

    def watch(names: Sequence[str]) -> Iterator[str]:
        return watched(names, run, N_("Checks"))

    if run.now_given:
        every: Iterator[Any] = (found for _, found in store.sweep(archive, look, watch))
    else:
        every = store.kept(ws, "checks", archive, look, watch, store.papers_sign(ws))
    for found, pinned in every:
        yield from unpacked(found) if found else ()
        pins.update(Pin(id=i, version=v, digest=d) for i, v, d in pinned)
    yield from store.edited_plans(ws, pins)
    yield from store.after_merge(ws, desk, run.now)


def _filed(run: Session, name: str) -> store.Found:
    """What is found in a filed case, and what it pins; does that stay so, whatever the time?"""
    ws = run.workspace
    try:
        filed = store.load(ws, ws.root / name)
    except Unreadable as fault:
        return False, (packed(fault.problems), ())
    case = current(filed.case)
    stands = outlook(case, filed.plans, store.calendar(ws), run.now)
    found = (
        *filed.problems,
        *_findings(run, filed, owed=stands.standings),
        *store.wrong_place(ws, filed, run.now, stands.standings),
    )
    steady = stands.until == NEVER and settled(case, filed.plans, stands.standings, run.now)
    pins = tuple({(pin.id, pin.version, pin.digest) for pin in filed.case.plans})
    return steady, (packed(found) if found else b"", pins)


def _findings(
    run: Session,
    loaded: store.Loaded,
    papers: Mapping[str, tuple[str, ...]] | None = None,
    owed: tuple[Standing, ...] | None = None,
) -> tuple[Problem, ...]:
    ws = run.workspace
    found = check(
        loaded.case,
        loaded.plans,
        ws.name(loaded.path),
        loaded.lines,
        organs=ws.office.organs,
        post=ws.office.post,
        files=store.digests(ws, loaded.case),
        papers=store.texts(ws, loaded.case.id) if papers is None else papers,
        own=ws.office.own_accounts,
        calendar=store.calendar(ws),
        now=run.now,
        owed=owed,
    )
    return (*found, *_comments(run, loaded))


def _comments(run: Session, loaded: store.Loaded) -> Iterator[Problem]:
    """People's data in comments: no entry, so it may simply be taken out."""
    if b"#" not in loaded.data:
        return
    for number, row in enumerate(loaded.data.decode("utf-8", "replace").splitlines(), 1):
        comment = re.search(r"^\s*#(.*)", row)
        for each in people.found(comment[1], run.workspace.office.own_accounts) if comment else ():
            yield Problem(
                file=run.workspace.name(loaded.path),
                line=number,
                key=N_("looks like {what}, in a comment; write {mask} instead"),
                params={"what": Said(each.what), "mask": each.mask},
                severity="warning",
            )


def findings_in(run: Session, names: Sequence[str]) -> list[Problem]:
    """What ``check`` says about these files of the office, after they came from elsewhere."""
    found: list[Problem] = []
    for name in names:
        path = run.workspace.root / name
        if (
            path.suffix == ".yaml"
            and path.is_file()
            and name.startswith(("cases/", "templates/plans"))
        ):
            found += _file(run, path)
    return found


def _named(run: Session, word: str) -> Iterator[Problem]:
    """What is wrong with one case, one file, or every file of a folder."""
    path = run.directory / word
    if path.is_dir() and word != ".":
        for each in sorted(path.rglob("*.yaml")):
            yield from _file(run, each)
    elif path.is_file():
        yield from _file(run, path)
    elif "/" in word or word.endswith(".yaml"):
        raise NotFound(N_("there is no file {name}"), name=word)
    else:
        try:
            loaded = store.find_case(run.workspace, word, now=run.now)
        except Unreadable as fault:
            yield from fault.problems
        else:
            yield from (*loaded.problems, *_findings(run, loaded))


def _file(run: Session, path: Path) -> Iterator[Problem]:
    ws = run.workspace
    path = path.absolute()
    if "@" in path.name:
        yield from store.read_plan_file(ws, path)[1]
        return
    if path == ws.root / ROSTER:
        yield from posts.roster_problems(run)
        return
    try:
        loaded = store.load(ws, path)
    except Unreadable as fault:
        yield from fault.problems
    else:
        yield from (*loaded.problems, *_findings(run, loaded))


def _staged(run: Session) -> Iterator[Problem]:
    """The case files, papers and plans as the next commit would hold them."""
    from yuqing.read.plan import read_plan
    from yuqing.read.roster import read_roster
    from yuqing.store.desk import parse

    ws = run.workspace
    own = ws.office.own_accounts
    repo = git.locate(ws.root)  # also in the middle of a merge: its commit runs the hook too
    if repo is None:
        git.ready(ws.root)
        return
    for path, data in git.staged(repo, ws.root):
        name = ws.name(path)
        if path.is_relative_to(ws.cases / "files"):
            rows = store.rows_of(path.name, data) or ()
            for number, row in enumerate(rows, 1):
                for each in people.found(row, own):
                    yield Problem(
                        file=name,
                        line=number,
                        key=N_("looks like {what}; write {mask} instead"),
                        params={"what": Said(each.what), "mask": each.mask},
                        severity="warning",
                    )
        elif path == ws.root / ROSTER:
            yield from read_roster(data, name)[1]
        elif path.suffix == ".yaml" and path.is_relative_to(ws.templates / "plans"):
            yield from read_plan(data, name)[1]
        elif path.suffix == ".yaml" and path.is_relative_to(ws.cases):
            try:
                loaded = parse(ws, path, data)
            except Unreadable as fault:
                yield from fault.problems
            else:
                yield from (*loaded.problems, *_findings(run, loaded, {}))


# --- init, doctor ----------------------------------------------------------------------


def _init(
    ctx: typer.Context,
    where: Annotated[
        str, typer.Argument(metavar="DIR", show_default=False, help=N_("Where (default: here)."))
    ] = ".",
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="FILE", help=N_("The office's plan: a file, or an ID.")),
    ] = None,
) -> int:
    """A workspace: folders, plan, office.yaml, git attributes; committed, nothing asked."""
    from yuqing.cli import schemas

    run = session(ctx)
    chosen = None if plan is None else run.directory / plan
    if chosen is not None and not chosen.is_file():
        chosen = None if plan is None else Path(plan)
    made = store.init(
        run.directory / where,
        chosen,
        now=run.now,
        beside=lambda plan: schemas.for_editors(run.language, [plan], {}),
    )
    root = made.workspace.root
    if run.json:
        items = [{"file": made.workspace.name(path)} for path in made.made]
        more = {"root": str(root), "plan": made.plan.name, "committed": made.failure is None}
        screen.dump(screen.envelope("init", run.now, items, [], run.language, **more))
    else:
        for path in made.made:
            print(made.workspace.name(path))
        for said in made.said:
            print(words.say(said, run.language))
        if not run.quiet:
            for line in _welcome(run, made):
                print(line)
    if made.failure is not None:
        raise made.failure
    return 0


def _welcome(run: Session, made: store.Made) -> list[str]:
    lines = [
        looking.say(
            run,
            N_("{root}: cases run under {plan}. Next: names in {office}, then {line}"),
            root=made.workspace.root,
            plan=made.plan.name,
            office="templates/office.yaml",
            line='yuqing new "…"',
        )
    ]
    return [*lines, *told.unconfirmed([made.plan], run.language)]


def _doctor(
    ctx: typer.Context,
    fix: Annotated[
        bool, typer.Option("--fix", help=N_("Put right what needs no decision of anybody."))
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help=N_("Also let git look at every object it holds."))
    ] = False,
) -> int:
    """Everything around the cases that has been seen to go wrong."""
    run = session(ctx)
    ws = run.workspace
    done: tuple[Said, ...] = store.repair(ws, now=run.now).said if fix else ()
    problems = store.examine(ws, now=run.now, deep=deep)
    broken = any(each.severity in ("error", "finding") for each in problems)
    try:
        readings = told.unconfirmed(store.plans(ws), run.language)
    except (Unreadable, Unusable):
        readings = []  # the plans' own problems are among those found
    if run.json:
        more: dict[str, Any] = {
            "fixed": [words.say(each, run.language) for each in done],
            "unconfirmed": readings,
        }
        screen.dump(screen.envelope("doctor", run.now, [], problems, run.language, **more))
        return 3 if broken else 0
    looking.banner(run)
    for said in done:
        print(screen.clean(words.say(said, run.language)))
    for problem in problems:
        print(screen.problem_line(problem, run.language))
    for line in readings:
        print(line)
    if not problems and not run.quiet:
        print(looking.say(run, N_("Nothing found.")))
    return 3 if broken else 0


# --- help ------------------------------------------------------------------------------

HELP = Path(words.__file__).parent / "help"
TOPICS = {
    "plan": ("预案", "plans"),
    "case": ("案件", "cases"),
    "posts": ("岗位", "值班表", "roster"),
    "officers": ("值班", "值班员", "officer", "commands"),
    "documents": ("文书", "模板", "papers", "templates"),
    "figures": ("统计", "台账", "交接班", "检索", "stats", "ledger", "handover", "search"),
    "cron": ("定时", "计划任务"),
    "reminders": ("提醒", "催办", "notify", "channels", "通知"),
    "audit": ("审计", "核查"),
    "backup": ("备份",),
    "sync": ("同步", "clones", "多人"),
    "people": ("个人信息", "redact", "hook", "privacy"),
    "erase": ("抹除", "清除"),
    "editor": ("编辑器", "编辑"),
    "ci": ("托管平台", "github", "gitlab", "gitee"),
    "drill": ("演练", "drills", "exercise"),
    "import": ("旧台账", "补录", "导入"),
    "lake": ("导出", "export", "parquet", "duckdb"),
}
"""Chapters in the order in which they are listed, and the other words for each."""


EXITS = {
    0: N_("fine, nothing found"),
    1: N_("an error of the program"),
    2: N_("the command line itself"),
    3: N_("a file is unreadable or invalid; all are named, the rest is shown"),
    4: N_("no such case or entry, or several"),
    5: N_("what was typed is refused, nothing was changed"),
    6: N_("saved on disk, not committed"),
    7: N_("a message was not delivered"),
    8: N_("the surroundings: git, identity, owner, disk, no office here"),
    9: N_("somebody else writes, a file changed meanwhile, a merge is under way"),
    10: N_("something is overdue"),
    11: N_("due soon, or past a target"),
    12: N_("the audit found a contradiction"),
}
"""What a command ends with; of several at once 3, then 10, then 7, then 11."""


def _help(
    ctx: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", show_default=False, help=N_("A chapter or a command.")),
    ] = None,
) -> int:
    """Print a chapter; without a topic, what there is."""
    run = session(ctx)
    language = run.language
    if topic is None:
        print(looking.say(run, N_("Chapters (yuqing help TOPIC); commands: yuqing --help")))
        rows = [(name, _title(language, name)) for name in TOPICS]
        screen.rows([(f"{name:<10}", title) for name, title in rows])
        print(looking.say(run, N_("Exit codes:")))
        for code, meaning in EXITS.items():
            print(f"{code:>4}  {looking.say(run, meaning)}")
        return 0
    wanted = fold(topic)
    for name, others in TOPICS.items():
        if wanted == name or wanted in others:
            print(_chapter(language, name), end="")
            return 0
    root = ctx.find_root()
    commands: dict[str, Any] = getattr(root.command, "commands", {})
    if topic in commands:
        command = commands[topic]
        inner = type(ctx)(command, info_name=topic, parent=root)
        print(command.get_help(inner))
        return 0
    raise Refused(
        N_("there is no chapter {topic}"),
        hint=Said(N_("there are: {names}"), {"names": nearest(topic, [*TOPICS, *commands], 12)}),
        topic=topic,
    )


def _chapter(language: str, name: str) -> str:
    return (HELP / language / f"{name}.md").read_text(encoding="utf-8")


def _title(language: str, name: str) -> str:
    head = _chapter(language, name).partition("\n")[0].lstrip("# ")
    return head.removeprefix(f"{name}: ")
