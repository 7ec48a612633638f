"""ONE TABLE: every URL of the API and the resource that answers it."""

from api.base import Contract, Resource
from api.insights import ChartResource, DayListResource, StatsResource

API = "/api/v1"

# (path under /api/v1, resource, endpoint name)
ROUTES: tuple[tuple[str, type[Resource], str], ...] = (
    ("trackers/<int:tracker_id>/stats", StatsResource, "tracker_stats"),
    ("trackers/<int:tracker_id>/days", DayListResource, "tracker_days"),
    ("trackers/<int:tracker_id>/chart.svg", ChartResource, "tracker_chart"),
)

# Flask-Security's own views under accounts/: (path, method, summary, contract)
HAND_WRITTEN: tuple[tuple[str, str, str, Contract], ...] = ()
