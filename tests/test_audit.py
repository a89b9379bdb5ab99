"""What the record says about a duty, and what stands behind it: two answers, never mixed."""

from __future__ import annotations

import pytest
from papers.made import the_case, the_plan, time

from yuqing.audit import Record, Verdict, verdicts
from yuqing.case import Case
from yuqing.clock import standings
from yuqing.render import wording
from yuqing.span import Calendar
from yuqing.store import template_names


def told(case: Case, duty: str, now: str, **options: object) -> Verdict:
    """The verdict on the first clock of that duty, as the clock itself computes it."""
    found = standings(case, (the_plan(),), Calendar(), time(now))
    (standing, *_) = [each for each in found if each.duty == duty]
    return verdicts([standing], case, **options)[0]  # type: ignore[arg-type]  # what the test turns


def entry(**fields: str) -> str:
    """One entry at the end of the file, recorded on the 26th unless it says otherwise."""
    fields = {"recorded": "2026-11-26T08:00+08:00", "id": "q5r8vb", **fields}
    lines = [f"{name.rstrip('_')}: {value}" for name, value in fields.items()]
    return "\n  - " + "\n    ".join(lines) + "\n"


def reported(at: str, recorded: str, **more: str) -> str:
    """The written review, stated and written down at these times."""
    return entry(
        kind="reported",
        at=f"{at}+08:00",
        by="water-co",
        form="written",
        to="lead-group",
        document="review",
        recorded=f"{recorded}+08:00",
        **more,
    )


# Calm on 11-24 16:00: the review is owed until 11-27 24:00.
@pytest.mark.parametrize(
    ("at", "recorded", "expected"),
    [
        ("2026-11-26T11:00", "2026-11-26T11:05", Record.ON_TIME),
        ("2026-11-28T00:00", "2026-11-28T00:00", Record.ON_TIME),  # exactly at the limit
        ("2026-11-26T11:00", "2026-11-28T00:01", Record.STATED_ON_TIME),
        ("2026-11-28T00:01", "2026-11-28T00:05", Record.LATE),
    ],
)
def test_stated_and_written_down_against_the_limit(
    at: str, recorded: str, expected: Record
) -> None:
    """按時: both within; 自述按時、事後補記: stated ≤ D < recorded; 逾期: stated > D."""
    case = the_case(reported(at, recorded))
    assert told(case, "review", "2026-11-29T09:00").record is expected


def test_a_hand_written_entry_that_nobody_stamped_is_an_own_statement() -> None:
    """A hand-written entry counts at once; that it was written in time nobody can say yet."""
    text = reported("2026-11-26T11:00", "X").replace("recorded: X+08:00\n    ", "")
    text = text.replace("id: q5r8vb\n    ", "")
    answer = told(the_case(text), "review", "2026-11-26T12:00")
    assert answer.record is Record.STATED_ON_TIME


def test_nothing_recorded_after_the_limit_is_no_accusation() -> None:
    """未見記錄: not 漏報, not 未報."""
    assert told(the_case(), "review", "2026-11-28T00:01").record is Record.NOTHING
    assert told(the_case(), "review", "2026-11-28T00:00").record is Record.NOT_DUE


def test_one_of_two_recipients_is_not_the_whole() -> None:
    """The duty is late if any required organ was reached late; the open ones are named."""
    void = entry(
        kind="amended",
        at="2026-11-26T08:00+08:00",
        by="值班室",
        of="k7rw2p",
        void="true",
        because="打错电话",
    )
    answer = told(the_case(void), "notify", "2026-11-26T09:00")
    assert (answer.record, answer.under_new) == (Record.BASIS_CHANGED, Record.NOTHING)


def test_a_start_that_has_not_happened_is_waiting_never_fine() -> None:
    """待起算."""
    case = the_case()
    earlier = case.as_of(time("2026-11-24T15:00"))
    assert told(earlier, "review", "2026-11-24T15:00").record is Record.WAITING


def test_a_release_is_somebodys_signature() -> None:
    """已解除: waived, by whom and why."""
    release = entry(
        kind="adjusted",
        at="2026-11-25T12:00+08:00",
        by="lead-group",
        duty="review",
        release="true",
        because="并入年度总结",
    )
    assert told(the_case(release), "review", "2026-11-29T09:00").record is Record.RELEASED


def test_a_duty_without_figure_is_done_or_not_done() -> None:
    """已辦 or 未辦: no figure in the plan, so neither on time nor late."""
    assert told(the_case(), "follow-up", "2026-11-23T09:00").record is Record.NOT_DONE
    followed = entry(
        kind="reported",
        at="2026-11-22T12:00+08:00",
        by="water-co",
        to="lead-group",
        document="follow-up",
    )
    assert told(the_case(followed), "follow-up", "2026-11-26T09:00").record is Record.DONE


def test_a_moved_start_shows_both_limits_and_what_each_would_say() -> None:
    """依據已改: start or level was changed; both limits shown."""
    answer = told(the_case(), "notify", "2026-11-26T09:00")
    assert answer.record is Record.BASIS_CHANGED
    assert (answer.under_new, answer.under_old) == (Record.LATE, Record.LATE)


