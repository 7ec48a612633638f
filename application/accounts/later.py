"""Flask-Security without webauthn at the start: most processes never see a passkey.

Flask-Security imports webauthn as soon as it is installed, and with it certificates and CBOR that
take a while. It can do without, so at first it finds none; `load_passkeys` gives it what it missed.
"""

import sys
from functools import cache
from importlib import import_module

NAME = "webauthn"
# What flask_security.webauthn and flask_security.webauthn_util take from where.
MISSED = {
    "webauthn.helpers": (
        "bytes_to_base64url",
        "options_to_json_dict",
        "parse_authentication_credential_json",
        "parse_registration_credential_json",
    ),
    "webauthn.helpers.exceptions": (
        "InvalidAuthenticationResponse",
        "InvalidJSONStructure",
        "InvalidRegistrationResponse",
    ),
    "webauthn.helpers.structs": (
        "AuthenticatorAttachment",
        "AuthenticatorSelectionCriteria",
        "AuthenticatorTransport",
        "PublicKeyCredentialDescriptor",
        "PublicKeyCredentialType",
        "ResidentKeyRequirement",
        "UserVerificationRequirement",
    ),
}


def import_security() -> None:
    """Import Flask-Security as if webauthn were not there; before anybody else does."""
    if NAME in sys.modules:
        return
    sys.modules[NAME] = None  # type: ignore[assignment]  # Python's own way to say "not there"
    try:
        import_module("flask_security")
    finally:
        del sys.modules[NAME]


@cache
def load_passkeys() -> None:
    """Import webauthn, and let Flask-Security know it; before its views of passkeys are called."""
    found = {NAME: import_module(NAME)}
    for module, names in MISSED.items():
        found |= {name: getattr(import_module(module), name) for name in names}
    for module in ("flask_security.webauthn", "flask_security.webauthn_util"):
        vars(import_module(module)).update(found)
