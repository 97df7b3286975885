"""A code on the screen: asked for, shown large, and gone again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from comptoir.core import clock
from comptoir.core.accounts import passwords
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import Counter, World, sign_in, signed_in_page

PASSWORD = "trois lampes bleues"


class Stock:
    """A voucher with a code of its own, and a coordinator of its site."""

    def __init__(self, voucher: str, code: str, user: User, token: str) -> None:
        self.voucher, self.code, self.user, self.token = voucher, code, user, token

    @property
    def address(self) -> str:
        return f"/vouchers/{self.voucher}/code"


@pytest.fixture
def stock(world: World, counter: Counter) -> Stock:
    return world.run(stocked(counter))


async def stocked(counter: Counter) -> Stock:
    user = await make.user(role=Role.COORDINATOR, site_id=counter.site)
    await User.update({User.password_hash: await passwords.make_hash(PASSWORD)}).where(
        User.id == user.id
    )
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=counter.site)
    code = f"89410300{str(counter.site.int)[-11:]}"
    voucher = await make.voucher(batch, Secret(code=code, pin="4711", puk="12345678"))
    return Stock(str(voucher.id), code, user, await sign_in(user, counter.site))


@pytest.fixture
def opened(browser: Browser, world: World, stock: Stock) -> Iterator[Page]:
    page = signed_in_page(browser, world, stock.token)
    page.clock.install()
    page.goto(stock.address)
    page.wait_for_url(f"**{stock.address}")
    yield page
    page.context.close()


def show(page: Page) -> None:
    page.get_by_role("button", name="Show the code").click()


def code_on(page: Page) -> Locator:
    return page.locator("dl.secrets dd").last


def test_it_is_shown_for_a_minute(opened: Page, stock: Stock) -> None:
    expect(code_on(opened)).to_have_count(0)
    show(opened)
    expect(code_on(opened)).to_have_text(stock.code)
    expect(opened.locator("dl.secrets")).to_be_focused()
    for width in (1280, 320):
        opened.set_viewport_size({"width": width, "height": 800})
        assert violations(opened) + too_small(opened) == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.clock.fast_forward(40_000)
    expect(code_on(opened)).to_have_text(stock.code)
    opened.clock.fast_forward(21_000)
    expect(code_on(opened)).to_have_count(0)
    show(opened)
    expect(code_on(opened)).to_have_text(stock.code)
    opened.get_by_role("button", name="Hide it now").click()
    expect(code_on(opened)).to_have_count(0)
    expect(opened.get_by_role("button", name="Show the code")).to_be_focused()


def test_who_comes_back_to_the_page_finds_it_masked(opened: Page, stock: Stock) -> None:
    show(opened)
    expect(code_on(opened)).to_have_text(stock.code)
    opened.goto("/items")
    opened.go_back()
    opened.wait_for_url(f"**{stock.address}")
    expect(opened.get_by_role("button", name="Show the code")).to_be_visible()
    assert stock.code not in opened.content()
    assert stock.code not in opened.evaluate(
        "JSON.stringify([{...sessionStorage}, {...localStorage}])"
    )


def test_after_ten_minutes_the_password_is_typed(opened: Page, world: World, stock: Stock) -> None:
    world.run(
        Session.update({Session.authenticated_at: clock.now() - timedelta(hours=1)})
        .where(Session.user == stock.user.id)
        .run()
    )
    show(opened)
    field = opened.get_by_label("Your password")
    expect(field).to_be_focused()
    assert violations(opened) + too_small(opened) == []
    field.fill("deux lampes")
    field.press("Enter")
    expect(opened.get_by_text("This is not your present password.")).to_be_visible()
    expect(field).to_have_value("")
    field.fill(PASSWORD)
    field.press("Enter")
    expect(code_on(opened)).to_have_text(stock.code)


def test_without_a_script_the_browser_leaves_the_page_by_itself(
    browser: Browser, world: World, stock: Stock
) -> None:
    page = signed_in_page(browser, world, stock.token, java_script_enabled=False)
    page.goto(stock.address)
    with page.expect_response(lambda answer: answer.request.method == "POST") as waiting:
        show(page)
    assert waiting.value.headers["refresh"] == f"60; url={stock.address}"
    expect(code_on(page)).to_have_text(stock.code)
    expect(page.get_by_role("button", name="Hide it now")).to_have_count(0)
    page.context.close()


def test_codes_are_downloaded_after_a_page_that_says_what_that_means(
    browser: Browser, world: World, stock: Stock, counter: Counter
) -> None:
    page = signed_in_page(browser, world, stock.token)
    page.goto(f"/vouchers/{stock.voucher}")
    page.get_by_role("link", name="The batch").click()
    page.get_by_role("link", name="CSV with codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 code into a file")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) + too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Download the codes").click()
    expect(page.locator("#explanation")).to_have_attribute("aria-invalid", "true")
    assert violations(page) + too_small(page) == []
    page.get_by_label("What is the file for?").fill("cards for the camp")
    page.get_by_label("With PIN and PUK").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the codes").click()
    assert stock.code not in page.url + download.value.url
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert f"'{stock.code};;;'4711;'12345678;" in content
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="The batch").click()
    expect(page.get_by_text("1 code, with PIN and PUK – cards for the camp")).to_be_visible()
    page.context.close()
