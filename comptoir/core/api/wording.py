"""What msgspec says of a value that does not fit, in the reader's language.

Names of types (``object``, ``str``) stay as they are: they are the API's own.
"""

from __future__ import annotations

import re

from comptoir.core.i18n import gettext as _

_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_BOUND = re.compile(r"Expected `[^`]+` (of length )?(>=|<=|>|<) (\S+)")


def in_words(message: str) -> str:
    """A sentence for one of msgspec's messages."""
    if found := _TYPE.match(message):
        return _("Expected %(wanted)s, got %(got)s.", wanted=found[1], got=found[2])
    if found := _BOUND.match(message):
        bound = f"{found[2]} {found[3]}"
        if found[1]:
            return _("Its length must be %(bound)s.", bound=bound)
        return _("It must be %(bound)s.", bound=bound)
    if message.startswith("Invalid UUID"):
        return _("This is no id: an id is a UUID.")
    if message.startswith("Invalid enum value"):
        return _("This is none of the values that are possible here.")
    if message.startswith(("Invalid RFC3339", "Invalid date", "Invalid time")) or (
        "timezone" in message
    ):
        return _("This is no date, or no moment with its offset from UTC, as RFC 3339 writes it.")
    return _("This value does not fit here.")
