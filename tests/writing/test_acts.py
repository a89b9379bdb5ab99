"""What a writing command writes and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import Office, make_office

from writing.hands import NIGHT, NOW, PAPER, entry_ids, say, snapshot

pytestmark = pytest.mark.process


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


def test_done_closes_an_item_by_its_words(office: Office) -> None:
    """`done . 主管`: who has promised to change the main does not know the item's id."""
    told = say(office, "done", ".", "主管", at="05:08").ok()
    assert "done: 更换主管  11-22 05:08" in told.out


def test_a_due_time_is_told_as_people_tell_it(office: Office) -> None:
    """The echo says 2026-11-23 09:00, not the file's 2026-11-23T09:00+08:00."""
    told = say(office, "assign", ".", "水务公司", "查漏", "--due", "明早9点", at="05:08").ok()
    assert "due 2026-11-23 09:00" in told.out
    assert "T09:00" not in told.out


def test_the_same_typed_twice(office: Office) -> None:
    """Arrow up, Return: it is kept, named, and the line that takes it out can be typed."""
    first = say(office, "report", ".", "电话", "网信办", at="05:08").ok()
    assert "says the same already" not in first.out
    again = say(office, "report", ".", "电话", "网信办", at="05:09").ok()
    assert f"{first.out.split()[1]} says the same already" in again.out
    line = again.out.partition("if this was typed twice: yuqing ")[2].splitlines()[0]
    assert "taken out: " in say(office, *line.replace("…", "重复").split(), at="05:10").ok().out
    later = say(office, "report", ".", "电话", "网信办", at="05:30").ok()
    assert "says the same already" not in later.out


def test_passed_by_who_passes_another_level(office: Office) -> None:
    """Graded down to II, the words need the unit's and the group's head, not the lead group."""
    passed = say(office, "approve", ".", "领导组", "-f", "通报.md", at="05:08").ok()
    assert "is of another level" not in passed.out
    say(office, "grade", ".", "II", "-b", "已平稳", at="05:09").ok()
    other = say(office, "approve", ".", "宣传部", "-f", "通报.md", at="05:10").ok()
    assert "publish-I is of another level; at this one " in other.out
    assert "(publish-other 六(三))" in other.out


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
    before = snapshot(night)
    told = say(night, "grade", ".").ok()
    assert "一级(重大)" in told.out
    assert "mainstream_media" in told.out
    found = say(night, "--json", "grade", ".").ok().json
    assert found["kind"] == "grading"
    assert found["items"][0]["certain"] == "I"
    what_if = say(night, "grade", ".", "sudden_event=yes").ok()
    assert "nothing was written; name a level, or: yuqing note" in what_if.out
    assert snapshot(night) == before


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


def test_a_slip_in_the_name_of_an_organ(office: Office) -> None:
    """领倒组 is kept as written, and the line that puts it right is one that can be typed."""
    told = say(office, "report", ".", "电话", "领倒组", at="05:08").ok()
    assert "not an organ of plan or office, kept as written: 领倒组" in told.out
    line = told.out.partition("a slip? then: yuqing ")[2].splitlines()[0]
    assert line.endswith(" to=lead-group -b …")
    mended = say(office, *line.replace("…", "打错").split(), at="05:09").ok()
    assert "→ lead-group" in mended.out
    other = say(office, "report", ".", "电话", "某某镇政府", at="05:10").ok()
    assert "a slip?" not in other.out


def test_a_duty_by_what_it_does(office: Office) -> None:
    """`done . 动态跟踪` is `done . track`; words of several duties name them, to choose one."""
    told = say(office, "done", ".", "动态跟踪", at="05:08").ok()
    assert "duty=track" in told.out
    several = say(office, "done", ".", "发布", at="05:09")
    assert several.code == 4
    assert "publish 发布权威信息" in several.err


def test_closed_too_early(office: Office) -> None:
    """Without an open case the dot says which was closed last, and how it is taken up again."""
    say(office, "close", ".", "-b", "误关", at="05:08").ok()
    lost = say(office, "note", ".", "又有新帖", at="05:09")
    assert lost.code == 4
    line = lost.err.partition("closed last: yuqing ")[2].splitlines()[0]
    say(office, *line.replace("…", "关早了").split(), at="05:10").ok()
    say(office, "note", ".", "又有新帖", at="05:11").ok()
    say(office, "close", ".", "-b", "无新增", at="05:12").ok()
    say(office, "mark", office.case_file().stem, "重新办理", "-b", "复燃", at="05:13").ok()


def test_save_says_what_it_put_right_in_a_file_typed_elsewhere(office: Office) -> None:
    """CRLF → LF, BOM dropped, final newline added, each said once."""
    path = office.case_file()
    by_hand = "\n  - kind: noted\n    at: 2026-11-22T05:00+08:00\n    text: 甲"
    typed = path.read_text(encoding="utf-8") + by_hand
    path.write_bytes(b"\xef\xbb\xbf" + typed.replace("\n", "\r\n").encode())
    ran = office("--lang", "en", "save").ok()
    for said in (
        "the byte order mark at the beginning of the file was taken out",
        "line ends of the file were made LF",
        "the last line of the file was given its end",
    ):
        assert (ran.out + ran.err).count(said) == 1
    assert path.read_bytes().count(b"\r") == 0
