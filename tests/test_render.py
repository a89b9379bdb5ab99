"""Documents as an officer gets them: what they say, how they look, and what no template may do."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from papers.made import OFFICE, the_case, the_paper, the_plan, time
from workbench import Office, make_office

from yuqing import render
from yuqing.case import Case, Entry
from yuqing.errors import Refused, Unusable
from yuqing.plan import Document, Plan
from yuqing.render import template
from yuqing.review.documents import laid, role
from yuqing.review.names import Names
from yuqing.review.rows import Paper
from yuqing.span import Calendar
from yuqing.store import template_names
from yuqing.words import say

SHIPPED = dict(template_names(None, "documents"))
WORDS = ("basic-facts", "follow-up", "review", "bulletin")


def words_of(document: str, case: Case, now: str) -> Entry | None:
    """The entry whose text the document carries."""
    plan = the_plan()
    names = Names((plan,), OFFICE)
    return laid(plan.documents[document], case, (plan,), Calendar(), names, time(now)).entry


def made(
    document: str,
    form: render.Format = "md",
    *,
    plan: Plan | None = None,
    found: dict[str, Path] | None = None,
    **options: Any,
) -> render.Rendered:
    """A document of the case in tests/papers, from the shipped templates or ``found``."""
    plan = plan or the_plan()
    found = found or SHIPPED
    paper: Paper = the_paper(
        document, fingerprint="7K3MABCDEFGH", part_key=render.part_key(found), **options
    )
    asked = plan.documents[document]
    what = role(asked, (plan,))
    name = render.choose(found, asked, what, form)
    return render.render(paper, (plan,), found, name, form, office=OFFICE, role=what)


def text(document: str, **options: Any) -> str:
    return made(document, **options).data.decode()


def word(document: str, **options: Any) -> Any:
    return docx.Document(BytesIO(made(document, "docx", **options).data))


def all_text(document: Any) -> str:
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


# --- Markdown --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "now", "draft"),
    [
        ("basic-facts", "2026-11-22T02:50", False),
        ("follow-up", "2026-11-23T10:00", False),
        ("review", "2026-11-26T09:00", False),
        ("bulletin", "2026-11-22T05:30", True),
    ],
)
def test_the_documents_of_a_case(
    golden: Callable[[str, str], None], document: str, now: str, draft: bool
) -> None:
    """First report, follow-up, review, and a document with no template of its own."""
    case = the_case(head="drill: true\n" if draft else "")
    at = f"{now}+08:00"
    seen = case.as_of(dt.datetime.fromisoformat(at))
    words = words_of(document, seen, now) if draft else None
    golden(f"{document}.md", text(document, case=seen, now=now, draft=draft, words=words))


@pytest.mark.parametrize("form", ["md", "docx"])
def test_words_to_the_public_are_the_approved_ones_signed_and_nothing_internal(form: str) -> None:
    """Every public word is signed; what the office did inside is no part of it."""
    case = the_case()
    options = {"case": case, "words": words_of("bulletin", case, "2026-11-26T09:00")}
    said = text("bulletin", **options) if form == "md" else all_text(word("bulletin", **options))
    assert "柳塘小区停水原因正在抢修。" in said
    assert "示范值班室\n" in said
    assert "2026年11月26日\n" in said
    assert not [inside for inside in ("领导组", "按时", "一级", "录入") if inside in said]


def test_words_that_nobody_has_written_yet_are_not_invented() -> None:
    """The facts on record are there to write from."""
    said = text("bulletin", draft=True)
    assert "正文待拟。\n\n- 评论数：1200" in said


def test_what_nobody_has_recorded_reads_as_being_verified() -> None:
    """正在核实 where a fact is missing: incomplete rather than late."""
    said = text("basic-facts")
    assert "### 地点\n\n正在核实\n" in said
    assert "yuqing note" not in said
    assert '地点（补记 yuqing note 7K3M "…" --tag place）' in text("basic-facts", draft=True)


def test_a_drill_is_marked_on_every_heading_and_a_draft_too() -> None:
    """A drill is marked everywhere; drafts are marked."""
    said = text("review", case=the_case(head="drill: true\n"), draft=True)
    headings = [line for line in said.splitlines() if line.startswith("#")]
    assert headings
    assert all(line.endswith("【演练】【草稿】") for line in headings)
    real = text("review")
    assert "演练" not in real
    assert "草稿" not in real


def test_the_foot_says_where_the_times_come_from_and_prints_the_fingerprint() -> None:
    """The foot of each document: times come from this machine's clock and own statements."""
    for document in WORDS:
        foot = text(document).rsplit("---\n", 1)[1]
        assert "时间来自本机时钟与填报人自述" in foot
        assert "无外证" in foot
        assert "`7K3MABCDEFGH`" in foot


