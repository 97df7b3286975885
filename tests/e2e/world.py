"""The served application, a database under it, and what a desk needs in it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from playwright.sync_api import Browser, Page

from comptoir.core import clock, db
from comptoir.core.accounts import credentials
from comptoir.core.accounts.tables import Session, User
from comptoir.core.principal import Role
from tests import factories as make
from tests.browser import open_page, serving
from tests.http_client import SETTINGS, make_app

Result = TypeVar("Result")


@dataclass(frozen=True)
class World:
    """Where the application is served; its database may be written and read meanwhile."""

    url: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something on the application's own loop and connections."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=120)

    def loans(self, item: str) -> list[LoanSeen]:
        """Every loan that an item ever had, oldest first."""
        rows = self.run(
            db.fetch(
                "SELECT borrower.name, loan.returned_at, loan.undone_at FROM lending_loan loan "
                "JOIN inventory_item item ON item.id = loan.item "
                "JOIN lending_borrower borrower ON borrower.id = loan.borrower "
                "WHERE item.code = :item ORDER BY loan.id",
                item=item,
            )
        )
        return [
            LoanSeen(row["name"], row["returned_at"] is None, row["undone_at"] is not None)
            for row in rows
        ]

    def let_pass(self, time: timedelta) -> None:
        """Put every loan so far in the past, where a test would have to wait."""
        self.run(self._age(time))

    async def _age(self, time: timedelta) -> None:
        for row in await db.fetch("SELECT id, checked_out_at, returned_at FROM lending_loan"):
            await db.execute(
                "UPDATE lending_loan SET checked_out_at = :lent, returned_at = :back "
                "WHERE id = :id",
                id=row["id"],
                lent=row["checked_out_at"] - time,
                back=row["returned_at"] and row["returned_at"] - time,
            )


class LoanSeen(NamedTuple):
    """What a test says about a loan."""

    borrower: str
    is_open: bool
    undone: bool = False


@contextmanager
def the_world(database_url: str) -> Iterator[World]:
    """Serve the real application on a database."""
    loop = asyncio.new_event_loop()
    with serving(make_app(settings=replace(SETTINGS, database_url=database_url)), loop) as url:
        yield World(url, loop)


@dataclass(frozen=True)
class Counter:
    """One site with somebody at its desk, a borrower with a card, and free items."""

    site: UUID
    user: User
    token: str
    borrower: str
    card: str
    items: tuple[str, ...]


async def open_counter(borrower: str = "Amina Diallo", items: int = 2) -> Counter:
    """The rows of a counter."""
    site = await make.site()
    user = await make.user(role=Role.RECEPTION, site_id=site.id, name="Claire Rochat")
    category = await make.category("Portable computer")
    await make.policy(category_id=category.id, limit_person=5, signature="screen")
    model = await make.model(category=category.id, accessories=("Charger", "Bag"))
    person = await make.borrower(site_id=site.id, name=borrower)
    return Counter(
        site.id,
        user,
        await sign_in(user, site.id),
        borrower,
        (await make.card(person.id)).code,
        tuple([(await make.item(site_id=site.id, model=model.id)).code for _ in range(items)]),
    )


async def sign_in(user: User, site_id: UUID) -> str:
    """The token of a new session."""
    now = clock.now()
    token = credentials.new_token()
    await Session(
        user=user.id,
        token_hash=credentials.token_hash(token),
        method="password",
        site_id=site_id,
        created_at=now,
        last_seen_at=now,
        authenticated_at=now,
        expires_at=now + timedelta(hours=12),
    ).save()
    return token


def signed_in_page(
    browser: Browser,
    world: World,
    token: str,
    width: int = 1280,
    language: str = "en",
    **options: object,
) -> Page:
    """A page of a browser in which somebody signed in; it has nothing open yet."""
    page = open_page(browser, world.url, width, **options)
    page.context.add_cookies(
        [
            {"name": "session", "value": token, "url": world.url},
            {"name": "language", "value": language, "url": world.url},
        ]
    )
    return page


def type_in(page: Page, text: str) -> None:
    """What a person types into the field, and Enter."""
    page.fill("#scan", text)
    page.press("#scan", "Enter")
