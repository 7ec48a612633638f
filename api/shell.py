"""The page around the API: index.html from Vite's manifest, static files, docs, health."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, render_template, request, send_from_directory
from sqlalchemy import text
from werkzeug.exceptions import NotFound

from api import health
from api.csrf import set_xsrf
from api.routes import API
from application import __version__
from application.platform.extensions import db
from config import ROOT

DIST = ROOT / "static" / "dist"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Page:
    """The files that one entry of the front end needs, as URLs."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


@lru_cache
def read_page(entry: str, dist: Path = DIST) -> Page:
    """The files of `entry` (such as `src/main.ts`) by Vite's manifest.

    Raises FileNotFoundError while the front end is not built.
    """
    manifest: dict[str, Any] = orjson.loads((dist / ".vite" / "manifest.json").read_bytes())
    chunks = [manifest[entry]]
    seen = {entry}
    for chunk in chunks:  # grows while it is walked: imports of imports count too
        for name in chunk.get("imports", ()):
            if name not in seen:
                seen.add(name)
                chunks.append(manifest[name])
    styles = dict.fromkeys(css for chunk in chunks for css in chunk.get("css", ()))
    return Page(
        script=f"/static/{chunks[0]['file']}",
        styles=tuple(f"/static/{css}" for css in styles),
        preloads=tuple(f"/static/{chunk['file']}" for chunk in chunks[1:]),
    )


def render(entry: str, title: str) -> Response:
    """A page of the front end; not stored, so that a new release shows at the next visit."""
    try:
        page = read_page(entry)
    except FileNotFoundError:
        return Response("The page is not built yet: run make run.\n", 503, mimetype="text/plain")
    response = Response(render_template("index.html", page=page, title=title, release=__version__))
    response.headers["Cache-Control"] = "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Register the routes that are not the API."""

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, Any], int]:
        if "deep" in request.args:
            return health.look()
        db.session.execute(text("SELECT 1"))
        return {"status": "ok", "release": __version__}, 200

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        # Hashed names never change their content; the few others (the icon) may.
        forever = name.startswith("assets/")
        response = send_from_directory(DIST, name, max_age=YEAR if forever else 3600)
        if forever:
            response.cache_control.immutable = True
        return response

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return send_from_directory(DIST, "favicon.svg", max_age=3600)

    @app.get("/api.yaml")
    def api_yaml() -> Response:
        return send_from_directory(ROOT, "api.yaml", mimetype="application/yaml", max_age=0)

    @app.get("/api/docs")
    def docs() -> Response:
        return render("src/docs.ts", "API · Tend")

    @app.get("/")
    @app.get("/<path:path>")
    def page(path: str = "") -> Response:
        if path.startswith((API[1:] + "/", "api/", "static/")):
            raise NotFound
        return set_xsrf(render("src/main.ts", "Tend"))
