"""How an item goes from one status to another: the whole table, and why not.

``next_status`` decides for what the inventory does with an item, and which buttons
it has. What a scan lends or takes back is for ``lending.rules``, which know of loans
and people too; a test holds them to the two rows of this table that are lending's.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from comptoir.inventory.statuses import ItemStatus


class ItemAction(StrEnum):
    """What can be done with an item. Part of the API."""

    LEND = "lend"
    TAKE_BACK = "take_back"
    REPORT_PROBLEM = "report_problem"
    SET_ASIDE = "set_aside"
    CHECK = "check"
    SEND_TO_REPAIR = "send_to_repair"
    RETURN_FROM_REPAIR = "return_from_repair"
    MARK_LOST = "mark_lost"
    MARK_STOLEN = "mark_stolen"
    MARK_FOUND = "mark_found"
    SEND = "send"
    RECEIVE = "receive"
    RETIRE = "retire"
    RESTORE = "restore"


class StatusRefusal(msgspec.Struct, frozen=True):
    """The action does not go with the status that the item has now."""

    action: ItemAction
    status: ItemStatus

    @property
    def code(self) -> str:
        """``inventory.item-in-repair``: stable, one per status."""
        return f"inventory.item-{self.status.replace('_', '-')}"


_S = ItemStatus
_IN_HOUSE = (_S.AVAILABLE, _S.TO_CHECK)

#: From which status each action leads where. What is not here is refused.
TRANSITIONS: dict[ItemAction, dict[ItemStatus, ItemStatus]] = {
    ItemAction.LEND: {_S.AVAILABLE: _S.ON_LOAN},
    ItemAction.TAKE_BACK: {_S.ON_LOAN: _S.AVAILABLE},
    # An item that is not in the house keeps its status; its problem waits for it.
    ItemAction.REPORT_PROBLEM: {
        _S.AVAILABLE: _S.TO_CHECK,
        _S.TO_CHECK: _S.TO_CHECK,
        _S.ON_LOAN: _S.ON_LOAN,
        _S.IN_TRANSIT: _S.IN_TRANSIT,
        _S.IN_REPAIR: _S.IN_REPAIR,
    },
    ItemAction.SET_ASIDE: {_S.AVAILABLE: _S.TO_CHECK},
    ItemAction.CHECK: {_S.TO_CHECK: _S.AVAILABLE},
    ItemAction.SEND_TO_REPAIR: dict.fromkeys(_IN_HOUSE, _S.IN_REPAIR),
    # Somebody looks whether it works before it is lent.
    ItemAction.RETURN_FROM_REPAIR: {_S.IN_REPAIR: _S.TO_CHECK},
    ItemAction.MARK_LOST: dict.fromkeys(
        (*_IN_HOUSE, _S.ON_LOAN, _S.IN_TRANSIT, _S.IN_REPAIR, _S.STOLEN), _S.LOST
    ),
    ItemAction.MARK_STOLEN: dict.fromkeys(
        (*_IN_HOUSE, _S.ON_LOAN, _S.IN_TRANSIT, _S.IN_REPAIR, _S.LOST), _S.STOLEN
    ),
    # Nobody knows what happened to it meanwhile.
    ItemAction.MARK_FOUND: dict.fromkeys((_S.LOST, _S.STOLEN), _S.TO_CHECK),
    ItemAction.SEND: dict.fromkeys(_IN_HOUSE, _S.IN_TRANSIT),
    ItemAction.RECEIVE: {_S.IN_TRANSIT: _S.AVAILABLE},
    ItemAction.RETIRE: dict.fromkeys((*_IN_HOUSE, _S.IN_REPAIR, _S.LOST, _S.STOLEN), _S.RETIRED),
    ItemAction.RESTORE: {_S.RETIRED: _S.TO_CHECK},
}


def next_status(
    action: ItemAction,
    status: ItemStatus,
    *,
    problems: bool = False,
    arrives_as: ItemStatus = ItemStatus.AVAILABLE,
) -> ItemStatus | StatusRefusal:
    """The status after an action, or why the action is not possible.

    ``problems``: some are open, so that what comes back or arrives must be
    checked. ``arrives_as`` is the status that an item in transit had before.
    """
    after = TRANSITIONS[action].get(status)
    if after is None:
        return StatusRefusal(action, status)
    if action is ItemAction.RECEIVE:
        after = arrives_as
    if after is ItemStatus.AVAILABLE and problems and action is not ItemAction.CHECK:
        return ItemStatus.TO_CHECK
    return after


def possible_actions(status: ItemStatus) -> frozenset[ItemAction]:
    """What can be done with an item of this status."""
    return frozenset(action for action, table in TRANSITIONS.items() if status in table)
