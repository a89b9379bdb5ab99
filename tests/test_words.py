"""Every sentence in both languages (design, section 9: messages in 简体 and English)."""

from __future__ import annotations

import errno
import os
import string
import sys
from pathlib import Path

import pytest

from yuqing import words
from yuqing.errors import Said

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import catalog
import traditional

IDS = catalog.ids()
ZH = catalog.read()


def _placeholders(text: str) -> set[str]:
    return {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name}


def test_the_package_is_found_and_marked() -> None:
    """The marker is everywhere, or the tests below would prove nothing."""
    assert len(IDS) > 500
    assert "{span} left" in IDS


def test_every_sentence_stands_in_the_catalog() -> None:
    """New ids: run ``python tests/tools/catalog.py`` and translate what it prints."""
    assert [message for message in IDS if not ZH.get(message)] == []


def test_the_catalog_holds_nothing_else() -> None:
    """An id that is gone would be kept for ever: the same tool drops it."""
    assert [message for message in ZH if message not in IDS] == []


def test_placeholders_agree() -> None:
    """A translation says the same with the same values; ``{level: I}`` is text, not a value."""
    for message, said in ZH.items():
        if "{level: I}" not in message:
            assert _placeholders(said) == _placeholders(message), message
        assert said.startswith("  ") == message.startswith("  "), message


def test_no_simplified_sentence_is_traditional_or_english() -> None:
    """简体 for the duty officer; a sentence with words in it is translated."""
    traditional = set("預輿錄職責條據時間說請這個單處檔務類誰為來發過對還應")
    for message, said in ZH.items():
        assert not traditional.intersection(said), said
        plain = "".join(t for t, *_ in string.Formatter().parse(message.replace("{level: I}", "")))
        if sum(c.isalpha() for c in plain) > 20 and not message.startswith("yuqing "):
            assert any("\u4e00" <= c <= "\u9fff" for c in said), said


def test_the_same_in_traditional_script() -> None:
    """繁體: every sentence that 简体 has, with the same values. Where it is old: run
    ``python tests/tools/traditional.py``."""
    there = traditional.PACKAGE / traditional.CATALOG.format(language="zh_TW")
    with there.open("rb") as source:
        said = {str(e.id): str(e.string or "") for e in traditional.read_po(source) if e.id}
    assert said.keys() == ZH.keys()
    for message, text in said.items():
        if "{level: I}" not in message:
            assert _placeholders(text) == _placeholders(message), message
        assert len(text) == len(ZH[message]), message
        assert not set("预舆录职责条据时间说请这个单处档务类谁为来发过对还应").intersection(text), (
            text
        )
    for page in (traditional.PACKAGE / "help" / "zh_CN").glob("*.md"):
        other = traditional.PACKAGE / "help" / "zh_TW" / page.name
        assert len(other.read_text("utf-8")) == len(page.read_text("utf-8")), page.name


def test_a_sentence_is_put_into_the_language_at_the_end() -> None:
    said = Said("{span} left", {"span": Said("{n} min", {"n": 13})})
    assert words.say(said, "en") == "13 min left"
    assert words.say(said, "zh_CN") == "余 13 分"


def test_a_sentence_without_translation_stays_english() -> None:
    assert words.say("no such sentence {n}", "zh_CN", n=1) == "no such sentence 1"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("zh_CN.UTF-8",), "zh_CN"),
        (("zh-Hans",), "zh_CN"),
        (("zh_TW",), "zh_TW"),
        (("zh-Hant-HK",), "zh_TW"),
        (("zh_HK.UTF-8",), "zh_TW"),
        (("en_GB",), "en"),
        ((None, "zh"), "zh_CN"),
        (("C", None), "en"),
        (("en", "zh"), "en"),
        ((), "en"),
    ],
)
def test_the_language_is_the_first_wish_we_speak(
    wishes: tuple[str | None, ...], language: str
) -> None:
    """`--lang`, then `YUQING_LANG`, then office.yaml, then the locale, then English."""
    assert words.choose(*wishes) == language


def test_what_the_system_says_is_said_in_the_language() -> None:
    """A full disk at two in the morning says 磁盘已满; a rare reason stays as the system has it."""
    for number in (errno.ENOSPC, errno.EACCES, errno.EISDIR, errno.EROFS, errno.ECONNREFUSED):
        fault = OSError(number, os.strerror(number))
        assert words.say(words.reason(fault), "en") == os.strerror(number)
        assert "\u4e00" <= words.say(words.reason(fault), "zh_CN")[0] <= "\u9fff"
    assert words.say(words.reason(OSError(0, "{odd}")), "zh_CN") == "{odd}"
