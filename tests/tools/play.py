"""Plays the example cases of the demonstration office, command by command.

    python tests/tools/play.py          # writes cases/ of the checkout anew

Every line in ``cases/`` is one that the tool wrote: the scripts below are what the duty office
typed, with the minute at which it was typed. They are played in a throw-away copy of the
demonstration office (a git repository of its own) and copied from there. Ids, which are random
in real offices, come from a seeded source here, so that playing again gives the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

CHECKOUT = Path(__file__).parents[2]
if str(CHECKOUT) not in sys.path:
    sys.path.insert(0, str(CHECKOUT))

YEAR = 2025
"""Safely past, so that an example never lies in its reader's future."""


@dataclass(frozen=True)
class Play:
    """One incident. A line of ``script``: when it is typed, perhaps ``name =``, the command.

    ``{name}`` is the id of the (last) entry that the line of that name wrote, ``file NAME TEXT``
    puts a paper on the officer's desk.
    """

    name: str
    script: str


SF_MAJOR = Play(
    "sf-major",
    # Wrong in instructive ways: one of three told late, a bulletin out before its second
    # approval, with a figure that had to be corrected, and a call written down hours later.
    """
    05-25 02:09  new 演练:柳塘小区停水三天,视频转发上升 -s 软件监看 -l https://v.example/x1 -a 01:52 comments=40 --unit water-co --plan sf
    05-25 02:10  grade . I mainstream_media=true major_effect_likely=true property_loss=3户进水 -b 省级媒体已转载
    05-25 02:12  call = report . phone lead-group -a 02:03
    05-25 02:41  told = report . phone cac@02:20 publicity@02:24 media-centre@02:40
    05-25 02:45  report . phone office -a 02:35
    05-25 02:50  file 初报.md 柳塘小区供水主管破裂,停水三天;两家省级媒体转载;3户进水;已抢修。
    05-25 02:58  report . written lead-group office -d basic-facts -f 初报.md -a 02:55
    05-25 03:10  report . written cac -d basic-facts -f 初报.md -a 03:08
    05-25 03:26  amend . {call} at=02:05 -b 通话记录显示02:05接通
    05-25 03:30  receipt . {call} 领导组值班登记第17号 -a 02:06
    05-25 05:00  file 通报.md 柳塘小区因主管破裂停水,3户进水,正在抢修。有进展即再通报。青石河城投集团
    05-25 05:06  approve . lead-group@05:05 -f 通报.md --form meeting
    05-25 06:41  bulletin = publish . -f 通报.md --form notice -d bulletin -l https://gov.example/n/1 property_loss=3户进水 -a 06:40
    05-25 07:40  note . property_loss=13户进水 -m 入户核对,进水户数更正
    05-25 07:45  file 更正.md 本日6时40分通报所称3户进水有误,应为13户。特此更正并致歉。青石河城投集团
    05-25 08:20  approve . lead-group@08:05 publicity@08:18 -f 更正.md
    05-25 08:31  publish . -f 更正.md --corrects {bulletin} --form notice -d bulletin -l https://gov.example/n/2 property_loss=13户进水 -a 08:30
    05-25 09:15  report . message departments -a 03:40 -m 已通报住建、城管
    05-25 12:05  report . written office -d follow-up -m 主管已更换,21时前恢复供水 -a 12:00
    05-25 21:10  mark . development -m 恢复供水 -a 21:00
    05-25 21:20  file 续报.md 柳塘小区21时恢复供水。青石河城投集团
    05-25 21:50  approve . lead-group@21:35 publicity@21:48 -f 续报.md
    05-25 22:00  publish . -f 续报.md --form notice -d bulletin -l https://gov.example/n/3
    05-27 16:00  mark . calmed --by lead-group -b 48小时无新增转载,供水正常
    05-29 10:40  file 复盘.md 一、发生情况。二、传播情况。三、处置情况。四、反思。五、下一步趋势。
    05-29 11:10  report . written lead-group -d review -f 复盘.md --by water-co -a 11:00
    05-30 10:00  item = assign . water-co 更换柳塘段老旧主管 --due 06-20 --by lead-group
    06-18 15:30  done . {item} -m 柳塘段主管已更换,通水验收
    06-18 16:00  mark . concluded
    06-19 09:00  close . -b 更换主管已办结,资料入案例库
    """,
)

