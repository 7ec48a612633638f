"""The accounts elsewhere that sign in to the asker's: list them, link one, unlink it."""

import logging
from dataclasses import replace
from typing import Final

from flask import Response

from api import limits
from api.account import settings
from api.base import RECENT, Resource, contract
from api.oidc import SETTINGS, Way, issuer, remember
from api.security import ways_changed
from application.accounts import services_identities
from application.accounts.oidc import Attempt, Problem
from application.accounts.queries import Asker
from application.accounts.schemas import IdentityList, IdentityOut, WayOut
from application.platform import database
from application.platform.errors import Conflict

log = logging.getLogger(__name__)

SAY_AWAY: Final = "It does not answer just now. Try again in a minute."


class IdentityListResource(Resource):
    """The accounts elsewhere that sign in to the asker's."""

    @contract(out=IdentityList)
    def get(self, asker: Asker) -> IdentityList:
        """List them, the oldest first."""
        here = settings()
        items = [
            IdentityOut(
                id=found.id,
                name=here.oidc_name if found.issuer == here.oidc_issuer else found.issuer,
                created_at=found.created_at,
            )
            for found in services_identities.list_identities(asker.user_id)
        ]
        return IdentityList(items=items)

    @limits.OIDC
    @contract(out=WayOut, recent=True)
    def post(self, asker: Asker) -> Response | WayOut:
        """Begin to link one: the page goes to `url`, and comes back to the settings."""
        database.rollback()
        way = replace(Way(Attempt.new(), SETTINGS), session_id=asker.session_id)
        try:
            url = issuer().url(way.attempt, RECENT)
        except Problem as problem:
            log.warning("the issuer cannot be asked: %s", problem.why)
            raise Conflict(SAY_AWAY) from None
        body = WayOut(url=url).model_dump_json()
        return remember(Response(body, content_type="application/json; charset=utf-8"), way)


class IdentityResource(Resource):
    """One of them."""

    @contract(recent=True)
    def delete(self, asker: Asker, identity_id: int) -> None:
        """Unlink it; all other sessions end. 409 when it is the only way in."""
        services_identities.unlink(asker.user_id, identity_id)
        ways_changed(asker.user_id, "identity_unlinked", settings().oidc_name)
