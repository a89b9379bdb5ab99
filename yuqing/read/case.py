"""Case files: bytes to ``Case``, the raw text of a new entry to ``Entry``, or problems.

Fields are told in ``read.fields``, kinds in ``case.KINDS``; here the two meet, and entries are
held against each other. All problems are collected; a file with one is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from yuqing.case import COMMON, KINDS, Case, Entry, Kind, Pin
from yuqing.errors import Path, Problem
from yuqing.plan import Organ, Plan
from yuqing.read.fields import (
    FLAG,
    HEAD_ID,
    PIN,
    PLANS,
    SECRECY,
    TITLE,
    Lexicon,
    entry_shapes,
)
from yuqing.read.shapes import (
    Field,
    Reading,
    Shape,
    at_least_one,
    described,
    just_one,
    listed,
    nearest,
)
from yuqing.read.slips import slip
from yuqing.read.tree import Tree, bad_character, parse
from yuqing.words import N_

FORMAT = 1
HEAD = ("yuqing", "id", "title", "plans", "drill", "secrecy", "log")
_REQUIRED_HEAD = ("yuqing", "id", "title", "plans", "log")
_WORDS = ("text", "because", "facts", "links")
"""What a secret case may not hold; a file's ``path`` neither."""
_FIXED = ("kind", "id", "recorded")
"""What no amendment changes."""
_AMENDABLE_HEAD = {
    "title": Field(TITLE, ""),
    "secrecy": Field(SECRECY, ""),
    "plans": Field(PLANS, ""),
}

_SIGNED = N_("no field `{name}`; public words carry `signed_as`")
_DERIVED = N_("no field `{name}`; it is derived from the log, never stored")
_PERSON = N_("no field `{name}`; there is none for a person, an account or a removal")
_NEVER: Mapping[str, str] = {
    **dict.fromkeys(
        ("posted_as", "post_as", "published_as", "author", "anonymous", "alias", "identity",
         "nickname", "username", "signed", "sign_as"),
        _SIGNED,
    ),
    **dict.fromkeys(
        ("account", "accounts", "person", "persons", "people", "name", "names", "citizen",
         "phone", "mobile", "id_number", "target", "targets", "watch", "deleted", "deletion",
         "removed", "removal", "removals"),
        _PERSON,
    ),
}  # fmt: skip


def read_case(
    data: bytes,
    file: str,
    plan_of: Callable[[Pin], Plan | None],
    organs: Mapping[str, Organ],
) -> tuple[Case | None, tuple[Problem, ...]]:
    """A case file as bytes to the record (case format).

    ``plan_of``: the plan that a pin names, ``None`` if there is none. ``organs``: those that
    ``office.yaml`` adds. Organs and levels become ids, facts what the plans say they are;
    names that nobody declared stay as written and are ``check``'s to find. The case is ``None``
    if and only if a problem is an ``error``.
    """
    tree, problems = parse(data, file, as_text=True)
    if tree is None:
        return None, problems
    case, more = read_tree(tree, plan_of, organs)
    return case, (*problems, *more)


def read_tree(
    tree: Tree, plan_of: Callable[[Pin], Plan | None], organs: Mapping[str, Organ]
) -> tuple[Case | None, tuple[Problem, ...]]:
    """As :func:`read_case`, from a tree whose scalars are all text."""
    r = Reading(tree)
    root: Mapping[str, Any] = tree.value
    if _newer(r, root):
        return None, tuple(r.problems)
    head = _head(r, root)
    raw = _raw_log(r, root)
    plans = _plans(r, head.get("plans", ()), raw, plan_of)
    secret = head.get("secrecy") == "secret"
    named = _named(r, raw)
    about = _Log(r, entry_shapes(Lexicon.of(plans, organs), named), named, secret)
    log = []
    for place, each in enumerate(raw):
        path: Path = ("log", place)
        entry = _entry(about, each, path)
        if entry is not None:
            log.append(replace(entry, place=place, line=tree.line(path)))
    if r.problems:
        return None, tuple(sorted(r.problems, key=lambda p: p.line))
    return Case(**head, log=tuple(log)), ()


def read_entry(
    fields: Mapping[str, Any],
    case_head: Case,
    plans: Sequence[Plan],
    organs: Mapping[str, Organ],
    file: str = "",
) -> tuple[Entry | None, tuple[Problem, ...]]:
    """One new entry from raw text fields, by the same rules as one that stands in the file.

    ``fields``: names as in the file; values are text, lists and maps of text. ``case_head``:
    the case it is for, with its log. Problems carry the path inside the entry and no line.
    """
    raw = {name: _plain(value) for name, value in fields.items()}
    r = Reading(Tree(raw, file, {}))
    _characters(r, raw, ())
    named = {
        e.id: {"kind": e.kind, **dict.fromkeys(_names(e))}
        for e in case_head.log
        if e.id is not None
    }
    if raw.get("id") in named:
        r.say(("id",), N_("`id: {id}` is taken"), id=raw["id"])
    shapes = entry_shapes(Lexicon.of(plans, organs), named)
    entry = _entry(_Log(r, shapes, named, case_head.secrecy == "secret"), raw, ())
    problems = tuple(replace(p, line=0) for p in r.problems)
    if entry is None or problems:
        return None, problems
    return replace(entry, place=len(case_head.log)), ()


