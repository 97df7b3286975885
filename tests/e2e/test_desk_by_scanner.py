"""A USB scanner reads the printed card and label, on the keyboards of four countries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.e2e.paperwork import printed_card, printed_label
from tests.e2e.world import Counter, LoanSeen, World
from tests.paper import codes_on
from tests.scanners import LAYOUTS, scan


@pytest.mark.parametrize(("pc", "kind"), [*((pc, "QR") for pc in LAYOUTS), ("german", "Code 128")])
def test_what_is_printed_is_lent_and_taken_back_by_a_scanner(
    world: World, page: Page, counter: Counter, pc: str, kind: str
) -> None:
    card = read_by_scanner(printed_card(counter.card), kind)
    label = read_by_scanner(printed_label(counter.items[0]), kind)
    scan(page, card, pc=pc)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    scan(page, label, pc=pc)
    page.wait_for_selector(".answer.ok")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
    world.let_pass(timedelta(seconds=3))
    page.reload()  # which also forgets that the label was read a moment ago
    page.wait_for_selector("#scan:focus")
    scan(page, label, pc=pc)
    page.wait_for_selector(".answer.back")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=False)]
    assert page.evaluate("document.activeElement.id") == "scan"
    assert page.input_value("#scan") == ""


def read_by_scanner(pdf: bytes, kind: str) -> str:
    """The text of the one code of this kind on a paper."""
    [text] = [code.text for code in codes_on(pdf) if code.kind == kind]
    return text
