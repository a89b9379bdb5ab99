"""Templates, kept in a sandbox: what they cannot do, how long they may take, what they say.

A template is a file that an office edits, or was sent. It may print what the paper holds and
nothing else; whatever goes wrong in it is one sentence with its name, line and field.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from yuqing.errors import Refused, Said
from yuqing.words import N_

SECONDS = 5.0
"""A document takes a tenth of a second; what takes this long does not end."""

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_URL = re.compile(r"(https?://[^\s<>|]+)")
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
_LIST_SIGN = re.compile(r"^(\s*)(?:([-+#]+)|(\d+)([.)]))(?=\s|$)")


class OutOfTime(Exception):
    """A template that does not end."""


class Plain(str):
    """Text of the template's own, which no escaping may touch."""

    __slots__ = ()


@dataclass(slots=True)
class Values:
    """How a value is printed: dates and yes/no in words, signs that would break the file kept
    from doing so. ``stripped`` counts the values that lost control characters."""

    word: bool
    show: Callable[[object], str]
    stripped: int = 0

    def __call__(self, value: object) -> object:
        """Jinja's ``finalize``: every printed expression passes here once."""
        if isinstance(value, jinja2.Undefined | Plain):
            return value
        text = self.show(value)
        clean = _UNPRINTABLE.sub("", text)
        if clean != text:
            self.stripped += 1
        clean = re.sub("\r\n?|[\u2028\u2029]", "\n", clean)
        # Word: \a asks docxtpl for a new paragraph; a line break would be torn apart when
        # the paragraph is justified.
        return clean.replace("\n", "\a") if self.word else markdown(clean)


def markdown(text: str) -> str:
    """Text that Markdown prints as it stands; addresses stay addresses, lines become breaks."""
    pieces = _URL.split(text)
    escaped = (
        piece if index % 2 else _MARKDOWN.sub(r"\\\g<0>", piece)
        for index, piece in enumerate(pieces)
    )
    lines = "".join(escaped).split("\n")
    return "<br>".join(_LIST_SIGN.sub(_kept, line) for line in lines)


def _kept(match: re.Match[str]) -> str:
    blank, sign, number, stop = match.groups()
    return f"{blank}\\{sign}" if sign else f"{blank}{number}\\{stop}"


class Missing(jinja2.StrictUndefined):
    """A field that is not there names itself instead of printing nothing."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


class Sandbox(ImmutableSandboxedEnvironment):
    """No repetition of texts and no powers either: one line of them fills the memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers may be multiplied. Raises ``SecurityError`` for anything else."""
        if operator == "**" or not all(isinstance(each, int | float) for each in (left, right)):
            raise SecurityError(f"{operator} {type(left).__name__}")
        return super().call_binop(context, operator, left, right)


def environment(
    files: Mapping[str, Path], values: Values, filters: Mapping[str, Callable[..., Any]]
) -> Any:
    """A sandbox that finds templates by the names in ``files`` only."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if name not in files:
            return None
        return files[name].read_text(encoding="utf-8-sig"), name, lambda: True

    env = Sandbox(
        loader=jinja2.FunctionLoader(load),
        undefined=Missing,
        finalize=values,
        autoescape=values.word,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters.update(filters)
    return env


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` inside template code after ``seconds``.

    A trace function, since that works on every system and in every thread; it is called for
    the lines of compiled templates alone, and costs nothing elsewhere.
    """
    end = time.monotonic() + seconds

    def watch(frame: FrameType, _event: str, _arg: object) -> Any:
        if "__jinja_template__" not in frame.f_globals:
            return None
        if time.monotonic() > end:
            raise OutOfTime
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def explained(name: str, *, word: bool) -> Iterator[None]:
    """Turn whatever a template does wrong into one sentence (exit 5)."""
    try:
        with limited(SECONDS):
            yield
    except Refused:
        raise
    except OutOfTime:
        raise Refused(
            N_("template {template} does not end; stopped after {seconds} seconds"),
            template=name,
            seconds=f"{SECONDS:g}",
        ) from None
    except jinja2.TemplateNotFound as fault:
        raise Refused(
            N_("template {template} includes {other}, which is not among the templates"),
            template=name,
            other=fault.name,
        ) from None
    except jinja2.TemplateSyntaxError as fault:
        where = _where(fault.name or name, fault.lineno, word)
        raise Refused(N_("{where}: {why}"), where=where, why=fault.message or "") from None
    except jinja2.UndefinedError as fault:
        where = _at(name, fault.__traceback__, word)
        raise Refused(
            N_("{where}: there is no field {field}"), where=where, field=str(fault.message)
        ) from None
    except SecurityError as fault:
        where = _at(name, fault.__traceback__, word)
        raise Refused(
            N_("{where}: a template may not do this: {why}"), where=where, why=str(fault)
        ) from None
    except Exception as fault:  # noqa: BLE001 - anything a template computes can fail in any way
        where = _at(name, fault.__traceback__, word)
        raise Refused(
            N_("{where}: {why}"), where=where, why=f"{type(fault).__name__}: {fault}"
        ) from None


def _at(name: str, trace: TracebackType | None, word: bool) -> Said:
    """The innermost template line of a traceback; Jinja has put template lines into it."""
    line: int | None = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            line = trace.tb_lineno
            if not word:
                name = code.co_filename
        trace = trace.tb_next
    return _where(name, line, word)


def _where(name: str, line: int | None, word: bool) -> Said:
    if line is None:
        return Said(N_("template {template}"), {"template": name})
    if word:  # docxtpl puts each paragraph on a line of its own
        key = N_("template {template}, paragraph {line}")
        return Said(key, {"template": name, "line": max(line - 1, 1)})
    return Said(N_("template {template}, line {line}"), {"template": name, "line": line})


def fill_markdown(env: Any, name: str, context: Mapping[str, Any]) -> str:
    """A Markdown document. Raises :class:`Refused` for whatever is wrong with the template."""
    with explained(name, word=False):
        text: str = env.get_template(name).render(context)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def fill_word(
    env: Any, name: str, data: bytes, context: Mapping[str, Any], about: Mapping[str, str]
) -> bytes:
    """A Word document from the bytes of a template; ``about``: title and author among its
    properties. Raises :class:`Refused` likewise."""
    from docxtpl import DocxTemplate

    out = BytesIO()
    with explained(name, word=True):
        template = DocxTemplate(BytesIO(data))
        template.render(dict(context), jinja_env=env, autoescape=True)
        for name_, text in about.items():
            setattr(template.docx.core_properties, name_, _UNPRINTABLE.sub("", text)[:255])
        template.save(out)
    return out.getvalue()
