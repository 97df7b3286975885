"""Bringing items in and correcting them: who may, what is refused, what is recorded."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import pytest

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.inventory import codes
from comptoir.inventory.errors import (
    Changed,
    CoordinatorNeeded,
    ItemNotFound,
    ModelNotFound,
)
from comptoir.inventory.queries import items as queries
from comptoir.inventory.schemas import CreateSeveral, Numbers, NumberTaken, SaveItem
from comptoir.inventory.services import items as services
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.inventory.tables import Item, ItemTerm, Model
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.tables import Site
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

IMEI_1 = "356938035643809"
IMEI_2 = "490154203237518"


class Setting:
    """A site with its coordinator, a laptop and a phone with two IMEI."""

    site: Site
    actor: Principal
    laptop: Model
    phone: Model

    def item(self, **values: Any) -> SaveItem:
        return SaveItem(**{"model": self.laptop.id, "home_site": self.site.id, **values})

    def several(self, *numbers: Numbers, **values: Any) -> CreateSeveral:
        values = {"model": self.laptop.id, "home_site": self.site.id, **values}
        return CreateSeveral(numbers=numbers, **values)


@pytest.fixture
async def here(database: Any) -> Setting:
    setting = Setting()
    setting.site = await factories.site()
    setting.actor = await factories.principal(Role.COORDINATOR, setting.site.id)
    setting.laptop = await factories.model(accessories=("Charger",))
    setting.phone = await factories.model(name="Galaxy A15", imei_count=2)
    return setting


def codes_of(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in error.value.errors]


async def test_an_item_is_brought_in(here: Setting, now: datetime) -> None:
    command = here.item(
        serial=" pf-3x4k  9 ",
        condition=Condition.NEW,
        funder="Fonds cantonal",
        purchased_on=date(2026, 3, 1),
        price_cents=89_900,
        notes="Écran rayé",
    )
    code = await services.create_item(here.actor, command, now=now)
    assert codes.is_valid(code)
    item = await queries.item(here.actor, code)
    assert item.serial == "PF-3X4K 9"
    assert (item.status, item.condition) == (ItemStatus.AVAILABLE, Condition.NEW)
    assert item.home_site == item.present_site
    assert [accessory.names["en"] for accessory in item.accessories] == ["Charger"]
    assert (item.purchased_on, item.price_cents) == (date(2026, 3, 1), 89_900)
    assert item.created_at == now


async def test_bringing_in_is_recorded_without_the_notes(here: Setting, now: datetime) -> None:
    command = here.item(serial="PF1", notes="Belongs to Amina")
    code = await services.create_item(here.actor, command, now=now)
    item = await queries.item(here.actor, code)
    [(_, entry)] = await audit.timeline(item.id)
    assert entry.action == "item.created"
    assert entry.site_id == here.site.id
    assert entry.changes["serial"] == [None, "PF1"]
    assert entry.changes["notes"] is None


async def test_reception_brings_in_nothing(here: Setting, now: datetime) -> None:
    actor = await factories.principal(Role.RECEPTION, here.site.id)
    with pytest.raises(CoordinatorNeeded):
        await services.create_item(actor, here.item(), now=now)


async def test_a_coordinator_brings_in_nothing_at_another_site(
    here: Setting, now: datetime
) -> None:
    elsewhere = await factories.site()
    with pytest.raises(CoordinatorNeeded):
        await services.create_item(here.actor, here.item(home_site=elsewhere.id), now=now)


async def test_an_unknown_model_or_site_is_refused(here: Setting, now: datetime) -> None:
    admin = await factories.principal(Role.ADMIN)
    with pytest.raises(ModelNotFound):
        await services.create_item(admin, here.item(model=new_id()), now=now)
    with pytest.raises(SiteNotFound):
        await services.create_item(admin, here.item(home_site=new_id()), now=now)


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"serial": "x" * 61}, "serial", "inventory.text-too-long"),
        ({"imeis": (IMEI_1,)}, "imeis[0]", "inventory.too-many-imeis"),
        ({"funder": "x" * 121}, "funder", "inventory.text-too-long"),
        ({"notes": "x" * 5001}, "notes", "inventory.text-too-long"),
        ({"price_cents": -1}, "price_cents", "inventory.price-invalid"),
        ({"currency": "DEM"}, "currency", "inventory.currency-unknown"),
        ({"purchased_on": date(1, 1, 1)}, "purchased_on", "inventory.day-invalid"),
        ({"purchased_on": date(9999, 12, 31)}, "purchased_on", "inventory.day-invalid"),
    ],
)
async def test_a_wrong_field_is_named(
    here: Setting, now: datetime, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        await services.create_item(here.actor, here.item(**values), now=now)
    assert codes_of(raised) == [(field, code)]


@pytest.mark.parametrize(
    ("imeis", "field", "code"),
    [
        (("356938035643808",), "imeis[0]", "inventory.imei-invalid"),
        ((IMEI_1, "123"), "imeis[1]", "inventory.imei-invalid"),
        ((IMEI_1, "35-693803-564380-9"), "imeis[1]", "inventory.imei-twice"),
        ((IMEI_1, IMEI_2, IMEI_1), "imeis[2]", "inventory.too-many-imeis"),
    ],
)
async def test_a_wrong_imei_is_named(
    here: Setting, now: datetime, imeis: tuple[str, ...], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        await services.create_item(here.actor, here.item(model=here.phone.id, imeis=imeis), now=now)
    assert codes_of(raised) == [(field, code)]


async def test_an_imei_is_kept_as_digits(here: Setting, now: datetime) -> None:
    command = here.item(model=here.phone.id, imeis=("", "35-693803-564380-9"))
    code = await services.create_item(here.actor, command, now=now)
    assert (await queries.item(here.actor, code)).imeis == (IMEI_1,)


async def test_a_serial_number_is_on_one_item_of_a_model(here: Setting, now: datetime) -> None:
    first = await services.create_item(here.actor, here.item(serial="PF1"), now=now)
    with pytest.raises(Invalid) as raised:
        await services.create_item(here.actor, here.item(serial="pf1"), now=now)
    [error] = raised.value.errors
    assert isinstance(error, NumberTaken)
    assert (error.code, error.item) == ("inventory.serial-taken", first)
    assert codes.display(first) in error.message
    await services.create_item(here.actor, here.item(model=here.phone.id, serial="PF1"), now=now)


async def test_an_imei_is_on_one_phone_in_whichever_place(here: Setting, now: datetime) -> None:
    command = here.item(model=here.phone.id, imeis=(IMEI_1, IMEI_2))
    first = await services.create_item(here.actor, command, now=now)
    with pytest.raises(Invalid) as raised:
        await services.create_item(
            here.actor, here.item(model=here.phone.id, imeis=(IMEI_2,)), now=now
        )
    [error] = raised.value.errors
    assert isinstance(error, NumberTaken)
    assert (error.field, error.code) == ("imeis[0]", "inventory.imei-taken")
    assert error.item == first


async def test_the_code_of_an_item_of_another_site_is_not_told(
    here: Setting, now: datetime
) -> None:
    elsewhere = await factories.site()
    other = await factories.principal(Role.COORDINATOR, elsewhere.id)
    await services.create_item(here.actor, here.item(serial="PF1"), now=now)
    with pytest.raises(Invalid) as raised:
        await services.create_item(other, here.item(home_site=elsewhere.id, serial="PF1"), now=now)
    [error] = raised.value.errors
    assert isinstance(error, NumberTaken)
    assert error.item is None


async def test_two_desks_bring_in_one_number_at_once(here: Setting, now: datetime) -> None:
    command = here.item(model=here.phone.id, imeis=(IMEI_1,))
    outcomes = await asyncio.gather(
        *(services.create_item(here.actor, command, now=now) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    refused = [outcome for outcome in outcomes if isinstance(outcome, Invalid)]
    assert len(refused) == 5
    assert {error.code for each in refused for error in each.errors} == {"inventory.imei-taken"}
    assert await Item.count() == 1


async def test_several_items_come_in_with_one_audit_row_each(here: Setting, now: datetime) -> None:
    command = here.several(Numbers("A1"), Numbers("A2"), Numbers(""), condition=Condition.NEW)
    made = await services.create_several(here.actor, command, now=now)
    assert len(set(made)) == 3
    views = [await queries.item(here.actor, code) for code in made]
    assert [view.serial for view in views] == ["A1", "A2", ""]
    for view in views:
        assert len(await audit.timeline(view.id)) == 1


async def test_several_items_come_in_all_or_none(here: Setting, now: datetime) -> None:
    taken = await services.create_item(here.actor, here.item(serial="A2"), now=now)
    command = here.several(Numbers("A1"), Numbers("A2"), Numbers("a1"), Numbers("A4", (IMEI_1,)))
    with pytest.raises(Invalid) as raised:
        await services.create_several(here.actor, command, now=now)
    assert codes_of(raised) == [
        ("numbers[1].serial", "inventory.serial-taken"),
        ("numbers[2].serial", "inventory.number-twice"),
        ("numbers[3].imeis[0]", "inventory.too-many-imeis"),
    ]
    assert codes.display(taken) in raised.value.errors[0].message
    assert await Item.count() == 1


async def test_reception_corrects_nothing(here: Setting, now: datetime) -> None:
    code = await services.create_item(here.actor, here.item(serial="A1"), now=now)
    reception = await factories.principal(Role.RECEPTION, here.site.id)
    with pytest.raises(CoordinatorNeeded):
        await services.edit_item(reception, code, here.item(serial="A2"), version=1, now=now)
    assert (await queries.item(here.actor, code)).serial == "A1"


async def test_an_item_is_made_another_sites_own_by_its_coordinator_alone(
    here: Setting, now: datetime
) -> None:
    elsewhere = await factories.site(short_name="Lyon")
    item = await factories.item(site_id=here.site.id, model=here.laptop.id)
    moved = here.item(home_site=elsewhere.id)
    with pytest.raises(CoordinatorNeeded):
        await services.edit_item(here.actor, item.code, moved, version=1, now=now)
    both = await factories.principal(Role.COORDINATOR)
    await services.edit_item(both, item.code, moved, version=1, now=now)


async def test_an_item_is_corrected(here: Setting, now: datetime) -> None:
    code = await services.create_item(here.actor, here.item(serial="A1"), now=now)
    command = here.item(serial="A2", condition=Condition.WORN, notes="rayures")
    await services.edit_item(here.actor, code, command, version=1, now=now)
    item = await queries.item(here.actor, code)
    assert (item.serial, item.condition, item.version) == ("A2", Condition.WORN, 2)
    (_, entry), _ = await audit.timeline(item.id)
    assert entry.action == "item.edited"
    assert entry.changes == {
        "serial": ["A1", "A2"],
        "condition": ["good", "worn"],
        "notes": None,
    }
    terms = await ItemTerm.select(ItemTerm.term).where(ItemTerm.item == item.id)
    assert {row["term"] for row in terms} == {code.lower(), "a2", "~2a", "rayures"}


async def test_a_correction_that_changes_nothing_is_not_recorded(
    here: Setting, now: datetime
) -> None:
    code = await services.create_item(here.actor, here.item(serial="A1"), now=now)
    await services.edit_item(here.actor, code, here.item(serial="A1"), version=1, now=now)
    item = await queries.item(here.actor, code)
    assert item.version == 1
    assert len(await audit.timeline(item.id)) == 1


async def test_an_item_changed_by_somebody_else_is_not_overwritten(
    here: Setting, now: datetime
) -> None:
    code = await services.create_item(here.actor, here.item(), now=now)
    await services.edit_item(here.actor, code, here.item(serial="A1"), version=1, now=now)
    with pytest.raises(Changed):
        await services.edit_item(here.actor, code, here.item(serial="A2"), version=1, now=now)


async def test_a_corrected_item_may_keep_its_own_numbers(here: Setting, now: datetime) -> None:
    command = here.item(model=here.phone.id, serial="R1", imeis=(IMEI_1, IMEI_2))
    code = await services.create_item(here.actor, command, now=now)
    swapped = here.item(model=here.phone.id, serial="R1", imeis=(IMEI_2, IMEI_1))
    await services.edit_item(here.actor, code, swapped, version=1, now=now)
    assert (await queries.item(here.actor, code)).imeis == (IMEI_2, IMEI_1)


async def test_a_correction_cannot_take_the_number_of_another(here: Setting, now: datetime) -> None:
    await services.create_item(here.actor, here.item(serial="A1"), now=now)
    code = await services.create_item(here.actor, here.item(serial="A2"), now=now)
    with pytest.raises(Invalid) as raised:
        await services.edit_item(here.actor, code, here.item(serial="A1"), version=1, now=now)
    assert codes_of(raised) == [("serial", "inventory.serial-taken")]


async def test_an_item_of_another_site_is_not_found(here: Setting, now: datetime) -> None:
    elsewhere = await factories.site()
    other = await factories.principal(Role.COORDINATOR, elsewhere.id)
    code = await services.create_item(here.actor, here.item(), now=now)
    with pytest.raises(ItemNotFound):
        await queries.item(other, code)
    with pytest.raises(ItemNotFound):
        await services.edit_item(other, code, here.item(), version=1, now=now)


async def test_an_item_present_at_another_site_is_known_at_both(
    here: Setting, now: datetime
) -> None:
    elsewhere = await factories.site()
    item = await factories.item(site_id=here.site.id, present_site=elsewhere.id)
    for site_id in (here.site.id, elsewhere.id):
        actor = await factories.principal(Role.RECEPTION, site_id)
        assert (await queries.item(actor, item.code)).present_site.id == elsewhere.id


async def test_the_statements_of_bringing_in_many_do_not_grow_per_item(
    here: Setting, now: datetime
) -> None:
    async def statements(count: int, start: int) -> int:
        numbers = [Numbers(f"S{start + each}") for each in range(count)]
        with db.count_statements() as sent:
            await services.create_several(here.actor, here.several(*numbers), now=now)
        return len([each for each in sent if "core_audit_event" not in each])

    assert await statements(2, 0) == await statements(30, 100)
