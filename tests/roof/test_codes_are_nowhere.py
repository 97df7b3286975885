"""What is secret of known vouchers is looked for wherever something is kept, and not found.

A new way for a code to go through the program is a step more in ``STEPS``.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock, db, logging, vault
from comptoir.core.principal import SYSTEM, Role
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.rotation import rotate
from tests import factories as make
from tests.http_client import SETTINGS, client_of, sign_in, use_token
from tests.inventory.vouchers.test_import_pages import hidden
from tests.keys import VOUCHER_KEY

#: Cards of one batch, Wi-Fi codes of another. As long as they may be, so that none is
#: found by chance in an id.
SIMS = [
    {
        "code": code,
        "pin": f"7395184{place}",
        "puk": f"5173926{place}",
        "number": f"+4176555014{place}",
    }
    for place, code in enumerate(
        ("8941030012345678904", "8941030012345678912", "8941030012345678920")
    )
]
WIFI = [{"code": f"QX7Z-MM{place}4-LKJH", "user": f"gast-wohnhaus-{place}"} for place in range(3)]
FUNDER = "Fondation du Pont"


class Play:
    """A desk over HTTP: a program with a token, a coordinator, and reception."""

    api: AsyncClient
    desk: AsyncClient
    office: AsyncClient
    batch: str

    def __init__(self) -> None:
        self.answers: list[Response] = []

    async def set_up(self) -> None:
        self.site = await make.site()
        self.sim = await make.voucher_kind()
        self.wifi = await make.voucher_kind(medium="wifi", names=make.names("Wi-Fi"))
        for kind in (self.sim, self.wifi):
            await make.voucher_policy(kind)
        person = await make.borrower(site_id=self.site.id)
        self.card = (await make.card(person.id)).code
        await use_token(self.api, "inventory", "desk", site_id=self.site.id)
        for client, role in ((self.office, Role.COORDINATOR), (self.desk, Role.RECEPTION)):
            user = await make.user(role=role, site_id=self.site.id)
            await sign_in(client, user, site_id=self.site.id)

    async def call(self, address: str, body: Any = None, *, key: str = "") -> Response:
        """A call, twice where it has a key; the answer of the second."""
        headers = {"Idempotency-Key": key} if key else {}
        for _ in range(2 if key else 1):
            answer = await self.api.post(f"/api/v1/{address}", json=body, headers=headers)
        return answer

    async def voucher(self, kind: Any, status: str) -> UUID:
        [row, *_] = await db.fetch(
            "SELECT id FROM inventory_voucher WHERE kind = :kind AND status = :status ORDER BY id",
            kind=kind.id,
            status=status,
        )
        found: UUID = row["id"]
        return found


async def come_in(play: Play) -> None:
    for kind, vouchers in ((play.sim, SIMS[:2]), (play.wifi, WIFI)):
        body = {
            "kind": str(kind.id),
            "site": str(play.site.id),
            "funder": FUNDER,
            "vouchers": vouchers,
        }
        answer = await play.call("voucher-batches", body, key=f"in-{kind.id}")
        assert answer.status_code == 201, answer.text
        play.batch = answer.json()["id"]
        play.answers.append(answer)


async def come_in_again(play: Play) -> None:
    for vouchers in (SIMS[:1], [{**SIMS[2], "code": SIMS[2]["code"][:-1] + "7"}]):
        body = {"kind": str(play.sim.id), "site": str(play.site.id), "vouchers": vouchers}
        answer = await play.call("voucher-batches", body, key="again")
        assert answer.status_code == 422
        play.answers.append(answer)


async def scanned_in(play: Play) -> None:
    body = {"kind": str(play.sim.id), "site": str(play.site.id), "vouchers": []}
    batch = (await play.call("voucher-batches", body)).json()["id"]
    for expected in ((200, 303), (422,)):  # a double click: it is in already
        added = await play.office.post(f"/vouchers/batches/{batch}/add", data=SIMS[2])
        assert added.status_code in expected
        play.answers.append(added)
    play.answers.append(await play.office.get(f"/vouchers/batches/{batch}"))


async def given(play: Play) -> None:
    body = {"sim": SIMS[0]["code"], "borrower": play.card}
    answer = await play.call("voucher-issues", body, key="give")
    assert answer.status_code == 201, answer.text
    play.answers += [answer, await play.call("voucher-issues", body)]
    issue = answer.json()["id"]
    shown = await play.call(f"voucher-issues/{issue}/showings", key="show")
    assert shown.json()["pin"] == SIMS[0]["pin"]
    play.answers.append(await play.api.get(f"/api/v1/voucher-issues/{issue}"))


async def given_at_the_desk(play: Play) -> None:
    await play.desk.post("/desk/scan", data={"scan": play.card, "attempt_id": "card"})
    [visit] = await db.fetch("SELECT id FROM lending_visit WHERE closed_at IS NULL")
    there = {"visit": str(visit["id"])}
    for _ in range(2):
        scan = {"scan": SIMS[1]["code"], "attempt_id": "sim", **there}
        assert (await play.desk.post("/desk/scan", data=scan)).status_code == 200
    tap = {"kind": str(play.wifi.id), "attempt_id": "tap", **there}
    for _ in range(2):
        assert (await play.desk.post("/desk/vouchers", data=tap)).status_code == 200
    [issue, *_] = await db.fetch("SELECT id FROM lending_voucher_issue ORDER BY id DESC")
    for button in ("show", "slip"):
        answer = await play.desk.post(
            f"/desk/vouchers/{button}", data={"issue": str(issue["id"]), **there}
        )
        assert answer.status_code == 200


async def scanned_in_vain(play: Play) -> None:
    for number, code in enumerate((SIMS[0]["code"], SIMS[2]["code"][:-1] + "7", WIFI[0]["code"])):
        scan = {"scan": code, "attempt_id": f"vain-{number}"}
        assert (await play.desk.post("/desk/scan", data=scan)).status_code in (200, 409, 422)


async def confirmed_by_the_operator(play: Play) -> None:
    lines = [f"{each['code']};active;{each['number']}" for each in SIMS]
    lines.append(f"{SIMS[2]['code'][:-1]}7;active;")
    text = "\n".join(["ICCID;State;Number", *lines])
    path = "/vouchers/activations"
    looked = await play.office.post(
        f"{path}/check",
        data={"kind": str(play.sim.id)},
        files={"file": ("operator.csv", text.encode())},
    )
    assert "2 vouchers will be in use" in looked.text
    fields = hidden(looked.text, path)
    wrong = {"carried": fields["carried"], "column_0": "state", "column_2": "code", "named": "yes"}
    said = await play.office.post(f"{path}/columns", data=wrong)
    done = await play.office.post(path, data=fields)
    assert done.status_code == 303
    body = {"kind": str(play.sim.id), "activations": [{"code": each["code"]} for each in SIMS]}
    play.answers += [looked, said, done, await play.call("voucher-activations/preview", body)]
    refused = await play.call("voucher-activations", body | {"expected": "x"}, key="operator")
    assert refused.status_code == 409
    play.answers.append(refused)


async def revealed(play: Play) -> None:
    voucher = await play.voucher(play.wifi, "available")
    read = await play.call(f"vouchers/{voucher}/reveals", key="reveal")
    assert read.json()["code"] in [each["code"] for each in WIFI]
    page = await play.office.post(f"/vouchers/{voucher}/code")
    assert read.json()["code"] in page.text
    play.answers.append(await play.office.get(f"/vouchers/{voucher}/code"))


async def exported(play: Play) -> None:
    address = f"/vouchers/batches/{play.batch}"
    asked = await play.office.get(f"{address}/codes")
    form = {"explanation": WIFI[0]["code"], "form": "export"}
    refused = await play.office.post(f"{address}/codes", data=form)
    assert refused.status_code == 422
    for _ in range(2):
        file = await play.office.post(f"{address}/codes", data=form | {"explanation": "camp"})
        assert all(each["code"] in file.text for each in WIFI)
    masked = await play.office.get(f"{address}/vouchers.csv")
    for answer in (asked, masked, await play.office.get(address)):
        assert answer.status_code == 200
        play.answers.append(answer)


async def read_without_a_key(play: Play) -> None:
    voucher = await play.voucher(play.sim, "available")
    vault.use(Vault(["another-key-of-tests-that-opens-no-drawer"]))
    answer = await play.call(f"vouchers/{voucher}/reveals", key="no-key")
    assert answer.status_code == 409
    vault.use(Vault([VOUCHER_KEY]))
    play.answers.append(answer)


async def listed(play: Play) -> None:
    for address in (
        "/vouchers",
        "/vouchers/batches",
        f"/vouchers/batches/{play.batch}",
        "/vouchers/funding",
        "/vouchers/funding.csv",
        "/this-week",
        "/messages",
    ):
        answer = await play.office.get(address)
        assert answer.status_code == 200, address
        play.answers.append(answer)
    for address in ("voucher-batches", f"voucher-batches/{play.batch}", "items.csv"):
        play.answers.append(await play.api.get(f"/api/v1/{address}"))


async def sealed_anew(play: Play) -> None:
    vault.use(Vault(["the-next-key-of-tests-that-opens-no-drawer", VOUCHER_KEY]))
    assert (await rotate(SYSTEM, now=clock.now())).sealed == len(SIMS) + len(WIFI)


STEPS: list[Callable[[Play], Awaitable[None]]] = [
    come_in,
    come_in_again,
    scanned_in,
    given,
    given_at_the_desk,
    scanned_in_vain,
    confirmed_by_the_operator,
    revealed,
    exported,
    read_without_a_key,
    listed,
    sealed_anew,
]


def needles() -> Iterator[tuple[str, bytes]]:
    """Each secret as it may stand somewhere: as it is, without its hyphens, packed, or hashed."""
    for voucher in (*SIMS, *WIFI):
        for name, text in voucher.items():
            for form in {text, text.replace("-", ""), text.lower()}:
                yield f"{name} {form}", form.encode()
                yield f"{name} {form} in UTF-16", form.encode("utf-16-le")
                yield f"{name} {form} in hex", form.encode().hex().encode()
                yield f"{name} {form} in base64", base64.b64encode(form.encode()).rstrip(b"=")[:-1]
                yield f"{name} {form} hashed", hashlib.sha256(form.encode()).hexdigest().encode()


def found_in(*places: bytes) -> list[str]:
    """Which secrets stand there."""
    return [about for about, needle in needles() for place in places if needle in place]


async def everything_kept(url: str) -> list[bytes]:
    """All that the database keeps: the files of SQLite, the rows of PostgreSQL as text."""
    if not db.is_postgres():
        path = Path(url.removeprefix("sqlite:///"))
        return [each.read_bytes() for each in path.parent.glob(f"{path.name}*")]
    tables = await db.fetch(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    kept = []
    for table in tables:
        rows = await db.fetch(f'SELECT CAST(t AS text) AS line FROM "{table["name"]}" t')
        kept.append("\n".join(row["line"] for row in rows).encode())
    return kept


async def test_no_code_is_kept_anywhere(
    database: Any, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.configure(SETTINGS)
    play = Play()
    async with client_of() as play.api, client_of() as play.desk, client_of() as play.office:
        await play.set_up()
        for step in STEPS:
            await step(play)
            assert found_in(*await everything_kept(database_url)) == [], step.__name__
    out, err = capfd.readouterr()
    assert "/api/v1/voucher-batches" in err  # something was logged
    assert found_in(out.encode(), err.encode()) == []
    assert found_in(*[answer.content for answer in play.answers]) == []


async def test_a_code_that_is_kept_would_be_found(database: Any, database_url: str) -> None:
    batch = await make.voucher_batch(
        await make.voucher_kind(), site_id=(await make.site()).id, funder=FUNDER
    )
    kept = await everything_kept(database_url)
    assert any(FUNDER.encode() in each for each in kept)
    assert found_in(*kept) == []
    for text in (SIMS[0]["code"], WIFI[0]["code"].replace("-", ""), SIMS[1]["pin"].encode().hex()):
        await db.execute(
            "UPDATE inventory_voucher_batch SET funder = :text WHERE id = :id",
            text=f"paid {text}",
            id=batch.id,
        )
        assert found_in(*await everything_kept(database_url)), text
