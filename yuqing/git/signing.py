"""Who vouches for a commit: its signature, and what git says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from yuqing.errors import Said
from yuqing.git import process
from yuqing.git.preflight import refused
from yuqing.git.process import Repo
from yuqing.words import N_

Status = Literal["good", "unknown", "bad", "expired", "revoked", "unchecked", "none"]

_STATUS: Mapping[str, Status] = {
    "G": "good", "U": "unknown", "B": "bad", "X": "expired", "Y": "expired", "R": "revoked",
    "E": "unchecked", "N": "unchecked",  # it has one, and git could not look
}  # fmt: skip

SAYS: Mapping[Status, str] = {
    "good": N_("vouched for by {signer}"),
    "unknown": N_("signed, by a key nobody here has vouched for ({key})"),
    "bad": N_("the signature does not belong to this commit"),
    "expired": N_("signed with a key, or a signature, that has expired ({signer})"),
    "revoked": N_("signed with a key that was revoked ({signer})"),
    "unchecked": N_("signed, but nothing here can check it (gpg.ssh.allowedSignersFile, or gpg)"),
    "none": N_("nobody vouches for it: not signed"),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands behind one commit. A signature says who, never when."""

    commit: str
    status: Status
    signer: str = ""
    key: str = ""

    @property
    def said(self) -> Said:
        """The same as a sentence."""
        return Said(SAYS[self.status], {"signer": self.signer or "?", "key": self.key or "?"})


def signatures(repo: Repo, commits: Sequence[str]) -> Mapping[str, Signature]:
    """Commit → its signature. Two processes, and git's own one for each signed commit.

    Raises ``Unusable`` if git will not read here; a commit that is not there is left out.
    """
    found = {commit: Signature(commit, "none") for commit in commits}
    signed = _signed(repo, list(found))
    if not signed:
        return found
    said = process.run(
        repo.top,
        *("log", "--no-walk=unsorted", "--stdin", "--format=%H%x00%G?%x00%GS%x00%GF%x00"),
        stdin="".join(f"{commit}\n" for commit in signed).encode(),
    )
    if said.code != 0:
        raise refused(repo.top, said)
    for line in said.out.decode("utf-8", "replace").splitlines():
        commit, letter, signer, key, *_ = line.split("\0")
        found[commit] = Signature(commit, _STATUS.get(letter, "unchecked"), signer, key)
    return found


def _signed(repo: Repo, commits: Sequence[str]) -> list[str]:
    """Those that carry a signature at all; git would not tell them from what it cannot check."""
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    rest = process.run(repo.top, "cat-file", "--batch", stdin=asked).out
    found = []
    while rest:
        head, _, rest = rest.partition(b"\n")
        name, sort, *size = head.split(b" ")
        if sort != b"commit":
            continue  # missing
        body, rest = rest[: int(size[0])], rest[int(size[0]) + 1 :]
        header = b"\n" + body.partition(b"\n\n")[0]
        if b"\ngpgsig " in header or b"\ngpgsig-sha256 " in header:
            found.append(name.decode())
    return found
