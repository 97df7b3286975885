"""Every page of the application answers, on both engines and in each language.

How it looks is the matter of ``e2e/test_pages.py``, on one engine.
"""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient, Response

from comptoir.lending.tables import Borrower
from tests.e2e.pages import fill_examples, page_routes
from tests.http_client import client_of, set_cookie

#: There is something on these only after something else was done.
LEADS_ELSEWHERE = {"/", "/items/labels", "/locked", "/sign-in/code"}
SOMEBODY = "Salome Tschanz"


@pytest.mark.parametrize("language", ["fr", "de", "it", "en"])
async def test_every_page_answers(database: Any, language: str) -> None:
    examples = await fill_examples()
    await Borrower.update({Borrower.name: SOMEBODY}, force=True)
    wrong: list[tuple[str, object, str]] = []
    async with client_of() as client:
        set_cookie(client, "session", examples.token)
        # The page that shows a second factor's secret has something to show only after this.
        await client.post("/account/second-factor")
        for route in page_routes():
            set_cookie(client, "session", examples.token)
            set_cookie(client, "language", language)
            address = examples.address(route)
            answer = await _open(client, address)
            stays = answer.url.path == address or route in LEADS_ELSEWHERE
            if not stays or answer.status_code != 200 or f'lang="{language}"' not in answer.text:
                wrong.append((route, answer.status_code, answer.url.path))
            # A shared PC keeps titles and addresses in its history.
            if SOMEBODY in answer.text.partition("</title>")[0]:
                wrong.append((route, "names somebody in its title", answer.url.path))
    assert not wrong, repr(wrong)


async def _open(client: AsyncClient, address: str) -> Response:
    """The answer; to somebody signed out if the address is for those alone."""
    answer = await client.get(address, follow_redirects=True)
    if answer.url.path != address:
        client.cookies.delete("session")
        answer = await client.get(address, follow_redirects=True)
    return answer
