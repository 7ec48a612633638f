"""One person who tries everything on one database, and notes what was answered."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from api.routes import API
from tests.hostile import bodies
from tests.hostile.bodies import Asked
from tests.hostile.tally import FULL, Tally
from tests.people import PASSWORD, Person, Queue, problem

EVERY = 5  # of how many values one is tried in the quick form, another one in each field
Value = TypeVar("Value")


def some(values: Sequence[Value], *place: str) -> list[Value]:
    """All of them, or a sample that is another one in each place."""
    start = zlib.crc32(" ".join(place).encode()) % EVERY
    return list(values if FULL else values[start::EVERY])


class Sweep:
    """Alice on one database; what each request was answered stands in `told`."""

    def __init__(self, person: Person, ids: dict[str, int], queue: Queue, tally: Tally) -> None:
        self.person, self.ids, self.queue, self.tally = person, ids, queue, tally
        self.told: dict[str, int | bytes] = {}

    def path(self, asked: Asked, at: Mapping[str, str]) -> str:
        """The operation's path, with her own ids where `at` says nothing else."""
        ids: dict[str, Any] = dict(self.ids)
        if "choices" in asked.path:
            ids["tracker_id"] = ids["of_choices"]
        for name in asked.parameters("path"):
            assert name in {**ids, **at}, f"{asked.place}: test_corpus.py has no {name} of hers"
        return asked.path.format_map(ids | dict(at)).lstrip("/")

    def send(
        self, asked: Asked, what: str, *, at: Mapping[str, str] | None = None, query: str = "",
        **more: Any,
    ) -> None:  # fmt: skip
        """The request; when it ended her session she signs in again before the next."""
        url = self.path(asked, at or {}) + (f"?{query}" if query else "")
        if at and not more and (schema := asked.schema()) is not None:
            more = {"json": bodies.sample(schema)}
        answer = self.person.call(asked.method.upper(), url, **more)
        if answer.status_code == 401 and not asked.open:
            self.sign_in()
            answer = self.person.call(asked.method.upper(), url, **more)
        self.judge(asked, what, answer)
        if asked.open or "session" in asked.path:
            self.is_still_hers()
        self.queue.take()

    def send_header(self, asked: Asked, name: str, value: str) -> None:
        """An ordinary request with that header beside it."""
        schema = asked.schema()
        more: dict[str, Any] = {} if schema is None else {"json": bodies.sample(schema)}
        key = name.upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        url = f"{API}/{self.path(asked, {})}"
        token = self.person.browser.get_cookie("XSRF-TOKEN")
        headers = {"X-XSRF-TOKEN": token.value} if token else {}
        answer = self.person.browser.open(
            url,
            method=asked.method.upper(),
            headers=headers,
            environ_overrides={key: value},
            **more,
        )
        self.judge(asked, f"{name}: {value[:60]}", answer)
        self.queue.take()

    def judge(self, asked: Asked, what: str, answer: Any) -> None:
        """No crash, and every refusal in the one shape."""
        where = f"{asked.place} {what}"
        self.tally.answered(answer.status_code)
        self.told[where] = answer.status_code
        if answer.status_code >= 500:
            self.tally.failed(f"{where}: {answer.status_code}")
        elif answer.status_code >= 400:
            problem(answer, answer.status_code)

    def is_still_hers(self) -> None:
        """Signed in as herself, whatever was done."""
        answer = self.person.get("account")
        if answer.status_code != 200 or answer.get_json()["username"] != "alice":
            self.sign_in()

    def sign_in(self) -> None:
        body = {"identity": "alice", "password": PASSWORD}
        assert self.person.post("accounts/login", body).status_code == 200

    @staticmethod
    def compare(sweeps: Sequence["Sweep"], tally: Tally) -> None:
        """The same answer on every database."""
        first, *others = sweeps
        for other in others:
            assert first.told.keys() == other.told.keys()
            for where, status in first.told.items():
                if other.told[where] != status:
                    tally.failed(f"{where}: {status} and {other.told[where]!r}")
