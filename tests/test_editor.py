"""What an editor shows: the real yaml-language-server, as VS Code and others run it.

It comes from the npm registry; where node or the registry is missing the tests say so and skip.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workbench import Office, make_office, run_in_process

pytestmark = pytest.mark.slow

CASE = """\
yuqing: 1
id: YQ-20260302-7K3M
title: 停水
plans:
  - {id: sf, version: "2022-01", digest: c6c6e952b3448bb321ccdbae71ff24e412bff103d508e370db3b3a018489a6e3}
log:
  - kind: discovered
    at: 2026-03-02T01:52+08:00
  - kind: reported
    at: 2026-03-02T02:03+08:00
    form: phone
    to: lead-group
  - kind: graded
    at: 2026-03-02T02:04+08:00
    grades:
      level: I
    because: 省级媒体已转载
"""


class Server:
    """A language server that speaks over a pipe."""

    def __init__(self, command: list[str], root: Path) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root, self.count, self.rest = root, 0, b""
        self.findings: dict[str, list[dict[str, Any]]] = {}
        settings = json.loads((root / ".vscode" / "settings.json").read_text("utf-8"))
        schemas = {
            (root / name).resolve().as_uri(): globs
            for name, globs in settings["yaml.schemas"].items()
        }
        self.settings = {"yaml": {"schemas": schemas, "validate": True, "hover": True,
                                  "completion": True, "schemaStore": {"enable": False}}}  # fmt: skip
        folder = {"uri": root.as_uri(), "name": "office"}
        self.ask("initialize", {
            "processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": [folder],
            "capabilities": {"workspace": {"configuration": True, "workspaceFolders": True}},
        })  # fmt: skip
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": self.settings})

    def tell(self, method: str, params: Any, **more: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def ask(self, method: str, params: Any) -> Any:
        self.count += 1
        self.tell(method, params, id=self.count)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            said = self.hear(end - time.monotonic())
            if said and said.get("id") == self.count and "method" not in said:
                assert "error" not in said, said["error"]
                return said.get("result")
        raise TimeoutError(method)

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """The next message; what the server asks is answered, what it finds is kept."""
        assert self.process.stdout is not None
        handle = self.process.stdout.fileno()
        end = time.monotonic() + seconds
        while True:
            head, sign, body = self.rest.partition(b"\r\n\r\n")
            if sign:
                size = int(head.lower().partition(b"content-length:")[2].split()[0])
                if len(body) >= size:
                    self.rest = body[size:]
                    return self._taken(json.loads(body[:size]))
            if not select.select([handle], [], [], max(end - time.monotonic(), 0))[0]:
                return None
            self.rest += os.read(handle, 1 << 16)

    def _taken(self, said: dict[str, Any]) -> dict[str, Any]:
        if said.get("method") == "workspace/configuration":
            wanted = [self.settings.get(each.get("section")) for each in said["params"]["items"]]
            self._answer(said["id"], wanted)
        elif "id" in said and "method" in said:
            self._answer(said["id"], None)
        elif said.get("method") == "textDocument/publishDiagnostics":
            self.findings[said["params"]["uri"]] = said["params"]["diagnostics"]
        return said

    def _answer(self, number: Any, result: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", "id": number, "result": result}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def open(self, name: str, text: str) -> str:
        """Open a file in the editor; its address. Waits for what the server finds in it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.findings.pop(uri, None)
        self.tell("textDocument/didOpen", {"textDocument": document})
        end = time.monotonic() + 30
        while uri not in self.findings and time.monotonic() < end:
            self.hear(1)
        return uri

    def at(self, method: str, uri: str, text: str, mark: str) -> Any:
        """Ask about the place behind ``mark``."""
        place = text.rindex(mark) + len(mark)
        line, column = text[:place].count("\n"), place - (text[:place].rfind("\n") + 1)
        return self.ask(
            f"textDocument/{method}",
            {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}},
        )

    def labels(self, uri: str, text: str, mark: str) -> set[str]:
        """What the editor offers behind ``mark``."""
        found = self.at("completion", uri, text, mark)
        items = found["items"] if isinstance(found, dict) else found
        return {each["label"] for each in items}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("no node here: the editor's language server was not asked")
    home = tmp_path_factory.mktemp("npm")
    line = [npm, "install", "--silent", "--no-audit", "--no-fund", "yaml-language-server@1"]
    got = subprocess.run(line, cwd=home, capture_output=True, check=False, timeout=240)
    program = home / "node_modules" / ".bin" / "yaml-language-server"
    if got.returncode != 0 or not program.exists():
        pytest.skip("the npm registry was not reached: the language server was not asked")
    root = (tmp_path_factory.mktemp("editor") / "office").resolve()

    def chinese(*words: str, **more: Any) -> Any:
        return run_in_process("--lang", "zh_CN", *words, **more)

    office: Office = make_office(root, run=chinese)
    found = Server([str(program), "--stdio"], office.root)
    yield found
    found.process.kill()
    found.process.communicate()


