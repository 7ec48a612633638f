"""Running this place: its accounts, and invitations to it. For everybody else it does not exist."""

from typing import Annotated

from pydantic import Field

from api.base import Query, Resource, contract
from api.guards import admin
from application.accounts import invitations, services_admin
from application.accounts.queries import Asker
from application.accounts.queries_admin import Known, list_known
from application.accounts.schemas_admin import InviteOut, KnownOut, KnownPage, KnownPatch


class AdminQuery(Query):
    """A page of accounts."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AdminPeopleResource(Resource):
    """All accounts."""

    guard = staticmethod(admin)

    @contract(query=AdminQuery, out=KnownPage)
    def get(self, asker: Asker, query: AdminQuery) -> KnownPage:
        """The accounts here, the oldest first: who, since when, last seen when."""
        found = list_known(query.after, query.limit + 1)
        items = [KnownOut.model_validate(known) for known in found[: query.limit]]
        return KnownPage(items=items, next=items[-1].id if len(found) > query.limit else None)


class AdminPersonResource(Resource):
    """One account."""

    guard = staticmethod(admin)

    @contract(body=KnownPatch, out=KnownOut, recent=True)
    def patch(self, asker: Asker, user_id: int, body: KnownPatch) -> Known:
        """Open or close it; closing ends its sessions and tokens at once, and keeps its data."""
        services_admin.set_active(user_id, body.active, keep_one=True)
        return list_known(0, 1, only=user_id)[0]


class AdminInvitationResource(Resource):
    """Invitations to this place."""

    guard = staticmethod(admin)

    @contract(out=InviteOut, status=201, recent=True)
    def post(self, asker: Asker) -> InviteOut:
        """A link with which accounts can be made for a week; 409 where none can be made."""
        return InviteOut(link=invitations.link())
