"""What the desk says when lending is refused: one or two sentences per code.

They are read by a receptionist with a person in front of them: what is the
matter, then what to do now.
"""

from __future__ import annotations

from datetime import date

from babel.support import LazyProxy

from comptoir.core.api.about import explain_code
from comptoir.core.errors import (
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    Refused,
)
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.web.formats import format_day
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers import sentences


class LendingRefused(Refused):
    """A lending rule said no; ``refusal`` holds the rule's code and data."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.code))
        self.refusal = refusal
        self.code = str(refusal.code)  # type: ignore[misc]  # the rule's code, not one of the class

    def message(self) -> str:
        return sentence(self.refusal)

    def details(self) -> dict[str, object]:
        return dict(self.refusal.data)


class LoanNotFound(NotFound):
    """No such loan, or one of a site the actor may not know of."""

    code = "lending.loan-not-found"

    def message(self) -> str:
        return _("There is no such loan. Search for the item or for the borrower.")


class LoanCoordinatorNeeded(Forbidden):
    """Only a coordinator of the site that lent opens a closed loan again."""

    code = "lending.coordinator-needed"

    def message(self) -> str:
        return _("Only a coordinator of the site that lent can do this. Ask one of them.")


class MovesNotFound(NotFound):
    """No such announcement, or one that moved nothing at the actor's sites."""

    code = "lending.moves-not-found"

    def message(self) -> str:
        return _("No due date was moved by this announcement at your sites.")


class LoanChanged(PreconditionFailed):
    """The loan was renewed or closed since it was read."""

    code = "lending.loan-changed"

    def message(self) -> str:
        return _(
            "This loan has changed in the meantime, so it was not renewed. "
            "Look at it again, then decide."
        )


class BorrowerNotFound(NotFound):
    """No such borrower, or one whom the actor may not know of."""

    code = "lending.borrower-not-found"

    def message(self) -> str:
        return _("There is no such borrower at your sites. Search again, or scan their card.")


class VisitNotFound(NotFound):
    """No such visit, or it is over, or at a site the actor may not know of."""

    code = "lending.visit-not-found"

    def message(self) -> str:
        return _("This visit is over. Scan the card again, or find the person by name.")


class VoucherIssueNotFound(NotFound):
    """No such voucher was given, or one of a site that the actor may not know of."""

    code = "lending.voucher-issue-not-found"

    def message(self) -> str:
        return _("No such voucher was given at your sites. Look at the page of the person.")


class NoSiteChosen(Refused):
    """The person may work at several sites and has not said at which one now."""

    code = "lending.no-site-chosen"

    def message(self) -> str:
        return _("Choose the site you work at now. Then the desk opens.")


class ScanUnclear(Refused):
    """A scan came with the mark of another one: a page was kept, or sent by hand."""

    code = "lending.scan-unclear"

    def message(self) -> str:
        return _("This scan was mixed up with an earlier one, so nothing was done. Scan again.")


class CheckOutRefused(LendingRefused):
    """The item is not lent (``rules.check_out_due``)."""


class CheckInRefused(LendingRefused):
    """The item is not taken back: it is not on loan."""


class UndoRefused(LendingRefused):
    """The last step is not undone: too long ago, overtaken, or one thing too many for a limit."""


class ReturnSiteRefused(LendingRefused):
    """Nothing can be brought back to the site that was chosen (``rules.refuse_return_site``)."""


class RenewalRefused(LendingRefused):
    """The loan is not renewed (``rules.renewal_due``)."""


class IssueRefused(LendingRefused):
    """The voucher is not given (``vouchers.rules``)."""


class ReasonTooLong(Invalid):
    """More is said of why a limit of vouchers is passed than is kept."""

    code = "lending.voucher-reason-too-long"

    def __init__(self, most: int) -> None:
        text = _("Write at most %(most)s characters.", most=most)
        super().__init__([FieldError("reason", self.code, text)])


class ReservationRefused(LendingRefused):
    """The voucher is not set aside (``vouchers.rules``)."""


class VoucherReservationNotFound(NotFound):
    """The voucher is set aside for nobody, or lies at a site that the actor may not know of."""

    code = "lending.voucher-reservation-not-found"

    def message(self) -> str:
        return _("This voucher is set aside for nobody any more. Load the page again.")


class VoucherReturnRefused(LendingRefused):
    """The voucher is not taken back (``vouchers.rules.refuse_taking_back``)."""


class ScanRefused(LendingRefused):
    """The scan has no meaning here (``scans.scan_meaning``)."""


