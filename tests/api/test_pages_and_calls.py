"""Everything that the pages do can be done by a call: the table in ``docs/engineering/api.md``."""

from __future__ import annotations

import re
from pathlib import Path

from comptoir.core.api.operations import PREFIX
from comptoir.core.api.reference import operations
from tests.http_client import make_app
from tests.test_permissions import TABLE

GUIDE = Path(__file__).parents[2] / "docs" / "engineering" / "api.md"
#: About one's own person or browser.
OWN = re.compile(
    r"POST /(account/|sign-in|sign-out$|lock$|unlock$|invitations/|session/|language$|site$)"
)


def lines() -> dict[str, str]:
    """The calls of each form, as the guide has them."""
    text = GUIDE.read_text().partition("## What the pages do")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(POST /[^`]+)` \| (.+) \|$", text, re.MULTILINE))


def test_every_form_of_a_page_has_a_line() -> None:
    posts = {route for route in TABLE if route.startswith("POST /") and "/api/" not in route}
    assert lines().keys() == {route for route in posts if not OWN.match(route)}


def test_every_call_that_the_table_names_exists() -> None:
    known = {
        f"{each.method} {re.sub(':(uuid|str)}', '}', each.path.removeprefix(PREFIX))}"
        for each in operations(make_app())
    }
    for form, said in lines().items():
        named = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]+)`", said)
        assert named or said.startswith("pages only"), form
        assert set(named) <= known, form
