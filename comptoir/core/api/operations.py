"""A call of the API: declared in one decorator, from which its document is made too.

The decorator does for each call what none may forget: the scope, the form of
body and query, the idempotency key, ETag and Location. What a call does is the
service's.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Empty, EmptyType

from comptoir.core import idempotency
from comptoir.core.accounts.guards import require_scope
from comptoir.core.api.calls import call_of, tag_of
from comptoir.core.api.cursors import open_cursor, seal_cursor
from comptoir.core.api.decoding import decode_body, decode_query, json_body
from comptoir.core.api.errors import CursorInvalid
from comptoir.core.api.matching import matched
from comptoir.core.api.paging import Page
from comptoir.core.api.types import Csv, Pdf, PlainText
from comptoir.core.errors import ComptoirError
from comptoir.core.idempotency import Outcome
from comptoir.core.vault import Clear
from comptoir.core.web.conditional import has_already

PREFIX = "/api/v1"
JSON = "application/json"
#: What the types of files that a call may return are sent as.
FILES = {Pdf: "application/pdf", Csv: "text/csv", PlainText: "text/plain"}

Function = Callable[..., Awaitable[Any]]
Decorator = Callable[[Function], HTTPRouteHandler]
Error = type[ComptoirError] | str
Errors = tuple[Error, ...]
Scopes = tuple[str, ...]

#: What reads each thing that has a version, by its path.
_readers: dict[str, Function] = {}


@dataclass(frozen=True)
class Operation:
    """One call, as declared.

    A token needs one of ``scopes``; to read, ``read`` is enough. A ``POST``
    with ``read`` among them is a search whose words must not stand in an
    address, or a print, and changes nothing. What gives a file returns a ``Pdf``,
    a ``Csv`` or a ``PlainText``.

    ``looks``: it changes nothing either, though ``read`` is not enough for it.

    ``errors`` are classes of errors, or codes of refusals, that it may answer
    with beside those that every call may. ``remembers``: the service itself
    keeps the outcome of ``call.attempt``. ``location`` is the path of what was
    made, with places for the fields of the answer. ``secret`` is the field that
    is told once and never kept. ``again`` gives what a repeated call is told, of the call and
    the outcome that was kept: without it, a call cannot tell a ``Clear``.
    ``conditional``: it takes ``If-Match`` though it is no ``PUT`` and no ``PATCH``.
    ``largest_body`` is how many bytes it takes, where that is not as many as any other.
    """

    method: str
    path: str
    scopes: Scopes
    tag: str
    status: int
    function: Function
    errors: Errors = ()
    remembers: bool = False
    location: str | None = None
    secret: str | None = None
    again: Function | None = None
    conditional: bool = False
    looks: bool = False
    largest_body: int | EmptyType = Empty

    @property
    def changes(self) -> bool:
        """True if it takes an idempotency key."""
        return self.method != "GET" and not self.looks and "read" not in self.scopes

    @property
    def sufficient(self) -> Scopes:
        """The scopes of which one is enough, ``read`` among them where it is."""
        reads = self.method == "GET" and not {"settings"}.issuperset(self.scopes)
        return ("read", *self.scopes) if reads and "read" not in self.scopes else self.scopes

    @property
    def edits(self) -> bool:
        """True if it takes ``If-Match``."""
        return self.conditional or self.method in ("PUT", "PATCH")

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self._told.partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """The rest of the docstring."""
        return self._told.partition("\n")[2].strip()

    @property
    def _told(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def types(self) -> dict[str, Any]:
        """The types of the handler's parameters, and of its ``return``."""
        return typing.get_type_hints(self.function, include_extras=True)

    @property
    def file(self) -> str | None:
        """The media type of the file that it answers with; None if it answers with JSON."""
        return FILES.get(self.types["return"])

    @property
    def versioned(self) -> bool:
        """True if the answer has a version, which is then its ETag."""
        return "version" in getattr(self.types["return"], "__struct_fields__", ())


class _CallHandler(HTTPRouteHandler):
    """Litestar's, which makes a copy of itself for each guard; ours only look at it."""

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        for guard in self.resolve_guards():
            # A guard may be no coroutine, as Litestar types them: here each is one.
            await guard(connection, self)  # type: ignore[misc]


def _declare(
    method: str, path: str, *, scopes: Scopes, tag: str, status: int = 200, **more: Any
) -> Decorator:
    """Make a handler of a function; ``more`` as for ``Operation``."""

    def decorate(function: Function) -> HTTPRouteHandler:
        operation = Operation(method, PREFIX + path, scopes, tag, status, function, **more)
        if method == "GET":
            _readers[operation.path] = function
        return _CallHandler(
            operation.path,
            http_method=HttpMethod(method),
            status_code=200,  # the answer brings its own
            guards=[require_scope(*scopes)],
            opt={"operation": operation},
            request_max_body_size=operation.largest_body,
        )(_handler(operation))

    return decorate


