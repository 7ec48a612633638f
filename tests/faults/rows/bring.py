"""Imports and jobs over HTTP, as the rows ask for them."""

import json
import time
import urllib.request
from typing import Any

from benchmarks.house import Browser
from tests.faults.running import wait_for


def lines(many: int) -> bytes:
    """A file of that many entries, half an hour apart."""
    rows = [
        f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(9e8 + 1800 * n))},{n % 97}"
        for n in range(many)
    ]
    return ("date,value\n" + "\n".join(rows) + "\n").encode()


def upload(person: Browser, tracker_id: int, content: bytes) -> Any:
    """POST imports, as a form. Raises HTTPError."""
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


def new_tracker(person: Browser, name: str) -> int:
    made: int = person.call("POST", "trackers", {"name": name, "kind": "numerical"})["id"]
    return made


def bring_in(person: Browser, tracker: int, content: bytes, seconds: float = 240) -> int:
    """Import the file, from its upload to its end; the job's id."""
    job: int = upload(person, tracker, content)["id"]
    await_state(person, job, "preview", seconds)
    person.call("POST", f"imports/{job}/confirm", {"conflicts": "keep"})
    await_state(person, job, "done", seconds)
    return job
