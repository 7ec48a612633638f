"""CSV itself: what is written is read back, and what is broken is counted and explained."""

import csv
import io

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from application.trackers import kinds
from application.trackers.kinds import BadValue, Kind
from application.transfers import codec
from application.transfers.codec import MAX_LINE, MAX_REREADS, Reader, guard, unguard

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
        st.sampled_from("'\"=+-@\t\r\n,;＝＋－＠\ufeff\u202e\u2028\x0b\x0c\x1c\x85"),
    ),
    max_size=40,
)


def read(text, delimiter=","):
    return list(Reader(io.StringIO(text, newline=""), delimiter))


def cells(text, delimiter=","):
    return [record[1] for record in read(text, delimiter)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_any_line_end(end):
    records = read(end.join(["a,b", "", "c,d"]))
    assert [(line, found) for line, found, _, _ in records] == [(1, ["a", "b"]), (3, ["c", "d"])]


def test_it_reads_quoted_cells_and_counts_physical_lines():
    records = read('a,"b\nb",c\nd,"e""e",f\n"g","h, h","i"\n')
    assert [(line, found) for line, found, _, _ in records] == [
        (1, ["a", "b\nb", "c"]),
        (3, ["d", 'e"e', "f"]),
        (4, ["g", "h, h", "i"]),
    ]


def test_a_mark_inside_a_cell_is_only_a_mark():
    assert cells('a,5" pipe\nb,c\n') == [["a", '5" pipe'], ["b", "c"]]


@pytest.mark.parametrize("broken", ['a,"b', 'a,"b"c', '"', 'a,"b\nc,d', '"a"b,c\nd,e'])
def test_it_rejects_half_a_quote_and_goes_on(broken):
    records = read(f"{broken}\nx,y\n")
    assert records[0][1] is None
    assert "quotation mark" in records[0][3]
    assert records[-1][1] == ["x", "y"]
    assert [record[0] for record in records] == list(range(1, broken.count("\n") + 3))


def test_a_quote_that_swallows_the_file_costs_one_line():
    records = read('a,"never closed\n' + "x,y\n" * 5000)
    assert [record[1] is None for record in records] == [True] + [False] * 5000


def test_it_gives_up_reading_again_but_never_loses_a_line():
    evil = 'a",""",b\n'
    records = read(evil * 20_000)
    assert len(records) == 20_000
    assert all(record[1] is None for record in records)
    assert [record[0] for record in records] == list(range(1, 20_001))
    reader = Reader(io.StringIO(evil * 20_000, newline=""), ",")
    for _ in reader:
        assert len(reader._again) < 4000
    assert reader._rereads <= MAX_REREADS


@pytest.mark.parametrize("length", [MAX_LINE - 2, MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 131_073])
@pytest.mark.parametrize("quote", ["", '"'])
def test_it_bounds_a_line(length, quote):
    line = quote + "x" * (length - 2 * len(quote)) + quote
    records = read(f"a,b\n{line}\nc,d\n")
    assert (records[0][1], records[-1][1]) == (["a", "b"], ["c", "d"])
    assert len(records) == 3
    assert records[1][0] == 2
    if length >= MAX_LINE:
        assert records[1][1] is None
        assert "65,536" in records[1][3]
        assert len(records[1][2]) <= codec.MAX_SOURCE


def test_a_cell_over_many_lines_is_bounded():
    records = read('a,"' + "x\n" * 30_000 + '"\nc,d\n')
    assert len(records) == 30_002
    assert records[-1][1] == ["c", "d"]


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"),
        ("\rx", "'\rx"), ("＝1", "'＝1"), ("'=1", "''=1"), ("''=1", "'''=1"), ("'a", "'a"),
        ("a=1", "a=1"), ("", ""), ("'", "'"),
    ],
)  # fmt: skip
def test_it_guards_formulas(text, guarded):
    assert guard(text) == guarded
    assert unguard(guarded) == text


@given(HOSTILE)
def test_guarding_is_reversible(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(HOSTILE)
@example("'")
def test_a_plain_text_is_its_own_cell(text):
    # One with an apostrophe at its start may be a cell as it is, too: that is looked at slowly.
    short = text != "" and text[0] != "'"
    assert bool(codec.plain(text)) == (short and codec.text_cell(text) == text)


@given(st.lists(st.lists(HOSTILE, min_size=2, max_size=4), max_size=8))
def test_it_reads_back_what_it_wrote(rows):
    text = "".join(codec.row(row) for row in rows)
    assert cells(text) == rows
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows


@given(st.text('ab,"\n\r;', max_size=60))
def test_every_line_ends_in_exactly_one_record(text):
    records = read(text)
    lines = [record[0] for record in records]
    assert lines == sorted(set(lines))
    if '"' not in text:
        assert len(records) == sum(bool(line) for line in text.replace("\r", "\n").split("\n"))


@pytest.mark.parametrize(
    ("value", "said"),
    [(3.0, "3"), (1.5, "1.5"), (-0.25, "-0.25"), (1e-7, "0.0000001"), (1e15, "1000000000000000"),
     (123456789012345.0, "123456789012345"), (0.1, "0.1"), (-1e-15, "-0.000000000000001")],
)  # fmt: skip
def test_it_writes_plain_decimals(value, said):
    assert codec.number_cell(value) == said
    assert float(said) == value


@given(st.floats(-1e15, 1e15).map(lambda value: float(f"{value:.15g}")))
@example(1.23456789012345e-10)
@example(-1.5e-15)
def test_every_number_that_is_taken_is_read_back(value):
    try:
        kept = kinds.read(Kind.NUMERICAL, value).value
    except BadValue:
        assume(False)
    assert kept is not None
    assert kinds.read(Kind.NUMERICAL, codec.number_cell(kept)).value == kept
