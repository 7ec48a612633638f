"""The page around the API: index.html from Vite's manifest, static files, health."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the routes that are not the API."""

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}
