"""The editor of wordings in Chromium: what a text makes is seen as one types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from comptoir.core.principal import Role
from comptoir.notifications.own_wordings.queries import read_wording_view
from comptoir.notifications.own_wordings.schemas import Form, Key
from tests import factories as make
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("wordings")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


async def coordinator() -> str:
    site = await make.site(short_name="Le Relais")
    return await sign_in(await make.user(role=Role.COORDINATOR), site.id)


@pytest.mark.parametrize(("width", "kind"), [(1280, "due-soon"), (320, "due-today")])
def test_a_text_is_typed_seen_made_cheaper_and_saved(
    browser: Browser, world: World, width: int, kind: str
) -> None:
    page = signed_in_page(browser, world, world.run(coordinator()), width=width)
    page.goto("/settings/wordings")
    assert violations(page) == []
    page.goto(f"/settings/wordings/{kind}/fr/usual")
    text, preview = page.get_by_label("Text", exact=True), page.locator("#preview")
    text.fill("Bientôt : {{items}}. {{place}}")
    expect(preview).to_contain_text("Bientôt : ordinateur portable. Le Relais")
    expect(preview).to_contain_text("1 part")
    expect(preview).not_to_contain_text("LATIN")
    assert (violations(page), too_small(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text.fill("Bientôt {{itms}}")
    problem = page.locator("#preview-problem")
    expect(problem.locator("mark")).to_have_text("{{itms}}")
    expect(problem).to_contain_text("Did you mean {{items}}?")
    expect(preview).to_contain_text("Bientôt : ordinateur portable. Le Relais")
    text.fill("Bientôt : {{items}}. {{place}}")
    expect(problem).to_be_empty()
    page.get_by_role("button", name="Use this text without them").click()
    expect(text).to_have_value("Bientot : {{items}}. {{place}}")
    page.get_by_label("Show it with").select_option("two")
    expect(preview).to_contain_text("ordinateur portable, souris")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    view = world.run(read_wording_view(Key(kind, "fr", Form.USUAL)))
    assert view.text == "Bientot : {{items}}. {{place}}"
    page.context.close()
