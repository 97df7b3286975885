"""Swiss cantons and French départements, by name.

A region of both countries together is ``CH-FR`` or ``FR-69``. Départements are called the
same in every language. Corsica, whose two share the beginning of their postcodes, is ``20``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.plain_text import as_read

CANTONS: Mapping[str, object] = {
    "AG": _l("Aargau"),
    "AI": _l("Appenzell Innerrhoden"),
    "AR": _l("Appenzell Ausserrhoden"),
    "BE": _l("Bern"),
    "BL": _l("Basel-Landschaft"),
    "BS": _l("Basel-Stadt"),
    "FR": _l("Fribourg"),
    "GE": _l("Geneva"),
    "GL": _l("Glarus"),
    "GR": _l("Graubünden"),
    "JU": _l("Jura"),
    "LU": _l("Lucerne"),
    "NE": _l("Neuchâtel"),
    "NW": _l("Nidwalden"),
    "OW": _l("Obwalden"),
    "SG": _l("St. Gallen"),
    "SH": _l("Schaffhausen"),
    "SO": _l("Solothurn"),
    "SZ": _l("Schwyz"),
    "TG": _l("Thurgau"),
    "TI": _l("Ticino"),
    "UR": _l("Uri"),
    "VD": _l("Vaud"),
    "VS": _l("Valais"),
    "ZG": _l("Zug"),
    "ZH": _l("Zurich"),
}

DEPARTEMENTS: Mapping[str, str] = {
    "01": "Ain",
    "02": "Aisne",
    "03": "Allier",
    "04": "Alpes-de-Haute-Provence",
    "05": "Hautes-Alpes",
    "06": "Alpes-Maritimes",
    "07": "Ardèche",
    "08": "Ardennes",
    "09": "Ariège",
    "10": "Aube",
    "11": "Aude",
    "12": "Aveyron",
    "13": "Bouches-du-Rhône",
    "14": "Calvados",
    "15": "Cantal",
    "16": "Charente",
    "17": "Charente-Maritime",
    "18": "Cher",
    "19": "Corrèze",
    "20": "Corse",
    "21": "Côte-d’Or",
    "22": "Côtes-d’Armor",
    "23": "Creuse",
    "24": "Dordogne",
    "25": "Doubs",
    "26": "Drôme",
    "27": "Eure",
    "28": "Eure-et-Loir",
    "29": "Finistère",
    "30": "Gard",
    "31": "Haute-Garonne",
    "32": "Gers",
    "33": "Gironde",
    "34": "Hérault",
    "35": "Ille-et-Vilaine",
    "36": "Indre",
    "37": "Indre-et-Loire",
    "38": "Isère",
    "39": "Jura",
    "40": "Landes",
    "41": "Loir-et-Cher",
    "42": "Loire",
    "43": "Haute-Loire",
    "44": "Loire-Atlantique",
    "45": "Loiret",
    "46": "Lot",
    "47": "Lot-et-Garonne",
    "48": "Lozère",
    "49": "Maine-et-Loire",
    "50": "Manche",
    "51": "Marne",
    "52": "Haute-Marne",
    "53": "Mayenne",
    "54": "Meurthe-et-Moselle",
    "55": "Meuse",
    "56": "Morbihan",
    "57": "Moselle",
    "58": "Nièvre",
    "59": "Nord",
    "60": "Oise",
    "61": "Orne",
    "62": "Pas-de-Calais",
    "63": "Puy-de-Dôme",
    "64": "Pyrénées-Atlantiques",
    "65": "Hautes-Pyrénées",
    "66": "Pyrénées-Orientales",
    "67": "Bas-Rhin",
    "68": "Haut-Rhin",
    "69": "Rhône",
    "70": "Haute-Saône",
    "71": "Saône-et-Loire",
    "72": "Sarthe",
    "73": "Savoie",
    "74": "Haute-Savoie",
    "75": "Paris",
    "76": "Seine-Maritime",
    "77": "Seine-et-Marne",
    "78": "Yvelines",
    "79": "Deux-Sèvres",
    "80": "Somme",
    "81": "Tarn",
    "82": "Tarn-et-Garonne",
    "83": "Var",
    "84": "Vaucluse",
    "85": "Vendée",
    "86": "Vienne",
    "87": "Haute-Vienne",
    "88": "Vosges",
    "89": "Yonne",
    "90": "Territoire de Belfort",
    "91": "Essonne",
    "92": "Hauts-de-Seine",
    "93": "Seine-Saint-Denis",
    "94": "Val-de-Marne",
    "95": "Val-d’Oise",
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "975": "Saint-Pierre-et-Miquelon",
    "976": "Mayotte",
    "977": "Saint-Barthélemy",
    "978": "Saint-Martin",
    "986": "Wallis-et-Futuna",
    "987": "Polynésie française",
    "988": "Nouvelle-Calédonie",
}

_DEPARTEMENT = re.compile(r"[0-9]{2,3}")


def is_region(country: str, region: str) -> bool:
    """True for a Swiss canton, or the number of a French département."""
    if country == "CH":
        return region in CANTONS
    return country == "FR" and _DEPARTEMENT.fullmatch(region) is not None


def region_name(country: str, region: str) -> str:
    """A canton or département with its sign: ``Fribourg (FR)``, ``Rhône (69)``; else empty."""
    name = str({"CH": CANTONS, "FR": DEPARTEMENTS}.get(country, {}).get(region, ""))
    return f"{name} ({region})" if name else region


def region_sign(country: str, region: str) -> str:
    """The same as it stands behind a town: ``FR``, but ``Rhône``."""
    return DEPARTEMENTS.get(region, region) if country == "FR" else region


def region_kind(countries: Iterable[str]) -> str:
    """What the regions of these countries are called."""
    match sorted({*countries} & {"CH", "FR"}):
        case ["CH"]:
            return _("Canton")
        case ["FR"]:
            return _("Département")
    return _("Canton or département")


def canton_options() -> list[tuple[str, str]]:
    """The cantons by their sign, in the order of their names."""
    return [(code, region_name("CH", code)) for code in sorted(CANTONS, key=_canton_name)]


def _canton_name(code: str) -> str:
    return as_read(str(CANTONS[code]))


def region_options(regions: Iterable[str]) -> list[tuple[str, str]]:
    """Regions such as ``CH-FR`` and their names, to choose from, in the order of these."""
    options = ((each, region_name(*each.split("-", 1))) for each in regions)
    return sorted(options, key=lambda option: (as_read(option[1]), option[0]))
