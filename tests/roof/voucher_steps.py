"""What is done with the vouchers of the hunt, from the first that is given to the last key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from comptoir.core import clock, db, vault
from comptoir.core.i18n import lazy
from comptoir.core.jobs import Job, Turn, run_if_due
from comptoir.core.principal import SYSTEM
from comptoir.core.vault import Vault
from comptoir.inventory.vouchers.rotation import rotate
from comptoir.inventory.vouchers.sealing import unseal
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.local import FileGateway
from comptoir.notifications.gateways.protocol import Answer, Outgoing
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.retention import forget
from comptoir.notifications.routing import Route
from tests import factories as make
from tests.http_client import SETTINGS
from tests.keys import VOUCHER_KEY
from tests.notifications.hook import reply
from tests.notifications.recording import RecordingGateway
from tests.roof.hunt import as_read
from tests.roof.voucher_intake import come_in, imported, scanned_and_typed
from tests.roof.voucher_play import (
    NEXT_KEY,
    PHONE,
    SECRETS,
    SIMS,
    TOP_UPS,
    WIFI,
    Play,
    hidden,
)


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
    fields = hidden(looked.text, "/vouchers/activations")
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
