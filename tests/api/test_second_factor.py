"""The authenticator app and the recovery codes, set up, asked for at sign-in, and taken away."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts.factors import AppCodes, RecoveryCodes
from application.accounts.queries import find_user
from application.accounts.recovery import mint
from application.accounts.services import set_password
from application.platform import clock, database
from tests.authenticators import CodeApp, half_sign_in, set_up_app
from tests.people import PASSWORD, Person, problem

NEW = "three grey herons over the weir"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock_hand() -> Iterator[Any]:
    """The clock at the start of a code's half minute; `.shift(30)` is the next one."""
    steps = int(clock.now().timestamp()) // 30 + 1
    with time_machine.travel(datetime.fromtimestamp(steps * 30 + 1, UTC)) as traveller:
        yield traveller


def session_of(person: Person) -> str:
    cookie = person.browser.get_cookie("tend_session")
    return "" if cookie is None else str(cookie.value)


def test_nobody_has_one_at_first(alice: Person) -> None:
    none = {"totp": False, "passkeys": 0, "recovery_codes": 0, "required": False}
    assert alice.get("account/second-factor").get_json() == none
    assert alice.get("about").get_json()["two_factor_required"] is False


def test_it_is_set_up_with_a_picture_and_a_code(alice: Person) -> None:
    made = alice.post("account/totp").get_json()
    assert made["qr"].startswith("data:image/svg+xml;base64,")
    assert made["uri"].startswith("otpauth://totp/Tend:alice@example.org?")
    assert all(len(group) <= 4 for group in made["secret"].split("-"))
    assert alice.get("account/second-factor").get_json()["totp"] is False
    body = {"state": made["state"], "code": CodeApp(made["secret"]).code()}
    codes = alice.post("account/totp/confirm", body).get_json()["recovery_codes"]
    assert len(set(codes)) == 10
    has = {"totp": True, "passkeys": 0, "recovery_codes": 10, "required": False}
    assert alice.get("account/second-factor").get_json() == has


def test_a_wrong_first_code_sets_nothing_up(alice: Person) -> None:
    made = alice.post("account/totp").get_json()
    body = {"state": made["state"], "code": CodeApp(made["secret"]).wrong()}
    assert set(problem(alice.post("account/totp/confirm", body), 422)) == {"code"}
    assert alice.get("account/second-factor").get_json()["totp"] is False


def test_its_state_is_ones_own_and_short_lived(alice: Person, bob: Person, clock_hand: Any) -> None:
    made = alice.post("account/totp").get_json()
    app = CodeApp(made["secret"])
    problem(bob.post("account/totp/confirm", {"state": made["state"], "code": app.code()}), 410)
    problem(alice.post("account/totp/confirm", {"state": "x.y.z", "code": app.code()}), 410)
    clock_hand.shift(601)
    problem(alice.post("account/totp/confirm", {"state": made["state"], "code": app.code()}), 410)


def test_the_database_holds_neither_secret_nor_code(alice: Person, sql: Any) -> None:
    made = alice.post("account/totp").get_json()
    plain = made["secret"].replace("-", "")
    body = {"state": made["state"], "code": CodeApp(made["secret"]).code()}
    codes = alice.post("account/totp/confirm", body).get_json()["recovery_codes"]
    [(secret, kept)] = sql("SELECT tf_totp_secret, mf_recovery_codes FROM users")
    assert plain not in secret
    assert not any(code in str(kept) for code in codes)


def test_the_password_alone_does_not_sign_in(alice: Person, visitor: Person) -> None:
    set_up_app(alice)
    step = half_sign_in(visitor)
    assert step == {"next": "second_factor", "methods": ["totp", "recovery_code"]}
    problem(visitor.get("account"), 401)


def test_wrong_right_and_reused(
    app: Flask, alice: Person, visitor: Person, clock_hand: Any
) -> None:
    device, _ = set_up_app(alice)
    half_sign_in(visitor)
    # The code that set it up has worked once.
    used = visitor.post("accounts/second-factor", {"code": device.code()})
    problem(used, 401)
    clock_hand.shift(30)
    problem(visitor.post("accounts/second-factor", {"code": device.wrong()}), 401)
    before = session_of(visitor)
    right = visitor.post("accounts/second-factor", {"code": device.code()})
    assert right.status_code == 200
    assert right.get_json()["id"] == alice.user_id
    assert session_of(visitor) != before
    assert visitor.get("account").status_code == 200
    other = Person(app, "alice")
    half_sign_in(other)
    again = other.post("accounts/second-factor", {"code": device.code()})
    assert again.get_data() == used.get_data()
    clock_hand.shift(30)
    assert other.post("accounts/second-factor", {"code": device.code()}).status_code == 200


