"""People over HTTP: who follows a tracker, invitations, parting."""

from typing import Any

from api.base import Resource, contract
from application.accounts.queries import Asker
from application.accounts.schemas import Nothing
from application.logs import board
from application.trackers import services_people as services
from application.trackers.kinds import Kind
from application.trackers.models import Role
from application.trackers.queries_people import list_invitations, list_people
from application.trackers.schemas import TrackerOut
from application.trackers.schemas_people import (
    Invitation,
    InvitationList,
    InvitationOut,
    InvitedTo,
    PersonList,
    PersonOut,
    RoleChange,
)


def _people(asker: Asker, tracker_id: int) -> list[PersonOut]:
    return [
        PersonOut(
            id=link.id,
            username=name,
            role=Role(link.role),
            state=link.state,
            you=link.user_id == asker.user_id,
        )
        for link, name in list_people(asker.user_id, tracker_id)
    ]


class PersonListResource(Resource):
    """Everybody who follows a tracker."""

    @contract(out=PersonList, cached=True)
    def get(self, asker: Asker, tracker_id: int) -> Any:
        """Who follows the tracker; who is only asked, owners alone are told."""
        return PersonList(items=_people(asker, tracker_id))

    @contract(body=Invitation, out=Nothing, status=202, idempotent=True)
    def post(self, asker: Asker, tracker_id: int, body: Invitation) -> Any:
        """Ask somebody to follow the tracker; the answer is the same whoever it is."""
        services.invite(asker.user_id, tracker_id, body.username, Role(body.role))
        return {}


class PersonResource(Resource):
    """Somebody who follows a tracker."""

    @contract(body=RoleChange, out=PersonOut)
    def patch(self, asker: Asker, tracker_id: int, link_id: int, body: RoleChange) -> Any:
        """Give somebody another role."""
        services.change_role(asker.user_id, tracker_id, link_id, Role(body.role))
        return next(person for person in _people(asker, tracker_id) if person.id == link_id)

    @contract(status=204)
    def delete(self, asker: Asker, tracker_id: int, link_id: int) -> Any:
        """Take a link back, or leave by one's own."""
        services.remove(asker.user_id, tracker_id, link_id)


class InvitationListResource(Resource):
    """What the asker is invited to."""

    @contract(out=InvitationList, cached=True)
    def get(self, asker: Asker) -> Any:
        """Invitations that wait for the asker's answer."""
        return InvitationList(
            items=[
                InvitationOut(
                    id=link.id,
                    role=Role(link.role),
                    host=host,
                    tracker=InvitedTo(
                        id=tracker.id,
                        name=tracker.name,
                        kind=Kind(tracker.kind),
                        description=tracker.description,
                    ),
                )
                for link, tracker, host in list_invitations(asker.user_id)
            ]
        )


class InvitationResource(Resource):
    """One invitation."""

    @contract(status=204)
    def delete(self, asker: Asker, link_id: int) -> Any:
        """Decline the invitation."""
        services.decline(asker.user_id, link_id)


class InvitationAcceptResource(Resource):
    """The answer yes."""

    @contract(out=TrackerOut)
    def post(self, asker: Asker, link_id: int) -> Any:
        """Accept the invitation; the tracker."""
        tracker_id = services.accept(asker.user_id, link_id)
        return board.find_tracker(asker.user_id, tracker_id)
