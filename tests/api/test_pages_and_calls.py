"""Everything that the pages do can be done by a call: the table in ``docs/engineering/api.md``."""

from __future__ import annotations

import re
from pathlib import Path

from comptoir.core.api.operations import PREFIX
from comptoir.core.api.reference import operations
from tests.http_client import shared_app
from tests.permissions import TABLE

GUIDE = Path(__file__).parents[2] / "docs" / "engineering" / "api.md"
#: About one's own person or browser, or for everybody.
OWN = re.compile(
    r"(GET|POST) /(account\b|sign-in|sign-out$|lock$|locked$|unlock$|invitations/|session/"
    r"|language$|site$|healthz$|[tTbB]/)"
)


def lines() -> dict[str, str]:
    """The calls of each form and page, as the guide has them."""
    text = GUIDE.read_text().partition("## What the pages do")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `((?:GET|POST|PUT) /[^`]*)` \| (.+) \|$", text, re.MULTILINE))


def test_every_page_and_form_has_a_line() -> None:
    pages = {route for route in TABLE if " /api/" not in route}
    assert lines().keys() == {route for route in pages if not OWN.match(route)}


def test_every_call_that_the_table_names_exists() -> None:
    known = {
        f"{each.method} {re.sub(':(uuid|str)}', '}', each.path.removeprefix(PREFIX))}"
        for each in operations(shared_app())
    }
    for form, said in lines().items():
        named = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]+)`", said)
        assert named or said.startswith("pages only"), form
        assert set(named) <= known, form
