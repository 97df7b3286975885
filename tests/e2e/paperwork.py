"""What the program prints, and a film of it for the camera."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

from comptoir.inventory.labels import SHEETS, Label, render_labels
from comptoir.lending.cards import FORMATS, Card, render_cards
from tests.paper import pictures

PUBLIC_URL = "https://lend.example.org"
RETURN_TO = "Association du Pont, rue de Lausanne 12, Fribourg"
_DESK = (205, 200, 190)
_FRAMES_PER_SECOND = 30


def printed_label(code: str) -> bytes:
    """A label for an item, at the first place of a sheet."""
    label = Label(code, "ThinkPad L13", RETURN_TO)
    return render_labels([label], SHEETS["L7163"], 1, PUBLIC_URL, "fr")


def printed_card(code: str) -> bytes:
    """A borrower's card, for a card printer."""
    return render_cards([Card(code, RETURN_TO)], FORMATS["card"], 1, PUBLIC_URL, "fr")


def film(path: Path, papers: Sequence[bytes], seconds: float = 1) -> Path:
    """Write a film (MJPEG) of one paper after the other before a camera.

    Each is held for ``seconds``, and for as long the desk is bare: the camera
    shall see that it was taken away. Chromium plays it again and again.
    """
    count = int(seconds * _FRAMES_PER_SECOND)
    bare = _frame(None) * count
    path.write_bytes(b"".join(_frame(paper) * count + bare for paper in papers))
    return path


def _frame(pdf: bytes | None) -> bytes:
    picture = Image.new("RGB", (640, 480), _DESK)
    if pdf:
        paper = _printed_part(pictures(pdf)[0]).convert("RGB")
        paper.thumbnail((560, 400))
        # Nobody holds a paper straight.
        paper = paper.rotate(4, expand=True, fillcolor=_DESK, resample=Image.Resampling.BICUBIC)
        picture.paste(paper, ((640 - paper.width) // 2, (480 - paper.height) // 2))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _printed_part(sheet: Image.Image) -> Image.Image:
    """What lies under the camera: the sheet around its one label."""
    box = ImageOps.invert(sheet).getbbox()
    return ImageOps.expand(sheet.crop(box), border=40, fill=255)
