"""The code of a voucher goes by text message from the desk."""

from __future__ import annotations

from typing import Any

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.tables import Message, Sending
from tests import factories as make
from tests.lending.counter import actions
from tests.lending.reception import Reception, refusal_in
from tests.lending.vouchers.at_the_desk import CODE


@pytest.fixture
async def top_up(reception: Reception) -> Any:
    """A top-up whose code may be sent, and somebody with a phone."""
    number: dict[Any, str] = {
        Borrower.phone: "+41791234567",
        Borrower.contact_kind: "phone",
    }
    await Borrower.update(number, force=True)
    kind = await make.voucher_kind(names=make.names("Top-up"), medium="top_up", by_sms=True)
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=reception.site.id)
    await make.voucher(batch, Secret(CODE))
    return kind


async def test_where_the_code_goes_is_said_and_it_can_be_shown_or_printed_still(
    reception: Reception, top_up: Any
) -> None:
    visit = await reception.open_visit()
    given = await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    assert "/desk/vouchers/sms" in given.text
    [issue] = await VoucherIssue.objects()
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "No text message goes to +41 79 123 45 67" in answer.text  # no gateway is set up
    assert "/desk/vouchers/show" in answer.text
    assert "/desk/vouchers/slip" in answer.text
    [message] = await Message.objects()
    assert message.kind == "voucher"


async def test_a_message_that_would_not_arrive_is_not_said_to_be_on_its_way(
    reception: Reception, top_up: Any
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    [person] = await Borrower.objects()
    wish = BorrowerWish(borrower=person.id, stopped_at=clock.now())
    await wish.save()
    codes = [await refused_to_send(reception, issue, visit)]
    await BorrowerWish.update({BorrowerWish.wrong_number: person.phone}, force=True)
    codes.append(await refused_to_send(reception, issue, visit))
    await BorrowerWish.delete(force=True)
    await Borrower.update({Borrower.phone: "+41265550110"}, force=True)  # takes no messages
    codes.append(await refused_to_send(reception, issue, visit))
    await Borrower.update({Borrower.phone: "+41791234567"}, force=True)
    await Sending(id=1, paused_at=clock.now()).save()
    codes.append(await refused_to_send(reception, issue, visit))
    assert await Message.count() == 0
    assert "voucher.sent_to_phone" not in await actions()
    await Sending.delete(force=True)
    await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    await Message.update({Message.status: "failed"}, force=True)
    codes.append(await refused_to_send(reception, issue, visit))
    assert codes == [
        RefusalCode.VOUCHER_MESSAGES_STOPPED,
        RefusalCode.VOUCHER_NUMBER_DOUBTED,
        RefusalCode.VOUCHER_NUMBER_DOUBTED,
        RefusalCode.VOUCHER_SENDING_PAUSED,
        RefusalCode.VOUCHER_MESSAGE_FAILED,
    ]


@pytest.mark.parametrize("end", ["failed", "unknown", "dropped"])
async def test_a_message_that_was_tried_again_went_as_its_last_try_did(
    reception: Reception, top_up: Any, end: str
) -> None:
    visit = await reception.open_visit()
    await reception.post("/desk/vouchers", kind=top_up.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    await Message.update({Message.status: "failed"}, force=True)
    [first] = await Message.objects()
    coordinator = await make.principal(Role.COORDINATOR, reception.site.id)
    second = await try_again(coordinator, first.id, now=clock.now())
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "+41 79 123 45 67" in answer.text  # it is on its way
    await Message.update({Message.status: end}).where(Message.id == second)
    code = await refused_to_send(reception, issue, visit)
    assert code == RefusalCode.VOUCHER_MESSAGE_FAILED
    assert await Message.count() == 2


async def refused_to_send(reception: Reception, issue: Any, visit: Any) -> str:
    """Why, with what is offered instead; it is not offered beside the code either."""
    answer = await reception.post("/desk/vouchers/sms", issue=issue.id, visit=visit)
    assert "/desk/vouchers/show" in answer.text
    assert "/desk/vouchers/slip" in answer.text
    shown = await reception.post("/desk/vouchers/show", issue=issue.id, visit=visit)
    assert "/desk/vouchers/sms" not in shown.text
    return refusal_in(answer)
