"""The editor of wordings over HTTP, without a script; and the calls that do the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.api.calls import version_of
from comptoir.core.principal import Role
from comptoir.notifications.own_wordings.queries import read_wording_view
from comptoir.notifications.own_wordings.schemas import Form, Key
from comptoir.notifications.tables import Message
from comptoir.notifications.texts import default_text
from tests import factories as make
from tests.http_client import SETTINGS, client_of, codes, make_app, sign_in, use_token
from tests.notifications.gateways.test_configuration import KANNEL

KEY = Key("due-soon", "fr", Form.USUAL)
PAGE = "/settings/wordings/due-soon/fr/usual"
CALL = "/api/v1/wordings/due-soon/fr/usual"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[AsyncClient]:
    site = await make.site(short_name="Le Relais")
    item = await make.item(site_id=site.id)
    person = await make.borrower(name="Amina Diallo")
    await make.loan(item=item, borrower_id=person.id, now=clock.now())
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR))
        yield client


def form(text: str, **more: str) -> dict[str, str]:
    return {"text": text, "version": "0", "example": "one", **more}


class TestThePages:
    async def test_list_which_texts_are_own(self, client: AsyncClient) -> None:
        assert "Own text" not in (await client.get("/settings/wordings")).text
        await client.post(PAGE, data=form("Bientôt : {{items}}"))
        text = (await client.get("/settings/wordings")).text
        assert "Own text: FR" in text
        assert PAGE.replace("/fr/", "/en/") in text

    async def test_say_what_it_costs_as_the_call_does(
        self, database: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in KANNEL.items():
            monkeypatch.setenv(name, value)
        await make.site()
        async with client_of(make_app(settings=replace(SETTINGS, gateways="kannel"))) as client:
            await sign_in(client, await make.user(role=Role.COORDINATOR))
            answer = await client.post(f"{PAGE}/preview", data=form("a" * 200))
            assert "CHF0.11" in answer.text.replace("\u00a0", "")
            await use_token(client, "settings")
            found = (await client.post(f"{CALL}/previews", json={"text": "a" * 200})).json()
            assert (float(found["cost"]), found["currency"]) == (0.11, "CHF")

    async def test_save_a_text_and_go_back_to_the_one_before(self, client: AsyncClient) -> None:
        for version, text in enumerate(("Un : {{items}}", "Deux : {{items}}")):
            answer = await client.post(PAGE, data=form(text, version=str(version)))
            assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
        page = (await client.get(PAGE)).text
        assert f'href="{PAGE}?version=1"' in page
        assert "Un : {{items}}</textarea>" in (await client.get(f"{PAGE}?version=1")).text
        default = default_text("due-soon", "fr")
        assert default.replace("'", "&#39;") in (await client.get(f"{PAGE}?version=0")).text
        assert (await read_wording_view(KEY)).text == "Deux : {{items}}"

    async def test_say_what_is_wrong_and_mark_where(self, client: AsyncClient) -> None:
        answer = await client.post(PAGE, data=form("Le {{duo}} à {{place}}"))
        assert answer.status_code == 422
        assert "Line 1, character 4: This message has no {{duo}}" in answer.text
        assert "<mark>{{duo}}</mark>" in answer.text
        assert "Le {{duo}} à {{place}}</textarea>" in answer.text
        assert "d&#39;ici" in answer.text  # what holds today is seen beside it

    async def test_keep_the_last_preview_while_a_text_is_wrong(self, client: AsyncClient) -> None:
        typing = {"HX-Request": "true"}
        wrong = await client.post(f"{PAGE}/preview", data=form("Le {{duo}}"), headers=typing)
        assert wrong.headers["hx-retarget"] == "#preview-problem"
        assert "<mark>{{duo}}</mark>" in wrong.text
        assert "This message has no {{duo}}" in wrong.text
        right = await client.post(f"{PAGE}/preview", data=form("Le {{due}}"), headers=typing)
        assert "hx-retarget" not in right.headers
        assert '<div id="preview-problem" hx-swap-oob="innerHTML"></div>' in right.text

    async def test_show_what_a_text_makes_without_saving_it(self, client: AsyncClient) -> None:
        answer = await client.post(f"{PAGE}/preview", data=form("Bientôt : {{items}}"))
        assert "Bientôt : ordinateur portable</p>" in answer.text
        assert "<strong>ô</strong>" in answer.text
        assert "LATIN" not in answer.text
        assert "What it costs is not known" in answer.text
        assert 'value="Bientot : {{items}}"' in answer.text
        used = await client.post(
            f"{PAGE}/preview", data=form("Bientôt : {{items}}", use="Bientot : {{items}}")
        )
        assert "Bientot : {{items}}</textarea>" in used.text
        assert "CIRCUMFLEX" not in used.text
        assert (await read_wording_view(KEY)).version == 0

    async def test_show_a_loan_and_no_name(self, client: AsyncClient) -> None:
        page = (await client.get(PAGE)).text
        assert "Amina" not in page
        assert "<optgroup" in page

    async def test_send_a_test(self, client: AsyncClient) -> None:
        answer = await client.post(f"{PAGE}/test", data=form("Oui", number="079 123 45 67"))
        assert "on its way" in answer.text
        assert [row.text for row in await Message.objects()] == ["Oui"]
        assert ">Test</summary>" in (await client.get("/messages?state=all")).text
        wrong = await client.post(f"{PAGE}/test", data=form("Oui", number="12"))
        assert (wrong.status_code, "too few digits" in wrong.text) == (422, True)

    async def test_show_each_way_that_a_kind_goes(self, client: AsyncClient) -> None:
        texted = (await client.get(PAGE)).text
        assert re.findall(r"<h3>(.*?)</h3>", texted) == ["Text message"]
        page = (await client.get("/settings/wordings/due-soon/fr/full")).text
        assert re.findall(r"<h3>(.*?)</h3>", page) == [
            "E-mail",
            "Letter",
            "What to say on the phone",
        ]
        assert "À rapporter bientôt" in page
        assert "Send the test" not in page
        assert (await client.get("/settings/wordings/overdue-call/fr/full")).status_code == 404
        spoken = (await client.get("/settings/wordings/overdue-call/fr/usual")).text
        assert re.findall(r"<h3>(.*?)</h3>", spoken) == ["What to say on the phone"]
        assert "in the last part" not in spoken
        assert "Send the test" not in spoken

    async def test_warn_of_what_a_text_leaves_out(self, client: AsyncClient) -> None:
        warned = "does not say how to stop the messages: {{stop}}."
        assert warned not in (await client.get(PAGE)).text
        assert warned in (await client.post(f"{PAGE}/preview", data=form("Oui"))).text

    async def test_send_nobody_what_is_only_said(self, client: AsyncClient) -> None:
        spoken = "/settings/wordings/overdue-call/fr/usual/test"
        answer = await client.post(spoken, data=form("Oui", number="079 123 45 67"))
        assert answer.status_code == 422
        assert await Message.count() == 0

    async def test_tell_what_somebody_else_changed(self, client: AsyncClient) -> None:
        await client.post(PAGE, data=form("Un"))
        assert (await client.post(PAGE, data=form("Deux"))).status_code == 412

    async def test_let_a_coordinator_of_one_site_look_alone(self, client: AsyncClient) -> None:
        site = await make.site()
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=site.id))
        page = (await client.get(PAGE)).text
        assert "Send the test" not in page
        # It is said before the text, which cannot be typed into.
        assert page.index("only a coordinator of all sites") < page.index("<textarea")
        assert " readonly" in page[page.index("<textarea") : page.index("</textarea>")]
        assert ">Save<" not in page
        assert "only a coordinator of all sites" in (await client.get("/settings/wordings")).text
        assert (await client.post(PAGE, data=form("Un"))).status_code == 403
        assert (await client.post(f"{PAGE}/preview", data=form("Un"))).status_code == 200

    @pytest.mark.parametrize("end", ["no/fr/usual", "thanks/es/usual", "thanks/fr/most"])
    async def test_know_no_other(self, client: AsyncClient, end: str) -> None:
        assert (await client.get(f"/settings/wordings/{end}")).status_code == 404


async def test_the_calls_do_the_same(client: AsyncClient) -> None:
    await use_token(client, "settings", "borrowers")
    found = await client.get(CALL)
    assert (found.json()["is_own"], version_of(found.headers["etag"])) == (False, 0)
    headers = {"If-Match": found.headers["etag"]}
    saved = await client.put(CALL, json={"text": "Un : {{items}}"}, headers=headers)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert (await client.put(CALL, json={"text": None}, headers=headers)).status_code == 412
    assert (await client.put(CALL, json={"text": None})).status_code == 428
    wrong = await client.put(CALL, json={"text": "{{duo"}, headers={"If-Match": '"1"'})
    assert codes(wrong) == ["core.invalid", "notifications.placeholder-unclosed"]
    listed = (await client.get("/api/v1/wordings")).json()["items"]
    assert [each["kind"] for each in listed if each["is_own"]] == ["due-soon"]
    again = await client.put(CALL, json={"text": None}, headers={"If-Match": '"1"'})
    assert (again.json()["is_own"], again.json()["version"]) == (False, 2)
    first = (await client.get(f"{CALL}/versions?limit=1")).json()
    rest = (await client.get(f"{CALL}/versions?cursor={first['next_cursor']}")).json()
    assert [each["text"] for each in (*first["items"], *rest["items"])] == [None, "Un : {{items}}"]
    shown = await client.post(f"{CALL}/previews", json={"text": "À {{place}}"})
    assert (shown.status_code, shown.json()["text"], shown.json()["offered"]) == (
        200,
        "À Le Relais",
        "A {{place}}",
    )
    sent = await client.post(f"{CALL}/tests", json={"text": "Oui", "number": "+41791234567"})
    assert sent.status_code == 201
    assert (await client.get(sent.headers["location"])).json()["kind"] == "test"
