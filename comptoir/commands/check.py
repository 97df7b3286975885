"""``comptoir check``: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import stat
import tempfile
import textwrap
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from comptoir.commands.findings import Finding, Level
from comptoir.commands.voucher_findings import voucher_keys
from comptoir.core import db, i18n, migrations
from comptoir.core.printing.errors import PrintingFailed
from comptoir.core.printing.fonts import missing as missing_fonts
from comptoir.core.printing.sheets import L7160
from comptoir.core.settings import Settings, SettingsInvalid, load
from comptoir.inventory.labels import Label, render_labels
from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.configuration import (
    channels_of,
    is_of_gateway,
    read_routes,
    sends_nothing,
)

#: Below this, in bytes, a busy day's agreements may no longer fit.
LITTLE_SPACE = 500_000_000

OLDEST_POSTGRES = 14
OLDEST_SQLITE = (3, 35)

_LISTED = "`comptoir settings` lists what can be set."
_REINSTALL = "The installation is incomplete: install the package again."


def check(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 if something is wrong."""
    return asyncio.run(_check())


async def _check() -> int:
    failed = False
    async for finding in findings():
        failed |= finding.level is Level.WRONG
        print(f"{finding.level:<6} {finding.about}: {finding.text}")
        if finding.mend:
            print(textwrap.indent(textwrap.fill(finding.mend, 88), " " * 7))
    return int(failed)


async def findings() -> AsyncIterator[Finding]:
    """Look at everything, what the rest depends on first."""
    try:
        settings = load()
    except SettingsInvalid as error:
        yield Finding(Level.WRONG, "settings", str(error), _LISTED)
        return
    yield Finding(Level.OK, "settings", f"{settings.environment}, data in {settings.data}")
    for finding in (
        *_mistyped(os.environ),
        *_secret(settings),
        *_data_folder(settings),
        *_addresses(settings),
        *_languages(),
        *_printing(settings),
        _gateways(settings),
    ):
        yield finding
    async for finding in _database(settings):
        yield finding


def _mistyped(environ: Iterable[str]) -> Iterator[Finding]:
    """Variables that look like ours and are none: what they set holds nowhere."""
    ours = {each.metadata["variable"] for each in fields(Settings)}
    for name in sorted(environ):
        if not name.startswith("COMPTOIR_") or name in ours or is_of_gateway(name):
            continue
        near = get_close_matches(name, ours, 1)
        meant = f"Is it {near[0]} that was meant? {_LISTED}" if near else _LISTED
        yield Finding(Level.NOTE, "settings", f"{name} is no setting: it does nothing", meant)


def _secret(settings: Settings) -> Iterator[Finding]:
    file = settings.data / "secret"
    if not settings.secret and not settings.production and not file.exists():
        yield Finding(
            Level.NOTE,
            "secret",
            f"there is none yet: the first start makes {file}",
            "If there was one, put it back from where you keep it: without it PINs, badges and "
            "second factors are worth nothing.",
        )
        return
    try:
        _ = settings.signing_secret
    except SettingsInvalid as error:
        yield Finding(Level.WRONG, "secret", str(error))
        return
    except (OSError, UnicodeDecodeError) as error:
        yield Finding(
            Level.WRONG,
            "secret",
            f"{file} cannot be read: {error}",
            "Give it to the user the server runs as, or put it back from where you keep it.",
        )
        return
    if settings.secret and len(set(settings.secret)) < 10:
        yield Finding(Level.WRONG, "secret", "easy to guess", "Set COMPTOIR_SECRET to random text.")
    else:
        where = "COMPTOIR_SECRET" if settings.secret else str(file)
        yield Finding(Level.OK, "secret", f"set ({where})")


def _gateways(settings: Settings) -> Finding:
    try:
        names = ", ".join(route.gateway.name for route in read_routes(settings))
    except SettingsInvalid as error:
        return Finding(Level.WRONG, "gateways", str(error), "See docs/operator/messages.md.")
    if sends_nothing(settings):
        return Finding(
            Level.NOTE,
            "gateways",
            f"{names or 'none'}: no message leaves",
            "Set COMPTOIR_GATEWAYS.",
        )
    if Channel.EMAIL not in channels_of(settings):
        return Finding(
            Level.NOTE,
            "gateways",
            f"{names}: no e-mail leaves",
            "Add `smtp` to COMPTOIR_GATEWAYS, or whoever is reached by e-mail is called.",
        )
    return Finding(Level.OK, "gateways", names)


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"comptoir check")
    except OSError as error:
        yield Finding(
            Level.WRONG,
            "data folder",
            f"cannot write to {folder}: {error.strerror}",
            "Give the folder to the user the server runs as, or set COMPTOIR_DATA to another.",
        )
        return
    free = shutil.disk_usage(folder).free
    text = f"{folder} can be written, {free / 1e9:.1f} GB free"
    if free < LITTLE_SPACE:
        yield Finding(Level.WRONG, "data folder", text, "Make room: backups may be moved away.")
    else:
        yield Finding(Level.OK, "data folder", text)
    for path in _readable_by_others(folder):
        yield Finding(
            Level.WRONG,
            "data folder",
            f"other users of this machine can read {path}",
            f"Run `chmod go= '{path}'`.",
        )


