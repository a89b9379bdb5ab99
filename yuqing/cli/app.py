"""The Typer application: global options, the board, and the one funnel for every failure."""

from __future__ import annotations

import copy
import dataclasses
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

import yuqing
from yuqing import words
from yuqing.cli import usage
from yuqing.cli.brief import BRIEF, GROUPS, HIDDEN
from yuqing.cli.context import Session, locale_language, session
from yuqing.errors import Failure, Said, Unreadable, Usage
from yuqing.words import N_

ROOMS: Mapping[str, tuple[str, ...]] = {
    "write": ("new", "note", "grade", "report", "receive", "receipt", "approve", "publish", "reply",
              "assign", "done", "mark", "adjust", "amend", "close", "tick", "meet", "decide",
              "request", "link", "add", "save", "tidy"),
    "redact": ("redact",),
    "sync": ("sync",),
    "look": ("next", "due", "list"),
    "overdue": ("overdue",),
    "lookcase": ("show", "why"),
    "papers": ("render", "review"),
    "figures": ("stats",),
    "sheets": ("ledger", "handover", "digest", "faq"),
    "library": ("search", "similar"),
    "lookoffice": ("check", "init", "doctor", "help"),
    "posts": ("duty",),
    "lookplan": ("schema", "plan"),
    "merging": ("merge-file", "textconv"),
    "proof": ("audit", "history", "seal"),
    "calendar": ("calendar",),
    "board": ("board",),
    "cron": ("cron",),
    "export": ("export",),
    "importing": ("import",),
    "demo": ("demo",),
    "drill": ("drill",),
}  # fmt: skip
"""Modules of ``yuqing.cli`` and the commands each brings by its ``register(app)``; a command
line loads only the module of its verb. A test holds the table against the modules."""

GLOBAL = ("directory", "lang", "json", "quiet", "no_color", "now")
"""Options that stand before the verb, and are understood behind it too."""


def _version(asked: bool) -> None:
    if asked:
        print(f"yuqing {yuqing.__version__}")
        raise typer.Exit


def _options(
    ctx: typer.Context,
    directory: Annotated[
        str | None,
        typer.Option("-C", metavar="DIR", help=N_("The office's folder (default: here).")),
    ] = None,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="LANG", help=N_("Language: en, zh_CN or zh_TW."))
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("Answer as JSON."))] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help=N_("Say only what was asked for."))
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help=N_("No colours."))] = False,
    now: Annotated[
        str | None,
        typer.Option(
            "--now",
            metavar="TIME",
            help=N_("As the record stood then; for writing in drills only."),
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help=N_("The board, renewed by itself until Ctrl-C."))
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=N_("The version.")),
    ] = False,
) -> int:
    """The root: makes the session, and shows the board if no verb follows."""
    ctx.obj = _with(
        Session(
            directory=Path(os.environ.get("YUQING_HOME") or "."),
            clock=datetime.now(UTC),
            wish=os.environ.get("YUQING_LANG") or None,
            color=not os.environ.get("NO_COLOR"),
            typed=tuple(ctx.obj or ()),
        ),
        directory=directory,
        lang=lang,
        json=json,
        quiet=quiet,
        no_color=no_color,
        now=now,
    )
    if ctx.invoked_subcommand is None:
        from yuqing.cli import look

        return look.live(session(ctx), 10) if watch else look.board(session(ctx))
    return 0


def _with(
    before: Session,
    *,
    directory: str | None = None,
    lang: str | None = None,
    json: bool = False,
    quiet: bool = False,
    no_color: bool = False,
    now: str | None = None,
) -> Session:
    """The session with the global options that were given."""
    if lang is not None and not lang.replace("-", "_").lower().startswith(("en", "zh")):
        raise Usage(N_("no language {name}; there are en, zh_CN and zh_TW"), name=lang)
    return dataclasses.replace(
        before,
        directory=Path(directory) if directory is not None else before.directory,
        wish=lang or before.wish,
        json=json or before.json,
        quiet=quiet or before.quiet,
        color=before.color and not no_color,
        now_text=now if now is not None else before.now_text,
    )


def _late(name: str) -> Callable[[typer.Context, Any, Any], Any]:
    """A global option typed behind the verb changes the session all the same."""

    def take(ctx: typer.Context, _param: Any, value: Any) -> Any:
        root = ctx.find_root()
        if value and isinstance(root.obj, Session):
            root.obj = _with(root.obj, **{name: value})
        return value

    return take


