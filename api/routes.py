"""ONE TABLE: every URL of the API and the resource that answers it."""

from api import account, accounts, deleted, logs, people, timers, today, trackers, transfers
from api.base import Resource
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
    ("tracker-types", trackers.TrackerTypesResource, "tracker_types"),
    ("trackers", trackers.TrackerListResource, "trackers"),
    ("trackers/<int:tracker_id>", trackers.TrackerResource, "tracker"),
    ("trackers/<int:tracker_id>/restore", trackers.TrackerRestoreResource, "tracker_restore"),
    ("trackers/<int:tracker_id>/choices", trackers.ChoiceListResource, "choices"),
    (
        "trackers/<int:tracker_id>/choices/<int:choice_id>",
        trackers.ChoiceResource,
        "choice",
    ),
    ("trackers/<int:tracker_id>/people", people.PersonListResource, "people"),
    ("trackers/<int:tracker_id>/people/<int:link_id>", people.PersonResource, "person"),
    ("invitations", people.InvitationListResource, "invitations"),
    ("invitations/<int:link_id>", people.InvitationResource, "invitation"),
    ("invitations/<int:link_id>/accept", people.InvitationAcceptResource, "invitation_accept"),
    ("trackers/<int:tracker_id>/timer", timers.TimerResource, "timer"),
    ("timers", timers.TimerListResource, "timers"),
    ("trackers/<int:tracker_id>/logs", logs.LogListResource, "logs"),
    ("logs/<big:log_id>", logs.LogResource, "log"),
    ("logs/<big:log_id>/restore", logs.LogRestoreResource, "log_restore"),
    ("today", today.TodayResource, "today"),
    ("deleted", deleted.DeletedListResource, "deleted"),
    ("deleted/trackers/<int:tracker_id>", deleted.DeletedTrackerResource, "deleted_tracker"),
    ("deleted/logs/<big:log_id>", deleted.DeletedLogResource, "deleted_log"),
    ("trackers/<int:tracker_id>/stats", StatsResource, "tracker_stats"),
    ("trackers/<int:tracker_id>/days", DayListResource, "tracker_days"),
    ("trackers/<int:tracker_id>/chart.svg", ChartResource, "tracker_chart"),
    ("exports", transfers.ExportListResource, "exports"),
    ("imports", transfers.ImportListResource, "imports"),
    ("imports/<int:job_id>", transfers.ImportResource, "import"),
    ("imports/<int:job_id>/rows", transfers.ImportRowsResource, "import_rows"),
    ("imports/<int:job_id>/confirm", transfers.ImportConfirmResource, "import_confirm"),
    ("imports/<int:job_id>/undo", transfers.ImportUndoResource, "import_undo"),
    ("imports/<int:job_id>/rejects", transfers.ImportRejectsResource, "import_rejects"),
    ("jobs/<int:job_id>", transfers.JobResource, "job"),
    ("jobs/<int:job_id>/cancel", transfers.JobCancelResource, "job_cancel"),
    ("jobs/<int:job_id>/file", transfers.JobFileResource, "job_file"),
)
