"""The summary by e-mail: once a week to each who wants it, whatever happens to whom.

The outbox is what remembers: a message has the key of its reader and week, so a run that was
missed on Monday is caught up later in the week, and two runs write nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.i18n import lazy as _l
from comptoir.core.i18n import use_language
from comptoir.core.jobs import Job, Turn
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.reveal_counts import A_DAY, given_often, shown_often
from comptoir.notifications import outbox
from comptoir.notifications.channels import Channel
from comptoir.notifications.digest.counting import weeks_of
from comptoir.notifications.digest.words import alert_text, mail_text
from comptoir.notifications.gateways.configuration import channels_of
from comptoir.notifications.kinds import ALERT, DIGEST
from comptoir.notifications.outbox import Draft

#: On Monday from this hour on, on the clock of the reader's first site.
HOUR = 7

# Whoever is no coordinator any more, or has left, is left out.
_READERS = """
SELECT wish.user_id, wish.email, wish.wanted_at, reader.language,
       site.id AS site, site.short_name, site.time_zone
FROM notifications_digest_wish wish
JOIN core_user reader ON reader.id = wish.user_id AND reader.active
JOIN sites_staff_member member ON member.user_id = reader.id AND member.role IN :roles
JOIN sites_site site ON site.active AND (member.site IS NULL OR member.site = site.id)
ORDER BY wish.user_id, site.name, site.id
"""


_WRITTEN = "SELECT dedupe_key FROM notifications_message WHERE dedupe_key IN :keys"


class _Reader(msgspec.Struct):
    """Somebody who wants it, and their sites."""

    user_id: UUID
    email: str
    language: str
    wanted_at: datetime
    time_zone: str
    sites: dict[UUID, str]


async def mail_digests(
    *, base_url: str, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Write the e-mails of this week that are not written yet; how many."""
    written = 0
    for key, reader in await _unwritten(now=now):
        if stopping():
            break
        with use_language(reader.language):
            weeks = await weeks_of([*reader.sites.items()], now=now)
            text = mail_text(weeks, base_url=base_url)
        draft = Draft(
            site_id=next(iter(reader.sites)),
            kind=DIGEST,
            channel=Channel.EMAIL.value,
            address=reader.email,
            language=reader.language,
            text=text,
            dedupe_key=key,
        )
        written += await outbox.write(draft, now=now) is not None
    return written


async def mail_alerts(
    *, base_url: str, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Write the e-mails about sites where many codes of vouchers were shown, or given; how many.

    To each who wants the summary, once a day for each site of theirs.
    """
    readers = await _readers()
    places = {site for reader in readers for site in reader.sites}
    shown = await shown_often(places, within=A_DAY, now=now)
    given = await given_often(places, now=now)
    written = 0
    for reader in readers:
        day = now.astimezone(ZoneInfo(reader.time_zone)).date()
        for site in reader.sites.keys() & (shown.keys() | given.keys()):
            if stopping():
                return written
            with use_language(reader.language):
                text = alert_text(
                    reader.sites[site],
                    shown=shown.get(site, 0),
                    given=given.get(site, 0),
                    base_url=base_url,
                )
            draft = Draft(
                site_id=site,
                kind=ALERT,
                channel=Channel.EMAIL.value,
                address=reader.email,
                language=reader.language,
                text=text,
                dedupe_key=f"{ALERT}:{reader.user_id}:{site}:{day}",
            )
            written += await outbox.write(draft, now=now) is not None
    return written


async def _unwritten(*, now: datetime) -> list[tuple[str, _Reader]]:
    """Whose e-mail is due and not written yet, each with its key in the outbox."""
    due = {
        f"{DIGEST}:{reader.user_id}:{week}": reader
        for reader in await _readers()
        if (week := _week(reader, now=now)) is not None
    }
    known = await db.fetch(_WRITTEN, keys=[*due]) if due else []
    done = {row["dedupe_key"] for row in known}
    return [(key, reader) for key, reader in due.items() if key not in done]


async def _readers() -> list[_Reader]:
    found: dict[UUID, _Reader] = {}
    rows = await db.fetch(_READERS, roles=[Role.COORDINATOR.value, Role.ADMIN.value])
    for row in rows:
        reader = found.setdefault(
            row["user_id"],
            _Reader(
                row["user_id"],
                row["email"],
                row["language"],
                row["wanted_at"],
                row["time_zone"],
                {},
            ),
        )
        reader.sites[row["site"]] = row["short_name"]
    return [*found.values()]


def _week(reader: _Reader, *, now: datetime) -> str | None:
    """The week that an e-mail is due for, such as ``2026-W48``; None: not yet, or not this one.

    Who asks for it in the middle of a week gets it from the next one on.
    """
    local = now.astimezone(ZoneInfo(reader.time_zone))
    monday = (local - timedelta(days=local.weekday())).replace(
        hour=HOUR, minute=0, second=0, microsecond=0
    )
    if local < monday or reader.wanted_at > monday:
        return None
    year, week, _ = local.isocalendar()
    return f"{year}-W{week:02}"


async def _mail(turn: Turn) -> None:
    if Channel.EMAIL in channels_of(turn.settings):
        await mail_digests(base_url=turn.settings.base_url, now=turn.now, stopping=turn.stopping)


async def _alert(turn: Turn) -> None:
    if Channel.EMAIL in channels_of(turn.settings):
        await mail_alerts(base_url=turn.settings.base_url, now=turn.now, stopping=turn.stopping)


ALERTING = Job(
    "notifications.alerts",
    _l("Tell coordinators what they should look at"),
    every=timedelta(minutes=10),
    longest=timedelta(minutes=5),
    run=_alert,
)

MAILING = Job(
    "notifications.digest",
    _l("Write the summary of the week"),
    every=timedelta(hours=1),
    longest=timedelta(minutes=10),
    run=_mail,
)
