"""Two people and one tracker: nothing before it is accepted, then exactly what the role allows."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


def share(owner: Visitor, tracker: int, name: str, role: str) -> None:
    """By the form of the tracker's people."""
    owner.go(f"/trackers/{tracker}/people")
    owner.field("Username").fill(name)
    owner.page.get_by_role("radio", name=role).check()
    owner.button("Share").click()
    owner.sees(f"{name} is asked.")


def accept(guest: Visitor, owner: Visitor) -> None:
    guest.go("/trackers")
    invitation = guest.page.get_by_role("region", name="Invitations").get_by_role("article")
    expect(invitation).to_contain_text(f"{owner.name} shares Water with you")
    guest.button("Accept Water").click()
    guest.sees("Water is among your trackers now.")
    expect(guest.page.get_by_role("article", name="Water")).to_be_visible()


def not_found(guest: Visitor, tracker: int) -> None:
    for path in ("", "/people", "/edit"):
        guest.go(f"/trackers/{tracker}{path}")
        expect(guest.heading("There is nothing here")).to_be_visible()


def test_a_viewer_sees_and_cannot_write(mira: Visitor, visit: Visit) -> None:
    tracker = mira.tracker("numerical")
    mira.log(tracker, 2, note="By the river")
    jonas = visit("jonas")
    not_found(jonas, tracker)
    share(mira, tracker, jonas.name, "Can look")
    not_found(jonas, tracker)  # asked is not yet let in
    accept(jonas, mira)

    expect(jonas.page.get_by_role("article")).to_contain_text(f"from {mira.name}, you may look")
    jonas.go("/today")  # is what there is to log: not this one
    expect(jonas.heading("What keeps you well?")).to_be_visible()

    jonas.go(f"/trackers/{tracker}")
    jonas.sees(f"{mira.name} shares this with you to look at.")
    log = jonas.page.get_by_role("region", name="Log")
    expect(log.get_by_text("By the river")).to_be_visible()
    writing = re.compile("^(Add log|Edit|Delete|Import|Bring|Show deleted|Archive)")
    for role in ("button", "link", "menuitem"):
        expect(jonas.page.get_by_role(role, name=writing)).to_have_count(0)
    jonas.button("More for Water").click()
    expect(jonas.page.get_by_role("menu")).to_be_visible()
    expect(jonas.page.get_by_role("menuitem", name=writing)).to_have_count(0)


def test_an_editor_logs_and_the_owner_takes_it_back(mira: Visitor, visit: Visit) -> None:
    tracker = mira.tracker("numerical")
    jonas = visit("jonas")
    share(mira, tracker, jonas.name, "Can add")
    accept(jonas, mira)
    jonas.go("/today")
    with jonas.page.expect_response("**/logs") as answer:
        jonas.button("Log 1 l").click()
    assert answer.value.status == 201

    mira.go(f"/trackers/{tracker}")
    log = mira.page.get_by_role("region", name="Log")
    expect(log.get_by_role("row").nth(1)).to_contain_text(jonas.name)
    mira.go(f"/trackers/{tracker}/people")
    expect(mira.page.get_by_label(f"What {jonas.name} may do")).to_have_value("editor")
    with mira.page.expect_response("**/people/*") as taken:
        mira.button(f"Take back from {jonas.name}").click()
    assert taken.value.status == 204
    mira.sees(f"{jonas.name} no longer sees this.")
    not_found(jonas, tracker)
    jonas.go("/today")
    expect(jonas.heading("What keeps you well?")).to_be_visible()
    assert [entry["by"] for entry in mira.entries(tracker)] == [jonas.name]


def test_a_change_of_role_holds_at_once(mira: Visitor, visit: Visit) -> None:
    tracker = mira.tracker("numerical")
    jonas = visit("jonas")
    share(mira, tracker, jonas.name, "Can add")
    accept(jonas, mira)
    jonas.go("/today")
    mira.go(f"/trackers/{tracker}/people")
    with mira.page.expect_response("**/people/*"):
        mira.page.get_by_label(f"What {jonas.name} may do").select_option("viewer")
    # The page of the guest is older than that: the server says no, and the page says so.
    with jonas.page.expect_response("**/logs") as answer:
        jonas.button("Log 1 l").click()
    assert answer.value.status in {403, 404}
    expect(jonas.row("Water").get_by_text("Error:")).to_be_attached()
    assert mira.entries(tracker) == []


def test_who_is_asked_may_decline_and_who_is_let_in_may_leave(mira: Visitor, visit: Visit) -> None:
    tracker = mira.tracker("numerical")
    jonas = visit("jonas")
    share(mira, tracker, jonas.name, "Can look")
    jonas.go("/trackers")
    jonas.button("Decline Water").click()
    jonas.sees(f"You declined Water. {mira.name} can share it again.")
    not_found(jonas, tracker)

    share(mira, tracker, jonas.name, "Can look")
    accept(jonas, mira)
    jonas.go(f"/trackers/{tracker}/people")
    jonas.button("Leave").click()
    dialog = jonas.page.get_by_role("dialog", name="Leave Water?")
    expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    dialog.get_by_role("button", name="Leave").click()
    jonas.at("/trackers")
    jonas.sees("You left Water.")
    not_found(jonas, tracker)


def test_asking_says_the_same_whether_somebody_exists_or_not(mira: Visitor) -> None:
    tracker = mira.tracker("numerical")
    share(mira, tracker, "nobody-of-that-name", "Can look")
    expect(mira.page.get_by_text("Asked, no answer yet")).to_be_visible()
