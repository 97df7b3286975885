"""Whether a coordinator wants the summary by e-mail: theirs alone to say."""

from __future__ import annotations

from datetime import datetime

from comptoir.core import audit, db
from comptoir.core.emails import clean_email, is_email
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal

_MOST = 200

_SAVE = """
INSERT INTO notifications_digest_wish (id, user_id, email, wanted_at)
VALUES (:id, :user, :email, :now)
ON CONFLICT (user_id) DO UPDATE SET email = excluded.email
"""


async def address_of(actor: Principal) -> str:
    """Where the actor gets it; empty: not at all."""
    row = await db.fetch_one(
        "SELECT email FROM notifications_digest_wish WHERE user_id = :user", user=actor.id
    )
    return row["email"] if row else ""


async def want(actor: Principal, email: str, *, now: datetime) -> None:
    """Get it there each Monday; an empty address: no more.

    Raises:
        Invalid: it is no e-mail address.
    """
    email = clean_email(email)
    if email and (len(email) > _MOST or not is_email(email)):
        text = _("Check the e-mail address, such as name@example.org.")
        raise Invalid([FieldError("email", "notifications.email-invalid", text)])
    async with db.transaction():
        if email:
            await db.execute(_SAVE, id=new_id(), user=actor.id, email=email, now=now)
        else:
            await db.execute(
                "DELETE FROM notifications_digest_wish WHERE user_id = :user", user=actor.id
            )
        await audit.record(
            actor,
            "user.digest_decided",
            "user",
            actor.id,
            now=now,
            changes={"wanted": [None, bool(email)]},
        )
