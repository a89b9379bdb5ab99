"""What a readable case says that it should not: findings, never a refusal to record.

:data:`RULES` is the whole list (case format, section 12). A rule is a function of what there is
to look at and answers with findings; none of them judges a person, and none says more than
the record does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from yuqing.case import Case, current, effective, watches
from yuqing.check.look import Finding, Look, Rule
from yuqing.check.names import (
    done_without_act,
    plan_edited,
    scales_differ,
    unknown_codes,
    unknown_organs,
)
from yuqing.check.posts import hop_skipped, worse_untold, worsened
from yuqing.check.public import cause_too_early, stated_nowhere
from yuqing.check.times import (
    after_closed,
    at_after_recorded,
    closed_with_open_duties,
    in_logbook,
    moments_out_of_order,
    no_recorded,
    recorded_backwards,
)
from yuqing.check.words import (
    against_gates,
    files_as_recorded,
    person_data,
    phone_in_secret,
    requested_without_finding,
    stated_differently,
)
from yuqing.clock import Standing, standings
from yuqing.clock.now import NEVER
from yuqing.errors import Path, Problem
from yuqing.plan import Organ, Plan
from yuqing.span import Calendar

__all__ = ["RULES", "Finding", "Look", "Rule", "check", "settled"]

RULES: tuple[Rule, ...] = (
    no_recorded,
    at_after_recorded,
    recorded_backwards,
    moments_out_of_order,
    after_closed,
    closed_with_open_duties,
    unknown_codes,
    unknown_organs,
    done_without_act,
    plan_edited,
    scales_differ,
    stated_differently,
    stated_nowhere,
    cause_too_early,
    requested_without_finding,
    against_gates,
    phone_in_secret,
    person_data,
    files_as_recorded,
    in_logbook,
    hop_skipped,
    worsened,
)
"""Every finding that ``check`` names, one function each."""


def check(
    case: Case,
    plans: Sequence[Plan],
    file: str = "",
    lines: Mapping[Path, int] | None = None,
    *,
    organs: Mapping[str, Organ] | None = None,
    post: str | None = None,
    files: Mapping[str, str | None] | None = None,
    papers: Mapping[str, tuple[str, ...]] | None = None,
    own: Sequence[str] = (),
    calendar: Calendar | None = None,
    now: dt.datetime | None = None,
    owed: tuple[Standing, ...] | None = None,
) -> tuple[Problem, ...]:
    """Everything that :data:`RULES` find, in the order of the file.

    ``lines``: path → line, as the tree has it; ``organs``: those of ``office.yaml``; ``post``:
    its duty post; ``files``: path inside the case's files folder → SHA-256 of what lies there
    (``None`` or absent: nothing does), or nothing at all where nobody looked; ``papers``: rows of
    the text papers there; ``own``: accounts of the office itself. Without ``now`` (aware) open duties of a closed case are not asked for; ``owed``: its clocks as
    they stand then, where somebody has looked at them already.
    """
    known = {o for plan in plans for o in plan.organs} | {"public", "asker", *(organs or ())}
    if owed is None and now is not None and not case.is_logbook:
        owed = standings(current(case), plans, calendar or Calendar(), now)
    look = Look(
        case=case,
        log=effective(case),
        plans=tuple(plans),
        organs=frozenset(known),
        post=post,
        files=files,
        calendar=calendar or Calendar(),
        now=now,
        papers=papers,
        own=tuple(own),
        owed=owed or (),
    )
    found = [
        Problem(
            file=file,
            line=_line(each.path, case, lines or {}),
            path=each.path,
            key=each.said.key,
            params=each.said.params,
            severity=each.severity,
        )
        for rule in RULES
        for each in rule(look)
    ]
    return tuple(sorted(found, key=lambda problem: problem.line))


def settled(case: Case, plans: Sequence[Plan], owed: Sequence[Standing], now: dt.datetime) -> bool:
    """Does the passing of time change none of the findings any more? ``owed``: clocks that stay
    as they are. What the office's own figures still wait for, or is not stamped yet, may."""
    log = effective(case)
    if watches(log, now) or not all(e.recorded and e.at <= now for e in case.log):
        return False
    said = (len(list(worse_untold(log, plans, owed, moment))) for moment in (now, NEVER))
    return next(said) == next(said)


def _line(path: Path, case: Case, lines: Mapping[Path, int]) -> int:
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    if len(path) > 1 and isinstance(path[1], int) and path[1] < len(case.log):
        return case.log[path[1]].line
    return 0
