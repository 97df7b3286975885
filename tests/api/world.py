"""An application with something of everything in it, asked in its own event loop.

Hypothesis drives plain functions, so the loop of the database is kept here and
run for each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import requests
from httpx import AsyncClient, Response

from comptoir.core import clock, db
from comptoir.core.accounts.identity import SCOPES
from comptoir.core.clock import localtime
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.schemas import ReportProblem
from comptoir.inventory.services.problems import report_problem
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.agreed_loans import named_loans
from comptoir.lending.agreement_pdf import PaperSignature
from comptoir.lending.agreements import make_agreement
from comptoir.notifications.tables import Message
from comptoir.sites.rota.offers import offer_shift
from comptoir.sites.rota.schemas import OfferShift
from comptoir.sites.rota.tables import Absence, Need
from tests import factories as make
from tests.http_client import ORIGIN, client_of, shared_app, use_token
from tests.lending.counter import Desk

AnyCase = Any  # of schemathesis, whose type parameters are its own matter


class World:
    """``known`` has ids and codes of what exists, by the name a call gives them."""

    client: AsyncClient
    known: dict[str, list[Any]]

    def __init__(self) -> None:
        self.app = shared_app()
        self.runner = asyncio.Runner()

    async def set_up(self, stack: AsyncExitStack) -> None:
        """Fill the database and make a token that may do everything."""
        desk = await Desk().set_up()
        lent = await desk.add_item()
        loan = await make.loan(item=lent, borrower_id=desk.borrower.id, now=make.MADE_AT)
        agreed = await named_loans(SYSTEM, [loan.id])
        agreement = await make_agreement(SYSTEM, agreed, PaperSignature(), now=clock.now())
        problem = await report_problem(
            SYSTEM, lent.code, ReportProblem(kind=ProblemKind.DAMAGED), now=clock.now()
        )
        elsewhere = await make.site()
        colleague = await make.user(role=Role.RECEPTION, site_id=desk.site.id)
        competence = await make.competence()
        today = localtime(clock.now(), desk.site.time_zone).date()
        shift = await make.shift(site_id=desk.site.id, user_id=colleague.id, day=today, weekly=True)
        offer = await offer_shift(SYSTEM, OfferShift(shift.id, today), now=clock.now())
        absence = Absence(user=colleague.id, first_day=today, last_day=today)
        await absence.save()
        need = Need(site=desk.site.id, competence=competence.id)
        await need.save()
        housemate = await make.borrower(site_id=desk.site.id)
        voucher_kind = await make.voucher_kind()
        batch = await make.voucher_batch(voucher_kind, site_id=desk.site.id)
        voucher = await make.voucher(batch)
        message = Message(
            site=desk.site.id,
            borrower=desk.borrower.id,
            kind="due-soon",
            channel="sms",
            address="+41791234567",
            language="fr",
            text="À demain",
            dedupe_key="world",
            status="failed",
            reason="number-invalid",
            next_attempt_at=clock.now(),
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        await message.save()
        self.client = await stack.enter_async_context(client_of(self.app))
        await use_token(self.client, *SCOPES)
        self.known = {
            "item": [desk.item.code, lent.code],
            "code": [desk.item.code, lent.code],
            "borrower": [desk.card.code],
            "voucher_id": [str(voucher.id)],
            "borrower_id": [str(desk.borrower.id), str(housemate.id)],
            "lives_with": [str(housemate.id)],
            "group": [str(desk.borrower.borrower_group)],
            "policy": [str(desk.policy.id)],
            "user": [str(desk.actor.id)],
            "site": [str(desk.site.id), str(elsewhere.id)],
            "home_site": [str(desk.site.id)],
            "destination": [str(elsewhere.id)],
            "category": [str(desk.category.id)],
            "model": [str(desk.model.id)],
            "organisation": [str(desk.site.organisation)],
            "problem": [str(problem)],
            "loan": [str(loan.id)],
            "loans": [[str(loan.id)]],
            "agreement": [str(agreement)],
            "person": [str(colleague.id), str(desk.actor.id)],
            "competence": [str(competence.id)],
            "shift": [str(shift.id)],
            "offer": [str(offer)],
            "absence": [str(absence.id)],
            "need": [str(need.id)],
            "message": [str(message.id)],
            "voucher_kind": [str(voucher_kind.id)],
            "kind_id": [str((await make.voucher_kind()).id)],
            "batch": [str(batch.id)],
            "voucher": [str(voucher.id)],
        }

    def send(self, case: AnyCase) -> Response:
        """Send a generated call, byte for byte as its transport would."""
        values: dict[str, Any] = case.as_transport_kwargs(base_url=ORIGIN)
        sent = requests.Request(**values).prepare()
        headers: Any = {**sent.headers, "Authorization": self.client.headers["Authorization"]}
        content: Any = sent.body
        request = self.client.build_request(
            str(sent.method), str(sent.url), headers=headers, content=content
        )
        return self.runner.run(self.client.send(request))


@contextmanager
def world_of(database_url: str) -> Iterator[World]:
    """A world on a database of this test's own."""
    world = World()
    stack = AsyncExitStack()
    db.connect(database_url)
    try:
        world.runner.run(world.set_up(stack))
        yield world
    finally:
        world.runner.run(stack.aclose())
        world.runner.run(db.disconnect())
        world.runner.close()
