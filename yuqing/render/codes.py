"""Compiled templates, kept from one run to the next: compiling takes longer than filling."""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

import jinja2

MOST = 300
"""Templates that are kept; with more, those of this run alone."""
_CODES: dict[str, CodeType] = {}
"""What is compiled, by :func:`compiled`'s key, in this process."""
_STAMP = f"{jinja2.__version__} {sys.version}"


def compiled(source: str, about: str, make: Callable[[], CodeType]) -> CodeType:
    """The code of a template's text; ``about``: all else that its code depends on."""
    key = hashlib.sha256(f"{_STAMP}\0{about}\0{source}".encode("utf-8", "replace")).hexdigest()
    if key not in _CODES:
        _CODES[key] = make()
    return _CODES[key]


@contextmanager
def kept(git_dir: Path | None) -> Iterator[None]:
    """Templates compiled by earlier runs are at hand, and those of this one are kept, in the git
    directory: in a file that this user alone can write, since what lies in it is run."""
    file = git_dir / "yuqing" / "codes" if git_dir else None
    known = _read(file) if file else {}
    _CODES.update(known)
    before = set(_CODES)
    yield
    new = {key: code for key, code in _CODES.items() if key not in before}
    if file is None or not (new or (_CODES and not known)):
        return
    temp = file.with_name(f"codes.{os.getpid()}.tmp")
    whole = _CODES if len(_CODES) <= MOST else new
    with contextlib.suppress(OSError):  # a folder that can't be written costs time only
        file.parent.mkdir(exist_ok=True)
        with os.fdopen(os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(marshal.dumps((_STAMP, whole)))
        temp.replace(file)


def _read(file: Path) -> dict[str, CodeType]:
    try:
        with file.open("rb") as there:
            about = os.fstat(there.fileno())
            if (
                about.st_mode & 0o022
                or about.st_uid != getattr(os, "geteuid", lambda: about.st_uid)()
            ):
                return {}
            stamp, codes = marshal.loads(there.read())  # noqa: S302 - written by this user alone
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return codes if stamp == _STAMP and isinstance(codes, dict) else {}
