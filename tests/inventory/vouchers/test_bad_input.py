"""What is wrong with what comes in: said by its line, without the code, and nothing is changed.

One table for the page that takes a file, one for the page that is scanned into, one for the API.
Two desks and the last code, a crash, and a wrong key at the start are in ``lending/vouchers``
(``test_at_once.py``, ``test_over_http.py``) and ``roof/test_voucher_keys.py``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import db
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.http_client import client_of, sign_in, use_token
from tests.inventory.vouchers.formats import samples

CARD, GIVEN, HERE = "8941030012345678904", "8941030012345678912", "8941030012345678920"
WRONG = CARD[:-1] + "5"
PAST = {"activate_by": "2020-01-01"}


class Stock(NamedTuple):
    site: UUID
    kind: UUID
    batch: UUID
    before: list[Any]


@pytest.fixture
async def stock(database: Any) -> Stock:
    """A card that was given, one in the drawer, and a batch to scan into."""
    site, kind = await make.site(), await make.voucher_kind()
    batch = await make.voucher_batch(kind, site_id=site.id)
    await make.voucher(batch, Secret(GIVEN), status="issued")
    await make.voucher(batch, Secret(HERE))
    return Stock(site.id, kind.id, batch.id, await kept())


@pytest.fixture
async def office(stock: Stock) -> AsyncIterator[AsyncClient]:
    user = await make.user(role=Role.COORDINATOR, site_id=stock.site)
    async with client_of() as client:
        await sign_in(client, user, site_id=stock.site)
        yield client


async def kept() -> list[Any]:
    """All that is kept of vouchers, and what was written down about them."""
    batches = await db.fetch("SELECT * FROM inventory_voucher_batch ORDER BY id")
    vouchers = await db.fetch("SELECT * FROM inventory_voucher ORDER BY id")
    marks = await db.fetch("SELECT * FROM inventory_voucher_mark ORDER BY id")
    happened = await db.fetch(
        "SELECT id FROM core_audit_event WHERE action LIKE 'voucher%' ORDER BY id"
    )
    return [batches, vouchers, marks, happened]


def no_code_in(answer: str, sent: str) -> bool:
    """True if no code that was sent is answered, whatever stands around it."""
    codes = {each for each in re.findall(r"[0-9A-Za-z=+-]{8,}", sent) if re.search(r"\d", each)}
    return not any(code in answer for code in codes)


#: Of a file: its format, its text, the encoding, and what is said at which line.
FILES = {
    "wrong check digit": ("csv", f"iccid;pin\n{CARD};1234\n{WRONG};1234\n", 3, "check digit"),
    "given already": ("csv", f"iccid;pin\n{GIVEN};1234\n", 2, "given to somebody already"),
    "in stock already": ("csv", f"iccid;pin\n{HERE};1234\n", 2, "in stock already"),
    "twice in the file": ("csv", f"iccid;pin\n{CARD};1234\n{CARD};1234\n", 3, "also in line 2"),
    "a formula": ("csv", f'iccid;pin\n{CARD};1234\n"=HYPERLINK(""x1234567"")";1\n', 3, "19 or 20"),
    "a rounded number": ("csv", "iccid;pin\n8.94103E+18;1234\n", 2, "rounded this number"),
    "a cell too few": ("csv", f"iccid;pin\n{CARD};1234\n{CARD}\n", 3, "1 cells"),
    "columns swapped": (
        "csv",
        f"iccid;number\n+41795550101;{CARD}\n+41795550102;{HERE}\n",
        2,
        "seem to be swapped",
    ),
    "another format": ("unifi", samples.SIMS, None, "UniFi"),
}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_refused_by_its_lines(
    office: AsyncClient, stock: Stock, name: str, encoding: str
) -> None:
    file_format, text, line, said = FILES[name]
    answer = await office.post(
        "/vouchers/import/check",
        data={"file_format": file_format, "kind": str(stock.kind), "site": str(stock.site)},
        files={"file": ("cards.csv", text.replace("\n", "\r\n").encode(encoding))},
    )
    assert answer.status_code == 422
    assert said in answer.text
    if line is not None:
        assert f"Line {line}" in answer.text
    assert no_code_in(answer.text, text)
    assert 'action="/vouchers/import"' not in answer.text  # there is nothing to click
    assert await kept() == stock.before


@pytest.mark.parametrize("path", ["/vouchers/import/check", "/vouchers/batches/new"])
async def test_a_batch_that_is_past_its_date_is_refused(
    office: AsyncClient, stock: Stock, path: str
) -> None:
    form = {"kind": str(stock.kind), "site": str(stock.site), "file_format": "csv"} | PAST
    text = f"iccid;pin\n{CARD};1234\n"
    files = {"file": ("cards.csv", text.encode())} if "import" in path else None
    answer = await office.post(path, data=form, files=files)
    assert answer.status_code == 422
    assert "date has passed" in answer.text
    assert no_code_in(answer.text, text)
    assert await kept() == stock.before


#: Of a scan: what is sent, its code in the API, and what the page says.
SCANS = {
    "wrong check digit": ({"code": WRONG}, "inventory.iccid-check-digit", "check digit"),
    "given already": ({"code": GIVEN}, "inventory.voucher-given", "given to somebody already"),
    "a formula": ({"code": "=1+1"}, "inventory.iccid-invalid", "19 or 20"),
    "columns swapped": ({"code": "+41795550101"}, "inventory.iccid-invalid", "19 or 20"),
}


@pytest.mark.parametrize("name", SCANS)
async def test_a_scan_is_refused_on_the_page_and_in_the_api(
    office: AsyncClient, stock: Stock, name: str
) -> None:
    sent, code, said = SCANS[name]
    page = await office.post(f"/vouchers/batches/{stock.batch}/add", data=sent)
    assert page.status_code == 422
    assert said in page.text
    async with client_of() as program:
        await use_token(program, "inventory", site_id=stock.site)
        keys = ({"Idempotency-Key": key} for key in ("one", "all"))
        one = await program.post(
            f"/api/v1/voucher-batches/{stock.batch}/vouchers", json=sent, headers=next(keys)
        )
        vouchers = [{"code": CARD}, sent]
        body = {"kind": str(stock.kind), "site": str(stock.site), "vouchers": vouchers}
        many = await program.post("/api/v1/voucher-batches", json=body, headers=next(keys))
    for answer, field in ((one, "code"), (many, "vouchers[1].code")):
        assert answer.status_code == 422
        [wrong] = answer.json()["errors"]
        assert (wrong["code"], wrong["field"]) == (code, field)
        assert said in wrong["message"]
        assert no_code_in(answer.text, str(sent))
    assert await kept() == stock.before
