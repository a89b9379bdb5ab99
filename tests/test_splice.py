"""Writing beside old text, and proof (case format, sections 9 and 10)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import casebook
import pytest
from casebook import HEAD, NAME, OFFICE_ORGANS, PLAN, entry, read
from hypothesis import given
from hypothesis import strategies as st

from yuqing.case import KINDS, Case, Entry
from yuqing.errors import Unreadable
from yuqing.read.case import read_entry
from yuqing.read.splice import (
    ORDER,
    Unsound,
    append,
    entry_fields,
    fingerprint,
    fingerprints,
    new_file,
    stamp,
)
from yuqing.read.tree import bad_character, parse
from yuqing.words import say

LOG = """\
  - kind: discovered   # a moment: starts clocks
    at: 2026-11-22T01:52+08:00
    id: cz3d8v

  # 领导组值班电话 01:58 起占线
  - kind: noted
    at: 2026-11-22T02:00+08:00
    text: 来电
    id: k4h7d2
"""
OLD = (HEAD + LOG).encode()
NOTE = entry(kind="noted", text="x", recorded="2026-11-22T02:09+08:00", id="aaaaaa")


def tree(data: bytes) -> Any:
    found, problems = parse(data, "", as_text=True)
    assert found is not None, problems
    return found.value


def added(data: bytes, *entries: dict[str, Any]) -> str:
    """What an append put behind the old text."""
    new, _ = append(data, entries)
    assert new.startswith(data)
    return new[len(data) :].decode()


# --- append ----------------------------------------------------------------------------


def test_append_looks_like_a_person_wrote_it() -> None:
    """Key order, block style, flow only for plain short words, several lines as |."""
    new = added(
        OLD,
        entry(
            id="s4pv7c",
            recorded="2026-11-22T02:09+08:00",
            kind="reported",
            to=["lead-group", "cac"],
            form="phone",
            by="值班室",
            text="第一行\n第二行: 3 户\n",
            because="- 不是列表",
            clause=["六(二)一级"],
            facts={"comments": "40", "property_loss": "3户进水"},
            tags=["faq"],
            links=["https://v.example/x1"],
            files=[{"kept": "机要室", "number": "密〔2026〕17"}],
            re=["cz3d8v"],
        ),
    )
    assert (
        new
        == """
  - kind: reported
    at: 2026-11-22T02:00+08:00
    by: 值班室
    to: [lead-group, cac]
    form: phone
    text: |
      第一行
      第二行: 3 户
    because: "- 不是列表"
    clause: 六(二)一级
    facts: {comments: 40, property_loss: 3户进水}
    tags: [faq]
    links:
      - https://v.example/x1
    files:
      - {kept: 机要室, number: 密〔2026〕17}
    re: cz3d8v
    recorded: 2026-11-22T02:09+08:00
    id: s4pv7c
