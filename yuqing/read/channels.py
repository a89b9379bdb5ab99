"""Channels of ``office.yaml``: which fields each kind needs, and that no secret stands in git."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from yuqing.notation import Fault, ReadOn, checked
from yuqing.read.reading import Reading, fail
from yuqing.words import N_

_COMMON = frozenset(("kind", "stages", "off", "keyword"))
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "dingtalk": ("url_from",),
    "wecom": ("url_from",),
    "feishu": ("url_from",),
    "webhook": (),
    "exec": ("command",),
    "mail": ("host", "sender", "to"),
}
_MAY: Mapping[str, tuple[str, ...]] = {
    "dingtalk": ("secret_from",),
    "wecom": (),
    "feishu": ("secret_from",),
    "webhook": ("url", "url_from"),
    "exec": (),
    "mail": ("port", "tls", "user", "password_from"),
}
_SECRET_INSIDE = re.compile(r"(?i)[?&](access_?token|token|key|secret|sign)=|//[^/]*@")


def variable(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    """The name of an environment variable. What it must not be is the secret itself."""
    found = read_on(value)
    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,63}", found):
        key = N_("a name of an environment variable stands here, never the secret: git keeps it")
        raise fail(value, (key, {}))
    return found


def channel(value: Any, read_on: ReadOn, r: Reading) -> Any:
    """One channel, with what its kind needs."""
    faults = [*_faults(value)] if isinstance(value, dict) else []
    return checked(value, read_on, faults, r)


def _faults(value: Mapping[str, Any]) -> Iterator[Fault]:
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in _NEEDS:
        return
    if kind in ("dingtalk", "wecom", "feishu") and "url" in value:
        key = N_("the address of a robot is a secret: put it into the environment, use url_from")
        yield ("url",), key, {}
        return
    for name in _NEEDS[kind]:
        if name not in value:
            yield (), N_("a channel of kind {kind} needs `{field}`"), {"kind": kind, "field": name}
    if kind == "webhook" and ("url" in value) == ("url_from" in value):
        yield (), N_("a webhook has either `url` or `url_from`"), {}
    known = _COMMON | {*_NEEDS[kind], *_MAY[kind]}
    for name in value:
        if name in _FIELDS and name not in known:
            key = N_("a channel of kind {kind} has no `{field}`")
            yield (name,), key, {"kind": kind, "field": name}
    url = value.get("url")
    if isinstance(url, str) and _SECRET_INSIDE.search(url):
        key = N_("this address holds a secret: put it into the environment, use url_from")
        yield ("url",), key, {}
    elif isinstance(url, str) and not re.match("https?://", url):
        yield ("url",), N_("its address is no http or https address"), {}


_FIELDS = _COMMON.union(*_NEEDS.values(), *_MAY.values())
