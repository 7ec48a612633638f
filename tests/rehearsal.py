"""Months in minutes: the outbox runs on a clock of ours, and a list takes the network's place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import literal

from application.deliveries import sending, services
from application.deliveries.messages import Content, Message, Outcome
from application.platform import claims
from application.platform.database import UtcDateTime
from application.registry import DeliveryKind, registry


@dataclass
class Rehearsal:
    """The time that it is, and what was received: (person, kind, period, when)."""

    now: datetime
    received: list[tuple[int | None, str, str, datetime]] = field(default_factory=list)
    answer: Callable[[Message], Outcome] = lambda _message: Outcome("sent", 200)

    def begin(self, patch: pytest.MonkeyPatch) -> None:
        """Let the database's clock be ours, and the network our list."""
        patch.setattr(claims, "instant", self._instant)
        patch.setattr(sending, "attempt_for", self._attempt)
        patch.setattr(sending, "list_reaches", lambda _ids: {})
        # Reports are made by jobs and tested elsewhere; here only their hour matters.
        plan = registry().deliveries["report"].plan if "report" in registry().deliveries else None
        if plan is None:
            from application.reports.planning import plan
        kind = DeliveryKind("report", "Report", _say, plan=plan)
        patch.setitem(registry().deliveries, "report", kind)

    def _instant(self, plus: timedelta = timedelta()) -> Any:
        return literal(self.now + plus, UtcDateTime())

    def _attempt(self, message: Message, _content: Content, *_: Any) -> Callable[[], Outcome]:
        return partial(self._receive, message)

    def _receive(self, message: Message) -> Outcome:
        outcome = self.answer(message)
        if outcome.result == "sent":
            self.received.append((message.user_id, message.kind, message.period, self.now))
        return outcome

    def tick(self, at: datetime) -> int:
        """One beat of the clock: plan, and send what is due; how many were planned."""
        self.now = at
        planned = services.plan(at)
        if planned:
            self.send()
        return planned

    def send(self) -> None:
        """Send everything that is due now."""
        while sending.send_due() >= services.BATCH:
            pass


def _say(messages: Sequence[Message], _now: datetime) -> dict[int, Content]:
    return {message.id: Content("Your month", "Your month", "") for message in messages}
