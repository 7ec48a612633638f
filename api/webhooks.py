"""The asker's webhook: its secret, turning it on again, and a test that shows the answer."""

from api import limits
from api.account import account_of
from api.base import Resource, contract
from application.accounts import services_webhooks as services
from application.accounts.queries import Asker
from application.accounts.schemas import AccountOut, SecretOut
from application.deliveries import trial
from application.deliveries.schemas import TrialIn, TrialOut


class WebhookSecretResource(Resource):
    """What signs the messages to a plain webhook."""

    @limits.NEW_SECRET
    @contract(out=SecretOut, recent=True)
    def post(self, asker: Asker) -> SecretOut:
        """Make another secret, shown here and never again; the old one signs too for a day."""
        user = services.renew_secret(asker.user_id)
        return SecretOut(secret=user.webhook_secret or "", old_until=user.webhook_old_until)


class WebhookEnableResource(Resource):
    """A webhook that was turned off."""

    @contract(out=AccountOut)
    def post(self, asker: Asker) -> AccountOut:
        """Turn it on again; reminders go there from now on."""
        return account_of(asker, services.enable(asker.user_id))


class WebhookTestResource(Resource):
    """A message to see whether the way out works."""

    @limits.TEST
    @contract(body=TrialIn, out=TrialOut)
    def post(self, asker: Asker, body: TrialIn) -> TrialOut:
        """Send a test now, by either channel, and say what came back; it is not tried again."""
        return trial.send(asker.user_id, body.channel)
