"""The JSON Schema of a record, as editors are told it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yuqing.notation import DEFINED
from yuqing.read.reading import adapter


def json_schema(record: type[Any]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file that holds such a record."""
    from pydantic.json_schema import GenerateJsonSchema

    class Schema(GenerateJsonSchema):
        """Without what editors need not know: titles, and null for what is left out."""

        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic asks so
            return False

        def nullable_schema(self, schema: Any) -> dict[str, Any]:
            return self.generate_inner(schema["schema"])

        def default_schema(self, schema: Any) -> dict[str, Any]:
            return self.generate_inner(schema["schema"])

    whole = adapter(record).json_schema(  # type: ignore[arg-type]  # a class is hashable
        schema_generator=Schema
    )
    defined: dict[str, Any] = {}
    renamed = {
        name: next(iter(each[DEFINED]))
        for name, each in whole.get("$defs", {}).items()
        if DEFINED in each
    }
    found = _defined(whole, defined, renamed)
    return {"$schema": Schema.schema_dialect, **found, "$defs": defined}


def _defined(node: Any, defined: dict[str, Any], renamed: Mapping[str, str]) -> Any:
    """The schema with what is to be told once among the definitions."""
    if isinstance(node, list):
        return [_defined(each, defined, renamed) for each in node]
    if not isinstance(node, dict):
        return node
    made = {k: _defined(each, defined, renamed) for k, each in node.items() if k != "$defs"}
    for name, each in node.get("$defs", {}).items():
        one = _defined(each, defined, renamed)
        if name not in renamed:
            defined[name] = one
    for name, each in made.pop(DEFINED, {}).items():
        defined[name] = each
        made["$ref"] = f"#/$defs/{name}"
    if "$ref" in made:
        name = made["$ref"].removeprefix("#/$defs/")
        made["$ref"] = f"#/$defs/{renamed.get(name, name)}"
    return made