@pytest.mark.parametrize(
    ("title", "word_"),
    [
        ("网络舆情应急处置工作方案", "记录显示"),
        ("網絡輿情應急處置工作方案：報導、應對、級別、時限、書面報告、協調單位", "記錄顯示"),
        ("How we answer the public", "What the record says"),
    ],
)
def test_a_document_speaks_the_language_of_its_plan(title: str, word_: str) -> None:
    """Plan words are data, never translated; the words around them are in their script."""
    plan = the_plan()
    does = "report" if title.isascii() else None
    duties = {
        name: replace(duty, does=does or duty.does) for name, duty in plan.duties.items()
    }  # fmt: skip
    assert word_ in text("review", plan=replace(plan, title=title, duties=duties))


def test_signs_of_markdown_in_a_value_stay_signs() -> None:
    """A title with a bar must not break the table, a `#` must not become a heading."""
    case = replace(the_case(), title="# a|b *c* <script> `d` [e](f) x_y")
    said = text("review", case=case)
    assert r"| 事项 | \# a\|b \*c\* \<script\> \`d\` \[e\](f) x_y |" in said


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://v.example/a_b*c?x=1|2", r"https://v.example/a_b*c?x=1\|2"),
        ("一\n- 二\n1. 三", r"一<br>\- 二<br>1\. 三"),
        ("11-22 01:52", "11-22 01:52"),
        ("&lt; & AT&T", r"\&lt; & AT&T"),
        ("_a_ b_c", r"\_a\_ b_c"),
    ],
)
def test_values_in_markdown(value: str, expected: str) -> None:
    """Text prints as it stands; addresses stay addresses, lines become breaks."""
    assert template.markdown(value) == expected


def test_data_is_never_rendered_twice() -> None:
    """`{{ }}` inside data is text."""
    case = replace(the_case(), title="{{ 7 * 7 }} {% raw %}")
    assert "{{ 7 \\* 7 }} {% raw %}" in text("review", case=case)
    assert "{{ 7 * 7 }} {% raw %}" in all_text(word("review", case=case))


def test_control_characters_are_taken_out_and_counted() -> None:
    """Strip control characters with a note."""
    case = replace(the_case(), title="a\x1b[31mb\u202ec\x00")
    for form in ("md", "docx"):
        done = made("review", form, case=case)
        (said,) = done.said
        assert said.params["count"] >= 1
        assert "control characters were taken out" in say(said, "en")
    assert "a\\[31mbc" in text("review", case=case)
    assert "a[31mbc" in all_text(word("review", case=case))


# --- what a template may print ----------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_field_of_the_help_chapter_can_be_printed(tmp_path: Path, language: str) -> None:
    """What `yuqing help documents` names is there."""
    chapter = Path(render.__file__).parents[1] / "help" / language / "documents.md"
    pieces = ""
    for line in chapter.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `{"):
            codes = re.findall(r"`([^`]+)`", line)
            loops = [code for code in codes if code.startswith("{%")]
            fields = [code for code in codes if not code.startswith("{")]
            pieces += "".join(code for code in codes if code.startswith("{{"))
            pieces += "".join(
                loop + "".join(f"{{{{ {field} }}}}" for field in fields) + "{% endfor %}"
                for loop in loops
            )
    assert pieces.count("{{") > 30
    own = tmp_path / "review.md.j2"
    own.write_text(pieces, encoding="utf-8")
    assert "柳塘小区" in text("review", found={**SHIPPED, "review.md.j2": own})


# --- which template --------------------------------------------------------------------


def chosen(document: Document, *names: str, role_: str = "document") -> str:
    return render.choose(dict.fromkeys(names, Path()), document, role_, "md")


def test_a_template_is_found_by_what_the_plan_says_then_id_then_role() -> None:
    """Every document a plan declares can be rendered in Markdown."""
    names = ("own.md.j2", "notice.md.j2", "review.md.j2", "document.md.j2")
    notice = Document(id="notice", title="通报")
    assert chosen(replace(notice, template="own"), *names, role_="review") == "own.md.j2"
    assert chosen(replace(notice, template="own.md.j2"), *names) == "own.md.j2"
    assert chosen(notice, *names, role_="review") == "notice.md.j2"
    assert chosen(replace(notice, id="x"), *names, role_="review") == "review.md.j2"
    assert chosen(replace(notice, id="x"), *names) == "document.md.j2"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "missing"])
