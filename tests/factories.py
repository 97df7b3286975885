"""Rows for tests, each complete with as little said as possible.

They write through the tables, not through the services that the tests are
about. Whatever a test does not care about has a plain default.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core.accounts.tables import User
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.inventory import codes
from comptoir.inventory.tables import Accessory, Category, Item, Model
from comptoir.inventory.vouchers.sealing import Secret, sealer
from comptoir.inventory.vouchers.tables import (
    Voucher,
    VoucherBatch,
    VoucherKind,
    VoucherMark,
)
from comptoir.lending import search
from comptoir.lending.borrowers.indexing import Findable, index_borrowers
from comptoir.lending.tables import (
    Borrower,
    BorrowerCard,
    BorrowerGroup,
    BorrowerSite,
    Loan,
    Policy,
)
from comptoir.lending.vouchers.tables import VoucherPolicy
from comptoir.sites.expressions.writing import write_time
from comptoir.sites.photos.drawing import LARGEST_PICTURE
from comptoir.sites.photos.tables import SitePhoto
from comptoir.sites.rota.tables import Shift
from comptoir.sites.skills.tables import Competence
from comptoir.sites.tables import HoursException, Organisation, Site, SiteSlug, StaffMember

#: When everything made here began to exist.
MADE_AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def names(english: str) -> str:
    """A name in four languages, as the tables keep it."""
    return msgspec.json.encode(dict.fromkeys(("fr", "de", "it", "en"), english)).decode()


async def organisation(**values: Any) -> Organisation:
    row = Organisation(
        **{
            "name": "Association du Pont",
            "return_to": "Association du Pont, rue de Lausanne 12, Fribourg",
            "phone": "+41265550110",
            **values,
        }
    )
    await row.save()
    return row


async def site(*, opens: int = 9 * 60, closes: int = 17 * 60, **values: Any) -> Site:
    """A site open from Monday to Friday; minutes from midnight."""
    owner = values.pop("organisation", None) or (await organisation()).id
    row = Site(
        **{
            "organisation": owner,
            "name": "Comptoir de Fribourg",
            "short_name": "Fribourg",
            "street": "rue de Lausanne 12",
            "postcode": "1700",
            "city": "Fribourg",
            "country": "CH",
            "time_zone": "Europe/Zurich",
            "opening_hours": f"Mo-Fr {write_time(opens)}-{write_time(closes)}"
            if opens < closes
            else "",
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    await SiteSlug(slug=slug(row), site=row.id, latest=True).save()
    return row


def slug(row: Site) -> str:
    """The end of the address of a site's public page: no two sites here share one."""
    return f"site-{row.id}"


async def photo(site_id: UUID, alt: str = "The blue door") -> SitePhoto:
    """What a photo of a site has become: as many bytes as it may have, but no picture."""
    image = bytes(LARGEST_PICTURE)
    row = SitePhoto(
        site=site_id,
        image=image,
        width=640,
        height=480,
        sha256=sha256(image).hexdigest(),
        alt=alt,
        changed_at=MADE_AT,
    )
    await row.save()
    return row


