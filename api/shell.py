"""The page around the API: index.html from Vite's manifest, static files, docs, health."""

import mimetypes
import os.path
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, render_template, request, send_from_directory
from sqlalchemy import text
from werkzeug.routing import PathConverter

from api import health, sessions
from api.csrf import set_xsrf
from application import __version__
from application.platform.extensions import db
from config import ROOT

DIST = ROOT / "static" / "dist"
YEAR = 365 * 24 * 3600
# What the build made of each text, best first.
CODINGS = (("br", ".br"), ("gzip", ".gz"))
# Where visits begin, and the two views that they can lead to.
STARTS = ("/", "/today", "/sign-in")
EARLY = "src/early.ts"
TODAY = "src/views/TodayView.vue"
SIGN_IN = "src/views/accounts/SignInView.vue"


class ViewPath(PathConverter):
    """A path that the page's own router answers; the API says itself what is not there."""

    regex = "(?!api/|static/)[^/].*?"


@dataclass(frozen=True, slots=True)
class Page:
    """The files that one entry of the front end needs, as URLs."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    early: str


@lru_cache
def read_page(entry: str, view: str = "", dist: Path = DIST) -> Page:
    """The files of `entry` (such as `src/main.ts`) by Vite's manifest, and of the view it opens.

    Raises FileNotFoundError while the front end is not built.
    """
    manifest: dict[str, Any] = orjson.loads((dist / ".vite" / "manifest.json").read_bytes())
    chunks = [manifest[name] for name in (entry, view) if name]
    seen = {entry, view}
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
        early=f"/static/{manifest[EARLY]['file']}",
    )


def render(entry: str, title: str, view: str = "", asks: Sequence[str] = ()) -> Response:
    """A page of the front end; asked for at each visit, so that a new release shows.

    What `view` is made of and what it `asks` of the API is fetched beside the script, not after it.
    """
    try:
        page = read_page(entry, view)
    except FileNotFoundError:
        return Response("The page is not built yet: run make run.\n", 503, mimetype="text/plain")
    text = render_template("index.html", page=page, asks=asks, title=title, release=__version__)
    response = Response(text)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def open_page(path: str) -> Response:
    """The one page; where visits begin, with the view that follows for who is signed in, or not."""
    view, asks = "", ["account"]
    if path in STARTS:
        # Only a guess at what to fetch early: what may be seen is decided by who asks for it.
        signed_in = sessions.brings_token()
        view = TODAY if signed_in else SIGN_IN
        if signed_in and not request.query_string:  # which may ask for another day, or page
            asks.append("today")
    response = set_xsrf(render("src/main.ts", "Tend", view, asks))
    response.vary.add("Cookie")
    return response


def send_built(name: str) -> Response:
    """A file of the build; as the build compressed it, when the browser takes that."""
    # Hashed names never change their content; the few others (the icon) may.
    forever = name.startswith("assets/")
    age = YEAR if forever else 3600
    for coding, ending in CODINGS:
        # os.path, unlike pathlib, takes any name that a visitor can think of.
        if request.accept_encodings.quality(coding) and os.path.isfile(f"{DIST}/{name}{ending}"):
            kind = mimetypes.guess_type(name)[0]
            response = send_from_directory(DIST, name + ending, mimetype=kind, max_age=age)
            response.content_encoding = coding
            break
    else:
        response = send_from_directory(DIST, name, max_age=age)
    response.vary.add("Accept-Encoding")
    if forever:
        response.cache_control.immutable = True
    return response


def init_app(app: Flask) -> None:
    """Register the routes that are not the API."""
    app.url_map.converters["view"] = ViewPath

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, Any], int]:
        if "deep" in request.args:
            return health.look()
        db.session.execute(text("SELECT 1"))
        return {"status": "ok", "release": __version__}, 200

    @app.get("/static/<path:name>")
    def static(name: str) -> Response:
        return send_built(name)

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return send_built("favicon.svg")

    @app.get("/api.yaml")
    def api_yaml() -> Response:
        return send_from_directory(ROOT, "api.yaml", mimetype="application/yaml", max_age=0)

    @app.get("/api/docs")
    def docs() -> Response:
        return render("src/docs.ts", "API · Tend")

    @app.get("/")
    @app.get("/<view:path>")
    def page(path: str = "") -> Response:
        return open_page(f"/{path}")
