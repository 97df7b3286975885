"""The item list: every mix of filters gives what a plain reading of the rows gives."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.inventory import terms
from comptoir.inventory.queries import catalogue, listing
from comptoir.inventory.schemas import ItemFilter, ItemPage
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.inventory.tables import Item, ItemTerm
from tests import factories

pytestmark = pytest.mark.usefixtures("database")

NOTES = ("", "rayures au dos", "don de la fondation", "clavier suisse rayé")


async def add(count: int, sites: list[UUID], models: list[UUID], seed: int = 1) -> list[Item]:
    """Items of all kinds, with their terms."""
    chance = random.Random(seed)
    rows, words = [], []
    for number in range(count):
        row = Item(
            code=f"{number:08}",
            model=chance.choice(models),
            serial=f"PF{number:05}",
            condition=chance.choice(list(Condition)).value,
            status=chance.choice(list(ItemStatus)).value,
            home_site=chance.choice(sites),
            present_site=chance.choice(sites),
            notes=chance.choice(NOTES),
            created_at=factories.MADE_AT,
        )
        if row.status == "in_transit":
            row.destination_site = chance.choice(sites)
        rows.append(row)
        found = terms.terms(code=row.code, serial=row.serial, imeis=(), notes=row.notes)
        words += [ItemTerm(item=row.id, kind=kind, term=term) for kind, term in found]
    await Item.insert(*rows)
    await ItemTerm.insert(*words)
    return sorted(rows, key=lambda row: row.id, reverse=True)


async def pages(actor: Principal, wanted: ItemFilter) -> list[ItemPage]:
    """All pages of a list, forwards."""
    models = await catalogue.models()
    page = await listing.list_items(actor, wanted, models)
    found = [page]
    while page.older:
        page = await listing.list_items(actor, wanted, models, older=page.older)
        found.append(page)
    return found


async def codes(actor: Principal, **wanted: Any) -> list[str]:
    return [row.code for page in await pages(actor, ItemFilter(**wanted)) for row in page.rows]


class Shop:
    sites: list[UUID]
    models: list[UUID]
    items: list[Item]
    admin: Principal


@pytest.fixture
async def shop(database: Any) -> Shop:
    made = Shop()
    made.sites = [(await factories.site()).id for _ in range(3)]
    made.models = [
        (await factories.model(manufacturer=maker, name=name)).id
        for maker, name in (("Lenovo", "ThinkPad L13"), ("HP", "ProBook"), ("Lenovo", "Yoga"))
    ]
    made.items = await add(240, made.sites, made.models)
    made.admin = await factories.principal(Role.ADMIN)
    return made


def plain(shop: Shop, actor: Principal, wanted: ItemFilter) -> list[str]:
    """The same list, read row by row."""
    names = dict(zip(shop.models, ("lenovothinkpadl13", "hpprobook", "lenovoyoga"), strict=True))

    def has(item: Item, word: str) -> bool:
        found = terms.terms(code=item.code, serial=item.serial, imeis=(), notes=item.notes)
        back = terms.backwards(word) if len(word) > 2 else "-"
        return word in names[item.model] or any(term.startswith((word, back)) for _, term in found)

    def fits(item: Item) -> bool:
        sites = {item.home_site, item.present_site, item.destination_site} - {None}
        words = terms.words(wanted.text)
        return (
            any(actor.sees_site(site) for site in sites)
            and (wanted.site is None or wanted.site in sites)
            and wanted.model in (None, item.model)
            and wanted.condition in (None, item.condition)
            and (
                item.status == wanted.status
                if wanted.status
                else bool(words) or item.status != "retired"
            )
            and all(has(item, word) for word in words)
        )

    return [item.code for item in shop.items if fits(item)]


async def test_any_mix_of_filters_gives_what_a_plain_reading_gives(shop: Shop) -> None:
    desk = await factories.principal(Role.RECEPTION, shop.sites[0])
    two = Principal(
        kind="user",
        roles=tuple(SiteRole(Role.COORDINATOR, site) for site in shop.sites[:2]),
    )
    chance = random.Random(7)
    texts = ["", "", "lenovo", "rayures", "00017", "pf00123", "123", "lenovo ray", "zzz", "pf ~"]
    for _ in range(60):
        actor = chance.choice([shop.admin, desk, two])
        wanted = ItemFilter(
            site=chance.choice([None, None, *filter(actor.sees_site, shop.sites)]),
            model=chance.choice([None, None, *shop.models]),
            status=chance.choice([None, None, *ItemStatus]),
            condition=chance.choice([None, None, *Condition]),
            text=chance.choice(texts),
        )
        expected = plain(shop, actor, wanted)
        found = await pages(actor, wanted)
        assert [row.code for page in found for row in page.rows] == expected, wanted
        assert found[0].total == len(expected)


@pytest.mark.parametrize("text", ["%", "*", "-", "'", " _ ", "\u200b"])
async def test_a_text_without_letters_or_digits_finds_nothing(shop: Shop, text: str) -> None:
    assert await codes(shop.admin, text=text) == []
    assert await codes(shop.admin, text=text, site=shop.sites[0]) == []
    assert len(await codes(shop.admin, text="  ")) == len(await codes(shop.admin))


async def test_common_words_are_found_too(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ItemFilter(text="pf lenovo rayures")
    expected = await codes(shop.admin, text=wanted.text)
    monkeypatch.setattr(listing, "_RARE", 3)
    assert await codes(shop.admin, text=wanted.text) == expected
    assert expected == plain(shop, shop.admin, wanted)


async def test_many_sites_and_models_are_walked_rather_than_joined(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await factories.principal(Role.RECEPTION, shop.sites[1])
    monkeypatch.setattr(listing, "_MOST_BRANCHES", 0)
    for wanted in (ItemFilter(), ItemFilter(text="lenovo"), ItemFilter(model=shop.models[0])):
        found = [row.code for page in await pages(desk, wanted) for row in page.rows]
        assert found == plain(shop, desk, wanted)


async def test_pages_go_back_the_way_they_came(shop: Shop) -> None:
    wanted = ItemFilter()
    forwards = await pages(shop.admin, wanted)
    assert len(forwards) > 3
    assert forwards[0].newer is None
    models = await catalogue.models()
    page, backwards = forwards[-1], [forwards[-1]]
    while page.newer:
        page = await listing.list_items(shop.admin, wanted, models, newer=page.newer)
        backwards.append(page)
    assert [row.code for page in backwards[::-1][1:] for row in page.rows] == [
        row.code for page in forwards[1:] for row in page.rows
    ] or len(backwards) == len(forwards)
    assert backwards[-1] == forwards[0]


async def test_the_count_stops(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED", 100)
    first, second, *_ = await pages(shop.admin, ItemFilter())
    assert (first.total, first.uncounted) == (100, True)
    assert (second.total, second.uncounted) == (100, True)


async def test_a_list_takes_few_statements_however_long_it_is(shop: Shop) -> None:
    models = await catalogue.models()

    async def statements(**wanted: Any) -> int:
        with db.count_statements() as sent:
            await listing.list_items(shop.admin, ItemFilter(**wanted), models)
        return len(sent)

    assert await statements() == 3
    assert await statements(status=ItemStatus.LOST) == 3  # one page: nothing to count
    assert await statements(text="lenovo pf") == 5


async def test_an_export_gives_every_item_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_EXPORTED_AT_ONCE", 17)
    wanted = ItemFilter(condition=Condition.WORN)
    models = await catalogue.models()
    found = [
        row.code
        async for rows in await listing.every_item(shop.admin, wanted, models)
        for row in rows
    ]
    assert found == plain(shop, shop.admin, wanted)
