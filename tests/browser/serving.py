"""A whole Tend for the tests of the page, as an operator sets it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from subprocess import TimeoutExpired

from tests.faults.running import Tend, data_folder, free_port, wait_for

STOPS_WITHIN = 15


@contextmanager
def serving(**settings: str) -> Iterator[Tend]:
    """With worker and clock, in a folder and on a port of its own."""
    # Behind a proxy of one hop each visitor has an address, and so limits, of their own.
    # Passkeys belong to the one address that PUBLIC_URL names.
    port = free_port()
    more = {"TRUSTED_PROXY_HOPS": "1", "JOB_WORKERS": "1", "PUBLIC_URL": f"http://localhost:{port}"}
    with data_folder() as folder, Tend(folder, port, **more, **settings) as running:
        wait_for(running.everything_is_up, 60, "everything up")
        yield running
        running.process.send_signal(signal.SIGTERM)
        with suppress(TimeoutExpired):  # what still runs then is killed by the folder's end
            running.process.wait(STOPS_WITHIN)
