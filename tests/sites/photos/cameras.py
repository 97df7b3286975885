"""Files as cameras and programs make them."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageCms, ImageDraw

#: Tags of EXIF: the orientation, the maker of the device, and where the GPS data is.
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture_of(content: bytes) -> Image.Image:
    """The picture in a file, read whole."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def door(width: int = 800, height: int = 600, mode: str = "RGB") -> Image.Image:
    """A blue door on the left of a grey wall."""
    image = Image.new("RGB", (width, height), (150, 150, 150))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 4, height), fill=(20, 40, 200))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """What no format makes small."""
    return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(3 * width * height))


def telephone_photo(orientation: int = 6) -> bytes:
    """A JPEG that says where it was taken, with which device, and how to turn it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Fairphone"
    exif.get_ifd(GPS).update({1: "N", 2: (46.0, 48.0, 9.0), 3: "E", 4: (7.0, 9.0, 4.0)})
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return file_of(
        door(),
        exif=exif,
        comment=b"Fairphone of Claire Rochat",
        icc_profile=colours,
        xmp=b"<x:xmpmeta>Claire Rochat</x:xmpmeta>",
    )
