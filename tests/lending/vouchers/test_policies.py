"""Who may be given which voucher: set on the pages and by the API; what goes with a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.tables import VoucherBundle
from comptoir.lending.policies.errors import CoordinatorNeeded, SettingsChanged
from comptoir.lending.vouchers.policies import (
    SaveVoucherPolicy,
    own_voucher_policy,
    remove_voucher_policy,
    save_voucher_policy,
)
from comptoir.lending.vouchers.tables import VoucherPolicy
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.lending.counter import actions


def policy(of: Any, **values: Any) -> SaveVoucherPolicy:
    return SaveVoucherPolicy(
        **{
            "kind": of.id,
            "group": None,
            "limit_person": 1,
            "limit_household": None,
            "period_days": 30,
            **values,
        }
    )


@pytest.fixture
async def coordinator(database: Any) -> AsyncIterator[AsyncClient]:
    """The pages, as a coordinator sees them."""
    site = await make.site()
    user = await make.user(role=Role.COORDINATOR, site_id=site.id)
    async with client_of() as client:
        await sign_in(client, user, site_id=site.id)
        yield client


async def test_a_policy_is_made_changed_and_removed(database: Any, now: datetime) -> None:
    actor = await make.principal(Role.COORDINATOR)
    kind, group = await make.voucher_kind(), await make.group()
    for_group = policy(kind, group=group.id, limit_person=2)
    await save_voucher_policy(actor, policy(kind), now=now)
    await save_voucher_policy(actor, for_group, now=now)
    await save_voucher_policy(
        actor, policy(kind, limit_person=None, period_days=7), version=1, now=now
    )
    own = await own_voucher_policy(kind.id, None)
    assert own
    assert (own.limit_person, own.period_days, own.version) == (None, 7, 2)
    of_group = await own_voucher_policy(kind.id, group.id)
    assert of_group
    assert of_group.limit_person == 2
    await remove_voucher_policy(actor, own.id, version=2, now=now)
    assert await VoucherPolicy.count() == 1
    assert await actions() == [
        *("voucher_policy.created", "voucher_policy.created"),
        *("voucher_policy.edited", "voucher_policy.removed"),
    ]


async def test_who_read_another_version_changes_nothing(database: Any, now: datetime) -> None:
    actor = await make.principal(Role.COORDINATOR)
    kind = await make.voucher_kind()
    policy_id = await save_voucher_policy(actor, policy(kind), now=now)
    for version in (0, 2):
        with pytest.raises(SettingsChanged):
            await save_voucher_policy(actor, policy(kind), version=version, now=now)
    with pytest.raises(SettingsChanged):
        await remove_voucher_policy(actor, policy_id, version=2, now=now)
    with pytest.raises(VoucherKindNotFound):
        await save_voucher_policy(actor, policy(kind, kind=new_id()), now=now)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"limit_person": 0}, "limit_person"),
        ({"limit_household": 101}, "limit_household"),
        ({"period_days": 0}, "period_days"),
        ({"period_days": 367}, "period_days"),
        ({"limit_person": 3, "limit_household": 2}, "limit_household"),
    ],
)
async def test_numbers_that_make_no_sense_are_refused(
    database: Any, now: datetime, values: dict[str, int], field: str
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    with pytest.raises(Invalid) as invalid:
        await save_voucher_policy(actor, policy(await make.voucher_kind(), **values), now=now)
    assert [error.field for error in invalid.value.errors] == [field]


async def test_reception_sets_no_policy(database: Any, now: datetime) -> None:
    actor = await make.principal(Role.RECEPTION)
    with pytest.raises(CoordinatorNeeded):
        await save_voucher_policy(actor, policy(await make.voucher_kind()), now=now)


async def test_a_policy_is_set_by_its_form(coordinator: AsyncClient) -> None:
    kind = await make.voucher_kind()
    address = f"/settings/voucher-policies/{kind.id}/any"
    wrong = await coordinator.post(address, data={"period_days": "", "limit_person": "many"})
    assert wrong.status_code == 422
    right = {"period_days": "30", "limit_person": "1", "limit_household": "2"}
    assert (await coordinator.post(address, data=right)).status_code == 303
    page = await coordinator.get("/settings/voucher-policies")
    assert "1 per person in 30 days · 2 per household in 30 days" in page.text
    assert 'value="30"' in (await coordinator.get(address)).text
    await coordinator.post(f"{address}/remove", data={"version": "1"})
    assert await VoucherPolicy.count() == 0


async def test_each_kind_says_its_rules_in_a_line(coordinator: AsyncClient) -> None:
    kind, group = await make.voucher_kind(), await make.group()
    page = (await coordinator.get("/settings/voucher-policies")).text
    assert "given to nobody" in summary_in(page)
    await make.voucher_policy(kind, borrower_group=group.id, limit_person=10, period_days=30)
    page = (await coordinator.get("/settings/voucher-policies")).text
    assert "1 group with a rule of its own" in summary_in(page)
    assert "nobody" not in summary_in(page)
    await make.voucher_policy(kind, limit_person=1, period_days=30)
    page = (await coordinator.get("/settings/voucher-policies")).text
    said = "1 per person in 30 days · 1 group with a rule of its own"
    assert said in summary_in(page)
    assert "10 per person" not in summary_in(page)


def summary_in(page: str) -> str:
    """What stands of the only kind before one opens it."""
    return page[page.index("kind-rules") : page.index("</summary>", page.index("kind-rules"))]


async def test_what_goes_with_a_model_is_ticked_on_its_page(coordinator: AsyncClient) -> None:
    model = await make.model()
    sim, wifi = await make.voucher_kind(), await make.voucher_kind(names=make.names("Wi-Fi"))
    address = f"/settings/models/{model.id}"
    for chosen in ([sim.id, wifi.id], [wifi.id], [wifi.id]):
        sent = {"kinds": [str(kind) for kind in chosen]}
        assert (await coordinator.post(f"{address}/vouchers", data=sent)).status_code == 303
        rows = await VoucherBundle.select(VoucherBundle.kind)
        assert {row["kind"] for row in rows} == set(chosen)
    page = await coordinator.get(address)
    assert f'value="{wifi.id}" checked' in page.text.replace(' id="kinds"', "")
    assert await AuditEvent.count().where(AuditEvent.action == "model.vouchers_set") == 2
