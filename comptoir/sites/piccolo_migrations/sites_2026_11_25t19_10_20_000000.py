import re
import unicodedata

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from comptoir.core import db

ID = "2026-11-25T19:10:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "every site gets an address that is made from its name"

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th"})


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.add_raw(_fill)
    return manager


async def _fill():
    taken = {"data-inclusion"}
    sites = await db.fetch("SELECT id, name, city FROM sites_site ORDER BY created_at, id")
    rows = []
    for site in sites:
        slug = first = _plain(site["name"]) or _plain(site["city"]) or "place"
        number = 1
        while slug in taken:
            number += 1
            slug = f"{first}-{number}"
        taken.add(slug)
        rows.append({"slug": slug, "site": site["id"], "latest": True})
    await db.insert_many(
        "INSERT INTO sites_slug (slug, site, latest) VALUES (:slug, :site, :latest)", rows
    )


def _plain(text):
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(sign for sign in parts if not unicodedata.combining(sign))
    slug = "-".join(re.findall(r"[a-z0-9]+", letters))
    if len(slug) <= 60:
        return slug
    return slug[:61].rpartition("-")[0] or slug[:60]
