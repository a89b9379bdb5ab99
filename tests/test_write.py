"""The writing commands: what each line means as an entry, what is refused, what is said."""

from __future__ import annotations

import hashlib
import inspect
import shutil
from pathlib import Path
from textwrap import dedent

import pytest
from workbench import Office, Ran, make_office, run_in_process, surroundings

from yuqing.case import KINDS
from yuqing.cli import options
from yuqing.cli.write import VERBS, command

pytestmark = pytest.mark.process

NIGHT = "2026-11-22T"
NOW = f"{NIGHT}05:07+08:00"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DRAFT = "供水主管破裂,抢修中。集团\n"
PAPER = "{path: 通报.md, sha256: " + digest(DRAFT) + "}"


def _begin(root: Path) -> Office:
    """Plan SF, a drill at level I, an item, and a draft that the lead group has passed."""
    office = make_office(root)
    (root / "通报.md").write_text(DRAFT, encoding="utf-8")
    (root / "更正.md").write_text("更正\n", encoding="utf-8")
    say(office, "new", "停水", "--drill", "-s", "监看", "-a", "01:52", at="02:09").ok()
    say(office, "grade", ".", "I", "主流媒体=是", "major_effect_likely=yes", at="02:10").ok()
    say(office, "assign", ".", "水务公司", "更换主管", "--due", "12-20", at="02:30").ok()
    say(office, "approve", ".", "lead-group@05:05", "-f", "通报.md", at="05:06").ok()
    return office


def say(office: Office, *argv: str, at: str = "05:07", day: str = NIGHT) -> Ran:
    return office("--lang", "en", *argv, now=f"{day}{at}+08:00")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One office for all that writes nothing."""
    with surroundings():
        return _begin(tmp_path_factory.mktemp("night") / "office")


@pytest.fixture
def office(night: Office, tmp_path: Path) -> Office:
    """An office of its own for a test that writes."""
    return Office(shutil.copytree(night.root, tmp_path / "office", symlinks=True))


def entry_ids(office: Office) -> dict[str, str]:
    """The last entry of each kind."""
    found: dict[str, str] = {}
    kind = ""
    for line in office.case_file().read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        kind = value if key == "kind" else kind
        if key == "id" and kind:
            found[kind] = value
    return found


# --- what a line means -----------------------------------------------------------------


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
    before = _snapshot(night)
    shown = say(night, "--json", "report", ".", "cac", "-f", "更正.md", "--dry-run").ok().json
    assert shown["kind"] == "written"
    assert shown["committed"] is False
    assert shown["entries"][0]["to"] == "cac"
    assert _snapshot(night) == before


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
    ("publish . property_loss=3户", 5, "`published` needs one of: text, files"),
    ("publish . 话 -d buletin", 5, "no document buletin in the plan | there are: bulletin"),
    ("publish . 话 --form 传单", 5, "form: no 传单"),
    ("approve . cac -m 话", 5, "no gate of the plan is passed by cac"),
    ("approve . lead-group", 5, "which text? lead-group passes exactly these words"),
    ("approve . lead-group --return -f 通报.md", 5, "what is returned needs a reason: -b"),
    ("assign . 水务公司", 5, "what the unit is to do is missing"),
    ("mark . 平静", 5, "no moment 平静, and no such event in the plan"),
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
    ("report QQQQ cac", 4, "there is no case QQQQ"),
    # the command line itself
    ("report . cac --at", 2, ""),
    ("repotr . cac", 2, "report"),
    ("report . cac -15m", 2, "words that begin with - stand behind --"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "sentence"), REFUSED, ids=[r[0] for r in REFUSED])
def test_refused(night: Office, line: str, code: int, sentence: str) -> None:
    """One sentence with what, where and the remedy; nothing changed on disk, no traceback."""
    before = _snapshot(night)
    told = say(night, *_words(line))
    assert told.code == code, told.err
    assert sentence in " | ".join(told.err.strip().splitlines())
    assert told.out == ""
    assert "Traceback" not in told.err
    assert _snapshot(night) == before


def _snapshot(office: Office) -> dict[str, bytes]:
    files = [p for p in (office.root / "cases").rglob("*") if p.is_file()]
    return {str(p): p.read_bytes() for p in (*files, office.root / ".git/logs/HEAD")}


def test_now_outside_a_drill(night: Office) -> None:
    """`recorded` is the machine's clock: only a drill may pretend another."""
    told = say(night, "new", "真的")
    assert told.code == 5
    assert "--now writes only into a drill" in told.err
    assert say(night, "tick", "watch").code == 5
    early = say(night, "note", ".", "早", at="03:00")
    assert early.code == 5
    assert "lies before the last record of this drill, 2026-11-22 05:06" in early.err


