"""What is written to whom, and when, for other programs."""

from __future__ import annotations

from uuid import UUID

import msgspec

from comptoir.core.api import Call, delete, get, post, put
from comptoir.lending.errors import BorrowerNotFound
from comptoir.lending.policies.errors import CoordinatorNeeded, PolicyNotFound, SettingsChanged
from comptoir.notifications.errors import AllSitesNeeded, PlanNotFound, WishChanged
from comptoir.notifications.reminders import deciding, wishes
from comptoir.notifications.reminders.schemas import (
    PlanTerms,
    PlanView,
    SavePlan,
    SaveSiteSending,
    SiteSendingView,
)
from comptoir.notifications.reminders.wishes import SaveWish, WishView
from comptoir.sites.errors import SiteNotFound

TAG = "Messages"
READERS = ("read", "borrowers", "settings")
WRITERS = ("settings",)


class ReminderPlans(msgspec.Struct, frozen=True):
    """All plans. A loan follows the one for its return site and policy, else that of the site,
    else that of the policy, else the one for all; without any, the usual reminders are sent."""

    items: list[PlanView]


@get(
    "/borrowers/{borrower_id:uuid}/message-wish",
    scopes=("read", "desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound,),
)
async def read_wish(call: Call, borrower_id: UUID) -> WishView:
    """Read how a borrower wants to be written to."""
    return await wishes.read_wish(call.actor, borrower_id)


@put(
    "/borrowers/{borrower_id:uuid}/message-wish",
    scopes=("desk", "borrowers"),
    tag=TAG,
    errors=(BorrowerNotFound, WishChanged),
)
async def save_wish(call: Call, borrower_id: UUID, data: SaveWish) -> WishView:
    """Write down how a borrower wants to be written to.

    What waits to be sent obeys it, too.
    """
    await wishes.save_wish(call.actor, borrower_id, data, version=call.version, now=call.now)
    return await wishes.read_wish(call.actor, borrower_id)


@get("/reminder-plans", scopes=READERS, tag=TAG)
async def list_plans(call: Call) -> ReminderPlans:
    """List the plans of reminders, all at once."""
    return ReminderPlans(await deciding.plans(call.actor))


@post(
    "/reminder-plans",
    scopes=WRITERS,
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, AllSitesNeeded, SiteNotFound, PolicyNotFound, SettingsChanged),
    location="/reminder-plans/{id}",
)
async def create_plan(call: Call, data: SavePlan) -> PlanView:
    """Decide about the reminders of a site, a policy, or both, that have no plan yet."""
    made = await deciding.save_plan(call.actor, data, now=call.now)
    return await deciding.plan(call.actor, made)


@get("/reminder-plans/{plan_id:uuid}", scopes=READERS, tag=TAG, errors=(PlanNotFound,))
async def read_plan(call: Call, plan_id: UUID) -> PlanView:
    """Read a plan of reminders."""
    return await deciding.plan(call.actor, plan_id)


@put(
    "/reminder-plans/{plan_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(
        PlanNotFound,
        CoordinatorNeeded,
        AllSitesNeeded,
        SiteNotFound,
        PolicyNotFound,
        SettingsChanged,
    ),
)
async def edit_plan(call: Call, plan_id: UUID, data: PlanTerms) -> PlanView:
    """Replace what a plan says. What was sent already is not sent again."""
    known = await deciding.plan(call.actor, plan_id)
    command = SavePlan(site=known.site, policy=known.policy, **msgspec.structs.asdict(data))
    await deciding.save_plan(call.actor, command, version=call.version, now=call.now)
    return await deciding.plan(call.actor, plan_id)


@delete(
    "/reminder-plans/{plan_id:uuid}",
    scopes=WRITERS,
    tag=TAG,
    errors=(PlanNotFound, CoordinatorNeeded, AllSitesNeeded, SiteNotFound, SettingsChanged),
    conditional=True,
)
async def remove_plan(call: Call, plan_id: UUID) -> None:
    """Remove a plan; the next wider one holds instead."""
    await deciding.remove_plan(call.actor, plan_id, version=call.version, now=call.now)


@get("/sites/{site_id:uuid}/sending-hours", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def read_sending_hours(call: Call, site_id: UUID) -> SiteSendingView:
    """Read when messages of a site may arrive."""
    return await deciding.site_sending(call.actor, site_id)


@put(
    "/sites/{site_id:uuid}/sending-hours",
    scopes=WRITERS,
    tag=TAG,
    errors=(SiteNotFound, CoordinatorNeeded, SettingsChanged),
)
async def decide_sending_hours(call: Call, site_id: UUID, data: SaveSiteSending) -> SiteSendingView:
    """Decide when messages of a site may arrive, and whether they can be answered."""
    await deciding.save_site_sending(call.actor, site_id, data, version=call.version, now=call.now)
    return await deciding.site_sending(call.actor, site_id)


ROUTES = [
    read_wish,
    save_wish,
    list_plans,
    create_plan,
    read_plan,
    edit_plan,
    remove_plan,
    read_sending_hours,
    decide_sending_hours,
]
