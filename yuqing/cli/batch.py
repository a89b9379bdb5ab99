"""``add --stdin``: entries from another program, one JSON object a line.

Each line is understood as ``add`` would understand it. Lines for one case stand or fall together:
if one is refused, nothing is written into that case; other cases are written all the same.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yuqing import screen, store, words
from yuqing.case import Case, Entry, current
from yuqing.cli import fields, looking, told
from yuqing.cli.context import Session
from yuqing.cli.scene import Typed
from yuqing.cli.write import judged, may_pretend, scene_of, whole_id
from yuqing.errors import Failure, Refused
from yuqing.words import N_

_APART = ("links", "tags", "clause")
"""Lists whose items may hold a comma: one word for each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input: its number, from 1, and what it holds."""

    number: int
    said: Mapping[str, Any]


@dataclass(slots=True)
class Sheet:
    """All lines for one case, and the entries that they mean, in the order of the input."""

    loaded: store.Loaded
    lines: list[Line] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Answers:
    """Says what became of each line as soon as it is known."""

    now: Session
    failures: list[Failure] = field(default_factory=list)
    written: int = 0
    left: int = 0

    def refused(self, number: int, failure: Failure, case: Case | None = None) -> None:
        """Line and reason."""
        self.failures.append(failure)
        self.left += 1
        reason = words.say(failure.said, self.now.language)
        if self.now.json:
            self._dump(kind="refused", line=number, case=case.id if case else None,
                       code=failure.exit_code, message=reason)  # fmt: skip
            return
        line = looking.say(self.now, N_("line {number}: {reason}"), number=number, reason=reason)
        print(screen.clean(line), file=sys.stderr)

    def wrote(self, sheet: Sheet, written: store.Written) -> None:
        """The entries of one case, as they now stand in its file."""
        from yuqing.read.splice import entry_fields

        if written.failure is not None:
            self.failures.append(written.failure)
        naming = screen.Naming(written.loaded.plans, self.now.workspace.office.organs,
                               self.now.language)  # fmt: skip
        name = screen.case_name(written.case)
        for line, entry in zip(sheet.lines, written.entries, strict=True):
            self.written += 1
            if self.now.json:
                self._dump(kind="written", line=line.number, case=written.case.id,
                           entry=entry_fields(entry), committed=written.committed)  # fmt: skip
            else:
                told_ = told.entry_line(entry, naming, self.now.now, self.now.language)
                print(screen.clean(f"{name}  {told_}"), flush=True)
        if written.failure is not None or self.now.quiet:
            return
        for said in written.said:
            print(screen.clean(words.say(said, self.now.language)), file=sys.stderr)

    def _dump(self, **answer: Any) -> None:
        print(json.dumps({"schema": 1, **answer}, ensure_ascii=False), flush=True)


def add(now: Session, ref: str | None, *, together: bool, dry_run: bool) -> int:
    """Write what the lines of stdin say. ``ref``: the case of lines that name none;
    ``together``: in one commit, else one for each case."""
    answers = _Answers(now)
    sheets = _sheets(now, ref, answers)
    ready = [sheet for sheet in sheets if _understood(now, sheet, answers)]
    if dry_run:
        for sheet in ready:
            shown = dataclasses.replace(
                sheet.loaded.case, log=(*sheet.loaded.case.log, *sheet.entries)
            )
            loaded = dataclasses.replace(sheet.loaded, case=shown)
            answers.wrote(sheet, store.Written(loaded, tuple(sheet.entries)))
    elif together:
        _write_together(now, ready, answers)
    else:
        for sheet in ready:
            _write_alone(now, sheet, answers)
    return _end(now, answers, dry_run=dry_run)


def _write_together(now: Session, ready: Sequence[Sheet], answers: _Answers) -> None:
    """One commit for all; a logbook that is not yet a file is made first, by itself."""
    kept = [sheet for sheet in ready if sheet.loaded.data]
    for sheet in ready:
        if sheet not in kept:
            _write_alone(now, sheet, answers)
    acts = [(sheet.loaded, sheet.entries) for sheet in kept]
    found: Sequence[store.Written | Failure]
    try:
        found = store.append_all(now.workspace, acts, now=now.now) if acts else []
    except Failure as failure:
        found = [failure] * len(kept)
    for sheet, one in zip(kept, found, strict=True):
        if isinstance(one, Failure):
            _left(sheet, one, answers)
        else:
            answers.wrote(sheet, one)


def _write_alone(now: Session, sheet: Sheet, answers: _Answers) -> None:
    """One commit for one case."""
    try:
        one = store.append(now.workspace, sheet.loaded, sheet.entries, now=now.now)
    except Failure as failure:
        _left(sheet, failure, answers)
    else:
        answers.wrote(sheet, one)


def _left(sheet: Sheet, failure: Failure, answers: _Answers) -> None:
    for line in sheet.lines:
        answers.refused(line.number, failure, sheet.loaded.case)


def _end(now: Session, answers: _Answers, *, dry_run: bool) -> int:
    """How many of how many, and the worst of what went wrong: a file (3), then git, then words."""
    if not now.quiet and not now.json:
        key = N_("{written} of {all} lines written") if not dry_run else N_(
            "{written} of {all} lines would be written (--dry-run)"
        )  # fmt: skip
        count = answers.written + answers.left
        print(looking.say(now, key, written=answers.written, all=count), file=sys.stderr)
    codes = sorted({each.exit_code for each in answers.failures}, key=lambda c: (c != 3, -c))
    hints = {
        each.hint.key: each.hint for each in answers.failures if each.hint and each.exit_code == 6
    }
    for hint in hints.values():
        print(screen.clean(words.say(hint, now.language)), file=sys.stderr)
    return codes[0] if codes else 0


# --- reading the lines -----------------------------------------------------------------


def _sheets(now: Session, ref: str | None, answers: _Answers) -> list[Sheet]:
    """The lines, each with its case; cases in the order in which they are first named."""
    sheets: dict[str, Sheet] = {}
    by_ref: dict[str, Sheet | Failure] = {}
    for number, data in enumerate(sys.stdin.buffer, 1):
        if not data.strip():
            continue
        try:
            line = Line(number, _object(data))
            wanted = line.said.get("case") or ref
            if not isinstance(wanted, str) or not wanted:
                raise Refused(N_("`case` is missing: which case?"))
        except Refused as failure:
            answers.refused(number, failure)
            continue
        if wanted not in by_ref:
            by_ref[wanted] = _sheet(now, wanted, sheets)
        found = by_ref[wanted]
        if isinstance(found, Failure):
            answers.refused(number, found)
        else:
            found.lines.append(line)
    return list(sheets.values())


def _sheet(now: Session, ref: str, sheets: dict[str, Sheet]) -> Sheet | Failure:
    try:
        loaded = store.find_case(now.workspace, ref, now=now.now)
        may_pretend(now, loaded.case)
    except Failure as failure:
        return failure
    return sheets.setdefault(loaded.case.id, Sheet(loaded))


def _object(data: bytes) -> Mapping[str, Any]:
    """A JSON object in which no name stands twice. Raises ``Refused``."""

    def once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in pairs:
            if name in made:
                raise Refused(N_("{name} stands twice"), name=name)
            made[name] = value
        return made

    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once)
    except json.JSONDecodeError as fault:
        raise Refused(N_("no JSON from sign {n} on"), n=fault.colno) from None
    except (ValueError, RecursionError):
        raise Refused(N_("no JSON")) from None
    if not isinstance(found, dict) or not isinstance(found.get("kind"), str):
        raise Refused(N_("a line is one entry, such as {example}"),
                      example='{"case": "7K3M", "kind": "noted", "text": "…"}')  # fmt: skip
    return found


# --- understanding them ----------------------------------------------------------------


def _understood(now: Session, sheet: Sheet, answers: _Answers) -> bool:
    """Make the entries of one case; false, with every reason told, if one cannot be."""
    scene = scene_of(now, sheet.loaded)
    wrong: dict[int, Failure] = {}
    for line in sheet.lines:
        try:
            named = [whole_id(now, word, scene.case) for word in _words(line.said)]
            (raw,) = fields.add(Typed(words=tuple(named)), scene)
            taken = {each.id for each in scene.case.log if each.id}
            entries = [
                dataclasses.replace(each, id=store.entry_id(taken))  # a later line may name it
                for each in judged([raw], scene)
            ]
        except Failure as failure:
            wrong[line.number] = failure
        else:
            sheet.entries += entries
            case = dataclasses.replace(scene.case, log=(*scene.case.log, *entries))
            scene = dataclasses.replace(scene, case=current(case))
    for line in sheet.lines if wrong else ():
        other = Refused(
            N_("not written, because line {number} for the same case was refused"),
            number=min(wrong),
        )
        answers.refused(line.number, wrong.get(line.number, other), sheet.loaded.case)
    return not wrong


def _words(said: Mapping[str, Any]) -> Iterator[str]:
    """The entry as ``add`` has it typed: the kind, then FIELD=VALUE. ``case`` is where it goes;
    the other case of a ``linked`` is ``other``."""
    yield said["kind"]
    for name, value in said.items():
        if name not in ("kind", "case") and value is not None:
            yield from _word("case" if name == "other" else name, value)


def _word(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part, each in value.items():
            yield from _word(f"{name}.{part}", each)
    elif isinstance(value, list) and (name in _APART or any(isinstance(v, dict) for v in value)):
        for each in value:
            yield from _word(name, each)
    elif isinstance(value, list):
        yield f"{name}={','.join(map(_text, value))}"
    else:
        yield f"{name}={_text(value)}"


def _text(value: Any) -> str:
    """A scalar as a file would have it. Raises ``Refused``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    raise Refused(N_("{value} is no text, number, true or false"), value=json.dumps(value))
