"""A file of the operator's puts vouchers into use: all that it said it would, or none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db, idempotency
from comptoir.core.errors import Refused
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers.actions import activate_voucher, void, void_voucher
from comptoir.inventory.vouchers.activations.dates import Said
from comptoir.inventory.vouchers.activations.reading import Row
from comptoir.inventory.vouchers.activations.reasons import Left, Reason
from comptoir.inventory.vouchers.activations.services import MOST_UNKNOWN, confirm, preview
from comptoir.inventory.vouchers.drawer_errors import (
    TooManyUnknown,
)
from comptoir.inventory.vouchers.errors import (
    ActivationsChanged,
    ActivationsUnknown,
    VoucherKindNotFound,
)
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.steps import lock_voucher
from comptoir.inventory.vouchers.tables import Voucher
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer
from tests.locks import overtaken
from tests.processes import together

DAY = date(2026, 11, 10)


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of the processes that these tests start; the program gives all of its own one."""
    monkeypatch.setattr(idempotency, "_key", b"")


async def given(count: int = 1, **kind: Any) -> Drawer:
    """A drawer whose vouchers were given on 3 November."""
    product: dict[str, Any] = {"medium": "wifi", "validity_days": 30, **kind}
    drawer = await Drawer.made(0, **product)
    for number in range(count):
        await drawer.add(
            f"KQ7-{drawer.site.id.hex[-6:]}-{number:05}",
            status="issued",
            issued_at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
        )
    return drawer


def rows(codes: Sequence[str], day: date | None = DAY) -> list[Row]:
    return [Row(line, code, None, Said(day) if day else None) for line, code in enumerate(codes, 2)]


async def coordinator(drawer: Drawer) -> Principal:
    return await make.principal(Role.COORDINATOR, drawer.site.id)


async def trail(voucher_id: UUID) -> list[tuple[str, Any]]:
    found = await db.fetch(
        "SELECT action, changes FROM core_audit_event WHERE subject_id = :id ORDER BY id",
        id=voucher_id,
    )
    return [(row["action"], msgspec.json.decode(row["changes"])) for row in found]


async def test_what_a_file_confirms_is_in_use_from_its_day(database: Any, now: datetime) -> None:
    drawer = await given(2)
    actor = await coordinator(drawer)
    file = rows(drawer.codes)
    found = await preview(actor, drawer.kind.id, file, now=now)
    assert (found.confirms, found.before, found.left) == (2, 0, [])
    assert (found.first_day, found.last_day) == (DAY, DAY)
    assert found.ends == ("0000", "0001")
    assert await drawer.statuses() == ["issued", "issued"]
    assert await confirm(actor, drawer.kind.id, file, expected=found.token, now=now) == 2
    for voucher in await drawer.now_is():
        assert voucher.status == "activated"
        assert voucher.activated_at == datetime(2026, 11, 9, 23, 0, tzinfo=UTC)
        assert voucher.expires_at == datetime(2026, 12, 10, 23, 0, tzinfo=UTC)
        assert voucher.issued_at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
        assert voucher.version == 2
        assert await trail(voucher.id) == [
            (
                "voucher.activated",
                {"status": ["issued", "activated"], "source": [None, "operator"]},
            )
        ]
    again = await preview(actor, drawer.kind.id, file, now=now)
    assert (again.confirms, again.before) == (0, 2)


async def test_it_ends_as_one_that_staff_put_into_use(database: Any, now: datetime) -> None:
    drawer = await given(2)
    actor = await coordinator(drawer)
    moment = datetime(2026, 11, 10, 8, 30, tzinfo=UTC)
    await activate_voucher(actor, drawer.ids[0], activated_at=moment, now=now)
    file = [Row(1, drawer.codes[1], None, Said(DAY, moment))]
    token = (await preview(actor, drawer.kind.id, file, now=now)).token
    await confirm(actor, drawer.kind.id, file, expected=token, now=now)
    staff, operator = await drawer.now_is()
    assert (staff.activated_at, staff.expires_at) == (operator.activated_at, operator.expires_at)


