"""Long random sequences of what three people do: nobody ever sees a mark that is not for them."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.api.test_transfers import upload
from tests.hostile.sequences import Crowd, Thing
from tests.hostile.tally import FULL, SEED, Tally, size
from tests.people import Person, Queue

SEQUENCES, STEPS = size(6, 250), size(30, 40)
JOBS = 2
WHO = st.integers(0, 2)
WHICH = st.integers(0, 60)
KIND = st.sampled_from(["numerical", "multiple_choice", "boolean", "time_duration"])
VALUE = {"numerical": 1.5, "multiple_choice": None, "boolean": True, "time_duration": 60}
ROLE = st.sampled_from(["viewer", "editor", "owner"])


class Life(RuleBasedStateMachine):
    """What three people do to their things, to each other's, and to nobody's."""

    app: Flask
    queue: Queue
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self.crowd = Crowd(self.app, self.queue)
        self.jobs = 0

    def teardown(self) -> None:
        for status in self.crowd.statuses:
            self.tally.answered(status)

    def thing(self, which: int) -> Thing | None:
        there = self.crowd.things
        return there[which % len(there)] if there else None

    def do(self, who: int, method: str, path: str, body: Any = None, *, allowed: bool) -> Any:
        """Something that only some may do; the answer, when it was done."""
        answer = self.crowd.say(self.crowd.people[who], method, path, body)
        assert allowed or answer.status_code >= 400, (self.name(who), method, path)
        return answer if answer.status_code < 400 else None

    def name(self, who: int) -> str:
        return self.crowd.people[who].name

    @rule(who=WHO, kind=KIND)
    def make_a_tracker(self, who: int, kind: str) -> None:
        mark = self.crowd.fresh_mark()
        thing = Thing(0, mark, kind, {self.name(who): "owner"})
        body: dict[str, Any] = {"kind": kind, "name": mark, "description": f"about {mark}"}
        if kind == "multiple_choice":
            body["choices"] = [f"{thing.deep} {word}" for word in ("yes", "no")]
        self.crowd.things.append(thing)
        made = self.do(who, "POST", "trackers", body, allowed=True).get_json()
        thing.id = made["id"]
        thing.ids["choice_id"] = [choice["id"] for choice in made["choices"]]

    @rule(who=WHO, which=WHICH)
    def log_an_entry(self, who: int, which: int) -> None:
        thing = self.thing(which)
        if thing is None:
            return
        value = VALUE[thing.kind] or f"{thing.deep} yes"
        body = {"value": value, "note": f"felt {thing.deep}"}
        allowed = thing.may(self.name(who), "editor")
        made = self.do(who, "POST", f"trackers/{thing.id}/logs", body, allowed=allowed)
        if made:
            thing.ids.setdefault("log_id", []).append(made.get_json()["id"])

    @rule(who=WHO, which=WHICH, entry=WHICH, method=st.sampled_from(["PATCH", "DELETE", "POST"]))
    def change_an_entry(self, who: int, which: int, entry: int, method: str) -> None:
        thing = self.thing(which)
        if thing is None or not thing.ids.get("log_id"):
            return
        log = thing.ids["log_id"][entry % len(thing.ids["log_id"])]
        path, body = f"logs/{log}", None
        if method == "POST":
            path += "/restore"
        if method == "PATCH":
            body = {"note": f"then {thing.deep}"}
        self.do(who, method, path, body, allowed=thing.may(self.name(who), "editor"))

    @rule(who=WHO, guest=WHO, which=WHICH, role=st.sampled_from(["viewer", "editor"]))
    def invite(self, who: int, guest: int, which: int, role: str) -> None:
        thing = self.thing(which)
        if thing is None or who == guest:
            return
        name = self.name(guest)
        allowed = thing.may(self.name(who), "owner")
        if allowed and not thing.gone:
            self.crowd.met[self.name(who)].add(name)
        body = {"username": name, "role": role}
        if not self.do(who, "POST", f"trackers/{thing.id}/people", body, allowed=allowed):
            return
        if name not in thing.members:
            thing.asked[name] = role
        self.learn_links(who, thing)

    def learn_links(self, who: int, thing: Thing) -> None:
        self.crowd.note()
        answer = self.crowd.say(self.crowd.people[who], "GET", f"trackers/{thing.id}/people")
        found = [item["id"] for item in answer.get_json()["items"]]
        thing.ids["link_id"] = sorted({*thing.ids.get("link_id", []), *found})

    @rule(guest=WHO, yes=st.booleans(), which=WHICH)
    def answer_an_invitation(self, guest: int, yes: bool, which: int) -> None:
        person, name = self.crowd.people[guest], self.name(guest)
        items = self.crowd.say(person, "GET", "invitations").get_json()["items"]
        expected = {t.id for t in self.crowd.things if name in t.asked and not t.gone}
        assert {item["tracker"]["id"] for item in items} == expected
        if not items:
            return
        item = items[which % len(items)]
        [thing] = [t for t in self.crowd.things if t.id == item["tracker"]["id"]]
        role = thing.asked.pop(name)
        if yes:
            thing.members[name] = role
            self.do(guest, "POST", f"invitations/{item['id']}/accept", allowed=True)
        else:
            self.do(guest, "DELETE", f"invitations/{item['id']}", allowed=True)

    @rule(who=WHO, which=WHICH, link=WHICH, role=ROLE, remove=st.booleans())
    def change_a_person(self, who: int, which: int, link: int, role: str, remove: bool) -> None:
        thing = self.thing(which)
        links = thing.ids.get("link_id") if thing else None
        if thing is None or not links:
            return
        number = links[link % len(links)]
        owner = thing.may(self.name(who), "owner")
        path = f"trackers/{thing.id}/people/{number}"
        whose = self.whose(thing, number)
        if remove:
            allowed = owner or whose == self.name(who)
            if self.do(who, "DELETE", path, allowed=allowed) and whose:
                thing.members.pop(whose, None)
                thing.asked.pop(whose, None)
        elif self.do(who, "PATCH", path, {"role": role}, allowed=owner) and whose:
            held = thing.members if whose in thing.members else thing.asked
            held[whose] = role

    def whose(self, thing: Thing, link: int) -> str | None:
        """Whose link it is, as its owner is told."""
        for place, person in enumerate(self.crowd.people):
            if thing.may(person.name, "owner") and not thing.gone:
                answer = self.crowd.say(
                    self.crowd.people[place], "GET", f"trackers/{thing.id}/people"
                )
                for item in answer.get_json()["items"]:
                    if item["id"] == link:
                        return str(item["username"])
        return None

    @rule(who=WHO, which=WHICH, back=st.booleans())
    def throw_away_or_take_back(self, who: int, which: int, back: bool) -> None:
        thing = self.thing(which)
        if thing is None:
            return
        owner = thing.may(self.name(who), "owner")
        if back and self.do(who, "POST", f"trackers/{thing.id}/restore", allowed=owner):
            thing.gone = False
        if not back and self.do(who, "DELETE", f"trackers/{thing.id}", allowed=owner):
            thing.gone = True

    @rule(who=WHO, which=WHICH, stop=st.booleans())
    def start_or_stop_a_timer(self, who: int, which: int, stop: bool) -> None:
        thing = self.thing(which)
        if thing is not None:
            path, allowed = f"trackers/{thing.id}/timer", thing.may(self.name(who), "editor")
            made = self.do(who, "DELETE" if stop else "POST", path, allowed=allowed)
            if made and stop:
                thing.ids.setdefault("log_id", []).append(made.get_json()["id"])

    def may_work(self) -> bool:
        """Jobs take a hundred times as long as requests: a few in each sequence."""
        self.jobs += 1
        return self.jobs <= JOBS

    @rule(who=WHO, what=st.sampled_from(["exports", "reports"]))
    def make_something_of_all(self, who: int, what: str) -> None:
        if not self.may_work():
            return
        body = {} if what == "exports" else {"period": "2026"}
        made = self.do(who, "POST", what, body, allowed=True)
        if not made:
            return
        self.crowd.run_queue()
        own, number = self.crowd.own[self.name(who)], made.get_json()["id"]
        own["job_id" if what == "exports" else "report_id"].append(number)
        for reader in self.crowd.people:
            paths = (f"jobs/{number}", f"jobs/{number}/file")
            if what == "reports":
                paths = (f"reports/{number}", f"reports/{number}/file?format=html")
            for path in paths:
                answer = self.crowd.say(reader, "GET", path)
                mine = (
                    number
                    in self.crowd.own[reader.name]["job_id" if what == "exports" else "report_id"]
                )
                assert (answer.status_code == 200) == mine, (reader.name, path)

    @rule(who=WHO)
    def bring_a_file_in(self, who: int) -> None:
        if not self.may_work():
            return
        thing = Thing(0, self.crowd.fresh_mark(), "numerical", {self.name(who): "owner"})
        person: Person = self.crowd.people[who]
        self.crowd.things.append(thing)
        table = f"date,value,note\n2026-11-01,1,{thing.deep}\nnonsense {thing.deep},2,\n"
        answer = upload(person, table, f"{thing.mark}.csv")
        self.crowd.judge(person, "POST imports", answer)
        number = answer.get_json()["id"]
        self.crowd.own[person.name]["job_id"].append(number)
        self.crowd.run_queue()
        for path in ("", "/rows", "/rejects"):
            for reader in self.crowd.people:
                said = self.crowd.say(reader, "GET", f"imports/{number}{path}")
                assert (said.status_code == 200) == (reader is person)
        assert self.do(who, "POST", f"imports/{number}/confirm", {}, allowed=True)
        self.crowd.run_queue()
        job = self.crowd.say(person, "GET", f"imports/{number}").get_json()
        thing.id = job["result"]["trackers"][0]["id"]

    @rule(who=WHO, which=st.integers(0, 10_000), at=st.lists(WHICH, min_size=4, max_size=4))
    def knock_at_any_door(self, who: int, which: int, at: list[int]) -> None:
        """Any route of the URL map, with anybody's ids: what is not one's own is not there."""
        crowd, person = self.crowd, self.crowd.people[who]
        route = crowd.routes[which % len(crowd.routes)]
        if route.method not in ("GET", "HEAD") and not route.ids:
            return  # what it would do to oneself the model does not know
        known = {kind: crowd.known(kind) for kind in route.ids}
        ids = {k: found[at[n % 4] % len(found)] for n, (k, found) in enumerate(known.items())}
        strange = crowd.is_strange(person.name, ids)
        if route.method in ("GET", "HEAD"):
            answer = crowd.ask(person, route, ids)
            assert not strange or answer.status_code == 404, (person.name, route.where, ids)
        elif strange:
            answer = crowd.ask(person, route, ids)
            assert answer.status_code in (404, 409, 422, 400, 415), (person.name, route.where, ids)

    @invariant()
    def nothing_is_left_on_the_queue(self) -> None:
        self.crowd.queue.take()


@pytest.mark.row("S1")
def test_three_people_in_random_sequences(
    app: Flask, queue: Queue, tally: Tally, unlimited: None
) -> None:
    """S1: 0 foreign ids and 0 foreign marks in any answer, whatever three people do."""
    Life.app, Life.queue, Life.tally = app, queue, tally
    run = settings(
        max_examples=SEQUENCES,
        stateful_step_count=STEPS,
        derandomize=not FULL,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    seeded = seed(SEED)(Life) if FULL else Life
    run_state_machine_as_test(seeded, settings=run)
    assert tally.inputs > SEQUENCES * STEPS / 2
