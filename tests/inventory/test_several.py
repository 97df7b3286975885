"""Several items at once: how numbers are put together, and the page that takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.principal import Role
from comptoir.inventory.schemas import Numbers
from comptoir.inventory.several import read_numbers, write_numbers
from comptoir.inventory.tables import Item
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, sign_in

A, B, C = "356938035643809", "490154203237518", "353879234252633"


@pytest.mark.parametrize(
    ("text", "imei_count", "expected"),
    [
        ("", 0, []),
        ("PF1\n\n PF2 \r\n-\n", 0, [Numbers("PF1"), Numbers("PF2"), Numbers()]),
        ("PF 1 X\n", 0, [Numbers("PF 1 X")]),
        (A, 0, [Numbers(A)]),
        (f"R1\n{A}\n{B}\nR2\n{C}", 2, [Numbers("R1", (A, B)), Numbers("R2", (C,))]),
        (f"R1 {A};{B}\nR2\t{C}", 2, [Numbers("R1", (A, B)), Numbers("R2", (C,))]),
        (f"{A}\n{B}", 1, [Numbers("", (A,)), Numbers("", (B,))]),
        (f"{A}\n{B}\n{C}", 2, [Numbers("", (A, B)), Numbers("", (C,))]),
        ("R1 356938035643808", 1, [Numbers("R1", ("356938035643808",))]),
        ("R1\n490154203237519", 1, [Numbers("R1", ("490154203237519",))]),
        ("490154203237519", 1, [Numbers("", ("490154203237519",))]),
        ("490154203237519", 0, [Numbers("490154203237519")]),
        (f"-\n{A}", 1, [Numbers(), Numbers("", (A,))]),
    ],
)
def test_numbers_are_put_together(text: str, imei_count: int, expected: list[Numbers]) -> None:
    assert read_numbers(text, imei_count) == expected


@given(
    st.lists(
        st.builds(
            Numbers,
            st.from_regex(r"[A-Z]{2}[0-9A-Z]{1,8}", fullmatch=True),
            st.sampled_from([(), (A,), (A, B)]),
        )
    )
)
def test_what_is_written_is_read_back(numbers: list[Numbers]) -> None:
    assert read_numbers(write_numbers(numbers), 2) == numbers


@given(st.text(max_size=200), st.integers(0, 2))
def test_any_text_is_read(text: str, imei_count: int) -> None:
    read_numbers(text, imei_count)


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        user = await factories.user(role=Role.COORDINATOR, site_id=site.id, language="en")
        await sign_in(client, user, site_id=site.id)
        yield client


async def form(site: Site, **values: str) -> dict[str, str]:
    model = await factories.model()
    return {
        "model": str(model.id),
        "home_site": str(site.id),
        "condition": "new",
        "currency": "CHF",
        **values,
    }


async def test_enter_adds_a_line_without_javascript(client: AsyncClient, site: Site) -> None:
    data = await form(site, numbers="PF1", scan="PF2")
    page = await client.post("/items/several", data=data)
    assert page.status_code == 200
    assert "PF1\nPF2" in page.text
    assert "2 items scanned" in page.text
    page = await client.post("/items/several", data=data | {"scan": "", "remove": "1"})
    assert "1 item scanned" in page.text or "PF1\n" not in page.text
    assert await Item.count() == 0


async def test_twelve_items_come_in_and_lead_to_their_labels(
    client: AsyncClient, site: Site
) -> None:
    numbers = "\n".join(f"PF{each}" for each in range(12))
    answer = await client.post("/items/several", data=await form(site, numbers=numbers, save="yes"))
    assert answer.status_code == 303
    assert await Item.count().where(Item.condition == "new") == 12
    labels = await client.get(answer.headers["location"])
    assert "12 labels to print" in labels.text


async def test_a_duplicate_is_named_by_its_line_and_nothing_comes_in(
    client: AsyncClient, site: Site
) -> None:
    data = await form(site, numbers="PF1\nPF2\npf1")
    taken = await factories.item(site_id=site.id, serial="PF2", model=data["model"])
    listed = await client.post("/items/several/check", data=data)
    assert "Line 3:" in listed.text
    assert "Line 2:" in listed.text
    assert f'href="/items/{taken.code}"' in listed.text
    answer = await client.post("/items/several", data=data | {"save": "yes"})
    assert answer.status_code == 422
    assert await Item.count() == 1


async def test_nothing_scanned_and_far_too_much_are_refused(
    client: AsyncClient, site: Site
) -> None:
    data = await form(site, save="yes")
    assert (await client.post("/items/several", data=data)).status_code == 422
    many = "\n".join(f"PF{each}" for each in range(600))
    assert (await client.post("/items/several", data=data | {"numbers": many})).status_code == 422
    assert await Item.count() == 0


async def test_without_a_model_the_form_asks_for_it(client: AsyncClient, site: Site) -> None:
    data = await form(site, save="yes", numbers="PF1") | {"model": ""}
    answer = await client.post("/items/several", data=data)
    assert answer.status_code == 422
    assert 'id="model-error"' in answer.text