def _names(entry: Entry) -> list[str]:
    """Names (as in the file) of the own fields that an entry has."""
    own = KINDS[entry.kind].own
    attributes = {name: f"{name}_" if name in ("from", "with") else name for name in own}
    return [n for n, a in attributes.items() if getattr(entry, a) not in (None, (), {}, False)]


def _plain(value: Any) -> Any:
    """Tuples as lists, ``True`` as the flag it means."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return "true" if value is True else value


def _characters(r: Reading, value: Any, path: Path) -> None:
    """What the reader of a file would have refused before it became a value."""
    if isinstance(value, dict):
        for name, each in value.items():
            _characters(r, each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            _characters(r, each, (*path, place))
    elif isinstance(value, str):
        bad = bad_character(value)
        if bad:
            r.say(path, bad[1].key, **bad[1].params)
        elif not value.strip():
            r.wrong(path, None, N_("a text"))


# --- head ------------------------------------------------------------------------------


def _newer(r: Reading, root: Mapping[str, Any]) -> bool:
    """A file of a later format is named and left alone: nothing else in it can be judged."""
    version = root.get("yuqing")
    if version == str(FORMAT):
        return False
    if isinstance(version, str) and version.isdigit() and int(version[:9]) > FORMAT:
        key = N_("format {version} is newer than this program, which reads {known}; update it")
        r.say(("yuqing",), key, version=version, known=FORMAT)
        return True
    if version is not None:
        r.refused(("yuqing",), version, [str(FORMAT)])
    return False


def _head(r: Reading, root: Mapping[str, Any]) -> dict[str, Any]:
    shapes: Mapping[str, Shape[Any]] = {
        "id": HEAD_ID, "title": TITLE, "plans": PLANS, "drill": FLAG, "secrecy": SECRECY,
    }  # fmt: skip
    found: dict[str, Any] = {}
    for name, value in root.items():
        if name in shapes:
            one = shapes[name].read(r, value, (name,))
            if one is not None:
                found[name] = one
        elif name in ("state", "status", "level", "category", "round", "due", "deadline"):
            r.say((name,), _DERIVED, name=name)
        elif name not in HEAD:
            _unknown(r, (name,), name, HEAD)
    for name in _REQUIRED_HEAD:
        if name not in root:
            r.say((), N_("`{field}` is missing; add it"), field=name)
    stem = PurePath(r.tree.file)
    if "id" in found and stem.suffix == ".yaml" and stem.stem != found["id"]:
        key = N_("`id: {id}` is not the name of the file, {name}; one of the two is wrong")
        r.say(("id",), key, id=found["id"], name=stem.stem)
    return found


def _raw_log(r: Reading, root: Mapping[str, Any]) -> list[Any]:
    log = root.get("log")
    if log is None:
        return []
    path: Path = ("log",)
    if not isinstance(log, list) or (log and path not in r.tree.columns):
        r.say(path, N_("`log` must be a block list: each entry on lines of its own behind a dash"))
        return log if isinstance(log, list) else []
    if not log:
        r.say(path, N_("`log` needs at least one entry"))
    if list(root)[-1] != "log":
        key = N_("`{field}` stands after `log`; move it up, `log` is the last field")
        after = list(root)[list(root).index("log") + 1]
        r.say((after,), key, field=after)
    return log


def _plans(
    r: Reading,
    pins: Sequence[Pin],
    raw: Sequence[Any],
    plan_of: Callable[[Pin], Plan | None],
) -> list[Plan]:
    """The pinned plans, also those that an amendment of the head adds later."""
    places: list[tuple[Path, Pin]] = [(("plans", n), pin) for n, pin in enumerate(pins)]
    for number, entry in enumerate(raw):
        added = entry.get("set") if isinstance(entry, dict) and entry.get("of") == "head" else None
        several = added.get("plans") if isinstance(added, dict) else None
        for place, value in enumerate(several if isinstance(several, list) else []):
            path: Path = ("log", number, "set", "plans", place)
            pin = PIN.read(Reading(r.tree), value, path)  # its slips are said with the entry
            if isinstance(value, dict) and pin is not None and {"id", "version"} <= value.keys():
                places.append((path, pin))
    plans = []
    for path, pin in places:
        plan = plan_of(pin) if pin.id and pin.version else None
        if plan is not None:
            plans.append(plan)
        elif pin.id and pin.version:
            name = f"{pin.id}@{pin.version}"
            r.say(path, N_("the pinned plan {plan} was not found"), plan=name)
    return plans


# --- entries ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Log:
    """What the entries of one log are read with. ``named``: id → the raw fields under it."""

    r: Reading
    shapes: Mapping[str, Field]
    named: Mapping[str, Mapping[str, Any]]
    secret: bool


def _named(r: Reading, raw: Sequence[Any]) -> dict[str, Mapping[str, Any]]:
    """The raw entries that have an id."""
    named: dict[str, Mapping[str, Any]] = {}
    lines: dict[str, int] = {}
    for place, each in enumerate(raw):
        found = each.get("id") if isinstance(each, dict) else None
        if not isinstance(found, str):
            continue
        path: Path = ("log", place, "id")
        if found in named:
            key = N_("`id: {id}` stands twice (also line {other})")
            r.say(path, key, id=found, other=lines[found])
            continue
        named[found] = each
        lines[found] = r.tree.line(path)
    return named


def _entry(about: _Log, raw: Any, path: Path) -> Entry | None:
    r = about.r
    if not isinstance(raw, dict):
        found = slip(raw) if isinstance(raw, str) else None
        r.say(path, found or N_("an entry is a list of fields that begins with `kind`"))
        return None
    name = raw.get("kind")
    if name is None:
        r.say(path, N_("`{field}` is missing; add it"), field="kind")
        return None
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        _no_kind(r, name, (*path, "kind"))
        return None
    given: dict[str, Any] = {"kind": name}
    allowed = (*COMMON, *kind.own)
    for field, value in raw.items():
        at = (*path, field)
        if field == "kind":
            continue
        if field not in allowed:
            _unknown(r, at, field, allowed)
        elif field == "set":
            given["set"] = _set(about, raw, at)
        else:
            shape = about.shapes[field]
            one = shape.shape.read(r, value, at)
            if one is not None:
                given[shape.attribute or field] = one
    _rules(r, name, kind, raw, path, secret=about.secret)
    return Entry(**given) if "at" in given else None


def _no_kind(r: Reading, name: Any, path: Path) -> None:
    near = nearest(name, dict.fromkeys(KINDS, "")) if isinstance(name, str) else None
    if near is not None:
        r.say(path, N_("no kind `{name}`; did you mean `{near}`?"), name=name, near=near)
    else:
        r.say(path, N_("no kind `{name}`; there are: {known}"), name=name, known=listed(KINDS))


def _unknown(r: Reading, path: Path, name: str, allowed: Sequence[str]) -> None:
    if name in _NEVER:
        r.say(path, _NEVER[name], name=name)
        return
    owners = [kind for kind, about in KINDS.items() if name in about.own]
    if owners and "at" in allowed:
        key = N_("no field `{name}` here; it belongs to {kinds}")
        r.say(path, key, name=name, kinds=listed(owners))
        return
    near = nearest(name, dict.fromkeys(allowed, ""))
    if near is not None:
        r.say(path, N_("no field `{name}`; `{near}`?"), name=name, near=near)
    else:
        r.say(path, N_("no field `{name}`; there are: {known}"), name=name, known=listed(allowed))


def _rules(
    r: Reading, name: str, kind: Kind, raw: Mapping[str, Any], path: Path, *, secret: bool
) -> None:
    """Which fields must be there, and which not together."""
    if secret:
        _no_words(r, raw, path)
    released = secret and "number" in raw  # the words lie in the secret file of that number
    for field in ("at", *kind.required):
        if field not in raw and not (released and field in ("text", "because", "files")):
            r.say(path, N_("`{field}` is missing; `{kind}` needs it"), field=field, kind=name)
    for fields in kind.one_of:
        words = released and {"text", "files"} & {*fields}
        if not words and not any(field in raw for field in fields):
            key = N_("`{kind}` needs one of: {fields}")
            r.say(path, key, kind=name, fields=listed(fields))
    for fields in kind.exactly_one:
        there = [field for field in fields if field in raw]
        if not there:
            r.say(path, N_("`{kind}` needs one of: {fields}"), kind=name, fields=listed(fields))
        elif len(there) > 1:
            key = N_("`{first}` and `{second}` exclude each other")
            r.say((*path, there[1]), key, first=there[0], second=there[1])
    reason_due = name == "decided" and raw.get("outcome") in ("refused", "partly")
    if reason_due and not {"because", "number"} & raw.keys():
        key = N_("`{kind}` needs one of: {fields}")
        r.say(path, key, kind=name, fields="because, number")


def _no_words(r: Reading, raw: Mapping[str, Any], path: Path) -> None:
    key = N_("a secret case holds no words: take out `{field}`, write the number of the paper")
    for field in _WORDS:
        if field in raw:
            r.say((*path, field), key, field=field)
    files = raw.get("files")
    for place, each in enumerate(files if isinstance(files, list) else [files]):
        if isinstance(each, dict) and "path" in each:
            r.say((*path, "files", place, "path"), key, field="files.path")


def _set(about: _Log, raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """New values of an earlier entry, read as that entry's own fields are."""
    r = about.r
    value = raw["set"]
    if not isinstance(value, dict) or not value:
        r.wrong(path, value or None, N_("a map of fields"))
        return {}
    target = raw.get("of")
    if target == "head":
        allowed: Mapping[str, Field] = _AMENDABLE_HEAD
    else:
        there = about.named.get(str(target), {})
        kind = KINDS.get(str(there.get("kind")))
        if kind is None:
            return {}  # the entry it names is not there, or of no kind: said elsewhere
        own = () if there["kind"] == "amended" else kind.own
        allowed = {n: about.shapes[n] for n in (*COMMON, *own) if n not in _FIXED}
        _still_one(r, value, path, kind, there)
    found = {}
    for name, each in value.items():
        at = (*path, name)
        if name in _FIXED or (target == "head" and name in HEAD and name not in allowed):
            r.say(at, N_("`{field}` can never be changed"), field=name)
        elif name not in allowed:
            _unknown(r, at, name, tuple(allowed))
        else:
            one = allowed[name].shape.read(r, each, at)
            if one is not None:
                found[name] = one
    if about.secret:
        _no_words(r, value, path)
    return found


