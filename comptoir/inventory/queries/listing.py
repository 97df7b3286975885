"""The item list: any mix of filters, newest first, quick among 100,000 items.

The ids of a page come from one or several branches. Each branch is an equality
that has an index ending in ``id``, so that it gives its ids in order and stops
at the limit; all other conditions are checked on the way. The condition that
fewest items meet is made the branches: the rare words of a search, a status,
the models (chosen, of the category, or named by a word), the sites (chosen, or
the actor's). How many meet it is counted up to ``_FEW``; where all have
more, many will do, and the ids are walked in order, those of the sites if these
are few.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory import terms
from comptoir.inventory.permissions import SITE_COLUMNS
from comptoir.inventory.queries.rows import read_rows
from comptoir.inventory.schemas import ItemFilter, ItemPage, ItemRow, ModelSummary
from comptoir.inventory.statuses import Condition, ItemStatus
from comptoir.sites.queries import need_in_sight

#: Items on a page.
PAGE = 50
#: Beyond so many, a list says "more than".
COUNTED = 1000
#: A word that more items have is looked up while walking, not before.
_RARE = 500
#: Where no condition has fewer items, none is worth a start.
_FEW = 1000
_MOST_BRANCHES = 24
#: Few enough that the desks wait for none of it.
_EXPORTED_AT_ONCE = 250
#: Shorter words are not looked up from the back of a number: too many fit.
_SHORTEST_BACKWARDS = 3
#: After every text that begins like the word before it.
_END = "\U0010ffff"


class _Word(msgspec.Struct, frozen=True):
    """A word of a search: the models it names, and the items that have it if these are few."""

    text: str
    models: list[UUID]
    items: list[UUID] | None


class _Plan(msgspec.Struct):
    """Conditions for ``WHERE``, by what they are about, and their values.

    ``starts`` are those that can be made branches, which together say the same.
    ``driver`` is the one chosen. ``counted``: up to how many items are counted.
    """

    conditions: dict[str, str] = {}
    values: dict[str, Any] = {}
    starts: dict[str, list[str]] = {}
    driver: str = ""
    counted: int = 0

    @property
    def branches(self) -> list[str]:
        """The branches; each is also true for an item only if the condition is."""
        return self.starts.get(self.driver) or ["1 = 1"]

    def others(self) -> list[str]:
        """The conditions beside the driver's."""
        return [sql for about, sql in self.conditions.items() if about != self.driver]


async def list_items(
    actor: Principal,
    wanted: ItemFilter,
    models: Sequence[ModelSummary],
    *,
    newer: UUID | None = None,
    older: UUID | None = None,
) -> ItemPage:
    """A page of the items that the actor may know of.

    ``models`` are all models. ``older`` gives the page after that item,
    ``newer`` the one before it; the first page if neither is given.

    Raises:
        SiteNotFound: the actor does not work at the site that is wanted.
    """
    plan = await _plan(actor, wanted, models)
    if newer is not None:
        found = await _ids(plan, newer=newer, limit=PAGE + 1)
        if len(found) > PAGE:
            page = found[:PAGE][::-1]
            return await _page(plan, page, newer=page[0], older=page[-1])
        older = None  # it reaches the top: show all of the first page
    found = await _ids(plan, older=older, limit=PAGE + 1)
    page = found[:PAGE]
    return await _page(
        plan,
        page,
        newer=older and (page[0] if page else older),
        older=page[-1] if len(found) > PAGE else None,
    )


async def items_after(
    actor: Principal,
    wanted: ItemFilter,
    models: Sequence[ModelSummary],
    *,
    older: UUID | None,
    limit: int,
) -> list[ItemRow]:
    """Up to ``limit`` items that come after one, newest first, without counting any.

    Raises:
        SiteNotFound: as for ``list_items``.
    """
    plan = await _plan(actor, wanted, models)
    return await read_rows(await _ids(plan, older=older, limit=limit))


async def every_item(
    actor: Principal, wanted: ItemFilter, models: Sequence[ModelSummary]
) -> AsyncIterator[list[ItemRow]]:
    """All items of a list, newest first, many at a time: for an export.

    Raises:
        SiteNotFound: as for ``list_items``, before anything is read.
    """
    return _pieces(await _plan(actor, wanted, models))


