"""Passkeys, by a device that Chromium plays: alone, after a password, renamed, removed."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.factors import Device, give_password, let_time_pass, set_up_app
from tests.browser.visitor import Visitor
from tests.faults.running import Tend

Visit = Callable[..., Visitor]


def add_passkey(visitor: Visitor, name: str) -> None:
    visitor.go("/settings/security")
    visitor.button("Add a passkey").click()
    visitor.field("What to call it").fill(name)
    visitor.button("Go on").click()
    visitor.sees(f"{name} is one of your passkeys now.")


def test_a_passkey_is_made_and_signs_in_by_itself(mira: Visitor) -> None:
    device = Device(mira)
    add_passkey(mira, "My phone")
    mira.button("I saved them").click()
    row = mira.page.get_by_role("region", name="Passkeys").get_by_role("listitem")
    expect(row).to_contain_text("Signs in by itself")
    expect(row).to_contain_text("not used yet")
    assert len(device.keys()) == 1

    mira.button("Sign out").click()
    mira.at("/sign-in")
    mira.button("Sign in with a passkey").click()
    mira.at("/today")
    mira.go("/settings/security")
    expect(row).to_contain_text("last used today")
    mira.sees("Signed in (passkey)")


def test_a_passkey_is_the_second_step(mira: Visitor, visit: Visit) -> None:
    device = Device(mira)
    add_passkey(mira, "My phone")
    set_up_app(mira)
    other = visit()
    give_password(other, mira.name)
    expect(other.field("Six-digit code")).to_be_focused()
    Device(other).give(device.keys()[0])
    other.button("Use a passkey").click()  # instead of the code,
    other.button("Use a passkey").click()  # and now
    other.at("/today")


def test_a_passkey_is_suggested_where_the_name_is_written(mira: Visitor, visit: Visit) -> None:
    device = Device(mira)
    add_passkey(mira, "My phone")
    other = visit()
    Device(other).give(device.keys()[0])
    other.go("/sign-in?next=/data")
    other.field("Username or e-mail").focus()  # this device takes what is suggested
    other.at("/data")


def test_a_passkey_is_proof_renamed_and_removed(mira: Visitor, tend: Tend) -> None:
    Device(mira)
    add_passkey(mira, "My phone")
    mira.button("I saved them").click()
    let_time_pass(tend.data, mira)
    mira.button("More for My phone").click()
    mira.page.get_by_role("menuitem", name="Rename").click()
    mira.field("Name").fill("Old phone")
    mira.button("Save").click()
    dialog = mira.page.get_by_role("dialog", name="Is it you?")
    dialog.get_by_role("button", name="Use a passkey").click()
    dialog.get_by_role("button", name="Use a passkey").click()
    mira.button("More for Old phone").click()
    mira.page.get_by_role("menuitem", name="Remove").click()
    question = mira.page.get_by_role("dialog", name="Remove Old phone?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Remove").click()
    mira.sees("A passkey signs you in with your finger")
    assert mira.get("account/passkeys")["items"] == []


def test_a_device_without_a_passkey_says_so_and_the_password_still_works(visitor: Visitor) -> None:
    visitor.sign_up("jonas")
    visitor.post("accounts/logout")
    Device(visitor)
    visitor.go("/sign-in")
    visitor.button("Sign in with a passkey").click()
    visitor.sees("No passkey was used.")
    give_password(visitor, visitor.name)
    visitor.at("/today")