def build(language: str, verb: str | None = None, *, brief: bool = False) -> Any:
    """The command tree, its help in ``language``: whole, or only what holds ``verb``.

    ``brief``: the names of all commands and what they are for, which is all that ``--help`` says.
    """
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(
        invoke_without_command=True,
        help=N_("Keep the cases of a duty office: what is owed, by when, under which article."),
    )(_options)
    holding = [room for room, commands in ROOMS.items() if verb in commands]
    for room in holding or ROOMS:
        if brief and BRIEF.keys() >= set(ROOMS[room]):
            for name in ROOMS[room]:
                app.command(name, help=BRIEF[name], hidden=name in HIDDEN)(_nothing)
        else:
            import_module(f"yuqing.cli.{room}").register(app)
    # Typer looks up the frame of its help in the catalogs of the machine's locale
    typer.core._ = lambda message: words.say(message, language)  # type: ignore[attr-defined]
    root: Any = typer.main.get_command(app)
    for name in GROUPS if brief else ():
        if name in root.commands:
            root.commands[name] = root.commands.pop(name)
    shared = [each for each in root.params if each.name in GLOBAL]
    _speak(root, language)
    usage.tell_of_completion(root, language)
    _dress(root, shared, language)
    return root


def _nothing() -> None:
    """Stands for a command that is only named."""


def _dress(group: Any, shared: Sequence[Any], language: str) -> None:
    """Put every command's help into the language and let it take the global options."""
    for command in group.commands.values():
        _speak(command, language)
        command.short_help = command.help  # Typer would cut it to one line
        if hasattr(command, "commands"):
            _dress(command, shared, language)
            continue
        for option in shared:
            late = copy.copy(option)
            late.expose_value, late.hidden = False, True
            late.callback = _late(option.name)
            taken = {name for each in command.params for name in each.opts}
            if not taken.intersection(late.opts):
                command.params.append(late)


TYPERS_OWN = (
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
)
"""Help that Typer brings itself."""


class _Typed:
    """Takes what needs no conversion as it is: text, and what was not typed at all. Typer would
    ask pydantic whether text is text, and each command would pay for loading it."""

    def __init__(self, param: Any) -> None:
        self._convert = param.get_runtime_param

    def __call__(self) -> _Typed:
        """In the place of a parameter's ``get_runtime_param``."""
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """As Typer calls it for every parameter."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if param.type_descriptor.annotation in (str, list[str]):
            return list(value) if several else value
        if param.type_descriptor.annotation is Path and not several:
            return Path(value)  # none of ours has to exist, or to be of some kind
        return self._convert().coerce(value, param=param, ctx=ctx)


def _speak(command: Any, language: str) -> None:
    """Put a command's help, and that of its options, into the language."""
    for said in (command, *command.params):
        if getattr(said, "help", None):
            said.help = words.say(said.help, language)
        if hasattr(said, "get_runtime_param"):
            said.get_runtime_param = _Typed(said)
    usage.frame(command, language)
    if hasattr(command, "commands"):
        usage.name_the_nearest(command)
    plain = command.get_help_option

    def get_help_option(ctx: typer.Context) -> Any:
        option = plain(ctx)
        if option is not None:
            option.help = words.say(TYPERS_OWN[0], language)
            if option.default is None:
                option.default = False  # without a default Typer asks pydantic what None may be
        return option

    command.get_help_option = get_help_option


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and say how it went. Returns the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a console that knows no Chinese must not turn an answer into a traceback
            stream.reconfigure(encoding="utf-8", errors="replace")
    helping = not {"-h", "--help"}.isdisjoint(args)
    language = words.choose(
        _asked(args),
        os.environ.get("YUQING_LANG"),
        _written_language(args) if helping else None,
        locale_language(),
    )
    try:
        completing = "_YUQING_COMPLETE" in os.environ
        if completing and (code := _offered()) is not None:
            return code
        verb = _verb(args)
        # `help` speaks of every command; without a verb the board answers, from `next`'s room
        named = not verb and helping
        whole = completing or verb == "help" or named
        brief = named and not completing
        root = build(language, None if whole else verb or "next", brief=brief)
        if completing:
            root.main(args, prog_name="yuqing")
        with root.make_context("yuqing", list(args), obj=tuple(args)) as ctx:
            try:
                answer = root.invoke(ctx)
            except Failure as failure:
                if not isinstance(ctx.obj, Session):
                    return fail(failure, _spoken(args))
                _as_json(failure, ctx.obj, ctx.invoked_subcommand or "board")
                return fail(failure, ctx.obj.language)
            sys.stdout.flush()
        return answer if isinstance(answer, int) else 0
    except Failure as failure:  # before the session stood
        return fail(failure, _spoken(args))
    except typer.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        # the reader has gone (| head): not an error, and nothing more may be flushed there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as trouble:
        print(_surroundings(trouble, language), file=sys.stderr)
        return 8
    except Exception as bug:  # noqa: BLE001 - the one funnel
        show = getattr(bug, "show", None)
        if show is None:
            return _confess(bug, language)
        said = usage.explain(bug)
        if not said:
            show()
            return 2
        _misused(bug, said, _spoken(args))
        return 2