def _readable_by_others(folder: Path) -> Iterator[Path]:
    """The private files of the folder that more than its owner may read."""
    private = [
        folder / "secret",
        folder / "voucher-keys",
        folder / "tls" / "key.pem",
        *folder.glob("comptoir.sqlite*"),
    ]
    for path in private:
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield path


def _addresses(settings: Settings) -> Iterator[Finding]:
    public = urlsplit(settings.base_url)
    if not settings.production:
        yield Finding(Level.OK, "public address", settings.base_url)
    elif public.scheme != "https" or not settings.public_url:
        yield Finding(
            Level.WRONG,
            "public address",
            f"{settings.base_url} is not what people can use safely",
            "Set COMPTOIR_PUBLIC_URL to the https:// address of the reverse proxy: without HTTPS "
            "passwords travel in the open, and browsers refuse the camera.",
        )
    else:
        yield Finding(Level.OK, "public address", settings.base_url)


def _languages() -> Iterator[Finding]:
    missing = [
        language
        for language in i18n.LANGUAGES
        if language != "en" and not (i18n.LOCALES / f"{language}.po").exists()
    ]
    if missing:
        yield Finding(Level.NOTE, "languages", f"no texts for {', '.join(missing)}", _REINSTALL)
        return
    for language in i18n.LANGUAGES:
        i18n.translations(language)
    yield Finding(Level.OK, "languages", ", ".join(i18n.LANGUAGES))


def _printing(settings: Settings) -> Iterator[Finding]:
    if missing := missing_fonts():
        yield Finding(
            Level.WRONG, "printing", f"fonts are missing: {', '.join(missing)}", _REINSTALL
        )
        return
    label = Label(code="BCDFGHJK", model="Übungsgerät – œuvre", return_to="Comptoir")
    try:
        render_labels([label], L7160, 1, settings.base_url, "fr")
    except (PrintingFailed, OSError) as error:
        yield Finding(Level.WRONG, "printing", f"labels cannot be made: {error}", _REINSTALL)
        return
    yield Finding(Level.OK, "printing", "fonts are there, a label can be made")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    db.connect(settings.database)
    try:
        yield await _engine()
        pending = await migrations.pending()
        if pending and not await _may_make_tables():
            yield Finding(
                Level.WRONG,
                "database",
                "its user may not make tables in it",
                "Make the user of DATABASE_URL the owner: `ALTER DATABASE name OWNER TO user`.",
            )
            return
        if pending:
            yield Finding(
                Level.WRONG,
                "migrations",
                f"{len(pending)} have not run",
                "Make a backup, then run `comptoir migrate`.",
            )
            return
        if newer := await migrations.unknown():
            yield Finding(
                Level.WRONG,
                "migrations",
                f"{len(newer)} have run that this version does not know: the database is newer",
                "Install the newer version again, or restore the backup made before it.",
            )
            return
        yield Finding(Level.OK, "migrations", "all have run")
        yield await voucher_keys(settings)
        yield await _people()
        async for finding in _time_zones():
            yield finding
    except db.UnreachableErrors as error:
        yield Finding(
            Level.WRONG,
            "database",
            f"cannot be used: {error or type(error).__name__}",
            "See that the database server runs, and that DATABASE_URL has the right host, "
            "user, password and name. For an SQLite file: that it is one.",
        )
    finally:
        await db.disconnect()


async def _engine() -> Finding:
    if db.is_postgres():
        row = await db.fetch_one("SELECT current_setting('server_version_num') AS version")
        major = int((row or {"version": 0})["version"]) // 10_000
        text, good = f"PostgreSQL {major}", major >= OLDEST_POSTGRES
        needed = f"{OLDEST_POSTGRES}"
    else:
        row = await db.fetch_one("SELECT sqlite_version() AS version")
        version = str((row or {"version": "0"})["version"])
        text = f"SQLite {version}"
        good = tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_SQLITE
        needed = ".".join(map(str, OLDEST_SQLITE))
    if good:
        return Finding(Level.OK, "database", text)
    return Finding(Level.WRONG, "database", text, f"Version {needed} or newer is needed.")


async def _may_make_tables() -> bool:
    """True if migrations can run: since PostgreSQL 15 not everybody who may connect may do that."""
    if not db.is_postgres():
        return True
    row = await db.fetch_one(
        "SELECT has_schema_privilege(current_user, current_schema(), 'CREATE') AS allowed"
    )
    return bool(row and row["allowed"])


async def _people() -> Finding:
    row = await db.fetch_one(
        "SELECT COUNT(*) AS admins FROM core_user JOIN sites_staff_member "
        "ON sites_staff_member.user_id = core_user.id "
        "WHERE core_user.active AND sites_staff_member.role = 'admin'"
    )
    if row and row["admins"]:
        return Finding(Level.OK, "people", "an administrator exists")
    return Finding(
        Level.NOTE,
        "people",
        "there is no administrator yet",
        "Run `comptoir user add LOGIN --name NAME --role admin`.",
    )


async def _time_zones() -> AsyncIterator[Finding]:
    rows = await db.fetch("SELECT DISTINCT time_zone FROM sites_site ORDER BY time_zone")
    names = [row["time_zone"] for row in rows] or ["Europe/Zurich"]
    for name in names:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            yield Finding(
                Level.WRONG,
                "time zones",
                f"{name!r} is unknown",
                "Correct the site's time zone, or install the package tzdata.",
            )
            return
    yield Finding(Level.OK, "time zones", ", ".join(names))
