"""The references over HTTP: what Flask alone can do, with the same data and the same server."""

import os
import sqlite3
import threading

from flask import Flask, jsonify, request

app = Flask("reference")
FILE = os.environ.get("REFERENCE_DB", "")

TRACKERS = [
    {"id": number, "name": f"Tracker {number}", "kind": "numerical", "unit": "l", "last_value": 1.5}
    for number in range(20)
]
_here = threading.local()


@app.get("/bare")
def bare():  # type: ignore[no-untyped-def]
    """A list of twenty trackers from memory: nobody asked who wants it."""
    return jsonify(items=TRACKERS)


@app.post("/insert")
def insert():  # type: ignore[no-untyped-def]
    """One raw insert with a commit, into a table like ours."""
    connection = getattr(_here, "connection", None)
    if connection is None:
        connection = sqlite3.connect(FILE, isolation_level=None, timeout=15)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _here.connection = connection
    body = request.get_json()
    cursor = connection.execute(
        "INSERT INTO logs (tracker_id, logged_at, local_day, value, note) VALUES (1, ?, ?, ?, ?)",
        (body["logged_at"], body["logged_at"][:10], body["value"], body.get("note", "")),
    )
    return jsonify(id=cursor.lastrowid), 201
