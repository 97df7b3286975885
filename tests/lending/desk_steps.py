"""What may happen at the desk of ``test_desk_model``, and how often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from comptoir.inventory.statuses import ProblemKind
from tests.lending.desk_world import people, things

#: A Tuesday afternoon.
START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)

ITEMS = st.sampled_from(["laptop1", "laptop2", "laptop3", "laptop4"])
ANY_ITEM = st.sampled_from([thing.name for thing in things()])
EVERYBODY = [person.name for person in people(START)]
PEOPLE = st.sampled_from(["amina", "dora", "emil", *EVERYBODY])
COUNTERS = st.sampled_from([0, 1])
#: How many seconds pass: mostly a few; or just short of, at, and past a limit.
PAUSES = st.sampled_from([*[3] * 12, 5, 10, 0, 1, 2, 30, 59, 60, 70, 71, 3600, 90000])
#: How long after it was lent or brought back something is done with an item, and how
#: long one waits for a card.
NEXT = st.sampled_from([1, 2, 70, 71])
WAITED = st.sampled_from([1, 59, 60])
CHANGES = st.sampled_from(["check", "lose", "steal", "find", "retire", "restore"])
KINDS = st.sampled_from(ProblemKind)
THEN = st.sampled_from(["nothing", "scan", "scan_elsewhere", "undo", "undo", "set_aside", "renew"])
#: What means something only if it follows closely at the same item.
IN_TURN = st.sampled_from(
    [
        ("renew", "undo_the_renewal"),
        ("renew", "undo_the_renewal", "undo_the_renewal"),
        ("report", "take_the_report_back"),
        ("report", "report", "take_the_report_back"),
        ("lose", "find", "undo_the_find"),
        ("steal", "find", "undo_the_find"),
        ("lose", "find", "report", "take_the_report_back"),
    ]
)


def _often(times: int, method: str, *values: st.SearchStrategy[Any]) -> list[Any]:
    return [st.tuples(st.just(method), *values)] * times


#: What may be done: the method of ``Desk`` and its values.
STEPS = st.one_of(
    *_often(6, "lend", COUNTERS, PEOPLE, ITEMS, THEN, NEXT),
    *_often(3, "bring_back", COUNTERS, ITEMS, THEN, NEXT),
    *_often(3, "do_in_turn", ITEMS, IN_TURN, NEXT),
    *_often(1, "meet_at_two_computers", ITEMS, PEOPLE, PEOPLE, WAITED),
    *_often(1, "scan_a_card", COUNTERS, PEOPLE),
    *_often(2, "scan_an_item", COUNTERS, ANY_ITEM),
    *_often(1, "scan_something_else", COUNTERS, st.integers(0, 3)),
    *_often(1, "end_the_visit", COUNTERS),
    *_often(1, "choose_where_to_return", COUNTERS, st.booleans()),
    *_often(1, "lend_to_be_returned_elsewhere", COUNTERS, PEOPLE, ITEMS),
    *_often(1, "undo_the_check_out", ANY_ITEM, st.integers(0, 1)),
    *_often(1, "undo_the_check_in", ANY_ITEM, st.integers(0, 1)),
    *_often(2, "renew", ANY_ITEM, st.integers(1, 3), st.booleans()),
    *_often(1, "undo_the_renewal", ANY_ITEM),
    *_often(1, "undo_the_find", ANY_ITEM),
    *_often(1, "take_the_report_back", ANY_ITEM, st.integers(0, 1)),
    *_often(1, "set_aside", ANY_ITEM, KINDS),
    *_often(1, "change_an_item", ANY_ITEM, CHANGES),
    *_often(3, "put_in_order"),
    *_often(1, "replace_a_card", PEOPLE),
)
