"""Reports over HTTP: made as jobs, kept as facts, read, drawn, downloaded, mailed, put away."""

import email
from datetime import UTC, date, datetime, timedelta
from email import policy
from io import BytesIO
from xml.etree import ElementTree

import pytest
import time_machine

from application.deliveries import services as outbox
from application.deliveries.messages import Content, Message, Skip, Wait
from application.deliveries.models import Delivery
from application.jobs import services as jobs
from application.jobs.models import Job
from application.platform import clock, mail, storage
from application.platform.database import transaction
from application.platform.extensions import db
from application.reports import delivering, services
from application.trackers.kinds import Kind
from tests import filled, things
from tests.people import problem

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OCTOBER = [date(2026, 10, day) for day in range(1, 30)]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def water(alice):
    """A tracker with 29 days of October, and one of September."""
    entries = [(day, 1.5) for day in OCTOBER] + [(date(2026, 9, 3), 1.0)]
    return filled.make_tracker(alice, Kind.NUMERICAL, entries)


@pytest.fixture
def made(app, alice, water, queue):
    """A finished report of October."""
    answer = alice.post("reports", {"period": "2026-10"})
    assert answer.status_code == 202
    queue.run(app)
    return answer.get_json()["id"]


def test_it_is_made_as_a_job_and_read(app, alice, water, queue):
    answer = alice.post("reports", {"period": "2026-10", "format": "pdf", "paper": "letter"})
    report = answer.get_json()
    assert answer.status_code == 202
    assert (report["title"], report["state"]) == ("Your October 2026", "queued")
    assert (report["from"], report["to"]) == ("2026-10-01", "2026-10-31")
    assert (report["format"], report["paper"], report["scheduled"]) == ("pdf", "letter", False)
    queue.run(app)
    assert alice.get(f"jobs/{report['job_id']}").get_json()["state"] == "done"
    read = alice.get(f"reports/{report['id']}").get_json()
    assert (read["state"], read["error"], read["older"]) == ("done", None, None)
    facts = read["facts"]
    assert read["sentence"] == facts["sentence"]
    assert facts["sentence"].startswith("October was a steady month: you logged on 29 of 31 days")
    row = facts["rows"][0]
    assert (row["days_logged"], row["days"], row["chart"]) == (29, 31, 1)
    assert len(row["marks"]) == 31
    assert read["size"] > 1000


def test_the_same_one_under_way_is_given_again(app, alice, water, queue):
    first = alice.post("reports", {"period": "2026-10"}).get_json()["id"]
    assert alice.post("reports", {"period": "2026-10"}).get_json()["id"] == first
    assert alice.post("reports", {"period": "2026-09"}).get_json()["id"] != first
    other = alice.post("reports", {"period": "2026-10", "tracker_ids": [water]})
    assert other.get_json()["id"] != first
    queue.run(app)
    assert alice.post("reports", {"period": "2026-10"}).get_json()["id"] != first
    queue.run(app)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "period"),
        ({"period": "2026-12"}, "period"),
        ({"period": "2027-Q1"}, "period"),
        ({"period": "October"}, "period"),
        ({"period": "2026-10-01..2026-10-02"}, "period"),
        ({"period": "2026-10", "from": "2026-10-01"}, "from"),
        ({"period": "2026-10", "to": "2026-10-01"}, "to"),
        ({"from": "2026-10-01"}, "to"),
        ({"to": "2026-10-01"}, "from"),
        ({"from": "2026-10-05", "to": "2026-10-01"}, "from"),
        ({"from": "2026-11-20", "to": "2026-11-22"}, "to"),
        ({"from": "2026-11-22", "to": "2026-11-23"}, "from"),
        ({"from": "2016-11-20", "to": "2026-11-21"}, "from"),
        ({"from": "2026-02-30", "to": "2026-11-21"}, "from"),
        ({"period": "2026-10", "format": "docx"}, "format"),
        ({"period": "2026-10", "paper": "a5"}, "paper"),
        ({"period": "2026-10", "tracker_ids": []}, "tracker_ids"),
        ({"period": "2026-10", "tracker_ids": [999_999]}, "tracker_ids.0"),
        ({"period": "2026-10", "colour": "red"}, "colour"),
    ],
)
def test_it_refuses_with_the_field(alice, body, field):
    assert field in problem(alice.post("reports", body), 422)


