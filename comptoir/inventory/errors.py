"""What inventory refuses: stable codes, and sentences that say what to do."""

from __future__ import annotations

from babel.support import LazyProxy

from comptoir.core.api.about import explain_code
from comptoir.core.errors import Forbidden, NotFound, PreconditionFailed, Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.inventory.rules import ItemAction, StatusRefusal
from comptoir.inventory.statuses import ItemStatus


class ItemNotFound(NotFound):
    """No item has the code, or it is at a site that the actor does not know of."""

    code = "inventory.item-not-found"

    def message(self) -> str:
        return _(
            "No item with this code is known at your sites. Check the eight letters on its label."
        )


class ModelNotFound(NotFound):
    """There is no such model."""

    code = "inventory.model-not-found"

    def message(self) -> str:
        return _("This model does not exist. Choose one from the list.")


class ProblemNotFound(NotFound):
    """No such problem was reported of this item."""

    code = "inventory.problem-not-found"

    def message(self) -> str:
        return _("No such problem was reported of this item. Look at the item again.")


class CategoryNotFound(NotFound):
    """There is no such category."""

    code = "inventory.category-not-found"

    def message(self) -> str:
        return _("This category does not exist. Choose one from the list.")


class AccessoryNotFound(NotFound):
    """The accessory does not belong to the model."""

    code = "inventory.accessory-not-found"

    def message(self) -> str:
        return _("This accessory does not belong to this model. Load the page again.")


class NotYourSite(Forbidden):
    """The actor does not work at the site."""

    code = "inventory.not-your-site"

    def message(self) -> str:
        return _("You do not work at this site. Choose one of yours.")


class CoordinatorNeeded(Forbidden):
    """Only coordinators say what there is to lend."""

    code = "inventory.coordinator-needed"

    def message(self) -> str:
        return _("Only a coordinator of the site may do this. Ask one.")


class Changed(PreconditionFailed):
    """Somebody else changed it since it was read."""

    code = "inventory.changed"

    def message(self) -> str:
        return _(
            "Somebody else has changed this in the meantime, so nothing was saved. "
            "Look at it again, then make your change."
        )


class ItemActionRefused(Refused):
    """The item's status does not allow this; ``code`` names the status."""

    def __init__(self, refusal: StatusRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.code = refusal.code  # type: ignore[misc]  # one code per status

    def message(self) -> str:
        return str(_BY_STATUS[self.refusal.status])

    def details(self) -> dict[str, object]:
        return {"action": self.refusal.action, "status": self.refusal.status}


_BY_STATUS: dict[ItemStatus, LazyProxy] = {
    ItemStatus.AVAILABLE: _l("This item is available already. There is nothing to do."),
    ItemStatus.ON_LOAN: _l("This item is on loan. Take it back at the desk first."),
    ItemStatus.IN_TRANSIT: _l(
        "This item is on its way to another site. When it is here, say that it has arrived."
    ),
    ItemStatus.TO_CHECK: _l("This item is set aside. Check it first: is all there, does it work?"),
    ItemStatus.IN_REPAIR: _l("This item is in repair. When it is here, say that it is back."),
    ItemStatus.LOST: _l("This item is marked as lost. If it is here, say that it was found."),
    ItemStatus.STOLEN: _l("This item is marked as stolen. If it is here, say that it was found."),
    ItemStatus.RETIRED: _l("This item is retired. A coordinator can bring it back into use first."),
}


def explain_codes() -> None:
    """Tell the reference of the API what each code means."""
    for status, text in _BY_STATUS.items():
        explain_code(StatusRefusal(ItemAction.CHECK, status).code, text)


class SameSite(Refused):
    """Something is sent to where it is already."""

    code = "inventory.same-site"

    def message(self) -> str:
        return _("It is at this site already. Choose another one.")