def _offered() -> int | None:
    """TAB was pressed for the first time since a plan or the program changed: learn, then offer."""
    from yuqing import offers
    from yuqing.cli.complete import learn

    learned = learn()
    known = learned is not None and offers.keep(learned, os.environ)
    return offers.answer(os.environ) if known else None


def _verb(args: Sequence[str]) -> str | None:
    """The first word that is no global option nor the value of one."""
    words_left = iter(args)
    for word in words_left:
        if word in ("-C", "--lang", "--now"):
            next(words_left, None)
        elif not word.startswith("-"):
            return word
    return None


def _asked(args: Sequence[str], option: str = "--lang") -> str | None:
    """The value of an option on the command line, before anything is parsed."""
    for place, word in enumerate(args):
        if word == "--":
            break
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option:
            return args[place + 1] if place + 1 < len(args) else None
    return None


def _written_language(args: Sequence[str]) -> str | None:
    """The language of office.yaml, by its one line: help must not load what reads the file."""
    folder = Path(_asked(args, "-C") or os.environ.get("YUQING_HOME") or ".")
    try:
        for each in (folder.resolve(), *folder.resolve().parents):
            file = each / "templates" / "office.yaml"
            if file.is_file():
                text = file.read_text("utf-8", "replace")
                found = re.search(r"^language: *['\"]?([\w-]+)", text, re.MULTILINE)
                return found[1] if found else None
    except OSError:
        pass  # help is given all the same
    return None


def _spoken(args: Sequence[str]) -> str:
    """The language of a failure before a session stood: also the office is asked."""
    return Session(
        directory=Path(_asked(args, "-C") or os.environ.get("YUQING_HOME") or "."),
        clock=datetime.now(UTC),
        wish=_asked(args) or os.environ.get("YUQING_LANG") or None,
    ).language


def fail(failure: Failure, language: str) -> int:
    """Show a failure on stderr: what, where, what to do next. Returns its exit code."""
    from yuqing.screen import clean, problem_line

    if isinstance(failure, Unreadable):
        for problem in failure.problems:
            print(problem_line(problem, language), file=sys.stderr)
    else:
        print(clean(words.say(failure.said, language)), file=sys.stderr)
    if failure.hint:
        print(clean(words.say(failure.hint, language)), file=sys.stderr)
    return failure.exit_code


def _misused(bug: Any, said: Sequence[Said], language: str) -> None:
    """A command line that Typer cannot take: the usage, what is wrong, what to do."""
    from yuqing.screen import clean

    if getattr(bug, "ctx", None):
        usage.frame(bug.ctx.command, language)
        print(bug.ctx.get_usage(), file=sys.stderr)
    for each in said:
        print(clean(words.say(each, language)), file=sys.stderr)


def _as_json(failure: Failure, session: Session, kind: str) -> None:
    """With ``--json``, files that cannot be used are an answer too: an incomplete one."""
    if session.json and isinstance(failure, Unreadable):
        from yuqing.screen import dump, envelope

        dump(envelope(kind, session.now, [], failure.problems, session.language))


def _surroundings(trouble: OSError, language: str) -> str:
    from yuqing.screen import clean

    where = trouble.filename
    said = N_("{file}: the system says {reason}") if where else N_("the system says {reason}")
    params = {"file": str(where)} if where else {}
    return clean(words.say(said, language, reason=words.reason(trouble), **params))


def _confess(bug: Exception, language: str) -> int:
    """An error of ours: one sentence, and the trace where it can be sent from."""
    trace = "".join(traceback.format_exception(bug))
    what = f"{type(bug).__name__}: {bug}".splitlines()[0][:200]
    if os.environ.get("YUQING_DEBUG"):
        print(trace, end="", file=sys.stderr)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="yuqing-", suffix=".txt", delete=False
        ) as kept:
            kept.write(trace)
            where = kept.name
    except OSError:
        where = "YUQING_DEBUG=1"
    said = N_("an error in yuqing itself, not in your files: {what}. Please report it with {where}")
    print(words.say(said, language, what=what, where=where), file=sys.stderr)
    return 1
