"""What a form says is wrong with an item: nothing is guessed from what makes no sense."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import id_or_none
from comptoir.inventory.errors import AccessoryNotFound
from comptoir.inventory.statuses import ProblemKind


def problem_kind(text: str) -> ProblemKind:
    """What a button says.

    Raises:
        Invalid: no button says that.
    """
    try:
        return ProblemKind(text)
    except ValueError:
        message = _("Say whether something is missing or damaged.")
        error = FieldError("kind", "inventory.problem-kind-unknown", message)
        raise Invalid([error]) from None


def accessory_id(text: str) -> UUID | None:
    """The accessory it is about; None, from an empty text, is the item itself.

    Raises:
        AccessoryNotFound: it is no id.
    """
    found = id_or_none(text)
    if text and found is None:
        raise AccessoryNotFound
    return found
