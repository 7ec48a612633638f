"""The shapes of second factors, passkeys and a recent sign-in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from application.accounts.schemas import Password, Short
from application.platform.schemas import Body

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
State = Annotated[str, StringConstraints(max_length=4000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class NextOut(BaseModel):
    """The password was right, and one step is left: a second factor, or setting one up."""

    next: Literal["second_factor", "set_up"]
    methods: list[Literal["totp", "passkey", "recovery_code"]]


class CodeIn(Body):
    """A code: of the authenticator app, or for recovery."""

    code: Code


class PasskeyAskIn(Body):
    """`identity` changes nothing: a passkey says by itself whose it is."""

    identity: Short | None = None


class PasskeyIn(Body):
    """What the browser's passkey functions answered (`toJSON()`), and the state they had."""

    state: State
    credential: dict[str, Any]


class PasskeyOptions(BaseModel):
    """For the browser's passkey functions, and the state to bring back within five minutes."""

    options: dict[str, Any]
    state: str


class VerifyIn(Body):
    """One of both: the password, or a code of the authenticator app."""

    password: Password | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "VerifyIn":
        """Exactly one is said."""
        if (self.password is None) == (self.code is None):
            raise ValueError("Give either the password or a code.")
        return self


class FactorsOut(BaseModel):
    """What the asker has beside the password; `recovery_codes` is how many are left."""

    totp: bool
    passkeys: int
    recovery_codes: int
    required: bool


class TotpOut(BaseModel):
    """A new secret for an authenticator app: `secret` to type, `qr` (a data: picture) to scan."""

    state: str
    secret: str
    uri: str
    qr: str


class TotpIn(Body):
    """The first code of the app, with the state of its secret, within ten minutes."""

    state: State
    code: Code


class CodesOut(BaseModel):
    """Recovery codes, shown this once; null when those from before still hold."""

    recovery_codes: list[str] | None


class PasskeyName(Body):
    """What a person calls a passkey."""

    name: Name


class PasskeyOut(BaseModel):
    """A passkey. "first" signs in alone, "second" beside a password. `synced`: not one device's."""

    id: int
    name: str
    usage: Literal["first", "second"]
    created_at: datetime
    last_used_at: datetime | None
    synced: bool


class NewPasskeyOut(PasskeyOut):
    """The passkey just made; with recovery codes, shown this once, if it is the first factor."""

    recovery_codes: list[str] | None


class PasskeyList(BaseModel):
    """The asker's passkeys, the newest first."""

    items: list[PasskeyOut]
    next: int | None = Field(default=None)
