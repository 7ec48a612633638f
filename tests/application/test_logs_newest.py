"""Whatever is done to a tracker's logs, in whatever order, its newest value stays true."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from application.logs import queries, services, services_trash
from application.logs.days import local_noon
from application.logs.models import Log
from application.platform.database import rollback, transaction
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.models import Tracker
from application.trackers.schemas import NewTracker

FIRST = date(2026, 11, 1)
DAYS = st.integers(0, 6).map(lambda n: str(FIRST + timedelta(days=n)))
TIMES = st.one_of(DAYS, st.tuples(DAYS, st.integers(0, 23)).map(lambda t: f"{t[0]}T{t[1]:02}:00"))
VALUES = st.integers(-5, 5)


class NewestStaysTrue(RuleBasedStateMachine):
    """Records, edits, deletes, restores, purges and imports, in any order."""

    person = 0

    @initialize()
    def begin(self):
        rollback()
        with transaction():
            trackers_gone = db.session.query(Tracker).all()
            for gone in trackers_gone:
                db.session.delete(gone)
            db.session.flush()
            new = NewTracker(name="Water", kind="numerical")
            self.tracker = trackers.create(self.person, new).id
        self.alive: list[int] = []
        self.gone: list[int] = []

    @rule(value=VALUES, when=TIMES)
    def record(self, value, when):
        with transaction():
            entry = services.record(self.person, self.tracker, value, logged_at=when)
        self.alive.append(entry.log.id)

    @rule(data=st.data(), value=VALUES, when=TIMES)
    def edit(self, data, value, when):
        if self.alive:
            log_id = data.draw(st.sampled_from(self.alive))
            with transaction():
                services.edit(self.person, log_id, {"value": value, "logged_at": when})

    @rule(data=st.data())
    def delete(self, data):
        if self.alive:
            log_id = data.draw(st.sampled_from(self.alive))
            with transaction():
                services.delete(self.person, log_id)
            self.alive.remove(log_id)
            self.gone.append(log_id)

    @rule(data=st.data(), purge=st.booleans())
    def restore_or_purge(self, data, purge):
        if self.gone:
            log_id = data.draw(st.sampled_from(self.gone))
            self.gone.remove(log_id)
            with transaction():
                if purge:
                    services_trash.purge(self.person, log_id)
                else:
                    services.restore(self.person, log_id)
                    self.alive.append(log_id)

    @rule(value=VALUES, day=st.integers(0, 6))
    def bring_in(self, value, day):
        when = FIRST + timedelta(days=day)
        with transaction():
            services.insert_many(
                [
                    {
                        "tracker_id": self.tracker,
                        "user_id": self.person,
                        "logged_at": local_noon(when, ZoneInfo("Europe/Vienna")),
                        "utc_offset": 60,
                        "local_day": when,
                        "timed": False,
                        "value": float(value),
                        "choice_id": None,
                        "note": "",
                        "source": "import",
                        "import_id": None,
                    }
                ]
            )
            services.recount(self.tracker)

    @invariant()
    def the_newest_is_true(self):
        if not getattr(self, "tracker", None):
            return
        rollback()
        tracker = db.session.get_one(Tracker, self.tracker, populate_existing=True)
        logs = db.session.query(Log).filter_by(tracker_id=self.tracker, deleted_at=None).all()
        newest = max(logs, key=lambda log: (log.logged_at, log.id), default=None)
        shown = (tracker.last_logged_at, tracker.last_local_day, tracker.last_value)
        if newest is None:
            assert shown == (None, None, None)
        else:
            assert shown == (newest.logged_at, newest.local_day, newest.value)
        assert queries.count_logs(self.tracker) == len(logs)


def test_the_newest_value_stays_true(app, alice):
    class Machine(NewestStaysTrue):
        person = alice.user_id

    with app.app_context():
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=25,
                stateful_step_count=15,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
