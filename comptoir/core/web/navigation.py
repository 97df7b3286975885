"""The menus, as data that each floor adds to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from babel.support import LazyProxy

from comptoir.core.principal import Principal, Role


class NavItem(msgspec.Struct, frozen=True):
    """One entry of a menu.

    ``label`` is a lazy text (``_l("Loans")``). ``menu`` says where it stands:
    the bar at the top, or the menu under the person's name. ``method`` "post"
    makes a button of it, for what changes something (signing out).
    """

    label: str | LazyProxy
    url: str
    least_role: Role = Role.RECEPTION
    menu: Literal["main", "account"] = "main"
    method: Literal["get", "post"] = "get"


class NavLink(msgspec.Struct, frozen=True):
    """An entry as a template shows it."""

    label: str
    url: str
    current: bool
    method: str


def visible(
    items: Iterable[NavItem], menu: str, principal: Principal | None, path: str
) -> Sequence[NavLink]:
    """The entries of a menu that the person may use, in the order of registration."""
    if principal is None:
        return ()
    return tuple(
        NavLink(str(item.label), item.url, _is_current(item.url, path), item.method)
        for item in items
        if item.menu == menu and principal.has_role(item.least_role)
    )


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url + "/"))
