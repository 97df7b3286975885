"""The pages of signing in and of one's own account."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.core.accounts.pages import (
    account,
    desk_lock,
    invitations,
    second_factor,
    sign_in,
    tokens,
)
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web.navigation import NavItem

ROUTES: list[ControllerRouterHandler] = [
    *sign_in.ROUTES,
    *invitations.ROUTES,
    *desk_lock.ROUTES,
    *account.ROUTES,
    *second_factor.ROUTES,
    *tokens.ROUTES,
]

#: What the roof puts into the menu under the person's name, and the page of settings.
NAVIGATION = [
    NavItem(_l("My account"), "/account", menu="account"),
    NavItem(
        _l("Access tokens"),
        "/settings/tokens",
        Role.ADMIN,
        menu="settings",
        group="programs",
        hint=_l("What another program may read or do here."),
    ),
    NavItem(_l("Lock this desk (F8)"), "/lock", menu="account", method="post"),
    NavItem(_l("Sign out"), "/sign-out", menu="account", method="post"),
]