async def test_each_line_that_confirms_nothing_says_why(database: Any, now: datetime) -> None:
    drawer = await given(3)
    for status in ("available", "reserved", "in_transit", "void", "expired"):
        await drawer.add(f"KQ7-STATUS-{status.replace('_', '')}", status=status)
    other = await make.voucher_batch(await make.voucher_kind(medium="wifi"), site_id=drawer.site.id)
    await make.voucher(other, Secret("KQ7-ANOTHER-KIND"), status="issued")
    elsewhere = await given(1)
    codes = [
        *drawer.codes,
        "KQ7-ANOTHER-KIND",
        elsewhere.codes[0],
        "KQ7-NOWHERE-SEEN",
        drawer.codes[0].replace("-", ""),
        "8941030012345678904",
        "",
    ]
    file = rows(codes)
    file[1] = msgspec.structs.replace(file[1], said=Said(date(2026, 11, 2)))
    file[2] = msgspec.structs.replace(file[2], said=Said(date(2030, 1, 1)))
    file.append(Row(90, "", drawer.ids[0]))
    file.append(Row(91, "", new_id()))
    found = await preview(await coordinator(drawer), drawer.kind.id, file, now=now)
    assert found.confirms == 1
    assert found.left == [
        Left(3, Reason.BEFORE_GIVEN, "0001"),
        Left(4, Reason.IN_FUTURE, "0002"),
        Left(5, Reason.UNKNOWN, "able"),
        Left(6, Reason.UNKNOWN, "rved"),
        Left(7, Reason.UNKNOWN, "nsit"),
        Left(8, Reason.VOID, "void"),
        Left(9, Reason.EXPIRED, "ired"),
        Left(10, Reason.OTHER_KIND, "KIND"),
        Left(11, Reason.UNKNOWN, "0000"),
        Left(12, Reason.UNKNOWN, "SEEN"),
        Left(13, Reason.TWICE, "0000", 2),
        Left(14, Reason.CODE),
        Left(15, Reason.CODE),
        Left(90, Reason.TWICE, "0000", 2),
        Left(91, Reason.UNKNOWN),
    ]


async def test_a_wrong_digit_of_a_card_is_said(database: Any, now: datetime) -> None:
    drawer = await given(0, medium="sim")
    await drawer.add("8941030012345678904", status="issued")
    file = rows(["8941030012345678904F", "8941030012345678903", "1234"], None)
    found = await preview(await coordinator(drawer), drawer.kind.id, file, now=now)
    assert found.confirms == 1
    assert found.left == [Left(3, Reason.CHECK_DIGIT), Left(4, Reason.CODE)]


async def test_only_where_one_is_coordinator(database: Any, now: datetime) -> None:
    drawer, other = await given(1), await given(0)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    file = rows(drawer.codes)
    for ask in (
        preview(reception, drawer.kind.id, file, now=now),
        confirm(reception, drawer.kind.id, file, expected="", now=now),
    ):
        with pytest.raises(CoordinatorNeeded):
            await ask
    both = msgspec.structs.replace(
        reception,
        roles=(*reception.roles, SiteRole(Role.COORDINATOR, other.site.id)),
    )
    found = await preview(both, drawer.kind.id, file, now=now)
    assert [each.reason for each in found.left] == [Reason.UNKNOWN]
    with pytest.raises(VoucherKindNotFound):
        await preview(both, new_id(), file, now=now)


async def test_what_became_void_in_between_is_said_and_nothing_is_done(
    database: Any, now: datetime
) -> None:
    drawer = await given(3)
    actor = await coordinator(drawer)
    file = rows(drawer.codes)
    token = (await preview(actor, drawer.kind.id, file, now=now)).token
    await void_voucher(actor, drawer.ids[1], VoidReason.LOST, now=now)
    with pytest.raises(ActivationsChanged):
        await confirm(actor, drawer.kind.id, file, expected=token, now=now)
    assert await drawer.statuses() == ["issued", "void", "issued"]
    assert await trail(drawer.ids[0]) == []
    found = await preview(actor, drawer.kind.id, file, now=now)
    assert found.left == [Left(3, Reason.VOID, "0001")]
    assert await confirm(actor, drawer.kind.id, file, expected=found.token, now=now) == 2


async def test_of_thousands_each_chunk_takes_the_same_statements(
    database: Any, now: datetime
) -> None:
    drawer = await given(40)
    actor = await coordinator(drawer)
    counts = []
    for codes in (drawer.codes[:3], drawer.codes[3:]):
        file = rows(codes)
        with db.count_statements() as looked:
            found = await preview(actor, drawer.kind.id, file, now=now)
        with db.count_statements() as done:
            await confirm(actor, drawer.kind.id, file, expected=found.token, now=now)
        counts.append((len(looked), len(done)))
    assert counts[0] == counts[1]
    assert counts[0][0] == 5


