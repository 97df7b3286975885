"""Who sees the code of a voucher, how often, and what stays of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db, vault
from comptoir.core.accounts import passwords
from comptoir.core.accounts.errors import CurrentPasswordWrong, PasswordAgainNeeded
from comptoir.core.accounts.tables import Session, User
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.vault import KeyMissing, Vault
from comptoir.inventory.vouchers.errors import RevealedTooOften, RevealNotAllowed, VoucherNotFound
from comptoir.inventory.vouchers.permissions import let_reveal
from comptoir.inventory.vouchers.revealing import Shown, masked, reveal
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.tables import Visit
from comptoir.lending.vouchers.showing import is_here
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.sites.tables import Site
from tests import factories as make

let_reveal(is_here)  # as the roof does

SECRET = Secret(code="8941030012345678906", pin="4711", puk="12345678")
PASSWORD = "trois lampes bleues"


async def stocked() -> tuple[Site, Voucher]:
    site = await make.site()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    return site, await make.voucher(batch, SECRET)


async def somebody(
    role: Role, site_id: UUID, *, at: datetime, method: str = "password"
) -> Principal:
    """A person whose password was given at a moment, or who was let in by a PIN."""
    user = await make.user(role=role, site_id=site_id)
    await User.update({User.password_hash: await passwords.make_hash(PASSWORD)}).where(
        User.id == user.id
    )
    session = Session(
        user=user.id,
        token_hash=str(user.id),
        method=method,
        browser="",
        created_at=at,
        last_seen_at=at,
        authenticated_at=at,
        expires_at=at + timedelta(hours=12),
    )
    await session.save()
    return Principal(
        kind="user",
        id=user.id,
        roles=(SiteRole(role, site_id),),
        site_id=site_id,
        session_id=session.id,
    )


def read(shown: Shown) -> list[str | None]:
    return [part and part.text for part in msgspec.structs.astuple(shown)]


async def trail() -> list[db.Row]:
    return await db.fetch(
        "SELECT actor_id, subject_id, site_id, changes FROM core_audit_event "
        "WHERE action = 'voucher.revealed'"
    )


async def test_a_coordinator_of_the_site_sees_the_code_and_that_is_written_down(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    actor = await somebody(Role.COORDINATOR, site.id, at=now)
    assert read(await reveal(actor, voucher.id, now=now)) == [
        SECRET.code,
        None,
        SECRET.pin,
        SECRET.puk,
        None,
    ]
    [row] = await trail()
    assert (row["actor_id"], row["subject_id"], row["site_id"]) == (actor.id, voucher.id, site.id)
    assert msgspec.json.decode(row["changes"]) == {}


async def test_others_do_not_and_of_another_site_it_is_not_even_known(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    elsewhere = await make.site()
    for actor, refusal in (
        (await somebody(Role.RECEPTION, site.id, at=now), RevealNotAllowed),
        (await somebody(Role.COORDINATOR, elsewhere.id, at=now), VoucherNotFound),
        (await somebody(Role.RECEPTION, elsewhere.id, at=now), VoucherNotFound),
    ):
        with pytest.raises(refusal):
            await reveal(actor, voucher.id, now=now)
        with pytest.raises(refusal):
            await masked(actor, voucher.id, now=now)
    with pytest.raises(VoucherNotFound):
        await reveal(await somebody(Role.ADMIN, site.id, at=now), new_id(), now=now)
    assert await trail() == []


async def issued(site: Site, voucher: Voucher, *, now: datetime, **values: Any) -> UUID:
    """The voucher is given to somebody; their id."""
    person = await make.borrower(site_id=site.id)
    await VoucherIssue(
        **{
            "voucher": voucher.id,
            "kind": voucher.kind,
            "borrower": person.id,
            "site": site.id,
            "issued_at": now,
            **values,
        }
    ).save()
    return UUID(str(person.id))


async def visiting(borrower_id: UUID, site: Site, *, now: datetime) -> Visit:
    visit = Visit(borrower=borrower_id, site=site.id, opened_at=now)
    await visit.save()
    return visit


async def test_reception_sees_it_while_the_visit_of_its_holder_is_open_at_their_desk(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    actor = await somebody(Role.RECEPTION, site.id, at=now)
    person = await issued(site, voucher, now=now)
    visit = await visiting(person, site, now=now)
    assert read(await reveal(actor, voucher.id, now=now))[0] == SECRET.code
    with pytest.raises(RevealNotAllowed):
        await reveal(actor, voucher.id, now=now + timedelta(days=1))
    await Visit.update({Visit.closed_at: now}).where(Visit.id == visit.id)
    with pytest.raises(RevealNotAllowed):
        await reveal(actor, voucher.id, now=now)


async def test_a_visit_elsewhere_of_another_or_after_it_came_back_shows_nothing(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    other_site = await make.site()
    actor = await somebody(Role.RECEPTION, site.id, at=now)
    holder = await issued(site, voucher, now=now)
    await visiting(holder, other_site, now=now)
    somebody_else = await make.borrower(site_id=site.id)
    await visiting(somebody_else.id, site, now=now)
    with pytest.raises(RevealNotAllowed):
        await reveal(actor, voucher.id, now=now)
    await visiting(holder, site, now=now)
    await VoucherIssue.update({VoucherIssue.ended_at: now}, force=True)
    with pytest.raises(RevealNotAllowed):
        await reveal(actor, voucher.id, now=now)


async def test_after_ten_minutes_the_password_is_asked_for(database: Any, now: datetime) -> None:
    site, voucher = await stocked()
    actor = await somebody(Role.COORDINATOR, site.id, at=now)
    later = now + timedelta(minutes=10)
    assert await reveal(actor, voucher.id, now=later - timedelta(seconds=1))
    with pytest.raises(PasswordAgainNeeded):
        await reveal(actor, voucher.id, now=later)
    with pytest.raises(CurrentPasswordWrong):
        await reveal(actor, voucher.id, password="deux lampes", now=later)
    with pytest.raises(PasswordAgainNeeded):
        await reveal(actor, voucher.id, now=later)
    assert len(await trail()) == 1
    assert await reveal(actor, voucher.id, password=PASSWORD, now=later)
    assert await reveal(actor, voucher.id, now=later + timedelta(minutes=9))


async def test_a_pin_is_no_password_and_opens_nothing_for_the_next(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    person = await issued(site, voucher, now=now)
    await visiting(person, site, now=now)
    actor = await somebody(Role.RECEPTION, site.id, at=now, method="pin")
    for _ in range(2):
        with pytest.raises(PasswordAgainNeeded):
            await reveal(actor, voucher.id, now=now)
        assert await reveal(actor, voucher.id, password=PASSWORD, now=now)


async def test_a_desk_that_a_colleague_took_over_is_not_fresh(database: Any, now: datetime) -> None:
    site, voucher = await stocked()
    # What ``sessions.take_over`` does; how fresh the first one is, is in the row still.
    first = await somebody(Role.COORDINATOR, site.id, at=now)
    second = await somebody(Role.COORDINATOR, site.id, at=now)
    assert first.session_id is not None
    await Session.update({Session.user: second.id, Session.method: "pin"}).where(
        Session.id == first.session_id
    )
    with pytest.raises(PasswordAgainNeeded):
        await reveal(
            msgspec.structs.replace(second, session_id=first.session_id), voucher.id, now=now
        )


async def test_a_token_needs_no_password(database: Any, now: datetime) -> None:
    site, voucher = await stocked()
    token = Principal(
        kind="token", id=new_id(), roles=(SiteRole(Role.COORDINATOR, site.id),), site_id=site.id
    )
    assert await reveal(token, voucher.id, now=now)


async def test_too_many_in_a_short_time_are_refused(database: Any, now: datetime) -> None:
    site, voucher = await stocked()
    actor = await somebody(Role.COORDINATOR, site.id, at=now)
    for _ in range(20):
        await reveal(actor, voucher.id, now=now)
    with pytest.raises(RevealedTooOften) as refused:
        await reveal(actor, voucher.id, now=now)
    assert refused.value.retry_after == 30
    other = await somebody(Role.COORDINATOR, site.id, at=now)
    assert await reveal(other, voucher.id, now=now)
    later = now + timedelta(hours=1, seconds=1)
    await reveal(actor, voucher.id, password=PASSWORD, now=later)
    assert await reveal(actor, voucher.id, now=later)


async def test_without_its_key_it_is_refused_by_name_and_not_written_down(
    database: Any, now: datetime
) -> None:
    site, voucher = await stocked()
    actor = await somebody(Role.COORDINATOR, site.id, at=now)
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    with pytest.raises(KeyMissing):
        await reveal(actor, voucher.id, now=now)
    assert await trail() == []


def test_what_is_shown_becomes_neither_text_nor_json() -> None:
    shown = Shown.of(SECRET)
    assert SECRET.code not in f"{shown} {shown!r} {shown.code}"
    with pytest.raises(TypeError):
        msgspec.json.encode(shown)
