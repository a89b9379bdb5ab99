"""An office in the night of a drill, and a line typed in it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from workbench import Office, Ran, make_office

NIGHT = "2026-11-22T"
NOW = f"{NIGHT}05:07+08:00"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


DRAFT = "供水主管破裂,抢修中。集团\n"
PAPER = "{path: 通报.md, sha256: " + digest(DRAFT) + "}"


def begin(root: Path) -> Office:
    """Plan SF, a drill at level I, an item, and a draft that the lead group has passed."""
    office = make_office(root)
    (root / "通报.md").write_text(DRAFT, encoding="utf-8")
    (root / "更正.md").write_text("更正\n", encoding="utf-8")
    say(office, "new", "停水", "--drill", "-s", "监看", "-a", "01:52", at="02:09").ok()
    say(office, "grade", ".", "I", "主流媒体=是", "major_effect_likely=yes", at="02:10").ok()
    say(office, "assign", ".", "水务公司", "更换主管", "--due", "12-20", at="02:30").ok()
    say(office, "approve", ".", "lead-group@05:05", "-f", "通报.md", at="05:06").ok()
    return office


def say(office: Office, *argv: str, at: str = "05:07", day: str = NIGHT) -> Ran:
    return office("--lang", "en", *argv, now=f"{day}{at}+08:00")


def entry_ids(office: Office) -> dict[str, str]:
    """The last entry of each kind."""
    found: dict[str, str] = {}
    kind = ""
    for line in office.case_file().read_text(encoding="utf-8").splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        kind = value if key == "kind" else kind
        if key == "id" and kind:
            found[kind] = value
    return found


def snapshot(office: Office) -> dict[str, bytes]:
    """Every byte that a command could have changed."""
    files = [p for p in (office.root / "cases").rglob("*") if p.is_file()]
    return {str(p): p.read_bytes() for p in (*files, office.root / ".git/logs/HEAD")}
