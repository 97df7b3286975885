"""The drawer counted: by number, or by scanning each."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from httpx import Response

from comptoir.core import db
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.counts import Counted, CountVouchers, count_vouchers
from comptoir.inventory.vouchers.detail import look_for
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    CodesWithUserNames,
    CountedTwice,
    DifferenceUnexplained,
    TooManyUnknown,
)
from comptoir.inventory.vouchers.errors import (
    VoucherKindNotFound,
)
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import VoucherCount
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.inventory.vouchers.drawer import Drawer

ICCID = "89410000000000000013"


async def test_a_right_number_needs_no_words(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    await drawer.add("KQ7-reserved", status="reserved")
    await drawer.add("KQ7-issued", status="issued")
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, counted=3)
    counted = await count_vouchers(reception, command, now=now)
    assert (counted.expected, counted.difference) == (3, 0)


@pytest.mark.parametrize("number", [1, 3])
async def test_another_number_is_explained_and_written_down(
    database: Any, now: datetime, number: int
) -> None:
    drawer = await Drawer.made(2)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, counted=number)
    with pytest.raises(DifferenceUnexplained):
        await count_vouchers(reception, command, now=now)
    assert await VoucherCount.count() == 0
    command = CountVouchers(drawer.site.id, drawer.kind.id, number, explanation="A card is bent.")
    counted = await count_vouchers(reception, command, now=now)
    assert counted.difference == number - 2
    [row] = await VoucherCount.objects()
    assert (row.expected, row.counted, row.scanned) == (2, number, False)
    assert (row.explanation, row.counted_at) == ("A card is bent.", now)
    assert await drawer.statuses() == ["available"] * 2


async def test_by_scanning_one_knows_which_are_missing(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(3)
    await drawer.add("KQ7-issued", status="issued")
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    scanned = (drawer.codes[0], drawer.codes[0].replace("-", ""), "KQ7-issued", drawer.codes[2])
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=scanned, explanation="?")
    counted = await count_vouchers(reception, command, now=now)
    assert counted.missing == (drawer.ids[1],)
    assert (counted.expected, counted.counted, counted.others) == (3, 3, 1)
    assert counted.unexpected == (3,)
    rows = await db.fetch(
        "SELECT subject_id FROM core_audit_event WHERE action = 'voucher.not_found' "
        "AND related_a_id = :count",
        count=counted.id,
    )
    assert [row["subject_id"] for row in rows] == [drawer.ids[1]]


async def test_as_many_others_instead_are_a_difference_too(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    await drawer.add("KQ7-issued", status="issued")
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=("KQ7-issued",))
    with pytest.raises(DifferenceUnexplained):
        await count_vouchers(reception, command, now=now)


async def test_a_card_is_counted_however_its_number_was_scanned(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    await drawer.add(ICCID)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    for scanned in (f"{ICCID}F", f" {ICCID[:4]} {ICCID[4:]}f", ICCID):
        command = CountVouchers(drawer.site.id, drawer.kind.id, codes=(scanned, ICCID))
        counted = await count_vouchers(reception, command, now=now)
        assert (counted.expected, counted.counted, counted.missing) == (1, 1, ())


async def test_a_code_is_counted_with_what_is_dialled_around_it(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0, medium="top_up", dial="*121*{code}#")
    await drawer.add("12345678901234")
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    for scanned in ("*121*12345678901234#", "1234 5678 9012 34", "*121*1234-5678-9012-34#"):
        command = CountVouchers(drawer.site.id, drawer.kind.id, codes=(scanned,))
        counted = await count_vouchers(reception, command, now=now)
        assert (counted.expected, counted.counted, counted.missing) == (1, 1, ())
        assert await look_for(reception, scanned, limit=1, now=now) == drawer.ids[0]


async def test_passwords_that_go_with_a_user_name_cannot_be_scanned(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0, medium="wifi")
    await make.voucher(drawer.batch, Secret(code="KQ7-word", user="guest1"))
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=("KQ7-word",), explanation="?")
    with pytest.raises(CodesWithUserNames):
        await count_vouchers(reception, command, now=now)
    assert await VoucherCount.count() == 0


async def test_codes_that_are_no_vouchers_of_ours_are_refused_and_nothing_is_written(
    database: Any, now: datetime
) -> None:
    drawer, other = await Drawer.made(1), await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    codes = (drawer.codes[0], "nobody-knows", other.codes[0])
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=codes, explanation="?")
    with pytest.raises(CodesUnknown) as refused:
        await count_vouchers(reception, command, now=now)
    # A code of another site is no other answer than one that nobody has.
    assert refused.value.lines == (2, 3)
    assert await VoucherCount.count() == 0
    rows = await db.fetch("SELECT id FROM core_audit_event WHERE action = 'voucher.not_found'")
    assert rows == []


async def test_whoever_guesses_by_counting_has_to_wait(database: Any) -> None:
    drawer = await Drawer.made(1)
    body: dict[str, Any] = {"site": str(drawer.site.id), "kind": str(drawer.kind.id)}
    async with client_of() as client:
        await use_token(client, "desk", site_id=drawer.site.id)

        async def sent(*codes: str) -> Response:
            key = {
                "Idempotency-Key": str(new_id())
            }  # undoes what fails, but not that it is counted
            address = "/api/v1/voucher-counts"
            return await client.post(
                address, json=body | {"codes": codes, "explanation": "?"}, headers=key
            )

        for first in (0, 15):
            few = await sent(*[f"guess-{number}" for number in range(first, first + 15)])
            assert (few.status_code, few.json()["code"]) == (
                422,
                "inventory.voucher-codes-unknown",
            )
        for codes in ([drawer.codes[0]], ["guess"]):  # right or wrong: nothing is said
            late = await sent(*codes)
            assert (late.status_code, late.json()["code"]) == (
                429,
                "inventory.voucher-codes-guessed",
            )
            assert int(late.headers["Retry-After"]) <= 30
    assert await VoucherCount.count() == 0


async def test_of_many_guesses_at_once_nothing_is_told(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    codes = (drawer.codes[0], *[f"guess-{number}" for number in range(31)])
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=codes, explanation="?")
    with pytest.raises(TooManyUnknown) as refused:
        await count_vouchers(reception, command, now=now)
    assert refused.value.retry_after == 60
    with pytest.raises(TooManyAttempts):  # one budget with looking for a code
        await look_for(reception, drawer.codes[0], limit=1, now=now)


async def test_a_drawer_is_counted_by_a_number_or_by_codes(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    for counted, codes in ((0, tuple(drawer.codes)), (None, None)):
        with pytest.raises(CountedTwice):
            await count_vouchers(
                reception, CountVouchers(drawer.site.id, drawer.kind.id, counted, codes), now=now
            )


async def test_a_form_that_was_sent_twice_is_one_count(database: Any) -> None:
    drawer = await Drawer.made(1)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        shown = (await client.get("/vouchers/counts")).text
        [token] = re.findall(r'name="form" value="([^"]+)"', shown)
        form = {"site": str(drawer.site.id), "kind": str(drawer.kind.id), "counted": "1"}
        answers = [
            await client.post("/vouchers/counts", data=form | {"form": token}) for _ in range(2)
        ]
    assert len({each.headers["location"] for each in answers}) == 1
    assert await VoucherCount.count() == 1


async def test_a_difference_is_shown_first_and_the_scans_are_kept(database: Any) -> None:
    drawer = await Drawer.made(3)
    form = {"site": str(drawer.site.id), "kind": str(drawer.kind.id)}
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        asked = await client.post("/vouchers/counts", data=form | {"codes": drawer.codes[0]})
        assert asked.status_code == 422
        assert asked.headers["cache-control"] == "no-store"
        assert "1 counted, 3 expected." in asked.text
        assert "These 2 were not scanned" in asked.text
        assert "1 scan is kept." in asked.text
        assert drawer.codes[0] not in asked.text
        [sealed] = re.findall(r'name="carried" value="([^"]+)"', asked.text)
        more = form | {"carried": sealed, "codes": drawer.codes[1]}
        again = await client.post("/vouchers/counts", data=more)
        assert "2 counted, 3 expected." in again.text
        [sealed] = re.findall(r'name="carried" value="([^"]+)"', again.text)
        last = form | {"carried": sealed, "explanation": "One is bent."}
        assert (await client.post("/vouchers/counts", data=last)).is_redirect
    async with client_of() as other:
        await sign_in(other, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        stolen = await other.post("/vouchers/counts", data=last)
    assert "This page is too old. Scan the vouchers again." in stolen.text
    [row] = await VoucherCount.objects()
    assert (row.expected, row.counted, row.missing) == (3, 2, 1)


async def test_what_is_not_expected_is_named_by_its_line(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    gone = await drawer.add("KQ7-issued", status="issued")
    assert gone.id not in (await drawer_missing(drawer, now)).missing
    form = {
        "site": drawer.site.id,
        "kind": drawer.kind.id,
        "codes": f"{drawer.codes[0]}\nKQ7-issued\n{drawer.codes[0]}",
        "explanation": "?",
    }
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        answer = await client.post("/vouchers/counts", data=form)
        shown = (await client.get(answer.headers["location"])).text
        unknown = form | {"codes": f"{form['codes']}\nnobody-knows"}
        refused = await client.post("/vouchers/counts", data=unknown)
    assert "2 counted: 1 of the 2 expected, and 1 others." in shown
    assert "Line 2: a voucher that should not lie here" in shown
    assert "KQ7-issued" not in shown
    assert refused.status_code == 422
    assert "Line 4: this is none of the vouchers" in refused.text
    assert "nobody-knows" not in refused.text


async def drawer_missing(drawer: Drawer, now: datetime) -> Counted:
    """A count in which nothing was found."""
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=(), explanation="?")
    return await count_vouchers(reception, command, now=now)


async def test_of_what_is_missing_fifty_are_listed_and_the_others_counted(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    await drawer.add(f"KQ7-{'X' * 9}1185", activate_by=date(2027, 6, 30))
    for number in range(51):
        await drawer.add(f"KQ7-{number:03}")
    counted = await drawer_missing(drawer, now)
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))
        shown = (await client.get(f"/vouchers/counts?count={counted.id}")).text
    assert shown.count('href="/vouchers/0') == 50
    for text in ("These 52 were not scanned", "••••1185", "30 Jun 2027", "And 2 more."):
        assert text in shown.replace("Jun 30, 2027", "30 Jun 2027")


async def test_only_what_one_knows_of_is_counted(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    stranger = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(SiteNotFound):
        await count_vouchers(
            stranger, CountVouchers(drawer.site.id, drawer.kind.id, counted=1), now=now
        )
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    with pytest.raises(VoucherKindNotFound):
        await count_vouchers(reception, CountVouchers(drawer.site.id, new_id(), counted=0), now=now)


async def test_a_difference_is_a_warning_and_its_list_is_opened_again(database: Any) -> None:
    drawer = await Drawer.made(2)
    form = {"site": str(drawer.site.id), "kind": str(drawer.kind.id), "explanation": "?"}
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))

        async def noted(**values: str) -> str:
            answer = await client.post("/vouchers/counts", data=form | values)
            return (await client.get(answer.headers["location"])).text

        right = await noted(counted="2")
        fewer = await noted(counted="1")
        await noted(codes=drawer.codes[0])
        listed = (await client.get("/vouchers/counts")).text
        [address] = re.findall(r'href="(/vouchers/counts\?site=[^"]+count=[^"]+)"', listed)
        opened = (await client.get(address.replace("&amp;", "&"))).text
    assert 'class="notice ok' in right
    assert 'class="notice warn' in fewer
    assert "This one was not scanned" not in listed
    assert "This one was not scanned" in opened
    assert f"/vouchers/{drawer.ids[1]}" in opened