def test_it_names_every_wrong_field_at_once(alice):
    wrong = problem(alice.post("reports", {"period": "2027", "tracker_ids": [7, 8]}), 422)
    assert set(wrong) == {"period", "tracker_ids.0", "tracker_ids.1"}


def test_the_list_is_paged_newest_first(app, alice, water, queue):
    ids = [alice.post("reports", {"period": p}).get_json()["id"] for p in ("2026-08", "2026-09")]
    queue.run(app)
    page = alice.get("reports?limit=1").get_json()
    assert [one["id"] for one in page["items"]] == [ids[1]]
    assert "facts" not in page["items"][0]
    rest = alice.get(f"reports?limit=1&after={page['next']}").get_json()
    assert [one["id"] for one in rest["items"]] == [ids[0]]
    assert rest["next"] is None
    read = alice.get(f"reports/{ids[0]}").get_json()
    assert (read["older"], read["newer"]) == (None, ids[1])


def test_pictures_are_drawn_from_the_facts(alice, made):
    for query in ("", "?size=narrow&theme=dark", "?theme=print"):
        answer = alice.get(f"reports/{made}/charts/1.svg{query}")
        assert answer.content_type == "image/svg+xml"
        ElementTree.fromstring(answer.data)
    problem(alice.get(f"reports/{made}/charts/2.svg"), 404)
    problem(alice.get(f"reports/{made}/charts/0.svg"), 404)
    problem(alice.get(f"reports/{made}/charts/1.svg?theme=pink"), 400)


def test_files_to_keep(alice, made):
    pdf = alice.get(f"reports/{made}/file?format=pdf")
    assert pdf.data.startswith(b"%PDF")
    assert "Your October 2026.pdf" in pdf.headers["Content-Disposition"]
    page = alice.get(f"reports/{made}/file?format=html").get_data(as_text=True)
    assert "data:image/png;base64," in page
    assert "cid:" not in page
    assert "Stop this mail" not in page


def test_what_was_logged_later_does_not_change_it(app, alice, water, made):
    before = alice.get(f"reports/{made}").get_json()["facts"]
    filled.add_entries(app, water, [(date(2026, 10, 31), 99.0)], alice)
    assert alice.get(f"reports/{made}").get_json()["facts"] == before


def test_it_can_be_put_away_and_back(alice, made):
    assert alice.delete(f"reports/{made}").status_code == 204
    for path in (f"reports/{made}", f"reports/{made}/file", f"reports/{made}/charts/1.svg"):
        problem(alice.get(path), 404)
    assert things.items(alice, "reports") == []
    [gone] = things.items(alice, "reports?state=deleted")
    assert (gone["id"], gone["gone_at"][:16]) == (made, "2026-12-21T12:00")
    assert alice.post(f"reports/{made}/restore").get_json()["state"] == "done"
    assert alice.get(f"reports/{made}/file").status_code == 200


def test_the_trash_is_emptied_after_thirty_days(app, alice, made, sql):
    [(name,)] = sql("SELECT file FROM reports")
    alice.delete(f"reports/{made}")
    with app.app_context():
        assert services.purge_old() == 0
        assert storage.path_of(name).is_file()
        with time_machine.travel(NOON + timedelta(days=30, minutes=1), tick=True):
            assert services.purge_old() == 1
        assert not storage.path_of(name).exists()
    assert not sql("SELECT id FROM reports")


def test_it_can_be_erased_from_the_trash_at_once(app, alice, bob, made, sql):
    problem(alice.delete(f"deleted/reports/{made}"), 404)
    [(name,)] = sql("SELECT file FROM reports")
    alice.delete(f"reports/{made}")
    problem(bob.delete(f"deleted/reports/{made}"), 404)
    assert alice.delete(f"deleted/reports/{made}").status_code == 204
    problem(alice.post(f"reports/{made}/restore"), 404)
    assert not sql("SELECT id FROM reports")
    with app.app_context():
        assert not storage.path_of(name).exists()


def test_others_reports_do_not_exist(alice, charlie, made):
    for path in ("", "/file", "/charts/1.svg"):
        problem(charlie.get(f"reports/{made}{path}"), 404)
    for path in ("/mail", "/restore"):
        problem(charlie.post(f"reports/{made}{path}"), 404)
    problem(charlie.delete(f"reports/{made}"), 404)
    assert things.items(charlie, "reports") == []


