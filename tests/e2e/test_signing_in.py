"""Signing in, the shared desk and one's account in Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from comptoir.core.accounts import credentials, passwords
from comptoir.core.accounts.tables import User
from comptoir.core.keys import Keyring
from comptoir.core.principal import Role
from tests import factories as make
from tests.browser import open_page
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import Counter, World, sign_in, signed_in_page
from tests.http_client import SETTINGS

PIN = "428317"
PASSWORD = "correct horse battery"
LOCKED = re.compile("/locked")


def accessible(page: Page, width: int) -> None:
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def admin(world: World) -> User:
    """Camille, an administrator with a password, who works everywhere."""
    values: dict[str, Any] = {"name": "Camille Rossier", "login": "camille", "language": "en"}
    hashed = passwords._hasher.hash(PASSWORD)
    return world.run(make.user(role=Role.ADMIN, password_hash=hashed, **values))


def with_pin(world: World, counter: Counter, name: str) -> None:
    """A colleague of the desk with a PIN; the one of an earlier test has it no more."""
    hashed = credentials.pin_hash(Keyring(SETTINGS.secret), PIN)

    async def make_one() -> None:
        await User.update({User.pin_hash: None}, force=True)
        await make.user(
            role=Role.RECEPTION, site_id=counter.site, name=name, language="en", pin_hash=hashed
        )

    world.run(make_one())


@pytest.mark.parametrize("width", [1280, 320])
def test_signing_in_is_accessible_and_leads_on(
    browser: Browser, world: World, admin: User, width: int
) -> None:
    page = open_page(browser, world.url, width)
    page.goto("/account")
    accessible(page, width)
    page.keyboard.type("camille")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#password:focus")
    assert page.content().count("User name or password are not right") == 1
    accessible(page, width)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.context.close()


@pytest.mark.one_engine
@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_accounts_and_staff_are_accessible(
    browser: Browser, world: World, counter: Counter, admin: User, width: int
) -> None:
    page = signed_in_page(browser, world, world.run(sign_in(admin, counter.site)), width)
    for path in (
        "/account",
        "/account/password",
        "/staff",
        "/staff/invite",
        "/staff/add",
        f"/staff/{counter.user.id}",
        f"/staff/{counter.user.id}/reset",
        "/settings/tokens",
        "/settings/tokens/new",
    ):
        page.goto(path)
        accessible(page, width)
    for what, shown in (("pin", ".secret"), ("badge", ".badge-card"), ("second-factor", ".qr")):
        page.goto("/account")
        page.click(f'form[action="/account/{what}"] button')
        page.wait_for_selector(shown)
        accessible(page, width)
    page.context.close()


def test_f8_locks_the_desk_and_six_digits_open_it_for_a_colleague(
    page: Page, world: World, counter: Counter
) -> None:
    with_pin(world, counter, "Boris Favre")
    page.keyboard.press("F8")
    page.wait_for_url(LOCKED)
    assert "Claire Rochat" not in page.content()
    assert "Fribourg" in page.inner_text("main")
    accessible(page, 1280)
    page.keyboard.type("000000")
    page.wait_for_selector(".problem")
    accessible(page, 1280)
    page.keyboard.type(PIN)
    page.wait_for_selector("#scan:focus")
    assert page.inner_text(".account summary") == "Boris Favre"


@pytest.mark.one_engine
def test_a_desk_left_alone_warns_and_then_locks(
    browser: Browser, world: World, counter: Counter
) -> None:
    page = signed_in_page(browser, world, counter.token)
    page.clock.install()
    page.goto("/account")
    page.clock.run_for("09:10")
    page.wait_for_selector(".lock-warning [class~=notice]")
    page.keyboard.press("Shift")
    assert page.locator(".lock-warning").count() == 0
    page.clock.run_for("09:10")
    page.wait_for_selector(".lock-warning")
    page.clock.run_for("01:00")
    page.wait_for_url(LOCKED)
    assert "Claire Rochat" not in page.content()
    page.context.close()


def test_a_desk_locked_in_one_tab_is_locked_in_all(
    browser: Browser, world: World, counter: Counter
) -> None:
    page = signed_in_page(browser, world, counter.token)
    page.goto("/account")
    other = page.context.new_page()
    other.goto("/account")
    other.keyboard.press("F8")
    page.wait_for_url(LOCKED)
    page.context.close()
