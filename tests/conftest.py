"""What tests share: a client of the API, the real server, and a browser under watch.

`page`, `context`, `new_context` and `new_page` all open watched pages. When the test ends, a script error,
a console error or a request to another host fails it. Pages of `new_page` share a browser context with the pages of
other tests that ask for the same one, so that the browser need not fetch and compile everything again; what a context
keeps for all its pages (a clock, permissions, scripts) wants one of `new_context`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, WebError
from playwright.sync_api import Error as PlaywrightError
from starlette.testclient import TestClient

HOST = "127.0.0.1"

BROWSERS = (
    "chromium-headless-shell",  # the same engine without windows: a third less to compute
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
BROWSER_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
CONTEXT_OPTIONS = {"locale": "en-US"}
NO_BROWSER = (
    "No browser to drive: install Chromium (Debian, Ubuntu: apt-get install chromium; elsewhere: "
    "python -m playwright install chromium) or set BACKSCOPE_BROWSER to the path of one."
)

# The same examples in every run, and no verdict that depends on how busy the machine is.
hypothesis.settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("repeatable")


def drives_a_browser(item: pytest.Item) -> bool:
    """Whether a test uses a browser, directly or through another fixture."""
    return "browser" in getattr(item, "fixturenames", ())


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the browser tests, so that -m finds them."""
    if drives_a_browser(item):
        item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last.

    Once a browser has started, Playwright keeps an event loop running in the main thread, and `asyncio.run`
    refuses to work beside it.
    """
    items.sort(key=drives_a_browser)


# The API, without a network


@pytest.fixture
def make_api(tmp_path) -> Iterator[Callable[..., TestClient]]:
    """Return a client of a new application; keywords are fields of Settings.

    All clients of one test share a data directory unless told otherwise, so a second one is a restart.
    """
    from app import create_app
    from app.settings import Settings

    with ExitStack() as running:

        def make(**settings: Any) -> TestClient:
            application = create_app(Settings(**{"data_dir": tmp_path, **settings}))
            return running.enter_context(TestClient(application, base_url=f"http://{HOST}"))

        yield make


@pytest.fixture
def api(make_api) -> TestClient:
    """A client of a new application with default settings."""
    return make_api()


# The real server


@pytest.fixture(scope="session")
def base_url(tmp_path_factory) -> Iterator[str]:
    """Address of the real server, on a free port and with a data directory of its own."""
    from app import create_app
    from app.settings import Settings

    application = create_app(Settings(data_dir=tmp_path_factory.mktemp("data")))
    server = uvicorn.Server(uvicorn.Config(application, lifespan="on", log_config=None, timeout_graceful_shutdown=5))
    with socket.create_server((HOST, 0)) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, args=([listener],), name="server", daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started:
            if not thread.is_alive():
                pytest.fail("The server stopped while starting; its log says why.", pytrace=False)
            if time.monotonic() > deadline:
                pytest.fail("The server did not start within 30 seconds.", pytrace=False)
            time.sleep(0.02)
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(15)
    assert not thread.is_alive(), "The server did not stop within 15 seconds."


# The browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, browser_name) -> dict[str, Any]:
    """Drive the system's Chromium; without one, whatever Playwright has installed."""
    arguments = dict(browser_type_launch_args)
    if browser_name != "chromium":
        return arguments
    arguments["args"] = BROWSER_FLAGS
    # Chromium's sandbox refuses to start as root, and only then is it given up.
    arguments["chromium_sandbox"] = not (hasattr(os, "geteuid") and os.geteuid() == 0)
    if "channel" not in arguments:
        executable = os.environ.get("BACKSCOPE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
        if executable:
            arguments["executable_path"] = executable
    return arguments


@pytest.fixture(scope="session")
def browser(launch_browser) -> Iterator[Browser]:
    """The browser of the whole run. None to be found is a failure, never a skip."""
    try:
        browser, reason = launch_browser(), ""
    except PlaywrightError as error:
        browser, reason = None, str(error)
    if browser is None:
        pytest.fail(f"{NO_BROWSER}\n\n{reason}", pytrace=False)
    yield browser
    browser.close()


class Watch:
    """Collects what goes wrong in the pages of one test."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self.contexts: list[BrowserContext] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        self.contexts.append(context)
        context.on("weberror", self.on_error)
        context.on("console", self.on_console)
        context.on("request", self.on_request)
        return context

    def leave(self, context: BrowserContext) -> None:
        self.contexts.remove(context)
        context.remove_listener("weberror", self.on_error)
        context.remove_listener("console", self.on_console)
        context.remove_listener("request", self.on_request)

    def on_error(self, error: WebError) -> None:
        self.problems.append(f"page error: {error.error}")

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(pattern.search(message.text) for pattern in self.allowed):
            self.problems.append(f"console error: {message.text} ({message.location['url']})")

    def on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"about", "blob", "data", "file"} and address.hostname != HOST:
            self.problems.append(f"request to another host: {request.url}")

    def settle(self) -> None:
        """Ask every page something, so that the events before the answer have arrived."""
        for page in (page for context in self.contexts for page in context.pages):
            with suppress(PlaywrightError):
                page.locator(":root").wait_for(state="attached", timeout=2_000)


@pytest.fixture
def watch() -> Watch:
    """The record of what goes wrong in this test's pages."""
    return Watch()


@pytest.fixture
def allow_console_error(watch) -> Callable[[str], None]:
    """Return a function that allows console errors matching a pattern, from now until the test ends.

    For tests that provoke one: Chromium logs every answer from 400 upwards. Nothing else can be allowed.
    """
    return lambda pattern: watch.allowed.append(re.compile(pattern))


def acquainted(context: BrowserContext, first_visit: bool) -> BrowserContext:
    """A context whose visitor has seen the tour, unless this is the first visit."""
    if not first_visit:
        context.add_init_script("try { localStorage.setItem('backscope.tour', 'seen'); } catch {}")
    return context


@pytest.fixture
def new_context(new_context, watch) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that opens a watched browser context; keywords as in Playwright, and `first_visit`."""

    def open_context(*, first_visit: bool = False, **options: Any) -> BrowserContext:
        return acquainted(watch.over(new_context(**{**CONTEXT_OPTIONS, **options})), first_visit)

    yield open_context
    watch.settle()
    if watch.problems:
        pytest.fail("in the browser:\n" + "\n".join(watch.problems), pytrace=False)


@pytest.fixture(scope="session")
def shared_contexts(browser) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that gives the browser context of these options, one for the whole run."""
    made: dict[str, BrowserContext] = {}

    def context_of(*, first_visit: bool = False, **options: Any) -> BrowserContext:
        key = json.dumps([first_visit, options], sort_keys=True)
        if key not in made:
            made[key] = acquainted(browser.new_context(**options), first_visit)
        return made[key]

    yield context_of
    for context in made.values():
        context.close()


@pytest.fixture
def new_page(request, new_context, shared_contexts, watch) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a watched page, with nothing stored from pages before.

    >>> new_page(locale="zh-CN", color_scheme="dark", reduced_motion="reduce")  # doctest: +SKIP
    """
    # What pytest-playwright records, it records of the contexts it opens itself.
    if any(request.config.getoption(option) != "off" for option in ("--tracing", "--video", "--screenshot")):
        yield lambda **options: new_context(**options).new_page()
        return
    pages: list[Page] = []

    def open_page(**options: Any) -> Page:
        context = shared_contexts(**{**CONTEXT_OPTIONS, **options})
        if context not in watch.contexts:
            watch.over(context)
        pages.append(context.new_page())
        return pages[-1]

    yield open_page
    watch.settle()
    for page in pages:
        with suppress(PlaywrightError):
            page.evaluate("localStorage.clear()")
        page.close()
    for context in {page.context for page in pages}:
        watch.leave(context)
