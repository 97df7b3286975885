"""What is half filled in when a session ends, or the desk is locked, is there again after it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from comptoir.core import clock, db
from comptoir.core.accounts.tables import User
from comptoir.core.principal import Role
from comptoir.lending.tables import Policy
from tests import factories as make
from tests.e2e.world import Counter, World, sign_in, type_in

# What the browser keeps, and what it forgets.
pytestmark = pytest.mark.one_engine

SIGNED = "document.querySelector('[name=signature]').value"
KEPT = "sessionStorage.getItem('comptoir.form')"


def end_session(world: World) -> None:
    world.run(db.execute("UPDATE core_session SET expires_at = :now", now=clock.now()))


def come_back(world: World, page: Page, user: User, counter: Counter) -> None:
    """Sign in and go on, as the form of the sign-in page does."""
    token = world.run(sign_in(user, counter.site))
    page.context.add_cookies([{"name": "session", "value": token, "url": world.url}])
    page.goto(page.evaluate("new URLSearchParams(location.search).get('next')"))


def draw_signature(world: World, page: Page, counter: Counter) -> str:
    world.run(Policy.update({Policy.signature: "screen"}, force=True).run())
    type_in(page, counter.card)
    page.wait_for_selector(".visit")
    type_in(page, counter.items[0])
    page.click(".visit a[href$='/agreement']")
    page.wait_for_url("**/agreement")  # and for its scripts
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    page.mouse.up()
    drawn: str = page.evaluate(SIGNED)
    assert drawn
    return drawn


def test_signature_is_there_again_after_signing_in(
    world: World, page: Page, counter: Counter
) -> None:
    draw_signature(world, page, counter)
    end_session(world)
    page.click("button[value=screen]")
    page.wait_for_url("**/sign-in?next=**")
    assert page.locator("[data-kept-notice=form]").is_visible()
    assert "signature" not in page.url
    come_back(world, page, counter.user, counter)
    assert page.evaluate(SIGNED)
    page.click("button[value=screen]")
    page.wait_for_url("**/desk")
    assert page.evaluate(KEPT) is None


def test_signature_is_not_put_under_another_text(
    world: World, page: Page, counter: Counter
) -> None:
    draw_signature(world, page, counter)
    world.run(db.execute("UPDATE lending_loan SET due_at = :now", now=clock.now()))
    page.reload()
    assert page.evaluate(SIGNED) == ""
    assert page.evaluate(KEPT) is None


def test_half_filled_person_is_there_again_for_whoever_filled_it_in(
    world: World, page: Page, counter: Counter
) -> None:
    page.goto("/borrowers/new")
    page.fill("[name=name]", "Noor Haddad")
    page.check("[name=contact_kind][value=phone]")
    page.fill("[name=phone]", "079 123 45 67")
    end_session(world)
    page.reload()
    page.wait_for_url("**/sign-in?next=**")
    come_back(world, page, counter.user, counter)
    assert page.input_value("[name=name]") == "Noor Haddad"
    assert page.input_value("[name=phone]") == "079 123 45 67"


def test_somebody_else_finds_nothing_of_it(world: World, page: Page, counter: Counter) -> None:
    page.goto("/borrowers/new")
    page.fill("[name=name]", "Noor Haddad")
    end_session(world)
    page.reload()
    page.wait_for_url("**/sign-in?next=**")
    other = world.run(make.user(role=Role.RECEPTION, site_id=counter.site, name="Boris Favre"))
    come_back(world, page, other, counter)
    assert page.input_value("[name=name]") == ""
    assert page.evaluate(KEPT) is None


def test_newcomer_at_the_desk_is_gone_on_with_after_a_lock(
    world: World, page: Page, counter: Counter
) -> None:
    type_in(page, "Noor Haddad")
    page.wait_for_selector("form.borrower [name=name]")
    page.fill("form.borrower [name=name]", "Noor Haddad-Favre")
    end_session(world)
    page.reload()
    page.wait_for_url("**/sign-in?next=**")
    come_back(world, page, counter.user, counter)
    page.click("[data-kept-form] a")
    page.wait_for_url("**/borrowers/new?desk=1")
    assert page.input_value("[name=name]") == "Noor Haddad-Favre"
    page.click(".form.borrower a[href='/desk']")
    page.wait_for_url("**/desk")


def fill_in_newcomer(page: Page) -> None:
    page.click(".desk-state a[href='/borrowers/new?desk=1']")
    page.wait_for_url("**/borrowers/new?desk=1")
    page.fill("[name=name]", "Noor Haddad")
    page.check("[name=contact_kind][value=phone]")
    page.fill("[name=phone]", "079 123 45 67")


def assert_next_newcomer_is_empty(page: Page) -> None:
    page.click(".desk-state a[href='/borrowers/new?desk=1']")
    page.wait_for_url("**/borrowers/new?desk=1")
    assert page.input_value("[name=name]") == ""
    assert page.input_value("[name=phone]") == ""
    assert page.evaluate(KEPT) is None


def test_cancelled_newcomer_is_forgotten(page: Page, counter: Counter) -> None:
    fill_in_newcomer(page)
    page.click(".form.borrower a[href='/desk']")
    page.wait_for_url("**/desk")
    assert page.locator("[data-kept-form]").is_hidden()
    assert page.evaluate(KEPT) is None
    assert_next_newcomer_is_empty(page)


def test_newcomer_left_for_the_desk_is_not_in_the_form_of_the_next(
    page: Page, counter: Counter
) -> None:
    fill_in_newcomer(page)
    page.goto("/desk")
    page.wait_for_selector("[data-kept-form]:not([hidden])")
    assert_next_newcomer_is_empty(page)


def test_newcomer_left_for_the_desk_is_gone_on_with_once(page: Page, counter: Counter) -> None:
    fill_in_newcomer(page)
    page.goto("/desk")
    page.click("[data-kept-form] a")
    page.wait_for_url("**/borrowers/new?desk=1")
    assert page.input_value("[name=phone]") == "079 123 45 67"
    page.goto("/desk")
    assert_next_newcomer_is_empty(page)


def test_newcomer_left_for_the_desk_is_discarded(page: Page, counter: Counter) -> None:
    fill_in_newcomer(page)
    page.goto("/desk")
    page.click("[data-kept-discard]")
    assert page.locator("[data-kept-form]").is_hidden()
    assert page.evaluate(KEPT) is None
    page.reload()
    assert page.locator("[data-kept-form]").is_hidden()


def test_colleague_at_the_desk_finds_no_newcomer(
    world: World, page: Page, counter: Counter
) -> None:
    fill_in_newcomer(page)
    page.goto("/desk")
    other = world.run(make.user(role=Role.RECEPTION, site_id=counter.site, name="Boris Favre"))
    token = world.run(sign_in(other, counter.site))
    page.context.add_cookies([{"name": "session", "value": token, "url": world.url}])
    page.reload()
    assert page.locator("[data-kept-form]").is_hidden()
    page.go_back()
    assert page.input_value("[name=name]") == ""


def test_signing_out_forgets_it(world: World, page: Page, counter: Counter) -> None:
    page.goto("/borrowers/new")
    page.fill("[name=name]", "Noor Haddad")
    page.click("details.account summary")
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in*")
    assert page.evaluate(KEPT) is None
