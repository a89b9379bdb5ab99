"""People's data stay out: the hook stops them, `redact` blanks them, `help erase` ends them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from workbench import CHECKOUT, Office, run_in_process

from yuqing.cli.lookoffice import HELP
from yuqing.read import splice
from yuqing.read.tree import parse

pytestmark = pytest.mark.process
MOBILE = "13812345678"


def opened(office: Office) -> Office:
    office("new", "停水三天", "-s", "监看").ok()
    return office


def last_id(office: Office) -> str:
    return re.findall(r"^    id: (\w+)$", office.case_file().read_text("utf-8"), re.MULTILINE)[-1]


# --- redact ----------------------------------------------------------------------------


def test_redact_blanks_in_place_and_leaves_its_trace(office: Office) -> None:
    """Overwritten in place with a mask; the same commit appends an `amended` with the same new
    value; nobody's comment moves; nothing is found afterwards."""
    opened(office)("note", ".", f"户主电话{MOBILE},要求回电").ok()
    entry = last_id(office)
    path = office.case_file()
    path.write_text(path.read_text("utf-8") + "  # 值班员的话\n", "utf-8")
    assert "looks like a mobile number" in office("check", ".").ok(3).out
    before = len(office.git("log", "--format=%s").splitlines())
    ran = office("redact", ".", entry, "text", "-b", "误记号码", "--by", "领导组").ok()
    assert "amended" in ran.out
    assert "yuqing help erase" in ran.err
    text = path.read_text("utf-8")
    assert MOBILE not in text
    assert "# 值班员的话" in text
    assert text.count("户主电话138****,要求回电") == 2
    subjects = office.git("log", "--format=%s").splitlines()
    assert len(subjects) == before + 1
    assert subjects[0].endswith(f"redact {entry} text")
    assert "looks like" not in office("check", ".").ok().out
    office("note", ".", "此后照常").ok()
    shown = office("show", ".", entry).ok().out
    assert "138****" in shown
    assert "误记号码" in shown


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("--word", "王某某"), "户主****电话13812345678"),
        (("--all",), "****"),
        ((), "户主王某某电话138****"),
    ],
)
def test_what_is_blanked(office: Office, words: tuple[str, ...], left: str) -> None:
    """Shapes by themselves, a name by its words, or the whole field."""
    opened(office)("note", ".", f"户主王某某电话{MOBILE}").ok()
    office("redact", ".", "last", "text", "-b", "误记", "--by", "值班室", *words).ok()
    assert (
        office.case_file()
        .read_text("utf-8")
        .count(f'text: "{left}"' if left == "****" else f"text: {left}")
        == 2
    )


def test_redact_refuses_what_it_cannot_do(office: Office) -> None:
    """Nothing changes: no reason, no organ, no such words, a field without free words."""
    opened(office)("note", ".", "一切正常").ok()
    data = office.case_file().read_bytes()
    for words, said in (
        (("last", "text", "--by", "值班室"), "needs a reason"),
        (("last", "text", "-b", "误记"), "who decided it"),
        (("last", "text", "-b", "误记", "--by", "值班室"), "nothing there looks like"),
        (("last", "text", "-b", "误记", "--by", "值班室", "--word", "李"), "do not stand there"),
        (("last", "at", "-b", "误记", "--by", "值班室"), "holds no free words"),
        (("last", "because", "-b", "误记", "--by", "值班室"), "has no text in because"),
    ):
        assert said in office("redact", ".", *words).ok(5).err
    assert office.case_file().read_bytes() == data


def test_redact_in_the_title_and_in_a_fact(office: Office) -> None:
    office("new", f"来电{MOBILE}反映停水", f"property_loss=户主{MOBILE}").ok()
    office("redact", ".", "head", "title", "-b", "误记", "--by", "值班室").ok()
    first = re.findall(r"^    id: (\w+)$", office.case_file().read_text("utf-8"), re.MULTILINE)[0]
    office("redact", ".", first, "facts.property_loss", "-b", "误记", "--by", "值班室").ok()
    assert MOBILE not in office.case_file().read_text("utf-8")
    assert "looks like" not in office("check", ".").ok().out
    shown = office("show", ".").ok().out
    assert "来电138****反映停水" in shown
    assert "property_loss=户主138****" in shown


