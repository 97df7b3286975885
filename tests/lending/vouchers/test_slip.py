"""The slip of a voucher, as it comes out of the printer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from comptoir.core.i18n import LANGUAGES
from comptoir.core.ids import new_id
from comptoir.core.vault import Clear
from comptoir.inventory.vouchers.phone_texts import PhoneUse, qr_text
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.vouchers.showing import ShownIssue
from comptoir.lending.vouchers.slip import SlipPaper, place_of, render_slip
from comptoir.lending.vouchers.tables import VoucherIssue
from tests import factories as make
from tests.lending.reception import Reception
from tests.paper import codes_on, is_pdf_ua, opened, text_of

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
ESIM = "LPA:1$smdp.plus.example.com$K2-1ABCD2-XYZ9Q8-77TRQP"


def shown(medium: Medium, secret: Secret, language: str = "fr") -> ShownIssue:
    qr = qr_text(secret, medium, PhoneUse("*121*{code}#", "Pont-Public", WifiCode.PASSWORD))
    return ShownIssue(
        issue_id=new_id(),
        voucher_id=new_id(),
        site_id=new_id(),
        names={"fr": "Wi-Fi une heure", "de": "WLAN eine Stunde"},
        medium=medium,
        secret=Shown.of(secret),
        qr=Clear(qr) if qr else None,
        language=language,
        dial="*121*{code}#" if medium is Medium.TOP_UP else "",
        network="Pont-Public" if medium is Medium.WIFI else "",
        instructions="Choisissez le réseau.\nTapez le code.",
        activate_by=date(2027, 6, 30),
        phone="",
        not_sent=RefusalCode.VOUCHER_NOT_SENDABLE,
    )


@pytest.mark.parametrize("paper", SlipPaper)
@pytest.mark.parametrize(
    ("medium", "secret", "decoded"),
    [
        (Medium.WIFI, Secret("KQ7X-4455"), "WIFI:T:WPA;S:Pont-Public;P:KQ7X-4455;;"),
        (Medium.WIFI, Secret("w" * 63), f"WIFI:T:WPA;S:Pont-Public;P:{'w' * 63};;"),
        (Medium.TOP_UP, Secret("8899001122334455"), "tel:*121*8899001122334455%23"),
        (Medium.ESIM, Secret(ESIM), ESIM),
        (Medium.SIM, Secret("89410000000000000013", pin="1234", puk="12345678"), None),
    ],
)
async def test_the_slip_is_read_by_eye_by_camera_and_aloud(
    database: Any, paper: SlipPaper, medium: Medium, secret: Secret, decoded: str | None
) -> None:
    site = await make.site(name="Maison du Quai", street="Rue de la Sarine 3")
    pdf = render_slip(shown(medium, secret), paper, await place_of(site.id), now=NOW)
    assert is_pdf_ua(pdf)
    assert [code.text for code in codes_on(pdf)] == ([decoded] if decoded else [])
    text = text_of(pdf).replace("\u200b", "")
    for part in ("Wi-Fi une heure", "Tapez le code.", "Maison du Quai", "Rue de la Sarine 3"):
        assert part in text
    assert "30 juin 2027" in text
    if medium is Medium.TOP_UP:  # whole, and below it the code alone
        words = " ".join(text.split())
        assert words.index("*121* 8899 0011 2233 4455#") < words.index("8899 0011 2233 4455 ")
    if secret.puk:
        assert "1234 5678" in text
    with opened(pdf) as document:
        width, height = document[0].get_size()
        assert len(document) == 1 or (paper is SlipPaper.A6 and len(secret.code) > 60)
    assert round(width / 72 * 25.4) == (80 if paper is SlipPaper.RECEIPT else 105)
    assert height > width or paper is SlipPaper.RECEIPT


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_slip_speaks_the_language_of_the_person(database: Any, language: str) -> None:
    site = await make.site()
    document = shown(Medium.WIFI, Secret("KQ7X-4455"), language)
    pdf = render_slip(document, SlipPaper.A6, await place_of(site.id), now=NOW)
    assert f"/Lang({language}" in pdf.decode("latin-1")
    name = {"de": "WLAN eine Stunde"}.get(language, "Wi-Fi une heure")
    assert name in text_of(pdf)


async def test_it_says_when_the_door_is_open_next(database: Any) -> None:
    site = await make.site(opening_hours="We 09:00-12:00")
    document = replace(shown(Medium.WIFI, Secret("KQ7X-4455")), language="en")
    pdf = render_slip(document, SlipPaper.RECEIPT, await place_of(site.id), now=NOW)
    assert "Wednesday" in text_of(pdf)


async def test_the_desk_prints_what_is_at_hand_and_names_nobody(reception: Reception) -> None:
    kind = await make.voucher_kind(medium="wifi", network="Pont", wifi_code="password")
    await make.voucher_policy(kind)
    secret = Secret("KQ7-4455-XYZW")
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), secret)
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = (await reception.visit()).id
    await reception.post("/desk/vouchers", kind=kind.id, visit=visit, attempt_id="tap-1")
    [issue] = await VoucherIssue.objects()
    answer = await reception.client.post(
        "/desk/vouchers/slip", data={"issue": issue.id, "paper": "a6"}
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert [code.text for code in codes_on(answer.content)] == [
        "WIFI:T:WPA;S:Pont;P:KQ7-4455-XYZW;;"
    ]
    assert reception.borrower.name not in text_of(answer.content)
    await VoucherIssue.update({VoucherIssue.issued_at: reception.borrower.created_at}, force=True)
    late = await reception.client.post("/desk/vouchers/slip", data={"issue": issue.id})
    assert late.status_code == 409


#: As long as what the demonstration says, and an address of all its lines.
LONG = """Éteignez le téléphone. Détachez la carte avec ses bords.
Poussez l’aiguille dans le petit trou sur le côté : le tiroir sort.
Posez la carte dans le tiroir et refermez-le. Allumez le téléphone.
S’il demande un code PIN : il est sur votre feuille."""


async def test_a_card_with_all_its_numbers_is_one_small_page(database: Any) -> None:
    site = await make.site(
        street="Rue de la Sarine 3",
        postcode="1700",
        city="Fribourg",
        phone="+41263000000",
        opening_hours="We 09:00-12:00",
    )
    card = Secret("89410000000000000013", pin="1234", puk="12345678", number="+41791234567")
    document = replace(shown(Medium.SIM, card), instructions=LONG)
    pdf = render_slip(document, SlipPaper.A6, await place_of(site.id), now=NOW)
    with opened(pdf) as pages:
        assert len(pages) == 1


@pytest.mark.parametrize("paper", SlipPaper)
async def test_the_text_of_an_esim_breaks_between_its_parts(
    database: Any, paper: SlipPaper
) -> None:
    site = await make.site()
    pdf = render_slip(shown(Medium.ESIM, Secret(ESIM)), paper, await place_of(site.id), now=NOW)
    text = text_of(pdf).replace("\u200b", "")
    assert "LPA:1$smdp.plus.example.com$ K2-1ABCD2-XYZ9Q8-77TRQP" in text
