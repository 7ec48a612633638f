"""A worker killed half-way through an import: it goes on by itself and ends as a clean run."""

import json
import os
import signal
import time
import urllib.request
from contextlib import suppress
from typing import Any

import pytest

from benchmarks.house import Browser
from tests.faults.running import Tend, data_folder, free_port, wait_for

# Enough for a second or two of writing: fewer are in before they can be seen half-way.
ROWS = int(os.environ.get("TEND_KILL_ROWS", "200000"))
RESUMES_WITHIN = 60


def upload(person: Browser, tracker_id: int, content: bytes) -> Any:
    """POST imports, as a form."""
    mark = b"----------tend"
    field = (
        b'--%s\r\nContent-Disposition: form-data; name="tracker_id"\r\n\r\n%d\r\n'
        b'--%s\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n%s\r\n--%s--\r\n"
    ) % (mark, tracker_id, mark, content, mark)
    request = urllib.request.Request(f"{person.url}/api/v1/imports", field, method="POST")
    request.add_header("Content-Type", f"multipart/form-data; boundary={mark.decode()}")
    request.add_header("X-XSRF-TOKEN", person.cookies("XSRF-TOKEN"))
    with person.opener.open(request) as answer:
        return json.loads(answer.read())


def await_state(person: Browser, job_id: int, state: str, seconds: float) -> dict[str, Any]:
    """Wait until the job is in `state`; fails at once when it failed."""
    found: dict[str, Any] = {}

    def there() -> bool:
        found.update(person.call("GET", f"jobs/{job_id}"))
        assert found["state"] != "failed", found
        return bool(found["state"] == state)

    wait_for(there, seconds, f"job in state {state}, it is {found}")
    return found


@pytest.mark.timeout(600)
def test_a_killed_import_goes_on_and_equals_a_clean_one() -> None:
    lines = [
        f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(9e8 + 1800 * n))},{n % 97}"
        for n in range(ROWS)
    ]
    content = ("date,value\n" + "\n".join(lines) + "\n").encode()
    with data_folder() as folder, Tend(folder, free_port(), JOB_WORKERS="1") as tend:
        wait_for(tend.everything_is_up, 60, "up")
        person = Browser(f"http://127.0.0.1:{tend.port}")
        person.sign_up()
        killed = bring_in(person, "Killed", content, tend)
        clean = bring_in(person, "Clean", content, None)
        assert killed == clean
        assert killed["count"] == ROWS
        assert killed["total"] == sum(n % 97 for n in range(ROWS))


def bring_in(person: Browser, name: str, content: bytes, tend: Tend | None) -> dict[str, Any]:
    """Import the file into a new tracker, killing the worker half-way; the tracker's figures."""
    tracker = person.call("POST", "trackers", {"name": name, "kind": "numerical"})["id"]
    job = upload(person, tracker, content)["id"]
    preview = await_state(person, job, "preview", 120)
    assert preview["result"]["counts"]["new"] == ROWS, preview
    person.call("POST", f"imports/{job}/confirm", {"conflicts": "keep"})
    if tend is not None:
        kill_half_way(person, job, tend)
    await_state(person, job, "done", 240)
    figures: dict[str, Any] = person.call("GET", f"trackers/{tracker}/stats?range=all")
    return figures


def kill_half_way(person: Browser, job: int, tend: Tend) -> None:
    """kill -9 the worker and its child once some batches are in; wait until it goes on."""

    def some_are_in() -> bool:
        found = person.call("GET", f"jobs/{job}")
        assert found["state"] in {"queued", "running"}, "it was over before it could be killed"
        return bool(ROWS * 0.1 < found["done"] < ROWS * 0.9)

    wait_for(some_are_in, 120, "half-way")
    for pid in tend.running("work@%h"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    reached = person.call("GET", f"jobs/{job}")["done"]
    assert reached < ROWS
    wait_for(
        lambda: person.call("GET", f"jobs/{job}")["done"] > reached, RESUMES_WITHIN, "going on"
    )
