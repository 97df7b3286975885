"""What bad input gets at the desk: each its own code, and a sentence in the reader's language."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from comptoir.core import clock
from comptoir.core.i18n import LANGUAGE_NAMES
from comptoir.inventory import codes
from comptoir.inventory.tables import Item
from comptoir.lending.tables import Borrower, Loan, Policy
from tests import factories as make
from tests.lending.reception import Reception


async def scan(reception: Reception, text: str, **form: object) -> Response:
    return await reception.post("/desk/scan", scan=text, **form)


async def scan_in_visit(reception: Reception, item: str) -> Response:
    return await scan(reception, item, visit=await reception.open_visit())


async def unknown_code(reception: Reception) -> Response:
    return await scan(reception, codes.new_code())


async def wrong_check_letter(reception: Reception) -> Response:
    code = reception.item.code
    last = next(letter for letter in codes.ALPHABET if letter != code[-1])
    return await scan(reception, code[:-1] + last)


async def foreign_qr(reception: Reception) -> Response:
    return await scan(reception, "https://elsewhere.example.org/menu")


async def barcode_of_a_shop(reception: Reception) -> Response:
    return await scan(reception, "7613034626844")


async def five_thousand_characters(reception: Reception) -> Response:
    return await scan(reception, "x" * 5000)


async def item_of_another_site(reception: Reception) -> Response:
    other = await make.site()
    item = await make.item(site_id=other.id, model=reception.model.id)
    await make.loan(item=item, borrower_id=reception.borrower.id, now=clock.now())
    await _long_ago()
    return await scan(reception, item.code)


async def lost_item(reception: Reception) -> Response:
    item = await make.item(site_id=reception.site.id, model=reception.model.id, status="lost")
    return await scan(reception, item.code)


async def retired_item(reception: Reception) -> Response:
    item = await make.item(site_id=reception.site.id, model=reception.model.id, status="retired")
    return await scan_in_visit(reception, item.code)


async def item_to_check(reception: Reception) -> Response:
    item = await make.item(site_id=reception.site.id, model=reception.model.id, status="to_check")
    return await scan_in_visit(reception, item.code)


async def over_the_limit(reception: Reception) -> Response:
    await Policy.update({Policy.limit_person: 0}, force=True)
    return await scan_in_visit(reception, reception.item.code)


async def ineligible(reception: Reception) -> Response:
    yesterday = clock.now().date() - timedelta(days=1)
    await Borrower.update({Borrower.eligible_until: yesterday}, force=True)
    return await scan_in_visit(reception, reception.item.code)


async def suspended(reception: Reception) -> Response:
    until = clock.now() + timedelta(days=7)
    await Borrower.update(
        {Borrower.suspended_at: clock.now(), Borrower.suspended_until: until}, force=True
    )
    return await scan_in_visit(reception, reception.item.code)


async def scanned_twice(reception: Reception) -> Response:
    """At a page that knows nothing of the first scan: elsewhere nothing happens at all."""
    visit = await _lent_a_moment_ago(reception, reception.borrower)
    return await scan(reception, reception.item.code, visit=visit)


async def lent_at_another_desk(reception: Reception) -> Response:
    await _lent_a_moment_ago(reception, await make.borrower())
    return await scan_in_visit(reception, reception.item.code)


INPUT: dict[Any, str] = {
    unknown_code: "lending.code-unknown",
    wrong_check_letter: "lending.code-misread",
    foreign_qr: "lending.code-foreign",
    barcode_of_a_shop: "lending.nothing-found",
    five_thousand_characters: "lending.code-too-long",
    item_of_another_site: "lending.item-belongs-elsewhere",
    lost_item: "lending.item-found-again",
    retired_item: "lending.item-retired",
    item_to_check: "lending.item-to-check",
    over_the_limit: "lending.person-limit-reached",
    ineligible: "lending.borrower-ineligible",
    suspended: "lending.borrower-suspended",
    scanned_twice: "lending.scan-repeated",
    lent_at_another_desk: "lending.item-on-loan",
}


@pytest.mark.parametrize(("scanned", "code"), INPUT.items(), ids=[each.__name__ for each in INPUT])
async def test_it_has_its_code_and_says_what_to_do_in_every_language(
    reception: Reception, scanned: Any, code: str
) -> None:
    said = set()
    for language in LANGUAGE_NAMES:
        await speak(reception, language)
        answer = await scanned(reception)
        [(heading, rest)] = sayings(answer.text, code)
        said |= {heading, rest}
    assert len(said) == 2 * len(LANGUAGE_NAMES)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("/desk", "desk.no-connection"),
        ("/desk", "desk.clock-wrong"),
        ("/sign-in", "desk.scan-kept"),
    ],
)
async def test_what_the_browser_says_by_itself_has_the_same(
    reception: Reception, page: str, code: str
) -> None:
    said = set()
    if page == "/sign-in":
        reception.client.cookies.delete("session")
    for language in LANGUAGE_NAMES:
        await speak(reception, language)
        spoken = {"Accept-Language": language}
        answer = await reception.client.get(page, headers=spoken)
        [(heading, rest)] = sayings(answer.text, code)
        said |= {heading, rest}
    assert len(said) == 2 * len(LANGUAGE_NAMES)


async def test_a_suspension_that_has_lapsed_is_no_block(reception: Reception) -> None:
    past = clock.now() - timedelta(days=1)
    await Borrower.update(
        {Borrower.suspended_at: past - timedelta(days=7), Borrower.suspended_until: past},
        force=True,
    )
    answer = await scan_in_visit(reception, reception.item.code)
    assert 'class="answer ok"' in answer.text
    assert await reception.status() == "on_loan"


async def speak(reception: Reception, language: str) -> None:
    origin = {"Sec-Fetch-Site": "same-origin"}
    await reception.client.post("/account/language", data={"language": language}, headers=origin)


def sayings(text: str, code: str) -> list[tuple[str, str]]:
    """What is said with a code: the heading, and what stands under it, without names of things."""
    parts = re.findall(
        rf'<(section|div)[^>]*data-code="{re.escape(code)}".*?(?:<h2|<strong)[^>]*>(.*?)</(?:h2|strong)>'
        r"(.*?)</\1>",
        text,
        re.DOTALL,
    )
    found = [(words(heading), words(rest)) for _, heading, rest in parts]
    assert all(heading and rest for heading, rest in found)
    return found


def words(markup: str) -> str:
    without_names = re.sub(r'<strong>.*?</strong>|<span class="code">.*?</span>', "", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_names)).split())


async def _lent_a_moment_ago(reception: Reception, borrower: Borrower) -> object:
    """A loan made by whoever, less than two seconds ago however slow this machine is."""
    visit = await reception.open_visit()
    item = await Item.objects().get(Item.id == reception.item.id)
    assert item is not None
    if item.status == "available":
        await make.loan(item=item, borrower_id=borrower.id, now=clock.now())
    await Loan.update({Loan.checked_out_at: clock.now() + timedelta(seconds=1)}, force=True)
    return visit


async def _long_ago() -> None:
    await Loan.update({Loan.checked_out_at: clock.now() - timedelta(hours=1)}, force=True)
