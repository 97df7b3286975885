"""Every page of the application, with an address that shows something."""

from __future__ import annotations

import re
from datetime import timedelta

from litestar import Litestar

from comptoir.core import clock, db
from comptoir.core.accounts import invitations
from comptoir.core.principal import SYSTEM, Principal, Role, SiteRole
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.transfers import SendVouchers, send_vouchers
from comptoir.lending.agreed_loans import visit_loans
from comptoir.lending.agreement_pdf import PaperSignature
from comptoir.lending.agreements import make_agreement
from comptoir.lending.tables import Visit
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import ReserveVoucher
from comptoir.notifications import outbox, outcomes
from comptoir.notifications.links.tables import BorrowerLink
from comptoir.notifications.links.tokens import new_token, token_hash
from comptoir.notifications.outbox import Draft
from comptoir.notifications.own_wordings.schemas import Form, Key, SaveWording
from comptoir.notifications.own_wordings.services import save_wording
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.tables import BorrowerWish, SiteSending
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import Conversation, Message, Reply
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.rota.offers import offer_shift
from comptoir.sites.rota.schemas import OfferShift
from comptoir.sites.rota.tables import Absence, Need
from comptoir.sites.skills.tables import StaffSkill
from tests import factories as make
from tests.e2e.world import World, sign_in
from tests.http_client import shared_app
from tests.notifications import rows

#: What is not for people to look at.
_NOT_PAGES = re.compile(
    r"/static/|/api/|/healthz|/hooks/|/(replies|calls)/count$|\.(csv|ics|pdf|json|geojson|txt|webp)$|/pdf$|/[TB]/"
)
_PARAMETER = re.compile(r"{(\w+):\w+}")

#: As long as a name may be, and without a blank to break it at.
ENDLESS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def page_routes(app: Litestar | None = None) -> list[str]:
    """The patterns of all pages, so that a new one is covered without being named."""
    routes = (app or shared_app()).routes
    return sorted(
        route.path
        for route in routes
        if "GET" in getattr(route, "methods", ()) and not _NOT_PAGES.search(route.path)
    )


