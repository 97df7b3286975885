"""The command that gives a site its photo, and the view of one."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comptoir.core.fields import example

MEDIA_TYPE = "image/webp"

#: A white square, for the reference of the API.
_EXAMPLE = (
    "iVBORw0KGgoAAAANSUhEUgAAAMgAAADIAQAAAACFI5MzAAAAKElEQVR42u3JoQEAAAgDoOn/P2u1+AFUavLoGGOM"
    "McYYY4wxxhhjzLUvnQKPTWDWfAAAAABJRU5ErkJggg=="
)


class SavePhoto(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A photo of a site. ``alt`` says in words what is on it, for who does not see it.

    ``image`` is a JPEG, PNG or WebP in base64. Null: the photo stays, with another ``alt``.
    """

    alt: Annotated[str, example("La porte bleue à côté de la poste")]
    image: Annotated[bytes | None, msgspec.Meta(extra_json_schema={"examples": [_EXAMPLE]})] = None


class PhotoView(msgspec.Struct, frozen=True):
    """What is known of a photo but its picture: ``width`` and ``height`` in pixels.

    ``sha256`` is the hash of the picture, in hexadecimal.
    """

    alt: str
    width: int
    height: int
    sha256: str

    @property
    def tag(self) -> str:
        """What changes with the picture, and stands in its address."""
        return self.sha256[:12]


class Photo(PhotoView, frozen=True):
    """The same with ``image``, a WebP."""

    image: bytes
