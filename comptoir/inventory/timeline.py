"""How what happens to items, models and categories reads in a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from babel.support import LazyProxy

from comptoir.core.audit.sentences import Line, Story, describe, lines, name_field
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.i18n import localized
from comptoir.core.web.formats import format_day
from comptoir.inventory.pages.wording import CONDITIONS
from comptoir.inventory.queries import catalogue
from comptoir.inventory.vouchers.actions import OPERATOR
from comptoir.inventory.vouchers.wording import VOID_REASONS
from comptoir.sites.schemas import SiteName

_PLAIN: dict[str, LazyProxy] = {
    "item.created": _l("Brought in."),
    "item.edited": _l("Details corrected."),
    "item.set_aside": _l("Set aside to be checked."),
    "item.checked": _l("Checked: all complete."),
    "item.sent_to_repair": _l("Sent to repair."),
    "item.returned_from_repair": _l("Back from repair."),
    "item.lost": _l("Marked as lost."),
    "item.stolen": _l("Marked as stolen."),
    "item.found": _l("Found again."),
    "item.retired": _l("Retired."),
    "item.restored": _l("Brought back into use."),
    "category.created": _l("Category added."),
    "category.edited": _l("Category changed."),
    "category.moved": _l("Category moved."),
    "model.created": _l("Model added."),
    "model.edited": _l("Model changed."),
    "voucher.kind_added": _l("Kind of voucher added."),
    "voucher.kind_changed": _l("Kind of voucher changed."),
    "voucher.taken_in": _l("Batch taken in."),
    "voucher.added": _l("One more added to the batch."),
    "voucher.entry_undone": _l("The last one was taken out of the batch again."),
    "voucher.batch_changed": _l("What is said of the batch was corrected."),
    "voucher.batch_taken_out": _l("Batch taken out again: it was taken in by mistake."),
    "model.vouchers_set": _l("Other vouchers go with it."),
    "voucher.sent": _l("Sent to another site."),
    "voucher.received": _l("Arrived."),
    "voucher.called_back": _l("Called back before it arrived."),
    "voucher.issued": _l("Given."),
    "voucher.taken_back": _l("Came back unopened."),
    "voucher.taken_back_late": _l("Came back unopened, too late to be given again."),
    "voucher.expired": _l("Expired."),
    "voucher.not_found": _l("Not found when the drawer was counted."),
    "voucher_transfer.sent": _l("Parcel sent."),
    "voucher_transfer.received": _l("Parcel arrived."),
    "voucher_transfer.called_back": _l("Parcel called back."),
    "voucher_transfer.voided": _l("What did not arrive was given up."),
    "voucher_kind.level_set": _l("When the stock is low was changed."),
    "voucher_count.made": _l("Drawer counted."),
    "voucher_key.given_up": _l("A lost key of vouchers was given up."),
    "voucher_key.rotated": _l("The key of vouchers was changed."),
    "voucher.batch_exported": _l("Codes of the batch were written into a file."),
}


async def item_lines(
    item_id: UUID, sites: Iterable[SiteName], *, before: UUID | None, limit: int
) -> list[Line]:
    """What happened to an item, newest first; ``sites`` are all there are.

    ``before`` is the id of the last line seen.
    """
    names = {str(site.id): site.name for site in sites}
    names |= {str(model.id): model.full_name for model in await catalogue.models()}
    return await lines(item_id, names, before=before, limit=limit)


def describe_all() -> None:
    """Give every action of the inventory its sentence, and every field of an item its name."""
    for action, sentence in _PLAIN.items():
        describe(action, sentence)
    describe("item.sent", _sent)
    describe("item.received", _received)
    describe("voucher.activated", _activated)
    describe("voucher.voided", _voided)
    describe("voucher.revealed", _revealed)
    describe("item.problem_reported", problem)
    name_field("item", "model", _l("Model"))
    name_field("item", "serial", _l("Serial number"))
    name_field("item", "imei_1", _l("IMEI"))
    name_field("item", "imei_2", _l("Second IMEI"))
    name_field("item", "condition", _l("Condition"), _condition)
    name_field("item", "home_site", _l("Belongs to"))
    name_field("item", "funder", _l("Paid by"))
    name_field("item", "purchased_on", _l("Bought on"), _day)
    name_field("item", "notes", _l("Notes"))


def _sent(story: Story) -> str:
    return _("Sent to %(site)s.", site=story.name(story.after("destination_site")))


def _received(story: Story) -> str:
    present = story.after("present_site")
    if present is None:  # it never left
        return _("Arrived back.")
    return _("Arrived at %(site)s.", site=story.name(present))


def problem(story: Story) -> str:
    """What is missing or damaged."""
    what = accessory(story)
    if story.after("problem") == "missing":
        return _("Problem reported: %(what)s is missing.", what=what)
    return _("Problem reported: %(what)s is damaged.", what=what)


def _activated(story: Story) -> str:
    if story.after("source") == OPERATOR:
        return _("In use: so said a file of the operator.")
    return _("In use.")


def _voided(story: Story) -> str:
    words = {str(each): label for each, label in VOID_REASONS.items()}
    reason = words.get(str(story.after("reason")))
    return _("Void: %(reason)s.", reason=reason) if reason else _("Void.")


def _revealed(story: Story) -> str:
    if story.after("file"):
        return _("Its code was written into a file.")
    return _("Its code was shown.")


def accessory(story: Story) -> str:
    """What belongs to the item and is spoken of, or the item itself."""
    names = story.after("accessory")
    return localized(names) if isinstance(names, dict) else _("The item")


def _day(value: object) -> str:
    return format_day(date.fromisoformat(str(value)), "medium")


def _condition(value: object) -> str:
    known = {str(condition): label for condition, label in CONDITIONS.items()}
    return str(known.get(str(value), value))
