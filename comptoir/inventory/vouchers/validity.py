"""Until when a voucher is good, or set aside. Pure; moments are aware.

Days are the operator's, but for those on which something is set aside: these are its site's.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, time_zone: str) -> datetime:
    """The midnight at which a day ends for the operator."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))


def expires_at(
    activated_at: datetime, validity_days: int | None, time_zone: str
) -> datetime | None:
    """The midnight at which an activated voucher ends; None if it does not by itself.

    The day of the activation is not counted: with 30 days, one of 1 March is good on
    31 March. Operators who count otherwise end it earlier; a voucher called expired while it
    still works would be worse.
    """
    if validity_days is None:
        return None
    day = activated_at.astimezone(ZoneInfo(time_zone)).date()
    return end_of_day(day + timedelta(days=validity_days), time_zone)


def last_day(ends_at: datetime | None, time_zone: str) -> datetime | None:
    """The last moment at which a voucher is good, on the operator's clock."""
    if ends_at is None:
        return None
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone))


def aside_until(reserved_until: datetime, time_zone: str) -> date:
    """The last day on which a voucher is set aside, at its site."""
    return (reserved_until - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone)).date()


def today_at(now: datetime, time_zone: str) -> date:
    """The day it is for the operator: what was to be activated before it has expired."""
    return now.astimezone(ZoneInfo(time_zone)).date()
