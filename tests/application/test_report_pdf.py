"""A report on paper: whole, tagged, readable without colour, and deaf to everything outside."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from application.demo.report import facts
from application.reports import pdf, typefaces
from application.reports.facts import Facts, Quote
from application.trackers.kinds import Kind

MM = 72 / 25.4
LONG = "Supercalifragilisticexpialidocious" * 3
OCTOBER = facts()


def read(said: Facts, paper: pdf.Paper = "a4") -> PdfReader:
    return PdfReader(BytesIO(pdf.render(said, paper)))


@pytest.fixture(scope="module")
def october() -> PdfReader:
    return read(OCTOBER)


def text(reader: PdfReader) -> str:
    """All words, as a reader that ignores lines has them."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def walk(reader: PdfReader) -> list[Any]:
    """The structure elements that can be reached from the root, in reading order."""

    def below(node: Any) -> Iterator[Any]:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for one in node:
                yield from below(one)
        elif isinstance(node, DictionaryObject):
            if node.get("/Type") == "/StructElem":
                yield node
            yield from below(node.get("/K", []))

    return list(below(reader.root_object["/StructTreeRoot"]))


def elements(reader: PdfReader, kind: str) -> list[Any]:
    """Those of one kind."""
    return [one for one in walk(reader) if one["/S"] == kind]


def titles(outline: list[Any]) -> list[str]:
    """The names of all bookmarks, whatever their depth."""
    found: list[str] = []
    for one in outline:
        found += titles(one) if isinstance(one, list) else [one.title]
    return found


def named(said: Facts, name: str) -> Facts:
    return replace(said, rows=tuple(replace(row, name=name) for row in said.rows))


def test_it_says_everything_in_order(october: PdfReader) -> None:
    said = text(october)
    for words in (
        OCTOBER.sentence,
        "In a row now",
        "mean 1.6 l a day",
        "Yes or no",
        "Tuesday 20 October, Mood",
        "tend",
    ):
        assert words in said
    kinds = [one["/S"] for one in walk(october) if one["/S"] in {"/H1", "/H2", "/Table", "/Figure"}]
    assert kinds[:4] == ["/H1", "/Table", "/H2", "/H2"]
    assert kinds[4:-2] == ["/H2", "/Figure", "/Figure"] * len(OCTOBER.rows)
    assert titles(october.outline) == [
        "Your October 2026",
        "Fullest and lightest day",
        "Resting",
        *(row.name for row in OCTOBER.rows),
        "Worth rereading",
        "How these figures are counted",
    ]
    assert "1 to 31 October 2026, Europe/Vienna, made 1 November 06:00" in said
    assert "Mira · Your October 2026" in said
    assert f"page 1 of {len(october.pages)}" in said


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("letter", (215.9, 279.4))])
def test_it_fits_either_paper(paper: pdf.Paper, size: tuple[float, float]) -> None:
    for page in read(OCTOBER, paper).pages:
        box = page.mediabox
        assert (box.width, box.height) == pytest.approx([side * MM for side in size], abs=0.1)


def test_it_claims_and_keeps_what_pdf_ua_asks(october: PdfReader) -> None:
    catalog: Any = october.root_object
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert october.metadata is not None
    assert october.metadata.title == "Your October 2026"
    assert b'pdfuaid:part="1"' in catalog["/Metadata"].get_data()
    assert [one["/S"] for one in elements(october, "/Document")] == ["/Document"]
    assert len(elements(october, "/H1")) == 1
    assert {str(page["/Tabs"]) for page in october.pages} == {"/S"}


def test_each_picture_has_words_for_it(october: PdfReader) -> None:
    said = [one.get("/Alt") for one in elements(october, "/Figure")]
    assert len(said) == 2 * len(OCTOBER.rows)
    assert said[::2] == [row.alt for row in OCTOBER.rows]
    assert said[3] == (
        "Calendar: 27 of 31 days have an entry; none on 7 Oct, 11 Oct, 12 Oct and 22 Oct."
    )


