"""Vouchers come in all or none, sealed, each code once, and no code is in a trail or an error."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import audit, db, vault
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Vault
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers import queries, taking_in
from comptoir.inventory.vouchers.errors import (
    VoucherBatchNotFound,
    VoucherKeyUnset,
    VoucherKindNotFound,
    VoucherNotLast,
    VouchersInvalid,
)
from comptoir.inventory.vouchers.schemas import BatchFilter, NewVoucher, TakeIn
from comptoir.inventory.vouchers.sealing import Secret, sealer, unseal
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch, VoucherKind, VoucherMark
from comptoir.inventory.vouchers.taking_in import Added, add_to_batch, take_in, take_out_last
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.locks import overtaken

pytestmark = pytest.mark.usefixtures("database")

ICCIDS = ("8941030012345678904", "8941030012345678912", "8941030012345678920")


@pytest.fixture
async def actor(database: Any) -> Principal:
    return await make.principal(Role.COORDINATOR, (await make.site()).id)


@pytest.fixture
async def wifi(database: Any) -> VoucherKind:
    return await make.voucher_kind(medium="wifi", names=make.names("Wi-Fi"))


@pytest.fixture
async def sim(database: Any) -> VoucherKind:
    return await make.voucher_kind()


def order(kind: VoucherKind, actor: Principal, *codes: str, **values: Any) -> TakeIn:
    assert actor.site_id
    return TakeIn(
        kind=kind.id, site=actor.site_id, vouchers=tuple(map(NewVoucher, codes)), **values
    )


async def refused(doing: Any) -> list[tuple[str, str]]:
    with pytest.raises(VouchersInvalid) as error:
        await doing
    return [(each.field, each.code) for each in error.value.errors]


async def stock() -> tuple[int, int, int]:
    return (
        await VoucherBatch.count(),
        await Voucher.count(),
        await VoucherMark.count(),
    )


async def test_a_batch_comes_in_sealed_marked_and_recorded_once(
    actor: Principal, sim: VoucherKind, now: datetime
) -> None:
    first = NewVoucher(
        "8941 0300 1234 5678 904 F", pin="12 34", puk="1234-5678", number="079 555 01 10"
    )
    command = order(
        sim,
        actor,
        *ICCIDS[1:],
        funder=" Loterie  Romande ",
        order_number="A1",
        activate_by=date(2027, 6, 30),
    )
    command = msgspec.structs.replace(command, vouchers=(first, *command.vouchers))
    batch_id = await take_in(actor, command, now=now)
    batch = await queries.batch(actor, batch_id)
    assert (batch.funder, batch.quantity, batch.cost_cents, batch.currency) == (
        "Loterie Romande",
        3,
        1990,
        "CHF",
    )
    assert batch.counts == {VoucherStatus.AVAILABLE: 3}
    rows = await db.fetch("SELECT * FROM inventory_voucher ORDER BY id")
    secrets = [unseal(row) for row in rows]
    assert [secret.code for secret in secrets] == [*ICCIDS]
    assert (secrets[0].pin, secrets[0].puk, secrets[0].number) == ("1234", "12345678", "0795550110")
    assert {row["hint"] for row in rows} == {"8904", "8912", "8920"}
    assert {row["activate_by"] for row in rows} == {date(2027, 6, 30)}
    [(_, entry)] = await audit.timeline(batch_id)
    assert entry.action == "voucher.taken_in"
    assert entry.changes["quantity"] == [None, 3]
    events = await db.fetch("SELECT * FROM core_audit_event")
    assert not any(code in str(events) for code in (*ICCIDS, "12345678", "0795550110"))


async def test_a_price_of_the_order_is_kept_beside_that_of_the_kind(
    actor: Principal, sim: VoucherKind, now: datetime
) -> None:
    gift = await take_in(actor, order(sim, actor, cost_cents=0), now=now)
    own = await take_in(actor, order(sim, actor, cost_cents=500, currency="EUR"), now=now)
    views = [await queries.batch(actor, each) for each in (gift, own)]
    assert [(view.cost_cents, view.currency) for view in views] == [(0, "CHF"), (500, "EUR")]


async def test_codes_that_were_here_before_are_named_by_place_and_nothing_comes_in(
    actor: Principal, wifi: VoucherKind, now: datetime
) -> None:
    codes = ("1111-2222", "3333-4444", "5555-6666", "7777-8888")
    await take_in(actor, order(wifi, actor, *codes), now=now)
    ids = [row["id"] for row in await db.fetch("SELECT id FROM inventory_voucher ORDER BY id")]
    for voucher_id, status in zip(ids, ("available", "issued", "void", "activated"), strict=True):
        await Voucher.update({"status": status}).where(Voucher.id == voucher_id)
    before = await stock()
    again = order(wifi, actor, "0000-0000", "11112222", "0000 0000", *codes[1:])
    assert await refused(take_in(actor, again, now=now)) == [
        ("vouchers[2].code", "inventory.voucher-twice")
    ]
    again = order(wifi, actor, "0000-0000", "11112222", *codes[1:])
    with pytest.raises(VouchersInvalid) as error:
        await take_in(actor, again, now=now)
    assert [(each.field, each.code) for each in error.value.errors] == [
        ("vouchers[1].code", "inventory.voucher-in-stock"),
        ("vouchers[2].code", "inventory.voucher-given"),
        ("vouchers[3].code", "inventory.voucher-ended"),
        ("vouchers[4].code", "inventory.voucher-given"),
    ]
    assert "1111" not in repr(error.value.errors)
    assert "Wi-Fi" in error.value.errors[0].message
    elsewhere = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(VouchersInvalid) as error:
        await take_in(elsewhere, order(wifi, elsewhere, "11112222"), now=now)
    assert "Wi-Fi" not in error.value.errors[0].message
    assert await stock() == before


@pytest.mark.parametrize(
    ("medium", "secret", "code"),
    [
        ("sim", NewVoucher("8941030012345678905"), "inventory.iccid-check-digit"),
        ("sim", NewVoucher("1234-5678"), "inventory.iccid-invalid"),
        ("sim", NewVoucher(ICCIDS[0], pin="12"), "inventory.pin-invalid"),
        ("sim", NewVoucher(ICCIDS[0], puk="1234"), "inventory.puk-invalid"),
        ("sim", NewVoucher(ICCIDS[0], number="phone"), "inventory.number-invalid"),
        ("sim", NewVoucher(ICCIDS[0], user="anna"), "inventory.user-unfit"),
        ("wifi", NewVoucher("12345", pin="1234"), "inventory.pin-unfit"),
        ("wifi", NewVoucher(" - "), "inventory.code-missing"),
        ("wifi", NewVoucher("a" * 129), "inventory.code-invalid"),
        ("wifi", NewVoucher("one\ntwo"), "inventory.code-invalid"),
        ("wifi", NewVoucher("12345", user="u" * 65), "inventory.text-too-long"),
        ("top_up", NewVoucher(ICCIDS[0]), "inventory.code-is-iccid"),
        ("esim", NewVoucher("1234-5678"), "inventory.activation-invalid"),
        ("top_up", NewVoucher("8.94E+19"), "inventory.number-rounded"),
        ("wifi", NewVoucher("9e+15"), "inventory.number-rounded"),
        ("wifi", NewVoucher("=SUM(A1:A9)"), "inventory.code-is-formula"),
        ("top_up", NewVoucher("=B12"), "inventory.code-is-formula"),
        ("top_up", NewVoucher('="01234"'), "inventory.code-is-formula"),
        ("wifi", NewVoucher("#REF!"), "inventory.code-is-formula"),
    ],
)
async def test_what_no_voucher_can_be_is_refused_without_repeating_it(
    actor: Principal, now: datetime, medium: str, secret: NewVoucher, code: str
) -> None:
    kind = await make.voucher_kind(medium=medium)
    command = msgspec.structs.replace(order(kind, actor), vouchers=(secret,))
    with pytest.raises(VouchersInvalid) as error:
        await take_in(actor, command, now=now)
    assert [each.code for each in error.value.errors] == [code]
    assert secret.code not in f"{error.value.errors} {error.value} {command!r}"
    assert await stock() == (0, 0, 0)


@pytest.mark.parametrize(("code", "fits"), [("1234567", False), ("12345678", True)])
async def test_what_no_network_has_as_password_is_refused(
    actor: Principal, now: datetime, code: str, fits: bool
) -> None:
    kind = await make.voucher_kind(medium="wifi", network="Pont", wifi_code="password")
    if fits:
        await take_in(actor, order(kind, actor, code), now=now)
    else:
        assert await refused(take_in(actor, order(kind, actor, code), now=now)) == [
            ("vouchers[0].code", "inventory.password-invalid")
        ]


@pytest.mark.parametrize("code", ["12E45678", "9E1234", "=u9e4k", "#KQ7!", "E+12345"])
async def test_a_code_may_look_a_little_like_what_a_spreadsheet_makes(
    actor: Principal, wifi: VoucherKind, now: datetime, code: str
) -> None:
    await take_in(actor, order(wifi, actor, code), now=now)


async def test_an_activation_text_is_kept_as_it_is(actor: Principal, now: datetime) -> None:
    kind = await make.voucher_kind(medium="esim")
    text = "LPA:1$smdp.example.com$KQ7MM-X204Z"
    await take_in(actor, order(kind, actor, text + "\n"), now=now)
    [row] = await db.fetch("SELECT * FROM inventory_voucher")
    assert unseal(row).code == text


async def test_an_expired_batch_is_refused_by_the_operators_day(
    actor: Principal, now: datetime
) -> None:
    # 2026-11-24, 23:30 in Zurich is 07:30 of the next day in Tokyo.
    late = datetime.fromisoformat("2026-11-24T22:30:00+00:00")
    kind, far = await make.voucher_kind(), await make.voucher_kind(time_zone="Asia/Tokyo")
    today = date(2026, 11, 24)
    await take_in(actor, order(kind, actor, activate_by=today), now=late)
    assert await refused(take_in(actor, order(far, actor, activate_by=today), now=late)) == [
        ("activate_by", "inventory.batch-expired")
    ]
    assert await refused(
        take_in(actor, order(kind, actor, activate_by=date(22, 1, 1)), now=late)
    ) == [("activate_by", "inventory.day-invalid")]


async def test_more_errors_than_anybody_reads_are_counted(
    actor: Principal, wifi: VoucherKind, now: datetime
) -> None:
    with pytest.raises(VouchersInvalid) as error:
        await take_in(actor, order(wifi, actor, *["12"] * 150), now=now)
    assert (len(error.value.errors), error.value.details()["wrong"]) == (100, 150)


async def test_what_is_needed_to_take_in(
    actor: Principal, wifi: VoucherKind, now: datetime
) -> None:
    desk = await make.principal(Role.RECEPTION, actor.site_id)
    with pytest.raises(CoordinatorNeeded):
        await take_in(desk, order(wifi, actor), now=now)
    elsewhere = msgspec.structs.replace(order(wifi, actor), site=(await make.site()).id)
    with pytest.raises(CoordinatorNeeded):
        await take_in(actor, elsewhere, now=now)
    everywhere = await make.principal(Role.COORDINATOR)
    nowhere = msgspec.structs.replace(order(wifi, actor), site=new_id())
    with pytest.raises(SiteNotFound):
        await take_in(everywhere, nowhere, now=now)
    with pytest.raises(VoucherKindNotFound):
        await take_in(actor, msgspec.structs.replace(order(wifi, actor), kind=new_id()), now=now)
    await VoucherKind.update({"active": False}).where(VoucherKind.id == wifi.id)
    assert await refused(take_in(actor, order(wifi, actor), now=now)) == [
        ("kind", "inventory.kind-not-used")
    ]
    vault.use(Vault(()))
    with pytest.raises(VoucherKeyUnset):
        await take_in(actor, order(await make.voucher_kind(medium="wifi"), actor, "12345"), now=now)
    assert await stock() == (0, 0, 0)


async def test_cards_are_scanned_into_a_batch_and_the_last_is_taken_out(
    actor: Principal, sim: VoucherKind, now: datetime
) -> None:
    batch_id = await take_in(actor, order(sim, actor), now=now)
    one, two = [
        (await add_to_batch(actor, batch_id, NewVoucher(code), now=now)).id for code in ICCIDS[:2]
    ]
    # A scanner that reads one card twice.
    twice = await add_to_batch(actor, batch_id, NewVoucher(ICCIDS[1] + "F"), now=now)
    assert twice == Added(two, again=True)
    assert (await queries.batch(actor, batch_id)).quantity == 2
    with pytest.raises(VoucherNotLast):
        await take_out_last(actor, batch_id, one, now=now)
    await take_out_last(actor, batch_id, two, now=now)
    view = await queries.batch(actor, batch_id)
    assert (view.quantity, view.available, view.version) == (1, 1, 4)
    assert await stock() == (1, 1, 1)
    assert [entry.action for _, entry in await audit.timeline(batch_id)] == [
        "voucher.entry_undone",
        "voucher.added",
        "voucher.added",
        "voucher.taken_in",
    ]
    await Voucher.update({"status": "issued", "version": 2}).where(Voucher.id == one)
    with pytest.raises(VoucherNotLast):
        await take_out_last(actor, batch_id, one, now=now)
    assert await refused(add_to_batch(actor, batch_id, NewVoucher(ICCIDS[0]), now=now)) == [
        ("code", "inventory.voucher-given")
    ]


async def test_a_batch_past_its_date_or_of_others_takes_no_more(
    actor: Principal, sim: VoucherKind, now: datetime
) -> None:
    assert actor.site_id
    past = await make.voucher_batch(sim, site_id=actor.site_id, activate_by=date(2026, 11, 23))
    assert await refused(add_to_batch(actor, past.id, NewVoucher(ICCIDS[0]), now=now)) == [
        ("code", "inventory.batch-expired")
    ]
    others = await make.voucher_batch(sim, site_id=(await make.site()).id)
    desk = await make.principal(Role.RECEPTION, actor.site_id)
    for doing in (
        add_to_batch(actor, others.id, NewVoucher(ICCIDS[0]), now=now),
        take_out_last(actor, others.id, new_id(), now=now),
    ):
        with pytest.raises(VoucherBatchNotFound):
            await doing
    for doing in (
        add_to_batch(desk, past.id, NewVoucher(ICCIDS[0]), now=now),
        take_out_last(desk, past.id, new_id(), now=now),
    ):
        with pytest.raises(CoordinatorNeeded):
            await doing


async def test_of_two_who_take_in_one_code_at_once_one_does(
    actor: Principal, wifi: VoucherKind, now: datetime
) -> None:
    orders = [order(wifi, actor, "12345-67890", f"{n}-other") for n in range(4)]
    done = await asyncio.gather(
        *(take_in(actor, each, now=now) for each in orders), return_exceptions=True
    )
    made = [each for each in done if isinstance(each, UUID)]
    assert len(made) == 1
    for each in done:
        if each not in made:
            assert isinstance(each, VouchersInvalid), each
            assert [error.code for error in each.errors] == ["inventory.voucher-in-stock"]
    assert await stock() == (1, 2, 2)


async def test_two_who_take_in_the_same_codes_in_another_order_do_not_block_each_other(
    actor: Principal, wifi: VoucherKind, now: datetime
) -> None:
    assert actor.site_id
    batch = await make.voucher_batch(wifi, site_id=actor.site_id)
    async with db.transaction():
        seals = await sealer(now=now)
    secrets = [Secret(code=f"KQ7-{number}") for number in range(2)]
    first, last = sorted(secrets, key=lambda each: [*seals.marks(each).values()])
    there = {"id": batch.id, "kind": wifi.id, "site": batch.site, "activate_by": None}

    async def imports(until_waited_for: Any) -> None:
        async with db.transaction():
            await taking_in._insert(seals, there, [first], now=now)
            await until_waited_for()
            await taking_in._insert(seals, there, [last], now=now)

    other = refused(take_in(actor, order(wifi, actor, last.code, first.code), now=now))
    await overtaken(imports, other)
    assert await VoucherMark.count() == 2


async def test_of_two_desks_that_scan_one_card_one_adds_it(
    actor: Principal, sim: VoucherKind, now: datetime
) -> None:
    batches = [await take_in(actor, order(sim, actor), now=now) for _ in range(3)]
    done = await asyncio.gather(
        *(add_to_batch(actor, each, NewVoucher(ICCIDS[0]), now=now) for each in batches),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Added) and not each.again for each in done) == 1
    assert sum(isinstance(each, VouchersInvalid) for each in done) == 2


async def test_batches_are_listed_newest_first_page_by_page_of_ones_own_sites(
    actor: Principal, sim: VoucherKind, wifi: VoucherKind, now: datetime
) -> None:
    assert actor.site_id
    ids = [await take_in(actor, order(kind, actor), now=now) for kind in (sim, wifi, sim)]
    others = await make.voucher_batch(sim, site_id=(await make.site()).id)
    listed = await queries.batches(actor, BatchFilter(), limit=2)
    assert [row.id for row in listed] == [ids[2], ids[1]]
    rest = await queries.batches(actor, BatchFilter(), older=listed[-1].id, limit=2)
    assert [row.id for row in rest] == [ids[0]]
    only = await queries.batches(actor, BatchFilter(actor.site_id, wifi.id), limit=9)
    assert [row.id for row in only] == [ids[1]]
    with pytest.raises(SiteNotFound):
        await queries.batches(actor, BatchFilter(others.site), limit=9)
    with pytest.raises(VoucherBatchNotFound):
        await queries.batch(actor, others.id)
    everywhere = await make.principal(Role.COORDINATOR)
    assert len(await queries.batches(everywhere, BatchFilter(), limit=9)) == 4


@pytest.mark.parametrize("dial", ["*121*{code}#", "*9*{code}", "{code}#"])
async def test_a_code_loses_what_is_dialled_around_it_and_comes_in_once(
    actor: Principal, dial: str, now: datetime
) -> None:
    kind = await make.voucher_kind(medium="top_up", dial=dial)
    printed = dial.format(code="4444 4444 0001 11")
    batch = await take_in(actor, order(kind, actor, printed), now=now)
    [voucher] = await Voucher.objects().where(Voucher.batch == batch)
    row = await db.fetch_one(
        "SELECT id, key, sealed FROM inventory_voucher WHERE id = :id", id=voucher.id
    )
    assert row is not None
    assert unseal(row).code == "44444444000111"
    wrong = await refused(take_in(actor, order(kind, actor, "44444444000111"), now=now))
    assert [field for field, _ in wrong] == ["vouchers[0].code"]


@pytest.mark.parametrize("code", ["*130*44444444000111#", "44444444000111x", "44444444000111#1"])
async def test_what_no_phone_dials_is_no_code_of_a_kind_that_is_dialled(
    actor: Principal, code: str, now: datetime
) -> None:
    kind = await make.voucher_kind(medium="top_up", dial="*121*{code}#")
    assert await refused(take_in(actor, order(kind, actor, code), now=now)) == [
        ("vouchers[0].code", "inventory.code-not-dialled")
    ]
