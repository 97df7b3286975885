"""A name that two people give at the same moment is one's: the other is told that it is taken."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.inventory.schemas import SaveCategory
from comptoir.inventory.services.catalogue import create_category, edit_category
from comptoir.inventory.vouchers.kinds import add_kind, change_kind
from comptoir.inventory.vouchers.schemas import SaveKind
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.lending.policies.groups import create_group, edit_group
from comptoir.lending.policies.schemas import SaveGroup
from comptoir.sites.schemas import SaveOrganisation, SaveSite
from comptoir.sites.services import (
    create_organisation,
    create_site,
    edit_organisation,
    edit_site,
)
from tests import factories as make

#: A person takes these for one name, and no index does.
NAMES = ("Nouveau", "nouveau", "NOUVEAU", "Nouveaù")


async def commands(kind: str) -> tuple[Any, Any, list[Any]]:
    """How a kind of thing is made and renamed, and what would make one of each name."""
    match kind:
        case "category":
            return create_category, edit_category, [SaveCategory({"fr": name}) for name in NAMES]
        case "group":
            return create_group, edit_group, [SaveGroup({"fr": name}) for name in NAMES]
        case "voucher_kind":
            kinds = [SaveKind(medium=Medium.SIM, names={"fr": name}) for name in NAMES]
            return add_kind, change_kind, kinds
        case "organisation":
            organisations = [SaveOrganisation(name, "Fribourg") for name in NAMES]
            return create_organisation, edit_organisation, organisations
    owner = (await make.organisation()).id
    return create_site, edit_site, [SaveSite(owner, name, "Fribourg") for name in NAMES]


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Invalid), outcome
    return outcome.errors[0].code.partition(".")[2]


@pytest.mark.parametrize("kind", ["category", "group", "voucher_kind", "organisation", "site"])
async def test_one_of_those_who_give_a_name_at_once_has_it(
    database: Any, now: datetime, kind: str
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    create, _, orders = await commands(kind)
    made = await asyncio.gather(
        *(create(actor, order, now=now) for order in orders), return_exceptions=True
    )
    refused = [each for each in made if not isinstance(each, UUID)]
    assert [code_of(each) for each in refused] == ["name-taken"] * (len(NAMES) - 1)


@pytest.mark.parametrize("kind", ["category", "group", "voucher_kind", "organisation", "site"])
async def test_one_of_those_who_rename_to_a_name_at_once_has_it(
    database: Any, now: datetime, kind: str
) -> None:
    actor = await make.principal(Role.COORDINATOR)
    create, edit, orders = await commands(kind)
    field = "names" if kind in ("category", "group", "voucher_kind") else "name"
    before = [f"Avant {number}" for number in range(len(NAMES))]
    ids = [
        await create(actor, _named(order, field, name), now=now)
        for order, name in zip(orders, before, strict=True)
    ]
    done = await asyncio.gather(
        *(
            edit(actor, each, order, version=1, now=now)
            for each, order in zip(ids, orders, strict=True)
        ),
        return_exceptions=True,
    )
    refused = [each for each in done if each is not None]
    assert [code_of(each) for each in refused] == ["name-taken"] * (len(NAMES) - 1)


def _named(order: Any, field: str, name: str) -> Any:
    return msgspec.structs.replace(order, **{field: {"fr": name} if field == "names" else name})
