"""Run Typst, as a script in a process of its own.

It takes the folder that templates may read from and a template's path, reads the data
as JSON from standard input and writes the PDF to standard output. It imports nothing of
the package, so that it starts quickly and from anywhere.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2]
FONTS = Path(__file__).parent / "fonts"


class TypesettingFailed(Exception):
    """Typst refused. Its own words may quote the data; these are only the places."""


def typeset(root: Path, template: Path, data: str) -> bytes:
    """Set a template with its data, a JSON text, as PDF/UA-1.

    Raises:
        TypesettingFailed: with the places in the templates.
    """
    import typst  # here, as whoever starts the script wants its path alone

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    if not fonts.fonts():
        # Typst would leave all text out and say nothing.
        raise TypesettingFailed("the fonts are missing")
    compiler = typst.Compiler(template, root=root, font_paths=fonts)
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
        document = typeset(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin.buffer.read().decode())
    except TypesettingFailed as failure:
        sys.exit(str(failure))
    sys.stdout.buffer.write(document)
