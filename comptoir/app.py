"""The roof: the application put together from its floors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from litestar import Litestar
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import Send

from comptoir import home, housekeeping, scheduler, settings_page
from comptoir.core import db, idempotency, jobs, logging
from comptoir.core.accounts import api as account_api
from comptoir.core.accounts import pages as account_pages
from comptoir.core.accounts.plugin import SignIn
from comptoir.core.api import reference
from comptoir.core.jobs import mounted as job_pages
from comptoir.core.keys import derive
from comptoir.core.settings import Settings, load
from comptoir.core.web.bodies import asks_first, has_body, read_to_its_end
from comptoir.core.web.plugin import LARGEST_BODY, WebShell
from comptoir.core.web.registration import RegisterTogether
from comptoir.health import healthz
from comptoir.inventory import routes as inventory
from comptoir.lending import routes as lending
from comptoir.notifications import reach
from comptoir.notifications import routes as notifications
from comptoir.notifications.gateways.configuration import channels_of, sends_nothing
from comptoir.notifications.links import tokens as links
from comptoir.opening import open_vault
from comptoir.principals import StaffDirectory
from comptoir.sites import routes as sites

#: Packages with templates or static files, by the name these go by in addresses.
PACKAGES = {
    "core": "comptoir.core.web",
    "accounts": "comptoir.core.accounts",
    "sites": "comptoir.sites",
    "inventory": "comptoir.inventory",
    "lending": "comptoir.lending",
    "notifications": "comptoir.notifications",
}

#: The menus, in this order.
NAVIGATION = [
    *lending.NAVIGATION,
    *notifications.NAVIGATION,
    *inventory.NAVIGATION,
    *sites.NAVIGATION,
    *settings_page.NAVIGATION,
    *job_pages.NAVIGATION,
    *account_pages.NAVIGATION,
]

jobs.register(housekeeping.TIDYING)


def without_body(send: Send) -> Send:
    """Send the head of an answer alone."""

    async def head_only(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return head_only


class _Application(Litestar):
    """Litestar without its plugins for pydantic and attrs.

    It adds them where it finds these installed, as Piccolo has them: 8 MB of
    each worker, and a tenth of its start, for kinds of models that we have none of.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer HEAD as GET is answered, without the body: monitors and browsers ask so."""
        if scope["type"] == "http":
            if scope["method"] == "HEAD":
                scope, send = {**scope, "method": "GET"}, without_body(send)
            if has_body(scope):
                receive, send = read_to_its_end(receive, send, asks_first=asks_first(scope))
        await super().__call__(scope, receive, send)

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def create_app(settings: Settings | None = None) -> Litestar:
    """Build the application; without ``settings`` they are read from the environment."""
    settings = settings or load()
    logging.configure(settings)
    idempotency.use_key(derive(settings.signing_secret.encode(), "attempts"))
    reach.use_channels(() if sends_nothing(settings) else channels_of(settings))
    links.use_secret(settings.signing_secret)
    return _Application(
        route_handlers=[
            healthz,
            *home.ROUTES,
            *settings_page.ROUTES,
            *reference.ROUTES,
            *account_api.ROUTES,
            *job_pages.ROUTES,
            *sites.ROUTES,
            *inventory.ROUTES,
            *lending.ROUTES,
            *notifications.ROUTES,
        ],
        lifespan=[_database(settings)],
        openapi_config=None,
        request_max_body_size=LARGEST_BODY,
        plugins=[
            WebShell(settings, PACKAGES, NAVIGATION),
            SignIn(settings, StaffDirectory()),
            RegisterTogether(),
        ],
    )


def _database(settings: Settings) -> AbstractAsyncContextManager[None]:
    """The database, connected, and the jobs, for as long as the application runs."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        if db.is_connected():  # whoever connected, such as a test, also disconnects
            yield
            return
        db.connect(settings.database)
        try:
            await open_vault(settings)
            async with scheduler.running(settings) if settings.jobs else nullcontext():
                yield
        finally:
            await db.disconnect()

    return lifespan()
