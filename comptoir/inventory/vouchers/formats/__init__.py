"""Files of vouchers, one module for each system's form. All of them are pure.

``seems`` tells which one a file is, so that somebody who has chosen another is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from comptoir.inventory.vouchers.formats import (
    mapped_csv,
    mikrotik,
    openwisp,
    opnsense,
    pfsense,
    unifi,
)
from comptoir.inventory.vouchers.formats.reading import Reading


class FileFormat(StrEnum):
    """Where a file is from."""

    UNIFI = "unifi"
    PFSENSE = "pfsense"
    OPNSENSE = "opnsense"
    OPENWISP = "openwisp"
    MIKROTIK = "mikrotik"
    CSV = "csv"


#: What each is called; ``csv`` is a translated text of the pages.
NAMES: dict[FileFormat, str] = {
    FileFormat.UNIFI: "UniFi",
    FileFormat.PFSENSE: "pfSense",
    FileFormat.OPNSENSE: "OPNsense",
    FileFormat.OPENWISP: "OpenWISP RADIUS",
    FileFormat.MIKROTIK: "MikroTik",
}
#: Those that tell most of themselves first.
_TELLS: tuple[tuple[FileFormat, Callable[[str], bool]], ...] = (
    (FileFormat.MIKROTIK, mikrotik.looks_so),
    (FileFormat.OPNSENSE, opnsense.looks_so),
    (FileFormat.PFSENSE, pfsense.looks_so),
    (FileFormat.UNIFI, unifi.looks_so),
    (FileFormat.OPENWISP, openwisp.looks_so),
    (FileFormat.CSV, mapped_csv.looks_so),
)
_READERS: dict[FileFormat, Callable[[str], Reading]] = {
    FileFormat.UNIFI: unifi.read,
    FileFormat.PFSENSE: pfsense.read,
    FileFormat.OPNSENSE: opnsense.read,
    FileFormat.OPENWISP: openwisp.read,
    FileFormat.MIKROTIK: mikrotik.read,
}


def seems(text: str) -> FileFormat | None:
    """The format that a file seems to have; None if none of them."""
    return next((name for name, looks_so in _TELLS if looks_so(text)), None)


def read(text: str, file_format: FileFormat, mapping: Mapping[int, str], *, named: bool) -> Reading:
    """The vouchers of a file; ``mapping`` and ``named`` are of ``FileFormat.CSV`` alone."""
    if file_format is FileFormat.CSV:
        return mapped_csv.read(text, mapping, named=named)
    return _READERS[file_format](text)
