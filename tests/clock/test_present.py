"""What is known now takes in every entry of this minute, wherever it stands in the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from clock.scene import at, scene
from yuqing.cli.scene import Scene
from yuqing.plan import Office

DUTY = "duties: {a: {clause: 一, does: 甲, start: discovered, limit: 2 hours, done_by: published}}"


def test_a_command_knows_what_was_noted_in_its_own_minute() -> None:
    """A record seen as it stood keeps the places of its entries: the last one, noted at this
    very minute, counts though the first two had not been recorded yet."""
    set_up = scene(
        DUTY,
        """
        - {id: e1aaaa, kind: discovered, at: 2026-06-01T08:00+08:00}
        - {id: e2aaaa, kind: assigned, at: 2026-06-01T08:10+08:00, to: water, text: 查看}
        - {id: e3aaaa, kind: noted, at: 2026-06-01T08:30+08:00, text: 無, facts: {media: false}}
        - {id: e4aaaa, kind: noted, at: 2026-06-01T09:00+08:00, text: 有, facts: {media: true}}
        """,
    )
    now = at("06-01 09:00")
    later = now + dt.timedelta(hours=1)
    log = [replace(e, recorded=later if e.place < 2 else now) for e in set_up.case.log]
    seen = replace(set_up.case, log=tuple(log)).as_of(now)
    assert [each.id for each in seen.log] == ["e3aaaa", "e4aaaa"]
    command = Scene(case=seen, plans=(set_up.plan,), office=Office(), now=now, by="office")
    assert command.values(set_up.plan) == {"media": True}
