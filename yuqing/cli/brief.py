"""What each command is for, in a line: `yuqing --help` shows them without loading any room.

The rooms say the same where they bring their commands; a test holds the two together. What is
missing here is looked up in its room.
"""

from __future__ import annotations

from collections.abc import Mapping

from yuqing.words import N_

HIDDEN = frozenset(("textconv",))
"""Called by git, not by people."""
GROUPS = ("plan", "drill")
"""Commands with commands of their own, which Typer lists last."""

BRIEF: Mapping[str, str] = {
    "new": N_("Open a case."),
    "note": N_("Write down what was seen or done."),
    "grade": N_(
        "Set level, category, truth or another scale; without values: criteria and questions."
    ),
    "report": N_("Report or notify one or more organs (form and organs in any order)."),
    "receive": N_("Write down what came in: prompt, transfer, instruction, question, answer."),
    "receipt": N_("The other side has our report (its number is the outside witness)."),
    "approve": N_("Someone passed, or returned, exactly this text."),
    "publish": N_("Words to the public; facts = figures stated."),
    "reply": N_("Answer to an asker or a medium."),
    "assign": N_("Make a unit responsible; with --due, an item."),
    "done": N_(
        "Fulfil items; do a duty as the plan describes it, or count an earlier entry for it."
    ),
    "mark": N_(
        "occurred discovered activated concluded calmed lifted relapsed reopened, or an event of the plan."
    ),
    "adjust": N_("Extend, waive, stop or resume, with who allowed it."),
    "amend": N_("Correct an earlier entry; it stays visible."),
    "close": N_("Close; lists what is open and then wants -b."),
    "tick": N_("Tick off a routine duty (short for `done log DUTY`)."),
    "meet": N_("Write down a meeting."),
    "decide": N_("Write down a decision (convene, adopt, finding …)."),
    "request": N_("Write down a correction request or a referral."),
    "link": N_("Say how this case hangs together with another."),
    "add": N_("Any kind, field by field."),
    "save": N_("Take in edits made by hand: check, stamp, commit."),
    "tidy": N_("File cases closed a week ago that owe nothing under cases/closed/YEAR/."),
    "redact": N_("Blank out data of people, with its trace."),
    "sync": N_("Fetch, merge, check, push."),
    "next": N_("What to do now, nearest first, and the line to type."),
    "due": N_("All running duties and open items."),
    "list": N_("Cases on the desk; closed ones with --all."),
    "overdue": N_("What is late; silent and exit 0 if nothing."),
    "show": N_("One case: state, facts, log with both times where they differ."),
    "why": N_("How a due time came about: start, limit, article, reading."),
    "render": N_("Write a document of the plan from the case."),
    "review": N_("The review (= render CASE review), one per unit."),
    "stats": N_("Figures over many cases, each traceable to its cases."),
    "ledger": N_("The ledger of all cases as a table: XLSX or CSV."),
    "handover": N_("The sheet between two shifts, one page."),
    "digest": N_("A digest of several cases: what happened, judgement, handling."),
    "faq": N_("Answered questions tagged faq, the most frequent first."),
    "search": N_("Find words in all cases, filed ones too, best first."),
    "similar": N_("Past cases like one, what was done then, how long it took."),
    "check": N_("Files that cannot be used, and findings."),
    "init": N_("Set up an office in a new or existing folder."),
    "doctor": N_("Look for trouble around the office."),
    "help": N_("Chapters: plan, case, officers, cron, audit, backup, sync, people, editor …"),
    "duty": N_("Which post is on duty now, its substitute, and gaps."),
    "schema": N_("JSON Schema of case and other files, for editors."),
    "plan": N_("Read and check the written plan."),
    "merge-file": N_("Merge driver for git: the result is written to OURS."),
    "textconv": N_("A case file in a form that differs well."),
    "audit": N_("Per duty: limit, stated, recorded, two answers; what was changed since."),
    "history": N_("Every change of a case, from → to, with its commit."),
    "seal": N_("The code of a case, or of everything; verify CODE looks it up."),
    "calendar": N_("Write a year's days off and worked week-ends to a file."),
    "board": N_("The board; with --html as a page for the wall."),
    "cron": N_("The ready lines for crontab -e, for this office."),
    "export": N_("Cases, clocks or entries as a table for other programs; limits as a calendar."),
    "import": N_("Take in an old ledger (XLSX, CSV), one case for each row."),
    "demo": N_("Play a night as a drill in a throw-away office, each command before its output."),
    "drill": N_("Play an exercise from a script, and score it."),
}
