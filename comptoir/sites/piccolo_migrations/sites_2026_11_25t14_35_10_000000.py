from itertools import groupby

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from comptoir.core import db

ID = "2026-11-25T14:35:10:000000"
VERSION = "1.38.0"
DESCRIPTION = "the weekly spans of each site become its expression"

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.add_raw(_move)
    return manager


async def _move():
    rows = await db.fetch(
        "SELECT site, weekday, opens, closes FROM sites_weekly_span ORDER BY site, weekday, opens"
    )
    for site, spans in groupby(rows, lambda row: row["site"]):
        rules = [
            f"{_DAYS[weekday]} {','.join(_times(each) for each in same)}"
            for weekday, same in groupby(spans, lambda row: row["weekday"])
        ]
        await db.execute(
            "UPDATE sites_site SET opening_hours = :hours WHERE id = :site",
            hours="; ".join(rules),
            site=site,
        )


def _times(span):
    return f"{_clock(span['opens'])}-{_clock(span['closes'])}"


def _clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"
