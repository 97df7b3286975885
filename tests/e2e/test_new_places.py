"""From a file of the national map to a poster on the door, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from comptoir.core import db
from comptoir.core.principal import Role
from tests import factories as make
from tests.e2e.world import World, sign_in, signed_in_page
from tests.paper import text_of
from tests.sites.open_data.files import file_of, row
from tests.sites.photos.cameras import telephone_photo

ROWS = [row(number, nom=f"Guichet {number:03}") for number in range(300)]
#: Lines as a spreadsheet counts them: the first is that of the names.
WRONG = {
    10: {"code_postal": "7500"},
    120: {"horaires": "Mo 09:00-25:00"},
    299: {"nom": ""},
}


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """An administrator's browser."""
    site = world.run(make.site(name="Comptoir de Reims"))
    user = world.run(make.user(role=Role.ADMIN, language="en"))
    page = signed_in_page(browser, world, world.run(sign_in(user, site.id)))
    yield page
    page.context.close()


def count(world: World) -> int:
    [found] = world.run(db.fetch("SELECT COUNT(*) AS sites FROM sites_site"))
    return int(found["sites"])


def test_a_file_is_checked_corrected_and_imported_then_published_and_put_on_the_door(
    page: Page, world: World, tmp_path: Path
) -> None:
    before = count(world)
    file = tmp_path / "places.csv"
    file.write_bytes(
        file_of(*({**each, **WRONG.get(number, {})} for number, each in enumerate(ROWS)))
    )
    page.goto("/settings/sites")
    page.get_by_role("link", name="Import sites").click()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("The file cannot be imported yet")).to_be_visible()
    lines = page.locator("tbody tr")
    assert lines.count() == len(WRONG)
    for number, (place, cells) in enumerate(WRONG.items()):
        expect(lines.nth(number)).to_contain_text(f"Line {place + 2}")
        expect(lines.nth(number)).to_contain_text(next(iter(cells)))
    assert count(world) == before

    file.write_bytes(file_of(*ROWS))
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("300 new sites.")).to_be_visible()
    assert count(world) == before
    page.get_by_label("The same file again").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("300 sites imported.")).to_be_visible()
    assert count(world) == before + 300

    card = page.locator("section", has=page.get_by_role("heading", name="Guichet 007"))
    expect(card.get_by_text("Not published")).to_be_visible()
    card.get_by_role("button", name="Publish").click()
    card.get_by_role("link", name="Photo").click()
    photo = {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": telephone_photo()}
    page.get_by_label("Photo", exact=True).set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_role("button", name="Save").click()  # the browser asks for the words first
    expect(page.get_by_label("What the photo shows")).to_be_focused()
    page.get_by_label("What the photo shows").fill("A blue door")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("img", name="A blue door")).to_be_visible()

    page.goto("/places")
    page.get_by_role("link", name="Guichet 007").click()
    expect(page).to_have_url(f"{world.url}/places/guichet-007")
    picture = page.get_by_role("img", name="A blue door")
    picture.scroll_into_view_if_needed()
    expect(page.locator(".photo")).to_have_js_property("naturalWidth", 360)
    poster = page.get_by_role("link", name="Opening hours, on a poster").get_attribute("href")
    printed = page.request.get(str(poster)).body()
    assert "Guichet 007" in text_of(printed)
