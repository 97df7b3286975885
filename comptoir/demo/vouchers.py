"""The vouchers of the demo: what the drawers of the three places hold, and who paid for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import msgspec

from comptoir.core.principal import SYSTEM
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, Place
from comptoir.inventory.imei import luhn_valid
from comptoir.inventory.vouchers.kinds import add_kind
from comptoir.inventory.vouchers.levels import SetLevel, set_level
from comptoir.inventory.vouchers.schemas import NewVoucher, SaveKind, TakeIn
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.inventory.vouchers.taking_in import take_in

#: Draws of its own, so that the rest of the demo stays as it is.
_SEED = 18
#: No operator has this issuer number: nothing here is a real card.
_ISSUERS = {"CHF": "894100", "EUR": "893300"}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

SIM_CH, SIM_FR, TOP_UP, WIFI, ESIM = "sim-ch", "sim-fr", "top-up", "wifi", "esim"

KINDS = {
    SIM_CH: SaveKind(
        medium=Medium.SIM,
        names={
            "fr": "Carte SIM 10 Go",
            "de": "SIM-Karte 10 GB",
            "it": "Carta SIM 10 GB",
            "en": "SIM card 10 GB",
        },
        operator="Salt",
        volume="10 GB",
        validity_days=30,
        cost_cents=1990,
        instructions={
            "fr": "Éteignez le téléphone. Détachez la carte avec ses bords.\n"
            "Poussez l’aiguille dans le petit trou sur le côté : le tiroir sort.\n"
            "Posez la carte dans le tiroir et refermez-le. Allumez le téléphone.\n"
            "S’il demande un code PIN : il est sur votre feuille.",
            "de": "Schalten Sie das Telefon aus. Lösen Sie die Karte aus dem Rahmen.\n"
            "Drücken Sie die Nadel in das kleine Loch an der Seite: Die Schublade kommt heraus.\n"
            "Legen Sie die Karte hinein und schliessen Sie sie. Schalten Sie das Telefon ein.\n"
            "Fragt es nach einer PIN: Sie steht auf Ihrem Blatt.",
            "it": "Spenga il telefono. Stacchi la carta dal bordo.\n"
            "Prema l’ago nel piccolo foro sul lato: esce il cassettino.\n"
            "Metta la carta nel cassettino e lo chiuda. Accenda il telefono.\n"
            "Se chiede un PIN: è scritto sul suo foglio.",
            "en": "Switch the phone off. Break the card out of its frame.\n"
            "Push the pin into the small hole at the side: the tray comes out.\n"
            "Put the card into the tray and close it. Switch the phone on.\n"
            "If it asks for a PIN: it is on your sheet.",
        },
    ),
    SIM_FR: SaveKind(
        medium=Medium.SIM,
        names={
            "fr": "Carte SIM 20 Go (France)",
            "de": "SIM-Karte 20 GB (Frankreich)",
            "it": "Carta SIM 20 GB (Francia)",
            "en": "SIM card 20 GB (France)",
        },
        operator="Lebara",
        volume="20 GB",
        validity_days=30,
        time_zone="Europe/Paris",
        cost_cents=999,
        currency="EUR",
        instructions={
            "fr": "Éteignez le téléphone et mettez la carte dans le tiroir.\n"
            "Allumez le téléphone. S’il demande un code PIN : il est sur votre feuille.\n"
            "Attendez cinq minutes : Internet arrive tout seul.",
            "de": "Schalten Sie das Telefon aus und legen Sie die Karte in die Schublade.\n"
            "Schalten Sie es ein. Fragt es nach einer PIN: Sie steht auf Ihrem Blatt.\n"
            "Warten Sie fünf Minuten: Das Internet kommt von selbst.",
            "it": "Spenga il telefono e metta la carta nel cassettino.\n"
            "Lo accenda. Se chiede un PIN: è scritto sul suo foglio.\n"
            "Aspetti cinque minuti: Internet arriva da solo.",
            "en": "Switch the phone off and put the card into its tray.\n"
            "Switch it on. If it asks for a PIN: it is on your sheet.\n"
            "Wait five minutes: the Internet comes by itself.",
        },
    ),
    TOP_UP: SaveKind(
        medium=Medium.TOP_UP,
        names={
            "fr": "Recharge 5 Go",
            "de": "Aufladung 5 GB",
            "it": "Ricarica 5 GB",
            "en": "Top-up 5 GB",
        },
        operator="Salt",
        volume="5 GB",
        validity_days=30,
        cost_cents=1000,
        dial="*121*{code}#",
        by_sms=True,
        instructions={
            "fr": "Ouvrez le téléphone comme pour appeler.\n"
            "Tapez tout ce qui est écrit, l’étoile et le dièse aussi. Appuyez sur le bouton vert.\n"
            "Un message arrive : la recharge est faite.",
            "de": "Öffnen Sie das Telefon wie für einen Anruf.\n"
            "Tippen Sie alles, was da steht, auch Stern und Raute. Drücken Sie die grüne Taste.\n"
            "Es kommt eine Nachricht: Die Aufladung ist gemacht.",
            "it": "Apra il telefono come per chiamare.\n"
            "Digiti tutto quello che è scritto, anche l’asterisco e il cancelletto. "
            "Prema il tasto verde.\n"
            "Arriva un messaggio: la ricarica è fatta.",
            "en": "Open the phone as if to call somebody.\n"
            "Type all that is written, the star and the hash too. Press the green button.\n"
            "A message comes: the top-up is done.",
        },
    ),
    WIFI: SaveKind(
        medium=Medium.WIFI,
        names={
            "fr": "Wi-Fi de la bibliothèque, un jour",
            "de": "WLAN der Bibliothek, ein Tag",
            "it": "Wi-Fi della biblioteca, un giorno",
            "en": "Library Wi-Fi, one day",
        },
        validity_days=1,
        cost_cents=0,
        network="Bibliotheque-Public",
        wifi_code=WifiCode.PORTAL,
        portal_url="https://wifi.bibliotheque.example/",
        without_borrower=True,
        instructions={
            "fr": "Dans les réglages du téléphone, ouvrez Wi-Fi.\n"
            "Choisissez « Bibliotheque-Public ». Une page s’ouvre.\n"
            "Tapez le code dans la case. C’est bon jusqu’à minuit.",
            "de": "Öffnen Sie in den Einstellungen des Telefons WLAN.\n"
            "Wählen Sie «Bibliotheque-Public». Eine Seite geht auf.\n"
            "Tippen Sie den Code in das Feld. Er gilt bis Mitternacht.",
            "it": "Nelle impostazioni del telefono apra Wi-Fi.\n"
            "Scelga «Bibliotheque-Public». Si apre una pagina.\n"
            "Digiti il codice nella casella. Vale fino a mezzanotte.",
            "en": "In the settings of the phone, open Wi-Fi.\n"
            "Choose “Bibliotheque-Public”. A page opens.\n"
            "Type the code into the box. It is good until midnight.",
        },
    ),
    ESIM: SaveKind(
        medium=Medium.ESIM,
        names={
            "fr": "eSIM 3 Go, une semaine",
            "de": "eSIM 3 GB, eine Woche",
            "it": "eSIM 3 GB, una settimana",
            "en": "eSIM 3 GB, one week",
        },
        operator="Digital Republic",
        volume="3 GB",
        validity_days=7,
        cost_cents=700,
        instructions={
            "fr": "Il faut un téléphone qui prend les eSIM, et du Wi-Fi.\n"
            "Visez le carré noir et blanc avec l’appareil photo du téléphone.\n"
            "Touchez ce qui apparaît, puis « Ajouter ».",
            "de": "Das Telefon muss eSIM können, und es braucht WLAN.\n"
            "Richten Sie die Kamera des Telefons auf das schwarz-weisse Quadrat.\n"
            "Tippen Sie auf das, was erscheint, dann auf «Hinzufügen».",
            "it": "Serve un telefono che accetta le eSIM, e il Wi-Fi.\n"
            "Inquadri il quadrato bianco e nero con la fotocamera del telefono.\n"
            "Tocchi quello che appare, poi «Aggiungi».",
            "en": "The phone must take eSIMs, and you need Wi-Fi.\n"
            "Point the camera of the phone at the black and white square.\n"
            "Touch what appears, then “Add”.",
        },
    ),
}


class _Batch(msgspec.Struct, frozen=True):
    """What came, in days from today: ``came`` ago, to be activated in ``last``."""

    kind: str
    site: str
    quantity: int
    funder: str
    order: str
    came: int
    last: int | None


BATCHES = (
    _Batch(SIM_CH, FRIBOURG, 25, "Loterie Romande", "2026-041", 84, 18),
    _Batch(SIM_CH, FRIBOURG, 40, "Ville de Fribourg", "2026-077", 12, 210),
    _Batch(SIM_CH, LAUSANNE, 30, "Loterie Romande", "2026-042", 80, 160),
    _Batch(SIM_FR, LYON, 30, "Métropole de Lyon", "F-1187", 61, 120),
    _Batch(TOP_UP, FRIBOURG, 60, "Ville de Fribourg", "2026-078", 40, 300),
    _Batch(TOP_UP, LAUSANNE, 20, "", "2026-079", 40, 11),
    _Batch(WIFI, FRIBOURG, 200, "", "", 90, None),
    _Batch(WIFI, LAUSANNE, 120, "", "", 30, None),
    _Batch(ESIM, FRIBOURG, 15, "Loterie Romande", "2026-090", 9, 80),
    _Batch(ESIM, LYON, 10, "France Services", "F-1203", 9, 80),
)

#: From how many on a kind is low at a place. One is low already.
LEVELS = (
    (SIM_CH, FRIBOURG, 20),
    (SIM_CH, LAUSANNE, 15),
    (TOP_UP, FRIBOURG, 15),
    (TOP_UP, LAUSANNE, 20),
)


async def fill_drawers(places: dict[str, Place], *, now: datetime) -> dict[str, UUID]:
    """Make the kinds and take the batches in; give the kinds' ids."""
    random = Random(_SEED)  # noqa: S311 – believable, not unguessable
    start = now - timedelta(days=100)
    kinds = {key: await add_kind(SYSTEM, kind, now=start) for key, kind in KINDS.items()}
    for batch in sorted(BATCHES, key=lambda each: -each.came):
        draw = _DRAW[KINDS[batch.kind].medium]
        await take_in(
            SYSTEM,
            TakeIn(
                kind=kinds[batch.kind],
                site=places[batch.site].id,
                funder=batch.funder,
                order_number=batch.order,
                activate_by=None if batch.last is None else (now + timedelta(batch.last)).date(),
                vouchers=tuple(draw(KINDS[batch.kind], random) for _ in range(batch.quantity)),
            ),
            now=now - timedelta(days=batch.came),
        )
    for kind, site, low in LEVELS:
        await set_level(SYSTEM, SetLevel(places[site].id, kinds[kind], low), now=start)
    return kinds


