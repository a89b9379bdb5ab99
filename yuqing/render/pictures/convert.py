"""A picture as PNG, where this machine can make one with Chinese signs in it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from yuqing.render.pictures.canvas import PER_MM, WIDTH

DOTS = round(WIDTH / PER_MM / 25.4 * 300)
"""Dots across: 300 to the inch, on paper."""
SECONDS = 60.0
_PNG = b"\x89PNG\r\n\x1a\n"
_WINDOWS_FONTS = ("msyh.ttc", "msyh.ttf", "simsun.ttc", "simhei.ttf", "msjh.ttc", "mingliu.ttc")


def to_png(svg: str) -> bytes | None:
    """The picture at 300 dots to the inch; ``None`` where no converter is found, no font with
    Chinese signs, or where what is found fails."""
    way = _converter()
    if way is None or not has_chinese_font():
        return None
    with tempfile.TemporaryDirectory(prefix="yuqing-") as folder:
        source, target = Path(folder) / "picture.svg", Path(folder) / "picture.png"
        source.write_text(svg, encoding="utf-8")
        try:
            way(source, target)
            data = target.read_bytes()
        except Exception:  # noqa: BLE001 - a converter may fail in any way; a document does without
            return None
    return data if data.startswith(_PNG) else None


def has_chinese_font() -> bool:
    """Is a font here that has Chinese signs? Asked anew: a font may come any time."""
    asks = shutil.which("fc-list")
    if asks is not None:
        try:
            found = _run([asks, ":lang=zh", "family"])
        except (OSError, subprocess.SubprocessError):
            return False
        return bool(found.strip())
    if sys.platform == "darwin":
        return True  # PingFang belongs to the system
    fonts = Path("C:/Windows/Fonts")
    return any((fonts / name).is_file() for name in _WINDOWS_FONTS)


def _converter() -> Callable[[Path, Path], object] | None:
    """The first that is found, the quickest first."""
    rsvg = shutil.which("rsvg-convert")
    if rsvg is not None:
        return lambda source, target: _run([rsvg, "-w", str(DOTS), "-o", str(target), str(source)])
    if importlib.util.find_spec("cairosvg") is not None:
        return _by_cairo
    inkscape = shutil.which("inkscape")
    if inkscape is not None:
        return lambda source, target: _run(
            [inkscape, str(source), f"--export-width={DOTS}", f"--export-filename={target}"]
        )
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is not None:
        return lambda source, target: _by_office(office, source, target)
    return None


def _by_cairo(source: Path, target: Path) -> None:
    importlib.import_module("cairosvg").svg2png(
        url=str(source), write_to=str(target), output_width=DOTS
    )


def _by_office(office: str, source: Path, target: Path) -> None:
    """LibreOffice in a profile of its own: a window that is open elsewhere would swallow it."""
    profile = (target.parent / "profile").as_uri()
    view = re.findall(r'viewBox="([^"]*)"', source.read_text("utf-8"))[0]
    _, _, wide, high = (float(each) for each in view.split())
    size = {"PixelWidth": DOTS, "PixelHeight": round(DOTS * high / wide)}
    asked = json.dumps({n: {"type": "long", "value": f"{dots}"} for n, dots in size.items()})
    form = f"png:draw_png_Export:{asked}"
    out = ["--outdir", str(target.parent), str(source)]
    _run([office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", form, *out])


def _run(command: list[str]) -> bytes:
    """What it said. Raises ``OSError`` or ``SubprocessError`` if it fails or takes too long."""
    done = subprocess.run(  # noqa: S603 - a converter found by name, words in a list
        command, capture_output=True, check=True, timeout=SECONDS, stdin=subprocess.DEVNULL
    )
    return done.stdout
