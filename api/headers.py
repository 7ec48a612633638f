"""Security headers, on every answer: pages, files, the API, and every refusal."""

from flask import Flask, Response, current_app, request

from config import Settings

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# What is handed out to be kept has no rights here, should a browser open it after all.
SANDBOX = f"{CSP}; sandbox"
YEAR = 365 * 24 * 3600
UNUSED = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")

EVERYWHERE = [
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: over https the CSRF check wants to see that our own page asks.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in UNUSED)),
]
NOT_KEPT = ("Cache-Control", "no-store")
OVER_HTTPS = ("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")
# With the end of a session the browser forgets what it kept of the person: answers, drafts. Not
# "cookies": that would take the next visitor's own away, which come with the same answer.
FORGET = ("Clear-Site-Data", '"cache", "storage"')


def lines(*, keep: bool, https: bool) -> list[tuple[str, str]]:
    """What the browser may do with an answer; `keep`: also have it in its cache."""
    return EVERYWHERE + [NOT_KEPT] * (not keep) + [OVER_HTTPS] * https


def is_api(path: str) -> bool:
    """Whether what is there is somebody's own, which no cache may hold."""
    return path.startswith("/api/")


def harden(response: Response) -> Response:
    """Say these on every answer that was not built with them."""
    if not getattr(response, "hardened", False):
        settings: Settings = current_app.config["TEND"]
        dress(response, request.path, https=settings.https)
    return response


def dress(response: Response, path: str, *, https: bool) -> Response:
    """Say these on an answer to a request for `path`, made outside of Flask or in it."""
    headers = response.headers
    keep = response.status_code < 400 and not is_api(path)
    for name, value in lines(keep=keep, https=https):
        headers[name] = value
    if headers.get("Content-Disposition", "").startswith("attachment"):
        headers["Content-Security-Policy"] = SANDBOX
    return response


def init_app(app: Flask) -> None:
    """Hang it onto `app`."""
    app.after_request(harden)