# --- what is written, and said ---------------------------------------------------------


def test_echo_of_a_report(office: Office) -> None:
    """One line per entry with both times, then duties met, new limits, the nearest limit."""
    told = say(office, "report", ".", "phone", "lead-group", "-a", "02:03", at="05:08").ok()
    lines = told.out.splitlines()
    name = office.case_file().stem[-4:]
    ident = entry_ids(office)["reported"]
    assert lines[0].startswith(
        f"{name}  {ident}  11-22 02:03  (written down 05:08)  reported by phone  值班室 → "
    )
    assert "  done: 电话报告领导组  11-22 02:03  六(二)一级" in lines
    assert any("11-22 02:33 at the latest" in line for line in lines)
    assert any(line.startswith("  late") for line in lines)
    assert any(line.startswith("  nearest: ") for line in lines)


def test_an_uncleared_publication_is_recorded_and_labelled(office: Office) -> None:
    """Recording is never refused for being uncleared; the problem stands last."""
    told = say(office, "publish", ".", "我们在抢修", at="05:20").ok()
    assert "done: 发布权威信息  11-22 05:20  六(三)" in told.out
    assert told.out.splitlines()[-1].startswith("  published before approval: ")
    assert "市委宣传部 had not passed exactly this (publish-I 六(三))" in told.out


def test_who_signs(office: Office) -> None:
    """Public words carry the signing unit; a name that is none is kept, and said."""
    path = office.root / "templates" / "office.yaml"
    units = "\nsign: 城投集团\nsigning_units: [城投集团, 新闻发言人]\n"
    path.write_text(path.read_text(encoding="utf-8") + units, encoding="utf-8")
    told = say(office, "publish", ".", "抢修中", at="05:20").ok()
    assert "signed 城投集团" in told.out
    assert "not a signing unit" not in told.out
    other = say(office, "reply", ".", "抢修中", "--as", "水务科", at="05:21").ok()
    assert "not a signing unit of office.yaml, kept as written: 水务科" in other.out


def test_a_cleared_publication_is_not_labelled(office: Office) -> None:
    """Both steps of the gate agreed to exactly these bytes."""
    say(office, "approve", ".", "publicity@05:08", "-f", "通报.md", at="05:09").ok()
    told = say(office, "publish", ".", "--use", "last", at="05:10").ok()
    assert "before approval" not in told.out
    text = office.case_file().read_text(encoding="utf-8")
    assert text.count(PAPER) == 3
    assert len(list((office.root / "cases" / "files").rglob("*.md"))) == 1


def test_amend_shows_old_and_new(office: Office) -> None:
    """`amend . ENTRY at=02:05`: the old value and the new one, and the entry itself stays."""
    say(office, "report", ".", "phone", "lead-group", "-a", "02:03", at="05:08").ok()
    ident = entry_ids(office)["reported"]
    told = say(office, "amend", ".", ident[:3], "at=02:05", "-b", "通话记录", at="05:09").ok()
    assert f"{ident} at: 2026-11-22T02:03+08:00 → 2026-11-22T02:05+08:00" in told.out
    voided = say(office, "amend", ".", "last", "--void", "-b", "输错", at="05:10").ok()
    assert "taken out: " in voided.out
    head = say(office, "amend", ".", "head", "title=停水三天", "-b", "补充", at="05:11").ok()
    assert "head title: 停水 → 停水三天" in head.out


