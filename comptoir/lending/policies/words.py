"""A policy in plain words: "14 days, then the next open day; at most 1 per person"."""

from __future__ import annotations

from babel.support import LazyProxy

from comptoir.core.i18n import LANGUAGES, current_language, ngettext
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.lending.due_dates import DueMode
from comptoir.lending.policies.schemas import PolicyView, SavePolicy
from comptoir.lending.rules import Signature

#: What each way of counting is called where one is chosen, and what it means.
MODES: dict[DueMode, tuple[LazyProxy, LazyProxy]] = {
    DueMode.CALENDAR_DAYS_NEXT_OPEN: (
        _l("Days, then the next open day"),
        _l("Every day counts. If the last day is a closed one, the next open day is meant."),
    ),
    DueMode.OPEN_DAYS: (
        _l("Open days only"),
        _l("Only days count on which the site is open."),
    ),
    DueMode.SAME_WEEKDAY: (
        _l("Weeks, on the same weekday"),
        _l("Back on the weekday of the loan, for people who always come on the same day."),
    ),
    DueMode.CALENDAR_DAYS: (
        _l("Days, strictly"),
        _l("Every day counts, and the last one may be a closed day."),
    ),
    DueMode.ON_SITE: (
        _l("Hours, on site"),
        _l("For use in the room, such as a computer until closing time."),
    ),
}

#: What each way of signing is called where one is chosen, and what it means if that is not plain.
SIGNATURES: dict[Signature, tuple[LazyProxy, ...]] = {
    Signature.NONE: (_l("No signature"),),
    Signature.SCREEN: (
        _l("Sign on screen"),
        _l("Who cannot draw on a screen may always sign on paper."),
    ),
    Signature.PAPER: (
        _l("Sign on paper"),
        _l("Together with other things, the whole agreement is signed on paper."),
    ),
}


#: Where things may be brought back, by ``returns_elsewhere``, and what that means.
RETURNS: dict[bool, tuple[LazyProxy, ...]] = {
    True: (
        _l("To any site"),
        _l("The site for the return can be chosen when something is lent."),
    ),
    False: (
        _l("To the site that lent it"),
        _l("Another site takes it back too, and is told where it should have gone."),
    ),
}


def name_in(names: dict[str, str]) -> str:
    """A name in the reader's language, else in the first one that has it."""
    return names.get(current_language()) or next(
        (names[each] for each in LANGUAGES if names.get(each)), ""
    )


def in_words(policy: PolicyView | SavePolicy) -> list[str]:
    """What a policy grants, as short phrases in the reader's language."""
    phrases = [length_in_words(policy), _renewals(policy)]
    if policy.limit_person is not None:
        phrases.append(
            ngettext(
                "at most %(num)s per person", "at most %(num)s per person", policy.limit_person
            )
        )
    if policy.limit_household is not None:
        phrases.append(
            ngettext(
                "at most %(num)s per household",
                "at most %(num)s per household",
                policy.limit_household,
            )
        )
    phrases.append(
        {
            Signature.NONE: _("no signature"),
            Signature.SCREEN: _("sign on screen"),
            Signature.PAPER: _("sign on paper"),
        }[policy.signature]
    )
    if not policy.returns_elsewhere:
        phrases.append(_("back to the site that lent it"))
    return phrases


def length_in_words(policy: PolicyView | SavePolicy) -> str:
    """For how long something is lent, as a short phrase in the reader's language."""
    if policy.mode is DueMode.ON_SITE and policy.length == 0:
        return _("on site until closing time")
    length = _length(policy.length, policy.mode)
    match policy.mode:
        case DueMode.CALENDAR_DAYS_NEXT_OPEN:
            return _("%(length)s, then the next open day", length=length)
        case DueMode.SAME_WEEKDAY:
            return _("%(length)s, on the same weekday", length=length)
        case DueMode.ON_SITE:
            return _("%(length)s on site", length=length)
    return length


def _renewals(policy: PolicyView | SavePolicy) -> str:
    if policy.renewals == 0:
        return _("no renewal")
    length = policy.renewal_length or policy.length
    if length == 0:
        return ngettext("renew once", "renew up to %(num)s times", policy.renewals)
    return ngettext(
        "renew once for %(length)s",
        "renew up to %(num)s times for %(length)s",
        policy.renewals,
        length=_length(length, policy.mode),
    )


def _length(length: int, mode: DueMode) -> str:
    match mode:
        case DueMode.ON_SITE:
            return ngettext("%(num)s hour", "%(num)s hours", length)
        case DueMode.OPEN_DAYS:
            return ngettext("%(num)s open day", "%(num)s open days", length)
        case DueMode.SAME_WEEKDAY:
            return ngettext("%(num)s week", "%(num)s weeks", -(-length // 7))
    return ngettext("%(num)s day", "%(num)s days", length)
