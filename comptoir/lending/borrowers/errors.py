"""What is refused about borrowers, beside what the lending rules say."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.errors import Forbidden, NotFound, PreconditionFailed, Refused
from comptoir.core.i18n import gettext as _


class BorrowerChanged(PreconditionFailed):
    """Somebody else changed the borrower since they were read."""

    code = "lending.borrower-changed"

    def message(self) -> str:
        return _(
            "Somebody else has changed this person in the meantime, so nothing was saved. "
            "Look at it again, then make your change."
        )


class BorrowerRegisteredBefore(Refused):
    """A form that has registered somebody came again, with something else in it."""

    code = "lending.borrower-registered-before"

    def __init__(self, borrower_id: UUID) -> None:
        super().__init__(self.code)
        self.borrower_id = borrower_id

    def message(self) -> str:
        return _(
            "This form has registered somebody before. If it is the same person, correct them. "
            "If it is somebody else, open the form anew."
        )


class CardChanged(PreconditionFailed):
    """The borrower got another card since the page was read."""

    code = "lending.card-changed"

    def message(self) -> str:
        return _(
            "This person has just been given another card. Look at their page again before "
            "you replace it."
        )


class SameBorrower(Refused):
    """Somebody was to live with themselves."""

    code = "lending.same-borrower"

    def message(self) -> str:
        return _("This is the same person. Choose somebody else they live with.")


class SuspensionForbidden(Forbidden):
    """Only a coordinator of one of the borrower's sites suspends, or lifts it."""

    code = "lending.suspension-forbidden"

    def message(self) -> str:
        return _("Only a coordinator may suspend somebody or end it. Ask one.")


class CardMissing(Refused):
    """There is no card to print."""

    code = "lending.card-missing"

    def message(self) -> str:
        return _("This person has no card yet. Give them one on their page, then print it.")


class FormatUnknown(NotFound):
    """Cards are not printed in such a format."""

    code = "lending.format-unknown"

    def message(self) -> str:
        return _("Cards are not printed in this format. Choose one from the list.")
