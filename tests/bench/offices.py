"""Offices of any size, the same ones every time: a desk, an archive of years, one commit.

A case is about 3.7 KB with 8 to 15 entries under the first plan of the package's own office.
Everything in it is invented: places are numbered, posts and organs stand for people.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.workbench import IDENTITY
from yuqing.plan import Plan
from yuqing.store import init, plans

ZONE = dt.timezone(dt.timedelta(hours=8))
YEARS = 10
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_WHAT = (
    "小区停水三天,视频转发上升", "夜间施工噪声,短视频集中转发", "公交改线,乘客留言询问",
    "停车收费调整,群内讨论增多", "食堂菜价上涨,学生发帖质疑", "路面塌陷,现场照片传播",
    "供暖不足,热线与网帖并发", "拆迁补偿进度,网帖要求说明", "河道异味,本地论坛跟帖上升",
)  # fmt: skip
_SAID = (
    "本地论坛跟帖持续增加,主要询问恢复时间;尚无媒体跟进,已请责任单位核实原因并报告进展。",
    "热线当日接到同类来电较前一日明显增多,内容集中于补偿与时限;已汇总交责任单位研究答复口径。",
    "现场已设临时供应点,秩序正常;短视频平台有两条视频热度较高,评论以询问为主,无过激内容。",
    "责任单位书面说明原因:设备老化,备件在途;预计次日恢复。说明已附卷,待审定后对外发布。",
    "与上午相比讨论量回落,无新增转载;继续监看至次日,发现回升再行报告。",
    "已核对现场照片与拍摄时间,所述情况基本属实;个别说法与记录不符,另行查明,不先下结论。",
)  # fmt: skip
_GATES = (
    ("publish-other", ("unit-leader", "group-head")), ("publish-I", ("lead-group", "publicity")),
)  # fmt: skip
"""Who has to approve a text before it is published: below the highest level, and on it."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many cases in all, so many of them on the desk."""

    cases: int
    desk: int

    @property
    def name(self) -> str:
        """``10k-100``."""
        return f"{self.cases // 1000}k-{self.desk}"


def office(home: Path, size: Size, today: dt.date) -> Path:
    """The office of that size below ``home``, made now if it is not there yet.

    Its open cases are a few days old on ``today``.
    """
    root = home / f"office-{size.name}-{today}"
    if (root / "ready").exists():
        return root / "desk"
    shutil.rmtree(root, ignore_errors=True)
    os.environ.update(IDENTITY)
    ws = init(root / "desk", now=dt.datetime.combine(today, dt.time(8), ZONE)).workspace
    for path, text in cases(size, plans(ws)[0], today):
        file = ws.cases / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    git = ("git", "-C", str(ws.root), "-c", "core.fsync=none", "-c", "gc.auto=0")
    for words in (("add", "-A"), ("commit", "-qm", "cases"), ("repack", "-adq")):
        subprocess.run([*git, *words], check=True)
    (root / "ready").touch()
    return ws.root


def cases(size: Size, plan: Plan, today: dt.date) -> Iterator[tuple[str, str]]:
    """Path below ``cases/`` and text of every case, oldest first."""
    chance = random.Random(size.cases)
    filed = size.cases - size.desk
    first = dt.datetime.combine(today, dt.time(), ZONE) - dt.timedelta(days=365 * YEARS)
    last = dt.datetime.combine(today, dt.time(), ZONE) - dt.timedelta(days=30)
    for n in range(filed):
        found = first + (last - first) * n / filed
        name, text = case(chance, plan, found.replace(second=0, microsecond=0), n, closed=True)
        yield f"closed/{name[3:7]}/{name}.yaml", text
    for n in range(size.desk):
        age = dt.timedelta(hours=3 + 9 * 24 * n / size.desk)
        found = dt.datetime.combine(today, dt.time(8), ZONE) - age
        found = found.replace(second=0, microsecond=0)
        name, text = case(chance, plan, found, filed + n, closed=False)
        yield f"{name}.yaml", text


