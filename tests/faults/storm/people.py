"""Many people whose evening reminder is due at this moment, each with something neglected."""

import base64
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from flask import Flask
from sqlalchemy import insert

from application.accounts.models import User, UserVersion
from application.platform.database import transaction
from application.trackers.models import Role, Tracker, UserTracker

NOON = 12


def make_secrets(count: int) -> dict[str, str]:
    """The people's names with the secret of each one's webhook."""
    return {
        f"person-{number:05}": "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        for number in range(count)
    }


def fill(app: Flask, people: Mapping[str, str], port: int) -> None:
    """Write the people straight into the tables; each one's webhook is a path of the sink."""
    present = datetime.now(UTC)
    # It is noon for them, so that a storm never meets the end of their day.
    zone = f"Etc/GMT{present.hour - NOON:+d}"
    long_ago = present - timedelta(days=3)
    with app.app_context(), transaction() as session:
        session.execute(insert(User), [
            {
                "username": name,
                "email": f"{name}@example.org",
                "password": "!",
                "fs_uniquifier": secrets.token_hex(16),
                "timezone": zone,
                "reminder_at": time(6),
                "reminder_since": long_ago,
                "webhook": f"http://127.0.0.1:{port}/{name}",
                "webhook_secret": secret,
                "report_on": False,
            }
            for name, secret in people.items()
        ])  # fmt: skip
        ids = [row.id for row in session.execute(User.__table__.select().order_by(User.id))]
        session.execute(insert(UserVersion), [{"user_id": each} for each in ids])
        session.execute(insert(Tracker), [
            {
                "owner_id": each,
                "name": "Water",
                "name_key": "water",
                "kind": "numerical",
                "unit": "l",
                "created_at": long_ago,
                "last_logged_at": long_ago,
                "last_local_day": long_ago.date(),
                "last_value": 1.5,
            }
            for each in ids
        ])  # fmt: skip
        owned = session.execute(Tracker.__table__.select())
        session.execute(insert(UserTracker), [
            {
                "user_id": row.owner_id,
                "tracker_id": row.id,
                "role": Role.OWNER,
                "created_at": long_ago,
            }
            for row in owned
        ])  # fmt: skip
