"""The page when things do not go smoothly: refusals, silence, other devices, other days."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Route, expect

from tests.browser.visitor import PASSWORD, Visitor

LOGS = "**/api/v1/trackers/*/logs"
Visit = Callable[..., Visitor]


def test_a_press_that_the_server_refuses_is_taken_back_with_a_message(mira: Visitor) -> None:
    tracker = mira.tracker("boolean")
    mira.go("/today")
    held: list[Route] = []
    mira.page.route(LOGS, lambda route: held.append(route))
    row = mira.row("Medication")
    yes = row.get_by_role("button", name="Yes", exact=True)
    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")  # at once, before any answer
    mira.sees("It is logged. That is the day.")
    mira.refuse(held[0], 422, detail="This day is closed.")
    expect(yes).to_have_attribute("aria-pressed", "false")
    expect(row.get_by_text("This day is closed.")).to_be_visible()
    expect(row.get_by_role("button", name=re.compile("no entry$"))).to_have_count(7)
    mira.sees("0 of 1 logged")
    expect(mira.button("Undo")).to_have_count(0)
    assert mira.entries(tracker) == []
    mira.page.unroute(LOGS)
    with mira.page.expect_response(LOGS):
        yes.click()
    expect(row.get_by_text("This day is closed.")).to_have_count(0)
    assert [entry["value"] for entry in mira.entries(tracker)] == [True]


def test_an_answer_lost_on_the_way_does_not_log_twice(mira: Visitor) -> None:
    tracker = mira.tracker("numerical")
    mira.go("/today")
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    mira.page.route(LOGS, lose_the_first_answer)
    with mira.page.expect_response(LOGS):
        mira.button("Log 1 l").click()
    expect(mira.row("Water").get_by_role("button", name="Add 1 l")).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert [entry["value"] for entry in mira.entries(tracker)] == [1]


def test_a_silent_server_is_said_by_the_row_and_tried_again(mira: Visitor) -> None:
    tracker = mira.tracker("multiple_choice")
    mira.go("/today")
    mira.page.route(LOGS, lambda route: route.abort())
    good = mira.button("Good")
    good.click()
    row = mira.row("Mood")
    expect(row.get_by_text("Not saved: the server did not answer.")).to_be_visible()
    expect(good).to_have_attribute("aria-pressed", "false")
    mira.page.unroute(LOGS)
    with mira.page.expect_response(LOGS):
        row.get_by_role("button", name="Try again").click()
    expect(good).to_have_attribute("aria-pressed", "true")
    assert [entry["value"] for entry in mira.entries(tracker)] == ["Good"]


def test_offline_is_a_line_on_top_and_logging_waits(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/today")
    yes = mira.button("Yes")
    expect(yes).to_be_visible()
    line = "You are offline. Logging waits until you are back."
    mira.context.set_offline(True)
    expect(mira.page.get_by_role("status").filter(has_text=line)).to_be_visible()
    expect(yes).to_have_count(0)
    expect(mira.row("Medication")).to_be_visible()  # what was seen before stays
    mira.context.set_offline(False)
    expect(mira.page.get_by_role("status").filter(has_text=line)).to_have_count(0)
    with mira.page.expect_response(LOGS) as answer:
        yes.click()
    assert answer.value.status == 201


def test_a_timer_outlives_the_page_and_stops_on_another_device(mira: Visitor, visit: Visit) -> None:
    tracker = mira.tracker("time_duration")
    mira.go("/today")
    with mira.page.expect_response("**/timer"):
        mira.button("Start").click()
    mira.page.reload()
    expect(mira.button("Stop and log")).to_be_visible()
    mira.link("Trackers").click()
    pill = mira.page.get_by_role("link", name=re.compile("^Walk has been running for"))
    expect(pill).to_be_visible()

    phone = visit(viewport={"width": 360, "height": 740})
    phone.sign_in_as(mira)
    phone.go("/today")
    with phone.page.expect_response("**/timer") as answer:
        phone.button("Stop and log").click()
    assert answer.value.status == 201
    expect(phone.button("Start")).to_be_visible()

    mira.go("/today")
    expect(pill).to_have_count(0)
    expect(mira.button("Start")).to_be_visible()
    assert [entry["source"] for entry in mira.entries(tracker)] == ["timer"]


def test_a_past_day_is_filled_in(mira: Visitor) -> None:
    trackers = {kind: mira.tracker(kind) for kind in ("numerical", "boolean", "time_duration")}
    mira.go("/today")
    day = date.fromisoformat(mira.today()) - timedelta(days=2)
    long = f"{day:%A} {day.day} {day:%B}"
    mira.page.get_by_role("group", name="Day").get_by_role("button", name=long).click()
    mira.at(f"/today?day={day}")
    mira.sees(f"You are filling in {day:%A}.")
    for press in ("Log 1 l", "No"):
        with mira.page.expect_response(LOGS):
            mira.button(press).click()
    mira.row("Walk").get_by_role("textbox").fill("1h30")
    with mira.page.expect_response(LOGS):
        mira.row("Walk").get_by_role("button", name="Log", exact=True).click()
    expect(mira.row("Walk").get_by_text("1 h 30 min, no time")).to_be_visible()
    expect(mira.button(f"Water, {long}, 1 l")).to_be_visible()
    for kind, value in (("numerical", 1), ("boolean", False), ("time_duration", 5400)):
        (entry,) = mira.entries(trackers[kind])
        assert (entry["value"], entry["local_day"], entry["timed"]) == (value, str(day), False)
    mira.button("Back to today").click()
    mira.at("/today")
    mira.sees("0 of 3 logged")


def test_any_day_before_can_be_chosen(mira: Visitor) -> None:
    mira.tracker("boolean")
    mira.go("/today")
    day = date.fromisoformat(mira.today()) - timedelta(days=40)
    mira.button("Another day").click()
    mira.field("Another day").fill(str(day))
    mira.button("Go").click()
    mira.at(f"/today?day={day}")
    with mira.page.expect_response(LOGS) as answer:
        mira.button("Yes").click()
    assert answer.value.json()["local_day"] == str(day)


def test_a_note_changed_elsewhere_is_shown_beside_ones_own(mira: Visitor) -> None:
    tracker = mira.tracker("multiple_choice")
    entry = mira.log(tracker, "Good", note="Long walk")
    mira.go("/today")
    mira.call("PATCH", f"logs/{entry['id']}", {"note": "Rain all day"})
    mira.button("Change the note of Mood").click()
    mira.field("Note for Mood").fill("By the river")
    with mira.page.expect_response("**/api/v1/logs/*") as refused:
        mira.field("Note for Mood").press("Enter")
    assert refused.value.status == 412
    row = mira.row("Mood")
    both = "Changed elsewhere: “Rain all day” now. Yours was “By the river”."
    expect(row.get_by_text(both)).to_be_visible()
    expect(mira.button("Change the note of Mood")).to_have_text("“Rain all day”")
    with mira.page.expect_response("**/api/v1/logs/*") as kept:
        row.get_by_role("button", name="Use mine").click()
    assert kept.value.status == 200
    expect(row.get_by_text(both)).to_have_count(0)
    assert [each["note"] for each in mira.entries(tracker)] == ["By the river"]


def test_too_fast_waits_and_goes_on_by_itself(mira: Visitor) -> None:
    tracker = mira.tracker("boolean")
    mira.go("/today")

    def slow_down_once(route: Route) -> None:
        mira.refuse(route, 429, {"Retry-After": "1"})
        mira.page.unroute(LOGS)

    mira.page.route(LOGS, slow_down_once)
    mira.button("Yes").click()
    mira.sees("A little too fast. Trying again in 1 s.")
    with mira.page.expect_response(LOGS) as answer:
        expect(mira.page.get_by_text("A little too fast")).to_have_count(0)
    assert answer.value.status == 201
    assert [entry["value"] for entry in mira.entries(tracker)] == [True]


def test_a_session_ended_elsewhere_leads_to_sign_in_and_back(mira: Visitor, visit: Visit) -> None:
    mira.tracker("boolean")
    mira.go("/trackers")
    laptop = visit()
    laptop.sign_in_as(mira)
    laptop.call("DELETE", "account/sessions")
    mira.link("Today").click()
    mira.at("/sign-in?next=/today")
    mira.field("Username or e-mail").fill(mira.name)
    mira.field("Password").fill(PASSWORD)
    mira.button("Sign in").click()
    mira.at("/today")
    expect(mira.row("Medication")).to_be_visible()


def test_a_last_entry_of_common_length_is_read_whole_beside_its_row(mira: Visitor) -> None:
    mira.page.set_viewport_size({"width": 1280, "height": 800})
    tracker = mira.tracker("time_duration", name="Sleep")
    yesterday = date.fromisoformat(mira.today()) - timedelta(days=1)
    mira.log(tracker, 27_900, logged_at=f"{yesterday}T07:14:00+01:00")
    mira.go("/today")
    line = mira.row("Sleep").get_by_text(re.compile("^Last 7.h 45.min, yesterday 0.:14$"))
    assert line.evaluate("span => span.scrollWidth <= span.clientWidth")