def test_receipt(office: Office) -> None:
    """The number of the other side's receipt is the outside witness; `by` is whoever has it."""
    say(office, "report", ".", "phone", "cac", at="05:08").ok()
    report = entry_ids(office)["reported"]
    say(
        office, "receipt", ".", report, "网信电收〔2026〕88", "--code", "7k3m-oil1", at="05:09"
    ).ok()
    last = office.case_file().read_text(encoding="utf-8").rpartition("\n\n")[2]
    assert "by: cac" in last
    assert "number: 网信电收〔2026〕88" in last
    assert f"re: {report}" in last
    assert "code: 7K3M0111" in last
    say(office, "report", ".", "phone", "cac", "publicity", at="05:10").ok()
    several = say(office, "receipt", ".", "last", at="05:11")
    assert several.code == 5
    assert "say who received it with --by" in several.err


def test_done_closes_an_item(office: Office) -> None:
    """An item is fulfilled by one entry, with its evidence."""
    item = entry_ids(office)["assigned"]
    told = say(office, "done", ".", item, "-f", "更正.md", at="05:08").ok()
    assert "done: 更换主管  11-22 05:08" in told.out
    last = office.case_file().read_text(encoding="utf-8").rpartition("\n\n")[2]
    assert f"closes: {item}" in last
    assert "path: 更正.md" in last


def test_done_counts_an_earlier_entry(office: Office) -> None:
    """`done . DUTY --re ENTRY`: that entry was its act."""
    say(office, "report", ".", "message", "office", at="05:08").ok()
    entry = entry_ids(office)["reported"]
    say(office, "done", ".", "report-major", "--re", entry, at="05:09").ok()
    last = office.case_file().read_text(encoding="utf-8").rpartition("\n\n")[2]
    assert "duty: report-major" in last
    assert f"re: {entry}" in last


def test_closing_with_a_reason(office: Office) -> None:
    """With a limit open it lists them and wants -b; with a reason it closes."""
    refused = say(office, "close", ".")
    assert "发布权威信息 11-22 06:52" in refused.err
    assert "say why with -b" in refused.err
    assert "- kind: closed" not in office.case_file().read_text(encoding="utf-8")
    say(office, "close", ".", "-b", "并入另案", "--tag", "rejected", at="05:08").ok()
    assert "- kind: closed" in office.case_file().read_text(encoding="utf-8")
    assert say(office, "note", ".", "补记", at="05:09").code == 4
    named = office.case_file().stem[-4:].lower()
    say(office, "note", named, "补记", at="05:09").ok()


def test_grade_alone_asks(night: Office) -> None:
    """Without values: what the facts say, and the fewest questions; nothing is written."""
    before = _snapshot(night)
    told = say(night, "grade", ".").ok()
    assert "一级(重大)" in told.out
    assert "mainstream_media" in told.out
    found = say(night, "--json", "grade", ".").ok().json
    assert found["kind"] == "grading"
    assert found["items"][0]["certain"] == "I"
    what_if = say(night, "grade", ".", "sudden_event=yes").ok()
    assert "nothing was written; name a level, or: yuqing note" in what_if.out
    assert _snapshot(night) == before


def test_new_with_everything(office: Office) -> None:
    """`new` writes what began, what was found, what came in, and who is responsible."""
    opened = say(
        office, "--json", "new", "水渠淤塞", "--drill", "--from", "12345热线", "-d", "通报",
        "-n", "工单118", "--due", "12-09", "--unit", "水利站", "--unit", "街道办", "--occurred",
        "昨天20:00", "comments=3", "-a", "05:00", at="05:08",
    ).ok().json  # fmt: skip
    kinds = [each["kind"] for each in opened["entries"]]
    assert kinds == ["occurred", "discovered", "received", "assigned", "assigned"]
    occurred, discovered, received, first, _ = opened["entries"]
    assert occurred["at"] == "2026-11-21T20:00+08:00"
    assert discovered["facts"] == {"comments": "3"}
    assert received["due"] == "2026-12-09"
    assert received["number"] == "工单118"
    assert "number" not in discovered
    assert first["to"] == "水利站"
    assert opened["case"].startswith("YQ-20261122-")
    assert opened["committed"] is True
    text = (office.root / "cases" / f"{opened['case']}.yaml").read_text(encoding="utf-8")
    assert "drill: " in text
    assert "version: 2022-01" in text.replace('"', "")


