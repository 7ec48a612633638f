"""What a person has beside the password: an authenticator app, a device that keeps passkeys."""

import base64
import hashlib
import hmac
import re
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession

from config import ROOT
from tests.browser.visitor import PASSWORD, Visitor
from tests.faults.running import Tend

STEP = 30
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def code_of(secret: str, steps: int = 0) -> str:
    """The six digits that an app shows (RFC 6238), `steps` times 30 seconds from now."""
    key = base64.b32decode(re.sub("[ -]", "", secret).upper())
    moment = struct.pack(">Q", int(time.time()) // STEP + steps)
    digest = hmac.digest(key, moment, hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Device:
    """A device that keeps passkeys and always says yes; `at` one visitor's page."""

    def __init__(self, at: Visitor) -> None:
        self.session: CDPSession = at.context.new_cdp_session(at.page)
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = made["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        listed: list[dict[str, Any]] = found["credentials"]
        return listed

    def give(self, key: dict[str, Any]) -> None:
        """As if the key were synced to this device too."""
        sent = {"authenticatorId": self.id, "credential": key}
        self.session.send("WebAuthn.addCredential", sent)


def set_up_app(visitor: Visitor) -> tuple[str, list[str]]:
    """An authenticator app, through the API: its secret, and the recovery codes."""
    made = visitor.post("account/totp")
    body = {"state": made["state"], "code": code_of(made["secret"])}
    codes = visitor.post("account/totp/confirm", body)["recovery_codes"]
    return made["secret"], codes


def give_password(visitor: Visitor, name: str) -> None:
    """Fill in the sign-in page, up to where a second step may follow."""
    visitor.go("/sign-in")
    visitor.field("Username or e-mail").fill(name)
    visitor.field("Password").fill(PASSWORD)
    visitor.button("Sign in").click()


def let_time_pass(data: Path, visitor: Visitor) -> None:
    """As if it were an hour since the visitor last showed who they are."""
    me = visitor.get("account")["id"]
    with closing(sqlite3.connect(data / "tend.db", timeout=30)) as database, database:
        done = database.execute(
            "UPDATE user_sessions SET proved_at = datetime('now', '-1 hour') WHERE user_id = ?",
            (me,),
        )
        assert done.rowcount


def make_admin(tend: Tend, visitor: Visitor) -> None:
    """As an operator does it, at the machine."""
    command = [sys.executable, "-m", "flask", "--app", "app", "create-admin", visitor.name]
    subprocess.run(command, cwd=ROOT, env=tend.environment, check=True, capture_output=True)
