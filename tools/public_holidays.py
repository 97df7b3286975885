"""Write `comptoir/sites/public_holidays.json`: the public holidays that sites close on.

    python -m tools.public_holidays

They come from the library `holidays`. The program reads the file and not the library,
which costs a process 20 MB and half a second (docs/adr/0200). Run this after an upgrade of
the library, and every few years: a test asks for five years ahead.
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


def _short(days: list[date]) -> str | list[str]:
    fixed = {f"{day:%m-%d}" for day in days}
    if len(days) == len(YEARS) and len(fixed) == 1:
        return fixed.pop()
    return [day.isoformat() for day in days]


def _lines(content: dict[str, Any]) -> str:
    """JSON with a line for each holiday, so that a change can be read."""
    regions = ",\n".join(
        f"{json.dumps(region)}: {{\n"
        + ",\n".join(
            f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(days)}"
            for name, days in named.items()
        )
        + "\n}"
        for region, named in content["regions"].items()
    )
    return f'{{"years": {json.dumps(content["years"])}, "regions": {{\n{regions}\n}}}}'


def main() -> None:
    """Write the file."""
    regions = {f"CH-{canton}": dates_of("CH", canton) for canton in CANTONS}
    regions |= {region: dates_of("FR", code) for region, code in FRANCE.items()}
    content = {"years": [YEARS[0], YEARS[-1]], "regions": regions}
    TARGET.write_text(_lines(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
