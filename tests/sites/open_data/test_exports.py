"""Published sites as files of open data, held to the rules of each format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from data_inclusion.schema.v1 import Service, Structure
from httpx import AsyncClient

from comptoir.core.principal import SYSTEM, Role
from comptoir.sites import changing_hours, confirming
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.rota import shifts
from comptoir.sites.rota.schemas import AddShift
from tests import factories
from tests.http_client import client_of
from tests.sites.open_data.places import bare_site, french_site

pytestmark = pytest.mark.usefixtures("database")

#: The official schema, where it lies beside the project; else its rules as written here.
SCHEMA = Path(__file__).parents[4] / "shared/data/anct-places/schema.json"

_SERVICES = (
    "Aide aux démarches administratives|Maîtrise des outils numériques du quotidien"
    "|Insertion professionnelle via le numérique|Utilisation sécurisée du numérique"
    "|Parentalité et éducation avec le numérique|Loisirs et créations numériques"
    "|Compréhension du monde numérique|Accès internet et matériel informatique"
    "|Acquisition de matériel informatique à prix solidaire"
)
RULES: dict[str, dict[str, Any]] = {
    "id": {"required": True},
    "pivot": {"required": True, "pattern": "^[a-zA-Z0-9]{9,14}$"},
    "nom": {"required": True},
    "commune": {"required": True},
    "code_postal": {"required": True, "pattern": r"^\d{5}$"},
    "adresse": {"required": True},
    "date_maj": {"required": True},
    "telephone": {"pattern": r"^(\+33|\+590|\+594|\+262|\+596|\+269|\+687|\+689)(\d){6,9}$"},
    "services": {"pattern": rf"(?:(?:^|\|)({_SERVICES}))+$"},
    "publics_specifiquement_adresses": {
        "pattern": r"(?:(?:^|\|)(Jeunes|Étudiants|Familles et/ou enfants|Seniors|Femmes))+$"
    },
    "prise_en_charge_specifique": {
        "pattern": r"(?:(?:^|\|)(Langues étrangères \(anglais\)|Langues étrangères \(autres\)))+$"
    },
    "frais_a_charge": {"pattern": r"(?:(?:^|\|)(Gratuit|Gratuit sous condition|Payant))+$"},
    "modalites_acces": {"pattern": r"(?:(?:^|\|)(Se présenter|Téléphoner|Contacter par mail))+$"},
    "modalites_accompagnement": {
        "pattern": r"(?:(?:^|\|)(En autonomie|Accompagnement individuel"
        r"|Dans un atelier collectif|À distance))+$"
    },
}


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    """The browser of somebody without an account."""
    async with client_of() as client:
        yield client


def rules() -> dict[str, dict[str, Any]]:
    if not SCHEMA.exists():
        return RULES
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return {field["name"]: field.get("constraints", {}) for field in schema["fields"]}


def broken(row: dict[str, str]) -> list[str]:
    """The columns of a row that break a rule of the schema."""
    return [
        name
        for name, rule in rules().items()
        if (rule.get("required") and not row[name])
        or (row[name] and not re.search(rule.get("pattern", ""), row[name]))
    ]


async def rows_of(client: AsyncClient) -> list[dict[str, str]]:
    answer = await client.get("/places/anct.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


async def test_french_sites_are_rows_that_keep_the_rules_of_the_schema(
    client: AsyncClient,
) -> None:
    await french_site(anct_id="structure-1", pivot="43493312300029")
    await bare_site()
    full, bare = await rows_of(client)
    assert broken(full) == []
    assert broken(bare) == []
    assert (full["id"], full["pivot"]) == ("structure-1", "43493312300029")
    assert full["horaires"] == "Mo-Fr 09:00-12:00,14:00-18:00; PH off"
    assert expression_problems(full["horaires"], today=date(2026, 11, 24)) == []
    assert full["services"].split("|") == [
        "Accès internet et matériel informatique",
        "Aide aux démarches administratives",
        "Maîtrise des outils numériques du quotidien",
    ]
    assert full["prise_en_charge_specifique"] == (
        "Langues étrangères (anglais)|Langues étrangères (autres)"
    )
    assert full["modalites_acces"] == "Se présenter|Téléphoner|Contacter par mail"
    assert (full["latitude"], full["longitude"]) == ("45.7606", "4.854")
    assert (bare["pivot"], bare["horaires"], bare["latitude"]) == ("00000000000000", "", "")


async def test_the_rules_find_what_is_wrong(client: AsyncClient) -> None:
    await french_site()
    [row] = await rows_of(client)
    wrong = row | {"pivot": "", "code_postal": "1700", "services": "Prêt de matériel"}
    assert broken(wrong) == ["pivot", "code_postal", "services"]


@pytest.mark.parametrize(
    "path", ["/places/anct.csv", "/places/places.geojson", "/places/data-inclusion/structures.json"]
)
async def test_only_published_sites_are_told(client: AsyncClient, path: str) -> None:
    await french_site(name="Secret", published=False)
    await french_site(name="Gone", active=False)
    await french_site(name="Shown")
    text = (await client.get(path)).text
    assert "Shown" in text
    assert "Secret" not in text
    assert "Gone" not in text


async def test_the_national_map_gets_french_sites_with_an_address(client: AsyncClient) -> None:
    await factories.site(published=True)
    await french_site(street="")
    assert await rows_of(client) == []


async def test_a_number_of_another_country_is_left_out(client: AsyncClient) -> None:
    await french_site(phone="+41265550110")
    [row] = await rows_of(client)
    assert row["telephone"] == ""
    assert "Téléphoner" not in row["modalites_acces"]


async def test_no_spreadsheet_runs_a_name(client: AsyncClient) -> None:
    await french_site(name='=HYPERLINK("http://evil.example")')
    [row] = await rows_of(client)
    assert row["nom"].startswith("'=")


async def test_the_date_is_that_of_the_last_change_at_the_site(
    client: AsyncClient, now: datetime
) -> None:
    site = await french_site()
    late = now.replace(hour=23, minute=30)  # the next day in Lyon
    await changing_hours.set_hours(SYSTEM, site.id, "Mo 10:00-12:00", version=1, now=late)
    [row] = await rows_of(client)
    assert row["date_maj"] == "2026-11-25"


async def test_the_date_is_that_of_a_confirmation_and_not_of_a_plan(
    client: AsyncClient, now: datetime
) -> None:
    """Who takes the date for how fresh the hours are is told when somebody looked at them."""
    site = await french_site()
    person = await factories.user(role=Role.RECEPTION, site_id=site.id)
    await confirming.confirm_hours(SYSTEM, site.id, now=now)
    later = now + timedelta(days=3)
    command = AddShift(site=site.id, person=person.id, day=later.date(), starts=540, ends=720)
    await shifts.add_shift(SYSTEM, command, now=later)
    [row] = await rows_of(client)
    assert row["date_maj"] == "2026-11-24"


async def test_geojson_has_points_of_the_sites_whose_coordinates_are_known(
    client: AsyncClient,
) -> None:
    site = await french_site()
    await bare_site()
    answer = await client.get("/places/places.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    [feature] = collection["features"]
    assert (feature["type"], feature["id"]) == ("Feature", str(site.id))
    assert feature["geometry"] == {"type": "Point", "coordinates": [4.854, 45.7606]}
    properties = feature["properties"]
    assert properties["url"].endswith(f"/places/{factories.slug(site)}")
    assert properties["opening_hours"] == "Mo-Fr 09:00-12:00,14:00-18:00; PH off"
    assert properties["languages"] == ["fr", "en", "ar"]
    assert "workstations" not in properties


async def test_structures_and_services_pass_the_models_of_data_inclusion(
    client: AsyncClient,
) -> None:
    full = await french_site(pivot="43493312300029")
    await bare_site(name="M.")
    await factories.site(published=True)
    structures = (await client.get("/places/data-inclusion/structures.json")).json()
    offered = (await client.get("/places/data-inclusion/services.json")).json()

    read = [Structure.model_validate(each) for each in structures]
    assert [each.nom for each in read] == ["Guichet de la Part-Dieu", structures[1]["nom"]]
    assert read[0].siret == "43493312300029"
    assert len(structures[1]["nom"]) >= 3

    told = [Service.model_validate(each) for each in offered]
    assert {each.structure_id for each in told} == {f"comptoir--{full.id}"}
    assert told[0].nom == "Prêt de matériel"
    assert len({each.id for each in told}) == len(told) == 5
    assert told[0].frais is None
    assert told[0].frais_precisions == "Gratuit sous conditions"


async def test_every_offer_passes_the_models_of_data_inclusion(client: AsyncClient) -> None:
    from comptoir.sites import welcome

    await french_site(
        offers=" ".join(welcome.OFFERS),
        audiences=" ".join(welcome.AUDIENCES),
        cost="paid",
        visits="appointment",
    )
    offered = (await client.get("/places/data-inclusion/services.json")).json()
    told = [Service.model_validate(each) for each in offered]
    assert len(told) == len(welcome.OFFERS)
    assert {str(each.frais) for each in told} == {"payant"}


async def test_files_may_be_kept_for_an_hour_and_set_no_cookie(client: AsyncClient) -> None:
    answer = await client.get("/places/data-inclusion/services.json")
    assert answer.json() == []
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in answer.headers
