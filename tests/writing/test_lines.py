"""What each line means as an entry, and what is refused."""

from __future__ import annotations

import inspect
from textwrap import dedent

import pytest
from workbench import Office

from writing.hands import PAPER, say, snapshot
from yuqing.case import KINDS
from yuqing.cli import options
from yuqing.cli.write import VERBS, command

pytestmark = pytest.mark.process


LINES = {
    "a sighting, with facts": (
        'note . comments=1200 "评论 上升" --tag faq -l https://v.example/x -a -15m',
        """
        - kind: noted
          at: 2026-11-22T04:52+08:00
          by: 值班室
          text: 评论 上升
          facts: {comments: 1200}
          tags: [faq]
          links:
            - https://v.example/x
        """,
    ),
    "text that begins with a minus stands behind --": (
        'note . -- "-10度停水"',
        """
        - kind: noted
          at: 2026-11-22T05:07+08:00
          by: 值班室
          text: "-10度停水"
        """,
    ),
    "a watch until eight": (
        "note . 值守 --until 08:00",
        """
        - kind: noted
          at: 2026-11-22T05:07+08:00
          until: 2026-11-22T08:00+08:00
          by: 值班室
          text: 值守
        """,
    ),
    "two organs at one time are one entry": (
        "report . cac 电话 宣传部 -a 02:03",
        """
        - kind: reported
          at: 2026-11-22T02:03+08:00
          by: 值班室
          to: [cac, publicity]
          form: phone
        """,
    ),
    "each at its own time, in the order of time": (
        "report . phone 宣传部@02:24 cac@02:20 media-centre@02:24",
        """
        - kind: reported
          at: 2026-11-22T02:20+08:00
          by: 值班室
          to: cac
          form: phone

        - kind: reported
          at: 2026-11-22T02:24+08:00
          by: 值班室
          to: [publicity, media-centre]
          form: phone
        """,
    ),
    "a paper that goes up": (
        "report . written lead-group -d basic-facts -f 通报.md -n 集团〔2026〕3 --by 供水公司",
        f"""
        - kind: reported
          at: 2026-11-22T05:07+08:00
          by: 供水公司
          to: lead-group
          form: written
          document: basic-facts
          number: 集团〔2026〕3
          files:
            - {PAPER}
        """,
    ),
    "what came in, and by when": (
        "receive . 12345热线 请核实 --form 传真 --due 明天12:00 -n 工单7",
        """
        - kind: received
          at: 2026-11-22T05:07+08:00
          by: 值班室
          form: fax
          from: 12345热线
          due: 2026-11-23T12:00+08:00
          text: 请核实
          number: 工单7
        """,
    ),
    "the approval of exactly this text": (
        "approve . 宣传部@05:06 -f 通报.md",
        f"""
        - kind: decided
          at: 2026-11-22T05:06+08:00
          by: publicity
          matter: publish-I
          outcome: agreed
          files:
            - {PAPER}
        """,
    ),
    "returned, with the reason; the only gate that names this organ": (
        "approve . unit-leader --return -m 草稿 -b 数字不符 --form 会议",
        """
        - kind: decided
          at: 2026-11-22T05:07+08:00
          by: unit-leader
          form: meeting
          matter: publish-other
          outcome: refused
          text: 草稿
          because: 数字不符
        """,
    ),
    "any other matter by its name": (
        "approve . lead-group --matter convene",
        """
        - kind: decided
          at: 2026-11-22T05:07+08:00
          by: lead-group
          matter: convene
          outcome: agreed
        """,
    ),
    "the approved words, so that they cannot differ": (
        "publish . --use last --form 公告 -d bulletin property_loss=3户进水",
        f"""
        - kind: published
          at: 2026-11-22T05:07+08:00
          by: 值班室
          form: notice
          document: bulletin
          signed_as: 值班室
          facts: {{property_loss: 3户进水}}
          files:
            - {PAPER}
        """,
    ),
    "an answer with a promise": (
        'reply . "16日前给结果。" --as 校办 --due 12-16',
        """
        - kind: replied
          at: 2026-11-22T05:07+08:00
          by: 值班室
          to: asker
          due: 2026-12-16
          signed_as: 校办
          text: 16日前给结果。
        """,
    ),
    "a unit, by its own date": (
        "assign . 水务公司 更换阀门 --due +3d --by lead-group",
        """
        - kind: assigned
          at: 2026-11-22T05:07+08:00
          by: lead-group
          to: 水务公司
          due: 2026-11-25
          text: 更换阀门
        """,
    ),
    "a moment in Chinese": (
        "mark . 平息 --by 领导组 -b 48小时无新增 --estimated",
        """
        - kind: calmed
          at: 2026-11-22T05:07+08:00
          estimated: true
          by: lead-group
          because: 48小时无新增
        """,
    ),
    "an event of the plan": (
        "mark . 新的进展",
        """
        - kind: event
          at: 2026-11-22T05:07+08:00
          by: 值班室
          event: development
        """,
    ),
    "several scales, and their facts, in one act": (
        "grade . truth=不实 级别=二级 主流媒体=否 -b 原图为外地旧照",
        """
        - kind: graded
          at: 2026-11-22T05:07+08:00
          by: 值班室
          grades: {truth: untrue, level: II}
          because: 原图为外地旧照
          facts: {mainstream_media: false}
        """,
    ),
    "the article of the criterion that is met is the reason": (
        "grade . I",
        """
        - kind: graded
          at: 2026-11-22T05:07+08:00
          by: 值班室
          grades: {level: I}
          clause: 五·一级(d)
        """,
    ),
    "only a proposal": (
        "grade . II --propose -b 拟降级",
        """
        - kind: graded
          at: 2026-11-22T05:07+08:00
          by: 值班室
          grades: {level: II}
          proposed: true
          because: 拟降级
        """,
    ),
    "a limit moved, with who allowed it": (
        "adjust . facts --due 明天12:00 --by lead-group -b 等检测",
        """
        - kind: adjusted
          at: 2026-11-22T05:07+08:00
          by: lead-group
          due: 2026-11-23T12:00+08:00
          duty: facts
          because: 等检测
        """,
    ),
    "a duty waived for one unit": (
        "adjust . review --release --by lead-group -n 集团批〔2026〕9 --unit 水务公司",
        """
        - kind: adjusted
          at: 2026-11-22T05:07+08:00
          by: lead-group
          duty: review
          release: true
          unit: 水务公司
          number: 集团批〔2026〕9
        """,
    ),
    "a duty done: the act the plan describes, to those still to reach": (
        "done . notify-three -a 02:20",
        """
        - kind: reported
          at: 2026-11-22T02:20+08:00
          by: 值班室
          to: [cac, publicity, media-centre]
        """,
    ),
    "a duty without an act of its own is ticked off": (
        "done . track -m 已派人",
        """
        - kind: done
          at: 2026-11-22T05:07+08:00
          by: 值班室
          duty: track
          text: 已派人
        """,
    ),
    "a meeting": (
        "meet . cac 宣传部 先核实,再发布。 --name 碰头会 --form 会议",
        """
        - kind: convened
          at: 2026-11-22T05:07+08:00
          by: 值班室
          form: meeting
          with: [cac, publicity]
          meeting: 碰头会
          text: 先核实,再发布。
        """,
    ),
    "a decision": (
        "decide . 会商 同意 --by 领导组 -m 即刻召集",
        """
        - kind: decided
          at: 2026-11-22T05:07+08:00
          by: lead-group
          matter: 会商
          outcome: agreed
          text: 即刻召集
        """,
    ),
    "a correction request": (
        "request . 更正 网站 -m 停水七天 -b 实为三天 --clause 规定 -f 通报.md",
        f"""
        - kind: requested
          at: 2026-11-22T05:07+08:00
          by: 值班室
          to: website
          request: correction
          text: 停水七天
          because: 实为三天
          clause: 规定
          files:
            - {PAPER}
        """,
    ),
    "a meeting, field by field": (
        "add . convened with=cac,宣传部 meeting=碰头会 text=先核实",
        """
        - kind: convened
          at: 2026-11-22T05:07+08:00
          by: 值班室
          with: [cac, publicity]
          meeting: 碰头会
          text: 先核实
        """,
    ),
    "a decision with a partial answer, in Chinese words": (
        "add . 决定 matter=adopt outcome=部分同意 by=领导组 because=先试行 facts.comments=3",
        """
        - kind: decided
          at: 2026-11-22T05:07+08:00
          by: lead-group
          matter: adopt
          outcome: partly
          because: 先试行
          facts: {comments: 3}
        """,
    ),
    "a paper that lies in the safe": (
        "add . noted files.kept=机要室 files.number=密〔2026〕17",
        """
        - kind: noted
          at: 2026-11-22T05:07+08:00
          by: 值班室
          files:
            - {kept: 机要室, number: 密〔2026〕17}
        """,
    ),
    "a formal correction request": (
        "add . requested request=更正 to=网站 text=停水七天 because=实为三天 clause=规定 -f 通报.md",
        f"""
        - kind: requested
          at: 2026-11-22T05:07+08:00
          by: 值班室
          to: website
          request: correction
          text: 停水七天
          because: 实为三天
          clause: 规定
          files:
            - {PAPER}
        """,
    ),
}


