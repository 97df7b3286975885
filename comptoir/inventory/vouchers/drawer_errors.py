"""What is refused of parcels, of counts, and of codes that are scanned for either."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from comptoir.core.errors import FieldError, Invalid, NotFound, Refused, TooManyRequests
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.inventory.vouchers.errors import LINES_NAMED


class VoucherTransferNotFound(NotFound):
    """There is no such transfer, or it is of sites that the actor does not know of."""

    code = "inventory.voucher-transfer-not-found"

    def message(self) -> str:
        return _("No such parcel is on its way to one of your sites. Look at the list.")


class VoucherTransferOver(Refused):
    """All of a transfer has arrived, or was given up."""

    code = "inventory.voucher-transfer-over"

    def message(self) -> str:
        return _("Nothing of this parcel is on its way any more. There is nothing to do.")


class VoucherTransferBegun(Refused):
    """A part of a transfer has arrived: it cannot be called back any more."""

    code = "inventory.voucher-transfer-begun"

    def message(self) -> str:
        return _(
            "A part of this parcel has arrived already, so it cannot be called back. "
            "Ask the other site to send it back."
        )


class TooFewVouchers(Invalid):
    """Not as many are free to be sent; ``free`` are."""

    code = "inventory.too-few-vouchers"

    def __init__(self, free: int) -> None:
        text = _("Write a number from 1 to %(free)s: so many can be sent.", free=max(free, 1))
        if free == 0:
            text = _("None of this batch is free here. Choose another batch or another site.")
        super().__init__([FieldError("quantity", self.code, text)])
        self.free = free


class CodesUnknown(Invalid):
    """Codes were scanned that are not of those that are expected; ``lines`` says which."""

    code = "inventory.voucher-codes-unknown"

    def __init__(self, lines: Sequence[int]) -> None:
        text = _(
            "Line %(lines)s: this is none of the vouchers that are expected here. Put it aside.",
            lines=", ".join(str(line) for line in lines[:LINES_NAMED]),
        )
        super().__init__([FieldError("codes", self.code, text)])
        self.lines = tuple(lines)


class TooManyUnknown(TooManyRequests):
    """Many codes were sent that are none of those expected: which, is not said."""

    code = "inventory.voucher-codes-guessed"

    def message(self) -> str:
        return ngettext(
            "Too many codes were sent in a short time that are not known here. Nothing was "
            "changed. Wait %(num)s minute, then send only vouchers that are expected here.",
            "Too many codes were sent in a short time that are not known here. Nothing was "
            "changed. Wait %(num)s minutes, then send only vouchers that are expected here.",
            ceil(self.retry_after / 60),
        )

    def details(self) -> dict[str, object]:
        return {"retry_after": self.retry_after}


class CodesWithUserNames(Invalid):
    """Codes were scanned that are passwords: without their user names nothing is found."""

    code = "inventory.voucher-codes-with-user-names"

    def __init__(self) -> None:
        text = _(
            "The codes of this kind are passwords that go with a user name, so they cannot be "
            "scanned. Count them instead. In a parcel, say that all has arrived, then make void "
            "each one that is missing."
        )
        super().__init__([FieldError("codes", self.code, text)])


class CountedTwice(Invalid):
    """A drawer was counted by a number and by codes, or by neither."""

    code = "inventory.voucher-counted-twice"

    def __init__(self) -> None:
        text = _("Write how many there are, or scan them, and not both.")
        super().__init__([FieldError("counted", self.code, text)])


class DifferenceUnexplained(Invalid):
    """Another number than expected, and nothing is said of why."""

    code = "inventory.difference-unexplained"

    def __init__(self) -> None:
        text = _(
            "This is another number than there should be. "
            "Write in a few words what you know of it, such as “one card is broken”."
        )
        super().__init__([FieldError("explanation", self.code, text)])
