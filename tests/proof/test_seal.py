"""seal, and the witnesses outside: a code read out, a push received."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW
from workbench import run_in_process

from proof.hands import FACTS, LATER, act, audit, findings, rewrite, the_file
from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

pytestmark = pytest.mark.process


def test_seal_and_verify(ws: Workspace) -> None:
    """12 signs to read out, 26 to print, of a case or of everything; checked against every prefix
    of the log, then against git history, however they were written down."""
    case, all_ = (
        run_in_process("--json", "seal", *words, cwd=ws.root).json["items"][0]
        for words in ([the_file(ws).stem], [])
    )
    assert (len(case["read_out"]), len(case["print"])) == (12, 26)
    assert case["print"].startswith(case["read_out"])
    act(ws, Entry(kind="noted", at=NOW, text="又"), 9)
    for code in (case["read_out"], case["print"], all_["read_out"], all_["print"]):
        spoken = " ".join(code[n : n + 4] for n in range(0, len(code), 4)).lower().replace("0", "o")
        ran = run_in_process("--lang", "en", "seal", "verify", spoken, cwd=ws.root).ok()
        assert desks.git(ws, "rev-parse", "HEAD~1")[:10] in ran.out
    assert run_in_process("seal", "verify", "000000000000", cwd=ws.root).code == 12
    assert run_in_process("seal", "verify", "0000", cwd=ws.root).code == 2


def test_the_code_on_a_document_is_the_sealed_one(ws: Workspace) -> None:
    """The fingerprint at the foot of each document is the code that is read out."""
    paper = run_in_process("--json", "review", ".", "--draft", cwd=ws.root).ok().json["items"][0]
    sealed = run_in_process("--json", "seal", ".", cwd=ws.root).json["items"][0]
    assert paper["fingerprint"] == sealed["read_out"]


def test_a_code_lives_on_in_the_history_after_a_merge(ws: Workspace) -> None:
    """Merged, the log has another order: the code is no prefix of it, the history still has it."""
    desks.git(ws, "switch", "-qc", "side")
    act(ws, Entry(kind="noted", at=NOW, text="支线"), 7)
    code = run_in_process("--json", "seal", ".", cwd=ws.root).json["items"][0]["read_out"]
    desks.git(ws, "switch", "-q", "main")
    act(ws, Entry(kind="noted", at=NOW, text="主线"), 5)
    desks.git(ws, "merge", "-q", "--no-ff", "-m", "m", "side")
    assert "又" not in the_file(ws).read_text("utf-8")
    assert run_in_process("seal", "verify", code, cwd=ws.root).code == 0


# --- what others received ------------------------------------------------------------------

HOOK = """#!/bin/sh
# the server's own clock; kept by the superior, not by the office that is checked
while read old new ref; do
    printf '%s %s %s\\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$new" "$ref" >> receipts.log
