"""Make the pictures of ``docs/screenshots/`` from the program itself.

``python -m tools.screenshots`` fills a temporary database with the demo's data,
starts the server, signs in as its receptionist, and scans like her. Needs
Chromium (the one on the PATH, or ``CHROMIUM``).
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from litestar import Litestar
from PIL import Image
from playwright.sync_api import Page

from comptoir import demo
from comptoir.app import create_app
from comptoir.commands.database import bring_up_to_date, connected
from comptoir.core import clock, db
from comptoir.core.keys import Keyring
from comptoir.core.settings import Settings
from tests.browser import chromium, open_page, serving

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
WIDE, NARROW = 1280, 320

# Somebody of the receptionist's site who is not barred and has one thing, not late.
_CARD = """
SELECT card.code FROM lending_borrower_card card
JOIN lending_borrower borrower ON borrower.id = card.borrower
JOIN lending_loan loan ON loan.borrower = borrower.id AND loan.returned_at IS NULL
JOIN sites_site site ON site.id = loan.site
WHERE card.revoked_at IS NULL AND borrower.suspended_at IS NULL
  AND borrower.eligible_until IS NULL AND site.short_name = 'Fribourg' AND loan.due_at > :now
GROUP BY card.code HAVING COUNT(*) = 1 ORDER BY MIN(borrower.name) LIMIT 5
"""
_ITEM = """
SELECT item.code FROM inventory_item item
JOIN sites_site site ON site.id = item.present_site
WHERE item.status = 'available' AND item.home_site = item.present_site
  AND site.short_name = 'Fribourg'
ORDER BY item.id LIMIT 20
"""


def main() -> None:
    """Make every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/comptoir.sqlite",
            data=Path(folder),
            secret="of the pictures alone, 32 letters or more",
        )
        cards, items = asyncio.run(_fill(settings))
        _take(create_app(settings), cards, items)


async def _fill(settings: Settings) -> tuple[list[str], list[str]]:
    """Write the demo's data; give codes of cards and of free items to scan."""
    await bring_up_to_date(settings)
    async with connected(settings):
        now = clock.now()
        await demo.fill(Keyring(settings.signing_secret), now=now)
        cards = await db.fetch(_CARD, now=now)
        items = await db.fetch(_ITEM)
    return [row["code"] for row in cards], [row["code"] for row in items]


def _take(app: Litestar, cards: list[str], items: list[str]) -> None:
    with serving(app) as url, chromium() as browser:
        page = open_page(browser, url, WIDE)
        page.goto("/sign-in?next=/desk")
        page.fill("#login", demo.LOGINS[0].login)
        page.fill("#password", demo.PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/desk")
        # Her account says French; this browser reads English, like the README.
        page.context.add_cookies([{"name": "language", "value": "en", "url": url}])
        page.goto("/desk")
        _scan(page, cards[0])
        for item in items:
            _scan(page, item)
            if page.locator("#desk .answer.ok").count():
                break
        _keep(page, "desk")
        page.set_viewport_size({"width": NARROW, "height": 640})
        _keep(page, "desk-320")
        page.set_viewport_size({"width": WIDE, "height": 800})
        page.goto("/loans?state=overdue")
        _keep(page, "overdue")


def _scan(page: Page, code: str) -> None:
    """Type a code as a person does, and wait for what the desk says to it."""
    page.fill("#scan", code)
    with page.expect_response("**/desk/scan"):
        page.press("#scan", "Enter")
    page.wait_for_load_state("networkidle")


def _keep(page: Page, name: str) -> None:
    """Write what the window shows, in 128 colours: a third of the size, and as clear."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    target = FOLDER / f"{name}.png"
    picture.convert("RGB").quantize(128).save(target, optimize=True)
    print(f"{target.relative_to(FOLDER.parent.parent)}: {target.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
