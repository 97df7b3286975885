"""A desk where vouchers go through everything that the program does with them, over HTTP.

A new way for a code to go through it is a step more in ``STEPS``. Whatever is answered is kept
for the hunt, but for the bodies of those few answers that are there to show a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from litestar import Request, post

from comptoir.core import db
from comptoir.core.accounts.guards import require, require_scope
from comptoir.core.principal import Role
from comptoir.inventory.vouchers import formats
from comptoir.inventory.vouchers.formats import FileFormat
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.http_client import sign_in, use_token
from tests.inventory.vouchers.formats import samples
from tests.paper import text_of
from tests.roof.hunt import as_read

#: Cards of one batch. What is secret of them is as long as it may be: none is there by chance.
SIMS = [
    Secret(code, pin=f"7395184{place}", puk=f"5173926{place}", number=f"+4176555014{place}")
    for place, code in enumerate(
        (
            "8941030012345678904",
            "8941030012345678912",
            "8941030012345678920",
            "8941030012345678938",
        )
    )
]
WIFI = [Secret(f"QX7Z-MM{place:02}4-LKJH") for place in range(9)]
TOP_UPS = [Secret(f"4455{place}9910{place}7723") for place in range(3)]
#: A file of each system, and one whose columns are said.
FILES = {
    FileFormat.UNIFI: samples.UNIFI_TABLE,
    FileFormat.PFSENSE: samples.PFSENSE,
    FileFormat.OPNSENSE: samples.OPNSENSE,
    FileFormat.OPENWISP: samples.OPENWISP,
    FileFormat.MIKROTIK: samples.MIKROTIK,
    FileFormat.CSV: "code;user\nZZ41-8KQP-77AA;gast-ost\nZZ41-8KQP-77BB;gast-west\n",
}
COLUMNS = {0: "code", 1: "user"}
IMPORTED = [
    entry.secret
    for file_format, text in FILES.items()
    for entry in formats.read(text, file_format, COLUMNS, named=True).entries
]
SECRETS = [*SIMS, *WIFI, *TOP_UPS, *IMPORTED]
PHONE = "+41791234567"
NEXT_KEY = "the-next-key-of-tests-that-opens-no-drawer"
FUNDER = "Fondation du Pont"


def as_json(secret: Secret) -> dict[str, str]:
    """A voucher as the API takes it."""
    parts = {name: getattr(secret, name) for name in secret.__struct_fields__}
    return {name: text for name, text in parts.items() if text}


@post("/test/failing", guards=[require(Role.RECEPTION)])
async def fails(request: Request[Any, Any, Any]) -> None:
    """A page that has a code at hand when it meets what nobody thought of."""
    code = Secret((await request.form())["code"])
    await db.execute("INSERT INTO inventory_voucher (void_reason) VALUES (:code)", code=code.code)


@post("/api/v1/test/failing", guards=[require_scope("desk")])
async def call_fails(request: Request[Any, Any, Any]) -> None:
    """The same of the API, where the error itself repeats it."""
    code = (await request.json())["code"]
    raise RuntimeError(f"nobody thought of {code}")


class Play:
    """A program with a token, a coordinator, two desks, and a gateway that hears answers."""

    api: AsyncClient
    desk: AsyncClient
    office: AsyncClient
    there: AsyncClient
    hook: AsyncClient

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[tuple[str, bytes]] = []
        self._shows = False
        self._number = 0

    async def set_up(self) -> None:
        for client in (self.api, self.desk, self.office, self.there, self.hook):
            client.event_hooks = {"response": [self._keep]}
        self.site, self.elsewhere = await make.site(), await make.site(name="Comptoir de Lyon")
        wifi = {"medium": "wifi", "network": "Pont", "without_borrower": True, "by_sms": True}
        self.sim = await make.voucher_kind()
        self.wifi = await make.voucher_kind(names=make.names("Wi-Fi"), **wifi)
        self.files = await make.voucher_kind(names=make.names("Files"), medium="wifi")
        self.top_up = await make.voucher_kind(names=make.names("Top-up"), medium="top_up")
        for kind in (self.sim, self.wifi, self.top_up):
            await make.voucher_policy(kind)
        self.person = await make.borrower(site_id=self.site.id, phone=PHONE, contact_kind="phone")
        self.card = (await make.card(self.person.id)).code
        await use_token(self.api, "inventory", "desk", "settings", site_id=self.site.id)
        self.hook.headers.pop("Sec-Fetch-Site")
        for client, role, site in (
            (self.office, Role.COORDINATOR, self.site),
            (self.desk, Role.RECEPTION, self.site),
            (self.there, Role.RECEPTION, self.elsewhere),
        ):
            user = await make.user(role=role, site_id=site.id)
            await sign_in(client, user, site_id=site.id)

    async def _keep(self, answer: Response) -> None:
        await answer.aread()
        about = f"{answer.request.method} {answer.request.url.path}"
        self.answers.append((f"{about}: address and headers", _head(answer)))
        if self._shows:
            return
        body = answer.content
        if answer.headers.get("content-type", "").startswith("application/pdf"):
            body = text_of(body).encode()
        self.answers += [(about, body), (f"{about}, as read", as_read(body.decode("latin-1")))]

    @contextmanager
    def showing(self) -> Iterator[None]:
        """What is answered here is there to show a code."""
        self._shows = True
        try:
            yield
        finally:
            self._shows = False

    def key(self) -> str:
        """A new key or attempt."""
        self._number += 1
        return f"key-{self._number}"

    async def call(self, address: str, body: Any = None, *, status: int = 200) -> Response:
        """A call, twice with the same key; the answer of the second."""
        headers = {"Idempotency-Key": self.key()}
        for _ in range(2):
            answer = await self.api.post(f"/api/v1/{address}", json=body, headers=headers)
            assert answer.status_code == status, answer.text
        return answer

    async def submit(
        self, client: AsyncClient, address: str, *statuses: int, **form: Any
    ) -> Response:
        """A form of a page."""
        answer = await client.post(address, data=form)
        assert answer.status_code in (statuses or (200, 303)), (answer.status_code, address)
        return answer

    async def visit(self) -> str:
        """The visit of the person, opened by their card."""
        await self.submit(self.desk, "/desk/scan", scan=self.card, attempt_id=self.key())
        [visit] = await db.fetch("SELECT id FROM lending_visit WHERE closed_at IS NULL")
        return str(visit["id"])

    async def one(self, kind: Any, status: str) -> UUID:
        """A voucher of a kind that stands so."""
        [row, *_] = await db.fetch(
            "SELECT id FROM inventory_voucher "
            "WHERE kind = :kind AND status = :status AND site = :site ORDER BY id",
            kind=kind.id,
            status=status,
            site=self.site.id,
        )
        found: UUID = row["id"]
        return found

    async def last_issue(self) -> str:
        [row, *_] = await db.fetch("SELECT id FROM lending_voucher_issue ORDER BY id DESC")
        return str(row["id"])


def _head(answer: Response) -> bytes:
    lines = [str(answer.request.url), *(f"{name}: {text}" for name, text in answer.headers.items())]
    return "\n".join(lines).encode()


def hidden(page: str, action: str) -> dict[str, str]:
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
