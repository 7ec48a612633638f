"""ONE TABLE: every URL of the API and the resource that answers it."""

from api.base import Contract, Resource

API = "/api/v1"

# (path under /api/v1, resource, endpoint name)
ROUTES: tuple[tuple[str, type[Resource], str], ...] = ()

# Flask-Security's own views under accounts/: (path, method, summary, contract)
HAND_WRITTEN: tuple[tuple[str, str, str, Contract], ...] = ()
