"""A document that was sent, made once more from the case as it was at that commit."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import docx
import pytest
from workbench import Office, make_office

from yuqing.cli.wish import read_line
from yuqing.render.template import about

RENDERED = "2026-11-22T05:30+08:00"
SENT = "2026-11-22T05:35+08:00"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_BUILT: list[Path] = []


@pytest.fixture
def sent(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A drill whose basic facts were laid out by the office's own words, and sent. Played once,
    then copied."""
    if not _BUILT:
        _BUILT.append(_played(make_office(tmp_path_factory.mktemp("sent") / "office")).root)
    return Office(shutil.copytree(_BUILT[0], tmp_path / "office"))


def _played(office: Office) -> Office:
    office("new", "柳塘小区停水", "--drill", "-a", "01:52", now="2026-11-22T02:09+08:00").ok()
    own = office.root / "templates" / "documents" / "wording.yaml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("words:\n  zh-Hans:\n    signer: 签批人\n", encoding="utf-8")
    office.git("add", "templates")
    office.git("commit", "-qm", "Own words")
    office(
        *("render", ".", "basic-facts", "-o", "初报.docx", "--signer", "某某"),
        *("--copy-to", "甲 局", "--draft"),
        now=RENDERED,
    ).ok()
    office(
        *("report", ".", "written", "lead-group", "-d", "basic-facts", "-f", "初报.docx"),
        now=SENT,
    ).ok()
    return office


def commit_before(office: Office) -> str:
    """The commit at which the paper was made: the one before it was recorded as sent."""
    return office.git("rev-parse", "HEAD~1").strip()


def go_on(office: Office) -> None:
    """More is written; the office changes words, house style, calendar and plan."""
    office("note", ".", "评论回落", now="2026-11-22T05:36+08:00").ok()
    office("amend", ".", "head", "title=改名", "-b", "x", now="2026-11-22T05:37+08:00").ok()
    templates = office.root / "templates"
    (templates / "documents" / "wording.yaml").write_text(
        "words:\n  zh-Hans:\n    signer: 签署人\n", encoding="utf-8"
    )
    file = templates / "office.yaml"
    file.write_text(
        file.read_text(encoding="utf-8") + "paper:\n  margins: {top: 50}\n", encoding="utf-8"
    )
    (plan,) = (templates / "plans").glob("sf@*.yaml")
    plan.write_text(
        plan.read_text(encoding="utf-8").replace(
            "basic-facts: {title: ", "basic-facts: {title: 新"
        ),
        encoding="utf-8",
    )
    office.git("add", "templates")
    office.git("commit", "-qm", "Another style")


def test_a_sent_file_is_made_again_byte_for_byte(sent: Office) -> None:
    """What was sent can be reproduced from the case as it was at that commit."""
    recorded = re.findall(r"sha256: (\w{64})", sent.case_file().read_text(encoding="utf-8"))
    assert recorded == [digest(sent.root / "初报.docx")]
    before = commit_before(sent)
    go_on(sent)
    options = ("--signer", "某某", "--copy-to", "甲 局", "--draft")
    line = ("render", ".", "basic-facts", "-o", "重出.docx", *options)
    now = sent(*line, now=RENDERED).ok()
    assert digest(sent.root / "重出.docx") != recorded[0], "by the templates of today"
    status = sent.git("status", "--porcelain", "--", "templates", "cases")
    then = sent(*line, "--as-of", before, now=RENDERED).ok()
    assert digest(sent.root / "重出.docx") == recorded[0]
    assert f"from commit {before[:12]}, as of {RENDERED}" in then.err
    assert "from commit" not in now.err
    assert sent.git("status", "--porcelain", "--", "templates", "cases") == status, "no checkout"


def test_without_a_time_it_is_as_of_the_commit(sent: Office) -> None:
    """now: what --now says, else when the commit was made."""
    before = commit_before(sent)
    when = sent.git("log", "-1", "--format=%cd", "--date=format:%H:%M", before).strip()
    ran = sent("render", ".", "basic-facts", "--draft", "--as-of", before)
    assert ran.code in (0, 3), ran.err
    assert when[-2:] in ran.err


def test_the_entry_finds_document_time_and_commit(sent: Office) -> None:
    """render CASE --again ENTRY looks up the document and its time, and compares the digest."""
    before = commit_before(sent)
    kept = about((sent.root / "初报.docx").read_bytes())
    asked = read_line(kept["comments"])
    assert asked is not None
    assert (asked.now, asked.document, asked.wish.draft) == (RENDERED, "basic-facts", True)
    assert (asked.wish.given.signer, asked.wish.given.copies) == ("某某", ("甲 局",))
    go_on(sent)
    log = sent.case_file().read_text(encoding="utf-8").split("\n\n")
    (entry,) = (re.findall(r"\bid: (\w+)", each)[0] for each in log if "kind: reported" in each)
    ran = sent("render", ".", "--again", entry, "-o", "again.docx").ok()
    assert f"初报.docx: the same bytes, made again from commit {before[:12]}" in ran.out
    assert digest(sent.root / "again.docx") == digest(sent.root / "初报.docx")
    assert sent("--json", "render", ".", "--again", entry).ok().json["items"][0][
        "sha256"
    ] == digest(sent.root / "初报.docx")


def test_what_differs_is_said(sent: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the version of yuqing is another one, it is said, and what was made is not called the same."""
    monkeypatch.setattr("yuqing.__version__", "99.1")
    ran = sent("render", ".", "--again", "last")
    assert ran.code == 3
    assert re.search(r"not the same bytes; .* made by yuqing [\d.]+\S*, now yuqing 99.1", ran.err)
    assert re.search(r"templates (\w{12}), now \1", ran.err)


def test_what_cannot_be_made_again(sent: Office, tmp_path: Path) -> None:
    """An entry without such a file, a file changed since, a file that was made elsewhere."""
    sent("note", ".", "评论回落", now="2026-11-22T05:36+08:00").ok()
    assert "has no Word file" in sent("render", ".", "--again", "last").err
    other = docx.Document()
    other.add_paragraph("别处所写")
    other.save(str(tmp_path / "别处.docx"))
    sent("note", ".", "附件", "-f", str(tmp_path / "别处.docx"), now="2026-11-22T05:37+08:00").ok()
    assert "does not say how it was made" in sent("render", ".", "--again", "last").err
    (folder,) = (sent.root / "cases" / "files").iterdir()
    (folder / "别处.docx").write_bytes(b"x")
    assert "digest differs" in sent("render", ".", "--again", "last").err
    ran = sent("render", ".", "basic-facts", "--as-of", "nowhere")
    assert "there is no commit nowhere" in ran.err
    first = sent.git("rev-list", "--max-parents=0", "HEAD").strip()
    ran = sent("render", ".", "basic-facts", "--as-of", first)
    assert f"is not in commit {first[:12]}" in ran.err


@pytest.mark.parametrize(
    "line", ["", "x", "yuqing --now x render", "yuqing --now a render b c --x y", "'"]
)
def test_other_words_are_no_such_line(line: str) -> None:
    """A person may write a comment of his own into a Word file."""
    assert read_line(line) is None
