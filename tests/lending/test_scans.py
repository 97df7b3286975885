"""The desk's decision table, row by row, and what holds for every row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comptoir.inventory.statuses import GONE, ItemStatus, ProblemKind
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import ItemFacts, LoanFacts
from comptoir.lending.scans import (
    REPEAT_WINDOW,
    WAITING_TIME,
    AwaitCard,
    CardNamed,
    DeskState,
    ForeignTextNamed,
    FoundAgain,
    Ignore,
    ItemNamed,
    Lend,
    Meaning,
    MisreadCodeNamed,
    Named,
    OpenVisit,
    Refuse,
    ReplacedCardNamed,
    SwitchVisit,
    TakeBack,
    UnknownCodeNamed,
    WaitingItem,
    scan_meaning,
)
from tests.lending.facts import (
    ANNA,
    BRUNO,
    ELSEWHERE,
    FREE_ITEM,
    HERE,
    LAPTOP,
    LOAN,
    NOW,
    PHONE,
    lent_to,
)

NOBODY = DeskState(site_id=HERE)
ANNAS_VISIT = DeskState(site_id=HERE, visitor_id=ANNA)
BRUNOS_VISIT = DeskState(site_id=HERE, visitor_id=BRUNO)
DESKS = [NOBODY, ANNAS_VISIT, BRUNOS_VISIT]

JUST_NOW = NOW - timedelta(seconds=1)
A_WHILE_AGO = NOW - REPEAT_WINDOW


def meaning(named: Named, desk: DeskState) -> Meaning:
    return scan_meaning(named, desk, now=NOW)


def refused(refusal_code: RefusalCode, **data: object) -> Refuse:
    return Refuse(Refusal(refusal_code, data))


REPEATED = Ignore(Refusal(RefusalCode.SCAN_REPEATED))


def test_a_card_opens_the_visit() -> None:
    assert meaning(CardNamed(ANNA), NOBODY) == OpenVisit(ANNA)


def test_the_card_of_the_open_visit_shows_it_again() -> None:
    assert meaning(CardNamed(ANNA), ANNAS_VISIT) == OpenVisit(ANNA)


def test_another_card_switches_the_visit() -> None:
    assert meaning(CardNamed(BRUNO), ANNAS_VISIT) == SwitchVisit(BRUNO, previous_id=ANNA)


def test_a_replaced_card_is_refused_and_opens_nothing() -> None:
    for desk in DESKS:
        assert meaning(ReplacedCardNamed(), desk) == refused(RefusalCode.CARD_REPLACED)


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        (
            UnknownCodeNamed("BCDF-GHJK"),
            refused(RefusalCode.CODE_UNKNOWN, code="BCDF-GHJK"),
        ),
        (
            MisreadCodeNamed("BCDF-GHJK"),
            refused(RefusalCode.CODE_MISREAD, suggestion="BCDF-GHJK"),
        ),
        (MisreadCodeNamed(), refused(RefusalCode.CODE_MISREAD)),
        (ForeignTextNamed(), refused(RefusalCode.CODE_FOREIGN)),
        (ForeignTextNamed(too_long=True), refused(RefusalCode.CODE_TOO_LONG)),
    ],
)
def test_what_names_nothing_is_refused_with_its_reason(named: Named, answer: Refuse) -> None:
    for desk in DESKS:
        assert meaning(named, desk) == answer


def test_a_free_item_is_lent_to_the_open_visit() -> None:
    assert meaning(ItemNamed(FREE_ITEM), ANNAS_VISIT) == Lend(LAPTOP, ANNA)


def test_a_free_item_without_a_visit_awaits_a_card() -> None:
    assert meaning(ItemNamed(FREE_ITEM), NOBODY) == AwaitCard(LAPTOP)


def test_items_that_wait_are_lent_by_the_card() -> None:
    waiting = (
        WaitingItem(LAPTOP, NOW - WAITING_TIME + timedelta(seconds=1)),
        WaitingItem(PHONE, NOW),
    )
    desk = DeskState(site_id=HERE, waiting=waiting)
    assert meaning(CardNamed(ANNA), desk) == OpenVisit(ANNA, lend=(LAPTOP, PHONE))


def test_an_item_that_waited_too_long_is_not_lent_to_the_next_person() -> None:
    desk = DeskState(site_id=HERE, waiting=(WaitingItem(LAPTOP, NOW - WAITING_TIME),))
    assert meaning(CardNamed(ANNA), desk) == OpenVisit(ANNA)


@pytest.mark.parametrize("desk", DESKS)
def test_an_item_on_loan_is_taken_back_whoever_is_there(desk: DeskState) -> None:
    assert meaning(ItemNamed(lent_to(ANNA)), desk) == TakeBack(LAPTOP, LOAN, ANNA)


@pytest.mark.parametrize("status", sorted(set(ItemStatus) - GONE))
def test_an_open_loan_is_taken_back_whatever_the_status(status: ItemStatus) -> None:
    item = lent_to(ANNA, status=status)
    assert meaning(ItemNamed(item), NOBODY) == TakeBack(LAPTOP, LOAN, ANNA)


def test_an_item_of_another_site_is_taken_back_and_offered_as_a_transfer() -> None:
    item = lent_to(ANNA, home_site_id=ELSEWHERE)
    assert meaning(ItemNamed(item), NOBODY) == TakeBack(LAPTOP, LOAN, ANNA, transfer_to=ELSEWHERE)


def test_a_free_item_of_another_site_is_shown_with_a_transfer_and_can_be_lent() -> None:
    item = ItemNamed(replace(FREE_ITEM, home_site_id=ELSEWHERE))
    assert meaning(item, NOBODY) == AwaitCard(LAPTOP, transfer_to=ELSEWHERE)
    assert meaning(item, ANNAS_VISIT) == Lend(LAPTOP, ANNA)


@pytest.mark.parametrize("status", sorted(GONE))
@pytest.mark.parametrize("desk", DESKS)
def test_a_lost_or_stolen_item_is_found_again(status: ItemStatus, desk: DeskState) -> None:
    lost = replace(FREE_ITEM, status=status)
    assert meaning(ItemNamed(lost), desk) == FoundAgain(LAPTOP, was=status)
    lost_on_loan = lent_to(ANNA, status=status, home_site_id=ELSEWHERE)
    assert meaning(ItemNamed(lost_on_loan), desk) == FoundAgain(
        LAPTOP, was=status, loan_id=LOAN, transfer_to=ELSEWHERE
    )


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize(
    ("item", "code"),
    [
        (replace(FREE_ITEM, status=ItemStatus.RETIRED), RefusalCode.ITEM_RETIRED),
        (replace(FREE_ITEM, status=ItemStatus.TO_CHECK), RefusalCode.ITEM_TO_CHECK),
        (replace(FREE_ITEM, status=ItemStatus.IN_REPAIR), RefusalCode.ITEM_IN_REPAIR),
        (replace(FREE_ITEM, status=ItemStatus.IN_TRANSIT), RefusalCode.ITEM_IN_TRANSIT),
        (
            replace(FREE_ITEM, problems=frozenset({ProblemKind.DAMAGED})),
            RefusalCode.ITEM_DAMAGED,
        ),
        (
            replace(FREE_ITEM, problems=frozenset({ProblemKind.MISSING})),
            RefusalCode.ITEM_INCOMPLETE,
        ),
    ],
)
def test_an_item_that_cannot_be_lent_is_refused_with_or_without_a_visit(
    item: ItemFacts, code: RefusalCode, desk: DeskState
) -> None:
    assert meaning(ItemNamed(item), desk) == refused(code)


@pytest.mark.parametrize("desk", [NOBODY, ANNAS_VISIT])
def test_a_second_scan_right_after_lending_takes_nothing_back(desk: DeskState) -> None:
    item = lent_to(ANNA, since=JUST_NOW)
    assert meaning(ItemNamed(item, handled_at=JUST_NOW), desk) == REPEATED


@pytest.mark.parametrize("desk", DESKS)
def test_a_second_scan_right_after_taking_back_lends_to_nobody(desk: DeskState) -> None:
    assert meaning(ItemNamed(FREE_ITEM, handled_at=JUST_NOW), desk) == REPEATED


def test_a_second_scan_right_after_finding_again_changes_nothing() -> None:
    item = replace(FREE_ITEM, status=ItemStatus.TO_CHECK)
    assert meaning(ItemNamed(item, handled_at=JUST_NOW), NOBODY) == REPEATED


def test_the_slower_of_two_desks_is_refused_and_does_not_take_back() -> None:
    item = lent_to(ANNA, since=JUST_NOW)
    assert meaning(ItemNamed(item, handled_at=JUST_NOW), BRUNOS_VISIT) == refused(
        RefusalCode.ITEM_ON_LOAN
    )


def test_after_two_seconds_a_scan_counts_again() -> None:
    lent = ItemNamed(lent_to(ANNA, since=A_WHILE_AGO), handled_at=A_WHILE_AGO)
    assert meaning(lent, ANNAS_VISIT) == TakeBack(LAPTOP, LOAN, ANNA)
    returned = ItemNamed(FREE_ITEM, handled_at=A_WHILE_AGO)
    assert meaning(returned, ANNAS_VISIT) == Lend(LAPTOP, ANNA)


def test_a_clock_a_little_behind_still_sees_the_repetition() -> None:
    lent_in_the_future = NOW + timedelta(seconds=1)
    item = ItemNamed(lent_to(ANNA, since=lent_in_the_future), handled_at=lent_in_the_future)
    assert meaning(item, ANNAS_VISIT) == REPEATED


def test_a_clock_far_off_does_not_lock_an_item() -> None:
    far = NOW + timedelta(hours=1)
    item = ItemNamed(lent_to(ANNA, since=far), handled_at=far)
    assert meaning(item, ANNAS_VISIT) == TakeBack(LAPTOP, LOAN, ANNA)


def test_a_repetition_is_two_seconds_and_waiting_is_a_minute() -> None:
    assert timedelta(seconds=2) == REPEAT_WINDOW
    assert timedelta(seconds=60) == WAITING_TIME


people = st.sampled_from([ANNA, BRUNO])
places = st.sampled_from([HERE, ELSEWHERE])
moments_around = st.integers(-120_000, 5_000).map(lambda ms: NOW + timedelta(milliseconds=ms))
items = st.builds(
    ItemFacts,
    id=st.just(LAPTOP),
    status=st.sampled_from(ItemStatus),
    home_site_id=places,
    loan=st.none() | st.builds(LoanFacts, st.just(LOAN), people, moments_around),
    problems=st.frozensets(st.sampled_from(ProblemKind)),
)
things_named: st.SearchStrategy[Named] = st.one_of(
    st.builds(CardNamed, people),
    st.just(ReplacedCardNamed()),
    st.builds(ItemNamed, items, st.none() | moments_around),
    st.just(UnknownCodeNamed("BCDF-GHJK")),
    st.builds(MisreadCodeNamed, st.none() | st.just("BCDF-GHJK")),
    st.builds(ForeignTextNamed, st.booleans()),
)
desks = st.builds(
    DeskState,
    places,
    st.none() | people,
    st.lists(st.builds(WaitingItem, st.just(PHONE), moments_around), max_size=2).map(tuple),
)


@given(things_named, desks)
def test_every_scan_has_a_meaning_that_respects_the_state(named: Named, desk: DeskState) -> None:
    match meaning(named, desk):
        case Lend(item_id, borrower_id):
            assert isinstance(named, ItemNamed)
            assert item_id == named.item.id
            assert borrower_id == desk.visitor_id
            assert named.item.loan is None
            assert not named.item.problems
        case TakeBack(_, loan_id, borrower_id, transfer_to):
            assert isinstance(named, ItemNamed)
            assert named.item.loan is not None
            assert (loan_id, borrower_id) == (named.item.loan.id, named.item.loan.borrower_id)
            assert transfer_to in (None, named.item.home_site_id)
            assert transfer_to != desk.site_id
        case OpenVisit(borrower_id, lend):
            assert named == CardNamed(borrower_id)
            assert set(lend) <= {waiting.item_id for waiting in desk.waiting}
        case SwitchVisit(borrower_id, previous_id):
            assert named == CardNamed(borrower_id)
            assert previous_id == desk.visitor_id != borrower_id
        case FoundAgain(_, was):
            assert was in GONE
        case AwaitCard():
            assert desk.visitor_id is None


@given(items, desks, moments_around)
def test_nothing_handled_a_moment_ago_is_changed(
    item: ItemFacts, desk: DeskState, handled_at: datetime
) -> None:
    answer = meaning(ItemNamed(item, handled_at), desk)
    if abs(NOW - handled_at) < REPEAT_WINDOW:
        assert isinstance(answer, Ignore | Refuse)
    else:
        assert not isinstance(answer, Ignore)
