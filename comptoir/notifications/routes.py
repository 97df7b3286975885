"""What the notifications mount: pages, calls, menu entries, and jobs."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.core import events
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem
from comptoir.notifications import hook_pages, timeline
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.inbound.answering import answer_reply
from comptoir.notifications.jobs import register_jobs
from comptoir.notifications.messages import api, pages

ROUTES: list[ControllerRouterHandler] = [
    *api.ROUTES,
    *pages.ROUTES,
    *hook_pages.ROUTES,
]

NAVIGATION = [NavItem(_l("Messages"), "/messages", Role.COORDINATOR)]

timeline.describe_all()
events.subscribe(ReplyArrived, answer_reply)
register_jobs()
