"""Move the office's pointer to a plan version: text work on ``office.yaml`` that keeps the rest."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from yuqing.errors import Refused, Said
from yuqing.read.office import read_office
from yuqing.words import N_


def adopted(data: bytes, file: str, plan: str) -> bytes:
    """``office.yaml`` with ``plan`` (``ID@VERSION``) adopted, every other byte as it was.

    It takes the place of another version of the same plan, else it comes last. The result is
    read again and must differ in ``plans`` alone; raises ``Refused`` if it does not.
    """
    before, _ = read_office(data, file)
    if before is not None and plan in before.plans:
        return data
    text = data.decode("utf-8")
    new = _spliced(text, plan).encode()
    after, _ = read_office(new, file)
    if (
        before is None
        or after is None
        or after != replace(before, plans=wanted(before.plans, plan))
    ):
        raise Refused(
            N_("the plans in {file} are written in a way that cannot be changed for you"),
            file=file,
            hint=Said(N_("write {plan} under `plans:` yourself"), {"plan": plan}),
        )
    return new


def wanted(plans: tuple[str, ...], plan: str) -> tuple[str, ...]:
    """The adopted versions with this one among them."""
    same = plan.partition("@")[0]
    if any(each.partition("@")[0] == same for each in plans):
        return tuple(plan if each.partition("@")[0] == same else each for each in plans)
    return (*plans, plan)


def _spliced(text: str, plan: str) -> str:
    name = plan if re.fullmatch(r"[\w@.-]+", plan) else json.dumps(plan, ensure_ascii=False)
    head = re.search(r"^plans[ \t]*:", text, re.MULTILINE)
    if head is None:
        line_end = "" if text.endswith("\n") or not text else "\n"
        return f"{text}{line_end}plans: [{name}]\n"
    following = re.search(r"^[^\s#-]", text[head.end() :], re.MULTILINE)
    end = head.end() + following.start() if following else len(text)
    section = text[head.end() : end]
    same = re.escape(plan.partition("@")[0])
    bare = rf"""(?P<quote>["'])?(?<![\w@.-]){same}@(?(quote)[^"'\n]+|[^\s,\]#]+)(?(quote)["'])"""
    for match in re.finditer(bare, section):
        if not _in_comment(section, match.start()):
            return (
                text[: head.end()]
                + section[: match.start()]
                + name
                + section[match.end() :]
                + text[end:]
            )
    return text[: head.end()] + _with_another(section, name) + text[end:]


def _in_comment(section: str, place: int) -> bool:
    line = section[section.rfind("\n", 0, place) + 1 : place]
    return bool(re.search(r"(^|\s)#", line))


def _with_another(section: str, name: str) -> str:
    """The value of ``plans:`` with one more name behind the others."""
    flow = re.match(r"\s*\[(.*?)\s*,?\s*\]", section, re.DOTALL)
    if flow:
        inner = flow[1].strip()
        return (
            f" [{inner}, {name}]" + section[flow.end() :]
            if inner
            else f" [{name}]" + section[flow.end() :]
        )
    items = list(re.finditer(r"^([ \t]*)- [^\n]*(?:\n|$)", section, re.MULTILINE))
    if items:
        last = items[-1]
        line = last[0] if last[0].endswith("\n") else last[0] + "\n"
        return section[: last.start()] + line + f"{last[1]}- {name}\n" + section[last.end() :]
    single = re.match(r"[ \t]*([^\s#]+)", section)
    if single:
        return f" [{single[1]}, {name}]" + section[single.end() :]
    return f" [{name}]" + section