done
"""


def test_a_server_side_receipt_log(ws: Workspace, tmp_path: Path) -> None:
    """A bare repository of the superior: no rewriting, and a log by its own clock. It shows that
    this commit existed no later than that minute, and the code of the log is the sealed one."""
    far = tmp_path / "far.git"
    desks.git(tmp_path, "init", "-q", "--bare", str(far))
    desks.git(far, "config", "receive.denyNonFastForwards", "true")
    desks.git(far, "config", "receive.denyDeletes", "true")
    hook = far / "hooks" / "post-receive"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    desks.git(ws, "remote", "add", "superior", str(far))
    desks.git(ws, "push", "-q", "-u", "superior", "main")
    when, commit_id, ref = (far / "receipts.log").read_text().split()
    assert (commit_id, ref) == (desks.git(ws, "rev-parse", "HEAD").strip(), "refs/heads/main")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", when)
    assert "not pushed" not in audit(ws).out
    log = ("audit", "--receipts", str(far / "receipts.log"))
    ran = run_in_process("--lang", "en", *log, cwd=ws.root)
    phone, *_ = [line for line in ran.out.splitlines() if "[phone]" in line]
    assert f"witness: receipts.log, commit {commit_id[:10]} received, not later than " in phone
    verify = run_in_process("--lang", "en", "seal", "verify", commit_id, cwd=ws.root)
    assert verify.code == 0, "the id in the log is looked up as it stands there"
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    desks.git(ws, "commit", "-qa", "--amend", "-m", "x")
    pushed = subprocess.run(["git", "push", "-qf"], cwd=ws.root, capture_output=True, check=False)
    assert pushed.returncode != 0, "a rewritten history is refused there"
    assert run_in_process("seal", "verify", commit_id, cwd=ws.root).code == 12
    ran = run_in_process("--lang", "en", *log, cwd=ws.root).ok(12)
    assert f"receipts.log: commit {commit_id[:10]} was received at " in ran.out
    assert "this history lacks it" in ran.out


def received(ws: Workspace, *lines: tuple[int, str]) -> Path:
    """A log as the hook writes it: minutes after NOW, and a commit."""
    file = ws.root.parent / "receipts.log"
    stamps = [(NOW + timedelta(minutes=n)).astimezone(UTC) for n, _ in lines]
    rows = [f"{at:%Y-%m-%dT%H:%MZ} {commit} refs/heads/main"
            for at, (_, commit) in zip(stamps, lines, strict=True)]  # fmt: skip
    file.write_text("".join(row + "\n" for row in rows), "utf-8")
    return file


def test_a_push_received_is_a_witness_of_everything_it_leads_to(ws: Workspace) -> None:
    """外證 of the kind "push received": the first receipt whose commit holds the act, by the other
    side's clock; an amendment since then is witnessed by its own push only."""
    act(ws, FACTS, 4)
    sent = desks.git(ws, "rev-parse", "HEAD").strip()
    act(ws, Entry(kind="noted", at=NOW, text="又"), 9)
    later = desks.git(ws, "rev-parse", "HEAD").strip()
    file = received(ws, (30, later), (20, sent))

    def witness(duty: str) -> list[dict[str, Any]]:
        ran = run_in_process(
            "--json", "--now", LATER, "audit", "--receipts", str(file), cwd=ws.root
        )
        assert ran.json["findings"] == []
        (item,) = [each for each in ran.json["items"] if each["duty"] == duty]
        found: list[dict[str, Any]] = item["witness"]
        return found

    (one,) = witness("facts")
    assert (one["kind"], one["value"], one["by"]) == ("pushed", sent[:10], "receipts.log")
    assert one["at"] == (NOW + timedelta(minutes=20)).isoformat(timespec="minutes")
    facts = store.find_case(ws, ".", now=NOW).case.log[-2]
    act(ws, Entry(kind="amended", at=NOW, of=facts.id, because="核", set={"text": "补"}), 40)
    assert witness("facts") == []


def test_a_receipt_before_the_stamp_contradicts_it(ws: Workspace) -> None:
    """Their clock saw the commit an hour before the entry says that it was written down; clocks
    differ, so it is told with --strict."""
    head = desks.git(ws, "rev-parse", "HEAD").strip()
    file = received(ws, (-60, head))
    assert findings(ws, "--receipts", str(file)) == []
    said = [f["said"] for f in findings(ws, "--strict", "--receipts", str(file))]
    assert any("but receipts.log received it at" in each for each in said)


def test_what_is_no_receipt_is_named(ws: Workspace) -> None:
    """A log that somebody edited is read as far as it goes, and the answer is incomplete."""
    file = received(ws, (20, desks.git(ws, "rev-parse", "HEAD").strip()))
    file.write_text(file.read_text("utf-8") + "yesterday abc\n", "utf-8")
    ran = audit(ws, "--receipts", str(file))
    assert ran.code == 3
    assert ran.out.startswith("Incomplete: receipts.log: lines that are no receipt")
    assert ran.out.splitlines()[0].endswith(": 2")
    assert audit(ws, "--receipts", str(file) + "x").code == 5