def test_foreseen_and_secret(office: Office) -> None:
    """A foreseen matter has no discovery; a secret case takes no words."""
    seen = say(office, "--json", "new", "雨季积水", "--drill", "--foreseen", at="05:08").ok().json
    assert [each["kind"] for each in seen["entries"]] == ["noted"]
    secret = say(office, "--json", "new", "密17", "--drill", "--secret", at="05:09").ok().json
    refused = say(office, "note", secret["case"], "停水", at="05:10")
    assert refused.code == 5
    assert "a secret case holds no words" in refused.err
    say(office, "report", secret["case"], "secure", "cac", "-n", "密〔2026〕17", at="05:10").ok()


def test_title(night: Office) -> None:
    """A case needs a title, at most 80 characters."""
    assert "a case needs a title" in say(night, "new", "--drill").err
    assert say(night, "new", "水" * 81, "--drill").code == 5
    for odd in ("a\x07b", "a\udcffb"):
        told = say(night, "new", odd, "--drill")
        assert told.code == 5
        assert "nothing was written: a character that cannot be kept" in told.err
    assert say(night, "note", ".", "a\x1bb").code == 5
    unquoted = say(night, "new", "water", "is", "out", "--drill")
    assert "put the title in quotes" in unquoted.err


def test_quiet_and_chinese(office: Office) -> None:
    """`-q`: the entry alone. In 简体 the same facts in Chinese words."""
    quiet = say(office, "-q", "report", ".", "cac", at="05:08").ok()
    assert len(quiet.out.splitlines()) == 1
    told = office("--lang", "zh_CN", "publish", ".", "抢修中", now=f"{NIGHT}05:20+08:00").ok()
    assert "发布  值班室" in told.out
    assert "publish-I 六(三)" in told.out
    assert "before approval" not in told.out
    refused = office("--lang", "zh_CN", "grade", ".", "II", now=f"{NIGHT}05:21+08:00")
    assert "五·一级(d)" in refused.err
    assert "the facts say" not in refused.err


def test_duty_post_from_the_surroundings(night: Office) -> None:
    """`YUQING_BY` overrides the office's post; `--by` overrides both."""
    shown = night("note", ".", "看", "--dry-run", now=NOW, env={"YUQING_BY": "总值班"}).ok()
    assert "by: 总值班" in shown.out
    other = night(
        "note", ".", "看", "--dry-run", "--by", "cac", now=NOW, env={"YUQING_BY": "总值班"}
    ).ok()
    assert "by: cac" in other.out


def test_logbook(tmp_path: Path) -> None:
    """`tick` opens this month's logbook; `done log DUTY` is the same."""
    office = make_office(tmp_path / "office")
    told = office("--lang", "en", "--json", "tick", "daily-search", "7个渠道无新增").ok().json
    assert told["case"].startswith("LOG-")
    entry = told["entries"][0]
    assert (entry["kind"], entry["duty"], entry["text"]) == (
        "done",
        "daily-search",
        "7个渠道无新增",
    )
    office("done", "log", "watch").ok()
    elsewhere = office("--lang", "en", "tick", "facts")
    assert elsewhere.code == 5
    assert "facts is owed in a case, not in the logbook" in elsewhere.err
    (book,) = (office.root / "cases" / "log").glob("*.yaml")
    assert book.read_text(encoding="utf-8").count("- kind: done") == 2
    assert office.git("status", "--porcelain") == ""


def test_save_takes_in_what_was_typed_by_hand(office: Office) -> None:
    """A hand-written entry gets its stamps; the commit holds it; a second run has nothing to do."""
    path = office.case_file()
    by_hand = "\n  - kind: noted\n    at: 2026-11-22T05:00+08:00\n    text: 手写\n"
    path.write_text(path.read_text(encoding="utf-8") + by_hand, encoding="utf-8")
    told = office("--lang", "en", "save").ok()
    assert "taken in" in told.out
    assert office.git("status", "--porcelain").replace("?? 更正.md", "").count("cases/") == 0
    assert "nothing to save" in office("--lang", "en", "save").ok().out
    assert "nothing to file" in office("--lang", "en", "tidy").ok().out


