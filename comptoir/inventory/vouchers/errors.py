"""What is refused of vouchers: stable codes, and sentences that say what to do."""

from __future__ import annotations

from enum import StrEnum
from math import ceil

from babel.support import LazyProxy

from comptoir.core.api.about import explain_code
from comptoir.core.errors import FieldError, Forbidden, Invalid, NotFound, Refused, TooManyRequests
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.i18n import ngettext
from comptoir.core.plain_text import clean_line
from comptoir.inventory.vouchers.life import VoucherAction
from comptoir.inventory.vouchers.statuses import VoucherStatus

#: As long as its column.
LONGEST_EXPLANATION = 300
#: Lines that one sentence names; the others come when these are mended.
LINES_NAMED = 10


class VoucherNotFound(NotFound):
    """There is no such voucher, or it is at a site that the actor does not know of."""

    code = "inventory.voucher-not-found"

    def message(self) -> str:
        return _(
            "No such voucher is known at your sites. Open the batch it came with: "
            "each of its vouchers is listed there."
        )


class RevealNotAllowed(Forbidden):
    """Reception sees the code of a voucher while the person it was given to is at their desk."""

    code = "inventory.voucher-reveal-not-allowed"

    def message(self) -> str:
        return _(
            "You see this code while the visit of the person who was given it is open at your "
            "desk. Scan their card first, or ask a coordinator."
        )


class RevealedTooOften(TooManyRequests):
    """Codes were shown too often in a short time."""

    code = "inventory.vouchers-revealed-too-often"

    def message(self) -> str:
        return ngettext(
            "Too many codes were shown in a short time. Wait %(num)s minute, then try again.",
            "Too many codes were shown in a short time. Wait %(num)s minutes, then try again.",
            ceil(self.retry_after / 60),
        )

    def details(self) -> dict[str, object]:
        return {"retry_after": self.retry_after}


class NothingToExport(Refused):
    """No voucher of a batch has a code that the actor may write into a file."""

    code = "inventory.nothing-to-export"

    def message(self) -> str:
        return _("There is no code to export here. Choose another status, or another batch.")


class ExportOver(Refused):
    """A form that made a file of codes was sent again later."""

    code = "inventory.voucher-export-over"

    def message(self) -> str:
        return _(
            "This file was made already. For another one, go back to the batch and begin anew: "
            "it is written down as well."
        )


class ExportUnexplained(Invalid):
    """Codes are to be exported, and nothing is said of what for."""

    code = "inventory.export-unexplained"

    def __init__(self) -> None:
        text = _("Write in a few words what the file is for.")
        super().__init__([FieldError("explanation", self.code, text)])


class CodeInExplanation(Invalid):
    """What a file is for is written down for others to read, and would tell them a code."""

    code = "inventory.code-in-explanation"

    def __init__(self) -> None:
        text = _("This is the code of a voucher. Write what the file is for, without a code.")
        super().__init__([FieldError("explanation", self.code, text)])


class VoucherKindNotFound(NotFound):
    """There is no such kind of voucher."""

    code = "inventory.voucher-kind-not-found"

    def message(self) -> str:
        return _("This kind of voucher does not exist. Choose one from the list.")


class VoucherBatchNotFound(NotFound):
    """There is no such batch, or it is of a site that the actor does not know of."""

    code = "inventory.voucher-batch-not-found"

    def message(self) -> str:
        return _("No such batch is known at your sites. Choose one from the list.")


class FundingReportNotFound(NotFound):
    """There is no report of this funder or year, as far as the actor may know."""

    code = "inventory.funding-report-not-found"

    def message(self) -> str:
        return _("There is no report of this funder for this year. Choose both from the list.")


class ExplanationTooLong(Invalid):
    """More is said of a difference than is kept."""

    code = "inventory.explanation-too-long"

    def __init__(self) -> None:
        text = _("Write at most %(most)s characters.", most=LONGEST_EXPLANATION)
        super().__init__([FieldError("explanation", self.code, text)])


def explanation_of(text: str) -> str:
    """What is said of a difference, or of what a file is for: text that is seen, on one line.

    Raises:
        ExplanationTooLong: it is longer than is kept.
    """
    said = clean_line(text)
    if len(said) > LONGEST_EXPLANATION:
        raise ExplanationTooLong
    return said


class VoucherKeyUnset(Refused):
    """The program was given no key to seal codes with."""

    code = "inventory.voucher-key-unset"

    def message(self) -> str:
        return _(
            "Vouchers cannot be taken in yet: the key that encrypts their codes is not set. "
            "Ask whoever runs the program to set COMPTOIR_VOUCHER_KEYS."
        )


