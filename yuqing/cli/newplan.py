"""``plan new``: what a plan's author must decide because the texts do not, as a commented file."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from yuqing import screen
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.understand import nearest
from yuqing.errors import NotFound, Refused, Said, Unreadable
from yuqing.span import parse_span
from yuqing.words import N_

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Question:
    """One decision. ``choices``: what may be answered, the default first; empty: any text.

    ``empty``: no answer is an answer. ``like``: what a text must look like, and an example.
    """

    key: str
    ask: str
    choices: tuple[str, ...] = ()
    default: str = ""
    empty: bool = False
    like: tuple[str, str] = ("", "")


_TIME = r"([01]\d|2[0-3]):[0-5]\d"
QUESTIONS = (
    Question("id", N_("A short id for the plan, ASCII letters and digits"), default="own",
             like=(r"[A-Za-z][A-Za-z0-9_-]*", "town")),
    Question("title", N_("Its title"), default="不详"),
    Question("issuer", N_("Who issued it"), default="不详"),
    Question("version", N_("Its version, such as the month it was issued"),
             like=(r"[^/\\:*?\"<>|@. ]([^/\\:*?\"<>|@]*[^/\\:*?\"<>|@. ])?", "2026-01")),
    Question("levels", N_("Names of its levels, lightest first, with commas; empty: it has none"), empty=True),
    Question("report_to", N_("To which body is a matter reported first"), default="领导小组"),
    Question("report_within", N_("Within what; empty: the text gives no figure"), empty=True,
             like=("span", "2 hours")),
    Question("start", N_("From which event does that clock run, if the text does not say"),
             ("discovered", "occurred")),
    Question("days", N_("What is a bare 日 in this plan; empty: not decided yet"), ("", "natural", "working"), empty=True),
    Question("first_day", N_("Is the day of the start counted"), ("excluded", "included")),
    Question("ends", N_("When does the last day end: at midnight, or when the office closes"), ("24:00", "close")),
    Question("roll", N_("If the last day is a day off: does it stay, or move to the next working day"),
             ("none", "next_working_day")),
    Question("office_hours", N_("Office hours; needed if a day ends when the office closes"),
             default="08:30-17:30", like=(rf"{_TIME}-{_TIME}", "08:30-17:30")),
    Question("before_date", N_("「X日前」: does day X itself still count"), ("that_day_counts", "day_before")),
    Question("on_upgrade", N_("A higher level is set midway: do its new limits run from then, or from the old start"),
             ("from_upgrade", "from_start")),
    Question("approver", N_("Who must approve words to the public; empty: the text names nobody"), empty=True),
    Question("at_night", N_("Who approves at night; empty: the same"), empty=True),
    Question("follow_up", N_("「及时续报」: the office's own interval as a reminder; empty: none"), empty=True,
             like=("span", "4 hours")),
    Question("daily_at", N_("Times of a daily report, with commas; empty: there is none"), empty=True,
             like=(rf"{_TIME}(\s*[,，]\s*{_TIME})*", "08:00, 16:00")),
    Question("daily_until", N_("Until when do daily reports run"), ("calmed", "lifted", "closed")),
    Question("daily_empty", N_("Is a daily report owed without news (零报告)"), ("yes", "no")),
)  # fmt: skip
"""In the order in which they are asked (what plans leave open: time-rules, last section)."""


def register(plan: typer.Typer) -> None:
    """Bring the command into ``yuqing plan``."""
    plan.command("new", help=N_("Write a commented plan file from a few decisions."))(_new)


def _new(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", show_default=False, help=N_("The file to write (ID@VERSION.yaml).")
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            "--answers", metavar="FILE", help=N_("Answers as YAML, key: value; asks nothing.")
        ),
    ] = None,
) -> int:
    """Ask on a terminal, else take the answers from a file; what is not answered is marked."""
    run = session(ctx)

    def say(message: str, /, **params: object) -> str:
        return looking.say(run, message, **params)

    asked = answers is None and sys.stdin.isatty() and sys.stdout.isatty() and not run.json
    given = dict(_asked(run)) if asked else _from_file(run, answers)
    name = file or f"{_or_default(given, 'id')}@{_version(given, run.now)}.yaml"
    path = run.directory / name
    if path.exists():
        raise Refused(N_("{file} is there already; it was left as it is"), file=name)
    data = plan_text({**given, "version": _version(given, run.now)}, say).encode()
    from yuqing.read.plan import read_plan
    from yuqing.render import put

    plan, problems = read_plan(data, name)
    if plan is None:
        raise Unreadable(problems)
    put(path, data)
    if run.json:
        screen.dump(screen.envelope("plan-new", run.now, [{"file": name}], problems, run.language))
        return 0
    print(name)
    if not run.quiet:
        line = f"yuqing plan check {name}"
        print(
            say(
                N_("Fill in your duties beside the examples (yuqing help plan); then: {line}"),
                line=line,
            )
        )
    return 0


def _version(given: Mapping[str, str], now: dt.datetime) -> str:
    return given.get("version") or f"{now:%Y-%m}"


def _or_default(given: Mapping[str, str], key: str) -> str:
    question = next(each for each in QUESTIONS if each.key == key)
    return given.get(key) or question.default or (question.choices[0] if question.choices else "")


def _asked(run: Session) -> Iterator[tuple[str, str]]:
    """Every question on the terminal, again until the answer can be used."""
    for question in QUESTIONS:
        default = question.default or (question.choices[0] if question.choices else "")
        if question.key == "version":
            default = f"{run.now:%Y-%m}"
        shown = " / ".join(each for each in question.choices if each)
        label = looking.say(run, question.ask) + (f" ({shown})" if shown else "")
        while True:
            answer = typer.prompt(label, default=default, show_default=bool(default))
            try:
                yield question.key, checked(question, str(answer))
            except Refused as fault:
                print(looking.say(run, fault.said.key, **fault.said.params), file=sys.stderr)
                continue
            break


def _from_file(run: Session, answers: str | None) -> dict[str, str]:
    """The answers of a file. Raises ``Refused`` for a key or a value that is none."""
    if answers is None:
        return {}
    from yuqing.read.tree import parse

    path = run.directory / answers
    if not path.is_file():
        raise NotFound(N_("there is no file {name}"), name=answers)
    tree, problems = parse(path.read_bytes(), answers, as_text=True)
    if tree is None:
        raise Unreadable(problems)
    known = {each.key: each for each in QUESTIONS}
    found = {}
    for key, value in tree.value.items():
        if key not in known:
            raise Refused(
                N_("there is no question {name}"),
                hint=Said(N_("the nearest: {names}"), {"names": nearest(key, known)}),
                name=key,
            )
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
        found[key] = checked(known[key], text)
    return found


def checked(question: Question, answer: str) -> str:
    """The answer, if it is one. Raises ``Refused``."""
    answer = " ".join(answer.split())
    pattern, example = question.like
    if not answer and (question.empty or question.default or question.key == "version"):
        return answer
    if question.choices and answer not in question.choices:
        raise Refused(
            N_("{name}: {answer} is none of {choices}"),
            name=question.key,
            answer=answer,
            choices=", ".join(each for each in question.choices if each),
        )
    good = (
        parse_span(answer) is not None
        if pattern == "span"
        else not pattern or re.fullmatch(pattern, answer)
    )
    if not good or not answer:
        raise Refused(
            N_("{name}: {answer} cannot be used; write it like {example}"),
            name=question.key,
            answer=answer or "–",
            example=example or "…",
        )
    return answer


# --- the file --------------------------------------------------------------------------


def plan_text(given: Mapping[str, str], say: Say) -> str:
    """The plan file: what was decided as data and readings, the rest as examples."""

    def got(key: str) -> str:
        return _or_default(given, key)

    lines = [
        "# "
        + say(N_("Written by yuqing plan new. Every line is yours to change: yuqing help plan.")),
        "yuqing: 1",
        f"id: {got('id')}",
        f"title: {_text(got('title'))}",
        f"issuer: {_text(got('issuer'))}",
        f"version: {json.dumps(got('version'), ensure_ascii=False)}",
        "timezone: Asia/Shanghai",
        *_counting(given, got, say),
        *_readings(given, got, say),
        "# " + say(N_("Every article of the text; plan check then names those still missing:")),
        "# clauses: [第一条, 第二条]",
        "# without_rule: [第一条]",
        "organs:   # " + say(N_("offices and posts, never persons")),
        f"  lead: {_text(got('report_to'))}",
    ]
    lines += [
        f"  {key.replace('_', '-')}: {_text(given[key])}"
        for key in ("approver", "at_night")
        if given.get(key)
    ]
    lines += [*_levels(got, say), *_duties(got, say), *_gates(given, say)]
    lines += [
        "documents:",
        "  first-report: {title: 初报, requires: [time, place, situation, measures]}",
        "# " + say(N_("Articles that this tool does not serve, with the honest record instead:")),
        "# unsupported:",
        "#   - {clause: 第九条, why: 以网民身份跟帖, instead: 署名答复，并留存截图}",
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """Text as YAML takes it, whatever signs are in it."""
    return (
        value if re.fullmatch(r"[\u3400-\u9fff]+", value) else json.dumps(value, ensure_ascii=False)
    )


def _counting(given: Mapping[str, str], got: Callable[[str], str], say: Say) -> Iterator[str]:
    if got("days"):
        days = f"  days: {got('days')}"
    else:
        days = "  # days: natural   # " + say(
            N_("not decided: natural or working; needed as soon as a limit says 日")
        )
    yield "counting:   # " + say(N_("what 日 means here, and what a change of level does"))
    yield days
    yield f"  first_day: {got('first_day')}"
    yield f"  ends: {json.dumps(got('ends'))}"
    yield f"  roll: {got('roll')}"
    yield f"  before_date: {got('before_date')}"
    yield f"  on_upgrade: {got('on_upgrade')}"
    begin, _, end = got("office_hours").partition("-")
    hours = f'office_hours: {{open: "{begin}", close: "{end}"}}'
    yield hours if got("ends") == "close" or given.get("office_hours") else f"# {hours}"
    yield "# " + say(
        N_(
            "Working days need templates/calendar/YEAR.yaml (yuqing calendar YEAR); without it limits in hours still run."
        )
    )


def _readings(given: Mapping[str, str], got: Callable[[str], str], say: Say) -> Iterator[str]:
    """Each decision on an open text is a reading: a due time prints it."""
    yield "readings:   # " + say(
        N_("how the text was read; set confirmed: true, by and date once the office has decided")
    )
    chosen = (
        ("start", say(N_("from which event does the first report's clock run")), got("start")),
        ("approval", say(N_("does waiting for approval stop a clock")), say(N_("no: the clock runs on; the wait stays visible"))),
        ("upgrade", say(N_("from when do the limits of a higher level run")), got("on_upgrade")),
        ("late", say(N_("a limit already past when a duty arises")), say(N_("shown as arose late, nobody's fault"))),
        ("several", say(N_("several plans on one case")), say(N_("all run, the strictest first, each named"))),
    )  # fmt: skip
    for key, question, choice in chosen:
        answered = (
            ""
            if key in ("approval", "late", "several") or given.get(_ASKED.get(key, key))
            else "   # " + say(N_("not answered: the default"))
        )
        yield f"  {key}: {{clause: 不详, question: {_quoted(question)}, choice: {_quoted(choice)}}}{answered}"
    if got("daily_at"):
        choice = (
            say(N_("owed without news too"))
            if got("daily_empty") == "yes"
            else say(N_("owed only with news"))
        )
        yield f"  daily: {{clause: 不详, question: {_quoted(say(N_('is an empty daily report owed')))}, choice: {_quoted(choice)}}}"


_ASKED = {"upgrade": "on_upgrade"}


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _levels(got: Callable[[str], str], say: Say) -> Iterator[str]:
    names = [each.strip() for each in re.split("[,，、]", got("levels")) if each.strip()]
    if not names:
        yield "# " + say(N_("No levels. If the text has some:"))
        yield "# scales: {level: [{id: normal, name: 一般}, {id: major, name: 重大, when: {casualties: true}}]}"
        return
    yield "facts:   # " + say(N_("what the officer looks at; a level's criteria ask for it"))
    yield "  casualties: {type: boolean, ask: 是否有人员伤亡}"
    yield "  reposts: {type: integer, ask: 转发数}"
    yield "scales:"
    yield "  level:   # " + say(N_("lightest first; put the text's own criteria under when"))
    for place, name in enumerate(names):
        when = "" if place < len(names) - 1 or not place else ", when: {casualties: true}"
        yield f"    - {{id: L{place + 1}, name: {_text(name)}{when}}}"


def _duties(got: Callable[[str], str], say: Say) -> Iterator[str]:
    start = "discovered" if got("start") == "discovered" else "{fallback: [occurred, discovered]}"
    within = (
        f"limit: {_text(got('report_within'))}" if got("report_within") else "limit: {word: 及时}"
    )
    yield "duties:   # " + say(
        N_("who does what to whom, from which start, within what; clause is the article")
    )
    yield f"  first-report: {{clause: 不详, does: 首次报告, to: lead, start: {start}, {within}, done_by: {{kind: reported, document: first-report}}, reading: start}}"
    local = f", local: {_text(got('follow_up'))}" if got("follow_up") else ""
    yield f"  follow-up: {{clause: 不详, does: 续报, to: lead, start: {{done: first-report}}, until: calmed, limit: {{word: 及时{local}}}}}"
    if got("daily_at"):
        times = ", ".join(f'"{each.strip()}"' for each in re.split("[,，]", got("daily_at")))
        until = got("daily_until")
        if got("daily_empty") == "yes":
            yield f"  daily: {{clause: 不详, does: 日报, to: lead, start: discovered, until: {until}, repeat: {{each: day, at: [{times}]}}, reading: daily}}"
        else:
            yield f"  daily: {{clause: 不详, does: 有新情况的日报, to: lead, start: {{each: news}}, until: {until}, limit: 当日, reading: daily}}"
            yield "events: {news: 新情况}"


def _gates(given: Mapping[str, str], say: Say) -> Iterator[str]:
    if not given.get("approver"):
        yield "# " + say(N_("If words to the public need approval:"))
        yield "# gates: {sign-off: {clause: 第六条, before: published, needs: [{approved_by: lead}]}}"
        return
    who = "[approver, at-night]" if given.get("at_night") else "approver"
    yield "gates:"
    yield f"  sign-off: {{clause: 不详, before: published, needs: [{{approved_by: {who}}}], reading: approval}}"
