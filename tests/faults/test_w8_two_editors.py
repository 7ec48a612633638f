"""W8: two people change one entry at the same moment; one of them is told so."""

import threading
from collections import Counter
from typing import Any

import pytest

from tests.faults.rows.outcome import counted, is_full, judged
from tests.hostile.test_races import twin
from tests.people import Person
from tests.things import log, share, tracker

RACES = 500 if is_full() else 30


def race(editors: list[Person], log_id: int, number: int) -> tuple[list[int], Any]:
    """Both saw the same version and write another value: their statuses, and what is there."""
    start = threading.Barrier(len(editors))
    etag = editors[0].get(f"logs/{log_id}").headers["ETag"]
    said: dict[float, int] = {}

    def write(editor: Person, value: float) -> None:
        start.wait()
        changed = {"value": value, "note": f"{editor.name} {number}"}
        answer = editor.patch(f"logs/{log_id}", changed, headers={"If-Match": etag})
        said[value] = answer.status_code

    threads = [
        threading.Thread(target=write, args=(twin(editor), float(number * 10 + place)))
        for place, editor in enumerate(editors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = editors[0].get(f"logs/{log_id}").get_json()
    winners = [value for value, status in said.items() if status == 200]
    assert winners == [there["value"]], (said, there)
    assert there["note"] == f"{editors[int(winners[0]) % 10].name} {number}"
    return sorted(said.values()), there


@pytest.mark.row("W8")
@pytest.mark.timeout(900 if is_full() else 300)
def test_w8_of_two_editors_one_is_told(app, alice: Person, bob: Person) -> None:
    """Two editors who saw the same version change an entry at once (500 races in the full form).

    Pass: each time one is answered 200 and is what is there, whole; the other is answered 412.
    """
    where = str(app.config["SQLALCHEMY_DATABASE_URI"]).split(":")[0].split("+")[0]
    with judged("W8", f"two editors of one entry, {where}") as outcome:
        water = tracker(alice)["id"]
        share(alice, bob, water, "editor")
        entry = log(alice, water, 1)["id"]
        bob.get("account")
        statuses: Counter[int] = Counter()
        for number in range(1, RACES + 1):
            said, there = race([alice, bob], entry, number)
            statuses.update(said)
            assert there["version"] == number + 1
        outcome.injected = f"{RACES} races"
        outcome.survived = f"{statuses[200]} kept, {statuses[412]} told"
        outcome.lost = RACES - statuses[200]
        outcome.figures = {"statuses": counted(statuses)}
        outcome.must(statuses == {200: RACES, 412: RACES}, f"answered {counted(statuses)}")