class SignatureRefused(Refused):
    """What came as a signature is not one (``signatures.read_drawing``)."""

    code = "lending.signature-unreadable"

    def message(self) -> str:
        return _("The signature could not be read. Sign again, or type the name.")


class SignedNameRefused(Refused):
    """What was typed in the place of a signature is no name (``signatures.read_typed``)."""

    code = "lending.signed-name-unusable"

    def message(self) -> str:
        return _(
            "This cannot be kept as a name. Type the name with its letters, "
            "without signs such as < or emoji."
        )


def sentence(refusal: Refusal) -> str:
    """A refusal in the reader's language, with what to do next."""
    text = _SENTENCES[refusal.code]
    if refusal.code in _WITHOUT_DATA and not refusal.data:
        text = _WITHOUT_DATA[refusal.code]
    return str(text) % {name: _shown(value) for name, value in refusal.data.items()}


def reason_of(code: object) -> str:
    """What a refusal said first, without its data; empty where it cannot be told without."""
    try:
        known = RefusalCode(str(code))
    except ValueError:
        return ""  # of a version before this one
    first = str(_WITHOUT_DATA.get(known, _SENTENCES[known])).partition(". ")[0]
    return "" if "%(" in first else first.rstrip(".")


def explain_codes() -> None:
    """Tell the reference of the API what each code means."""
    for code, text in (_SENTENCES | _WITHOUT_DATA).items():
        explain_code(code, text)


def _shown(value: object) -> str:
    return format_day(value, "long") if isinstance(value, date) else str(value)


