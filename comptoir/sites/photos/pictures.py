"""From whatever a camera made to a small picture that holds nothing but what is seen.

The picture is drawn anew: what else was in the file (where and when it was taken, with
which device, a preview of what was cut off) is left behind with it.
"""

from __future__ import annotations

import hashlib
import io
import threading
from typing import TYPE_CHECKING

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _

# Imported where a picture is made: its library is memory of each worker, and hardly used.
if TYPE_CHECKING:
    from PIL.Image import Image

#: Of a file that is sent, in bytes; and of its picture, in pixels: three bytes each, once.
LARGEST_FILE = 10_000_000
MOST_PIXELS = 25_000_000
#: Each side, in pixels: less shows nothing.
SMALLEST_SIDE = 200
#: A page with its photo stays below 50 KB: this is what a photo may take of it, in bytes.
LARGEST_PICTURE = 20_000
#: The largest it is kept, in pixels: as wide as the text of a page, on a phone's screen twice.
_BOX = (640, 480)
_QUALITIES = (75, 60, 45, 30)
#: What is tried next where the worst quality is still too much.
_SMALLER = 0.75
_FORMATS = ("JPEG", "PNG", "WEBP")


#: A large picture takes up to 400 MB while it is read: more than one at once, no server has.
_one_at_a_time = threading.Lock()


class Picture(msgspec.Struct, frozen=True):
    """A WebP: its bytes, its sides in pixels."""

    data: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The hash of its bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def make_picture(content: bytes) -> Picture:
    """The picture in a file, upright, in RGB, small. Takes up to a second of a processor.

    Raises:
        Invalid: the file is too large, no picture, or one with too many or too few pixels.
    """
    if len(content) > LARGEST_FILE:
        text = _("The file is too large: at most %(size)s MB.", size=LARGEST_FILE // 1_000_000)
        raise _refused("sites.photo-too-large", text)
    with _one_at_a_time:
        return _small(_opened(content))


def _small(image: Image) -> Picture:
    """A picture that takes no more than it may of a page."""
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            image.save(file, "WEBP", quality=quality)
            if file.tell() <= LARGEST_PICTURE:
                return Picture(file.getvalue(), image.width, image.height)
        image = image.resize([max(1, round(side * _SMALLER)) for side in image.size])


def _opened(content: bytes) -> Image:
    """The picture of a file, as large as it is kept; nothing is decoded before it is measured."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # else it warns beside our own measure
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            _measure(*image.size)
            # Upright or not yet; of a JPEG, no more than this is decoded.
            image.thumbnail((2 * max(_BOX), 2 * max(_BOX)))
            plain = _on_white(ImageOps.exif_transpose(image))
    except Invalid:
        raise
    except Exception:  # a broken file breaks the reader of its format anywhere
        text = _("This is no photo that can be read. Choose one in the format JPEG, PNG or WebP.")
        raise _refused("sites.photo-unreadable", text) from None
    plain.thumbnail(_BOX)
    return plain


def _measure(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        text = _(
            "The photo has too many pixels: at most %(most)s million. Take it in a lower "
            "resolution, or make it smaller.",
            most=MOST_PIXELS // 1_000_000,
        )
        raise _refused("sites.photo-too-many-pixels", text)
    if min(width, height) < SMALLEST_SIDE:
        text = _(
            "The photo is too small: it needs at least %(least)s pixels on each side.",
            least=SMALLEST_SIDE,
        )
        raise _refused("sites.photo-too-small", text)


def _on_white(image: Image) -> Image:
    """Without transparency: what is behind it is the paper."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("RGB")


def _refused(code: str, text: str) -> Invalid:
    return Invalid([FieldError("image", code, text)])