async def _pieces(plan: _Plan) -> AsyncIterator[list[ItemRow]]:
    last: UUID | None = None
    while ids := await _ids(plan, older=last, limit=_EXPORTED_AT_ONCE):
        yield await read_rows(ids)
        last = ids[-1]


async def _page(
    plan: _Plan, ids: list[UUID], *, newer: UUID | None, older: UUID | None
) -> ItemPage:
    if newer is older is None:
        total = len(ids)
    elif plan.counted > PAGE:
        total = await _count(plan)
    else:
        total = PAGE + 1
    return ItemPage(
        rows=tuple(await read_rows(ids)),
        newer=newer,
        older=older,
        total=min(total, plan.counted),
        uncounted=total > plan.counted,
    )


async def _ids(
    plan: _Plan, *, limit: int, newer: UUID | None = None, older: UUID | None = None
) -> list[UUID]:
    """The ids of a plan from a cursor on, nearest first."""
    order = "ASC" if newer else "DESC"
    conditions = plan.others()
    values = dict(plan.values)
    if newer or older:
        conditions.append(f"item.id {'>' if newer else '<'} :cursor")
        values["cursor"] = newer or older
    found = _union(plan.branches, conditions, limit, f"ORDER BY item.id {order}")
    rows = await db.fetch(f"SELECT id FROM {found} ORDER BY id {order} LIMIT {limit}", **values)
    return [row["id"] for row in rows]


async def _count(plan: _Plan) -> int:
    """How many items a plan finds; one more than ``plan.counted`` stands for any number."""
    found = _union(plan.branches, plan.others(), plan.counted + 1)
    [row] = await db.fetch(f"SELECT COUNT(*) AS number FROM {found}", **plan.values)
    number: int = row["number"]
    return number


def _union(branches: Sequence[str], conditions: Sequence[str], limit: int, order: str = "") -> str:
    # The limit is written out: PostgreSQL plans for a tenth of the table if it is a value.
    # SQLite knows nothing of how many rows meet a condition. A plus sign keeps it from
    # using the index of any but the branch's own.
    item = db.choose(sqlite="+item.", postgres="item.")
    conditions = [each.replace("item.", item) for each in conditions]
    parts = [
        f"SELECT * FROM (SELECT item.id FROM inventory_item item "
        f"WHERE {' AND '.join([branch, *conditions])} {order} LIMIT {limit}) part_{number}"
        for number, branch in enumerate(branches)
    ]
    return f"({' UNION '.join(parts)}) found"


async def _plan(actor: Principal, wanted: ItemFilter, models: Sequence[ModelSummary]) -> _Plan:
    await need_in_sight(actor, wanted.site)
    plan = _Plan(counted=COUNTED)
    words = await _look_up(terms.words(wanted.text), models)
    if wanted.text.strip() and not words:  # "%": a text without letters or digits is in no item
        plan.conditions["text"] = "1 = 0"
        plan.starts["text"] = ["1 = 0"]
    for number, word in enumerate(words):
        _add_word(plan, number, word)
    _add_sites(plan, actor, wanted)
    _add_models(plan, wanted, models)
    if wanted.status is not None:
        plan.values["status"] = wanted.status
        plan.conditions["status"] = "item.status = :status"
        plan.starts["status"] = ["item.status = :status"]
    elif not words:
        plan.values["status"] = ItemStatus.RETIRED
        plan.conditions["status"] = "item.status <> :status"
    if wanted.condition is not None:
        plan.values["condition"] = wanted.condition
        plan.conditions["condition"] = "item.condition = :condition"
        if wanted.condition is Condition.POOR:  # the one with an index, as few are
            plan.starts["condition"] = ["item.condition = 'poor'"]
    await _choose_driver(plan)
    return plan


async def _choose_driver(plan: _Plan) -> None:
    """Start from the condition that fewest items meet, if few do."""
    plan.starts = {
        about: branches
        for about, branches in plan.starts.items()
        if len(branches) <= _MOST_BRANCHES
    }
    plan.driver = "sites" if "sites" in plan.starts else ""
    if not plan.starts.keys() - {"sites"}:
        return
    counts = [
        f"SELECT {place} AS place, (SELECT COUNT(*) FROM {_union(branches, [], _FEW)}) AS number"
        for place, branches in enumerate(plan.starts.values())
    ]
    rows = await db.fetch(" UNION ALL ".join(counts), **plan.values)
    rarest = min(rows, key=lambda row: row["number"])
    if rarest["number"] < _FEW:
        plan.driver = list(plan.starts)[rarest["place"]]


