"""What is refused of vouchers: stable codes, and sentences that say what to do."""

from __future__ import annotations

from comptoir.core.errors import NotFound, Refused
from comptoir.core.i18n import gettext as _


class VoucherNotFound(NotFound):
    """There is no such voucher, or it is at a site that the actor does not know of."""

    code = "inventory.voucher-not-found"

    def message(self) -> str:
        return _("No such voucher is known at your sites. Look for it in the list.")


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


class VoucherKeyUnset(Refused):
    """The program was given no key to seal codes with."""

    code = "inventory.voucher-key-unset"

    def message(self) -> str:
        return _(
            "Vouchers cannot be taken in yet: the key that encrypts their codes is not set. "
            "Ask whoever runs the program to set COMPTOIR_VOUCHER_KEYS."
        )