def test_only_names_found_by_listing_exist(name: str) -> None:
    """Template name `../x`: only names found by listing `templates/`."""
    with pytest.raises(Refused, match="the plan names template"):
        chosen(Document(id="x", title="通报", template=name), "document.md.j2")


# --- what no template may do -----------------------------------------------------------


def refused(tmp_path: Path, source: str) -> str:
    """The sentence that a Markdown template with this source ends in."""
    own = tmp_path / "review.md.j2"
    own.write_text(source, encoding="utf-8")
    with pytest.raises(Refused) as failure:
        made("review", found={**SHIPPED, "review.md.j2": own})
    assert failure.value.exit_code == 5
    return say(failure.value.said, "en")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (
            "# {{ doc.title }}\n\n{{ doc.nope }}\n",
            "template review.md.j2, line 3: there is no field nope",
        ),
        ("{{ nope }}\n", "template review.md.j2, line 1: there is no field nope"),
        (
            "a\n{% for row in doc.duties %}\n{{ row.lmit }}{% endfor %}",
            "template review.md.j2, line 3: there is no field lmit",
        ),
        ("{{ w.nope }}", "template review.md.j2, line 1: there is no field nope"),
        (
            "a\n{% if doc.title %}\n",
            (
                "template review.md.j2, line 2: Unexpected end of template. Jinja was looking for "
                "the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to "
                "be closed is 'if'."
            ),
        ),
        ("{{ doc.title|nope }}", "template review.md.j2, line 1: No filter named 'nope'."),
        (
            "{{ 1 / 0 }}",
            "template review.md.j2, line 1: ZeroDivisionError: division by zero",
        ),
        (
            "{% include '../secret.md.j2' %}",
            "template review.md.j2 includes ../secret.md.j2, which is not among the templates",
        ),
    ],
)
def test_a_mistake_in_a_template_names_template_line_and_field(
    tmp_path: Path, source: str, sentence: str
) -> None:
    """Template: missing field; name template, line, field."""
    assert refused(tmp_path, source) == sentence


@pytest.mark.parametrize(
    "source",
    [
        "{{ doc.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ section.__init__.__globals__ }}",
        "{{ 'a' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ doc.duties.append(1) }}",
        "{{ range(999999999)|list }}",
    ],
)
def test_a_hostile_template_reaches_nothing(tmp_path: Path, source: str) -> None:
    """Sandbox: no way to classes, files, or all of the memory."""
    assert refused(tmp_path, source).startswith("template review.md.j2, line 1: ")


def test_an_endless_template_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nested loops ran until an alarm."""
    monkeypatch.setattr(template, "SECONDS", 0.2)
    loops = "".join(f"{{% for {name} in range(99999) %}}" for name in "abc")
    sentence = refused(tmp_path, loops + "{% endfor %}" * 3)
    assert sentence == "template review.md.j2 does not end; stopped after 0.2 seconds"


def test_a_mistake_in_a_word_template_names_its_paragraph(tmp_path: Path) -> None:
    """The template says where it is wrong, in Word by the paragraph."""
    made_ = docx.Document()
    for line in ("一", "二", "{{ doc.nope }}"):
        made_.add_paragraph(line)
    made_.save(tmp_path / "review.docx")
    with pytest.raises(Refused) as failure:
        made("review", "docx", found={**SHIPPED, "review.docx": tmp_path / "review.docx"})
    sentence = say(failure.value.said, "en")
    assert sentence == "template review.docx, paragraph 3: there is no field nope"


def test_a_word_template_that_is_none_is_named(tmp_path: Path) -> None:
    """A file that only calls itself .docx."""
    (tmp_path / "review.docx").write_bytes(b"not a zip")
    with pytest.raises(Refused) as failure:
        made("review", "docx", found={**SHIPPED, "review.docx": tmp_path / "review.docx"})
    assert say(failure.value.said, "en").startswith("template review.docx: ")


def test_the_words_of_a_workspace_go_over_the_shipped_ones(tmp_path: Path) -> None:
    """An office may change a word; it need not repeat the others."""
    own = tmp_path / "wording.yaml"
    own.write_text("yuqing: 1\nwords:\n  timeline: [大事记, 大事記, Story]\n", encoding="utf-8")
    said = text("review", found={**SHIPPED, "wording.yaml": own})
    assert "大事记" in said
    assert "职责与时限" in said


def test_no_word_hides_behind_a_method_of_its_list() -> None:
    """`w.items` would print a method; such names are not used."""
    tree = render.wording(SHIPPED)["words"]
    names = {*tree, *(name for group in tree.values() if isinstance(group, dict) for name in group)}
    assert not names & set(dir(dict))


# --- writing ---------------------------------------------------------------------------


def test_an_existing_document_is_replaced_whole_or_stays(tmp_path: Path) -> None:
    """An existing output is never half-overwritten."""
    path = tmp_path / "a.md"
    render.put(path, b"one")
    render.put(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.md"]
    with pytest.raises(Unusable):
        render.put(tmp_path / "missing" / "a.md", b"x")


# --- the commands ----------------------------------------------------------------------

NOW = "2026-11-22T05:30+08:00"


_BUILT: list[Path] = []


@pytest.fixture
def night(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A drill under plan SF: found 01:52, level I, telephoned. Played once, then copied."""
    if not _BUILT:
        first = make_office(tmp_path_factory.mktemp("night") / "office")
        for now, *line in (
            ("02:09", "new", "柳塘小区停水三天", "--drill", "-s", "软件监看", "-a", "01:52"),
            ("02:10", "grade", ".", "I", "mainstream_media=true", "-b", "省级媒体已转载"),
            ("02:12", "report", ".", "phone", "lead-group", "-a", "02:03"),
        ):
            first(*line, now=f"2026-11-22T{now}+08:00").ok()
        _BUILT.append(first.root)
    return Office(shutil.copytree(_BUILT[0], tmp_path / "office"))


