"""Several writers at once: nothing is lost, and the newest value stays true."""

from concurrent.futures import ThreadPoolExecutor

from application.logs import queries, services
from application.platform.database import transaction
from application.platform.errors import Invalid
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.models import Tracker
from application.trackers.schemas import NewTracker
from tests.things import share, tracker

WRITERS, EACH = 4, 10


def test_all_entries_are_there_and_the_newest_shows(app, alice):
    with app.app_context(), transaction():
        water = trackers.create(alice.user_id, NewTracker(name="Water", kind="numerical")).id

    def write(writer: int) -> None:
        for count in range(EACH):
            value = writer * EACH + count
            when = f"2026-11-{1 + value % 20:02}T{value % 24:02}:00"
            with app.app_context(), transaction():
                services.record(alice.user_id, water, value, logged_at=when)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with app.app_context():
        found = db.session.get_one(Tracker, water)
        newest = queries.find_newest(water)
        assert newest is not None
        assert queries.count_logs(water) == WRITERS * EACH
        shown = (found.last_logged_at, found.last_value)
        assert shown == (newest.logged_at, newest.value)


def test_everybodys_version_counts_each_write(app, alice, bob, sql):
    """Two people, two trackers of both: rows are locked in one order, and no count is lost."""
    trackers_of_both = [tracker(alice)["id"], tracker(bob)["id"]]
    share(alice, bob, trackers_of_both[0], "editor")
    share(bob, alice, trackers_of_both[1], "editor")
    before = dict(map(tuple, sql("SELECT user_id, version FROM user_versions")))

    def write(number: int) -> None:
        person = (alice, bob)[number % 2]
        with app.app_context(), transaction():
            services.record(person.user_id, trackers_of_both[number // 2 % 2], number)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS * EACH)))
    after = dict(map(tuple, sql("SELECT user_id, version FROM user_versions")))
    assert after == {person: version + WRITERS * EACH for person, version in before.items()}


def test_one_of_two_gets_the_name(app, alice):
    def make(_: int) -> bool:
        with app.app_context():
            try:
                with transaction():
                    trackers.create(alice.user_id, NewTracker(name="Water", kind="boolean"))
            except Invalid:
                return False
            return True

    with ThreadPoolExecutor(WRITERS) as pool:
        assert sum(pool.map(make, range(WRITERS))) == 1
