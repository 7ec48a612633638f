"""ONE TABLE: which scope a script's token needs for which operation. A test walks every route.

Without a line of its own, what only looks needs `read` and what changes something needs `all`.
"""

from functools import cache
from typing import Final

from api.guards import SAFE_METHODS
from application.accounts.schemas_tokens import Scope

# No token opens these, whatever its scope: the account and its ways in, where its messages go,
# other people's accounts, and mails' links. By the beginning of the path under /api/v1.
CLOSED: Final = ("account", "webhook/", "admin/", "unsubscribe/")
# Nor these: they ask for a recent sign-in, which a script never has.
PERSONAL: Final = frozenset({("exports", "POST")})
# Entries and timers, by endpoint and method.
LOGGING: Final = frozenset(
    {
        ("logs", "POST"),
        ("log", "PUT"),
        ("log", "PATCH"),
        ("log", "DELETE"),
        ("log_restore", "POST"),
        ("timer", "POST"),
        ("timer", "DELETE"),
    }
)
WIDTH: Final[dict[Scope, int]] = {"read": 0, "log": 1, "all": 2}


@cache
def needed(path: str, endpoint: str, method: str) -> Scope | None:
    """What a token must be for, to do that at `path` (under /api/v1); None: no token may."""
    if path.startswith(CLOSED) or (endpoint, method) in PERSONAL:
        return None
    if method in SAFE_METHODS:
        return "read"
    return "log" if (endpoint, method) in LOGGING else "all"


def allows(scope: Scope, wanted: Scope) -> bool:
    """Whether a token of `scope` may do what needs `wanted`."""
    return WIDTH[scope] >= WIDTH[wanted]
