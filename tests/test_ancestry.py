"""Several honest clones, merged every which way: the walk along the ancestry finds nothing.

Commits, merges and merge bases are made here as git would make them, without starting it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from dataclasses import dataclass, field

import pytest
from test_merge import ONE, TWO, entry, file, log

from yuqing.audit import Commit, Receipt, first_received, walk
from yuqing.audit.past import Step
from yuqing.read.merge import merge


@dataclass
class Graph:
    """Who follows whom, and the case file in each commit."""

    parents: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"c0": ()})
    data: dict[str, bytes] = field(default_factory=lambda: {"c0": file(ONE, TWO)})

    def commit(self, data: bytes, *parents: str) -> str:
        name = f"c{len(self.parents)}"
        self.parents[name], self.data[name] = parents, data
        return name

    def past(self, name: str) -> set[str]:
        """Everything a commit goes back to, itself too."""
        found, left = set(), [name]
        while left:
            each = left.pop()
            found.add(each)
            left += [p for p in self.parents[each] if p not in found]
        return found

    def base(self, one: str, two: str) -> bytes:
        """What both sides had; where that is several commits, they are merged first."""
        common = self.past(one) & self.past(two)
        best = sorted(c for c in common if not any(c != d and c in self.past(d) for d in common))
        first, data = best[0], self.data[best[0]]
        for each in best[1:]:
            data = merge(self.base(first, each), data, self.data[each]).data
        return data

    def steps(self) -> list[Step]:
        name = {each: hashlib.sha256(data).hexdigest() for each, data in self.data.items()}
        return [
            Step(each, parent, "X", name[parent] if parent else None, name[each], "f", "f",
                 parents=max(1, len(parents)))
            for each, parents in self.parents.items()
            for parent in (parents or (None,))
            if parent is None or self.data[parent] != self.data[each]
        ]  # fmt: skip

    def found(self) -> list[str]:
        texts = {hashlib.sha256(data).hexdigest(): data for data in self.data.values()}
        return [
            f"{each.commit} {each.kind} {each.entry}" for each in walk(self.steps(), texts).found
        ]


def night(seed: int) -> Graph:
    """Three or four clones that note, answer each other, and merge whom they like."""
    dice = random.Random(seed)
    graph, heads = Graph(), ["c0"] * dice.choice([3, 4])
    for minute in range(5, 25):
        here, there = dice.sample(range(len(heads)), 2)
        mine, other = heads[here], heads[there]
        if dice.random() < 0.6:
            present = [each["id"] for each in log(graph.data[mine])]
            more = {"re": dice.choice(present)} if dice.random() < 0.4 else {}
            name = f"{dice.choice('bcdefg')}{minute:05d}"
            added = entry(name, f"第{minute}分", minute, **more)
            heads[here] = graph.commit(graph.data[mine].rstrip() + f"\n\n{added}".encode(), mine)
        elif mine in graph.past(other):
            heads[here] = other
        elif other not in graph.past(mine):
            merged = merge(graph.base(mine, other), graph.data[mine], graph.data[other])
            assert not merged.conflicts
            heads[here] = graph.commit(merged.data, mine, other)
    return graph


@pytest.mark.parametrize("fifty", range(3))
def test_honest_clones_are_no_finding(fifty: int) -> None:
    """Where a merge ends clean there is never a finding in `audit`, whatever the order of the
    merges: an earlier entry of one clone comes to stand behind a later one of another."""
    merges = 0
    for seed in range(fifty * 50, fifty * 50 + 50):
        graph = night(seed)
        assert graph.found() == [], seed
        merges += sum(len(parents) > 1 for parents in graph.parents.values())
    assert merges > 100


def test_what_the_merge_did_not_put_in_order_somebody_did() -> None:
    """Two entries of one side, turned round in the merge commit: no parent, no older version and
    no rank explains it."""
    turned = 0
    for seed in range(60):
        graph = night(seed)
        merges = [name for name, parents in graph.parents.items() if len(parents) > 1]
        if not merges:
            continue
        last = merges[-1]
        if any(last in parents for parents in graph.parents.values()):
            continue
        parts = graph.data[last].decode().rstrip().split("\n\n")
        parts[-2:] = parts[:-3:-1]
        graph.data[last] = ("\n\n".join(parts) + "\n").encode()
        both = {each["id"] for each in log(graph.data[last])[-2:]}
        for parent in graph.parents[last]:
            if both <= {each["id"] for each in log(graph.data[parent])}:
                assert any("moved" in each for each in graph.found()), seed
                turned += 1
                break
    assert turned > 5


def test_a_receipt_speaks_for_everything_that_leads_to_its_commit() -> None:
    """Not later than the first push that held it: on a side branch too, and never the other way."""
    noon = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
    order = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "e": ("d",)}
    commits = [Commit(name, parents, noon) for name, parents in order.items()]
    early, late = Receipt(noon, "b"), Receipt(noon + dt.timedelta(hours=1), "d")
    found = first_received([late, early, Receipt(noon, "unknown")], commits)
    assert found == {"a": early, "b": early, "c": late, "d": late}
