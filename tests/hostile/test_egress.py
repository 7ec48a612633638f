"""No URL that an account can write leads inside: not by its notation, its name, or a redirect.

A canary listens on loopback, its port open to webhooks here, and must never see a connection.
"""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from application.platform import addresses, connections, egress
from application.platform.egress import Closed, Door, Unreachable, own_servers
from tests.hostile.sinks import Sink, our_roots, says, server_side, status
from tests.servers import settings_for

PUBLIC = "93.184.216.34"

# {p} is the canary's port.
URLS = (
    # loopback, in every notation that some resolver understands
    "http://127.0.0.1:{p}/", "http://127.0.0.2:{p}/", "http://127.255.255.254:{p}/",
    "http://localhost:{p}/", "http://LOCALHOST:{p}/", "http://localhost.:{p}/",
    "http://x.localhost:{p}/", "http://localhost.localdomain:{p}/", "http://127.1:{p}/",
    "http://127.0.1:{p}/", "http://2130706433:{p}/", "http://02130706433:{p}/",
    "http://017700000001:{p}/", "http://0x7f000001:{p}/", "http://0x7F.1:{p}/",
    "http://0177.0.0.1:{p}/", "http://0x7f.0x0.0x0.0x1:{p}/", "http://127.0.0.01:{p}/",
    "http://127.0.0.1.:{p}/", "http://127.000.000.001:{p}/", "http://4294967296:{p}/",
    "http://0:{p}/", "http://0.0.0.0:{p}/", "http://127.0.0.1.1:{p}/", "http://0x:{p}/",
    # the same in letters and digits of other scripts
    "http://①②⑦.⓪.⓪.①:{p}/", "http://127。0。0。1:{p}/", "http://127．0．0．1:{p}/",
    "http://１２７.0.0.1:{p}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/", "http://١٢٧.0.0.1:{p}/",
    "http://loc\u00adalhost:{p}/", "http://localhoſt:{p}/", "http://localhost\u3002:{p}/",
    # IPv6, and IPv4 inside of it
    "http://[::1]:{p}/", "http://[0:0:0:0:0:0:0:1]:{p}/", "http://[::]:{p}/",
    "http://[::ffff:127.0.0.1]:{p}/", "http://[::ffff:7f00:1]:{p}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/", "http://[::127.0.0.1]:{p}/",
    "http://[64:ff9b::127.0.0.1]:{p}/", "http://[64:ff9b:1::7f00:1]:{p}/",
    "http://[2002:7f00:1::]:{p}/", "http://[2001::7f00:1]:{p}/", "http://[fe80::1%25lo]:{p}/",
    "http://[::1%25lo]:{p}/", "http://[::1%lo]:{p}/", "http://[fe80::1]:{p}/",
    "http://[fec0::1]:{p}/", "http://[fd00:ec2::254]:{p}/", "http://[ff02::1]:{p}/",
    "http://[100::1]:{p}/", "http://[2001:db8::1]:{p}/", "http://[3fff::1]:{p}/",
    "http://[5f00::1]:{p}/", "http://[::ffff:0:127.0.0.1]:{p}/", "http://[v1.x]:{p}/",
    # what else lies inside
    "http://10.0.0.1:{p}/", "http://172.16.0.1:{p}/", "http://192.168.1.1:{p}/",
    "http://100.64.0.1:{p}/", "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/", "http://2852039166/", "http://169.254.170.2/",
    "http://100.100.100.200/", "http://192.0.0.192/", "http://metadata/",
    "http://168.63.129.16/", "http://[::ffff:168.63.129.16]/",
    "http://metadata.google.internal/", "http://192.88.99.1/", "http://198.18.0.1/",
    "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/",
    "http://printer/", "http://router.lan/", "http://nas.local/", "http://db.intranet/",
    "http://box.home.arpa/",
    # whose host is it?
    "http://example.org@127.0.0.1:{p}/", "http://user:secret@example.org/", "http://@127.0.0.1/",
    "http://127.0.0.1:{p}#@example.org/", "http://127.0.0.1:{p}\\@example.org/",
    "http://example.org\\@127.0.0.1:{p}/", "http://example.org%00.127.0.0.1/",
    "http://127.0.0.1:{p}%2f@example.org/", "http://127.0.0.1%09:{p}/", "http://[127.0.0.1]:{p}/",
    "http://%31%32%37.0.0.1:{p}/", "http://example.org:{p}:80/", "http:///127.0.0.1:{p}/",
    "http:127.0.0.1:{p}/", "http:/127.0.0.1:{p}/", "//127.0.0.1:{p}/", "127.0.0.1:{p}",
    "http://127.0.0.1\t:{p}/", "http://127.0.0.1\r\nHost: example.org:{p}/", "http://\0/",
    "http://exa mple.org/", "http://.../", "http://.127.0.0.1:{p}/", "http://-x.example.org/",
    "http://" + "a" * 64 + ".example.org/", "http://" + "a." * 130 + "org/", "http://",
    # odd ports, and other schemes
    "http://example.org:22/", "http://example.org:25/", "http://example.org:5432/",
    "http://example.org:6379/", "http://example.org:0/", "http://example.org:65536/",
    "http://example.org:-80/", "http://example.org:８０/", "https://example.org:8000/",
    "ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1:{p}/_x", "unix:///run/x.sock",
    "javascript:alert(1)", "data:,x", "dict://127.0.0.1:{p}/", "HTTPX://example.org/", "",
    "https://example.org/#x", "https://example.org/#", "https://example.org/" + "x" * 2000,
)  # fmt: skip


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A server of ours that nobody may reach, although its port is open to webhooks."""
    with Sink() as sink:
        monkeypatch.setattr(addresses, "PORTS", addresses.PORTS | {sink.port})
        yield sink
        assert sink.connections == 0


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that was connected to; those beyond this machine refuse."""
    seen: list[str] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:
            return real(self, address)
        seen.append(address[0])
        if address[0] == PUBLIC:
            raise ConnectionRefusedError(111, "Connection refused")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


