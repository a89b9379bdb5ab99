"""Find, lock, guard, replace, commit: the only room that writes under ``cases/``."""

from yuqing.store.alike import Alike, alike
from yuqing.store.desk import (
    Desk,
    Loaded,
    archived,
    desk,
    filed_path,
    find_case,
    id_of,
    load,
    logbook,
    logbooks,
    once,
    standing,
    two_months,
)
from yuqing.store.examine import after_merge, edited_plans, examine, repair, wrong_place
from yuqing.store.keeping import Found, kept, papers_sign
from yuqing.store.machine import beat
from yuqing.store.papers import READABLE, Attachment, attachments, digests, rows_of, texts
from yuqing.store.ready import filed, put_down
from yuqing.store.redact import in_history, redact
from yuqing.store.reminded import Reminded, reminding
from yuqing.store.save import Done, save, tidy
from yuqing.store.searching import CASE, NOTHING, TROUBLE, WARNED, Catalogued, Shelf, shelf
from yuqing.store.settle import entry_id
from yuqing.store.start import Made, init
from yuqing.store.sweeping import sweep
from yuqing.store.sync import Conflict, Synced, clone_name, fetch_and_merge, hand_on, quicker
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
    roster,
    template_names,
    template_path,
    years,
)
from yuqing.store.write import Written, append, append_all, create, owes

__all__ = [
    "CASE",
    "NOTHING",
    "READABLE",
    "TROUBLE",
    "WARNED",
    "Alike",
    "Attachment",
    "Catalogued",
    "Conflict",
    "Desk",
    "Done",
    "Found",
    "Kept",
    "Loaded",
    "Made",
    "Reminded",
    "Shelf",
    "Synced",
    "Workspace",
    "Written",
    "after_merge",
    "alike",
    "append",
    "append_all",
    "archived",
    "attachments",
    "beat",
    "calendar",
    "clone_name",
    "create",
    "desk",
    "digests",
    "edited_plans",
    "entry_id",
    "examine",
    "fetch_and_merge",
    "filed",
    "filed_path",
    "find",
    "find_case",
    "hand_on",
    "id_of",
    "in_history",
    "init",
    "keep",
    "kept",
    "load",
    "load_plan",
    "logbook",
    "logbooks",
    "once",
    "owes",
    "packaged",
    "papers_sign",
    "plan_names",
    "plan_problems",
    "plans",
    "put_down",
    "quicker",
    "read_plan_file",
    "redact",
    "reminding",
    "repair",
    "roster",
    "rows_of",
    "save",
    "shelf",
    "standing",
    "sweep",
    "template_names",
    "template_path",
    "texts",
    "tidy",
    "two_months",
    "wrong_place",
    "years",
]
