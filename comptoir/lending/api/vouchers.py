"""Give vouchers, and say who may have how many."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.api import Call, CardCode, delete, get, post, put
from comptoir.core.vault import KeyMissing, Unreadable, Untold
from comptoir.inventory.vouchers import sealing
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.iccid import read_iccid
from comptoir.inventory.vouchers.reveal_api import VoucherCode
from comptoir.lending import scans
from comptoir.lending.api.desk import AtSite, site_of
from comptoir.lending.desk.naming import name_code
from comptoir.lending.errors import (
    BorrowerNotFound,
    NoSiteChosen,
    ReasonTooLong,
    ScanRefused,
    VoucherIssueNotFound,
)
from comptoir.lending.loans import outcomes
from comptoir.lending.policies.errors import CoordinatorNeeded, GroupNotFound, SettingsChanged
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.vouchers import policies
from comptoir.lending.vouchers.issuing import LONGEST_REASON
from comptoir.lending.vouchers.issuing import issue_voucher as issue
from comptoir.lending.vouchers.policies import (
    SaveVoucherPolicy,
    VoucherPolicyNotFound,
    VoucherPolicyView,
    VoucherTerms,
)
from comptoir.lending.vouchers.reading import IssueDetail, live_issue, read_issue
from comptoir.lending.vouchers.replacing import replace_voucher as replace
from comptoir.lending.vouchers.returning import take_back_voucher as take_back
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher, ReplaceVoucher
from comptoir.lending.vouchers.sending import send_issued
from comptoir.lending.vouchers.showing import show_issued
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.sites.errors import SiteNotFound

TAG = "Vouchers"
_READERS = ("desk", "borrowers", "inventory", "settings")
NOT_GIVEN = (
    RefusalCode.CODE_UNKNOWN,
    RefusalCode.CODE_MISREAD,
    RefusalCode.CODE_FOREIGN,
    RefusalCode.CODE_TOO_LONG,
    RefusalCode.CARD_REPLACED,
    RefusalCode.VOUCHER_KIND_ENDED,
    RefusalCode.VOUCHER_NEEDS_BORROWER,
    RefusalCode.VOUCHER_NO_POLICY,
    RefusalCode.VOUCHER_PERSON_LIMIT_REACHED,
    RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED,
    RefusalCode.VOUCHER_NONE_LEFT,
    RefusalCode.VOUCHER_ISSUED_ALREADY,
    RefusalCode.VOUCHER_VOID,
    RefusalCode.VOUCHER_EXPIRED,
    RefusalCode.VOUCHER_TOO_LATE_TO_ACTIVATE,
    RefusalCode.VOUCHER_IN_TRANSIT,
    RefusalCode.VOUCHER_ELSEWHERE,
    RefusalCode.VOUCHER_RESERVED,
    RefusalCode.VOUCHER_OTHER_SET_ASIDE,
    RefusalCode.VOUCHER_SET_ASIDE_COUNTS,
    RefusalCode.VOUCHER_UNKNOWN,
    RefusalCode.VOUCHER_MISREAD,
    RefusalCode.BORROWER_SUSPENDED,
    RefusalCode.BORROWER_INELIGIBLE,
)


Iccid = Annotated[str, msgspec.Meta(description="Its ICCID.", examples=["89410000000000000013"])]


class IssueBody(Untold, frozen=True, forbid_unknown_fields=True):
    """The kind to give, or the SIM card in the hand, and the card of whoever gets it.

    Without `borrower`, somebody who is not asked who they are. `reason` passes a limit.
    """

    kind: UUID | None = None
    sim: Iccid | None = None
    borrower: CardCode | None = None
    reason: Annotated[str, msgspec.Meta(extra_json_schema={"maxLength": LONGEST_REASON})] = ""
    site: AtSite | None = None


class ReplacementBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the other one is taken from; without it, where the caller works."""

    site: AtSite | None = None


class VoucherPolicies(msgspec.Struct, frozen=True):
    """All policies of vouchers; `group` null: any group without its own."""

    items: list[VoucherPolicyView]


@post(
    "/voucher-issues",
    scopes=("desk",),
    tag=TAG,
    status=201,
    errors=(
        PlaceNotYours,
        SiteNotFound,
        VoucherKindNotFound,
        BorrowerNotFound,
        NoSiteChosen,
        ReasonTooLong,
        KeyMissing,
        *NOT_GIVEN,
    ),
    remembers=True,
    location="/voucher-issues/{id}",
)
async def issue_voucher(call: Call, data: IssueBody) -> IssueView:
    """Give a voucher. Its code is shown by another call.

    The next of the kind is chosen, or `sim` is the very one. A refused attempt is recorded
    with its reason, and gives nothing.
    """
    site_id = await site_of(call.actor, data.site)
    command = IssueVoucher(
        kind_id=data.kind,
        voucher_id=await sim_of(call, data.sim, site_id) if data.sim is not None else None,
        borrower_id=await borrower_of(call, data.borrower, site_id) if data.borrower else None,
        by_card=True,
        site_id=site_id,
        reason=data.reason,
        attempt=call.attempt,
    )
    return await issue(call.actor, command, now=call.now)


