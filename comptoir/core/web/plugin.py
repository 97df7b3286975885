"""The web shell: everything a page of any package relies on, as one plugin.

``Litestar(plugins=[WebShell(settings, packages, navigation)])`` is all the roof
has to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from litestar.config.app import AppConfig
from litestar.config.compression import CompressionConfig
from litestar.plugins import InitPlugin

from comptoir.core.settings import Settings
from comptoir.core.web.answers import EXCEPTION_HANDLERS
from comptoir.core.web.environment import make_environment
from comptoir.core.web.headers import make_send_hook
from comptoir.core.web.middleware import make_request_middleware
from comptoir.core.web.navigation import NavItem
from comptoir.core.web.pages import ROUTES
from comptoir.core.web.shell import Shell
from comptoir.core.web.static import StaticFiles
from comptoir.core.web.texts import refuse_nul

#: Largest body accepted, in bytes, unless a route says otherwise. Litestar takes it
#: from its own argument only (``request_max_body_size``), never from a plugin.
LARGEST_BODY = 1_000_000


class WebShell(InitPlugin):
    """Templates, static files, security headers, error answers and the access log.

    ``packages`` names the packages that have ``templates/`` or ``static/``, by
    the name their files go by: ``{"core": "comptoir.core.web", ...}``.
    """

    def __init__(
        self,
        settings: Settings,
        packages: Mapping[str, str],
        navigation: Sequence[NavItem] = (),
    ) -> None:
        folders = {name: _folder(module) for name, module in packages.items()}
        static = StaticFiles(folders)
        self.shell = Shell(
            settings=settings,
            navigation=tuple(navigation),
            static=static,
            environment=make_environment(folders, static, auto_reload=not settings.production),
        )

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put the shell around what the floors brought."""
        settings = self.shell.settings
        app_config.state["web_shell"] = self.shell
        app_config.route_handlers.extend([*self.shell.static.routers(), *ROUTES])
        app_config.middleware.insert(0, make_request_middleware(settings))
        app_config.before_request = refuse_nul
        app_config.before_send.append(make_send_hook(settings))
        app_config.exception_handlers = {**EXCEPTION_HANDLERS, **app_config.exception_handlers}
        app_config.logging_config = None  # core.logging has it
        app_config.compression_config = CompressionConfig(
            backend="gzip", gzip_compress_level=6, minimum_size=1000, exclude=["^/api", "^/healthz"]
        )
        return app_config


def _folder(module: str) -> Path:
    file = import_module(module).__file__
    if file is None:
        raise LookupError(f"{module} has no folder")
    return Path(file).parent
