"""What the desk says: sound, colour and text agree; undo lasts a minute."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.world import Counter, LoanSeen, World, type_in

LISTEN = """() => {
  window.heard = [];
  document.addEventListener("comptoir:sound", (event) => heard.push(event.detail));
}"""


def told(page: Page) -> tuple[str, str, str, str]:
    """The last sound, the colour's class, the heading, and what is read out."""
    said = page.locator("#desk .answer h2").inner_text().strip().removesuffix(".")
    expect(page.locator("#desk-live")).to_contain_text(said)
    [sound, mood, heading, announced] = page.evaluate(
        """() => [heard.at(-1), document.querySelector("#desk .answer").classList[1],
           document.querySelector("#desk .answer h2").textContent.trim(),
           document.querySelector("#desk-live").textContent]"""
    )
    return sound, mood, heading, announced


def test_sound_colour_and_text_agree(world: World, page: Page, counter: Counter) -> None:
    page.evaluate(LISTEN)
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    sound, mood, heading, announced = told(page)
    assert (sound, mood, heading) == ("ok", "ok", "Lent: ThinkPad L13")
    assert "Back by" in announced
    world.let_pass(timedelta(minutes=2))
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.back")
    assert told(page)[:3] == ("returned", "back", "Taken back: ThinkPad L13")
    type_in(page, "https://elsewhere.example.org/menu")
    page.wait_for_selector("[data-code='lending.code-foreign']")
    assert told(page)[:2] == ("refused", "stop")
    type_in(page, "7613034626844")
    page.wait_for_selector("[data-code='lending.nothing-found']")
    assert page.evaluate("heard") == ["ok", "ok", "returned", "refused", "refused"]


def test_label_scanned_once_more_to_see_whether_it_is_lent_is_a_warning(
    world: World, page: Page, counter: Counter
) -> None:
    page.evaluate(LISTEN)
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    world.let_pass(timedelta(seconds=3))
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.back.warn")
    sound, _, _, announced = told(page)
    assert sound == "refused"
    assert f"It was lent to {counter.borrower} a moment ago" in announced
    page.click("button:has-text('No, it stays lent')")
    page.wait_for_selector(".answer:has-text('Undone')")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


def test_muted_desk_is_silent_and_says_the_same(page: Page, counter: Counter) -> None:
    page.evaluate(LISTEN)
    page.click("[data-mute]")
    assert page.get_attribute("[data-mute]", "aria-pressed") == "true"
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    page.wait_for_selector("#desk-live:has-text('Back by')", state="attached")
    assert page.evaluate("heard") == []


def test_undo_is_offered_for_a_minute_then_goes(world: World, page: Page, counter: Counter) -> None:
    page.clock.install()
    page.reload()
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok [data-countdown]")
    page.clock.fast_forward(50_000)
    assert page.locator("[data-countdown]").is_visible()
    page.clock.fast_forward(11_000)
    page.wait_for_selector("[data-countdown]", state="hidden")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


def test_undo_takes_back_a_return(world: World, page: Page, counter: Counter) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    world.let_pass(timedelta(seconds=3))
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.back")
    page.click("[data-countdown] button")
    page.wait_for_selector(".answer:has-text('Undone')")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


def test_undo_that_comes_too_late_is_refused(world: World, page: Page, counter: Counter) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    world.let_pass(timedelta(minutes=2))
    page.click("[data-countdown] button")
    page.wait_for_selector("[data-code='lending.undo-too-late']")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
