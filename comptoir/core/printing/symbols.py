"""A code drawn as black modules: one SVG path, quiet zone included."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_DARK = re.compile(rb"\x01+")


class Symbol(msgspec.Struct, frozen=True):
    """A QR code or a bar code, measured in modules; ``quiet`` is the zone on each side.

    ``path`` is SVG path data. As it is a single path, a renderer leaves no
    hair lines between neighbouring modules.
    """

    path: str
    width: int
    height: int
    quiet: int

    @property
    def svg(self) -> str:
        """The symbol as an SVG image; whoever places it gives the size."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}">'
            f'<path d="{self.path}"/></svg>'
        )

    def for_template(self) -> dict[str, str | int]:
        """As ``label.typ`` takes it."""
        return {"svg": self.svg, "width": self.width, "quiet": self.quiet}


def run_path(rows: Sequence[Sequence[bool]], left: int, top: int) -> str:
    """Path data of the dark runs of each row, moved right and down by the quiet zone."""
    return "".join(
        f"M{left + run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows, top)
        for run in _DARK.finditer(bytes(row))
    )