def test_redact_of_what_was_never_committed_keeps_it_out_of_history(office: Office) -> None:
    """A hook stopped the commit (exit 6): redacted, the words never get into history."""
    opened(office)
    install(office)
    ran = office("note", ".", f"户主电话{MOBILE}").ok(6)
    assert "looks like a mobile number" in ran.err
    assert MOBILE not in ran.err
    ran = office("redact", ".", "last", "text", "-b", "误记", "--by", "值班室").ok()
    assert "erase" not in ran.err
    assert office.git("log", "--all", "--no-textconv", f"-S{MOBILE}", "--format=%H") == ""
    assert office.git("status", "--porcelain") == ""


FIELDS = (
    "text: 电话13812345678已接",
    'text: "电话\\u00313812345678已接"',
    "text: |\n      电话13812345678已接\n      第二行",
    "text: >-\n      电话1381234567\\8",
    "text: '电话13812345678' # 13812345678",
)


@pytest.mark.parametrize("field", FIELDS)
def test_overwrite_proves_itself_in_every_notation(field: str) -> None:
    """Plain, quoted, escaped, in blocks: only that text changes, and it reads as it should."""
    head = "yuqing: 1\nid: YQ-20261122-7K3M\ntitle: 甲\nlog:\n"
    rest = "    # 人的话\n    id: aaaaaa\n  - kind: noted\n    text: 别处\n    at: x\n"
    data = f"{head}  - kind: noted\n    at: x\n    {field}\n{rest}".encode()
    tree, problems = parse(data, "", as_text=True)
    assert tree is not None, problems
    old = tree.value["log"][0]["text"]
    made, new = splice.overwrite(data, ("log", 0, "text"), {old: "电话138****"})
    after, _ = parse(made, "", as_text=True)
    assert after is not None
    assert new == after.value["log"][0]["text"] == "电话138****"
    assert made.decode().endswith(rest)
    assert made.decode().startswith(head)


# --- the hook --------------------------------------------------------------------------


def install(office: Office) -> None:
    """The hook as `help people` tells it."""
    (body,) = blocks("people", "#!/bin/sh")
    path = office.root / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    line = f'PYTHONPATH="{CHECKOUT}" "{sys.executable}" -m yuqing'
    path.write_text(body.replace("exec yuqing", f"{line}"), "utf-8")
    path.chmod(0o755)