def test_every_entry_is_committed_alone(office: Office) -> None:
    """The commit holds exactly what belongs to the act, never what else is staged."""
    (office.root / "README").write_text("x", encoding="utf-8")
    office.git("add", "README")
    say(office, "report", ".", "cac", "-f", "更正.md", at="05:08").ok()
    names = office.git("-c", "core.quotepath=off", "show", "--name-only", "--format=", "HEAD")
    case = office.case_file().stem
    assert sorted(names.split()) == [f"cases/{case}.yaml", f"cases/files/{case}/更正.md"]


# --- a plan with everything a line may meet ----------------------------------------------


MINI = """\
yuqing: 1
id: mini
title: 小方案
issuer: 不詳
version: "1"
counting: {days: natural}
organs: {city: 市里, head: 主任, deputy: 副主任, leaders: {name: 班子, members: [head, deputy]}}
facts: {spread: {type: boolean, ask: 是否扩散}}
scales:
  level:
    name: 级别
    proposed_by: deputy
    confirmed_by: head
    levels: [{id: low, name: 轻}, {id: high, name: 重, clause: "2", when: {spread: true}}]
  warning: [{id: blue, name: 蓝色}, {id: high, name: 红色}]
events: {accepted: 受理}
duties:
  bulletin:
    {clause: "1", does: 日报, to: city, start: discovered, until: calmed,
     repeat: {each: day, at: ["07:30", "16:00"]}}
  tell: {clause: "1", does: 报一处, to: {any_of: [city, head]}, start: discovered, limit: 2 hours}
  call:
    {clause: "1", does: 打电话, to: city, start: discovered, limit: 3 hours,
     done_by: {kind: reported, form: [phone, oral]}}
  accept: {clause: "1", does: 受理, start: discovered, limit: 1 days, done_by: accepted}
  group: {clause: "1", does: 报班子, to: leaders, start: discovered, limit: 4 hours}
  answer:
    {clause: "3", does: 答复, to: asker, start: accepted, limit: 5 days, done_by: replied,
     extension: {at_most: 3 days, approved_by: head}}
gates:
  draft: {clause: "4", before: published, needs: [{approved_by: head}]}
  answering: {clause: "4", before: replied, needs: [{approved_by: head}]}
"""


@pytest.fixture
def mini(tmp_path: Path) -> Office:
    """An office under that plan, with a drill found at six."""
    plan = tmp_path / "mini@1.yaml"
    plan.write_text(MINI, encoding="utf-8")
    office = Office(tmp_path / "office")
    office.root.mkdir()
    office("init", ".", "--plan", str(plan)).ok()
    say(office, "new", "小事", "--drill", "-a", "06:00", at="07:00").ok()
    return office


def test_done_writes_only_what_the_plan_fixes(mini: Office) -> None:
    """`done DUTY` is never a bare tick where the plan has an act; what is open is a line to type."""
    for duty, line in (("tell", "report"), ("call", "report"), ("answer", "reply")):
        told = say(mini, "done", ".", duty, at="07:10")
        assert told.code == 5
        assert f"so: yuqing {line} " in told.err
    event = say(mini, "--json", "done", ".", "accept", at="07:10").ok().json["entries"]
    assert [(e["kind"], e["event"]) for e in event] == [("event", "accepted")]
    group = say(mini, "--json", "done", ".", "group", at="07:11").ok().json["entries"]
    assert group[0]["to"] == ["head", "deputy"]
    answer = say(mini, "--json", "done", ".", "answer", "-m", "已办", at="07:12").ok().json
    assert [(e["kind"], e["to"], e["text"]) for e in answer["entries"]] == [
        ("replied", "asker", "已办")
    ]


def test_done_for_one_due_time(mini: Office) -> None:
    """`DUTY@TIME`: the act, and a `done` that says which due time it was for."""
    told = say(mini, "--json", "done", ".", "bulletin@16:00", at="07:10").ok().json
    act, tick = told["entries"]
    assert (act["kind"], act["to"]) == ("reported", "city")
    assert tick["duty"] == "bulletin@2026-11-22T16:00+08:00"
    assert tick["re"] == act["id"]
    due = {d["duty"]: d["state"] for d in told["duties"]}
    assert due["bulletin@2026-11-22T16:00+08:00"] == "met"
    assert due["bulletin@2026-11-22T07:30+08:00"] == "running"  # one act, one due time


