"""What the measurements work on: a small desk, and large tables to search in."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence, Set
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import clock, db
from comptoir.core.accounts import tokens
from comptoir.core.db.sqlite import SQLite
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM
from comptoir.inventory import codes
from comptoir.lending import search
from tests import factories as make

FIRST = "Amina Bilal Chiara Dario Elif Farid Giulia Hamid Ines Jonas Kofi Lea Mirko Nadia Omar"
LAST = "Aebischer Bernasconi Chollet Diallo Egger Favre Gashi Huber Imhof Jungo Keller Lehmann"

#: Items of the floor's own: ids that a script can count up.
FLOOR_ITEM = "00000000-0000-7000-8000-{:012x}"


class Desk(msgspec.Struct):
    """What a client needs to lend and take back."""

    token: str
    items: list[str]
    cards: list[str]
    borrowers: list[UUID]
    site: UUID
    category: UUID
    policy: UUID


async def make_desk(items: int) -> Desk:
    """A site with as many free items, for the program and again for the floor."""
    site = await make.site()
    category = await make.category()
    model = await make.model(category=category.id)
    policy = await make.policy(category_id=category.id, limit_person=30_000)
    group = await make.group()
    borrowers = [await make.borrower(site_id=site.id, borrower_group=group.id) for _ in range(40)]
    cards = [(await make.card(borrower.id)).code for borrower in borrowers]
    names = codes_for(2 * items)
    ids = [new_id() for _ in range(items)]
    ids += [UUID(FLOOR_ITEM.format(number)) for number in range(items)]
    await insert_items(zip(ids, names, strict=True), model.id, site.id)
    scopes = ("desk", "inventory", "borrowers")
    made = await tokens.create_token(
        SYSTEM, tokens.CreateToken(name="Bench", scopes=scopes, site_id=site.id), now=clock.now()
    )
    return Desk(
        token=made.token,
        items=names[:items],
        cards=cards,
        borrowers=[borrower.id for borrower in borrowers],
        site=site.id,
        category=category.id,
        policy=policy.id,
    )


async def fill(desk: Desk, *, items: int, borrowers: int) -> None:
    """Make the tables as large as after years."""
    row = await db.fetch_one("SELECT id FROM inventory_model")
    group = await db.fetch_one("SELECT id FROM lending_borrower_group")
    if row is None or group is None:
        raise LookupError("make the desk first")
    rows = await db.fetch("SELECT code FROM inventory_item")
    names = codes_for(items, but={each["code"] for each in rows})
    await insert_items(((new_id(), name) for name in names), row["id"], desk.site)
    chance = random.Random(5)
    people = []
    for number in range(borrowers):
        name = f"{chance.choice(FIRST.split())} {chance.choice(LAST.split())}{number % 997:x}"
        people.append((new_id(), name, f"+4179{number:07}"))
    created, blank = clock.now(), [""] * 5
    await bulk(
        "lending_borrower",
        "id name sort_name phone borrower_group language contact_kind "
        "email address referrer counsellor note created_at version",
        (
            (key, name, search.fold(name), phone, group["id"], "fr", "phone", *blank, created, 1)
            for key, name, phone in people
        ),
    )
    await bulk(
        "lending_borrower_term",
        "borrower kind term",
        (
            (key, kind.value, term)
            for key, name, phone in people
            for kind, term in search.terms(search.fold(name), phone)
        ),
    )
    await bulk("lending_borrower_site", "borrower site", ((key, desk.site) for key, _, _ in people))
    await db.execute("ANALYZE")


async def insert_items(items: Iterable[tuple[UUID, str]], model: UUID, site: UUID) -> None:
    created, blank = clock.now(), [""] * 4
    await bulk(
        "inventory_item",
        "id code model home_site present_site status condition "
        "serial imei_1 imei_2 funder currency notes created_at version",
        (
            (key, code, model, site, site, "available", "good", *blank, "CHF", "", created, 1)
            for key, code in items
        ),
    )


async def bulk(table: str, names: str, rows: Iterable[Sequence[Any]]) -> None:
    """Many rows, as fast as the engine takes them."""
    engine, columns = db.engine(), names.split()
    if isinstance(engine, SQLite):
        places = ", ".join("?" * len(columns))
        connection = sqlite3.connect(engine.path)
        with connection:
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows
            )
        connection.close()
        return
    connection = await engine.get_new_connection()
    try:
        await connection.copy_records_to_table(table, columns=columns, records=rows)
    finally:
        await connection.close()


def codes_for(count: int, but: Set[str] = frozenset()) -> list[str]:
    """So many different codes, and none of ``but``."""
    found: set[str] = set()
    while len(found) < count:
        found.add(codes.new_code())
        found -= but
    return sorted(found)
