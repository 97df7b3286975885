"""The photo of a site: who may change it, what is kept, and what the public gets."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.sites.errors import SiteNotFound, SitesForbidden
from comptoir.sites.photos.drawing import LARGEST_PICTURE
from comptoir.sites.photos.errors import PhotoNotFound
from comptoir.sites.photos.queries import photo, photo_of
from comptoir.sites.photos.schemas import SavePhoto
from comptoir.sites.photos.services import remove_photo, set_photo
from comptoir.sites.tables import Site
from tests import factories
from tests.http_client import client_of, codes, sign_in, use_token
from tests.locks import overtaken
from tests.sites.photos.cameras import door, file_of, picture_of, telephone_photo

pytestmark = pytest.mark.usefixtures("database")

ALT = "La porte bleue"


@pytest.fixture
async def site(database: Any) -> Site:
    return await factories.site(published=True)


async def test_a_photo_taken_away_at_the_same_moment_is_not_given_another_text(
    site: Site, now: datetime
) -> None:
    actor = await factories.principal(Role.COORDINATOR, site.id)
    await set_photo(actor, site.id, SavePhoto(ALT, telephone_photo()), now=now)
    renamed: list[object] = []

    async def remove(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.transaction():
            await db.execute("DELETE FROM sites_photo WHERE site = :site", site=site.id)
            await until_waited_for()

    async def rename() -> None:
        try:
            await set_photo(actor, site.id, SavePhoto("Der Eingang"), now=now)
        except Invalid as invalid:
            renamed.extend(error.code for error in invalid.errors)

    await overtaken(remove, rename())
    assert renamed == ["sites.photo-missing"]
    events = await db.fetch("SELECT id FROM core_audit_event WHERE action = 'site.photo_set'")
    assert len(events) == 1


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    """A coordinator's browser."""
    async with client_of() as client:
        user = await factories.user(role=Role.COORDINATOR, site_id=site.id)
        await sign_in(client, user, site_id=site.id)
        yield client


async def test_a_photo_is_given_replaced_renamed_and_taken_away(site: Site, now: datetime) -> None:
    actor = await factories.principal(Role.COORDINATOR, site.id)
    first = await set_photo(actor, site.id, SavePhoto(f" {ALT}\u200b ", telephone_photo()), now=now)
    assert (first.alt, first.width, first.height) == (ALT, 360, 480)
    other = file_of(door(400, 300), "PNG")
    second = await set_photo(actor, site.id, SavePhoto(ALT, other), now=now)
    renamed = await set_photo(actor, site.id, SavePhoto("Der Eingang"), now=now)
    assert renamed.sha256 == second.sha256 != first.sha256
    assert await photo_of(site.id) == renamed
    kept = await photo(site.id)
    assert picture_of(kept.image).size == (kept.width, kept.height) == (400, 300)
    assert len(await db.fetch("SELECT id FROM sites_photo")) == 1
    await remove_photo(actor, site.id, now=now)
    assert await photo_of(site.id) is None
    with pytest.raises(PhotoNotFound):
        await remove_photo(actor, site.id, now=now)
    trail = [entry for _, entry in reversed(await audit.timeline(site.id))]
    assert [each.action for each in trail] == ["site.photo_set"] * 3 + ["site.photo_removed"]
    assert trail[2].changes == {"alt": [ALT, "Der Eingang"]}
    assert trail[3].changes == {"alt": ["Der Eingang", None], "sha256": [second.sha256, None]}


@pytest.mark.parametrize(
    ("alt", "image", "found"),
    [
        ("", file_of(door()), {"sites.photo-alt-missing"}),
        ("…", file_of(door()), {"sites.photo-alt-missing"}),
        ("x" * 201, file_of(door()), {"sites.photo-alt-too-long"}),
        (ALT, None, {"sites.photo-missing"}),
        ("", b"GIF89a", {"sites.photo-unreadable", "sites.photo-alt-missing"}),
    ],
)
async def test_what_is_wrong_with_a_photo_is_said_by_field(
    site: Site, now: datetime, alt: str, image: bytes | None, found: set[str]
) -> None:
    actor = await factories.principal(Role.COORDINATOR, site.id)
    with pytest.raises(Invalid) as refused:
        await set_photo(actor, site.id, SavePhoto(alt, image), now=now)
    assert {error.code for error in refused.value.errors} == found
    assert await photo_of(site.id) is None
    assert await audit.timeline(site.id) == []


async def test_only_its_coordinators_change_a_photo(site: Site, now: datetime) -> None:
    other = await factories.site()
    reception = await factories.principal(Role.RECEPTION, site.id)
    elsewhere = await factories.principal(Role.COORDINATOR, other.id)
    command = SavePhoto(ALT, file_of(door()))
    for actor, error in ((reception, SitesForbidden), (elsewhere, SiteNotFound)):
        with pytest.raises(error):
            await set_photo(actor, site.id, command, now=now)
        with pytest.raises(error):
            await remove_photo(actor, site.id, now=now)


