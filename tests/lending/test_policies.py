"""Policies and groups: what applies to whom, and who may change it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.errors import CategoryNotFound
from comptoir.lending.due_dates import DueMode
from comptoir.lending.policies import groups
from comptoir.lending.policies.errors import (
    CoordinatorNeeded,
    GroupInUse,
    GroupNotFound,
    PolicyNotFound,
    SettingsChanged,
)
from comptoir.lending.policies.queries import own_policy, policy_matrix
from comptoir.lending.policies.schemas import SaveGroup, SavePolicy
from comptoir.lending.policies.services import remove_policy, save_policy
from comptoir.lending.policies.words import in_words
from comptoir.lending.rules import Signature
from comptoir.lending.tables import BorrowerGroup, Policy
from tests import factories

database = pytest.mark.usefixtures("database")

NAMES = {"fr": "Familles", "de": "Familien", "it": "Famiglie", "en": "Families"}


@database
async def test_the_matrix_shows_what_applies_in_three_statements(now: datetime) -> None:
    laptops, phones = await factories.category("Laptop"), await factories.category("Phone")
    group = await factories.group("Families")
    await factories.policy(category_id=laptops.id)
    await factories.policy(category_id=laptops.id, borrower_group=group.id, length=28)
    with db.count_statements() as sent:
        matrix = await policy_matrix()
    assert len(sent) == 3
    rows = {row.category: row for row in matrix.rows}
    anybody, families = rows[laptops.id].cells
    assert anybody.policy is not None
    assert families.policy is not None
    assert families.fallback is not None
    assert (anybody.policy.length, families.policy.length, families.fallback.length) == (14, 28, 14)
    assert [cell.policy for cell in rows[phones.id].cells] == [None, None]


@database
async def test_a_policy_is_changed_only_as_it_was_seen(now: datetime) -> None:
    category = await factories.category()
    command = SavePolicy(category=category.id)
    policy_id = await save_policy(SYSTEM, command, now=now)
    with pytest.raises(SettingsChanged):
        await save_policy(SYSTEM, command, now=now)
    longer = SavePolicy(category=category.id, length=28)
    await save_policy(SYSTEM, longer, version=1, now=now)
    with pytest.raises(SettingsChanged):
        await save_policy(SYSTEM, longer, version=1, now=now)
    [(_, entry), *_] = await audit.timeline(policy_id)
    assert (entry.action, entry.changes) == ("policy.edited", {"length": [14, 28]})


@database
async def test_two_who_make_the_same_policy_at_once_make_one(now: datetime) -> None:
    category = await factories.category()
    results = await asyncio.gather(
        *(save_policy(SYSTEM, SavePolicy(category=category.id), now=now) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, SettingsChanged) for each in results) == 3
    assert await Policy.count() == 1


@database
async def test_a_removed_policy_falls_back(now: datetime) -> None:
    category, group = await factories.category(), await factories.group()
    await factories.policy(category_id=category.id, length=7)
    await factories.policy(category_id=category.id, borrower_group=group.id, length=28)
    with pytest.raises(SettingsChanged):
        await remove_policy(SYSTEM, category.id, group.id, version=9, now=now)
    await remove_policy(SYSTEM, category.id, group.id, version=1, now=now)
    with pytest.raises(PolicyNotFound):
        await remove_policy(SYSTEM, category.id, group.id, version=1, now=now)
    assert await own_policy(category.id, group.id) is None
    left = await own_policy(category.id, None)
    assert left is not None
    assert left.length == 7


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"length": 0}, "length"),
        ({"length": 5_000}, "length"),
        ({"mode": DueMode.ON_SITE, "length": 25}, "length"),
        ({"renewals": -1}, "renewals"),
        ({"renewals": 1_000}, "renewals"),
        ({"renewal_length": -1}, "renewal_length"),
        ({"limit_person": 0}, "limit_person"),
        ({"limit_household": 1_000}, "limit_household"),
        ({"limit_person": 2, "limit_household": 1}, "limit_household"),
    ],
)
@database
async def test_a_wrong_number_is_refused_at_its_field(
    now: datetime, values: dict[str, Any], field: str
) -> None:
    category = await factories.category()
    with pytest.raises(Invalid) as refused:
        await save_policy(SYSTEM, SavePolicy(category=category.id, **values), now=now)
    assert [error.field for error in refused.value.errors] == [field]


@database
async def test_a_policy_speaks_of_what_there_is(now: datetime) -> None:
    with pytest.raises(CategoryNotFound):
        await save_policy(SYSTEM, SavePolicy(category=new_id()), now=now)
    category = await factories.category()
    with pytest.raises(GroupNotFound):
        await save_policy(SYSTEM, SavePolicy(category=category.id, group=new_id()), now=now)
    assert await own_policy(category.id, None) is None


@database
async def test_reception_changes_neither_policies_nor_groups(now: datetime) -> None:
    actor = await factories.principal(Role.RECEPTION, (await factories.site()).id)
    category, group = await factories.category(), await factories.group()
    for attempt in (
        save_policy(actor, SavePolicy(category=category.id), now=now),
        remove_policy(actor, category.id, None, version=1, now=now),
        groups.create_group(actor, SaveGroup(NAMES), now=now),
        groups.edit_group(actor, group.id, SaveGroup(NAMES), version=1, now=now),
        groups.make_default(actor, group.id, now=now),
        groups.remove_group(actor, group.id, now=now),
    ):
        with pytest.raises(CoordinatorNeeded):
            await attempt


@database
async def test_the_first_group_is_the_default_until_another_is_chosen(now: datetime) -> None:
    first = await groups.create_group(SYSTEM, SaveGroup({"fr": "Tous"}), now=now)
    second = await groups.create_group(SYSTEM, SaveGroup(NAMES), now=now)
    assert [(g.id, g.is_default) for g in await groups.groups()] == [(first, True), (second, False)]
    await groups.make_default(SYSTEM, second, now=now)
    assert [g.is_default for g in await groups.groups()] == [False, True]


@database
async def test_a_group_is_renamed_only_as_it_was_seen(now: datetime) -> None:
    group = await groups.create_group(SYSTEM, SaveGroup({"fr": "Tous"}), now=now)
    await groups.edit_group(SYSTEM, group, SaveGroup(NAMES), version=1, now=now)
    assert (await groups.read_group(group)).names == NAMES
    with pytest.raises(SettingsChanged):
        await groups.edit_group(SYSTEM, group, SaveGroup({"fr": "X"}), version=1, now=now)


@pytest.mark.parametrize("names", [{}, {"fr": " "}, {"fr": "x" * 5_000}, {"es": "Familias"}])
@database
async def test_a_group_needs_a_name(now: datetime, names: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await groups.create_group(SYSTEM, SaveGroup(names), now=now)


@database
async def test_a_group_in_use_is_not_removed(now: datetime) -> None:
    default = await factories.group(is_default=True)
    used, empty = await factories.group(), await factories.group()
    await factories.borrower(borrower_group=used.id)
    category = await factories.category()
    await factories.policy(category_id=category.id, borrower_group=empty.id)
    for group in (default, used):
        with pytest.raises(GroupInUse):
            await groups.remove_group(SYSTEM, group.id, now=now)
    await groups.remove_group(SYSTEM, empty.id, now=now)
    assert await BorrowerGroup.count() == 2
    assert await Policy.count() == 0


@pytest.mark.parametrize(
    ("values", "phrases"),
    [
        (
            {"renewals": 2, "limit_person": 1, "signature": Signature.SCREEN},
            [
                "14 days, then the next open day",
                "renew up to 2 times for 14 days",
                "at most 1 per person",
                "sign on screen",
            ],
        ),
        (
            {"mode": DueMode.ON_SITE, "length": 0},
            ["on site until closing time", "no renewal", "no signature"],
        ),
        (
            {"mode": DueMode.ON_SITE, "length": 2, "renewals": 1, "renewal_length": 1},
            ["2 hours on site", "renew once for 1 hour", "no signature"],
        ),
        (
            {"mode": DueMode.SAME_WEEKDAY, "length": 15, "limit_household": 2},
            [
                "3 weeks, on the same weekday",
                "no renewal",
                "at most 2 per household",
                "no signature",
            ],
        ),
        ({"mode": DueMode.OPEN_DAYS, "length": 1}, ["1 open day", "no renewal", "no signature"]),
        ({"mode": DueMode.CALENDAR_DAYS}, ["14 days", "no renewal", "no signature"]),
    ],
)
def test_a_policy_reads_as_plain_words(values: dict[str, Any], phrases: list[str]) -> None:
    with use_language("en"):
        assert in_words(SavePolicy(category=new_id(), **values)) == phrases
