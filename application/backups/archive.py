"""The file of a backup: a .tar.gz with the database, the stored files, the secrets and a list.

Nothing of an archive is believed: each member must be a plain file with one of our own names, and
have the size and SHA-256 that the list says. Nothing is ever unpacked by the archive's own word.
"""

import gzip
import hashlib
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final

from pydantic import ValidationError

from application.backups.schemas import FORMAT, Manifest, Member

DATABASE: Final = "tend.db"
LIST: Final = "manifest.json"
NAMES: Final = re.compile(
    r"tend\.db|manifest\.json|secrets/[a-z0-9_]{1,60}|files/[A-Za-z0-9][A-Za-z0-9._-]{0,150}"
)
BLOCK: Final = 1024 * 1024
LIST_AT_MOST: Final = 64 * BLOCK
# Databases of entries shrink to a third at once; trying harder takes three times as long for 4 %.
LEVEL: Final = 1
SPARE: Final = 64 * BLOCK  # of a disk, always left free


class Unusable(Exception):
    """This is no whole backup; the message says why, to follow "cannot be used: "."""


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._digest.update(block)
        self.size += len(block)
        return block

    def member(self) -> Member:
        return Member(size=self.size, sha256=self._digest.hexdigest())


def write(out: IO[bytes], members: Iterable[tuple[str, Path]], head: dict[str, Any]) -> Manifest:
    """Write the members and then the list, which holds `head` too. Files that are gone are noted.

    A stored file never changes under its name, so it is copied as it lies there.
    """
    found: dict[str, Member] = {}
    gone: list[str] = []
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=LEVEL) as tar:
        for name, path in members:
            try:
                file = path.open("rb")
            except FileNotFoundError:
                gone.append(name)
                continue
            with file:
                said = os.fstat(file.fileno())
                hashed = _Hashed(file)
                tar.addfile(_head(name, said.st_size, said.st_mtime), hashed)
            found[name] = hashed.member()
        manifest = Manifest.model_validate(
            head | {"format": FORMAT, "members": found, "gone": gone}
        )
        text = manifest.model_dump_json(indent=1).encode()
        tar.addfile(_head(LIST, len(text), manifest.made_at.timestamp()), BytesIO(text))
    return manifest


def _head(name: str, size: int, mtime: float) -> tarfile.TarInfo:
    head = tarfile.TarInfo(name)
    head.size, head.mtime, head.mode = size, int(mtime), 0o600
    return head


def read(path: Path, into: Path | None = None) -> Manifest:
    """Read the backup through, and compare each member with the list; laid out in `into`.

    Raises Unusable, also when `into` has too little room, and OSError.
    """
    found: dict[str, Member] = {}
    text = b""
    try:
        with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked, mode="r:") as tar:
            for head in tar:
                _look_at(head, found, text, into)
                content = tar.extractfile(head)
                assert content is not None  # for the types: it is a plain file
                if head.name == LIST:
                    text = content.read()
                else:
                    found[head.name] = _copy(content, into and into / head.name)
            while unpacked.read(BLOCK):  # to its end, where gzip's own checksum stands
                pass
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError, ValueError, OverflowError) as odd:
        raise Unusable(f"it is cut short or no .tar.gz ({odd})") from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise Unusable(f"it is damaged ({error})") from None  # gzip's own checksum
    return _compare(found, text)


def _look_at(
    head: tarfile.TarInfo, found: dict[str, Member], text: bytes, into: Path | None
) -> None:
    if not NAMES.fullmatch(head.name):
        raise Unusable("it holds a file that no backup of Tend holds")
    if head.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or head.sparse is not None:
        raise Unusable("it holds a link, a folder or a device")
    if head.name in found or text:
        raise Unusable("it holds a file twice, or more behind its list")
    if head.name == LIST and head.size > LIST_AT_MOST:
        raise Unusable("its list is too long")
    if into is not None and head.size > shutil.disk_usage(into).free - SPARE:
        raise Unusable(f"there is too little room in {into.parent}: {head.size:,} bytes more")


def _copy(content: IO[bytes], target: Path | None) -> Member:
    hashed = _Hashed(content)
    if target is None:
        while hashed.read(BLOCK):
            pass
        return hashed.member()
    target.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(hashed, file, BLOCK)
        file.flush()
        os.fsync(file.fileno())
    return hashed.member()


def _compare(found: dict[str, Member], text: bytes) -> Manifest:
    if not text:
        raise Unusable("its list is not there: it was not written to its end")
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise Unusable("its list cannot be read") from None
    if manifest.format != FORMAT:
        raise Unusable(f"it is of another kind ({manifest.format}), from another release")
    if manifest.members != found:
        astray = sorted(dict(found.items() ^ manifest.members.items()))
        raise Unusable(f"{astray[0]} is not what its list says")
    if DATABASE not in found:
        raise Unusable("it holds no database")
    return manifest
