"""From the first visit to the first chart, as a person goes: no step is taken behind the page."""

import re
from datetime import date, timedelta

from playwright.sync_api import Response, expect

from tests.browser.visitor import PASSWORD, Visitor

LOGGED = re.compile(r"/api/v1/trackers/\d+/(logs|timer)$")


def sign_up_by_form(visitor: Visitor, name: str) -> None:
    visitor.name = name
    visitor.go("/")
    visitor.at("/sign-in")
    visitor.link("Create an account").click()
    visitor.at("/sign-up")
    visitor.field("Username").fill(name)
    visitor.field("E-mail").fill(visitor.email)
    visitor.field("Password").fill(PASSWORD)
    visitor.sees("Europe/Vienna")
    visitor.button("Create account").click()
    visitor.at("/today")


def make_tracker(visitor: Visitor, name: str, kind: str, choices: tuple[str, ...] = ()) -> None:
    """By the form, from the trackers' page; it leads back to Today."""
    visitor.link("Trackers").click()
    visitor.link("New tracker").click()
    visitor.field("Name").fill(name)
    visitor.page.get_by_role("radio", name=re.compile(f"^{kind}")).check(force=True)
    for number, choice in enumerate(choices, start=1):
        field = visitor.field(f"Choice {number}")
        if not field.count():
            visitor.button("Add a choice").click()
        field.fill(choice)
    visitor.button("Create tracker").click()
    expect(visitor.row(name)).to_be_focused()


def pressed(visitor: Visitor, row: str, button: str) -> Response:
    """The page is opened, one button pressed: the answer to that one press, and no dialog."""
    visitor.go("/today")
    presses = visitor.page.evaluate_handle(
        """() => {
          const seen = { count: 0 }
          addEventListener('click', () => seen.count++, true)
          return seen
        }"""
    )
    with visitor.page.expect_response(lambda answer: bool(LOGGED.search(answer.url))) as answer:
        visitor.row(row).get_by_role("button", name=button, exact=True).click()
    assert presses.evaluate("seen => seen.count") == 1
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    return answer.value


def figures(visitor: Visitor) -> dict[str, str]:
    """The figures of a tracker's page by name, in plain spaces."""
    pairs = visitor.page.get_by_role("region", name="Figures").locator("dl > div")
    expect(pairs.first).to_be_visible()
    said = [
        (pair.locator("dt").inner_text(), pair.locator("dd").inner_text()) for pair in pairs.all()
    ]
    return {name: " ".join(value.replace("\u00a0", " ").split()) for name, value in said}


def table(visitor: Visitor, region: str) -> list[list[str]]:
    rows = visitor.page.get_by_role("region", name=region).get_by_role("row").all()
    return [
        [cell.inner_text().replace("\u00a0", " ") for cell in row.locator("td, th").all()]
        for row in rows
    ][1:]


