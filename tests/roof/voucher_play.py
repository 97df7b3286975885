"""A desk where vouchers go through everything that the program does with them, over HTTP.

A new way for a code to go through it is a step more in ``STEPS``. Whatever is answered is kept
for the hunt, but for the bodies of those few answers that are there to show a code.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from litestar import Request, post

from comptoir.core import clock, db, vault
from comptoir.core.accounts.guards import require, require_scope
from comptoir.core.i18n import lazy
from comptoir.core.jobs import Job, Turn, run_if_due
from comptoir.core.principal import SYSTEM, Role
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers import formats
from comptoir.inventory.vouchers.formats import FileFormat
from comptoir.inventory.vouchers.rotation import rotate
from comptoir.inventory.vouchers.sealing import Secret, unseal
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.local import FileGateway
from comptoir.notifications.gateways.protocol import Answer, Outgoing
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.retention import forget
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.http_client import SETTINGS, sign_in, use_token
from tests.inventory.vouchers.formats import samples
from tests.keys import VOUCHER_KEY
from tests.notifications.hook import reply
from tests.notifications.recording import RecordingGateway
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


async def come_in(play: Play) -> None:
    """As a program brings them; a second time, with a wrong digit, and twice in one."""
    for kind, vouchers in ((play.sim, SIMS[:3]), (play.wifi, WIFI), (play.top_up, TOP_UPS)):
        body = {"kind": str(kind.id), "site": str(play.site.id), "funder": FUNDER}
        brought = [as_json(each) for each in vouchers]
        await play.call("voucher-batches", {**body, "vouchers": brought}, status=201)
        twice = [*brought[:1], *brought]
        await play.call("voucher-batches", {**body, "vouchers": twice}, status=422)
    wrong = {**as_json(SIMS[3]), "code": SIMS[3].code[:-1] + "7"}
    unknown = {**as_json(SIMS[3]), "colour": SIMS[3].puk}
    for refused in (wrong, unknown):
        body = {"kind": str(play.sim.id), "site": str(play.site.id)}
        await play.call("voucher-batches", {**body, "vouchers": [refused]}, status=422)


async def scanned_and_typed(play: Play) -> None:
    body = {"kind": str(play.sim.id), "site": str(play.site.id), "vouchers": []}
    batch = (await play.call("voucher-batches", body, status=201)).json()["id"]
    address = f"/vouchers/batches/{batch}/add"
    await play.submit(play.office, address, 422, **as_json(SIMS[0]), more="yes")
    wrong = {**as_json(SIMS[3]), "pin": SIMS[3].puk + "99"}
    with play.showing():  # the number that is printed on the card stays in its field
        answer = await play.submit(play.office, address, 422, **wrong, more="yes")
    assert not any(part in answer.text for part in (wrong["pin"], wrong["puk"]))
    for status in (303, 422):  # a double click: it is in already
        await play.submit(play.office, address, status, **as_json(SIMS[3]), more="yes")
    await play.call(f"voucher-batches/{batch}/vouchers", as_json(SIMS[0]), status=422)
    await play.office.get(f"/vouchers/batches/{batch}?more=yes")


def _hidden(page: str, action: str) -> dict[str, str]:
    form = page[page.index(f'action="{action}"') :].partition("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def imported(play: Play) -> None:
    """Each format: of another kind, looked at, with columns said, imported, and once more."""
    form = {"kind": str(play.files.id), "site": str(play.site.id), "funder": FUNDER}

    async def look(chosen: str, text: str, *, encoding: str = "utf-8") -> Response:
        return await play.office.post(
            "/vouchers/import/check",
            data=form | {"file_format": chosen},
            files={"file": ("codes.csv", text.encode(encoding))},
        )

    for file_format, text in FILES.items():
        other = "unifi" if file_format != "unifi" else "pfsense"
        assert (await look(other, text)).status_code == 422
        assert (await look(file_format, text.replace("\n", "\n\x00", 1))).status_code == 422
        seen = await look(file_format, text, encoding="utf-16")
        assert seen.status_code == 200, file_format
        if file_format == "csv":
            carried = _hidden(seen.text, "/vouchers/import/columns")
            swapped = {**carried, "column_1": "code", "named": "yes"}
            await play.submit(play.office, "/vouchers/import/columns", **swapped)
            chosen = {f"column_{place}": field for place, field in COLUMNS.items()}
            seen = await play.submit(
                play.office, "/vouchers/import/columns", **carried, **chosen, named="yes"
            )
        fields = _hidden(seen.text, "/vouchers/import")
        for status, form_id in ((303, fields["form"]), (303, fields["form"]), (422, play.key())):
            await play.submit(play.office, "/vouchers/import", status, **fields | {"form": form_id})
        assert (await look(file_format, text)).status_code == 422  # they are in stock by now
    # Larger than what is held in memory, and than what is read at all.
    for times in (60_000, 110_000):
        large = samples.UNIFI + "34567-8901x extra\n" * times
        assert (await look("unifi", large)).status_code == 422
    await play.submit(play.office, "/vouchers/import", 422, carried=fields["carried"][::-1])


async def given_by_a_program(play: Play) -> None:
    body = {"sim": SIMS[0].code, "borrower": play.card}
    answer = await play.call("voucher-issues", body, status=201)
    await play.call("voucher-issues", body, status=409)
    await play.call("voucher-issues", {**body, "sim": SIMS[0].code[:-1] + "7"}, status=409)
    address = f"voucher-issues/{answer.json()['id']}"
    with play.showing():
        assert (await play.call(f"{address}/showings")).json()["pin"] == SIMS[0].pin
    await play.api.get(f"/api/v1/{address}")


async def given_at_the_desk(play: Play) -> None:
    """By a scan, by one tap, and to somebody who is not asked; shown, and on both papers."""
    there = {"visit": await play.visit()}
    scan = {"scan": SIMS[1].code, "attempt_id": play.key()}
    for _ in range(2):
        # What stands on the card is in the answer: whoever scanned it holds it in the hand.
        await play.submit(play.desk, "/desk/scan", **scan, **there)
    sim = await play.last_issue()
    with play.showing():
        for where in (there, {}):
            tap = {"kind": str(play.wifi.id), "attempt_id": play.key(), **where}
            for _ in range(2):
                answer = await play.submit(play.desk, "/desk/vouchers", **tap)
                assert any(each.code.encode() in as_read(answer.text) for each in WIFI)
        for issue in (sim, await play.last_issue()):
            await play.submit(play.desk, "/desk/vouchers/show", issue=issue, **there)
            for paper in ("receipt", "a6"):
                await play.submit(play.desk, "/desk/vouchers/slip", issue=issue, paper=paper)
    await play.desk.get("/desk")
    await play.desk.get("/desk", params=there)


async def set_aside(play: Play) -> None:
    """At the desk, on the page of a person, and by a program; by a tap, and by the card."""
    there = {"visit": await play.visit()}
    person, card = f"/borrowers/{play.person.id}", SIMS[2].code
    tap = {"kind": str(play.top_up.id), "attempt_id": play.key(), **there}
    await play.submit(play.desk, "/desk/vouchers/reserve", **tap)
    aside = await play.one(play.top_up, "reserved")
    await play.desk.get("/desk", params=there)
    await play.office.get(f"/vouchers/{aside}")
    await play.submit(play.desk, "/desk/vouchers/release", voucher=aside, **there)
    scan = {"scan": card, "sets_aside": "1", "attempt_id": play.key(), **there}
    await play.submit(play.desk, "/desk/scan", **scan)
    aside = await play.one(play.sim, "reserved")
    await play.desk.get(person)
    await play.submit(play.desk, f"/vouchers/{aside}/release", borrower=play.person.id)
    for code in (card, card[:-1] + "7", SIMS[0].code):
        await play.submit(play.desk, f"{person}/vouchers", sim=code)
    await play.desk.get(person)
    asked = {"sim": card, "borrower": play.card}
    await play.call("voucher-reservations", asked, status=409)
    await play.submit(play.desk, f"/vouchers/{aside}/release")
    await play.call("voucher-reservations", {**asked, "sim": card[:-1] + "7"}, status=409)
    await play.call("voucher-reservations", asked, status=201)
    address = f"/api/v1/voucher-reservations/{aside}"
    await play.api.get(address)
    gone = await play.api.delete(address, headers={"Idempotency-Key": play.key()})
    assert gone.status_code == 204


async def warned_of_the_end(play: Play) -> None:
    """What is in use will expire, and its person is told before."""
    now = clock.now()
    for days in range(20, 32):
        later = (now + timedelta(days=days)).replace(hour=10)
        await sweep(now=later)
        await dispatch([Route(FileGateway(play.folder / "warnings.jsonl"))], now=later)
    [row] = await db.fetch(
        "SELECT COUNT(*) AS number FROM notifications_voucher_message WHERE message IS NOT NULL"
    )
    assert row["number"] > 0
    assert PHONE in (play.folder / "warnings.jsonl").read_text()
    for address in ("/messages", f"/borrowers/{play.person.id}"):
        await play.office.get(address)


async def scanned_in_vain(play: Play) -> None:
    codes = (SIMS[0].code, SIMS[2].code[:-1] + "7", WIFI[0].code, WIFI[8].code, TOP_UPS[2].code)
    for code in codes:
        await play.submit(play.desk, "/desk/scan", 200, 409, 422, scan=code, attempt_id=play.key())


async def sent_by_text_message(play: Play) -> None:
    """The gateway fails while it has the text, another refuses, and a file keeps the last."""
    now = clock.now() + timedelta(days=1)
    noon = now.replace(hour=11)

    def fail(message: Outgoing) -> Answer:
        raise ValueError(message.text)

    there = {"visit": await play.visit()}
    failing, file = RecordingGateway(fail), FileGateway(play.folder / "messages.jsonl")
    for gateway in (failing, file):
        with play.showing():
            tap = {"kind": str(play.wifi.id), "attempt_id": play.key(), **there}
            await play.submit(play.desk, "/desk/vouchers", **tap)
        issue = await play.last_issue()
        await play.submit(play.desk, "/desk/vouchers/sms", issue=issue, **there)
        await play.call(f"voucher-issues/{issue}/sendings")
        assert await dispatch([Route(gateway)], now=noon) == 1
    assert any(each.code in failing.sent[0].text for each in WIFI)
    assert PHONE in file.path.read_text()
    for address in ("/messages", f"/borrowers/{play.person.id}"):
        await play.office.get(address)


async def confirmed_by_reply(play: Play) -> None:
    phone = "+41791234569"
    person = await make.borrower(site_id=play.site.id, phone=phone, contact_kind="phone")
    body = {"kind": str(play.wifi.id), "borrower": (await make.card(person.id)).code}
    await play.call("voucher-issues", body, status=201)
    await reply(play.hook, b"OK", sender=phone)
    [row] = await db.fetch(
        "SELECT COUNT(*) AS number FROM inventory_voucher WHERE status = 'activated'"
    )
    assert row["number"] == 1


async def confirmed_by_the_operator(play: Play) -> None:
    lines = [f"{each.code};active;{each.number}" for each in SIMS]
    lines.append(f"{SIMS[2].code[:-1]}7;active;")
    looked = await play.office.post(
        "/vouchers/activations/check",
        data={"kind": str(play.sim.id)},
        files={"file": ("operator.csv", "\n".join(["ICCID;State;Number", *lines]).encode())},
    )
    assert "2 vouchers will be in use" in looked.text
    fields = _hidden(looked.text, "/vouchers/activations")
    wrong = {"carried": fields["carried"], "column_0": "state", "column_2": "code", "named": "yes"}
    await play.submit(play.office, "/vouchers/activations/columns", 200, 422, **wrong)
    await play.submit(play.office, "/vouchers/activations", 303, **fields)
    body = {"kind": str(play.sim.id), "activations": [{"code": each.code} for each in SIMS]}
    await play.call("voucher-activations/preview", body)
    await play.call("voucher-activations", body | {"expected": "x"}, status=409)


async def revealed(play: Play) -> None:
    voucher = await play.one(play.wifi, "available")
    with play.showing():
        read = (await play.call(f"vouchers/{voucher}/reveals")).json()["code"]
        assert read in [each.code for each in WIFI]
        page = await play.submit(play.office, f"/vouchers/{voucher}/code")
        assert read in page.text
    await play.office.get(f"/vouchers/{voucher}/code")
    await play.office.get(f"/vouchers/{voucher}")


async def exported(play: Play) -> None:
    """Without codes; and with, once somebody said what for, which may be no code."""
    voucher = await play.one(play.sim, "available")
    [row] = await db.fetch("SELECT batch FROM inventory_voucher WHERE id = :id", id=voucher)
    address = f"/vouchers/batches/{row['batch']}"
    await play.office.get(f"{address}/vouchers.csv")
    await play.office.get(f"{address}/codes")
    form = {"form": "export", "pins": "yes"}
    refused = {**form, "explanation": SIMS[2].code}
    with play.showing():  # what was typed stays in its field
        await play.submit(play.office, f"{address}/codes", 422, **refused)
        file = await play.submit(play.office, f"{address}/codes", **form, explanation="camp")
        assert SIMS[2].code in file.text
        assert SIMS[2].puk in file.text
    # The same form again makes no second file, and its answer has no code.
    await play.submit(play.office, f"{address}/codes", 409, **form, explanation="camp")
    await play.office.get(address)


async def replaced_and_returned(play: Play) -> None:
    there = {"visit": await play.visit()}
    give = {"kind": str(play.top_up.id), "borrower": play.card}
    first = (await play.call("voucher-issues", give, status=201)).json()["id"]
    with play.showing():
        await play.submit(
            play.desk, "/desk/vouchers/replace", issue=first, attempt_id=play.key(), **there
        )
    body = {"kind": str(play.top_up.id), "borrower": play.card}
    back = (await play.call("voucher-issues", body, status=201)).json()["id"]
    await play.submit(play.desk, "/desk/vouchers/return", issue=back, **there)
    await play.call(f"voucher-issues/{first}/replacement", {}, status=409)


async def sent_to_another_site(play: Play) -> None:
    [row] = await db.fetch(
        "SELECT batch FROM inventory_voucher WHERE kind = :kind LIMIT 1", kind=play.wifi.id
    )
    sent = await play.submit(
        play.office,
        f"/vouchers/batches/{row['batch']}/send",
        **{"from": play.site.id, "to": play.elsewhere.id, "quantity": "2"},
    )
    parcel = sent.headers["location"]
    away = await db.fetch("SELECT * FROM inventory_voucher WHERE status = 'in_transit'")
    codes = [unseal(each).code for each in away]
    strange = "\n".join([SIMS[0].code, WIFI[0].code, codes[0]])
    await play.submit(play.there, f"{parcel}/receive", 422, codes=strange, explanation="Torn.")
    await play.submit(play.there, f"{parcel}/receive", 422, codes=codes[0])
    await play.submit(play.there, f"{parcel}/receive", codes=codes[0], explanation="Torn.")
    for address in (parcel, "/vouchers/transfers"):
        await play.office.get(address)


async def counted_and_found(play: Play) -> None:
    here = await db.fetch(
        "SELECT * FROM inventory_voucher WHERE site = :site AND kind IN :kinds",
        site=play.site.id,
        kinds=[play.wifi.id, play.sim.id],
    )
    codes = [unseal(each).code for each in here]
    strange = [*codes, "not-one-of-ours-at-all"]
    form = {"site": play.site.id, "kind": play.wifi.id, "codes": "\n".join(codes)}
    wrong = form | {"codes": "\n".join(strange), "explanation": "A drawer."}
    await play.submit(play.desk, "/vouchers/counts", 422, **wrong)
    await play.submit(play.desk, "/vouchers/counts", 422, **form)
    counted = await play.submit(play.desk, "/vouchers/counts", **form, explanation="A drawer.")
    await play.desk.get(counted.headers["location"])
    body = {"site": str(play.site.id), "kind": str(play.wifi.id), "explanation": "Again."}
    await play.call("voucher-counts", {**body, "codes": strange}, status=422)
    await play.call("voucher-counts", {**body, "codes": codes}, status=201)
    for code in (WIFI[8].code, SIMS[0].code, SIMS[0].code[:-1] + "7", WIFI[8].code[-4:]):
        found = await play.submit(play.desk, "/vouchers/find", code=code)
        if found.is_redirect:
            await play.desk.get(found.headers["location"])


async def met_what_nobody_thought_of(play: Play) -> None:
    """Errors of the program, and a job that fails, each with a code at hand."""
    for headers in ({}, {"HX-Request": "true"}):
        answer = await play.desk.post("/test/failing", data={"code": WIFI[7].code}, headers=headers)
        assert answer.status_code in (500, 503), answer.text
    answer = await play.api.post("/api/v1/test/failing", json={"code": WIFI[7].code})
    assert answer.status_code == 500

    async def run(_turn: Turn) -> None:
        secret = WIFI[7]
        await db.execute("INSERT INTO core_job (name) VALUES (:code)", code=secret.code)

    job = Job("failing", lazy("Jobs"), timedelta(hours=1), timedelta(minutes=1), run)
    assert await run_if_due(job, Turn(SETTINGS, clock.now()))
    [row] = await db.fetch("SELECT error FROM core_job WHERE name = 'failing'")
    assert row["error"]


async def read_without_a_key(play: Play) -> None:
    voucher = await play.one(play.wifi, "available")
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    await play.call(f"vouchers/{voucher}/reveals", status=409)
    await play.submit(play.office, f"/vouchers/{voucher}/code", 409)
    vault.use(Vault([VOUCHER_KEY]))


async def listed(play: Play) -> None:
    """Every page and every file that is about vouchers."""
    batches = await db.fetch("SELECT id FROM inventory_voucher_batch")
    vouchers = await db.fetch(
        "SELECT id FROM inventory_voucher WHERE site = :site ORDER BY id", site=play.site.id
    )
    for address in (
        "/desk",
        "/items",
        "/loans",
        "/messages",
        "/this-week",
        "/vouchers",
        "/vouchers/batches",
        "/vouchers/batches/new",
        "/vouchers/counts",
        "/vouchers/funding",
        "/vouchers/funding.csv",
        "/vouchers/funding.pdf",
        "/vouchers/import",
        "/vouchers/transfers",
        "/settings/voucher-kinds",
        "/settings/voucher-policies",
        f"/borrowers/{play.person.id}",
        *(f"/vouchers/batches/{each['id']}" for each in batches),
        *(f"/vouchers/batches/{each['id']}/vouchers" for each in batches),
        *(f"/vouchers/{each['id']}" for each in vouchers[:12]),
        "/nowhere",
    ):
        answer = await play.office.get(address)
        assert answer.status_code == (404 if address == "/nowhere" else 200), address
    for address in (
        "items.csv",
        "voucher-batches",
        "voucher-counts",
        "voucher-kinds",
        "voucher-policies",
        "voucher-transfers",
        f"sites/{play.site.id}/voucher-stock",
        *(f"voucher-batches/{each['id']}" for each in batches),
        *(f"vouchers/{each['id']}" for each in vouchers[:12]),
    ):
        assert (await play.api.get(f"/api/v1/{address}")).is_success, address


async def sealed_anew(play: Play) -> None:
    vault.use(Vault([NEXT_KEY, VOUCHER_KEY]))
    assert (await rotate(SYSTEM, now=clock.now())).sealed == len(SECRETS)


async def forgotten(_play: Play) -> None:
    """What is over is blanked and deleted; a copy that was made for it would stay."""
    later: datetime = clock.now() + timedelta(days=100)
    await forget(now=later)


STEPS: list[Callable[[Play], Awaitable[None]]] = [
    come_in,
    scanned_and_typed,
    imported,
    given_by_a_program,
    given_at_the_desk,
    set_aside,
    scanned_in_vain,
    sent_by_text_message,
    confirmed_by_reply,
    confirmed_by_the_operator,
    revealed,
    exported,
    replaced_and_returned,
    sent_to_another_site,
    counted_and_found,
    met_what_nobody_thought_of,
    read_without_a_key,
    warned_of_the_end,
    listed,
    sealed_anew,
    forgotten,
]
