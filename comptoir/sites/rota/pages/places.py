"""The site and the days that a page of the rota is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Request

from comptoir.core.principal import Principal
from comptoir.core.web.forms import FormData, read_day
from comptoir.sites.rota.validation import FURTHEST

Page = Request[Principal, Any, Any]


def week_of(day: date | None, today: date) -> date:
    """The Monday of the week that a date is in; without one, of this week.

    What is over, or further ahead than the rota plans, is moved to where it begins or ends.
    """
    day = min(max(day or today, today), today + FURTHEST)
    return day - timedelta(days=day.weekday())


def rota_address(site_id: UUID, day: date) -> str:
    """The week of a day at a site."""
    return f"/rota?site={site_id}&day={day}"


def back_to(data: FormData) -> str:
    """The week that a form was sent from: its ``site`` and ``day``."""
    site_id, day = data.identifier("site"), read_day(data.text("day"))
    return rota_address(site_id, day) if site_id and day else "/rota"
