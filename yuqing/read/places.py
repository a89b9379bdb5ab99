"""Where in a plan file its spans, Dues, Moments and articles stand, for rules between its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from yuqing.errors import Path
from yuqing.notation import Record, written
from yuqing.plan import AllOf, DuePart, Moment, Plan
from yuqing.read.duties import OPENING
from yuqing.read.reading import Reading
from yuqing.span import Span

_MOMENTS = get_args(get_args(Moment)[0])


@dataclass(slots=True)
class Places(Reading):
    """Reading a plan: beside what it finds wrong, where things stand."""

    cited: list[tuple[str, Path]] = field(default_factory=list)
    spans: list[tuple[Path, Span]] = field(default_factory=list)
    opening: list[Path] = field(default_factory=list)
    """Where office hours are needed."""
    parts: dict[Path, DuePart] = field(default_factory=dict)
    moments: dict[Path, Moment] = field(default_factory=dict)

    def raw(self, path: Path) -> Any:
        """What the file has at ``path``; ``None`` if nothing."""
        found: Any = self.tree.value
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def gather(self, plan: Plan) -> None:
        """Look through the plan, as far as the file writes it out."""
        for path in self.left_out:
            if not any(path[:length] in self.left_out for length in range(len(path))):
                found = _articles(self.raw(path), path)
                self.cited += [(each, where) for where, _, each in found if isinstance(each, str)]
        for path, name, value in self._walk(plan, self.tree.value, (), ""):
            if isinstance(value, Span):
                self.spans.append((path, value))
            elif isinstance(value, DuePart):
                self.parts[path] = value
            elif isinstance(value, _MOMENTS):
                self.moments[path] = value
            elif name in ("clause", "without_rule") and isinstance(value, str):
                self.cited.append((value, path))
            elif (name == "from_" and value in OPENING) or (
                name in ("ends", "time", "data_to", "between") and value == "close"
            ):
                self.opening.append(path)

    def _walk(self, value: Any, raw: Any, path: Path, name: str) -> Iterator[tuple[Path, str, Any]]:
        """Each value with its path and the field it is in; ``raw``: what the file has there."""
        if path in self.left_out:
            return
        yield path, name, value
        if isinstance(value, AllOf):
            yield from _articles(raw, path)
        elif isinstance(value, Mapping):
            for key, each in value.items() if isinstance(raw, dict) else ():
                yield from self._walk(each, raw[key], (*path, key), name)
        elif isinstance(value, tuple) and isinstance(raw, list):
            for each, place in zip(value, self.kept.get(path, range(len(raw))), strict=False):
                yield from self._walk(each, raw[place], (*path, place), name)
        elif isinstance(value, tuple):
            for each in value:
                yield from self._walk(each, raw, path, name)
        elif isinstance(value, Record) and isinstance(raw, dict):
            for own, key in written(type(value)).items():
                if key in raw:
                    yield from self._walk(getattr(value, own), raw[key], (*path, key), own)
        elif isinstance(value, Record):
            own = value.list_form if isinstance(raw, list) else value.short_form
            if own:
                yield from self._walk(getattr(value, own), raw, path, own)


def _articles(raw: Any, path: Path) -> Iterator[tuple[Path, str, Any]]:
    """The articles cited in what is left out, or in a condition."""
    steps = (
        raw.items() if isinstance(raw, dict) else enumerate(raw if isinstance(raw, list) else ())
    )
    for step, each in steps:
        yield from _articles(each, (*path, step))
        if step == "clause":
            yield (*path, step), step, each
