"""Short texts that people write: names, units and labels, held to one line and a length. Pure."""

import unicodedata
from typing import Final

SAY_EMPTY: Final = "Write something here."
SAY_CONTROL: Final = "Keep this to one line of plain text."
SAY_NUL: Final = "A text cannot hold the character NUL."


def line(text: str, most: int, *, empty: bool = False) -> str:
    """`text` without the white space around it. ValueError (in words) when it is not fit."""
    text = text.strip()
    if len(text) > most:
        raise ValueError(f"At most {most} characters, please; these are {len(text)}.")
    kinds = {unicodedata.category(character) for character in text}
    if kinds & {"Cc", "Cs", "Zl", "Zp"}:
        raise ValueError(SAY_CONTROL)
    # Only marks that show nothing would look empty too.
    if not empty and kinds <= {"Cf", "Zs"}:
        raise ValueError(SAY_EMPTY)
    return text


def prose(text: str, most: int) -> str:
    """`text` as it stands, line breaks included. ValueError (in words) when it is too long."""
    if len(text) > most:
        raise ValueError(f"At most {most:,} characters, please; these are {len(text):,}.")
    if "\0" in text:
        raise ValueError(SAY_NUL)
    return text


def key(text: str, most: int) -> str:
    """What two texts have in common when people would call them alike, at most `most` long."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded)[:most]
