"""QR codes (ISO/IEC 18004)."""

from __future__ import annotations

from functools import lru_cache

from comptoir.core.printing.symbols import Symbol, run_path

QUIET_ZONE = 4

# The standard tries eight masks and keeps the best, which takes six times as
# long as the rest. Over our addresses the first scored best on average.
_MASK = 0


def qr_symbol(text: str) -> Symbol:
    """A QR code of ``text`` that still reads with a quarter of it worn away.

    Capitals, digits and ``$%*+-./:`` alone take the compact alphanumeric mode.
    """
    # As late as this, for drawing libraries come along.
    import qrcode
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.util import QRData

    data = QRData(text)
    code = qrcode.QRCode(
        version=_version(data.mode, len(data)),
        error_correction=ERROR_CORRECT_Q,
        border=0,
        mask_pattern=_MASK,
    )
    code.add_data(data)
    code.make(fit=False)
    size = len(code.modules) + 2 * QUIET_ZONE
    return Symbol(run_path(code.modules, QUIET_ZONE, QUIET_ZONE), size, size, QUIET_ZONE)


@lru_cache
def _version(mode: int, length: int) -> int:
    """The smallest size that holds so many characters: finding it takes a while."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_Q
    from qrcode.util import QRData

    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q)
    code.add_data(QRData(b"0" * length, mode, check_data=False))
    return int(code.best_fit())
