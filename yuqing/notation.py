"""How files write what the records hold: markers that pydantic follows.

The records of ``span``, ``plan`` and ``case`` are plain dataclasses, and only a reader loads
pydantic. It brings what the file's own names mean and how the shapes are read that no type can
tell: ``how``, record class or name of a marker → function of the value, what reads on, and the
reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Protocol,
    TypeVar,
    get_args,
    get_origin,
)

from yuqing.errors import Path

if TYPE_CHECKING:
    from pydantic_core import ValidationError

T = TypeVar("T")
Schema = dict[str, Any]
ReadOn = Callable[[Any], Any]
How = Callable[[Any, ReadOn, Any], Any]
Fault = tuple[Path, str, Mapping[str, Any]]
"""Something wrong inside a value: where in it, message id, parameters."""

OUTSIDE = "\0"
"""Begins names that no file can hold: fields and steps that the file does not write out."""
DEFINED = "$def"
"""Key of a schema that is told once, under a name, and referred to."""
ID = r"[A-Za-z0-9_-]+"


class Reader(Protocol):
    """What a reader gives pydantic to go by."""

    @property
    def how(self) -> Mapping[Any, How]:
        """Record class or marker → how it is read."""

    @property
    def lenient(self) -> bool:
        """Are faults between fields named already, so that they no longer count?"""


def says(meaning: str, *, alias: str = "") -> Mapping[str, Any]:
    """Metadata of a field: what it means, and its name in the file if that is another."""
    return {"description": meaning, **({"alias": alias} if alias else {})}


def told(default: T, meaning: str, *, alias: str = "") -> T:
    """A field with a default: what it means, and its name in the file if that is another."""
    about = says(meaning, alias=alias)
    if isinstance(default, dict):
        return field(default_factory=type(default), metadata=about)
    return field(default=default, metadata=about)


def outside(name: str) -> Mapping[str, Any]:
    """Metadata of a field that the file tells by where the record stands."""
    return {"alias": OUTSIDE + name}


def written(record: type) -> Mapping[str, str]:
    """Attribute → name in the file, of every field of a record that the file writes out."""
    names = {f.name: f.metadata.get("alias", f.name) for f in fields(record)}
    return {own: name for own, name in names.items() if not name.startswith(OUTSIDE)}


def failure(
    value: Any,
    faults: Iterable[Fault],
    error: ValidationError | None = None,
    known: Iterable[str] = (),
    code: str = "said",
) -> ValidationError:
    """All that is wrong with a value: what pydantic found in it (``error``) and what we did.

    ``known``: the fields there are, for the sentence about one that is not.
    """
    from pydantic_core import PydanticCustomError, ValidationError

    lines: list[Any] = []
    for each in error.errors(include_url=False) if error is not None else ():
        kind, about = each["type"], each.get("ctx", {})
        if kind in ("unexpected_keyword_argument", "extra_forbidden") and "known" not in about:
            about = {"known": tuple(known)}
        custom = PydanticCustomError(kind, kind, about)
        lines.append({"type": custom, "loc": each["loc"], "input": each["input"]})
    for path, key, params in faults:
        custom = PydanticCustomError(code, code, {"key": key, "params": params})
        lines.append({"type": custom, "loc": path, "input": value})
    return ValidationError.from_exception_data("", lines)


def checked(
    value: Any, read_on: ReadOn, faults: Iterable[Fault], reader: Reader | None = None
) -> Any:
    """Read on, and fail once with all that is wrong.

    ``reader``: the faults lie between fields, so it may do with the value all the same.
    """
    from pydantic_core import ValidationError

    if reader is not None and reader.lenient:
        return read_on(value)
    faults, code = tuple(faults), "said" if reader is None else "rule"
    try:
        found = read_on(value)
    except ValidationError as error:
        raise failure(value, faults, error, code=code) from None
    if faults:
        raise failure(value, faults, code=code)
    return found


def _knowing(known: Iterable[str]) -> Callable[[Any, ReadOn], Any]:
    """Reads on; the fields there are go along with the complaint about one that is not."""
    from pydantic_core import ValidationError

    def read(value: Any, read_on: ReadOn) -> Any:
        try:
            return read_on(value)
        except ValidationError as error:
            raise failure(value, (), error, known) from None

    return read


# --- single values ---------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Core:
    """Read by one of pydantic's own schemas, strictly. ``code``: of the one error it has.
    ``schema``: told to editors instead of the type's own."""

    name: str
    rules: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    schema: Mapping[str, Any] | None = None

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        own = getattr(core_schema, f"{self.name}_schema")(strict=True, **self.rules)
        if not self.code:
            return own
        return core_schema.custom_error_schema(own, self.code, custom_error_message=self.code)

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        return dict(self.schema) if self.schema is not None else handler(core)


