"""The start from a file of the ANCT: looked at first, then whole or not at all."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.plain_text import as_read
from comptoir.core.principal import SYSTEM, Role
from comptoir.sites import queries
from comptoir.sites.errors import OrganisationNotFound, SitesForbidden
from comptoir.sites.open_data import imports
from comptoir.sites.open_data.imports import SitesChangedMeanwhile, SitesImported
from comptoir.sites.services import SITE_NAMES
from comptoir.sites.tables import Organisation, Site
from tests import factories
from tests.http_client import client_of, sign_in, use_token
from tests.locks import overtaken
from tests.sites.open_data.files import file_of, row, text_of

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def owner(database: Any) -> Organisation:
    return await factories.organisation()


@pytest.fixture
async def client(owner: Organisation) -> AsyncIterator[AsyncClient]:
    """An administrator's browser."""
    async with client_of() as client:
        await sign_in(client, await factories.user(role=Role.ADMIN, language="en"))
        yield client


def many(count: int) -> list[dict[str, str]]:
    return [
        row(number, horaires=f"Mo-Fr 09:{number % 60:02}-12:00,14:00-18:00; PH off")
        for number in range(count)
    ]


async def count_sites() -> int:
    count: int = await Site.count()
    return count


async def test_sites_are_made_unpublished_with_their_hours(
    owner: Organisation, now: datetime
) -> None:
    content = file_of(row(1), row(2))
    done = await imports.import_sites(SYSTEM, owner.id, content, now=now)
    assert done == SitesImported(imported=2, known=0)
    site = (await queries.sites())[0]
    assert site.name == "Médiathèque Élan 1"
    assert site.opening_hours == "Mo-Fr 09:00-12:00,14:00-18:30; PH off"
    assert not site.published
    assert [entry.action for _, entry in await audit.timeline(site.id)] == ["site.imported"]


async def test_the_same_file_again_makes_no_doubles(owner: Organisation, now: datetime) -> None:
    await imports.import_sites(SYSTEM, owner.id, file_of(row(1)), now=now)
    found = await imports.preview(SYSTEM, owner.id, file_of(row(1), row(2)), now=now)
    assert (found.new, found.known, found.wrong) == (1, 1, 0)
    done = await imports.import_sites(SYSTEM, owner.id, file_of(row(1), row(2)), now=now)
    assert done == SitesImported(imported=1, known=1)
    assert await count_sites() == 2


