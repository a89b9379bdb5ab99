"""Commands that git runs: ``merge-file``, its merge driver, and ``textconv``, for its diffs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from yuqing import screen, words
from yuqing.cli import told
from yuqing.cli.context import Session, session
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("merge-file", help=N_("Merge driver for git: the result is written to OURS."))(
        _merge_file
    )
    app.command("textconv", hidden=True, help=N_("A case file in a form that differs well."))(
        _textconv
    )


def _argument(name: str) -> Any:
    return typer.Argument(metavar=name, show_default=False)


def _merge_file(
    ctx: typer.Context,
    base: Annotated[Path, _argument("BASE")],
    ours: Annotated[Path, _argument("OURS")],
    theirs: Annotated[Path, _argument("THEIRS")],
) -> int:
    """Entries of both sides; exit 0 clean, 1 with both values between markers."""
    from yuqing.read import merge

    run = session(ctx)
    old, mine, other = (each.read_bytes() for each in (base, ours, theirs))
    # Whatever happens from here on, git must not take our side for the result.
    _put(ours, merge.both_whole(mine, other))
    try:
        merged = merge.merge(old, mine, other)
    except Exception as fault:  # noqa: BLE001 - the markers stand; git asks a person to settle it
        said = N_("the merge failed ({what}); both versions stand in the file")
        print(words.say(said, run.language, what=repr(fault)), file=sys.stderr)
        return 1
    _put(ours, merged.data)
    for each in merged.conflicts:
        line = words.say(N_("conflict: {what}"), run.language, what=each)
        print(screen.clean(line), file=sys.stderr)
    return 1 if merged.conflicts else 0


def _put(path: Path, data: bytes) -> None:
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temp.write_bytes(data)
    temp.chmod(path.stat().st_mode & 0o777)
    temp.replace(path)


# --- diffs ------------------------------------------------------------------------------


def _textconv(ctx: typer.Context, file: Annotated[Path, _argument("FILE")]) -> int:
    """One line for each entry, its other fields below."""
    from yuqing.read.tree import parse

    run = session(ctx)
    data = file.read_bytes()
    tree, _ = parse(data, file.name, as_text=True)
    if tree is None or not isinstance(tree.value.get("log"), list):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return 0
    for line in _readable(tree.value, remarks(data), run):
        print(line)
    return 0


_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_TEXT_BELOW = re.compile(r"[:-] +[|>][-+1-9]*(?: +#.*)?$")


def remarks(data: bytes) -> tuple[list[str], list[list[str]]]:
    """The comments of a case file: those in its head, those above and in each entry, and last
    those behind them."""
    from yuqing.read import pieces

    found = pieces.split(data)
    if found is None:
        return [], []
    head = [line for each in found.head for line in _comments(each.lead + each.body)]
    entries = [list(_comments(each.lead + each.body)) for each in found.entries]
    return head, [*entries, list(_comments(found.tail))]


def _comments(text: str) -> Iterator[str]:
    """What stands behind ``#``, but for the lines of a text (``|``) and what is in quotes."""
    inside: int | None = None
    for row in text.splitlines():
        deep = len(row) - len(row.lstrip(" "))
        if inside is not None and (deep > inside or not row.strip()):
            continue
        inside = deep if _TEXT_BELOW.search(row) else None
        found = re.search(r"(?:^|\s)(#.*)$", _QUOTED.sub('""', row))
        if found:
            yield found[1]


def _readable(
    root: Mapping[str, Any], notes: tuple[list[str], list[list[str]]], run: Session
) -> Iterator[str]:
    from yuqing.read.changes import shown

    head, beside = notes
    yield from (screen.clean(line) for line in head)
    for name, held in root.items():
        if name != "log":
            yield screen.clean(f"{name}: {shown(held)}")
    for place, entry in enumerate(root["log"]):
        yield ""
        yield from (screen.clean(line) for line in (beside[place] if beside else ()))
        if not isinstance(entry, Mapping):
            yield screen.clean(str(entry))
            continue
        kind = words.say(told.KIND_NAMES.get(entry.get("kind", ""), "?"), run.language)
        parts = [
            str(entry.get("id") or words.say(N_("by hand"), run.language)),
            kind,
            _time(entry.get("at")),
            str(entry.get("by", "")),
        ]
        if entry.get("recorded"):
            said = N_("(written down {clock})")
            parts.append(words.say(said, run.language, clock=_time(entry["recorded"])))
        yield screen.clean("  ".join(part for part in parts if part))
        for name, held in entry.items():
            if name not in ("id", "kind", "at", "by", "recorded"):
                yield screen.clean(f"    {name}: {shown(held)}")
    yield from (screen.clean(line) for line in (beside[-1] if beside else ()))


def _time(text: object) -> str:
    """``2026-11-22 02:03``; an offset other than the usual one stays."""
    return str(text or "?").replace("T", " ", 1).removesuffix("+08:00")
