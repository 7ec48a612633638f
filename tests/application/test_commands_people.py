"""What an operator types: create-admin, disable, enable, list, and invite."""

import re
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.people import PASSWORD, Person, problem
from tests.things import items, script

NEW = "three grey herons over the weir"


def run(app: Flask, *said: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(said), input=typed)


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert "Error: " in result.output, result.output
    return str(result.output)


def test_a_new_admin_sets_a_password_by_a_link_once(app: Flask, visitor: Person) -> None:
    said = done(run(app, "create-admin", "Mira", "--email", "Mira@example.org"))
    token = re.search(r"/recover/(\S+)", said)
    assert token
    path = f"accounts/reset/{token[1]}"
    assert visitor.post(path, {"password": NEW}).status_code == 200
    problem(visitor.post(path, {"password": PASSWORD}), 410)
    body = {"identity": "mira@example.org", "password": NEW}
    assert visitor.post("accounts/login", body).status_code == 200
    assert visitor.get("account").get_json()["admin"] is True
    assert [known["username"] for known in items(visitor, "admin/people")] == ["mira"]


def test_the_address_is_asked_for_and_so_is_the_password(app: Flask, visitor: Person) -> None:
    typed = f"mira@example.org\n{NEW}\n{NEW}\n"
    said = done(run(app, "create-admin", "mira", "--set", typed=typed))
    assert NEW not in said
    assert "/recover/" not in said
    body = {"identity": "mira", "password": NEW}
    assert visitor.post("accounts/login", body).status_code == 200
    assert visitor.get("account").get_json()["admin"] is True


def test_who_is_there_already_is_given_the_keys(app: Flask, alice: Person) -> None:
    for _ in range(2):
        assert "alice runs this place now." in done(run(app, "create-admin", "ALICE"))
    assert alice.get("account").get_json()["admin"] is True
    told = [event["kind"] for event in items(alice, "account/events")]
    assert told == ["admin_given"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("a b", "--email", "mira@example.org"), "Use 3 to 32"),
        (("mira", "--email", "mira"), "Write an address"),
        (("mira", "--email", "alice@example.org"), "has this address already"),
        (("mira", "--email", "mira@example.org", "--timezone", "Mars"), "time zone"),
        (("mira", "--email", "mira@example.org", "--set"), "at least 12"),
    ],
)
def test_it_says_what_is_wrong_and_makes_nothing(
    app: Flask, alice: Person, sql: Any, said: tuple[str, ...], words: str
) -> None:
    assert words in refused(run(app, "create-admin", *said, typed="short\nshort\n"))
    assert sql("SELECT count(*) FROM users") == [(1,)]


def test_closing_and_opening(app: Flask, alice: Person) -> None:
    mine = script(alice)
    assert "closed" in done(run(app, "disable", "Alice"))
    problem(alice.get("account"), 401)
    problem(mine.get("trackers"), 401)
    assert "open" in done(run(app, "enable", "alice"))
    problem(alice.get("account"), 401)
    body = {"identity": "alice", "password": PASSWORD}
    assert alice.post("accounts/login", body).status_code == 200


def test_even_the_last_one_who_runs_it_can_be_closed_by_hand(app: Flask, alice: Person) -> None:
    done(run(app, "create-admin", "alice"))
    done(run(app, "disable", "alice"))
    problem(alice.get("account"), 401)


@pytest.mark.parametrize("command", ["disable", "enable"])
def test_nobody_of_that_name(app: Flask, command: str) -> None:
    assert "There is no account called zoe." in refused(run(app, command, "zoe"))


def test_the_list_is_one_table(app: Flask, alice: Person, bob: Person, sql: Any) -> None:
    done(run(app, "create-admin", "alice"))
    done(run(app, "disable", "bob"))
    head, first, second = done(run(app, "list")).splitlines()
    assert head.split("  ")[0] == "NAME"
    assert re.fullmatch(r"alice +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +no +yes +yes", first)
    assert re.fullmatch(r"bob +\d{4}-\d\d-\d\d +never +no +no +no", second)
    assert head.index("ADMIN") == first.rindex("yes")


def test_an_empty_place_has_a_head_alone(app: Flask) -> None:
    assert len(done(run(app, "list")).splitlines()) == 1


def test_an_invitation_where_none_can_come(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/sign-up?invite=" in done(run(app, "invite"))
    closed = app.config["TEND"].model_copy(update={"registration": "closed"})
    monkeypatch.setitem(app.config, "TEND", closed)
    assert "closed" in refused(run(app, "invite"))
