"""The printed thing before the camera: a loan is opened and closed by it."""

from __future__ import annotations

from pathlib import Path

from tests.browser import chromium, film_flags
from tests.e2e.paperwork import film, printed_card, printed_label
from tests.e2e.world import Counter, LoanSeen, World, signed_in_page

# What the desk did, in this order, as its sections say it.
REMEMBER = """() => {
  window.done = [];
  const note = () => document.querySelectorAll("#desk .answer").forEach((answer) => {
    const what = ["ok", "back"].find((mood) => answer.classList.contains(mood));
    if (what && done.at(-1) !== what) done.push(what);
    if (what === "back") document.querySelector("[data-part=toggle][aria-expanded=true]")?.click();
  });
  new MutationObserver(note).observe(document.getElementById("desk"), { childList: true });
}"""


def test_printed_card_and_label_open_and_close_a_loan(
    world: World, counter: Counter, tmp_path: Path
) -> None:
    papers = [printed_card(counter.card), printed_label(counter.items[0])]
    with chromium(film_flags(film(tmp_path / "desk.mjpeg", papers))) as camera:
        page = signed_in_page(camera, world, counter.token)
        page.goto("/desk")
        page.evaluate(REMEMBER)
        page.click("[data-part=toggle]")
        page.wait_for_selector(".answer.back", timeout=60_000)
        assert page.evaluate("done") == ["ok", "back"]
        assert page.locator("video").is_hidden()  # switched off by what was taken back
    assert world.loans(counter.items[0]) == [LoanSeen(counter.borrower, is_open=False)]


def test_what_the_camera_did_is_seen_on_a_small_screen(
    world: World, counter: Counter, tmp_path: Path
) -> None:
    with chromium(
        film_flags(film(tmp_path / "desk.mjpeg", [printed_card(counter.card)]))
    ) as camera:
        page = signed_in_page(camera, world, counter.token, width=320)
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto("/desk")
        page.click("[data-part=toggle]")
        page.wait_for_selector(f".answer:has-text('{counter.borrower}')", timeout=60_000)
        box = page.locator("#desk .answer").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= 640
