"""The pages about policies and groups, over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending.policies.groups import groups
from comptoir.lending.policies.queries import own_policy
from comptoir.lending.tables import Policy
from tests import factories
from tests.http_client import client_of, sign_in

pytestmark = pytest.mark.usefixtures("database")

FORM = {"mode": "calendar_days_next_open", "length": "28", "renewals": "2", "limit_person": "1"}


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    """A coordinator of one site."""
    async with client_of() as client:
        user = await factories.user(role=Role.COORDINATOR, site_id=await a_site(), language="en")
        await sign_in(client, user)
        yield client


async def a_site() -> Any:
    return (await factories.site()).id


async def test_a_policy_is_set_shown_and_removed(client: AsyncClient) -> None:
    category, group = await factories.category("Laptop"), await factories.group("Families")
    for which in ("any", str(group.id)):
        url = f"/settings/policies/{category.id}/{which}"
        assert (await client.get(url)).status_code == 200
        answer = await client.post(url, data=FORM)
        assert answer.headers["Location"] == "/settings/policies"
    listed = await client.get("/settings/policies")
    assert listed.text.count("28 days, then the next open day · renew up to 2 times") == 2
    url = f"/settings/policies/{category.id}/{group.id}"
    assert (await client.post(url, data=FORM)).status_code == 412
    await client.post(f"{url}/remove", data={"version": "1"})
    assert await own_policy(category.id, group.id) is None
    assert await own_policy(category.id, None) is not None


async def test_a_rule_is_removed_by_a_page_that_says_what_hangs_on_it(
    client: AsyncClient,
) -> None:
    site, laptop = await factories.site(name="Bulle"), await factories.model()
    families, own = await factories.group("Families"), await factories.group("Schools")
    await factories.policy(category_id=laptop.category)
    await factories.policy(category_id=laptop.category, borrower_group=own.id, length=77)
    for group in (families, own):
        item = await factories.item(model=laptop.id, site_id=site.id)
        reader = await factories.borrower(borrower_group=group.id)
        await factories.loan(item=item, borrower_id=reader.id, now=factories.MADE_AT)
    url = f"/settings/policies/{laptop.category}/any"
    form = (await client.get(url)).text
    assert f'href="{url}/remove"' in form
    assert f'action="{url}/remove"' not in form
    asked = (await client.get(f"{url}/remove")).text
    assert "can borrow nothing of this category then: <strong>Families</strong>" in asked
    assert "1 loan is open." in asked
    assert "They cannot be renewed any more." in asked
    assert await own_policy(laptop.category, None) is not None
    asked = (await client.get(f"/settings/policies/{laptop.category}/{own.id}/remove")).text
    assert "The rule for any group applies then: 14 days" in asked
    assert "1 loan is open." in asked
    assert "cannot be renewed" not in asked


async def test_removing_a_rule_that_every_group_does_without_changes_nothing(
    client: AsyncClient,
) -> None:
    category, group = await factories.category(), await factories.group()
    await factories.policy(category_id=category.id)
    await factories.policy(category_id=category.id, borrower_group=group.id)
    asked = (await client.get(f"/settings/policies/{category.id}/any/remove")).text
    assert "They all borrow as before." in asked
    assert "No loan is open." in asked


async def test_rule_that_wants_things_back_where_they_were_lent(client: AsyncClient) -> None:
    category = await factories.category("Laptop")
    url = f"/settings/policies/{category.id}/any"
    await client.post(url, data={**FORM, "returns": "where-lent"})
    policy = await own_policy(category.id, None)
    assert policy is not None
    assert not policy.returns_elsewhere
    form = (await client.get(url)).text
    assert 'value="where-lent" checked' in form
    assert "back to the site that lent it" in (await client.get("/settings/policies")).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("returns", "nowhere"),
        ("length", ""),
        ("length", "0"),
        ("length", "two weeks"),
        ("length", "9" * 5_000),
        ("renewals", "-1"),
        ("limit_person", "0"),
        ("limit_household", "many"),
        ("mode", "odd"),
        ("signature", "odd"),
    ],
)
async def test_a_wrong_value_is_said_at_its_field(
    client: AsyncClient, field: str, value: str
) -> None:
    category = await factories.category()
    url = f"/settings/policies/{category.id}/any"
    answer = await client.post(url, data={**FORM, field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert await Policy.count() == 0


async def test_what_does_not_exist_is_not_found(client: AsyncClient) -> None:
    category = await factories.category()
    for path in (
        f"/settings/policies/{new_id()}/any",
        f"/settings/policies/{category.id}/{new_id()}",
        f"/settings/policies/{category.id}/odd",
        f"/settings/policies/{category.id}/any/remove",
        f"/settings/groups/{new_id()}",
    ):
        assert (await client.get(path)).status_code == 404


async def test_groups_are_made_renamed_chosen_and_removed(client: AsyncClient) -> None:
    await client.post("/settings/groups/new", data={"name_fr": "Tous"})
    await client.post("/settings/groups/new", data={"name_fr": "Familles", "name_en": "Families"})
    first, second = await groups()
    assert "Families" in (await client.get("/settings/groups")).text
    url = f"/settings/groups/{second.id}"
    await client.post(url, data={"name_en": "<b>Kin</b>", "version": "1"})
    assert "&lt;b&gt;Kin" in (await client.get("/settings/groups")).text
    assert (await client.post(url, data={"name_en": "X", "version": "1"})).status_code == 412
    await client.post(f"{url}/default")
    assert (await client.post(f"{url}/remove")).status_code == 409
    await client.post(f"/settings/groups/{first.id}/remove")
    assert [group.id for group in await groups()] == [second.id]


async def test_a_group_says_how_many_people_are_in_it(client: AsyncClient) -> None:
    for name in ("Tous", "Familles", "Seniors"):
        await client.post("/settings/groups/new", data={"name_fr": name})
    _nobody, one, three = await groups()
    for group in (one, three, three, three):
        await factories.borrower(borrower_group=group.id)
    text = (await client.get("/settings/groups")).text
    assert re.findall(r"\d+ (?:person|people)\b", text) == ["0 people", "1 person", "3 people"]


@pytest.mark.parametrize("name", ["", "x" * 5_000])
async def test_a_group_needs_a_name(client: AsyncClient, name: str) -> None:
    answer = await client.post("/settings/groups/new", data={"name_fr": name})
    assert answer.status_code == 422
    assert 'href="#name_fr"' in answer.text


async def test_reception_does_not_change_the_rules(database: Any) -> None:
    site = await factories.site()
    category = await factories.category()
    async with client_of() as client:
        await sign_in(client, await factories.user(role=Role.RECEPTION, site_id=site.id))
        for path in ("/settings/policies", "/settings/groups", "/settings/groups/new"):
            assert (await client.get(path)).status_code == 403
        url = f"/settings/policies/{category.id}/any"
        assert (await client.post(url, data=FORM)).status_code == 403
