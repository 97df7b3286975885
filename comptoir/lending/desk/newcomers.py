"""Somebody new at the desk: register them, and lend them what waits."""

from __future__ import annotations

from datetime import timedelta

from litestar import post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.core.web.forms import id_or_none
from comptoir.lending.borrowers.errors import BorrowerRegisteredBefore
from comptoir.lending.borrowers.forms import BorrowerForm
from comptoir.lending.borrowers.pages import borrower_page, register, registered_before_page
from comptoir.lending.desk.answer import Answer, Page, Posted, answer_desk, site_of
from comptoir.lending.desk.forms import attempt_of
from comptoir.lending.desk.kept import decode_waiting
from comptoir.lending.desk.recent_cookie import kept_recent
from comptoir.lending.desk.scanning import begin_visit
from comptoir.lending.scans import still_waiting

#: For how long the form may be open. What it lends was waiting when it was opened.
FORM_TIME = timedelta(minutes=15)


@post("/borrowers/quick", status_code=200, guards=[require(Role.RECEPTION)])
async def add_at_desk(request: Page, data: Posted[BorrowerForm]) -> Answer:
    """Register somebody who stands at the desk, open their visit, lend them what waits.

    The form's id is the attempt: sent twice, it registers and lends once, and
    both answers say the same.
    """
    site_id = site_of(request.user)
    try:
        borrower_id = await register(request.user, data)
    except Invalid as invalid:
        return await borrower_page(request, data, invalid.errors, at_desk=True)
    except BorrowerRegisteredBefore as before:
        return await registered_before_page(request, data, before.borrower_id, at_desk=True)
    now = clock.now()
    lend = still_waiting(decode_waiting(data.waiting), now=now, within=FORM_TIME)
    result = await begin_visit(
        request.user,
        borrower_id,
        site_id,
        lend=lend,
        instead_of=id_or_none(data.visit),
        attempt=attempt_of(data.id, "newcomer", str(borrower_id)),
        now=now,
    )
    return await answer_desk(request, result, kept_recent(request))


ROUTES = [add_at_desk]
