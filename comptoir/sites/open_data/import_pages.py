"""The page from which a new installation starts with a file of the ANCT.

The file is kept nowhere between looking and importing: it is chosen again, and its digest
says that it is the same.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form
from comptoir.core.web.uploads import sent_file
from comptoir.sites import queries
from comptoir.sites.open_data import imports
from comptoir.sites.open_data.anct_table import LARGEST_FILE
from comptoir.sites.open_data.imports import Preview

Page = Request[Principal, Any, Any]
PATH = "/settings/sites/import"
ADMIN = [require(Role.ADMIN)]
#: The file, and the little that a form has around it.
LARGEST_FORM = LARGEST_FILE + 10_000


@get(PATH, guards=ADMIN)
async def import_form(request: Page) -> Response[str]:
    """Choose a file."""
    return await _page(request)


@post(f"{PATH}/check", guards=ADMIN, request_max_body_size=LARGEST_FORM)
async def check_file(request: Page) -> Response[str]:
    """Say what the file would do, and what is wrong with it."""
    try:
        organisation, content = await _sent(request)
    except Invalid as invalid:
        return await _page(request, errors=invalid.errors)
    found = await imports.preview(request.user, organisation, content, now=clock.now())
    return await _page(
        request, organisation=str(organisation), found=found, digest=_digest(content)
    )


@post(PATH, guards=ADMIN, request_max_body_size=LARGEST_FORM)
async def import_file(request: Page) -> Response[str]:
    """Import the file that was looked at."""
    digest = (await FormData.of(request)).text("digest")
    try:
        organisation, content = await _sent(request)
        if _digest(content) != digest:
            message = _("This is not the file that was checked. Check it first.")
            raise Invalid([FieldError("file", "sites.import-unchecked", message)])
        done = await imports.import_sites(request.user, organisation, content, now=clock.now())
    except Invalid as invalid:
        return await _page(request, errors=in_form(invalid.errors, {"csv": "file"}))
    text = ngettext(
        "%(num)s site imported. The public sees it once you publish it.",
        "%(num)s sites imported. The public sees each once you publish it.",
        done.imported,
    )
    return redirect(request, "/settings/sites", flash=Flash("ok", text))


async def _sent(request: Page) -> tuple[UUID, bytes]:
    """The organisation and the file of the form.

    Raises:
        Invalid: one of them is missing.
    """
    content = await sent_file(request)
    organisation = (await FormData.of(request)).identifier("organisation")
    errors = []
    if organisation is None:
        message = _("Choose the organisation.")
        errors.append(FieldError("organisation", "sites.organisation-missing", message))
    if not content:
        errors.append(FieldError("file", "sites.import-file-missing", _("Choose a file.")))
    if organisation is None or errors:
        raise Invalid(errors)
    return organisation, content


async def _page(
    request: Page,
    *,
    organisation: str = "",
    found: Preview | None = None,
    digest: str = "",
    errors: list[FieldError] | None = None,
) -> Response[str]:
    return page(
        request,
        "sites/import.html",
        status=422 if errors or (found and found.wrong) else 200,
        organisations=[(each.id, each.name) for each in await queries.organisations()],
        organisation=organisation,
        found=found,
        digest=digest,
        errors=errors or [],
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


ROUTES = [import_form, check_file, import_file]