Names = Callable[..., None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """A DNS of our own: `names("hooks.example", [first answer], [second answer])`."""
    real = socket.getaddrinfo
    said: dict[str, list[list[str]]] = {}

    def look_up(host: str, port: Any, *args: Any, **more: Any) -> Any:
        if host not in said:
            return real(host, port, *args, **more)
        answers = said[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 2))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in found
        ]

    def name(host: str, *answers: list[str]) -> None:
        said[host] = list(answers)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return name


def refused(door: Door, url: str) -> str:
    with pytest.raises(Closed) as caught:
        door.post(url, b"{}", {})
    return caught.value.reason


def test_there_are_enough_of_them() -> None:
    assert len(set(URLS)) >= 120


@pytest.mark.row("S7")
@pytest.mark.parametrize("url", URLS, ids=lambda url: ascii(url)[:40])
def test_no_notation_leads_inside(url: str, canary: Sink, reached: list[str]) -> None:
    reason = refused(Door([]), url.format(p=canary.port))
    assert reason.endswith((".", "…"))
    assert not reached


INSIDE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.31.255.255", "192.168.0.1", "100.64.1.1",
    "169.254.169.254", "192.0.0.8", "198.19.0.1", "224.0.0.251", "255.255.255.255", "192.88.99.1",
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1%2", "fd00::1",
    "fec0::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "ff02::1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.row("S7")
@pytest.mark.parametrize("address", INSIDE)
def test_no_name_leads_inside(address: str, canary: Sink, names: Names, reached: list[str]) -> None:
    names("hooks.example", [address])
    for scheme in ("http", "https"):
        reason = refused(Door([]), f"{scheme}://hooks.example:{canary.port}/")
        assert reason == addresses.SAY_INSIDE
    names("hooks.example", [address, PUBLIC])
    assert refused(Door([]), f"http://hooks.example:{canary.port}/") == addresses.SAY_INSIDE
    assert not reached


@pytest.mark.row("S7")
def test_a_name_that_changes_its_mind(canary: Sink, names: Names, reached: list[str]) -> None:
    """Rebinding: the address that was looked at is the one that is called."""
    door = Door([])
    url = f"http://hooks.example:{canary.port}/"
    names("hooks.example", [PUBLIC], ["127.0.0.1"])
    with pytest.raises(Unreachable):
        door.post(url, b"", {})
    assert reached == [PUBLIC]
    refused(door, url)
    assert reached == [PUBLIC]