SF_RAISED = Play(
    "sf-raised",
    # Level II in the morning; handled badly and still growing, so level I the next afternoon.
    """
    03-17 09:10  new 演练:青石河景区停车收费翻倍,多个网站讨论 -s 每日监看 -l https://bbs.example/t/9 -a 09:00 --unit parking-co --plan sf
    03-17 09:40  grade . II harms_image=true platforms=3 comments=56 negative_trend=rising clear_ferment=true -b 三个网站,评论数十条,走势上升
    03-17 10:20  file 基本情况.md 时间、地点、类别、伤亡(无)、财产损失(无)、部门态度、应急措施;研判;处置建议。
    03-17 10:32  report . written lead-group -d basic-facts -f 基本情况.md -a 10:30
    03-17 10:50  report . written cac -d basic-facts -f 基本情况.md
    03-17 11:00  report . message publicity cac -m 备案
    03-18 14:00  grade . I mishandled=true growing=true -b 解释前后不一,转发又增一倍
    03-18 14:12  report . phone lead-group -a 14:10
    03-18 14:31  report . phone cac@14:20 publicity@14:25 media-centre@14:28
    03-18 14:40  report . written office departments -d basic-facts -f 基本情况.md
    03-18 15:50  file 说明.md 景区停车收费自即日起恢复原价,多收部分原路退还。青石河城投集团
    03-18 16:30  approve . lead-group@16:10 publicity@16:25 -f 说明.md
    03-18 16:40  publish . --use last --form notice -d bulletin -l https://gov.example/n/7
    03-19 08:50  file 核查.md 3月18日现场核查:景区照常开放。附照片三张。
    03-19 09:00  truth = grade . truth=untrue -b 另有帖文称景区已关闭,现场核查照常开放 -f 核查.md
    03-19 09:30  add . requested request=correction to=website text=景区已于18日关闭 because=现场核查照常开放 clause=七(五) -f 核查.md
    03-20 15:00  mark . calmed --by lead-group -b 两日无新增讨论
    03-23 17:30  report . written lead-group -d review --by parking-co -m 书面报告:发生、传播、处置、反思、趋势 -a 17:20
    03-24 09:00  mark . concluded
    03-24 09:10  close .
    """,
)

SF_OPEN = Play(
    "sf-open",
    # Still open: nobody has graded it, two of three told, a promise and an order running.
    """
    09-08 19:20  new 演练:青石河大桥夜间施工噪声,短视频集中转发 -s 软件监看 -l https://video.example/v/3 -a 19:05 comments=25 --unit bridge-co --plan sf
    09-08 19:30  report . phone lead-group -a 19:15
    09-08 19:52  report . phone cac@19:40 publicity@19:50
    09-08 20:15  note . negative_trend=rising platforms=2 -m 两个平台,负面声音上升
    09-08 21:20  report . written lead-group -d basic-facts -m 时间、地点、类别、无伤亡、无财产损失、部门态度、应急措施、研判 -a 21:00
    09-09 08:40  reply . "夜间施工自今日起停止,处理结果12日前答复。" --as 青石河城投集团 --to asker --due 09-12 -a 08:35
    09-09 09:05  item = assign . bridge-co 调整施工时段并公示 --due 09-15 --by lead-group
    """,
)