def test_render_prints_markdown_without_a_file(night: Office) -> None:
    """`render CASE DOCUMENT`: Markdown on stdout, notes on stderr."""
    ran = night("render", ".", "basic-facts", now=NOW).ok()
    assert ran.out.startswith("**本件为演练材料")
    assert "# 舆情基本情况报告【演练】" in ran.out
    assert "not on record yet: time" not in ran.err
    assert "not on record yet: place、category" in ran.err


def test_render_writes_word_by_the_name_of_the_file(night: Office) -> None:
    """The format follows the suffix."""
    ran = night("render", ".", "basic-facts", "-o", "初报.docx", now=NOW).ok()
    assert ran.out.startswith("初报.docx  舆情基本情况报告 (drill)  fingerprint ")
    made_ = docx.Document(str(night.root / "初报.docx"))
    assert "柳塘小区停水三天" in all_text(made_)


def test_the_fingerprint_is_that_of_the_file(night: Office) -> None:
    """The fingerprint printed on each document that goes up."""
    from yuqing.read.splice import fingerprint
    from yuqing.read.tree import parse

    tree, _ = parse(night.case_file().read_bytes(), "x", as_text=True)
    assert tree is not None
    ran = night("render", ".", "basic-facts", now=NOW).ok()
    assert f"`{fingerprint(tree.value)}`" in ran.out


def test_a_hand_written_entry_shows_at_once_and_is_not_in_the_fingerprint(night: Office) -> None:
    """Marked 手工 until saved; a code over an unsaved entry would never be found again."""
    code = r"案件校验码：`(\w{12})`"
    before = re.findall(code, night("render", ".", "basic-facts", now=NOW).ok().out)
    with night.case_file().open("a", encoding="utf-8") as file:
        file.write("\n  - kind: noted\n    at: 2026-11-22T02:30+08:00\n    text: 供水车已到\n")
    # no --now: what nobody has stamped yet did not stand in the record at any past time
    ran = night("render", ".", "basic-facts").ok()
    assert "| 11-22 02:30 | 手工，未入库 | 值班室 | 记录 | 供水车已到 |" in ran.out
    assert re.findall(code, ran.out) == before
    assert "the fingerprint leaves out what is typed by hand" in ran.err


def test_documents_may_be_named_by_title_or_by_what_they_are_for(night: Office) -> None:
    """Words of plan and tool are taken in both languages."""
    by_id = night("render", ".", "basic-facts", now=NOW).ok().out
    assert night("render", ".", "初报", now=NOW).ok().out == by_id
    assert night("render", ".", "舆情基本情况报告", now=NOW).ok().out == by_id
    review = night("review", ".", now=NOW).ok().out
    assert night("render", ".", "review", now=NOW).ok().out == review