@get(
    "/voucher-issues/{issue_id:uuid}",
    scopes=("desk", "borrowers"),  # it names a person and a loan
    tag=TAG,
    errors=(VoucherIssueNotFound,),
)
async def read_voucher_issue(call: Call, issue_id: UUID) -> IssueDetail:
    """Read what was given, and what became of it. Its code is never among it."""
    return await read_issue(call.actor, issue_id)


@delete(
    "/voucher-issues/{issue_id:uuid}",
    scopes=("desk",),
    tag=TAG,
    errors=(
        VoucherIssueNotFound,
        RefusalCode.UNDO_TOO_LATE,
        RefusalCode.UNDO_OVERTAKEN,
        RefusalCode.VOUCHER_SHOWN,
    ),
)
async def undo_voucher_issue(call: Call, issue_id: UUID) -> None:
    """Take a voucher back within a minute, if nobody has seen its code."""
    await undo_issue(call.actor, issue_id, now=call.now)


@post(
    "/voucher-issues/{issue_id:uuid}/return",
    scopes=("desk",),
    tag=TAG,
    errors=(
        VoucherIssueNotFound,
        RefusalCode.VOUCHER_NOT_HELD,
        RefusalCode.VOUCHER_IN_USE,
        RefusalCode.VOUCHER_OPENED,
    ),
)
async def take_back_voucher(call: Call, issue_id: UUID) -> IssueDetail:
    """Take back a voucher that nobody has opened, however long ago it was given.

    It can be given again; past its last day to be activated, it has expired instead.
    """
    await take_back(call.actor, issue_id, now=call.now)
    return await read_issue(call.actor, issue_id)


@post(
    "/voucher-issues/{issue_id:uuid}/replacement",
    scopes=("desk",),
    tag=TAG,
    status=201,
    errors=(
        VoucherIssueNotFound,
        PlaceNotYours,
        SiteNotFound,
        RefusalCode.VOUCHER_NOT_HELD,
        RefusalCode.VOUCHER_REPLACED_BEFORE,
        RefusalCode.VOUCHER_NONE_LEFT,
    ),
    remembers=True,
    location="/voucher-issues/{id}",
)
async def replace_voucher(call: Call, issue_id: UUID, data: ReplacementBody) -> IssueView:
    """Give another voucher of the same kind for one that does not work.

    The first is void. The other one counts to the limits as if it had been given then.
    """
    site_id = await site_of(call.actor, data.site)
    command = ReplaceVoucher(issue_id=issue_id, site_id=site_id, attempt=call.attempt)
    return await replace(call.actor, command, now=call.now)


async def _show(call: Call, issue_id: UUID) -> VoucherCode:
    shown = await show_issued(call.actor, issue_id, now=call.now)
    return VoucherCode.of(shown.voucher_id, shown.secret)


async def _anew(call: Call, first: VoucherCode) -> VoucherCode:
    return await _show(call, await live_issue(first.voucher_id))


@post(
    "/voucher-issues/{issue_id:uuid}/showings",
    scopes=("desk",),
    tag=TAG,
    errors=(
        VoucherIssueNotFound,
        RefusalCode.VOUCHER_NOT_AT_HAND,
        RefusalCode.VOUCHER_SHOWN_TOO_OFTEN,
        KeyMissing,
        Unreadable,
    ),
    again=_anew,
)
async def show_voucher_issue(call: Call, issue_id: UUID) -> VoucherCode:
    """Read the code of a voucher that was given a moment ago. That it was read is written down.

    For ten minutes, by whoever gave it, or while its person is at the desk; later,
    `reveal_voucher` does. The code itself is kept in no outcome.
    """
    return await _show(call, issue_id)