def _add_sites(plan: _Plan, actor: Principal, wanted: ItemFilter) -> None:
    if wanted.site is not None:
        sites = [wanted.site]
    elif actor.all_sites:
        return
    else:
        sites = sorted(actor.site_ids)
    plan.values["sites"] = sites
    either = " OR ".join(f"item.{column} IN :sites" for column in SITE_COLUMNS)
    plan.conditions["sites"] = f"({either})"
    plan.starts["sites"] = _equalities(plan, "site", SITE_COLUMNS, sites)


def _add_models(plan: _Plan, wanted: ItemFilter, models: Sequence[ModelSummary]) -> None:
    if wanted.model is None and wanted.category is None:
        return
    chosen = [
        model.id
        for model in models
        if wanted.model in (None, model.id) and wanted.category in (None, model.category)
    ]
    plan.values["models"] = chosen
    plan.conditions["models"] = "item.model IN :models"
    plan.starts["models"] = _equalities(plan, "model", ["model"], chosen)


def _equalities(plan: _Plan, name: str, columns: Sequence[str], ids: Sequence[UUID]) -> list[str]:
    """One branch per column and id; without ids, one that finds nothing."""
    branches = []
    for number, value in enumerate(ids):
        plan.values[f"{name}_is_{number}"] = value
        branches += [f"item.{column} = :{name}_is_{number}" for column in columns]
    return branches or ["1 = 0"]


async def _look_up(words: Sequence[str], models: Sequence[ModelSummary]) -> list[_Word]:
    if not words:
        return []
    parts: list[str] = []
    values: dict[str, str] = {}
    for number, word in enumerate(words):
        values |= _range_values(number, word)
        parts.append(
            f"SELECT * FROM (SELECT DISTINCT item, {number} AS word FROM inventory_item_term term "
            f"WHERE {_range(number, word)} LIMIT {_RARE + 1}) part_{number}"
        )
    rows = await db.fetch(" UNION ALL ".join(parts), **values)
    found = []
    for number, word in enumerate(words):
        ids = [row["item"] for row in rows if row["word"] == number]
        named = [model.id for model in models if word in terms.fold(model.full_name)]
        found.append(_Word(word, named, ids if len(ids) <= _RARE else None))
    return found


def _range(number: int, word: str) -> str:
    """The condition on ``term`` that one of its terms begins with a word."""
    column = db.choose(sqlite="term.term", postgres='term.term COLLATE "C"')
    forwards = f"({column} >= :word_{number} AND {column} < :word_{number}_end)"
    if len(word) < _SHORTEST_BACKWARDS:
        return forwards
    return f"({forwards} OR ({column} >= :back_{number} AND {column} < :back_{number}_end))"


def _range_values(number: int, word: str) -> dict[str, str]:
    values = {f"word_{number}": word, f"word_{number}_end": word + _END}
    if len(word) >= _SHORTEST_BACKWARDS:
        back = terms.backwards(word)
        values |= {f"back_{number}": back, f"back_{number}_end": back + _END}
    return values


def _add_word(plan: _Plan, number: int, word: _Word) -> None:
    about = f"word_{number}"
    branches = _equalities(plan, about, ["model"], word.models) if word.models else []
    either = []
    if word.models:
        plan.values[f"named_{number}"] = word.models
        either.append(f"item.model IN :named_{number}")
    if word.items is None:
        plan.counted = PAGE
        plan.values.update(_range_values(number, word.text))
        either.append(
            "EXISTS (SELECT 1 FROM inventory_item_term term "
            f"WHERE term.item = item.id AND {_range(number, word.text)})"
        )
    else:
        plan.values[f"items_{number}"] = word.items
        either.append(f"item.id IN :items_{number}")
        plan.starts[about] = [f"item.id IN :items_{number}", *branches]
    plan.conditions[about] = f"({' OR '.join(either)})"
