"""Where everybody needs a second factor: nobody is in before one is set up."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.factors import code_of, give_password
from tests.browser.serving import serving
from tests.browser.visitor import PASSWORD, Visitor
from tests.faults.running import Tend

names = count(1)
TEN = 10


@pytest.fixture(scope="module")
def tend(built_page: None) -> Iterator[Tend]:
    """A Tend that wants a second factor of everybody."""
    with serving(TWO_FACTOR="required") as running:
        yield running


def fill_in_sign_up(visitor: Visitor) -> None:
    """Sign up on the page, up to where the second factor is asked for."""
    visitor.name = f"mira-needs-{next(names)}"
    visitor.go("/sign-up")
    visitor.field("Username").fill(visitor.name)
    visitor.field("E-mail").fill(visitor.email)
    visitor.field("Password").fill(PASSWORD)
    visitor.button("Create account").click()
    expect(visitor.heading("Set up a second factor")).to_be_visible()


def set_up_app(visitor: Visitor) -> tuple[str, list[str]]:
    """The app, on the page: its key, and the codes that are shown."""
    visitor.button("With an authenticator app").click()
    secret = visitor.field("Or type this key").input_value()
    visitor.field("Six-digit code").fill(code_of(secret))
    visitor.button("Turn it on").click()
    expect(visitor.heading("Save your recovery codes")).to_be_focused()
    return secret, visitor.page.locator(".on-paper li").all_text_contents()


def is_in(visitor: Visitor) -> bool:
    """Whether the server gives the visitor what is theirs."""
    answer = visitor.context.request.get("/api/v1/today", headers=visitor.headers)
    return answer.ok


def test_who_signs_up_sets_an_app_up_and_only_then_is_in(visitor: Visitor) -> None:
    fill_in_sign_up(visitor)
    assert not is_in(visitor)
    secret, codes = set_up_app(visitor)
    assert len(set(codes)) == TEN
    visitor.button("I saved them").click()
    visitor.at("/today")
    visitor.settled()
    assert is_in(visitor)
    assert visitor.get("account/second-factor")["required"] is True

    visitor.go("/settings/security")
    visitor.button("Sign out").click()
    visitor.at("/sign-in")
    give_password(visitor, visitor.name)
    visitor.field("Six-digit code").fill(code_of(secret, 1))
    visitor.button("Sign in").click()
    visitor.at("/today")


def test_leaving_the_set_up_half_done_lets_nobody_in(visitor: Visitor) -> None:
    fill_in_sign_up(visitor)
    visitor.go("/today")  # instead of setting one up
    visitor.at("/sign-in")
    assert not is_in(visitor)
    give_password(visitor, visitor.name)
    expect(visitor.heading("Set up a second factor")).to_be_visible()
    visitor.button("Start again").click()
    expect(visitor.field("Password")).to_have_value("")
    answer = visitor.context.request.post(
        "/api/v1/account/totp",
        headers={**visitor.headers, "X-XSRF-TOKEN": visitor._token()},
        data={},
    )
    assert answer.status == 401  # the half-open sign-in went with it


def test_the_codes_go_onto_paper_by_themselves(visitor: Visitor, tmp_path: Path) -> None:
    fill_in_sign_up(visitor)
    _, codes = set_up_app(visitor)
    assert on_paper(visitor, tmp_path / "card.pdf", codes)
    visitor.button("I saved them").click()
    visitor.at("/today")
    visitor.go("/settings/security")
    visitor.button("New codes").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Make new ones").click()
    expect(visitor.heading("Save your recovery codes")).to_be_visible()
    codes = visitor.page.locator(".on-paper li").all_text_contents()
    assert on_paper(visitor, tmp_path / "settings.pdf", codes)


def on_paper(visitor: Visitor, file: Path, codes: list[str]) -> bool:
    """Print with the page's own button: one page with all codes, and nothing else of ours."""
    visitor.page.evaluate("window.print = () => {}")
    visitor.button("Print").click()
    visitor.page.pdf(path=file, format="A4")
    [page] = PdfReader(file).pages
    text = page.extract_text()
    assert all(code in text for code in codes), text
    assert f"localhost:{visitor.url.rpartition(':')[2]}" in text
    return "I saved them" not in text and "Today" not in text and "Print" not in text
