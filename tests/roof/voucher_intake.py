"""How the vouchers of the hunt come in: by scanning, typing, files, and programs."""

from __future__ import annotations

from httpx import Response

from tests.inventory.vouchers.formats import samples
from tests.roof.voucher_play import (
    COLUMNS,
    FILES,
    FUNDER,
    SIMS,
    TOP_UPS,
    WIFI,
    Play,
    as_json,
    hidden,
)


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
            carried = hidden(seen.text, "/vouchers/import/columns")
            swapped = {**carried, "column_1": "code", "named": "yes"}
            await play.submit(play.office, "/vouchers/import/columns", **swapped)
            chosen = {f"column_{place}": field for place, field in COLUMNS.items()}
            seen = await play.submit(
                play.office, "/vouchers/import/columns", **carried, **chosen, named="yes"
            )
        fields = hidden(seen.text, "/vouchers/import")
        for status, form_id in ((303, fields["form"]), (303, fields["form"]), (422, play.key())):
            await play.submit(play.office, "/vouchers/import", status, **fields | {"form": form_id})
        assert (await look(file_format, text)).status_code == 422  # they are in stock by now
    # Larger than what is held in memory, and than what is read at all.
    for times in (60_000, 110_000):
        large = samples.UNIFI + "34567-8901x extra\n" * times
        assert (await look("unifi", large)).status_code == 422
    await play.submit(play.office, "/vouchers/import", 422, carried=fields["carried"][::-1])
