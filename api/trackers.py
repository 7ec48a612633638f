"""Trackers over HTTP: the kinds, the list, one tracker, its choices."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from api.base import Query, Resource, contract
from api.days import today_of
from application.accounts.queries import Asker
from application.logs import board, queries
from application.logs.schemas import TrackerPage
from application.trackers import kinds, services, services_choices
from application.trackers.queries import State, find_tracker, list_choices
from application.trackers.schemas import (
    DeletedTracker,
    NewTracker,
    TrackerOut,
    TrackerPatch,
    TrackerPut,
    TypeList,
)
from application.trackers.schemas_choices import (
    ChoiceList,
    ChoiceOut,
    ChoicePatch,
    ChoicesPut,
    NewChoice,
)

PERSONAL = {"position", "remind"}


CURSOR = WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}[.][0-9]{1,9}$"})


def _is_cursor(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", text):
        raise ValueError("This is not a `next` of this list.")
    return text


class TrackersQuery(Query):
    """Which trackers, and how many at once."""

    state: State = "active"
    after: Annotated[str, AfterValidator(_is_cursor), CURSOR] | None = None
    limit: int = Field(200, ge=1, le=200)


class TrackerTypesResource(Resource):
    """The kinds of tracker."""

    @contract(out=TypeList, cached=True, quick=True)
    def get(self, asker: Asker) -> Any:
        """What each kind of tracker is called and accepts."""
        return {"items": kinds.types()}


class TrackerListResource(Resource):
    """All trackers of the asker."""

    @contract(query=TrackersQuery, out=TrackerPage, cached=True, quick=True, daily=True)
    def get(self, asker: Asker, query: TrackersQuery) -> Any:
        """The asker's trackers in their own order, each with its last seven days."""
        after = None
        if query.after:
            position, link = query.after.split(".")
            after = int(position), int(link)
        return board.list_trackers(asker.user_id, query.state, after, query.limit, today_of(asker))

    @contract(body=NewTracker, out=TrackerOut, status=201, idempotent=True, versioned=True)
    def post(self, asker: Asker, body: NewTracker) -> Any:
        """Make a tracker."""
        tracker = services.create(asker.user_id, body)
        return board.find_tracker(asker.user_id, tracker.id)


class TrackerResource(Resource):
    """One tracker."""

    @contract(out=TrackerOut, versioned=True)
    def get(self, asker: Asker, tracker_id: int) -> Any:
        """One tracker with its choices and the number of its entries."""
        return board.find_tracker(asker.user_id, tracker_id)

    @contract(body=TrackerPut, out=TrackerOut, versioned=True)
    def put(self, asker: Asker, tracker_id: int, body: TrackerPut, if_match: int | None) -> Any:
        """Replace name, description, unit and step."""
        return _update(asker, tracker_id, body.model_dump(), if_match)

    @contract(body=TrackerPatch, out=TrackerOut, versioned=True)
    def patch(self, asker: Asker, tracker_id: int, body: TrackerPatch, if_match: int | None) -> Any:
        """Change some fields; place and reminder are the asker's own, the rest is an owner's."""
        changes = body.model_dump(include=body.model_fields_set)
        own = {name: changes.pop(name) for name in PERSONAL & set(changes)}
        if own:
            services.arrange(asker.user_id, tracker_id, **own)
        return _update(asker, tracker_id, changes, if_match)

    @contract(out=DeletedTracker, versioned=True)
    def delete(self, asker: Asker, tracker_id: int, if_match: int | None) -> Any:
        """Put the tracker into the trash, for thirty days."""
        count = queries.count_logs(tracker_id)
        tracker = services.delete(asker.user_id, tracker_id, if_match)
        return DeletedTracker(
            id=tracker.id, name=tracker.name, log_count=count, version=tracker.version
        )


def _update(
    asker: Asker, tracker_id: int, changes: dict[str, Any], if_match: int | None
) -> TrackerOut:
    if changes:
        services.update(
            asker.user_id, tracker_id, changes, has_logs=queries.has_logs, if_match=if_match
        )
    return board.find_tracker(asker.user_id, tracker_id)


class TrackerRestoreResource(Resource):
    """The way back out of the trash."""

    @contract(out=TrackerOut, versioned=True)
    def post(self, asker: Asker, tracker_id: int) -> Any:
        """Put a deleted tracker back."""
        services.restore(asker.user_id, tracker_id)
        return board.find_tracker(asker.user_id, tracker_id)


class ChoiceListResource(Resource):
    """The choices of a tracker."""

    @contract(out=ChoiceList, cached=True)
    def get(self, asker: Asker, tracker_id: int) -> Any:
        """The choices in their order, with the number of their entries."""
        find_tracker(asker.user_id, tracker_id)
        return _choices(tracker_id)

    @contract(body=NewChoice, out=ChoiceOut, status=201, idempotent=True)
    def post(self, asker: Asker, tracker_id: int, body: NewChoice) -> Any:
        """Add a choice at the end."""
        return ChoiceOut.of(services_choices.add(asker.user_id, tracker_id, body.label))

    @contract(body=ChoicesPut, out=ChoiceList)
    def put(self, asker: Asker, tracker_id: int, body: ChoicesPut) -> Any:
        """Replace the whole list; a choice left out is archived when it is in use."""
        wanted = [(choice.id, choice.label) for choice in body.choices]
        services_choices.replace(asker.user_id, tracker_id, wanted, queries.count_uses)
        return _choices(tracker_id)


def _choices(tracker_id: int) -> ChoiceList:
    uses = queries.count_uses(tracker_id)
    return ChoiceList(items=[ChoiceOut.of(choice, uses) for choice in list_choices(tracker_id)])


class ChoiceResource(Resource):
    """One choice."""

    @contract(body=ChoicePatch, out=ChoiceOut)
    def patch(self, asker: Asker, tracker_id: int, choice_id: int, body: ChoicePatch) -> Any:
        """Rename, move or archive a choice."""
        changes = body.model_dump(include=body.model_fields_set)
        choice = services_choices.change(asker.user_id, tracker_id, choice_id, **changes)
        return ChoiceOut.of(choice)

    @contract(out=ChoiceOut)
    def delete(self, asker: Asker, tracker_id: int, choice_id: int) -> Any:
        """Delete a choice, or archive it when it is in use."""
        choice, uses = services_choices.remove(
            asker.user_id, tracker_id, choice_id, queries.count_uses
        )
        return ChoiceOut.of(choice, {choice.id: uses})
