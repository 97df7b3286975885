"""The running program does its jobs: what is in the outbox is sent without anybody's doing."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from comptoir.core import db
from comptoir.core.settings import Settings
from tests.http_client import SETTINGS, make_app
from tests.notifications import rows
from tests.roof.commands import PATIENCE, comptoir, kill, start
from tests.waiting import until


def settings(database_url: str, tmp_path: Path) -> Settings:
    return replace(SETTINGS, database_url=database_url, data=tmp_path)


async def test_a_message_is_sent_by_a_program_that_runs(
    database_url: str, tmp_path: Path, now: datetime
) -> None:
    db.connect(database_url)
    message = await rows.message(now=now)
    await db.disconnect()
    app = make_app(settings=settings(database_url, tmp_path))

    async def is_sent() -> bool:
        return await rows.status(message) == "accepted"

    async with app.lifespan():
        await until(is_sent)
    assert str(message) in (tmp_path / "messages.jsonl").read_text()


async def test_a_program_that_runs_no_jobs_sends_nothing(
    database_url: str, tmp_path: Path, now: datetime
) -> None:
    app = make_app(settings=replace(settings(database_url, tmp_path), jobs=False))
    async with app.lifespan():
        assert await db.fetch("SELECT name FROM core_job") == []


def test_what_waits_for_jobs_is_not_imported_before_they_run() -> None:
    code = (
        "import sys; from comptoir.commands.serve import make_worker; make_worker(); "
        "sys.exit('apscheduler' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_jobs_run_in_a_process_of_their_own(tmp_path: Path) -> None:
    process = start(tmp_path, "jobs")
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Comptoir does its jobs")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    finally:
        kill(process)
    assert (process.returncode, output) == (0, "")


@pytest.mark.parametrize("command", ["serve", "jobs"])
def test_a_gateway_that_lacks_something_is_told_at_the_start(command: str, tmp_path: Path) -> None:
    failed = comptoir(tmp_path, command, COMPTOIR_GATEWAYS="kannel")
    assert failed.returncode == 1
    assert "COMPTOIR_KANNEL_URL" in failed.stderr
