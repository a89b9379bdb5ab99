"""Case files become records (case format, sections 3 to 5), or every slip is named."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import casebook
import pytest
from casebook import HEAD, NAME, OFFICE_ORGANS, PLAN, entry, read, sentences

from yuqing.case import KINDS, Case, Entry, File, Pin
from yuqing.read.case import case_schema, read_case, read_entry
from yuqing.words import say

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad_cases").glob("*.yaml"))
LANGUAGES = {"en": ".en", "zh_CN": ".zh"}
EIGHT = dt.timezone(dt.timedelta(hours=8))
FIRST = """\
  - kind: discovered
    at: 2026-11-22T01:52+08:00
    id: cz3d8v
"""


def one(log: str) -> Entry:
    """The last entry of a case with this log behind a discovery."""
    return casebook.case(FIRST + log).log[-1]


def new(**fields: Any) -> tuple[Entry | None, list[str]]:
    """A new entry for the case of ``FIRST``, as a command hands it over."""
    found, problems = read_entry(entry(**fields), casebook.case(FIRST), [PLAN], OFFICE_ORGANS)
    return found, [say(p.said, "en") for p in problems]


# --- broken files ----------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=[p.stem for p in BAD])
def test_broken_file_and_exact_message(path: Path, request: pytest.FixtureRequest) -> None:
    """The file cannot be used: every problem is named with its line, in both languages."""
    case, problems = read(path.read_bytes())
    assert case is None
    assert any(p.severity == "error" for p in problems)
    for language, ending in LANGUAGES.items():
        said = sentences(problems, language)
        beside = path.with_suffix(ending)
        if request.config.getoption("--update-golden"):
            beside.write_text("\n".join(said) + "\n", encoding="utf-8")
        assert said == beside.read_text(encoding="utf-8").splitlines()


def test_every_message_is_put_into_words() -> None:
    """Each broken file lies beside its message in both languages, which differ."""
    names = {p.stem for p in BAD}
    assert len(names) > 100
    said = {}
    for ending in LANGUAGES.values():
        beside = list((HERE / "bad_cases").glob(f"*{ending}"))
        assert {p.stem for p in beside} == names
        said[ending] = {p.stem: p.read_text(encoding="utf-8") for p in beside}
    assert [name for name in names if said[".en"][name] == said[".zh"][name]] == []


# --- what can be used ------------------------------------------------------------------


def test_head() -> None:
    """The head, with all it may have."""
    case = casebook.case(FIRST, HEAD.replace("log:", "drill: true\nsecrecy: internal\nlog:"))
    assert (case.id, case.title, case.drill, case.secrecy) == (
        NAME, "柳塘小区停水三天", True, "internal",
    )  # fmt: skip
    assert case.plans == (Pin(id="town", version="2026-01", digest=PLAN.digest),)
    assert case.log[0].place == 0
    assert case.log[0].line == 9


def test_logbook() -> None:
    """A logbook is read like any case: `LOG-2026-11`."""
    case, problems = read(
        f"yuqing: 1\nid: LOG-2026-11\ntitle: LOG-2026-11\nplans: []\nlog:\n{FIRST}",
        "cases/log/LOG-2026-11.yaml",
    )
    assert problems == ()
    assert case is not None
    assert case.is_logbook


def test_name_is_compared_only_where_there_is_one() -> None:
    """id = file name, unless the text comes from a place without a name."""
    assert read(HEAD + FIRST, "-")[0] is not None
    assert read(HEAD + FIRST, "cases/closed/2026/YQ-20261122-7K3M.yaml")[0] is not None
    assert sentences(read(HEAD + FIRST, "cases/YQ-20261122-7K3M - 副本.yaml")[1]) == [
        f"line 2: `id: {NAME}` is not the name of the file, {NAME} - 副本; one of the two is wrong"
    ]


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2026-11-22T01:52+08:00", "2026-11-22T01:52+08:00"),
        ("2026-11-22 01:52+08:00", "2026-11-22T01:52+08:00"),
        ("2026-11-22T01:52:30+08:00", "2026-11-22T01:52:30+08:00"),
        ('"2026-11-21T17:52+00:00"', "2026-11-22T01:52+08:00"),
        ("2000-01-01T00:00+08:00", "2000-01-01T00:00+08:00"),
        ("2100-12-31T23:59-14:00", "2100-12-31T23:59-14:00"),
    ],
)
def test_times(written: str, time: str) -> None:
    """Written so; read also with a space for T and with seconds; offset required."""
    assert one(
        f"  - kind: noted\n    at: {written}\n    text: x\n"
    ).at == dt.datetime.fromisoformat(time)


def test_due_is_a_time_or_a_date() -> None:
    """A date stays a date: the plan says when it ends."""
    log = "  - {{kind: assigned, at: 2026-11-22T02:00+08:00, to: water-co, text: 主办, due: {}}}\n"
    assert one(log.format("2026-12-20")).due == dt.date(2026, 12, 20)
    assert one(log.format('"2026-12-20T12:00+08:00"')).due == dt.datetime(
        2026, 12, 20, 12, tzinfo=EIGHT
    )


@pytest.mark.parametrize(
    ("written", "organ"),
    [
        ("cac", "cac"), ("市委网信办", "cac"), ("网信办", "cac"), ("水司", "water-co"),
        ("public", "public"), ("asker", "asker"), ("某村委会", "某村委会"), ("unknwn", "unknwn"),
    ],
)  # fmt: skip
def test_organs_by_id_name_or_alias(written: str, organ: str) -> None:
    """Organ: id, name or alias from plan or office; other names are kept as written."""
    found = one(f"  - {{kind: reported, at: 2026-11-22T02:00+08:00, to: {written}}}\n")
    assert found.to == (organ,)


def test_one_or_many() -> None:
    """`to: cac` = `to: [cac]`."""
    start = "  - {kind: reported, at: 2026-11-22T02:00+08:00, re: "
    assert one(start + "cz3d8v, to: cac}\n") == one(start + "[cz3d8v], to: [cac]}\n")


def test_facts_are_what_the_plan_says() -> None:
    """Yes/no, whole numbers, choices and text; a name no plan knows keeps its text."""
    found = one(
        "  - kind: noted\n    at: 2026-11-22T02:00+08:00\n    facts: {mainstream_media: true, "
        "comments: 40, trend: rising, property_loss: 3户进水, satisfied: false, unheard: 010}\n"
    )
    assert found.facts == {
        "mainstream_media": True, "comments": 40, "trend": "rising",
        "property_loss": "3户进水", "satisfied": False, "unheard": "010",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "level"),
    [("I", "I"), ("一级(重大)", "I"), ("一级", "I"), ("二级", "II"), ("V", "V")],
)
def test_levels_by_id_name_or_alias(written: str, level: str) -> None:
    """Level aliases become ids; what the plan does not know stays for `check`."""
    log = "  - {{kind: graded, at: 2026-11-22T02:00+08:00, grades: {{level: {}}}, because: x}}\n"
    assert one(log.format(written)).grades == {"level": level}


def test_truth_is_built_in() -> None:
    """Scale `truth` needs no plan: 不實 is `untrue`."""
    log = "  - {kind: graded, at: 2026-11-22T02:00+08:00, grades: {truth: 不实}, because: x}\n"
    assert one(log).grades == {"truth": "untrue"}


def test_files() -> None:
    """A paper lies in the folder, or is kept elsewhere under a number."""
    digest = "8cb72b162b47c24ddf46878f39216cd27fb1e7b2293754e589538eb16705da44"
    found = one(
        "  - kind: noted\n    at: 2026-11-22T02:00+08:00\n    files:\n"
        f"      - {{path: 图/截图.png, sha256: {digest}}}\n"
        "      - {kept: 机要室, number: 密〔2026〕17}\n"
    )
    assert found.files == (
        File(path="图/截图.png", sha256=digest),
        File(kept="机要室", number="密〔2026〕17"),
    )


def test_amended_values_are_read_as_the_entry_s_own() -> None:
    """`set` is validated like the entry's own fields and keeps the names of the file."""
    found = one(
        "  - {kind: received, at: 2026-11-22T02:00+08:00, from: cac, id: sapv7c}\n"
        "  - kind: amended\n    at: 2026-11-22T03:00+08:00\n    of: sapv7c\n    because: 改\n"
        "    set: {at: '2026-11-22T02:05+08:00', from: 市委宣传部, facts: {comments: 41}}\n"
    )
    assert found.set == {
        "at": dt.datetime(2026, 11, 22, 2, 5, tzinfo=EIGHT),
        "from": ("publicity",),
        "facts": {"comments": 41},
    }


