"""Commands that change the inventory, and views of what is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.fields import example
from comptoir.inventory.names import Names, full_name
from comptoir.inventory.statuses import Condition, ItemStatus, ProblemKind
from comptoir.sites.schemas import SiteName


class SaveCategory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category as it shall be. At least one name is needed."""

    names: Names
    active: bool = True


class SaveAccessory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that belongs to each item of a model; ``id`` if it is there already."""

    names: Names
    id: UUID | None = None


class SaveModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model as it shall be; without ``short_name``, its name is cut to fit a label."""

    category: UUID
    name: Annotated[str, example("ThinkPad T14")]
    manufacturer: Annotated[str, example("Lenovo")] = ""
    short_name: Annotated[str, example("T14")] = ""
    imei_count: int = 0
    active: bool = True
    accessories: tuple[SaveAccessory, ...] = ()


class ItemBasics(msgspec.Struct, frozen=True, kw_only=True):
    """What several items that come in together have in common."""

    model: UUID
    home_site: UUID
    condition: Condition = Condition.GOOD
    funder: Annotated[str, example("Loterie Romande")] = ""
    purchased_on: date | None = None
    price_cents: int | None = None
    currency: str = "CHF"
    notes: Annotated[str, example("Keyboard with Swiss French keys.")] = ""


class SaveItem(ItemBasics, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item as it shall be. Prices are in hundredths of the currency."""

    serial: Annotated[str, example("PF-3XK2A")] = ""
    imeis: Annotated[tuple[str, ...], example([])] = ()


class Numbers(msgspec.Struct, frozen=True):
    """What tells one item of a model from the next; both may be missing."""

    serial: Annotated[str, example("PF-3XK2B")] = ""
    imeis: Annotated[tuple[str, ...], example([])] = ()


class CreateSeveral(ItemBasics, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several items of one model, each by its numbers."""

    numbers: Annotated[tuple[Numbers, ...], msgspec.Meta(min_length=1, max_length=200)]


class NumberTaken(FieldError, frozen=True):
    """A number that another item has; ``item`` is its code, if the actor may know of it."""

    item: str | None = None


class ReportProblem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something missing or damaged: an accessory, or the item itself."""

    kind: ProblemKind
    accessory: UUID | None = None
    note: Annotated[str, example("The screen flickers.")] = ""


class SendItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send an item to another site; ``stays`` makes that its home from now on."""

    destination: UUID
    stays: bool = False


class CategoryView(msgspec.Struct, frozen=True):
    """A kind of thing, by its names; ``models`` counts those it has."""

    id: UUID
    names: Names
    position: int
    active: bool
    version: int
    models: int = 0


class AccessoryView(msgspec.Struct, frozen=True):
    """What belongs to each item of a model."""

    id: UUID
    names: Names


class ModelSummary(msgspec.Struct, frozen=True):
    """A model as lists and choices name it."""

    id: UUID
    category: UUID
    category_names: Names
    manufacturer: str
    name: str
    short_name: str
    imei_count: int
    active: bool

    @property
    def full_name(self) -> str:
        """Manufacturer and name, as one would say it."""
        return full_name(self.manufacturer, self.name)

    @property
    def choice(self) -> tuple[UUID, str]:
        """The model as an option of a select."""
        return self.id, self.full_name


class ModelView(ModelSummary, frozen=True, kw_only=True):
    """A model with what belongs to its items."""

    accessories: tuple[AccessoryView, ...]
    version: int


class ProblemView(msgspec.Struct, frozen=True):
    """Something missing or damaged that is not mended yet."""

    id: UUID
    kind: ProblemKind
    accessory: UUID | None
    accessory_names: Names
    note: str
    reported_at: datetime


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item as a list or an export shows it. ``model`` is its full name."""

    id: UUID
    code: str
    model: str
    category_names: Names
    serial: str
    imeis: tuple[str, ...]
    condition: Condition
    status: ItemStatus
    home_site: SiteName
    present_site: SiteName
    destination_site: SiteName | None
    funder: str
    purchased_on: date | None
    price_cents: int | None
    currency: str
    notes: str


class ItemFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which items a list shows. What is not given does not matter.

    A site's items are those that belong there, are there, or are on their way
    there. Without a status and a text, retired items are left out. Each word of
    ``text`` must be found (see ``inventory.terms``).
    """

    site: UUID | None = None
    category: UUID | None = None
    model: UUID | None = None
    status: ItemStatus | None = None
    condition: Condition | None = None
    text: str = ""


class ItemPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list, newest item first.

    ``newer`` and ``older`` are the cursors of the pages beside it, None where
    there is none. ``total`` counts the whole list; ``uncounted``: there are more.
    """

    rows: tuple[ItemRow, ...]
    newer: UUID | None
    older: UUID | None
    total: int
    uncounted: bool


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """An item with everything that is kept about it."""

    id: UUID
    code: str
    model: ModelSummary
    serial: str
    imeis: tuple[str, ...]
    condition: Condition
    status: ItemStatus
    home_site: SiteName
    present_site: SiteName
    destination_site: SiteName | None
    accessories: tuple[AccessoryView, ...]
    problems: tuple[ProblemView, ...]
    funder: str
    purchased_on: date | None
    price_cents: int | None
    currency: str
    notes: str
    created_at: datetime
    version: int

    @property
    def sites(self) -> dict[str, UUID | None]:
        """The ids of its sites, as ``permissions.sees_item`` takes them."""
        going = self.destination_site
        return {
            "home_site": self.home_site.id,
            "present_site": self.present_site.id,
            "destination_site": going.id if going else None,
        }
