"""The only room that starts git: pre-flight, commit exactly these paths, look at versions.

Every git process runs in an environment of its own (nothing inherited can point it at another
repository or another date), in the C locale, without a terminal, with a time limit. What git
says in prose is shown to people, never decided by: exit codes and bytes decide.
"""

from yuqing.git.committing import commit, lock_files, locked, not_committed, stage, verify
from yuqing.git.looking import (
    Dirt,
    ahead,
    attributes,
    blobs,
    committed,
    flagged,
    ignoring_rule,
    is_blob,
    settings,
    staged,
    status,
)
from yuqing.git.preflight import identified, ready, refused, under_way
from yuqing.git.process import Output, Repo, environment, locate, no_git, run
from yuqing.git.remote import Unpushed, unpushed
from yuqing.git.signing import Signature, signatures

__all__ = [
    "Dirt",
    "Output",
    "Repo",
    "Signature",
    "Unpushed",
    "ahead",
    "attributes",
    "blobs",
    "commit",
    "committed",
    "environment",
    "flagged",
    "identified",
    "ignoring_rule",
    "is_blob",
    "locate",
    "lock_files",
    "locked",
    "no_git",
    "not_committed",
    "ready",
    "refused",
    "run",
    "settings",
    "signatures",
    "stage",
    "staged",
    "status",
    "under_way",
    "unpushed",
    "verify",
]
