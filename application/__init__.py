"""The product itself: no HTTP, no Celery decorators. `create_app` is its one door."""

from collections.abc import Callable
from typing import Any

from flask import Flask

import config
from application import registry
from application.accounts import commands, identity
from application.backups import commands as backups
from application.deliveries import commands as deliveries
from application.demo import commands as demo
from application.platform import background
from application.platform.database import engine_options, tune
from application.platform.extensions import cache, db, mail, migrate

__version__ = "0.1.0"


class Tend(Flask):
    """Flask without its question, of each hook in each request, whether that is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` itself: nothing here is async, and to look took 20 µs of a request."""
        return func


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application with its database, cache, mail and queue; api or tasks are added to it."""
    settings = settings or config.load()
    app = Tend("tend", root_path=str(config.ROOT), static_folder=None)
    app.config.from_mapping(flask_settings(settings))
    app.config["TEND"] = settings
    db.init_app(app)
    with app.app_context():
        tune(db.engine, settings.sqlite_synchronous)
    migrate.init_app(app, db, directory=str(config.ROOT / "application" / "migrations"))
    cache.init_app(app)
    mail.init_app(app)
    identity.init_app(app, settings)
    commands.init_app(app)
    deliveries.init_app(app)
    demo.init_app(app)
    backups.init_app(app)
    background.init_app(app, settings)
    registry.init_app(app)
    return app


def flask_settings(settings: config.Settings) -> dict[str, object]:
    """Our settings under the names that Flask and its extensions look for."""
    return {
        "SECRET_KEY": settings.secret_key,
        "RELEASE": __version__,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "CACHE_TYPE": "RedisCache",
        "CACHE_REDIS_URL": settings.redis_url,
        "CACHE_KEY_PREFIX": "tend:",
        "CACHE_OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "MAX_CONTENT_LENGTH": settings.max_import_mb * 1024 * 1024 + 64 * 1024,
    }
