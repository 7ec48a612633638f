"""Addresses: move to another one, take that back, confirm, and the links of all these letters."""

from flask import current_app, g
from flask_security.mail_util import EmailValidateException

from api import limits, sessions
from api.base import Resource, contract
from api.guards import anyone
from application.accounts import addresses, services_addresses
from application.accounts.queries import Asker, find_user
from application.accounts.schemas import EmailIn, Nothing, ProofOut
from application.deliveries import addresses as letters
from application.platform.errors import Conflict, Invalid


def as_kept(said: str) -> str:
    """An address that somebody typed, as it is kept. Raises Invalid."""
    try:
        found = current_app.extensions["security"].mail_util.validate(said.strip())
    except EmailValidateException as error:
        raise Invalid.field("email", str(error.msg)) from None
    return str(found).lower()


class EmailResource(Resource):
    """The asker's move to another address."""

    @limits.MAIL_ADDRESS
    @contract(body=EmailIn, out=Nothing, status=202, recent=True)
    def post(self, asker: Asker, body: EmailIn) -> Nothing:
        """Ask to move; a letter with a link goes to the new address, a word to the old one.

        The answer is the same whether another account has that address.
        """
        letters.ask_to_move(services_addresses.ask_move(asker.user_id, as_kept(body.email)))
        return Nothing()

    @contract()
    def delete(self, asker: Asker) -> None:
        """Take it back: the link opens nothing any more."""
        services_addresses.take_back(asker.user_id)


class EmailConfirmResource(Resource):
    """The letter that asks to confirm the present address."""

    @limits.CONFIRM_LETTER
    @contract(out=Nothing, status=202)
    def post(self, asker: Asker) -> Nothing:
        """Send it once more; 409 when the address is confirmed."""
        if find_user(asker.user_id).confirmed_at is not None:
            raise Conflict(addresses.SAY_DONE)
        letters.ask_to_confirm(asker.user_id)
        return Nothing()


class ConfirmResource(Resource):
    """The link of a letter about an address."""

    guard = staticmethod(anyone)

    @limits.CONFIRM
    @contract(out=ProofOut)
    def get(self, asker: Asker | None, token: str) -> ProofOut:
        """What the link does; nothing changes by looking. 410 says why it is over."""
        proof = addresses.read(token)
        return ProofOut(what=proof.what, email=proof.email)

    @limits.CONFIRM
    @contract(out=ProofOut)
    def post(self, asker: Asker | None, token: str) -> ProofOut:
        """Do it. 410 when the link is over, 409 when another account has the address by now."""
        proof = services_addresses.follow(token)
        here = g.get("asker")
        if proof.what == "keep" and here is not None and here.user_id == proof.user.id:
            sessions.forget()
        return ProofOut(what=proof.what, email=proof.email)
