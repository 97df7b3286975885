"""What happens to items: set aside, checked, in repair, lost, found, sent, retired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from comptoir.core import audit, db, events
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import (
    AccessoryNotFound,
    CoordinatorNeeded,
    ItemActionRefused,
    ItemNotFound,
    NotYourSite,
    SameSite,
)
from comptoir.inventory.events import ItemStatusChanged
from comptoir.inventory.queries import items as queries
from comptoir.inventory.schemas import ReportProblem, SendItem
from comptoir.inventory.services import actions, problems, steps
from comptoir.inventory.statuses import ItemStatus, ProblemKind
from comptoir.inventory.tables import Accessory, Item, ItemProblem
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.tables import Site
from tests import factories
from tests.locks import overtaken

pytestmark = pytest.mark.usefixtures("database")

Action = Callable[..., Awaitable[Any]]


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site()


@pytest.fixture
async def desk(site: Site) -> Principal:
    return await factories.principal(Role.RECEPTION, site.id)


@pytest.fixture
async def coordinator(site: Site) -> Principal:
    return await factories.principal(Role.COORDINATOR, site.id)


async def status_of(item: Item) -> ItemStatus:
    row = await Item.select(Item.status).where(Item.id == item.id).first()
    assert row is not None
    return ItemStatus(row["status"])


async def actions_of(item: Item) -> list[str]:
    return [entry.action for _, entry in reversed(await audit.timeline(item.id))]


@pytest.mark.parametrize(
    ("act", "before", "after", "recorded"),
    [
        (actions.set_aside, "available", "to_check", "item.set_aside"),
        (actions.check_item, "to_check", "available", "item.checked"),
        (actions.send_to_repair, "to_check", "in_repair", "item.sent_to_repair"),
        (actions.return_from_repair, "in_repair", "to_check", "item.returned_from_repair"),
        (actions.mark_lost, "available", "lost", "item.lost"),
        (actions.mark_lost, "on_loan", "lost", "item.lost"),
        (actions.mark_stolen, "lost", "stolen", "item.stolen"),
        (actions.retire_item, "in_repair", "retired", "item.retired"),
        (actions.restore_item, "retired", "to_check", "item.restored"),
    ],
)
async def test_an_action_changes_the_status_and_is_recorded(
    site: Site,
    coordinator: Principal,
    now: datetime,
    act: Action,
    before: str,
    after: str,
    recorded: str,
) -> None:
    item = await factories.item(site_id=site.id, status=before)
    await act(coordinator, item.code, now=now)
    view = await queries.item(coordinator, item.code)
    assert (view.status, view.version) == (after, 2)
    [(_, entry)] = await audit.timeline(item.id)
    assert entry.action == recorded
    assert entry.changes["status"] == [before, after]


async def test_an_item_on_loan_is_not_made_available_by_hand(
    site: Site, coordinator: Principal, now: datetime
) -> None:
    item = await factories.item(site_id=site.id, status="on_loan")
    for act in (
        actions.check_item,
        actions.set_aside,
        actions.send_to_repair,
        actions.return_from_repair,
        actions.retire_item,
        actions.restore_item,
        partial(actions.mark_found, site_id=site.id),
        partial(actions.receive_item, site_id=site.id),
    ):
        with pytest.raises(ItemActionRefused) as raised:
            await act(coordinator, item.code, now=now)
        assert raised.value.code == "inventory.item-on-loan"
    assert await status_of(item) == ItemStatus.ON_LOAN
    assert await actions_of(item) == []


async def test_reception_does_all_but_retire(site: Site, desk: Principal, now: datetime) -> None:
    item = await factories.item(site_id=site.id)
    await actions.set_aside(desk, item.code, now=now)
    await actions.send_to_repair(desk, item.code, now=now)
    await actions.return_from_repair(desk, item.code, now=now)
    with pytest.raises(CoordinatorNeeded):
        await actions.retire_item(desk, item.code, now=now)
    assert await status_of(item) == ItemStatus.TO_CHECK


async def test_an_item_of_another_site_is_not_found(
    site: Site, coordinator: Principal, now: datetime
) -> None:
    elsewhere = await factories.site()
    item = await factories.item(site_id=elsewhere.id)
    with pytest.raises(ItemNotFound):
        await actions.set_aside(coordinator, item.code, now=now)


async def test_a_problem_sets_an_item_aside(site: Site, desk: Principal, now: datetime) -> None:
    model = await factories.model(accessories=("Charger", "Bag"))
    item = await factories.item(site_id=site.id, model=model.id)
    charger = await Accessory.objects().where(Accessory.model == model.id).first()
    assert charger is not None
    await problems.report_problem(
        desk,
        item.code,
        ReportProblem(ProblemKind.MISSING, charger.id, "Amina keeps it"),
        now=now,
    )
    view = await queries.item(desk, item.code)
    assert view.status is ItemStatus.TO_CHECK
    [problem] = view.problems
    assert (problem.kind, problem.accessory, problem.note) == (
        ProblemKind.MISSING,
        charger.id,
        "Amina keeps it",
    )
    [(_, entry)] = await audit.timeline(item.id)
    assert entry.changes["problem"] == [None, "missing"]
    assert entry.changes["accessory"][1]["en"] == "Charger"
    assert entry.changes["note"] is None


async def test_a_check_solves_all_problems(site: Site, desk: Principal, now: datetime) -> None:
    item = await factories.item(site_id=site.id)
    for kind in ProblemKind:
        await problems.report_problem(desk, item.code, ReportProblem(kind), now=now)
    assert len((await queries.item(desk, item.code)).problems) == 2
    await actions.check_item(desk, item.code, now=now)
    view = await queries.item(desk, item.code)
    assert (view.status, view.problems) == (ItemStatus.AVAILABLE, ())
    assert await ItemProblem.count().where(ItemProblem.resolved_at == now) == 2


async def test_a_problem_of_an_item_on_loan_waits_for_its_return(
    site: Site, desk: Principal, now: datetime
) -> None:
    item = await factories.item(site_id=site.id, status="on_loan")
    await problems.report_problem(desk, item.code, ReportProblem(ProblemKind.DAMAGED), now=now)
    view = await queries.item(desk, item.code)
    assert (view.status, len(view.problems)) == (ItemStatus.ON_LOAN, 1)


async def test_an_accessory_of_another_model_is_refused(
    site: Site, desk: Principal, now: datetime
) -> None:
    item = await factories.item(site_id=site.id)
    with pytest.raises(AccessoryNotFound):
        await problems.report_problem(
            desk, item.code, ReportProblem(ProblemKind.MISSING, new_id()), now=now
        )
    assert await status_of(item) == ItemStatus.AVAILABLE


async def test_a_note_too_long_is_refused(site: Site, desk: Principal, now: datetime) -> None:
    item = await factories.item(site_id=site.id)
    with pytest.raises(Invalid):
        await problems.report_problem(
            desk, item.code, ReportProblem(ProblemKind.DAMAGED, None, "x" * 301), now=now
        )


async def test_a_lost_item_turns_up_where_it_is_found(
    site: Site, desk: Principal, now: datetime
) -> None:
    elsewhere = await factories.site()
    item = await factories.item(site_id=elsewhere.id, home_site=site.id, status="lost")
    await actions.mark_found(desk, item.code, site_id=site.id, now=now)
    view = await queries.item(desk, item.code)
    assert (view.status, view.present_site.id) == (ItemStatus.TO_CHECK, site.id)


async def test_an_item_turns_up_only_where_one_works(
    site: Site, desk: Principal, now: datetime
) -> None:
    elsewhere = await factories.site()
    item = await factories.item(site_id=site.id, status="stolen")
    with pytest.raises(NotYourSite):
        await actions.mark_found(desk, item.code, site_id=elsewhere.id, now=now)


async def test_an_item_travels_to_another_site(site: Site, desk: Principal, now: datetime) -> None:
    there = await factories.site(name="Comptoir de Lausanne")
    other_desk = await factories.principal(Role.RECEPTION, there.id)
    item = await factories.item(site_id=site.id)
    with pytest.raises(ItemNotFound):
        await queries.item(other_desk, item.code)

    await actions.send_item(desk, item.code, SendItem(there.id), now=now)
    view = await queries.item(other_desk, item.code)
    assert view.status is ItemStatus.IN_TRANSIT
    assert view.destination_site is not None
    assert view.destination_site.id == there.id

    await actions.receive_item(other_desk, item.code, site_id=there.id, now=now)
    view = await queries.item(other_desk, item.code)
    assert (view.status, view.destination_site) == (ItemStatus.AVAILABLE, None)
    assert (view.home_site.id, view.present_site.id) == (site.id, there.id)
    assert await actions_of(item) == ["item.sent", "item.received"]


async def test_an_item_that_stays_gets_a_new_home(
    site: Site, desk: Principal, now: datetime
) -> None:
    there = await factories.site()
    item = await factories.item(site_id=site.id, status="to_check")
    await actions.send_item(desk, item.code, SendItem(there.id, stays=True), now=now)
    await actions.receive_item(desk, item.code, site_id=site.id, now=now)
    view = await queries.item(desk, item.code)
    assert (view.status, view.home_site.id) == (ItemStatus.TO_CHECK, there.id)


async def test_an_item_damaged_on_the_way_arrives_set_aside(
    site: Site, desk: Principal, now: datetime
) -> None:
    there = await factories.site()
    item = await factories.item(site_id=site.id)
    await actions.send_item(desk, item.code, SendItem(there.id), now=now)
    await problems.report_problem(desk, item.code, ReportProblem(ProblemKind.DAMAGED), now=now)
    await actions.receive_item(desk, item.code, site_id=site.id, now=now)
    assert await status_of(item) == ItemStatus.TO_CHECK


async def test_a_problem_reported_while_one_waits_for_the_item_is_seen(
    site: Site, desk: Principal, now: datetime
) -> None:
    item = await factories.item(site_id=site.id, status=ItemStatus.IN_TRANSIT)

    async def report(until_waited_for: Any) -> None:
        async with db.transaction():
            row = await steps.lock_item(desk, item.code)
            await until_waited_for()
            problem = ReportProblem(kind=ProblemKind.DAMAGED)
            await problems.record_problem(desk, row, problem, now=now)

    await overtaken(report, actions.receive_item(desk, item.code, site_id=site.id, now=now))

    assert await status_of(item) is ItemStatus.TO_CHECK


async def test_an_item_lost_on_the_way_has_no_destination(
    site: Site, desk: Principal, now: datetime
) -> None:
    there = await factories.site()
    item = await factories.item(site_id=site.id)
    await actions.send_item(desk, item.code, SendItem(there.id), now=now)
    await actions.mark_lost(desk, item.code, now=now)
    view = await queries.item(desk, item.code)
    assert (view.status, view.destination_site) == (ItemStatus.LOST, None)


async def test_an_item_is_not_sent_to_where_it_is_nor_to_nowhere(
    site: Site, desk: Principal, now: datetime
) -> None:
    item = await factories.item(site_id=site.id)
    with pytest.raises(SameSite):
        await actions.send_item(desk, item.code, SendItem(site.id), now=now)
    with pytest.raises(SiteNotFound):
        await actions.send_item(desk, item.code, SendItem(new_id()), now=now)


async def test_higher_floors_hear_of_a_new_status(
    site: Site, desk: Principal, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[ItemStatusChanged] = []

    async def hear(event: ItemStatusChanged) -> None:
        heard.append(event)

    monkeypatch.setattr(events, "_handlers", defaultdict(list))
    events.subscribe(ItemStatusChanged, hear)
    item = await factories.item(site_id=site.id, status="to_check")
    await problems.report_problem(desk, item.code, ReportProblem(ProblemKind.DAMAGED), now=now)
    await actions.check_item(desk, item.code, now=now)
    assert heard == [
        ItemStatusChanged(item.id, ItemStatus.TO_CHECK, ItemStatus.AVAILABLE, site.id, desk, now)
    ]