ETH_QUESTION = Play(
    "eth-question",
    # A question carried by news sites: opinion on the day of discovery, result on the day the
    # matter was concluded.
    """
    06-06 14:30  new 演练:青石河古寺修缮期间是否开放,两家网站转载提问 -s 每日监看 -l https://news.example/a/5 -a 14:20 --unit culture-section --plan eth
    06-06 14:40  grade . level=major category=query domestic_media=true asks=true answerable_now=false -b 境内两家网站已转载,属询问
    06-06 15:06  call = report . phone office departments -a 15:00
    06-06 15:26  file 书面信息.md 青石河古寺修缮,网民询问是否开放;已转一科办理。
    06-06 15:28  report . written office -d written-info -f 书面信息.md -a 15:25
    06-06 15:40  receipt . {call} 办登〔2025〕31 --by office -a 15:02
    06-06 17:10  file 答复.md 古寺修缮至9日,其间西院照常开放;结果9日答复。青石河民宗局
    06-06 17:20  approve . unit-head@17:15 -f 答复.md
    06-06 17:32  promise = reply . --use last --as 青石河民宗局 --to asker -d opinion --due 06-09 -a 17:30
    06-07 10:00  report . written office -d follow-up -m 无新增转载
    06-09 16:00  mark . concluded -m 修缮完工验收
    06-09 17:20  file 结果.md 古寺修缮已于9日完工,10日起全部开放。青石河民宗局
    06-09 17:40  approve . unit-head@17:35 -f 结果.md
    06-09 18:00  reply . --use last --as 青石河民宗局 --to asker -d result --closes {promise}
    06-10 10:00  mark . calmed --by lead-group -b 提问者已满意,无新增讨论
    06-12 09:30  report . written office -d review --by culture-section -m 书面报告:发生、传播、处置、反思、改进 -a 09:20
    06-13 09:00  close .
    """,
)

JUS_RELAPSE = Play(
    "jus-relapse",
    # Answered in time, lifted; six days later it flares up again and a new prompt comes in:
    # the second round has clocks of its own, and its answer is late.
    """
    04-14 08:40  new 演练:青石河社区矫正中心排队时间长,投诉集中 -s 监测软件 -a 08:30 --unit correction-section --plan jus
    04-14 08:50  report . phone lead-group -a 08:45
    04-14 09:05  prompt = receive . cac 请于规定时限反馈办理情况 -d prompt -n 网信提示〔2025〕12 --form secure -a 09:00
    04-14 09:30  grade . triage=medium hype_risk=possible attention=high complaints_concentrated=true -b 投诉集中,可能引发炒作
    04-14 09:40  grade . warning=IV sensitivity=low -b 敏感性低
    04-14 10:00  mark . activated
    04-14 19:40  file 办理情况.md 已增开两个窗口并延长办理时间。社区矫正股
    04-14 20:30  report . written publicity cac -d feedback -f 办理情况.md --re {prompt} -a 20:20
    04-14 21:00  approve . lead-group -f 办理情况.md
    04-14 21:10  publish . -f 办理情况.md --as 青石河区司法局 --form notice
    04-15 17:00  mark . concluded
    04-16 09:00  mark . calmed -b 24小时无新增
    04-16 10:00  mark . lifted -b 平息,全面解除预警
    04-20 08:10  mark . relapsed -m 延时窗口取消,投诉再起 -a 08:00
    04-20 08:20  mark . activated
    04-20 10:05  again = receive . cac 请再次反馈 -d prompt -n 网信提示〔2025〕15 --form secure -a 10:00
    04-20 10:30  grade . triage=medium -b 投诉再次集中
    04-20 17:00  report . phone lead-group -a 08:15
    04-21 10:50  report . written publicity cac -d feedback -m 延时窗口恢复,排队已缓解 --re {again} -a 10:40
    04-22 09:00  mark . concluded
    04-23 09:00  mark . calmed -b 48小时无新增
    04-23 09:30  mark . lifted -b 全面解除
    04-25 16:00  report . written lead-group -d analysis -m 特点、措施与成效、经验、问题、建议
    04-25 17:00  close .
    """,
)


# --- playing -----------------------------------------------------------------------------

LINE = re.compile(r"(\d\d-\d\d \d\d:\d\d)\s+(?:(\w+) = )?(.*)")


