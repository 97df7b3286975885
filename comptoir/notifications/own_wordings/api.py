"""Wordings for other programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Page, PageQuery, decode_cursor, get, page_of, post, put
from comptoir.lending.errors import LoanNotFound
from comptoir.notifications.errors import (
    AllSitesNeeded,
    NoSite,
    TooManyTests,
    WordingChanged,
    WordingNotFound,
)
from comptoir.notifications.gateways.configuration import text_terms
from comptoir.notifications.own_wordings import queries
from comptoir.notifications.own_wordings.previews import make_preview
from comptoir.notifications.own_wordings.schemas import (
    Form,
    Key,
    Preview,
    SavedWording,
    SaveWording,
    TestWording,
    TryWording,
    WordingView,
)
from comptoir.notifications.own_wordings.services import save_wording
from comptoir.notifications.own_wordings.testing import send_test

TAG = "Wordings"
ONE = "/wordings/{kind:str}/{language:str}/{form:str}"


class Wordings(msgspec.Struct, frozen=True):
    """All wordings."""

    items: list[WordingView]


class TestSent(msgspec.Struct, frozen=True):
    """The message that will be sent."""

    __test__ = False  # pytest takes what is called so for a test

    id: Annotated[UUID, msgspec.Meta(description="The id of a message.")]


@get("/wordings", scopes=("settings",), tag=TAG)
async def list_wordings(call: Call) -> Wordings:
    """List the wordings of all messages, by kind, language and form, all at once."""
    return Wordings(await queries.list_wordings())


@get(ONE, scopes=("settings",), tag=TAG, errors=(WordingNotFound,))
async def read_wording(call: Call, kind: str, language: str, form: str) -> WordingView:
    """Read a wording: as `usual`, in `full` by e-mail, letter and phone, or the `barest`.

    A kind that says the same everywhere has no `full`: its `usual` goes all ways.
    """
    return await queries.read_wording_view(_key(kind, language, form))


@put(ONE, scopes=("settings",), tag=TAG, errors=(AllSitesNeeded, WordingNotFound, WordingChanged))
async def replace_wording(
    call: Call, kind: str, language: str, form: str, data: SaveWording
) -> WordingView:
    """Say a message in other words at all sites, or in the default's again."""
    key = _key(kind, language, form)
    await save_wording(call.actor, key, data, version=call.version, now=call.now)
    return await queries.read_wording_view(key)


@get(f"{ONE}/versions", scopes=("settings",), tag=TAG, errors=(WordingNotFound,))
async def list_wording_versions(
    call: Call, kind: str, language: str, form: str, query: PageQuery
) -> Page[SavedWording]:
    """List what a wording was before, the latest first. Who saved it is not told."""
    key = _key(kind, language, form)
    await queries.read_wording_view(key)
    before = decode_cursor(query.cursor, int) or queries.AFTER_ALL
    rows = await queries.saved(key, before=before, limit=query.limit + 1)
    return page_of(rows, query.limit, key=lambda row: row.version)


@post(
    f"{ONE}/previews",
    scopes=("settings",),
    tag=TAG,
    status=200,
    errors=(WordingNotFound, LoanNotFound, NoSite),
)
async def preview_wording(
    call: Call, kind: str, language: str, form: str, data: TryWording
) -> Preview:
    """See what a wording makes, how many parts it takes, and why. Nothing is saved."""
    key = _key(kind, language, form)
    return await make_preview(
        call.actor,
        key,
        data,
        base_url=call.base_url,
        terms=text_terms(call.settings),
        now=call.now,
    )


@post(
    f"{ONE}/tests",
    scopes=("settings",),
    tag=TAG,
    status=201,
    errors=(AllSitesNeeded, WordingNotFound, LoanNotFound, NoSite, TooManyTests),
    location="/messages/{id}",
)
async def send_test_wording(
    call: Call, kind: str, language: str, form: str, data: TestWording
) -> TestSent:
    """Send what a wording makes to a phone. At most ten within an hour, of all people together."""
    key = _key(kind, language, form)
    made = await send_test(call.actor, key, data, base_url=call.base_url, now=call.now)
    return TestSent(made)


def _key(kind: str, language: str, form: str) -> Key:
    try:
        return Key(kind, language, Form(form))
    except ValueError as unknown:
        raise WordingNotFound from unknown


ROUTES = [
    list_wordings,
    read_wording,
    replace_wording,
    list_wording_versions,
    preview_wording,
    send_test_wording,
]
