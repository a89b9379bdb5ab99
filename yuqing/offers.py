"""What the shell offers when TAB is pressed, before the finger has left the key.

Only the standard library is loaded: commands, options and the words of the office's plans were
learned once (``yuqing.cli.complete``) and lie under the git directory until a plan,
``office.yaml`` or the program changes; cases and entries are read off the files' own lines.
Whatever this does not know is left to the command line's own completion.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Offer = tuple[str, str]
"""A word, and a line about it."""

_PLACE = (".git", "yuqing", "offers")
_GLOBAL = ("-C", "--lang", "--now")
_NO_VALUE = ("-q", "--quiet", "--json", "--no-color", "--watch", "--version")


def answer(env: Mapping[str, str]) -> int | None:
    """Print what fits, in the shell's own form; ``None``: ask somebody else.

    ``env`` is the environment that the shell's completion function sets.
    """
    shell = env.get("_YUQING_COMPLETE", "").removeprefix("complete_")
    asked = _asked(shell, env)
    if asked is None:
        return None
    before, begun = asked
    root = _office(os.getcwd())
    if root is None or any(word in _GLOBAL for word in before):
        return None
    known = _known(root, env)
    if known is None:
        return None
    offers = _offers(known, root, before, begun)
    if offers is None:
        return None
    fitting = [each for each in offers if fits(each, begun)]
    if shell == "fish" and env.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":
        return 0 if fitting else 1
    if fitting:
        sys.stdout.write(_printed(shell, fitting) + "\n")
    return 0


def _asked(shell: str, env: Mapping[str, str]) -> tuple[list[str], str] | None:
    """The whole words behind the program's name, and the one that is being typed."""
    if shell == "bash":
        line, at = env.get("COMP_WORDS", ""), env.get("COMP_CWORD", "")
        words = line.split("\n") if "\n" in line else line.split(" ")
        if not at.isdigit() or any(sign in line for sign in "\"'\\`$"):
            return None
        count = int(at)
        return words[1:count], words[count] if count < len(words) else ""
    if shell in ("zsh", "fish"):
        line = env.get("_TYPER_COMPLETE_ARGS", "")
        if any(sign in line for sign in "\"'\\`$"):
            return None
        words = line.split()
        return (words[1:], "") if line.endswith(" ") else (words[1:-1], words[-1] if words else "")
    return None


def _printed(shell: str, offers: Sequence[Offer]) -> str:
    """As Typer's completion scripts read it."""
    if shell == "bash":
        return "\n".join(word for word, _ in offers)
    if shell == "fish":
        return "\n".join(f"{word}\t{_one_line(said)}" if said else word for word, said in offers)
    told = []
    for word, said in offers:
        name = _quoted(word).replace(":", r"\\:")
        told.append(f'"{name}":"{_quoted(_one_line(said))}"' if said else f'"{name}"')
    return "_arguments '*: :((" + "\n".join(told) + "))'"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    for sign in ('"', "'", "$", "`"):
        text = text.replace(sign, f"\\{sign}" if sign == '"' else "" if sign != "'" else "''")
    return text


# --- what is known ---------------------------------------------------------------------


