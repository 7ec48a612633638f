"""Imports as jobs: preview, confirm, kill, cancel, undo, on both databases."""

from datetime import timedelta

import pytest

from application.jobs import services as jobs
from application.jobs.models import Job, State
from application.logs import services as logs
from application.platform import claims, storage
from application.platform.database import transaction
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db
from application.transfers import services, services_rows
from tests.application.importing import counts, find, last, record

pytestmark = pytest.mark.usefixtures("at_once")
OWN = "tracker,kind,unit,timestamp,value,choice,note\n"


def test_a_new_tracker_is_made_from_a_plain_table(sql, bring, confirm, undo, everything):
    before = everything()
    job_id = bring("2026-11-19,1.5,hello\n2026-11-18,2,\n2026-11-31,3,\n", filename="My water.csv")
    assert counts(job_id) == {"new": 2, "bad": 1}
    assert everything() == before
    (shown,) = find(job_id).result["trackers"]
    assert (shown["name"], shown["kind"], shown["new"]) == ("My water", "numerical", True)
    job = confirm(job_id)
    assert (job.state, job.result["written"]) == (State.DONE, 2)
    tracker_id = job.result["trackers"][0]["id"]
    assert last(tracker_id) == (1.5, "2026-11-19")
    rows = sql("SELECT value, note, timed, source, import_id FROM logs ORDER BY local_day")
    assert [tuple(row) for row in rows] == [
        (2.0, "", False, "import", job_id),
        (1.5, "hello", False, "import", job_id),
    ]
    assert undo(job_id).state == State.UNDONE
    assert everything() == before


def test_the_same_file_twice_adds_nothing(make, bring, confirm):
    make()
    text = "2026-11-19,1\n2026-11-19,1\n2026-11-19T08:00:00Z,1\n2026-11-18,2,x\n"
    confirm(bring(text))
    again = bring(text)
    assert counts(again) == {"same": 4}
    assert confirm(again).result["written"] == 0
    assert counts(bring(text + "2026-11-19,1\n2026-11-19T08:00:00Z,1\n")) == {"same": 4, "new": 2}


def test_two_previews_of_one_file_do_not_double_it(make, bring, confirm, sql):
    make()
    first, second = bring("2026-11-19,1\n"), bring("2026-11-19,1\n")
    assert counts(first) == counts(second) == {"new": 1}
    confirm(first)
    assert confirm(second).result["written"] == 0
    assert len(sql("SELECT 1 FROM logs")) == 1


def test_it_compares_by_moment_day_value_and_note(alice, make, bring):
    water = make()
    record(alice, water, 1, "2026-11-19T08:00:00Z", "x")
    record(alice, water, 2, "2026-11-18")
    text = (
        "2026-11-19T09:00:00+01:00,1,x\n"  # the same moment said otherwise
        "2026-11-19T08:00:00Z,1,y\n2026-11-19T08:00:00Z,2,x\n2026-11-19T08:00:01Z,1,x\n"
        "2026-11-18,2,\n"
    )
    assert counts(bring(text)) == {"same": 2, "new": 3}


CONFLICT = "2026-11-19,3,new\n2026-11-18,2,\n2026-11-17,9\n"


@pytest.fixture
def differing(alice, make):
    water = make()
    record(alice, water, 1, "2026-11-19T08:00:00Z", "mine")
    record(alice, water, 2, "2026-11-18T08:00:00Z")
    record(alice, water, 4, "2026-11-17T08:00:00Z", "first")
    record(alice, water, 5, "2026-11-17T09:00:00Z", "second")
    return water


def test_a_day_with_another_value_is_a_conflict(alice, differing, bring, confirm, everything):
    job_id = bring(CONFLICT)
    assert counts(job_id) == {"same": 1, "conflict": 2}
    page = services_rows.list_rows(alice.user_id, job_id, "conflict", 0, 50)
    assert [(row.line, row.value, row.ours) for row in page.items] == [
        (1, "3", "1"),
        (3, "9", "4, 5"),
    ]
    before = everything()
    assert confirm(job_id).result["written"] == 0
    assert everything() == before


def test_the_files_value_can_be_taken_and_given_back(
    differing, bring, confirm, undo, everything, sql
):
    before = everything()
    job_id = bring(CONFLICT)
    assert confirm(job_id, "replace").result["written"] == 2
    rows = sql("SELECT value, note FROM logs WHERE deleted_at IS NULL ORDER BY logged_at")
    assert [tuple(row) for row in rows] == [(9.0, "second"), (2.0, ""), (3.0, "new")]
    assert last(differing) == (3, "2026-11-19")
    assert undo(job_id).result["undo"] == {"removed": 0, "kept": 0, "restored": 3}
    assert everything() == before


