"""Security headers, on every answer."""

from flask import Flask, Response, current_app, request

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
YEAR = 365 * 24 * 3600

EVERYWHERE = [
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: over https the CSRF check wants to see that our own page asks.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
OF_API = ("Cache-Control", "no-store")
OVER_HTTPS = ("Strict-Transport-Security", f"max-age={YEAR}; includeSubDomains")


def lines(*, api: bool, https: bool) -> list[tuple[str, str]]:
    """What the browser may do with an answer."""
    return EVERYWHERE + [OF_API] * api + [OVER_HTTPS] * https


def harden(response: Response) -> Response:
    """Say these on every answer that does not bring them; a stricter word said before is kept."""
    if getattr(response, "hardened", False):
        return response
    said = {name.lower() for name, _ in response.headers}
    https = current_app.config["TEND"].https
    for name, value in lines(api=request.path.startswith("/api/"), https=https):
        if name.lower() not in said:
            response.headers.add(name, value)
    return response


def init_app(app: Flask) -> None:
    """Hang it onto `app`."""
    app.after_request(harden)
