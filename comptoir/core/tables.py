"""Columns that many tables share, and the three tables of no package in particular."""

from __future__ import annotations

from piccolo.columns import JSON, UUID, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from comptoir.core.ids import new_id


class AuditEvent(Table, tablename="core_audit_event"):
    """What happened to something. Append-only, by a trigger too.

    ``changes`` holds before and after of what is not personal; a personal
    field is only named as changed.
    """

    id = UUID(default=new_id, primary_key=True)
    at = Timestamptz(default=None)
    actor_kind = Varchar(10)
    actor_id = UUID(default=None, null=True)
    action = Varchar(60)
    subject_type = Varchar(40)
    subject_id = UUID(default=None, null=True, index=True)
    related_a_id = UUID(default=None, null=True, index=True)
    related_b_id = UUID(default=None, null=True, index=True)
    site_id = UUID(default=None, null=True)
    changes = JSON(default="{}")


class IdempotencyRecord(Table, tablename="core_idempotency"):
    """The first outcome of a call, kept for whoever sends the same key again."""

    id = UUID(default=new_id, primary_key=True)
    actor_id = UUID(default=None)
    key = Varchar(255)
    fingerprint = Varchar(64)
    status = Integer(default=0)
    outcome = Text()
    created_at = Timestamptz(default=None, index=True)


class JobState(Table, tablename="core_job"):
    """When a job ran and runs next, and whose turn it is now. ``failures`` counts those in a row.

    ``error`` is the kind of the last one.
    """

    name = Varchar(40, primary_key=True)
    next_run_at = Timestamptz(default=None)
    lease_owner = UUID(default=None, null=True)
    lease_until = Timestamptz(default=None, null=True)
    started_at = Timestamptz(default=None, null=True)
    succeeded_at = Timestamptz(default=None, null=True)
    failed_at = Timestamptz(default=None, null=True)
    failures = Integer(default=0)
    error = Varchar(60, default="")