@post(
    "/voucher-issues/{issue_id:uuid}/sendings",
    scopes=("desk",),
    tag=TAG,
    errors=(
        VoucherIssueNotFound,
        RefusalCode.VOUCHER_NOT_AT_HAND,
        RefusalCode.VOUCHER_SHOWN_TOO_OFTEN,
        RefusalCode.VOUCHER_NOT_SENDABLE,
        RefusalCode.VOUCHER_MESSAGES_STOPPED,
        RefusalCode.VOUCHER_NUMBER_DOUBTED,
        RefusalCode.VOUCHER_MESSAGE_FAILED,
        RefusalCode.VOUCHER_SENDING_PAUSED,
        KeyMissing,
        Unreadable,
    ),
)
async def send_voucher_issue(call: Call, issue_id: UUID) -> IssueDetail:
    """Send the code to the person's own number, where its kind may go out in a text message.

    The message that is kept names no code: it is put in when the gateway gets it.
    """
    await send_issued(call.actor, issue_id, now=call.now)
    return await read_issue(call.actor, issue_id)


@get("/voucher-policies", scopes=_READERS, tag=TAG)
async def list_voucher_policies(call: Call) -> VoucherPolicies:
    """List who may be given which voucher, all at once."""
    return VoucherPolicies(await policies.voucher_policies())


@post(
    "/voucher-policies",
    scopes=("settings",),
    tag=TAG,
    status=201,
    errors=(CoordinatorNeeded, VoucherKindNotFound, GroupNotFound, SettingsChanged),
    location="/voucher-policies/{id}",
)
async def create_voucher_policy(call: Call, data: SaveVoucherPolicy) -> VoucherPolicyView:
    """Add a policy for a kind and a group that have none yet."""
    policy_id = await policies.save_voucher_policy(call.actor, data, now=call.now)
    return await policies.voucher_policy(policy_id)


@get(
    "/voucher-policies/{policy_id:uuid}",
    scopes=_READERS,
    tag=TAG,
    errors=(VoucherPolicyNotFound,),
)
async def read_voucher_policy(call: Call, policy_id: UUID) -> VoucherPolicyView:
    """Read a policy of vouchers."""
    return await policies.voucher_policy(policy_id)


@put(
    "/voucher-policies/{policy_id:uuid}",
    scopes=("settings",),
    tag=TAG,
    errors=(VoucherPolicyNotFound, CoordinatorNeeded, SettingsChanged),
)
async def edit_voucher_policy(call: Call, policy_id: UUID, data: VoucherTerms) -> VoucherPolicyView:
    """Replace how many may be given."""
    known = await policies.voucher_policy(policy_id)
    command = SaveVoucherPolicy(kind=known.kind, group=known.group, **msgspec.structs.asdict(data))
    await policies.save_voucher_policy(call.actor, command, version=call.version, now=call.now)
    return await policies.voucher_policy(policy_id)


@delete(
    "/voucher-policies/{policy_id:uuid}",
    scopes=("settings",),
    tag=TAG,
    errors=(VoucherPolicyNotFound, CoordinatorNeeded, SettingsChanged),
    conditional=True,
)
async def remove_voucher_policy(call: Call, policy_id: UUID) -> None:
    """Remove a policy of vouchers; the one of any group applies instead, if there is one."""
    await policies.remove_voucher_policy(call.actor, policy_id, version=call.version, now=call.now)


async def borrower_of(call: Call, text: str, site_id: UUID | None) -> UUID:
    """Whose card it is.

    Raises:
        ScanRefused: it is none.
    """
    named = await name_code(text)
    if isinstance(named, scans.CardNamed):
        return named.borrower_id
    if named is None or isinstance(named, scans.ItemNamed | scans.VoucherNamed):
        named = scans.ForeignTextNamed()
    raise await _unread(call, named, site_id)


async def sim_of(call: Call, text: str, site_id: UUID | None) -> UUID:
    """Which voucher it is.

    Raises:
        ScanRefused: it is none of ours.
    """
    number = read_iccid(text)
    found = await sealing.find(sealing.Secret(code=number)) if number else None
    if found is None:
        raise await _unread(call, scans.StrangeSimNamed(misread=number is None), site_id)
    return found


async def _unread(call: Call, named: scans.Unusable, site_id: UUID | None) -> ScanRefused:
    """A refusal that is written down, or the one that the attempt was answered before."""
    first = await outcomes.first(call.actor, call.attempt, None, object)
    if isinstance(first, Refusal):
        return ScanRefused(first)
    refusal = scans.refuse_text(named)
    await outcomes.record_unread(
        call.actor,
        call.attempt,
        refusal,
        site_id=site_id or call.actor.site_id,
        now=call.now,
    )
    return ScanRefused(refusal)


ROUTES = [
    issue_voucher,
    read_voucher_issue,
    undo_voucher_issue,
    take_back_voucher,
    replace_voucher,
    show_voucher_issue,
    send_voucher_issue,
    list_voucher_policies,
    create_voucher_policy,
    read_voucher_policy,
    edit_voucher_policy,
    remove_voucher_policy,
]
