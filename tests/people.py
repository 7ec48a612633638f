"""The cast: people with a browser of their own, who speak to the API as the page does."""

import secrets
from typing import Any

from flask import Flask
from flask_security import hash_password
from werkzeug.test import TestResponse

from api.sessions import cookie_name, digest
from application.accounts.services import start_session
from application.platform.database import transaction

PASSWORD = "a long walk by the river"
API = "/api/v1"


class Queue(list[tuple[str, tuple[Any, ...]]]):
    """The messages that were queued, in order."""

    def take(self, name: str | None = None) -> list[tuple[Any, ...]]:
        """Take the messages (of task `name`) out; their arguments."""
        taken = [args for task, args in self if name is None or task == name]
        self[:] = [item for item in self if name is not None and item[0] != name]
        return taken

    def run(self, app: Flask) -> int:
        """Do the queued work now, in this process, until nothing is left; how many messages."""
        from application.platform.background import celery
        from tasks import base

        base.bind(app)
        count = 0
        while self:
            name, args = self.pop(0)
            celery.tasks[name](*args)
            count += 1
        return count


class Person:
    """Somebody with a browser. `get`, `post`, … take a path under /api/v1."""

    def __init__(self, app: Flask, name: str, user_id: int = 0) -> None:
        self.app = app
        self.name = name
        self.user_id = user_id
        self.browser = app.test_client()

    @classmethod
    def sign_up(cls, app: Flask, name: str, timezone: str = "Europe/Vienna") -> "Person":
        """A new account, signed in, with the password PASSWORD."""
        store = app.extensions["security"].datastore
        token = secrets.token_urlsafe(32)
        with app.app_context(), transaction():
            user = store.create_user(
                username=name,
                email=f"{name}@example.org",
                password=hash_password(PASSWORD),
                timezone=timezone,
            )
            start_session(user.id, digest(token), "a test")
            user_id = user.id
        person = cls(app, name, user_id)
        person.browser.set_cookie(cookie_name(app), token)
        return person

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """A request as the page sends it; `path` may be absolute (starts with /)."""
        url = path if path.startswith("/") else f"{API}/{path}"
        headers = dict(more.pop("headers", {}))
        token = self.browser.get_cookie("XSRF-TOKEN")
        if method not in {"GET", "HEAD"} and token is None:
            self.browser.get(f"{API}/account")
            token = self.browser.get_cookie("XSRF-TOKEN")
        if token is not None:
            headers.setdefault("X-XSRF-TOKEN", token.value)
        return self.browser.open(url, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """POST `body` as JSON."""
        return self.call("POST", path, **_json(body), **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """PUT `body` as JSON."""
        return self.call("PUT", path, **_json(body), **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """PATCH `body` as JSON."""
        return self.call("PATCH", path, **_json(body), **more)

    def delete(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path, **_json(body), **more)


class Script:
    """A program with a token and no cookie: its calls are as Person's."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app = app
        self.token = token

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """A request from a fresh client; `headers` may bring another Authorization."""
        url = path if path.startswith("/") else f"{API}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"} | dict(more.pop("headers", {}))
        return self.app.test_client().open(url, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """POST `body` as JSON."""
        return self.call("POST", path, **_json(body), **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path, **more)


def _json(body: Any) -> dict[str, Any]:
    return {} if body is None else {"json": body}


def problem(response: TestResponse, status: int) -> dict[str, str]:
    """Check that the answer is a refusal in the one shape; its messages by field."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type.startswith("application/problem+json")
    body = response.get_json()
    assert set(body) >= {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    return {error["field"]: error["message"] for error in body["errors"]}
