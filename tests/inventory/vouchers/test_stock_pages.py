"""The page of the stock, and the report for funders as page, table and document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.tables import VoucherLevel
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.inventory.vouchers.drawer import Drawer
from tests.paper import text_of


async def _coordinator(client: AsyncClient, drawer: Drawer) -> None:
    await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))


async def test_the_page_says_what_lies_in_the_drawer(database: Any) -> None:
    drawer = await Drawer.made(0)
    for number in range(7):
        await drawer.add(f"KQ7-{number}", activate_by=None)
    await drawer.add("KQ7-g", status="issued", issued_at=clock.now())
    async with client_of() as client:
        await _coordinator(client, drawer)
        shown = (await client.get("/vouchers")).text
    for text in ("SIM 10 GB", "7", "196 days", "1 given in four weeks"):
        assert text in shown


async def test_of_more_than_a_year_the_days_are_not_told(database: Any) -> None:
    drawer = await Drawer.made(0)
    for number in range(14):
        await drawer.add(f"KQ7-{number}", activate_by=None)
    await drawer.add("KQ7-g", status="issued", issued_at=clock.now())
    async with client_of() as client:
        await _coordinator(client, drawer)
        shown = (await client.get("/vouchers")).text
    assert "more than a year" in shown
    assert "392" not in shown


@pytest.mark.parametrize(
    ("typed", "kept", "status"),
    [("3", [3], 303), ("", [], 303), ("x", [5], 422), ("-1", [5], 422), ("99999", [5], 422)],
)
async def test_a_level_is_saved_or_its_field_says_what_to_write(
    database: Any, typed: str, kept: list[int], status: int
) -> None:
    drawer = await Drawer.made(1)
    await VoucherLevel(site=drawer.site.id, kind=drawer.kind.id, low=5).save()
    form = {"site": str(drawer.site.id), "kind": str(drawer.kind.id), "low": typed}
    async with client_of() as client:
        await _coordinator(client, drawer)
        answer = await client.post("/vouchers/levels", data=form)
    assert answer.status_code == status
    assert [row.low for row in await VoucherLevel.objects()] == kept
    if status == 422:
        assert f'value="{typed}"' in answer.text
        assert "Write a whole number from 0 to 30000" in answer.text


#: Its months are over.
LAST_YEAR = {"year": str(clock.now().year - 1)}


async def _with_gifts(count: int) -> Drawer:
    drawer = await Drawer.made(0, names=make.names("=cmd()"))
    year = clock.now().year - 1
    for number in range(count):
        given = datetime(year, 1, 10, 9, 0, tzinfo=UTC)
        await drawer.add(f"KQ7-{number}", status="issued", issued_at=given)
    return drawer


async def test_a_funder_gets_a_page_a_table_and_a_document(database: Any) -> None:
    drawer = await _with_gifts(6)
    async with client_of() as client:
        await _coordinator(client, drawer)
        page = (await client.get("/vouchers/funding", params=LAST_YEAR)).text
        file = (await client.get("/vouchers/funding.csv", params=LAST_YEAR)).content
        document = await client.get("/vouchers/funding.pdf", params=LAST_YEAR)
    table = file.decode("utf-8-sig")
    for text in ("Loterie Romande", "January", "119.40"):
        assert text in page
    assert "'=cmd();" in table, "a spreadsheet must not run it"
    assert "January;6;not known;0" in table
    assert "All in CHF;0;;6;CHF119.40;not known;0;" in table
    assert 'filename="vouchers-' in document.headers["content-disposition"]
    assert document.headers["content-type"] == "application/pdf"
    for text in ("Loterie Romande", "January", "Quarter 1"):
        assert text in text_of(document.content)


async def test_what_is_too_small_to_tell_is_a_dash_everywhere(database: Any) -> None:
    drawer = await _with_gifts(4)
    async with client_of() as client:
        await _coordinator(client, drawer)
        page = (await client.get("/vouchers/funding", params=LAST_YEAR)).text
        file = (await client.get("/vouchers/funding.csv", params=LAST_YEAR)).content
        document = (await client.get("/vouchers/funding.pdf", params=LAST_YEAR)).content
    table = file.decode("utf-8-sig")
    assert "not told yet" in page
    assert "79.60" not in page + table + text_of(document)
    assert "January;–;not known;0" in table
    assert "January – not known 0" in text_of(document)


@pytest.mark.parametrize(
    "query",
    [{"funder": "Loterie"}, {"funder": ""}, {"year": "0"}, {"year": "２０２６"}, {"year": ""}],
)
async def test_a_report_of_nobody_is_not_that_of_somebody_else(
    database: Any, query: dict[str, str]
) -> None:
    drawer = await _with_gifts(6)
    async with client_of() as client:
        await _coordinator(client, drawer)
        for end in ("", ".csv", ".pdf"):
            answer = await client.get(f"/vouchers/funding{end}", params=query)
            assert answer.status_code == 404


async def test_what_nobody_named_paid_has_a_title_in_words(database: Any) -> None:
    drawer = await Drawer.made(0)
    drawer.batch.funder = ""
    await drawer.batch.save()
    async with client_of() as client:
        reader = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id, language="fr")
        await sign_in(client, reader)
        document = await client.get("/vouchers/funding.pdf")
    assert 'filename="bons-' in document.headers["content-disposition"]
    assert "Bons sans bailleur nommé" in text_of(document.content).replace("\xa0", " ")


async def test_without_vouchers_the_report_says_so(database: Any) -> None:
    site = await make.site()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        assert "No voucher was taken in yet" in (await client.get("/vouchers/funding")).text
        assert (await client.get("/vouchers/funding.pdf")).status_code == 200


async def test_a_line_break_in_the_name_of_a_funder_breaks_no_file(database: Any) -> None:
    drawer = await _with_gifts(6)
    drawer.batch.funder = "Loterie\r\nRomande\u2028;=1+1"  # from before names were cleaned
    await drawer.batch.save()
    async with client_of() as client:
        await _coordinator(client, drawer)
        table = (await client.get("/vouchers/funding.csv", params=LAST_YEAR)).content
        document = (await client.get("/vouchers/funding.pdf", params=LAST_YEAR)).content
    first = table.decode("utf-8-sig").split("\r\n")[0]
    assert first == f'"Loterie Romande ;=1+1";{LAST_YEAR["year"]}'
    assert "Loterie Romande" in text_of(document)


async def test_a_site_that_is_none_is_not_all_sites(database: Any) -> None:
    drawer = await Drawer.made(1)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))
        for end in ("", ".csv", ".pdf"):
            answer = await client.get(f"/vouchers/funding{end}?site=garbage")
            assert answer.status_code == 404
