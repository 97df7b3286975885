"""The page and the call that say how the jobs do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from comptoir.core import clock, db
from comptoir.core.jobs.listing import LATE_AFTER, list_jobs
from comptoir.core.principal import Role
from tests import factories as make
from tests.http_client import client_of, make_app, sign_in, use_token

FAILED = """
INSERT INTO core_job (name, next_run_at, started_at, failed_at, failures, error)
VALUES ('housekeeping', :now, :now, :now, 3, 'OSError')
"""


async def test_the_page_says_what_failed_and_what_never_ran(database: Any) -> None:
    async with client_of() as client:
        site = await make.site()
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        assert (await client.get("/settings/jobs")).text.count("Never ran") >= 3
        await db.execute(FAILED, now=clock.now())
        page = (await client.get("/settings/jobs")).text
        assert "OSError" in page
        assert "Failed 3 times in a row" in page
        await db.execute(
            "UPDATE core_job SET failures = 0, next_run_at = :long_ago",
            long_ago=clock.now() - 2 * LATE_AFTER,
        )
        assert "Nobody does it" in (await client.get("/settings/jobs")).text


async def test_the_call_says_the_same_to_monitors(database: Any) -> None:
    async with client_of() as client:
        await use_token(client, "settings")
        await db.execute(FAILED, now=clock.now())
        found = {each["name"]: each for each in (await client.get("/api/v1/jobs")).json()["items"]}
    assert {"notifications.send", "notifications.forget", "housekeeping"} <= found.keys()
    job = found["housekeeping"]
    assert (job["failures"], job["error"], job["running"]) == (3, "OSError", False)
    assert not job["late"]
    assert found["notifications.send"]["next_run_at"] is None


async def test_a_job_that_nobody_does_is_said_to_be_late(database: Any, now: datetime) -> None:
    make_app()  # each floor tells of its jobs
    await db.execute(FAILED, now=now)
    assert await late(now + LATE_AFTER) == []
    after = now + LATE_AFTER + timedelta(seconds=1)
    assert await late(after) == ["housekeeping"]
    await db.execute("UPDATE core_job SET lease_until = :until", until=after + LATE_AFTER)
    assert await late(after) == []  # somebody is at it


async def late(now: datetime) -> list[str]:
    return [each.name for each in await list_jobs(now=now) if each.late]


async def test_a_job_runs_until_its_lease_is_over(database: Any, now: datetime) -> None:
    make_app()  # each floor tells of its jobs
    await db.execute(FAILED, now=now)
    assert await running(now) == []
    await db.execute("UPDATE core_job SET lease_until = :until", until=now + timedelta(minutes=1))
    assert await running(now) == ["housekeeping"]
    assert await running(now + timedelta(minutes=1)) == []


async def running(now: datetime) -> list[str]:
    return [each.name for each in await list_jobs(now=now) if each.running]


async def test_prometheus_reads_the_same(database: Any) -> None:
    async with client_of() as client:
        await use_token(client, "settings")
        now = clock.now()
        await db.execute(FAILED, now=now)
        answer = await client.get("/api/v1/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'comptoir_job_failures{job="housekeeping"} 3' in lines
    begun = f'comptoir_job_last_run_timestamp_seconds{{job="housekeeping"}} {now.timestamp():.15g}'
    assert begun in lines
    assert 'comptoir_job_last_success_timestamp_seconds{job="housekeeping"} 0' in lines
    due = f'comptoir_job_next_run_timestamp_seconds{{job="housekeeping"}} {now.timestamp():.15g}'
    assert due in lines
    assert all(line.startswith(("#", "comptoir_job_")) for line in lines)
