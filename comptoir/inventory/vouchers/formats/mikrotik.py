"""MikroTik RouterOS: the users of a hotspot, exported or printed.

``/ip hotspot user export`` writes ``add name=… password=…`` lines, long ones with a backslash at
their end; ``print detail`` and ``print terse`` write the same pairs after a number, and ``print`` a
table without passwords: RouterOS documentation, "Hotspot, Users" and "Configuration export". Where
there is no password, or it is the name again, the name is the code.
"""

from __future__ import annotations

import re

from comptoir.core.i18n import gettext as _
from comptoir.core.text_files import lines_of
from comptoir.inventory.vouchers.formats.reading import Entry, Reading
from comptoir.inventory.vouchers.sealing import Secret

_MENU = re.compile(r"^/ip[ /]hotspot[ /]user\s*$|^/ip[ /]hotspot[ /]user\s+add\b", re.MULTILINE)
#: A pair: the value plain, or in quotation marks with a backslash before what would end it.
_PAIR = re.compile(r'([a-z][a-z0-9-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_RECORD = re.compile(r"\s*(?:/ip[ /]hotspot[ /]user\s+)?add\b|\s*[0-9]+\s")
_TABLE = re.compile(r"^\s*#\s+.*\bNAME\b.*$", re.MULTILINE)
_TERSE = re.compile(r"^\s*0\s.*\bname=", re.MULTILINE)
_NUMBER = re.compile(r"\s*[0-9]+\s")


def looks_so(text: str) -> bool:
    """True if it names the menu, or is a printout with names."""
    start = text[:4000]
    flags = start.startswith("Flags:") and re.search(r"\bname=", start)
    return any((_MENU.search(start), _TABLE.search(start), flags, _TERSE.search(start)))


def read(text: str) -> Reading:
    """The users of the hotspot; the router's own (``default``, trials) are none."""
    reading = Reading(columns={"user": "name", "code": "password"})
    head = _TABLE.search(text)
    if head and "=" not in head[0]:
        _read_table(reading, text, head)
        return reading
    inside = _MENU.search(text) is None  # a printout does not say where it is from
    for line, record in _records(text):
        if record.startswith("/"):
            inside = _MENU.match(record) is not None
        if not inside or not _RECORD.match(record):
            continue
        pairs = {name: _value(value) for name, value in _PAIR.findall(record)}
        _add(reading, line, pairs.get("name", ""), pairs.get("password", ""))
    return reading


def _records(text: str) -> list[tuple[int, str]]:
    """Lines as the router means them: with those that go on, and with the comments left out."""
    records: list[tuple[int, str]] = []
    goes_on = False
    for number, raw in enumerate(lines_of(text), 1):
        line = raw.rstrip()
        if not goes_on and (not line or line.lstrip().startswith((";;;", "Flags:"))):
            continue
        if not goes_on and line.startswith("#"):
            continue
        plain = line.removesuffix("\\")
        begins = line.startswith("/") or _RECORD.match(line) is not None
        if records and (goes_on or not begins):
            first, before = records[-1]
            records[-1] = (first, before + (plain.lstrip() if goes_on else f" {plain.strip()}"))
        else:
            records.append((number, plain))
        goes_on = line.endswith("\\")
    return records


def _value(written: str) -> str:
    if not written.startswith('"'):
        return written
    return _ESCAPED.sub(r"\1", written[1:-1])


def _read_table(reading: Reading, text: str, head: re.Match[str]) -> None:
    """The printout without pairs: each column begins where its name does."""
    names = head[0]
    start = names.index("NAME")
    following = re.search(r"\S", names[start + 4 :])
    end = start + 4 + following.start() if following else None
    above = text[: head.start()].count("\n") + 1
    for number, line in enumerate(lines_of(text)[above:], above + 1):
        if not _NUMBER.match(line):
            continue
        found = line[start:end].strip()
        if " " in found or (start and line[start - 1 : start].strip()):
            message = _("This line is not aligned with the names above. Export the users instead.")
            reading.refuse(number, "line-unreadable", message)
        else:
            _add(reading, number, found, "")


def _add(reading: Reading, line: int, name: str, password: str) -> None:
    if name in ("default", "default-trial"):
        return
    if not name:
        reading.refuse(line, "name-missing", _("The name of the user is missing."), "name")
    elif password in ("", name):
        reading.entries.append(Entry(line, Secret(name)))
    else:
        reading.entries.append(Entry(line, Secret(password, user=name)))
