"""A file of the operator's is looked at, then confirmed by one click; no code is in the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock, db
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.imports import LARGEST_FILE
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.inventory.vouchers.drawer import Drawer
from tests.inventory.vouchers.test_import_pages import hidden

PATH = "/vouchers/activations"
CARDS = ("8941030012345678904", "8941030012345678912", "8941030012345678920")
TODAY = f"{clock.now():%d.%m.%Y}"
FILE = f"ICCID;Statut;Date\r\n{CARDS[0]};Activée;{TODAY}\r\n{CARDS[1]};Suspendue;\r\n"


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    drawer = await Drawer.made(0)
    for card in CARDS:
        await drawer.add(card, status="issued", issued_at=clock.now() - timedelta(days=2))
    return drawer


@pytest.fixture
async def client(drawer: Drawer) -> AsyncIterator[AsyncClient]:
    user = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id)
    async with client_of() as client:
        await sign_in(client, user, site_id=drawer.site.id)
        yield client


async def check(client: AsyncClient, drawer: Drawer, content: bytes) -> Response:
    return await client.post(
        f"{PATH}/check",
        data={"kind": str(drawer.kind.id)},
        files={"file": ("operator.csv", content)},
    )


def clean(*answers: Response) -> bool:
    """True if no card stands in any of them."""
    return not any(card in answer.text for card in CARDS for answer in answers)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
async def test_a_file_is_looked_at_and_confirmed_by_one_click(
    client: AsyncClient, drawer: Drawer, encoding: str
) -> None:
    looked = await check(client, drawer, FILE.encode(encoding))
    assert looked.status_code == 200
    assert "1 voucher will be in use" in looked.text
    assert looked.headers["cache-control"] == "no-store"
    assert await drawer.statuses() == ["issued"] * 3
    answer = await client.post(PATH, data=hidden(looked.text, PATH))
    assert answer.status_code == 303
    assert await drawer.statuses() == ["activated", "issued", "issued"]
    assert clean(looked, answer, await client.get(PATH))
    page = await client.get(f"/vouchers/{drawer.ids[0]}")
    assert "so said a file of the operator" in page.text


async def test_columns_and_states_are_said_in_the_preview(
    client: AsyncClient, drawer: Drawer
) -> None:
    text = "A;B;C\n" + "".join(f"x;{card};Provisioned\n" for card in CARDS)
    looked = await check(client, drawer, text.encode())
    assert looked.status_code == 422
    assert "Say which column" in looked.text
    carried = {"carried": hidden(looked.text, f"{PATH}/columns")["carried"]}
    columns = {"column_1": "code", "column_2": "state", "named": "yes"}
    said = await client.post(f"{PATH}/columns", data=carried | columns)
    assert "Provisioned" in said.text
    assert "Nothing to confirm" in said.text
    ticked = {"states_of": "2", "state_0": "yes"}
    again = await client.post(f"{PATH}/columns", data=carried | columns | ticked)
    assert "3 vouchers will be in use" in again.text
    fields = hidden(again.text, PATH)
    assert fields["state_0"] == "yes"
    assert (await client.post(PATH, data=fields)).status_code == 303
    assert await drawer.statuses() == ["activated"] * 3
    assert clean(looked, said, again)


async def test_the_column_of_the_codes_taken_for_the_state_shows_none(
    client: AsyncClient, drawer: Drawer
) -> None:
    looked = await check(client, drawer, FILE.encode())
    carried = {"carried": hidden(looked.text, f"{PATH}/columns")["carried"]}
    columns = {"column_0": "state", "column_1": "code", "named": "yes"}
    said = await client.post(f"{PATH}/columns", data=carried | columns)
    assert said.status_code == 200
    assert clean(said)


async def test_what_is_left_out_is_named_by_line_and_reason(
    client: AsyncClient, drawer: Drawer
) -> None:
    await db.execute(
        "UPDATE inventory_voucher SET status = 'void' WHERE id = :id", id=drawer.ids[1]
    )
    lines = [*CARDS, CARDS[0], "8941030012345678903", "8941039999999999993"]
    text = "ICCID\n" + "\n".join(lines)
    looked = await check(client, drawer, text.encode())
    assert "2 vouchers will be in use" in looked.text
    shown = re.findall(r"<li>([^<]+)\.<br>Line ([^<]+)</li>", looked.text)
    assert [line.translate({0x2060: None, 0xA0: " "}) for _reason, line in shown] == [
        "6",
        "5 (…8904) as in 2",
        "7 (…9993)",
        "3 (…8912)",
    ]
    assert clean(looked)


async def test_what_changed_in_between_is_said_and_nothing_is_done(
    client: AsyncClient, drawer: Drawer
) -> None:
    looked = await check(client, drawer, "\n".join(("ICCID", *CARDS)).encode())
    await client.post(f"/vouchers/{drawer.ids[0]}/void", data={"reason": "lost"})
    answer = await client.post(PATH, data=hidden(looked.text, PATH))
    assert answer.status_code == 409
    assert "Nothing was done" in answer.text
    assert await drawer.statuses() == ["void", "issued", "issued"]
    assert (await client.post(PATH, data=hidden(answer.text, PATH))).status_code == 303
    assert await drawer.statuses() == ["void", "activated", "activated"]


async def test_a_double_click_is_one(client: AsyncClient, drawer: Drawer) -> None:
    fields = hidden((await check(client, drawer, FILE.encode())).text, PATH)
    first, second = [await client.post(PATH, data=fields) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    anew = await client.post(PATH, data=fields | {"form": "another"})
    assert anew.status_code == 409
    assert "Confirmed before" in anew.text


@pytest.mark.parametrize(("minutes", "status"), [(59, 303), (61, 422)])
async def test_a_page_carries_its_file_for_an_hour(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch, minutes: int, status: int
) -> None:
    user = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id)
    later = clock.now() + timedelta(minutes=minutes)
    async with client_of() as client:
        await sign_in(client, user, site_id=drawer.site.id)
        fields = hidden((await check(client, drawer, FILE.encode())).text, PATH)
        monkeypatch.setattr("comptoir.core.clock.now", lambda: later)
        await sign_in(client, user, site_id=drawer.site.id, now=later)
        answer = await client.post(PATH, data=fields)
    assert answer.status_code == status
    assert ("This page is too old" in answer.text) is (status == 422)


async def test_what_a_page_carries_is_one_persons_and_of_this_page(
    client: AsyncClient, drawer: Drawer
) -> None:
    fields = hidden((await check(client, drawer, FILE.encode())).text, PATH)
    other = await make.user(role=Role.COORDINATOR, site_id=drawer.site.id)
    async with client_of() as others:
        await sign_in(others, other, site_id=drawer.site.id)
        assert (await others.post(PATH, data=fields)).status_code == 422
    forged = fields | {"carried": fields["carried"][:-8] + "AAAAAAA="}
    for path in (PATH, f"{PATH}/columns"):
        assert (await client.post(path, data=forged)).status_code == 422
        assert (await client.post(path, data={})).status_code == 422
    assert (await client.post("/vouchers/import", data=fields)).status_code == 422
    assert await drawer.statuses() == ["issued"] * 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expected", "1-abc"),
        ("expected", ""),
        ("states_of", "999999999"),
        ("states_of", "-1"),
        ("column_0", "__class__"),
        ("column_0", ""),
        ("named", ""),
    ],
)
async def test_whatever_the_form_says_nothing_else_is_done(
    client: AsyncClient, drawer: Drawer, field: str, value: str
) -> None:
    fields = hidden((await check(client, drawer, FILE.encode())).text, PATH)
    answer = await client.post(PATH, data=fields | {field: value})
    assert answer.status_code in (303, 409, 422)
    assert await drawer.statuses() in (["issued"] * 3, ["activated", "issued", "issued"])
    assert clean(answer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\x00\x00", "no text file"),
        (b" \n ", "is empty"),
        (b"PK\x03\x04 a spreadsheet", "no text file"),
        (f'ICCID;Date\n{CARDS[0]};"\n'.encode(), "quotation mark"),
        (b"1" * (LARGEST_FILE + 1), "too large"),
    ],
)
async def test_what_is_no_such_file_is_refused(
    client: AsyncClient, drawer: Drawer, content: bytes, said: str
) -> None:
    answer = await check(client, drawer, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert "carried" not in answer.text
    assert clean(answer)


async def test_what_is_missing_is_named_at_its_field(client: AsyncClient, drawer: Drawer) -> None:
    nothing = await client.post(f"{PATH}/check", data={})
    assert nothing.status_code == 422
    for field in ("file", "kind"):
        assert f'href="#{field}"' in nothing.text


async def test_a_file_of_200_megabytes_is_not_read(client: AsyncClient, drawer: Drawer) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200_000_000:
            sent += 1_000_000
            yield b"1" * 1_000_000

    answer = await client.post(
        f"{PATH}/check",
        content=pieces(),
        headers={
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Length": "200000000",
        },
    )
    assert answer.status_code == 413
    assert sent < 100_000_000  # so much is thrown away, so that the answer is seen
