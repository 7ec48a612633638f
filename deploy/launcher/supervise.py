"""The supervisor: what runs, in which order it starts and stops, and what happens when one dies."""

import json
import os
import shlex
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.loggers import Handler
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import ProcessStates, SupervisorStates
from supervisor.supervisord import Supervisor

from config import ROOT, Settings
from deploy.launcher.health import Probe
from deploy.launcher.lock import MARK, mark_of

# Started from the top, stopped from the bottom up; the seconds each is given to stop add up to 9.
PROGRAMS = {"cache": 1, "worker": 2, "sender": 2, "beat": 1, "web": 3}
LATE = (
    "worker",
    "sender",
    "beat",
)  # they wait until the web answers, so a first start is not a scramble
LONGEST_PAUSE = 10  # seconds between two tries of a program that keeps failing
TRIES_AT_START = 3
# Celery warns in nine lines what we have said in one.
QUIET = "ignore:You're running the worker with superuser privileges"


def programs_of(settings: Settings) -> list[str]:
    roles = settings.roles.split(",")
    wanted = {*roles, *(["sender"] if "worker" in roles else [])}
    if settings.embedded_cache:
        wanted.add("cache")
    return [name for name in PROGRAMS if name in wanted]


def configuration(settings: Settings) -> str:
    """The supervisor's own file, in its own format."""
    data = settings.tend_data
    lines = [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        "umask=077",
        f"user={os.geteuid()}",
        f"logfile={escaped(data / 'logs' / 'supervisor.log')}",
        "logfile_maxbytes=5MB",
        "logfile_backups=1",
        f"pidfile={escaped(data / 'supervisor.pid')}",
        f"directory={escaped(ROOT)}",
        f'environment={MARK}="{mark_of(data)}",PYTHONWARNINGS="{QUIET}",PYTHONUNBUFFERED="1"',
    ]
    late = LATE if "web" in programs_of(settings) else ()
    for priority, name in enumerate(programs_of(settings), start=1):
        command = f"{shlex.quote(sys.executable)} -m deploy.launcher.role {name}"
        lines += [
            f"[{'fcgi-program' if name == 'web' else 'program'}:{name}]",
            # The address is only a name here: the socket is the launcher's, see `Tend` below.
            *(["socket=tcp://127.0.0.1:1"] if name == "web" else []),
            f"command={command.replace('%', '%%')}",
            f"priority={priority}",
            f"autostart={'false' if name in late else 'true'}",
            "autorestart=true",
            "startsecs=2",
            "startretries=1000000",
            "stopsignal=TERM",
            f"stopwaitsecs={PROGRAMS[name]}",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={escaped(data / 'logs' / f'{name}.log')}",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
        ]
    return "\n".join(lines) + "\n"


def escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


class Tend(Supervisor):
    """The supervisor, with the three things it does not do by itself."""

    def __init__(self, options: Any, settings: Settings, listener: socket.socket | None) -> None:
        super().__init__(options)
        self.settings = settings
        self.listener = listener
        self.ready = listener is None
        self.probe = Probe(settings, options.poller)
        self.failed = ""
        self.complained: set[str] = set()

    def add_process_group(self, config: Any) -> Any:
        if config.name == "web" and self.listener is not None:
            # 1. The web gets the socket that is bound already, and gets it again after a restart.
            config.socket_config.create_and_bind = self.listener.dup
        return super().add_process_group(config)

    def runforever(self) -> None:
        events.subscribe(events.ProcessStateEvent, end_the_group)
        super().runforever()

    def tick(self, now: float | None = None) -> None:
        super().tick(now)
        for process in self.members():
            self.watch(process)
        if not self.ready and self.options.mood >= SupervisorStates.RUNNING:
            self.look_for_the_web()

    def members(self) -> list[Any]:
        groups = self.process_groups.values()
        return [process for group in groups for process in group.processes.values()]

    def watch(self, process: Any) -> None:
        """A program that keeps failing is tried on and on, but somebody is told, once."""
        name = process.config.name
        process.backoff = min(process.backoff, LONGEST_PAUSE)
        if process.state == ProcessStates.RUNNING:
            self.complained.discard(name)
        elif self.ready and process.backoff >= TRIES_AT_START and name not in self.complained:
            self.complained.add(name)
            words = last_words(self.settings, name)
            with suppress(OSError):  # no room for it, or nobody reads it
                print(f"The {name} keeps stopping and is tried again: {words}", file=sys.stderr)

    def look_for_the_web(self) -> None:
        """3. Worker and beat start, and the address is printed, once the web answers."""
        if self.probe.answered():
            self.ready = True
            print(f"Tend is ready: {self.settings.public_url}  (Ctrl-C stops it)", flush=True)
            for process in self.members():
                if process.config.name in LATE and process.state == ProcessStates.STOPPED:
                    process.spawn()
            return
        for process in self.members():
            if process.backoff >= TRIES_AT_START and not self.failed:
                self.failed = process.config.name
                self.options.mood = SupervisorStates.SHUTDOWN


def end_the_group(event: Any) -> None:
    """2. When a process is gone, its children (pool and web workers) go too, whatever killed it."""
    gone = (ProcessStates.EXITED, ProcessStates.BACKOFF, ProcessStates.STOPPED)
    if event.process.pid and event.process.state in gone:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(event.process.pid, signal.SIGKILL)


def last_words(settings: Settings, name: str) -> str:
    log = settings.tend_data / "logs" / f"{name}.log"
    with suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if not lines:
            return "nothing was written"
        with suppress(ValueError, KeyError, TypeError):  # a line of loglines.py
            return str(json.loads(lines[-1])["message"])
        return lines[-1]
    return "there is no log"


def run(settings: Settings, listener: socket.socket | None) -> str:
    """Runs until a signal says stop; gives the name of a program that never came up, or ''."""
    path = settings.tend_data / "supervisor.conf"
    path.write_text(configuration(settings), encoding="utf-8")
    # A line that finds no room on the disk is lost. Supervisor would say so on stderr, which may be
    # full as well, and then close the pipe of the program that said the line: it dies of that.
    Handler.handleError = lambda _: None
    options = ServerOptions()
    options.realize(["-n", "-c", str(path)])
    options.first, options.test = True, False  # as supervisor's own main() says
    house = Tend(options, settings, listener)
    with suppress(ExitNow):
        house.main()
    return house.failed
