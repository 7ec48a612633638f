"""Every page, empty and filled, light and dark, wide and narrow: axe finds nothing, nothing is cut.

The list of pages is the router's own. A page is opened once for each width, and turned dark there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.factors import make_admin, set_up_app
from tests.browser.routes import filled_in, routes
from tests.browser.visitor import FOUR, Visitor
from tests.faults.running import Tend, wait_for

AXE = Axe()
RULES = {"resultTypes": ["violations"]}
OPEN = {"/sign-in", "/sign-up", "/recover", "/recover/:token", "/confirm/:token"}
FOR_ADMINS = {"/settings/people"}
LONG = (
    "Everything that I drink between getting up and going to bed, in whatever cup there is at hand."
)
DAYS = 12
NOTHING = {"rest": "no/such/page", "token": "gone", "job": ""}


@dataclass
class Account:
    """Somebody whose pages are looked at, and what the addresses' parameters are for them."""

    visitor: Visitor
    values: dict[str, str] = field(default_factory=dict)


def fill(person: Visitor) -> dict[str, str]:
    """Trackers of all kinds with entries, one shared, one archived, a timer, jobs both ways."""
    last = date.fromisoformat(person.today())
    ids = {kind: person.tracker(kind, description=LONG) for kind in FOUR}
    for ago in range(DAYS):
        day = str(last - timedelta(days=ago))
        person.log(ids["numerical"], 1.5 + ago / 4, logged_at=day, note="By the river" * (ago % 2))
        person.log(ids["boolean"], ago % 3 > 0, logged_at=day)
        person.log(ids["multiple_choice"], ["Good", "Calm", "Low"][ago % 3], logged_at=day)
        person.log(ids["time_duration"], 900 * (ago + 1), logged_at=day)
    wide = person.tracker("numerical", name="W" * 100, unit="decalitres/s")
    person.log(wide, 123456789012345)
    labels = [f"{number} of nine, each as long as one may be" for number in range(9)]
    many = person.tracker("multiple_choice", name="Nine", choices=labels)
    person.log(many, labels[3])
    person.tracker("time_duration", name="Sleep")
    resting = person.tracker("boolean", name="Journal")
    person.call("PATCH", f"trackers/{resting}", {"archived": True})
    person.post(f"trackers/{ids['numerical']}/people", {"username": "nobody", "role": "viewer"})
    person.call("DELETE", f"logs/{person.entries(ids['boolean'])[-1]['id']}")
    person.post(f"trackers/{ids['time_duration']}/timer")
    person.post("exports", {"format": "csv"})
    text = "2026-11-19,1.5\n2026-11-18,2\n2026-02-31,3\n"
    person.post("account/tokens", {"name": "W" * 64, "scope": "log"})
    set_up_app(person)
    job = person.upload("Water.csv", text, ids["numerical"])
    report = person.post("reports", {"from": str(last - timedelta(days=DAYS)), "to": str(last)})[
        "id"
    ]
    wait_for(lambda: person.get(f"reports/{report}")["state"] == "done", 120, "the report is made")
    return {"id": str(ids["numerical"]), "job": str(job), "report": str(report)}


@pytest.fixture(scope="module")
def accounts(tend: Tend, chromium: Browser) -> Iterator[Callable[[str], Account]]:
    """Each made once for all pages; `fresh` has one tracker without entries, `empty` has none."""
    made: dict[str, Account] = {}

    def account(name: str) -> Account:
        if name not in made:
            visitor = Visitor(chromium, f"http://localhost:{tend.port}")
            made[name] = Account(visitor, dict(NOTHING))
            values = made[name].values
            if name != "nobody":
                visitor.sign_up(name)
            if name == "filled":
                values |= fill(visitor)
            if name == "admin":
                make_admin(tend, visitor)
            if name == "fresh":
                values["id"] = str(visitor.tracker("numerical"))
        return made[name]

    yield account
    for one in made.values():
        one.visitor.context.close()
        assert not one.visitor.complaints


def pages() -> list[object]:
    """Every route for whoever can see it."""

    def seen_by(path: str) -> list[str]:
        if path in OPEN:
            return ["nobody"]
        if path in FOR_ADMINS:  # to others it is a page that does not exist
            return ["admin", "empty"]
        if ":report" in path:
            return ["filled"]
        return ["fresh" if ":id" in path else "empty", "filled"]

    return [
        pytest.param(path, name, id=f"{path.replace(chr(92), '')}-{name}")
        for path in routes()
        for name in seen_by(path)
    ]


@pytest.mark.parametrize(("path", "name"), pages())
def test_every_page_is_for_everyone(
    accounts: Callable[[str], Account], path: str, name: str
) -> None:
    account = accounts(name)
    visitor, page = account.visitor, account.visitor.page
    found: dict[str, list[str]] = {}
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        visitor.go(filled_in(path, account.values))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
            for fault in AXE.run(page, options=RULES).response["violations"]:
                nodes = [
                    f"{node['html'][:160]} | {node['failureSummary'][:300]}"
                    for node in fault["nodes"][:4]
                ]
                found[f"{width} {scheme} {fault['id']}"] = nodes
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        if sideways(visitor):
            found[f"{width} scrolls sideways"] = wider_than_the_page(visitor)
    assert not found


def sideways(visitor: Visitor) -> bool:
    root = "document.scrollingElement"
    scrolls: bool = visitor.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
    return scrolls


def wider_than_the_page(visitor: Visitor) -> list[str]:
    """What sticks out at the right."""
    found: list[str] = visitor.page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
          .slice(0, 6).map((each) => each.outerHTML.slice(0, 120))"""
    )
    return found


def test_the_list_of_pages_is_whole() -> None:
    found = routes()
    assert {"/today", "/trackers/:id(\\d+)/edit", "/settings/security", "/sign-in"} <= set(found)
    assert len(found) == len(set(found)) > 20
    assert set(found) >= OPEN
    assert re.fullmatch(r"/trackers/7/edit", filled_in("/trackers/:id(\\d+)/edit", {"id": "7"}))
    assert filled_in("/data/import/:job(\\d+)?", {"job": ""}) == "/data/import"


def test_what_is_wrong_is_found(visitor: Visitor) -> None:
    visitor.go("/sign-in")
    assert not AXE.run(visitor.page, options=RULES).response["violations"]
    visitor.page.evaluate(
        """() => {
          const pale = document.createElement('p')
          pale.style.cssText = 'color: #eee; background: #fff; min-width: 3000px'
          pale.textContent = 'Nobody can read this.'
          document.querySelector('main, form').append(pale, new Image(20, 20))
        }"""
    )
    faults = AXE.run(visitor.page, options=RULES).response["violations"]
    assert {"color-contrast", "image-alt"} <= {fault["id"] for fault in faults}
    assert sideways(visitor)
    assert any("Nobody" in each for each in wider_than_the_page(visitor))
