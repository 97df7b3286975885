"""Real HTTP and a real browser for tests: a server in a thread, Chromium in front of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from litestar import Litestar
from playwright.sync_api import Browser, Page, expect, sync_playwright

from comptoir.commands.workers import Worker

#: How long a page may take to become what a test expects, on a busy machine; in milliseconds.
#: Playwright's own is five seconds for ``expect``, and thirty for all else.
_PATIENCE = 60_000
expect.set_options(timeout=_PATIENCE)

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def serving(app: Litestar, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[str]:
    """The application on a free port of this machine, as long as the block runs.

    It runs in a thread of its own, on ``loop`` if one is given: what a test
    hands to that loop shares the application's database connections.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    port: int = listening.getsockname()[1]
    loop = loop or asyncio.new_event_loop()
    worker = Worker(app)
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(worker.serve([listening])), daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        worker.stop()
        thread.join(timeout=10)
        loop.close()


@contextmanager
def chromium(flags: Sequence[str] = ()) -> Iterator[Browser]:
    """Chromium of this machine, with what a test machine needs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[*_FLAGS, *flags],
        )
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, base_url: str, width: int = 1280, **options: object) -> Page:
    """A page that fails the test if a script throws or the CSP stops something."""
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": 800},
        locale="en-GB",
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: _fail(str(error)))
    page.on("console", lambda line: _fail(line.text) if "Content Security" in line.text else None)
    return page


def _fail(text: str) -> None:
    raise AssertionError(text)


def film_flags(film: Path) -> tuple[str, ...]:
    """Chromium's flags for a film (``.mjpeg`` or ``.y4m``) in place of a camera."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
