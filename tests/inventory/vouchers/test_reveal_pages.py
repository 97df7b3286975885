"""The code of a voucher over HTTP: asked for by POST, and kept nowhere on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from comptoir.core import clock, db
from comptoir.core.accounts import passwords
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token

CODE, PIN = "8941030012345678906", "4711"
#: As a long number is shown, in fours.
CODE_SHOWN = "<span>8941</span><span>0300</span><span>1234</span><span>5678</span><span>906</span>"
PASSWORD = "trois lampes bleues"


async def stocked() -> tuple[Site, UUID]:
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    return site, (await make.voucher(batch, Secret(code=CODE, pin=PIN))).id


async def test_a_code_is_masked_until_it_is_asked_for(database: Any) -> None:
    site, voucher = await stocked()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        page = await client.get(f"/vouchers/{voucher}/code")
        assert page.status_code == 200
        assert "<span>8941" not in page.text
        assert "…8906" in page.text
        shown = await client.post(f"/vouchers/{voucher}/code", data={"back": "/items?site=1"})
        assert shown.status_code == 200
        assert CODE_SHOWN in shown.text
        assert PIN in shown.text
        assert 'href="/items?site=1"' in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Refresh"] == f"60; url=/vouchers/{voucher}/code"
        outside = await client.post(f"/vouchers/{voucher}/code", data={"back": "https://a.test/"})
        assert "a.test" not in outside.text


async def test_it_is_shown_with_what_is_dialled_and_how_it_is_used(database: Any) -> None:
    site = await make.site()
    kind = await make.voucher_kind(
        medium="top_up", dial="*121*{code}#", instructions=make.names("Dial it, then wait.")
    )
    batch = await make.voucher_batch(kind, site_id=site.id)
    voucher = (await make.voucher(batch, Secret(code="88990011223344"))).id
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        masked = await client.get(f"/vouchers/{voucher}/code")
        assert "<figure" not in masked.text
        shown = await client.post(f"/vouchers/{voucher}/code")
    assert "<span>*121*</span><span>8899</span>" in shown.text
    assert "Dial it, then wait." in shown.text
    assert '<figure class="phone-code"><svg' in shown.text


async def test_on_a_page_of_ours_it_is_a_piece_of_that_page(database: Any) -> None:
    site, voucher = await stocked()
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        shown = await client.post(f"/vouchers/{voucher}/code", headers={"HX-Request": "true"})
        assert shown.text.lstrip().startswith('<div class="voucher-code"')
        assert CODE_SHOWN in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        assert "HX-Push-Url" not in shown.headers


async def test_who_signed_in_long_ago_types_the_password(database: Any) -> None:
    site, voucher = await stocked()
    address = f"/vouchers/{voucher}/code"
    person = await make.user(role=Role.COORDINATOR, site_id=site.id)
    await User.update({User.password_hash: await passwords.make_hash(PASSWORD)}).where(
        User.id == person.id
    )
    async with client_of() as client:
        session = await sign_in(client, person)
        await Session.update({Session.authenticated_at: clock.now() - timedelta(hours=1)}).where(
            Session.id == session.id
        )
        asked = await client.post(address)
        assert asked.status_code == 200
        assert 'name="current_password"' in asked.text
        assert "<span>8941" not in asked.text
        wrong = await client.post(address, data={"current_password": "deux"})
        assert wrong.status_code == 422
        assert "<span>8941" not in wrong.text
        assert "deux" not in wrong.text
        right = await client.post(address, data={"current_password": PASSWORD})
        assert CODE_SHOWN in right.text


async def test_the_api_tells_a_code_again_and_keeps_it_in_no_outcome(database: Any) -> None:
    site, voucher = await stocked()
    key = {"Idempotency-Key": "a-reveal"}
    async with client_of() as client:
        await use_token(client, "inventory", site_id=site.id)
        address = f"/api/v1/vouchers/{voucher}/reveals"
        first = await client.post(address, headers=key)
        assert first.json() == {
            "voucher_id": str(voucher),
            "code": CODE,
            "user": None,
            "pin": PIN,
            "puk": None,
            "number": None,
        }
        assert first.headers["Cache-Control"] == "no-store"
        again = await client.post(address, headers=key)
        assert again.json() == first.json()
        await use_token(client, "inventory", site_id=(await make.site()).id)
        other = await client.post(address)
        assert (other.status_code, codes(other)) == (404, ["inventory.voucher-not-found"])
    [kept] = await db.fetch("SELECT outcome FROM core_idempotency")
    assert CODE not in kept["outcome"]
    assert PIN not in kept["outcome"]
    assert str(voucher) in kept["outcome"]
    told = await db.fetch("SELECT id FROM core_audit_event WHERE action = 'voucher.revealed'")
    assert len(told) == 2
