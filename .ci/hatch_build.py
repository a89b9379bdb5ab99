"""Build hook: compiles the message catalogs, in a wheel as in an editable install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogs(locale: Path) -> list[Path]:
    """Write every ``*.po`` below ``locale`` as ``*.mo`` beside it; the paths written.

    Whole or not at all, so that two builds at once (or a test run during a build) never
    read half a catalog. Untouched if nothing has changed.
    """
    written = []
    for po in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalog = read_po(source)
        draft = mo.with_suffix(".mo~")
        with draft.open("wb") as target:
            write_mo(target, catalog)
        draft.replace(mo)
        written.append(mo)
    return written


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling before it collects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogs(Path(self.root) / "yuqing" / "locale")
