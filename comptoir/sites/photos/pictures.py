"""From whatever a camera made to a small picture that holds nothing but what is seen.

The picture is drawn anew: what else was in the file (where and when it was taken, with
which device, a preview of what was cut off) is left behind with it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading

import msgspec

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.sites.photos import drawing
from comptoir.sites.photos.drawing import MOST_PIXELS

#: Of a file that is sent, in bytes.
LARGEST_FILE = 10_000_000
#: Far more than a large picture takes on a busy machine; in seconds.
_PATIENCE = 60

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

    A process of its own draws it, so that the memory it takes is given back.

    Raises:
        Invalid: the file is too large, no picture, or one with too many or too few pixels.
    """
    if len(content) > LARGEST_FILE:
        raise _refused("too-large")
    command = [sys.executable, "-P", drawing.__file__]
    try:
        with _one_at_a_time:
            done = subprocess.run(  # noqa: S603 - our own script
                command, input=content, capture_output=True, timeout=_PATIENCE, check=False
            )
    except subprocess.TimeoutExpired:
        raise _refused("unreadable") from None
    if done.returncode:
        raise _refused(done.stderr.decode(errors="replace").strip())
    return Picture(done.stdout, *_sides(done.stdout))


def _sides(webp: bytes) -> tuple[int, int]:
    """Width and height of a lossy WebP without an extended header (RFC 9649, section 2.5)."""
    return (
        int.from_bytes(webp[26:28], "little") & 0x3FFF,
        int.from_bytes(webp[28:30], "little") & 0x3FFF,
    )


def _refused(reason: str) -> Invalid:
    texts = {
        "too-large": _(
            "The file is too large: at most %(size)s MB.", size=LARGEST_FILE // 1_000_000
        ),
        "too-many-pixels": _(
            "The photo has too many pixels: at most %(most)s million. Take it in a lower "
            "resolution, or make it smaller.",
            most=MOST_PIXELS // 1_000_000,
        ),
        "too-small": _(
            "The photo is too small: it needs at least %(least)s pixels on each side.",
            least=drawing.SMALLEST_SIDE,
        ),
    }
    if reason not in texts:  # also what broke the reader of its format, or took too long
        reason = "unreadable"
        texts[reason] = _(
            "This is no photo that can be read. Choose one in the format JPEG, PNG or WebP."
        )
    return Invalid([FieldError("image", f"sites.photo-{reason}", texts[reason])])
