"""Bytes onto the disk so that a reader, or a crash, only ever meets a whole file.

Temp file beside the target, fsync, rename, fsync of the folder. A new file is linked into its
place, which fails if the name is taken.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from yuqing import words
from yuqing.errors import Busy, Failure, Problem, Unreadable, Unusable
from yuqing.words import N_

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def crash_point(name: str) -> None:
    """Die here, as by ``kill -9``, if the tests ask for it (``YUQING_CRASH_AT=name``).

    The places: ``temp`` (temp file written), ``replaced`` (file in place), ``attached`` (papers
    copied), ``committed`` (commit made, not yet checked).
    """
    if os.environ.get("YUQING_CRASH_AT") == name:
        os._exit(137)


def read(path: Path, name: str) -> bytes:
    """The bytes of a regular file. Raises ``Unreadable`` for anything else: a link may lead
    anywhere, a pipe would never end."""
    try:
        handle = os.open(path, os.O_RDONLY | _NOFOLLOW | _NONBLOCK | _BINARY)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise not_regular(name)
        with os.fdopen(handle, "rb") as file:
            return file.read()
    except OSError as fault:
        if fault.errno == errno.ELOOP or path.is_dir():  # Windows will not open a folder
            raise not_regular(name) from None
        raise Unreadable(
            [Problem(file=name, key=N_("cannot be read: {reason}"), params=_reason(fault))]
        ) from None


def not_regular(name: str) -> Unreadable:
    """A link, folder, pipe or device where a case file should be."""
    key = N_("not an ordinary file (a link, folder or pipe); it is not read")
    return Unreadable([Problem(file=name, key=key)])


def sha256(data: bytes) -> str:
    """Digest as it stands in entries."""
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """Digest of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace(path: Path, data: bytes, *, expect: bytes) -> None:
    """Put ``data`` in the place of ``path``, keeping its mode.

    Raises ``Busy`` if the file no longer holds ``expect``, ``Unusable`` if the disk refuses; the
    old file is then untouched.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    with _temp(path, data, mode) as temp:
        crash_point("temp")
        if read(path, path.name) != expect:
            raise changed(path.name)
        os.replace(temp, path)  # noqa: PTH105 - the pair of os.link below
    sync_folder(path.parent)
    crash_point("replaced")


def create(path: Path, data: bytes, *, shared: bool) -> None:
    """Write a file that must not exist yet. Raises ``FileExistsError`` if it does.

    ``shared``: the repository is a group's; the file then is theirs too, else umask decides.
    """
    make_folder(path.parent, shared=shared)
    with _temp(path, data, 0o664 if shared else None) as temp:
        crash_point("temp")
        try:
            os.link(temp, path)
        except FileExistsError:
            raise
        except OSError:  # file systems without links
            with os.fdopen(
                os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _BINARY), "wb"
            ) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    sync_folder(path.parent)
    crash_point("replaced")


def make_folder(folder: Path, *, shared: bool) -> None:
    """A folder and those above it; the group's too where the repository is."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        if shared:
            each.chmod(0o2775)


def rename(old: Path, new: Path, *, shared: bool) -> None:
    """Move a file to a name that must be free. Raises ``FileExistsError`` if it is not,
    ``Unusable`` if the disk refuses."""
    if os.path.lexists(new):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(new))
    try:
        make_folder(new.parent, shared=shared)
        old.rename(new)
    except OSError as fault:
        raise disk(new.name, fault) from fault
    sync_folder(new.parent)
    sync_folder(old.parent)


@contextlib.contextmanager
def _temp(path: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    """The bytes, safely on disk beside ``path`` under a name that is never read as a case."""
    short = path.name.encode()[:200].decode(errors="ignore")  # a name may have 255 bytes
    temp = path.with_name(f".{short}.{secrets.token_hex(4)}.tmp")
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NOFOLLOW | _BINARY
        # 0o666 less umask, as for any new file (mkstemp would give 0600).
        with os.fdopen(os.open(temp, flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None:
                temp.chmod(mode)
            os.fsync(file.fileno())
        yield temp
    except FileExistsError:
        raise
    except OSError as fault:
        raise disk(path.name, fault) from fault
    finally:
        with contextlib.suppress(OSError):
            temp.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut. Windows has no such call."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def changed(name: str) -> Busy:
    """Somebody else wrote to the file between our reading and our writing."""
    return Busy(N_("{file} was changed meanwhile; nothing was written, try again"), file=name)


def disk(name: str, fault: OSError) -> Failure:
    """The disk will not take it: full, read-only, no permission."""
    return Unusable(
        N_("{file} cannot be written: {reason}; nothing was changed"),
        file=name,
        reason=words.reason(fault),
    )


def _reason(fault: OSError) -> dict[str, str]:
    return {"reason": fault.strerror or str(fault)}
