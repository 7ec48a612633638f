"""The export job: everything, or some trackers, streamed into one CSV file."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy import Connection

from application.jobs.models import Job, State
from application.jobs.services import Run, keep_file
from application.platform import storage
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.services import name_key
from application.transfers import queries, writing
from application.transfers.codec import text_cell
from application.transfers.queries import Exported

BEAT: Final = 100_000


def run(current: Run) -> None:
    """Write the file under another name, then give it to the job. A second try starts anew."""
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        owner_id, wanted = job.owner_id or 0, job.params.get("tracker_ids")
        trackers = queries.list_exported(owner_id, wanted)
    name = storage.new_name(".csv")
    unfinished = storage.beside(name, "new")
    try:
        rows = _write(unfinished, trackers, current)
        unfinished.replace(storage.path_of(name))
        with transaction():
            result = {"tracker_ids": wanted, "trackers": len(trackers), "rows": rows}
            hours = current_app.config["TEND"].export_hours
            current.finish(
                State.DONE, done=rows, total=rows, result=result, **keep_file(name, hours)
            )
    except BaseException:
        storage.delete(name)
        raise


def _write(path: Path, trackers: Sequence[Exported], current: Run) -> int:
    rows = 0
    with (
        path.open("w", encoding="utf-8", newline="") as file,
        db.engine.connect() as connection,
        connection.begin(),
    ):
        file.write(writing.HEADER)
        for tracker, name in _named(trackers):
            opening = writing.opening(name, tracker.kind, tracker.unit)
            with transaction():
                unused = queries.list_unused_labels(tracker.id)
                current.progress(rows, 0)
            found = beaten = 0
            with closing(_blocks(tracker.kind, opening, connection, tracker.id)) as blocks:
                for count, block in blocks:
                    file.write(block)
                    found += count
                    if found - beaten >= BEAT:
                        beaten = found
                        with transaction():
                            current.progress(rows + found, 0)
            mentions = [writing.mention(opening, label) for label in unused]
            if not found and not mentions:
                mentions = [writing.mention(opening)]
            file.writelines(mentions)
            rows += found
    return rows


def _named(trackers: Sequence[Exported]) -> Iterator[tuple[Exported, str]]:
    """Two trackers of one name would become one when read back: the shared one says whose it is."""
    mine = {name_key(tracker.name) for tracker in trackers if tracker.mine}
    for tracker in trackers:
        name = tracker.name
        if not tracker.mine:
            if name_key(name) in mine:
                name = f"{name[: 97 - len(tracker.owner)]} ({tracker.owner})"
            mine.add(name_key(name))
        yield tracker, name


def _blocks(
    kind: Kind, opening: str, connection: Connection, tracker_id: int
) -> Generator[tuple[int, str], None, None]:
    """How many lines, and these, some thousand at a time."""
    blocks = queries.stream_entries(connection, tracker_id, kind)
    first = next(blocks, [])  # what the entries point to is asked for once they are fixed
    labels = queries.label_of_choice(connection, tracker_id)
    cells: dict[float | None, str] = {None: ""}
    cells.update((choice, text_cell(label)) for choice, label in labels.items())
    write = writing.lines(kind, opening, cells)
    for rows in chain([first], blocks):
        yield len(rows), write(rows)
