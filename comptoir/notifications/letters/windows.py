"""Where an address stands on A4 so that it shows in the window of an envelope. Pure.

A folded sheet lies loose in its envelope, pushed into any corner: the address is where each
window shows it all the same, and all else is where none ever shows it. So nobody reads from
outside who writes.

Sources. Switzerland: SN 010130, window at the right (100 x 45 mm; 12 mm from the right, and from
the bottom 21 mm on a C5/6 envelope, 65 mm on a C5). France: NF Z 11-001, window at the right
(100 x 45 mm; 20 mm from the right, and from the bottom 20 mm on a DL envelope, 60 mm on a C5).
"""

from __future__ import annotations

import msgspec

SHEET_WIDTH, SHEET_HEIGHT = 210.0, 297.0


class Box(msgspec.Struct, frozen=True):
    """A rectangle in millimetres, from the top left."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


class Envelope(msgspec.Struct, frozen=True):
    """An envelope in millimetres; the sheet in it is folded into ``parts``.

    ``window`` is on the envelope as it is read.
    """

    name: str
    width: float
    height: float
    window: Box
    parts: int

    @property
    def play(self) -> tuple[float, float]:
        """How far the folded sheet may slip to the right, and down."""
        return self.width - SHEET_WIDTH, self.height - SHEET_HEIGHT / self.parts

    @property
    def always_shown(self) -> Box:
        """What of the sheet shows wherever it has slipped to."""
        right, down = self.play
        window = self.window
        return Box(window.left, window.top, window.width - right, window.height - down)

    @property
    def ever_shown(self) -> Box:
        """What of the sheet may show."""
        right, down = self.play
        window = self.window
        return Box(
            window.left - right, window.top - down, window.width + right, window.height + down
        )


class Position(msgspec.Struct, frozen=True):
    """A place for the address, and the envelopes that it is for."""

    address: Box
    envelopes: tuple[Envelope, ...]


SWISS = Position(
    Box(118, 53, 78, 24),
    (
        Envelope("C5/6", 229, 114, Box(117, 48, 100, 45), parts=3),
        Envelope("C5", 229, 162, Box(117, 52, 100, 45), parts=2),
    ),
)
FRENCH = Position(
    Box(110, 58, 78, 20),
    (
        Envelope("DL", 220, 110, Box(100, 45, 100, 45), parts=3),
        Envelope("C5", 229, 162, Box(109, 57, 100, 45), parts=2),
    ),
)


def position_in(country: str) -> Position:
    """The position that envelopes of a country (ISO 3166) are for; elsewhere, the Swiss one."""
    return FRENCH if country == "FR" else SWISS