def _office(folder: str) -> str | None:
    """The nearest folder upwards with ``templates/office.yaml``."""
    if "YUQING_HOME" in os.environ:
        return None
    while True:
        if os.path.isfile(os.path.join(folder, "templates", "office.yaml")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _known(root: str, env: Mapping[str, str]) -> Mapping[str, Any] | None:
    """What was learned, if nothing has changed since."""
    try:
        with open(os.path.join(root, *_PLACE), "rb") as file:
            kept, found = marshal.loads(file.read())  # noqa: S302 - written by us, into .git
        if kept == _signature(root, env) and isinstance(found, dict):
            return found
    except (OSError, ValueError, EOFError, TypeError):
        pass
    return None


def keep(learned: Mapping[str, Any], env: Mapping[str, str]) -> bool:
    """Keep what was learned for the next TAB. False where there is no place for it."""
    root = _office(os.getcwd())
    if root is None or not os.path.isdir(os.path.join(root, ".git")):
        return False
    place = os.path.join(root, *_PLACE)
    temp = f"{place}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(temp, "wb") as file:
            file.write(marshal.dumps((_signature(root, env), dict(learned))))
        os.replace(temp, place)
    except OSError:
        return False  # it costs time only
    return True


def _signature(root: str, env: Mapping[str, str]) -> tuple[Any, ...]:
    """What the learned words hang on: the office's files, the program, the language."""
    here = os.path.dirname(__file__)
    folders = (
        os.path.join(root, "templates"), os.path.join(root, "templates", "plans"),
        here, os.path.join(here, "cli"),
    )  # fmt: skip
    marks: list[tuple[str, int, int, int]] = []
    for folder in folders:
        try:
            entries = sorted(os.scandir(folder), key=lambda each: each.name)
        except OSError:
            continue
        for each in entries:
            if each.name.endswith((".yaml", ".py")):
                seen = each.stat()
                marks.append((each.name, seen.st_size, seen.st_mtime_ns, seen.st_ino))
    tongues = tuple(env.get(n, "") for n in ("YUQING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return (*tongues, sys.version, tuple(marks))


def fits(offer: Offer, begun: str) -> bool:
    """Does it begin as typed? Or is what was typed a part of its Chinese name: 宣 → publicity."""
    word, said = offer
    return word.casefold().startswith(begun.casefold()) or (not begun.isascii() and begun in said)


# --- what fits here --------------------------------------------------------------------


def _offers(
    known: Mapping[str, Any], root: str, before: Sequence[str], begun: str
) -> list[Offer] | None:
    """All words that may stand here; ``None`` where this cannot tell."""
    words = list(before)
    while words and words[0] in _NO_VALUE:
        words.pop(0)
    if not words:
        return None if begun.startswith("-") else list(known["commands"][""])
    group = f"{words[0]} " if f"{words[0]} " in known["commands"] else ""
    if group:
        words.pop(0)
        if not words:
            return None if begun.startswith("-") else list(known["commands"][group])
    verb = known["verbs"].get(f"{group}{words.pop(0)}")
    if verb is None:
        return None
    given, wanted = _placed(words, verb["options"])
    if wanted is None and begun.startswith("-"):
        if "=" in begun:
            return None
        return [(name, said) for name, (said, _) in verb["options"].items()]
    kinds = [wanted] if wanted is not None else _expected(verb, len(given))
    case = given[0] if given and verb["takes_case"] else None
    return [each for kind in kinds for each in _of_kind(known, root, kind, case)]


def _placed(words: Sequence[str], options: Mapping[str, Any]) -> tuple[list[str], str | None]:
    """The words that are no options, and what the last option still waits for."""
    given: list[str] = []
    wanted: str | None = None
    for word in words:
        if wanted is not None:
            wanted = None
        elif word.startswith("-") and len(word) > 1:
            wanted = options.get(word, ("", None))[1]
        else:
            given.append(word)
    return given, wanted


def _expected(verb: Mapping[str, Any], count: int) -> list[str]:
    """Kinds of the next word: one list for each place, the last for all that follow."""
    places: list[list[str]] = verb["words"]
    if count < len(places):
        return places[count]
    return places[-1] if places and verb["many"] else []


def _of_kind(known: Mapping[str, Any], root: str, kind: str, case: str | None) -> Iterator[Offer]:
    if kind == "CASE":
        yield from _cases(root)
    elif kind in ("ENTRY", "ITEM"):
        yield from _entries(root, case, only_due=kind == "ITEM")
    elif kind == "DUTY":
        of_office = case is not None and case.casefold() == "log"
        yield from known["kinds"]["OFFICE_DUTY" if of_office else "CASE_DUTY"]
    else:
        yield from known["kinds"].get(kind, ())


_TITLE = re.compile(r"^title: *(.*)$", re.MULTILINE)
_HEAD = re.compile(r"^  - ", re.MULTILINE)
_FIELD = re.compile(r"^(?:  - |    )(kind|at|id|due|text): *(.*)$", re.MULTILINE)


def _cases(root: str) -> Iterator[Offer]:
    """Ends of the ids on the desk, with their titles."""
    for name in _desk(root):
        title = _TITLE.search(_text(root, name)[:2000])
        yield name[:-5].rpartition("-")[2], title[1].strip("\"'") if title else ""
    yield "log", ""


def _desk(root: str) -> list[str]:
    try:
        names = os.listdir(os.path.join(root, "cases"))
    except OSError:
        return []
    return sorted(name for name in names if name.endswith(".yaml") and not name.startswith("."))


def _text(root: str, name: str) -> str:
    try:
        with open(os.path.join(root, "cases", name), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _entries(root: str, case: str | None, *, only_due: bool) -> Iterator[Offer]:
    """Ids of the entries of the case that was named, the latest first."""
    desk = _desk(root)
    wanted = (case or ".").upper().translate(str.maketrans("OIL", "011"))
    fitting = desk if wanted == "." else [n for n in desk if n[:-5].endswith(wanted)]
    if len(fitting) != 1:
        return
    for block in reversed(_HEAD.split(_text(root, fitting[0]))[1:]):
        found = dict(_FIELD.findall(f"  - {block}"))
        if "id" in found and ("due" in found or not only_due):
            told = found.get("text", "") if only_due else ""
            yield found["id"], told or f"{found.get('kind', '')} {found.get('at', '')[5:16]}"
    if not only_due:
        yield "last", ""
