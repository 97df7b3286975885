"""Lost answers, ended sessions, repetitions and two desks at once: nothing twice, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from comptoir.core import clock, db
from comptoir.core.principal import Role
from tests import factories as make
from tests.e2e.world import Counter, LoanSeen, World, open_counter, sign_in, signed_in_page, type_in
from tests.scanners import scan


def open_visit(page: Page, counter: Counter) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")


def test_answer_lost_on_its_way_is_given_again_without_a_second_loan(
    world: World, page: Page, counter: Counter
) -> None:
    open_visit(page, counter)
    bodies: list[str | None] = []

    def lose(route: Route) -> None:
        bodies.append(route.request.post_data)
        if len(bodies) == 1:
            route.fetch()  # the server did it, and nobody heard
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/scan", lose)
    scan(page, counter.items[0])
    page.wait_for_selector("#desk-status .notice.warn")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
    world.let_pass(timedelta(seconds=3))  # a new scan would now take it back
    page.click("[data-retry]")
    page.wait_for_selector(".answer.ok")
    assert bodies[0] == bodies[1]
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
    assert page.locator(".visit .held li").count() == 1
    assert page.inner_text("#desk-status") == ""


def test_network_gone_before_the_server_heard_lends_once_it_is_back(
    world: World, page: Page, counter: Counter
) -> None:
    open_visit(page, counter)
    page.context.set_offline(True)
    scan(page, counter.items[0])
    page.wait_for_selector("#desk-status .notice.warn")
    assert world.loans(counter.items[0]) == []
    page.context.set_offline(False)  # the browser says so to the page, which sends again
    page.wait_for_selector(".answer.ok")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


def test_session_that_ends_in_mid_visit_loses_neither_scan_nor_visit(
    world: World, page: Page, counter: Counter
) -> None:
    open_visit(page, counter)
    world.run(db.execute("UPDATE core_session SET expires_at = :now", now=clock.now()))
    expect(page.locator("[data-code='desk.clock-wrong']")).to_be_hidden()
    scan(page, counter.items[0])
    page.wait_for_url("**/sign-in?next=**")
    assert world.loans(counter.items[0]) == []
    token = world.run(sign_in(counter.user, counter.site))
    page.context.add_cookies([{"name": "session", "value": token, "url": world.url}])
    page.goto(page.evaluate("new URLSearchParams(location.search).get('next')"))
    page.wait_for_selector(".answer.ok")
    assert page.locator(f".visit:has-text('{counter.borrower}')").is_visible()
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


def test_same_item_twice_within_two_seconds_is_one_loan(
    world: World, page: Page, counter: Counter
) -> None:
    open_visit(page, counter)
    scan(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    page.reload()  # a page that knows of no earlier scan: the server alone must see it
    page.wait_for_selector("#scan:focus")
    shown = page.inner_html(".desk-now")
    world.run(_just_now(counter.items[0]))
    with page.expect_response("**/desk/scan") as answer:
        scan(page, counter.items[0])
    assert answer.value.status == 204
    assert page.inner_html(".desk-now") == shown
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]


async def _just_now(item: str) -> None:
    """However slow this machine: the item was lent less than two seconds ago."""
    await db.execute(
        "UPDATE lending_loan SET checked_out_at = :now "
        "WHERE item = (SELECT id FROM inventory_item WHERE code = :item)",
        now=clock.now() + timedelta(seconds=1),
        item=item,
    )


@pytest.mark.parametrize("year", [2019, 2041])
def test_pc_with_a_wrong_clock_lends_and_undoes_like_any_other(
    world: World, page: Page, counter: Counter, year: int
) -> None:
    page.goto("about:blank")  # an open desk would see the leap, take it for sleep, and lock
    page.clock.set_fixed_time(datetime(year, 1, 1, tzinfo=UTC))
    page.goto("/desk")
    assert page.evaluate("new Date().getUTCFullYear()") == year
    expect(page.locator("[data-code='desk.clock-wrong']")).to_be_visible()
    open_visit(page, counter)
    scan(page, counter.items[0])
    page.wait_for_selector(".answer.ok")
    due = page.get_attribute(".answer .due time", "datetime") or ""
    assert datetime.fromisoformat(due) - clock.now() < timedelta(days=30)
    page.click("[data-countdown] button")
    page.wait_for_selector(".answer:has-text('Undone')")
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=False, undone=True)]


def test_two_desks_lending_the_same_item_at_once_make_one_loan_and_one_refusal(
    browser: Browser, world: World, page: Page, counter: Counter
) -> None:
    other = world.run(open_counter("Besnik Hoxha", items=0))
    second = signed_in_page(browser, world, other.token)
    second.goto("/desk")
    open_visit(page, counter)
    open_visit(second, other)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)
        if len(held) == 2:  # both are on their way before either has an answer
            for each in held:
                each.continue_()

    for each in (page, second):
        each.route("**/desk/scan", hold)
        type_in(each, counter.items[0])
    moods = []
    for each in (page, second):
        each.wait_for_selector(".answer.ok, .answer.stop")
        moods.append(each.get_attribute(".answer", "data-code"))
    second.context.close()
    assert sorted(moods, key=bool) == [None, "lending.item-on-loan"]
    [loan] = world.loans(counter.items[0])
    assert loan.is_open


def test_scan_without_an_answer_is_not_sent_again_for_a_colleague_unasked(
    world: World, page: Page, counter: Counter
) -> None:
    open_visit(page, counter)
    posts: list[str | None] = []

    def lose_the_first(route: Route) -> None:
        posts.append(route.request.post_data)
        if len(posts) == 1:
            route.fetch()  # the server did it, and nobody heard
            route.abort()
        else:
            route.continue_()

    page.route("**/desk/scan", lose_the_first)
    scan(page, counter.items[0])
    page.wait_for_selector("#desk-status .notice.warn")
    world.let_pass(timedelta(seconds=3))  # a new scan would now take it back
    boris = world.run(make.user(role=Role.RECEPTION, site_id=counter.site, name="Boris Favre"))
    token = world.run(sign_in(boris, counter.site))
    page.context.add_cookies([{"name": "session", "value": token, "url": world.url}])
    page.reload()
    page.wait_for_selector("#desk-status .notice.info")
    scan(page, counter.items[1])
    page.wait_for_selector("#desk-status .notice.info")
    assert len(posts) == 1
    page.click("[data-retry]")
    page.wait_for_selector(".visit .held li >> nth=1")
    assert posts[0] == posts[1]
    assert all(world.loans(item) for item in counter.items)
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=True)]
