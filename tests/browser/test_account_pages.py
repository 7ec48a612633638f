"""Tokens, the e-mail address and the people of a place: done on the page, seen from outside."""

import email
import http.client
import json
import re
from collections.abc import Callable
from email import policy
from typing import Any

from playwright.sync_api import expect

from tests.browser.factors import give_password, make_admin
from tests.browser.visitor import Visitor
from tests.faults.running import Tend, wait_for

Visit = Callable[..., Visitor]
LINK = re.compile(r"http://\S*?(/confirm/[^\s>\"]+)")


def ask(tend: Tend, token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """A script's request: no browser, no cookie, the token alone."""
    connection = http.client.HTTPConnection("127.0.0.1", tend.port, timeout=15)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, f"/api/v1/{path}", json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.getheader("Set-Cookie") is None
    connection.close()
    return answer.status, json.loads(text) if text else None


def link_to(tend: Tend, address: str) -> str:
    """The path of the link in the letter to that address."""

    def found() -> list[str]:
        letters = [
            email.message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((tend.data / "mail").rglob("*.eml"))
        ]
        bodies = [
            part.get_content()
            for letter in letters
            if address in str(letter["To"]) and (part := letter.get_body(("plain",)))
        ]
        return [match[1] for body in bodies for match in LINK.finditer(body)]

    wait_for(found, 30, f"a letter to {address}")
    return found()[-1]


def test_a_token_is_made_used_by_a_script_and_revoked(mira: Visitor, tend: Tend) -> None:
    water = mira.tracker("numerical")
    mira.go("/settings/tokens")
    mira.field("What it is for").fill("Kitchen display")
    mira.page.get_by_role("radio", name=re.compile("^Log")).check()
    mira.button("Make the token").click()
    token = mira.field("The token, shown this once").input_value()
    assert token in mira.field("To try it in a terminal").input_value()
    mira.button("I have it").click()
    expect(mira.page.get_by_text(token)).to_have_count(0)
    mira.sees("not used yet")

    assert ask(tend, token, "GET", "today")[0] == 200
    assert ask(tend, token, "POST", f"trackers/{water}/logs", {"value": 1.5})[0] == 201
    assert ask(tend, token, "POST", "trackers", {"kind": "boolean", "name": "No"})[0] == 403
    assert [entry["value"] for entry in mira.entries(water)] == [1.5]
    mira.go("/settings/tokens")
    mira.sees("last used")
    mira.button("Revoke Kitchen display").click()
    question = mira.page.get_by_role("dialog", name="Revoke Kitchen display?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Revoke").click()
    mira.sees("There is none yet.")
    assert ask(tend, token, "GET", "today")[0] == 401


def test_the_address_moves_once_its_letter_is_opened(mira: Visitor, tend: Tend) -> None:
    fresh = f"new-{mira.email}"
    mira.go("/settings/profile")
    for _ in ("taken back", "gone through"):
        mira.button("Change").click()
        mira.field("New e-mail").fill(fresh)
        mira.button("Send the letter").click()
        mira.sees("Waits for its letter to be opened.")
        if _ == "taken back":
            mira.button("Take it back").click()
            mira.sees(f"Your address stays {mira.email}.")
    assert mira.get("account")["email"] == mira.email
    mira.go(link_to(tend, fresh))
    assert mira.get("account")["email"] == mira.email  # opening it changes nothing
    mira.button("Move to this address").click()
    mira.sees("Your account has this address now.")
    mira.go("/settings/profile")
    mira.sees(fresh)
    assert mira.get("account")["new_email"] is None


def test_who_runs_the_place_sees_people_and_closes_an_account(
    mira: Visitor, visit: Visit, tend: Tend
) -> None:
    jonas = visit("jonas")
    mira.go("/settings/people")
    expect(mira.heading("There is nothing here")).to_be_visible()
    make_admin(tend, mira)
    mira.go("/settings/profile")
    mira.link("People").click()
    mira.button(f"Disable {jonas.name}").click()
    mira.sees(f"{jonas.name} is signed out everywhere")
    jonas.page.goto("/today")
    jonas.at("/sign-in")
    mira.button("Undo").click()
    expect(mira.button(f"Disable {jonas.name}")).to_be_visible()
    give_password(jonas, jonas.name)
    jonas.at("/today")
    mira.button("Make an invitation").click()
    expect(mira.field("The invitation")).to_have_value(re.compile("/sign-up\\?invite="))
