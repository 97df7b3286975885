"""Files of the ANCT's standard for the tests of imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from comptoir.sites.open_data.anct_terms import COLUMNS

ROW = {
    "id": "structure-1",
    "pivot": "43493312300029",
    "nom": "Médiathèque Élan",
    "commune": "Reims",
    "code_postal": "51100",
    "adresse": "12 rue de Mars",
    "latitude": "49.25",
    "longitude": "4.03",
    "typologie": "BIB|ASSO",
    "telephone": "+33180059880",
    "courriels": "elan@example.org|autre@example.org",
    "horaires": "Mo-Fr 09:00-12:00,14:00-18:30; PH off",
    "date_maj": "2024-04-02",
    "services": "Maîtrise des outils numériques du quotidien|Loisirs et créations numériques",
    "publics_specifiquement_adresses": "Jeunes|Étudiants|Femmes",
    "prise_en_charge_specifique": "Surdité|Langues étrangères (anglais)",
    "frais_a_charge": "Gratuit sous condition|Payant",
    "modalites_acces": "Se présenter|Téléphoner",
    "modalites_accompagnement": "Dans un atelier collectif|À distance",
}


def row(number: int = 1, **cells: str) -> dict[str, str]:
    """A row that nothing is wrong with, but for ``cells``; id and name are its own."""
    return {**ROW, "id": f"structure-{number}", "nom": f"Médiathèque Élan {number}", **cells}


def text_of(
    rows: Iterable[Mapping[str, str]],
    *,
    separator: str = ",",
    columns: Iterable[str] = COLUMNS,
) -> str:
    """The file of these rows."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(
        file, list(columns), restval="", delimiter=separator, extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def file_of(*rows: Mapping[str, str]) -> bytes:
    """The same in UTF-8."""
    return text_of(rows).encode()
