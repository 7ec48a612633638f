"""A temporary installation to measure: data folder, Valkey, web servers, one signed-in person."""

import http.cookiejar
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import config
from config import ROOT

WAIT_SECONDS = 30
# One person asks here as thousands do: the limits count as always, but never end.
UNCOUNTED = "1000000"
LAUNCH_SECONDS = 120  # it makes the database too, and a busy machine takes its time


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_in(folder: Path) -> config.Settings:
    """The settings of that installation, for code that runs in this process."""
    os.environ["TEND_DATA"] = str(folder)
    os.environ["LIMIT_TIMES"] = UNCOUNTED
    return config.load(env_file=None)


@contextmanager
def process(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the repository's root that is ended afterwards."""
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "LIMIT_TIMES": UNCOUNTED, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(WAIT_SECONDS)


@contextmanager
def web(module: str, ready: str, **environment: str) -> Iterator[str]:
    """`module` under granian as the launcher runs it: two workers, a blocking thread each."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2"]
    command += ["--blocking-threads", "1", "--host", "127.0.0.1", "--port", str(port), module]
    url = f"http://127.0.0.1:{port}"
    with process(command, **environment, PORT=str(port)):
        _await(url + ready)
        yield url


def _await(url: str, seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own loopback URL
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@contextmanager
def launched(folder: Path) -> Iterator[str]:
    """All of Tend as `make run` starts it, on a folder of its own; its URL."""
    folder.mkdir(mode=0o700)
    port = free_port()
    command = [sys.executable, "-m", "deploy.launcher"]
    url = f"http://127.0.0.1:{port}"
    with process(command, TEND_DATA=str(folder), PORT=str(port), REDIS_URL="", DATABASE_URL=""):
        _await(f"{url}/healthz", LAUNCH_SECONDS)
        yield url


@contextmanager
def cache(folder: Path) -> Iterator[None]:
    """The embedded Valkey, started by the launcher's own role."""
    command = [sys.executable, "-m", "deploy.launcher.role", "cache"]
    with process(command, TEND_DATA=str(folder)):
        deadline = time.monotonic() + WAIT_SECONDS
        while not (folder / "valkey.sock").exists():
            if time.monotonic() > deadline:
                raise TimeoutError("the cache did not start")
            time.sleep(0.02)
        yield


def migrate(folder: Path) -> None:
    """The schema, by the real migrations."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"],
        cwd=ROOT,
        env={**os.environ, "TEND_DATA": str(folder)},
        check=True,
        capture_output=True,
    )


class Browser:
    """Somebody signed in, by the standard library alone."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), urllib.request.ProxyHandler({})
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the API; the answer's JSON."""
        headers = {"Content-Type": "application/json", "X-XSRF-TOKEN": self.cookies("XSRF-TOKEN")}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own loopback URL
            f"{self.url}/api/v1/{path}", data, headers, method=method
        )
        with self.opener.open(request) as answer:
            return json.loads(answer.read() or b"null")

    def cookies(self, name: str = "") -> str:
        """The value of a cookie, or all of them as a header."""
        if name:
            return next((cookie.value or "" for cookie in self.jar if cookie.name == name), "")
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def sign_up(self) -> None:
        """A new account, whose name and password are kept."""
        self.name, self.password = f"bench-{secrets.token_hex(3)}", secrets.token_urlsafe(24)
        try:
            self.call("GET", "account")
        except urllib.error.HTTPError as unknown:
            unknown.close()  # 401 brings the CSRF cookie
        self.call(
            "POST",
            "accounts/register",
            {
                "username": self.name,
                "email": f"{secrets.token_hex(6)}@example.org",
                "password": self.password,
                "timezone": "Europe/Vienna",
            },
        )
