"""Vouchers asked for over HTTP, by many at once, of a server that is a process of its own."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from comptoir.core import clock, db
from comptoir.core.accounts import tokens
from comptoir.core.principal import SYSTEM
from comptoir.inventory.vouchers.sealing import Secret, unseal
from tests import factories as make
from tests.keys import VOUCHER_KEY
from tests.lending.vouchers.drawer import Drawer
from tests.processes import together
from tests.roof.commands import serving

#: Processes that ask, and processes that answer.
ASKING = 3
ANSWERING = "2"
#: Longer than a busy machine takes for all of them.
_SECONDS = 120


class Server(NamedTuple):
    """Servers beside each other: their port, and the group of their processes."""

    port: int
    group: int


class Asked(NamedTuple):
    """What a process is to ask of a server: for each key the body of its request.

    ``batches`` are what it takes in meanwhile. Once it was given ``kill_after`` vouchers it kills
    the server; 0: it does not.
    """

    server: Server
    tokens: list[str]
    bodies: dict[str, dict[str, str]]
    batches: dict[str, dict[str, object]]
    kill_after: int


class Told(NamedTuple):
    """What somebody was told: how far it came, and which voucher, code or refusal it was.

    ``cut``: the connection ended, and nobody knows what became of it.
    """

    outcome: str
    about: str = ""
    code: str = ""
    status: int = 0


async def ask(asked: Asked) -> dict[str, Told]:
    """Give each a voucher at the same moment, and look at its code; what each was told."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{asked.server.port}/api/v1/",
        timeout=_SECONDS,
        limits=limits,
    ) as client:
        left = itertools.count(asked.kill_after, -1)

        def given() -> None:
            if next(left) == 1:
                os.killpg(asked.server.group, signal.SIGKILL)

        # One program alone is not shown so many codes.
        heads = itertools.cycle([{"Authorization": f"Bearer {each}"} for each in asked.tokens])
        told = await asyncio.gather(
            *(_ask(client, next(heads), key, body, given) for key, body in asked.bodies.items()),
            *(_take_in(client, next(heads), key, body) for key, body in asked.batches.items()),
        )
    return dict(zip([*asked.bodies, *asked.batches], told, strict=True))


async def _ask(
    client: httpx.AsyncClient,
    head: dict[str, str],
    key: str,
    body: dict[str, str],
    given_one: Callable[[], None],
) -> Told:
    try:
        given = await client.post(
            "voucher-issues", json=body, headers={**head, "Idempotency-Key": key}
        )
        if given.status_code != 201:
            return Told("refused", given.json()["code"], status=given.status_code)
        given_one()
        issue = given.json()
        shown = await client.post(
            f"voucher-issues/{issue['id']}/showings",
            headers={**head, "Idempotency-Key": f"{key}-shown"},
        )
    except httpx.TransportError:
        return Told("cut")
    if shown.status_code != 200:
        return Told("not shown", shown.json()["code"], status=shown.status_code)
    return Told("given", issue["voucher_id"], shown.json()["code"], 201)


async def _take_in(
    client: httpx.AsyncClient, head: dict[str, str], key: str, body: dict[str, object]
) -> Told:
    answer = await client.post(
        "voucher-batches", json=body, headers={**head, "Idempotency-Key": key}
    )
    if answer.status_code != 201:
        return Told("refused", answer.json()["code"], status=answer.status_code)
    return Told("taken in", answer.json()["id"], status=201)


async def codes_in_stock() -> dict[str, str]:
    """The code of each voucher by its id."""
    rows = await db.fetch("SELECT id, key, sealed FROM inventory_voucher")
    return {str(row["id"]): unseal(row).code for row in rows}


class Counter(Drawer):
    """A drawer whose people have cards, and programs that give."""

    url: str
    tokens: list[str]
    cards: list[str]

    async def open(self, url: str, *, codes: int, people: int) -> Counter:
        """With codes ``KQ7-000000000`` and so on, and so many people."""
        await self.set_up(medium="wifi")
        self.url, self.cards = url, []
        for number in range(codes):
            await self.add(secret=Secret(f"KQ8-{number:09}"))
        for _ in range(people):
            self.cards.append((await make.card((await self.add_person()).id)).code)
        command = tokens.CreateToken(
            name="Test", scopes=("desk", "inventory"), site_id=self.site.id
        )
        made = [
            await tokens.create_token(SYSTEM, command, now=clock.now()) for _ in range(4 * ASKING)
        ]
        self.tokens = [each.token for each in made]
        return self

    @contextmanager
    def serving(self, data: Path, keys: str = VOUCHER_KEY) -> Iterator[Server]:
        """Servers beside each other on one port."""
        with serving(
            data,
            *("--workers", ANSWERING),
            DATABASE_URL=self.url,
            COMPTOIR_VOUCHER_KEYS=keys,
            COMPTOIR_JOBS="no",
        ) as (port, process):
            yield Server(port, process.pid)

    def body(self, person: int) -> dict[str, str]:
        """What is asked for somebody."""
        return {"kind": str(self.kind.id), "borrower": self.cards[person % len(self.cards)]}

    def _batch(self, number: int) -> dict[str, object]:
        vouchers = [{"code": f"QX9-{number:09}"}]
        return {"kind": str(self.kind.id), "site": str(self.site.id), "vouchers": vouchers}

    def ask(
        self, server: Server, requests: int, *, kill_after: int = 0, batches: int = 0
    ) -> dict[str, Told]:
        """So many requests at once, from several processes; each has its own key.

        The first of these processes kills the server after so many answers. ``batches`` of one
        voucher are taken in meanwhile.
        """
        orders = [
            Asked(
                server,
                self.tokens[first::ASKING],
                {f"tap-{each}": self.body(each) for each in range(first, requests, ASKING)},
                {f"in-{each}": self._batch(each) for each in range(first, batches, ASKING)},
                kill_after if first == 0 else 0,
            )
            for first in range(ASKING)
        ]
        parts = together(self.url, ask, orders)
        return {key: told for part in parts for key, told in part.items()}
