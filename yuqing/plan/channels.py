"""Channels (通知渠道) on which an office is reminded: chat robots, webhooks, programs, mail.

Addresses of robots and passwords are secrets; git keeps what it is given for ever. So the file
holds the *name* of an environment variable, never the secret itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from yuqing.notation import Count, OneOrMany, Reads, Record, Text, YesNo, outside, says, told

ChannelKind = Literal["dingtalk", "wecom", "feishu", "webhook", "exec", "mail"]
Stage = Literal["soon", "due", "late"]
STAGES: tuple[Stage, ...] = ("soon", "due", "late")
"""How far a duty is: within ``--warn`` of its limit; past its target; past its limit."""

_Variable = Annotated[Text, Reads("variable")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Record):
    """One place where reminders are read."""

    id: str = field(metadata=outside("id"))
    kind: ChannelKind = field(metadata=says("the robot's or transport's kind; lark is feishu"))
    url: Text | None = told(None, "webhook without a secret in it: its address")
    url_from: _Variable | None = told(
        None, "environment variable that holds the address (robots: the address is a secret)"
    )
    secret_from: _Variable | None = told(
        None, "environment variable that holds the signing secret (dingtalk, feishu)"
    )
    keyword: Text | None = told(None, "a word the robot wants in every message")
    command: Annotated[tuple[Text, ...], OneOrMany(least=0, single=False)] = told(
        (), "exec: program and arguments; the message is on its standard input"
    )
    host: Text | None = told(None, "mail: the server")
    port: Count | None = told(None, "mail: its port; 465 with TLS, 25 without, else 587")
    tls: Literal["tls", "starttls", "none"] = told("starttls", "mail: how the way is protected")
    sender: Text | None = told(None, "mail: the office's own address")
    to: Annotated[tuple[Text, ...], OneOrMany(least=0)] = told((), "mail: who reads it")
    user: Text | None = told(None, "mail: name to log in with, if the server wants one")
    password_from: _Variable | None = told(
        None, "mail: environment variable that holds the password"
    )
    stages: Annotated[tuple[Stage, ...], OneOrMany(least=1)] = told(
        STAGES, "what is told here: soon, due, late"
    )
    off: YesNo = told(False, "true: nothing is sent here for now")