@dataclass(frozen=True, eq=False)
class Reads:
    """Read by the reader's function of this name. ``schema``: told to editors instead of the
    type's own; ``also``: beside it."""

    name: str
    schema: Mapping[str, Any] | None = None
    also: Mapping[str, Any] | None = None
    defined: tuple[str, str] | None = None
    """Name under which editors are told it once, and its description."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return self.around(handler(source))

    def around(self, schema: Any) -> Any:
        """The function of the reader, with ``schema`` to read on."""
        from pydantic_core import core_schema

        def read(value: Any, read_on: ReadOn, info: Any) -> Any:
            return info.context.how[self.name](value, read_on, info.context)

        return core_schema.with_info_wrap_validator_function(read, schema)

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        whole: Schema = dict(self.schema) if self.schema is not None else handler(core)
        whole = {"anyOf": [self.also, whole]} if self.also is not None else whole
        if self.defined is None:
            return whole
        name, meaning = self.defined
        return {DEFINED: {name: {"description": meaning, **whole}}}


_CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}

Text = Annotated[str, Core("str", {"pattern": r"\S"})]
YesNo = Annotated[bool, Core("bool")]
Whole = Annotated[int, Core("int")]
Count = Annotated[int, Core("int", {"ge": 1}, "count")]
Day = Annotated[
    dt.date, Reads("day", {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]
Clock = Annotated[dt.time, Reads("clock", _CLOCK)]
End = Annotated[
    dt.time | Literal["24:00", "close"],
    Reads("end", {"anyOf": [{"enum": ["24:00", "close"]}, _CLOCK]}),
]
"""When a day ends: midnight, close of office, or a time of day."""


# --- several values --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class OneOrMany:
    """A tuple, in the file a list of at least so many, or (``single``) one value without it."""

    least: int = 1
    single: bool = True

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        many = {**handler(source), "min_length": self.least}
        if not self.single:
            return many
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list) else [value], many
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        many: Schema = handler(core)
        return {"anyOf": [many["items"], many]} if self.single else many


@dataclass(frozen=True, eq=False)
class Named:
    """A map of records: the key each stands under is its id. ``key``: how a key is read."""

    key: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        record = get_args(source)[1]

        def spread(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            return {name: _spread(record, each, name) for name, each in value.items()}

        whole = core_schema.dict_schema(
            Reads(self.key).around(core_schema.str_schema()), handler.generate_schema(record)
        )
        return core_schema.no_info_before_validator_function(spread, whole)

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        whole: Schema = handler(core)
        each = whole["additionalProperties"]
        if "$ref" in each:
            whole["additionalProperties"] = handler.resolve_ref_schema(each)
        return {**whole, "propertyNames": {"pattern": f"^{ID}$"}}


@dataclass(frozen=True, eq=False)
class MapOf:
    """Read as a map of these fields; each is optional unless it is the only one (``says``: what
    it means)."""

    fields: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    says: str = ""

    def __get_pydantic_core_schema__(self, _source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        types = self.fields() if callable(self.fields) else self.fields
        fields = {
            name: core_schema.typed_dict_field(
                handler.generate_schema(each), required=len(types) == 1
            )
            for name, each in types.items()
        }
        return core_schema.no_info_wrap_validator_function(
            _knowing(tuple(fields)),
            core_schema.typed_dict_schema(fields, extra_behavior="forbid"),
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        whole: Schema = handler(core)
        for each in whole["properties"].values() if self.says else ():
            each["description"] = self.says
        return whole


@dataclass(frozen=True, eq=False)
class OrWord:
    """A fixed word (``Literal``), or what else the union says."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        words = next(each for each in get_args(source) if str(get_origin(each)) == str(Literal))
        other = next(each for each in get_args(source) if each is not words)
        allowed = list(get_args(words))
        return core_schema.tagged_union_schema(
            {
                OUTSIDE + "word": core_schema.literal_schema(allowed),
                OUTSIDE + "other": handler.generate_schema(other),
            },
            lambda value: OUTSIDE + ("word" if value in allowed else "other"),
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        return {"anyOf": handler(core)["oneOf"]}  # the word may be one of the others' texts


@dataclass(frozen=True, eq=False)
class ToldByKey:
    """One of several records: the one whose first field is among the keys.

    ``shown``: the one member that files write out; the others are told by what stands in it.
    """

    shown: type[Record] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        members = {_first(member): member for member in get_args(source)}

        def which(value: Any) -> str | None:
            return next((OUTSIDE + name for name in members if name in value), None)

        return core_schema.tagged_union_schema(
            {OUTSIDE + name: handler.generate_schema(each) for name, each in members.items()},
            which,
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        found: Schema = handler(
            _choice(core, _first(self.shown)) if self.shown is not None else core
        )
        return found


def _choice(core: Any, name: str) -> Any:
    """One choice of a tagged union, through the functions around it."""
    while "choices" not in core:
        core = core["schema"]
    return core["choices"][OUTSIDE + name]


def _first(record: type) -> str:
    first = fields(record)[0]
    name: str = first.metadata.get("alias", first.name)
    return name


@dataclass(frozen=True, eq=False)
class Parts:
    """Values of one type, as a list of at least one, or each under a key (``OUTSIDE`` the file).

    ``schema``: what the keys are, from the schema of the list.
    """

    schema: Callable[[Schema], Schema]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        many = {**handler(source), "min_length": 1}
        keyed = core_schema.dict_schema(values_schema=handler.generate_schema(get_args(source)[0]))
        return core_schema.tagged_union_schema(
            {
                OUTSIDE + "list": many,
                OUTSIDE + "keyed": core_schema.no_info_after_validator_function(
                    lambda found: tuple(found.values()), keyed
                ),
            },
            lambda value: OUTSIDE + ("keyed" if isinstance(value, dict) else "list"),
        )

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        return self.schema(handler(_choice(core, "list")))


# --- records ---------------------------------------------------------------------------


class Record:
    """A record that a file writes as a map with known fields only."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}
    short_form: ClassVar[str] = ""
    """A plain value may stand for the map: it is this field."""
    list_form: ClassVar[str] = ""
    """A list may stand for the map: it is this field."""
    else_id: ClassVar[str] = ""
    """This field is the id if it is left out."""
    defined: ClassVar[tuple[str, str] | tuple[()]] = ()
    """Name under which editors are told the map once, and its description."""
    json_rules: ClassVar[Schema] = {}
    """More conditions for the JSON Schema."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        known = _knowing(tuple(dict.fromkeys(written(cls).values())))

        def read(value: Any, read_on: ReadOn, info: Any) -> Any:
            given = _spread(cls, value)
            how = info.context.how.get(cls)
            if how is None:
                return known(given, read_on)
            return how(given, lambda value: known(value, read_on), info.context)

        own = handler.resolve_ref_schema(handler(source))
        reference = own.pop("ref")  # what refers to the record means it as it is read here
        return core_schema.with_info_wrap_validator_function(read, own, ref=reference)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> Schema:
        found: Schema = handler(core)
        whole = found if "properties" in found else handler.resolve_ref_schema(found)
        if "properties" not in whole:
            return found  # told already
        own: Schema = whole["properties"]
        for name in [each for each in own if each.startswith(OUTSIDE)]:
            inner = own.pop(name)
            own |= inner.pop("properties", {})
            whole |= {
                key: inner[key] for key in ("additionalProperties", "minProperties") if key in inner
            }
        needed = [n for n in whole.pop("required", ()) if n in own and n != cls.else_id]
        whole.pop("description", None)  # the docstring is for those who read the code
        whole |= {**({"required": needed} if needed else {}), **cls.json_rules}
        long = dict(whole)
        if cls.defined:
            name, meaning = cls.defined
            long = {DEFINED: {name: {"description": meaning, **long}}}
        shorter = [own[name] for name in (cls.short_form, cls.list_form) if name]
        whole.clear()
        whole |= {"anyOf": [*shorter, long]} if shorter else long
        return found


def _spread(record: type[Record], value: Any, name: str = "") -> Any:
    """The map that a value stands for; the value itself if it is none."""
    given: dict[str, Any] | None
    if isinstance(value, list):
        given = {record.list_form: value} if record.list_form else None
    elif isinstance(value, (str, bool, int, float)):
        given = {record.short_form: value} if record.short_form else None
    else:
        given = value if isinstance(value, dict) else None
    if given is None:
        return value
    told = {OUTSIDE + "id": name} if name else {}
    if record.else_id and record.else_id not in given:
        ident = name or given.get("id")
        told[record.else_id] = ident if isinstance(ident, str) else "?"  # its fault is said
    return {**told, **given} if told else given


def just_one(*names: str) -> Schema:
    """JSON Schema: exactly one of these fields is there."""
    return {"oneOf": [{"required": [name]} for name in names]}


def at_least_one(*names: str) -> Schema:
    """JSON Schema: one or more of these fields are there."""
    return {"anyOf": [{"required": [name]} for name in names]}
