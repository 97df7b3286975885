"""Write `comptoir/sites/public_holidays.json`: the public holidays that sites close on.

    python -m tools.public_holidays

They come from the library `holidays`. The program reads the file and not the library,
which costs a process 20 MB and half a second (docs/adr/0120). Run this after an upgrade of
the library, and every few years: a test asks for five years ahead.

The library knows a canton or département as a whole, and what it calls optional. Which days
hold in a part of it only stands in `LOCAL`, from the list of the cantons' holidays of the Federal
Office of Justice and from the cantons' own laws (docs/adr/0156).
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import holidays
from holidays.countries.switzerland import Switzerland

TARGET = Path(__file__).parent.parent / "comptoir" / "sites" / "public_holidays.json"
YEARS = range(2024, 2046)
#: Swiss cantons by their code. Of France, the country and what differs from it.
CANTONS = sorted(set(Switzerland.subdivisions) - {"Stadt Zurich"})
#: Our region: the library's. It knows Alsace as one; 67 and 68 are its départements.
FRANCE = {
    "FR": None,
    "FR-57": "57",
    "FR-67": "6AE",
    "FR-68": "6AE",
    **{f"FR-{code}": code for code in ("971", "972", "973", "974", "976")},
}

_CATHOLIC = ("Corpus Christi", "Assumption Day", "All Saints' Day", "Immaculate Conception")
#: What the law does not name and most keep, as the library says too.
_CUSTOM = ("Saint Berchtold's Day", "Easter Monday", "Pentecost Monday", "Saint Stephen's Day")
#: By region, holidays that a part of it keeps, and which part: a word of
#: `public_holidays.PARTS`, or the place itself. Those that the region has in the library are
#: kept unless a site says otherwise.
LOCAL: dict[str, dict[str, str]] = {
    "CH-AG": dict.fromkeys(
        (*_CUSTOM[:2], "Labor Day", _CUSTOM[2], *_CATHOLIC, _CUSTOM[3]), "district"
    ),
    "CH-AI": {"Saint Maurice's Day": "district"},
    "CH-FR": {**dict.fromkeys(_CATHOLIC, "catholic"), **dict.fromkeys(_CUSTOM, "custom")},
    "CH-GL": {"Saint Berchtold's Day": "custom"},
    "CH-GR": {
        "Good Friday": "protestant",
        **dict.fromkeys(("Epiphany", "Saint Joseph's Day", *_CATHOLIC), "catholic"),
    },
    "CH-LU": {"Saint Joseph's Day": "commune", "Saint Leodegar's Day": "Luzern"},
    "CH-NE": {"Corpus Christi": "Le Landeron"},
    "CH-NW": dict.fromkeys(_CUSTOM, "custom"),
    "CH-OW": dict.fromkeys(_CUSTOM, "custom"),
    "CH-SG": {"Saint Berchtold's Day": "custom"},
    "CH-SH": {"Saint Berchtold's Day": "custom"},
    "CH-SO": {
        "Saint Joseph's Day": "commune",
        **dict.fromkeys(_CATHOLIC[:3], "district"),
        **dict.fromkeys(_CUSTOM, "custom"),
    },
    "CH-VS": dict.fromkeys(_CUSTOM, "custom"),
    "CH-ZG": dict.fromkeys(_CUSTOM, "custom"),
    "CH-ZH": {"Saint Berchtold's Day": "custom"},
    "FR-57": {"Good Friday": "church"},
    "FR-67": {"Good Friday": "church"},
    "FR-68": {"Good Friday": "church"},
}
#: Of these, what the library gives to the whole region and few of its communes keep.
NARROWER = {"CH-NE": {"Corpus Christi"}}
#: Where the library has the days of a local holiday: a canton in which it falls on no fewer.
SOURCES = {"Epiphany": "TI", "Saint Joseph's Day": "TI", "Labor Day": "ZH"}
#: What the library does not know at all: these never move.
OWN_DAYS = {"Saint Leodegar's Day": "10-02", "Saint Maurice's Day": "09-22"}


def local_days() -> dict[str, str | list[str]]:
    """English name of each local holiday, and its dates as in ``dates_of``."""
    names = sorted({name for named in LOCAL.values() for name in named} - set(OWN_DAYS))
    return OWN_DAYS | {name: dates_of("CH", SOURCES.get(name, "LU"))[name] for name in names}


def dates_of(country: str, subdivision: str | None) -> dict[str, str | list[str]]:
    """English name of each holiday: ``MM-DD`` where it never moves, else every date."""
    found = holidays.country_holidays(
        country, subdiv=subdivision, years=YEARS, language="en_US", observed=False
    )
    days: dict[str, list[date]] = defaultdict(list)
    for day, names in sorted(found.items()):
        for name in names.split("; "):
            days[name].append(day)
    return {name: _short(each) for name, each in sorted(days.items())}


def kept_by_all(region: str, country: str, subdivision: str | None) -> dict[str, str | list[str]]:
    """The holidays of a region as the file has them."""
    few = NARROWER.get(region, set())
    return {name: days for name, days in dates_of(country, subdivision).items() if name not in few}


def _short(days: list[date]) -> str | list[str]:
    fixed = {f"{day:%m-%d}" for day in days}
    if len(days) == len(YEARS) and len(fixed) == 1:
        return fixed.pop()
    return [day.isoformat() for day in days]


def _lines(content: dict[str, Any]) -> str:
    """JSON with a line for each holiday, so that a change can be read."""
    parts = ",\n".join(
        f"{json.dumps(part)}: {{\n{_regions(content[part])}\n}}" for part in ("regions", "local")
    )
    days = _named(content["local_days"])
    return f'{{"years": {json.dumps(content["years"])}, {parts}, "local_days": {{\n{days}\n}}}}'


def _regions(regions: dict[str, dict[str, Any]]) -> str:
    return ",\n".join(
        f"{json.dumps(region)}: {{\n{_named(named)}\n}}" for region, named in regions.items()
    )


def _named(named: dict[str, Any]) -> str:
    return ",\n".join(
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(days)}"
        for name, days in named.items()
    )


def main() -> None:
    """Write the file."""
    regions = {f"CH-{each}": kept_by_all(f"CH-{each}", "CH", each) for each in CANTONS}
    regions |= {region: kept_by_all(region, "FR", code) for region, code in FRANCE.items()}
    content = {
        "years": [YEARS[0], YEARS[-1]],
        "regions": regions,
        "local": LOCAL,
        "local_days": local_days(),
    }
    TARGET.write_text(_lines(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
