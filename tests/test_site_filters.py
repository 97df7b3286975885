"""A list that is asked for another site's rows, or for those of none, is not found."""

from __future__ import annotations

import pytest
from httpx import AsyncClient, Response

from comptoir.core.accounts.identity import SCOPES
from comptoir.core.api.reference import operations
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, codes, shared_app, sign_in, use_token

PAGES = (
    "/calls",
    "/items",
    "/items.csv",
    "/letters",
    "/loans",
    "/loans?state=open",
    "/loans/moved",
    "/messages",
    "/replies",
    "/rota",
    "/rota/absences/new",
    "/settings/exceptions/new",
    "/settings/reminders/plan",
    "/staff",
    "/staff/add",
    "/staff/invite",
    "/visits",
    "/vouchers",
    "/vouchers/counts",
    "/vouchers/transfers",
    "/vouchers/funding",
    "/vouchers/funding.csv",
    "/vouchers/funding.pdf",
    "/vouchers/batches",
)
#: Every call that lists by a site, as it is declared: a new one is asked too.
CALLS = tuple(
    operation.path
    for operation in operations(shared_app())
    if operation.method == "GET"
    and "{" not in operation.path
    and "site" in getattr(operation.types.get("query"), "__struct_fields__", ())
)

KNOWN = (
    "voucher-counts",
    "voucher-transfers",
    "announcements",
    "calls",
    "conversations",
    "items",
    "items.csv",
    "letters",
    "loans",
    "messages",
    "voucher-batches",
)


def test_the_calls_that_have_such_a_filter_are_known() -> None:
    assert {f"/api/v1/{path}" for path in KNOWN} == {*CALLS}


@pytest.mark.parametrize("everywhere", [False, True], ids=["one site", "all sites"])
async def test_no_page_lists_by_a_site_that_its_reader_does_not_know(
    database: object, everywhere: bool
) -> None:
    """Of every site, whoever works everywhere knows all but one that there is none of."""
    own, others = await make.site(), await make.site()
    user = await make.user(role=Role.COORDINATOR, site_id=None if everywhere else own.id)
    async with client_of() as client:
        await sign_in(client, user, site_id=own.id)
        for path in PAGES:
            answer = await _by_site(client, path, own.id)
            assert answer.status_code == 200, path
            for site_id in [new_id()] + [others.id] * (not everywhere):
                answer = await _by_site(client, path, site_id)
                assert answer.status_code == 404, path
                assert "you do not work there" in answer.text, path


@pytest.mark.parametrize("everywhere", [False, True], ids=["one site", "all sites"])
async def test_no_call_lists_by_a_site_that_its_token_does_not_know(
    database: object, everywhere: bool
) -> None:
    own, others = await make.site(), await make.site()
    async with client_of() as client:
        await use_token(client, *SCOPES, site_id=None if everywhere else own.id)
        for path in CALLS:
            assert (await _by_site(client, path, own.id)).status_code == 200, path
            for site_id in [new_id()] + [others.id] * (not everywhere):
                answer = await _by_site(client, path, site_id)
                assert answer.status_code == 404, path
                assert codes(answer)[0] == "sites.site-not-found", path


async def test_a_site_where_one_is_at_the_desk_alone_has_no_staff_to_manage(
    database: object,
) -> None:
    own, others = await make.site(), await make.site()
    user = await make.user(role=Role.COORDINATOR, site_id=own.id)
    await make.work_at(user, Role.RECEPTION, others.id)
    async with client_of() as client:
        await sign_in(client, user, site_id=others.id)
        assert (await client.get(f"/loans?site={others.id}")).status_code == 200
        assert (await client.get(f"/staff?site={others.id}")).status_code == 404


async def _by_site(client: AsyncClient, path: str, site_id: object) -> Response:
    mark = "&" if "?" in path else "?"
    return await client.get(f"{path}{mark}site={site_id}")
