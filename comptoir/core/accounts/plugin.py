"""Signing in, as one plugin of the application.

``Litestar(plugins=[WebShell(…), SignIn(settings, directory)])``. It brings the
middleware, the rule that a handler which declares nothing is for nobody, and
its own pages.
"""

from __future__ import annotations

from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin

from comptoir.core.accounts.authentication import Accounts, make_authentication, make_recognition
from comptoir.core.accounts.guards import refuse_undeclared
from comptoir.core.accounts.identity import Directory
from comptoir.core.accounts.pages import ROUTES
from comptoir.core.keys import Keyring
from comptoir.core.settings import Settings


class SignIn(InitPlugin):
    """Who acts, and whether they may."""

    def __init__(self, settings: Settings, directory: Directory) -> None:
        self.accounts = Accounts(settings, Keyring(settings.signing_secret), directory)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Put it after the shell, whose facts (language) it needs."""
        app_config.state["accounts"] = self.accounts
        app_config.middleware.append(make_authentication(self.accounts))
        app_config.after_exception.append(make_recognition(self.accounts))
        app_config.guards.insert(0, refuse_undeclared)
        app_config.route_handlers.extend(ROUTES)
        return app_config
