"""The list that lies in a backup: what is in it, and how to tell that it is whole."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1


class Member(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """`rows` counts the rows of each table; `gone` names files that went while it was made.

    `elsewhere` are secrets that the settings gave and the data folder does not hold; each with
    an HMAC of itself, by which a restore sees whether it is given the same one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    release: str = Field(max_length=40)
    revision: str = Field(max_length=64)
    made_at: datetime
    rows: dict[str, int]
    members: dict[str, Member]
    gone: list[str] = []
    elsewhere: dict[str, str] = {}