def test_proposed_and_confirmed(mini: Office) -> None:
    """Two entries by two organs: the confirmation names the proposal; another's word is labelled."""
    proposed = (
        say(mini, "--json", "grade", ".", "重", "--propose", "-b", "扩散", at="07:10").ok().json
    )
    assert proposed["entries"][0]["proposed"] == "true"
    confirmed = say(
        mini, "--json", "grade", ".", "重", "--by", "head", "-b", "同意", at="07:11"
    ).ok()
    assert confirmed.json["entries"][0]["re"] == proposed["entries"][0]["id"]
    labelled = say(mini, "grade", ".", "low", "-b", "降", at="07:12").ok()
    assert "the plan has 级别 confirmed by 主任" in labelled.out.splitlines()[-1]
    ambiguous = say(
        mini,
        "grade",
        ".",
        "红色",
        "--dry-run",
        at="07:13",
    )
    assert "warning=high" in ambiguous.err


def test_which_gate(mini: Office) -> None:
    """Several gates in force name the organ: they are listed; a member is not its group."""
    told = say(mini, "approve", ".", "head", "-m", "稿", at="07:10")
    assert told.code == 5
    assert "head may pass any of: draft、answering" in told.err
    say(mini, "approve", ".", "head", "-m", "稿", "--matter", "ANSWERING", at="07:10").ok()
    assert "matter: answering" in mini.case_file().read_text(encoding="utf-8")
    assert say(mini, "approve", ".", "deputy", "-m", "稿", at="07:11").code == 5
    cleared = say(mini, "reply", ".", "--use", "last", at="07:12").ok()
    assert "before approval" not in cleared.out


def test_an_adjustment_against_the_plan_is_kept_and_labelled(mini: Office) -> None:
    """Against the plan: recorded, without effect, and it says why."""
    say(mini, "mark", ".", "受理", at="07:10").ok()
    told = say(
        mini, "adjust", ".", "answer", "--due", "+8d", "--by", "deputy", "-b", "忙", at="07:11"
    ).ok()
    assert "no effect" in told.out.splitlines()[-1]


def test_a_second_plan(mini: Office) -> None:
    """`amend . head plans=` pins one more plan; its duties stand beside the first's."""
    told = say(mini, "amend", ".", "head", "plans=sf", "-b", "同时适用", at="07:10").ok()
    assert "head plans: mini@1 → sf@2022-01" in told.out
    say(mini, "report", ".", "电话", "舆情处置领导组", at="07:11").ok()
    assert "to: lead-group" in mini.case_file().read_text(encoding="utf-8")
    named = say(mini, "--json", "done", ".", "MINI/accept", at="07:12").ok().json["entries"]
    assert named[0]["event"] == "accepted"


def test_linked(mini: Office) -> None:
    """The other case by any unique end of its id; never itself."""
    other = say(mini, "--json", "new", "另案", "--drill", at="07:10").ok().json["case"]
    first = next(p.stem for p in (mini.root / "cases").glob("*.yaml") if p.stem != other)
    line = ("add", first[-4:], "linked", f"case={other[-4:].lower()}", "relation=相关")
    entry = say(mini, "--json", *line, at="07:11").ok().json["entries"][0]
    assert (entry["case"], entry["relation"]) == (other, "related")
    assert say(mini, "add", first, "linked", f"case={first}", "relation=相关", at="07:12").code == 5
    several = say(mini, "note", ".", "看", at="07:13")
    assert several.code == 4
    assert first in several.err
    assert other in several.err


def test_a_broken_file_beside_the_dot(mini: Office) -> None:
    """What cannot be read may be the very case that was meant by the dot: nothing is written."""
    broken = mini.root / "cases" / "YQ-20261122-ZZZZ.yaml"
    broken.write_text("yuqing: 1\n", encoding="utf-8")
    before = mini.git("rev-parse", "HEAD")
    told = say(mini, "note", ".", "看", at="07:10")
    assert told.code == 3
    assert "YQ-20261122-ZZZZ.yaml" in told.err
    assert mini.git("rev-parse", "HEAD") == before


