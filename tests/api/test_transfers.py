"""Exports, imports and jobs over the API: they work, guard, hide others', refuse, miss."""

import io
import json

import pytest

from tests.people import problem

TABLE = "date,value,note\n2026-11-19,1.5,hello\n2026-11-18,2,\n2026-11-31,3,\n"


def upload(person, content=TABLE, filename="Water.csv", **fields):
    data = content.encode() if isinstance(content, str) else content
    form = {"file": (io.BytesIO(data), filename)} | fields
    return person.call("POST", "imports", data=form, content_type="multipart/form-data")


@pytest.fixture
def preview(app, alice, queue):
    answer = upload(alice)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    assert answer.get_json()["state"] == "queued"
    queue.run(app)
    return answer.get_json()["id"]


def test_a_file_is_brought_in_and_taken_back(app, alice, queue, preview):
    job = alice.get(f"imports/{preview}").get_json()
    assert (job["state"], job["kind"], job["filename"]) == ("preview", "import", "Water.csv")
    assert job["result"]["counts"] == {"new": 2, "same": 0, "conflict": 0, "bad": 1}
    page = alice.get(f"imports/{preview}/rows?outcome=new&limit=1").get_json()
    assert page["items"] == [
        {
            "line": 2,
            "tracker": "Water",
            "when": "2026-11-19",
            "value": "1.5",
            "note": "hello",
            "reason": None,
            "ours": None,
        }
    ]
    assert page["next"] == 2
    page = alice.get(f"imports/{preview}/rows?outcome=new&after=2").get_json()
    assert ([row["line"] for row in page["items"]], page["next"]) == ([3], None)
    bad = alice.get(f"imports/{preview}/rows?outcome=bad").get_json()["items"]
    assert bad[0]["value"] == "2026-11-31,3,"
    assert bad[0]["reason"] == "There is no 31 November 2026."
    answer = alice.post(f"imports/{preview}/confirm", {"conflicts": "keep"})
    assert answer.status_code == 202
    queue.run(app)
    job = alice.get(f"jobs/{preview}").get_json()
    assert (job["state"], job["result"]["written"]) == ("done", 2)
    assert alice.get("trackers").get_json()["items"][0]["last_value"] == 1.5
    left_out = alice.get(f"imports/{preview}/rejects")
    assert left_out.content_type.startswith("text/csv")
    assert left_out.get_data(as_text=True).startswith("line,reason,text\n4,")
    assert alice.post(f"imports/{preview}/undo").status_code == 202
    queue.run(app)
    assert alice.get(f"jobs/{preview}").get_json()["state"] == "undone"
    assert alice.get("trackers").get_json()["items"] == []
    assert [job["id"] for job in alice.get("imports").get_json()["items"]] == [preview]


def test_it_is_read_again_with_other_options(app, alice, queue, preview):
    options = {"kind": "multiple_choice", "format": "plain"}
    answer = alice.patch(f"imports/{preview}", {"options": options})
    assert answer.status_code == 202
    queue.run(app)
    job = alice.get(f"imports/{preview}").get_json()
    assert job["result"]["trackers"][0]["kind"] == "multiple_choice"
    assert job["result"]["options"]["kind"] == "multiple_choice"


def test_options_come_with_the_file(app, alice, queue):
    answer = upload(alice, "01/02/2026,1\n", options=json.dumps({"date_order": "mdy"}))
    queue.run(app)
    job = alice.get(f"imports/{answer.get_json()['id']}").get_json()
    assert job["result"]["questions"] == []
    assert job["result"]["options"]["date_order"] == "mdy"


def test_an_export_is_made_and_fetched(app, alice, queue):
    alice.post("trackers", {"name": "Water", "kind": "numerical"})
    answer = alice.post("exports", {"format": "csv"})
    assert answer.status_code == 202
    job_id = answer.get_json()["id"]
    assert alice.post("exports", {}).get_json()["id"] == job_id
    problem(alice.get(f"jobs/{job_id}/file"), 404)
    queue.run(app)
    fetched = alice.get(f"jobs/{job_id}/file")
    assert fetched.get_data(as_text=True).endswith("Water,numerical,,,,,\n")
    assert fetched.headers["Content-Disposition"].startswith("attachment; filename=tend-")
    fetched.close()
    assert [job["id"] for job in alice.get("exports").get_json()["items"]] == [job_id]


