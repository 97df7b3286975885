"""The desk and the lists on a screen of 320 pixels, where little fits at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize

from comptoir.inventory.tables import Item
from tests.browser import open_page
from tests.e2e.world import Counter, World, signed_in_page, type_in

SCREEN: ViewportSize = {"width": 320, "height": 640}


@pytest.fixture
def phone(browser: Browser, world: World, counter: Counter) -> Iterator[Page]:
    """The desk, open on a small screen."""
    page = signed_in_page(browser, world, counter.token, width=SCREEN["width"])
    page.set_viewport_size(SCREEN)
    page.goto("/desk")
    page.wait_for_selector("#scan:focus")
    yield page
    page.context.close()


def in_sight(part: Locator) -> bool:
    """Whether all of it is on the screen."""
    box = part.bounding_box()
    return box is not None and 0 <= box["y"] <= box["y"] + box["height"] <= SCREEN["height"]


def test_field_stays_in_sight_and_focused_after_every_answer(phone: Page, counter: Counter) -> None:
    steps = [
        ("Zzyzx Nobody", ".found:has-text('Zzyzx Nobody')"),
        ("Qwxyq Nobody", ".found:has-text('Qwxyq Nobody')"),
        (counter.card, ".visit"),
        (counter.items[0], ".answer.ok"),
        ("https://elsewhere.example.org/menu", "[data-code='lending.code-foreign']"),
        (counter.items[1], ".answer.ok"),
        ("Thinkpad", ".found:has-text('Thinkpad')"),
    ]
    for text, answer in steps:
        type_in(phone, text)
        phone.wait_for_selector(answer)
        assert in_sight(phone.locator("#scan")), text
        assert in_sight(phone.locator("#desk").locator("h2").first), text
        assert phone.evaluate("document.activeElement.id") == "scan", text


def test_field_comes_back_into_sight_when_a_scan_is_answered(phone: Page, counter: Counter) -> None:
    type_in(phone, "Zzyzx Nobody")
    phone.wait_for_selector(".found")
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert not in_sight(phone.locator("#scan"))
    phone.evaluate(
        """(code) => { document.querySelector("#scan").value = code;
           document.querySelector("#scan-form").requestSubmit(); }""",
        counter.card,
    )
    phone.wait_for_selector(".visit")
    assert in_sight(phone.locator("#scan"))


def test_filters_are_folded_until_one_is_set(phone: Page, counter: Counter) -> None:
    phone.goto("/items")
    status = phone.locator("select[name=status]")
    assert not status.is_visible()
    assert in_sight(phone.locator(f"tbody th:has-text('{shown(counter.items[1])}')"))
    phone.click(".more-filters summary")
    status.select_option("available")
    phone.click("form[role=search] button")
    phone.wait_for_url("**/items?*status=available*")
    assert status.is_visible()
    assert status.input_value() == "available"


def test_filters_need_no_script(browser: Browser, world: World, counter: Counter) -> None:
    page = open_page(browser, world.url, SCREEN["width"], java_script_enabled=False)
    with closing(page.context):
        page.context.add_cookies([{"name": "session", "value": counter.token, "url": world.url}])
        page.goto("/items")
        assert not page.locator("select[name=status]").is_visible()
        page.click(".more-filters summary")
        page.select_option("select[name=status]", "lost")
        page.click("form[role=search] button")
        page.wait_for_url("**/items?*status=lost*")
        assert page.locator("select[name=status]").is_visible()
        assert page.locator("tbody tr").count() == 0


def test_filters_are_in_sight_on_a_wide_screen(phone: Page) -> None:
    phone.set_viewport_size({"width": 1280, "height": 800})
    phone.goto("/items")
    assert phone.locator("select[name=status]").is_visible()
    assert not phone.locator(".more-filters summary").is_visible()


def shown(code: str) -> str:
    """A code as people read it."""
    return f"{code[:4]}-{code[4:]}"


def test_items_of_a_model_say_which_of_them_cannot_be_lent(
    world: World, phone: Page, counter: Counter
) -> None:
    world.run(_set_status(counter.items[0], "retired"))
    type_in(phone, "ThinkPad L13")
    phone.wait_for_selector(".found .people")
    badges = {
        code: phone.locator(f".found li:has-text('{shown(code)}') .chip").inner_text()
        for code in counter.items
    }
    assert badges == {counter.items[0]: "Retired", counter.items[1]: "Available"}
    first = phone.locator(".found .people li").first
    assert shown(counter.items[1]) in first.inner_text()


async def _set_status(code: str, status: str) -> None:
    await Item.update({Item.status: status}, force=True).where(Item.code == code)


def test_what_is_to_check_is_put_right_by_the_button_beside_the_sentence(
    world: World, phone: Page, counter: Counter
) -> None:
    type_in(phone, counter.card)
    phone.wait_for_selector(".visit")
    world.run(_set_status(counter.items[0], "to_check"))
    type_in(phone, counter.items[0])
    refused = phone.wait_for_selector("[data-code='lending.item-to-check']")
    assert refused is not None
    assert "page of the item" not in refused.inner_text()
    phone.click("button:has-text('It is complete and works')")
    phone.wait_for_selector(".answer.ok:has-text('Ready to be lent')")
    assert in_sight(phone.locator("#scan"))


def test_a_reload_keeps_what_was_just_done_with_its_undo(
    world: World, phone: Page, counter: Counter
) -> None:
    kept, broken = counter.items
    type_in(phone, counter.card)
    phone.wait_for_selector(".visit")
    type_in(phone, kept)
    phone.wait_for_selector(".answer.ok")
    world.run(_set_status(broken, "lost"))
    type_in(phone, broken)
    phone.wait_for_selector(".answer.back:has-text('Found again')")
    phone.click(".parts button:has-text('Damaged') >> nth=-1")
    phone.wait_for_selector(".answer.warn:has-text('Set aside')")
    phone.reload()
    phone.wait_for_selector(".recent li")
    lines = phone.locator(".recent .part").all_inner_texts()
    assert [line.partition(":")[0] for line in lines] == ["Set aside", "Found again", "Lent"]
    phone.click(".recent li:has-text('Set aside') button")
    phone.wait_for_selector(".answer:has-text('Undone')")
    assert phone.locator(".recent li:has-text('Set aside')").count() == 0
    assert phone.locator(".recent li:has-text('Lent')").is_visible()