def _still_one(
    r: Reading, value: Mapping[str, Any], path: Path, kind: Kind, there: Mapping[str, Any]
) -> None:
    """``set`` adds and replaces, so it could put two fields together that exclude each other."""
    for fields in kind.exactly_one:
        both = [f for f in fields if f in value or f in there]
        new = [f for f in both if f in value]
        if new and len(both) > 1:
            first = next(f for f in both if f != new[0])
            key = N_("`{first}` and `{second}` exclude each other")
            r.say((*path, new[0]), key, first=first, second=new[0])


# --- JSON Schema -----------------------------------------------------------------------


def case_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of case files, for editors.

    It helps a person who types; what it cannot tell (references, the words of the plan) the
    reader does. Texts also allow numbers and true/false, as an editor's YAML may see them.
    """
    fields = entry_shapes(Lexicon(), ())
    properties = {name: described(f.shape.schema, f.says) for name, f in fields.items()}
    properties["set"] = {
        "description": "New values: field → value; facts and grades are merged by name",
        "type": "object",
        "minProperties": 1,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "yuqing case",
        "description": "One incident (案件): a short head, then a log that only grows.",
        "type": "object",
        "required": list(_REQUIRED_HEAD),
        "additionalProperties": False,
        "properties": {
            "yuqing": {"description": "Format version", "enum": [FORMAT, str(FORMAT)]},
            "id": described(HEAD_ID.schema, "Equals the name of the file"),
            "title": described(TITLE.schema, "No names of citizens"),
            "plans": described(PLANS.schema, "Plan versions, pinned at opening"),
            "drill": described(FLAG.schema, "A drill; can never be changed"),
            "secrecy": described(SECRECY.schema, "secret: no words, numbers of papers only"),
            "log": {
                "description": "Entries; the last key",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/entry"},
            },
        },
        "$defs": {
            "entry": {
                "type": "object",
                "required": ["kind", "at"],
                "properties": {"kind": {"description": "What it is", "enum": list(KINDS)}},
                "allOf": [_kind_schema(name, kind) for name, kind in KINDS.items()],
            },
            **properties,
        },
    }


def _kind_schema(name: str, kind: Kind) -> dict[str, Any]:
    known = {f: {"$ref": f"#/$defs/{f}"} for f in (*COMMON, *kind.own) if f != "kind"}
    words = [field for field in kind.required if field in ("text", "because", "files")]
    then: dict[str, Any] = {
        "properties": {"kind": True, **known},
        "additionalProperties": False,
        "required": [field for field in kind.required if field not in words],
    }
    rules: list[dict[str, Any]] = [
        # in a secret case the number of the paper stands in for its words
        at_least_one(*fields, *(["number"] if {"text", "files"} & {*fields} else []))
        for fields in kind.one_of
    ]
    rules += [just_one(*fields) for fields in kind.exactly_one]
    if words:
        rules.append({"anyOf": [{"required": words}, {"required": ["number"]}]})
    if name == "decided":
        agreed = {"properties": {"outcome": {"const": "agreed"}}}
        rules.append({"anyOf": [agreed, *at_least_one("because", "number")["anyOf"]]})
    if rules:
        then["allOf"] = rules
    return {"if": {"properties": {"kind": {"const": name}}}, "then": then}