def test_each_head_of_the_table_says_what_it_heads(october: PdfReader) -> None:
    scopes = [one["/A"]["/Scope"] for one in elements(october, "/TH")]
    assert scopes == ["/Column"] * 5 + ["/Row"] * len(OCTOBER.rows)
    ids = {one["/ID"] for one in elements(october, "/TH")}
    for cell in elements(october, "/TD"):
        assert set(cell["/A"]["/Headers"]) <= ids
        assert len(cell["/A"]["/Headers"]) == 2


def test_whatever_is_drawn_is_read_out_or_marked_as_beside_the_text(october: PdfReader) -> None:
    root: Any = october.root_object["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    reached = [one.indirect_reference for one in walk(october)]
    for page in october.pages:
        content = page.get_contents()
        assert content is not None
        marked = [args for args, operator in content.operations if operator == b"BDC"]
        feet = [args for args in marked if args[0] == "/Artifact"]
        assert [args[1]["/Subtype"] for args in feet] == ["/Footer", "/Footer"]
        place: Any = page["/StructParents"]
        owners = numbers[2 * place + 1].get_object()
        said = [owners[args[1]["/MCID"]] for args in marked if args not in feet]
        assert said
        # What PDF/UA calls real content belongs to an element that a reader comes to.
        assert all(owner.indirect_reference in reached for owner in map(get, said))


def get(one: Any) -> Any:
    return one.get_object()


def fonts(reader: PdfReader) -> dict[str, Any]:
    """Each font's name with its descriptor."""
    found = {}
    pages: Any = reader.pages
    for page in pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(below["/BaseFont"])] = below["/FontDescriptor"].get_object()
    return found


def test_its_fonts_are_ours_and_in_the_file(october: PdfReader) -> None:
    found = fonts(october)
    assert {name.partition("+")[2] for name in found} == {
        "Tend-Sans",
        "Tend-Sans-Semi-Bold",
        "Tend-Serif-Semi-Bold",
    }
    assert all("/FontFile2" in font for font in found.values())


def test_it_prints_where_the_page_was_never_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "FOLDERS", ())
    typefaces._advances.cache_clear()
    try:
        made = PdfReader(BytesIO(pdf.Press().print(pdf.document(OCTOBER), "a4")))
        found = fonts(made)
    finally:
        typefaces._advances.cache_clear()
    assert OCTOBER.sentence in text(made)
    assert not any("Tend" in name for name in found)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in found.values())


@pytest.mark.parametrize(
    ("trackers", "first", "paper"),
    [
        (1, date(2026, 10, 1), "a4"),
        (12, date(2026, 10, 1), "letter"),
        (40, date(2026, 10, 1), "a4"),
        (4, date(2026, 1, 1), "letter"),
        (4, date(2016, 11, 1), "a4"),
    ],
)
def test_no_tracker_is_cut_and_two_share_a_page(
    trackers: int, first: date, paper: pdf.Paper
) -> None:
    said = facts(trackers, first)
    drawn = [row for row in said.rows if row.days_logged]
    pages = [" ".join(page.extract_text().split()) for page in read(said, paper).pages]
    for row in drawn:
        whole = f"{row.name} {row.note}", f"{row.days_logged:,} of {row.days:,} days · "
        assert any(all(part in page for part in whole) for page in pages), row.name
    heads = sum("In a row now" in page for page in pages)
    assert heads + len(drawn) // 3 <= len(pages) <= heads + len(drawn) // 2 + 1


def test_the_head_of_the_table_is_on_each_of_its_pages() -> None:
    pages = [page.extract_text() for page in read(facts(40)).pages]
    table = [page for page in pages if "longest" in page]
    assert len(table) > 1
    assert all("Figures" in page and "In a row now" in page for page in table)


def test_a_report_of_everything_at_its_longest_is_cut_and_says_so() -> None:
    said = facts(240)
    notes = tuple(Quote(date(2026, 10, 1), LONG, Kind.NUMERICAL, "word " * 900) for _ in range(90))
    reader = read(replace(said, notes=notes, resting=("Journal had no entry.",) * 900))
    found = text(reader)
    assert "40 more are in Tend." in found
    assert "The charts of 200 more are in Tend." in found
    assert len(reader.pages) < 60


