"""A file is looked at, then imported by one click; the page in between holds no code in clear."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory.vouchers import imports
from comptoir.inventory.vouchers.imports import LARGEST_FILE
from comptoir.inventory.vouchers.sealing import Secret, find, unseal
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.inventory.vouchers.formats import samples

CARDS = ("8941030012345678904", "8941030012345678912", "8941030012345678920")


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    user = await make.user(role=Role.COORDINATOR, site_id=site.id)
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        yield client


@pytest.fixture
async def form(site: Site) -> dict[str, str]:
    kind = await make.voucher_kind(medium="wifi", names=make.names("Wi-Fi"))
    return {"kind": str(kind.id), "site": str(site.id), "funder": "Library"}


async def check(
    client: AsyncClient, form: dict[str, str], file_format: str, content: bytes
) -> Response:
    return await client.post(
        "/vouchers/import/check",
        data=form | {"file_format": file_format},
        files={"file": ("codes.csv", content)},
    )


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to ``action``."""
    form = page[page.index(f'action="{action}"') :]
    fields = re.findall(
        r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]
    )
    return dict(fields)


@pytest.mark.parametrize(
    ("file_format", "text", "count"),
    [
        ("unifi", samples.UNIFI, 3),
        ("pfsense", samples.PFSENSE, 3),
        ("opnsense", samples.OPNSENSE, 3),
        ("openwisp", samples.OPENWISP, 3),
        ("mikrotik", samples.MIKROTIK, 3),
    ],
)
async def test_a_file_is_looked_at_and_imported_by_one_click(
    client: AsyncClient, form: dict[str, str], file_format: str, text: str, count: int
) -> None:
    preview = await check(client, form, file_format, text.encode("utf-16"))
    assert preview.status_code == 200
    assert f"{count} vouchers come in." in preview.text
    assert preview.headers["cache-control"] == "no-store"
    assert await VoucherBatch.count() == 0
    answer = await client.post("/vouchers/import", data=hidden(preview.text, "/vouchers/import"))
    assert answer.status_code == 303
    rows = await db.fetch("SELECT * FROM inventory_voucher")
    assert len(rows) == count
    for secret in map(unseal, rows):
        assert secret.code not in preview.text
        assert secret.code not in answer.text
    batch = await VoucherBatch.objects().first()
    assert batch
    assert (batch.funder, batch.quantity) == ("Library", count)
    assert answer.headers["location"] == f"/vouchers/batches/{batch.id}"


async def test_the_columns_of_any_csv_are_said_in_the_preview(
    client: AsyncClient, form: dict[str, str]
) -> None:
    form["kind"] = str((await make.voucher_kind()).id)
    # The PIN has no name that is known: nobody guesses it.
    text = samples.SIMS.replace("ICCID;PIN", "ICCID;Geheimzahl")
    preview = await check(client, form, "csv", text.encode("windows-1252"))
    assert "3 vouchers come in." in preview.text
    assert "8904" in preview.text
    assert not any(card in preview.text for card in CARDS)
    carried = {"carried": hidden(preview.text, "/vouchers/import/columns")["carried"]}
    columns = {"column_0": "code", "column_1": "pin", "column_2": "puk", "named": "yes"}
    again = await client.post("/vouchers/import/columns", data=carried | columns)
    assert again.status_code == 200
    await client.post("/vouchers/import", data=hidden(again.text, "/vouchers/import"))
    found = await find(Secret(CARDS[2]))
    row = await db.fetch_one("SELECT * FROM inventory_voucher WHERE id = :id", id=found)
    assert row
    assert unseal(row) == Secret(CARDS[2], pin="0456", puk="34567890")
    swapped = {"column_0": "number", "column_3": "code", "named": "yes"}
    wrong = await client.post("/vouchers/import/columns", data=carried | swapped)
    assert wrong.status_code == 422
    assert "swapped" in wrong.text


async def test_a_file_of_another_kind_is_told_which_it_seems_to_be(
    client: AsyncClient, form: dict[str, str]
) -> None:
    for chosen, text, named in (
        ("unifi", samples.PFSENSE, "pfSense"),
        ("pfsense", samples.MIKROTIK, "MikroTik"),
        ("openwisp", samples.OPNSENSE, "OPNsense"),
        ("csv", samples.MIKROTIK, "MikroTik"),
        ("opnsense", samples.SIMS, "no file of OPNsense"),
    ):
        answer = await check(client, form, chosen, text.encode())
        assert answer.status_code == 422, chosen
        assert named in answer.text, chosen
    assert await VoucherBatch.count() == 0


async def test_everything_wrong_is_named_by_line_and_nothing_comes_in(
    client: AsyncClient, form: dict[str, str], site: Site
) -> None:
    kind = await make.voucher_kind(medium="wifi", names=make.names("Old"))
    old = await make.voucher_batch(kind, site_id=site.id)
    await make.voucher(old, Secret("55555-66666"), status="issued")
    await make.voucher(old, Secret("23456-78901"))
    lines = ["55555-66666", "2345678901", "34567-89012", "nothing", "34567-89012"]
    text = "\r\n".join(["Code;Duration", *lines])
    answer = await check(client, form, "unifi", text.encode("utf-8-sig"))
    assert answer.status_code == 422
    shown = re.findall(r"Line (\d+), Code: ([^<]+)", answer.text)
    assert [int(line) for line, _message in shown] == [2, 3, 5, 6]
    assert "given to somebody" in shown[0][1]
    assert "in stock already: in the batch “Old” of " in shown[1][1]
    assert "ten digits" in shown[2][1]
    assert "also in line 4" in shown[3][1]
    assert not any(code in answer.text for code in lines[:3])
    assert 'action="/vouchers/import"' not in answer.text
    assert await Voucher.count() == 2


