"""Everything by keyboard alone: not one press of a mouse in this file."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.factors import code_of, set_up_app
from tests.browser.visitor import FOUR, PASSWORD, Visitor

MOST_TABS = 60
LOGS = "**/api/v1/trackers/*/logs"


def keys(visitor: Visitor, *pressed: str) -> None:
    for key in pressed:
        visitor.page.keyboard.press(key)


def tab_to(visitor: Visitor, wanted: Locator, key: str = "Tab") -> None:
    """Tab on until the control has the focus, and shows it."""
    for _ in range(MOST_TABS):
        keys(visitor, key)
        if wanted.evaluate("each => each === document.activeElement"):
            outline = "each => getComputedStyle(each).outlineStyle !== 'none'"
            within = "each => !!each.closest(':focus-within') && each.matches(':focus-visible')"
            assert wanted.evaluate(outline) or wanted.evaluate(within)
            return
    raise AssertionError(f"{MOST_TABS} presses of {key} do not lead to {wanted}")


@pytest.fixture
def four(mira: Visitor) -> dict[str, int]:
    """A tracker of each kind."""
    return {kind: mira.tracker(kind) for kind in FOUR}


def test_signing_in(visit: Callable[..., Visitor], mira: Visitor) -> None:
    other = visit()
    other.go("/sign-in")
    tab_to(other, other.field("Username or e-mail"))
    other.page.keyboard.type(mira.name)
    tab_to(other, other.field("Password"))
    other.page.keyboard.type("not this one, surely")
    keys(other, "Enter")
    other.sees("That username and password do not go together.")
    focused = other.page.evaluate("document.activeElement.closest('form') !== null")
    assert focused  # on the summary of what is wrong, inside the form
    tab_to(other, other.field("Password"))
    keys(other, "Control+a")
    other.page.keyboard.type(PASSWORD)
    keys(other, "Enter")
    other.at("/today")


def test_the_second_step_and_a_token(visit: Callable[..., Visitor], mira: Visitor) -> None:
    secret, _ = set_up_app(mira)
    other = visit()
    other.go("/sign-in")
    tab_to(other, other.field("Username or e-mail"))
    other.page.keyboard.type(mira.name)
    tab_to(other, other.field("Password"))
    other.page.keyboard.type(PASSWORD)
    keys(other, "Enter")
    expect(other.field("Six-digit code")).to_be_focused()
    tab_to(other, other.button("Use a recovery code"))
    keys(other, "Enter")
    expect(other.field("Recovery code")).to_be_focused()
    tab_to(other, other.button("Use a code from your app"))
    keys(other, "Enter")
    other.page.keyboard.type(code_of(secret, 1))
    keys(other, "Enter")
    other.at("/today")
    keys(other, "g", "s")
    tab_to(other, other.link("Tokens"))
    keys(other, "Enter")
    tab_to(other, other.field("What it is for"))
    other.page.keyboard.type("Kitchen")
    keys(other, "Enter")
    expect(other.heading("Kitchen is ready")).to_be_focused()
    tab_to(other, other.button("Revoke Kitchen"))
    keys(other, "Enter")
    expect(other.button("Keep it")).to_be_focused()
    keys(other, "Escape")
    expect(other.button("Revoke Kitchen")).to_be_focused()


def test_logging_all_four_kinds_from_today(mira: Visitor, four: dict[str, int]) -> None:
    mira.go("/today")
    presses = {"Water": ["Enter"], "Mood": ["2"], "Medication": ["y"], "Walk": ["s", "s"]}
    for name, row_keys in presses.items():
        keys(mira, "j")
        expect(mira.row(name)).to_be_focused()
        for key in row_keys:
            with mira.page.expect_response(re.compile("/(logs|timer)$")) as answer:
                keys(mira, key)
            assert answer.value.status == 201
    mira.sees("All four logged. That is the day.")
    found = {kind: [entry["value"] for entry in mira.entries(four[kind])] for kind in FOUR[:3]}
    assert found == {"numerical": [1], "multiple_choice": ["Good"], "boolean": [True]}
    assert len(mira.entries(four["time_duration"])) == 1


def test_a_number_is_stepped_and_typed_on_its_row(mira: Visitor) -> None:
    water = mira.tracker("numerical")
    mira.go("/today")
    keys(mira, "j", "+", "+")
    expect(mira.button("Log 3 l")).to_be_visible()
    keys(mira, "-")
    expect(mira.button("Log 2 l")).to_be_visible()
    keys(mira, "7")
    mira.page.keyboard.type(".5")
    with mira.page.expect_response(LOGS):
        keys(mira, "Enter")
    assert [entry["value"] for entry in mira.entries(water)] == [7.5]


def test_z_undoes_one_after_another(mira: Visitor, four: dict[str, int]) -> None:
    mira.go("/today")
    for key in ("j", "j", "2", "j", "y"):
        keys(mira, key)
    mira.sees("Medication logged: Yes")
    mira.sees("2 of 4 logged")
    for name, left in (("Medication", 1), ("Mood", 0)):
        with mira.page.expect_response("**/api/v1/logs/*") as answer:
            keys(mira, "z")
        assert answer.value.status == 204, name
        mira.sees(f"{left} of 4 logged")
    assert mira.entries(four["boolean"]) == mira.entries(four["multiple_choice"]) == []


def test_a_note_is_written_and_escaped(mira: Visitor) -> None:
    mood = mira.tracker("multiple_choice")
    mira.log(mood, "Good")
    mira.go("/today")
    keys(mira, "j", "e")
    field = mira.field("Note for Mood")
    expect(field).to_be_focused()
    mira.page.keyboard.type("z is a letter here, and ? too")
    keys(mira, "Escape")
    expect(field).to_have_count(0)
    keys(mira, "j", "e")
    mira.page.keyboard.type("By the river")
    with mira.page.expect_response("**/api/v1/logs/*"):
        keys(mira, "Enter")
    assert [entry["note"] for entry in mira.entries(mood)] == ["By the river"]


def test_a_row_of_the_log_is_edited(mira: Visitor) -> None:
    water = mira.tracker("numerical")
    mira.log(water, 1.5)
    mira.go("/trackers")
    keys(mira, "j")
    expect(mira.link("Water")).to_be_focused()
    keys(mira, "Enter")
    expect(mira.heading(re.compile("^Water$"))).to_be_focused()
    edit = mira.page.get_by_role("button", name=re.compile("^Edit 1.5"))
    expect(edit).to_be_visible()
    tab_to(mira, edit)
    keys(mira, "Enter")
    value = mira.page.get_by_role("region", name="Log").get_by_label("Value")
    expect(value).to_be_focused()
    keys(mira, "Control+a")
    mira.page.keyboard.type("2.25")
    with mira.page.expect_response("**/api/v1/logs/*") as answer:
        keys(mira, "Enter")
    assert answer.value.status == 200
    expect(mira.page.get_by_role("button", name=re.compile("^Edit 2.25"))).to_be_focused()
    assert [entry["value"] for entry in mira.entries(water)] == [2.25]


def test_the_first_tab_skips_to_the_content(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/today")
    keys(mira, "Tab")
    skip = mira.link("Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys(mira, "Enter")
    expect(mira.page.get_by_role("main")).to_be_focused()
    keys(mira, "Tab")
    inside = "document.activeElement.closest('main') !== null"
    assert mira.page.evaluate(inside)


def test_the_list_of_keys_and_going_places(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/today")
    keys(mira, "?")
    dialog = mira.page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("each => each.contains(document.activeElement)")
    keys(mira, "Escape")
    expect(dialog).to_have_count(0)
    for key, path in (("k", "/trackers"), ("d", "/data"), ("s", "/settings"), ("t", "/today")):
        keys(mira, "g", key)
        mira.at(re.compile(re.escape(path)))
        expect(mira.page.get_by_role("heading", level=1)).to_be_focused()
    keys(mira, "n")
    mira.at("/trackers/new")
    expect(mira.field("Name")).to_be_focused()
    keys(mira, "g", "d")  # letters in a field are letters
    expect(mira.field("Name")).to_have_value("gd")
    keys(mira, "Escape")
    mira.at("/today")


def test_a_menu_opens_moves_and_gives_the_focus_back(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/today")
    more = mira.button("More for Medication")
    tab_to(mira, more)
    keys(mira, "ArrowDown")
    items = mira.page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    keys(mira, "ArrowUp")
    expect(items.last).to_be_focused()
    keys(mira, "Escape")
    expect(items).to_have_count(0)
    expect(more).to_be_focused()


def test_the_keys_can_be_turned_off(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/settings/display")
    switch = mira.page.get_by_role("checkbox", name=re.compile("^Single-key"))
    tab_to(mira, switch)
    keys(mira, "Space")
    mira.go("/today")
    keys(mira, "?", "j", "g", "k")
    expect(mira.page.get_by_role("dialog")).to_have_count(0)
    mira.at("/today")
