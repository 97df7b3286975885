"""What sites refuses: stable codes, and sentences that say what to do."""

from __future__ import annotations

from comptoir.core.errors import Forbidden, NotFound, PreconditionFailed, Refused
from comptoir.core.i18n import gettext as _


class SiteNotFound(NotFound):
    """There is no such site, or the actor does not know of it."""

    code = "sites.site-not-found"

    def message(self) -> str:
        return _("This site does not exist, or you do not work there.")


class PlaceNotFound(NotFound):
    """There is no such site, or the public does not see it."""

    code = "sites.place-not-found"

    def message(self) -> str:
        return _("There is no such place any more. Look for another in the list of all places.")


class OrganisationNotFound(NotFound):
    """There is no such organisation."""

    code = "sites.organisation-not-found"

    def message(self) -> str:
        return _("This organisation does not exist.")


class SitesForbidden(Forbidden):
    """The actor's role does not allow to change this."""

    code = "sites.forbidden"

    def message(self) -> str:
        return _("Only a coordinator of the site, or an administrator, may change this.")


class SiteChanged(PreconditionFailed):
    """Somebody else changed it since it was read."""

    code = "sites.changed"

    def message(self) -> str:
        return _(
            "Somebody else has changed this in the meantime, so nothing was saved. "
            "Look at it again, then make your change."
        )


class HoursUnknown(Refused):
    """A site has no hours that could be right."""

    code = "sites.hours-unknown"

    def message(self) -> str:
        return _("No opening hours are entered for this site. Enter them first.")


class ExceptionNotFound(NotFound):
    """There is no such exception, or the actor does not work at its site."""

    code = "sites.exception-not-found"

    def message(self) -> str:
        return _("This has already been withdrawn. Nothing is announced for these days any more.")


class PreviewOutdated(PreconditionFailed):
    """What hangs on the days is not what the preview has shown."""

    code = "sites.preview-outdated"

    def message(self) -> str:
        return _(
            "Something has changed since the preview, so nothing was done yet. "
            "Look at it again, then decide."
        )
