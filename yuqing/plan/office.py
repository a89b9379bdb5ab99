"""The office itself, and the bodies (機構) that it and its plans name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from yuqing.notation import (
    Count,
    Day,
    Named,
    OneOrMany,
    OrWord,
    Reads,
    Record,
    Text,
    YesNo,
    outside,
    says,
    told,
)
from yuqing.plan.channels import Channel
from yuqing.plan.paper import PaperStyle
from yuqing.plan.shapes import MemberIds, Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ(Record):
    """A body (機構). ``members``: ids; or ``named_in_case``: the organs assigned in the case."""

    short_form: ClassVar[str] = "name"
    else_id: ClassVar[str] = "name"
    id: str = field(metadata=outside("id"))
    name: Text = field(metadata=says("its name"))
    aliases: Texts = told((), "other names people use")
    members: Annotated[MemberIds | Literal["named_in_case"], OrWord()] = told(
        (), "a group: ids, or named_in_case (the organs assigned in the case)"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Office(Record):
    """The office itself (``templates/office.yaml``): names and habits, no rule of any plan."""

    yuqing: Count = told(1, "version of this format")
    name: Text = told("值班室", "name of the office")
    code: Annotated[Text, Reads("code")] = told(
        "YQ", "prefix of case ids: capital letters and digits"
    )
    demo: YesNo = told(False, "a demonstration office: drills only")
    language: (
        Literal["en", "zh", "zh_CN", "zh-CN", "zh-Hans", "zh_TW", "zh-TW", "zh-Hant"] | None
    ) = told(None, "language of its people")
    plans: Annotated[tuple[Annotated[Text, Reads("plan_name")], ...], OneOrMany(least=0)] = told(
        (), "adopted versions, ID@VERSION; the first is the default of `new`"
    )
    since: Day | None = told(None, "the office's own duties are watched from this day on")
    post: Text = told("值班室", "duty post: the default of `by`")
    sign: Text | None = told(None, "signing unit: the default of `signed_as`; else `name`")
    signing_units: Texts = told((), "units that sign public words")
    own_accounts: Texts = told((), "the office's own accounts")
    organs: Annotated[Mapping[str, Organ], Named("organ_id")] = told(
        {}, "further bodies, id → name"
    )
    attachments: Literal["commit", "outside"] = told("commit", "where attachments are kept")
    reminds: Text | None = told(
        None,
        "the one clone that sends reminders: its machine's name, or `git config yuqing.clone`",
    )
    channels: Annotated[Mapping[str, Channel], Named("own_id")] = told(
        {}, "where reminders are read (`overdue --notify`)"
    )
    paper: PaperStyle = told(PaperStyle(), "house style of the papers")
