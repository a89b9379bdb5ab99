"""What chat robots are sent, and what their answers mean. Pure.

Robots answer 200 also when they refuse: only the number in the body tells. DingTalk and WeCom
call it ``errcode``, Feishu ``code`` (``StatusCode`` in its older answers); 0 is success.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from yuqing.plan.channels import ChannelKind

SIZE: Mapping[ChannelKind, int] = {
    "dingtalk": 18_000,
    "wecom": 2_000,
    "feishu": 18_000,
    "webhook": 60_000,
    "exec": 60_000,
    "mail": 60_000,
}
"""Bytes of text in one message; WeCom cuts at 2,048, the others refuse from 20,000."""

A_MINUTE: Mapping[ChannelKind, int] = {"dingtalk": 20, "wecom": 20, "feishu": 100}
"""So many messages a minute the robots take; DingTalk shuts them out for ten minutes then."""


def fitting(lines: Sequence[str], size: int, rest: str) -> str:
    """The lines that go into ``size`` bytes; what is left out is counted in ``rest`` (``{n}``)."""
    kept: list[str] = []
    room = size - len(rest.encode()) - 8
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return "\n".join([*kept, rest.format(n=left)] if left else kept)


def address(kind: ChannelKind, url: str, secret: str | None, seconds: float) -> str:
    """Where a message goes; DingTalk wants time and signature in the address."""
    if kind != "dingtalk" or not secret:
        return url
    stamp = str(round(seconds * 1000))
    sign = _signed(secret.encode(), f"{stamp}\n{secret}".encode())
    more = urllib.parse.urlencode({"timestamp": stamp, "sign": sign})
    return f"{url}{'&' if '?' in url else '?'}{more}"


def body(
    kind: ChannelKind,
    text: str,
    items: Sequence[Mapping[str, Any]],
    secret: str | None,
    seconds: float,
) -> bytes:
    """The message as this kind of robot reads it. ``items``: for a plain webhook, as data."""
    message: dict[str, Any]
    if kind == "feishu":
        message = {"msg_type": "text", "content": {"text": text}}
        if secret:  # Feishu's own way: the text is the key, and nothing is signed
            stamp = str(int(seconds))
            sign = _signed(f"{stamp}\n{secret}".encode(), b"")
            message = {"timestamp": stamp, "sign": sign, **message}
    elif kind in ("dingtalk", "wecom"):
        message = {"msgtype": "text", "text": {"content": text}}
    else:
        message = {"text": text, "items": list(items)}
    return json.dumps(message, ensure_ascii=False).encode()


def _signed(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def refusal(kind: ChannelKind, answer: bytes) -> str | None:
    """Why a 2xx answer is a refusal after all; ``None`` if the message was taken.

    A robot that doesn't say 0 has not said yes. A plain webhook may answer anything, but a
    number other than 0 in one of the known places is believed.
    """
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    known = said if isinstance(said, dict) else {}
    codes = [known[name] for name in ("errcode", "code", "StatusCode") if name in known]
    if any(code not in (0, "0") for code in codes):
        words = known.get("errmsg") or known.get("msg") or known.get("StatusMessage") or ""
        return f"{codes[0]} {words}".strip()[:200]
    if not codes and kind != "webhook":
        return answer[:100].decode("utf-8", "replace").strip() or "—"
    return None
