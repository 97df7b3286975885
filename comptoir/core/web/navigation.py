"""The menus, as data that each floor adds to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role

Group = Literal["places", "people", "lending", "items", "programs"]
#: What the page of settings is divided into, in its order.
GROUPS: dict[Group, LazyProxy] = {
    "places": _l("Places"),
    "people": _l("Team and rota"),
    "lending": _l("Lending"),
    "items": _l("What is lent"),
    "programs": _l("Other programs"),
}


class NavItem(msgspec.Struct, frozen=True):
    """One entry of a menu.

    ``label`` is a lazy text (``_l("Loans")``). ``menu`` says where it stands:
    the bar at the top, the menu under the person's name, or the page of settings,
    where it has a ``group`` and a ``hint``. ``method`` "post" makes a button of it,
    for what changes something (signing out). ``also`` are addresses elsewhere at
    which one is still at this entry. ``count_url`` answers with how many things wait there, as a
    fragment: it is asked for once the page is shown.
    """

    label: str | LazyProxy
    url: str
    least_role: Role = Role.RECEPTION
    menu: Literal["main", "account", "settings"] = "main"
    method: Literal["get", "post"] = "get"
    group: Group = "places"
    hint: str | LazyProxy = ""
    also: tuple[str, ...] = ()
    count_url: str = ""


class NavLink(msgspec.Struct, frozen=True):
    """An entry as a template shows it; ``asks_password`` is said before it does."""

    label: str
    url: str
    current: bool
    method: str
    count_url: str = ""
    asks_password: bool = False


class SettingsGroup(msgspec.Struct, frozen=True):
    """Entries of the page of settings under one heading: label, address and hint of each."""

    key: str
    title: str
    entries: list[tuple[str, str, str]]


def visible(
    items: Iterable[NavItem],
    menu: str,
    principal: Principal | None,
    path: str,
    *,
    by_password: Principal | None = None,
) -> Sequence[NavLink]:
    """The entries of a menu that the person may use, in the order of registration.

    ``by_password`` is who they are after their password: what only that opens is
    shown too, and asks for it. A menu that is shorter at the desk would be a riddle.
    """
    if principal is None:
        return ()
    links = []
    for item in items:
        may = principal.has_role(item.least_role)
        would = by_password is not None and by_password.has_role(item.least_role)
        if item.menu == menu and (may or would):
            link = NavLink(
                str(item.label),
                item.url,
                _is_current(item, path),
                item.method,
                item.count_url if may else "",
                asks_password=not may,
            )
            links.append(link)
    return tuple(links)


def settings_groups(items: Iterable[NavItem], principal: Principal) -> list[SettingsGroup]:
    """What the person may set, by group; a group without an entry is left out."""
    mine = [each for each in items if each.menu == "settings"]
    mine = [each for each in mine if principal.has_role(each.least_role)]
    groups = (
        SettingsGroup(
            key,
            str(title),
            [(str(each.label), each.url, str(each.hint)) for each in mine if each.group == key],
        )
        for key, title in GROUPS.items()
    )
    return [group for group in groups if group.entries]


def _is_current(item: NavItem, path: str) -> bool:
    return any(
        path == url or (url != "/" and path.startswith(url + "/")) for url in (item.url, *item.also)
    )
