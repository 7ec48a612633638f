"""HTTP in: who may enter, what shape, which status; then one call into application."""

from typing import Any, NoReturn

import flask_restful
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from api import (
    access,
    bearer,
    csrf,
    errors,
    guards,
    headers,
    hosts,
    limits,
    security,
    shell,
    unsubscribe,
)
from api.routes import API, ROUTES


class RowId(IntegerConverter):
    """An id in a URL: one that no database could hold is not found, rather than an error."""

    regex = "[0-9]+"  # the digits of this alphabet; those of others would be second names
    most = 2**31 - 1

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": self.most} | options)


class BigRowId(RowId):
    """The id of a log: there may be more of those than four bytes count."""

    most = 2**63 - 1


class Api(flask_restful.Api):
    """Flask-RESTful without its own error answers, which would hide ours."""

    def handle_error(self, e: Any) -> NoReturn:
        """Let the error through to Flask's handlers (api/errors.py)."""
        raise e


def init_app(app: Flask) -> None:
    """Hang guards, error answers, the resources and the page onto `app`."""
    app.url_map.converters["int"] = RowId
    app.url_map.converters["big"] = BigRowId
    settings = app.config["TEND"]
    judged = hosts.judge(app.wsgi_app, https=settings.https)
    app.wsgi_app = judged  # type: ignore[method-assign,assignment]
    if settings.trusted_proxy_hops:
        hops = settings.trusted_proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    access.init_app(app, settings)
    errors.init_app(app)
    bearer.init_app(app)
    csrf.init_app(app)
    guards.init_app(app)
    security.init_app(app)
    limits.init_app(app, settings)
    headers.init_app(app)
    shell.init_app(app)
    unsubscribe.init_app(app)
    table = Api(app, prefix=API)
    for path, resource, endpoint in ROUTES:
        table.add_resource(resource, f"/{path}", endpoint=endpoint)
