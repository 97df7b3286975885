"""The page of the tally over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.sites.visits.tables import VisitTally
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")


async def test_a_visit_is_counted_without_a_script_and_shown_with_the_year() -> None:
    site = await factories.site()
    user = await factories.user(role=Role.RECEPTION, site_id=site.id, language="en")
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        counted = await client.post("/visits", data={"site": str(site.id), "reason": "help"})
        assert counted.headers["location"] == f"/visits?site={site.id}"
        page = (await client.get("/visits")).text
        assert "Today: 1" in page
        # A line for each month that is over.
        over = clock.now().month - 1
        assert page.count('<th scope="row"') == over
        last_year = (await client.get(f"/visits?year={clock.now().year - 1}")).text
        assert last_year[last_year.index("<tbody") :].count('<th scope="row"') == 13
        day = clock.now().date().replace(day=1) - timedelta(days=1)
        await VisitTally(site=site.id, day=day, reason="help", visits=3).save()
        assert "too few to tell" in (await client.get(f"/visits?year={day.year}")).text
        await client.post("/visits", data={"site": str(site.id), "less": "help"})
        assert "Today: 0" in (await client.get("/visits")).text
        for field in ("reason", "less"):
            unfit = {"site": str(site.id), field: "garbage"}
            assert (await client.post("/visits", data=unfit)).status_code == 422
        assert "Today: 0" in (await client.get("/visits")).text
        elsewhere = await factories.site()
        answer = await client.post("/visits", data={"site": str(elsewhere.id)})
        assert answer.status_code == 404
