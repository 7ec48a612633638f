"""What a file is taken for, and what is asked instead of guessed."""

import pytest

from application.trackers.kinds import Kind
from application.transfers.formats import Hints, NotATable
from application.transfers.sniff import look

OWN = "tracker,kind,unit,timestamp,value,choice,note\nWater,numerical,l,2026-11-19T08:00:00Z,1,,\n"


@pytest.fixture
def sheet(tmp_path):
    def made(content, hints=None, kind=None, encoding="utf-8"):
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return look(path, hints, kind)

    return made


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_knows_its_own_export(sheet, encoding, delimiter, end):
    text = OWN.replace(",", delimiter).replace("\n", end)
    found = sheet(text, encoding=encoding)
    assert (found.format, found.delimiter, found.encoding) == ("tend", delimiter, encoding)
    assert (found.questions, found.lines, found.name) == ((), 2, "Tend's own export")


def test_it_knows_its_own_export_with_columns_moved(sheet):
    found = sheet(
        "NOTE,choice,value,timestamp,unit,kind,tracker\n,,1,2026-11-19,,numerical,Water\n"
    )
    assert (found.format, found.order) == ("tend", (6, 5, 4, 3, 2, 1, 0))


@pytest.mark.parametrize(
    ("text", "header", "places"),
    [
        ("2026-11-19,1.5\n2026-11-18,2\n", False, (0, 1, None)),
        ("date,value\n2026-11-19,1.5\n", True, (0, 1, None)),
        ("date,value,note\n2026-11-19,1.5,hello\n", True, (0, 1, 2)),
        ("2026-11-19,1.5,hello\n", False, (0, 1, 2)),
        ("Wert;Datum;Notiz\n1,5;2026-11-19;x\n", True, (1, 0, 2)),
        ("note,when,amount\nx,2026-11-19,3\n", True, (1, 2, 0)),
        ("Day,Kilos\n2026-11-19,70\n", True, (0, 1, None)),
        ("2026-11-19T18:05:00Z\t3\t\n2026-11-18T18:05:00Z\t4\t\n", False, (0, 1, 2)),
        ("2026-11-19,3,,,\n2026-11-18,4,,,\n", False, (0, 1, 2)),
        ("2026-11-39,3\n2026-11-18,4\n", False, (0, 1, None)),
        ("date,value\n", True, (0, 1, None)),
    ],
)
def test_it_finds_the_columns_of_a_plain_table(sheet, text, header, places):
    found = sheet(text)
    assert found.format == "plain"
    assert found.header is header
    assert (found.date, found.value) == places[:2]
    assert found.note in (places[2], 2)


def test_it_takes_a_new_trackers_name_from_the_heading(sheet):
    assert sheet("Day,Weight\n2026-11-19,70\n").title == "Weight"
    assert sheet("date,value\n2026-11-19,70\n").title is None
    assert sheet("2026-11-19,70\n").title is None


@pytest.mark.parametrize(
    ("text", "delimiter", "decimal"),
    [
        ("2026-11-19;1,5\n2026-11-18;2\n", ";", ","),
        ("2026-11-19;1.5\n", ";", "."),
        ("2026-11-19;1\n", ";", ","),
        ("2026-11-19,1.5\n", ",", "."),
        ('2026-11-19,"1,5"\n', ",", ","),
        ("2026-11-19\t1,5\n", "\t", ","),
        ("2026-11-19\t1.5\n", "\t", "."),
    ],
)
def test_it_finds_separator_and_decimal_sign(sheet, text, delimiter, decimal):
    found = sheet(text)
    assert (found.delimiter, found.decimal) == (delimiter, decimal)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "70.5"], Kind.NUMERICAL),
        (["yes", "no"], Kind.BOOLEAN),
        (["1", "0"], Kind.BOOLEAN),
        (["1:30", "0:45"], Kind.TIME_DURATION),
        (["40 min", "1h30"], Kind.TIME_DURATION),
        (["Good", "Bad", "Good"], Kind.MULTIPLE_CHOICE),
        (["1", "2", "lots"], Kind.NUMERICAL),
        (["yes", "no", "perhaps"], Kind.BOOLEAN),
        (["", "7"], Kind.NUMERICAL),
    ],
)
def test_it_guesses_the_kind_of_a_new_tracker(sheet, values, kind):
    text = "".join(f"2026-11-{day:02},{value}\n" for day, value in enumerate(values, 1))
    assert sheet(text).kind is kind
    assert sheet(text, kind=Kind.MULTIPLE_CHOICE).kind is Kind.MULTIPLE_CHOICE


LOOP_NUMBERS = "2022-11-11,19000\n2022-11-10,25000\n2022-11-09,0\n2022-11-07,2650\n"
LOOP_MARKS = "2022-11-11,2\n2022-11-10,0\n2022-11-09,1\n2022-11-08,3\n"
LOOP_WORDS = "2022-11-11,YES_MANUAL,\n2022-11-10,NO,\n2022-11-09,SKIP,away\n"


