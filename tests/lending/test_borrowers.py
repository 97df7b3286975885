"""Borrowers are registered, changed, suspended; each rule has its code."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from comptoir.core import audit
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Principal, Role
from comptoir.lending.borrowers import services
from comptoir.lending.borrowers.duplicates import find_duplicates
from comptoir.lending.borrowers.errors import (
    BorrowerChanged,
    BorrowerRegisteredBefore,
    SuspensionForbidden,
)
from comptoir.lending.borrowers.finding import find_borrowers
from comptoir.lending.borrowers.queries import read_borrower
from comptoir.lending.borrowers.schemas import BorrowerView, ContactKind, SaveBorrower
from comptoir.lending.errors import BorrowerNotFound, NoSiteChosen
from comptoir.lending.tables import Borrower, BorrowerTerm
from comptoir.sites.tables import Site
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def actor(site: Site) -> Principal:
    return await factories.principal(Role.RECEPTION, site.id)


@pytest.fixture
async def coordinator(site: Site) -> Principal:
    return await factories.principal(Role.COORDINATOR, site.id)


async def register(actor: Principal, now: datetime, **values: Any) -> BorrowerView:
    command = SaveBorrower(**{"name": "Amina Diallo", "language": "fr", **values})
    borrower_id = await services.register_borrower(actor, command, now=now)
    return await read_borrower(actor, borrower_id, now=now)


async def refusals(actor: Principal, now: datetime, **values: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        await register(actor, now, **values)
    assert await Borrower.count() == 0
    return [(error.field, error.code) for error in refused.value.errors]


async def last_action(borrower: BorrowerView) -> tuple[str, dict[str, Any]]:
    [(_, entry), *_] = await audit.timeline(borrower.id)
    return entry.action, entry.changes


async def test_name_and_language_are_enough(actor: Principal, now: datetime) -> None:
    borrower = await register(actor, now)
    assert (borrower.name, borrower.language) == ("Amina Diallo", "fr")
    assert borrower.contact_kind is ContactKind.NONE
    assert borrower.group.name("en") == "Everybody"
    assert [found.id for found in await find_borrowers(actor, "diallo")] == [borrower.id]


async def test_new_borrowers_are_in_the_default_group(actor: Principal, now: datetime) -> None:
    group = await factories.group("Students", is_default=True)
    other = await factories.group("Families")
    assert (await register(actor, now)).group.id == group.id
    assert (await register(actor, now, group=other.id)).group.id == other.id


async def test_registering_needs_a_site(now: datetime) -> None:
    with pytest.raises(NoSiteChosen):
        await services.register_borrower(SYSTEM, SaveBorrower(name="Amina", language="fr"), now=now)


async def test_a_form_sent_twice_registers_once(actor: Principal, now: datetime) -> None:
    command = SaveBorrower(name="Amina Diallo", language="fr")
    form = new_id()
    first = await services.register_borrower(actor, command, borrower_id=form, now=now)
    again = await services.register_borrower(actor, command, borrower_id=form, now=now)
    assert again == first == form
    assert await Borrower.count() == 1


@pytest.mark.parametrize("changed", [{"name": "Bilal Diallo"}, {"email": "amina@example.org"}])
async def test_a_form_changed_since_it_registered_somebody_registers_nobody_by_itself(
    actor: Principal, now: datetime, changed: dict[str, str]
) -> None:
    command = SaveBorrower(name="Amina Diallo", language="fr")
    form = await services.register_borrower(actor, command, now=now)
    other = msgspec.structs.replace(command, **changed)
    with pytest.raises(BorrowerRegisteredBefore) as refused:
        await services.register_borrower(actor, other, borrower_id=form, now=now)
    assert refused.value.borrower_id == form
    assert (await Borrower.select(Borrower.name, Borrower.email)) == [
        {"name": "Amina Diallo", "email": ""}
    ]


async def test_a_form_tells_nothing_of_somebody_of_another_site(
    actor: Principal, now: datetime
) -> None:
    elsewhere = await factories.borrower(site_id=(await factories.site()).id)
    command = SaveBorrower(name="Amina Diallo", language="fr")
    with pytest.raises(BorrowerNotFound):
        await services.register_borrower(actor, command, borrower_id=elsewhere.id, now=now)


async def test_one_form_sent_by_several_clicks_at_once_registers_once(
    actor: Principal, now: datetime
) -> None:
    command = SaveBorrower(name="Amina Diallo", language="fr")
    form = new_id()
    clicks = [
        services.register_borrower(actor, command, borrower_id=form, now=now) for _ in range(4)
    ]
    assert set(await asyncio.gather(*clicks)) == {form}
    assert await Borrower.count() == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": ""}, ("name", "lending.name-missing")),
        ({"name": " \t\n-"}, ("name", "lending.name-missing")),
        ({"name": "\x00\x07"}, ("name", "lending.name-missing")),
        ({"name": "x" * 5_000}, ("name", "lending.name-too-long")),
        ({"language": "es"}, ("language", "lending.language-unknown")),
        ({"language": ""}, ("language", "lending.language-unknown")),
        ({"phone": "12"}, ("phone", "lending.phone-invalid")),
        ({"phone": "9" * 5_000}, ("phone", "lending.phone-invalid")),
        ({"phone": "call me"}, ("phone", "lending.phone-invalid")),
        ({"contact_kind": ContactKind.PHONE}, ("phone", "lending.phone-missing")),
        ({"email": "amina"}, ("email", "lending.email-invalid")),
        ({"email": "a@b"}, ("email", "lending.email-invalid")),
        ({"email": '"><script>@x.ch'}, ("email", "lending.email-invalid")),
        ({"contact_kind": ContactKind.EMAIL}, ("email", "lending.email-missing")),
        ({"contact_kind": ContactKind.LETTER}, ("address", "lending.address-missing")),
        ({"contact_kind": ContactKind.COUNSELLOR}, ("counsellor", "lending.counsellor-missing")),
        ({"note": "x" * 5_000}, ("note", "lending.note-too-long")),
        ({"address": "x" * 5_000}, ("address", "lending.address-too-long")),
        ({"referrer": "x" * 5_000}, ("referrer", "lending.referrer-too-long")),
        ({"eligible_until": date(2026, 11, 23)}, ("eligible_until", "lending.date-in-the-past")),
        ({"eligible_until": date.max}, ("eligible_until", "lending.date-out-of-reach")),
        ({"group": new_id()}, ("group", "lending.group-unknown")),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    actor: Principal, now: datetime, values: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert await refusals(actor, now, **values) == [expected]


@pytest.mark.parametrize(
    "pasted", ["\ufeffamina@example.org\u200b", "\u202aamina@\u2060example.org"]
)
async def test_what_cannot_be_seen_in_a_pasted_address_is_left_out(
    actor: Principal, now: datetime, pasted: str
) -> None:
    assert (await register(actor, now, email=pasted)).email == "amina@example.org"


async def test_an_address_of_nothing_to_see_is_missing(actor: Principal, now: datetime) -> None:
    values = {"contact_kind": ContactKind.EMAIL, "email": "\u200b\u2060"}
    assert await refusals(actor, now, **values) == [("email", "lending.email-missing")]


async def test_today_is_early_enough(actor: Principal, now: datetime) -> None:
    borrower = await register(actor, now, eligible_until=date(2026, 11, 24))
    assert borrower.eligible
    later = await read_borrower(actor, borrower.id, now=now + timedelta(days=1))
    assert not later.eligible


@pytest.mark.parametrize(
    ("country", "written", "kept"),
    [
        ("CH", "079 123 45 67", "+41791234567"),
        ("CH", "0041 79 1234567", "+41791234567"),
        ("CH", "+33 6 12 34 56 78", "+33612345678"),
        ("FR", "06 12 34 56 78", "+33612345678"),
        ("CH", "", ""),
    ],
)
async def test_a_phone_is_read_as_at_the_site(
    now: datetime, country: str, written: str, kept: str
) -> None:
    site = await factories.site(country=country)
    actor = await factories.principal(Role.RECEPTION, site.id)
    assert (await register(actor, now, phone=written)).phone == kept


async def test_control_and_direction_signs_are_dropped(actor: Principal, now: datetime) -> None:
    borrower = await register(
        actor,
        now,
        name="  Amina\x00\u202e\tDiallo \n",
        note="a\x07\r\n\r\n\r\n\r\nb  c\u0000",
    )
    assert borrower.name == "Amina Diallo"
    assert borrower.note == "a\n\nb c"


async def test_the_trail_names_personal_fields_and_keeps_none(
    actor: Principal, now: datetime
) -> None:
    personal = {
        "name": "Amina Diallo",
        "phone": "079 123 45 67",
        "email": "amina@example.org",
        "address": "rue de Lausanne 12",
        "referrer": "Caritas",
        "counsellor": "C. Favre",
        "note": "prefers mornings",
        "eligible_until": date(2027, 6, 30),
    }
    borrower = await register(actor, now, **personal)
    action, changes = await last_action(borrower)
    assert action == "borrower.registered"
    assert {name: changes[name] for name in personal} == dict.fromkeys(personal)
    assert changes["language"] == [None, "fr"]
    kept = msgspec.json.encode(changes).decode()
    assert not [value for value in personal.values() if str(value) in kept]


async def edit(actor: Principal, borrower: BorrowerView, now: datetime, **values: Any) -> None:
    kept = {
        "name": borrower.name,
        "language": borrower.language,
        "group": borrower.group.id,
        "contact_kind": borrower.contact_kind,
        "phone": borrower.phone,
        "eligible_until": borrower.eligible_until,
    }
    command = SaveBorrower(**{**kept, **values})
    await services.edit_borrower(actor, borrower.id, command, version=borrower.version, now=now)


async def test_an_edit_changes_what_one_is_found_by(actor: Principal, now: datetime) -> None:
    borrower = await register(actor, now, phone="079 123 45 67")
    await edit(actor, borrower, now, name="Amina Sow", phone="079 765 43 21")
    assert await find_borrowers(actor, "diallo") == []
    assert await find_borrowers(actor, "079 1234") == []
    assert [each.id for each in await find_borrowers(actor, "sow")] == [borrower.id]
    assert [each.id for each in await find_borrowers(actor, "079 7654")] == [borrower.id]
    action, changes = await last_action(borrower)
    assert (action, set(changes)) == ("borrower.edited", {"name", "phone"})


async def test_an_edit_of_what_somebody_else_changed_is_refused(
    actor: Principal, now: datetime
) -> None:
    borrower = await register(actor, now)
    await edit(actor, borrower, now, language="de")
    with pytest.raises(BorrowerChanged):
        await edit(actor, borrower, now, name="Amina Sow")
    assert (await read_borrower(actor, borrower.id, now=now)).name == "Amina Diallo"


async def test_an_edit_that_changes_nothing_leaves_no_trace(
    actor: Principal, now: datetime
) -> None:
    borrower = await register(actor, now)
    await edit(actor, borrower, now)
    assert (await read_borrower(actor, borrower.id, now=now)).version == borrower.version
    assert len(await audit.timeline(borrower.id)) == 1


async def test_two_edits_at_once_keep_one(actor: Principal, now: datetime) -> None:
    borrower = await register(actor, now)
    results = await asyncio.gather(
        *(edit(actor, borrower, now, name=f"Amina {letter}") for letter in "ABCD"),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in results) == ["BorrowerChanged"] * 3 + ["NoneType"]
    terms = await BorrowerTerm.select(BorrowerTerm.term).where(
        (BorrowerTerm.borrower == borrower.id) & (BorrowerTerm.kind == "t")
    )
    assert len(terms) == 3  # "amina", the letter, and both as one word


async def test_an_eligibility_that_has_run_out_may_stay(actor: Principal, now: datetime) -> None:
    borrower = await register(actor, now, eligible_until=date(2026, 11, 30))
    later = now + timedelta(days=30)
    await edit(actor, borrower, later, name="Amina Sow")
    again = await read_borrower(actor, borrower.id, now=later)
    with pytest.raises(Invalid):
        await edit(actor, again, later, eligible_until=date(2026, 12, 1))


async def test_borrowers_of_other_sites_do_not_exist(now: datetime) -> None:
    elsewhere = await factories.borrower(site_id=(await factories.site()).id)
    actor = await factories.principal(Role.COORDINATOR, (await factories.site()).id)
    command = SaveBorrower(name="Amina", language="fr")
    for attempt in (
        read_borrower(actor, elsewhere.id, now=now),
        services.edit_borrower(actor, elsewhere.id, command, version=1, now=now),
        services.suspend_borrower(actor, elsewhere.id, may_borrow_from=None, now=now),
        services.lift_suspension(actor, elsewhere.id, now=now),
    ):
        with pytest.raises(BorrowerNotFound):
            await attempt


async def test_a_suspension_ends_on_its_day_at_the_site(
    actor: Principal, coordinator: Principal, now: datetime
) -> None:
    borrower = await register(actor, now)
    day = date(2026, 12, 3)
    await services.suspend_borrower(coordinator, borrower.id, may_borrow_from=day, now=now)
    suspended = await read_borrower(actor, borrower.id, now=now)
    assert (suspended.suspended, suspended.may_borrow_from) == (True, day)
    midnight = datetime(2026, 12, 2, 23, 0, tzinfo=UTC)  # in Fribourg
    just_before = midnight - timedelta(seconds=1)
    assert (await read_borrower(actor, borrower.id, now=just_before)).suspended
    assert not (await read_borrower(actor, borrower.id, now=midnight)).suspended
    action, changes = await last_action(borrower)
    assert (action, changes) == ("borrower.suspended", {"may_borrow_from": [None, "2026-12-03"]})


async def test_a_suspension_without_end_lasts_until_it_is_lifted(
    actor: Principal, coordinator: Principal, now: datetime
) -> None:
    borrower = await register(actor, now)
    await services.suspend_borrower(coordinator, borrower.id, may_borrow_from=None, now=now)
    later = now + timedelta(days=3_000)
    assert (await read_borrower(actor, borrower.id, now=later)).suspended
    await services.lift_suspension(coordinator, borrower.id, now=now)
    assert not (await read_borrower(actor, borrower.id, now=now)).suspended
    assert (await last_action(borrower))[0] == "borrower.suspension_lifted"
    await services.lift_suspension(coordinator, borrower.id, now=now)
    assert len(await audit.timeline(borrower.id)) == 3


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2020, 1, 1)])
async def test_a_suspension_must_end_later(
    actor: Principal, coordinator: Principal, now: datetime, day: date
) -> None:
    borrower = await register(actor, now)
    with pytest.raises(Invalid) as refused:
        await services.suspend_borrower(coordinator, borrower.id, may_borrow_from=day, now=now)
    assert refused.value.errors[0].code == "lending.date-in-the-past"


async def test_only_a_coordinator_of_a_site_of_theirs_suspends(
    actor: Principal, now: datetime
) -> None:
    borrower = await register(actor, now)
    for attempt in (
        services.suspend_borrower(actor, borrower.id, may_borrow_from=None, now=now),
        services.lift_suspension(actor, borrower.id, now=now),
    ):
        with pytest.raises(SuspensionForbidden):
            await attempt
    everywhere = await factories.principal(Role.COORDINATOR)
    await services.suspend_borrower(everywhere, borrower.id, may_borrow_from=None, now=now)


@pytest.mark.parametrize(
    ("name", "phone"),
    [
        ("Amina Diallo", ""),
        ("DIALLO, Amína", ""),
        ("Amina Dialo", ""),
        ("Diallo Aminna", ""),
        ("", "079 123 45 67"),
        ("Somebody Else", "+41791234567"),
    ],
)
async def test_a_person_who_is_there_already_is_noticed(
    actor: Principal, now: datetime, name: str, phone: str
) -> None:
    there = await register(actor, now, phone="079 123 45 67")
    assert [each.id for each in await find_duplicates(actor, name, phone)] == [there.id]
    assert await find_duplicates(actor, name, phone, besides=there.id) == []


@pytest.mark.parametrize(
    ("name", "phone"),
    [
        *[("", ""), ("Amina", ""), ("A" * 5_000, "1" * 5_000), ("Bo", "079")],
        *[("Amina Diallo Sow", ""), ("Amina Di", ""), ("Samira Diallo", "")],
    ],
)
async def test_somebody_new_is_no_duplicate(
    actor: Principal, now: datetime, name: str, phone: str
) -> None:
    await register(actor, now)
    assert await find_duplicates(actor, name, phone) == []


async def test_namesakes_at_other_sites_are_not_shown(actor: Principal, now: datetime) -> None:
    await factories.borrower(site_id=(await factories.site()).id, phone="+41791234567")
    assert await find_duplicates(actor, "Amina Diallo", "079 123 45 67") == []
