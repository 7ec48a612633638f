"""Who may enter: every resource names its guard, and the open ones are a list we know."""

from api.base import Resource
from api.guards import FROM_OUTSIDE, anyone, signed_in, somebody
from api.half_open import setting_up
from api.routes import ROUTES

OPEN = {
    "about",
    "login",
    "logout",
    "passkey_step",
    "passkey_step_options",
    "password-strength",
    "recover",
    "recovery_step",
    "register",
    "reset",
    "second_step",
    "unsubscribe",
    "username-free",
}

# Where everybody needs a second factor, who has none yet gets here, and to what is open.
WITHOUT_FACTOR = {
    "passkey_options",
    "passkeys",
    "second_factor",
    "totp",
    "totp_confirm",
    "verify",
    "verify_passkey",
    "verify_passkey_options",
}


def test_signed_in_is_the_default() -> None:
    assert Resource.guard is signed_in


def test_only_the_known_ones_are_open() -> None:
    assert {name for _, resource, name in ROUTES if resource.guard is anyone} == OPEN


def test_only_the_known_ones_are_for_those_without_the_second_factor_that_is_needed() -> None:
    found = {name for _, resource, name in ROUTES if resource.guard in (setting_up, somebody)}
    assert found == WITHOUT_FACTOR


def test_every_method_has_a_contract() -> None:
    for _, resource, name in ROUTES:
        for method in resource.methods or ():
            assert hasattr(getattr(resource, method.lower()), "contract"), (name, method)


def test_paths_and_names_are_unique() -> None:
    assert len({path for path, _, _ in ROUTES}) == len(ROUTES)
    assert len({name for _, _, name in ROUTES}) == len(ROUTES)


def test_only_the_known_ones_bring_neither_cookie_nor_token() -> None:
    assert {"one_click"} == FROM_OUTSIDE  # RFC 8058: a mail program's "stop"
