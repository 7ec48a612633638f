"""Timers over HTTP: one a person and tracker, kept on the server."""

from typing import Any, Literal

from api.base import Query, Resource, contract
from application.accounts.queries import Asker
from application.logs.schemas import LogOut
from application.logs.services import stop_timer
from application.trackers import services
from application.trackers.queries import list_timers
from application.trackers.schemas import TimerList, TimerOut


class StopQuery(Query):
    """Whether the time is dropped rather than logged."""

    discard: Literal["true", "false"] = "false"


class TimerListResource(Resource):
    """All running timers."""

    @contract(out=TimerList, cached=True)
    def get(self, asker: Asker) -> Any:
        """The asker's running timers, longest running first."""
        return TimerList(
            items=[
                TimerOut(tracker_id=found.tracker.id, name=found.tracker.name, started_at=started)
                for found in list_timers(asker.user_id)
                if (started := found.link.timer_started_at)
            ]
        )


class TimerResource(Resource):
    """The asker's timer on a tracker."""

    @contract(out=TimerOut, status=201, also=(200,))
    def post(self, asker: Asker, tracker_id: int) -> Any:
        """Start the timer; 200 with the same when it is running already."""
        found, fresh = services.start_timer(asker.user_id, tracker_id)
        timer = {
            "tracker_id": tracker_id,
            "name": found.tracker.name,
            "started_at": found.link.timer_started_at,
        }
        return TimerOut.model_validate(timer), 201 if fresh else 200

    @contract(query=StopQuery, out=LogOut, status=201, also=(204,), idempotent=True)
    def delete(self, asker: Asker, tracker_id: int, query: StopQuery) -> Any:
        """Stop the timer and log its time; with ?discard=true only stop it (204)."""
        if query.discard == "true":
            services.take_timer(asker.user_id, tracker_id)
            return None, 204
        return LogOut.of(stop_timer(asker.user_id, tracker_id))
