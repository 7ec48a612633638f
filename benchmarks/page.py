"""The page: what its entry weighs, and in a slow Chromium when Today is there and a tap shows."""

import http.cookiejar
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import house
from benchmarks.rows import LeftOut, Row, size

CPU_SLOWER = 4
# What Lighthouse calls slow 4G.
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "boolean", "name": "Medication"},
    {"kind": "numerical", "name": "Water", "unit": "l"},
    {"kind": "multiple_choice", "name": "Mood", "choices": ["Calm", "Good", "Flat", "Low"]},
    {"kind": "time_duration", "name": "Walk"},
)
# A thing is there once the frame that shows it has been made. Looking on by itself makes no frames.
WATCH = """
  window.seen = (found) => new Promise((painted) => {
    const watcher = new MutationObserver(look)
    function look() {
      if (!found()) return
      watcher.disconnect()
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => painted(performance.now())
        channel.port2.postMessage(0)
      })
    }
    watcher.observe(document, { subtree: true, childList: true, attributes: true })
    look()
  })
  window.useful = seen(() => document.querySelector('.rows .row-t .act button, form input'))
"""
TAP = """() => {
  const button = document.querySelector('.rows .seg button')
  const was = button.getAttribute('aria-pressed')
  const tapped = new Promise((done) =>
    addEventListener('pointerup', (event) => done(event.timeStamp), { once: true }))
  const shown = seen(() => button.getAttribute('aria-pressed') !== was)
  window.tap = Promise.all([tapped, shown]).then(([from, to]) => to - from)
}"""


def weight(_folder: Path) -> Iterator[Row]:
    """The scripts that have to be there before anything runs, as the line carries them."""
    from api.shell import DIST, read_page

    try:
        page = read_page("src/main.ts")
    except FileNotFoundError:
        raise LeftOut("the page is not built: `make run` builds it") from None
    scripts = [name.removeprefix("/static/") for name in (page.script, *page.preloads)]
    kilobytes = sum((DIST / f"{name}.gz").stat().st_size for name in scripts) / 1000
    yield Row("entry_kb", kilobytes, None, "kB", 90, True, "entry JavaScript, compressed by gzip")


def in_chromium(folder: Path) -> Iterator[Row]:
    """First useful paint with nothing kept, and a tap on Today, both on the slow phone."""
    with house.launched(folder.parent / "run") as url, chromium() as browser:
        person = house.Browser(url)
        person.sign_up()
        for number in range(12):
            kind = KINDS[number % 4]
            person.call("POST", "trackers", {**kind, "name": f"{kind['name']} {number // 4 + 1}"})
        cold = [first_paint(browser, person) for _ in range(size(5, 11))]
        taps = [tap(browser, person) for _ in range(size(3, 7))]
    slow = f"CPU {CPU_SLOWER} times slower, 1.6 Mbit/s, 150 ms there and back"
    yield Row("first_paint_ms", statistics.median(cold), None, "ms", 2000, True, slow)
    yield Row("tap_ms", statistics.median(taps), None, "ms", 100, True, slow)


@contextmanager
def chromium() -> Iterator[Any]:
    """The machine's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise LeftOut("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def phone(browser: Any, jar: http.cookiejar.CookieJar) -> Iterator[Any]:
    """A page of a slow phone on a slow line, with nothing kept but the cookies in `jar`."""
    context = browser.new_context(**PHONE, locale="en-GB", timezone_id="Europe/Vienna")
    context.add_cookies(
        [
            {"name": each.name, "value": each.value, "domain": each.domain, "path": each.path}
            for each in jar
        ]
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    yield page
    context.close()


def first_paint(browser: Any, person: house.Browser, path: str = "/today") -> float:
    """Milliseconds from going there until it can be used."""
    with phone(browser, person.jar) as page:
        page.goto(person.url + path, wait_until="commit")
        return float(page.evaluate("() => window.useful"))


def tap(browser: Any, person: house.Browser) -> float:
    """Milliseconds from the finger's leaving Yes until Yes is seen to be chosen."""
    with phone(browser, person.jar) as page:
        page.goto(person.url + "/today")
        page.evaluate("() => window.useful")
        page.wait_for_load_state("networkidle")
        page.evaluate(TAP)
        page.locator(".rows .seg button").first.tap()
        return float(page.evaluate("() => window.tap"))
