"""A list that is asked for what there is not says so, and is not taken for another one."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Response

import comptoir
from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, sign_in

#: Lists by their address, and what of it can be wrong.
LISTS = {
    "/borrowers": ("state", "group", "after"),
    "/calls": ("state", "site", "after"),
    "/items": ("status", "condition", "category", "model", "site", "older", "newer"),
    "/letters": ("site", "after"),
    "/loans": ("state", "site", "after"),
    "/loans/moved": ("site", "after"),
    "/messages": ("state", "site", "kind", "channel", "after"),
    "/places": ("offer", "language", "region", "page"),
    "/replies": ("site", "after"),
    "/rota": ("site", "day"),
    "/rota/needs": ("site",),
    "/settings/sites": ("after",),
    "/staff": ("site",),
    "/visits": ("site", "year"),
    "/vouchers": ("site", "after"),
    "/vouchers/batches": ("site", "kind", "older"),
    "/vouchers/counts": ("site", "older", "count"),
    "/vouchers/transfers": ("site", "older"),
}
PAGES = ("after", "older", "newer", "page", "before", "loans_after", "count")
#: A page that is asked in another way: it is of one funder and one year, or not found.
NO_LIST = {"funding.html"}

_NOTICE = re.compile(r"(there is no such choice, so it was left out|There is no such page)")


@pytest.mark.one_engine
async def test_each_list_says_what_of_its_address_there_is_not(database: object) -> None:
    site = await make.site()
    user = await make.user(role=Role.ADMIN)
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        for path, names in LISTS.items():
            assert (await client.get(path)).status_code == 200, path
            empty = await client.get(f"{path}?{'&'.join(f'{name}=' for name in names)}")
            assert (empty.status_code, _said(empty)) == (200, []), path
            for name in names:
                answer = await client.get(f"{path}?{name}=xx")
                assert (answer.status_code, len(_said(answer))) == (422, 1), (path, name)
                assert ("no such page" in _said(answer)[0]) == (name in PAGES), (path, name)
            every = await client.get(f"{path}?{'&'.join(f'{name}=xx' for name in names)}")
            assert len(_said(every)) == len(names), path


@pytest.mark.one_engine
async def test_lists_within_a_page_do_too(database: object) -> None:
    site = await make.site()
    user = await make.user(role=Role.ADMIN)
    borrower = await make.borrower(site_id=site.id)
    item = await make.item(site_id=site.id)
    kind = await make.voucher_kind()
    batch = await make.voucher_batch(kind, site_id=site.id)
    voucher = await make.voucher(batch)
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        for address in (
            f"/borrowers/{borrower.id}?loans_after=xx",
            f"/borrowers/{borrower.id}?before=xx",
            f"/items/{item.code}?before=xx",
            f"/vouchers/{voucher.id}?before=xx",
            f"/vouchers/batches/{batch.id}/vouchers?status=xx",
            f"/vouchers/batches/{batch.id}/vouchers?after=xx",
        ):
            answer = await client.get(address)
            assert (answer.status_code, len(_said(answer))) == (422, 1), address


@pytest.mark.one_engine
async def test_an_id_that_is_none_of_the_choices_is_none_of_them(database: object) -> None:
    site = await make.site()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN), site_id=site.id)
        for address in ("/items?category", "/items?model", "/borrowers?group"):
            answer = await client.get(f"{address}={new_id()}")
            assert (answer.status_code, len(_said(answer))) == (422, 1), address
        answer = await client.get(f"/vouchers/batches?kind={new_id()}")
        assert (answer.status_code, len(_said(answer))) == (422, 1)


@pytest.mark.one_engine
async def test_a_file_is_not_made_of_another_list(database: object) -> None:
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN), site_id=site.id)
        for address in (
            "/items.csv?status=xx",
            "/rota/rota.pdf?day=xx",
            f"/vouchers/batches/{batch.id}/vouchers.csv?status=xx",
            f"/vouchers/batches/{batch.id}/codes?status=xx",
        ):
            answer = await client.get(address)
            assert answer.status_code == 422, address
            assert "text/html" in answer.headers["content-type"]
            assert "no such choice" in answer.text, address


@pytest.mark.one_engine
async def test_codes_are_exported_of_no_status_that_there_is_not(database: object) -> None:
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    await make.voucher(batch)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN), site_id=site.id)
        answer = await client.post(
            f"/vouchers/batches/{batch.id}/codes", data={"status": "xx", "explanation": "a test"}
        )
        assert answer.status_code == 422
        assert "attachment" not in answer.headers.get("content-disposition", "")


@pytest.mark.one_engine
async def test_a_form_for_a_site_that_is_none_is_not_for_ones_own(database: object) -> None:
    site = await make.site()
    kind = await make.voucher_kind()
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN), site_id=site.id)
        for path, data in (
            ("/vouchers/counts", {"kind": str(kind.id), "counted": "0"}),
            ("/rota/needs", {"people": "1"}),
            ("/rota/shifts", {"day": day, "starts": "9:00", "ends": "10:00"}),
            ("/visits", {"reason": "unsaid"}),
        ):
            answer = await client.post(path, data=data | {"site": "xx"})
            assert answer.status_code == 404, path


@pytest.mark.one_engine
async def test_a_page_beyond_the_last_is_said_to_be_none(database: object) -> None:
    await make.site(published=True)
    async with client_of() as client:
        assert (await client.get("/places?page=1")).status_code == 200
        for number in ("0", "2", "99999", "999999999999", "-1", "²"):
            answer = await client.get(f"/places?page={number}")
            assert (answer.status_code, len(_said(answer))) == (422, 1), number


@pytest.mark.one_engine
async def test_it_is_said_in_the_language_of_the_reader(database: object) -> None:
    site = await make.site()
    user = await make.user(role=Role.ADMIN, language="fr")
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        answer = await client.get("/items?status=xx")
        assert "Statut\u00a0: ce choix n’existe pas" in answer.text


@pytest.mark.one_engine
async def test_what_was_typed_stands_nowhere_on_the_page(database: object) -> None:
    """A link to us must not make our page say somebody else's words."""
    site = await make.site()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN), site_id=site.id)
        answer = await client.get("/visits?year=call-this-number")
        assert "call-this-number" not in re.sub(r"<[^>]*>", "", answer.text)


def test_each_template_with_filters_or_pages_says_what_was_wrong() -> None:
    """A new list cannot forget it: the notice stands wherever filters or a pager do."""
    folder = Path(comptoir.__file__).parent
    for template in folder.rglob("templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        if template.name in NO_LIST | {"_list.html"}:
            continue
        if "list.filters(" in text or "list.pager(" in text:
            assert "list.wrong(wrong_filters)" in text, template.name


def _said(answer: Response) -> list[str]:
    return _NOTICE.findall(answer.text)
