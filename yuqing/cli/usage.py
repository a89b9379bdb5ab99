"""What is wrong with a command line, in our words: Typer would say it in English alone.

Its classes live in a copy of Click that is Typer's own affair, so they are told apart by their
names. What is not known here stays as Typer says it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer

from yuqing import words
from yuqing.errors import Said, Usage
from yuqing.words import N_

FRAME = (
    N_("Usage: "),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("required"),
    N_("default: {default}"),
    N_("(dynamic)"),
    N_("Aborted!"),
)
"""What Typer writes around our help. It looks up all but the first three by gettext."""

_WORDS = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def explain(bug: Any) -> tuple[Said, ...]:
    """The fault, and what to do about it; empty for what is not known here.

    ``bug``: an exception of Typer's, with its context, parameter or option as far as it has them.
    """
    says: dict[str, Callable[[Any], tuple[Said, ...]]] = {
        "NoSuchOption": _no_option,
        "BadOptionUsage": _option,
        "MissingParameter": _missing,
        "BadParameter": _value,
        "FileError": _file,
        "NoArgsIsHelpError": lambda _: (),  # shows our help
        "UsageError": _words,
    }
    for each in type(bug).__mro__:
        if each.__name__ in says:
            return says[each.__name__](bug)
    return ()


def frame(command: Any, language: str) -> None:
    """Put into the language what Typer writes around a usage line."""
    command.options_metavar = words.say(FRAME[1], language)
    command.subcommand_metavar = words.say(FRAME[2], language)

    def format_usage(ctx: Any, formatter: Any) -> None:
        pieces = " ".join(command.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=words.say(FRAME[0], language))

    command.format_usage = format_usage


def tell_of_completion(root: Any, language: str) -> None:
    """Let ``--install-completion`` say in the language where it went."""

    def install(ctx: typer.Context, _param: Any, value: Any) -> Any:
        if not value or ctx.resilient_parsing:
            return value
        known = value if isinstance(value, str) else None
        shell, path = typer.completion.install(shell=known)  # type: ignore[attr-defined]
        said = N_("completion for {shell} stands in {path}; the next shell knows it")
        print(words.say(said, language, shell=shell, path=path))
        raise typer.Exit

    for each in root.params:
        if each.name == "install_completion":
            each.callback = install


def name_the_nearest(group: Any) -> None:
    """Let a group of commands say itself what it does not know."""
    resolve = group.resolve_command

    def resolve_command(ctx: Any, args: list[str]) -> Any:
        if args[0] not in group.commands and not args[0].startswith("-"):
            raise _no_command(group, args[0])
        return resolve(ctx, args)

    group.resolve_command = resolve_command


_VOID = "yuqing amend . last --void -b …"
_MEANT = {
    "undo": _VOID, "void": _VOID, "delete": _VOID, "remove": _VOID, "撤销": _VOID, "作废": _VOID,
    "撤回": _VOID, "删除": _VOID, "edit": "yuqing amend . last at=02:05 -b …",
    "push": "yuqing sync", "pull": "yuqing sync", "status": "yuqing", "posts": "yuqing help posts",
}  # fmt: skip
"""What other programs call it: near in the letters is something else."""


_SHORTEST = 4
"""Letters by which a moment is known: ``calm``, ``lift``, ``occurr``."""


def _moment(name: str) -> str | None:
    """The line for a moment of the case (平息) that was typed as if it were a command."""
    from yuqing.cli.typed import MARKED, REASONED
    from yuqing.cli.vocabulary import KIND_WORDS

    for kind in sorted(MARKED | REASONED):
        short = len(name) >= _SHORTEST and kind.startswith(name)
        if short or name in KIND_WORDS[kind]:
            return f"yuqing mark CASE {kind}" + (" -b …" if kind in REASONED else "")
    return None


def _no_command(group: Any, name: str) -> Usage:
    """There is no such command in this group: the nearest are named."""
    from yuqing.cli.understand import nearest, nearest_named

    known = {each: command for each, command in group.commands.items() if not command.hidden}
    if line := _MEANT.get(name.casefold()) or _moment(name.casefold()):
        hint = Said(N_("so: {line}"), {"line": line})
    elif name.isascii():
        hint = Said(N_("there are: {names}"), {"names": nearest(name, known)})
    else:
        told = {each: (command.help or "",) for each, command in known.items()}
        hint = Said(N_("there are: {names}"), {"names": nearest_named(name, told)})
    return Usage(N_("no command {name}"), name=name, hint=hint)


def _no_option(bug: Any) -> tuple[Said, ...]:
    import difflib

    name = bug.option_name
    said = [Said(N_("no option {name}"), {"name": name})]
    params = bug.ctx.command.params if bug.ctx else ()
    long = {opt[2:]: opt for each in params for opt in each.opts if opt[:2] == "--"}
    if name.startswith("--") and long:
        close = difflib.get_close_matches(name[2:], long, cutoff=0.7)
        names = "、".join(long[each] for each in close or long)
        said.append(Said(N_("there are: {names}"), {"names": names}))
    if re.match(r"-[^-]", name):
        key = N_("words that begin with - stand behind --, as in: {line}")
        said.append(Said(key, {"line": 'yuqing note . -- "-10度"'}))
    return tuple(said)


def _option(bug: Any) -> tuple[Said, ...]:
    if "requires" in bug.message:
        return (Said(N_("option {name} wants a value behind it"), {"name": bug.option_name}),)
    if "does not take" in bug.message:
        return (Said(N_("option {name} takes no value"), {"name": bug.option_name}),)
    return ()


def _missing(bug: Any) -> tuple[Said, ...]:
    if bug.param is None:
        return ()
    name, what = _name(bug), getattr(bug.param, "help", None)
    if what:
        return (Said(N_("{name} is missing: {what}"), {"name": name, "what": what}),)
    return (Said(N_("{name} is missing"), {"name": name}),)


def _value(bug: Any) -> tuple[Said, ...]:
    """A value that its parameter cannot take: pydantic tells why by a code."""
    cause = bug.__cause__
    if bug.param is None or not hasattr(cause, "errors"):
        return ()
    error = cause.errors()[0]
    params = {"name": _name(bug), "value": str(error["input"])}
    if str(error["type"]).startswith("int_"):
        return (Said(N_("{name} wants a whole number, not {value}"), params),)
    return (Said(N_("{name} cannot take {value}"), params),)


def _file(bug: Any) -> tuple[Said, ...]:
    params = {"file": bug.filename, "reason": bug.message}
    return (Said(N_("{file}: the system says {reason}"), params),)


def _words(bug: Any) -> tuple[Said, ...]:
    commands = getattr(bug.ctx.command, "commands", None) if bug.ctx else None
    if commands:
        names = "、".join(commands)
        key = N_("what shall {command} do? There are: {names}")
        return (Said(key, {"command": bug.ctx.command_path, "names": names}),)
    found = _WORDS.fullmatch(bug.message)
    return (Said(N_("more words than it takes: {words}"), {"words": found[1]}),) if found else ()


def _name(bug: Any) -> str:
    """A parameter as help shows it."""
    return str(bug.param.opts[0] if bug.param.param_type_name == "option" else bug.param.metavar)
