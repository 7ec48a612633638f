"""Files through the browser: brought in, seen, taken out, read back into another account, equal."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]
LAST = date(2026, 10, 31)


def loop_file(path: Path, days: int, header: bool, values: tuple[int, ...]) -> int:
    """A habit as Loop wrote it: newest first, each number x 1000, now and then a day left out.

    The sum of what stands in the file is given back.
    """
    rows = [
        (LAST - timedelta(days=ago), 1000 * values[ago % len(values)])
        for ago in range(days)
        if ago % 7 != 5
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if header:
            writer.writerow(("date", "check"))
        writer.writerows(rows)
    return sum(value for _, value in rows)


def look_at(person: Visitor, path: Path, into: str = "") -> None:
    """From Data to the preview, as a person goes."""
    person.go("/data")
    person.link("Bring in a file").click()
    person.page.locator("input[type=file]").set_input_files(path)
    expect(person.page.get_by_text(path.name)).to_be_visible()
    if into:
        person.page.get_by_role("radio", name="one tracker").check()
        person.field("The tracker").select_option(label=into)
    person.button("Look at the file").click()
    expect(person.heading(re.compile("^Looks like: |question"))).to_be_visible(timeout=30_000)


def bring_in(person: Visitor, entries: int) -> None:
    person.button(f"Bring in {entries} entries").click()
    done = f"{entries} entries brought in."
    expect(person.heading(done)).to_be_visible(timeout=30_000)


def tab(person: Visitor, words: str) -> None:
    person.page.get_by_role("tab", name=words, exact=True).click()


def take_out(person: Visitor, path: Path) -> None:
    """Everything as CSV, downloaded."""
    person.go("/data/exports")
    person.button("Take out as CSV").click()
    link = person.page.get_by_role("link", name=re.compile("^Download ")).first
    expect(link).to_be_visible(timeout=30_000)
    with person.page.expect_download() as download:
        link.click()
    download.value.save_as(path)


def everything(person: Visitor) -> Counter[tuple[object, ...]]:
    """The multiset of what a person has: tracker, instant, value, choice, note."""
    found: Counter[tuple[object, ...]] = Counter()
    for tracker in person.get("trackers")["items"]:
        known = (tracker["name"], tracker["kind"], tracker["unit"])
        choices = tuple(choice["label"] for choice in tracker["choices"])
        found[(*known, choices)] += 1
        after = ""
        while after is not None:
            more = f"&after={after}" if after else ""
            page = person.get(f"trackers/{tracker['id']}/logs?limit=200{more}")
            found.update(
                (*known, log["logged_at"], log["value"], log["note"]) for log in page["items"]
            )
            after = page["next"]
    return found


def test_loop_files_come_in_and_go_out_into_another_account_equal(
    mira: Visitor, visit: Visit, tmp_path: Path
) -> None:
    practice = mira.tracker("time_duration", name="Language practice")
    study = mira.tracker("numerical", name="Study", unit="h")
    mood = mira.tracker("multiple_choice")
    mira.log(mood, "Calm", note='=SUM(A1), "quoted"\nand a second line')
    minutes = loop_file(tmp_path / "practice.csv", 280, True, (15, 25, 5, 19)) // 1000
    hours = loop_file(tmp_path / "study.csv", 100, False, (2, 3, 1)) / 1000
    lines = {"practice.csv": 240, "study.csv": 86}

    look_at(mira, tmp_path / "practice.csv", "Language practice")
    expect(mira.heading("Looks like: Loop")).to_be_visible()
    expect(mira.page.get_by_role("list", name="Goes into")).to_contain_text("Language practice")
    assert mira.entries(practice) == []
    bring_in(mira, lines["practice.csv"])
    look_at(mira, tmp_path / "study.csv", "Study")
    bring_in(mira, lines["study.csv"])

    stats = {
        tracker: mira.get(f"trackers/{tracker}/stats?range=all") for tracker in (practice, study)
    }
    assert (stats[practice]["count"], stats[practice]["total"]) == (240, minutes * 60)
    assert (stats[study]["count"], stats[study]["total"]) == (86, hours)
    look_at(mira, tmp_path / "study.csv", "Study")
    mira.sees("Everything in this file is here already.")
    expect(mira.button(re.compile("^Bring in"), exact=False)).to_have_count(0)

    take_out(mira, tmp_path / "everything.csv")
    other = visit("jonas")
    look_at(other, tmp_path / "everything.csv")
    expect(other.heading("Looks like: Tend")).to_be_visible()
    bring_in(other, 240 + 86 + 1)
    assert everything(other) == everything(mira)


def test_lines_that_cannot_be_read_are_shown_with_their_reasons(
    mira: Visitor, tmp_path: Path
) -> None:
    water = mira.tracker("numerical")
    path = tmp_path / "water.csv"
    path.write_text(
        "date,value,note\n2026-10-01,1.5,\n2026-02-31,2,\n2026-10-02,much,\n2026-10-03,2,a glass\n",
        encoding="utf-8",
    )
    look_at(mira, path, "Water")
    tab(mira, "2 not readable")
    table = mira.page.get_by_role("tabpanel").get_by_role("row")
    expect(table).to_have_count(3)
    expect(table.nth(1)).to_contain_text(re.compile("3.*2026-02-31.*31 February"))
    expect(table.nth(2)).to_contain_text(re.compile("4.*much.*number"))
    tab(mira, "2 new")
    expect(mira.page.get_by_role("tabpanel").get_by_role("row")).to_have_count(3)
    mira.sees("Nothing has been changed yet.")
    assert mira.entries(water) == []
    bring_in(mira, 2)
    mira.sees("2 lines left out.")
    with mira.page.expect_download() as download:
        mira.link("List of the lines left out").click()
    left_out = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "2026-02-31" in left_out
    assert "much" in left_out
    assert "a glass" not in left_out
    assert sorted(entry["value"] for entry in mira.entries(water)) == [1.5, 2]


def test_undo_takes_back_what_the_file_brought_and_nothing_else(
    mira: Visitor, tmp_path: Path
) -> None:
    water = mira.tracker("numerical")
    own = mira.log(water, 3)
    path = tmp_path / "water.csv"
    path.write_text("2026-10-01,1.5\n2026-10-03,2\n", encoding="utf-8")
    look_at(mira, path, "Water")
    bring_in(mira, 2)
    assert len(mira.entries(water)) == 3
    mira.button("Undo this import").click()
    expect(mira.heading("2 entries taken back.")).to_be_visible(timeout=30_000)
    assert [entry["id"] for entry in mira.entries(water)] == [own["id"]]
    mira.go("/data")
    expect(mira.link("water.csv")).to_be_visible()


def test_the_order_of_day_and_month_is_asked_and_never_guessed(
    mira: Visitor, tmp_path: Path
) -> None:
    water = mira.tracker("numerical")
    path = tmp_path / "water.csv"
    path.write_text("Datum;Wert\n03/04/2026;1,5\n05/04/2026;2\n", encoding="utf-8")
    look_at(mira, path, "Water")
    expect(mira.heading("One question first")).to_be_visible()
    mira.page.get_by_role("radio", name="Day first").check()
    mira.button("Go on").click()
    expect(mira.heading(re.compile("^Looks like: "))).to_be_visible(timeout=30_000)
    bring_in(mira, 2)
    found = {entry["local_day"]: entry["value"] for entry in mira.entries(water)}
    assert found == {"2026-04-03": 1.5, "2026-04-05": 2}


def test_what_is_no_table_is_said_to_be_none(mira: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "holiday.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    mira.go("/data/import")
    mira.page.locator("input[type=file]").set_input_files(path)
    mira.button("Look at the file").click()
    mira.sees("This looks like a picture, not a table. Tend reads CSV.")