async def test_a_name_that_somebody_gives_at_that_moment_is_not_given_twice(
    owner: Organisation, now: datetime
) -> None:
    other = await factories.site()

    async def rename(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await db.take_turns(SITE_NAMES)
            await until_waited_for()
            name = "médiathèque élan 1"  # another row for the index, the same name for people
            await db.execute(
                "UPDATE sites_site SET name = :name WHERE id = :id", name=name, id=other.id
            )

    async def bring_in() -> None:
        # On SQLite it may look after the other has written: then the town is in the name.
        with suppress(SitesChangedMeanwhile):
            await imports.import_sites(SYSTEM, owner.id, file_of(row(1)), now=now)

    await overtaken(rename, bring_in())
    names = [as_read(each["name"]) for each in await Site.select(Site.name)]
    assert names.count("mediatheque elan 1") == 1


async def test_our_own_file_makes_no_doubles(
    owner: Organisation, client: AsyncClient, now: datetime
) -> None:
    await factories.site(country="FR", postcode="69003", city="Lyon", published=True)
    content = (await client.get("/places/anct.csv")).content
    found = await imports.preview(SYSTEM, owner.id, content, now=now)
    assert (found.new, found.known, found.wrong) == (0, 1, 0)


async def test_one_wrong_row_keeps_all_out(owner: Organisation, now: datetime) -> None:
    content = file_of(row(1), row(2, code_postal="1000"))
    with pytest.raises(Invalid) as raised:
        await imports.import_sites(SYSTEM, owner.id, content, now=now)
    [error] = raised.value.errors
    assert (error.field, error.code) == ("csv", "sites.import-postcode-invalid")
    assert "3, code_postal" in error.message
    assert (error.line, error.column) == (3, "code_postal")
    assert await count_sites() == 0


async def test_ten_thousand_sites_with_three_wrong_rows_are_looked_at_in_seconds(
    owner: Organisation, now: datetime
) -> None:
    rows = many(10_000)
    rows[17]["code_postal"] = "?"
    rows[5_000]["horaires"] = "always"
    rows[9_999]["nom"] = ""
    begun = time.process_time()
    found = await imports.preview(SYSTEM, owner.id, text_of(rows).encode(), now=now)
    assert time.process_time() - begun < 20  # a few seconds on a machine that is idle
    assert [each.line for each in found.problems] == [19, 5_002, 10_001]
    assert found.wrong == 3
    assert await count_sites() == 0


async def test_thousands_of_sites_come_in_at_once(owner: Organisation, now: datetime) -> None:
    done = await imports.import_sites(SYSTEM, owner.id, text_of(many(1_200)).encode(), now=now)
    assert done.imported == await count_sites() == 1_200


async def test_sites_of_one_name_are_told_apart(owner: Organisation, now: datetime) -> None:
    await factories.site(name="Mairie")
    content = file_of(
        row(1, nom="Mairie", commune="Reims"),
        row(2, nom="mairie", commune="Lyon", adresse="1 rue A"),
        row(3, nom="Mairie", commune="Lyon", adresse="2 rue B"),
    )
    await imports.import_sites(SYSTEM, owner.id, content, now=now)
    assert sorted(site.name for site in await queries.sites()) == [
        "Mairie",
        "Mairie – 2 rue B, Lyon",
        "Mairie – Reims",
        "mairie – Lyon",
    ]
    again = [row(number, nom="Mairie", commune="Lyon", adresse="2 rue B") for number in (4, 5)]
    with pytest.raises(Invalid) as raised:
        await imports.import_sites(SYSTEM, owner.id, file_of(*again), now=now)
    assert {error.code for error in raised.value.errors} == {"sites.name-taken"}


async def test_two_imports_at_one_moment_make_each_site_once(
    owner: Organisation, now: datetime
) -> None:
    content = file_of(*many(30))
    done = await asyncio.gather(
        *(imports.import_sites(SYSTEM, owner.id, content, now=now) for _ in range(3)),
        return_exceptions=True,
    )
    assert await count_sites() == 30
    assert all(isinstance(each, SitesImported | SitesChangedMeanwhile) for each in done)


async def test_only_administrators_of_all_sites_import(owner: Organisation, now: datetime) -> None:
    site = await factories.site()
    for role, place in ((Role.COORDINATOR, None), (Role.ADMIN, site.id)):
        actor = await factories.principal(role, place)
        with pytest.raises(SitesForbidden):
            await imports.import_sites(actor, owner.id, file_of(row(1)), now=now)
        with pytest.raises(SitesForbidden):
            await imports.preview(actor, owner.id, file_of(row(1)), now=now)


async def test_an_unknown_organisation_is_refused(now: datetime, database: Any) -> None:
    site = await factories.site()
    with pytest.raises(OrganisationNotFound):
        await imports.preview(SYSTEM, site.id, file_of(row(1)), now=now)


def digest_in(text: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', text)
    assert found
    return found[1]


def upload(content: bytes) -> dict[str, Any]:
    return {"file": ("places.csv", content, "text/csv")}


async def test_a_file_is_checked_then_imported(client: AsyncClient, owner: Organisation) -> None:
    assert "/settings/sites/import" in (await client.get("/settings/sites")).text
    assert (await client.get("/settings/sites/import")).status_code == 200
    content, data = file_of(row(1), row(2)), {"organisation": str(owner.id)}
    checked = await client.post("/settings/sites/import/check", data=data, files=upload(content))
    assert checked.status_code == 200
    assert "2 new sites." in checked.text
    assert await count_sites() == 0
    data["digest"] = digest_in(checked.text)
    other = file_of(row(3))
    refused = await client.post("/settings/sites/import", data=data, files=upload(other))
    assert refused.status_code == 422
    assert "not the file that was checked" in refused.text
    done = await client.post("/settings/sites/import", data=data, files=upload(content))
    assert (done.status_code, done.headers["location"]) == (303, "/settings/sites")
    assert await count_sites() == 2


async def test_what_is_wrong_is_shown_by_line(client: AsyncClient, owner: Organisation) -> None:
    data = {"organisation": str(owner.id)}
    content = file_of(row(1), row(2, services="<script>"), row(3, nom="=1"))
    page = await client.post("/settings/sites/import/check", data=data, files=upload(content))
    assert page.status_code == 422
    assert "2 things are wrong" in page.text
    assert 'name="digest"' not in page.text
    assert "“&lt;script&gt;” is none of the standard" in page.text
    assert await count_sites() == 0


async def test_a_file_without_rows_is_refused(client: AsyncClient, owner: Organisation) -> None:
    data = {"organisation": str(owner.id)}
    page = await client.post("/settings/sites/import/check", data=data, files=upload(file_of()))
    assert page.status_code == 422
    assert "There is nothing to import." in page.text
    await use_token(client, "settings")
    answer = await client.post("/api/v1/site-imports", json={**data, "csv": text_of([])})
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == ["sites.import-empty"]


async def test_a_call_is_told_each_error_by_line_and_column_and_how_many_there_are(
    client: AsyncClient, owner: Organisation
) -> None:
    await use_token(client, "settings")
    rows = [row(number, code_postal="?", telephone="12") for number in range(60)]
    body = {"organisation": str(owner.id), "csv": text_of(rows)}
    problem = (await client.post("/api/v1/site-imports", json=body)).json()
    assert problem["code"] == "sites.import-invalid"
    assert problem["details"] == {"wrong": 120, "listed": 100}
    assert len(problem["errors"]) == 100
    places = [(each["field"], each["line"], each["column"]) for each in problem["errors"][:3]]
    assert places == [("csv", 2, "code_postal"), ("csv", 2, "telephone"), ("csv", 3, "code_postal")]
    assert "120" in problem["detail"]


async def test_a_taken_name_is_said_beside_what_else_is_wrong(
    owner: Organisation, now: datetime
) -> None:
    rows = [
        row(1, nom="Mairie", adresse="2 rue B"),
        row(2, nom="Mairie", telephone="12", adresse="2 rue B"),
        row(3, nom="Mairie", adresse="2 rue B"),
        row(4, nom="Mairie", code_postal="?", adresse="2 rue B"),
    ]
    found = await imports.preview(SYSTEM, owner.id, file_of(*rows), now=now)
    assert [(each.line, each.column) for each in found.problems] == [
        (3, "telephone"),
        (4, "nom"),
        (5, "nom"),
        (5, "code_postal"),
    ]


async def test_a_form_without_a_file_says_so(client: AsyncClient) -> None:
    page = await client.post("/settings/sites/import/check", data={"organisation": "x"})
    assert page.status_code == 422
    assert 'id="file-error"' in page.text
    assert 'id="organisation-error"' in page.text


async def test_a_file_of_more_than_a_megabyte_comes_in_by_page_and_by_call(
    client: AsyncClient, owner: Organisation
) -> None:
    text = text_of([row(number, presentation_detail="x" * 100_000) for number in range(12)])
    data = {"organisation": str(owner.id)}
    page = await client.post("/settings/sites/import/check", data=data, files=upload(text.encode()))
    assert "12 new sites." in page.text
    await use_token(client, "settings")
    answer = await client.post("/api/v1/site-imports", json={**data, "csv": text})
    assert answer.status_code == 201


async def test_a_call_imports_once(client: AsyncClient, owner: Organisation) -> None:
    await use_token(client, "settings")
    body = {"organisation": str(owner.id), "csv": text_of([row(1)])}
    for known in (0, 1):
        answer = await client.post("/api/v1/site-imports", json=body)
        assert answer.status_code == 201
        assert answer.json() == {"imported": 1 - known, "known": known}


async def test_an_imported_site_keeps_its_id_in_our_file(
    client: AsyncClient, owner: Organisation, now: datetime
) -> None:
    await imports.import_sites(SYSTEM, owner.id, file_of(row(1)), now=now)
    assert "structure-1" not in (await client.get("/places/anct.csv")).text
    await Site.update({Site.published: True}, force=True)
    assert "structure-1,43493312300029" in (await client.get("/places/anct.csv")).text
