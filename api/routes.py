"""ONE TABLE: every URL of the API and the resource that answers it."""

from api import account, accounts
from api.base import Contract, Resource
from api.insights import ChartResource, DayListResource, StatsResource

API = "/api/v1"

# (path under /api/v1, resource, endpoint name)
ROUTES: tuple[tuple[str, type[Resource], str], ...] = (
    ("about", account.AboutResource, "about"),
    ("accounts/register", accounts.RegisterResource, "register"),
    ("accounts/login", accounts.LoginResource, "login"),
    ("accounts/logout", accounts.LogoutResource, "logout"),
    ("accounts/change", accounts.ChangeResource, "change"),
    ("accounts/reset", accounts.RecoverResource, "recover"),
    ("accounts/reset/<string:token>", accounts.ResetResource, "reset"),
    ("accounts/username-free", accounts.UsernameFreeResource, "username-free"),
    ("accounts/password-strength", accounts.StrengthResource, "password-strength"),
    ("account", account.AccountResource, "account"),
    ("account/sessions", account.SessionListResource, "sessions"),
    ("account/sessions/<int:session_id>", account.SessionResource, "session"),
    ("trackers/<int:tracker_id>/stats", StatsResource, "tracker_stats"),
    ("trackers/<int:tracker_id>/days", DayListResource, "tracker_days"),
    ("trackers/<int:tracker_id>/chart.svg", ChartResource, "tracker_chart"),
)

# Flask-Security's own views under accounts/: (path, method, summary, contract)
HAND_WRITTEN: tuple[tuple[str, str, str, Contract], ...] = ()