def test_as_json_the_document_and_what_is_missing(night: Office) -> None:
    """`--json` envelope."""
    answer = night("--json", "render", ".", "basic-facts", now=NOW).ok().json
    (item,) = answer["items"]
    assert answer["kind"] == "rendered"
    assert (item["document"], item["drill"], item["file"]) == ("basic-facts", True, None)
    assert "place" in item["missing"]
    assert item["text"].startswith("**本件")


def test_a_gated_document_waits_for_its_approvals(night: Office) -> None:
    """Final documents whose act is gated are refused unless --draft."""
    ran = night("render", ".", "bulletin", "-o", "通报.docx", now=NOW)
    assert ran.code == 5
    assert "情况通报 may not go out yet: 六(三): not yet agreed by 舆情处置领导组" in ran.err
    assert not (night.root / "通报.docx").exists()
    night("render", ".", "bulletin", "-o", "通报.docx", "--draft", now=NOW).ok()
    assert "【草稿】" in all_text(docx.Document(str(night.root / "通报.docx")))
    for organ in ("lead-group", "publicity"):
        night("approve", ".", organ, "-f", "通报.docx", now=NOW).ok()
    ran = night("render", ".", "bulletin", now="2026-11-22T05:40+08:00").ok()
    assert "草稿" not in ran.out


def test_what_was_approved_in_the_past_is_seen_as_of_then(night: Office) -> None:
    """`--now` in the past: as the record stood at T."""
    early = night("render", ".", "basic-facts", now="2026-11-22T02:09+08:00").ok().out
    assert "未定级" in early
    assert "值班室 | 电话报告" not in early
    ran = night("render", ".", "basic-facts", now="2026-11-21T00:00+08:00")
    assert ran.code in (4, 5)


def test_a_broken_template_leaves_the_old_document_alone(night: Office) -> None:
    """Existing report not overwritten."""
    (night.root / "复盘.md").write_text("old", encoding="utf-8")
    own = night.root / "templates" / "documents"
    own.mkdir(parents=True, exist_ok=True)
    (own / "review.md.j2").write_text("{{ doc.titel }}", encoding="utf-8")
    ran = night("review", ".", "-o", "复盘.md", now=NOW)
    assert ran.code == 5
    assert ran.err.strip() == "template review.md.j2, line 1: there is no field titel"
    assert (night.root / "复盘.md").read_text(encoding="utf-8") == "old"


def test_a_template_of_the_workspace_goes_first(night: Office) -> None:
    """Workspace templates first, else packaged."""
    own = night.root / "templates" / "documents"
    own.mkdir(parents=True, exist_ok=True)
    (own / "basic-facts.md.j2").write_text("本单位格式 {{ doc.title }}", encoding="utf-8")
    assert night("render", ".", "basic-facts", now=NOW).ok().out == "本单位格式 柳塘小区停水三天\n"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("nope",), 5, "no document nope in the plan"),
        (("basic-facts", "-o", "a.pdf"), 5, "the format cannot be told from a.pdf"),
        (("basic-facts", "--format", "docx"), 2, "a Word document needs a file"),
        (("basic-facts", "--format", "pdf"), 2, "no format pdf"),
        (("basic-facts", "-o", "a.md", "--format", "docx"), 5, "a.md is not the name of"),
        (("basic-facts", "-o", "cases/a.md"), 5, "cases/a.md lies in cases/"),
        (("basic-facts", "-o", "templates/a.md"), 5, "templates/a.md lies in templates/"),
        (("basic-facts", "-o", "nowhere/a.md"), 8, "there is no folder nowhere"),
        (("review", "--unit", "cac"), 5, "市委网信办 has no part in YQ-"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    night: Office, words: tuple[str, ...], code: int, sentence: str
) -> None:
    """One sentence with what, where and the remedy; nothing changed."""
    before = night.git("status", "--porcelain")
    ran = night("render", ".", *words, now=NOW)
    assert (ran.code, ran.out) == (code, "")
    assert sentence in ran.err
    assert night.git("status", "--porcelain") == before


def test_a_logbook_has_no_documents(office: Office) -> None:
    """Documents are written from cases."""
    office("tick", "daily-search", "7个渠道无新增").ok()
    assert office("review", "log").code == 5


def test_a_review_for_each_unit(night: Office) -> None:
    """`--unit U`: one per unit."""
    for unit in ("水务公司", "道路公司"):
        night("assign", ".", unit, "承办", now=NOW).ok()
    night("mark", ".", "calmed", "-b", "无新增", now="2026-11-22T05:40+08:00").ok()
    both = night("review", ".", now="2026-11-22T05:50+08:00").ok()
    assert "each of these units owes its own: 水务公司、道路公司" in both.err
    one = night("review", ".", "--unit", "道路", now="2026-11-22T05:50+08:00").ok()
    assert "| 填报单位 | 道路公司 |" in one.out
    assert "（水务公司）" not in one.out