@pytest.mark.row("S7")
def test_of_several_answers_one_is_looked_at_and_called(
    canary: Sink, names: Names, reached: list[str]
) -> None:
    names("hooks.example", [PUBLIC, "127.0.0.1", "::1"])
    with pytest.raises(Unreachable):
        Door([]).post(f"http://hooks.example:{canary.port}/", b"", {})
    assert reached == [PUBLIC]


@pytest.mark.row("S7")
@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize("header", ["Location", "Refresh", "Content-Location", "Link"])
def test_no_redirect_leads_anywhere(code: int, header: str, canary: Sink) -> None:
    value = f"{'0; url=' if header == 'Refresh' else ''}{canary.url()}"
    with Sink(status(code, f"{header}: {value}")) as sink:
        door = Door([sink.key, canary.key], seconds=5)  # listed, and still not followed
        assert door.post(sink.url(), b"{}", {}).status == code
        door.close()


def test_trust_is_for_one_exact_host_and_port(canary: Sink, reached: list[str]) -> None:
    with Sink() as sink:
        door = Door([sink.key, "localhost:80", "[::1]:80", f"hooks.lan:{canary.port}"], seconds=5)
        assert door.post(sink.url(), b"{}", {}).status == 200
        reached.clear()
        for url in (
            f"http://127.0.0.1:{canary.port}/",
            f"http://localhost:{sink.port}/",
            "http://localhost:8080/",  # begins like what is listed
            "https://localhost/",  # that is port 443
            f"http://127.1:{sink.port}/",
            f"http://127.0.0.1:{sink.port}@127.0.0.1:{canary.port}/",
            f"http://x.127.0.0.1:{sink.port}/",
            f"http://hooks.lan.evil.lan:{canary.port}/",
        ):
            refused(door, url)
        assert not reached
        door.close()


def test_trust_in_one_opens_no_name_of_others(canary: Sink, names: Names) -> None:
    """A name that leads to what is listed is not listed itself."""
    names("hooks.example", ["127.0.0.1"])
    door = Door([canary.key])
    assert refused(door, f"http://hooks.example:{canary.port}/") == addresses.SAY_INSIDE


def test_it_calls_what_is_listed_in_any_case(names: Names) -> None:
    names("ntfy.lan", ["127.0.0.1"])
    with Sink() as sink:
        door = Door([f"ntfy.lan:{sink.port}"], seconds=5)
        assert door.post(f"http://NTFY.lan.:{sink.port}/", b"{}", {}).status == 200
        assert f"\r\nHost: ntfy.lan:{sink.port}\r\n".encode() in sink.requests[0]
        door.close()


