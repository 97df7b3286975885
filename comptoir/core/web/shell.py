"""What rendering needs of the application it runs in."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment
from litestar import Litestar

from comptoir.core.settings import Settings
from comptoir.core.web.navigation import NavItem
from comptoir.core.web.static import StaticFiles


@dataclass(frozen=True)
class Shell:
    """Templates, static files and menus of one application."""

    settings: Settings
    navigation: tuple[NavItem, ...]
    static: StaticFiles
    environment: Environment


def shell_of(app: Litestar) -> Shell:
    """The shell that ``WebShell`` put into the application."""
    shell: Shell = app.state.web_shell
    return shell