def test_each_line_can_be_answered_by_itself(differing, bring, confirm, undo, everything, sql):
    before = everything()
    job_id = bring(CONFLICT)
    confirm(job_id, "keep", {"1": "both"})
    rows = sql("SELECT value FROM logs WHERE deleted_at IS NULL AND local_day = '2026-11-19'")
    assert sorted(row[0] for row in rows) == [1, 3]
    undo(job_id)
    assert everything() == before


def test_undo_keeps_what_was_edited_since(alice, differing, bring, confirm, undo, sql):
    job_id = bring(CONFLICT + "2026-11-16,7\n2026-11-15,8\n")
    confirm(job_id, "replace")
    (edited,) = sql("SELECT id FROM logs WHERE value = 7")
    (replaced,) = sql("SELECT id FROM logs WHERE value = 3")
    for log_id in (edited[0], replaced[0]):
        with transaction():
            logs.edit(alice.user_id, log_id, {"note": "kept"})
    job = undo(job_id)
    assert job.result["undo"] == {"removed": 1, "kept": 1, "restored": 2}
    rows = sql("SELECT value, note FROM logs WHERE deleted_at IS NULL ORDER BY logged_at")
    assert [tuple(row) for row in rows] == [
        (7.0, "kept"), (4.0, "first"), (5.0, "second"), (2.0, ""), (3.0, "kept"),
    ]  # fmt: skip
    with pytest.raises(Conflict), transaction():
        services.undo(alice.user_id, job_id)


@pytest.mark.parametrize("first_undone", [0, 1])
def test_two_imports_of_a_day_give_it_back_in_either_order(
    differing, bring, confirm, undo, everything, first_undone
):
    before = everything()
    both = [
        bring(text) for text in ("2026-11-19,3\n2026-11-17,9\n", "2026-11-19,4\n2026-11-17,8\n")
    ]
    for job_id in both:
        confirm(job_id, "replace")
    undo(both[first_undone])
    undo(both[1 - first_undone])
    assert everything() == before


def test_undo_goes_on_without_a_choice_that_was_removed(alice, make, bring, confirm, undo, sql):
    mood = make("Mood", "multiple_choice", choices=["Good", "Bad", "Flat"])
    record(alice, mood, "Good", "2026-11-01")
    record(alice, mood, "Flat", "2026-11-02")
    job_id = bring("2026-11-01,Bad\n2026-11-02,Bad\n2026-11-03,Bad\n", tracker_id=mood)
    confirm(job_id, "replace")
    (good,) = sql("SELECT id FROM tracker_choices WHERE label = 'Good'")
    assert alice.delete(f"trackers/{mood}/choices/{good[0]}").get_json()["archived"] is False
    job = undo(job_id)
    assert job.state == State.UNDONE, job.error
    assert job.result["undo"] == {"removed": 1, "kept": 0, "restored": 1}
    labels = sql(
        "SELECT label FROM logs JOIN tracker_choices c ON c.id = choice_id ORDER BY local_day"
    )
    assert [row[0] for row in labels] == ["Bad", "Flat"]


def test_its_own_export_brings_trackers_and_choices(bring, confirm, undo, sql, make, everything):
    make("mood", "multiple_choice", choices=["good"])
    before = everything()
    job_id = bring(
        OWN
        + "Mood,multiple_choice,,2026-11-19T08:00:00Z,,Good,\n"
        + "Mood,multiple_choice,,2026-11-18T08:00:00Z,,Bad,\n"
        + "Mood,multiple_choice,,,,Never,\n"
        + "Walk,time_duration,,2026-11-19T08:00:00Z,90m,,\n"
        + "Pills,boolean,,,,,\n"
        + "Walk,boolean,,2026-11-19T08:00:00Z,yes,,\n"
    )
    assert counts(job_id) == {"new": 3, "bad": 1}
    assert find(job_id).result["mentions"] == 2
    confirm(job_id)
    labels = sql("SELECT label FROM tracker_choices ORDER BY position")
    assert [row[0] for row in labels] == ["good", "Bad", "Never"]
    kinds = sql("SELECT name, kind FROM trackers ORDER BY id")
    assert [tuple(row) for row in kinds] == [
        ("mood", "multiple_choice"), ("Walk", "time_duration"), ("Pills", "boolean"),
    ]  # fmt: skip
    undo(job_id)
    assert everything() == before