def _words(line: str) -> list[str]:
    import shlex

    return shlex.split(line)


@pytest.mark.parametrize("name", list(LINES))
def test_what_a_line_means(night: Office, name: str) -> None:
    """The verb is what the person did; the entry is what the file will say."""
    line, wanted = LINES[name]
    verb, *rest = _words(line)
    shown = say(night, verb, "--dry-run", *rest).ok()
    assert dedent(shown.out).strip() == dedent(wanted).strip()
    assert "nothing was written" in shown.err


def test_a_dry_run_writes_nothing(night: Office) -> None:
    """`--dry-run` shows the entry and touches neither file, folder nor history."""
    before = snapshot(night)
    shown = say(night, "--json", "report", ".", "cac", "-f", "更正.md", "--dry-run").ok().json
    assert shown["kind"] == "written"
    assert shown["committed"] is False
    assert shown["entries"][0]["to"] == "cac"
    assert snapshot(night) == before


# --- what is refused -------------------------------------------------------------------


REFUSED = [
    # a time that cannot be
    ("report . cac -a 05:20", 5, "05:20 is 2026-11-22 05:20, which is still ahead"),
    ("report . cac@soon", 5, "soon is no time in cac@soon"),
    ("report . cac -a 2026-02-30T10:00", 5, "there is no such day"),
    # words that name nothing, or several things
    ("report . caac", 5, "no organ caac | there are: cac"),
    ("report . 领导", 5, "领导 may be any of: lead-group"),
    ("report . phone", 5, "the organ it was reported to is missing"),
    ("report . phone written cac", 5, "two forms: phone and written"),
    ("note . mainstrem=是", 5, "the plan knows no mainstrem | the nearest: mainstream_media"),
    ("note . comments=许多", 5, "comments is a whole number, not 许多"),
    ("note .", 5, "`noted` needs one of: text, facts, links, files, tags"),
    ("note . 一 -m 二", 5, "the words stand twice"),
    ("note . https://v.example/x", 5, "a web address goes behind -l"),
    ("grade . IV", 5, "no level IV"),
    ("grade . I II", 5, "level stands twice: I and II"),
    ("grade . II", 5, "the facts say level I (五·一级(d)), not II"),
    ("grade . truth=untrue", 5, "truth=untrue: the facts do not settle it, so say why with -b"),
    ("publish . 话 --use last", 5, "--use takes the approved words"),
    ("publish . property_loss=3户", 5, "the words, or the file with them is missing | so: yuqing pub"),
    ("publish . 话 -d buletin", 5, "no document buletin in the plan | there are: bulletin "),
    ("publish . 话 --form 传单", 5, "form: no 传单"),
    ("approve . cac -m 话", 5, "no gate of the plan is passed by cac"),
    ("approve . lead-group", 5, "which text? lead-group passes exactly these words"),
    ("approve . lead-group --return -f 通报.md", 5, "what is returned needs a reason: -b"),
    ("assign . 水务公司", 5, "what the unit is to do is missing"),
    ("mark . 平静", 5, "no such event in the plan | there are: calmed 平息"),
    ("mark . calmed", 5, "calmed needs a reason: -b"),
    ("mark . 结案", 5, "closing is a command of its own"),
    ("adjust . facts --due 明天 -b 等", 5, "who allowed it? --by"),
    ("adjust . facts --by cac -b 等", 5, "exactly one of --due, --release, --pause, --resume"),
    ("adjust . facts --release --pause --by cac -b 等", 5, "exactly one of"),
    ("adjust . facts --release --by cac", 5, "an adjustment needs a reason"),
    ("amend . last text=话", 5, "a correction needs a reason: -b"),
    ("amend . last kind=noted -b 错", 5, "kind is written by the program"),
    ("amend . last txt=话 -b 错", 5, "no field txt here | there are: text"),
    ("amend . last --void text=话 -b 错", 5, "--void takes the whole entry out"),
    ("amend . last -b 错", 5, "what should be corrected?"),
    ("amend . head id=x -b 错", 5, "of the head, title, secrecy and plans can be set; not id"),
    ("add . posted text=话", 5, "no entry kind posted | there are: noted"),
    ("add . published text=话 account=x", 5, "no field account here"),
    ("close .", 5, "still open with a limit: "),
    ("done . publish", 5, "so: yuqing publish"),
    ("done . judge", 5, "so: yuqing grade"),
    ("done . daily-search", 5, "is kept in the logbook | so: yuqing tick daily-search"),
    ("report . cac -f nowhere.pdf", 5, "there is no file"),
    # entries, duties and cases that are not there
    ("receipt . zz9", 4, "has no entry zz9"),
    ("done . notfy-three", 4, "notfy-three is neither a duty nor an entry of"),
    ("why . 舆情", 4, "舆情 is neither a duty nor an entry of"),
    ("report QQQQ cac", 4, "there is no case QQQQ"),
    ("report 电话 领导组", 4, "there is no case 电话 | the case stands first"),
    # the command line itself
    ("report . cac --at", 2, ""),
    ("repotr . cac", 2, "report"),
    ("report . cac -15m", 2, "words that begin with - stand behind --"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "sentence"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refused(night: Office, line: str, code: int, sentence: str) -> None:
    """One sentence with what, where and the remedy; nothing changed on disk, no traceback."""
    before = snapshot(night)
    told = say(night, *_words(line))
    assert told.code == code, told.err
    assert sentence in " | ".join(told.err.strip().splitlines())
    assert told.out == ""
    assert "Traceback" not in told.err
    assert snapshot(night) == before


def test_now_outside_a_drill(night: Office) -> None:
    """`recorded` is the machine's clock: only a drill may pretend another."""
    told = say(night, "new", "真的")
    assert told.code == 5
    assert "--now writes only into a drill" in told.err
    assert say(night, "tick", "watch").code == 5
    early = say(night, "note", ".", "早", at="03:00")
    assert early.code == 5
    assert "lies before the last record of this drill, 2026-11-22 05:06" in early.err


# --- the table -------------------------------------------------------------------------


def test_every_writing_command_has_the_same_options() -> None:
    """Options of every writing command, same letter everywhere."""
    for verb in VERBS:
        parameters = inspect.signature(command(verb)).parameters
        for name, annotation in options.SHARED.items():
            assert parameters[name].annotation is annotation, (verb.name, name)
        for name in verb.own:
            assert parameters[name].annotation is options.OWN[name], (verb.name, name)
    letters = [n for a in options.SHARED.values() for n in a.__metadata__[0].param_decls]
    assert len(letters) == len(set(letters))


def test_every_kind_can_be_written(night: Office) -> None:
    """`add` takes all 24 kinds, in English and Chinese."""
    from yuqing.cli.vocabulary import KIND_WORDS, parse_kind

    assert set(KIND_WORDS) == set(KINDS)
    for kind, others in KIND_WORDS.items():
        assert {parse_kind(each) for each in (kind, *others)} == {kind}
