"""What is asked of a paper: as options, and as the command line that makes it again."""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yuqing.cli.context import Session

if TYPE_CHECKING:
    from yuqing.render.layout import Given

LONGEST = 255
"""Signs that a property of a Word file holds."""
_NAMES = {
    "--number": "number",
    "--signer": "signer",
    "--issued": "issued",
    "--copy-to": "copies",
    "--enclose": "enclosed",
    "--classified": "secrecy",
    "--urgent": "urgency",
    "--copy-number": "copy_number",
}
"""Option → field of ``Given``."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options ask for."""

    output: Path | None
    format: str | None
    draft: bool
    unit: str | None
    force: bool
    given: Given


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks for: time, document, and the wish without a file."""

    now: str
    document: str
    wish: Wish


def line_of(run: Session, case: str, document: str, wish: Wish) -> str:
    """The command that makes the paper again from the case as it was; empty where it is longer
    than a property may be."""
    words = ["yuqing", "--now", run.now.isoformat(timespec="minutes"), "render", case, document]
    words += ["--draft"] if wish.draft else []
    words += ["--unit", wish.unit] if wish.unit else []
    for option, name in _NAMES.items():
        value = getattr(wish.given, name)
        values = value if isinstance(value, tuple) else (value,)
        words += [word for each in values if each for word in (option, str(each))]
    line = shlex.join(words)
    return line if len(line) <= LONGEST else ""


def read_line(line: str) -> Asked | None:
    """What such a line asked for; ``None`` for any other text."""
    from yuqing.render.layout import Given

    try:
        words = shlex.split(line)
        if len(words) < 6 or (words[0], words[1], words[3]) != ("yuqing", "--now", "render"):
            return None
        rest = iter(words[6:])
        draft, unit = False, None
        given: dict[str, list[str]] = {}
        for word in rest:
            if word == "--draft":
                draft = True
            elif word == "--unit":
                unit = next(rest)
            else:
                given.setdefault(_NAMES[word], []).append(next(rest))
        issued = dt.date.fromisoformat(given["issued"][0]) if "issued" in given else None
    except (ValueError, KeyError, StopIteration):
        return None
    one = {name: values[0] for name, values in given.items()}
    return Asked(
        words[2],
        words[5],
        Wish(
            None,
            "docx",
            draft,
            unit,
            force=False,
            given=Given(
                number=one.get("number"),
                signer=one.get("signer"),
                issued=issued,
                copies=tuple(given.get("copies", ())),
                enclosed=tuple(given.get("enclosed", ())),
                secrecy=one.get("secrecy"),
                urgency=one.get("urgency"),
                copy_number=one.get("copy_number"),
            ),
        ),
    )