async def test_a_refused_file_comes_back_only_for_its_columns(
    client: AsyncClient, form: dict[str, str]
) -> None:
    lines = [f"KQ7-{number:08};{number}" for number in range(12_000)]
    wrong = await check(client, form, "unifi", b"12345-67890\n12345-67890\n")
    assert wrong.status_code == 422
    assert "carried" not in wrong.text
    large = "\n".join(["code;row", *lines, lines[0]]).encode()
    answer = await check(client, form, "csv", large)
    assert "also in line 2" in answer.text
    assert "carried" not in answer.text
    assert len(answer.content) < len(large) / 5
    other_name = await check(client, form, "csv", large.replace(b"code;row", b"a;b"))
    assert "Say which column is the code." in other_name.text
    assert "column_0" in other_name.text
    lines = [f"KQ7-{number:08};{number}" for number in range(20_001)]
    too_many = await check(client, form, "csv", "\n".join(["code;row", *lines]).encode())
    assert "at most 20000 at once" in too_many.text
    assert "carried" not in too_many.text
    small = await check(client, form, "csv", b"code;row\nKQ7-1;1\nKQ7-1;2\n")
    assert "column_0" in small.text


async def test_a_file_of_too_many_lines_is_refused_before_it_is_read(
    client: AsyncClient, form: dict[str, str]
) -> None:
    answer = await check(client, form, "csv", b"code;row\n" + b"\n" * imports.MOST_LINES)
    assert "more than 40000 lines" in answer.text
    assert "carried" not in answer.text


async def test_what_came_in_since_it_was_looked_at_is_refused(
    client: AsyncClient, form: dict[str, str]
) -> None:
    preview = await check(client, form, "unifi", samples.UNIFI.encode())
    fields = hidden(preview.text, "/vouchers/import")
    other = hidden(preview.text, "/vouchers/import") | {"form": str(new_id())}
    answers = [await client.post("/vouchers/import", data=fields) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]  # sent twice, imported once
    assert len({each.headers["location"] for each in answers}) == 1
    twice = await client.post("/vouchers/import", data=other)
    assert twice.status_code == 422
    assert "in stock already" in twice.text
    assert await VoucherBatch.count() == 1


async def test_what_a_page_carries_is_one_persons(
    client: AsyncClient, form: dict[str, str], site: Site
) -> None:
    preview = await check(client, form, "unifi", samples.UNIFI.encode())
    fields = hidden(preview.text, "/vouchers/import")
    other = await make.user(role=Role.COORDINATOR, site_id=site.id)
    async with client_of() as others:
        await sign_in(others, other, site_id=site.id)
        assert (await others.post("/vouchers/import", data=fields)).status_code == 422
    forged = fields | {"carried": fields["carried"][:-8] + "AAAAAAA="}
    for path in ("/vouchers/import", "/vouchers/import/columns"):
        assert (await client.post(path, data=forged)).status_code == 422
        assert (await client.post(path, data={})).status_code == 422
    assert await VoucherBatch.count() == 0


async def test_an_expired_batch_a_picture_and_what_is_missing_are_refused(
    client: AsyncClient, form: dict[str, str]
) -> None:
    past = await check(client, form | {"activate_by": "2020-01-01"}, "unifi", b"12345-67890\n" * 1)
    assert past.status_code == 422
    assert "date has passed" in past.text
    for content, said in ((b"\x89PNG\x00\x00", "no text file"), (b" \n ", "is empty")):
        answer = await check(client, form, "csv", content)
        assert answer.status_code == 422
        assert said in answer.text
    nothing = await client.post("/vouchers/import/check", data={})
    assert nothing.status_code == 422
    for field in ("file_format", "file", "kind", "site"):
        assert f'href="#{field}"' in nothing.text


async def test_a_file_that_is_far_too_large_is_not_read(
    client: AsyncClient, form: dict[str, str]
) -> None:
    large = await check(client, form, "unifi", b"12345-67890\n" * (LARGEST_FILE // 12 + 1))
    assert large.status_code == 422
    assert "too large" in large.text
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200_000_000:
            sent += 1_000_000
            yield b"1" * 1_000_000

    length = {"Content-Length": "200000000"}
    answer = await client.post(
        "/vouchers/import/check",
        content=pieces(),
        headers={"Content-Type": "multipart/form-data; boundary=b"} | length,
    )
    assert answer.status_code == 413
    assert sent < 100_000_000  # so much is thrown away, so that the answer is seen


async def test_an_empty_cell_is_told_as_a_cell(
    client: AsyncClient, form: dict[str, str], site: Site
) -> None:
    sim = await make.voucher_kind(names=make.names("Card"))
    fields = form | {"kind": str(sim.id)}
    table = await check(client, fields, "csv", f"number;pin\n{CARDS[0]};\n;1234\n".encode())
    carried = hidden(table.text, "/vouchers/import/columns")
    columns = {"column_0": "code", "column_1": "pin", "named": "yes"}
    answer = await client.post("/vouchers/import/columns", data=carried | columns)
    assert answer.status_code == 422
    assert "Line 3, number: The cell is empty." in answer.text
    assert "barcode" not in answer.text


async def test_those_who_paid_before_are_offered(client: AsyncClient, site: Site) -> None:
    kind = await make.voucher_kind()
    await make.voucher_batch(kind, site_id=site.id, funder="Loterie & fils")
    await make.voucher_batch(kind, site_id=(await make.site()).id, funder="Elsewhere")
    for path in ("/vouchers/import", "/vouchers/batches/new"):
        text = (await client.get(path)).text
        assert '<option value="Loterie &amp; fils"></option>' in text
        assert 'list="known-funders"' in text
        assert "Elsewhere" not in text
