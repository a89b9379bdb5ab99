"""Fill a folder with all that an office without network needs: ``python tests/tools/wheelhouse.py DIR``.

Builds yuqing's wheel and downloads every wheel it depends on, for this machine or another:
``--platform win_amd64 --python 3.12``. There, without any network:

    python -m venv yuqing && yuqing/bin/pip install --no-index --find-links DIR yuqing
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def fill(folder: Path, platform: str | None = None, python: str | None = None) -> list[Path]:
    """The wheels that lie in ``folder`` afterwards. Raises ``CalledProcessError``."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(CHECKOUT)]
    subprocess.run(build, check=True)
    (own,) = folder.glob("yuqing-*.whl")
    other = ["--platform", platform] if platform else []
    other += ["--python-version", python] if python else []
    line = [*pip, "download", "--only-binary", ":all:", "--dest", str(folder), *other, str(own)]
    subprocess.run(line, check=True)
    return sorted(folder.glob("*.whl"))


def main() -> int:
    """Read the command line and fill the folder."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--platform", help="as wheels name it: win_amd64, manylinux_2_28_aarch64")
    reader.add_argument("--python", help="its version there: 3.12")
    wish = reader.parse_args()
    for wheel in fill(wish.folder, wish.platform, wish.python):
        print(wheel.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
