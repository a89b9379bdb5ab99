"""Bring the zh_CN catalog up to date: ``python tests/tools/catalog.py``.

Every literal that is marked ``N_(…)`` in the package gets a place in the catalog, in the order of
the modules; translations that exist are kept, ids that are gone are dropped. What has no
translation yet is printed, and the exit code is 1.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import normalize, read_po

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT))

from yuqing.exercise import Exercise  # noqa: E402 - the checkout's own package
from yuqing.read.case import case_schema  # noqa: E402
from yuqing.read.plan import plan_schema  # noqa: E402
from yuqing.read.schema import json_schema  # noqa: E402

PACKAGE = CHECKOUT / "yuqing"
PO = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "yuqing.po"


def marked(source: str) -> list[str]:
    """The message ids of one module, in order. Raises ``ValueError`` for one that is no literal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", None) == "N_"):
            continue
        found += _literals(node.args[0])
    return found


def _literals(node: ast.expr) -> list[str]:
    """``N_("a")``, also ``N_("a" if x else "b")``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body), *_literals(node.orelse)]
    raise ValueError(f"line {node.lineno}: N_() marks a literal")


def ids() -> dict[str, str]:
    """Message id → module where it first stands, over the whole package."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for message in marked(path.read_text(encoding="utf-8")):
            found.setdefault(message, path.relative_to(CHECKOUT).as_posix())
    schemas = {"plan": plan_schema(), "case": case_schema(), "exercise": json_schema(Exercise)}
    for module, schema in schemas.items():
        for message in described(schema):
            found.setdefault(message, f"yuqing/read/{module}.py")
    return found


def described(schema: Any) -> Iterator[str]:
    """What a JSON Schema says about its fields: editors show it in the person's language."""
    if isinstance(schema, list):
        for each in schema:
            yield from described(each)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "description" and isinstance(value, str):
                yield value
            else:
                yield from described(value)


def read() -> dict[str, str]:
    """Message id → translation, as the catalog has them."""
    if not PO.exists():
        return {}
    with PO.open("rb") as source:
        catalog = read_po(source)
    return {str(each.id): str(each.string or "") for each in catalog if each.id}


HEAD = """\
# 简体中文 catalog of yuqing, written by tests/tools/catalog.py.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def write(translations: dict[str, str]) -> list[str]:
    """Write the catalog anew; the ids that still lack a translation."""
    parts = [HEAD]
    missing = []
    for message, module in ids().items():
        text = translations.get(message, "")
        if not text:
            missing.append(message)
        parts.append(
            f"#: {module}\nmsgid {normalize(message, width=0)}\nmsgstr {normalize(text, width=0)}\n"
        )
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text("\n".join(parts), encoding="utf-8")
    return missing


if __name__ == "__main__":
    lacking = write(read())
    for each in lacking:
        print(repr(each))
    sys.exit(bool(lacking))