def _sim(kind: SaveKind, random: Random) -> NewVoucher:
    body = _ISSUERS[kind.currency] + _digits(12, random)
    iccid = next(body + digit for digit in "0123456789" if luhn_valid(body + digit))
    number = {"CHF": "+4179555", "EUR": "+3363998"}[kind.currency] + _digits(4, random)
    return NewVoucher(code=iccid, pin=_digits(4, random), puk=_digits(8, random), number=number)


def _top_up(kind: SaveKind, random: Random) -> NewVoucher:
    return NewVoucher(code=_digits(14, random))


def _wifi(kind: SaveKind, random: Random) -> NewVoucher:
    return NewVoucher(code=f"{_digits(5, random)}-{_digits(5, random)}")


def _esim(kind: SaveKind, random: Random) -> NewVoucher:
    token = "-".join("".join(random.choices(_LETTERS, k=5)) for _ in range(4))
    return NewVoucher(code=f"LPA:1$smdp.example.com${token}")


def _digits(count: int, random: Random) -> str:
    return "".join(random.choices("0123456789", k=count))


_DRAW: dict[Medium, Callable[[SaveKind, Random], NewVoucher]] = {
    Medium.SIM: _sim,
    Medium.TOP_UP: _top_up,
    Medium.WIFI: _wifi,
    Medium.ESIM: _esim,
}
