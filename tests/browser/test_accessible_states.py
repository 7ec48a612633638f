"""What opens over a page, or stands in it for a moment, is for everyone too: axe on each."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.factors import give_password, set_up_app
from tests.browser.test_accessible import AXE, RULES, sideways
from tests.browser.visitor import Visitor

SMALLEST = 32
# Everything that can be pressed and is seen; links within a sentence are exempt, as in WCAG.
TARGETS = """smallest => {
  const all = 'button, select, input:not([type=hidden]), a[href], [role=tab], summary'
  const hidden = (each) => each.closest('.visually-hidden, .skip, [aria-hidden=true]')
  const inText = (each) => each.tagName === 'A' && getComputedStyle(each).display === 'inline'
  const area = (each) => (each.closest('label') ?? each).getBoundingClientRect()
  return [...document.querySelectorAll(all)]
    .filter((each) => each.checkVisibility() && !hidden(each) && !inText(each))
    .filter((each) => area(each).height < smallest - 0.5 || area(each).width < smallest - 0.5)
    .map((each) => `${each.outerHTML.slice(0, 120)} ${area(each).width} x ${area(each).height}`)
}"""


def logged(visitor: Visitor) -> None:
    """A message with Undo and Replace, and a note being written."""
    visitor.go("/today")
    visitor.button("Good").click()
    visitor.button("Calm").click()
    expect(visitor.button("Replace")).to_be_visible()
    visitor.row("Mood").get_by_role("button", name="Add a note").click()


def running(visitor: Visitor) -> None:
    """A timer, and a row that was refused."""
    visitor.go("/today")
    visitor.button("Start").click()
    expect(visitor.button("Stop and log")).to_be_visible()
    visitor.page.route("**/logs", lambda route: visitor.refuse(route, 422, detail="Not now."))
    visitor.button("Yes").click()
    visitor.sees("Not now.")
    visitor.page.unroute("**/logs")


def offline(visitor: Visitor) -> None:
    visitor.go("/today")
    visitor.context.set_offline(True)
    visitor.sees("You are offline.")


def menu(visitor: Visitor) -> None:
    visitor.go("/trackers")
    visitor.button("More for Water").click()
    expect(visitor.page.get_by_role("menu")).to_be_visible()


def details(visitor: Visitor) -> None:
    visitor.go("/today")
    visitor.row("Mood").get_by_role("button", name=re.compile("no entry$")).first.click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()


def adding(visitor: Visitor) -> None:
    visitor.go("/trackers")
    visitor.button("Add log to Water").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()


def keys(visitor: Visitor) -> None:
    visitor.go("/today")
    visitor.page.keyboard.press("?")
    expect(visitor.page.get_by_role("dialog")).to_be_visible()


def table(visitor: Visitor) -> None:
    visitor.go("/trackers")
    visitor.link("Water").click()
    visitor.button("Table").click()
    visitor.button("Choose").click()
    visitor.button("Show deleted").click()


def wrong(visitor: Visitor) -> None:
    """A form sent empty: its errors and their summary."""
    visitor.go("/trackers/new")
    visitor.page.get_by_role("radio", name=re.compile("^Choice")).check(force=True)
    visitor.button("Create tracker").click()
    expect(visitor.page.locator("[aria-invalid=true]").first).to_be_visible()


def setting_up(visitor: Visitor) -> None:
    """The picture, the key and a code that does not fit; the name of a passkey."""
    visitor.go("/settings/security")
    visitor.button("Set up an app").click()
    visitor.field("Six-digit code").fill("12345")
    visitor.button("Turn it on").click()
    visitor.button("Add a passkey").click()
    expect(visitor.field("What to call it")).to_be_focused()


def recovery_codes(visitor: Visitor) -> None:
    set_up_app(visitor)
    visitor.go("/settings/security")
    visitor.button("New codes").click()
    visitor.button("Make new ones").click()
    expect(visitor.button("I saved them")).to_be_visible()


def token_made(visitor: Visitor) -> None:
    visitor.go("/settings/tokens")
    visitor.field("What it is for").fill("Kitchen")
    visitor.button("Make the token").click()
    expect(visitor.button("Revoke Kitchen")).to_be_visible()
    for each in visitor.page.locator("summary").all():
        each.click()


def address_waiting(visitor: Visitor) -> None:
    visitor.post("account/email", {"email": f"new-{visitor.email}"})
    visitor.go("/settings/profile")
    expect(visitor.button("Take it back")).to_be_visible()


def asked_again(visitor: Visitor) -> None:
    refusal = {"type": "/problems/recent-sign-in", "methods": ["password", "totp"]}
    visitor.page.route(
        "**/account/email", lambda route: visitor.refuse(route, 403, None, **refusal)
    )
    visitor.go("/settings/profile")
    visitor.button("Change").click()
    visitor.field("New e-mail").fill("new@example.org")
    visitor.button("Send the letter").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(visitor.page.get_by_role("dialog").locator("[aria-invalid=true]")).to_be_focused()


def second_step(visitor: Visitor) -> None:
    set_up_app(visitor)
    visitor.post("accounts/logout")
    give_password(visitor, visitor.name)
    expect(visitor.field("Six-digit code")).to_be_focused()


STATES = [
    *(logged, running, offline, menu, details, adding, keys, table, wrong),
    *(setting_up, recovery_codes, token_made, address_waiting, asked_again, second_step),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("width", [1280, 360])
def test_every_state_is_for_everyone(
    mira: Visitor, state: Callable[[Visitor], None], width: int
) -> None:
    for kind in ("numerical", "multiple_choice", "boolean", "time_duration"):
        mira.tracker(kind)
    mira.page.set_viewport_size({"width": width, "height": 900})
    state(mira)
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        mira.page.emulate_media(color_scheme=scheme)
        expect(mira.page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        for fault in AXE.run(mira.page, options=RULES).response["violations"]:
            found[f"{scheme} {fault['id']}"] = [node["html"][:200] for node in fault["nodes"][:4]]
    if small := mira.page.evaluate(TARGETS, SMALLEST):
        found["targets under 32 px"] = small
    assert not found
    assert not sideways(mira)