"""
    )


@pytest.mark.parametrize(("dash", "inside"), [("- ", "  "), ("    -   ", "        ")])
def test_append_stands_at_the_dashes_that_are_there(dash: str, inside: str) -> None:
    """The new entry is put at the dash column of the existing entries."""
    old = f"{HEAD}{dash}kind: noted\n{inside}at: 2026-11-22T02:00+08:00\n{inside}text: y\n"
    new = added(old.encode(), NOTE)
    assert new.startswith("\n" + dash.rstrip().ljust(len(dash.rstrip()) + 1) + "kind: noted\n")


def test_append_says_what_it_made_uniform() -> None:
    """CRLF → LF, BOM dropped, final newline added, each said once."""
    crlf = b"\xef\xbb\xbf" + OLD.replace(b"\n", b"\r\n")[:-2]
    new, said = append(crlf, [NOTE])
    assert new == OLD + added(OLD, NOTE).encode()
    assert [say(each, "en") for each in said] == [
        "the byte order mark at the beginning of the file was taken out",
        "line ends of the file were made LF",
        "the last line of the file was given its end",
    ]
    assert append(OLD, [NOTE])[1] == ()


@pytest.mark.parametrize(
    "end",
    [
        "    because: |+\n      最后一行\n\n",
        "    because: |\n      - # 注释\n",
        "    because: >-\n      折叠\n      行\n",
        "    because: '引号\n\n      里的空行'\n",
        "    # 文件末尾的注释\n\n\n# 又一条\n",
        "    links: [https://v.example/x,\n      https://v.example/y\n      ]\n",
    ],
)
def test_append_behind_any_ending(end: str) -> None:
    """Whatever the last entry ends with, old and new both read as they should."""
    old = (HEAD + LOG + end).encode()
    new, _ = append(old, [NOTE, NOTE | {"id": "bbbbbb"}])
    assert new.startswith(old)
    assert tree(new)["log"][:2] == tree(old)["log"]
    assert [e.get("id") for e in tree(new)["log"][2:]] == ["aaaaaa", "bbbbbb"]


def test_append_to_what_cannot_be_read() -> None:
    """A file that cannot be used is not written to."""
    with pytest.raises(Unreadable) as caught:
        append(b"log:\n  - kind\xff\n", [NOTE])
    assert caught.value.problems[0].line == 2


@pytest.mark.parametrize("text", ["\x07", "\ud800", "a\u2028b", "\x85", "\ufffe"])
def test_what_would_not_read_back_is_not_handed_out(text: str) -> None:
    """The result is read again and must equal old + new, or nothing is written."""
    with pytest.raises(Unsound):
        append(OLD, [NOTE | {"text": text}])
    with pytest.raises(Unsound):
        new_file({"id": NAME, "title": text, "plans": []}, [NOTE])


# --- any text, anywhere ----------------------------------------------------------------

ANY = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(list(" \n\t:#-?,[]{}&*!|>'\"%@`\\=~。：\u202e\u200d\ufeff\x85\x07\u2028")),
    ),
    min_size=1,
    max_size=40,
)


@given(ANY, st.sampled_from(["text", "because", "number", "source"]))
def test_any_text_in_any_field(text: str, field: str) -> None:
    """Any text is stored and read again equal, or refused with its place; no line changes."""
    fields = entry(kind="discovered", **{field: text})
    found, problems = read_entry(fields, casebook.case(LOG), [PLAN], OFFICE_ORGANS)
    if found is None:
        assert [p.path for p in problems] == [(field,)]
        assert bad_character(text) or not text.strip()
        return
    new, _ = append(OLD, [entry_fields(found)])
    assert new.startswith(OLD)
    case, _ = read(new)
    assert case is not None
    assert case.log[-1] == found


@given(st.lists(ANY, min_size=1, max_size=3), st.dictionaries(ANY, ANY, min_size=1, max_size=3))
def test_any_text_in_lists_and_maps(texts: list[str], facts: dict[str, str]) -> None:
    """Links, tags, articles, and facts under any name."""
    fields = entry(kind="noted", links=texts, tags=texts, clause=texts, facts=facts)
    everything = [*texts, *facts, *facts.values()]
    if any(bad_character(t) or not t.strip() for t in everything) or "<<" in facts:
        return
    new, _ = append(OLD, [fields])
    case, problems = read(new)
    names = PLAN.facts.keys() | {"satisfied"}
    if case is None:  # a name the plan knows, with a value it does not take
        assert names & facts.keys(), problems
        return
    assert (case.log[-1].links, case.log[-1].tags) == (tuple(texts), tuple(texts))
    assert case.log[-1].facts == facts


# --- records to text and back ----------------------------------------------------------

TIMES = st.datetimes(dt.datetime(2000, 1, 2), dt.datetime(2100, 12, 30)).map(  # noqa: DTZ001 - the zone comes next
    lambda t: t.replace(microsecond=0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
)
WORD = st.text(alphabet="abc,: #-甲乙\n'\"", min_size=1, max_size=12).filter(str.strip)
WORDS = st.lists(WORD, min_size=1, max_size=3).map(tuple)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORD, "because": WORD, "clause": WORDS, "number": WORD, "links": WORDS,
    "facts": st.fixed_dictionaries({"comments": st.integers(0, 10**9), "mainstream_media": st.booleans()}),
    "re": st.just(("cz3d8v",)), "closes": st.just(("cz3d8v", "k4h7d2")), "until": TIMES.map(dt.datetime.date),
    "estimated": st.just(True), "source": WORD, "event": WORD, "grades": st.just({"level": "I"}),
    "proposed": st.just(True), "to": st.just(("cac", "村委会")), "form": st.just("press-conference"),
    "document": WORD, "from": st.just(("asker",)), "due": TIMES, "code": WORD, "with": st.just(("cac",)),
    "meeting": WORD, "matter": WORD, "outcome": st.just("agreed"), "duty": WORD, "signed_as": WORD,
    "corrects": st.just("cz3d8v"), "request": st.just("referral"), "release": st.just(True),
    "unit": st.just("water-co"), "of": st.just("k4h7d2"),
    "set": st.fixed_dictionaries({"at": TIMES, "text": WORD}),
    "case": st.just(NAME), "relation": st.just("follows"), "by": st.just("cac"), "files": st.nothing(),
}  # fmt: skip


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """An entry of any kind with all that kind may have."""
    name = draw(st.sampled_from(sorted(KINDS)))
    kind = KINDS[name]
    skip = {"pause", "resume", "void", "files", "id", "recorded"} | (
        {"due"} if name == "adjusted" else set()
    )
    fields = [
        f for f in (*kind.own, "text", "because", "clause", "facts", "by", "until") if f not in skip
    ]
    given_ = {f: draw(VALUES[f]) for f in fields}
    named = {f"{f}_" if f in ("from", "with") else f: value for f, value in given_.items()}
    return Entry(kind=name, at=draw(TIMES), **named)


@given(entries())
def test_reading_is_the_opposite_of_writing(written: Entry) -> None:
    """load ∘ write ∘ load = load, for entries of every kind."""
    if written.kind == "requested":
        return  # needs a digest; told by the examples above
    new, _ = append(OLD, [entry_fields(written)])
    case, problems = read(new)
    assert case is not None, problems
    assert case.log[-1] == written
    again, _ = append(OLD, [entry_fields(case.log[-1])])
    assert again == new


def test_order_of_fields_is_the_one_of_the_format() -> None:
    """kind, at, until, estimated, by, own fields, text, … recorded, id."""
    assert ORDER[:5] == ("kind", "at", "until", "estimated", "by")
    assert ORDER[-12:] == (
        "text", "because", "clause", "number", "facts", "tags", "links", "files", "re", "closes",
        "recorded", "id",
    )  # fmt: skip
    assert set(ORDER) >= {name for kind in KINDS.values() for name in kind.own}


def test_new_file() -> None:
    """A new case: head, then the first entries; the version stands in quotes."""
    head = {
        "id": NAME,
        "title": "柳塘小区停水三天",
        "plans": [{"id": "town", "version": "2026-01", "digest": PLAN.digest}],
        "drill": True,
    }
    data = new_file(head, [entry(kind="discovered", id="cz3d8v"), NOTE])
    assert (
        data.decode()
        == f"""\