def test_a_good_case_is_good(server: Server) -> None:
    """No finding in a file that the program takes."""
    uri = server.open("cases/YQ-20260302-7K3M.yaml", CASE)
    assert server.findings[uri] == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("kind: reported", "kind: repotred", 8),
        ("    form: phone\n", "    fromm: phone\n", 10),
        ("title: 停水\n", "", 0),
        ("kind: discovered\n    at:", "kind: discovered\n    att:", 6),
    ],
    ids=["a kind there is not", "a field there is not", "no title", "no time"],
)
def test_a_slip_is_underlined_in_its_line(server: Server, old: str, new: str, line: int) -> None:
    """The editor shows the slip where it is, while it is typed."""
    uri = server.open(
        f"cases/YQ-20260302-{abs(hash(new)) % 9000 + 1000}.yaml", CASE.replace(old, new)
    )
    found = [each["range"]["start"]["line"] for each in server.findings[uri]]
    assert found
    assert any(abs(each - line) <= 1 for each in found), found


def test_fields_explain_themselves_in_chinese(server: Server) -> None:
    """Pointing at a field tells what it means, in the language of the office."""
    uri = server.open("cases/YQ-20260302-7K3N.yaml", CASE)
    told = json.dumps(server.at("hover", uri, CASE, "    fo"), ensure_ascii=False)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told), told


def test_organs_levels_and_kinds_of_this_plan_are_offered(server: Server) -> None:
    """The words of the office's own plan, not those of plans in general."""
    text = CASE.replace("    to: lead-group\n", "    to: \n").replace("level: I", "level: ")
    uri = server.open("cases/YQ-20260302-7K3P.yaml", text)
    assert {"lead-group", "publicity"} <= server.labels(uri, text, "    to: ")
    assert {"I", "II", "III"} <= server.labels(uri, text, "      level: ")
    text = CASE + "  - kind: "
    uri = server.open("cases/YQ-20260302-7K3Q.yaml", text)
    assert {"published", "decided", "closed"} <= server.labels(uri, text, "  - kind: ")


def test_the_office_file_is_known_too(server: Server) -> None:
    """A channel of a kind that is not there is underlined."""
    text = (server.root / "templates" / "office.yaml").read_text("utf-8")
    uri = server.open("templates/office.yaml", text)
    assert server.findings[uri] == []
    bad = text + "channels: {group: {kind: pigeon}}\n"
    document = {"uri": uri, "version": 2}
    change = {"textDocument": document, "contentChanges": [{"text": bad}]}
    server.tell("textDocument/didChange", change)
    end = time.monotonic() + 30
    while not server.findings[uri] and time.monotonic() < end:
        server.hear(1)
    assert [each["range"]["start"]["line"] for each in server.findings[uri]] == [text.count("\n")]
