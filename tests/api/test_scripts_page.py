"""docs/scripts.md as it stands: its curl calls and Home Assistant's, against a real server."""

import json
import re
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from jinja2.sandbox import SandboxedEnvironment
from werkzeug.serving import make_server

from config import ROOT
from tests.people import Person
from tests.things import items, log, script, tracker

PAGE = (ROOT / "docs" / "scripts.md").read_text(encoding="utf-8")
EXAMPLE = "https://tend.example"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


class Secret(str):
    """A value that stands in secrets.yaml."""


class Loader(yaml.SafeLoader):
    """YAML as Home Assistant reads it."""


def read_secret(loader: Loader, node: yaml.ScalarNode) -> Secret:
    return Secret(loader.construct_scalar(node))


Loader.add_constructor("!secret", read_secret)


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application behind a real socket; its address."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_every_curl_of_the_page_works(alice: Person, server: str, tmp_path: Path) -> None:
    water = tracker(alice)["id"]
    mood = tracker(alice, "multiple_choice")["id"]
    medication = tracker(alice, "boolean")["id"]
    walk = tracker(alice, "time_duration")["id"]
    said = {
        "TEND": server,
        "TOKEN": script(alice, "log").token,
        "WATER": water,
        "MOOD": mood,
        "MEDICATION": medication,
        "WALK": walk,
        "ENTRY": log(alice, water, 1)["id"],
        "PATH": "/usr/bin:/bin",
    }
    ran = 0
    for block in blocks("sh"):
        if block.startswith("export "):
            assert "curl" not in block
            assert set(re.findall(r"(\w+)=", block)) <= set(said), block
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env={name: str(value) for name, value in said.items()},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        ran += 1
    assert ran == PAGE.count("\ncurl ") > 10
    assert [entry["value"] for entry in items(alice, f"trackers/{water}/logs")] == [0.25, 0.5]
    assert items(alice, f"trackers/{water}/logs")[1]["note"] == "with lemon"
    assert items(alice, f"trackers/{mood}/logs")[0]["value"] == "Calm"
    assert items(alice, f"trackers/{medication}/logs")[0]["value"] is True
    assert items(alice, f"trackers/{walk}/logs")[-1]["value"] == 45 * 60
    assert "<svg" in (tmp_path / "water.svg").read_text(encoding="utf-8")
    assert (tmp_path / "today.etag").read_text(encoding="utf-8").strip()


def test_home_assistants_calls_work(alice: Person, server: str) -> None:
    """Each as Home Assistant makes it: templates filled in, secrets put in, then sent."""
    secrets, commands, sensors, automations = (yaml.load(b, Loader) for b in blocks("yaml"))
    assert set(secrets) == {"tend_log", "tend_read"}
    tokens = {name: f"Bearer {script(alice, name[5:]).token}" for name in secrets}
    medication = tracker(alice, "boolean")["id"]
    walk = tracker(alice, "time_duration")["id"]
    water = tracker(alice)["id"]
    log(alice, water, 0.25)
    log(alice, water, 0.5)
    jinja = SandboxedEnvironment()

    def send(call: dict[str, Any], url: str, **data: Any) -> Any:
        said = call.get("payload")
        request = urllib.request.Request(
            jinja.from_string(url.replace(EXAMPLE, server)).render(data),
            data=jinja.from_string(said).render(data).encode() if said else None,
            headers={name: tokens[value] for name, value in call["headers"].items()}
            | ({"Content-Type": call["content_type"]} if said else {}),
            method=call["method"].upper(),
        )
        with urllib.request.urlopen(request, timeout=call["timeout"]) as answer:
            return json.load(answer)

    commands = commands["rest_command"]
    [step] = automations["automation"][0]["actions"]
    call = commands[step["action"].removeprefix("rest_command.")]
    made = send(call, call["url"], **step["data"] | {"tracker": medication})
    assert (made["value"], made["note"]) == (True, "by the drawer")
    for name in ("tend_start", "tend_stop"):
        send(commands[name], commands[name]["url"], tracker=walk)
    assert len(items(alice, f"trackers/{walk}/logs")) == 1

    [rest] = sensors["rest"]
    told = send(rest, rest["resource"])
    shown = [
        jinja.from_string(re.sub(r"'id', 'eq', 3", f"'id', 'eq', {water}", found["value_template"]))
        for found in rest["sensor"]
    ]
    assert [template.render(value_json=told) for template in shown] == ["0.75", "3"]
