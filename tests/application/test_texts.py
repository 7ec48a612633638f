"""Names, units and labels: one visible line, and alike when people would say so."""

import pytest

from application.platform.texts import key, line, prose


@pytest.mark.parametrize(
    ("text", "said"),
    [("  Water ", "Water"), ("Ü" * 10, "Ü" * 10), ("👨‍👩‍👧", "👨‍👩‍👧"), ("a b", "a b")],
)
def test_it_keeps_a_line(text, said):
    assert line(text, 10) == said


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200b\u200d", "a\nb", "a\tb", "a\0", "a\u2028a", "x" * 11]
)
def test_it_refuses_what_is_no_line(text):
    with pytest.raises(ValueError, match=r"please|Write|plain"):
        line(text, 10)


def test_a_unit_may_be_empty():
    assert line(" ", 10, empty=True) == ""


def test_prose_keeps_its_lines_and_its_limit():
    assert prose(" a\nb ", 5) == " a\nb "
    for text in ("x" * 6, "a\0"):
        with pytest.raises(ValueError, match=r"At most|NUL"):
            prose(text, 5)


def test_people_would_call_them_alike():
    assert key("STRASSE", 300) == key("straße", 300)
    assert key("é", 300) == key("e\u0301", 300)
    assert key("Tea", 300) != key("Tee", 300)
    assert len(key("ΐ" * 100, 300)) <= 300
