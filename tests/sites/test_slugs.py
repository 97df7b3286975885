"""Readable addresses: made from a name, each of one site, and none of them lost."""

from __future__ import annotations

import asyncio
from datetime import datetime
from importlib import import_module
from itertools import islice
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries, services
from comptoir.sites.addresses import give_address
from comptoir.sites.schemas import SaveSite
from comptoir.sites.slugs import SLUG, slug_of, slugs_of
from tests import factories as make

MIGRATION = "comptoir.sites.piccolo_migrations.sites_2026_11_25t19_10_20_000000"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fribourg, Espace numérique", "fribourg-espace-numerique"),
        ("L’Œuvre – Café « Zoë »", "l-oeuvre-cafe-zoe"),
        ("Straße 5/2", "strasse-5-2"),
        ("Приёмная", "bulle"),
        ("data·inclusion", "data-inclusion-1"),
        ("a" * 70, "a" * 60),
        ("Maison " * 12, "-".join(["maison"] * 8)),
    ],
)
def test_an_address_is_read_like_the_name(name: str, slug: str) -> None:
    assert slug_of(name, "Bulle") == slug


def test_without_any_latin_letter_it_is_a_place() -> None:
    assert list(islice(slugs_of("Приёмная", "Київ"), 3)) == ["place", "place-2", "place-3"]


@given(st.text(max_size=120), st.text(max_size=80))
def test_whatever_the_name_an_address_comes_of_it(name: str, city: str) -> None:
    slug = slug_of(name, city)
    assert SLUG.fullmatch(slug)
    assert "--" not in slug
    assert slug == slug.strip("-")


def command(organisation: UUID, name: str) -> SaveSite:
    return SaveSite(organisation=organisation, name=name, city="Bulle")


async def kept(site_id: UUID) -> dict[str, bool]:
    rows = await db.fetch("SELECT slug, latest FROM sites_slug WHERE site = :site", site=site_id)
    return {row["slug"]: bool(row["latest"]) for row in rows}


@pytest.fixture
async def actor(database: str) -> Principal:
    return await make.principal(Role.COORDINATOR)


async def test_a_new_name_makes_a_new_address_and_the_old_one_stays(
    actor: Principal, now: datetime
) -> None:
    owner = (await make.organisation()).id
    site = await services.create_site(actor, command(owner, "Guichet"), now=now)
    assert (await queries.site(site)).slug == "guichet"
    for version, name in enumerate(("Le Guichet", "LE GUICHET!", "Guichet"), 1):
        await services.edit_site(actor, site, command(owner, name), version=version, now=now)
        assert (await queries.site(site)).slug == slug_of(name, "")
    assert await kept(site) == {"guichet": True, "le-guichet": False}


async def test_what_another_site_has_or_had_is_never_taken(actor: Principal, now: datetime) -> None:
    owner = (await make.organisation()).id
    first = await services.create_site(actor, command(owner, "Guichet"), now=now)
    await services.edit_site(actor, first, command(owner, "Accueil"), version=1, now=now)
    second = await services.create_site(actor, command(owner, "Guichet"), now=now)
    third = await services.create_site(actor, command(owner, "Guichet!"), now=now)
    assert (await queries.site(second)).slug == "guichet-2"
    assert (await queries.site(third)).slug == "guichet-3"
    assert await kept(first) == {"guichet": False, "accueil": True}


async def test_two_sites_at_the_same_moment_get_two_addresses(
    actor: Principal, now: datetime
) -> None:
    owner = (await make.organisation()).id
    names = ["Guichet", "Guichet!", "Guichet?", "Guichet."]
    made = await asyncio.gather(
        *(services.create_site(actor, command(owner, name), now=now) for name in names)
    )
    slugs = {(await queries.site(site)).slug for site in made}
    assert slugs == {"guichet", "guichet-2", "guichet-3", "guichet-4"}


async def test_a_refused_change_leaves_the_address(actor: Principal, now: datetime) -> None:
    owner = (await make.organisation()).id
    site = await services.create_site(actor, command(owner, "Guichet"), now=now)
    with pytest.raises(Invalid):
        await services.edit_site(actor, site, command(owner, " "), version=1, now=now)
    assert await kept(site) == {"guichet": True}


async def test_the_database_gives_no_site_two_addresses_and_no_address_two_sites(
    database: str,
) -> None:
    site, other = await make.site(), await make.site()
    sql = "INSERT INTO sites_slug (slug, site, latest) VALUES (:slug, :site, :latest)"
    with pytest.raises(db.IntegrityErrors):
        await db.execute(sql, slug="another", site=site.id, latest=True)
    with pytest.raises(db.IntegrityErrors):
        await db.execute(sql, slug=make.slug(other), site=site.id, latest=False)


async def test_sites_of_before_get_an_address(database: str) -> None:
    names = ("Fribourg, Espace numérique", "Fribourg: espace numérique", "Приёмная")
    sites = [await make.site(name=name, city="Bulle") for name in names]
    await db.execute("DELETE FROM sites_slug")
    await (await import_module(MIGRATION).forwards()).run()
    assert [(await queries.site(site.id)).slug for site in sites] == [
        "fribourg-espace-numerique",
        "fribourg-espace-numerique-2",
        "bulle",
    ]
    async with db.transaction():
        await give_address(sites[2].id, "Приёмная", "Bulle")
    assert await kept(sites[2].id) == {"bulle": True}