def test_others_and_looked_at_trackers_cannot_be_reported(app, alice, bob, water, queue):
    body = {"period": "2026-10", "tracker_ids": [water]}
    assert "tracker_ids.0" in problem(bob.post("reports", body), 422)
    things.share(alice, bob, water, "viewer")
    assert "tracker_ids.0" in problem(bob.post("reports", body), 422)


def test_a_visitor_is_sent_to_sign_in(visitor, made):
    for path in ("reports", f"reports/{made}", f"reports/{made}/file"):
        problem(visitor.get(path), 401)


def test_a_cancelled_one_says_so(app, alice, water, queue):
    report = alice.post("reports", {"period": "2026-10"}).get_json()
    assert alice.post(f"jobs/{report['job_id']}/cancel").status_code == 202
    queue.run(app)
    read = alice.get(f"reports/{report['id']}").get_json()
    assert (read["state"], read["facts"]) == ("failed", None)
    assert read["error"]
    problem(alice.get(f"reports/{report['id']}/file"), 409)
    problem(alice.post(f"reports/{report['id']}/mail"), 409)


def test_an_error_of_ours_is_told_in_words(app, alice, water, queue, monkeypatch):
    def breaks(*_args):
        raise RuntimeError("water is wet")

    monkeypatch.setattr(services, "_draw", breaks)
    report = alice.post("reports", {"period": "2026-10"}).get_json()
    queue.run(app)
    read = alice.get(f"reports/{report['id']}").get_json()
    assert (read["state"], read["error"]) == ("failed", services.SAY_WRONG)
    assert alice.get(f"jobs/{report['job_id']}").get_json()["state"] == "failed"


def test_a_second_run_of_a_finished_job_changes_nothing(app, alice, made, sql, queue):
    [(job, name)] = sql("SELECT job_id, file FROM reports")
    with app.app_context():
        jobs.run(job)
    assert sql("SELECT file FROM reports") == [(name,)]


def test_it_is_mailed_once_more_by_hand(app, alice, made, queue):
    answer = alice.post(f"reports/{made}/mail")
    assert answer.status_code == 202
    assert (answer.get_json()["kind"], answer.get_json()["to"]) == (
        "report_copy",
        "alice@example.org",
    )
    assert queue.take("deliveries.send")
    with app.app_context():
        row = db.session.query(Delivery).one()
        message = Message(row.id, row.user_id, row.kind, row.period, "mail", "m1", {}, 0)
        said = delivering.compose_copies([message], NOON)[row.id]
        assert isinstance(said, Content)
        assert said.letter is not None
        assert said.letter.unsubscribe is None
        assert len(said.letter.images) == 1
    alice.delete(f"reports/{made}")
    with app.app_context():
        gone = delivering.compose_copies([message], NOON)[message.id]
        assert gone == Skip(delivering.SAY_DELETED)


def monthly(person, period="2026-10", message_id="m7") -> Message:
    return Message(5, person.user_id, "report", period, "mail", message_id, {}, 0)


def test_the_months_report_is_made_and_then_sent(app, alice, water, queue, sql):
    with app.app_context():
        assert isinstance(delivering.compose_monthly([monthly(alice)], NOON)[5], Wait)
        assert isinstance(delivering.compose_monthly([monthly(alice)], NOON)[5], Wait)
    assert sql("SELECT count(*) FROM reports") == [(1,)]
    assert len(queue.take("jobs.run")) == 1
    with app.app_context():
        [(job,)] = sql("SELECT job_id FROM reports")
        jobs.run(job)
        assert queue.take("deliveries.send")  # what waited is woken
        said = delivering.compose_monthly([monthly(alice)], NOON)[5]
        assert isinstance(said, Content)
        letter = said.letter
        assert letter is not None
        assert said.title == "Your October: 29 of 31 days"
        assert (letter.to, letter.id) == ("alice@example.org", "m7")
        assert "/unsubscribe/" in (letter.unsubscribe or "")
        assert (letter.unsubscribe or "?") in (letter.html or "")
        assert "cid:chart-1" in (letter.html or "")
        assert "29 of 31" in (letter.text or "")
        sent = mail.compose(letter, app.config["TEND"])
        assert b"List-Unsubscribe-Post" in sent.as_bytes()


