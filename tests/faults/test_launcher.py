"""Starting, stopping and dying, with the real processes: what `make run` promises."""

import os
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.faults.running import Tend, data_folder, free_port, refusal, wait_for
from tests.servers import SECRET

BACK_WITHIN = 20  # seconds; "within seconds", on two busy cores
STOPPED_WITHIN = 10


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def tend() -> Iterator[Tend]:
    """One Tend for the tests that leave it as they found it."""
    with data_folder() as folder, Tend(folder, free_port()) as running:
        wait_for(running.everything_is_up, 60, "everything up")
        yield running


def one_sentence(message: str, *words: str) -> None:
    assert "\n" not in message
    assert message.startswith("Tend cannot start. ")
    assert message.endswith(".")
    for word in words:
        assert word in message


def test_it_says_that_the_port_is_taken(data: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        one_sentence(refusal(data, port), f"Port {port}", "is in use", "set PORT")


def test_it_says_that_the_host_is_not_ours(data: Path, port: int) -> None:
    one_sentence(refusal(data, port, HOST="192.0.2.1"), "HOST", "192.0.2.1")
    one_sentence(refusal(data, port, HOST="no such host"), "HOST", "no such host")


def test_it_says_that_the_data_folder_cannot_be_written(data: Path, port: int) -> None:
    in_the_way = data / "file"
    in_the_way.touch()
    one_sentence(refusal(in_the_way, port), "TEND_DATA", str(in_the_way), "can be written")
    secrets = dict.fromkeys(("SECRET_KEY", "SECURITY_PASSWORD_SALT"), SECRET)
    one_sentence(refusal(Path("/proc/tend"), port, **secrets), "TEND_DATA", "/proc/tend")
    one_sentence(refusal(data, port, STORAGE_DIR="/proc/files"), "STORAGE_DIR", "/proc/files")


def test_it_says_that_pango_is_missing(data: Path, port: int) -> None:
    # The loader takes the first file of that name; this one is no library: as if none were there.
    fakes = data / "lib"
    fakes.mkdir()
    (fakes / "libpango-1.0.so.0").write_text("no library", encoding="utf-8")
    message = refusal(data, port, LD_LIBRARY_PATH=str(fakes))
    one_sentence(message.replace("`.", "."), "Pango is missing", "apt-get install libpango-1.0-0")


def test_it_names_a_wrong_setting(data: Path, port: int) -> None:
    one_sentence(refusal(data, port, REGISTRATION="maybe"), "REGISTRATION is wrong")


def test_it_says_that_the_database_does_not_answer(data: Path, port: int) -> None:
    address = f"postgresql://tend:hunter22@127.0.0.1:{free_port()}/tend"
    message = refusal(data, port, DATABASE_URL=address)
    assert "DATABASE_URL names a database that does not answer" in message
    assert "hunter22" not in message


def test_it_says_that_the_database_file_is_none(data: Path, port: int) -> None:
    (data / "tend.db").write_text("this is no database at all", encoding="utf-8")
    one_sentence(refusal(data, port), "DATABASE_URL", "tend.db", "not a database")


def test_it_refuses_a_second_start_on_the_same_folder(tend: Tend) -> None:
    message = refusal(tend.data, free_port())
    one_sentence(message, str(tend.data), f"process {tend.process.pid}", "TEND_DATA")
    assert tend.healthy()


def test_it_says_in_one_line_of_its_own_who_runs_it(tend: Tend) -> None:
    said = tend.said()
    assert said.count("root") == (1 if os.geteuid() == 0 else 0)
    assert "superuser" not in tend.log("worker") + tend.log("beat")
    assert f"Tend is ready: http://localhost:{tend.port}" in said


def test_it_keeps_the_data_folder_to_its_owner(tend: Tend) -> None:
    assert stat.S_IMODE((tend.data / "valkey.sock").stat().st_mode) == 0o700
    assert stat.S_IMODE((tend.data / "tend.db").stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((tend.data / "secrets" / "secret_key").stat().st_mode) == 0o600


def test_its_cache_is_bounded_and_keeps_the_queue(tend: Tend) -> None:
    with redis.Redis(unix_socket_path=str(tend.data / "valkey.sock"), db=1) as client:
        client.rpush("kept", "a message")
        for number in range(80):
            client.set(f"answer-{number}", b"x" * 1_000_000, ex=3600)
        assert client.info("memory")["used_memory"] < 40_000_000
        assert client.llen("kept") == 1
        client.delete("kept", *(f"answer-{number}" for number in range(80)))


def test_it_listens_without_letting_a_second_program_in(tend: Tend) -> None:
    rude = socket.socket()
    rude.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with rude, pytest.raises(OSError, match="in use"):
        rude.bind(("127.0.0.1", tend.port))


@pytest.mark.parametrize("role", ["work@%h", "send@%h", "beat", "web", "valkey-server"])
def test_it_brings_back_what_was_killed(tend: Tend, role: str) -> None:
    before = tend.running(role)
    assert before
    os.kill(before[0], signal.SIGKILL)  # the oldest: the one that its children hang on

    def came_back() -> bool:
        now = tend.running(role)
        return bool(now) and not set(now) & set(before) and tend.healthy()

    wait_for(came_back, BACK_WITHIN, f"{role} back, and no child of the old one left")


def test_it_brings_back_a_web_worker_that_was_killed(tend: Tend) -> None:
    before = tend.running("web")
    os.kill(before[-1], signal.SIGKILL)
    wait_for(lambda: before[-1] not in tend.running("web"), 5, "gone")
    wait_for(lambda: tend.healthy() and len(tend.running("web")) > 1, BACK_WITHIN, "back")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_in_order_and_leaves_nothing(data: Path, port: int, sign: signal.Signals) -> None:
    with Tend(data, port) as tend:
        wait_for(tend.everything_is_up, 60, "everything up")
        asked = time.monotonic()
        os.killpg(tend.process.pid, sign)  # as a terminal does: to the whole foreground group
        assert tend.process.wait(STOPPED_WITHIN) == 0
        assert time.monotonic() - asked < STOPPED_WITHIN
        assert tend.mine() == []
        assert tend.said().endswith("Tend has stopped.\n")
        log = tend.log("supervisor")
        order = sorted(
            ("web", "beat", "sender", "worker", "cache"), key=lambda n: log.index(f"stopped: {n}")
        )
        assert order == ["web", "beat", "sender", "worker", "cache"]
        with socket.create_server(("127.0.0.1", port)):
            pass


def test_it_cleans_up_after_a_supervisor_that_was_killed(data: Path, port: int) -> None:
    with Tend(data, port) as tend:
        wait_for(tend.everything_is_up, 60, "everything up")
        tend.process.kill()
        tend.process.wait()
        with Tend(data, port) as again:
            assert again.healthy()
            assert not set(tend.mine()) - set(again.mine())
            wait_for(again.everything_is_up, 60, "everything up")
            assert len(again.running("beat")) == 1


def test_it_ends_what_would_not_end_by_itself(data: Path, port: int) -> None:
    with Tend(data, port) as tend:
        wait_for(tend.everything_is_up, 60, "everything up")
        stuck = tend.running("valkey-server") + tend.running("beat")
        for pid in stuck:
            os.kill(pid, signal.SIGSTOP)  # a stopped process does not see SIGTERM
        tend.process.kill()
        tend.process.wait()
        with Tend(data, port) as again:
            assert "processes of a Tend that was killed" in again.said()
            assert not set(stuck) & set(again.mine())