def test_a_plan_that_an_amendment_adds_is_looked_for() -> None:
    """`amended` of the head may add to `plans`; the plan must be there like any other."""
    log = FIRST + (
        "  - kind: amended\n    at: 2026-11-22T03:00+08:00\n    of: head\n    because: 上级预案\n"
        "    set:\n      plans:\n"
        f"        - {{id: city, version: '1', digest: {PLAN.digest}}}\n"
    )
    assert sentences(read(HEAD + log)[1]) == ["line 16: the pinned plan city@1 was not found"]


def test_hand_written_entry_needs_kind_and_at_only() -> None:
    """By hand: `recorded`, `id` and `by` are left out."""
    found = one("  - kind: relapsed\n    at: 2026-11-23T02:00+08:00\n")
    assert (found.by, found.recorded, found.id) == (None, None, None)


def test_secret_case_lives_on_numbers() -> None:
    """A secret case: times, kinds, organs, forms, grades and numbers; all kinds can be told."""
    case = casebook.case(
        """\
  - kind: discovered
    at: 2026-11-22T01:52+08:00
    number: 密〔2026〕1
    id: cz3d8v
  - kind: published
    at: 2026-11-22T02:52+08:00
    signed_as: 柳塘镇
    number: 密〔2026〕2
  - kind: requested
    at: 2026-11-22T03:52+08:00
    request: correction
    to: 某网站
    clause: 七
    number: 密〔2026〕3
  - kind: noted
    at: 2026-11-22T03:52+08:00
    files: {kept: 机要室, number: 密〔2026〕4}
""",
        HEAD.replace("log:", "secrecy: secret\nlog:"),
    )
    assert len(case.log) == 4


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_public_words_are_signed_in_every_kind(kind: str) -> None:
    """No kind has a field for an undisclosed author, an account, a person or a removal."""
    for field in ("posted_as", "account", "person", "deleted"):
        _, said = new(kind=kind, **{field: "x"})
        assert any(f"no field `{field}`" in sentence for sentence in said)


