"""What a closure would do, looked at before it is announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from comptoir.sites.errors import PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions.previews import preview_exception
from tests import factories as make
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, closing, due_of


async def test_preview_says_what_the_announcement_does_and_does_nothing(
    closure: Closing,
) -> None:
    due = await closure.loan()
    letter = await make.borrower(contact_kind="letter")
    phone = await make.borrower(contact_kind="phone", phone="+41791234567")
    for person in (letter, letter, phone):
        await closure.loan(borrower_id=person.id)
    found = await closure.preview()
    assert found is not None
    assert (found.loans, found.people, found.unreachable) == (4, 3, {"letter": 1, "none": 1})
    assert [(each.name, each.borrower_id) for each in found.unreached] == [
        (letter.name, each) for each in sorted([letter.id, closure.desk.borrower.id])
    ]
    assert [(day.before, day.after, day.count) for day in found.days] == [(THURSDAY, FRIDAY, 4)]
    assert await due_of(due) == DUE


async def test_preview_names_what_stays_on_a_shut_day(closure: Closing) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode="calendar_days")
    loan = await closure.loan(policy=policy.id)
    found = await closure.preview()
    assert found is not None
    assert (found.loans, found.kept) == (0, 1)
    [stays] = found.unmoved
    assert (stays.opens, [each.loan_id for each in stays.named]) == (True, [loan])


async def test_preview_tells_which_loans_wait_for_their_weekday(closure: Closing) -> None:
    policy = await make.policy(category_id=(await make.category()).id, mode="same_weekday")
    await closure.loan()
    await closure.loan(policy=policy.id)
    found = await closure.preview()
    assert found is not None
    assert [(day.after, day.same_weekday) for day in found.days] == [
        (FRIDAY, False),
        (at(THURSDAY + timedelta(days=7)), True),
    ]


async def test_nothing_due_hangs_on_a_day_without_loans(closure: Closing) -> None:
    await closure.loan(FRIDAY)
    assert await closure.preview() is None


async def test_announcement_asks_again_when_something_changed_since_the_preview(
    closure: Closing,
) -> None:
    await closure.loan()
    seen = (await preview_exception(closure.actor, closing(closure.site), now=closure.now)).seen
    late = await closure.loan()
    with pytest.raises(PreviewOutdated):
        await closure.announce(seen=seen)
    assert await due_of(late) == DUE
    again = await preview_exception(closure.actor, closing(closure.site), now=closure.now)
    await closure.announce(seen=again.seen)
    assert await due_of(late) == FRIDAY


async def test_what_was_seen_is_for_the_days_that_were_looked_at(closure: Closing) -> None:
    seen = (await preview_exception(closure.actor, closing(closure.site), now=closure.now)).seen
    with pytest.raises(PreviewOutdated):
        await closure.announce(seen=seen, last_day=date(2026, 11, 27))


async def test_reception_may_not_look(closure: Closing) -> None:
    with pytest.raises(SitesForbidden):
        await preview_exception(closure.desk.actor, closing(closure.site), now=closure.now)


async def test_preview_warns_of_a_door_that_stays_shut_for_long(closure: Closing) -> None:
    for days, warned in ((10, False), (60, True)):
        command = closing(closure.site, last_day=THURSDAY + timedelta(days=days))
        found = await preview_exception(closure.actor, command, now=closure.now)
        assert bool(found.warnings) is warned
