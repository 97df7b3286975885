"""The form of a site: what was typed into it, and the command that this makes."""

from __future__ import annotations

import re
from typing import Any

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.web.forms import FormData, id_or_none
from comptoir.sites.schemas import SaveSite, SiteView

_SEVERAL = ("offers", "audiences", "languages")
_TICKED = ("published", "shows_stock")
_OTHERS = ("workstations", "latitude", "longitude")
_POSITION = re.compile(r"(-?\d{1,3}(?:\.\d+)?)[\s,;]+(-?\d{1,3}(?:\.\d+)?)")
#: Where the form has one input for several fields of the command.
INPUTS = {"latitude|longitude": "position"}


def blank() -> dict[str, Any]:
    """The form of a new site."""
    several = dict.fromkeys(_SEVERAL, ())
    empty = dict.fromkeys((*SaveSite.__struct_fields__, "version", "position"), "")
    return {**empty, **several, **dict.fromkeys(_TICKED, False)}


def known(site: SiteView) -> dict[str, Any]:
    """The form of a site as it is."""
    values = {name: getattr(site, name) for name in SaveSite.__struct_fields__}
    position = "" if site.latitude is None else f"{site.latitude}, {site.longitude}"
    return values | {
        "organisation": site.organisation.id,
        "version": site.version,
        "position": position,
    }


def typed(form: FormData) -> dict[str, Any]:
    """The form as somebody sent it."""
    names = (*SaveSite.__struct_fields__, "version", "position")
    texts = {name: form.text(name) for name in names}
    several = {name: tuple(form.texts(name)) for name in _SEVERAL}
    return {**texts, **several, **{name: form.checked(name) for name in _TICKED}}


def command_of(form: FormData) -> SaveSite:
    """The command that a form asks for.

    Raises:
        Invalid: no organisation was chosen, or what should be a number is none.
    """
    values = {
        name: value
        for name, value in typed(form).items()
        if name in SaveSite.__struct_fields__ and name not in _OTHERS
    }
    organisation = id_or_none(form.text("organisation"))
    errors = []
    if organisation is None:
        message = _("Choose the organisation.")
        errors.append(FieldError("organisation", "sites.organisation-missing", message))
    workstations = form.whole("workstations")
    if form.text("workstations") and workstations is None:
        message = _("Enter a whole number.")
        errors.append(FieldError("workstations", "sites.workstations-out-of-range", message))
    position = _POSITION.fullmatch(form.text("position"))
    if form.text("position") and position is None:
        message = _("Enter latitude and longitude in degrees. Example: 46.8025, 7.1512.")
        errors.append(FieldError("position", "sites.position-unreadable", message))
    if errors:
        raise Invalid(errors)
    latitude, longitude = (float(each) for each in position.groups()) if position else (None, None)
    return SaveSite(
        **values
        | {
            "organisation": organisation,
            "workstations": workstations,
            "latitude": latitude,
            "longitude": longitude,
        }
    )
