"""The answer table: what becomes of a delivery, by what its receiver answered. Pure.

| answer | outcome |
|---|---|
| 2xx, with whatever body, however slow or large | sent |
| 3xx | failed: a redirect is never followed |
| 408, 425, 429 | tried again, not before what Retry-After says (2 hours at most) |
| 410 | gone: the webhook is turned off |
| other 4xx | failed: it would be refused again |
| 5xx | tried again, with Retry-After as above |
| anything else (1xx as the last word, 600) | failed |
| no answer within 20 s, hung up, no name, no route, no HTTP | tried again |
| a certificate that is not valid | tried again: it may be mended within the evening |
| an address that may not be called | failed, and no connection was made |
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from application.deliveries.messages import Outcome
from application.platform.egress import Answer, Closed, Unreachable

LONGEST_WAIT: Final = 2 * 3600.0  # an evening's nudge is of no use tomorrow
LONGEST_ANSWER: Final = 200
LATER: Final = frozenset({408, 425, 429})
GONE: Final = 410

SAID: Final = {
    400: "It did not understand the message (400).",
    401: "It did not accept the key in the address (401).",
    403: "It does not let the message in (403).",
    404: "There is no webhook at this address (404).",
    405: "It takes no messages at this address (405).",
    408: "It waited too long for the message (408).",
    410: "It says that this webhook is gone for good (410).",
    413: "The message is too large for it (413).",
    429: "It asks to be called less often (429).",
    500: "Something went wrong on its side (500).",
    502: "The server behind it did not answer (502).",
    503: "It is not available at the moment (503).",
    504: "The server behind it did not answer in time (504).",
}


def of_answer(answer: Answer, now: datetime | None = None) -> Outcome:
    """What an answer means. `now` is for a Retry-After that is a date."""
    status, said = answer.status, excerpt(answer)
    if 200 <= status < 300:
        return Outcome("sent", status, answer=said)
    if 300 <= status < 400:
        error = f"It answered with a redirect ({status}), which is not followed."
        return Outcome("failed", status, error, answer=said)
    error = SAID.get(status) or f"It answered with {status}."
    if status == GONE:
        return Outcome("gone", status, error, answer=said)
    if status in LATER or 500 <= status < 600:
        return Outcome("retry", status, error, retry_after(answer, now), said)
    return Outcome("failed", status, error, answer=said)


def of_error(error: Exception) -> Outcome:
    """What it means that no answer came. Raises what is not the egress's."""
    if isinstance(error, Closed):
        return Outcome("failed", None, error.reason)
    if isinstance(error, Unreachable):
        return Outcome("retry", None, error.reason)
    raise error


def retry_after(answer: Answer, now: datetime | None = None) -> float | None:
    """The seconds that Retry-After asks for, as a number or as a date, two hours at most."""
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", said):  # Discord's has a fraction
        return min(float(said), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
        start = now or parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until, start = (at if at.tzinfo else at.replace(tzinfo=UTC) for at in (until, start))
    return min(max((until - start).total_seconds(), 0.0), LONGEST_WAIT)


def excerpt(answer: Answer) -> str:
    """The beginning of what it said, as one line of printable letters."""
    if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
        return ""
    text = answer.body.decode("utf-8", "replace").replace("\ufffd", " ")
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:LONGEST_ANSWER]