class Examples:
    """Rows for every page; ``token`` is a session of somebody who may see all of them."""

    def __init__(self, token: str, values: dict[str, str]) -> None:
        self.token = token
        self.values = values

    def address(self, route: str) -> str:
        """The address of a route: its own example, or one for a parameter of that name."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            found = self.values.get(f"{route}:{name}") or self.values.get(name)
            if not found:
                raise LookupError(f"tests/e2e/pages.py has no example for {name} of {route}")
            return found

        return _PARAMETER.sub(value, route)


def make_examples(world: World) -> Examples:
    """Fill the database."""
    return world.run(fill_examples())


async def fill_examples() -> Examples:
    """The rows, on the database of this loop.

    Some are for one person to have signed in at one site.
    """
    now = clock.now()
    site = await make.site(
        name=ENDLESS, short_name=ENDLESS[:40], street=ENDLESS, region="FR", published=True
    )
    await make.photo(site.id, alt=ENDLESS)
    admin = await make.user(role=Role.ADMIN, name="Claire Rochat")
    other = await make.user(role=Role.RECEPTION, site_id=site.id, name=ENDLESS)
    invited = await make.user(name="Noor El-Khoury")
    laptops = await make.category(ENDLESS)
    everybody = await make.group(ENDLESS)
    policy = await make.policy(category_id=laptops.id, signature="screen", limit_person=3)
    model = await make.model(
        category=laptops.id,
        name=ENDLESS,
        short_name=ENDLESS[:30],
        accessories=("Charger", ENDLESS),
    )
    items = [
        await make.item(site_id=site.id, model=model.id, serial=f"{ENDLESS[:50]}{each}")
        for each in range(4)
    ]
    person = await make.borrower(
        site_id=site.id,
        name=ENDLESS,
        counsellor=ENDLESS,
        referrer=ENDLESS,
        note=ENDLESS,
        phone="+41791234567",
        address=ENDLESS,
        contact_kind="letter",
        borrower_group=everybody.id,
    )
    card = await make.card(person.id)
    for channel in ("call", "letter"):
        await rows.message(
            now=now, site_id=site.id, borrower_id=person.id, channel=channel, text=ENDLESS
        )
    sent = await rows.message(
        now=now, site_id=site.id, borrower_id=person.id, channel="letter", text=ENDLESS
    )
    await Message.update({Message.status: Status.ACCEPTED.value, Message.sent_at: now}).where(
        Message.id == sent
    )
    await BorrowerWish(borrower=person.id, wrong_address=ENDLESS).save()
    other_site = await make.site(name=ENDLESS[::-1], short_name=ENDLESS[-40:], published=True)
    visit = Visit(borrower=person.id, site=site.id, opened_at=now, return_site=other_site.id)
    await visit.save()
    loan = await make.loan(item=items[0], borrower_id=person.id, now=now, visit=visit.id)
    await make.loan(item=items[1], borrower_id=person.id, now=now - timedelta(days=40))
    actor = Principal(kind="user", id=admin.id, name=admin.name, roles=(SiteRole(Role.ADMIN),))
    loans = await visit_loans(actor, visit.id)
    agreement = await make_agreement(actor, loans, PaperSignature(), now=now)
    to_sign = await make.loan(item=items[3], borrower_id=person.id, now=now, policy=policy.id)
    today = clock.localtime(now, site.time_zone).date()
    competence = await make.competence(ENDLESS)
    await StaffSkill(user=other.id, competence=competence.id).save()
    shift = await make.shift(site_id=site.id, user_id=other.id, day=today, weekly=True)
    await Absence(user=other.id, first_day=today, last_day=today + timedelta(days=2)).save()
    await Need(site=site.id, people=3, competence=competence.id).save()
    await offer_shift(actor, OfferShift(shift.id, today), now=now)
    closed = clock.localtime(to_sign.due_at, site.time_zone).date()
    closure = AnnounceException(
        (site.id,), first_day=closed, last_day=closed, kind=ExceptionKind.CLOSED, reason=ENDLESS
    )
    announcement = await announce_exception(actor, closure, now=now)
    message = Draft(
        site_id=site.id,
        borrower_id=person.id,
        kind="due-soon",
        channel="sms",
        address="+41791234567",
        language="fr",
        text=ENDLESS,
        dedupe_key="example",
    )
    voucher_kind = await make.voucher_kind(names=make.names(ENDLESS), operator=ENDLESS[:80])
    batch = await make.voucher_batch(voucher_kind, site_id=site.id, funder=ENDLESS, quantity=2)
    voucher = await make.voucher(batch)
    await make.voucher(batch, status="issued")
    await make.voucher(batch)
    other_kind = await make.voucher_kind(names=make.names(ENDLESS))
    await make.voucher(await make.voucher_batch(other_kind, site_id=site.id))
    fresh = await make.voucher_batch(other_kind, site_id=site.id, funder=ENDLESS, quantity=1)
    await make.voucher(fresh)
    for kind in (voucher_kind, other_kind):
        await make.voucher_policy(kind)
    keeping = ReserveVoucher(borrower_id=person.id, voucher_id=voucher.id, site_id=site.id)
    await reserve_voucher(actor, keeping, now=now)
    elsewhere = await make.site(name=f"Ouest {ENDLESS}")
    sending = SendVouchers(batch.id, site.id, elsewhere.id, 1)
    transfer = await send_vouchers(SYSTEM, sending, now=clock.now())
    counting = CountVouchers(site.id, voucher_kind.id, 3, explanation=ENDLESS)
    await count_vouchers(SYSTEM, counting, now=clock.now())
    wording = Key("due-soon", "fr", Form.USUAL)
    for version, text in enumerate((ENDLESS, f"Bientôt {ENDLESS}", ENDLESS)):
        await save_wording(actor, wording, SaveWording(text=text), version=version, now=now)
    async with db.transaction():
        written = await outbox.write(message, now=now)
        assert written is not None
        await outcomes.report(written, Status.FAILED, now=now, reason=Reason.NOT_DELIVERED)
        await Reply(
            gateway="example",
            sender=person.phone,
            text=ENDLESS,
            borrower=person.id,
            sent_at=now,
            received_at=now,
        ).save()
        talk = Conversation(
            number=person.phone, site=site.id, borrower=person.id, waiting_since=now
        )
        await talk.save()
        await SiteSending(site=site.id, has_links=True).save()
        shared_app()  # its secret signs the link
        link = new_token()
        await BorrowerLink(
            token_hash=token_hash(link),
            borrower=person.id,
            site=site.id,
            address=person.phone,
            expires_at=now + timedelta(days=1),
        ).save()
        invitation = await invitations.make_link(invited.id, invitations.INVITE, now=now)
    return Examples(
        await sign_in(admin, site.id),
        {
            "code": items[0].code,
            "/b/{code:str}:code": card.code,
            "action": "mark_lost",
            "/items/{code:str}/actions/{action:str}:code": items[2].code,
            "kind": wording.kind,
            "language": wording.language,
            "form": wording.form.value,
            "loan_id": str(loan.id),
            "visit_id": str(visit.id),
            "voucher_id": str(voucher.id),
            "transfer_id": str(transfer),
            "kind_id": str(voucher_kind.id),
            "borrower_id": str(person.id),
            "user_id": str(other.id),
            "site_id": str(site.id),
            "address": make.slug(site),
            "organisation_id": str(site.organisation),
            "category": str(laptops.id),
            "category_id": str(laptops.id),
            "model_id": str(model.id),
            "shift_id": str(shift.id),
            "competence_id": str(competence.id),
            "group": str(everybody.id),
            "/settings/policies/{category_id:uuid}/{group:str}/remove:group": "any",
            "/settings/voucher-policies/{kind_id:uuid}/{group:str}:group": "any",
            "group_id": str(everybody.id),
            "token": invitation,
            "/m/{token:str}:token": link,
            "/u/{token:str}:token": "any",
            "agreement_id": str(agreement),
            "announcement_id": str(announcement.id),
            "conversation_id": str(talk.id),
            "/vouchers/batches/{batch_id:uuid}:batch_id": str(batch.id),
            "/vouchers/batches/{batch_id:uuid}/send:batch_id": str(batch.id),
            "/vouchers/batches/{batch_id:uuid}/edit:batch_id": str(fresh.id),
            "/vouchers/batches/{batch_id:uuid}/take-out:batch_id": str(fresh.id),
            "/vouchers/batches/{batch_id:uuid}/vouchers:batch_id": str(batch.id),
            "/vouchers/batches/{batch_id:uuid}/codes:batch_id": str(batch.id),
        },
    )
