"""The sheet for the door: four languages, what is different soon, as large as it fits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pypdfium2
import pytest

from comptoir.core.i18n import use_language
from comptoir.sites import queries
from comptoir.sites.exceptions.queries import public_calendar
from comptoir.sites.public import poster
from tests import factories
from tests.http_client import client_of
from tests.paper import codes_on, is_pdf_ua, pictures, text_of

pytestmark = pytest.mark.usefixtures("database")

URL = "https://desk.example.org/places/fribourg"
TODAY = date(2026, 11, 25)
RICH = (
    "Mo-Fr 09:00-12:00,13:30-18:00; Th 09:00-20:00; Jul-Aug Mo-Sa 08:00-12:00, "
    'We 14:00-16:00 open "Workshop"'
)


async def sheet(*closed_on: date, url: str = URL, **values: Any) -> bytes:
    """The poster of a site of which these days are exceptions."""
    made = await factories.site(name="Comptoir de Fribourg", published=True, **values)
    for day in closed_on:
        await factories.closure(site_id=made.id, first_day=day, reason="Inventaire")
    site = await queries.published_site(factories.slug(made))
    calendar = await public_calendar(site, since=TODAY)
    with use_language("fr"):
        return poster.render(site, calendar, url, TODAY)


async def test_it_is_accessible_and_leads_to_the_page() -> None:
    pdf = await sheet(opening_hours=RICH)
    assert is_pdf_ua(pdf)
    assert len(pictures(pdf)) == 1
    text = text_of(pdf)
    words = ["Comptoir de Fribourg", "Horaires", "Öffnungszeiten", "Orari", "Workshop"]
    assert [word for word in words if word not in text] == []
    assert [code.text for code in codes_on(pdf)] == [URL]


async def test_the_page_gives_it_away() -> None:
    site = await factories.site(published=True, opening_hours=RICH)
    async with client_of() as client:
        answer = await client.get(f"/places/{factories.slug(site)}/poster.pdf?lang=de")
    assert answer.headers["content-type"] == "application/pdf"
    assert is_pdf_ua(answer.content)


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
async def test_a_code_that_no_phone_can_follow_is_left_out(address: str) -> None:
    pdf = await sheet(url=f"http://{address}/places/fribourg")
    assert codes_on(pdf) == []
    assert address not in text_of(pdf)
    assert "Sans code QR" in text_of(pdf)
    assert "COMPTOIR_" not in text_of(pdf)


async def test_it_tells_what_is_different_in_the_next_two_months() -> None:
    days = date(2026, 12, 3), date(2027, 2, 1)
    text = text_of(await sheet(*days, opening_hours=RICH, region="FR"))
    assert "Jeudi 3 décembre" in text
    assert "Donnerstag, 3. Dezember" in text
    assert text.count("Inventaire") == 4  # once in each language
    assert "Freitag, 25. Dezember" in text  # the public holidays of the canton, too
    assert "1er février" not in text


def height_of_name(pdf: bytes) -> float:
    """The height of the largest letters, in points."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    boxes = [page.get_charbox(number) for number in range(page.count_chars())]
    return max(float(top - bottom) for _, bottom, _, top in boxes)


async def test_few_words_are_set_larger_than_many_and_many_stay_on_one_sheet() -> None:
    few = await sheet(opening_hours="Mo-Fr 09:00-17:00")
    much = f'{RICH}, Tu 10:00-11:00 open "Aide", Fr 17:00-18:00 open "Impression"'
    many = await sheet(*(date(2026, 12, day) for day in (1, 3, 7, 9, 15, 17)), opening_hours=much)
    assert height_of_name(few) > 1.3 * height_of_name(many)
    assert len(pypdfium2.PdfDocument(many)) == 1
