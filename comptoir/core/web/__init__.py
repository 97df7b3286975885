"""What every page shares: layout, static files, error answers, request context.

Handlers need only what is named here; see ``docs/engineering/pages.md``.
"""

from comptoir.core.web.context import (
    Place,
    is_htmx,
    local_path,
    principal_of,
    speak_publicly,
    speak_to,
)
from comptoir.core.web.cookies import cookie_name, forget_cookie, make_cookie
from comptoir.core.web.filters import Filters
from comptoir.core.web.flash import Flash
from comptoir.core.web.navigation import NavItem
from comptoir.core.web.problems import Problem
from comptoir.core.web.render import (
    fragment,
    page,
    public_headers,
    public_page,
    redirect,
    unlisted_page,
)

__all__ = [
    "Filters",
    "Flash",
    "NavItem",
    "Place",
    "Problem",
    "cookie_name",
    "forget_cookie",
    "fragment",
    "is_htmx",
    "local_path",
    "make_cookie",
    "page",
    "principal_of",
    "public_headers",
    "public_page",
    "redirect",
    "speak_publicly",
    "speak_to",
    "unlisted_page",
]
