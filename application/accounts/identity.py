"""Flask-Security's inner half: password hashing, signed tokens and the people it knows.

Worker and commands need these without any HTTP; what Flask-Security says over HTTP (its views'
forms, answers and sessions) is added to the same object by api/security.py.
"""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import Security

import config
from application.accounts.datastore import PeopleStore
from application.accounts.factors import ISSUER, WINDOW, AppCodes, PasskeyTerms, RecoveryCodes
from application.accounts.passwords import PasswordRules
from application.accounts.secret_keys import derive
from application.accounts.usernames import UsernameRules
from application.platform import clock

RESET_WITHIN = timedelta(hours=1)
PASSKEY_WITHIN = timedelta(minutes=5)
SETUP_WITHIN = timedelta(minutes=10)

# argon2id; above OWASP's least (19 MiB, 2 passes), and little enough for a small machine.
HASHING: dict[str, Any] = {
    "argon2__type": "ID",
    "argon2__memory_cost": 46 * 1024,
    "argon2__time_cost": 2,
    "argon2__parallelism": 1,
}


def init_app(app: Flask, settings: config.Settings) -> None:
    """Give `app` its Security object, without views."""
    app.config.from_mapping(security_settings(settings) | factor_settings(settings))
    security = Security(
        password_util_cls=PasswordRules,
        username_util_cls=UsernameRules,
        totp_cls=AppCodes,
        mf_recovery_codes_util_cls=RecoveryCodes,
        webauthn_util_cls=PasskeyTerms,
        register_blueprint=False,
    )
    security.init_app(app, PeopleStore())


def security_settings(settings: config.Settings) -> dict[str, Any]:
    """What Flask-Security is told; mail is ours to send, so all of its own is off."""
    return {
        "SECURITY_PASSWORD_SALT": settings.security_password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": HASHING,
        # What a link holds of the (argon2) password hash needs no slow hash over it: a quarter of a
        # second a link kept a whole batch of the outbox from going out. Older links stay good.
        "SECURITY_HASHING_SCHEMES": ["hex_sha512", "sha256_crypt"],
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {
            "check_deliverability": False,  # the name servers are not asked
            "strict": True,
            "allow_smtputf8": False,  # many mail servers refuse such names
        },
        "SECURITY_REGISTERABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": RESET_WITHIN,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_REDIRECT_BEHAVIOR": "spa",
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_CLI_USERS_NAME": None,  # our own commands are in application/accounts/commands.py
        "SECURITY_CLI_ROLES_NAME": None,
    } | MESSAGES


def factor_settings(settings: config.Settings) -> dict[str, Any]:
    """What it is told of second factors and passkeys."""
    keys = derive(settings.secret_keys, "recovery codes").values()
    milliseconds = int(PASSKEY_WITHIN.total_seconds() * 1000)
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": settings.two_factor == "required",
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": WINDOW,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_SETUP_WITHIN": SETUP_WITHIN,
        "SECURITY_TOTP_SECRETS": derive(settings.secret_keys, "totp"),
        "SECURITY_TOTP_ISSUER": ISSUER,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [urlsafe_b64encode(key) for key in keys],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": ISSUER,
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # they would tell which names there are
        "SECURITY_WAN_REGISTER_TIMEOUT": milliseconds,
        "SECURITY_WAN_REGISTER_WITHIN": PASSKEY_WITHIN,
        "SECURITY_WAN_SIGNIN_TIMEOUT": milliseconds,
        "SECURITY_WAN_SIGNIN_WITHIN": PASSKEY_WITHIN,
        "SECURITY_FRESHNESS": timedelta(minutes=-1),  # api/base.py asks again for what matters
        "SECURITY_DATETIME_FACTORY": clock.now,
    }


# Flask-Security's words for what a form refuses, in ours.
MESSAGES: dict[str, tuple[str, str]] = {
    f"SECURITY_MSG_{name}": (words, "error")
    for name, words in {
        "EMAIL_NOT_PROVIDED": "This is needed.",
        "PASSWORD_NOT_PROVIDED": "This is needed.",
        "USERNAME_NOT_PROVIDED": "This is needed.",
        "INVALID_EMAIL_ADDRESS": "Write an address like name@example.org.",
        "EMAIL_ALREADY_ASSOCIATED": "An account has this address already.",
        "USERNAME_ALREADY_ASSOCIATED": "This name is taken.",
        "INVALID_PASSWORD": "That is not your present password.",
        "PASSWORD_IS_THE_SAME": "Choose one that differs from the present password.",
    }.items()
}
