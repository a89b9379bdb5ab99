"""Commands about plan files: plan check, plan show, plan list, plan schema; and schema."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from yuqing import screen, store
from yuqing.baseline import BASELINE, slacker
from yuqing.cli import adopt, coverplan, looking, newplan, plandiff, simulate
from yuqing.cli.articles import order, under
from yuqing.cli.context import Session, session
from yuqing.cli.prose import Prose
from yuqing.cli.understand import nearest
from yuqing.coverage import Coverage
from yuqing.errors import NotFound, Problem, Said, Unreadable, Unusable, Usage
from yuqing.plan import Plan
from yuqing.read.tree import Tree, parse
from yuqing.screen import span_words
from yuqing.span import Span
from yuqing.variants import fold
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    plan = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    plan.command("check", help=N_("Is a plan file valid and complete? Ends 3 if not."))(_check)
    plan.command("show", help=N_("The plan, or one duty of it, told in sentences."))(_show)
    plan.command("why", help=N_("Everything encoded under an article of the plan."))(_why)
    plan.command("list", help=N_("Adopted plans, and those at hand."))(_list)
    plan.command("schema", help=N_("JSON Schema of plan files, for editors."))(_schema)
    for room in (simulate, plandiff, adopt, newplan):
        room.register(plan)
    app.add_typer(plan, name="plan", help=N_("Read and check the written plan."))
    app.command("schema", help=N_("JSON Schema of case and other files, for editors."))(
        _case_schema
    )


def workspace(run: Session) -> store.Workspace | None:
    """The office, if there is one: a plan file can be checked anywhere."""
    try:
        return run.workspace
    except Unusable:
        return None


def files(run: Session, file: str | None) -> list[Path]:
    """The plan files that are meant: the one named, else the adopted ones."""
    if file is None:
        names = [f"{name}.yaml" for name in run.workspace.office.plans]
        return [store.template_path(run.workspace, "plans", name) for name in names]
    path = run.directory / file
    if path.is_file():
        return [path]
    ws = workspace(run)
    known = store.template_names(ws, "plans")
    named = [name for name in known if file in (name.removesuffix(".yaml"), name.partition("@")[0])]
    if not named:
        raise NotFound(
            N_("there is no plan file {name}"),
            name=file,
            hint=Said(N_("at hand: {plans}"), {"plans": ", ".join(store.plan_names(ws)) or "–"}),
        )
    return [known[max(named)]]


# --- plan check ------------------------------------------------------------------------


def _check(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", show_default=False, help=N_("Plan file or ID (adopted ones).")
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text",
            metavar="FILE",
            help=N_("The plan as issued (txt, md, docx): is every time in it in a quote?"),
        ),
    ] = None,
) -> int:
    """Everything that is wrong with a plan, and what may be worth a look."""
    run = session(ctx)
    problems: list[Problem] = []
    lines: list[str] = []
    coverage: Coverage | None = None
    for path in files(run, file)[: 1 if text else None]:
        plan, found = store.read_plan_file(workspace(run), path)
        problems += found
        if plan is not None:
            problems += _slacker(run, plan, path)
            lines.append(_summary(run, plan))
        if plan is not None and text is not None:
            name, tree = _tree(run, path)
            coverage, more = coverplan.check(
                run, plan, name, text, tree.line if tree else lambda _: 0
            )
            problems += more
    broken = any(each.severity in ("error", "finding") for each in problems)
    if run.json:
        items = coverplan.items(coverage) if coverage else []
        screen.dump(screen.envelope("plan-check", run.now, items, problems, run.language))
        return 3 if broken else 0
    for problem in problems:
        print(screen.problem_line(problem, run.language))
    if not run.quiet:
        if coverage is not None and text is not None:
            coverplan.show(run, text, coverage)
        for line in lines:
            print(line)
    return 3 if broken else 0


def _slacker(run: Session, plan: Plan, path: Path) -> list[Problem]:
    """Where the national baseline, if there is one at hand, gives less time than the plan."""
    ws = workspace(run)
    known = store.template_names(ws, "plans")
    versions = [name for name in known if name.partition("@")[0] == BASELINE]
    if plan.id == BASELINE or not versions:
        return []
    norm, _ = store.read_plan_file(ws, known[max(versions)])
    if norm is None:
        return []
    name, tree = _tree(run, path)
    return [
        replace(
            each,
            line=tree.line(each.path) if tree is not None else 0,
            params={k: span_words(v) if isinstance(v, Span) else v for k, v in each.params.items()},
        )
        for each in slacker(plan, norm, name)
    ]


def _tree(run: Session, path: Path) -> tuple[str, Tree | None]:
    """The name of a plan file for people, and where its parts stand in it."""
    ws = workspace(run)
    name = ws.name(path) if ws is not None else path.name
    return name, parse(path.read_bytes(), name, as_text=False)[0]


def _summary(run: Session, plan: Plan) -> str:
    open_readings = sum(not reading.confirmed for reading in plan.readings.values())
    said = looking.say(
        run,
        N_("{plan}: usable. {duties} duties, {gates} gates, {levels} levels, {clauses} articles"),
        plan=plan.name,
        duties=len(plan.duties),
        gates=len(plan.gates),
        levels=sum(len(s.levels) for name, s in plan.scales.items() if name != "truth"),
        clauses=len(_articles(plan)),
    )
    if not open_readings:
        return said
    unsettled = looking.say(run, N_("{n} readings not confirmed by this office"), n=open_readings)
    return f"{said}; {unsettled}"


def _articles(plan: Plan) -> set[str]:
    """Every article that the plan file encodes."""
    levels = [level for scale in plan.scales.values() for level in scale.levels]
    clauses = [
        *(duty.clause for duty in plan.duties.values()),
        *(gate.clause for gate in plan.gates.values()),
        *(refused.clause for refused in plan.unsupported),
        *(level.clause for level in levels),
    ]
    return {clause for clause in clauses if clause}


# --- plan show, list, schema -----------------------------------------------------------


def _show(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLAN|DUTY", show_default=False, help=N_("A plan by ID, and duties.")
        ),
    ] = None,
) -> int:
    """The plan as prose: what the program has understood."""
    run = session(ctx)
    plan, duties = meant(run, list(words or ()))
    prose = Prose(plan, run.language)
    lines: list[str] = []
    for duty in duties:
        if duty in plan.duties:
            lines += prose.duty(plan.duties[duty])
        elif duty in plan.gates:
            lines += prose.gate(plan.gates[duty])
        else:
            near = nearest(duty, [*plan.duties, *plan.gates])
            raise NotFound(
                N_("plan {plan} has no duty or gate {name}"),
                hint=Said(N_("the nearest: {names}"), {"names": near}),
                plan=plan.name,
                name=duty,
            )
    lines = lines or prose.whole()
    if run.json:
        items = [{"plan": plan.name, "text": lines}]
        screen.dump(screen.envelope("plan", run.now, items, [], run.language))
        return 0
    for line in lines:
        print(line)
    return 0


def _why(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[PLAN] CLAUSE", show_default=False, help=N_("A plan by ID, and an article.")
        ),
    ],
) -> int:
    """Levels, duties, readings, gates and refusals that stand on one article, with its words."""
    run = session(ctx)
    plan, rest = meant(run, list(words))
    if len(rest) != 1:
        raise Usage(N_("name one article: {line}"), line="yuqing plan why [PLAN] CLAUSE")
    article = rest[0]
    found = under(plan, article)
    idle = any(fold(each) == fold(article) for each in plan.without_rule)
    if not found and not idle:
        raise NotFound(
            N_("plan {plan} encodes nothing under {article}"),
            hint=Said(N_("the nearest: {names}"), {"names": nearest(article, order(plan))}),
            plan=plan.name,
            article=article,
        )
    prose = Prose(plan, run.language)
    lines = [f"{plan.name}  {screen.clean(plan.title)}"]
    text = next((t for name, t in plan.clauses.items() if fold(name) == fold(article)), "")
    if text:
        lines.append(f"“{screen.clean(text)}”")
    if idle:
        lines.append(looking.say(run, N_("asks nothing")))
    for each in found:
        lines += prose.encoded(each)
    if run.json:
        items = [
            {"sort": each.sort, "id": each.id, "clause": each.article, "text": prose.encoded(each)}
            for each in found
        ]
        screen.dump(screen.envelope("plan-why", run.now, items, [], run.language, plan=plan.name))
        return 0
    for line in lines:
        print(line)
    return 0


def meant(run: Session, words: list[str]) -> tuple[Plan, list[str]]:
    """The plan that the words begin with, else the first adopted one that has the duty."""
    ws = workspace(run)
    if words:
        known = [
            name for name in store.plan_names(ws) if words[0] in (name, name.partition("@")[0])
        ]
        if known or (run.directory / words[0]).is_file():
            return read(run, files(run, words[0])[0]), words[1:]
    plans = [read(run, path) for path in files(run, None)]
    if not plans:
        raise Unusable(N_("the office has adopted no plan"))
    having = [
        plan for plan in plans if words and (words[0] in plan.duties or words[0] in plan.gates)
    ]
    return (having or plans)[0], words


def read(run: Session, path: Path) -> Plan:
    """The plan in a file. Raises ``Unreadable``, naming all that is wrong with it."""
    plan, problems = store.read_plan_file(workspace(run), path)
    if plan is None:
        raise Unreadable(problems)
    return plan


def _list(ctx: typer.Context) -> int:
    """Adopted plans first, with what is still open in them."""
    run = session(ctx)
    ws = workspace(run)
    adopted = ws.office.plans if ws else ()
    names = [*adopted, *(name for name in store.plan_names(ws) if name not in adopted)]
    problems: list[Problem] = []
    items = []
    rows = []
    for name in names:
        try:
            plan = read(run, store.template_path(ws, "plans", f"{name}.yaml"))
        except Unreadable as fault:
            if name in adopted:
                problems += fault.problems
            continue
        status = N_("adopted") if name in adopted else N_("at hand")
        items.append({"plan": name, "title": plan.title, "adopted": name in adopted})
        rows.append((name, looking.say(run, status), screen.clean(plan.title), _summary(run, plan)))
    if run.json:
        screen.dump(screen.envelope("plans", run.now, items, problems, run.language))
    else:
        screen.rows([row[:3] for row in rows], fancy=looking.fancy(run))
        screen.complain(problems, run.language)
    return 3 if problems else 0


def _schema(
    ctx: typer.Context,
    plan: Annotated[
        str | None,
        typer.Argument(
            metavar="PLAN", show_default=False, help=N_("Complete the names of this plan.")
        ),
    ] = None,
) -> int:
    """The JSON Schema of plan files on stdout, in the language asked for."""
    from yuqing.cli import schemas

    run = session(ctx)
    known = () if plan is None else (read(run, files(run, plan)[0]),)
    screen.dump(schemas.schema("plan", run.language, known))
    return 0


def _case_schema(
    ctx: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="case|plan|office|calendar|roster|drill",
            show_default=False,
            help=N_("Which kind of file (case)."),
        ),
    ] = "case",
    install: Annotated[
        bool, typer.Option("--install", help=N_("Write all of them where editors look."))
    ] = False,
) -> int:
    """The JSON Schema of a kind of file on stdout; in an office with the names of its plans."""
    from yuqing.cli import schemas

    run = session(ctx)
    if kind not in schemas.FILES:
        key = N_("there is no kind of file {name}; there are: {names}")
        raise Usage(key, name=kind, names=", ".join(schemas.FILES))
    if install:
        return _install(run)
    ws = workspace(run)
    plans: tuple[Plan, ...] = ()
    if ws is not None:
        with contextlib.suppress(Unreadable, Unusable):  # check names a broken plan
            plans = store.plans(ws)
    organs = ws.office.organs if ws is not None else {}
    screen.dump(
        schemas.schema(kind, run.language, plans if kind in schemas.SPEAKING else (), organs)
    )
    return 0


def _install(run: Session) -> int:
    """Schemas are ours and written anew; settings that exist are the person's and stay."""
    from yuqing import render
    from yuqing.cli import schemas

    ws = run.workspace
    plans = store.plans(ws)
    (ws.root / schemas.FOLDER).mkdir(exist_ok=True)
    for name, data in schemas.for_editors(run.language, plans, ws.office.organs).items():
        path = ws.root / name
        if path.name == "settings.json" and path.exists():
            if b"yuqing-office.schema.json" not in path.read_bytes():
                key = N_("{file} exists; left as it is. What belongs into it:")
                print(looking.say(run, key, file=name))
                print(data.decode(), end="")
            continue
        render.put(path, data)
        print(name)
    return 0
