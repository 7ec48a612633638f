"""Signing out: the browser forgets what it kept of the person, and signing in again works."""

from collections.abc import Callable

from tests.browser.visitor import Visitor
from tests.people import PASSWORD

STORED = "JSON.stringify([localStorage.getItem('left'), sessionStorage.getItem('left')])"


def test_signing_out_leaves_nothing_but_how_the_device_shows_things(
    visit: Callable[..., Visitor],
) -> None:
    mira = visit("mira")
    mira.go("/today")
    mira.page.evaluate("localStorage.setItem('left', 'x'); sessionStorage.setItem('left', 'x')")
    mira.page.evaluate("localStorage.setItem('tend.display', JSON.stringify({theme: 'dark'}))")
    mira.page.reload()
    mira.link("Settings").click()
    with mira.page.expect_response("**/accounts/logout") as said:
        mira.button("Sign out").click()
    assert said.value.all_headers()["clear-site-data"] == '"cache", "storage"'
    mira.at("/sign-in")
    assert mira.page.evaluate(STORED) == "[null,null]"
    kept = mira.page.evaluate("JSON.parse(localStorage.getItem('tend.display')).theme")
    assert kept == "dark"
    assert {cookie["name"] for cookie in mira.context.cookies()} >= {"XSRF-TOKEN"}
    mira.field("Username or e-mail").fill(mira.email)
    mira.field("Password").fill(PASSWORD)
    mira.page.get_by_role("button", name="Sign in", exact=True).click()
    mira.at("/today")
