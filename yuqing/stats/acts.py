"""Acts that a year's summary counts: instructions, suggestions, requests, products, meetings.

What an act was is read from the words people give it (documents, matters, numbers, meetings);
the lists below hold them, in both scripts by folding. Nothing counts removals or comments posted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from yuqing.case import Entry
from yuqing.errors import Said
from yuqing.plan import Office, Plan
from yuqing.review.names import Names
from yuqing.stats.figure import Figure, of_cases, of_entries
from yuqing.stats.record import Record, channel, discovery, opened
from yuqing.variants import fold
from yuqing.words import N_

ADOPTION = ("adopt", "采纳")
"""In the matter of a decision to take up a suggestion."""
INSTRUCTION = ("instruction", "批示")
"""In what says that a superior's written instruction came in."""
DIGEST = ("digest", "摘报")
"""In the document, number, words or file name of a digest that went up."""
BOARD = ("留言板", "message board")
"""In the channel of a question put on the leaders' message board (領導留言板)."""
DRILL = ("演练", "drill", "exercise")
TRAINING = ("培训", "training")
ABOUT = ("评估", "评价", "修订", "计划", "方案", "evaluat", "plan")
"""In what is about a drill or a training and is none itself."""

Acts = Sequence[tuple[Record, Entry]]


def act_figures(real: Sequence[Record], office: Office) -> list[Figure]:
    """What was decided, ordered, asked for and put right in cases."""
    every = [(r, e) for r in real for e in r.log]
    instructions = [(r, e) for r, e in every if e.kind == "received" and instructs(e, r.plans)]
    decided = [(r, e) for r, e in every if e.kind == "decided" and says(e.matter, ADOPTION)]
    items = [(r, e) for r, e in every if e.kind == "assigned" and e.due]
    found = [
        _share("suggestions-adopted", N_("suggestions adopted, of those decided on"),
               [(r, e) for r, e in decided if e.outcome in ("agreed", "partly")], decided),
        _share("instructions-done", N_("superiors' instructions carried out"),
               [(r, e) for r, e in instructions if _fulfilled(r, e)], instructions),
        _share("items-done", N_("measures with a date, done"),
               [(r, e) for r, e in items if _fulfilled(r, e)], items),
        Figure(id="own-corrections", name=Said(N_("own statements put right")),
               marks=of_entries((r, e) for r, e in every if e.corrects)),
    ]  # fmt: skip
    for id_, request, name in (
        ("correction-requests", "correction", N_("formal correction requests answered")),
        ("referrals", "referral", N_("referrals answered")),
    ):
        made = [(r, e) for r, e in every if e.kind == "requested" and e.request == request]
        found.append(_share(id_, name, [(r, e) for r, e in made if _answered(r, e)], made))
    asked = [
        r for r in real if discovery(r.log) and says(channel(r, Names(r.plans, office)), BOARD)
    ]
    found.append(
        Figure(
            id="leaders-board",
            name=Said(N_("answered on the leaders' message board")),
            marks=of_cases(r for r in asked if any(e.kind == "replied" for e in r.log)),
            base=of_cases(asked),
        )
    )
    return found


def work_figures(
    real: Sequence[Record],
    drills: Sequence[Record],
    books: Sequence[Record],
    days: frozenset[dt.date] = frozenset(),
) -> list[Figure]:
    """Digests, meetings, trainings and drills, of cases and of logbooks. ``days``: on which
    other drills were played."""
    every = [(r, e) for r in (*real, *books) for e in r.log]
    held = [(r, e) for r, e in every if _held(r, e, DRILL)]
    days |= {opened(r.log).date() for r in drills}
    # what the logbook says of a day on which a drill was played is that same drill
    written = [(r, e) for r, e in held if r.case.is_logbook and e.at.date() not in days]
    trained = [(r, e) for r, e in every if _held(r, e, TRAINING)]
    other = {(r.case.id, e.place) for r, e in (*held, *trained)}
    met = [(r, e) for r, e in every if e.kind == "convened" and (r.case.id, e.place) not in other]
    return [
        Figure(
            id="digests",
            name=Said(N_("digests issued")),
            marks=of_entries(issues((*real, *books)).values()),
        ),
        Figure(id="meetings", name=Said(N_("meetings held")), marks=of_entries(met)),
        Figure(id="trainings", name=Said(N_("trainings held")), marks=of_entries(trained)),
        Figure(
            id="drills",
            name=Said(N_("drills held")),
            marks=(*of_cases(drills), *of_entries(written)),
        ),
    ]


def issues(records: Iterable[Record]) -> dict[str | tuple[object, ...], tuple[Record, Entry]]:
    """Digests that went up, by their number, else by moment and recipients: one digest over
    several cases is recorded in each of them."""
    found: dict[str | tuple[object, ...], tuple[Record, Entry]] = {}
    for record in records:
        for entry in record.log:
            if entry.kind == "reported" and _digest(entry, record.plans):
                found.setdefault(entry.number or (entry.at.timestamp(), *entry.to), (record, entry))
    return found


def _share(id_: str, name: str, counted: Acts, whole: Acts) -> Figure:
    return Figure(id=id_, name=Said(name), marks=of_entries(counted), base=of_entries(whole))


def says(text: str | None, words: Sequence[str]) -> bool:
    """Does one of the words stand in it, in either script?"""
    if not text:
        return False
    folded = fold(text)
    return any(word in folded for word in words)


def instructs(entry: Entry, plans: Sequence[Plan]) -> bool:
    """Is what came in a superior's written instruction? Its document, number, words or tag
    say so."""
    name = entry.document or ""
    titles = [p.documents[name].title for p in plans if name in p.documents]
    told = (name, *titles, entry.number, entry.text, *entry.tags)
    return any(says(each, INSTRUCTION) for each in told)


def _digest(entry: Entry, plans: Sequence[Plan]) -> bool:
    name = entry.document or ""
    titles = [p.documents[name].title for p in plans if name in p.documents]
    papers = [each.path for each in entry.files]
    return any(says(each, DIGEST) for each in (name, *titles, entry.number, entry.text, *papers))


def _held(record: Record, entry: Entry, words: Sequence[str]) -> bool:
    """A meeting of that name, a duty of that kind that was done, or a note with that tag."""
    named: tuple[str, ...]
    match entry.kind:
        case "convened":
            named = (*entry.tags, entry.meeting or "")
        case "done" if entry.duty:
            bare = entry.duty.partition("@")[0]
            does = [p.duties[bare].does for p in record.plans if bare in p.duties]
            named = tuple(does) or (bare,)
        case "noted":
            named = entry.tags
        case _:
            return False
    return any(says(each, words) and not says(each, ABOUT) for each in named)


def _fulfilled(record: Record, entry: Entry) -> bool:
    """Something closed it, or a duty that it started was met."""
    if entry.id is None:
        return False
    return any(entry.id in e.closes for e in record.log) or any(
        s.state in ("met", "met_late") and s.started_by == entry.id for s in record.standings
    )


def _answered(record: Record, entry: Entry) -> bool:
    return entry.id is not None and any(
        e.kind == "received" and entry.id in e.re for e in record.log
    )
