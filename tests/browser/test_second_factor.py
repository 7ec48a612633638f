"""An authenticator app, its recovery codes, and being asked again: from the page's side."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.factors import code_of, give_password, let_time_pass, set_up_app
from tests.browser.visitor import PASSWORD, Visitor
from tests.faults.running import Tend

Visit = Callable[..., Visitor]
REFUSED = "That does not fit."


def type_code(visitor: Visitor, code: str, verb: str = "Sign in") -> None:
    visitor.field("Six-digit code").fill(code)
    visitor.button(verb).click()


def sign_out(visitor: Visitor) -> None:
    visitor.button("Sign out").click()
    visitor.at("/sign-in")


def test_an_app_is_set_up_and_then_asked_for(mira: Visitor) -> None:
    mira.go("/settings/security")
    mira.button("Set up an app").click()
    secret = mira.field("Or type this key").input_value()
    picture = mira.page.get_by_role("img", name=re.compile("^The key as a picture"))
    assert picture.evaluate("each => each.complete && each.naturalWidth > 0")
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06}"
    type_code(mira, wrong, "Turn it on")
    expect(mira.field("Six-digit code")).to_have_attribute("aria-invalid", "true")
    used = code_of(secret)
    type_code(mira, used, "Turn it on")
    expect(mira.heading("Save your recovery codes")).to_be_focused()
    with mira.page.expect_download() as file:
        mira.button("Download").click()
    saved = file.value.path().read_text(encoding="utf-8")
    codes = mira.page.locator(".on-paper li").all_text_contents()
    assert codes
    assert all(code in saved for code in codes)
    mira.button("I saved them").click()
    mira.sees(f"{len(codes)} codes left.")
    expect(mira.page.get_by_text(codes[0])).to_have_count(0)

    sign_out(mira)
    give_password(mira, mira.name)
    expect(mira.heading("One more step")).to_be_visible()
    expect(mira.field("Six-digit code")).to_be_focused()
    for refused in (wrong, used):  # a wrong one, and one that was used already
        type_code(mira, refused)
        mira.sees(REFUSED)
        expect(mira.field("Six-digit code")).to_have_value("")
    type_code(mira, code_of(secret, 1))
    mira.at("/today")
    assert mira.page.evaluate("Object.keys(localStorage)") == []


def test_a_recovery_code_works_once(mira: Visitor, visit: Visit) -> None:
    _, codes = set_up_app(mira)
    other = visit()
    for refused in (False, True):
        give_password(other, mira.name)
        other.button("Use a recovery code").click()
        other.field("Recovery code").fill(codes[0])
        other.button("Sign in").click()
        if refused:
            other.sees(REFUSED)
        else:
            other.at("/today")
            other.go("/settings/security")
            other.sees(f"{len(codes) - 1} codes left.")
            sign_out(other)


def test_what_matters_most_asks_again_and_then_goes_on(mira: Visitor, tend: Tend) -> None:
    mira.go("/settings/tokens")
    let_time_pass(tend.data, mira)
    mira.field("What it is for").fill("Kitchen")
    mira.button("Make the token").click()
    dialog = mira.page.get_by_role("dialog", name="Is it you?")
    expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    mira.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(mira.page.get_by_role("alert")).to_have_count(0)
    expect(mira.field("What it is for")).to_have_value("Kitchen")
    mira.sees("There is none yet.")

    mira.button("Make the token").click()
    dialog.get_by_label("Password", exact=True).fill("not this one, surely")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.get_by_text("That is not your password.")).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(mira.heading("Kitchen is ready")).to_be_visible()
    assert [token["name"] for token in mira.get("account/tokens")["items"]] == ["Kitchen"]


def test_a_code_is_proof_too_and_turns_the_app_off(mira: Visitor, tend: Tend) -> None:
    secret, _ = set_up_app(mira)
    mira.go("/settings/security")
    let_time_pass(tend.data, mira)
    mira.button("Turn off").click()
    mira.page.get_by_role("dialog").get_by_role("button", name="Turn off").click()
    mira.button("Use a code from your app").click()
    type_code(mira, code_of(secret, 1), "Go on")
    expect(mira.button("Set up an app")).to_be_visible()
    assert mira.get("account/second-factor")["totp"] is False
    assert mira.get("account/second-factor")["recovery_codes"] == 0
