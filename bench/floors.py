"""The least that the same writes can take: no program, no HTTP, no reading, no deciding."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

import msgspec
import psutil

from bench.data import FLOOR_ITEM, Desk
from bench.programs import processor_time
from comptoir.core import clock

_ITEM = "CAST('00000000-0000-7000-8000-' || lpad(to_hex(CAST(:n AS bigint)), 12, '0') AS uuid)"
_LOAN = "CAST('00000000-0000-7000-9000-' || lpad(to_hex(CAST(:loan AS bigint)), 12, '0') AS uuid)"
_VIEW = (
    '{"id":"0199","item":"BCDFGHJK","model":"ThinkPad L13","borrower_id":"0199","site_id":"0199"}'
)


def pgbench_script(desk: Desk, clients: int, items: int) -> str:
    """A check-out and a check-in, statement by statement, as two transactions."""
    each = items // clients
    borrower, site = desk.borrowers[0], desk.site
    audit = (
        "INSERT INTO core_audit_event (id, at, actor_kind, actor_id, action, subject_type, "
        "subject_id, related_a_id, related_b_id, site_id, changes) VALUES (gen_random_uuid(), "
        f"now(), 'token', '{site}', '{{action}}', 'loan', {_LOAN}, {_ITEM}, '{borrower}', "
        f"""'{site}', '{{{{"item": "BCDFGHJK"}}}}');"""
    )
    outcome = (
        "INSERT INTO core_idempotency (id, actor_id, key, fingerprint, status, outcome, "
        f"created_at) VALUES (gen_random_uuid(), '{site}', CAST(gen_random_uuid() AS text), "
        f"repeat('f', 64), 201, '{_VIEW}', now());"
    )
    return f"""
\\set n :client_id * {each} + random(0, {each - 1})
\\set loan random(1, 200000000000000)
BEGIN;
INSERT INTO lending_loan (id, item, borrower, category, site, return_site, policy, checked_out_at, due_at, renewals, version) VALUES ({_LOAN}, {_ITEM}, '{borrower}', '{desk.category}', '{site}', '{site}', '{desk.policy}', now(), now() + interval '14 days', 0, 1);
UPDATE inventory_item SET status = 'on_loan', present_site = '{site}', version = version + 1 WHERE id = {_ITEM};
{audit.format(action="loan.opened")}
{outcome}
COMMIT;
BEGIN;
UPDATE lending_loan SET returned_at = now(), returned_site = '{site}', version = version + 1 WHERE id = {_LOAN};
UPDATE inventory_item SET status = 'available', present_site = '{site}', version = version + 1 WHERE id = {_ITEM};
{audit.format(action="loan.closed")}
{outcome}
COMMIT;
"""  # noqa: E501 – a statement a line is what pgbench wants


class PostgresServer(msgspec.Struct):
    """A PostgreSQL server of the bench's own; ``pgbench`` is the program of that name."""

    url: str
    process: psutil.Process
    pgbench: Path

    def cpu(self) -> float:
        """Seconds of processor time of all its processes so far."""
        return processor_time(self.process)


def pgbench(
    server: PostgresServer, script: Path, *, clients: int, seconds: int
) -> tuple[float, int]:
    """Operations a second, and how many: check-outs and check-ins, each a transaction."""
    done = subprocess.run(
        [
            server.pgbench,
            "-n",
            "-M",
            "prepared",
            "-c",
            str(clients),
            "-j",
            str(min(clients, 2)),
            "-T",
            str(seconds),
            "-f",
            script,
            server.url,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"processed: (\d+).*tps = ([\d.]+)", done.stdout, re.DOTALL)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return 2 * float(found[2]), 2 * int(found[1])


class PlainSqlite:
    """One thread, one connection, the same pragmas, the same writes."""

    def __init__(self, path: str, desk: Desk, items: int) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=20)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.desk, self.items, self.turn = desk, items, 0
        #: How long each operation took, in seconds: what the machine alone adds.
        self.times: list[float] = []

    def run(self, seconds: float) -> float:
        """Operations a second."""
        done, begun = 0, time.perf_counter()
        now = begun
        while now - begun < seconds:
            before = now
            self._pair()
            done, now = done + 2, time.perf_counter()
            self.times.append((now - before) / 2)
        return done / (now - begun)

    def _pair(self) -> None:
        self.turn += 1
        item = FLOOR_ITEM.format(self.turn % self.items)
        loan, desk, now = str(uuid.uuid4()), self.desk, clock.now().isoformat(" ")
        site, borrower = str(desk.site), str(desk.borrowers[0])
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        execute(
            "INSERT INTO lending_loan (id, item, borrower, category, site, return_site, policy, "
            "checked_out_at, due_at, renewals, version) VALUES (?,?,?,?,?,?,?,?,?,0,1)",
            (loan, item, borrower, str(desk.category), site, site, str(desk.policy), now, now),
        )
        self._rest(item, loan, "on_loan", "loan.opened", now)
        execute("BEGIN IMMEDIATE")
        execute(
            "UPDATE lending_loan SET returned_at = ?, returned_site = ?, version = version + 1 "
            "WHERE id = ?",
            (now, site, loan),
        )
        self._rest(item, loan, "available", "loan.closed", now)

    def _rest(self, item: str, loan: str, status: str, action: str, now: str) -> None:
        execute, site = self.connection.execute, str(self.desk.site)
        execute(
            "UPDATE inventory_item SET status = ?, present_site = ?, version = version + 1 "
            "WHERE id = ?",
            (status, site, item),
        )
        execute(
            "INSERT INTO core_audit_event (id, at, actor_kind, actor_id, action, subject_type, "
            "subject_id, related_a_id, related_b_id, site_id, changes) "
            "VALUES (?,?,'token',?,?,'loan',?,?,?,?,?)",
            (
                str(uuid.uuid4()),
                now,
                site,
                action,
                loan,
                item,
                str(self.desk.borrowers[0]),
                site,
                '{"item": "BCDFGHJK"}',
            ),
        )
        execute(
            "INSERT INTO core_idempotency (id, actor_id, key, fingerprint, status, outcome, "
            "created_at) VALUES (?,?,?,?,201,?,?)",
            (str(uuid.uuid4()), site, str(uuid.uuid4()), "f" * 64, _VIEW, now),
        )
        execute("COMMIT")
