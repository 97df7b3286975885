"""The camera as a scanner: Chromium with a film of a printed code in place of a camera."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import chromium, film_flags, open_page
from tests.core.web.sample import Desk

CODE = "BCDFGHJK"
URL = f"HTTPS://DESK.EXAMPLE.ORG/T/{CODE}"
#: Resolves after so many frames of the film: no clock is waited for.
AFTER_FRAMES = """(count) => new Promise((done) => {
  const video = document.querySelector("video");
  const step = () => (count-- ? video.requestVideoFrameCallback(step) : done());
  step();
})"""

REFUSE = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '%s') }"


def frame(text: str | None) -> bytes:
    """One picture of a desk, with a code lying on it or without."""
    picture = Image.new("RGB", (640, 480), (205, 200, 190))
    if text:
        code = qrcode.make(text, box_size=6, border=4).convert("RGB").rotate(8, fillcolor="white")
        picture.paste(code, (200, 110))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium that sees the code for good."""
    film = tmp_path_factory.mktemp("film") / "code.mjpeg"
    film.write_bytes(frame(URL) * 10)
    with chromium(film_flags(film)) as browser:
        yield browser


@pytest.fixture
def page(camera: Browser, url: str, desk: Desk) -> Iterator[Page]:
    page = open_page(camera, url)
    page.goto("/desk")
    yield page
    page.context.close()


def test_code_before_the_camera_is_read_once_while_it_stays(page: Page, desk: Desk) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.click("[data-part=toggle]")
    page.wait_for_selector(".answer.ok")
    page.wait_for_selector(".camera[data-reading]")
    page.evaluate(AFTER_FRAMES, 60)
    assert [sent["scan"] for sent in desk.sent] == [URL]
    assert all(request.startswith(page.url.removesuffix("/desk")) for request in requests)


def test_frame_is_drawn_around_what_is_read(page: Page) -> None:
    page.click("[data-part=toggle]")
    page.wait_for_selector(".camera[data-reading]")
    drawn = page.evaluate(
        """() => {
          const canvas = document.querySelector("[data-part=overlay]");
          const { width, height } = canvas;
          const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
          return data.some((value, index) => index % 4 === 3 && value > 0);
        }"""
    )
    assert drawn


def test_camera_is_let_go_when_the_page_is_hidden_and_taken_up_again(page: Page) -> None:
    page.click("[data-part=toggle]")
    page.wait_for_selector(".camera[data-reading]")
    track = page.evaluate_handle("document.querySelector('video').srcObject.getTracks()[0]")
    hide(page, hidden=True)
    assert track.evaluate("(track) => track.readyState") == "ended"
    assert page.evaluate("document.querySelector('video').srcObject") is None
    hide(page, hidden=False)
    page.wait_for_selector(".camera[data-reading]")


def test_camera_is_switched_off_by_the_same_button(page: Page) -> None:
    page.click("[data-part=toggle]")
    page.wait_for_selector(".camera[data-reading]")
    page.click("[data-part=toggle]")
    assert page.locator("video").is_hidden()
    assert page.evaluate("document.querySelector('video').srcObject") is None
    assert page.get_attribute("[data-part=toggle]", "aria-expanded") == "false"


def test_light_and_choice_are_offered_only_where_there_are_some(page: Page) -> None:
    page.click("[data-part=toggle]")
    page.wait_for_selector(".camera[data-reading]")
    assert page.locator("[data-part=torch]").is_hidden()
    assert page.locator("[data-part=choice]").is_hidden()


def test_chosen_camera_is_remembered(page: Page) -> None:
    page.evaluate(
        """() => {
          const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
          navigator.mediaDevices.enumerateDevices = async () => {
            const [one] = (await real()).filter((device) => device.kind === "videoinput");
            return [one, { kind: "videoinput", deviceId: "front", label: "Front camera" }];
          };
        }"""
    )
    page.click("[data-part=toggle]")
    page.select_option("[data-part=devices]", label="Front camera")
    assert page.evaluate("localStorage.getItem('comptoir.camera')") == "front"
    page.wait_for_selector(".camera[data-reading]")  # it is gone: the other one is taken


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (REFUSE % "NotAllowedError", "refused"),
        (REFUSE % "NotFoundError", "missing"),
        ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "insecure"),
    ],
)
def test_camera_that_does_not_start_says_why(page: Page, spoil: str, state: str) -> None:
    page.evaluate(f"() => {{ {spoil} }}")
    page.click("[data-part=toggle]")
    page.wait_for_selector(f".camera[data-state={state}]")
    assert page.locator(".camera .problem").inner_text().strip()
    assert page.locator("video").is_hidden()


def hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