def test_completion(mini: Office) -> None:
    """The shell is offered cases, organs, duties and entries; nothing outside an office."""

    def offered(line: str, cwd: Path) -> list[str]:
        typed = line.split(" ")
        env = {"_YUQING_COMPLETE": "complete_bash", "COMP_WORDS": line}
        return run_in_process(cwd=cwd, env=env | {"COMP_CWORD": str(len(typed) - 1)}).out.split()

    assert mini.case_file().stem[-4:] in offered("yuqing report ", mini.root)
    assert offered("yuqing report . hea", mini.root) == ["head"]
    assert "bulletin" in offered("yuqing done . bu", mini.root)
    assert offered("yuqing mark . acce", mini.root) == ["accepted"]
    assert offered("yuqing note . --by dep", mini.root) == ["deputy"]
    assert offered("yuqing report . hea", mini.root.parent) == []


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


# --- meet, decide, request, link ---------------------------------------------------------


def test_a_request_needs_all_of_it(office: Office) -> None:
    """The sentence, why it is untrue, the law, the evidence; else it is no request."""
    refused = say(office, "request", ".", "referral", "website", "-m", "停水七天").ok(5)
    assert "a request lacks: -b --clause -f" in refused.err
    assert "requested" not in office.case_file().read_text("utf-8")


def test_a_request_without_a_finding_is_labelled(office: Office) -> None:
    """No recorded finding that the statement is untrue: recorded all the same, and labelled."""
    words = ("request", ".", "correction", "website", "-m", "停水七天", "-b", "实为三天",
             "--clause", "规定", "-f", "通报.md")  # fmt: skip
    told = say(office, *words, at="05:08").ok()
    assert "requested without a finding before it: truth untrue or partly" in told.out
    say(office, "grade", ".", "truth=untrue", "-b", "已核", at="05:09").ok()
    assert "without a finding" not in say(office, *words, at="05:10").ok().out


def test_a_decision_that_is_no_agreement_wants_a_reason(office: Office) -> None:
    assert "needs a reason" in say(office, "decide", ".", "会商", "refused").ok(5).err
    say(office, "decide", ".", "publish-I", "不同意", "--by", "领导组", "-b", "再核").ok()


def test_link_names_the_other_case_whole(office: Office) -> None:
    first = office.case_file().stem
    say(office, "new", "同一件事", "--drill", at="05:08").ok()
    other = next(p.stem for p in (office.root / "cases").glob("*.yaml") if p.stem != first)
    say(office, "link", other[-4:].lower(), "重复", first[-4:], at="05:09").ok()
    text = (office.root / "cases" / f"{other}.yaml").read_text("utf-8")
    assert f"case: {first}" in text
    assert "relation: duplicate-of" in text
    assert say(office, "link", first[-4:], "重复", first[-4:], at="05:10").ok(5).err
    assert say(office, "link", first[-4:], "像", other[-4:], at="05:10").ok(5).err


# --- words to the public -----------------------------------------------------------------


def test_publishing_warns_while_it_can_still_be_put_right(office: Office) -> None:
    """A figure that stands nowhere, a cause before the inquiry ended, data of people: said at
    once, recorded all the same; `show` labels what went out before it was passed."""
    told = say(office, "publish", ".", "13户进水,由于管道老化;联系13812345678", at="05:20").ok()
    assert "the figure 13户 stands nowhere in the facts of the case" in told.out
    assert "gives a cause" in told.out
    assert "looks like a mobile number (138****)" in told.out
    assert "published before approval (publish-I 六(三))" in office("show", ".").ok().out


def test_papers_are_read_when_they_are_published(office: Office) -> None:
    (office.root / "稿.md").write_text("# 通报\n\n45户停水\n", "utf-8")
    told = say(office, "publish", ".", "-f", "稿.md", at="05:20").ok()
    assert "the figure 45户 stands nowhere in the facts of the case" in told.out


def test_an_edit_voids_the_approval(office: Office) -> None:
    """An approval is of exactly these words: a sign changed, and it is before approval again."""
    for organ in ("lead-group", "publicity"):
        say(office, "approve", ".", f"{organ}@05:08", "-m", "正在抢修。", at="05:09").ok()
    cleared = say(office, "publish", ".", "-m", "正在抢修。", at="05:10").ok()
    assert "before approval" not in cleared.out
    edited = say(office, "publish", ".", "-m", "正在抢修!", at="05:11").ok()
    assert "published before approval: " in edited.out
