"""What the parts about files share: a source, a person, and an import up to its confirmation."""

import secrets
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(1960, 1, 1, 8, tzinfo=UTC)


def write_source(path: Path, count: int) -> None:
    """A plain `date,value,note` file."""
    with path.open("w", encoding="utf-8") as file:
        file.write("date,value,note\n")
        for number in range(count):
            moment = START + timedelta(minutes=30 * number)
            file.write(f"{moment.isoformat()},{number % 90 / 10},note {number}\n")


def person() -> int:
    """The id of a new account."""
    from application.accounts.datastore import PeopleStore
    from application.platform.database import transaction

    with transaction():
        name = f"files-{secrets.token_hex(3)}"
        user = PeopleStore().create_user(
            username=name,
            email=f"{name}@example.org",
            password=secrets.token_hex(8),
            timezone="UTC",
        )
        return int(user.id)


def confirmed(owner: int, source: Path) -> tuple[int, Callable[[], float]]:
    """A new tracker, and what brings the file into it: the seconds from confirmed to done."""
    from application.jobs import services as jobs
    from application.jobs.models import Job, State
    from application.platform import storage
    from application.platform.database import transaction
    from application.platform.extensions import db
    from application.trackers import services as trackers
    from application.trackers.schemas import NewTracker
    from application.transfers import services

    name = storage.new_name(".csv")
    shutil.copyfile(source, storage.path_of(name))
    with transaction():
        tracker = trackers.create(owner, NewTracker(name=f"From {name[:8]}", kind="numerical"))
        tracker_id = tracker.id
        job_id = services.ask_import(owner, name, "source.csv", tracker_id, {}).id
    jobs.run(job_id)
    with transaction():
        services.confirm(owner, job_id, "keep", {})

    def bring_in() -> float:
        start = time.perf_counter()
        jobs.run(job_id)
        seconds = time.perf_counter() - start
        with transaction():
            job = db.session.get_one(Job, job_id, populate_existing=True)
            if job.state != State.DONE:
                raise RuntimeError(f"the import is {job.state}: {job.error}")
        storage.delete(name)
        return seconds

    return tracker_id, bring_in