@pytest.mark.parametrize(
    ("text", "kind", "scale"),
    [
        (LOOP_NUMBERS, Kind.NUMERICAL, 1000),
        ("date,check\n" + LOOP_NUMBERS, Kind.NUMERICAL, 1000),
        ("Date,Value,Notes\n" + LOOP_NUMBERS.replace("\n", ",\n"), Kind.NUMERICAL, 1000),
        (
            "Date,Value,Notes\n2026-07-04,12000,\n2026-07-03,NO,\n2026-07-02,30000,hi\n",
            Kind.NUMERICAL,
            1000,
        ),
        (LOOP_MARKS, Kind.BOOLEAN, 1),
        ("Date,Value,Notes\n" + LOOP_WORDS, Kind.BOOLEAN, 1),
        (LOOP_WORDS, Kind.BOOLEAN, 1),
    ],
)
def test_it_knows_loops_file_of_one_habit(sheet, text, kind, scale):
    found = sheet(text)
    assert (found.format, found.kind, found.scale) == ("loop", kind, scale)
    assert found.name.startswith("Loop, one habit")


@pytest.mark.parametrize(
    "text",
    [
        "2022-11-09,19000\n2022-11-10,25000\n",  # oldest first
        "2022-11-10,8421\n2022-11-09,10377\n",  # steps
        "2022-11-10,3\n2022-11-09,1\n",  # no mark for done
        "2022-11-10,70\n2022-11-09,80\n",
        "2022-11-10,1500.5\n2022-11-09,2000\n",
    ],
)
def test_it_does_not_take_other_numbers_for_loops(sheet, text):
    assert sheet(text).format == "plain"


def test_a_person_overrules_every_guess(sheet):
    hints = Hints(format="plain", scale=1, kind=Kind.TIME_DURATION, unit_seconds=60, header=True)
    found = sheet(LOOP_NUMBERS, hints)
    assert (found.format, found.scale, found.kind) == ("plain", 1, Kind.TIME_DURATION)
    assert (found.unit_seconds, found.header) == (60, True)
    assert sheet(LOOP_NUMBERS, kind=Kind.TIME_DURATION).unit_seconds == 60
    assert sheet("2026-11-19,1\n", Hints(delimiter=",", decimal=",")).decimal == ","
    assert set(found.options()) == {
        "format",
        "encoding",
        "delimiter",
        "decimal",
        "date_order",
        "header",
        "kind",
        "scale",
        "unit_seconds",
    }


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["2026-11-09"], "ymd"),
        (["2026/11/09"], "ymd"),
        (["09.11.2026"], "dmy"),
        (["19/11/2026", "01/02/2026"], "dmy"),
        (["11/19/2026", "01/02/2026"], "mdy"),
        (["01/02/2026 18:05", "13/02/2026 07:00"], "dmy"),
        (["01-02-2026", "25-02-2026"], "dmy"),
    ],
)
def test_it_finds_the_order_of_day_and_month_when_it_is_proven(sheet, dates, order):
    found = sheet("".join(f"{date},1\n" for date in dates))
    assert (found.date_order, found.questions) == (order, ())


@pytest.mark.parametrize(
    "dates", [["01/02/2026"], ["13/02/2026", "02/13/2026"], ["1/2/2026", "12/12/2026"]]
)
def test_it_asks_which_is_the_day(sheet, dates):
    text = "".join(f"{date},1\n" for date in dates)
    assert sheet(text).questions == ("date_order",)
    answered = sheet(text, Hints(date_order="dmy"))
    assert (answered.questions, answered.date_order) == ((), "dmy")


def test_a_proof_far_down_the_file_counts(sheet):
    text = "01/02/2026,1\n" * 5000 + "25/02/2026,1\n"
    assert sheet(text).date_order == "dmy"


def test_it_asks_for_the_encoding(sheet):
    text = "2026-11-19,1,gemütlich\n"
    found = sheet(text, encoding="cp1252")
    assert found.questions == ("encoding",)
    assert found.encodings == ("cp1252", "latin-1")
    answered = sheet(text, Hints(encoding="cp1252"), encoding="cp1252")
    assert (answered.questions, answered.encoding) == ((), "cp1252")
    late = "2026-11-19,1\n" * 200_000 + text
    assert sheet(late, encoding="cp1252").questions == ("encoding",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe", "empty"),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(500),
            "This looks like a picture, not a table. Tend reads CSV.",
        ),
        (b"\xff\xd8\xff\xe0" + bytes(500), "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + bytes(99), "workbook"),
        (b"SQLite format 3\x00" + bytes(99), "database"),
        (bytes(range(256)) * 9, "not look like a table"),
        (b"hello\nworld\n", "no dates"),
        (b"[]", "no dates"),
        (b"2026-11-19\n2026-11-18\n", "no dates"),
        (b"date,a,b,c\n2026-11-19,1,2,3\n", "4 columns"),
        (b"\xff\xfea", "UTF-16"),
        (b"\xef\xbb\xbf2026-11-19,\xff\n", "UTF-8"),
    ],
)
def test_it_says_why_a_file_is_no_table(sheet, content, says):
    with pytest.raises(NotATable, match=says):
        sheet(content)


@pytest.mark.parametrize(
    "hints",
    [Hints(encoding="rot13"), Hints(encoding="utf-8"), Hints(delimiter="x"), Hints(format="tend")],
)
def test_it_refuses_a_hint_that_cannot_be(sheet, hints):
    with pytest.raises(NotATable):
        sheet("2026-11-19,1,gemütlich\n", hints, encoding="cp1252")
