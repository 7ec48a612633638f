"""docs/limits.md from the table in api/limits.py: `python -m api.limits_page` writes it."""

from api.limits import LINES
from config import ROOT

PAGE = ROOT / "docs" / "limits.md"

PREFACE = """<!-- Made from the table in api/limits.py by `python -m api.limits_page`. -->
# Limits

Over a limit the answer is 429 with `Retry-After`, in the shape of every refusal. An address of IPv6
counts by its /64. Behind proxies the address is the one that the outermost of the trusted ones saw
(`TRUSTED_PROXY_HOPS`); whatever else stands in a header is not looked at. What is counted by "all
together" is kept in Redis; while that is away, each web process counts for itself. `LIMIT_TIMES`
multiplies every line: for a school or an office, where many people share one address.

Nobody can lock somebody else out. Tries of an account count by the address too, so whoever knows
the password gets in from elsewhere; only while very many addresses try one account has each of them
one try left in a quarter of an hour. The name and the mail address of one account count together,
too, as `sign_in_account` does: over it a password is called wrong, right or not, so that the answer
does not tell which two belong together. Sessions that are open, passkeys and the links of letters
are not touched by that ([why](decisions/0025-lock-out-free.md)).

| line | of what | how often | counted for each | counted by |
|---|---|---|---|---|
"""


def table() -> str:
    """The page."""
    rows = [
        f"| `{said.name}` | {said.what} | {said.often} | {said.by} | "
        f"{'each web process' if said.here else 'all together'} |\n"
        for said in LINES
    ]
    return PREFACE + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
