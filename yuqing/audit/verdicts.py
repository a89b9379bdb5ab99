"""Two answers about each duty, never mixed: what the record says, and what stands behind it.

The record can say that an act was stated, when, and when that was written down. It cannot say
that the act took place; only somebody outside can, and then never more than "not later than".
The words are neutral on purpose: 瞞報 and 謊報 are findings of people, and no value here.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from yuqing.case import Case, Entry, effective
from yuqing.clock import Standing
from yuqing.errors import Said
from yuqing.read.splice import SHORT, plain_code
from yuqing.words import N_


class Record(StrEnum):
    """What the record says about one duty (design: section 7)."""

    ON_TIME = "on_time"
    """按時: stated and written down within the limit."""
    STATED_ON_TIME = "stated_on_time"
    """自述按時、事後補記: stated within the limit, written down after it, or not yet."""
    LATE = "late"
    """逾期: late by the office's own statement."""
    NOTHING = "nothing"
    """未見記錄: the limit passed and nothing is recorded. Not 漏報."""
    CONTRADICTION = "contradiction"
    """記錄有矛盾: the times in the record cannot all be right."""
    BASIS_CHANGED = "basis_changed"
    """依據已改: start or level was changed afterwards; both limits are shown."""
    NOT_DUE = "not_due"
    """未到期."""
    WAITING = "waiting"
    """待起算: the start has not happened."""
    RELEASED = "released"
    """已解除: waived by somebody who signed for it."""
    ENDED = "ended"
    """No longer owed before it fell due."""
    DONE = "done"
    """已辦: the plan gives no figure, and it was done."""
    NOT_DONE = "not_done"
    """未辦: the plan gives no figure, and nothing is recorded."""
    INCOMPLETE = "incomplete"
    """結果不完整: the limit cannot be computed; the standing's notes say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Something outside the office that speaks for an act (外證): "not later than ``at``".

    ``kind``: ``number``, their document number on a receipt; ``code``, our fingerprint as the
    other side wrote it down; ``pushed``, a commit that a repository of theirs received. ``value``:
    that number, code or commit. ``by``: whose it is, the name of the log for a push. ``act``: id
    of the entry it speaks for; ``entry``: id of the receipt.
    """

    kind: Literal["number", "code", "pushed"]
    value: str
    by: str
    at: dt.datetime
    act: str
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The two answers. ``witness`` empty: 無外證.

    ``under_old``: with a changed basis, what the old limit alone would give, so that both can be
    shown. ``why``: the times behind a contradiction.
    """

    record: Record
    witness: tuple[Witness, ...] = ()
    under_old: Record | None = None
    under_new: Record | None = None
    why: tuple[Said, ...] = ()


def verdicts(
    standings: Sequence[Standing],
    case: Case,
    *,
    codes: Collection[str] | None = None,
    odd: Mapping[str, dt.datetime] | None = None,
    pushes: Mapping[str, Witness] | None = None,
) -> tuple[Verdict, ...]:
    """Both answers about each clock of one case.

    ``codes``: the fingerprints this case had after each entry (12 characters, upper case); with
    them a receipt whose code matches none is no witness. Without them codes are taken as noted.
    ``odd``: id of an entry that says it was written down before an older record → that one's time,
    as the history proves it. Without a history nothing is said of it: the order of the file, which
    a merge of two people's work changes, proves nothing. ``pushes``: id of an entry → the first
    receipt of a commit that holds it.
    """
    log = effective(case)
    by_id = {entry.id: entry for entry in log if entry.id is not None}
    receipts = [entry for entry in log if entry.kind == "received" and entry.re]
    return tuple(
        _verdict(
            standing,
            [by_id[each] for each in standing.acts if each in by_id],
            by_id.get(standing.started_by or ""),
            receipts,
            odd or {},
            codes,
            pushes or {},
        )
        for standing in standings
    )


def _verdict(
    standing: Standing,
    acts: Sequence[Entry],
    start: Entry | None,
    receipts: Sequence[Entry],
    odd: Mapping[str, dt.datetime],
    codes: Collection[str] | None,
    pushes: Mapping[str, Witness],
) -> Verdict:
    pushed = [pushes[act.id or ""] for act in acts if act.id in pushes]
    witness = (*witnesses(acts, receipts, codes), *pushed)
    told = [start, *acts] if start else acts
    why = tuple(said for entry in told for said in _contradictions(entry, odd))
    if why and standing.state != "incomplete":
        return Verdict(record=Record.CONTRADICTION, witness=witness, why=why)
    now_says = _against(standing, standing.limit)
    moved = standing.was_limit is not None and standing.was_limit != standing.limit
    if moved and now_says not in (Record.RELEASED, Record.ENDED, Record.INCOMPLETE):
        return Verdict(
            record=Record.BASIS_CHANGED,
            witness=witness,
            under_old=_against(standing, standing.was_limit),
            under_new=now_says,
        )
    return Verdict(record=now_says, witness=witness)


def _against(standing: Standing, limit: dt.datetime | None) -> Record:
    """What the record says about this clock if ``limit`` is the one that counts."""
    match standing.state:
        case "incomplete":
            return Record.INCOMPLETE
        case "waiting":
            return Record.WAITING
        case "released":
            return Record.RELEASED
        case "ended":
            if standing.word is None:
                return Record.ENDED
            return Record.DONE if standing.acts else Record.NOT_DONE
        case "met" | "met_late":
            if limit is None or standing.done is None:
                return Record.DONE
            if standing.done > limit:
                return Record.LATE
            written = standing.done_recorded
            in_time = written is not None and written <= limit
            return Record.ON_TIME if in_time else Record.STATED_ON_TIME
        case "overdue":
            return Record.NOTHING
        case "open" | "past_local_target":
            return Record.NOT_DONE
        case _:
            if limit is None and standing.state == "past_target":
                return Record.NOT_DONE
            return Record.NOT_DUE


def witnesses(
    acts: Sequence[Entry], log: Sequence[Entry], codes: Collection[str] | None = None
) -> tuple[Witness, ...]:
    """The receipts that speak for ``acts``: ``received`` with ``re`` to one of them, by one of
    the organs it went to, with a number or a code (case format, section 11)."""
    found: list[Witness] = []
    for receipt in log:
        if receipt.kind != "received" or receipt.by is None:
            continue
        for act in acts:
            if act.id not in receipt.re or receipt.by not in act.to:
                continue
            held: list[tuple[Literal["number", "code"], str]] = []
            if receipt.number:
                held.append(("number", receipt.number))
            code = plain_code(receipt.code or "")
            if code and (codes is None or code[:SHORT] in codes):
                held.append(("code", code))
            found += [
                Witness(
                    kind=kind,
                    value=value,
                    by=receipt.by,
                    at=receipt.at,
                    act=act.id or "",
                    entry=receipt.id,
                )
                for kind, value in held
            ]
    return tuple(found)


def _contradictions(entry: Entry, odd: Mapping[str, dt.datetime]) -> tuple[Said, ...]:
    """Times of this entry that cannot all be right; the facts, no judgement.

    Stated later than it was written down; or written down, says its stamp, before a record that
    the history proves to be older.
    """
    said: list[Said] = []
    if entry.was_known is not None and entry.at > entry.was_known:
        said.append(
            Said(
                N_("{entry}: stated for {at}, written down before that, at {recorded}"),
                {"entry": entry.id or "?", "at": entry.at, "recorded": entry.was_known},
            )
        )
    if entry.id is not None and entry.id in odd:
        said.append(
            Said(
                N_("{entry}: written down at {recorded}, but an older record at {above}"),
                {
                    "entry": entry.id or "?",
                    "recorded": entry.recorded,
                    "above": odd[entry.id],
                },
            )
        )
    return tuple(said)


def backwards(stamps: Sequence[dt.datetime | None]) -> dict[int, dt.datetime]:
    """Place of each stamp that is earlier than one before it, and that one.

    An entry put in by hand further up is later than its neighbours and no contradiction, so only
    the ones that do not fit the longest rising run are named.
    """
    stamped = [(place, stamp) for place, stamp in enumerate(stamps) if stamp is not None]
    # Patience sorting: the longest run of stamps that never goes back is what is believed, of
    # two equally long ones the one that stands first.
    tails: list[dt.datetime] = []
    ends: list[int] = []
    before: list[int] = []
    last = -1
    for index, (_, recorded) in enumerate(stamped):
        at = bisect_right(tails, recorded)
        before.append(ends[at - 1] if at else -1)
        last = index if at == len(tails) else last
        tails[at : at + 1] = [recorded]
        ends[at : at + 1] = [index]
    run: set[int] = set()
    while last >= 0:
        run.add(last)
        last = before[last]
    odd: dict[int, dt.datetime] = {}
    above: dt.datetime | None = None
    for index, (place, recorded) in enumerate(stamped):
        if index in run:
            above = recorded
        elif above is not None and recorded < above:
            odd[place] = above
    return odd
