"""A request's body and query as structs; what does not fit is said by field."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable
from email.message import Message
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.texts import NUL, nul_error
from comptoir.core.wording import in_words

T = TypeVar("T")

_JSON = "application/json"
_CHARSETS = ("utf-8", "us-ascii")

# A NUL, as JSON writes it: PostgreSQL can keep none in a text.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NAMED_FIELD = re.compile(r"^Object (missing required|contains unknown) field `(.*)`$", re.DOTALL)


async def json_body(request: Request[Any, Any, Any]) -> bytes:
    """The body of a request that says it is JSON in UTF-8, or says nothing.

    A mark at its front (U+FEFF), which some programs write, is ignored, as RFC 8259
    allows.

    Raises:
        HTTPException: 415, it says that it is something else.
    """
    if not _is_json(request.headers.get("content-type", _JSON)):
        raise HTTPException(status_code=415)
    return (await request.body()).removeprefix(BOM_UTF8)


def _is_json(media_type: str) -> bool:
    if media_type == _JSON:  # as nearly all write it: what parses the others is slow
        return True
    said = Message()
    said["content-type"] = media_type
    return said.get_content_type() == _JSON and said.get_content_charset("utf-8") in _CHARSETS


def decode_body(body: bytes, kind: type[T]) -> T:
    """Read a JSON body.

    Raises:
        HTTPException: 400, it is not JSON.
        Invalid: it is JSON of another form.
    """
    if _NUL.search(body):
        raise Invalid([nul_error("")])
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid([field_error(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HTTPException(status_code=400) from None


def decode_query(pairs: Iterable[tuple[str, str]], kind: type[T]) -> T:
    """Read a query; an unknown or repeated parameter is refused, for it would be ignored.

    Raises:
        Invalid: it is of another form.
    """
    pairs = list(pairs)
    repeated = [
        name for name, count in Counter(name for name, _value in pairs).items() if count > 1
    ]
    if repeated:
        raise _invalid(repeated[0], "core.repeated-parameter", _("Give it once only."))
    for name, value in pairs:
        if NUL in value:
            raise Invalid([nul_error(name)])
    try:
        return msgspec.convert(dict(pairs), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid([field_error(str(error))]) from None


def field_error(text: str) -> FieldError:
    """What msgspec says of a value, with the path of its field (``numbers[0].serial``).

    Of a map it does not say at which key: the path then ends at the map.
    """
    message, _dash, path = text.partition(" - at `")
    path = path.rstrip("`").removeprefix("$").lstrip(".").partition("[...]")[0]
    named = _NAMED_FIELD.match(message)
    if named is None:
        return FieldError(path, "core.invalid-value", in_words(message))
    path = f"{path}.{named[2]}".lstrip(".")
    if named[1] == "missing required":
        return FieldError(path, "core.missing-field", _("This field is missing."))
    return FieldError(path, "core.unknown-field", _("There is no such field."))


def _invalid(field: str, code: str, message: str) -> Invalid:
    return Invalid([FieldError(field, code, message)])