def test_it_says_why_a_line_does_not_fit_the_tracker(alice, make, bring):
    make("Water", "numerical", unit="l")
    make("Mood", "multiple_choice", choices=["Good"])
    job_id = bring(
        OWN + "Water,boolean,,2026-11-19,yes,,\nWater,numerical,ml,2026-11-19,500,,\n"
        "Mood,numerical,,2026-11-19,5,,\nWater,numerical,,2026-11-19,5,,\n"
    )
    page = services_rows.list_rows(alice.user_id, job_id, "bad", 0, 50)
    assert [row.reason for row in page.items] == [
        "Water is for numbers, and this line says yes or no.",
        "Water is measured in l, and this line says ml.",
        "Mood is for choices, and this line says numbers.",
    ]


def test_a_chosen_tracker_decides_the_kind(bring, confirm, make, sql):
    walk = make("Walk", "time_duration")
    job_id = bring("date,check\n2022-11-11,19000\n2022-11-10,25000\n", walk)
    result = find(job_id).result
    assert result["format_name"] == "Loop, one habit, values x 1000"
    assert result["options"]["unit_seconds"] == 60
    confirm(job_id)
    assert [row[0] for row in sql("SELECT value FROM logs ORDER BY local_day")] == [1500, 1140]


def test_a_question_is_asked_before_anything_is_written(app, alice, bring, confirm, queue):
    job_id = bring("01/02/2026,1\n")
    assert find(job_id).result["questions"] == ["date_order"]
    with pytest.raises(Invalid, match="day or the month"), transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    with transaction():
        services.reread(alice.user_id, job_id, {"options": {"date_order": "dmy"}})
    queue.run(app)
    assert counts(job_id) == {"new": 1}
    assert confirm(job_id).state == State.DONE


def test_a_picture_is_refused_in_words(bring):
    job = find(bring(b"\x89PNG\r\n\x1a\n" + bytes(100)))
    assert (job.state, job.error) == (
        State.FAILED,
        "This looks like a picture, not a table. Tend reads CSV.",
    )


def test_others_do_not_see_it(bob, alice, bring, make):
    water = make()
    job_id = bring("2026-11-19,1\n", water)
    for ask in (
        lambda: services.confirm(bob.user_id, job_id, "keep", {}),
        lambda: services.reread(bob.user_id, job_id, {}),
        lambda: services.undo(bob.user_id, job_id),
        lambda: services_rows.list_rows(bob.user_id, job_id, "new", 0, 5),
        lambda: services.reread(alice.user_id, job_id, {"tracker_id": 10**6}),
    ):
        with pytest.raises(NotFound), transaction():
            ask()
    with pytest.raises(NotFound):
        bring("2026-11-19,1\n", water, person=bob)


def test_a_preview_can_be_dropped_and_then_is_over(alice, bring):
    job_id = bring("2026-11-19,1\n")
    with transaction():
        assert jobs.cancel(alice.user_id, job_id).state == State.CANCELLED
    with pytest.raises(Conflict), transaction():
        services.confirm(alice.user_id, job_id, "keep", {})


def test_a_preview_is_kept_for_a_day(alice, bring):
    job_id = bring("2026-11-19,1\n")
    with transaction():
        job = db.session.get_one(Job, job_id)
        job.expires_at = job.created_at - timedelta(hours=1)
        file = job.file or ""
    assert storage.beside(file, "stage").exists()
    assert jobs.expire() == 1
    assert not storage.beside(file, "stage").exists()
    with pytest.raises(Conflict, match="kept for a day"), transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    with pytest.raises(Conflict, match="kept for a day"):
        services_rows.list_rows(alice.user_id, job_id, "new", 0, 5)


def test_only_one_import_writes_at_a_time(alice, bring, queue):
    first, second = bring("2026-11-19,1\n"), bring("2026-11-18,1\n")
    with transaction():
        services.confirm(alice.user_id, first, "keep", {})
    with pytest.raises(Conflict, match="under way"), transaction():
        services.confirm(alice.user_id, second, "keep", {})
    queue.take()


def test_the_claim_is_what_progress_needs(alice, bring):
    job_id = bring("2026-11-19,1\n")
    with pytest.raises(claims.ClaimLost), transaction():
        jobs.Run(job_id, "not mine").beat()


def test_lines_left_out_come_as_a_table(alice, bring):
    job_id = bring('date,value\n2026-11-19,1\n"=cmd",x\n2026-11-39,2\n')
    lines = "".join(services_rows.write_rejects(alice.user_id, job_id)).splitlines()
    assert lines[0] == "line,reason,text"
    assert (
        lines[2]
        == '4,"Write a date like 2026-11-19, or a time like 2026-11-19T18:05.","2026-11-39,2"'
    )
    assert len(lines) == 3
