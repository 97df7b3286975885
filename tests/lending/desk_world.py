"""The site of ``desk_model`` as rows of the database, and the same as the model has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.inventory.tables import Item
from comptoir.lending.tables import Household
from tests import factories as make
from tests.lending.desk_model import (
    MOST_PER_HOUSEHOLD,
    MOST_PER_PERSON,
    MOST_RENEWALS,
    DeskModel,
    Lent,
    Person,
    Thing,
)


@dataclass
class World:
    """What the test needs to speak of the rows: ids and codes by name, and who acts."""

    actor: Principal
    site_id: UUID
    other_site_id: UUID
    charger: UUID
    codes: dict[str, str]
    items: dict[str, UUID]
    borrowers: dict[str, UUID]
    cards: dict[str, str]
    old_cards: list[str]
    loans: list[UUID]
    model: DeskModel


def people(now: datetime) -> list[Person]:
    return [
        Person("amina"),
        Person("dora", household="home"),
        Person("emil", household="home"),
        Person("bruno", suspended_until=now + timedelta(days=1)),
        Person("carla", eligible=False),
    ]


def things() -> list[Thing]:
    return [
        Thing("laptop1"),
        Thing("laptop2"),
        Thing("laptop3"),
        Thing("laptop4", from_here=False),
        Thing("checked", status="to_check"),
        Thing("mislaid", status="lost"),
        Thing("old", status="retired"),
        Thing("voucher", lendable=False),
        Thing("carlas", status="on_loan"),
        Thing("strangers", status="on_loan", here=False, from_here=False),
    ]


async def build(now: datetime) -> World:
    """A site, its things and its people; two loans were made before."""
    here, there = await make.site(), await make.site(short_name="Lausanne", published=True)
    actor = await make.principal(Role.COORDINATOR, here.id)
    laptop = await make.category()
    kind = await make.model(category=laptop.id, accessories=("Charger",))
    voucher = await make.model(category=(await make.category("Voucher")).id)
    await make.policy(
        category_id=laptop.id,
        limit_person=MOST_PER_PERSON,
        limit_household=MOST_PER_HOUSEHOLD,
        renewals=MOST_RENEWALS,
    )
    model = DeskModel(now, things(), people(now))
    items = {}
    for thing in model.items.values():
        items[thing.name] = await make.item(
            site_id=(here if thing.from_here else there).id,
            present_site=(here if thing.here else there).id,
            model=(kind if thing.lendable else voucher).id,
            status=thing.status,
        )
    everybody = await make.group()
    household = Household(label="Home", created_at=now)
    await household.save()
    borrowers, cards = {}, {}
    for person in model.people.values():
        values: dict[str, Any] = {"household": household.id} if person.household else {}
        row = await make.borrower(
            site_id=here.id,
            borrower_group=everybody.id,
            suspended_at=now if person.suspended_until else None,
            suspended_until=person.suspended_until,
            eligible_until=None if person.eligible else (now - timedelta(days=9)).date(),
            **values,
        )
        borrowers[person.name] = row.id
        cards[person.name] = (await make.card(row.id)).code
    charger = await db.fetch_one(
        "SELECT id FROM inventory_accessory WHERE model = :model", model=kind.id
    )
    assert charger is not None
    world = World(
        actor=actor,
        site_id=here.id,
        other_site_id=there.id,
        charger=charger["id"],
        codes={name: item.code for name, item in items.items()},
        items={name: item.id for name, item in items.items()},
        borrowers=borrowers,
        cards=cards,
        old_cards=[(await make.card(borrowers["amina"], revoked_at=now)).code],
        loans=[],
        model=model,
    )
    await _lend_before(world, items["carlas"], "carlas", "carla", now, from_here=True)
    await _lend_before(world, items["strangers"], "strangers", "amina", now, from_here=False)
    return world


async def _lend_before(
    world: World, item: Item, name: str, borrower: str, now: datetime, *, from_here: bool
) -> None:
    since = now - timedelta(days=5)
    row = await make.loan(item=item, borrower_id=world.borrowers[borrower], now=since)
    world.loans.append(row.id)
    world.model.loans.append(
        Lent(
            len(world.model.loans), name, borrower, since, from_here=from_here, back_here=from_here
        )
    )