class VoucherActionRefused(Refused):
    """A voucher's status does not allow the step."""

    def __init__(self, action: VoucherAction, status: VoucherStatus) -> None:
        super().__init__(_code(status))
        self.action, self.status = action, status
        self.code = _code(status)  # type: ignore[misc]  # one code for each status

    def message(self) -> str:
        return str(_BY_STATUS[self.status])

    def details(self) -> dict[str, object]:
        return {"action": self.action, "status": self.status}


_BY_STATUS: dict[VoucherStatus, LazyProxy] = {
    VoucherStatus.AVAILABLE: _l("This voucher was not given to anybody. Give it at the desk."),
    VoucherStatus.RESERVED: _l("This voucher is set aside for somebody. Choose another one."),
    VoucherStatus.IN_TRANSIT: _l(
        "This voucher is on its way to another site. When it is here, say that it has arrived."
    ),
    VoucherStatus.ISSUED: _l("This voucher was given to somebody. Choose another one."),
    VoucherStatus.ACTIVATED: _l("This voucher is in use already. There is nothing to do."),
    VoucherStatus.EXPIRED: _l("This voucher has expired. Choose another one."),
    VoucherStatus.VOID: _l("This voucher is void. Choose another one."),
}


def _code(status: VoucherStatus) -> str:
    return f"inventory.voucher-{status.replace('_', '-')}"


def explain_codes() -> None:
    """Tell the reference of the API what each code means."""
    for status, text in _BY_STATUS.items():
        explain_code(_code(status), text)


class ActivationsChanged(Refused):
    """A file would put others into use than the preview said; nothing was done."""

    code = "inventory.activations-changed"

    def message(self) -> str:
        return _(
            "Something has changed since the file was looked at. Nothing was done. "
            "Look at it again, then confirm."
        )


class ActivationsUnknown(Invalid):
    """Too many lines of a file are of nothing that was given out here: which, is not said."""

    code = "inventory.activations-unknown"

    def __init__(self, most: int) -> None:
        text = _(
            "More than %(most)s lines are of nothing that was given out at the sites that you "
            "coordinate, so none is shown. Check the kind, and leave out the cards of others.",
            most=most,
        )
        super().__init__([FieldError("file", self.code, text)])


class VouchersInvalid(Invalid):
    """Vouchers that cannot be taken in; none of them was. Of many errors, the first hundred."""

    code = "inventory.vouchers-invalid"
    #: Of more nobody reads at once.
    MOST = 100

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors[: self.MOST])
        self.wrong = len(errors)

    def message(self) -> str:
        return ngettext(
            "One thing is wrong. Nothing was taken in. Correct it, then try again.",
            "%(num)s things are wrong. Nothing was taken in. Correct them, then try again.",
            self.wrong,
        )

    def details(self) -> dict[str, object]:
        return {"wrong": self.wrong, "listed": len(self.errors)}


class VoucherNotLast(Refused):
    """Only the last voucher of a batch can be taken out of it again, while nothing became of it."""

    code = "inventory.voucher-not-last"

    def message(self) -> str:
        return _(
            "This voucher is not the last one that was added, or something has become of it "
            "since. Load the page again."
        )


class BatchUse(StrEnum):
    """What became of a batch since it was taken in; of several, the first is told."""

    MOVED = "moved"
    GIVEN = "given"
    COUNTED = "counted"
    SHOWN = "shown"


class VoucherBatchUsed(Refused):
    """A batch goes out again only while nothing became of it."""

    code = "inventory.voucher-batch-used"

    def __init__(self, use: BatchUse) -> None:
        super().__init__(self.code)
        self.use = use

    def message(self) -> str:
        return str(_BY_USE[self.use])

    def details(self) -> dict[str, object]:
        return {"use": self.use}


_BY_USE: dict[BatchUse, LazyProxy] = {
    BatchUse.MOVED: _l(
        "Some of this batch were sent to another site, so it stays. Correct what is said of it, "
        "or make single vouchers void."
    ),
    BatchUse.GIVEN: _l(
        "One of this batch was given or set aside, or has ended, so the batch stays. Correct what "
        "is said of it, or make single vouchers void."
    ),
    BatchUse.COUNTED: _l(
        "The drawer was counted with this batch in it, so it stays. Correct what is said of it, "
        "or make single vouchers void."
    ),
    BatchUse.SHOWN: _l(
        "A code of this batch was shown or written into a file, so the batch stays. Correct what "
        "is said of it, or make single vouchers void."
    ),
}
