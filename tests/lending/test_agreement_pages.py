"""Agreements on the pages: found again, signed later, and read before they are signed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import pytest

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.lending.tables import Agreement, AgreementLoan, Borrower, BorrowerSite, Policy, Visit
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.reception import Reception
from tests.paper import text_of


@pytest.fixture
async def desk(database: Any) -> AsyncIterator[Reception]:
    """A desk where a policy wants a signature on the screen."""
    desk = await Reception().set_up()
    await Policy.update({Policy.signature: "screen"}, force=True)
    async with client_of() as desk.client:
        await let_in(desk, desk.site)
        yield desk


async def let_in(desk: Reception, site: Site) -> None:
    reception = await make.user(role=Role.RECEPTION, site_id=site.id)
    await sign_in(desk.client, reception, site_id=site.id)


async def sign(desk: Reception, visit: Visit) -> Agreement:
    await desk.client.post(
        f"/desk/visits/{visit.id}/agreement", data={"how": "screen", "signature_typed": "A. D."}
    )
    [agreement] = await Agreement.objects()
    return agreement


async def test_a_signed_agreement_is_found_again(desk: Reception) -> None:
    loan = await desk.lend()
    agreement = await sign(desk, await desk.visit())
    for path in (f"/loans/{loan.id}", f"/borrowers/{desk.borrower.id}"):
        text = (await desk.client.get(path)).text
        assert f'href="/agreements/{agreement.id}"' in text, path
    kept = (await desk.client.get(f"/agreements/{agreement.id}")).text
    assert f'href="/borrowers/{desk.borrower.id}"' in kept


async def test_the_history_names_an_agreement_by_its_number(desk: Reception) -> None:
    await desk.lend()
    agreement = await sign(desk, await desk.visit())
    text = (await desk.client.get(f"/borrowers/{desk.borrower.id}")).text
    timeline = text[text.index('<ol class="timeline">') :]
    assert re.search(rf"Agreement {agreement.number}\.", timeline)


async def test_agreements_of_other_sites_are_not_listed(desk: Reception) -> None:
    await desk.lend()
    agreement = await sign(desk, await desk.visit())
    elsewhere = await make.site(short_name="Lausanne")
    await BorrowerSite(borrower=desk.borrower.id, site=elsewhere.id).save()
    await let_in(desk, elsewhere)
    text = (await desk.client.get(f"/borrowers/{desk.borrower.id}")).text
    assert str(agreement.id) not in text


async def test_leaving_without_signing_is_asked_about_first(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    asked = await desk.post("/desk/visits/close", visit=visit.id)
    assert f"/desk/visits/{visit.id}/agreement" in asked.text
    assert (await desk.visit()).id == visit.id
    await desk.post("/desk/visits/close", visit=visit.id, unsigned=1)
    assert await Visit.count().where(Visit.closed_at.is_null()) == 0


async def test_signing_ends_the_visit_and_leads_to_the_free_desk(desk: Reception) -> None:
    await desk.lend()
    url = f"/desk/visits/{(await desk.visit()).id}/agreement"
    answer = await desk.client.post(url, data={"how": "screen", "signature_typed": "A. D."})
    [agreement] = await Agreement.objects()
    assert answer.headers["location"] == f"/desk?signed={agreement.id}"
    assert await Visit.count().where(Visit.closed_at.is_null()) == 0
    free = unescape((await desk.client.get(answer.headers["location"])).text)
    assert f"Signed: {desk.borrower.name}" in free
    assert f'href="/agreements/{agreement.id}"' in free
    assert 'class="card visit"' not in free


async def test_signing_on_paper_ends_the_visit_too_while_it_is_open(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    await desk.client.post(f"/desk/visits/{visit.id}/agreement", data={"how": "paper"})
    assert (await desk.visit()).id == visit.id, "a paper that is printed is not signed"
    [agreement] = await Agreement.objects()
    signed = f"/agreements/{agreement.id}/signed"
    answer = await desk.client.post(signed)
    assert answer.headers["location"] == f"/desk?signed={agreement.id}"
    assert await Visit.count().where(Visit.closed_at.is_null()) == 0
    again = await desk.client.post(signed)
    assert again.headers["location"] == f"/agreements/{agreement.id}"


async def test_visit_with_more_to_sign_for_goes_on_after_a_signature(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    url = f"/desk/visits/{visit.id}/agreement"
    await desk.client.post(url, data={"how": "paper"})
    [agreement] = await Agreement.objects()
    other = await make.item(site_id=desk.site.id, model=desk.model.id)
    await desk.post("/desk/scan", scan=other.code, visit=visit.id)
    answer = await desk.client.post(f"/agreements/{agreement.id}/signed")
    assert answer.headers["location"] == f"/desk?visit={visit.id}&signed={agreement.id}"
    assert (await desk.visit()).id == visit.id


async def test_receipt_leaves_the_visit_open_as_it_is_to_be_printed(desk: Reception) -> None:
    await Policy.update({Policy.signature: "none"}, force=True)
    await desk.lend()
    visit = await desk.visit()
    answer = await desk.client.post(f"/desk/visits/{visit.id}/agreement", data={"how": "none"})
    [agreement] = await Agreement.objects()
    assert answer.headers["location"] == f"/agreements/{agreement.id}"
    assert (await desk.visit()).id == visit.id


async def test_agreement_of_another_site_is_not_named_at_the_desk(desk: Reception) -> None:
    await desk.lend()
    agreement = await sign(desk, await desk.visit())
    await let_in(desk, await make.site(short_name="Lausanne"))
    shown = (await desk.client.get(f"/desk?signed={agreement.id}")).text
    assert agreement.number not in shown


async def test_the_next_card_says_that_the_person_before_has_not_signed(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    other = await make.card((await make.borrower(site_id=desk.site.id, name="Bruno")).id)
    answer = await desk.post("/desk/scan", scan=other.code, visit=visit.id)
    assert f'href="/desk/visits/{visit.id}/agreement"' in answer.text
    assert "Bruno" in answer.text
    assert f"{desk.borrower.name} has not signed yet" in unescape(answer.text)
    assert "Sign their agreement" in answer.text, "not that of the person who is here now"


async def test_what_was_left_unsigned_is_signed_from_the_person_or_the_loan(
    desk: Reception,
) -> None:
    loan = await desk.lend()
    await desk.post("/desk/visits/close", visit=(await desk.visit()).id, unsigned=1)
    path = f"/borrowers/{desk.borrower.id}/agreement"
    for page in (f"/loans/{loan.id}", f"/borrowers/{desk.borrower.id}"):
        assert f'href="{path}"' in (await desk.client.get(page)).text
    assert "ThinkPad" in (await desk.client.get(path)).text
    await desk.client.post(path, data={"how": "screen", "signature_typed": "A. D."})
    assert await AgreementLoan.exists().where(AgreementLoan.loan == loan.id)
    assert f'href="{path}"' not in (await desk.client.get(f"/loans/{loan.id}")).text


async def test_the_next_visit_signs_for_what_was_left_unsigned_too(desk: Reception) -> None:
    loan = await desk.lend()
    await desk.post("/desk/visits/close", visit=(await desk.visit()).id, unsigned=1)
    opened = await desk.post("/desk/scan", scan=desk.card.code)
    visit = await desk.visit()
    assert f'href="/desk/visits/{visit.id}/agreement"' in opened.text
    await sign(desk, visit)
    assert await AgreementLoan.exists().where(AgreementLoan.loan == loan.id)


async def test_what_another_site_left_unsigned_is_not_told(desk: Reception) -> None:
    loan = await desk.lend()
    elsewhere = await make.site(short_name="Lausanne")
    await BorrowerSite(borrower=desk.borrower.id, site=elsewhere.id).save()
    await let_in(desk, elsewhere)
    person = f"/borrowers/{desk.borrower.id}"
    assert f"{person}/agreement" not in (await desk.client.get(person)).text
    assert (await desk.client.get(f"{person}/agreement")).status_code == 409
    assert not await AgreementLoan.exists().where(AgreementLoan.loan == loan.id)


async def test_what_is_signed_is_read_first_in_the_borrowers_language(desk: Reception) -> None:
    await Borrower.update({Borrower.language: "de"}, force=True)
    await desk.lend()
    visit = await desk.visit()
    shown = (await desk.client.get(f"/desk/visits/{visit.id}/agreement")).text
    assert "Keep the signed agreement" in shown, "the buttons are for the staff"
    assert 'lang="de"' in shown
    await sign(desk, visit)
    [agreement] = await Agreement.objects()
    screen = plain(re.sub(r"<[^>]+>", " ", unescape(shown)))
    paper = plain(text_of(agreement.pdf))
    with use_language("de"):
        for words in (
            _("If something happens"),
            _("Do not repair it. Bring it to us or call us."),
            _("Tell us at once. If it was stolen, tell the police too."),
            _(
                "I have received these things. I take good care of them "
                "and bring them back by the date above."
            ),
            _("With: %(accessories)s", accessories="Charger"),
        ):
            assert plain(words) in screen, words
            assert plain(words) in paper, words
        assert plain(_("Sign here")) in screen


async def test_the_screen_that_is_turned_to_somebody_leads_to_nobody_else(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    shown = (await desk.client.get(f"/desk/visits/{visit.id}/agreement")).text
    header = shown[shown.index("<header") : shown.index("</header>")]
    assert "Comptoir" in header
    assert "<a " not in header
    assert "<details" not in header


async def test_an_empty_signature_is_asked_for_and_not_called_unreadable(desk: Reception) -> None:
    await desk.lend()
    url = f"/desk/visits/{(await desk.visit()).id}/agreement"
    answer = await desk.client.post(url, data={"how": "screen"})
    assert answer.status_code == 422
    assert "This agreement must be signed." in answer.text
    scribble = await desk.client.post(url, data={"how": "screen", "signature": "[]"})
    assert scribble.status_code == 422
    assert "could not be read" in scribble.text


async def test_a_name_that_cannot_be_kept_is_not_called_a_drawing(desk: Reception) -> None:
    await desk.lend()
    url = f"/desk/visits/{(await desk.visit()).id}/agreement"
    answer = await desk.client.post(url, data={"how": "screen", "signature_typed": "Race <b>"})
    assert answer.status_code == 422
    assert "This cannot be kept as a name." in answer.text


async def test_an_agreement_that_is_for_paper_says_why_the_screen_cannot_be_signed(
    desk: Reception,
) -> None:
    await desk.lend()
    url = f"/desk/visits/{(await desk.visit()).id}/agreement"
    reason = "must be signed for on paper"
    assert reason not in (await desk.client.get(url)).text
    await Policy.update({Policy.signature: "paper"}, force=True)
    form = (await desk.client.get(url)).text
    assert reason in form
    assert 'value="screen"' not in form


async def test_paper_is_printed_at_once_and_signed_when_somebody_says_so(
    desk: Reception,
) -> None:
    loan = await desk.lend()
    url = f"/desk/visits/{(await desk.visit()).id}/agreement"
    printed = await desk.client.post(url, data={"how": "paper"})
    [agreement] = await Agreement.objects()
    pdf = f"/agreements/{agreement.id}/pdf"
    assert printed.headers["location"] == pdf
    again = await desk.client.post(url, data={"how": "paper"})
    assert again.headers["location"] == pdf
    form = (await desk.client.get(url)).text
    assert 'value="screen"' in form, "it may be signed on the screen instead"
    signed = f"/agreements/{agreement.id}/signed"
    for page in (form, (await desk.client.get(f"/agreements/{agreement.id}")).text):
        assert f'action="{signed}"' in page
    assert "not signed" in (await desk.client.get(f"/loans/{loan.id}")).text
    await desk.client.post(signed)
    assert "not signed" not in (await desk.client.get(f"/loans/{loan.id}")).text
    assert (await desk.client.get(url)).headers["location"] == f"/agreements/{agreement.id}"


async def test_a_second_signature_is_said_not_to_be_kept(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    agreement = await sign(desk, visit)
    await sign(desk, visit)
    shown = await desk.client.get(f"/desk?signed={agreement.id}")
    assert "no second one was kept" in shown.text


async def test_what_was_signed_for_an_undone_loan_is_shown_as_void(desk: Reception) -> None:
    loan = await desk.lend()
    agreement = await sign(desk, await desk.visit())
    await desk.post("/desk/undo", of=loan.id, kind="check_out")
    for path in (
        f"/agreements/{agreement.id}",
        f"/loans/{loan.id}",
        f"/borrowers/{desk.borrower.id}",
    ):
        assert "void: the loan was undone" in (await desk.client.get(path)).text, path


def plain(text: str) -> str:
    """Without blanks, as a line of the paper may end anywhere."""
    return re.sub(r"\s|\u00ad", "", text)


async def test_a_printed_paper_is_still_reached_after_another_scan(desk: Reception) -> None:
    await desk.lend()
    visit = await desk.visit()
    url = f"/desk/visits/{visit.id}/agreement"
    await desk.client.post(url, data={"how": "paper"})
    [agreement] = await Agreement.objects()
    other = await make.item(site_id=desk.site.id, model=desk.model.id)
    await desk.post("/desk/scan", scan=other.code, visit=visit.id)
    form = (await desk.client.get(url)).text
    assert agreement.number in form
    assert f'action="/agreements/{agreement.id}/signed"' in form
    assert 'value="paper"' in form, "the new one, about both things, can be printed too"
    await desk.client.post(f"/agreements/{agreement.id}/signed")
    assert agreement.number not in (await desk.client.get(url)).text