_SENTENCES: dict[RefusalCode, LazyProxy] = {
    RefusalCode.ITEM_RETIRED: _l(
        "This item is retired and is not lent any more. Put it aside and take another one."
    ),
    RefusalCode.ITEM_LOST: _l(
        "This item is marked as lost. If it is here, scan it at the desk: "
        "it is then marked as found, and must be checked before it is lent."
    ),
    RefusalCode.ITEM_STOLEN: _l(
        "This item is marked as stolen. If it is here, scan it at the desk: "
        "it is then marked as found. Tell a coordinator."
    ),
    RefusalCode.ITEM_IN_REPAIR: _l(
        "This item is in repair. Take another one. "
        "If the repair is done, say so on the page of the item."
    ),
    RefusalCode.ITEM_TO_CHECK: _l(
        "This item must be checked before it is lent again. Take another one, "
        "or check it now. If it is complete and works, say so, then scan it again."
    ),
    RefusalCode.ITEM_IN_TRANSIT: _l(
        "This item is on its way between two sites. It left %(from)s for %(to)s. "
        "If it has arrived here, say so, then scan it again."
    ),
    RefusalCode.ITEM_ALREADY_THEIRS: _l(
        "This person already has this item. To take it back, scan it at the desk. "
        "If they want to keep it longer, renew the loan."
    ),
    RefusalCode.ITEM_ON_LOAN: _l(
        "This item is on loan to somebody else. If it is here in your hand, "
        "scan it at the desk to take it back, then scan it again to lend it."
    ),
    RefusalCode.ITEM_DAMAGED: _l(
        "Damage was reported on this item. Take another one. "
        "If it is mended, say so on the page of the item."
    ),
    RefusalCode.ITEM_INCOMPLETE: _l(
        "Something that belongs to this item is missing. Take another one. "
        "If it is complete again, say so on the page of the item."
    ),
    RefusalCode.ITEM_NOT_ON_LOAN: _l(
        "This item is not on loan, so there is nothing to take back. Put it on the shelf."
    ),
    RefusalCode.UNDO_TOO_LATE: _l(
        "This can no longer be undone. Scan the item again to lend it or to take it back."
    ),
    RefusalCode.UNDO_OVERTAKEN: _l(
        "Something has happened since, so this cannot be undone. "
        "The page of the item says what. Then decide what to do."
    ),
    RefusalCode.NO_POLICY: _l(
        "Items of this kind are not lent to this person’s group. "
        "Offer something else, or ask a coordinator."
    ),
    RefusalCode.VISIT_NOT_OPEN: _l(
        "This visit is over, or it is not this person’s visit here. "
        "Scan their card again, then the item."
    ),
    RefusalCode.RETURN_SITE_UNKNOWN: _l(
        "There is no such site to bring it back to. Choose another site for the return."
    ),
    RefusalCode.RETURN_SITE_FOR_USE_HERE: _l(
        "This item is for use here and does not leave the site. "
        "Choose this site for the return, then scan the item again."
    ),
    RefusalCode.RETURN_SITE_NOT_ALLOWED: _l(
        "Items of this kind must be brought back to the site that lends them. "
        "Choose this site for the return, then scan the item again."
    ),
    RefusalCode.RETURN_SITE_NOT_PUBLIC: _l(
        "The site chosen for the return is not open to the public. "
        "Choose another site, then scan the item again."
    ),
    RefusalCode.BORROWER_SUSPENDED: _l(
        "This person may not borrow until %(suspended_until)s. "
        "They can still bring things back. A coordinator can end the suspension."
    ),
    RefusalCode.BORROWER_INELIGIBLE: _l(
        "This person could borrow until %(eligible_until)s. "
        "If they still may, change this date on their page, then scan the item again."
    ),
    RefusalCode.PERSON_LIMIT_REACHED: _l(
        "This person has as many items of this kind as one person may have (%(limit)s). "
        "Take one back first, or ask a coordinator."
    ),
    RefusalCode.HOUSEHOLD_LIMIT_REACHED: _l(
        "This household has as many items of this kind as one household may have (%(limit)s). "
        "Take one back first, or ask a coordinator."
    ),
    RefusalCode.LOAN_RETURNED: _l(
        "This item has been brought back already, so there is nothing to renew. "
        "To lend it again, scan the card and the item."
    ),
    RefusalCode.RENEWALS_USED: _l(
        "This loan cannot be renewed any more. "
        "Ask the person to bring the item back by the due date."
    ),
    RefusalCode.DUE_DATE_MOVED: _l(
        "The due date of this item has moved meanwhile, so it was not renewed. "
        "Look at the new date, then renew if it is still needed."
    ),
    RefusalCode.SITE_NEVER_OPEN: _l(
        "This site has no opening hours, so nothing could be brought back there. "
        "Ask a coordinator to enter the hours, then scan again."
    ),
    RefusalCode.SITE_CLOSED_FOR_LONG: _l(
        "What is announced for this site leaves no open day on which it could be brought back. "
        "Ask a coordinator to look at the closures, then scan again."
    ),
    RefusalCode.SITE_CLOSED_TODAY: _l(
        "This item is for use here while the site is open, "
        "and the site is not open any later today. Offer it for the next open day."
    ),
    RefusalCode.ELIGIBILITY_ENDING: _l(
        "This person may borrow until %(eligible_until)s, and that leaves no later opening time "
        "to bring the item back. If they may borrow for longer, change this date on their page."
    ),
    RefusalCode.CODE_UNKNOWN: _l(
        "Nothing has the code %(code)s. Check that the label is one of ours and scan it again, "
        "or look for the person or the item by name."
    ),
    RefusalCode.CODE_MISREAD: _l(
        "One letter of this code is wrong. Did you mean %(suggestion)s? "
        "Compare it with the label, then type it or scan again."
    ),
    RefusalCode.CODE_FOREIGN: _l(
        "This is not one of our codes. Scan the label on an item, or the card of a borrower."
    ),
    RefusalCode.CODE_TOO_LONG: _l(
        "This text is too long to be one of our codes. Scan the label again, only once."
    ),
    RefusalCode.CARD_REPLACED: _l(
        "This card was replaced and is no longer valid. Ask for the new card, "
        "or find the person by name. Do not give the old card back."
    ),
    RefusalCode.SCAN_REPEATED: _l(
        "This label was just scanned. The second scan changed nothing. "
        "To do something else with it, wait a moment and scan it again."
    ),
} | sentences.SENTENCES

#: What to say where the data that a sentence names is not known.
_WITHOUT_DATA: dict[RefusalCode, LazyProxy] = {
    RefusalCode.ITEM_IN_TRANSIT: _l(
        "This item is on its way between two sites. If it has arrived here, "
        "say so, then scan it again."
    ),
    RefusalCode.BORROWER_SUSPENDED: _l(
        "This person may not borrow for now. "
        "They can still bring things back. A coordinator can end the suspension."
    ),
    RefusalCode.BORROWER_INELIGIBLE: _l(
        "This person may not borrow any more. "
        "If they still may, change their last day on their page, then scan the item again."
    ),
    RefusalCode.PERSON_LIMIT_REACHED: _l(
        "This person has as many items of this kind as one person may have. "
        "Take one back first, or ask a coordinator."
    ),
    RefusalCode.HOUSEHOLD_LIMIT_REACHED: _l(
        "This household has as many items of this kind as one household may have. "
        "Take one back first, or ask a coordinator."
    ),
    RefusalCode.CODE_MISREAD: _l(
        "A letter of this code is wrong. Scan the label again, or type its eight letters with care."
    ),
} | sentences.WITHOUT_DATA
