"""Somebody at a browser: what they see (`page`), and what they have, made through the API."""

import itertools
import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Page, Route, expect

from tests.faults.running import wait_for

PASSWORD = "a long walk by the river"
FOUR = ("numerical", "multiple_choice", "boolean", "time_duration")
TRACKERS: dict[str, dict[str, Any]] = {
    "numerical": {"name": "Water", "unit": "l"},
    "multiple_choice": {"name": "Mood", "choices": ["Calm", "Good", "Flat", "Low"]},
    "boolean": {"name": "Medication"},
    "time_duration": {"name": "Walk"},
}
VIEW = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
# A refused request is an answer that the page shows, not a fault of the page.
ANSWERS = re.compile(r"Failed to load resource|ERR_INTERNET_DISCONNECTED")
PATIENCE_MS = 15_000
counter = itertools.count(1)
expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """A browser context of its own: cookies, storage, an address that limits go by."""

    def __init__(self, browser: Browser, url: str, **context: Any) -> None:
        self.url = url
        number = next(counter)
        self.headers = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"}
        options = {"timezone_id": "Europe/Vienna", **VIEW, **context}
        self.context = browser.new_context(
            base_url=url, extra_http_headers=self.headers, reduced_motion="reduce", **options
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page = self.new_page()
        self.name = ""

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not ANSWERS.search(message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def sign_up(self, name: str) -> None:
        """An account that nobody else has, whatever tests ran before; signed in."""
        self.name = f"{name}-{next(counter)}"
        body = {"username": self.name, "email": self.email, "password": PASSWORD}
        self.post("accounts/register", {**body, "timezone": "Europe/Vienna"})

    @property
    def email(self) -> str:
        return f"{self.name}@example.org"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request as the page sends it; a refusal fails the test."""
        sent = {**self.headers, **headers}
        if method != "GET":
            sent["X-XSRF-TOKEN"] = self._token()
        options = {} if body is None else {"data": body}
        answer = self.context.request.fetch(
            f"/api/v1/{path}", method=method, headers=sent, **options
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if "json" in answer.headers.get("content-type", "") else None

    def _token(self) -> str:
        for _ in range(2):
            for cookie in self.context.cookies(self.url):
                if cookie.get("name") == "XSRF-TOKEN":
                    return cookie.get("value", "")
            self.context.request.get("/api/v1/account", headers=self.headers)
        raise AssertionError("no XSRF-TOKEN was given")

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, {} if body is None else body)

    def tracker(self, kind: str, **more: Any) -> int:
        """A tracker of the kind; its id."""
        made: int = self.post("trackers", {"kind": kind, **TRACKERS[kind], **more})["id"]
        return made

    def log(self, tracker: int, value: Any, **more: Any) -> dict[str, Any]:
        """An entry; `logged_at` may be a day."""
        made: dict[str, Any] = self.post(f"trackers/{tracker}/logs", {"value": value, **more})
        return made

    def entries(self, tracker: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"trackers/{tracker}/logs?limit=200")["items"]
        return found

    def today(self) -> str:
        """The account's own day."""
        day: str = self.get("account")["today"]
        return day

    def upload(self, filename: str, text: str, tracker: int | None = None) -> int:
        """Bring a file in as far as its preview; the job's id."""
        file = FilePayload(name=filename, mimeType="text/csv", buffer=text.encode())
        form: dict[str, str | float | bool | bytes | FilePayload] = {"file": file}
        if tracker is not None:
            form["tracker_id"] = str(tracker)
        headers = {**self.headers, "X-XSRF-TOKEN": self._token()}
        answer = self.context.request.post("/api/v1/imports", headers=headers, multipart=form)
        assert answer.ok, answer.text()
        job: int = answer.json()["id"]
        wait_for(lambda: self.get(f"imports/{job}")["state"] == "preview", 30, "the preview")
        return job

    # --- what is seen

    def go(self, path: str) -> None:
        """Open a page and wait until it has its heading and nothing is being loaded."""
        self.page.goto(path)
        self.settled()

    def settled(self) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def button(self, name: str | re.Pattern[str], exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(name, exact=True)

    def heading(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("heading", name=name)

    def row(self, name: str) -> Locator:
        """A tracker's row on Today."""
        rows = self.page.get_by_role("list", name="Trackers")
        return rows.get_by_role("listitem", name=name, exact=True)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def at(self, path: str | re.Pattern[str]) -> None:
        expect(self.page).to_have_url(self.url + path if isinstance(path, str) else path)

    def sign_in_as(self, other: "Visitor") -> None:
        """The same person at another device."""
        self.name = other.name
        self.post("accounts/login", {"identity": other.name, "password": PASSWORD})

    @staticmethod
    def refuse(
        route: Route, status: int, headers: dict[str, str] | None = None, **said: Any
    ) -> None:
        """The server says no to an intercepted request."""
        problem: dict[str, Any] = {"type": "about:blank", "title": "No", "status": status, **said}
        kind = {"Content-Type": "application/problem+json"}
        route.fulfill(status=status, json=problem, headers={**kind, **(headers or {})})
