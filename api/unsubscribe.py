"""Stopping a mail from the mail itself: for whoever has it, signed in or not.

Besides the page's endpoint there is one outside the API: RFC 8058, a mail program's own "stop".
It posts a form and has neither our cookie nor our token; what it may do stands in the signed URL.
"""

from flask import Flask, Response, current_app

from api.base import Resource, contract
from api.guards import anyone
from application.accounts.queries import Asker
from application.deliveries import unsubscribe
from application.deliveries.schemas import WishOut
from application.deliveries.unsubscribe import Wish

ONE_CLICK = "one_click"


def wish_in(token: str) -> Wish:
    """What the token asks for. Raises NotFound in words."""
    return unsubscribe.read(token, current_app.config["TEND"])


def state_of(wish: Wish) -> WishOut:
    """Whether that mail is sent now."""
    return WishOut(kind=wish.kind, on=unsubscribe.is_on(wish))


class UnsubscribeResource(Resource):
    """The mail that a link stops."""

    guard = staticmethod(anyone)

    @contract(out=WishOut)
    def get(self, asker: Asker | None, token: str) -> WishOut:
        """Which mail it is, and whether it is sent; nothing changes by looking."""
        return state_of(wish_in(token))

    @contract(out=WishOut)
    def post(self, asker: Asker | None, token: str) -> WishOut:
        """Stop it."""
        wish = wish_in(token)
        unsubscribe.stop(wish)
        return state_of(wish)

    @contract(out=WishOut)
    def delete(self, asker: Asker | None, token: str) -> WishOut:
        """Take the stopping back."""
        wish = wish_in(token)
        unsubscribe.start(wish)
        return state_of(wish)


def init_app(app: Flask) -> None:
    """Register the endpoint of mail programs; GET of the same URL is the page."""

    @app.post("/unsubscribe/<string:token>", endpoint=ONE_CLICK)
    def one_click(token: str) -> Response:
        unsubscribe.stop(wish_in(token))
        return Response("This mail has been stopped.\n", mimetype="text/plain")
