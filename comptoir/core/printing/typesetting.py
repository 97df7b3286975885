"""Run Typst, in this process or, as a script, in one of its own.

As a script it takes a template's path, reads the data as JSON from standard
input and writes the PDF to standard output. It imports nothing of the package,
so that it starts quickly and from anywhere.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

# Imported where a document is set: 10 MB that a worker which prints nothing is spared.
if TYPE_CHECKING:
    import typst

PACKAGE = Path(__file__).parents[2]
FONTS = Path(__file__).parent / "fonts"


class TypesettingFailed(Exception):
    """Typst refused. Its own words may quote the data; these are only the places."""


@cache
def bundled_fonts() -> typst.Fonts:
    """The fonts of the package and no others, read once."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    if not fonts.fonts():
        # Typst would leave all text out and say nothing.
        raise TypesettingFailed("the fonts are missing")
    return fonts


def typeset(template: Path, data: str) -> bytes:
    """Set a template with its data, a JSON text, as PDF/UA-1.

    Safe in several threads at once: they share the fonts, not the compiler,
    which can do one thing at a time. A new one costs nothing measurable.

    Raises:
        TypesettingFailed: with the places in the templates.
    """
    import typst

    compiler = typst.Compiler(template, root=PACKAGE, font_paths=bundled_fonts())
    try:
        made = compiler.compile(format="pdf", pdf_standards="ua-1", sys_inputs={"data": data})
    except typst.TypstError as error:
        places = re.findall(r"┌─ (\S+\.typ:\d+:\d+)", error.diagnostic)
        raise TypesettingFailed(f"{template.name}: {', '.join(places)}") from None
    if not isinstance(made, bytes):
        raise TypesettingFailed(f"{template.name}: not one document")
    return made


if __name__ == "__main__":
    try:
        document = typeset(Path(sys.argv[1]), sys.stdin.buffer.read().decode())
    except TypesettingFailed as failure:
        sys.exit(str(failure))
    sys.stdout.buffer.write(document)