async def test_the_form_takes_shows_and_removes_a_photo(client: AsyncClient, site: Site) -> None:
    path = f"/settings/sites/{site.id}/photo"
    assert "Remove the photo" not in (await client.get(path)).text
    files = {"image": ("IMG_0001.JPG", telephone_photo(), "image/jpeg")}
    answer = await client.post(path, data={"alt": ALT}, files=files)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    html = (await client.get(path)).text
    [address] = re.findall(r'<img class="photo" src="([^"]+)" alt="La porte bleue"', html)
    own = await client.get(address)
    assert own.headers["content-type"] == "image/webp"
    assert own.headers["cache-control"] == "no-store"
    # Without a file, the photo stays and its text changes.
    empty = {"image": ("", b"", "application/octet-stream")}
    assert (await client.post(path, data={"alt": "Eingang"}, files=empty)).status_code == 303
    assert (await photo(site.id)).alt == "Eingang"
    assert (await client.post(f"{path}/remove")).status_code == 303
    assert (await client.get(address)).status_code == 404


async def test_the_browser_asks_for_the_description_before_it_sends_the_file(
    client: AsyncClient, site: Site
) -> None:
    html = (await client.get(f"/settings/sites/{site.id}/photo")).text
    form = html[html.index('<form class="form"') :].partition("</form>")[0]
    assert "novalidate" not in form
    assert re.search(r'<input id="alt"[^>]* required', form)


async def test_the_form_says_what_is_wrong_and_keeps_the_text(
    client: AsyncClient, site: Site
) -> None:
    path = f"/settings/sites/{site.id}/photo"
    for content, sentence in (
        (b"GIF89a", "This is no photo that can be read."),
        (bytes(10_000_001), "The file is too large: at most 10 MB."),
        (b"", "Choose a photo."),
    ):
        answer = await client.post(path, data={"alt": ALT}, files={"image": ("a.jpg", content)})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'id="image-error"' in answer.text
        assert f'value="{ALT}"' in answer.text


async def test_the_public_gets_the_picture_and_caches_keep_it(
    client: AsyncClient, site: Site, now: datetime
) -> None:
    actor = await factories.principal(Role.COORDINATOR, site.id)
    view = await set_photo(actor, site.id, SavePhoto(ALT, telephone_photo()), now=now)
    page = f"/places/{factories.slug(site)}"
    html = (await client.get(page)).text
    address = f"{page}/photo.webp?v={view.tag}"
    image = f'src="{address}" alt="{ALT}" width="360" height="480" loading="lazy"'
    assert image in html
    assert html.index("Today:") < html.index("The next seven days") < html.index(image)
    assert f'"image": "http://127.0.0.1:8000{address}"' in html
    answer = await client.get(address)
    assert answer.content == (await photo(site.id)).image
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    same = await client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == answer.headers["etag"]
    other = await client.get(address, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200
    moved = await client.get(f"/places/{site.id}/photo.webp?v=1")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{page}/photo.webp?v=1")


async def test_a_form_without_a_file_and_without_another_text_saves_nothing(
    client: AsyncClient, site: Site
) -> None:
    path = f"/settings/sites/{site.id}/photo"
    first = await client.post(path, data={"alt": ALT}, files={"image": ("", b"")})
    assert (first.status_code, 'id="image-error"' in first.text) == (422, True)
    await factories.photo(site.id)
    known = await photo(site.id)
    for files in ({"image": ("", b"")}, {"image": ("photo.jpg", b"")}):
        same = await client.post(path, data={"alt": f" {known.alt} "}, files=files)
        assert (same.status_code, 'id="image-error"' in same.text) == (422, True)
    other = await client.post(path, data={"alt": "La porte"}, files={"image": ("", b"")})
    assert other.status_code == 303
    assert (await photo(site.id)).alt == "La porte"


async def test_what_is_not_published_or_not_there_has_no_picture(
    client: AsyncClient, site: Site
) -> None:
    address = f"/places/{factories.slug(site)}/photo.webp"
    assert (await client.get(address)).status_code == 404
    assert "photo.webp" not in (await client.get(f"/places/{factories.slug(site)}")).text
    await factories.photo(site.id)
    assert (await client.get(address)).status_code == 200
    await Site.update({Site.published: False}, force=True)
    assert (await client.get(address)).status_code == 404
    assert (await client.get(f"/settings/sites/{site.id}/photo.webp")).status_code == 200


async def test_the_api_does_the_same(client: AsyncClient, site: Site) -> None:
    await use_token(client, "settings", site_id=site.id)
    path = f"/api/v1/sites/{site.id}/photo"
    assert (await client.get(path)).status_code == 404
    body = {"alt": ALT, "image": b64encode(telephone_photo()).decode()}
    key = {"Idempotency-Key": str(new_id())}
    made = await client.post(path, json=body, headers=key)
    assert made.status_code == 200
    assert (await client.post(path, json=body, headers=key)).json() == made.json()
    read = (await client.get(path)).json()
    assert made.json().items() <= read.items()
    assert len(b64decode(read["image"])) <= LARGEST_PICTURE
    refused = await client.post(
        path,
        json={"alt": "", "image": b64encode(b"nothing").decode()},
        headers={"Idempotency-Key": str(new_id())},
    )
    assert codes(refused)[1:] == ["sites.photo-unreadable", "sites.photo-alt-missing"]
    gone = await client.delete(path, headers={"Idempotency-Key": str(new_id())})
    assert gone.status_code == 204
    assert (await client.get(path)).status_code == 404