def chart(visitor: Visitor) -> str:
    """The sentence of the chart, once its picture is there."""
    picture = visitor.page.get_by_role("region", name="Trend").get_by_role("img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("each => each.naturalWidth") > 0
    return (picture.get_attribute("alt") or "").replace("\u00a0", " ")


def test_from_signing_up_to_the_first_chart(visitor: Visitor) -> None:
    sign_up_by_form(visitor, "first-visitor")
    expect(visitor.heading("What keeps you well?")).to_be_visible()
    visitor.button("Water , Number").click()
    expect(visitor.row("Water")).to_be_focused()
    make_tracker(visitor, "Mood", "Choice", ("Calm", "Good", "Low"))
    make_tracker(visitor, "Medication", "Yes or no")
    make_tracker(visitor, "Walk", "Duration")

    assert pressed(visitor, "Water", "Log 1 l").status == 201
    assert pressed(visitor, "Mood", "Good").status == 201
    assert pressed(visitor, "Medication", "Yes").status == 201
    assert pressed(visitor, "Walk", "Start").status == 201
    stopped = pressed(visitor, "Walk", "Stop and log")
    assert stopped.status == 201
    assert stopped.json()["kind"] == "time_duration"
    visitor.sees("All four logged. That is the day.")

    visitor.row("Water").get_by_role("link", name="Water").click()
    expect(visitor.heading(re.compile("^Water$"))).to_be_focused()
    assert figures(visitor)["Days logged"] == "1 of 30"
    assert figures(visitor)["Total"] == "1 l"
    assert "1 of 30 days" in chart(visitor)

    visitor.link("Settings").click()
    visitor.button("Sign out").click()
    visitor.at("/sign-in")
    assert visitor.context.request.get("/api/v1/account").status == 401
    visitor.field("Username or e-mail").fill(visitor.email)
    visitor.field("Password").fill(PASSWORD)
    visitor.button("Sign in").click()
    visitor.at("/today")
    visitor.sees("All four logged. That is the day.")


# Entries 0.1 0.2 0.6 1.2 1.5 2, days 0.3 1.2 2 2.1, both 5.6 in all.
WATER = {0: [1.5, 0.6], 1: [2.0], 3: [1.2], 4: [0.1, 0.2]}


def test_the_figures_of_a_number_are_those_of_a_calculation_by_hand(mira: Visitor) -> None:
    tracker = mira.tracker("numerical")
    today = date.fromisoformat(mira.today())
    for ago, values in WATER.items():
        for value in values:
            mira.log(tracker, value, logged_at=str(today - timedelta(days=ago)))
    mira.go(f"/trackers/{tracker}")
    assert figures(mira) == {
        "Days logged": "4 of 30",
        "Mean": "0.93 l 1.4 l a day",
        "Median": "0.9 l 1.6 l a day",
        "Lowest": "0.1 l 0.3 l a day",
        "Highest": "2 l 2.1 l a day",
        "Total": "5.6 l",
    }
    assert "0.3 l to 2.1 l, mean 1.4 l, 4 of 30 days" in chart(mira)

    mira.page.get_by_role("group", name="Show the trend as").get_by_text("Table").click()
    rows = table(mira, "Trend")
    assert len(rows) == 30
    assert [row[1] for row in rows[:5]] == ["2.1 l", "2 l", "no entry", "1.2 l", "0.3 l"]
    assert rows[0][2] == "1.4 l"
    assert rows[4][2] == "0.3 l"
    mira.page.get_by_role("group", name="Days to look at").get_by_text("7 days").click()
    expect(mira.page.get_by_role("region", name="Trend").get_by_role("row")).to_have_count(8)
    assert figures(mira)["Days logged"] == "4 of 7"
    assert figures(mira)["Total"] == "5.6 l"


def test_the_figures_of_yes_and_no(mira: Visitor) -> None:
    tracker = mira.tracker("boolean")
    today = date.fromisoformat(mira.today())
    # Newest first: two in a row now, three in a row before.
    for ago, value in enumerate([True, True, False, True, True, True, None, False]):
        if value is not None:
            mira.log(tracker, value, logged_at=str(today - timedelta(days=ago)))
    mira.go(f"/trackers/{tracker}")
    assert figures(mira) == {
        "Days logged": "7 of 30",
        "Yes": "5",
        "No": "2",
        "Share of Yes": "71%",
        "In a row now": "2 days",
        "Longest in a row": "3 days",
    }
    assert "Yes on 5 days, No on 2, 7 of 30 days" in chart(mira)
    mira.page.get_by_role("group", name="Show the trend as").get_by_text("Table").click()
    assert table(mira, "Trend") == [["Yes", "5", "5"], ["No", "2", "2"]]


def test_the_figures_of_choices_name_ties(mira: Visitor) -> None:
    tracker = mira.tracker("multiple_choice")
    today = date.fromisoformat(mira.today())
    for ago, label in enumerate(["Good", "Calm", "Good", "Calm", "Flat"]):
        mira.log(tracker, label, logged_at=str(today - timedelta(days=ago)))
    mira.go(f"/trackers/{tracker}")
    said = figures(mira)
    assert (said["Days logged"], said["Entries"]) == ("5 of 30", "5")
    assert sorted(said["Most"].split(", ")) == ["Calm", "Good"]
    assert "5 of 30 days" in chart(mira)
    mira.page.get_by_role("group", name="Show the trend as").get_by_text("Table").click()
    counts = {row[0]: row[2] for row in table(mira, "Trend")}
    assert counts == {"Good": "2", "Calm": "2", "Flat": "1", "Low": "0"}


def test_the_figures_of_a_duration(mira: Visitor) -> None:
    tracker = mira.tracker("time_duration")
    today = date.fromisoformat(mira.today())
    for ago, minutes in enumerate([30, 90, 45]):
        mira.log(tracker, minutes * 60, logged_at=str(today - timedelta(days=ago)))
    mira.go(f"/trackers/{tracker}")
    assert figures(mira) == {
        "Days logged": "3 of 30",
        "Mean": "55 min",
        "Median": "45 min",
        "Lowest": "30 min",
        "Highest": "1 h 30 min",
        "Total": "2 h 45 min",
    }
    assert "30 min to 1 h 30 min, mean 55 min" in chart(mira)


def test_the_time_zone_can_be_changed_by_a_thumb(visitor: Visitor) -> None:
    visitor.go("/sign-up")
    change = visitor.button("change")
    box = change.bounding_box()
    assert box is not None
    assert box["height"] >= 32
    change.click()
    expect(visitor.field("Time zone")).to_be_visible()
