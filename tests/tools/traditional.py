"""Write what we say in 繁體 from what we say in 简体: ``python tests/tools/traditional.py``.

OpenCC (a tool for development, never needed at run time) turns signs; words stay those of the
plans (預案, 領導組, 程序), since a plan's own text is never converted. :data:`OWN` holds what it
would turn into something else than the source texts write. Case and plan texts are not touched.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import normalize, read_po

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "yuqing"
CATALOG = "locale/{language}/LC_MESSAGES/yuqing.po"
OWN = {
    "發佈": "發布",
    "公佈": "公布",
    "佈置": "布置",
    "日誌": "日志",
    "腳本里": "腳本裡",
    "zh_CN": "zh_TW",
}
"""What OpenCC writes → what we write."""
KEPT = ("zh_CN 或", "en、zh_CN", "LC_MESSAGES", "en and zh_CN")
"""Where ``zh_CN`` is one of several, not the reader's own."""

HEAD = """\
# 繁體中文 catalog of yuqing, written by tests/tools/traditional.py from the 简体 one.
msgid ""
msgstr ""
"Language: zh_TW\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


@cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("s2tw")


def turned(text: str) -> str:
    """A text of ours in 繁體."""
    found = str(_opencc().convert(text))
    for theirs, ours in OWN.items():
        if theirs != "zh_CN" or not any(each in found for each in KEPT):
            found = found.replace(theirs, "\0".join(ours))
    return found.replace("\0", "")


def catalog() -> str:
    """The catalog of 繁體, in the order of the other."""
    with (PACKAGE / CATALOG.format(language="zh_CN")).open("rb") as source:
        entries = [(str(e.id), str(e.string or "")) for e in read_po(source) if e.id]
    parts = [HEAD]
    parts += [
        f"msgid {normalize(key, width=0)}\nmsgstr {normalize(turned(said), width=0)}\n"
        for key, said in entries
    ]
    return "\n".join(parts)


def chapters() -> dict[Path, str]:
    """Chapters of ``yuqing help`` in 繁體."""
    return {
        PACKAGE / "help" / "zh_TW" / page.name: turned(page.read_text("utf-8"))
        for page in sorted((PACKAGE / "help" / "zh_CN").glob("*.md"))
    }


def main() -> int:
    """Write both; gone chapters go here too."""
    there = PACKAGE / CATALOG.format(language="zh_TW")
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text(catalog(), "utf-8")
    pages = chapters()
    folder = PACKAGE / "help" / "zh_TW"
    folder.mkdir(exist_ok=True)
    for old in set(folder.glob("*.md")) - set(pages):
        old.unlink()
    for page, text in pages.items():
        page.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
