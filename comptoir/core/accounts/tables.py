"""People who work with the program, and how they prove who they are."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id


class User(Table, tablename="core_user"):
    """Somebody who can sign in. Secrets are stored as hashes, or encrypted."""

    id = UUID(default=new_id, primary_key=True)
    login = Varchar(80, unique=True)
    name = Varchar(120)
    language = Varchar(2, default="fr")
    password_hash = Varchar(200, default=None, null=True)
    pin_hash = Varchar(64, default=None, null=True, unique=True)
    badge_hash = Varchar(64, default=None, null=True, unique=True)
    totp_secret = Text(default=None, null=True)
    totp_confirmed_at = Timestamptz(default=None, null=True)
    totp_last_step = Integer(default=0)
    active = Boolean(default=True)
    created_at = Timestamptz(default=None)
    version = Integer(default=1)


class RecoveryCode(Table, tablename="core_recovery_code"):
    """A one-time code for whoever lost the second factor."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True)
    code_hash = Varchar(64)
    used_at = Timestamptz(default=None, null=True)


class Session(Table, tablename="core_session"):
    """A browser that is signed in; at a shared desk, people take turns in it."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True)
    token_hash = Varchar(64, unique=True)
    method = Varchar(10, default="password")
    browser = Varchar(40)
    site_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None, index=True)
    authenticated_at = Timestamptz(default=None)
    locked_at = Timestamptz(default=None, null=True)
    wrong_pins = Integer(default=0)
    ended_at = Timestamptz(default=None, null=True)


class Invitation(Table, tablename="core_invitation"):
    """A one-time link to choose a password: for a new person, or after a reset."""

    id = UUID(default=new_id, primary_key=True)
    user = ForeignKey(User, db_column_name="user_id", on_delete=OnDelete.cascade, index=True)
    token_hash = Varchar(64, unique=True)
    purpose = Varchar(10)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(default=None, null=True)


class SignInThrottle(Table, tablename="core_sign_in_throttle"):
    """How often signing in failed lately, per account and per address (hashed)."""

    id = UUID(default=new_id, primary_key=True)
    subject_hash = Varchar(64, unique=True)
    failures = Integer(default=0)
    last_failure_at = Timestamptz(default=None, index=True)
    blocked_until = Timestamptz(default=None, null=True)


class ApiToken(Table, tablename="core_api_token"):
    """What another program signs in with."""

    id = UUID(default=new_id, primary_key=True)
    name = Varchar(80)
    token_hash = Varchar(64, unique=True)
    scopes = Varchar(200)
    site_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)
