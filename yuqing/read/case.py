"""Case files: bytes to ``Case``, the raw text of a new entry to ``Entry``, or problems.

Fields are told in ``read.fields``, kinds in ``case.KINDS``; here the two meet, and entries are
held against each other. All problems are collected; a file with one is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from yuqing.case import COMMON, KINDS, Case, Entry, Kind, Pin
from yuqing.errors import Path, Problem
from yuqing.notation import at_least_one, just_one
from yuqing.plan import Organ, Plan
from yuqing.read.fields import HOW, CaseReading, Lexicon
from yuqing.read.reading import EMPTY, listed, nearest, refused
from yuqing.read.schema import json_schema
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
_AMENDABLE_HEAD = ("title", "secrecy", "plans")

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
    r = CaseReading(tree, how=HOW)
    root: Mapping[str, Any] = tree.value
    if _newer(r, root):
        return None, tuple(r.problems)
    _head(r, root)
    raw = _raw_log(r, root)
    r.secret = root.get("secrecy") == "secret"
    r.lexicon = Lexicon.of(_plans(r, root, raw, plan_of), organs)
    r.named = _named(r, raw)
    for place, each in enumerate(raw):
        _entry(r, each, ("log", place))
    case = r.read(Case)
    _name_of_file(r, root)
    if case is None or r.problems:
        return None, tuple(sorted(r.problems, key=lambda p: p.line))
    return case, ()


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
    # Read as the only entry of a case: one record for pydantic to prepare itself for, not two.
    here: Path = ("log", 0)
    root = {"yuqing": str(FORMAT), "id": "LOG-2000-01", "title": "-", "log": [raw]}
    r = CaseReading(Tree(root, file, {}), how=HOW, secret=case_head.secrecy == "secret")
    _characters(r, raw, here)
    r.named = {
        e.id: {"kind": e.kind, **dict.fromkeys(_names(e))}
        for e in case_head.log
        if e.id is not None
    }
    if raw.get("id") in r.named:
        r.say((*here, "id"), N_("`id: {id}` is taken"), id=raw["id"])
    r.lexicon = Lexicon.of(plans, organs)
    _entry(r, raw, here)
    case = r.read(Case) if here not in r.left_out else None
    problems = tuple(replace(p, line=0, path=p.path[len(here) :]) for p in r.problems)
    if case is None or problems:
        return None, problems
    return replace(case.log[0], place=len(case_head.log), line=0), ()


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


def _characters(r: CaseReading, value: Any, path: Path) -> None:
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
            r.say(path, EMPTY, field=path[-1])


# --- head ------------------------------------------------------------------------------


def _newer(r: CaseReading, root: Mapping[str, Any]) -> bool:
    """A file of a later format is named and left alone: nothing else in it can be judged."""
    version = root.get("yuqing")
    if version == str(FORMAT):
        return False
    if isinstance(version, str) and version.isdigit() and int(version[:9]) > FORMAT:
        key = N_("format {version} is newer than this program, which reads {known}; update it")
        r.say(("yuqing",), key, version=version, known=FORMAT)
        return True
    if version is not None:
        r.tell(("yuqing",), refused(version, [str(FORMAT)]))
    return False


def _head(r: CaseReading, root: Mapping[str, Any]) -> None:
    for name in root:
        if name in HEAD:
            continue
        r.left_out.add((name,))
        if name in ("state", "status", "level", "category", "round", "due", "deadline"):
            r.say((name,), _DERIVED, name=name)
        else:
            _unknown(r, (name,), name, HEAD)
    for name in _REQUIRED_HEAD:
        if name not in root:
            r.say((), N_("`{field}` is missing; add it"), field=name)


def _name_of_file(r: CaseReading, root: Mapping[str, Any]) -> None:
    """The id, if it is one, is the name of the file."""
    found, name = root.get("id"), r.tree.file.rpartition("/")[2]
    unsaid = not any(p.path == ("id",) for p in r.problems)
    if found and unsaid and name.endswith(".yaml") and name != f"{found}.yaml":
        key = N_("`id: {id}` is not the name of the file, {name}; one of the two is wrong")
        r.say(("id",), key, id=found, name=name.removesuffix(".yaml"))


def _raw_log(r: CaseReading, root: Mapping[str, Any]) -> list[Any]:
    log = root.get("log")
    if log is None:
        return []
    path: Path = ("log",)
    if not isinstance(log, list) or (log and path not in r.tree.columns):
        r.say(path, N_("`log` must be a block list: each entry on lines of its own behind a dash"))
        r.left_out.add(path)
        return log if isinstance(log, list) else []
    if not log:
        r.say(path, N_("`log` needs at least one entry"))
        r.left_out.add(path)
    if list(root)[-1] != "log":
        key = N_("`{field}` stands after `log`; move it up, `log` is the last field")
        after = list(root)[list(root).index("log") + 1]
        r.say((after,), key, field=after)
    return log


def _plans(
    r: CaseReading,
    root: Mapping[str, Any],
    raw: Sequence[Any],
    plan_of: Callable[[Pin], Plan | None],
) -> list[Plan]:
    """The pinned plans, also those that an amendment of the head adds later."""
    lists: list[tuple[Path, Any]] = [(("plans",), root.get("plans"))]
    for number, entry in enumerate(raw):
        added = entry.get("set") if isinstance(entry, dict) and entry.get("of") == "head" else None
        if isinstance(added, dict):
            lists.append((("log", number, "set", "plans"), added.get("plans")))
    plans = []
    for path, pins in lists:
        for place, pin in enumerate(pins if isinstance(pins, list) else []):
            about = pin if isinstance(pin, dict) else {}
            name, version = about.get("id"), about.get("version")
            if not (isinstance(name, str) and isinstance(version, str)):
                continue  # its slips are said with the field
            plan = plan_of(Pin(id=name, version=version, digest=str(about.get("digest", ""))))
            if plan is not None:
                plans.append(plan)
            else:
                key = N_("the pinned plan {plan} was not found")
                r.say((*path, place), key, plan=f"{name}@{version}")
    return plans


# --- entries ---------------------------------------------------------------------------


def _named(r: CaseReading, raw: Sequence[Any]) -> dict[str, Mapping[str, Any]]:
    """The raw entries that have an id."""
    named: dict[str, Mapping[str, Any]] = {}
    places: dict[str, Path] = {}
    for place, each in enumerate(raw):
        found = each.get("id") if isinstance(each, dict) else None
        if not isinstance(found, str):
            continue
        path: Path = ("log", place, "id")
        if found in named:
            key = N_("`id: {id}` stands twice (also line {other})")
            r.say(path, key, id=found, other=r.tree.line(places[found]))
            continue
        named[found] = each
        places[found] = path
    return named


def _entry(r: CaseReading, raw: Any, path: Path) -> None:
    """Look at what the kind of an entry asks for; pydantic looks at the fields themselves."""
    if not isinstance(raw, dict):
        found = slip(raw) if isinstance(raw, str) else None
        r.say(path, found or N_("an entry is a list of fields that begins with `kind`"))
        r.left_out.add(path)
        return
    name = raw.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        if name is None:
            r.say(path, N_("`{field}` is missing; add it"), field="kind")
        else:
            _no_kind(r, name, (*path, "kind"))
        r.left_out.add(path)
        return
    allowed = (*COMMON, *kind.own)
    for field in raw:
        if field not in allowed:
            _unknown(r, (*path, field), field, allowed)
            r.left_out.add((*path, field))
        elif field == "set":
            _set(r, raw, (*path, field))
    _rules(r, str(name), kind, raw, path)


def _no_kind(r: CaseReading, name: Any, path: Path) -> None:
    near = nearest(name, dict.fromkeys(KINDS, "")) if isinstance(name, str) else None
    if near is not None:
        r.say(path, N_("no kind `{name}`; did you mean `{near}`?"), name=name, near=near)
    else:
        r.say(path, N_("no kind `{name}`; there are: {known}"), name=name, known=listed(KINDS))


def _unknown(r: CaseReading, path: Path, name: str, allowed: Sequence[str]) -> None:
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


def _rules(r: CaseReading, name: str, kind: Kind, raw: Mapping[str, Any], path: Path) -> None:
    """Which fields must be there, and which not together."""
    if r.secret:
        _no_words(r, raw, path)
    released = r.secret and "number" in raw  # the words lie in the secret file of that number
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
    if name == "assigned":
        _one_unit(r, raw, path)
    elif name == "amended" and raw.get("of") == "head" and "void" in raw:
        r.say((*path, "void"), N_("the head cannot be voided"))


def _one_unit(r: CaseReading, raw: Mapping[str, Any], path: Path) -> None:
    """Each unit is made responsible for itself, so that its item has an id of its own."""
    to = raw.get("to")
    if isinstance(to, list) and len(to) > 1:
        key = N_("`assigned` names one unit in `to`; write one entry for each")
        r.say((*path, "to"), key)


def _no_words(r: CaseReading, raw: Mapping[str, Any], path: Path) -> None:
    key = N_("a secret case holds no words: take out `{field}`, write the number of the paper")
    for field in _WORDS:
        if field in raw:
            r.say((*path, field), key, field=field)
    files = raw.get("files")
    for place, each in enumerate(files if isinstance(files, list) else [files]):
        if isinstance(each, dict) and "path" in each:
            r.say((*path, "files", place, "path"), key, field="files.path")


def _set(r: CaseReading, raw: Mapping[str, Any], path: Path) -> None:
    """Which fields of an earlier entry may get new values: those it has, but the fixed ones."""
    value = raw["set"]
    if not isinstance(value, dict):
        return
    if not value:
        r.say(path, EMPTY, field="set")
        return
    target = raw.get("of")
    allowed: tuple[str, ...] = _AMENDABLE_HEAD
    if target != "head":
        there = r.named.get(str(target), {})
        kind = KINDS.get(str(there.get("kind")))
        if kind is None:  # the entry it names is not there, or of no kind: said elsewhere
            r.left_out.add(path)
            return
        own = () if there["kind"] == "amended" else kind.own
        allowed = tuple(name for name in (*COMMON, *own) if name not in _FIXED)
        _still_one(r, value, path, kind, there)
        if there["kind"] == "assigned":
            _one_unit(r, value, path)
    for name in value:
        at = (*path, name)
        if name in allowed:
            continue
        r.left_out.add(at)
        if name in _FIXED or (target == "head" and name in HEAD):
            r.say(at, N_("`{field}` can never be changed"), field=name)
        else:
            _unknown(r, at, name, allowed)
    if r.secret:
        _no_words(r, value, path)


def _still_one(
    r: CaseReading, value: Mapping[str, Any], path: Path, kind: Kind, there: Mapping[str, Any]
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
    whole = json_schema(Case)
    defined = whole.pop("$defs")
    fields = {**defined.pop("Entry")["properties"], **defined}
    fields.pop("kind")
    whole["properties"]["log"]["items"] = {"$ref": "#/$defs/entry"}
    return {
        **whole,
        "title": "yuqing case",
        "description": "One incident (案件): a short head, then a log that only grows.",
        "required": list(_REQUIRED_HEAD),
        "$defs": {
            "entry": {
                "type": "object",
                "required": ["kind", "at"],
                "properties": {"kind": {"description": "What it is", "enum": list(KINDS)}},
                "allOf": [_kind_schema(name, kind) for name, kind in KINDS.items()],
            },
            **fields,
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
