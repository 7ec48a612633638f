"""Small readings of accounts: a browser in words, where a request comes from, a username."""

import pytest
from flask import Flask

from api.limits import address
from application.accounts import places
from application.accounts.devices import describe
from application.accounts.usernames import check
from application.accounts.zones import known

CHROME = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox on Linux",
        ),
        (CHROME % "Windows NT 10.0; Win64; x64", "Chrome on Windows"),
        (CHROME % "Windows NT 10.0; Win64; x64" + " Edg/140.0", "Edge on Windows"),
        (CHROME % "Linux; Android 14; Pixel 8", "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            "Safari on Mac",
        ),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("<script>" * 1000, "Unknown device"),
    ],
)
def test_a_browser_in_words(user_agent: str, words: str) -> None:
    assert describe(user_agent) == words


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "nowhere"),
        ("a socket", "a socket"),
    ],
)
def test_a_home_is_counted_as_one(said: str, counted: str) -> None:
    app = Flask(__name__)
    with app.test_request_context(environ_base={"REMOTE_ADDR": said}):
        assert address() == counted


@pytest.mark.parametrize("name", ["abc", "a.b", "A_B-C", " dora ", "x" * 32, "..."])
def test_good_names(name: str) -> None:
    assert check(name) == (None, name.strip().lower())


@pytest.mark.parametrize("name", ["ab", "x" * 33, "a b", "dóra", "a@b", "", "abc\n1", "ＡＢＣ"])
def test_bad_names(name: str) -> None:
    assert check(name)[0]


def test_zones_are_places() -> None:
    assert {"Europe/Vienna", "UTC", "Pacific/Kiritimati"} <= known()
    assert not {"localtime", "Factory", "posixrules"} & known()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("127.0.0.1", "This machine"),
        ("127.8.9.1", "This machine"),
        ("::1", "This machine"),
        ("::ffff:127.0.0.1", "This machine"),
        ("10.0.0.7", "Your own network"),
        ("172.16.0.1", "Your own network"),
        ("192.168.1.20", "Your own network"),
        ("::ffff:192.168.1.20", "Your own network"),
        ("169.254.3.4", "Your own network"),
        ("100.101.102.103", "Your own network"),
        ("fd12:3456::1", "Your own network"),
        ("fe80::1%eth0", "Your own network"),
        ("203.0.113.77", "203.0.113.0/24"),
        ("172.32.0.1", "172.32.0.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", "Unknown place"),
        ("a socket", "Unknown place"),
        ("999.1.1.1", "Unknown place"),
    ],
)
def test_a_place_in_words(said: str, words: str) -> None:
    assert places.describe(said) == words
