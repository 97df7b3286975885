"""What becomes of a file that somebody sends as a photo."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from comptoir.core.errors import Invalid
from comptoir.sites.photos import pictures
from comptoir.sites.photos.drawing import LARGEST_PICTURE
from comptoir.sites.photos.pictures import make_picture
from tests.sites.photos.cameras import GPS, door, file_of, noise, picture_of, telephone_photo


def code_of(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        make_picture(content)
    [error] = refused.value.errors
    assert error.field == "image"
    return error.code


def blank_png(width: int, height: int) -> bytes:
    """A PNG that says how large it is and is nothing more: a few bytes for any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_cameras_make_becomes_a_small_webp(kind: str) -> None:
    picture = make_picture(file_of(door(4000, 3000), kind))
    made = picture_of(picture.data)
    assert (made.format, made.mode, made.size) == ("WEBP", "RGB", (640, 480))
    assert (picture.width, picture.height) == made.size
    assert len(picture.data) <= LARGEST_PICTURE
    assert len(picture.sha256) == 64


@pytest.mark.parametrize("mode", ["L", "LA", "P", "CMYK"])
def test_other_colours_are_read_too(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert make_picture(file_of(door(mode=mode), kind)).width == 640


def test_where_and_by_whom_it_was_taken_is_left_behind() -> None:
    content = telephone_photo()
    sent = picture_of(content)
    assert sent.getexif().get_ifd(GPS)
    assert b"Claire Rochat" in content
    picture = make_picture(content)
    made = picture_of(picture.data)
    assert not made.getexif()
    assert set(made.info) <= {"loop", "background", "timestamp", "duration"}
    # Of the parts that a WebP may have, only the picture itself (VP8).
    assert picture.data[12:16] == b"VP8 "
    assert len(picture.data) == 20 + int.from_bytes(picture.data[16:20], "little")
    for word in (b"Fairphone", b"Claire", b"EXIF", b"XMP", b"ICCP"):
        assert word not in picture.data


@pytest.mark.parametrize(
    ("orientation", "size", "at_the_door"),
    [
        (1, (640, 480), (10, 240)),
        (3, (640, 480), (630, 240)),
        (6, (360, 480), (180, 10)),
        (8, (360, 480), (180, 470)),
    ],
)
def test_a_photo_stands_upright(
    orientation: int, size: tuple[int, int], at_the_door: tuple[int, int]
) -> None:
    made = picture_of(make_picture(telephone_photo(orientation)).data)
    assert made.size == size
    red, _green, blue = made.getpixel(at_the_door)  # type: ignore[misc]
    assert blue > red + 80


def test_what_nothing_makes_small_gets_smaller_until_it_fits() -> None:
    picture = make_picture(file_of(noise(1000, 1000), "PNG"))
    assert 5_000 < len(picture.data) <= LARGEST_PICTURE
    assert picture.width < 480


def test_a_small_photo_is_not_made_larger() -> None:
    picture = make_picture(file_of(door(300, 220), "PNG"))
    assert (picture.width, picture.height) == (300, 220)


def test_what_is_transparent_lies_on_white() -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    made = picture_of(make_picture(file_of(clear, "PNG")).data)
    assert made.getpixel((150, 150)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sites.photo-unreadable"),
        (b"GIF89a and so on", "sites.photo-unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "sites.photo-unreadable"),
        (file_of(door(), "GIF"), "sites.photo-unreadable"),
        (file_of(door(), "TIFF"), "sites.photo-unreadable"),
        (file_of(door())[:2000], "sites.photo-unreadable"),
        (file_of(door(), "PNG")[:500], "sites.photo-unreadable"),
        (file_of(door(), "WEBP")[:200], "sites.photo-unreadable"),
        (blank_png(800, 600), "sites.photo-unreadable"),
        (blank_png(5_001, 5_000), "sites.photo-too-many-pixels"),
        (blank_png(60_000, 60_000), "sites.photo-too-many-pixels"),
        (blank_png(2**31 - 1, 200), "sites.photo-too-many-pixels"),
        (file_of(door(199, 400), "PNG"), "sites.photo-too-small"),
        (bytes(pictures.LARGEST_FILE + 1), "sites.photo-too-large"),
    ],
)
def test_what_is_no_photo_or_too_much_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code
