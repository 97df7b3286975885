"""The API of a real server, and its page in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from comptoir.core import db
from tests.browser import chromium, open_page
from tests.http_client import client_of, use_token
from tests.lending.counter import Desk
from tests.roof.commands import serving


async def _prepare(url: str) -> tuple[str, str, str]:
    """Codes of an item and a card, and a token for the desk."""
    db.connect(url)
    try:
        desk = await Desk().set_up()
        async with client_of() as client:
            return desk.item.code, desk.card.code, await use_token(client, "desk")
    finally:
        await db.disconnect()


@pytest.fixture
def prepared(database_url: str) -> tuple[str, str, str]:
    return asyncio.run(_prepare(database_url))


def test_a_real_server_lends_and_takes_back(
    prepared: tuple[str, str, str], database_url: str, tmp_path: Path
) -> None:
    item, card, token = prepared
    with serving(tmp_path, DATABASE_URL=database_url) as (port, _):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "real-1"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", headers=headers) as client:
            body = {"item": item, "borrower": card}
            first = client.post("/check-outs", json=body)
            again = client.post("/check-outs", json=body)
            assert (first.status_code, again.status_code) == (201, 201)
            assert again.json() == first.json()
            assert len(client.get("/loans", params={"state": "open"}).json()["items"]) == 1
            back = client.post("/check-ins", json={"item": item}, headers={"Idempotency-Key": "r2"})
            assert back.json()["loan_id"] == first.json()["id"]
            assert client.get(f"/items/{item}").json()["status"] == "available"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("docs")) as (port, _):
        yield f"http://127.0.0.1:{port}"


#: Marks one text of each look: that of all that it lies in, and its own. A page of two hundred
#: calls has some thirty, and axe takes half a minute for the contrast of its thousands of texts.
_MARK_ONE_OF_EACH = """() => {
  const LOOK = ["color", "backgroundColor", "backgroundImage", "opacity", "filter",
                "textShadow", "fontSize", "fontWeight", "display", "position", "visibility"];
  const looks = new Map([[null, ""]]);
  const seen = new Set();
  for (const element of document.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const own = LOOK.map((name) => style[name]).join("|");
    const above = looks.get(element.parentElement);
    const look = above.endsWith(own) ? above : `${above}\n${own}`;
    looks.set(element, look);
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    if (seen.has(look) || !texts.some((text) => text.data.trim())) continue;
    seen.add(look);
    element.dataset.oneOfEach = "";
  }
  return seen.size;
}"""


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.long
def test_the_reference_reads_well_at_any_width(address: str, width: int) -> None:
    with chromium() as browser:
        page = open_page(browser, address, width)
        page.goto("/api/docs")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        contrast = "color-contrast"
        short = {"resultTypes": ["violations"]}
        report = Axe().run(page, options={"rules": {contrast: {"enabled": False}}, **short})
        assert report.violations_count == 0, report.generate_report()
        assert page.evaluate(_MARK_ONE_OF_EACH) > 10
        report = Axe().run(page, "[data-one-of-each]", {"runOnly": [contrast], **short})
        assert report.violations_count == 0, report.generate_report()
