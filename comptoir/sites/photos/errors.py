"""What is refused about photos."""

from __future__ import annotations

from comptoir.core.errors import NotFound
from comptoir.core.i18n import gettext as _


class PhotoNotFound(NotFound):
    """The site has no photo."""

    code = "sites.photo-not-found"

    def message(self) -> str:
        return _("This site has no photo.")