@dataclass(frozen=True)
class Step:
    """A line of a script, read."""

    now: str
    name: str | None
    words: tuple[str, ...]


def read(play: Play) -> Iterator[Step]:
    """The steps of a script."""
    for line in filter(None, map(str.strip, play.script.splitlines())):
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{play.name}: {line}")
        typed, name, text = found.groups()
        yield Step(f"{YEAR}-{typed.replace(' ', 'T')}+08:00", name, tuple(shlex.split(text)))


@contextlib.contextmanager
def seeded(name: str) -> Iterator[None]:
    """Ids come from a source that begins anew for each incident."""
    source = random.Random(name)
    with (
        mock.patch.object(secrets, "choice", source.choice),
        mock.patch.object(secrets, "randbelow", source.randrange),
        mock.patch.object(secrets, "randbits", source.getrandbits),
        mock.patch.object(secrets, "token_bytes", lambda n=32: source.randbytes(n)),
        mock.patch.object(secrets, "token_hex", lambda n=32: source.randbytes(n).hex()),
    ):
        yield


def command(root: Path, now: str, *words: str) -> str:
    """Run ``yuqing`` in the office as if it were ``now``; what it printed on stdout."""
    from yuqing.cli.app import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["-C", str(root), "--lang", "zh_CN", "--json", "--now", now, *words])
    if code:
        raise RuntimeError(f"exit {code}: {now} {shlex.join(words)}\n{out.getvalue()}")
    return out.getvalue()


def play_one(root: Path, play: Play) -> str:
    """Play one incident in the office; the case's id."""
    names: dict[str, str] = {}
    case = ""
    desk = root.parent / "desk"
    desk.mkdir(exist_ok=True)
    before = Path.cwd()
    os.chdir(desk)
    try:
        with seeded(play.name):
            for step in read(play):
                first, *rest = step.words
                if first == "file":
                    (desk / rest[0]).write_text(rest[1] + "\n", encoding="utf-8", newline="\n")
                    continue
                words = [word.format_map(names) for word in step.words]
                words = [case if word == "." and case else word for word in words]
                answer = json.loads(command(root, step.now, *words))
                case = answer["case"]
                if step.name:
                    names[step.name] = answer["entries"][-1]["id"]
    finally:
        os.chdir(before)
    return case


IDENTITY = {
    "GIT_AUTHOR_NAME": "演示值班室",
    "GIT_AUTHOR_EMAIL": "duty@office.example",
    "GIT_COMMITTER_NAME": "演示值班室",
    "GIT_COMMITTER_EMAIL": "duty@office.example",
}


def make_office(folder: Path) -> Path:
    """A copy of the demonstration office without its cases, in a repository of its own."""
    from yuqing import git

    root = folder / "office"
    shutil.copytree(CHECKOUT / "templates", root / "templates")
    shutil.copy2(CHECKOUT / ".gitattributes", root)
    (root / "cases").mkdir()
    for words in (
        ("init", "-q"),
        ("config", "core.hooksPath", "no-hooks"),
        ("config", "commit.gpgsign", "false"),
        ("add", "-A"),
        ("commit", "-q", "-m", "演示单位"),
    ):
        said = git.run(root, *words)
        if said.code != 0:
            raise RuntimeError(said.err)
    return root


PLAYS = (SF_RAISED, JUS_RELAPSE, SF_MAJOR, ETH_QUESTION, SF_OPEN)


def play_all(folder: Path) -> tuple[Path, dict[str, str]]:
    """Play every incident in a new office inside ``folder``: its root, and name → case id."""
    with mock.patch.dict(os.environ, IDENTITY):
        root = make_office(folder)
        return root, {play.name: play_one(root, play) for play in PLAYS}


def main() -> None:
    """Write the checkout's cases anew."""
    with tempfile.TemporaryDirectory() as folder:
        root, ids = play_all(Path(folder))
        target = CHECKOUT / "cases"
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(root / "cases", target)
    for name, case in ids.items():
        print(f"{case}  {name}")


if __name__ == "__main__":
    main()
