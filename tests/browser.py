"""A headless Chromium that tests talk to over a pipe: pages are opened, looked at, resized.

Only for tests; they skip loudly where no Chromium is installed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-pipe", "--force-color-profile=srgb",
)  # fmt: skip


class Browser:
    """One page in one browser. ``seen``: every event it told of, in order."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out, self._in = to_browser, from_browser
        self._count, self._rest = 0, b""
        self.seen: list[dict[str, Any]] = []
        target = self._send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = None
        attached = self._send("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    _session: str | None = None

    def _send(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params or {}}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        wanted, end = self._count, time.monotonic() + 30
        while time.monotonic() < end:
            for each in self._read(end - time.monotonic()):
                if each.get("id") == wanted:
                    assert "error" not in each, f"{method}: {each['error']}"
                    found: dict[str, Any] = each["result"]
                    return found
        raise TimeoutError(method)

    def _read(self, seconds: float) -> list[dict[str, Any]]:
        if not select.select([self._in], [], [], max(seconds, 0))[0]:
            return []
        self._rest += os.read(self._in, 1 << 20)
        *whole, self._rest = self._rest.split(b"\0")
        found = [json.loads(each) for each in whole]
        self.seen += [each for each in found if "method" in each]
        return found

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Show a file at that size, and wait until it is loaded."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
        self._send("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._send("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.seen.clear()
        self._send("Page.navigate", {"url": path.as_uri()})
        end = time.monotonic() + 20
        while not any(e["method"] == "Page.loadEventFired" for e in self.seen):
            assert time.monotonic() < end, "the page did not load"
            self._read(0.2)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        said = self._send("Runtime.evaluate", {"expression": script, "returnByValue": True})
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wait(self, seconds: float) -> None:
        """Let the page live on, and listen."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def picture(self, path: Path) -> None:
        """A PNG of the whole page."""
        data = self._send("Page.captureScreenshot", {"captureBeyondViewport": True})["data"]
        path.write_bytes(base64.b64decode(data))

    @property
    def complaints(self) -> list[str]:
        """What stands in the console: errors, warnings, what the page's policy stopped."""
        found = []
        for each in self.seen:
            params = each.get("params", {})
            if each["method"] == "Log.entryAdded":
                found.append(params["entry"]["text"])
            elif each["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                found.append(json.dumps(params)[:300])
        return found

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for, besides itself and data in it."""
        urls = [
            each["params"]["request"]["url"]
            for each in self.seen
            if each["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith(("file:", "data:"))]


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser for the length of a test."""
    assert CHROMIUM is not None
    down_read, down_write = os.pipe()
    up_read, up_write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            # the browser reads its orders from 3 and answers on 4
            [
                "bash",
                "-c",
                f'exec "$@" 3<&{down_read} 4>&{up_write}',
                "bash",
                CHROMIUM,
                *_FLAGS,
                f"--user-data-dir={home}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(down_read, up_write),
        )
        try:
            yield Browser(down_write, up_read)
        finally:
            process.kill()
            process.wait()
            for each in (down_read, down_write, up_read, up_write):
                os.close(each)
