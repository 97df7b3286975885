"""Weekly spans of before become expressions."""

from __future__ import annotations

from importlib import import_module

import pytest

from comptoir.core import db
from comptoir.sites import queries
from tests import factories as make

pytestmark = pytest.mark.usefixtures("database")

MIGRATION = "comptoir.sites.piccolo_migrations.sites_2026_11_25t14_35_10_000000"


async def test_spans_of_before_become_an_expression() -> None:
    site, silent = await make.site(), await make.site(opens=0, closes=0)
    await db.execute(
        "CREATE TABLE sites_weekly_span"
        " (site UUID, weekday SMALLINT, opens SMALLINT, closes SMALLINT)"
    )
    for weekday, opens, closes in ((1, 810, 1020), (1, 540, 720), (5, 600, 1440)):
        await db.execute(
            "INSERT INTO sites_weekly_span (site, weekday, opens, closes)"
            " VALUES (:site, :weekday, :opens, :closes)",
            site=site.id,
            weekday=weekday,
            opens=opens,
            closes=closes,
        )
    await (await import_module(MIGRATION).forwards()).run()
    kept = (await queries.site(site.id)).opening_hours
    assert kept == "Tu 09:00-12:00,13:30-17:00; Sa 10:00-24:00"
    assert (await queries.site(silent.id)).opening_hours == ""