async def closure(*, site_id: UUID, first_day: date, **values: Any) -> HoursException:
    """A site closed on a day, or until ``last_day``."""
    row = HoursException(
        **{
            "site": site_id,
            "batch": new_id(),
            "first_day": first_day,
            "last_day": first_day,
            "kind": "closed",
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    return row


async def user(*, role: Role | None = None, site_id: UUID | None = None, **values: Any) -> User:
    """A person who can sign in once they have a password; with a role, also staff."""
    number = next(_numbers)
    row = User(
        **{
            "login": f"user{number}",
            "name": f"User {number}",
            "language": "en",  # tests that read a page read it in English
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    if role is not None:
        await StaffMember(user=row.id, site=site_id, role=role.value).save()
    return row


async def competence(name: str = "Workshop") -> Competence:
    row = Competence(names=names(name))
    await row.save()
    return row


async def shift(
    *, site_id: UUID, user_id: UUID, day: date, weekly: bool = False, **values: Any
) -> Shift:
    """From 9 to 17 on a day, or from that day on."""
    row = Shift(
        **{
            "site": site_id,
            "user": user_id,
            "first_day": day,
            "last_day": None if weekly else day,
            "starts": 9 * 60,
            "ends": 17 * 60,
            **values,
        }
    )
    await row.save()
    return row


async def work_at(person: User, role: Role, site_id: UUID) -> None:
    """A role more."""
    await StaffMember(user=person.id, site=site_id, role=role.value).save()


async def principal(role: Role = Role.RECEPTION, site_id: UUID | None = None) -> Principal:
    """A signed-in person with a role at a site, or at all of them."""
    person = await user(role=role, site_id=site_id)
    return Principal(
        kind="user",
        id=person.id,
        name=person.name,
        roles=(SiteRole(role, site_id),),
        site_id=site_id,
    )


async def category(name: str = "Laptop") -> Category:
    row = Category(names=names(name))
    await row.save()
    return row


async def model(*, accessories: tuple[str, ...] = (), **values: Any) -> Model:
    kind = values.pop("category", None) or (await category()).id
    row = Model(
        **{
            "category": kind,
            "manufacturer": "Lenovo",
            "name": "ThinkPad L13",
            "short_name": "ThinkPad L13",
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    for position, accessory in enumerate(accessories):
        await Accessory(model=row.id, names=names(accessory), position=position).save()
    return row


async def item(*, site_id: UUID, **values: Any) -> Item:
    """An available item whose home is the site it is at."""
    kind = values.pop("model", None) or (await model()).id
    row = Item(
        **{
            "code": codes.new_code(),
            "model": kind,
            "home_site": site_id,
            "present_site": site_id,
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    return row


async def group(name: str = "Everybody", **values: Any) -> BorrowerGroup:
    row = BorrowerGroup(**{"names": names(name), **values})
    await row.save()
    return row


async def borrower(*, site_id: UUID | None = None, **values: Any) -> Borrower:
    """A borrower who can be found, known at a site if one is given."""
    kind = values.pop("borrower_group", None) or (await group()).id
    row = Borrower(
        **{"name": "Amina Diallo", "borrower_group": kind, "created_at": MADE_AT, **values}
    )
    row.sort_name = search.sort_name(row.name)
    await row.save()
    await index_borrowers([Findable(row.id, row.sort_name, row.phone)])
    if site_id is not None:
        await BorrowerSite(borrower=row.id, site=site_id).save()
    return row


async def card(borrower_id: UUID, **values: Any) -> BorrowerCard:
    row = BorrowerCard(
        **{
            "borrower": borrower_id,
            "code": codes.new_code(),
            "issued_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    return row


async def policy(*, category_id: UUID, **values: Any) -> Policy:
    """Fourteen days, pushed to the next open day, two renewals, no limit."""
    row = Policy(
        **{
            "category": category_id,
            "mode": "calendar_days_next_open",
            "length": 14,
            "renewals": 2,
            "renewal_length": 14,
            **values,
        }
    )
    await row.save()
    return row


async def loan(
    *, item: Item, borrower_id: UUID, now: datetime, days: int = 14, **values: Any
) -> Loan:
    """An open loan, and the item's status to match."""
    kind = await Model.select(Model.category).where(Model.id == item.model).first()
    assert kind is not None
    row = Loan(
        **{
            "item": item.id,
            "borrower": borrower_id,
            "category": kind["category"],
            "site": item.present_site,
            "return_site": item.present_site,
            "checked_out_at": now,
            "due_at": now + timedelta(days=days),
            **values,
        }
    )
    await row.save()
    if row.returned_at is None:
        await Item.update({Item.status: "on_loan"}).where(Item.id == item.id)
    return row


async def voucher_kind(**values: Any) -> VoucherKind:
    """A SIM card of 10 GB; with ``medium`` something else."""
    row = VoucherKind(
        **{
            "medium": "sim",
            "names": names("SIM 10 GB"),
            "operator": "Salt",
            "volume": "10 GB",
            "validity_days": 30,
            "cost_cents": 1990,
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    return row


async def voucher_batch(kind: VoucherKind, *, site_id: UUID, **values: Any) -> VoucherBatch:
    """Vouchers that came to a site together; they themselves are made by ``voucher``."""
    row = VoucherBatch(
        **{
            "kind": kind.id,
            "site": site_id,
            "funder": "Loterie Romande",
            "activate_by": date(2027, 6, 30),
            "cost_cents": kind.cost_cents,
            "currency": kind.currency,
            "received_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    return row


async def voucher_policy(kind: VoucherKind, **values: Any) -> VoucherPolicy:
    """Everybody may be given this kind, without a limit."""
    row = VoucherPolicy(**{"kind": kind.id, **values})
    await row.save()
    return row


async def voucher(batch: VoucherBatch, secret: Secret | None = None, **values: Any) -> Voucher:
    """One of a batch, with a code of its own, sealed by the vault of the tests."""
    number = next(_numbers)
    voucher_id = new_id()
    sealed = (await sealer(now=MADE_AT)).seal(
        secret or Secret(code=f"KQ7-{number:09}"), voucher_id=voucher_id
    )
    row = Voucher(
        **{
            "id": voucher_id,
            "kind": batch.kind,
            "batch": batch.id,
            "site": batch.site,
            "sealed": sealed.sealed,
            "key": sealed.key,
            "hint": sealed.hint,
            "activate_by": batch.activate_by,
            "created_at": MADE_AT,
            **values,
        }
    )
    await row.save()
    for key, mark in sealed.marks.items():
        await VoucherMark(voucher=voucher_id, key=key, mark=mark).save()
    return row
