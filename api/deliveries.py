"""The log of deliveries: what was sent, what waits, and sending once more."""

from typing import Annotated

from pydantic import Field

from api import limits
from api.base import Query, Resource, contract
from application.accounts.queries import Asker
from application.deliveries import services_log
from application.deliveries.queries import Filter, as_shown, list_deliveries
from application.deliveries.schemas import DeliveryList, DeliveryOut
from application.platform.claims import present


class DeliveryQuery(Query):
    """A page of the log; `due` are those that wait or are at it."""

    state: Filter | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DeliveryListResource(Resource):
    """Reminders, reports and notices of the asker."""

    @contract(query=DeliveryQuery, out=DeliveryList)
    def get(self, asker: Asker, query: DeliveryQuery) -> DeliveryList:
        """What was sent to the asker and what waits, newest first."""
        found = list_deliveries(asker.user_id, query.state, query.after, query.limit + 1)
        now = present()
        items = [as_shown(row, now) for row in found[: query.limit]]
        return DeliveryList(items=items, next=items[-1].id if len(found) > query.limit else None)


class DeliveryResendResource(Resource):
    """One message, once more."""

    @limits.SEND_AGAIN
    @contract(out=DeliveryOut, status=202)
    def post(self, asker: Asker, delivery_id: int) -> DeliveryOut:
        """Send it once more; what had arrived goes under a new id."""
        return as_shown(services_log.resend(asker.user_id, delivery_id), present())