@pytest.mark.parametrize("code", ["", "x", "12345", "1234567", "١٢٣٤٥٦", " ", "9" * 64, "é"])
def test_strange_codes_are_wrong(alice: Person, visitor: Person, code: str) -> None:
    set_up_app(alice)
    half_sign_in(visitor)
    answer = visitor.post("accounts/second-factor", {"code": code})
    assert answer.status_code == (401 if code else 422)
    answer = visitor.post("accounts/recovery-code", {"code": code})
    assert answer.status_code == (401 if code else 422)
    problem(visitor.get("account"), 401)


def race(app: Flask, path: str, code: str) -> list[int]:
    """Two browsers send the same code at once; their answers' statuses."""
    people = [Person(app, "alice"), Person(app, "alice")]
    for person in people:
        half_sign_in(person)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda person: person.post(path, {"code": code}), people))
    return sorted(answer.status_code for answer in answers)


def both_at(barrier: threading.Barrier, real: Callable[..., Any]) -> Callable[..., Any]:
    def meet(*args: Any, **more: Any) -> Any:
        barrier.wait(10)  # both have found the code good
        return real(*args, **more)

    return meet


def test_one_code_at_two_doors_opens_one(
    app: Flask, alice: Person, clock_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, _ = set_up_app(alice)
    clock_hand.shift(30)
    met = both_at(threading.Barrier(2), AppCodes.set_last_counter)
    monkeypatch.setattr(AppCodes, "set_last_counter", met)
    assert race(app, "accounts/second-factor", device.code()) == [200, 401]


def test_one_recovery_code_at_two_doors_opens_one(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, codes = set_up_app(alice)
    met = both_at(threading.Barrier(2), RecoveryCodes.delete_recovery_code)
    monkeypatch.setattr(RecoveryCodes, "delete_recovery_code", met)
    assert race(app, "accounts/recovery-code", codes[0]) == [200, 401]


def test_a_recovery_code_works_once(app: Flask, alice: Person, visitor: Person) -> None:
    _, codes = set_up_app(alice)
    half_sign_in(visitor)
    typed = codes[3].upper().replace("-", " ")
    assert visitor.post("accounts/recovery-code", {"code": typed}).status_code == 200
    assert visitor.get("account/second-factor").get_json()["recovery_codes"] == 9
    problem(alice.get("account"), 401)  # what was lost may be signed in
    other = Person(app, "alice")
    half_sign_in(other)
    problem(other.post("accounts/recovery-code", {"code": codes[3]}), 401)
    assert other.post("accounts/recovery-code", {"code": codes[4]}).status_code == 200


def test_new_recovery_codes_end_the_old(alice: Person, visitor: Person) -> None:
    _, old = set_up_app(alice)
    new = alice.post("account/recovery-codes").get_json()["recovery_codes"]
    assert len(new) == 10
    assert not set(new) & set(old)
    half_sign_in(visitor)
    problem(visitor.post("accounts/recovery-code", {"code": old[0]}), 401)
    assert visitor.post("accounts/recovery-code", {"code": new[0]}).status_code == 200


def test_recovery_codes_need_something_to_recover(alice: Person) -> None:
    problem(alice.post("account/recovery-codes"), 409)


def test_a_second_app_takes_the_place_of_the_first(
    alice: Person, visitor: Person, clock_hand: Any
) -> None:
    first, codes = set_up_app(alice)
    second, more = set_up_app(alice)
    assert codes
    assert not more
    clock_hand.shift(30)
    half_sign_in(visitor)
    problem(visitor.post("accounts/second-factor", {"code": first.code()}), 401)
    assert visitor.post("accounts/second-factor", {"code": second.code()}).status_code == 200


def test_setting_up_and_removing_end_the_other_browsers(
    app: Flask, alice: Person, clock_hand: Any
) -> None:
    other = Person(app, "alice")
    other.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    device, _ = set_up_app(alice)
    problem(other.get("account"), 401)
    half_sign_in(other)
    clock_hand.shift(30)
    other.post("accounts/second-factor", {"code": device.code()})
    assert alice.delete("account/totp").status_code == 204
    problem(other.get("account"), 401)
    assert alice.get("account/second-factor").get_json()["recovery_codes"] == 0
    assert (
        other.post("accounts/login", {"identity": "alice", "password": PASSWORD}).status_code == 200
    )
    problem(alice.delete("account/totp"), 404)


def test_a_half_open_sign_in_opens_nothing_else(app: Flask, alice: Person, visitor: Person) -> None:
    set_up_app(alice)
    half_sign_in(visitor)
    looks = ["account", "account/sessions", "account/second-factor", "trackers", "today", "exports"]
    for path in (*looks, "account/passkeys", "deliveries", "reports", "invitations"):
        problem(visitor.get(path), 401)
    for path in ("account/totp", "account/recovery-codes", "webhook/secret", "accounts/verify"):
        problem(visitor.post(path, {"password": PASSWORD} if "verify" in path else None), 401)
    problem(visitor.post("account/passkeys/options", {"name": "Mine"}), 401)
    problem(visitor.delete("account", {"password": PASSWORD}), 401)


def test_it_is_half_open_for_ten_minutes(alice: Person, visitor: Person, clock_hand: Any) -> None:
    device, _ = set_up_app(alice)
    half_sign_in(visitor)
    clock_hand.shift(601)
    answer = visitor.post("accounts/second-factor", {"code": device.code()})
    problem(answer, 401)
    assert answer.get_json()["type"] == "/problems/sign-in-again"


def test_who_starts_again_leaves_nothing_half_open(alice: Person, visitor: Person) -> None:
    device, _ = set_up_app(alice)
    half_sign_in(visitor)
    assert visitor.post("accounts/logout").status_code == 200
    answer = visitor.post("accounts/second-factor", {"code": device.code()})
    assert answer.get_json()["type"] == "/problems/sign-in-again"


def test_it_is_half_open_only_as_long_as_the_password_holds(
    app: Flask, alice: Person, visitor: Person, clock_hand: Any
) -> None:
    device, _ = set_up_app(alice)
    half_sign_in(visitor)
    with app.app_context(), database.transaction():
        set_password(alice.user_id, "$argon2id$other")
    clock_hand.shift(30)
    problem(visitor.post("accounts/second-factor", {"code": device.code()}), 401)


def test_a_disabled_account_has_no_second_step(
    app: Flask, alice: Person, visitor: Person, clock_hand: Any
) -> None:
    device, codes = set_up_app(alice)
    half_sign_in(visitor)
    with app.app_context(), database.transaction():
        find_user(alice.user_id).active = False
    clock_hand.shift(30)
    problem(visitor.post("accounts/second-factor", {"code": device.code()}), 401)
    problem(visitor.post("accounts/recovery-code", {"code": codes[0]}), 401)


def test_the_second_step_needs_a_first(visitor: Person, alice: Person) -> None:
    device, codes = set_up_app(alice)
    for path, code in (("second-factor", device.code()), ("recovery-code", codes[0])):
        answer = visitor.post(f"accounts/{path}", {"code": code})
        problem(answer, 401)
        assert answer.get_json()["type"] == "/problems/sign-in-again"


def test_half_signing_in_takes_the_place_of_who_was_there(alice: Person, bob: Person) -> None:
    set_up_app(alice)
    old = session_of(bob)
    half_sign_in(bob, "alice")
    problem(bob.get("account"), 401)
    bob.browser.set_cookie("tend_session", old)
    problem(bob.get("account"), 401)


def test_a_new_password_by_mail_does_not_step_around_it(
    app: Flask, alice: Person, visitor: Person, clock_hand: Any
) -> None:
    device, _ = set_up_app(alice)
    with app.app_context():
        token = mint(find_user(alice.user_id))
    assert visitor.post(f"accounts/reset/{token}", {"password": NEW}).status_code == 200
    problem(visitor.get("account"), 401)
    assert half_sign_in(visitor, password=NEW)["next"] == "second_factor"
    problem(visitor.get("account"), 401)
    clock_hand.shift(30)
    assert visitor.post("accounts/second-factor", {"code": device.code()}).status_code == 200


def test_tries_are_counted_for_the_account(app: Flask, alice: Person, clock_hand: Any) -> None:
    device, _ = set_up_app(alice)
    wrong = {"code": device.wrong()}
    statuses = []
    for number in range(11):
        person = Person(app, "alice")
        elsewhere = {"REMOTE_ADDR": f"10.1.2.{number}"}
        login = {"identity": "alice", "password": PASSWORD}
        person.post("accounts/login", login, environ_overrides=elsewhere)
        tried = person.post("accounts/second-factor", wrong, environ_overrides=elsewhere)
        statuses.append(tried.status_code)
    assert statuses == [401] * 10 + [429]


def test_it_is_written_down_and_told_by_mail(
    alice: Person, visitor: Person, sql: Any, clock_hand: Any
) -> None:
    _, codes = set_up_app(alice)
    half_sign_in(visitor)
    visitor.post("accounts/recovery-code", {"code": codes[0]})
    visitor.post("account/recovery-codes")
    visitor.delete("account/totp")
    expected = ["second_factor_on", "recovery_code_used", "recovery_codes_made"]
    expected.append("second_factor_off")
    noted = [kind for (kind,) in sql("SELECT kind FROM audit_events ORDER BY id")]
    assert [kind for kind in noted if kind in expected] == expected
    told = sql("SELECT period, target FROM deliveries WHERE kind = 'alert' ORDER BY id")
    assert [period.partition("-")[0] for period, _ in told] == expected
    assert {target for _, target in told} == {"alice@example.org"}
