"""Calendars for other programs to subscribe to: iCalendar (RFC 5545), by ``icalendar``.

Moments are written in UTC, so that no time zone has to be described in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

MEDIA_TYPE = "text/calendar"

#: How often a program is asked to come back.
_REFRESH = timedelta(hours=6)


class Event(msgspec.Struct, frozen=True):
    """Something from one aware moment to another. ``uid`` is the same each time it is told."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""


def calendar_file(name: str, events: Iterable[Event], *, now: datetime) -> bytes:
    """A calendar that is called ``name``, with its events as they are ``now``."""
    # Imported where it is used: a worker that nobody asks for a calendar does without.
    import icalendar

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Comptoir//Comptoir//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)  # what programs show; RFC 7986 calls it NAME
    calendar.add("name", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for each in events:
        event = icalendar.Event()
        event.add("uid", each.uid)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", each.starts.astimezone(UTC))
        event.add("dtend", each.ends.astimezone(UTC))
        event.add("summary", each.summary)
        if each.location:
            event.add("location", each.location)
        calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file