def test_a_job_is_stopped(alice, queue):
    job_id = alice.post("exports", {}).get_json()["id"]
    assert alice.post(f"jobs/{job_id}/cancel").get_json()["state"] == "cancelled"
    problem(alice.post(f"jobs/{job_id}/cancel"), 409)
    queue.take()


PATHS = [
    ("GET", "imports/{}"),
    ("GET", "imports/{}/rows"),
    ("GET", "imports/{}/rejects"),
    ("GET", "jobs/{}"),
    ("GET", "jobs/{}/file"),
    ("POST", "jobs/{}/cancel"),
    ("POST", "imports/{}/undo"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_others_do_not_exist(bob, visitor, preview, method, path):
    problem(bob.call(method, path.format(preview)), 404)
    problem(bob.call(method, path.format(10**6)), 404)
    if method == "GET":
        problem(visitor.call(method, path.format(preview)), 401)


def test_others_cannot_confirm_or_change(bob, preview):
    problem(bob.post(f"imports/{preview}/confirm", {}), 404)
    problem(bob.patch(f"imports/{preview}", {}), 404)
    assert bob.get("imports").get_json()["items"] == []


def test_an_export_of_anothers_tracker_is_refused(alice, bob, queue):
    tracker = alice.post("trackers", {"name": "Water", "kind": "numerical"}).get_json()["id"]
    problem(bob.post("exports", {"tracker_ids": [tracker]}), 404)
    problem(upload(bob, tracker_id=str(tracker)), 404)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"tracker_id": "x"}, "tracker_id"),
        ({"tracker_id": "-1"}, "tracker_id"),
        ({"options": "{"}, "options"),
        ({"options": "[]"}, "options"),
        ({"options": '{"scale": true}'}, "options.scale"),
        ({"options": '{"decimal": ";"}'}, "options.decimal"),
        ({"options": '{"x": 1}'}, "options.x"),
        ({"more": "1"}, "more"),
        ({"options": '{"encoding": "rot13"}'}, "options.encoding"),
    ],
)
def test_bad_fields_are_named(alice, fields, field):
    assert field in problem(upload(alice, **fields), 422)


def test_a_file_is_needed(alice):
    form = {"options": "{}"}
    answer = alice.call("POST", "imports", data=form, content_type="multipart/form-data")
    assert "file" in problem(answer, 422)
    problem(alice.post("imports", {"file": "x"}), 400)
    two = {"file": [(io.BytesIO(b"1"), "a.csv"), (io.BytesIO(b"2"), "b.csv")]}
    answer = alice.call("POST", "imports", data=two, content_type="multipart/form-data")
    assert "file" in problem(answer, 422)


def test_a_file_over_the_limit_is_413(app, alice, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    problem(upload(alice, "x" * 2000), 413)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"conflicts": "maybe"}, "conflicts"),
        ({"lines": {"x": "keep"}}, "lines.x"),
        ({"lines": {"1": "perhaps"}}, "lines.1"),
        ({"more": 1}, "more"),
    ],
)
def test_a_confirmation_is_held_to_its_shape(alice, preview, body, field):
    found = problem(alice.post(f"imports/{preview}/confirm", body), 422)
    assert any(name.startswith(field) for name in found)


@pytest.mark.parametrize(
    "query", ["outcome=good", "after=-1", "limit=0", "limit=201", "x=1", "limit=1&limit=2"]
)
def test_a_bad_query_is_400(alice, preview, query):
    problem(alice.get(f"imports/{preview}/rows?{query}"), 400)


def test_what_is_not_a_table_fails_in_words(app, alice, queue):
    job_id = upload(alice, b"\x89PNG\r\n\x1a\n" + bytes(99)).get_json()["id"]
    queue.run(app)
    job = alice.get(f"jobs/{job_id}").get_json()
    assert (job["state"], job["error"]) == (
        "failed",
        "This looks like a picture, not a table. Tend reads CSV.",
    )
    problem(alice.post(f"imports/{job_id}/confirm", {}), 409)
    problem(alice.get(f"imports/{job_id}/rows"), 409)


def test_a_question_must_be_answered(app, alice, queue):
    job_id = upload(alice, "01/02/2026,1\n").get_json()["id"]
    queue.run(app)
    refused = problem(alice.post(f"imports/{job_id}/confirm", {}), 422)
    assert "options.date_order" in refused
