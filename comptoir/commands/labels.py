"""``comptoir label``: label sheets as PDF."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from comptoir.commands import CommandFailed
from comptoir.commands.database import connected
from comptoir.core import db
from comptoir.core.settings import load
from comptoir.inventory import codes
from comptoir.inventory.labels import SHEETS, Label, render_labels

_ITEMS = """
SELECT item.code, model.short_name, organisation.return_to
FROM inventory_item AS item
JOIN inventory_model AS model ON model.id = item.model
JOIN sites_site AS site ON site.id = item.home_site
JOIN sites_organisation AS organisation ON organisation.id = site.organisation
"""


def write(arguments: argparse.Namespace) -> None:
    """Write a sheet of labels for the items named, or for all that are in use."""
    if arguments.all == bool(arguments.codes):
        raise CommandFailed("name the codes to print, or give --all.")
    settings = load()
    labels = asyncio.run(_labels(arguments))
    sheet = next(sheet for name, sheet in SHEETS.items() if name.casefold() == arguments.sheet)
    pdf = render_labels(labels, sheet, arguments.start, settings.base_url, arguments.language)
    target = Path(arguments.out)
    try:
        target.write_bytes(pdf)
    except OSError as error:
        raise CommandFailed(f"cannot write {target}: {error.strerror}") from error
    print(f"{len(labels)} labels are in {target}. Print at 100 %, without fitting to the page.")


async def _labels(arguments: argparse.Namespace) -> list[Label]:
    wanted = list(dict.fromkeys(map(_code, arguments.codes)))
    async with connected(load()):
        if arguments.all:
            rows = await db.fetch(_ITEMS + "WHERE item.status <> 'retired' ORDER BY item.id")
        else:
            found = await db.fetch(_ITEMS + "WHERE item.code IN :codes", codes=wanted)
            by_code = {row["code"]: row for row in found}
            if missing := [codes.display(code) for code in wanted if code not in by_code]:
                raise CommandFailed(f"no item has the code {', '.join(missing)}.")
            rows = [by_code[code] for code in wanted]
    return [Label(row["code"], row["short_name"], row["return_to"]) for row in rows]


def _code(text: str) -> str:
    code = codes.read(text)
    if code is None:
        raise CommandFailed(f"{text!r} is no tag code such as BCDF-GHJK.")
    return code
