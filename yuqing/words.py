"""Every sentence a person reads: English message ids, catalogs in ``locale/``.

Write message ids where they are used, marked ``N_("no level {name}")``, and put them into a
language with :func:`say` at the very end. Plan words and case text are data: they travel as
parameters and are never translated.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from yuqing.errors import Said

LANGUAGES = ("en", "zh_CN", "zh_TW")
TAGS = {"en": "en", "zh_CN": "zh-Hans", "zh_TW": "zh-Hant"}
"""Language → how HTML and other formats name it (BCP 47)."""
_TRADITIONAL = ("zh_tw", "zh_hk", "zh_mo", "zh_hant")
_LOCALE = Path(__file__).parent / "locale"


def N_(message: str) -> str:  # noqa: N802 - the customary marker of extraction tools
    """Mark a message id for the catalogs; it is translated later."""
    return message


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    return gettext.translation("yuqing", str(_LOCALE), [language], fallback=True)


def say(what: Said | str, language: str, /, **params: Any) -> str:
    """Put a sentence into a language.

    ``what``: a sentence with its parameters, or a message id whose parameters follow. A
    parameter that is itself a :class:`Said` is put into the language first.
    """
    said = what if isinstance(what, Said) else Said(what, params)
    spoken: Mapping[str, Any] = {
        name: say(value, language) if isinstance(value, Said) else value
        for name, value in said.params.items()
    }
    text = _catalog(language).gettext(said.key) if said.key else ""
    return text.format_map(spoken) if spoken else text


SYSTEM = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Too many open files"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Connection timed out"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("Name or service not known"),
    N_("Temporary failure in name resolution"),
)
"""What the system says when it refuses; it speaks English to a program of no locale."""


def reason(fault: OSError) -> Said:
    """Why the system refused, as a sentence; one that is not in ``SYSTEM`` stays as it is."""
    return Said(fault.strerror or str(fault) or repr(fault))


def choose(*wishes: str | None) -> str:
    """The first wish that names a language we speak (``zh-Hant``, ``zh_CN.UTF-8``, ``en``)."""
    for wish in wishes:
        tag = (wish or "").replace("-", "_").split(".")[0].lower()
        if tag.startswith(_TRADITIONAL):
            return "zh_TW"
        if tag.startswith("zh"):
            return "zh_CN"
        if tag.startswith("en"):
            return "en"
    return "en"
