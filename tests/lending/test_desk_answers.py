"""What the desk's answers say beside what was done: of which thing, whose, and what to do next."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from comptoir.core import clock
from comptoir.core.clock import localtime
from comptoir.inventory import codes
from comptoir.inventory.tables import Item
from comptoir.lending.desk.kept import Done, UndoKind, encode_recent
from comptoir.lending.scans import REPEAT_WINDOW
from comptoir.lending.tables import Borrower, BorrowerCard, Loan, Policy
from tests import factories as make
from tests.lending.reception import Reception, refusal_in


async def scan(reception: Reception, text: str, **form: Any) -> str:
    """Scan in the open visit; give the answer."""
    answer = await reception.post("/desk/scan", scan=text, **form)
    return answer.text


async def lent_before(reception: Reception, seconds: float) -> Loan:
    """A loan made so long ago, with its visit still open."""
    loan = await reception.lend()
    at = clock.now() - timedelta(seconds=seconds)
    await Loan.update({Loan.checked_out_at: at}).where(Loan.id == loan.id)
    return loan


def answer_of(text: str) -> str:
    """The section that says what the last scan did."""
    found = re.search(r'<section class="answer.*?</section>', text, re.DOTALL)
    assert found
    return found[0]


async def test_what_comes_back_soon_after_it_was_lent_is_said_with_a_warning(
    reception: Reception,
) -> None:
    await lent_before(reception, 20)
    visit = await reception.visit()
    answer = answer_of(await scan(reception, reception.item.code, visit=visit.id))
    assert "It was lent to Amina Diallo a moment ago." in answer
    assert 'class="answer back warn" data-sound="refused"' in answer
    assert "No, it stays lent" in answer


async def test_what_comes_back_later_is_said_without_one(reception: Reception) -> None:
    await lent_before(reception, 61)
    answer = answer_of(await scan(reception, reception.item.code))
    assert "a moment ago" not in answer
    assert 'class="answer back" data-sound="returned"' in answer


async def test_somebody_elsewheres_loan_of_a_moment_ago_is_said_without_a_name(
    reception: Reception,
) -> None:
    stranger = await make.borrower(site_id=(await make.site()).id, name="Zoltan Unseen")
    before = clock.now() - timedelta(seconds=20)
    await make.loan(item=reception.item, borrower_id=stranger.id, now=before)
    answer = await scan(reception, reception.item.code)
    assert "It was lent a moment ago." in answer
    assert "Zoltan" not in answer


async def refuse_as_lent_elsewhere(reception: Reception) -> Response:
    """Another desk was faster by less than the time of a repetition."""
    loan = await reception.lend()
    other = await make.borrower(site_id=reception.site.id, name="Besnik Hoxha")
    first = await reception.visit()
    await reception.post("/desk/visits", borrower=other.id, visit=first.id)
    theirs = await reception.visit()
    now = clock.now() + REPEAT_WINDOW / 2  # however slow this machine
    await Loan.update({Loan.checked_out_at: now}).where(Loan.id == loan.id)
    return await reception.post("/desk/scan", scan=reception.item.code, visit=theirs.id)


async def test_an_item_lent_elsewhere_a_moment_ago_is_taken_back_by_a_button(
    reception: Reception,
) -> None:
    answer = await refuse_as_lent_elsewhere(reception)
    assert refusal_in(answer) == "lending.item-on-loan"
    assert "scan it at the desk" not in re.sub(r'data-announce="[^"]*"', "", answer.text)
    assert 'action="/desk/returns"' in answer.text
    back = await reception.post("/desk/returns", item=reception.item.code)
    assert "Taken back" in back.text
    assert await reception.status() == "available"


async def test_what_is_not_out_is_not_taken_back(reception: Reception) -> None:
    answer = await reception.post("/desk/returns", item=reception.item.code)
    assert refusal_in(answer) == "lending.item-not-on-loan"


async def test_a_refusal_says_of_which_item(reception: Reception) -> None:
    await Item.update({Item.status: "in_repair"}).where(Item.id == reception.item.id)
    answer = answer_of(await scan(reception, reception.item.code))
    assert reception.model.short_name in answer
    assert codes.display(reception.item.code) in answer


async def test_before_the_tap_it_is_said_that_the_loan_ends(reception: Reception) -> None:
    await scan(reception, reception.card.code)
    visit = await reception.visit()
    text = await scan(reception, reception.item.code, visit=visit.id)
    warning = text.index("and the loan ends at once")
    assert warning < text.index('action="/desk/problems"')


async def test_a_found_item_is_put_in_order_by_a_button_and_not_by_doing_nothing(
    reception: Reception,
) -> None:
    await Item.update({Item.status: "lost"}).where(Item.id == reception.item.id)
    text = await scan(reception, reception.item.code)
    assert "Found again" in text
    assert "nothing to do" not in text
    assert 'name="what" value="checked"' in text
    await reception.post("/desk/ready", item=reception.item.code, what="checked")
    assert await reception.status() == "available"


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("AAAA-AAAA", True),
        ("DONOTEXIST", True),
        ("12345678", True),
        ("7610032065156", True),
        ("079 123 45 67", False),
        ("+41 79 123 45 67", False),
        ("Alexandra", False),
        ("JEAN-PAUL FAVRE", False),
        ("Noor", False),
    ],
)
async def test_what_reads_like_a_code_does_not_become_a_person(
    reception: Reception, text: str, is_code: bool
) -> None:
    answer = await scan(reception, text)
    assert ('class="newcomer" open' in answer) is not is_code
    assert (f'value="{text}"' in answer) is not is_code


async def test_a_card_of_another_site_is_asked_for_where_a_name_finds_nobody(
    reception: Reception,
) -> None:
    await make.borrower(site_id=(await make.site()).id, name="Zoltan Unseen")
    nobody = await scan(reception, "Yvette Nowhere")
    elsewhere = await scan(reception, "Zoltan Unseen")
    for answer in (nobody, elsewhere):
        assert "also one of another site" in answer


async def test_what_can_be_undone_says_whose_it_is(reception: Reception) -> None:
    loan = await reception.lend()
    recent = encode_recent((Done(UndoKind.CHECK_OUT, loan.id, clock.now()),))
    answer = await reception.post("/desk/visits/close", recent=recent)
    listed = answer.text[answer.text.index('class="card recent"') :]
    assert "Amina Diallo" in listed


async def test_a_visit_shows_nothing_of_the_person_before(reception: Reception) -> None:
    loan = await reception.lend()
    recent = encode_recent((Done(UndoKind.CHECK_OUT, loan.id, clock.now()),))
    other = await make.borrower(site_id=reception.site.id, name="Boris Favre")
    card = await make.card(other.id)
    answer = await reception.post("/desk/scan", scan=card.code, recent=recent)
    assert "Boris Favre" in answer.text
    assert "Amina Diallo" not in answer.text
    assert reception.item.code not in answer.text.replace(" ", "")
    visit = re.search(r'name="visit" value="([^"]+)"', answer.text)
    assert visit
    kept = re.search(r'name="recent" value="([^"]*)"', answer.text)
    assert kept
    answer = await reception.post("/desk/visits/close", visit=visit[1], recent=kept[1])
    assert "Amina Diallo" in answer.text[answer.text.index('class="card recent"') :]


async def test_the_history_of_an_item_says_why_a_scan_was_refused(reception: Reception) -> None:
    item = await make.item(site_id=reception.site.id, model=reception.model.id, status="to_check")
    await scan(reception, reception.card.code)
    await scan(reception, item.code, visit=(await reception.visit()).id)
    shown = (await reception.client.get(f"/items/{item.code}")).text
    assert "A scan was refused: “This item must be checked before it is lent again.”" in shown
    await Policy.update({Policy.limit_person: 0}, force=True)
    await scan(reception, reception.item.code, visit=(await reception.visit()).id)
    shown = (await reception.client.get(f"/items/{reception.item.code}")).text
    assert "“This person has as many items of this kind as one person may have.”" in shown


async def test_renewing_says_how_many_renewals_are_left(reception: Reception) -> None:
    await Policy.update({Policy.renewals: 2}, force=True)
    loan = await reception.lend()
    visit = await reception.visit()
    shown = await reception.client.get(f"/desk?visit={visit.id}")
    assert "can be renewed 2 more times" in shown.text
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=0, visit=visit.id)
    assert "can be renewed 1 more time<" in answer_of(answer.text)
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=1, visit=visit.id)
    assert "cannot be renewed again" in answer_of(answer.text)


async def test_a_loan_cut_short_says_why(reception: Reception) -> None:
    until = (clock.now() + timedelta(days=3)).date()
    await Borrower.update({Borrower.eligible_until: until}).where(
        Borrower.id == reception.borrower.id
    )
    await scan(reception, reception.card.code)
    visit = await reception.visit()
    answer = answer_of(await scan(reception, reception.item.code, visit=visit.id))
    assert "Sooner than usual" in answer


async def test_a_loan_that_ends_before_the_entitlement_says_nothing_of_it(
    reception: Reception,
) -> None:
    until = (clock.now() + timedelta(days=300)).date()
    await Borrower.update({Borrower.eligible_until: until}).where(
        Borrower.id == reception.borrower.id
    )
    await scan(reception, reception.card.code)
    visit = await reception.visit()
    assert "Sooner" not in await scan(reception, reception.item.code, visit=visit.id)


async def test_a_renewal_cut_short_says_why(reception: Reception) -> None:
    loan = await reception.lend()
    visit = await reception.visit()
    until = (loan.due_at + timedelta(days=3)).date()
    await Borrower.update({Borrower.eligible_until: until}).where(
        Borrower.id == reception.borrower.id
    )
    answer = await reception.post("/desk/renew", loan=loan.id, renewals=0, visit=visit.id)
    assert "Renewed" in answer.text
    assert "Sooner than usual" in answer.text


async def test_a_loan_that_is_due_on_a_shut_day_says_so_when_it_is_lent_and_renewed(
    reception: Reception,
) -> None:
    # The tests begin on any day: as many days as lead to a Sunday, at least a week.
    length = 13 - localtime(clock.now(), "Europe/Zurich").weekday()
    rule: dict[Any, Any] = {Policy.mode: "calendar_days", Policy.length: length}
    await Policy.update({**rule, Policy.renewal_length: 7, Policy.renewals: 2}, force=True)
    await scan(reception, reception.card.code)
    visit = await reception.visit()
    lent = answer_of(await scan(reception, reception.item.code, visit=visit.id))
    loan = await reception.loan()
    renewed = await reception.post("/desk/renew", loan=loan.id, renewals=0, visit=visit.id)
    shown = await reception.client.get(f"/loans/{loan.id}")
    for text in (lent, answer_of(renewed.text), shown.text):
        assert "The door is shut that day" in text
        assert re.search(r"It opens again on Monday,? [^.]* at 09:00", text), text
    await Policy.update({Policy.mode: "calendar_days_next_open"}, force=True)
    renewed = await reception.post("/desk/renew", loan=loan.id, renewals=1, visit=visit.id)
    assert "The door is shut" not in answer_of(renewed.text)


async def test_who_has_no_card_is_offered_one(reception: Reception) -> None:
    offer = f'action="/borrowers/{reception.borrower.id}/card"'
    assert offer not in await scan(reception, reception.card.code)
    await BorrowerCard.update({BorrowerCard.revoked_at: clock.now()}, force=True)
    form = {"borrower": reception.borrower.id}
    answer = await reception.post("/desk/visits", **form)
    assert offer in answer.text


async def test_the_menu_is_at_the_desk_for_whoever_registers_somebody_there(
    reception: Reception,
) -> None:
    current = 'href="/desk" aria-current="page"'
    page = await reception.client.get("/borrowers/new?desk=1")
    assert current in page.text
    form = {"id": "", "name": "Noor Haddad", "language": "fr"}
    answer = await reception.client.post("/borrowers/quick", data=form)
    assert "Noor Haddad" in answer.text
    assert current in answer.text
    assert 'href="/borrowers" aria-current' not in answer.text


async def test_what_goes_back_today_says_at_which_hour(reception: Reception) -> None:
    zone = reception.site.time_zone
    soon = clock.now() + timedelta(minutes=1)
    loan = await reception.lend()
    await Loan.update({Loan.due_at: soon}).where(Loan.id == loan.id)
    visit = await reception.visit()
    day = localtime(soon, zone)
    if day.date() == localtime(clock.now(), zone).date():  # not in the last minute of a day
        for path in (f"/desk?visit={visit.id}", f"/borrowers/{visit.borrower}"):
            page = (await reception.client.get(path)).text
            assert f"until today at {day:%H:%M}" in " ".join(page.split()), path
    await Loan.update({Loan.due_at: soon + timedelta(days=1)}).where(Loan.id == loan.id)
    page = (await reception.client.get(f"/desk?visit={visit.id}")).text
    assert "until today" not in page


async def test_a_way_back_is_named_by_what_it_takes_back(reception: Reception) -> None:
    loan = await reception.lend_earlier()
    assert "Undo the return" in answer_of(await scan(reception, reception.item.code))
    other = await make.item(site_id=reception.site.id, model=reception.model.id)
    recent = encode_recent([Done(UndoKind.CHECK_IN, loan.id, clock.now())])
    visit = await reception.open_visit()
    lent = await scan(reception, other.code, visit=visit, recent=recent)
    assert "Undo the loan" in answer_of(lent)
    # Of several on the list, which one: also to whoever hears the button alone.
    assert f'Undo the return<span class="hidden-text"> ({reception.model.short_name})' in lent
