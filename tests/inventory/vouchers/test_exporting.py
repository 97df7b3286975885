"""Codes in a file: for whom, once, written down, and whole in spite of spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db, vault
from comptoir.core.accounts.errors import CurrentPasswordWrong, PasswordAgainNeeded
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.spreadsheets import is_formula
from comptoir.core.vault import KeyMissing, Vault
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers import exporting
from comptoir.inventory.vouchers.errors import (
    CodeInExplanation,
    ExplanationTooLong,
    ExportOver,
    ExportUnexplained,
    NothingToExport,
    RevealedTooOften,
    VoucherBatchNotFound,
    explanation_of,
)
from comptoir.inventory.vouchers.export_table import codes_csv, masked_csv
from comptoir.inventory.vouchers.exporting import (
    ExportCodes,
    Exported,
    ExportFilter,
    count_codes,
    export_codes,
    latest_exports,
    vouchers_masked,
)
from comptoir.inventory.vouchers.reveal_counts import A_DAY, MANY, shown_often
from comptoir.inventory.vouchers.revealing import reveal
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.tables import Voucher
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer
from tests.inventory.vouchers.test_revealing import PASSWORD, issued, somebody

WHY = "printed for the summer camp"


async def anew(make_it: Callable[[], Awaitable[UUID]]) -> UUID:
    return await make_it()


async def exported(
    actor: Principal, drawer: Drawer, *, now: datetime, password: str = "", **values: Any
) -> list[list[str]]:
    """The rows of a file with codes, without their names."""
    command = ExportCodes(drawer.batch.id, **({"explanation": WHY} | values))
    found = await export_codes(actor, command, password=password, once=anew, now=now)
    return rows_of(b"".join([piece async for piece in codes_csv(found, pins=command.pins)]))


def rows_of(content: bytes) -> list[list[str]]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))[1:]


def codes_in(rows: list[list[str]]) -> list[str]:
    assert all(row[0].startswith("'") for row in rows)
    return [row[0][1:] for row in rows]


async def trail(action: str) -> list[db.Row]:
    return await db.fetch(
        "SELECT actor_id, subject_id, site_id, changes FROM core_audit_event "
        "WHERE action = :action ORDER BY id",
        action=action,
    )


async def test_a_coordinator_gets_the_codes_and_each_is_written_down(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(3)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    rows = await exported(actor, drawer, now=now)
    assert codes_in(rows) == drawer.codes
    [batch] = await trail("voucher.batch_exported")
    assert (batch["actor_id"], batch["subject_id"]) == (actor.id, drawer.batch.id)
    assert msgspec.json.decode(batch["changes"]) == {
        "codes": [None, 3],
        "pins": [None, False],
        "explanation": [None, WHY],
    }
    each = await trail("voucher.revealed")
    assert [row["subject_id"] for row in each] == drawer.ids
    assert {row["site_id"] for row in each} == {drawer.site.id}
    kept = "".join(row["changes"] for row in await db.fetch("SELECT changes FROM core_audit_event"))
    assert not any(code in kept for code in drawer.codes)
    assert await latest_exports(drawer.batch.id) == [Exported(now, 3, False, WHY)]


async def test_others_do_not_and_of_another_site_it_is_not_even_known(
    database: Any, now: datetime
) -> None:
    drawer, elsewhere = await Drawer.made(1), await make.site()
    for role, site_id, refusal in (
        (Role.RECEPTION, drawer.site.id, CoordinatorNeeded),
        (Role.COORDINATOR, elsewhere.id, VoucherBatchNotFound),
    ):
        actor = await somebody(role, site_id, at=now)
        with pytest.raises(refusal):
            await exported(actor, drawer, now=now)
        with pytest.raises(refusal):
            await count_codes(actor, ExportFilter(drawer.batch.id))
        with pytest.raises(refusal):
            await vouchers_masked(actor, ExportFilter(drawer.batch.id))
    assert await trail("voucher.revealed") == []


async def test_what_lies_at_the_site_of_others_is_not_in_the_file(
    database: Any, now: datetime
) -> None:
    drawer, elsewhere = await Drawer.made(2), await make.site()
    await drawer.add("ELSEWHERE-12345", site=elsewhere.id)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    assert await count_codes(actor, ExportFilter(drawer.batch.id)) == 2
    assert codes_in(await exported(actor, drawer, now=now)) == drawer.codes[:2]
    masked = [piece async for piece in masked_csv(await _masked(actor, drawer))]
    assert len(rows_of(b"".join(masked))) == 2


async def test_where_a_part_of_a_batch_lies_that_part_is_exported(
    database: Any, now: datetime
) -> None:
    drawer, elsewhere = await Drawer.made(2), await make.site()
    there = await drawer.add("ELSEWHERE-12345", site=elsewhere.id)
    actor = await somebody(Role.COORDINATOR, elsewhere.id, at=now)
    assert codes_in(await exported(actor, drawer, now=now)) == ["ELSEWHERE-12345"]
    [row] = await trail("voucher.revealed")
    assert (row["subject_id"], row["site_id"]) == (there.id, elsewhere.id)
    # Somebody who is at the desk where the rest lies, and coordinates another site.
    at_both = msgspec.structs.replace(
        actor, roles=(*actor.roles, SiteRole(Role.RECEPTION, drawer.site.id))
    )
    assert await count_codes(at_both, ExportFilter(drawer.batch.id)) == 1


async def _masked(actor: Principal, drawer: Drawer) -> Any:
    return await vouchers_masked(actor, ExportFilter(drawer.batch.id))


async def test_without_codes_nothing_of_them_is_told_but_their_ends(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(2)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now - A_DAY)
    content = b"".join([piece async for piece in masked_csv(await _masked(actor, drawer))])
    assert [row[0] for row in rows_of(content)] == [f"••••{code[-4:]}" for code in drawer.codes]
    assert not any(code.encode() in content for code in drawer.codes)
    assert await trail("voucher.revealed") == []


async def test_who_typed_the_password_long_ago_types_it_again(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now - timedelta(minutes=11))
    with pytest.raises(PasswordAgainNeeded):
        await exported(actor, drawer, now=now)
    with pytest.raises(CurrentPasswordWrong):
        await exported(actor, drawer, now=now, password="deux lampes")
    assert await trail("voucher.revealed") == []
    assert codes_in(await exported(actor, drawer, now=now, password=PASSWORD)) == drawer.codes


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("  ", ExportUnexplained), ("x" * 301, ExplanationTooLong), ("", ExportUnexplained)],
)
async def test_a_file_has_a_reason(
    database: Any, now: datetime, text: str, refusal: type[Exception]
) -> None:
    drawer = await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    with pytest.raises(refusal):
        await exported(actor, drawer, now=now, explanation=text)
    assert await trail("voucher.revealed") == []


async def test_a_code_is_no_reason(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    for text in (drawer.codes[0], f"for {drawer.codes[0].replace('-', '')} alone"):
        with pytest.raises(CodeInExplanation):
            await exported(actor, drawer, now=now, explanation=text)
    assert await trail("voucher.batch_exported") == []


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("PIN 0471", True),
        ("0471", True),
        ("00012345", True),
        ("PUK 000 123 45", True),
        ("stock of 2026", False),
        ("order 10471", False),
        ("counted on 04.7.1", False),
    ],
)
async def test_a_pin_is_no_reason_but_a_year_or_a_part_of_a_number_is_none(
    database: Any, now: datetime, text: str, is_told: bool
) -> None:
    drawer = await Drawer.made(0)
    for code, pin in (("8941030012345678906", "0471"), ("8941030012345678914", "2026")):
        await make.voucher(drawer.batch, Secret(code=code, pin=pin, puk="00012345"))
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    if is_told:
        with pytest.raises(CodeInExplanation):
            await exported(actor, drawer, now=now, explanation=text)
    else:
        assert len(await exported(actor, drawer, now=now, explanation=text)) == 2


async def test_pin_and_puk_are_in_it_where_they_were_asked_for(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    code = "8941030012345678906"
    secret = Secret(code=code, pin="0471", puk="00012345", number="+41791234567")
    await make.voucher(drawer.batch, secret)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    [row] = await exported(actor, drawer, now=now)
    assert row[:3] == [f"'{code}", "", "'+41791234567"]
    assert not any("0471" in cell or "00012345" in cell for cell in row)
    [row] = await exported(actor, drawer, now=now + timedelta(minutes=5), pins=True)
    assert row[:5] == [f"'{code}", "", "'+41791234567", "'0471", "'00012345"]


async def test_codes_that_a_spreadsheet_would_spoil_are_whole(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0, medium="wifi")
    codes = [
        "000123",
        "+41791",
        '=HYPERLINK("x")',
        "-1;2",
        "@a",
        "'b",
        "12345678901234567890",
        "ä\tb",
    ]
    for code in codes:
        await make.voucher(drawer.batch, Secret(code=code, user="=user"))
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    rows = await exported(actor, drawer, now=now)
    assert codes_in(rows) == codes
    assert {row[1] for row in rows} == {"'=user"}
    assert not any(is_formula(cell) for row in rows for cell in row)


async def test_only_those_in_a_status(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    await drawer.add("KQ7-GIVEN-00001", status="issued")
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    rows = await exported(actor, drawer, now=now, status=VoucherStatus.ISSUED)
    assert codes_in(rows) == drawer.codes[2:]
    with pytest.raises(NothingToExport):
        await exported(
            actor, drawer, now=now + A_DAY / 2, status=VoucherStatus.VOID, password=PASSWORD
        )


async def test_many_codes_in_a_file_are_told_and_slow_down_the_next(
    database: Any, now: datetime
) -> None:
    drawer, small = await Drawer.made(MANY), await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    await exported(actor, drawer, now=now)
    told = await shown_often([drawer.site.id, small.site.id], within=A_DAY, now=now)
    assert told == {drawer.site.id: MANY}
    with pytest.raises(RevealedTooOften):
        await exported(actor, drawer, now=now)
    with pytest.raises(RevealedTooOften):
        await reveal(actor, drawer.ids[0], now=now)
    assert len(await trail("voucher.batch_exported")) == 1
    after = now + timedelta(minutes=1)
    await exported(actor, drawer, now=after)
    with pytest.raises(RevealedTooOften) as refused:
        await exported(actor, drawer, now=after + timedelta(minutes=2))
    assert refused.value.retry_after == 13 * 60


async def test_what_was_given_counts_as_seen(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0)
    plain = await make.voucher(drawer.batch, Secret(code="8941030012345678906"), status="issued")
    number = Secret(code="8941030012345678914", number="+41791234567")
    told = await make.voucher(drawer.batch, number, status="issued")
    for voucher in (plain, told):
        await issued(drawer.site, voucher, now=now)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    await exported(actor, drawer, now=now)
    rows = await db.fetch("SELECT voucher, shown_at FROM lending_voucher_issue")
    # Of the first, nothing but the number on the card.
    assert {row["voucher"]: row["shown_at"] for row in rows} == {plain.id: None, told.id: now}


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e \u2066", "\u3164", "\u0007"])
async def test_a_reason_that_nobody_sees_is_none(database: Any, now: datetime, unseen: str) -> None:
    drawer = await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)

    async def once(make_it: Callable[[], Awaitable[UUID]]) -> UUID:
        return await make_it()

    command = ExportCodes(drawer.batch.id, explanation=unseen)
    with pytest.raises(ExportUnexplained):
        await export_codes(actor, command, once=once, now=now)
    assert explanation_of(f"{unseen}for the {unseen}camp") == "for the camp"


async def test_a_form_sent_again_gets_no_file(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    command = ExportCodes(drawer.batch.id, explanation=WHY)
    kept: list[UUID] = []

    async def once(make_it: Callable[[], Awaitable[UUID]]) -> UUID:
        if not kept:
            kept.append(await make_it())
        return kept[0]

    found = await export_codes(actor, command, once=once, now=now)
    content = b"".join([each async for each in codes_csv(found, pins=False)])
    assert codes_in(rows_of(content)) == drawer.codes
    for _ in range(2):  # however soon
        with pytest.raises(ExportOver):
            await export_codes(actor, command, once=once, now=now)
    assert len(await trail("voucher.batch_exported")) == 1


async def test_what_was_written_down_for_one_batch_opens_no_other(
    database: Any, now: datetime
) -> None:
    one, other = await Drawer.made(1), await Drawer.made(1)
    actor = await make.principal(Role.COORDINATOR)
    actor = msgspec.structs.replace(actor, kind="token")
    made: list[UUID] = []

    async def first_of_all(make_it: Callable[[], Awaitable[UUID]]) -> UUID:
        made.append(made[0] if made else await make_it())
        return made[0]

    await export_codes(
        actor, ExportCodes(one.batch.id, explanation=WHY), once=first_of_all, now=now
    )
    with pytest.raises(ExportOver):
        await export_codes(
            actor, ExportCodes(other.batch.id, explanation=WHY), once=first_of_all, now=now
        )


async def test_what_cannot_be_read_is_in_no_file_and_not_written_down(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(2)
    await Voucher.update({Voucher.sealed: b"altered"}).where(Voucher.id == drawer.ids[0])
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    assert codes_in(await exported(actor, drawer, now=now)) == drawer.codes[1:]
    assert [row["subject_id"] for row in await trail("voucher.revealed")] == drawer.ids[1:]


async def test_without_the_key_nothing_is_exported(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    before = vault.current()
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    try:
        with pytest.raises(KeyMissing):
            await exported(actor, drawer, now=now)
    finally:
        vault.use(before)
    assert await trail("voucher.batch_exported") == []


async def test_a_batch_that_there_is_not(database: Any, now: datetime) -> None:
    actor = await somebody(Role.ADMIN, (await make.site()).id, at=now)
    with pytest.raises(VoucherBatchNotFound):
        await count_codes(actor, ExportFilter(new_id()))


async def test_a_large_batch_is_read_in_pages_by_as_many_questions_each(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 5)
    drawer = await Drawer.made(11)
    actor = await somebody(Role.COORDINATOR, drawer.site.id, at=now)
    asked: list[str] = []
    fetch = db.fetch

    async def counting(sql: str, **values: Any) -> list[db.Row]:
        asked.append(sql)
        return await fetch(sql, **values)

    command = ExportCodes(drawer.batch.id, explanation=WHY)
    found = await export_codes(actor, command, once=anew, now=now)
    monkeypatch.setattr(db, "fetch", counting)
    pages = [len(lines) async for lines in found]
    assert pages == [5, 5, 1]
    assert len(asked) == len(pages)
