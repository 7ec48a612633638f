"""Round trips of hostile texts, and broken files that may only ever end in counted rejects."""

import random
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.platform import texts
from application.trackers.kinds import Kind
from application.transfers import codec, reading, writing
from application.transfers.formats import NotATable
from application.transfers.moments import Place
from application.transfers.reading import Entry, Reject, Target
from application.transfers.sniff import look

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
PLACE = Place(ZoneInfo("Europe/Berlin"), 3, NOW)
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Kathmandu", "America/New_York", "Asia/Tokyo")]

TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
        st.sampled_from("'\"=+-@\t\r\n,;＝＋－＠\ufeff\u202e\u2028\u0085"),
    ),
    max_size=20,
)


def kept(text, *, empty=False):
    """Whether a tracker keeps this name, unit or label as it is."""
    try:
        return texts.line(text, 60, empty=empty) == text
    except ValueError:
        return False


UNIT = TEXT.filter(lambda text: kept(text, empty=True))
NAME = TEXT.filter(kept)
NUMBER = st.integers(-(10**15) + 1, 10**15 - 1).flatmap(
    lambda digits: st.integers(0, 14).map(lambda places: float(f"{digits}e-{places}"))
)
SEEDS = (
    b"tracker,kind,unit,timestamp,value,choice,note\nWater,numerical,l,2026-11-19T08:00:00Z,1,,\n"
    b'Mood,multiple_choice,,2026-11-19T08:00+01:00,,Good,"a ""b"""\nMood,multiple_choice,,,,Bad,\n',
    b"date,value,note\n2026-11-19,1.5,hello\n2026-11-18,2,\n01.02.2025,3,x\n",
    b"Date,Value,Notes\n2026-07-04,12000,\n2026-07-03,NO,\n2026-07-02,30000,hi\n",
    b"2022-11-11;1,5\r\n2022-11-10;2,25\r\n",
    "\ufeff2022-11-11\t1,5\tgemütlich\n".encode("utf-16-le"),
    b"13/01/2025,yes\n12/01/2025,no\n",
)
PIECES = (
    b'"',
    b'""',
    b"\xef\xbb\xbf",
    b"\x00",
    b"\n",
    b"\r",
    b",",
    b";",
    b"\t",
    b"'=",
    b"-",
    b"2026-11-19",
    b"99999999999999999999",
    b"1_000",
    b"nan",
    b"\xff",
    b"\xc3",
    "١٢".encode(),
    b"x" * 300,
)


@st.composite
def entry(draw):
    kind = draw(st.sampled_from(Kind))
    value, choice = None, None
    if kind is Kind.MULTIPLE_CHOICE:
        choice = draw(NAME)
    elif kind is Kind.NUMERICAL:
        value = draw(NUMBER)
    else:
        value = float(draw(st.integers(0, 1 if kind is Kind.BOOLEAN else 10**8)))
    moment = draw(st.datetimes(datetime(1950, 1, 1), datetime(2026, 11, 20)))
    zone = draw(st.sampled_from(ZONES))
    timed = draw(st.booleans())
    if not timed:
        moment = datetime.combine(moment.date(), datetime(1, 1, 1, 12).time())
    local = moment.replace(tzinfo=zone)
    offset = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    unit = draw(UNIT) if kind is Kind.NUMERICAL else ""
    return draw(NAME), kind, unit, local.astimezone(UTC), offset, timed, value, choice, draw(TEXT)


def written(entries):
    yield writing.HEADER
    for name, kind, unit, instant, offset, timed, value, choice, note in entries:
        opening = writing.opening(name, kind, unit)
        moment = f"{instant:%Y-%m-%d %H:%M:%S.%f}"
        write = writing.lines(kind, opening, {None: codec.text_cell(choice or "")})
        yield write([(moment, 2 * offset + timed, value, note)])
        yield writing.mention(opening, choice or "")


