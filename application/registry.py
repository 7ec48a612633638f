"""Table of contents of the product: every domain, lowest first, and what each hands down.

A lower domain must sometimes call something above itself: run or resume a job, say what a delivery
says, forget a person.
It asks here for what the domains have handed down, so the imports keep pointing downwards.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: `run(current)` does it in its own transactions, and may be called again.

    `current` is the jobs domain's Run: the claimed row's id with progress() and finish(). After a
    crash it is called again with the same row and must go on from what the row says. `steady` are
    the steps that nobody can stop.
    """

    name: str
    run: Callable[[Any], None]
    steady: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DeliveryKind:
    """A kind of message that must reach someone.

    `plan(now)` names whoever is due at that instant and has no row yet (a Due each); None where
    it is asked for by hand. `compose(messages, now)` says what each claimed message says, a whole
    batch at once: every id gets its Content, a Skip or a Wait (see deliveries/messages.py).
    `label` is its name in the log; `private` kinds are not shown there. `again` is how long it is
    tried when somebody asks for it once more; None: until it would have been too late anyway.
    `at_once` is how many are composed between two looks at the clock: few, where each takes long.
    """

    name: str
    label: str
    compose: Callable[[Sequence[Any], datetime], Mapping[int, Any]]
    plan: Callable[[datetime], Iterable[Any]] | None = None
    again: timedelta | None = None
    private: bool = False
    at_once: int = 100


@dataclass(frozen=True, slots=True)
class Domain:
    """What one domain hands down to those below it."""

    name: str
    job_kinds: tuple[JobKind, ...] = ()
    delivery_kinds: tuple[DeliveryKind, ...] = ()
    forget: Callable[[int], None] | None = None  # erase what a leaving owner leaves behind


@dataclass(slots=True)
class Registry:
    """The domains of this application, looked up by what they handed down."""

    domains: tuple[Domain, ...] = ()
    jobs: dict[str, JobKind] = field(default_factory=dict)
    deliveries: dict[str, DeliveryKind] = field(default_factory=dict)

    def add(self, *domains: Domain) -> None:
        """Take the domains in, in their order (lowest first)."""
        for domain in domains:
            for kind in domain.job_kinds:
                if kind.name in self.jobs:
                    raise ValueError(f"two job kinds are called {kind.name}")
                self.jobs[kind.name] = kind
            for message in domain.delivery_kinds:
                if message.name in self.deliveries:
                    raise ValueError(f"two kinds of delivery are called {message.name}")
                self.deliveries[message.name] = message
        self.domains += domains

    def forget(self, owner_id: int) -> None:
        """Let every domain erase what belongs to `owner_id`, highest domain first."""
        for domain in reversed(self.domains):
            if domain.forget:
                domain.forget(owner_id)


def domains() -> tuple[Domain, ...]:
    """Every domain, lowest first. One more domain is one more line here."""
    from application.backups import services as backups
    from application.jobs import services as jobs  # late: those import this module
    from application.logs import services_trash as logs
    from application.reminders import compose as reminders
    from application.reminders import planning
    from application.trackers import services_people as people
    from application.transfers import services as transfers

    evening = DeliveryKind("reminder", "Reminder", reminders.compose, plan=planning.plan)
    export = JobKind("export", transfers.run_export)
    bring_in = JobKind("import", transfers.run_import, steady=frozenset({"undo"}))
    return (
        Domain("accounts"),
        Domain("jobs", forget=jobs.forget),
        Domain("deliveries", delivery_kinds=_letters()),
        Domain("trackers", forget=people.forget),
        Domain("logs", forget=logs.forget),
        Domain("insights"),
        _reports(),
        Domain("reminders", delivery_kinds=(evening,)),
        Domain("transfers", job_kinds=(export, bring_in)),
        Domain("backups", job_kinds=(JobKind(backups.JOB, backups.run),)),
    )


def _letters() -> tuple[DeliveryKind, ...]:
    """What the outbox itself has to say, about accounts."""
    from application.deliveries import addresses, alerts, notices, recovery

    return (
        DeliveryKind(recovery.KIND, "New password", recovery.compose, private=True),
        DeliveryKind(notices.KIND, "Notice", notices.compose, again=notices.TRIED),
        DeliveryKind(addresses.CONFIRM, "Address", addresses.compose_confirmations, private=True),
        DeliveryKind(addresses.MOVE, "Address", addresses.compose_moves, private=True),
        DeliveryKind(addresses.KEEP, "Address", addresses.compose_notices, private=True),
        DeliveryKind(alerts.KIND, "Notice", alerts.compose, again=alerts.TRIED),
    )


def _reports() -> Domain:
    from application.reports import delivering, planning, services

    few_at_once = partial(
        DeliveryKind, label="Report", again=delivering.TRIED, at_once=delivering.AT_ONCE
    )
    return Domain(
        "reports",
        job_kinds=(JobKind(services.JOB, services.run),),
        delivery_kinds=(
            few_at_once(delivering.MONTHLY, compose=delivering.compose_monthly, plan=planning.plan),
            few_at_once(delivering.COPY, compose=delivering.compose_copies),
        ),
        forget=services.forget,
    )


def registry() -> Registry:
    """The registry of the current application."""
    found: Registry = current_app.extensions["tend_registry"]
    return found


def init_app(app: Flask) -> None:
    """Fill the registry of `app`, and make every domain's tables known."""
    import_module("application.platform.heartbeats")
    for name in ("accounts", "jobs", "deliveries", "trackers", "logs", "reports", "transfers"):
        import_module(f"application.{name}.models")
    table = Registry()
    table.add(*domains())
    app.extensions["tend_registry"] = table
