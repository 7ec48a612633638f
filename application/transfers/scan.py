"""The first look at a file's bytes: is it text at all, in which encoding, how many lines. Pure."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from application.transfers.formats import ENCODINGS, NotATable

BLOCK: Final = 1 << 20

SAY_EMPTY: Final = "This file is empty."
SAY_BINARY: Final = "This does not look like a table. Tend reads CSV."
SAY_ENCODING: Final = "This file cannot be read as {}. Choose another encoding."

_MAGIC: Final = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture"),
    (b"BM", "a picture"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a packed file or a workbook"),
    (b"\xd0\xcf\x11\xe0", "a workbook"),
    (b"\x1f\x8b", "a packed file"),
    (b"SQLite format 3\x00", "a database"),
)
_CONTROL: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x0b\x1b"))
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """How to open the file: `encoding`, unless the person must first choose among `choices`."""

    encoding: str
    lines: int
    choices: tuple[str, ...] = ()


def look_at_bytes(path: Path, encoding: str | None = None) -> Text:
    """Decide the encoding of the whole file, or NotATable with the reason in words.

    A byte order mark decides; without one, text that is not UTF-8 is a question, never a guess.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise NotATable(SAY_EMPTY)
    if encoding is not None and encoding not in ENCODINGS:
        raise NotATable(SAY_ENCODING.format(encoding[:20]))
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), None)
    if marked != "utf-16":
        _refuse_binary(head)
    if encoding or marked:
        wanted = marked or encoding or "utf-8"
        lines = count_lines(path, wanted)
        if lines is None:
            raise NotATable(SAY_ENCODING.format(wanted.removesuffix("-sig").upper()))
        return Text(wanted, lines)
    lines = count_lines(path, "utf-8")
    if lines is not None:
        return Text("utf-8", lines)
    choices = [(name, count_lines(path, name)) for name in ("cp1252", "latin-1")]
    readable = [(name, count) for name, count in choices if count is not None]
    return Text(readable[0][0], readable[0][1], tuple(name for name, _ in readable))


def _refuse_binary(head: bytes) -> None:
    for magic, what in _MAGIC:
        # Two letters are too few to condemn a text that begins with them.
        if head.startswith(magic) and (len(magic) > 2 or _is_binary(head)):
            raise NotATable(f"This looks like {what}, not a table. Tend reads CSV.")
    if _is_binary(head):
        raise NotATable(SAY_BINARY)


def _is_binary(head: bytes) -> bool:
    """Many NULs, or many control characters in what is not UTF-8 either."""
    if head.count(b"\x00") * 20 > len(head):
        return True
    control = len(head) - len(head.translate(None, _CONTROL))
    if control * 20 <= len(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")(errors="strict").decode(head)
    except UnicodeError:
        return True
    return False


def count_lines(path: Path, encoding: str) -> int | None:
    """Lines of the file, or None if it is not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    count, last = 0, "\n"
    try:
        for block in _blocks(path):
            text = decoder.decode(block)
            count += text.count("\n") or text.count("\r")
            last = text[-1:] or last
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return count + (last not in "\r\n")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
