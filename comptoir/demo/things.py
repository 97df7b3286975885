"""What the demo lends: six categories, eight models, about sixty items."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import SYSTEM
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, Place
from comptoir.inventory import codes, terms
from comptoir.inventory.imei import luhn_valid
from comptoir.inventory.names import Names
from comptoir.inventory.schemas import (
    CreateSeveral,
    Numbers,
    SaveAccessory,
    SaveCategory,
    SaveModel,
)
from comptoir.inventory.services import catalogue, items
from comptoir.inventory.statuses import Condition

#: The code of every example, on the first item.
FIRST_CODE = "BCDFGHJK"

#: Type allocation codes that begin with 00 are for test devices: no real phone has them.
_TAC = "00101700"


def _names(fr: str, de: str, it: str, en: str) -> Names:
    return {"fr": fr, "de": de, "it": it, "en": en}


CATEGORIES = {
    "laptop": _names("Ordinateur portable", "Laptop", "Computer portatile", "Laptop"),
    "phone": _names("Téléphone", "Telefon", "Telefono", "Phone"),
    "tablet": _names("Tablette", "Tablet", "Tablet", "Tablet"),
    "router": _names("Routeur mobile", "Mobiler Router", "Router mobile", "Mobile router"),
    "pc": _names("Ordinateur sur place", "Computer vor Ort", "Computer sul posto", "On-site PC"),
    "headset": _names("Casque-micro", "Headset", "Cuffie con microfono", "Headset"),
}

_CHARGER = _names("Chargeur", "Ladegerät", "Caricatore", "Charger")
_BAG = _names("Sacoche", "Tasche", "Borsa", "Bag")
_MOUSE = _names("Souris", "Maus", "Mouse", "Mouse")
_CASE = _names("Étui", "Hülle", "Custodia", "Case")
_PIN_TOOL = _names("Aiguille SIM", "SIM-Nadel", "Spilla SIM", "SIM tool")
_CABLE = _names("Câble USB", "USB-Kabel", "Cavo USB", "USB cable")
_PEN = _names("Stylet", "Stift", "Penna", "Pen")


class _Model(msgspec.Struct, frozen=True):
    """A model, and how many items of it each site has. Prices are in whole units."""

    category: str
    manufacturer: str
    name: str
    short_name: str
    serial: str
    price: int
    counts: dict[str, int]
    imei_count: int = 0
    accessories: tuple[Names, ...] = ()


MODELS = (
    _Model(
        "laptop",
        "Lenovo",
        "ThinkPad L13 Gen 3",
        "ThinkPad L13",
        "PF3",
        690,
        {FRIBOURG: 7, LAUSANNE: 5, LYON: 4},
        accessories=(_CHARGER, _BAG, _MOUSE),
    ),
    _Model(
        "laptop",
        "HP",
        "ProBook 445 G9",
        "ProBook 445",
        "5CD2",
        640,
        {FRIBOURG: 3, LAUSANNE: 3, LYON: 2},
        accessories=(_CHARGER, _BAG),
    ),
    _Model(
        "phone",
        "Samsung",
        "Galaxy A15",
        "Galaxy A15",
        "R58W",
        180,
        {FRIBOURG: 4, LAUSANNE: 4, LYON: 2},
        imei_count=2,
        accessories=(_CHARGER, _CASE, _PIN_TOOL),
    ),
    _Model(
        "phone",
        "Fairphone",
        "Fairphone 4",
        "Fairphone 4",
        "F4A",
        450,
        {FRIBOURG: 2, LYON: 2},
        imei_count=2,
        accessories=(_CABLE, _PIN_TOOL),
    ),
    _Model(
        "tablet",
        "Samsung",
        "Galaxy Tab S6 Lite",
        "Tab S6 Lite",
        "R52T",
        320,
        {FRIBOURG: 3, LAUSANNE: 3, LYON: 2},
        accessories=(_CHARGER, _CASE, _PEN),
    ),
    _Model(
        "router",
        "TP-Link",
        "M7350",
        "TP-Link M7350",
        "2233",
        75,
        {FRIBOURG: 3, LAUSANNE: 2, LYON: 2},
        imei_count=1,
        accessories=(_CABLE,),
    ),
    _Model(
        "pc",
        "Dell",
        "OptiPlex 3000 Micro",
        "OptiPlex 3000",
        "8HT",
        520,
        {FRIBOURG: 2, LAUSANNE: 1, LYON: 1},
    ),
    _Model(
        "headset",
        "Logitech",
        "H390",
        "Logitech H390",
        "2131LZ",
        35,
        {FRIBOURG: 2, LAUSANNE: 1},
    ),
)

_FUNDERS = {
    FRIBOURG: ("Loterie romande", "Ville de Fribourg", ""),
    LAUSANNE: ("Loterie romande", ""),
    LYON: ("Métropole de Lyon", "France Services", ""),
}


class Thing(msgspec.Struct, frozen=True):
    """An item of the demo: where it is at home, and what it is."""

    code: str
    category: str
    site: str


async def bring_in(
    places: dict[str, Place], random: Random, *, now: datetime
) -> tuple[dict[str, UUID], list[Thing]]:
    """Make categories, models and items; give the categories' ids and the items."""
    categories = {
        key: await catalogue.create_category(SYSTEM, SaveCategory(names=names), now=now)
        for key, names in CATEGORIES.items()
    }
    things: list[Thing] = []
    for model in MODELS:
        model_id = await catalogue.create_model(
            SYSTEM,
            SaveModel(
                category=categories[model.category],
                manufacturer=model.manufacturer,
                name=model.name,
                short_name=model.short_name,
                imei_count=model.imei_count,
                accessories=tuple(SaveAccessory(names) for names in model.accessories),
            ),
            now=now,
        )
        for site, count in model.counts.items():
            made = await items.create_several(
                SYSTEM,
                CreateSeveral(
                    model=model_id,
                    home_site=places[site].id,
                    condition=random.choice([Condition.NEW, Condition.GOOD, Condition.GOOD]),
                    funder=random.choice(_FUNDERS[site]),
                    purchased_on=(now - timedelta(days=random.randint(20, 700))).date(),
                    price_cents=model.price * 100,
                    currency="EUR" if site == LYON else "CHF",
                    numbers=tuple(_numbers(model, random) for _ in range(count)),
                ),
                now=now,
            )
            for code in made:
                code = await _give_code(code, len(things), random)
                things.append(Thing(code, model.category, site))
    return categories, things


def _numbers(model: _Model, random: Random) -> Numbers:
    serial = model.serial + "".join(random.choices("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", k=7))
    return Numbers(serial, tuple(imei(random) for _ in range(model.imei_count)))


def imei(random: Random) -> str:
    """A valid IMEI that no real phone has."""
    body = _TAC + f"{random.randrange(1_000_000):06}"
    return next(body + digit for digit in "0123456789" if luhn_valid(body + digit))


async def _give_code(code: str, number: int, random: Random) -> str:
    """Put a code that is the same in every demo in the place of a random one."""
    new = FIRST_CODE if number == 0 else random_code(random)
    await db.execute("UPDATE inventory_item SET code = :new WHERE code = :old", new=new, old=code)
    await db.execute(
        "UPDATE inventory_item_term SET term = :new WHERE kind = :kind AND term = :old",
        new=terms.fold(new),
        old=terms.fold(code),
        kind=terms.CODE,
    )
    return new


def random_code(random: Random) -> str:
    """A valid tag code of this random source."""
    return codes.with_check_letter("".join(random.choices(codes.ALPHABET, k=codes.LENGTH - 1)))