def test_two_threads_print_one_after_the_other() -> None:
    said = [facts(trackers) for trackers in (1, 2, 3, 4)]
    with ThreadPoolExecutor(4) as pool:
        pages = [len(made.pages) for made in pool.map(read, said * 2)]
    assert pages == [len(read(one).pages) for one in said] * 2


def test_an_old_report_does_not_say_now() -> None:
    old = replace(OCTOBER, made_at=OCTOBER.made_at + timedelta(days=30))
    assert "In a row at the end" in text(read(old))


def test_an_empty_month_is_one_kind_sentence() -> None:
    said = replace(
        OCTOBER, empty=True, rows=(), notes=(), sentence="October has no entries, and that is fine."
    )
    reader = read(said)
    assert len(reader.pages) == 1
    assert said.sentence in text(reader)
    assert "Tracker" not in text(reader)


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script><h1>big</h1>",
        "</style><style>*{display:none}</style>",
        "{{ 7*7 }}{% raw %}${7*7}",
        '" onload="x" style="display:none',
        "<!-- --><![CDATA[ & &amp; &lt;",
        "\\22 ; content: url(http://127.0.0.1/)",
    ],
)
def test_names_and_notes_are_shown_as_they_are_written(payload: str) -> None:
    note = Quote(date(2026, 10, 3), payload, Kind.NUMERICAL, payload)
    said = replace(named(facts(1), payload), person=payload[:40], notes=(note,), sentence=payload)
    found = "".join(text(read(said)).split())
    assert found.count("".join(payload.split())) >= 5


@pytest.mark.parametrize(
    "name", [LONG[:100], "א" * 100, "مرحبا بالعالم", "日本語の名前", "🌿 Tea 👩‍👩‍👧"]
)
def test_it_takes_names_of_every_script(name: str) -> None:
    reader = read(named(facts(4), name))
    assert len(reader.pages) in (3, 4)
    alike = text(reader).replace(" ", "")
    if name.isascii():
        assert alike.count(name) >= 2


@pytest.fixture
def canary() -> Iterator[tuple[str, list[object]]]:
    """An address on loopback, and everybody who came to it."""
    seen: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def listen() -> None:
            while True:
                try:
                    connection, who = server.accept()
                except OSError:
                    return
                connection.close()
                seen.append(who)

        watching = threading.Thread(target=listen, daemon=True)
        watching.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", seen
        server.shutdown(socket.SHUT_RDWR)
        watching.join(5)


def test_it_fetches_nothing_whatever_the_names_ask_for(
    canary: tuple[str, list[object]], tmp_path: Any
) -> None:
    at, seen = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of this machine")
    payload = (
        f'<img src="http://{at}/a"><link rel=stylesheet href="http://{at}/b">'
        f'<link rel=attachment href="file://{secret}"><style>@import url(http://{at}/c)</style>'
    )
    note = Quote(date(2026, 10, 3), payload, Kind.NUMERICAL, payload)
    made = pdf.render(replace(named(OCTOBER, payload), notes=(note,), sentence=payload), "a4")
    # And what nobody can bring in by a name: the same as true markup, past our template.
    raw = pdf.press().print(f"<html lang=en><title>x</title>{payload}<p>still here", "a4")
    assert seen == []
    for found in (PdfReader(BytesIO(made)), PdfReader(BytesIO(raw))):
        assert not found.attachments
    assert "still here" in text(PdfReader(BytesIO(raw)))


def test_a_redirect_and_a_file_are_refused(canary: tuple[str, list[object]]) -> None:
    fetcher = pdf.press().fetcher
    for url in (f"http://{canary[0]}/", "file:///etc/hostname", f"ftp://{canary[0]}/", "x:y"):
        with pytest.raises(ValueError, match=r"disallowed|absolute"):
            fetcher(url)
    assert canary[1] == []
