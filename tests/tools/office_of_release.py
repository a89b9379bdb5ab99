"""Keep an office as this release makes it: ``python tests/tools/office_of_release.py``.

Run once before a release: writes ``tests/offices/VERSION.bundle``, a git bundle of an office with
a case, a closed one, a logbook and papers. Later releases must open, check and write to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from workbench import IDENTITY, make_office  # noqa: E402 - found by the line above

from yuqing import __version__  # noqa: E402

OFFICES = HERE.parent / "offices"
NIGHT = (
    ("02:09", "new 演练:柳塘小区停水 --drill -s 软件监看 -a 01:52"),
    ("02:10", "grade . I mainstream_media=true -b 省级媒体已转载"),
    ("02:12", "report . phone lead-group -a 02:03"),
    ("02:26", "report . phone 网信办@02:20 宣传部@02:24"),
    ("02:40", "assign . 供水公司 更换主管 --due 11-30"),
    ("02:45", "amend . last text=更换主管并检查全线 -b 写漏"),
    ("05:20", "approve . lead-group@05:05 publicity@05:18 -f 通报.md"),
    ("05:40", "publish . --use last --form notice -d bulletin"),
)


def main() -> int:
    """Make the office and its bundle."""
    os.environ.update(IDENTITY)
    with tempfile.TemporaryDirectory() as home:
        office = make_office(Path(home) / "office")
        settings = office.root / "templates" / "office.yaml"
        organs = "organs: {water-co: 供水公司}\n"
        settings.write_text(settings.read_text("utf-8") + organs, "utf-8")
        office.git("commit", "-qam", "name the water company")
        (office.root / "通报.md").write_text("柳塘小区停水，正在抢修。\n", "utf-8")
        for time, line in NIGHT:
            office(*line.split(), now=f"2026-11-22T{time}+08:00").ok()
        (office.root / "通报.md").unlink()
        OFFICES.mkdir(exist_ok=True)
        bundle = OFFICES / f"{__version__}.bundle"
        subprocess.run(
            ["git", "bundle", "create", "-q", str(bundle), "HEAD", "main"],
            cwd=office.root, check=True,
        )  # fmt: skip
        print(bundle.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
