"""Three people and what each may see: a model beside the real thing, for long random sequences.

Every text that somebody writes into a tracker carries the tracker's mark (notes and choices another
one, which those who are only asked must not see), every name and address its person's. An answer
may hold the marks alone of what its asker follows, or followed once where what was made is kept.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.hostile.routes import OF_ADMIN, OF_ONE, OF_TRACKER, Route, routes
from tests.people import Person, Queue

MARK = re.compile("(?:zq|dq|pq|nq)[0-9a-f]+x")  # a tracker, inside of it, a person's own, a name
KEPT = ("job", "import", "export", "report", "deliver")  # what was made shows what was then
NOBODYS = 987_654_321


@dataclass(eq=False, slots=True)
class Thing:
    """A tracker as the model knows it."""

    id: int
    mark: str
    kind: str
    members: dict[str, str]
    asked: dict[str, str] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)  # choice_id, link_id, log_id
    gone: bool = False

    @property
    def deep(self) -> str:
        """The mark of what is inside."""
        return self.mark.replace("zq", "dq")

    def may(self, name: str, role: str) -> bool:
        """Whether that person has at least that role."""
        order = ("viewer", "editor", "owner")
        return name in self.members and order.index(self.members[name]) >= order.index(role)

    def knows(self, name: str) -> bool:
        return name in self.members or name in self.asked


class Crowd:
    """Three fresh people, their trackers, and the judge of every answer that they get."""

    def __init__(self, app: Flask, queue: Queue) -> None:
        self.app, self.queue = app, queue
        self.numbers, self.salt = count(1), secrets.token_hex(4)
        self.people: list[Person] = []
        self.things: list[Thing] = []
        self.own: dict[str, dict[str, list[int]]] = {}
        self.ever: dict[str, set[str]] = {}  # the marks that this person has been able to see
        self.met: dict[str, set[str]] = {}
        self.routes = [one for one in routes(app) if one.rule.rule.startswith("/api/")]
        self.statuses: list[int] = []
        for letter in "abc":
            name = f"nq{self.salt}{letter}x"
            self.people.append(Person.sign_up(app, name))
            self.own[name] = {kind: [] for kind in OF_ONE}
            self.ever[name], self.met[name] = set(), {name}
            hook = {"webhook": f"https://hooks.example/{self.private(name)}"}
            self.say(self.people[-1], "PATCH", "account", hook)

    @staticmethod
    def private(name: str) -> str:
        """The mark of what is one's own alone."""
        return name.replace("nq", "pq")

    def fresh_mark(self) -> str:
        return f"zq{self.salt}{next(self.numbers):x}x"

    def say(self, person: Person, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request whose answer is judged."""
        if body is not None:
            more["json"] = body
        answer = person.call(method, path, **more)
        self.judge(person, f"{method} {path}", answer)
        return answer

    def judge(self, person: Person, where: str, answer: TestResponse) -> None:
        """No crash, and no mark that this person must not see."""
        self.statuses.append(answer.status_code)
        said = answer.get_data(as_text=True) + str(answer.headers)
        answer.close()  # a file that is sent stays open until then
        assert answer.status_code < 500, (where, said[:300])
        self.note()
        may = self.visible(person.name, kept=any(word in where for word in KEPT))
        for found in MARK.findall(said):
            assert found in may or found not in self.everything(), (person.name, where, found)

    def everything(self) -> set[str]:
        """All marks of this crowd; those of others lie in the same tables and are as foreign."""
        names = {person.name for person in self.people}
        return names | set().union(*self.ever.values()) | {self.private(name) for name in names}

    def visible(self, name: str, *, kept: bool) -> set[str]:
        """The marks that may stand in an answer to that person."""
        now = {thing.mark for thing in self.things if thing.knows(name)}
        now |= {thing.deep for thing in self.things if name in thing.members}
        return now | self.met[name] | {self.private(name)} | (self.ever[name] if kept else set())

    def note(self) -> None:
        """What everybody has been able to see until now, and whom they have met."""
        for thing in self.things:
            for name in thing.members:
                self.ever[name] |= {thing.mark, thing.deep}
                self.met[name] |= set(thing.members)
                if thing.may(name, "owner"):
                    self.met[name] |= set(thing.asked)
            for name in thing.asked:
                self.ever[name].add(thing.mark)
                self.met[name] |= set(thing.members)

    def is_strange(self, name: str, ids: Mapping[str, int]) -> bool:
        """Whether something among what those ids name must not be known to that person."""
        for kind, number in ids.items():
            if kind in OF_ONE and number not in self.own[name][kind]:
                return True
            near = [thing for thing in self.things if thing.knows(name)]
            if kind == "tracker_id" and all(thing.id != number for thing in near):
                return True
            if kind in OF_TRACKER[1:] and all(number not in t.ids.get(kind, ()) for t in near):
                return True
        return bool(set(ids) & set(OF_ADMIN))

    def known(self, kind: str) -> list[int]:
        """Everybody's ids of a kind, and nobody's."""
        if kind == "tracker_id":
            found: Iterable[int] = (thing.id for thing in self.things)
        elif kind in OF_TRACKER:
            found = (number for thing in self.things for number in thing.ids.get(kind, ()))
        else:
            found = (number for own in self.own.values() for number in own.get(kind, ()))
        return [*found, NOBODYS]

    def ask(self, person: Person, route: Route, ids: dict[str, int]) -> TestResponse:
        """A route as it stands in the URL map, with a good body."""
        body = None if route.method in ("GET", "HEAD") else route.body()
        more = {} if body is None else {"json": body}
        answer: TestResponse = self.say(person, route.method, route.url(ids), **more)
        return answer

    def run_queue(self) -> None:
        self.queue.run(self.app)
