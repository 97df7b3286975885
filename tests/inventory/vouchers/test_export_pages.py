"""Files of vouchers over HTTP: asked for, confirmed, sent once, and kept by nothing on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from comptoir.core import clock, db
from comptoir.core.accounts import passwords
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.reveal_counts import MANY
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.inventory.vouchers.drawer import Drawer
from tests.inventory.vouchers.test_exporting import codes_in, rows_of

PASSWORD = "trois lampes bleues"
WHY = {"explanation": "printed for the camp"}


def form_of(page: Response) -> dict[str, str]:
    [form] = re.findall(r'name="form" value="([^"]+)"', page.text)
    return {"form": form, **WHY}


async def count(action: str) -> int:
    sql = "SELECT COUNT(*) AS number FROM core_audit_event WHERE action = :action"
    [row] = await db.fetch(sql, action=action)
    number: int = row["number"]
    return number


async def test_codes_are_confirmed_and_each_file_is_written_down(
    database: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    drawer = await Drawer.made(3)
    address = f"/vouchers/batches/{drawer.batch.id}/codes"
    person = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id)
    async with client_of() as client, client_of() as elsewhere:
        await sign_in(client, person)
        await sign_in(elsewhere, person)
        page = await client.get(address)
        assert page.status_code == 200
        assert "<h1>3 codes into a file</h1>" in page.text
        assert 'name="current_password"' not in page.text
        form = form_of(page)
        answer = await client.post(address, data=form)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="codes.csv"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert codes_in(rows_of(answer.content)) == drawer.codes
        answers = [answer]
        for again in (client, elsewhere):
            answers.append(await again.post(address, data=form))
            assert answers[-1].status_code == 409
            assert "This file was made already" in answers[-1].text
            assert all(code not in answers[-1].text for code in drawer.codes)
        batch = await client.get(f"/vouchers/batches/{drawer.batch.id}")
        assert "3 codes – printed for the camp" in batch.text
        other = await client.post(address, data=form_of(await client.get(address)))
        assert (other.status_code, await count("voucher.batch_exported")) == (200, 2)
    assert await count("voucher.revealed") == 6
    out, err = capfd.readouterr()
    kept = await db.fetch("SELECT outcome FROM core_idempotency")
    for code in drawer.codes:
        assert code not in out + err + "".join(row["outcome"] for row in kept)
        assert all(code not in str(answer.url) for answer in answers)


async def test_nothing_leaves_without_a_reason_or_an_old_session_s_password(
    database: Any,
) -> None:
    drawer = await Drawer.made(1)
    address = f"/vouchers/batches/{drawer.batch.id}/codes"
    person = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id)
    await User.update({User.password_hash: await passwords.make_hash(PASSWORD)}).where(
        User.id == person.id
    )
    async with client_of() as client:
        session = await sign_in(client, person)
        unexplained = await client.post(address, data={"explanation": ""})
        assert unexplained.status_code == 422
        assert 'id="explanation-error"' in unexplained.text
        await Session.update({Session.authenticated_at: clock.now() - timedelta(hours=1)}).where(
            Session.id == session.id
        )
        page = await client.get(address)
        assert 'name="current_password"' in page.text
        form = form_of(page)
        asked = await client.post(address, data=form)
        wrong = await client.post(address, data=form | {"current_password": "deux"})
        for answer in (asked, wrong):
            assert answer.status_code == 422
            assert 'name="current_password"' in answer.text
            assert drawer.codes[0] not in answer.text
        assert "deux" not in wrong.text
        assert await count("voucher.revealed") == 0
        right = await client.post(address, data=form | {"current_password": PASSWORD})
        assert codes_in(rows_of(right.content)) == drawer.codes


async def test_whoever_has_to_wait_keeps_what_they_wrote(database: Any) -> None:
    drawer = await Drawer.made(MANY)
    address = f"/vouchers/batches/{drawer.batch.id}/codes"
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))
        await client.post(address, data=form_of(await client.get(address)))
        waits = await client.post(address, data=form_of(await client.get(address)))
        assert waits.status_code == 429
        assert int(waits.headers["Retry-After"]) > 0
        assert 'id="explanation-error"' in waits.text
        assert "Too many codes were shown in a short time." in waits.text
        assert 'value="printed for the camp"' in waits.text
        assert drawer.codes[0] not in waits.text
    assert await count("voucher.batch_exported") == 1


async def test_the_list_offers_files_of_what_it_shows_to_coordinators(database: Any) -> None:
    drawer = await Drawer.made(2)
    await drawer.add("KQ7-GIVEN-00001", status="issued")
    pages = [
        f"/vouchers/batches/{drawer.batch.id}",
        f"/vouchers/batches/{drawer.batch.id}/vouchers?status=issued",
    ]
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        for each in pages:
            assert "/codes" not in (await client.get(each)).text
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))
        for each, kept in zip(pages, ("", "?status=issued"), strict=True):
            text = (await client.get(each)).text
            assert f'href="/vouchers/batches/{drawer.batch.id}/codes{kept}"' in text
            masked = f"/vouchers/batches/{drawer.batch.id}/vouchers.csv{kept}"
            assert f'href="{masked}"' in text
            rows = rows_of((await client.get(masked)).content)
            assert len(rows) == (1 if kept else 3)
        asked = await client.get(f"/vouchers/batches/{drawer.batch.id}/codes?status=void")
        assert "<form" not in asked.text.split("<main")[1]


async def test_programs_get_the_file_without_codes_alone(database: Any) -> None:
    drawer = await Drawer.made(2)
    address = f"/api/v1/voucher-batches/{drawer.batch.id}"
    async with client_of() as client:
        await use_token(client, "inventory", site_id=drawer.site.id)
        answer = await client.get(f"{address}/vouchers.csv?status=available")
        assert [row[0] for row in rows_of(answer.content)] == [
            f"••••{code[-4:]}" for code in drawer.codes
        ]
        await use_token(client, "inventory", site_id=(await make.site()).id)
        other = await client.get(f"{address}/vouchers.csv")
        assert (other.status_code, codes(other)) == (404, ["inventory.voucher-batch-not-found"])