def test_a_pdf_is_attached_when_that_was_chosen(app, alice, water, queue):
    assert alice.patch("account", {"report_format": "pdf"}).status_code == 200
    with app.app_context():
        delivering.compose_monthly([monthly(alice)], NOON)
    queue.run(app)
    with app.app_context():
        said = delivering.compose_monthly([monthly(alice)], NOON)[5]
        assert isinstance(said, Content)
        assert said.letter is not None
        [attachment] = said.letter.attachments
        assert BytesIO(attachment.data).read(4) == b"%PDF"
        assert said.letter.images == ()
        assert "attached PDF" in (said.letter.html or "")


def test_an_empty_month_is_a_short_kind_mail(app, alice, queue):
    tracker = things.tracker(alice)
    with app.app_context():
        delivering.compose_monthly([monthly(alice, "2026-11")], NOON)
    queue.run(app)
    with app.app_context():
        said = delivering.compose_monthly([monthly(alice, "2026-11")], NOON)[5]
        assert isinstance(said, Content)
        assert said.letter is not None
        assert "has no entries so far, and that is fine." in (said.letter.html or "")
        assert "<img" not in (said.letter.html or "")
        assert "Days logged" not in (said.letter.html or "")
        assert tracker["name"] not in (said.letter.text or "")


def test_who_turned_reports_off_gets_none(app, alice, queue):
    alice.patch("account", {"report_on": False})
    with app.app_context():
        found = delivering.compose_monthly([monthly(alice)], NOON)
        assert found == {5: Skip(delivering.SAY_OFF)}


def test_one_that_came_to_nothing_is_tried_again_after_a_while(app, alice, queue, monkeypatch):
    with app.app_context():
        delivering.compose_monthly([monthly(alice)], NOON)
        with monkeypatch.context() as patched:
            patched.setattr(services, "_draw", lambda *_: 1 / 0)
            queue.run(app)
    with app.app_context():
        soon = delivering.compose_monthly([monthly(alice)], NOON)[5]
        assert isinstance(soon, Wait)
        assert not queue.take("jobs.run")
        later = NOON + timedelta(days=2)
        assert isinstance(delivering.compose_monthly([monthly(alice)], later)[5], Wait)
    queue.run(app)
    with app.app_context():
        assert isinstance(delivering.compose_monthly([monthly(alice)], later)[5], Content)


def test_from_the_outbox_to_the_letter(app, alice, water, queue):
    """Planned, made, woken, sent: with no mail server the letter lies in the data folder."""
    later = clock.now() + timedelta(days=2)
    with app.app_context(), transaction():
        outbox.ask("report", alice.user_id, "2026-10", "mail", "alice@example.org", later)
    queue.run(app)
    sent = things.items(alice, "deliveries?state=sent")
    assert [(one["kind"], one["label"], one["to"]) for one in sent] == [
        ("report", "Report", "alice@example.org")
    ]
    [letter] = app.config["TEND"].mail_folder.glob("*.eml")
    message = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    letter.unlink()
    assert message["Subject"] == "Your October: 29 of 31 days"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds[-4:] == ["text/plain", "multipart/related", "text/html", "image/png"]
    assert things.items(alice, "reports")[0]["scheduled"]


def test_a_killed_worker_leaves_a_report_that_is_made_after_all(app, alice, water, queue):
    report = alice.post("reports", {"period": "2026-10"}).get_json()

    def killed(*_args):
        raise SystemExit  # nothing of ours runs after that, as after a kill

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(services, "_draw", killed)
        with pytest.raises(SystemExit):
            queue.run(app)
    assert alice.get(f"reports/{report['id']}").get_json()["state"] == "running"
    with app.app_context(), transaction():
        job = db.session.get_one(Job, report["job_id"])
        job.lease_until = datetime(2026, 1, 1, tzinfo=UTC)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=True):
        with app.app_context():
            jobs.sweep()
        queue.run(app)
    assert alice.get(f"reports/{report['id']}").get_json()["state"] == "done"


def test_a_leaving_person_takes_their_reports_along(app, alice, made, sql):
    [(name,)] = sql("SELECT file FROM reports")
    with app.app_context():
        with transaction():
            services.forget(alice.user_id)
        assert not storage.path_of(name).exists()
    assert not sql("SELECT id FROM reports")
