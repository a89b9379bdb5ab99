"""Times of day as they are said: 昨晚11点, 凌晨两点半, 下午3:20, 15时30分.

Pure. What may be two moments (3点, 昨晚1点) is left as it is, to be refused: an entry that is
twelve hours out would be worse than one that is typed again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from yuqing.span import chinese_number

_PARTS: Mapping[str, Mapping[int, int]] = {
    "凌晨": {hour: hour for hour in range(6)},
    "早上": {hour: hour for hour in range(4, 12)},
    "中午": {11: 11, 12: 12, 13: 13, 14: 14, 1: 13, 2: 14},
    "下午": {**{hour: hour + 12 for hour in range(1, 8)}, **{hour: hour for hour in range(12, 20)}},
    "晚上": {
        **{hour: hour + 12 for hour in range(6, 12)},
        **{hour: hour for hour in range(18, 24)},
    },
}
"""Part of the day → hour as said → hour of the day."""
_ALSO: Mapping[str, str] = {
    "早晨": "早上", "清晨": "早上", "上午": "早上", "早": "早上", "晨": "早上",
    "午后": "下午", "傍晚": "下午", "夜里": "晚上", "夜间": "晚上", "晚": "晚上", "夜": "晚上",
}  # fmt: skip
_NO_PART: Mapping[int, int] = {hour: hour for hour in (0, *range(13, 24))}
_MINUTES: Mapping[str, int] = {"": 0, "整": 0, "半": 30, "一刻": 15, "三刻": 45}
_FIGURE = r"(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
_PART = "|".join(sorted((*_PARTS, *_ALSO), key=len, reverse=True))
_SAID = re.compile(
    rf"(?P<day>.*?)\s*(?P<part>{_PART})?\s*(?P<hour>{_FIGURE})"
    rf"(?:[点时](?P<rest>整|半|一刻|三刻|{_FIGURE}分?)?|:(?P<minute>\d{{2}}))"
)
_EVENING = re.compile(r"(?P<day>[今明昨])(?:晚上?|早上?|晨|夜)")


def as_clock(text: str) -> str:
    """``昨晚11点半`` → ``昨天 23:30``; a text that says no time of day, or two, as it is.

    ``text``: half width, small letters.
    """
    text = text.replace("點", "点").replace("時", "时").replace("兩", "两")
    if bare := _EVENING.fullmatch(text):
        return f"{bare['day']}天"
    match = _SAID.fullmatch(text)
    if match is None or (match["minute"] and not match["part"]):
        return text
    part = _ALSO.get(match["part"], match["part"]) if match["part"] else None
    hour = (_PARTS[part] if part else _NO_PART).get(_number(match["hour"]))
    minute = _minute(match["minute"] or match["rest"] or "")
    if hour is None or minute is None:
        return text
    day = f"{match['day']}天" if match["day"] in ("今", "明", "昨") else match["day"]
    return f"{day} {hour:02}:{minute:02}".strip()


def _number(text: str) -> int:
    number = int(text) if text.isdigit() else chinese_number(text)
    return -1 if number is None else number


def _minute(rest: str) -> int | None:
    if rest in _MINUTES:
        return _MINUTES[rest]
    figure = rest.removesuffix("分")
    if figure[0] in "零〇" and len(figure) > 1:
        figure = figure[1:]
    number = _number(figure)
    return number if 0 <= number <= 59 else None
