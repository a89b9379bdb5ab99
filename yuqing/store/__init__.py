"""Find, lock, guard, replace, commit: the only room that writes under ``cases/``."""

from yuqing.store.desk import (
    Desk,
    Loaded,
    desk,
    filed_path,
    find_case,
    load,
    logbook,
    logbooks,
    two_months,
)
from yuqing.store.examine import after_merge, examine, repair
from yuqing.store.papers import Attachment, attachments, digests
from yuqing.store.save import Done, save, tidy
from yuqing.store.settle import entry_id
from yuqing.store.start import Made, init
from yuqing.store.templates import Kept, keep
from yuqing.store.workspace import (
    Workspace,
    calendar,
    find,
    load_plan,
    packaged,
    plan_names,
    plan_problems,
    plans,
    read_plan_file,
    template_names,
    template_path,
    years,
)
from yuqing.store.write import Written, append, create, owes

__all__ = [
    "after_merge",
    "Attachment",
    "Desk",
    "Done",
    "Kept",
    "Loaded",
    "Made",
    "Workspace",
    "Written",
    "append",
    "attachments",
    "calendar",
    "create",
    "desk",
    "digests",
    "entry_id",
    "examine",
    "filed_path",
    "find",
    "find_case",
    "init",
    "keep",
    "load",
    "load_plan",
    "logbook",
    "logbooks",
    "owes",
    "packaged",
    "plan_names",
    "plan_problems",
    "plans",
    "read_plan_file",
    "repair",
    "save",
    "template_names",
    "template_path",
    "tidy",
    "two_months",
    "years",
]
