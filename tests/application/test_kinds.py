"""Values of the four kinds: what is read, what is refused, what is said."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.trackers import kinds
from application.trackers.amounts import MAX_SECONDS
from application.trackers.kinds import BadValue, Kind, Option

OPTIONS = (Option(1, "Calm"), Option(2, "Good"), Option(3, "Flat", archived=True))

HOSTILE = [
    "",
    " ",
    "\x00",
    "1\x00",
    "\ud800",
    "\ufeff1",
    "\u202e1",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1_000",
    "١٢",
    "１２",
    "२",
    "²",
    "½",
    "1e5",
    "1E400",
    "0x10",
    "--1",
    "+-1",
    "1.2.3",
    "1,2,3",
    "1 2",
    "1.000,5",
    "=1+1",
    "@x",
    ".",
    "-",
    ",",
    "+",
    "9" * 16,
    "9" * 5000,
    "0." + "1" * 16,
    "1" * 10**6,
    "None",
    "null",
    "[]",
    "{}",
    "1:",
    ":30",
    "1:60",
    "1h60x",
    "h",
    "m1",
    "-5 min",
    "1:30:60",
]
NOT_A_VALUE = [None, [], {}, b"1", object(), (1,), 1j, {"value": 1}, [True]]


def short(raw):
    """A name for a test that the terminal can bear."""
    # Without an address, which differs between the processes of one run.
    return re.sub(r" at 0x\w+", "", ascii(raw))[:30]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0, 0),
        (1, 1),
        (-3, -3),
        (1.5, 1.5),
        (0.1, 0.1),
        (-0.0, 0),
        (999_999_999_999_999, 10**15 - 1),
        ("1", 1),
        ("+1.5", 1.5),
        ("-1,5", -1.5),
        ("\u22122", -2),
        (" 7 ", 7),
        ("007", 7),
        ("1.50", 1.5),
        (".5", 0.5),
        ("5.", 5),
        ("0", 0),
        ("-0", 0),
        ("0.0", 0),
        ("000", 0),
        ("\u00a03\u00a0", 3),
        ("123456789012345", 123456789012345),
        ("0.123456789012345", 0.123456789012345),
        ("1.0000000000000000000", 1),
    ],
)
def test_it_reads_numbers(raw, value):
    reading = kinds.read(Kind.NUMERICAL, raw)
    assert (reading.value, reading.choice_id) == (value, None)
    assert str(reading.value) != "-0.0"


@pytest.mark.parametrize(
    "raw",
    [
        True,
        False,
        float("nan"),
        float("inf"),
        float("-inf"),
        10**15,
        -(10**15),
        10**400,
        1e15,
        1e300,
        0.1 + 0.2,
        1e-300,
        5e-324,
        *NOT_A_VALUE,
    ],
)
def test_it_refuses_what_is_no_json_number(raw):
    with pytest.raises(BadValue):
        kinds.read(Kind.NUMERICAL, raw)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("raw", HOSTILE + NOT_A_VALUE, ids=short)
def test_it_refuses_hostile_input_in_words(kind, raw):
    with pytest.raises(BadValue) as refused:
        kinds.read(kind, raw, OPTIONS)
    assert str(refused.value).endswith(".")


def test_it_says_how_to_write_a_number():
    with pytest.raises(BadValue, match=r"Write a number, for example 1\.5\."):
        kinds.read(Kind.NUMERICAL, "much")
    with pytest.raises(BadValue, match="at most 15 digits"):
        kinds.read(Kind.NUMERICAL, "1234567890123456")
    with pytest.raises(BadValue, match=r"Write a time, for example 40 min or 1:30\."):
        kinds.read(Kind.TIME_DURATION, "long")


@pytest.mark.parametrize(
    "word", ["yes", "YES", " Yes ", "y", "true", "1", "on", "x", "X", "done", "✓"]
)
def test_it_reads_yes(word):
    assert kinds.read(Kind.BOOLEAN, word).value == 1.0


@pytest.mark.parametrize("word", ["no", "NO", "n", "false", "False", "0", "off"])
def test_it_reads_no(word):
    assert kinds.read(Kind.BOOLEAN, word).value == 0.0


def test_it_keeps_json_booleans_and_numbers_apart():
    assert kinds.read(Kind.BOOLEAN, True).value == 1.0
    assert kinds.read(Kind.BOOLEAN, False).value == 0.0
    for raw in (1, 0, 1.0):
        with pytest.raises(BadValue, match="Write yes or no"):
            kinds.read(Kind.BOOLEAN, raw)
    with pytest.raises(BadValue):
        kinds.read(Kind.MULTIPLE_CHOICE, True, OPTIONS)
    with pytest.raises(BadValue):
        kinds.read(Kind.TIME_DURATION, True)


def test_it_reads_a_choice_by_id_or_label():
    def read(raw, **more):
        return kinds.read(Kind.MULTIPLE_CHOICE, raw, OPTIONS, **more)

    assert (read(2).choice_id, read(2).value) == (2, None)
    assert read("good").choice_id == read(" Good ").choice_id == 2
    assert (
        read("flat", allow_archived=True).choice_id == read(3, allow_archived=True).choice_id == 3
    )
    for raw in ("Flat", 3, 4, 2.0, "2", "", "Goo"):
        with pytest.raises(BadValue, match=r"Choose one of: Calm, Good\."):
            read(raw)


def test_it_takes_the_exact_label_before_a_similar_one():
    options = (Option(1, "a"), Option(2, "A"), Option(3, "7"))
    assert kinds.read(Kind.MULTIPLE_CHOICE, "A", options).choice_id == 2
    assert kinds.read(Kind.MULTIPLE_CHOICE, "7", options).choice_id == 3
    twins = (Option(1, "Ab"), Option(2, "aB"))
    with pytest.raises(BadValue):
        kinds.read(Kind.MULTIPLE_CHOICE, "ab", twins)


def test_it_does_not_list_choices_without_end():
    options = [Option(number, f"choice {number}") for number in range(1000)]
    with pytest.raises(BadValue, match="one of the choices of this tracker"):
        kinds.read(Kind.MULTIPLE_CHOICE, "none of them", options)
    with pytest.raises(BadValue, match="one of the choices of this tracker"):
        kinds.read(Kind.MULTIPLE_CHOICE, "anything", ())


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        (0, 0),
        (5400, 5400),
        (1.5, 1.5),
        ("5400", 5400),
        ("0", 0),
        ("5400.0", 5400),
        ("90m", 5400),
        ("1h30", 5400),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("1:30:00", 5400),
        ("1:30", 5400),
        ("40 min", 2400),
        ("1 h 30 min", 5400),
        ("1\u00a0h 30\u00a0min", 5400),
        ("45 s", 45),
        ("1H05", 3900),
        ("1h5", 3900),
        ("2 hours", 7200),
        ("1.5h", 5400),
        ("1,5 h", 5400),
        ("90 minutes", 5400),
        ("100:00", 360000),
        ("0:00:07", 7),
        ("1h 2m 3s", 3723),
        ("1 hr. 3 sec", 3603),
        ("12m30s", 750),
    ],
)
def test_it_reads_durations(raw, seconds):
    assert kinds.read(Kind.TIME_DURATION, raw).value == seconds


@pytest.mark.parametrize(
    "raw", [-1, -0.5, MAX_SECONDS + 1, "-1", "999999:00", "9" * 60 + "h", "99999h"]
)
def test_it_refuses_a_duration_out_of_reach(raw):
    with pytest.raises(BadValue):
        kinds.read(Kind.TIME_DURATION, raw)


@pytest.mark.parametrize(
    ("kind", "value", "label", "said"),
    [
        (Kind.NUMERICAL, 3.0, None, "3"),
        (Kind.NUMERICAL, 1.5, None, "1.5"),
        (Kind.BOOLEAN, 1.0, None, "true"),
        (Kind.BOOLEAN, 0.0, None, "false"),
        (Kind.TIME_DURATION, 5400.0, None, "5400"),
        (Kind.MULTIPLE_CHOICE, None, "Good", '"Good"'),
        (Kind.NUMERICAL, None, None, "null"),
    ],
)
def test_it_answers_as_json(kind, value, label, said):
    assert json.dumps(kinds.answer(kind, value, label)) == said


@pytest.mark.parametrize(
    ("kind", "value", "unit", "said"),
    [
        (Kind.NUMERICAL, 1.5, "l", "1.5~l"),
        (Kind.NUMERICAL, 3.0, "", "3"),
        (Kind.NUMERICAL, -2.0, "°C", "−2~°C"),
        (Kind.NUMERICAL, 12345.6789, "steps", "12,345.679~steps"),
        (Kind.NUMERICAL, -0.0001, None, "0"),
        (Kind.NUMERICAL, 100.0, None, "100"),
        (Kind.BOOLEAN, 1.0, None, "Yes"),
        (Kind.BOOLEAN, 0.0, None, "No"),
        (Kind.TIME_DURATION, 45.0, None, "45~s"),
        (Kind.TIME_DURATION, 2400.0, None, "40~min"),
        (Kind.TIME_DURATION, 5400.0, None, "1~h 30~min"),
        (Kind.TIME_DURATION, 750.0, None, "12~min 30~s"),
        (Kind.TIME_DURATION, 180000.0, None, "50~h"),
        (Kind.TIME_DURATION, 0.0, None, "0~s"),
        (Kind.TIME_DURATION, 7199.9, None, "2~h"),
        (Kind.TIME_DURATION, 3630.0, None, "1~h 1~min"),
        (Kind.TIME_DURATION, 3690.0, None, "1~h 2~min"),
        (Kind.TIME_DURATION, 59.9, None, "1~min"),
        (Kind.TIME_DURATION, None, None, ""),
    ],
)
def test_it_speaks_to_people(kind, value, unit, said):
    assert kinds.say(kind, value, unit) == said.replace("~", "\u00a0")


def test_it_says_a_choice_by_its_label():
    assert kinds.say(Kind.MULTIPLE_CHOICE, None, None, "Good") == "Good"
    assert kinds.say(Kind.MULTIPLE_CHOICE, None) == ""


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([], 1),
        ([0, 0], 1),
        ([300, 200], 100),
        ([30, 200], 10),
        ([15, 5], 5),
        ([3, 4], 1),
        ([1.5, 2], 0.5),
        ([1.8, 1.5], 0.1),
        ([0.3, 0.6], 0.1),
        ([72.35], 0.01),
        ([0.001], 1),
        ([1.5, 0, -0.5], 0.5),
        ([float("nan"), 2], 1),
    ],
)
def test_it_finds_the_usual_step(values, step):
    assert kinds.usual_step(values) == step


def test_it_describes_every_kind_with_examples_that_are_read():
    described = {kind["kind"]: kind for kind in kinds.types()}
    assert set(described) == {kind.value for kind in Kind}
    options = (Option(7, "Good"),)
    for name, kind in described.items():
        assert kind["name"]
        for example in kind["examples"]:
            kinds.read(Kind(name), example, options)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=1, allow_nan=False))
def test_it_reads_back_every_number_it_wrote(number):
    for text in (str(number), str(number).replace(".", ",")):
        assert kinds.read(Kind.NUMERICAL, text).value == float(number)


@given(st.integers(0, MAX_SECONDS))
def test_it_reads_back_every_duration_it_said(seconds):
    said = kinds.say(Kind.TIME_DURATION, float(seconds)).replace(",", "")
    tolerance = 30 if seconds >= 3600 else 0
    assert abs(kinds.read(Kind.TIME_DURATION, said).value - seconds) <= tolerance


@given(
    st.sampled_from(Kind),
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.text("0123456789.,:hms +-")),
)
def test_it_reads_or_refuses_anything(kind, raw):
    try:
        reading = kinds.read(kind, raw, OPTIONS)
    except BadValue:
        return
    assert kinds.say(kind, reading.value, "l", "Good")
    json.dumps(kinds.answer(kind, reading.value, "Good"), allow_nan=False)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=10))
def test_it_always_has_a_step(values):
    assert kinds.usual_step(values) in kinds.STEPS
