"""ONE TABLE: every URL of the API and the resource that answers it."""

from api.base import Resource

API = "/api/v1"

# (path under /api/v1, resource, endpoint name)
ROUTES: tuple[tuple[str, type[Resource], str], ...] = ()
