"""Templates, kept in a sandbox: what they cannot do, how long they may take, what they say.

A template is a file that an office edits, or was sent. It may print what the paper holds and
nothing else; whatever goes wrong in it is one sentence with its name, line and field.
"""

from __future__ import annotations

import hashlib
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Literal

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from yuqing.errors import Refused, Said
from yuqing.render.blocks import SHIELDED, shielded
from yuqing.render.codes import compiled
from yuqing.words import N_

SECONDS = 5.0
"""A document takes a tenth of a second; what takes this long does not end."""

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
    f"\ue000{SHIELDED}]"
)
_URL = re.compile(r"(https?://[^\s<>|]+)")
_MARKDOWN = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
_LIST_SIGN = re.compile(r"^(\s*)(?:([-+#]+)|(\d+)([.)]))(?=\s|$)")


class OutOfTime(Exception):
    """A template that does not end."""


class Plain(str):
    """Text of the template's own, which no escaping may touch."""

    __slots__ = ()


Way = Literal["md", "blocks", "docx", "html"]
"""What a filled template is: Markdown to read, Markdown for a layout, a Word file, HTML."""


@dataclass(slots=True)
class Values:
    """How a value is printed: dates and yes/no in words, signs that would break the file kept
    from doing so. ``stripped`` counts the values that lost control characters."""

    way: Way
    show: Callable[[object], str]
    stripped: int = 0

    def __call__(self, value: object) -> object:
        """Jinja's ``finalize``: every printed expression passes here once."""
        if isinstance(value, jinja2.Undefined | Plain):
            return value
        if isinstance(value, Markup) and self.marked_up:
            return value
        text = self.show(value)
        clean = _UNPRINTABLE.sub("", text)
        if clean != text:
            self.stripped += 1
        clean = re.sub("\r\n?|[\u2028\u2029]", "\n", clean)
        match self.way:
            case "md":
                return markdown(clean)
            case "blocks":
                return shielded(clean)
            case "html":
                return escape(clean).replace("\n", Markup("<br>"))
            case _:
                return _in_word(clean)

    @property
    def marked_up(self) -> bool:
        """Is the file one of marks, in which a value has to be escaped?"""
        return self.way in ("docx", "html")


def _in_word(text: str) -> Markup:
    r"""Escaped, with what docxtpl would take for its own signs kept from it.

    ``\a`` asks it for a new paragraph: a line break would be torn apart when the paragraph is
    justified. It turns ``{_{`` into two braces, also inside of values.
    """
    kept = str(escape(text.replace("\n", "\a")))
    for sign in ("{_", "_}", "%_", "_%"):
        kept = kept.replace(sign, sign.replace("_", "&#95;"))
    return Markup(kept)  # noqa: S704 - escaped above


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

    def compile(self, source: Any, name: Any = None, filename: Any = None, **more: Any) -> Any:  # type: ignore[override]
        """Jinja's, of each text once."""
        if not isinstance(source, str) or more.get("raw") or more.get("defer_init"):
            return super().compile(source, name, filename, **more)
        about = f"{name} {filename} {self.autoescape}"
        return compiled(source, about, lambda: super(Sandbox, self).compile(source, name, filename))

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

    @jinja2.pass_context  # so that no code depends on how a constant is printed
    def finalize(_context: Any, value: object) -> object:
        return values(value)

    env = Sandbox(
        loader=jinja2.FunctionLoader(load),
        undefined=Missing,
        finalize=finalize,
        autoescape=values.marked_up,
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


def fill_text(env: Any, name: str, context: Mapping[str, Any]) -> str:
    """A text as the template has it. Raises :class:`Refused` for whatever is wrong with it."""
    with explained(name, word=False):
        text: str = env.get_template(name).render(context)
    return text


def fill_markdown(env: Any, name: str, context: Mapping[str, Any]) -> str:
    """A Markdown document, without needless empty lines. Raises as :func:`fill_text` does."""
    text = fill_text(env, name, context)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def fill_word(env: Any, name: str, data: bytes, context: Mapping[str, Any]) -> Any:
    """A Word document (python-docx's) from the bytes of a template. Raises likewise."""
    from docxtpl import DocxTemplate

    with explained(name, word=True):
        template = DocxTemplate(BytesIO(data))
        template.render(dict(context), jinja_env=env, autoescape=True)
        return template.docx


PROPERTIES = "docProps/core.xml"


def saved(word: Any, about: Mapping[str, str]) -> bytes:
    """The bytes of a Word document; ``about``: its properties. The same document, the same
    bytes: what a zip file says of the time of its parts is always the same.

    Among the properties stands a digest of all other parts, by which :func:`untouched` knows it.
    """
    nothing = "0" * 64
    for name, text in {**about, "content_status": nothing}.items():
        setattr(word.core_properties, name, _UNPRINTABLE.sub("", text)[:255])
    out, fixed = BytesIO(), BytesIO()
    word.save(out)
    with zipfile.ZipFile(out) as parts, zipfile.ZipFile(fixed, "w") as archive:
        code = _code(parts)
        for each in parts.infolist():
            entry = zipfile.ZipInfo(each.filename, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            data = parts.read(each)
            if each.filename == PROPERTIES:
                data = data.replace(nothing.encode(), code.encode())
            archive.writestr(entry, data)
    return fixed.getvalue()


def _code(parts: zipfile.ZipFile) -> str:
    whole = hashlib.sha256()
    for name in sorted(parts.namelist()):
        if name != PROPERTIES:
            whole.update(f"{name}\0".encode() + hashlib.sha256(parts.read(name)).digest())
    return whole.hexdigest()


def untouched(data: bytes) -> bool:
    """Is this a Word document as :func:`saved` left it? Word and WPS write all of it anew."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            return _code(parts).encode() in parts.read(PROPERTIES)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return False


def about(data: bytes) -> Mapping[str, str]:
    """What :func:`saved` wrote into the properties of a Word document, by the names it was
    given; empty if this is none."""
    from docx import Document

    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if PROPERTIES not in parts.namelist():
                return {}
        kept = Document(BytesIO(data)).core_properties
        names = ("comments", "identifier", "last_modified_by", "version")
        return {name: str(getattr(kept, name)) for name in names}
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, SyntaxError):
        return {}