@given(st.lists(entry(), max_size=5))
def test_the_quick_way_writes_what_the_rules_say(entries):
    """Each cell by codec's rules and datetime, without what `lines` remembers."""
    for name, kind, unit, instant, offset, timed, value, choice, note in entries:
        local = instant.astimezone(timezone(timedelta(minutes=offset))).isoformat()
        if not timed and local[10:19] == "T12:00:00":
            local = local[:16] + local[19:]
        said = ""
        if value is not None:
            yes_no = "yes" if value else "no"
            said = yes_no if kind is Kind.BOOLEAN else codec.number_cell(value)
        opening, cell = writing.opening(name, kind, unit), codec.text_cell
        write = writing.lines(kind, opening, {None: cell(choice or "")})
        moment = f"{instant:%Y-%m-%d %H:%M:%S.%f}"
        line = f"{opening}{local},{said},{cell(choice or '')},{cell(note)}\n"
        assert write([(moment, 2 * offset + timed, value, note)]) == line


def read(path):
    sheet = look(path)
    return list(reading.entries(path, sheet, PLACE, Target("Water", sheet.kind)))


@given(st.lists(entry(), max_size=5))
def test_what_is_written_is_read_back_the_same(entries):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_text("".join(written(entries)), encoding="utf-8", newline="")
        rows = read(path)
    assert all(isinstance(row, Entry) for row in rows), rows
    assert [
        (r.tracker, r.kind, r.unit, r.instant, r.offset, r.timed, r.value, r.choice, r.note)
        for r in rows[::2]
    ] == entries
    assert [(r.tracker, r.instant, r.choice) for r in rows[1::2]] == [
        (e[0], None, e[7]) for e in entries
    ]


def mutate(content, dice):
    """One to four small accidents: a flipped bit, a cut, a repeat, a splice, a foreign piece."""
    for _ in range(dice.randint(1, 4)):
        at, end = sorted(dice.randrange(len(content) + 1) for _ in range(2))
        accident = dice.randrange(5)
        if accident == 0 and at < len(content):
            flipped = content[at] ^ (1 << dice.randrange(8))
            content = content[:at] + bytes([flipped]) + content[at + 1 :]
        elif accident == 1:
            content = content[:at] + content[end:]
        elif accident == 2:
            content = content[:at] + content[at:end] * dice.randint(2, 5) + content[end:]
        elif accident == 3:
            content = content[:at] + dice.choice(SEEDS) + content[end:]
        else:
            content = content[:at] + dice.choice(PIECES) + content[at:]
    return content[:20_000]


def records_of(path):
    """How many records of data a file has, by the reader below the one under test."""
    sheet = look(path)
    with path.open(encoding=sheet.encoding, newline="") as file:
        return sum(1 for _ in codec.Reader(file, sheet.delimiter)) - sheet.header


@pytest.mark.row("F3")
def test_broken_files_end_in_rejects_that_add_up(tmp_path):
    dice = random.Random(20261121)
    path = tmp_path / "broken.csv"
    tables = 0
    for _ in range(2000):
        path.write_bytes(mutate(dice.choice(SEEDS), dice))
        try:
            rows = read(path)
        except NotATable:
            continue
        tables += 1
        assert len(rows) == max(records_of(path), 0)
        assert all(row.reason and row.line for row in rows if isinstance(row, Reject))
        assert all("\x00" not in row.note for row in rows if isinstance(row, Entry))
    assert tables > 1000


@settings(max_examples=200)
@given(st.lists(st.text('0123456789-,;\t"\n\rx.', max_size=12), max_size=30))
def test_any_lines_are_read_or_refused(lines):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_text("2026-11-19,1\n" + "\n".join(lines), encoding="utf-8", newline="")
        try:
            rows = read(path)
        except NotATable:
            return
        assert len(rows) == max(records_of(path), 0)


def test_a_million_bad_lines_are_a_stream(tmp_path):
    path = tmp_path / "bad.csv"
    with path.open("w") as file:
        file.write("date,value\n2026-11-19,1\n")
        file.writelines("garbage,x\n" for _ in range(100_000))
    rows = reading.entries(path, look(path), PLACE, Target("Water", Kind.NUMERICAL))
    assert isinstance(next(rows), Entry)
    assert sum(isinstance(row, Reject) for row in rows) == 100_000
