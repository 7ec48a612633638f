"""What tests of imports look at: the job, its counts, the newest value."""

from application.jobs.models import Job, State
from application.logs import services as logs
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.models import Tracker


def find(job_id):
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def counts(job_id):
    job = find(job_id)
    assert job.state == State.PREVIEW, job.error
    return {name: count for name, count in job.result["counts"].items() if count}


def record(person, tracker_id, value, when, note=""):
    with transaction():
        return logs.record(person.user_id, tracker_id, value, logged_at=when, note=note).log.id


def last(tracker_id):
    tracker = db.session.get_one(Tracker, tracker_id, populate_existing=True)
    return tracker.last_value, str(tracker.last_local_day)
