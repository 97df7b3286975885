"""Where no public address is set, whoever prints a code or sends a link is told before."""

from __future__ import annotations

import dataclasses

import pytest

from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import SETTINGS, client_of, make_app, sign_in

SAID = "No public address is set yet."
UNHEARD = "No gateway that is set up can receive text messages."


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("url", "gateways", "told"),
    [("", "file", True), ("http://192.168.1.20:8000", "kannel", False)],
)
async def test_whoever_prints_a_code_or_sends_a_link_is_told(
    url: str, gateways: str, told: bool
) -> None:
    site = await make.site()
    item = await make.item(site_id=site.id)
    person = await make.borrower(site_id=site.id)
    user = await make.user(role=Role.COORDINATOR, site_id=site.id)
    settings = dataclasses.replace(SETTINGS, public_url=url, gateways=gateways)
    async with client_of(make_app(settings=settings)) as client:
        await sign_in(client, user, site_id=site.id)
        await client.post(f"/borrowers/{person.id}/card")
        for page in (
            f"/items/labels?code={item.code}",
            f"/borrowers/{person.id}",
            f"/settings/reminders/sites/{site.id}",
        ):
            answer = await client.get(page)
            assert answer.status_code == 200
            assert (SAID in answer.text) is told, page
        assert (UNHEARD in answer.text) is told