def blocks(topic: str, word: str, language: str = "en") -> list[str]:
    """The code blocks of a chapter that have this word in them."""
    text = (HELP / language / f"{topic}.md").read_text("utf-8")
    found = re.findall(r"^```(?:bash|yaml)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [each for each in found if word in each]


def test_the_hook_stops_only_people_s_data(office: Office) -> None:
    """`check --staged --hook`: a stop for data of people, in entries and in papers; what is late
    or out of order is no business of a hook."""
    opened(office)
    install(office)
    office("mark", ".", "lifted", "-b", "已处置").ok()  # a finding of check, and yet recorded
    paper = office.root / "记录.md"
    paper.write_text("# 记录\n\n回电 zhang@mail.example\n", "utf-8")
    ran = office("note", ".", "附记录", "-f", "记录.md").ok(6)
    assert "记录.md:3: looks like an e-mail address; write *** instead" in ran.err


def test_the_hook_sees_the_index_of_this_very_commit(office: Office) -> None:
    """A person's half-finished work beside it, staged or not, is not this commit's."""
    opened(office)
    install(office)
    stray = office.root / "cases" / "files" / "散记.md"
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text(f"电话{MOBILE}\n", "utf-8")
    office.git("add", "-f", "--", str(stray))
    office("note", ".", "照常").ok()
    done = subprocess.run(
        ["git", "commit", "-qm", "x"], cwd=office.root, capture_output=True, check=False
    )
    assert done.returncode != 0


def test_check_looks_into_papers_and_comments(office: Office) -> None:
    """A warning everywhere: documents, Word included, and comments; exit 0."""
    import docx

    opened(office)
    word = docx.Document()
    word.add_paragraph("一切正常")
    word.add_table(1, 1).cell(0, 0).text = "联系 li@mail.example"
    word.save(str(office.root / "通报.docx"))
    office("note", ".", "附件", "-f", "通报.docx").ok()
    path = office.case_file()
    path.write_text(path.read_text("utf-8") + "  # 找@围观者甲核实\n", "utf-8")
    office("save").ok()
    out = office("check", ".").ok().out
    assert "通报.docx, line 2: looks like an e-mail address; write *** instead" in out
    assert "looks like an account, in a comment" in out


def test_own_accounts_come_from_office_yaml(office: Office) -> None:
    file = office.root / "templates" / "office.yaml"
    file.write_text(file.read_text("utf-8") + "own_accounts: ['微博 @柳塘发布']\n", "utf-8")
    opened(office)("note", ".", "由@柳塘发布回应").ok()
    assert "looks like" not in office("check", ".").ok().out
    office("note", ".", "由@围观者甲首发").ok()
    assert "looks like an account" in office("check", ".").ok().out


def test_pre_commit_users_find_the_hook() -> None:
    text = (CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8")
    assert "entry: yuqing check --staged --hook" in text


# --- erasing ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", pytest.param("zh_CN", marks=pytest.mark.slow)])
def test_erase_as_the_chapter_tells_it(office: Office, language: str) -> None:
    """What got in all the same: the chapter's own lines, run in a real repository. Nothing of it
    is left in any object, everything else is still there, and when the chain is new is told."""
    opened(office)("note", ".", f"户主电话{MOBILE}").ok()
    (office.root / "名单.txt").write_text("不该在此\n", "utf-8")
    office("note", ".", "误附名单", "-f", "名单.txt").ok()
    (office.root / "名单.txt").unlink()
    office("note", ".", "照常处置").ok()
    noted = re.findall(r"^    id: (\w+)$", office.case_file().read_text("utf-8"), re.MULTILINE)[1]
    office("redact", ".", noted, "text", "-b", "误记号码", "--by", "领导组").ok()
    lines = "".join(
        blocks("erase", "filter-branch", language) + blocks("erase", "reflog", language)
    )
    folder = office.case_file().stem
    lines = lines.replace("7K3M-PAPER", f"cases/files/{folder}/名单.txt")
    env = {**os.environ, "FILTER_BRANCH_SQUELCH_WARNING": "1"}
    subprocess.run(
        ["bash", "-euc", lines], cwd=office.root, env=env, check=True, capture_output=True
    )
    everything = subprocess.run(
        "git cat-file --batch-all-objects --batch --unordered", shell=True, cwd=office.root,
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert MOBILE.encode() not in everything
    assert "不该在此".encode() not in everything
    assert "照常处置".encode() in everything
    assert office.git("fsck", "--strict").strip() == ""
    assert office.git("status", "--porcelain") == ""
    assert "looks like" not in office("check", ".").out
    (decide,) = [
        line
        for line in "".join(blocks("erase", "yuqing decide", language)).splitlines()
        if "decide" in line
    ]
    import shlex

    words = shlex.split(decide)[1:]
    assert office(*words).ok().out
    assert "history-erased" in office.case_file().read_text("utf-8")


# --- the post's identity -----------------------------------------------------------------


def test_init_proposes_the_post_s_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands that name the duty post; a person's name has no place in every commit."""
    for name in [n for n in os.environ if n.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        monkeypatch.delenv(name)
    ran = run_in_process("init", "office", cwd=tmp_path).ok(8)
    assert 'git config --global user.name "值班室"' in ran.err
    assert "git config --global user.email" in ran.err
    assert "not a person" in ran.err
