"""Who may call what: ``pages.py`` and ``calls.py`` have a line for each route."""

from tests.permissions.calls import CALLS
from tests.permissions.lines import IN, SCOPES, SIGN_IN, Line
from tests.permissions.pages import PAGES

TABLE: dict[str, Line] = {**PAGES, **CALLS}

__all__ = ["CALLS", "IN", "PAGES", "SCOPES", "SIGN_IN", "TABLE", "Line"]
