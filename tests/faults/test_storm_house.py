"""What a storm stands on: the sink's word, processes that come back, a database that may crash."""

import base64
import http.client
import json
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from standardwebhooks.webhooks import Webhook

from tests.faults.running import wait_for
from tests.faults.storm import sink
from tests.faults.storm.database import postgres
from tests.faults.storm.history import read
from tests.faults.storm.kept import Keeper, Kept

SECRET = "whsec_" + base64.b64encode(b"k" * 24).decode()


def post(port: int, name: str, message_id: str, secret: str = SECRET) -> int:
    """One signed message; the answer's status."""
    body, at = json.dumps({"text": "Water waits."}), datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", f"/{name}", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_sink_writes_down_what_it_answers_and_who_signed(tmp_path: Path) -> None:
    sink.prepare(tmp_path, sink.Manners(seed=3, bad=0.5, secrets={"ann": SECRET}))
    command = [sys.executable, "-m", "tests.faults.storm.sink", str(tmp_path)]
    with Keeper().running() as keeper:
        keeper.add(Kept("sink", command, os.environ, tmp_path))
        wait_for((tmp_path / "port").exists, 20, "listening")
        port = int((tmp_path / "port").read_text(encoding="ascii"))
        statuses = [post(port, "ann", f"m-{number}") for number in range(20)]
        post(port, "ann", "m-forged", "whsec_" + base64.b64encode(b"x" * 24).decode())
        post(port, "nobody", "m-lost")
    history = read(tmp_path / "received")
    assert [one.status for one in history[:20]] == statuses
    assert set(statuses) == {200, 500}
    assert [one.id for one in history if not one.signed] == ["m-forged", "m-lost"]
    assert {one.to for one in history} == {"ann", "nobody"}
    assert len({one.text for one in history}) == 1


def alive(group: int) -> list[str]:
    """Who of that process group still runs."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            found += [entry.name] if int(its_group) == group and state != "Z" else []
    return found


def test_a_kept_process_comes_back_and_its_children_go_with_it(tmp_path: Path) -> None:
    code = "import os, time; os.fork(); print('up', flush=True); time.sleep(60)"
    with Keeper().running() as keeper:
        kept = Kept("sleeper", [sys.executable, "-c", code], os.environ, tmp_path)
        keeper.add(kept)
        wait_for(lambda: kept.said().count("up") == 2, 10, "up")
        assert kept.process is not None
        first = kept.process.pid
        assert kept.kill_children() == 1
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: kept.said().count("up") == 4, 10, "up again")
        assert kept.deaths == 1
    wait_for(lambda: not alive(first), 5, "the whole group gone")


def test_the_database_comes_back_after_a_crash_with_what_was_committed() -> None:
    with postgres() as server:
        url = server.url.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
            server.stop_at_once()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
