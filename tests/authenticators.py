"""What people carry: an app that shows codes, and a device that holds passkeys (EC P-256)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from passlib.totp import TOTP

from tests.people import PASSWORD, Person

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class CodeApp:
    """An authenticator app that was shown a secret."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(key=secret.replace("-", "").replace(" ", ""))

    def code(self) -> str:
        """The six digits of these 30 seconds."""
        return str(self._totp.generate().token)

    def wrong(self) -> str:
        """Six digits that are not those of now, nor of the half minutes beside."""
        near = {self._totp.generate(time=self._totp.now() + shift).token for shift in (-30, 0, 30)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def set_up_app(person: Person) -> tuple[CodeApp, list[str]]:
    """Set an authenticator app up; the app, and the recovery codes that came with it."""
    made = person.post("account/totp")
    assert made.status_code == 200, made.get_data(as_text=True)
    app = CodeApp(made.get_json()["secret"])
    body = {"state": made.get_json()["state"], "code": app.code()}
    done = person.post("account/totp/confirm", body)
    assert done.status_code == 200, done.get_data(as_text=True)
    return app, done.get_json()["recovery_codes"]


def half_sign_in(person: Person, name: str = "alice", password: str = PASSWORD) -> dict[str, Any]:
    """The first step, by password; what is left to do."""
    answer = person.post("accounts/login", {"identity": name, "password": password})
    assert answer.status_code == 202, answer.get_data(as_text=True)
    body: dict[str, Any] = answer.get_json()
    return body


@dataclass
class Held:
    """A passkey on a device."""

    key: ec.EllipticCurvePrivateKey
    rp_id: str
    handle: str
    count: int = 0


@dataclass
class Device:
    """Holds passkeys, as a telephone or a security key does; `origin` is the page it sees."""

    verifies: bool = True
    discoverable: bool = True
    synced: bool = False
    origin: str = ORIGIN
    held: dict[str, Held] = field(default_factory=dict)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new passkey, in the form of `PublicKeyCredential.toJSON()`."""
        raw = token_bytes(32)
        name = encoded(raw)
        key = ec.generate_private_key(ec.SECP256R1())
        self.held[name] = Held(key, options["rp"]["id"], options["user"]["id"])
        point = key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(raw).to_bytes(2, "big") + raw + cose
        data = self._data(self.held[name], ATTESTED) + attested
        return self._answer(
            name,
            {
                "clientDataJSON": self._client_data("webauthn.create", options),
                "attestationObject": encoded(
                    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
                ),
                "transports": ["internal"],
            },
            {"credProps": {"rk": self.discoverable}},
        )

    def get(self, options: dict[str, Any], name: str | None = None) -> dict[str, Any]:
        """A passkey's answer to a challenge: of the one called so, else of the first that fits."""
        allowed = [item["id"] for item in options.get("allowCredentials") or ()]
        name = name or next(one for one in self.held if not allowed or one in allowed)
        held = self.held[name]
        held.count += 0 if self.synced else 1
        client_data = self._client_data("webauthn.get", options)
        data = self._data(held, 0)
        signed = data + sha256(decoded(client_data)).digest()
        return self._answer(
            name,
            {
                "clientDataJSON": client_data,
                "authenticatorData": encoded(data),
                "signature": encoded(held.key.sign(signed, ec.ECDSA(SHA256()))),
                "userHandle": held.handle if self.discoverable else None,
            },
            {},
        )

    def _data(self, held: Held, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        flags |= ELIGIBLE | BACKED_UP if self.synced else 0
        site = sha256(held.rp_id.encode()).digest()
        return site + bytes([flags]) + held.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> str:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return encoded(json.dumps(said).encode())

    @staticmethod
    def _answer(name: str, response: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": results,
        }


def add_passkey(person: Person, device: Device, name: str = "Telephone") -> dict[str, Any]:
    """Add a passkey of `device`; what the answer says."""
    asked = person.post("account/passkeys/options", {"name": name})
    assert asked.status_code == 200, asked.get_data(as_text=True)
    credential = device.create(asked.get_json()["options"])
    body = {"state": asked.get_json()["state"], "credential": credential}
    made = person.post("account/passkeys", body)
    assert made.status_code == 201, made.get_data(as_text=True)
    found: dict[str, Any] = made.get_json()
    return found


def ask_passkey(person: Person, device: Device, path: str = "accounts/passkey") -> dict[str, Any]:
    """The body that answers a fresh challenge for signing in, or proving it again."""
    asked = person.post(f"{path}/options", None if "verify" in path else {})
    assert asked.status_code == 200, asked.get_data(as_text=True)
    said = asked.get_json()
    return {"state": said["state"], "credential": device.get(said["options"])}


def encoded(data: bytes) -> str:
    """Base64url without its filling."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
