"""Lines of every layout, turned into entries or into rejects with a reason."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from application.logs import models as logs
from application.trackers import models as trackers
from application.trackers.kinds import Kind
from application.transfers import reading, values
from application.transfers.formats import Hints
from application.transfers.moments import Place
from application.transfers.reading import Entry, Reject, Target
from application.transfers.sniff import look

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
PLACE = Place(ZoneInfo("Europe/Berlin"), 3, NOW)
HEADER = "tracker,kind,unit,timestamp,value,choice,note\n"


@pytest.fixture
def read(tmp_path):
    def all_of(text, kind=None, hints=None, place=PLACE, encoding="utf-8"):
        path = tmp_path / "file.csv"
        path.write_bytes(text.encode(encoding))
        sheet = look(path, hints, kind)
        return list(reading.entries(path, sheet, place, Target("Water", kind or sheet.kind, "l")))

    return all_of


def test_it_takes_texts_as_long_as_the_tables_do():
    """Pure, it cannot ask them."""
    assert reading.NAME_LENGTH == trackers.NAME_LENGTH
    assert reading.UNIT_LENGTH == trackers.UNIT_LENGTH
    assert reading.NOTE_LENGTH == logs.NOTE_LENGTH
    assert values.CHOICE_LENGTH == trackers.CHOICE_LENGTH


def test_it_reads_a_plain_table(read):
    entries = read("date,value,note\n2026-11-19,1.5,hello\n2026-07-01T18:05:00Z,-2,\n")
    assert entries == [
        Entry(2, "Water", Kind.NUMERICAL, "l", datetime(2026, 11, 19, 11, tzinfo=UTC),
              date(2026, 11, 19), 60, False, 1.5, None, "hello"),
        Entry(3, "Water", Kind.NUMERICAL, "l", datetime(2026, 7, 1, 18, 5, tzinfo=UTC),
              date(2026, 7, 1), 0, True, -2.0, None, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_reads_every_encoding_alike(read, encoding):
    (entry,) = read("2026-11-19;1,5;gemütlich 🌧\r\n", encoding=encoding)
    assert (entry.value, entry.note) == (1.5, "gemütlich 🌧")


@pytest.mark.parametrize(
    ("text", "instant", "day", "offset", "timed"),
    [
        ("2026-07-01", (2026, 7, 1, 10), (2026, 7, 1), 120, False),
        ("01.07.2026", (2026, 7, 1, 10), (2026, 7, 1), 120, False),
        ("2026/7/1", (2026, 7, 1, 10), (2026, 7, 1), 120, False),
        ("13/07/2026", (2026, 7, 13, 10), (2026, 7, 13), 120, False),
        ("7/13/2026 6:05 PM", (2026, 7, 13, 16, 5), (2026, 7, 13), 120, True),
        ("7/13/2026 12:05 AM", (2026, 7, 12, 22, 5), (2026, 7, 12), 120, True),
        ("13.07.2026, 18:05:07", (2026, 7, 13, 16, 5, 7), (2026, 7, 13), 120, True),
        ("2026-07-01 18:05:00", (2026, 7, 1, 16, 5), (2026, 7, 1), 120, True),
        ("2026-07-01T18:05", (2026, 7, 1, 16, 5), (2026, 7, 1), 120, True),
        # The written clock decides the day, wherever it hung.
        ("2026-07-01T02:59:59+09:00", (2026, 6, 30, 17, 59, 59), (2026, 6, 30), 540, True),
        ("2026-07-01T03:00:00+09:00", (2026, 6, 30, 18), (2026, 7, 1), 540, True),
        ("2026-07-01T03:00:00.5-05:00", (2026, 7, 1, 8, 0, 0, 500000), (2026, 7, 1), -300, True),
        # Nights of clock change in Berlin.
        ("2026-03-29T02:30:00", (2026, 3, 29, 1, 30), (2026, 3, 29), 120, True),
        ("2026-10-25T02:30:00", (2026, 10, 25, 0, 30), (2026, 10, 24), 120, True),
        ("2026-10-25T12:00:00", (2026, 10, 25, 11), (2026, 10, 25), 60, True),
    ],
)
def test_it_reads_moments(read, text, instant, day, offset, timed):
    for _ in range(2):
        (entry,) = read(f'"{text}",1\n')
        assert entry.instant == datetime(*instant).replace(tzinfo=UTC)
        assert (entry.day, entry.offset, entry.timed) == (date(*day), offset, timed)


@pytest.mark.parametrize(
    ("kind", "value", "read_as"),
    [
        (Kind.NUMERICAL, "1.5", (1.5, None)),
        (Kind.NUMERICAL, "-0", (0.0, None)),
        (Kind.NUMERICAL, " 7 ", (7.0, None)),
        (Kind.NUMERICAL, "123456789012345", (123456789012345.0, None)),
        (Kind.BOOLEAN, "yes", (1.0, None)),
        (Kind.BOOLEAN, "0", (0.0, None)),
        (Kind.TIME_DURATION, "90", (90.0, None)),
        (Kind.TIME_DURATION, "1h30", (5400.0, None)),
        (Kind.MULTIPLE_CHOICE, " Good ", (None, "Good")),
    ],
)
def test_it_reads_values_by_kind(read, kind, value, read_as):
    (entry,) = read(f"2026-11-19,{value}\n", kind)
    assert (entry.value, entry.choice) == read_as


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        ("2025-02-31,1", None, "There is no 31 February 2025."),
        ("31.02.2025,1", None, "There is no 31 February 2025."),
        ("2026-11-19,", None, "There is no value on this line."),
        ("2026-11-19", None, "This line has 1 field; 2 or 3 are needed."),
        ("2026-11-19,1,x,y", None, "This line has 4 fields; 2 or 3 are needed."),
        ("2026-11-19,much", None, "Write a number, for example 1.5."),
        ("2026-11-19,1_000", None, "Write a number, for example 1.5."),
        ("2026-11-19,nan", None, "Write a number, for example 1.5."),
        ("2026-11-19,1234567890123456", None, "Write a number with at most 15 digits."),
        ('2026-11-19,"1,5"', None, "This file's decimal sign is a point, but here stands a comma."),
        ("2026-11-19,perhaps", Kind.BOOLEAN, "Write yes or no."),
        ("2026-11-19,-5", Kind.TIME_DURATION, "Write a time, for example 40 min or 1:30."),
        (
            "2026-11-19," + "x" * 61,
            Kind.MULTIPLE_CHOICE,
            "At most 60 characters, please; these are 61.",
        ),
        (
            "2026-11-19,a\x00b",
            Kind.MULTIPLE_CHOICE,
            "Keep this to one line of plain text.",
        ),
        ("2026-11-19,1,a\x00b", None, "This line holds a character that is not text (NUL)."),
        ("2026-11-19,1," + "x" * 2140, None, "This note is 2,140 characters long; 2,000 fit."),
        ("2027-01-01,1", None, "That day is still ahead. Choose today or earlier."),
        ("1899-12-31,1", None, "That day is before 1900. Choose a later one."),
        ("19.11.26,1", None, "Write the year with four digits, like 2026-11-19."),
        ("01/02/2026,1", None, "Day and month could be swapped here. Choose the date order."),
        (
            "2026-11-19 25:00,1",
            None,
            "Write a date like 2026-11-19, or a time like 2026-11-19T18:05.",
        ),
        ("yesterday,1", None, "Write a date like 2026-11-19, or a time like 2026-11-19T18:05."),
        ("2" * 5000 + ",1", None, "Write a date like 2026-11-19, or a time like 2026-11-19T18:05."),
        (
            '2026-11-19,"1',
            None,
            "A quotation mark on this line is never closed, or stands in the wrong place.",
        ),
    ],
)
def test_it_says_why_a_line_is_left_out(read, line, kind, reason):
    good = "yes" if kind is Kind.BOOLEAN else "2.5"
    rows = read(f"date,value,note\n{line}\n2026-11-18,{good},\n", kind)
    assert rows[0] == Reject(2, reason, line[:500])
    assert isinstance(rows[1], Entry)
    assert len(rows) == 2


def test_it_reads_loops_numbers_as_thousandths(read):
    rows = read("date,check\n2022-11-11,19000\n2022-11-10,2650\n2022-11-09,0\n")
    assert [row.value for row in rows] == [19.0, 2.65, 0.0]
    minutes = read("date,check\n2022-11-11,19000\n2022-11-10,15000\n", Kind.TIME_DURATION)
    assert [row.value for row in minutes] == [19 * 60, 15 * 60]
    hours = read("2022-11-11,2500\n2022-11-10,1000\n", Kind.TIME_DURATION, Hints(unit_seconds=3600))
    assert [row.value for row in hours] == [9000, 3600]
    kept = read("2022-11-11,19000\n2022-11-10,2650\n", hints=Hints(format="plain", scale=1))
    assert [row.value for row in kept] == [19000, 2650]


def test_it_reads_loops_words(read):
    rows = read(
        "Date,Value,Notes\n2026-07-05,YES_MANUAL,\n2026-07-04,NO,\n2026-07-03,YES_AUTO,\n"
        '2026-07-02,SKIP,"""Vacation"""\n2026-07-01,UNKNOWN,\n2026-06-30,YES_MANUAL,"a, b"\n'
    )
    assert [(type(row), getattr(row, "value", None)) for row in rows] == [
        (Entry, 1.0), (Entry, 0.0), (Reject, None), (Reject, None), (Reject, None), (Entry, 1.0),
    ]  # fmt: skip
    assert "skipped in Loop" in rows[3].reason
    assert rows[5].note == "a, b"


def test_it_reads_loops_words_in_a_number_habit(read):
    rows = read("Date,Value,Notes\n2026-07-05,12000,\n2026-07-04,NO,\n2026-07-03,SKIP,\n")
    assert [getattr(row, "value", None) for row in rows] == [12.0, 0.0, None]


def test_it_reads_loops_old_marks(read):
    rows = read("2015-01-25,2\n2015-01-24,0\n2015-01-23,1\n2015-01-22,3\n2015-01-21,-1\n")
    assert [getattr(row, "value", None) for row in rows] == [1.0, 0.0, None, None, None]


def test_it_reads_its_own_export(read):
    rows = read(
        HEADER
        + "Water,numerical,l,2026-11-19T08:00:00+01:00,1.5,,\n"
        + "'=Mood,multiple_choice,,2026-11-19T12:00+01:00,,'-Good,'@home\n"
        + "Walk,time_duration,,2026-11-18T08:00:00.250000Z,5400,,\n"
        + "Pills,boolean,,2026-11-18T08:00:00Z,yes,,\n"
        + "'=Mood,multiple_choice,,,,Bad,\n"
        + "Empty,boolean,,,,,\n"
    )
    assert [row[1:4] + row[7:] for row in rows] == [
        ("Water", Kind.NUMERICAL, "l", True, 1.5, None, ""),
        ("=Mood", Kind.MULTIPLE_CHOICE, "", False, None, "-Good", "@home"),
        ("Walk", Kind.TIME_DURATION, "", True, 5400.0, None, ""),
        ("Pills", Kind.BOOLEAN, "", True, 1.0, None, ""),
        ("=Mood", Kind.MULTIPLE_CHOICE, "", False, None, "Bad", ""),
        ("Empty", Kind.BOOLEAN, "", False, None, None, ""),
    ]
    assert rows[1].day == date(2026, 11, 19)
    assert [row.instant is None for row in rows] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",numerical,,2026-11-19,1,,", "There is no tracker's name on this line."),
        ("W,number,,2026-11-19,1,,", "There is no kind of tracker called 'number'."),
        (
            "W,numerical,,2026-11-19,1,Good,",
            "The column choice belongs to a choice tracker.",
        ),
        (
            "W,multiple_choice,,2026-11-19,1,Good,",
            "A choice stands in the column choice; the column value stays empty.",
        ),
        ("W,multiple_choice,,2026-11-19,,,", "There is no value on this line."),
        ("W,numerical,,,1,,", "There is a value on this line, but no timestamp."),
        ("W,numerical,,2026-11-19,1,", "This line has 6 fields; 7 are needed."),
        (
            "x" * 101 + ",numerical,,2026-11-19,1,,",
            "At most 100 characters, please; these are 101.",
        ),
        (
            "W,numerical," + "x" * 21 + ",2026-11-19,1,,",
            "At most 20 characters, please; these are 21.",
        ),
        (
            "W,numerical,,01/02/2026,1,,",
            "Day and month could be swapped here. Choose the date order.",
        ),
    ],
)
def test_it_says_what_is_wrong_in_its_own_export(read, line, reason):
    rows = read(f"{HEADER}{line}\nWater,numerical,l,2026-11-19,1,,,,\n")
    assert rows[0] == Reject(2, reason, line[:500])
    assert isinstance(rows[1], Entry)


def test_it_reads_its_own_export_with_columns_moved(read):
    (row,) = read("note,value,choice,timestamp,unit,kind,tracker\nx,1,,2026-11-19,l,numerical,W\n")
    assert (row.tracker, row.value, row.note) == ("W", 1.0, "x")