# --- one new entry ---------------------------------------------------------------------


def test_new_entry() -> None:
    """One new entry from raw text fields, by the rules of the file."""
    found, said = new(kind="reported", to=["网信办", "public"], form="phone", re="cz3d8v")
    assert said == []
    assert found is not None
    assert (found.to, found.re, found.place) == (("cac", "public"), ("cz3d8v",), 1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "reported", "to": "cac", "re": "aaaaaa"}, "`re`: no entry `aaaaaa` in this case"),
        (
            {"kind": "noted", "text": "响\x07铃"},
            "a character that cannot be kept: U+0007; delete it",
        ),
        ({"kind": "noted", "text": "\ud800"}, "a character that cannot be kept: U+D800; delete it"),
        ({"kind": "noted", "text": " "}, "`text` is empty; write a value or take the line out"),
        ({"kind": "noted", "text": "x", "id": "cz3d8v"}, "`id: cz3d8v` is taken"),
        ({"kind": "notd"}, "no kind `notd`; did you mean `noted`?"),
        ({}, "`kind` is missing; add it"),
        (
            {"kind": "published", "text": "x"},
            "`signed_as` is missing; `published` needs it",
        ),
    ],
)
def test_new_entry_refused(fields: dict[str, Any], said: str) -> None:
    """The same sentence as for a file."""
    found, sentences_ = new(**fields)
    assert found is None
    assert said in sentences_


def test_new_entry_in_a_secret_case() -> None:
    """Words in a secret case are refused when typed, too."""
    case = Case(id=NAME, title="密1", secrecy="secret")
    found, problems = read_entry(entry(kind="noted", text="停水"), case, [], {})
    assert found is None
    assert [p.path for p in problems] == [("text",)]


# --- nothing raises --------------------------------------------------------------------


def test_every_cut_of_a_case() -> None:
    """A case cut anywhere gives problems or a case, never an exception."""
    data = (HERE / "bad_cases" / "several.yaml").read_bytes()
    good = (HEAD + FIRST).encode()
    for whole in (data, good):
        for length in range(len(whole)):
            case, problems = read(whole[:length])
            assert (case is None) == any(p.severity == "error" for p in problems)


def test_values_of_the_wrong_shape_never_raise() -> None:
    """A map, a list or a word where something else belongs is a problem like any other."""
    draw = random.Random(7)
    shapes: list[Any] = ["x", ["x"], {"x": "y"}, [["x"]], {"x": ["y"]}, [], {}]
    fields = sorted({n for k in KINDS.values() for n in k.own} | {"at", "files", "re", "facts"})
    for kind in KINDS:
        for _ in range(40):
            raw = {name: draw.choice(shapes) for name in draw.sample(fields, 6)}
            found, problems = read_entry({"kind": kind} | raw, casebook.case(FIRST), [PLAN], {})
            assert (found is None) == bool(problems)


def test_a_plan_reader_that_finds_nothing() -> None:
    """Without its plan a case is not used; the rest of the file is still looked at."""
    data = (HEAD + FIRST.replace("cz3d8v", "1")).encode()
    case, problems = read_case(data, f"{NAME}.yaml", lambda _: None, {})
    assert case is None
    assert [p.line for p in problems] == [5, 9]


# --- JSON Schema -----------------------------------------------------------------------


def test_schema_names_every_field_of_every_kind() -> None:
    """`yuqing schema`: each kind with its own fields, and nothing besides."""
    schema = case_schema()
    kinds = {
        rule["if"]["properties"]["kind"]["const"]: rule["then"]
        for rule in schema["$defs"]["entry"]["allOf"]
    }
    assert set(kinds) == set(KINDS)
    for name, kind in KINDS.items():
        assert kinds[name]["additionalProperties"] is False
        assert set(kind.own) <= set(kinds[name]["properties"])
    for name, about in schema["$defs"].items():
        assert name == "entry" or about["description"]
