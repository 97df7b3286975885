"""Who may be given which voucher, as pages for coordinators."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import shown_again, status_of_form
from comptoir.inventory.vouchers import queries as kinds
from comptoir.lending.policies.groups import groups, read_group
from comptoir.lending.policies.pages import ANY, COORDINATOR, Answer, Page, Posted, group_of
from comptoir.lending.policies.validation import HIGHEST_LIMIT, out_of_range
from comptoir.lending.policies.words import name_in
from comptoir.lending.vouchers.policies import (
    NEW,
    SaveVoucherPolicy,
    VoucherPolicyView,
    own_voucher_policy,
    remove_voucher_policy,
    save_voucher_policy,
    voucher_policies,
)
from comptoir.lending.vouchers.rules import LONGEST_PERIOD

_ALL = "/settings/voucher-policies"
_ONE = "/settings/voucher-policies/{kind_id:uuid}/{group:str}"


class VoucherPolicyForm(msgspec.Struct, frozen=True, kw_only=True):
    """A policy's form, as sent or to be shown; an empty limit is none."""

    version: str = str(NEW)
    limit_person: str = ""
    limit_household: str = ""
    period_days: str = "30"

    @property
    def seen(self) -> int:
        """The version that was read."""
        return _number(self.version) or NEW

    def command(self, kind: UUID, group: UUID | None) -> SaveVoucherPolicy:
        """The policy as the form says.

        Raises:
            Invalid: a number is none.
        """
        numbers = {field: _number(getattr(self, field)) for field in _RANGES}
        errors = [
            out_of_range(field, 1, most)
            for field, most in _RANGES.items()
            if numbers[field] is None and (getattr(self, field).strip() or field == "period_days")
        ]
        if errors:
            raise Invalid(errors)
        return SaveVoucherPolicy(
            kind=kind,
            group=group,
            limit_person=numbers["limit_person"],
            limit_household=numbers["limit_household"],
            period_days=numbers["period_days"] or 0,
        )

    @classmethod
    def of(cls, policy: VoucherPolicyView | None) -> VoucherPolicyForm:
        """The form as it is shown for a policy, or for one to be made."""
        if policy is None:
            return cls()
        return cls(
            version=str(policy.version),
            limit_person=str(policy.limit_person or ""),
            limit_household=str(policy.limit_household or ""),
            period_days=str(policy.period_days),
        )


_RANGES = {
    "limit_person": HIGHEST_LIMIT,
    "limit_household": HIGHEST_LIMIT,
    "period_days": LONGEST_PERIOD,
}


@get(_ALL, guards=COORDINATOR)
async def list_voucher_policies(request: Page) -> Answer:
    """What applies to whom: every kind by every group."""
    known = {(each.kind, each.group): each for each in await voucher_policies()}
    return page(
        request,
        "lending/voucher_policies.html",
        kinds=await kinds.kinds(active_only=True),
        groups=[None, *await groups()],
        policies=known,
        own_rules=Counter(kind for kind, group in known if group is not None),
        in_words=in_words,
        name_in=name_in,
        any=ANY,
    )


@get(_ONE, guards=COORDINATOR)
async def voucher_policy_form(
    request: Page, kind_id: FromPath[UUID], group: FromPath[str]
) -> Answer:
    """The form of one policy."""
    own = await own_voucher_policy(kind_id, group_of(group))
    return await _form(request, kind_id, group_of(group), VoucherPolicyForm.of(own), [])


@post(_ONE, status_code=200, guards=COORDINATOR)
async def set_voucher_policy(
    request: Page, kind_id: FromPath[UUID], group: FromPath[str], data: Posted[VoucherPolicyForm]
) -> Answer:
    """Set one policy."""
    group_id = group_of(group)
    try:
        command = data.command(kind_id, group_id)
        await save_voucher_policy(request.user, command, version=data.seen, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        own = await own_voucher_policy(kind_id, group_id)
        errors, version = shown_again(error, sent=data.seen, saved=own.version if own else NEW)
        data = msgspec.structs.replace(data, version=str(version))
        return await _form(request, kind_id, group_id, data, errors)
    return redirect(request, _ALL, flash=Flash("ok", _("Saved.")))


@post(f"{_ONE}/remove", status_code=200, guards=COORDINATOR)
async def drop_voucher_policy(
    request: Page, kind_id: FromPath[UUID], group: FromPath[str], data: Posted[VoucherPolicyForm]
) -> Answer:
    """Remove one policy; it is as easily made again."""
    own = await own_voucher_policy(kind_id, group_of(group))
    if own is not None:
        await remove_voucher_policy(request.user, own.id, version=data.seen, now=clock.now())
    return redirect(request, _ALL, flash=Flash("ok", _("Removed.")))


def in_words(policy: VoucherPolicyView) -> list[str]:
    """How many may be given, in short sentences."""
    days = ngettext("in one day", "in %(num)s days", policy.period_days)
    parts = []
    if policy.limit_person is not None:
        text = _("%(number)s per person %(days)s", number=policy.limit_person, days=days)
        parts.append(text)
    if policy.limit_household is not None:
        text = _("%(number)s per household %(days)s", number=policy.limit_household, days=days)
        parts.append(text)
    return parts or [_("without a limit")]


async def _form(
    request: Page,
    kind_id: UUID,
    group_id: UUID | None,
    form: VoucherPolicyForm,
    errors: list[FieldError],
) -> Answer:
    kind = await kinds.kind(kind_id)
    known = await read_group(group_id) if group_id else None
    return page(
        request,
        "lending/voucher_policy_form.html",
        status=status_of_form(errors),
        kind=name_in(kind.names),
        group=name_in(known.names) if known else "",
        action=f"{_ALL}/{kind_id}/{group_id or ANY}",
        form=form,
        errors=errors,
    )


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


ROUTES = [
    list_voucher_policies,
    voucher_policy_form,
    set_voucher_policy,
    drop_voucher_policy,
]