#: A call that reads.
get = partial(_declare, "GET")
#: A call that makes or does something.
post = partial(_declare, "POST")
#: A call that replaces what was read, of the version ``call.version``.
put = partial(_declare, "PUT")
#: A call that changes some fields of what was read, of the version ``call.version``.
patch = partial(_declare, "PATCH")
#: A call that ends something; it answers with nothing.
delete = partial(_declare, "DELETE", status=204)


class _NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What a call without parameters takes: an unknown one would be a filter that filters not."""


def _handler(operation: Operation) -> Callable[..., Any]:
    function = operation.function

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        types = operation.types
        arguments: dict[str, Any] = dict(request.path_params)
        pairs = request.query_params.multi_items()
        if "query" in types:
            arguments["query"] = _unsealed(decode_query(pairs, types["query"]), request)
        elif pairs:
            decode_query(pairs, _NoQuery)
        if "data" in types:
            arguments["data"] = decode_body(await json_body(request), types["data"])
        call = await call_of(request, changes=operation.changes)
        if operation.edits:
            _ = call.version  # missing is said before anything is done

        if operation.file:
            file = _file(await function(call, **arguments), operation.file)
            return file.to_asgi_response(None, request)

        told: list[bytes] = []

        def tell(result: Any) -> bytes:
            return _encode(result, request, _in_clear if operation.again else None)

        async def act() -> Outcome:
            edit = call
            if operation.edits:
                edit = await matched(call, partial(_reader(operation), call, **request.path_params))
            result = await function(edit, **arguments)
            told.append(tell(result))
            kept = told[0]
            if operation.secret:
                kept = _encode(msgspec.structs.replace(result, **{operation.secret: None}), request)
            elif operation.again:
                kept = _encode(result, request, _left_out)
            return Outcome(operation.status, kept.decode())

        attempt = None if operation.remembers else call.attempt
        outcome = await idempotency.once(call.actor, attempt, act, now=call.now)
        body = told[0] if told else outcome.body.encode()
        if operation.again and not told:
            first = msgspec.json.decode(body, type=operation.types["return"])
            body = tell(await operation.again(call, first))
        answer = _answer(operation, outcome.status, body)
        tag = answer.headers.get("ETag")
        if tag and operation.method == "GET" and has_already(request, tag):
            return ASGIResponse(status_code=304, media_type=JSON, headers={"ETag": tag})
        return answer

    handle.__name__ = function.__name__
    handle.__doc__ = function.__doc__
    return handle


def _reader(operation: Operation) -> Function:
    """What reads the thing that is edited, or the whole that it is a part of."""
    path = operation.path
    return _readers.get(path) or _readers[path.rpartition("/")[0]]


def _unsealed(query: Any, request: Request[Any, Any, Any]) -> Any:
    """The query, with its cursor as the list gave it."""
    sealed = getattr(query, "cursor", None)
    if sealed is None:
        return query
    cursor = open_cursor(request, sealed, str, of=_list(request))
    if cursor is None:
        raise CursorInvalid
    return msgspec.structs.replace(query, cursor=cursor)


def _list(request: Request[Any, Any, Any]) -> str:
    """Which list it is: with another filter, the same place means something else."""
    filters = sorted(
        pair for pair in request.query_params.multi_items() if pair[0] not in ("cursor", "limit")
    )
    return f"{request.url.path}?{urlencode(filters)}"


def _in_clear(value: Any) -> str:
    if isinstance(value, Clear):
        return value.text
    raise TypeError(type(value).__name__)


def _left_out(value: Any) -> None:
    if not isinstance(value, Clear):
        raise TypeError(type(value).__name__)


def _encode(
    result: Any, request: Request[Any, Any, Any], other: Callable[[Any], Any] | None = None
) -> bytes:
    if result is None:
        return b""
    if isinstance(result, Page) and result.next_cursor:
        cursor = seal_cursor(request, result.next_cursor, of=_list(request))
        query = {**request.query_params.dict(), "cursor": cursor}
        result = msgspec.structs.replace(
            result, next_cursor=cursor, next=f"{request.url.path}?{urlencode(query, doseq=True)}"
        )
    return msgspec.json.encode(result, enc_hook=other)


def _file(file: Pdf | Csv | PlainText, media_type: str) -> Response[Any]:
    if isinstance(file, Csv):
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return Stream(file.pieces, media_type=media_type, headers=headers)
    headers = {"Content-Disposition": f'inline; filename="{file.name}"'}
    return Response(file.data, media_type=media_type, headers=headers)


class _Made(msgspec.Struct):
    """What of an answer goes into headers."""

    id: UUID | None = None
    user_id: UUID | None = None
    voucher_id: UUID | None = None
    code: str = ""
    version: int | None = None


def _answer(operation: Operation, status: int, body: bytes) -> ASGIResponse:
    headers: dict[str, str] = {}
    if operation.versioned or operation.location:
        made = msgspec.json.decode(body, type=_Made)
        if operation.versioned and made.version is not None:
            headers["ETag"] = tag_of(made.version, body)
        if operation.location:
            headers["Location"] = PREFIX + operation.location.format(
                id=made.id, user_id=made.user_id, voucher_id=made.voucher_id, code=made.code
            )
    return ASGIResponse(body=body, status_code=status, media_type=JSON, headers=headers)