yuqing: 1
id: {NAME}
title: 柳塘小区停水三天
plans:
  - {{id: town, version: "2026-01", digest: {PLAN.digest}}}
drill: true
log:
  - kind: discovered
    at: 2026-11-22T02:00+08:00
    id: cz3d8v

  - kind: noted
    at: 2026-11-22T02:00+08:00
    text: x
    recorded: 2026-11-22T02:09+08:00
    id: aaaaaa
"""
    )
    case, problems = read(data)
    assert problems == ()
    assert isinstance(case, Case)
    assert case.drill


# --- stamp -----------------------------------------------------------------------------


def test_stamp_goes_in_front_of_the_first_key() -> None:
    """`save` puts id and recorded in front of the first key; nothing else moves."""
    old = """\
yuqing: 1
log:
  - kind: noted   # by hand
    at: 2026-11-22T02:00+08:00
    text: x

  -   kind: noted
      at: 2026-11-22T02:00+08:00
  -
    # 注
    kind: noted
    at: 2026-11-22T02:00+08:00
  - {kind: noted, at: "2026-11-22T02:00+08:00"}
"""
    marks = {n: {"id": f"aaaaa{n}", "recorded": "2026-11-22T03:00+08:00"} for n in range(4)}
    marks[0]["by"] = "值班室"
    assert (
        stamp(old.encode(), marks).decode()
        == """\
yuqing: 1
log:
  - id: aaaaa0
    recorded: 2026-11-22T03:00+08:00
    by: 值班室
    kind: noted   # by hand
    at: 2026-11-22T02:00+08:00
    text: x

  -   id: aaaaa1
      recorded: 2026-11-22T03:00+08:00
      kind: noted
      at: 2026-11-22T02:00+08:00
  -
    # 注
    id: aaaaa2
    recorded: 2026-11-22T03:00+08:00
    kind: noted
    at: 2026-11-22T02:00+08:00
  - {id: "aaaaa3", recorded: "2026-11-22T03:00+08:00", kind: noted, at: "2026-11-22T02:00+08:00"}
"""
    )


def test_stamp_of_a_place_that_is_not_there() -> None:
    """A place beyond the log is a mistake of the caller, not of the file."""
    with pytest.raises(IndexError):
        stamp(OLD, {7: {"id": "aaaaaa"}})


# --- fingerprint -----------------------------------------------------------------------


def test_fingerprint_is_of_the_content() -> None:
    """Comments and layout do not count; every word and the order of entries do."""
    value = tree(OLD)
    code = fingerprint(value)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{12}", code)
    assert code == fingerprint(tree(OLD.replace(b"# a moment: starts clocks", b"")))
    assert code != fingerprint(tree(OLD.replace("来电".encode(), "来函".encode())))
    assert code != fingerprint(value | {"log": value["log"][::-1]})
    assert fingerprint(value, 26)[:12] == code


def test_fingerprint_of_every_prefix() -> None:
    """A code read out earlier is found among the prefixes of the log that grew since."""
    before = fingerprint(tree(OLD))
    new, _ = append(OLD, [NOTE])
    codes = fingerprints(tree(new))
    assert len(codes) == 4
    assert codes[2] == before


def test_fingerprint_as_the_format_defines_it() -> None:
    """h0 = SHA-256 of the canonical head, hn = SHA-256(hn-1 + canonical entry n), 60 bits."""
    import hashlib

    head = b'{"id":"\xe7\x94\xb2"}'
    first = hashlib.sha256(hashlib.sha256(head).digest() + b'{"a":"1","b":["2"]}').digest()
    bits = f"{int.from_bytes(first, 'big'):0256b}"
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    wanted = "".join(signs[int(bits[n : n + 5], 2)] for n in range(0, 60, 5))
    assert fingerprint({"id": "甲", "log": [{"b": ["2"], "a": "1"}]}) == wanted