async def test_a_list_of_guesses_says_nothing(database: Any, now: datetime) -> None:
    drawer = await given(1)
    await drawer.add("KQ7-IN-THE-DRAWER", status="available")
    actor, kind = await coordinator(drawer), drawer.kind.id
    empty = (await preview(actor, kind, [], now=now)).token
    guesses = [f"KQ7-GUESS-{number:05}" for number in range(MOST_UNKNOWN - 1)]
    few = await preview(actor, kind, rows([*guesses, "KQ7-IN-THE-DRAWER"]), now=now)
    assert {each.reason for each in few.left} == {Reason.UNKNOWN}
    many = rows([*guesses, "KQ7-IN-THE-DRAWER", "KQ7-GUESS"])
    with pytest.raises(ActivationsUnknown):
        await preview(actor, kind, many, now=now)
    with pytest.raises(ActivationsUnknown):  # nor does confirming say whether one is right
        await confirm(actor, kind, many, expected=empty, now=now)
    await confirm(actor, kind, rows(guesses), expected=empty, now=now)
    await preview(actor, kind, rows(guesses), now=now)
    for ask in (  # that was a thousand
        preview(actor, kind, rows(drawer.codes), now=now),
        confirm(actor, kind, rows(drawer.codes), expected=empty, now=now),
    ):
        with pytest.raises(TooManyUnknown):
            await ask
    later = now + timedelta(hours=2)
    assert (await preview(actor, kind, rows(drawer.codes), now=later)).confirms == 1


async def _confirm(work: tuple[Principal, UUID, list[Row], str, datetime]) -> str:
    actor, kind, file, token, now = work
    try:
        return str(await confirm(actor, kind, file, expected=token, now=now))
    except Refused as refused:
        return refused.code


async def _void(work: tuple[Principal, UUID, datetime]) -> str:
    actor, voucher, now = work
    await void_voucher(actor, voucher, VoidReason.LOST, now=now)
    return "void"


async def _either(work: tuple[Any, ...]) -> str:
    return await (_void(work) if len(work) == 3 else _confirm(work))


async def test_confirmed_by_several_at_once_each_is_put_into_use_once(
    database: Any, database_url: str, now: datetime
) -> None:
    drawer = await given(30)
    actor = await coordinator(drawer)
    file = rows(drawer.codes)
    token = (await preview(actor, drawer.kind.id, file, now=now)).token
    # In another order, as another export of the same list would have them.
    files = [file, file[::-1], file]
    works = [(actor, drawer.kind.id, each, token, now) for each in files]
    answers = together(database_url, _confirm, works)
    assert sorted(answers) == ["30", *["inventory.activations-changed"] * 2]
    assert set(await drawer.statuses()) == {"activated"}
    for voucher_id in drawer.ids:
        assert len(await trail(voucher_id)) == 1


async def test_made_void_at_the_same_moment_all_or_nothing_is_done(
    database: Any, database_url: str, now: datetime
) -> None:
    drawer = await given(30)
    actor = await coordinator(drawer)
    file = rows(drawer.codes)
    token = (await preview(actor, drawer.kind.id, file, now=now)).token
    works: list[tuple[Any, ...]] = [
        (actor, drawer.kind.id, file, token, now),
        (actor, drawer.ids[15], now),
    ]
    answer, _done = together(database_url, _either, works)
    statuses = await drawer.statuses()
    assert statuses.pop(15) == "void"
    assert set(statuses) == {"activated" if answer == "30" else "issued"}


async def test_one_that_becomes_void_while_the_list_is_confirmed_stays_void(
    database: Any, now: datetime
) -> None:
    drawer = await given(3)
    actor = await coordinator(drawer)
    file = rows(drawer.codes)
    token = (await preview(actor, drawer.kind.id, file, now=now)).token

    async def void_it(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            voucher = await lock_voucher(actor, drawer.ids[1])
            await until_waited_for()
            await void(actor, voucher, VoidReason.LOST, now=now)

    async def confirm_them() -> None:
        with pytest.raises(ActivationsChanged):
            await confirm(actor, drawer.kind.id, file, expected=token, now=now)

    await overtaken(void_it, confirm_them())
    assert await drawer.statuses() == ["issued", "void", "issued"]


async def test_a_voucher_of_which_the_days_are_over_expires_as_others_do(
    database: Any, now: datetime
) -> None:
    drawer = await given(1, validity_days=1)
    actor = await coordinator(drawer)
    file = rows(drawer.codes, date(2026, 11, 4))
    token = (await preview(actor, drawer.kind.id, file, now=now)).token
    await confirm(actor, drawer.kind.id, file, expected=token, now=now)
    voucher = await Voucher.objects().get(Voucher.id == drawer.ids[0])
    assert voucher
    assert voucher.expires_at < now - timedelta(days=10)
