"""What the notifications mount: pages, calls, menu entries, and jobs."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from comptoir.core import events
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Role
from comptoir.core.web import NavItem, panels
from comptoir.lending.closures.reach import let_say
from comptoir.lending.desk.answer import SLOT as DESK
from comptoir.lending.desk.view import SLOT as VISIT
from comptoir.lending.events import LoanRenewed, ReturnSiteChosen, VoucherToSend
from comptoir.lending.vouchers.obstacles import let_object, let_tell
from comptoir.notifications import hook_pages, timeline
from comptoir.notifications.calls import api as calls_api
from comptoir.notifications.calls import pages as calls_pages
from comptoir.notifications.calls import panels as call_panels
from comptoir.notifications.digest import api as digest_api
from comptoir.notifications.digest import pages as digest_pages
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.gateways.configuration import sends_nothing
from comptoir.notifications.inbound import api as inbound_api
from comptoir.notifications.inbound import doubts
from comptoir.notifications.inbound import pages as inbound_pages
from comptoir.notifications.inbound.answering import answer_reply
from comptoir.notifications.inbox import api as inbox_api
from comptoir.notifications.inbox import pages as inbox_pages
from comptoir.notifications.jobs import register_jobs
from comptoir.notifications.letters import api as letters_api
from comptoir.notifications.letters import pages as letters_pages
from comptoir.notifications.letters import returned
from comptoir.notifications.links import pages as link_pages
from comptoir.notifications.links.making import follow_renewal
from comptoir.notifications.messages import api, pages
from comptoir.notifications.own_wordings import api as wordings_api
from comptoir.notifications.own_wordings import pages as wordings_pages
from comptoir.notifications.reach import not_reached
from comptoir.notifications.reminders import api as reminder_api
from comptoir.notifications.reminders import pages as reminder_pages
from comptoir.notifications.reminders import settings_pages, wishes
from comptoir.notifications.reminders.moot import follow_return_site
from comptoir.notifications.unsubscribe import pages as unsubscribe_pages
from comptoir.notifications.voucher_codes import write_voucher
from comptoir.notifications.voucher_obstacles import obstacle

ROUTES: list[ControllerRouterHandler] = [
    *digest_api.ROUTES,
    *digest_pages.ROUTES,
    *api.ROUTES,
    *pages.ROUTES,
    *reminder_api.ROUTES,
    *reminder_pages.ROUTES,
    *inbound_api.ROUTES,
    *inbound_pages.ROUTES,
    *inbox_api.ROUTES,
    *inbox_pages.ROUTES,
    *settings_pages.ROUTES,
    *letters_api.ROUTES,
    *letters_pages.ROUTES,
    *calls_api.ROUTES,
    *calls_pages.ROUTES,
    *hook_pages.ROUTES,
    *link_pages.ROUTES,
    *unsubscribe_pages.ROUTES,
    *wordings_api.ROUTES,
    *wordings_pages.ROUTES,
]

NAVIGATION = [
    NavItem(_l("This week"), "/this-week", Role.COORDINATOR),
    NavItem(_l("Replies"), "/replies", count_url="/replies/count"),
    NavItem(_l("Calls"), "/calls", count_url="/calls/count"),
    NavItem(_l("Letters"), "/letters"),
    NavItem(_l("Messages"), "/messages", Role.COORDINATOR),
    NavItem(
        _l("Reminders"),
        "/settings/reminders",
        Role.COORDINATOR,
        menu="settings",
        group="lending",
        hint=_l("How long before and after, at which hours, and when somebody calls."),
    ),
    NavItem(
        _l("Texts of messages"),
        "/settings/wordings",
        Role.COORDINATOR,
        menu="settings",
        group="lending",
        hint=_l("What reminders and answers say, in each language."),
    ),
    NavItem(
        _l("Sending and budget"),
        "/messages/sending",
        Role.COORDINATOR,
        menu="settings",
        group="programs",
        hint=_l("Whether messages are sent, what they cost this month, and the switch."),
    ),
]

panels.register("lending.borrower", doubts.panel)
panels.register("lending.borrower", wishes.panel)
panels.register("lending.borrower", returned.panel)
panels.register(VISIT, doubts.panel)
panels.register(VISIT, call_panels.in_visit)
panels.register(DESK, call_panels.at_desk)
panels.register(DESK, letters_pages.at_desk)
timeline.describe_all()
events.subscribe(ReplyArrived, answer_reply)
events.subscribe(ReturnSiteChosen, follow_return_site)
events.subscribe(LoanRenewed, follow_renewal)
events.subscribe(VoucherToSend, write_voucher)
let_object(obstacle)
let_tell(sends_nothing)
let_say(not_reached)
register_jobs()
