"""A real Chromium before a whole Tend, started as a person starts it; one of each a worker."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from deploy import bootstrap
from tests.browser.serving import serving
from tests.browser.visitor import Visitor
from tests.faults.running import Tend

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
Report = pytest.StashKey[pytest.TestReport]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave the report where a fixture finds it, which then keeps a picture of what failed."""
    report = yield
    item.stash[Report] = report
    return report


@pytest.fixture(scope="package")
def built_page(run_folder: Path) -> None:
    """The page as it is now, built as `make run` builds it when it is missing or stale."""
    with FileLock(run_folder / "page.lock"):
        try:
            bootstrap.build_page()
        except bootstrap.CannotPrepare as error:
            pytest.fail(f"The page cannot be built: {error}", pytrace=False)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. Without one these tests fail: nothing else shows that Tend works."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(
            "Chromium is missing, and these tests need it: `apt-get install chromium`.",
            pytrace=False,
        )
    # Package, not session: while Playwright runs, no other test of this process could use asyncio.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def tend(built_page: None) -> Iterator[Tend]:
    """A whole Tend, as it is without settings of anybody's."""
    with serving() as running:
        yield running


@pytest.fixture
def visit(
    tend: Tend, chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """`visit()` is somebody new before the sign-in page, `visit("mira")` is signed in.

    What the page complains of in the console fails the test; so no broken script goes unseen.
    """
    visitors: list[Visitor] = []

    def come(name: str = "", **context: object) -> Visitor:
        visitor = Visitor(chromium, f"http://localhost:{tend.port}", **context)
        visitors.append(visitor)
        if name:
            visitor.sign_up(name)
        return visitor

    yield come
    report = request.node.stash.get(Report, None)
    failed = report is None or report.failed
    for number, visitor in enumerate(visitors):
        if failed:
            picture = tmp_path / f"visitor-{number}.png"
            with suppress(Exception):
                visitor.page.screenshot(path=picture)
                print(f"{visitor.page.url} looked like {picture}")
        visitor.context.close()
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    assert not complaints


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who is not signed in."""
    return visit()


@pytest.fixture
def mira(visit: Callable[..., Visitor]) -> Visitor:
    """A new account, signed in, without trackers."""
    return visit("mira")
