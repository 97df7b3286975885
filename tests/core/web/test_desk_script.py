"""The desk's script: nothing that was scanned is lost, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import open_page
from tests.core.web.sample import Desk
from tests.scanners import scan

CODE = "BCDFGHJK"
OTHER = "LNPRSTVT"
# Whoever set the clock of this PC got it wrong by years.
WRONG_CLOCK = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def page(browser: Browser, url: str, desk: Desk) -> Iterator[Page]:
    page = open_page(browser, url)
    page.clock.install(time=WRONG_CLOCK)
    page.goto("/desk")
    page.wait_for_selector("#scan:focus")
    # The keys' times come from this clock too: standing still, a slow machine is no slow scanner.
    page.clock.pause_at(WRONG_CLOCK + timedelta(minutes=1))
    yield page
    page.context.close()


def type_in(page: Page, text: str) -> None:
    page.fill("#scan", text)
    page.press("#scan", "Enter")


def waiting(page: Page) -> list[str]:
    """Codes of scans without an answer."""
    found: list[str] = page.evaluate(
        "JSON.parse(sessionStorage.getItem('comptoir.pending') ?? '[]').map((s) => s.text)"
    )
    return found


def test_answer_replaces_the_last_and_the_field_keeps_the_focus(page: Page, desk: Desk) -> None:
    type_in(page, CODE)
    page.wait_for_selector(".answer.ok")
    assert page.evaluate("document.activeElement.id") == "scan"
    assert page.input_value("#scan") == ""
    desk.moods.append("returned")
    type_in(page, OTHER)
    page.wait_for_selector(".answer.back")
    assert page.locator(".answer").count() == 1


def test_long_text_in_an_answer_needs_no_sideways_scroll(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    type_in(page, "HTTPS://DESK.EXAMPLE.ORG/SOMETHING/" + "X" * 80)
    page.wait_for_selector(".answer.ok")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_second_scan_belongs_to_the_visit_that_the_first_opened(page: Page, desk: Desk) -> None:
    scan(page, CODE)
    scan(page, OTHER)  # before the answer to the first can be there
    page.wait_for_selector(f".answer:has-text('{OTHER}')")
    assert [(sent["scan"], sent["visit"]) for sent in desk.sent] == [
        (CODE, ""),
        (OTHER, "visit-1"),
    ]


def test_same_code_within_two_seconds_counts_once(page: Page, desk: Desk) -> None:
    scan(page, CODE)
    page.wait_for_selector(".answer.ok")
    scan(page, f"HTTPS://DESK.EXAMPLE.ORG/T/{CODE}")
    scan(page, OTHER)
    page.wait_for_selector(f".answer:has-text('{OTHER}')")
    assert [sent["scan"] for sent in desk.sent] == [CODE, OTHER]


def test_same_code_later_is_a_new_scan(page: Page, desk: Desk) -> None:
    scan(page, CODE)
    page.wait_for_selector(".answer.ok")
    page.clock.fast_forward(2100)
    desk.moods.append("returned")
    scan(page, CODE)
    page.wait_for_selector(".answer.back")
    assert len({sent["attempt_id"] for sent in desk.sent}) == 2


def test_ignored_repetition_leaves_the_screen_as_it_is(page: Page, desk: Desk) -> None:
    type_in(page, CODE)
    page.wait_for_selector(".answer.ok")
    before = page.inner_html("#desk")
    desk.moods.append("ignored")
    with page.expect_response("**/desk/scan") as answer:
        type_in(page, CODE)
    assert answer.value.status == 204
    shown: list[str] = []

    def look(route: Route) -> None:  # the next is sent when the answer has been dealt with
        shown.append(page.inner_html("#desk"))
        route.continue_()

    page.route("**/desk/scan", look)
    type_in(page, OTHER)
    page.wait_for_selector(f".answer:has-text('{OTHER}')")
    assert shown == [before]


def test_lost_network_is_said_and_the_scan_sent_again_by_itself(page: Page, desk: Desk) -> None:
    page.route("**/desk/scan", lambda route: route.abort())
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice.warn")
    assert "BCDF-GHJK" in page.inner_text("#desk-status")
    page.unroute("**/desk/scan")
    page.clock.fast_forward(1100)
    page.wait_for_selector(".answer.ok")
    assert page.inner_text("#desk-status") == ""
    assert waiting(page) == []
    assert len(desk.sent) == 1


def test_lost_answer_is_asked_for_with_the_same_attempt(page: Page, desk: Desk) -> None:
    desk.moods.append("lost")
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice")
    page.click("[data-retry]")
    page.wait_for_selector(".answer.ok")
    first, second = desk.sent
    assert first == second


def test_repeated_scan_during_an_outage_is_no_second_wish(page: Page, desk: Desk) -> None:
    page.route("**/desk/scan", lambda route: route.abort())
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice")
    page.clock.fast_forward(3000)
    scan(page, CODE)
    type_in(page, OTHER)
    page.wait_for_selector("#desk-status .notice")
    assert waiting(page) == [CODE, OTHER]
    page.unroute("**/desk/scan")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_selector(f".answer:has-text('{OTHER}')")
    assert [sent["scan"] for sent in desk.sent] == [CODE, OTHER]


def test_scan_without_answer_survives_a_reload(page: Page, desk: Desk) -> None:
    page.route("**/desk/scan", lambda route: route.abort())
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice")
    [before] = page.evaluate("JSON.parse(sessionStorage.getItem('comptoir.pending'))")
    page.unroute("**/desk/scan")
    page.reload()
    page.wait_for_selector(".answer.ok")
    assert [sent["attempt_id"] for sent in desk.sent] == [before["attempt"]]


def test_forgotten_scan_is_not_sent(page: Page, desk: Desk) -> None:
    page.route("**/desk/scan", lambda route: route.abort())
    type_in(page, CODE)
    page.click("[data-drop]")
    page.unroute("**/desk/scan")
    type_in(page, OTHER)
    page.wait_for_selector(".answer.ok")
    assert [sent["scan"] for sent in desk.sent] == [OTHER]


def test_ended_session_loses_neither_the_scan_nor_what_is_being_typed(
    page: Page, desk: Desk
) -> None:
    desk.moods.append("unauthenticated")

    def hold(route: Route) -> None:
        page.fill("#scan", "Dupo")
        route.continue_()

    page.route("**/desk/scan", hold)
    type_in(page, CODE)
    page.wait_for_url("**/sign-in?next=/desk")
    page.unroute("**/desk/scan")
    [kept] = page.evaluate("JSON.parse(sessionStorage.getItem('comptoir.pending'))")
    page.click("main a.button")
    page.wait_for_selector(".answer.ok")
    assert [(sent["scan"], sent["attempt_id"]) for sent in desk.sent] == [(CODE, kept["attempt"])]
    assert page.input_value("#scan") == "Dupo"


def test_old_scan_is_sent_only_on_request(page: Page, desk: Desk) -> None:
    page.route("**/desk/scan", lambda route: route.abort())
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice")
    page.evaluate(
        """() => {
          const scans = JSON.parse(sessionStorage.getItem("comptoir.pending"));
          scans[0].since -= 11 * 60_000;
          sessionStorage.setItem("comptoir.pending", JSON.stringify(scans));
        }"""
    )
    page.unroute("**/desk/scan")
    page.reload()
    page.wait_for_selector("#desk-status .notice.info")
    assert desk.sent == []
    page.click("[data-retry]")
    page.wait_for_selector(".answer.ok")
    assert len(desk.sent) == 1


def test_refusal_is_shown_and_the_next_scan_goes_on(page: Page, desk: Desk) -> None:
    desk.moods.append("conflict")
    type_in(page, CODE)
    page.wait_for_selector("#flash .notice.error")
    assert waiting(page) == []
    type_in(page, OTHER)
    page.wait_for_selector(".answer.ok")
    assert page.inner_text("#flash") == ""


def test_error_of_ours_keeps_the_scan_for_another_try(page: Page, desk: Desk) -> None:
    desk.moods.append("unexpected")
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice.error")
    assert waiting(page) == [CODE]
    page.clock.fast_forward(60_000)
    assert desk.sent == []
    page.click("[data-retry]")
    page.wait_for_selector(".answer.ok")


THIRD = "XVTSRPNX"


def fail_with_two_more_behind(page: Page, desk: Desk) -> None:
    desk.moods.append("unexpected")
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice.error")
    for number, code in enumerate((OTHER, THIRD), start=1):
        type_in(page, code)
        expect(page.locator("#desk-status [data-queue] li")).to_have_count(number)


def test_failure_is_numbered_and_says_which_scans_wait_behind_it(page: Page, desk: Desk) -> None:
    desk.moods.append("unexpected")
    with page.expect_response("**/desk/scan") as answer:
        type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice.error")
    number = page.inner_text("#desk-status [data-number]")
    assert len(number) == 12
    assert answer.value.headers["x-request-id"].endswith(number)
    assert page.locator("#desk-status [data-queue]").is_hidden()
    type_in(page, OTHER)
    page.wait_for_selector("#desk-status [data-queue] li:has-text('LNPR-STVT')")
    assert page.locator("#desk-status .notice.error").is_visible()
    assert waiting(page) == [CODE, OTHER]
    assert desk.sent == []


def test_scans_behind_a_failure_are_sent_one_by_one_each_when_somebody_says_so(
    page: Page, desk: Desk
) -> None:
    fail_with_two_more_behind(page, desk)
    page.click("[data-drop]")
    page.wait_for_selector("#desk-status .notice.info:has-text('LNPR-STVT')")
    assert desk.sent == []
    assert waiting(page) == [OTHER, THIRD]
    page.click("[data-retry]")
    page.wait_for_selector(f".answer:has-text('{OTHER}')")
    page.wait_for_selector("#desk-status .notice.info:has-text('XVTS-RPNX')")
    assert [sent["scan"] for sent in desk.sent] == [OTHER]
    page.click("[data-drop]")
    type_in(page, CODE)
    page.wait_for_selector(f".answer:has-text('{CODE}')")
    assert [sent["scan"] for sent in desk.sent] == [OTHER, CODE]


def test_scans_behind_a_failure_still_wait_after_a_reload(page: Page, desk: Desk) -> None:
    fail_with_two_more_behind(page, desk)
    page.reload()
    page.wait_for_selector("#desk-status .notice.info:has-text('LNPR-STVT')")
    assert [sent["scan"] for sent in desk.sent] == [CODE]


def test_throttled_scan_waits_as_long_as_the_server_says(page: Page, desk: Desk) -> None:
    desk.moods.append("too-often")
    type_in(page, CODE)
    page.wait_for_selector("#desk-status .notice")
    page.clock.fast_forward(29_000)
    assert desk.sent == []
    page.clock.fast_forward(1100)
    page.wait_for_selector(".answer.ok")


def test_typing_goes_on_while_an_answer_arrives(page: Page, desk: Desk) -> None:
    def hold(route: Route) -> None:
        page.fill("#scan", "Dupo")
        route.continue_()

    page.route("**/desk/scan", hold)
    type_in(page, CODE)
    page.wait_for_selector(".answer.ok")
    assert page.input_value("#scan") == "Dupo"


def test_undo_runs_out_by_the_servers_seconds(page: Page) -> None:
    type_in(page, CODE)
    page.wait_for_selector("[data-countdown]")
    assert page.inner_text("[data-seconds]") in ("60", "59")
    page.clock.fast_forward(30_000)
    page.wait_for_selector("[data-seconds]:has-text('30'), [data-seconds]:has-text('29')")
    page.clock.fast_forward(30_000)
    page.wait_for_selector("[data-countdown]", state="hidden")


def test_button_in_the_answer_that_fails_says_so(page: Page) -> None:
    type_in(page, CODE)
    page.click("[data-countdown]")  # the sample has no undo
    page.wait_for_selector("#flash .notice.error")
    page.route("**/desk/undo", lambda route: route.abort())
    page.click("[data-countdown]")
    page.wait_for_selector("#flash .notice.warn")


def test_answer_is_heard_and_read_out(page: Page, desk: Desk) -> None:
    page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener("comptoir:sound", (event) => heard.push(event.detail));
        }"""
    )
    for mood, code in (("ok", CODE), ("returned", OTHER), ("refused", "XVTSRPNX")):
        desk.moods.append(mood)
        type_in(page, code)
        page.wait_for_selector(f".answer:has-text('{code}')")
        page.clock.fast_forward(100)
    page.wait_for_selector("#desk-live:has-text('Not possible')", state="attached")
    assert page.evaluate("heard") == ["ok", "returned", "refused"]


def test_no_sound_is_remembered(page: Page) -> None:
    page.click("[data-mute]")
    assert page.get_attribute("[data-mute]", "aria-pressed") == "true"
    page.reload()
    page.wait_for_selector("[data-mute][aria-pressed=true]")
    page.evaluate(
        "document.addEventListener('comptoir:sound', () => document.body.dataset.heard = 'yes')"
    )
    type_in(page, CODE)
    page.wait_for_selector(".answer.ok")
    assert page.get_attribute("body", "data-heard") is None


def test_signature_is_kept_as_lines_without_time_or_pressure(page: Page) -> None:
    box = page.locator("[data-signature] canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 80, steps=12)
    page.mouse.up()
    drawing = page.evaluate("JSON.parse(document.querySelector('[name=signature]').value)")
    assert (drawing["width"], drawing["height"]) == (600, 200)
    [stroke] = drawing["strokes"]
    assert all(len(point) == 2 for point in stroke)
    page.set_viewport_size({"width": 320, "height": 800})
    page.click("[data-clear]")
    assert page.input_value("[name=signature]") == ""
    page.fill("[name=signature_typed]", "Amina")
