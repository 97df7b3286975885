"""To whom no message would go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from comptoir.app import create_app
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending.closures import reach as lending
from comptoir.notifications import reach
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.reminders.tables import BorrowerWish
from tests import factories as make
from tests.http_client import SETTINGS
from tests.lending.closing import Closing
from tests.lending.counter import Desk

pytestmark = pytest.mark.usefixtures("database")
MOBILE, FIXED = "+41791234567", "+41265550110"


@pytest.fixture
def only_sms() -> Iterator[None]:
    reach.use_channels({Channel.SMS})
    yield
    reach.use_channels(BY_GATEWAY)


async def people() -> dict[str, UUID]:
    return {
        "mobile": (await make.borrower(contact_kind="phone", phone=MOBILE)).id,
        "fixed": (await make.borrower(contact_kind="phone", phone=FIXED)).id,
        "no number": (await make.borrower(contact_kind="phone")).id,
        "mail": (await make.borrower(contact_kind="email", email="a@example.org")).id,
        "no mail": (await make.borrower(contact_kind="email")).id,
    }


async def unreached(known: dict[str, UUID]) -> set[str]:
    found = await reach.not_reached([*known.values()])
    return {name for name, borrower_id in known.items() if borrower_id in found}


async def test_whom_a_number_or_an_address_fails_is_not_reached() -> None:
    assert await unreached(await people()) == {"fixed", "no number", "no mail"}


async def test_of_more_people_than_are_read_together_none_is_forgotten() -> None:
    nobody = [new_id() for _ in range(1000)]
    last = (await people())["fixed"]
    assert await reach.not_reached([*nobody, last]) == {last}


@pytest.mark.usefixtures("only_sms")
async def test_an_e_mail_that_nothing_carries_reaches_nobody() -> None:
    assert "mail" in await unreached(await people())


@pytest.mark.parametrize(
    ("gateways", "reached"),
    [("file", False), ("console", False), ("kannel", True), ("kannel file", True)],
)
async def test_where_nothing_leaves_nobody_is_reached(gateways: str, reached: bool) -> None:
    known = await people()
    create_app(dataclasses.replace(SETTINGS, gateways=gateways))
    assert ("mobile" not in await unreached(known)) is reached


async def test_whoever_asked_for_no_messages_is_not_reached(now: datetime) -> None:
    known = await people()
    await BorrowerWish(borrower=known["mobile"], stopped_at=now).save()
    assert "mobile" in await unreached(known)


async def test_more_people_than_one_statement_takes() -> None:
    known = [(await make.borrower(contact_kind="phone")).id for _ in range(3)]
    assert await reach.not_reached(known * 200) == set(known)


async def test_the_preview_of_a_closure_names_whom_no_message_reaches(now: datetime) -> None:
    lending.let_say(reach.not_reached)
    desk = await Desk().set_up()
    closure = Closing(desk, await make.principal(Role.COORDINATOR, desk.site.id), now)
    known = await people()
    for borrower_id in known.values():
        await closure.loan(borrower_id=borrower_id)
    found = await closure.preview()
    assert found is not None
    assert {each.borrower_id for each in found.unreached} == {
        known[name] for name in ("fixed", "no number", "no mail")
    }
    assert found.unreachable == {"email": 1, "phone": 2}
    assert [(each.way, each.count) for each in found.unreached_groups] == [("call", 3)]


async def test_the_floor_below_asks_and_keeps_the_order() -> None:
    lending.let_say(reach.not_reached)
    known = await people()
    ids = [known["no mail"], known["mobile"], known["fixed"]]
    assert await lending.not_reached(ids) == [ids[0], ids[2]]
    assert await lending.not_reached([]) == []
