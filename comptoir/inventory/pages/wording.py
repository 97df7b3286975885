"""What statuses, conditions and actions are called on pages and in timelines."""

from __future__ import annotations

import msgspec
from babel.support import LazyProxy

from comptoir.core.i18n import lazy as _l
from comptoir.inventory.rules import ItemAction
from comptoir.inventory.statuses import Condition, ItemStatus, ProblemKind

STATUSES: dict[ItemStatus, LazyProxy] = {
    ItemStatus.AVAILABLE: _l("Available"),
    ItemStatus.ON_LOAN: _l("On loan"),
    ItemStatus.IN_TRANSIT: _l("On its way"),
    ItemStatus.TO_CHECK: _l("Set aside"),
    ItemStatus.IN_REPAIR: _l("In repair"),
    ItemStatus.LOST: _l("Lost"),
    ItemStatus.STOLEN: _l("Stolen"),
    ItemStatus.RETIRED: _l("Retired"),
}

#: How each status is coloured, and its icon: see ``chip`` in ``core/_icons.html``.
CHIPS: dict[ItemStatus, tuple[str, str]] = {
    ItemStatus.AVAILABLE: ("ok", "check"),
    ItemStatus.ON_LOAN: ("back", "person"),
    ItemStatus.IN_TRANSIT: ("quiet", "next"),
    ItemStatus.TO_CHECK: ("warn", "alert"),
    ItemStatus.IN_REPAIR: ("warn", "repair"),
    ItemStatus.LOST: ("stop", "stop"),
    ItemStatus.STOLEN: ("stop", "stop"),
    ItemStatus.RETIRED: ("quiet", "close"),
}

CONDITIONS: dict[Condition, LazyProxy] = {
    Condition.NEW: _l("New"),
    Condition.GOOD: _l("Good"),
    Condition.WORN: _l("Worn"),
    Condition.POOR: _l("Poor"),
}

PROBLEMS: dict[ProblemKind, LazyProxy] = {
    ProblemKind.MISSING: _l("missing"),
    ProblemKind.DAMAGED: _l("damaged"),
}


class Question(msgspec.Struct, frozen=True):
    """A page that asks before something is done: its title, its text, its button."""

    title: LazyProxy
    text: LazyProxy
    label: LazyProxy


#: Asked before what is hard to take back.
QUESTIONS: dict[ItemAction, Question] = {
    ItemAction.MARK_LOST: Question(
        _l("Mark as lost?"),
        _l("The item can then not be lent. When it turns up, say that it was found."),
        _l("Mark as lost"),
    ),
    ItemAction.MARK_STOLEN: Question(
        _l("Mark as stolen?"),
        _l("The item can then not be lent. When it turns up, say that it was found."),
        _l("Mark as stolen"),
    ),
    ItemAction.RETIRE: Question(
        _l("Retire this item?"),
        _l("It is then not lent any more. Its history stays."),
        _l("Retire"),
    ),
}

#: The button of an action on the item's page.
BUTTONS: dict[ItemAction, LazyProxy] = {
    ItemAction.SET_ASIDE: _l("Set aside to check"),
    ItemAction.CHECK: _l("It is complete and works"),
    ItemAction.SEND_TO_REPAIR: _l("Send to repair"),
    ItemAction.RETURN_FROM_REPAIR: _l("Back from repair"),
    ItemAction.MARK_FOUND: _l("It was found"),
    ItemAction.RECEIVE: _l("It has arrived"),
    ItemAction.RESTORE: _l("Bring back into use"),
    ItemAction.MARK_LOST: _l("Mark as lost"),
    ItemAction.MARK_STOLEN: _l("Mark as stolen"),
    ItemAction.RETIRE: _l("Retire"),
}

#: What is said at the top of the page after an action.
DONE: dict[ItemAction, LazyProxy] = {
    ItemAction.SET_ASIDE: _l("Set aside. It cannot be lent until somebody has checked it."),
    ItemAction.CHECK: _l("Checked. It can be lent again."),
    ItemAction.SEND_TO_REPAIR: _l("Sent to repair."),
    ItemAction.RETURN_FROM_REPAIR: _l("Back from repair. Check it before it is lent."),
    ItemAction.MARK_FOUND: _l("Found. Check it before it is lent."),
    ItemAction.RECEIVE: _l("Arrived."),
    ItemAction.RESTORE: _l("Back in use. Check it before it is lent."),
    ItemAction.MARK_LOST: _l("Marked as lost."),
    ItemAction.MARK_STOLEN: _l("Marked as stolen."),
    ItemAction.RETIRE: _l("Retired."),
}