def test_stated_later_than_written_down_contradicts_itself() -> None:
    """記錄有矛盾: list the facts; no verdict."""
    case = the_case(reported("2026-11-26T11:00", "2026-11-26T10:59"))
    answer = told(case, "review", "2026-11-29T09:00")
    assert answer.record is Record.CONTRADICTION
    (said,) = answer.why
    assert said.params["entry"] == "q5r8vb"


def test_a_stamp_before_an_older_record_contradicts_it() -> None:
    """Recorded earlier than a record that the history proves to be older."""
    case = the_case(reported("2026-11-25T10:30", "2026-11-25T10:31"))
    odd = {"q5r8vb": time("2026-11-25T11:00")}
    answer = told(case, "review", "2026-11-29T09:00", odd=odd)
    assert answer.record is Record.CONTRADICTION
    assert answer.why[0].params["above"] == time("2026-11-25T11:00")


def test_the_order_of_the_file_alone_accuses_nobody() -> None:
    """An honest merge puts one person's earlier entry behind another's: without the history
    nothing is said of it."""
    case = the_case(reported("2026-11-25T10:30", "2026-11-25T10:31"))
    assert told(case, "review", "2026-11-29T09:00").record is Record.ON_TIME


def test_a_late_entry_put_in_further_up_accuses_nobody() -> None:
    """By hand: `save` stamps an entry where it stands, above older ones."""
    text = reported("2026-11-25T10:30", "2026-11-26T08:00")
    anchor = "\n  - kind: noted\n    at: 2026-11-25T10:00+08:00"
    case = the_case(replacing=(anchor, text + anchor))
    assert told(case, "review", "2026-11-29T09:00").record is Record.ON_TIME
    assert told(case, "jbn6y4", "2026-11-29T09:00").record is Record.NOT_DUE


def test_without_anyone_outside_there_is_no_witness() -> None:
    """無外證."""
    assert told(the_case(), "publish", "2026-11-26T09:00").witness == ()


def test_a_receipt_with_a_number_is_a_witness_of_no_later_than() -> None:
    """外證 with its kind and time: `received` with `re` to it and `by` among its `to`."""
    (witness,) = told(the_case(), "notify", "2026-11-26T09:00").witness
    assert (witness.kind, witness.value, witness.by) == ("number", "网信电收〔2026〕88", "cac")
    assert witness.at == time("2026-11-22T02:22")
    assert witness.act == "hq2nt5"


RECEIPT = {"kind": "received", "at": "2026-11-26T12:00+08:00", "id": "z2y7mt"}
REVIEW = reported("2026-11-26T11:00", "2026-11-26T11:05")


@pytest.mark.parametrize(
    ("fields", "witnessed"),
    [
        ({"by": "lead-group", "re": "q5r8vb", "number": "收〔2026〕5"}, True),
        ({"by": "lead-group", "re": "q5r8vb", "code": "7k3mabcdefgh"}, True),
        ({"by": "lead-group", "re": "q5r8vb", "text": "收到"}, False),  # nothing to look up
        ({"by": "publicity", "re": "q5r8vb", "number": "收〔2026〕5"}, False),  # not addressed
        ({"by": "lead-group", "re": "nj21ta", "number": "收〔2026〕5"}, False),  # another act
        ({"from_": "lead-group", "number": "收〔2026〕5"}, False),  # about nothing
    ],
)
def test_what_counts_as_a_receipt(fields: dict[str, str], witnessed: bool) -> None:
    """With number or code, about the act, by one of its recipients."""
    case = the_case(REVIEW + entry(**{**RECEIPT, **fields}))
    assert bool(told(case, "review", "2026-11-29T09:00").witness) is witnessed


def test_a_code_that_the_case_never_had_is_no_witness() -> None:
    """A code is checked against every prefix of the log."""
    receipt = entry(**{**RECEIPT, "by": "lead-group", "re": "q5r8vb", "code": "7k3mabcdefgh"})
    case = the_case(REVIEW + receipt)
    now = "2026-11-29T09:00"
    assert told(case, "review", now, codes={"7K3MABCDEFGH"}).witness
    assert not told(case, "review", now, codes={"000000000000"}).witness


def test_a_void_receipt_is_none() -> None:
    """Void entries are out of the effective log."""
    case = the_case(
        entry(kind="amended", at="2026-11-26T08:00+08:00", by="值班室", of="sapv7c", void="true",
              because="输错")
    )  # fmt: skip
    assert told(case, "notify", "2026-11-26T09:00").witness == ()


def test_every_answer_has_its_word_and_none_accuses() -> None:
    """瞞報 and 謊報 are findings of people: the tool never writes them."""
    said = wording(template_names(None, "documents"))["words"]["record"]
    assert set(said) == {str(each) for each in Record}
    assert not any("瞒报" in w or "谎报" in w or "漏报" in w for ws in said.values() for w in ws)


def test_time_only_takes_back_what_was_not_yet_due() -> None:
    """Time only worsens a standing: the record's answer never turns better by waiting."""
    seen = [
        told(the_case(), "review", f"2026-11-{day}T12:00").record
        for day in ("25", "26", "27", "28", "29")
    ]
    assert seen == [Record.NOT_DUE] * 3 + [Record.NOTHING] * 2
