"""The JSON Schemas as editors show them: the person's language, names completed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from workbench import CHECKOUT, Office, Run

PLANS = sorted((CHECKOUT / "templates" / "plans").glob("*.yaml"))
TOOL = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
checked = pytest.mark.skipif(TOOL is None, reason="check-jsonschema is not installed")


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from nodes(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from nodes(each)


@pytest.mark.parametrize("words", [("plan", "schema"), ("schema",)])
def test_titles_and_descriptions_are_in_the_person_s_language(
    run: Run, words: tuple[str, ...]
) -> None:
    """Every field that explains itself does so in Chinese, where Chinese is spoken."""
    schema = run("--lang", "zh_CN", *words).ok().json
    said = [
        each["description"] for each in nodes(schema) if isinstance(each.get("description"), str)
    ]
    assert len(said) > 40
    assert [each for each in said if not any("\u3400" <= sign <= "\u9fff" for sign in each)] == []
    assert run("--lang", "en", *words).ok().json["properties"]["id"]["title"]
    assert schema["properties"]["plans" if words == ("schema",) else "duties"]["title"] in (
        "预案版本",
        "职责",
    )


def _run(tmp_path: Path, schema: Any, *files: Path) -> subprocess.CompletedProcess[str]:
    (tmp_path / "s.json").write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    line = [str(TOOL), "--schemafile", str(tmp_path / "s.json"), *map(str, files)]
    return subprocess.run(line, check=False, capture_output=True, encoding="utf-8")


@checked
@pytest.mark.process
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_check_jsonschema_takes_every_shipped_plan(tmp_path: Path, run: Run, language: str) -> None:
    schema = run("--lang", language, "plan", "schema", "sf").ok().json
    found = _run(tmp_path, schema, *PLANS)
    assert found.returncode == 0, found.stdout
    meta = subprocess.run(
        [str(TOOL), "--check-metaschema", str(tmp_path / "s.json")],
        check=False,
        capture_output=True,
    )
    assert meta.returncode == 0, meta.stdout


@checked
@pytest.mark.process
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("does:", "dose:"),
        ("limit: 2 hours", "limit: {spam: 2 hours}"),
        ("type: boolean", "type: bool"),
        ("days: natural", "days: some"),
    ],
)
def test_check_jsonschema_finds_a_slip(tmp_path: Path, run: Run, old: str, new: str) -> None:
    """What an editor underlines: a wrong key, a wrong choice."""
    text = next(each for each in PLANS if each.name.startswith("sf@")).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "p.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    schema = run("plan", "schema").ok().json
    assert _run(tmp_path, schema, tmp_path / "p.yaml").returncode == 1


def test_levels_organs_and_events_are_completed(office: Office) -> None:
    """An editor offers the names of the office's plan in a case file, and takes others all the same."""
    schema = office("schema").ok().json
    offered = {name for each in nodes(schema) for name in each.get("enum", [])}
    assert {
        "lead-group",
        "cac",
        "development",
        "I",
        "II",
        "III",
        "notify-three",
        "publish-I",
    } <= offered
    plain = office("plan", "schema", "sf").ok().json
    moments = plain["$defs"]["moment"]["anyOf"][0]["enum"]
    assert {"discovered", "reported", "development", "interview-given"} <= set(moments)
    assert "mainstream_media" in plain["$defs"]["condition"]["properties"]


def test_init_maps_the_schemas_in_the_person_s_language(tmp_path: Path) -> None:
    """A new office: the editor knows every kind of its files, in Chinese, with its plan's names;
    `schema --install` writes them anew, and leaves settings that are the person's alone."""
    from workbench import run_in_process

    root = tmp_path / "office"
    run_in_process("--lang", "zh_CN", "init", "office", "--plan", "sf", cwd=tmp_path).ok()
    settings = json.loads((root / ".vscode" / "settings.json").read_text("utf-8"))
    for name, places in settings["yaml.schemas"].items():
        assert places
        text = (root / name).read_text("utf-8")
        assert json.loads(text)["properties"]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text), name
    assert '"media-centre"' in (root / ".vscode" / "yuqing-case.schema.json").read_text("utf-8")
    (root / ".vscode" / "settings.json").write_text('{"mine": 1}', "utf-8")
    ran = run_in_process("--lang", "en", "schema", "--install", cwd=root).ok()
    assert ".vscode/settings.json exists; left as it is." in ran.out
    assert (root / ".vscode" / "settings.json").read_text("utf-8") == '{"mine": 1}'
    assert "The office itself" in (root / ".vscode" / "yuqing-office.schema.json").read_text(
        "utf-8"
    )
