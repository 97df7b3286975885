"""Which step is possible from which status: the whole table."""

from __future__ import annotations

from comptoir.inventory.vouchers.life import ENDED, VoucherAction, next_status
from comptoir.inventory.vouchers.statuses import VoucherStatus as Status

STEPS = {
    ("available", "reserve"): "reserved",
    ("available", "send"): "in_transit",
    ("available", "issue"): "issued",
    ("available", "expire"): "expired",
    ("available", "void"): "void",
    ("reserved", "release"): "available",
    ("reserved", "issue"): "issued",
    ("reserved", "expire"): "expired",
    ("reserved", "void"): "void",
    ("in_transit", "receive"): "available",
    ("in_transit", "void"): "void",
    ("issued", "take_back"): "available",
    ("issued", "take_back_late"): "expired",
    ("issued", "activate"): "activated",
    ("issued", "expire"): "expired",
    ("issued", "void"): "void",
    ("activated", "expire"): "expired",
    ("activated", "void"): "void",
}


def test_each_step_leads_where_it_should_and_every_other_is_refused() -> None:
    for before in Status:
        for action in VoucherAction:
            assert next_status(action, before) == STEPS.get((before, action)), (before, action)


def test_an_end_has_no_next_step() -> None:
    assert not any(next_status(action, before) for before in ENDED for action in VoucherAction)
