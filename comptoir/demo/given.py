"""Who may be given vouchers in the demo, and who was: played through the services of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core.principal import SYSTEM
from comptoir.demo.history import Event
from comptoir.demo.people import PARTNERS, Person
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, Place
from comptoir.demo.vouchers import ESIM, SIM_CH, SIM_FR, TOP_UP, WIFI
from comptoir.inventory.queries import catalogue
from comptoir.inventory.vouchers.actions import activate_voucher
from comptoir.inventory.vouchers.bundles import set_bundle
from comptoir.lending.desk import visits
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.policies import SaveVoucherPolicy, save_voucher_policy
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import IssueVoucher, ReserveVoucher

#: Kind, group (None: any), limits of a person and of a household, in so many days.
_RULES: tuple[tuple[str, str | None, int | None, int | None, int], ...] = (
    (SIM_CH, None, 1, 3, 90),
    (SIM_CH, PARTNERS, 10, None, 90),
    (SIM_FR, None, 1, 3, 90),
    (TOP_UP, None, 1, 2, 30),
    (WIFI, None, 3, None, 7),
    (ESIM, None, 1, 2, 60),
)
#: With a phone of this model goes a SIM card of whichever kind its site has.
_PHONE = "Fairphone 4"


class _Given(msgspec.Struct, frozen=True):
    """One voucher: to which person of a site, so many days ago; how long after it was in use."""

    kind: str
    site: str
    person: int
    ago: int
    in_use_after: int | None = None


#: What was in use for longer than its kind lasts has expired; of what expires in the next days
#: people were told.
_GIVEN = (
    _Given(SIM_CH, FRIBOURG, 0, 79, in_use_after=0),
    _Given(SIM_CH, FRIBOURG, 4, 66, in_use_after=1),
    _Given(SIM_CH, LAUSANNE, 0, 58, in_use_after=0),
    _Given(SIM_FR, LYON, 1, 45, in_use_after=2),
    _Given(TOP_UP, FRIBOURG, 3, 28, in_use_after=0),
    _Given(TOP_UP, FRIBOURG, 0, 20, in_use_after=0),
    _Given(SIM_CH, LAUSANNE, 3, 16, in_use_after=1),
    _Given(SIM_FR, LYON, 0, 12, in_use_after=0),
    _Given(SIM_CH, FRIBOURG, 5, 9, in_use_after=1),
    _Given(ESIM, FRIBOURG, 2, 6, in_use_after=0),
    _Given(SIM_CH, FRIBOURG, 8, 5),
    _Given(TOP_UP, LAUSANNE, 4, 4),
    _Given(WIFI, FRIBOURG, 6, 3, in_use_after=0),
    _Given(SIM_FR, LYON, 4, 2),
    _Given(WIFI, LAUSANNE, 1, 1),
)


#: For this person of Fribourg a SIM card lies aside.
_AWAITED = 7


async def set_rules(kinds: dict[str, UUID], groups: dict[str, UUID], *, now: datetime) -> None:
    """Say who may be given what, and which phone goes with a SIM card."""
    for kind, group, person, household, days in _RULES:
        rule = SaveVoucherPolicy(
            kind=kinds[kind],
            group=groups[group] if group else None,
            limit_person=person,
            limit_household=household,
            period_days=days,
        )
        await save_voucher_policy(SYSTEM, rule, now=now)
    phone = next(m for m in await catalogue.models() if _PHONE in m.name)
    await set_bundle(SYSTEM, phone.id, [kinds[SIM_CH], kinds[SIM_FR]], now=now)


def plan(
    places: dict[str, Place], kinds: dict[str, UUID], people: list[Person], *, now: datetime
) -> list[tuple[datetime, Event]]:
    """Give some, let some be used, and set one aside: each when it happens."""
    events: list[tuple[datetime, Event]] = []
    for each in _GIVEN:
        there = _people_at(each.site, people)
        at = now - timedelta(days=each.ago, hours=2)
        given = _Voucher(places[each.site], there[each.person], kinds[each.kind])
        events.append((at, given.give))
        if each.in_use_after is not None:
            events.append((at + timedelta(days=each.in_use_after, hours=1), given.use))
    awaited = _people_at(FRIBOURG, people)[_AWAITED]
    kept = ReserveVoucher(
        kind_id=kinds[SIM_CH], borrower_id=awaited.id, site_id=places[FRIBOURG].id
    )

    async def set_aside(at: datetime) -> None:
        await reserve_voucher(places[FRIBOURG].desk, kept, now=at)

    return [*events, (now - timedelta(minutes=40), set_aside)]


@dataclass
class _Voucher:
    """One that is given to a person of a place, and used later."""

    place: Place
    person: Person
    kind: UUID
    id: UUID | None = None

    async def give(self, at: datetime) -> None:
        self.id = await _give(self.place, self.person, self.kind, at)

    async def use(self, at: datetime) -> None:
        if self.id:
            await activate_voucher(SYSTEM, self.id, now=at)


def _people_at(site: str, people: list[Person]) -> list[Person]:
    return [person for person in people if person.site == site and not person.barred]


async def _give(place: Place, person: Person, kind: UUID, at: datetime) -> UUID:
    visit = await visits.open_visit(
        place.desk, person.id, site_id=place.id, by_card=person.card is not None, now=at
    )
    command = IssueVoucher(kind_id=kind, borrower_id=person.id, site_id=place.id, visit_id=visit)
    issue = await issue_voucher(place.desk, command, now=at + timedelta(seconds=20))
    await visits.close_visit(place.desk, visit, now=at + timedelta(minutes=2))
    return issue.voucher_id
