"""Code 128 bar codes (ISO/IEC 15417), for laser scanners."""

from __future__ import annotations

from comptoir.core.printing.symbols import Symbol, run_path

QUIET_ZONE = 10

#: Millimetres. Three dots of a 300 dpi label printer, so that all bars come out
#: evenly; scanners at arm's length want 0.24 or more.
MODULE = 3 * 25.4 / 300


def code128_symbol(text: str) -> Symbol:
    """A Code 128 of ``text``, one module high: it is stretched where it is placed."""
    import barcode  # as late as this, for drawing libraries come along

    modules = [sign == "1" for sign in barcode.Code128(text).build()[0]]
    width = len(modules) + 2 * QUIET_ZONE
    return Symbol(run_path([modules], QUIET_ZONE, 0), width, 1, QUIET_ZONE)
