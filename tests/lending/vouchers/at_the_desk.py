"""What is in the drawer of a desk of tests, and whether a page shows it."""

from __future__ import annotations

import re

CODE = "KQ7-4455-XYZW"
ICCID = "89410000000000000013"


def shown(text: str, code: str = CODE) -> bool:
    """Whether a code stands in a page, in groups or whole."""
    return code in re.sub(r"</?span>", "", text)
