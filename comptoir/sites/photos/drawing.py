"""Draw a photo anew, small, as a script in a process of its own.

It reads a file from standard input and writes a WebP to standard output; what it refuses
it names on standard error. It imports nothing of the package, so that it starts quickly
and from anywhere. What it takes while it works, up to 400 MB, goes with it.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: Of a picture, in pixels: three bytes each, once.
MOST_PIXELS = 25_000_000
#: Each side, in pixels: less shows nothing.
SMALLEST_SIDE = 200
#: A page with its photo stays below 50 KB: this is what a photo may take of it, in bytes.
LARGEST_PICTURE = 20_000
#: The largest it is kept, in pixels: as wide as the text of a page, on a phone's screen twice.
BOX = (640, 480)
_QUALITIES = (75, 60, 45, 30)
#: What is tried next where the worst quality is still too much.
_SMALLER = 0.75
_FORMATS = ("JPEG", "PNG", "WEBP")


class Refused(Exception):
    """The file is no picture to be kept; the text is the ending of the error's code."""


def draw(content: bytes) -> bytes:
    """The picture in a file, upright, in RGB, small, as a WebP.

    Raises:
        Refused: ``unreadable``, ``too-many-pixels`` or ``too-small``.
    """
    image = _opened(content)
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            image.save(file, "WEBP", quality=quality)
            if file.tell() <= LARGEST_PICTURE:
                return file.getvalue()
        image = image.resize([max(1, round(side * _SMALLER)) for side in image.size])


def _opened(content: bytes) -> Image:
    """The picture of a file, as large as it is kept; nothing is decoded before it is measured."""
    from PIL import Image, ImageOps  # here, as whoever starts the script wants its path alone

    Image.MAX_IMAGE_PIXELS = None  # else it warns beside our own measure
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            _measure(*image.size)
            # Upright or not yet; of a JPEG, no more than this is decoded.
            image.thumbnail((2 * max(BOX), 2 * max(BOX)))
            plain = _on_white(ImageOps.exif_transpose(image))
    except Refused:
        raise
    except Exception:  # a broken file breaks the reader of its format anywhere
        raise Refused("unreadable") from None
    plain.thumbnail(BOX)
    return plain


def _measure(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused("too-many-pixels")
    if min(width, height) < SMALLEST_SIDE:
        raise Refused("too-small")


def _on_white(image: Image) -> Image:
    """Without transparency: what is behind it is the paper."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("RGB")


if __name__ == "__main__":
    try:
        drawn = draw(sys.stdin.buffer.read())
    except Refused as refusal:
        sys.exit(str(refusal))
    sys.stdout.buffer.write(drawn)
