"""Whatever may be scanned at the desk, in whichever state it is."""

from __future__ import annotations

import string
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from comptoir.core import audit
from comptoir.core.idempotency import Attempt, IdempotencyKeyReused
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory import codes
from comptoir.inventory.tables import Item
from comptoir.lending.desk.scanning import begin_visit, scan
from comptoir.lending.desk.schemas import DeskResult, DeskScan, StepKind
from comptoir.lending.desk.view import read_visit
from comptoir.lending.desk.visits import close_visit
from comptoir.lending.errors import BorrowerNotFound
from comptoir.lending.loans.undo import undo_check_out
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.scans import WaitingItem
from comptoir.lending.tables import BorrowerSite, Loan, Visit
from tests import factories as make


class Counter:
    """A receptionist's desk: it remembers the open visit as the page does."""

    actor: Principal
    visit: UUID | None = None
    waiting: tuple[WaitingItem, ...] = ()

    async def set_up(self) -> Counter:
        self.site = await make.site()
        self.actor = await make.principal(Role.RECEPTION, self.site.id)
        self.category = await make.category()
        self.model = await make.model(category=self.category.id, accessories=("Charger",))
        self.item = await self.add_item()
        await make.policy(category_id=self.category.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        self.card = await make.card(self.borrower.id)
        return self

    async def add_item(self, **values: Any) -> Item:
        return await make.item(site_id=self.site.id, model=self.model.id, **values)

    async def scan(self, text: str, now: datetime, key: str | None = None) -> DeskResult:
        attempt = Attempt(key=key, fingerprint=text[:64]) if key else None
        result = await scan(
            self.actor,
            DeskScan(
                text=text,
                site_id=self.site.id,
                visit_id=self.visit,
                waiting=self.waiting,
                attempt=attempt,
            ),
            now=now,
        )
        self.visit, self.waiting = result.visit_id, result.waiting
        return result


@pytest.fixture
async def counter(database: Any) -> Counter:
    return await Counter().set_up()


def kinds(result: DeskResult) -> list[StepKind]:
    return [step.kind for step in result.steps]


def code_of(result: DeskResult) -> str:
    refusal = result.steps[-1].refusal
    return str(refusal.code) if refusal else ""


async def test_two_scans_lend_and_one_takes_back(counter: Counter, now: datetime) -> None:
    assert kinds(await counter.scan(counter.card.code, now)) == ["opened"]
    assert kinds(await counter.scan(counter.item.code, now)) == ["lent"]
    later = now + timedelta(days=3)
    counter.visit = None
    assert kinds(await counter.scan(counter.item.code, later)) == ["returned"]
    assert await Loan.count().where(Loan.returned_at.is_null()) == 0


async def test_an_item_scanned_first_waits_for_its_card(counter: Counter, now: datetime) -> None:
    assert kinds(await counter.scan(counter.item.code, now)) == ["awaiting"]
    result = await counter.scan(counter.card.code, now + timedelta(seconds=9))
    assert kinds(result) == ["opened", "lent"]
    assert result.waiting == ()


async def test_an_item_that_waited_too_long_is_not_lent(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.item.code, now)
    result = await counter.scan(counter.card.code, now + timedelta(minutes=2))
    assert kinds(result) == ["opened"]


@pytest.mark.parametrize(
    "form", ["{code}", "{lower}", "{shown}", "HTTPS://DESK.EXAMPLE/T/{code}", "  {shown}\n"]
)
async def test_every_way_of_writing_a_code_is_the_same(
    counter: Counter, now: datetime, form: str
) -> None:
    await counter.scan(counter.card.code, now)
    code = counter.item.code
    text = form.format(code=code, lower=code.lower(), shown=codes.display(code))
    assert kinds(await counter.scan(text, now)) == ["lent"]


async def test_an_unknown_code_is_said_and_recorded(counter: Counter, now: datetime) -> None:
    result = await counter.scan(codes.with_check_letter("BCDFGHJ"), now)
    assert code_of(result) == "lending.code-unknown"
    event = await AuditEvent.objects().where(AuditEvent.action == "scan.refused").first()
    assert event is not None
    assert "lending.code-unknown" in event.changes


async def test_a_refused_item_is_told_of_in_its_timeline(counter: Counter, now: datetime) -> None:
    await Item.update({Item.status: "to_check"}).where(Item.id == counter.item.id)
    await counter.scan(counter.item.code, now)
    [(_, entry)] = await audit.timeline(counter.item.id)
    assert entry.action == "scan.refused"
    assert entry.changes == {"code": "lending.item-to-check"}


async def test_a_wrong_check_letter_suggests_the_one_code_that_exists(
    counter: Counter, now: datetime
) -> None:
    code = counter.item.code
    typed = code[:7] + next(letter for letter in codes.ALPHABET if letter != code[7])
    result = await counter.scan(typed, now)
    assert code_of(result) == "lending.code-misread"
    refusal = result.steps[0].refusal
    assert refusal is not None
    assert refusal.data == {"suggestion": codes.display(code)}


async def test_a_foreign_code_and_an_endless_one_are_refused(
    counter: Counter, now: datetime
) -> None:
    foreign = await counter.scan("https://example.org/menu", now)
    assert code_of(foreign) == "lending.code-foreign"
    for endless in ("B" * 5000, "B" * 300, counter.item.code * 3 + "B" * 8):
        assert code_of(await counter.scan(endless, now)) == "lending.code-too-long"


async def test_a_name_is_searched_for(counter: Counter, now: datetime) -> None:
    result = await counter.scan("  Amina ", now)
    assert kinds(result) == ["searched"]
    assert result.steps[0].text == "Amina"


async def test_the_same_scan_within_two_seconds_counts_once(
    counter: Counter, now: datetime
) -> None:
    await counter.scan(counter.card.code, now)
    await counter.scan(counter.item.code, now)
    again = await counter.scan(counter.item.code, now + timedelta(seconds=1))
    assert kinds(again) == ["ignored"]
    assert await Loan.count().where(Loan.returned_at.is_null()) == 1
    after = await counter.scan(counter.item.code, now + timedelta(seconds=4))
    assert kinds(after) == ["returned"]


async def test_a_retry_with_the_same_key_gives_the_first_outcome(
    counter: Counter, now: datetime
) -> None:
    await counter.scan(counter.card.code, now)
    first = await counter.scan(counter.item.code, now, key="a-1")
    again = await counter.scan(counter.item.code, now + timedelta(minutes=5), key="a-1")
    assert again.steps == first.steps
    back = await counter.scan(counter.item.code, now + timedelta(minutes=6), key="a-2")
    assert kinds(back) == ["returned"]
    replayed = await counter.scan(counter.item.code, now + timedelta(minutes=7), key="a-2")
    assert replayed.steps == back.steps
    with pytest.raises(IdempotencyKeyReused):
        await counter.scan(counter.card.code, now, key="a-1")


async def test_a_repeated_card_gives_the_first_outcome_of_what_waited(
    counter: Counter, now: datetime
) -> None:
    await counter.scan(counter.item.code, now)
    waited = counter.waiting
    first = await counter.scan(counter.card.code, now + timedelta(seconds=5), key="a-1")
    counter.visit, counter.waiting = None, waited  # the answer never came
    again = await counter.scan(counter.card.code, now + timedelta(seconds=20), key="a-1")
    assert kinds(again) == ["opened", "lent"]
    assert again.steps == first.steps
    assert await Loan.count() == 1
    assert not await AuditEvent.exists().where(AuditEvent.action == "scan.refused")


async def test_a_retry_of_a_refused_scan_is_refused_again(counter: Counter, now: datetime) -> None:
    await Item.update({Item.status: "to_check"}).where(Item.id == counter.item.id)
    await counter.scan(counter.card.code, now)
    first = await counter.scan(counter.item.code, now, key="a-1")
    assert code_of(first) == "lending.item-to-check"
    await Item.update({Item.status: "available"}).where(Item.id == counter.item.id)
    assert code_of(await counter.scan(counter.item.code, now, key="a-1")) == code_of(first)


@pytest.mark.parametrize("status", ["to_check", "in_repair", "in_transit", "retired"])
async def test_an_item_that_cannot_be_lent_says_why(
    counter: Counter, now: datetime, status: str
) -> None:
    await Item.update({Item.status: status}).where(Item.id == counter.item.id)
    await counter.scan(counter.card.code, now)
    result = await counter.scan(counter.item.code, now)
    assert code_of(result) == f"lending.item-{status.replace('_', '-')}"
    assert result.steps[0].item == counter.item.code


async def test_a_lost_item_is_found_again(counter: Counter, now: datetime) -> None:
    await Item.update({Item.status: "lost"}).where(Item.id == counter.item.id)
    assert kinds(await counter.scan(counter.item.code, now)) == ["found"]
    row = await Item.objects().get(Item.id == counter.item.id)
    assert row is not None
    assert row.status == "to_check"


async def test_an_item_of_another_site_is_taken_back_and_its_own_site_named(
    counter: Counter, now: datetime
) -> None:
    home = await make.site(short_name="Lausanne")
    item = await make.item(site_id=home.id, model=counter.model.id)
    await make.loan(item=item, borrower_id=counter.borrower.id, now=now - timedelta(days=2))
    result = await counter.scan(item.code, now)
    assert result.steps[0].check_in is not None
    assert result.steps[0].check_in.transfer_to == home.id


async def test_another_card_closes_the_visit_before(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    first = counter.visit
    other = await make.borrower(site_id=counter.site.id)
    card = await make.card(other.id)
    await counter.scan(card.code, now)
    assert counter.visit != first
    closed = await Visit.objects().where(Visit.closed_at.is_not_null())
    assert [visit.id for visit in closed] == [first]


async def test_a_replaced_card_is_refused(counter: Counter, now: datetime) -> None:
    old = await make.card((await make.borrower()).id, revoked_at=now)
    assert code_of(await counter.scan(old.code, now)) == "lending.card-replaced"


async def test_a_card_scanned_at_another_site_makes_the_borrower_known_there(
    counter: Counter, now: datetime
) -> None:
    card = await make.card((await make.borrower()).id)
    await counter.scan(card.code, now)
    known = await BorrowerSite.select(BorrowerSite.site).where(
        BorrowerSite.borrower == card.borrower
    )
    assert [row["site"] for row in known] == [counter.site.id]


async def test_signing_in_again_finds_the_visit_as_it_was(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    await counter.scan(counter.item.code, now)
    view = await read_visit(counter.actor, counter.visit, now=now)
    assert view is not None
    assert [held.code for held in view.held] == [counter.item.code]
    assert view.held[0].of_this_visit


async def test_a_visit_at_another_site_is_not_shown(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    elsewhere = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert await read_visit(elsewhere, counter.visit, now=now) is None


async def test_a_visit_at_another_site_is_neither_gone_on_with_nor_closed(
    counter: Counter, now: datetime
) -> None:
    await counter.scan(counter.card.code, now)
    visit = counter.visit
    assert visit is not None
    counter.actor = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert kinds(await counter.scan(counter.item.code, now)) == ["awaiting"]
    await close_visit(counter.actor, visit, now=now)
    assert await Visit.count().where(Visit.closed_at.is_null()) == 1


async def test_a_visit_left_open_for_an_hour_is_over(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    first, counter.visit = counter.visit, None
    await counter.scan(counter.card.code, now + timedelta(minutes=59))
    assert counter.visit == first
    counter.visit = None
    await counter.scan(counter.card.code, now + timedelta(minutes=60))
    assert counter.visit != first


async def test_somebody_of_another_site_is_not_found_without_their_card(
    counter: Counter, now: datetime
) -> None:
    stranger = await make.borrower(site_id=(await make.site()).id)
    with pytest.raises(BorrowerNotFound):
        await begin_visit(counter.actor, stranger.id, counter.site.id, now=now)
    assert await Visit.count() == 0


async def test_two_codes_that_could_be_meant_are_not_guessed(
    counter: Counter, now: datetime
) -> None:
    # Each differs in one letter from what was typed.
    await counter.add_item(code="BCDFGHJK")
    typed = "BCDFGHJL"
    twin = next(code for code in codes.suggestions(typed) if code != "BCDFGHJK")
    await counter.add_item(code=twin)
    result = await counter.scan(typed, now)
    assert result.steps[0].refusal == Refusal(RefusalCode.CODE_MISREAD)


async def test_a_replaced_card_is_not_suggested(counter: Counter, now: datetime) -> None:
    old = await make.card(counter.borrower.id, revoked_at=now)
    typed = old.code[:7] + next(letter for letter in codes.ALPHABET if letter != old.code[7])
    result = await counter.scan(typed, now)
    assert result.steps[0].refusal == Refusal(RefusalCode.CODE_MISREAD)


async def test_a_loan_that_was_undone_is_no_repetition(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.card.code, now)
    lent = await counter.scan(counter.item.code, now)
    assert lent.steps[0].loan is not None
    await undo_check_out(counter.actor, lent.steps[0].loan.id, now=now)
    assert kinds(await counter.scan(counter.item.code, now)) == ["lent"]


async def test_an_item_that_waits_is_lent_once(counter: Counter, now: datetime) -> None:
    await counter.scan(counter.item.code, now)
    await counter.scan(counter.item.code, now + timedelta(seconds=30))
    assert len(counter.waiting) == 1
    result = await counter.scan(counter.card.code, now + timedelta(seconds=80))
    assert kinds(result) == ["opened", "lent"]


async def test_a_visit_that_is_over_or_made_up_opens_nothing(
    counter: Counter, now: datetime
) -> None:
    counter.visit = uuid4()
    assert kinds(await counter.scan(counter.item.code, now)) == ["awaiting"]
    assert counter.visit is None


async def test_a_desk_left_alone_lends_nothing_to_its_last_visitor(
    counter: Counter, now: datetime
) -> None:
    await counter.scan(counter.card.code, now)
    later = now + timedelta(hours=1)
    assert await read_visit(counter.actor, counter.visit, now=later) is None
    assert kinds(await counter.scan(counter.item.code, later)) == ["awaiting"]
    assert counter.visit is None


@pytest.mark.parametrize("text", ["\x00", "\x00" * 30, "’; DROP TABLE", string.printable])
async def test_strange_text_is_answered_like_any_other(
    counter: Counter, now: datetime, text: str
) -> None:
    result = await counter.scan(text, now)
    assert kinds(result)[0] in ("searched", "refused")