def case(
    chance: random.Random, plan: Plan, found: dt.datetime, number: int, *, closed: bool
) -> tuple[str, str]:
    """Id and text of one case: found, graded, told, answered, and, if closed, all done."""
    tail = "".join(_SIGNS[(number * 7919 + 104729) // 32**k % 32] for k in range(4))
    name = f"YQ-{found:%Y%m%d}-{tail.upper()}"
    level = chance.choices(("III", "II", "I"), (6, 3, 1))[0]
    at = [found]
    parts: list[str] = []

    def entry(kind: str, minutes: int, *lines: str, by: str = "值班室") -> str:
        at[0] += dt.timedelta(minutes=minutes)
        written = at[0] + dt.timedelta(minutes=chance.randrange(1, 4))
        sign = chance.choice(_SIGNS[10:]) + "".join(chance.choices(_SIGNS, k=5))
        parts.append(
            "\n".join((
                f"  - kind: {kind}",
                f"    at: {at[0]:%Y-%m-%dT%H:%M}+08:00",
                f"    by: {by}",
                *(f"    {line}" for line in lines),
                f"    recorded: {written:%Y-%m-%dT%H:%M}+08:00",
                f"    id: {sign}\n",
            ))
        )  # fmt: skip
        return sign

    text = lambda: f"text: {chance.choice(_SAID)}"  # noqa: E731 - said anew each time
    platforms = chance.randrange(1, 5)
    entry("discovered", 0, "source: 软件监看", f"facts: {{comments: {chance.randrange(5, 90)}}}",
          "links:", f"  - https://video.example/v/{number}")  # fmt: skip
    entry("assigned", 4, "to: units", text())
    phone = entry("reported", 9, "to: [lead-group, office, departments]", "form: phone", text())
    if level == "I":
        entry("reported", 6, "to: [cac, publicity, media-centre]", "form: phone")
    because = "多平台出现,关注上升" if level != "III" else "零星询问"
    entry("graded", 14, f"grades: {{level: {level}}}", f"because: {because}",
          f"facts: {{platforms: {platforms}, negative_trend: flat}}")  # fmt: skip
    entry("received", 3, f"number: 收〔{found:%Y}〕{number % 900 + 1}", f"re: {phone}", by="office")
    entry("reported", 20, "to: [lead-group, office]", "form: written", "document: basic-facts",
          text())  # fmt: skip
    more = chance.randrange(0, 5)
    for _ in range(more if closed else 1 + more):
        entry("noted", chance.randrange(15, 60), text())
    if not closed and number % 2:
        return name, _whole(name, chance, plan, parts)
    gate, organs = _GATES[level == "I"]
    words = chance.choice(_SAID[:3])
    for organ in organs:
        entry("decided", 15, f"matter: {gate}", "outcome: agreed", f"text: {words}", by=organ)
    entry(
        "published", 12, "form: notice", "document: bulletin", "signed_as: 集团", f"text: {words}"
    )
    if closed:
        entry("calmed", 60 * 30, "because: 48小时无新增转载,已恢复正常", by="lead-group")
        entry("reported", 60 * 20, "to: lead-group", "form: written", "document: review", text(),
              by="units")  # fmt: skip
        entry("closed", 60 * 24)
    return name, _whole(name, chance, plan, parts)


def _whole(name: str, chance: random.Random, plan: Plan, parts: list[str]) -> str:
    head = (
        f"yuqing: 1\nid: {name}\n"
        f"title: 演练地{chance.randrange(1, 400)}号{chance.choice(_WHAT)}\nplans:\n"
        f'  - {{id: {plan.id}, version: "{plan.version}", digest: {plan.digest}}}\nlog:\n'
    )
    return head + "\n".join(parts)


if __name__ == "__main__":
    place, whole, open_, day = sys.argv[1:]
    print(office(Path(place), Size(int(whole), int(open_)), dt.date.fromisoformat(day)))
