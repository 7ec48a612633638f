"""The asker's own account: settings, sessions, leaving; and what anybody may know of this place."""

import logging
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_security import verify_password

from api import limits, sessions
from api.base import Resource, contract
from api.guards import anyone
from api.security import normalize
from application import __version__
from application.accounts import audit, passwords, places, services, usernames
from application.accounts.models import User
from application.accounts.queries import Asker, find_user, list_sessions
from application.accounts.queries_addresses import find_pending
from application.accounts.queries_admin import is_admin
from application.accounts.schemas import (
    AboutOut,
    AccountOut,
    AccountPatch,
    OidcOut,
    PasswordIn,
    SessionList,
    SessionOut,
    WebhookOff,
)
from application.deliveries import channels
from application.deliveries.timing import end_of_day
from application.logs.days import logical_day
from application.platform import clock, database, egress
from application.platform.errors import FieldError, Invalid
from config import Settings

log = logging.getLogger(__name__)


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.config["TEND"]
    return found


def account_of(asker: Asker, user: User, secret: str | None = None) -> AccountOut:
    """The account as its owner sees it now; with the webhook's secret if it was just made."""
    off, pending = user.webhook_off_at, find_pending(asker.user_id)
    zone = ZoneInfo(user.timezone)
    today = logical_day(clock.now(), zone, user.day_starts_at)
    return AccountOut(
        id=asker.user_id,
        username=user.username,
        email=user.email,
        confirmed=user.confirmed_at is not None,
        new_email=pending.new_email if pending else None,
        has_password=user.has_password,
        timezone=user.timezone,
        day_starts_at=user.day_starts_at,
        week_starts_on=user.week_starts_on,
        reminder_at=user.reminder_at,
        reminder_channel=user.reminder_channel,
        webhook=user.webhook,
        webhook_name=user.webhook and channels.name_of(user.webhook),
        webhook_signed=user.webhook is not None and channels.is_signed(user.webhook),
        webhook_secret=secret,
        webhook_off=off and WebhookOff(at=off, reason=user.webhook_off_reason or ""),
        report_format=user.report_format,
        report_paper=user.report_paper,
        report_on=user.report_on,
        today=today,
        day_ends_at=end_of_day(today, zone, user.day_starts_at),
        mail=settings().mail,
        created_at=user.created_at,
        admin=is_admin(asker.user_id),
    )


def read_webhook(url: str) -> str:
    """A webhook in the form that is kept. Raises ValueError with a sentence."""
    found = egress.door(settings()).check(url)
    channels.check(found)
    return found


def wrong_in_patch(_asker: Asker) -> list[FieldError]:
    """What only the settings of this installation say of a change."""
    url = g.body.get("webhook")
    try:
        if isinstance(url, str):
            read_webhook(url)
    except ValueError as error:
        return [FieldError("webhook", str(error))]
    return []


def names_a_way_out() -> bool:
    """Whether a change says where messages go: whoever took a session over must not say that."""
    return "webhook" in (g.body or {})


class AboutResource(Resource):
    """What anybody may know of this installation."""

    guard = staticmethod(anyone)

    @contract(out=AboutOut)
    def get(self, asker: Asker | None) -> AboutOut:
        """Say which release this is, and how one gets in."""
        return AboutOut(
            name="Tend",
            version=__version__,
            release=__version__,
            registration=settings().registration,
            mail=settings().mail,
            username_pattern=usernames.PATTERN,
            password_length=passwords.SHORTEST,
            confirm_email=settings().confirm_email == "on",
            oidc=OidcOut(name=settings().oidc_name) if settings().oidc_issuer else None,
            two_factor_required=settings().two_factor == "required",
        )


class AccountResource(Resource):
    """The asker's own account."""

    @contract(out=AccountOut)
    def get(self, asker: Asker) -> AccountOut:
        """The account and its settings; the answer also hands out the XSRF-TOKEN cookie."""
        return account_of(asker, find_user(asker.user_id))

    @contract(body=AccountPatch, out=AccountOut, recent=names_a_way_out, wrong=wrong_in_patch)
    def patch(self, asker: Asker, body: AccountPatch) -> AccountOut:
        """Change any of the settings; naming the webhook turns it on again."""
        changes = {name: getattr(body, name) for name in body.model_fields_set}
        url = body.webhook
        try:
            if url is not None:
                changes["webhook"] = url = read_webhook(url)
        except ValueError as error:
            raise Invalid.field("webhook", str(error)) from None
        had = find_user(asker.user_id).webhook_secret
        signed = url is not None and channels.is_signed(url)
        user = services.change_settings(asker.user_id, changes, signed=signed)
        return account_of(asker, user, None if had else user.webhook_secret)

    @limits.PASSWORD_AGAIN
    @contract(body=PasswordIn, recent=True)
    def delete(self, asker: Asker, body: PasswordIn) -> None:
        """Erase the account with everything in it; a password that they have is asked again."""
        database.rollback()  # the hash takes its time, and must not hold the one writer's place
        user = find_user(asker.user_id)
        wrong = not verify_password(normalize(body.password), user.password)
        if wrong and user.has_password:
            raise Invalid.field("password", "That is not your password.")
        database.begin_writing()
        services.delete_account(asker.user_id)
        log.info("user %s erased the account", asker.user_id)
        sessions.forget()


class SessionListResource(Resource):
    """The browsers that are signed in."""

    @contract(out=SessionList)
    def get(self, asker: Asker) -> SessionList:
        """The asker's sessions, the latest seen first."""
        items = [
            SessionOut(
                id=found.id,
                device=found.device,
                place=found.place or places.UNKNOWN,
                created_at=found.created_at,
                last_seen_at=found.last_seen_at,
                current=found.id == asker.session_id,
            )
            for found in list_sessions(asker.user_id)
        ]
        return SessionList(items=items)

    @contract()
    def delete(self, asker: Asker) -> None:
        """Sign out everywhere else."""
        services.end_sessions(asker.user_id, keep=asker.session_id)
        audit.note(asker.user_id, "sessions_ended")


class SessionResource(Resource):
    """One browser that is signed in."""

    @contract()
    def delete(self, asker: Asker, session_id: int) -> None:
        """Sign that browser out."""
        services.end_session(asker.user_id, session_id)
        audit.note(asker.user_id, "session_ended")
        if session_id == asker.session_id:
            sessions.forget()