# --- files -----------------------------------------------------------------------------


def test_a_folder_gets_the_name_that_an_office_would_choose(night: Office) -> None:
    """File names that an office would choose: 2026-11-25 输水管破裂 首报.docx."""
    (night.root / "送审").mkdir()
    night("render", ".", "basic-facts", "-o", "送审", now=NOW).ok()
    night("render", ".", "basic-facts", "-o", "送审", "--format", "html", now=NOW).ok()
    names = sorted(p.name for p in (night.root / "送审").iterdir())
    stem = "2026-11-22 柳塘小区停水三天 舆情基本情况报告(演练)"
    assert names == [f"{stem}.docx", f"{stem}.html"]


def test_a_title_never_leads_out_of_the_folder(night: Office) -> None:
    """Signs that a file system takes for its own are no part of a name."""
    night("amend", ".", "head", 'title=../../a/b:c*?"<>|' + "长" * 60, "-b", "x", now=NOW).ok()
    (night.root / "送审").mkdir()
    night("render", ".", "basic-facts", "-o", "送审", now="2026-11-22T05:40+08:00").ok()
    (name,) = [p.name for p in (night.root / "送审").iterdir()]
    assert not set(name) & set('/\\:*?"<>|')
    assert len(name.encode()) <= 255


def test_what_a_person_changed_in_word_is_not_replaced(night: Office) -> None:
    """Nothing overwritten without saying so: an edit by hand is not lost."""
    line = ("render", ".", "basic-facts", "-o", "初报.docx")
    assert "in place of" not in night(*line, now=NOW).ok().out
    assert "in place of" not in night(*line, now=NOW).ok().out  # the same document
    later = night(*line, "--signer", "某某", now=NOW).ok()
    assert "(in place of the older file)" in later.out
    edited = docx.Document(str(night.root / "初报.docx"))
    edited.paragraphs[0].add_run("手改")
    edited.save(str(night.root / "初报.docx"))
    before = (night.root / "初报.docx").read_bytes()
    ran = night(*line, now=NOW)
    assert ran.code == 5
    assert "was changed by hand" in ran.err
    assert (night.root / "初报.docx").read_bytes() == before
    quiet = night("-q", *line, "--force", now=NOW).ok()
    assert "初报.docx replaces the older file" in quiet.err


def test_a_document_that_was_sent_can_be_made_again(night: Office) -> None:
    """Recorded by document and template digest, and reproduced from the case as it then was."""
    made_ = night("--json", "render", ".", "basic-facts", "-o", "初报.docx", now=NOW).ok().json
    (item,) = made_["items"]
    sent = hashlib.sha256((night.root / "初报.docx").read_bytes()).hexdigest()
    assert (item["sha256"], item["layout"]) == (sent, "layout-report.docx")
    assert len(item["template_digest"]) == 64
    later = "2026-11-22T05:35+08:00"
    night(
        "report", ".", "written", "lead-group", "-d", "basic-facts", "-f", "初报.docx", now=later
    ).ok()
    assert f"sha256: {sent}" in night.case_file().read_text(encoding="utf-8")
    night("note", ".", "评论回落", now="2026-11-22T05:36+08:00").ok()
    night("render", ".", "basic-facts", "-o", "重出.docx", now=NOW).ok()
    assert hashlib.sha256((night.root / "重出.docx").read_bytes()).hexdigest() == sent


def test_the_number_that_it_went_out_under_is_printed(night: Office) -> None:
    """文號 is typed, or taken from the entry that recorded it; never invented."""
    blank = night("render", ".", "basic-facts", "--format", "html", now=NOW).ok().out
    assert "〔待填写：文号〕" in blank
    line = ("report", ".", "written", "lead-group", "-d", "basic-facts", "-m", "已报")
    night(*line, "-n", "青城投〔2026〕12号", now="2026-11-22T05:35+08:00").ok()
    later = "2026-11-22T05:36+08:00"
    said = night("render", ".", "basic-facts", "--format", "html", now=later).ok().out
    assert "青城投〔2026〕12号" in said
    typed = night("render", ".", "basic-facts", "--format", "html", "-n", "x[2026]3", now=later)
    assert "x〔2026〕3号" in typed.ok().out
