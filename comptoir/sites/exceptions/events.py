"""Facts about closures, special and other hours that a higher floor may react to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.principal import Principal
from comptoir.sites.calendar import DayException, HoursChange, PlaceChange
from comptoir.sites.exceptions.schemas import ExceptionView


class ExceptionsAnnounced(msgspec.Struct, frozen=True):
    """Days are not as the week says, at one site or several: the id of each one's exception.

    Published with the sites locked and the exceptions written. ``batch`` is what
    they have in common. ``take_shifts_off`` asks the rota to take out the shifts of the days.
    """

    actor: Principal
    batch: UUID
    exception: DayException
    ids: Mapping[UUID, UUID]
    at: datetime
    take_shifts_off: bool = False


class HoursChanged(msgspec.Struct, frozen=True):
    """The week of a site has other hours, which are written. The site is locked.

    ``batch`` is the id of this change.
    """

    actor: Principal
    batch: UUID
    site: UUID
    change: HoursChange
    at: datetime


class PlaceChanged(msgspec.Struct, frozen=True):
    """A site has another time zone or region, which is written. The site is locked.

    ``batch`` is the id of this change.
    """

    actor: Principal
    batch: UUID
    site: UUID
    change: PlaceChange
    at: datetime


class ExceptionWithdrawn(msgspec.Struct, frozen=True):
    """The week and the holidays apply again, from ``at`` on. The site is locked."""

    actor: Principal
    exception: ExceptionView
    at: datetime
