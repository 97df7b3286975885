"""What coordinators decide about reminders: by page and by call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.errors import Invalid
from comptoir.core.i18n import use_language
from comptoir.core.principal import Role
from comptoir.lending.policies.errors import CoordinatorNeeded, PolicyNotFound, SettingsChanged
from comptoir.notifications.errors import AllSitesNeeded, PlanNotFound
from comptoir.notifications.reminders import deciding
from comptoir.notifications.reminders.plans import USUAL
from comptoir.notifications.reminders.schemas import PlanTerms, SavePlan, SaveSiteSending
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.words import PlanForm, form_of, in_words
from comptoir.notifications.rules import Level, ReminderRule, Unit, When
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.http_client import client_of, shared_app, sign_in, use_token
from tests.notifications.reminders.world import World, at

NOW = at("10-06 08:00")
SOON = ReminderRule(Level(When.BEFORE, 3), "due-soon")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


@pytest.fixture
async def client(world: World) -> AsyncIterator[AsyncClient]:
    async with client_of(shared_app()) as client:
        yield client


def plan(**values: Any) -> SavePlan:
    return SavePlan(**{"site": None, "policy": None, "rules": [SOON], **values})


def test_the_usual_plan_reads_in_words_and_comes_back_from_its_form() -> None:
    with use_language("en"):
        assert in_words(USUAL.rules) == (
            "3 days before · the day itself · 1 day, 7 days and 14 days late"
            " → after 21 days on the list to call"
        )
        assert in_words([]) == "no reminders"
    terms = PlanTerms(rules=list(USUAL.rules))
    assert form_of(terms, site="", policy="", version=0).rules() == list(USUAL.rules)


def test_hours_are_told_from_days() -> None:
    form = PlanForm(before="2 h, 1")
    assert [rule.level for rule in form.rules()] == [
        Level(When.BEFORE, 2, Unit.HOURS),
        Level(When.BEFORE, 1),
    ]


@pytest.mark.parametrize("text", ["x", "0", "-1", "367", "1 2", "1.5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        PlanForm(late=text).rules()
    assert refused.value.errors[0].code == "notifications.amounts-invalid"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([SOON, SOON], "notifications.rules-unfit"),
        ([ReminderRule(Level(When.BEFORE, 3), "overdue-1")], "notifications.rules-unfit"),
        ([ReminderRule(Level(When.AFTER, 3), "overdue-call")], "notifications.rules-unfit"),
        (
            [ReminderRule(Level(When.BEFORE, day), "due-soon") for day in range(1, 14)],
            "notifications.too-many-rules",
        ),
    ],
)
async def test_rules_that_make_no_sense_are_refused(
    world: World, rules: list[ReminderRule], code: str
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    with pytest.raises(Invalid) as refused:
        await deciding.save_plan(actor, plan(rules=rules), now=NOW)
    assert refused.value.errors[0].code == code


async def test_a_site_switches_its_reminders_off_and_on_again(world: World) -> None:
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    await world.loan(await world.person())
    off = plan(site=world.site.id, active=False)
    made = await deciding.save_plan(actor, off, now=NOW)
    assert await sweep(now=NOW) == 0
    await deciding.remove_plan(actor, made, version=1, now=NOW)
    assert await sweep(now=NOW) == 1


async def test_nobody_is_welcomed_or_thanked_for_what_was_before_a_plan_said_so(
    world: World,
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    earlier = NOW - timedelta(hours=20)
    due = NOW + timedelta(days=20)
    lent, gone = [await world.person() for _ in range(2)]
    await world.loan(lent, checked_out_at=earlier, due_at=due)
    await world.loan(gone, checked_out_at=earlier, returned_at=earlier, due_at=due)
    said = plan(welcome=True, thanks=True, rules=[])
    await deciding.save_plan(actor, said, now=NOW)
    silent = await deciding.save_plan(actor, plan(site=world.site.id, rules=[]), now=NOW)
    for person in [await world.person() for _ in range(3)]:
        await world.loan(person, checked_out_at=NOW + timedelta(minutes=1), due_at=due)
    assert await sweep(now=NOW + timedelta(minutes=30)) == 0
    # What was while the site said nothing is no occasion either, once the wider plan holds again.
    await deciding.remove_plan(actor, silent, version=1, now=NOW + timedelta(minutes=40))
    assert await sweep(now=NOW + timedelta(minutes=60)) == 0
    later = NOW + timedelta(minutes=61)
    await world.loan(await world.person(), checked_out_at=later, due_at=due)
    assert await sweep(now=later + timedelta(minutes=15)) == 1


async def test_whoever_a_plan_spoke_of_already_is_still_welcomed_when_it_is_saved_again(
    world: World,
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    said = plan(welcome=True, rules=[])
    await deciding.save_plan(actor, said, now=NOW)
    lent, due = NOW + timedelta(minutes=1), NOW + timedelta(days=20)
    await world.loan(await world.person(), checked_out_at=lent, due_at=due)
    await deciding.save_plan(
        actor, plan(welcome=True, thanks=True, rules=[]), version=1, now=NOW + timedelta(minutes=2)
    )
    assert await sweep(now=NOW + timedelta(minutes=30)) == 1


async def test_who_may_decide(world: World) -> None:
    elsewhere = await make.site()
    coordinator = await make.principal(Role.COORDINATOR, elsewhere.id)
    with pytest.raises(SiteNotFound):
        await deciding.save_plan(coordinator, plan(site=world.site.id), now=NOW)
    reception = await make.principal(Role.RECEPTION, world.site.id)
    for site in (None, world.site.id):
        with pytest.raises(CoordinatorNeeded):
            await deciding.save_plan(reception, plan(site=site), now=NOW)
    own = await make.principal(Role.COORDINATOR, world.site.id)
    made = await deciding.save_plan(own, plan(site=world.site.id), now=NOW)
    with pytest.raises(PlanNotFound):
        await deciding.plan(coordinator, made)
    assert await deciding.plans(coordinator) == []
    nowhere = plan(site=world.site.id, policy=world.site.id)
    with pytest.raises(PolicyNotFound):
        await deciding.save_plan(own, nowhere, now=NOW)


async def test_what_holds_at_all_sites_is_decided_by_those_who_coordinate_all(
    world: World, client: AsyncClient
) -> None:
    some = await make.principal(Role.COORDINATOR, world.site.id)
    everybody = await make.principal(Role.COORDINATOR)
    for wide in (plan(), plan(policy=world.policy)):
        with pytest.raises(AllSitesNeeded):
            await deciding.save_plan(some, wide, now=NOW)
        made = await deciding.save_plan(everybody, wide, now=NOW)
        with pytest.raises(AllSitesNeeded):
            await deciding.remove_plan(some, made, version=1, now=NOW)
    address = "/settings/reminders/plan"
    for role, site, decides in (
        (Role.COORDINATOR, world.site.id, False),
        (Role.COORDINATOR, None, True),
    ):
        await sign_in(client, await make.user(role=role, site_id=site), site_id=world.site.id)
        listed = (await client.get("/settings/reminders")).text
        for link in (f'href="{address}"', f'href="{address}?policy={world.policy}"'):
            assert (link in listed) is decides
        assert ('<option value="">' in listed) is decides
        assert f'href="{address}?site={world.site.id}"' in listed
        for asked in (address, f"{address}?policy={world.policy}"):
            shown = (await client.get(asked)).text
            assert ("<form" in shown.split("<main")[1]) is decides
            assert ("coordinator of all sites" in shown) is not decides
        sent = await client.post(address, data={"active": "yes", "before": "x", "version": "1"})
        assert sent.status_code == 422
        sent = await client.post(address, data={"active": "yes", "before": "4", "version": "1"})
        assert sent.status_code == (303 if decides else 403)


async def test_what_was_changed_meanwhile_is_not_overwritten(world: World) -> None:
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    made = await deciding.save_plan(actor, plan(site=world.site.id), now=NOW)
    for version in (0, 2):
        with pytest.raises(SettingsChanged):
            await deciding.save_plan(actor, plan(site=world.site.id), version=version, now=NOW)
        with pytest.raises(SettingsChanged):
            await deciding.remove_plan(actor, made, version=version, now=NOW)
    hours = SaveSiteSending(
        opens=540, closes=1080, quiet_weekdays=[6], takes_answers=False, has_links=False
    )
    await deciding.save_site_sending(actor, world.site.id, hours, version=0, now=NOW)
    with pytest.raises(SettingsChanged):
        await deciding.save_site_sending(actor, world.site.id, hours, version=0, now=NOW)


async def test_hours_without_a_day_or_an_end_are_refused(world: World) -> None:
    actor = await make.principal(Role.COORDINATOR, world.site.id)
    for opens, closes, quiet in ((600, 600, [6]), (480, 1200, [*range(7)])):
        hours = SaveSiteSending(
            opens=opens, closes=closes, quiet_weekdays=quiet, takes_answers=False, has_links=False
        )
        with pytest.raises(Invalid):
            await deciding.save_site_sending(actor, world.site.id, hours, version=0, now=NOW)


async def test_the_pages_show_and_take_it(world: World, client: AsyncClient) -> None:
    user = await make.user(role=Role.COORDINATOR, site_id=world.site.id)
    await sign_in(client, user, site_id=world.site.id)
    assert "3 days before" in (await client.get("/settings/reminders")).text
    address = f"/settings/reminders/plan?site={world.site.id}&policy={world.policy}"
    assert 'value="1, 7, 14"' in (await client.get(address)).text
    form = {"site": str(world.site.id), "policy": str(world.policy), "active": "yes"}
    sent = {**form, "before": "5", "version": "0"}
    wrong = await client.post("/settings/reminders/plan", data={**sent, "late": "soon"})
    assert wrong.status_code == 422
    assert (await client.post("/settings/reminders/plan", data=sent)).status_code == 303
    page = (await client.get("/settings/reminders")).text
    assert "5 days before" in page
    assert "3 days before" in page
    hours = f"/settings/reminders/sites/{world.site.id}"
    assert 'value="20:00"' in (await client.get(hours)).text
    sent = {"opens": "9h30", "closes": "12:00", "quiet": "5", "version": "0"}
    assert (await client.post(hours, data=sent)).status_code == 303
    assert "from 09:30 to 12:00" in (await client.get("/settings/reminders")).text
    assert (await client.post(hours, data={**sent, "closes": "noon"})).status_code == 422
    assert (await client.post(hours, data={**sent, "opens": "25:00"})).status_code == 422
    [kept] = await deciding.plans(await make.principal(Role.COORDINATOR, world.site.id))
    removed = await client.post(
        f"/settings/reminders/{kept.id}/remove", data={"version": kept.version}
    )
    assert removed.status_code == 303


async def test_the_page_says_how_long_before_a_voucher_expires_its_person_is_told(
    world: World, client: AsyncClient
) -> None:
    user = await make.user(role=Role.COORDINATOR, site_id=world.site.id)
    await sign_in(client, user, site_id=world.site.id)
    assert "Vouchers: 3 days before they expire" in (await client.get("/settings/reminders")).text
    address = "/settings/reminders/plan"
    site = f"{address}?site={world.site.id}"
    assert 'name="voucher_days"' in (await client.get(site)).text
    assert "voucher_days" not in (await client.get(f"{site}&policy={world.policy}")).text
    form = {"site": str(world.site.id), "active": "yes", "version": "0"}
    for nonsense in ("x", "0", "-1", "367", "7, 3", "1.5"):
        wrong = await client.post(address, data={**form, "voucher_days": nonsense})
        assert wrong.status_code == 422
        assert "Write a number of days" in wrong.text
        assert f'value="{nonsense}"' in wrong.text
    assert (await client.post(address, data={**form, "voucher_days": " 1 "})).status_code == 303
    assert "Vouchers: 1 day before they expire" in (await client.get("/settings/reminders")).text
    form["version"] = "1"
    assert (await client.post(address, data={**form, "voucher_days": ""})).status_code == 303
    page = (await client.get("/settings/reminders")).text
    assert "Vouchers: nothing is said before they expire" in page
    [kept] = await deciding.plans(await make.principal(Role.COORDINATOR, world.site.id))
    assert kept.voucher_days is None


async def test_the_calls_do_the_same(world: World, client: AsyncClient) -> None:
    await use_token(client, "settings")
    rule = {"level": {"when": "before", "amount": 5}, "kind": "due-soon"}
    body = {"site": str(world.site.id), "policy": None, "rules": [rule]}
    made = await client.post("/api/v1/reminder-plans", json=body)
    assert made.status_code == 201
    assert made.json()["voucher_days"] == 3
    wrong = await client.post("/api/v1/reminder-plans", json={**body, "voucher_days": 0})
    assert wrong.status_code in (400, 422)
    address = f"/api/v1/reminder-plans/{made.json()['id']}"
    match = {"If-Match": made.headers["ETag"]}
    edited = await client.put(
        address, json={"rules": [], "thanks": True, "voucher_days": None}, headers=match
    )
    assert (edited.status_code, edited.json()["thanks"]) == (200, True)
    assert edited.json()["voucher_days"] is None
    assert (await client.delete(address, headers=match)).status_code == 412
    match = {"If-Match": edited.headers["ETag"]}
    assert (await client.delete(address, headers=match)).status_code == 204
    assert (await client.get("/api/v1/reminder-plans")).json() == {"items": []}
    address = f"/api/v1/sites/{world.site.id}/sending-hours"
    read = await client.get(address)
    assert read.json()["closes"] == 1200
    hours = {
        "opens": 540,
        "closes": 1080,
        "quiet_weekdays": [5, 6],
        "takes_answers": True,
        "has_links": True,
    }
    saved = await client.put(address, json=hours, headers={"If-Match": read.headers["ETag"]})
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
