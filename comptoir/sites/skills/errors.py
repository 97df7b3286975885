"""What may be wrong with competences and skills."""

from __future__ import annotations

from comptoir.core.errors import NotFound
from comptoir.core.i18n import gettext as _


class CompetenceNotFound(NotFound):
    """There is no such competence."""

    code = "sites.competence-not-found"

    def message(self) -> str:
        return _("This competence does not exist any more.")
