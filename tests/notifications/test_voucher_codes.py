"""The code of a voucher in a text message: on the phone, and nowhere that it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db, vault
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import VoucherKind
from comptoir.lending.errors import IssueRefused
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.sending import send_issued
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.notifications.claims import HELD_FOR
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import MessageMoot
from comptoir.notifications.gateways.local import FileGateway
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.routing import Route
from comptoir.notifications.segments import split
from comptoir.notifications.tables import Message
from comptoir.notifications.voucher_codes import STAND_IN
from tests import factories as make
from tests.http_client import shared_app
from tests.keys import use_voucher_key
from tests.lending.counter import actions, attempt
from tests.lending.vouchers.drawer import Drawer
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

CODE = "8899-KQ7X-4455"


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    """A top-up that may be sent, and somebody with a phone."""
    shared_app()  # whose floors hear of each other
    drawer = await Drawer().set_up(medium="top_up", by_sms=True, dial="*121*{code}#")
    drawer.borrower = await drawer.add_person(phone="+41791234567", contact_kind="phone")
    await drawer.add(secret=Secret(CODE))
    return drawer


async def given(drawer: Drawer, now: datetime) -> UUID:
    return (await drawer.give(now, attempt=attempt())).id


async def kept() -> str:
    """Everything that a reader of the outbox and of the trail can see."""
    found = await db.fetch("SELECT text, dedupe_key FROM notifications_message")
    found += await db.fetch("SELECT changes FROM core_audit_event")
    found += await db.fetch("SELECT outcome FROM core_idempotency")
    return str(found)


async def test_the_code_is_put_in_when_the_message_is_handed_over(
    drawer: Drawer, now: datetime
) -> None:
    issue = await given(drawer, now)
    for _ in range(2):
        await send_issued(drawer.actor, issue, now=now)
    [message] = await Message.objects()
    assert (message.address, message.kind) == ("+41791234567", "voucher")
    assert STAND_IN in message.text
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 1
    [sent] = gateway.sent
    assert f"*121*{CODE}#" in sent.text
    assert STAND_IN not in sent.text
    assert CODE not in await kept()
    assert (await actions()).count("voucher.sent_to_phone") == 2


async def test_a_gateway_that_sends_nothing_is_not_told_it(
    drawer: Drawer, now: datetime, tmp_path: Path
) -> None:
    """It keeps what it is given, in a folder that goes into the backups."""
    await send_issued(drawer.actor, await given(drawer, now), now=now)
    gateway = FileGateway(tmp_path / "messages.jsonl")
    assert await dispatch([Route(gateway)], now=now) == 1
    kept = gateway.path.read_text()
    assert STAND_IN in kept
    assert CODE not in kept


async def test_it_is_put_in_again_where_it_is_tried_again(drawer: Drawer, now: datetime) -> None:
    issue = await given(drawer, now)
    await send_issued(drawer.actor, issue, now=now)
    [first] = await Message.objects()
    await Message.update({Message.status: "failed"}, force=True)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await try_again(coordinator, first.id, now=now)
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 1
    assert CODE in gateway.sent[0].text
    assert CODE not in await kept()
    sent = AuditEvent.action == "voucher.sent_to_phone"
    trail = await AuditEvent.select(AuditEvent.actor_id, AuditEvent.subject_id).where(sent)
    assert {row["actor_id"] for row in trail} == {drawer.actor.id, coordinator.id}
    assert len({row["subject_id"] for row in trail}) == 1


async def test_it_goes_to_no_number_but_the_one_that_it_was_asked_for(
    drawer: Drawer, now: datetime
) -> None:
    issue = await given(drawer, now)
    await send_issued(drawer.actor, issue, now=now)
    [first] = await Message.objects()
    await Message.update({Message.status: "failed"}, force=True)
    await Borrower.update({Borrower.phone: "+41797654321"}, force=True)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    with pytest.raises(MessageMoot):
        await try_again(coordinator, first.id, now=now)
    await Message.update({Message.status: "queued"}, force=True)
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 0
    assert gateway.sent == []


async def test_it_is_not_tried_again_once_it_came_back_or_its_kind_goes_out_no_more(
    drawer: Drawer, now: datetime
) -> None:
    issue = await given(drawer, now)
    await send_issued(drawer.actor, issue, now=now)
    [first] = await Message.objects()
    await Message.update({Message.status: "failed"}, force=True)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await VoucherKind.update({VoucherKind.by_sms: False}, force=True)
    with pytest.raises(MessageMoot):
        await try_again(coordinator, first.id, now=now)
    await VoucherKind.update({VoucherKind.by_sms: True}, force=True)
    await VoucherIssue.update({VoucherIssue.ended_at: now}, force=True)
    with pytest.raises(MessageMoot):
        await try_again(coordinator, first.id, now=now)


async def test_it_waits_for_no_morning(drawer: Drawer, now: datetime) -> None:
    issue = await given(drawer, now)
    night = now + timedelta(hours=9)
    await send_issued(drawer.actor, issue, now=now)
    assert await dispatch([Route(RecordingGateway())], now=night) == 1


async def test_parts_are_counted_of_the_text_that_goes_out(drawer: Drawer, now: datetime) -> None:
    await drawer.add(secret=Secret("5" * 190))
    issues = [(await drawer.give(now)).id for _ in range(2)]
    for issue in issues:
        await send_issued(drawer.actor, issue, now=now)
    gateway = RecordingGateway(part_price=500)
    assert await dispatch([Route(gateway)], now=now) == 2
    for row in await Message.select(Message.id, Message.parts, Message.cost):
        [sent] = [each for each in gateway.sent if each.id == row["id"]]
        assert row["parts"] == len(split(sent.text).parts)
        assert row["cost"] == 500 * row["parts"]
    assert len({row["parts"] for row in await Message.select(Message.parts)}) == 2


async def test_what_was_taken_back_is_not_sent(drawer: Drawer, now: datetime) -> None:
    issue = await given(drawer, now)
    await send_issued(drawer.actor, issue, now=now)
    await VoucherIssue.update({VoucherIssue.ended_at: now}, force=True)
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 0
    [message] = await Message.objects()
    assert (message.status, message.reason) == ("dropped", "overtaken")
    assert gateway.sent == []


async def test_a_code_that_cannot_be_opened_waits_and_holds_nobody_else_up(
    drawer: Drawer, now: datetime
) -> None:
    issue = await given(drawer, now)
    await send_issued(drawer.actor, issue, now=now)
    other = await rows.message(now=now, site_id=drawer.site.id)
    vault.use(Vault(["another-key-that-was-never-used-to-seal"]))
    gateway = RecordingGateway()
    assert await dispatch([Route(gateway)], now=now) == 1
    assert [sent.id for sent in gateway.sent] == [other]
    use_voucher_key()
    assert await dispatch([Route(gateway)], now=now + HELD_FOR) == 1
    assert CODE in gateway.sent[1].text


async def test_it_goes_out_only_where_the_kind_allows_it_and_there_is_a_number(
    drawer: Drawer, now: datetime
) -> None:
    issue = await given(drawer, now)
    codes = []
    await VoucherKind.update({VoucherKind.by_sms: False}, force=True)
    with pytest.raises(IssueRefused) as error:
        await send_issued(drawer.actor, issue, now=now)
    codes.append(error.value.refusal.code)
    await VoucherKind.update({VoucherKind.by_sms: True}, force=True)
    await Borrower.update({Borrower.phone: ""}, force=True)
    with pytest.raises(IssueRefused) as error:
        await send_issued(drawer.actor, issue, now=now)
    codes.append(error.value.refusal.code)
    with pytest.raises(IssueRefused) as error:
        await send_issued(drawer.actor, issue, now=now + timedelta(hours=2))
    codes.append(error.value.refusal.code)
    assert codes == [
        RefusalCode.VOUCHER_NOT_SENDABLE,
        RefusalCode.VOUCHER_NOT_SENDABLE,
        RefusalCode.VOUCHER_NOT_AT_HAND,
    ]
    assert await Message.count() == 0
    [row] = await VoucherIssue.objects()
    assert row.shown_at is None