def test_nothing_of_the_environment_goes_along(
    canary: Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login mira password secret\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none"))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, canary.url())
    with Sink(status(200, "Set-Cookie: secret=1; Path=/")) as sink:
        door = Door([sink.key], seconds=5)
        for _ in range(2):
            door.post(sink.url(), b"{}", {"webhook-id": "msg_1"})
        assert sink.connections == 1  # kept open
        door.close()
        for request in sink.requests:
            head = request.lower()
            assert b"authorization" not in head
            assert b"cookie" not in head
            assert b"user-agent: tend\r\n" in head
            assert b"accept-encoding: identity\r\n" in head
            assert b"webhook-id: msg_1\r\n" in head


def test_a_header_cannot_be_smuggled(canary: Sink) -> None:
    with Sink() as sink:
        door = Door([sink.key], seconds=5)
        door.post(sink.url("/a?b=c%0d%0aX-Evil:%201&d=é\u2028"), b"{}", {})
        with pytest.raises(Unreachable):
            door.post(sink.url(), b"{}", {"webhook-id": "a\r\nX-Evil: 1"})
        door.close()
    assert len(sink.requests) == 1
    assert b"\r\nX-Evil" not in sink.requests[0]


def test_nothing_it_answers_writes_the_address_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nno header at all\r\nX: 1\r\n\r\n"
    with Sink(says(answer)) as sink:
        door = Door([sink.key], seconds=5)
        assert door.post(sink.url("/services/T0/B0/secret"), b"{}", {}).status == 200
        door.close()
    assert "secret" not in caplog.text


def test_a_kept_connection_that_was_closed_is_opened_anew() -> None:
    def once(client: socket.socket) -> None:
        status(200)(client)
        client.shutdown(socket.SHUT_RDWR)

    with Sink(once) as sink:
        door = Door([sink.key], seconds=5)
        for _ in range(20):
            assert door.post(sink.url(), b"{}", {}).status == 200
        door.close()
        assert sink.connections == 20


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take loopback for the internet, so that the open side can be tried with a real server."""
    monkeypatch.setattr(connections, "is_inside", lambda _address: False)
    monkeypatch.setattr(
        "requests_hardened.ip_filter_adapter.filter_host", lambda *_a, **_m: "127.0.0.1"
    )


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ("good", ""),
        ("other", "another name"),
        ("expired", "expired"),
        ("selfsigned", "self-signed"),
    ],
)
def test_the_certificate_is_the_names_not_the_addresses(
    pinned: None, monkeypatch: pytest.MonkeyPatch, certificate: str, said: str
) -> None:
    tls = server_side(certificate)
    asked: list[str] = []
    tls.sni_callback = lambda _sock, name, _context: asked.append(name)
    with Sink(tls=tls) as sink:
        monkeypatch.setattr(addresses, "PORTS", {sink.port})
        door = Door([], seconds=5, context=our_roots)
        url = f"https://hooks.example:{sink.port}/x"
        if said:
            with pytest.raises(Unreachable, match=said):
                door.post(url, b"{}", {})
            assert not sink.requests
        else:
            assert door.post(url, b"{}", {}).status == 200
            assert f"\r\nHost: hooks.example:{sink.port}\r\n".encode() in sink.requests[0]
        assert asked == ["hooks.example"]
        door.close()


def test_our_own_servers_are_refused_by_every_name(
    pinned: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        "postgresql+psycopg://tend:x@db.example/tend",
        port=8080,
        host="0.0.0.0",
        public_url="https://tend.example",
        redis_url="redis://:x@cache.example:8443/0",
    )
    own = own_servers(settings)
    door = Door([], own)
    for url in ("https://tend.example/api", "http://cache.example:8443/"):
        assert refused(door, url) == addresses.SAY_OWN
    # A name of which nobody knew that it leads to this machine, at the port where Tend listens.
    assert refused(door, "http://hooks.example:8080/") == addresses.SAY_OWN
    assert "db.example:5432" in own
    with pytest.raises(Unreachable):  # another server of this machine, at another port
        Door([], own, seconds=2).post("http://hooks.example:8443/", b"", {})
    assert Door(["tend.example:443"], own).check("https://tend.example/x")
    assert egress.door(settings) is egress.door(settings)


def test_a_url_is_kept_in_one_form() -> None:
    for url, kept in (
        (" HTTPS://Hooks.Example.Org./a b", None),
        (" HTTPS://Hooks.Example.Org./a ", "https://hooks.example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org:443/x", "https://example.org:443/x"),
        ("https://example.org/é?q=ü&a=[1]", "https://example.org/%C3%A9?q=%C3%BC&a=[1]"),
        ("https://example.org/%2F..%2f?x=%41", "https://example.org/%2F..%2f?x=%41"),
        ("http://93.184.216.34/x", "http://93.184.216.34/x"),
        ("https://[2606:4700::1111]:8443/x", "https://[2606:4700::1111]:8443/x"),
    ):
        if kept is None:
            with pytest.raises(ValueError, match="https://"):
                egress.check(url, [])
        else:
            assert egress.check(url, []) == kept
            assert egress.check(kept, []) == kept


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://["]))
@example("[", "http://")
@example("\ud800", "http://x/")
def test_whatever_is_written_is_answered_in_words(text: str, start: str) -> None:
    said = ""
    try:
        kept = egress.check(start + text, ["x:1"])
    except ValueError as error:
        said = str(error)
    if said:
        assert said[0].isupper()
    else:
        assert kept.isascii()
        assert egress.check(kept, ["x:1"]) == kept
