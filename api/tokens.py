"""The asker's tokens for scripts, and their account's history."""

from typing import Annotated

from pydantic import Field

from api import limits
from api.base import Query, Resource, contract
from application.accounts import audit, services_tokens, tokens
from application.accounts.models import ApiToken
from application.accounts.queries import Asker
from application.accounts.queries_audit import list_events
from application.accounts.queries_tokens import list_tokens
from application.accounts.schemas_tokens import (
    EventOut,
    EventPage,
    NewTokenOut,
    TokenIn,
    TokenList,
    TokenOut,
)


def token_of(token: ApiToken) -> TokenOut:
    """A token as its person sees it again."""
    return TokenOut(
        id=token.id,
        name=token.name,
        scope=token.scope,
        start=tokens.start_of(token.lookup),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


class TokenListResource(Resource):
    """What scripts may come in with."""

    @contract(out=TokenList)
    def get(self, asker: Asker) -> TokenList:
        """The asker's tokens, the newest first; those whose time is over stay until removed."""
        return TokenList(items=[token_of(token) for token in list_tokens(asker.user_id)])

    @limits.NEW_TOKEN
    @contract(body=TokenIn, out=NewTokenOut, status=201, recent=True)
    def post(self, asker: Asker, body: TokenIn) -> NewTokenOut:
        """Make a token, shown in this answer and never again."""
        token, said = services_tokens.create(asker.user_id, body.name, body.scope, body.expires_at)
        return NewTokenOut(**token_of(token).model_dump(), token=said.text)


class TokenResource(Resource):
    """One token."""

    @contract(recent=True)
    def delete(self, asker: Asker, token_id: int) -> None:
        """Remove the token; it opens nothing from now on."""
        services_tokens.remove(asker.user_id, token_id)


class EventQuery(Query):
    """A page of the history."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class EventListResource(Resource):
    """What happened to the account's safety."""

    @contract(query=EventQuery, out=EventPage)
    def get(self, asker: Asker, query: EventQuery) -> EventPage:
        """Sign-ins and changes of the last year, newest first, each in words."""
        found = list_events(asker.user_id, query.after, query.limit + 1)
        items = [
            EventOut(
                id=event.id,
                at=event.at,
                kind=event.kind,
                words=audit.words(event.kind, event.detail),
                device=event.device,
                place=event.place,
            )
            for event in found[: query.limit]
        ]
        return EventPage(items=items, next=items[-1].id if len(found) > query.limit else None)
