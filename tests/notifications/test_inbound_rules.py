"""What is done about a message, whoever wrote it and however often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notifications.inbound.rules import (
    ANSWERS_A_DAY,
    ANSWERS_AN_HOUR,
    ANSWERS_TO_STRANGERS_A_DAY,
    OLDEST,
    Answers,
    Decision,
    Step,
    Whose,
    decide,
)
from comptoir.notifications.replies import Wish
from tests.factories import MADE_AT

wishes = st.sampled_from(Wish)
answers = st.builds(
    Answers,
    st.integers(0, 2 * ANSWERS_AN_HOUR),
    st.integers(0, 2 * ANSWERS_A_DAY),
    st.integers(0, 2 * ANSWERS_TO_STRANGERS_A_DAY),
)
ages = st.timedeltas(timedelta(0), 2 * OLDEST)


@pytest.mark.parametrize(
    ("wish", "decision"),
    [
        (Wish.RENEW, Decision(Step.RENEW, answer=True)),
        (Wish.HOURS, Decision(Step.TELL_HOURS, answer=True)),
        (Wish.HELP, Decision(Step.CALL_BACK, answer=True, to_read=True)),
        (Wish.STOP, Decision(Step.STOP, answer=True)),
        (Wish.START, Decision(Step.START, answer=True)),
        (Wish.NOT_ME, Decision(Step.NOT_ME, answer=True, to_read=True)),
        (Wish.UNCLEAR, Decision(Step.NOTHING, to_read=True)),
    ],
)
def test_a_known_number_gets_what_it_asks_for(wish: Wish, decision: Decision) -> None:
    assert decide(wish, Whose.ONE, Answers(), sent_at=MADE_AT, now=MADE_AT) == decision


def test_a_number_of_several_is_renewed_nothing_and_read() -> None:
    found = decide(Wish.RENEW, Whose.SEVERAL, Answers(), sent_at=MADE_AT, now=MADE_AT)
    assert found == Decision(Step.NOT_RENEW, answer=True, to_read=True)


@pytest.mark.parametrize("wish", [Wish.WORKS, Wish.AGREED])
def test_that_it_works_begins_a_voucher_only_where_one_person_surely_means_one(
    wish: Wish,
) -> None:
    for whose in (Whose.ONE, Whose.SEVERAL):
        for has_voucher in (True, False):
            found = decide(
                wish,
                whose,
                Answers(),
                sent_at=MADE_AT,
                now=MADE_AT,
                has_voucher=has_voucher,
            )
            plain = has_voucher and whose is Whose.ONE
            step = (
                Decision(Step.ACTIVATE, answer=True)
                if plain
                else Decision(Step.NOTHING, to_read=True)
            )
            assert found == step


@given(wishes, answers, ages)
def test_only_the_number_of_one_person_renews(wish: Wish, given: Answers, age: timedelta) -> None:
    for whose in (Whose.SEVERAL, Whose.NOBODY, Whose.MACHINE):
        found = decide(wish, whose, given, sent_at=MADE_AT - age, now=MADE_AT)
        assert found.step is not Step.RENEW


@given(wishes, answers, ages)
def test_beyond_the_limits_nothing_is_answered_and_all_but_stop_is_read(
    wish: Wish, given: Answers, age: timedelta
) -> None:
    over = given.hour >= ANSWERS_AN_HOUR or given.day >= ANSWERS_A_DAY
    found = decide(wish, Whose.ONE, given, sent_at=MADE_AT - age, now=MADE_AT)
    if over:
        assert not found.answer
        assert found.to_read or wish in (Wish.STOP, Wish.START)


@given(answers, ages, st.sampled_from([Whose.ONE, Whose.SEVERAL]))
def test_stop_is_always_obeyed(given: Answers, age: timedelta, whose: Whose) -> None:
    found = decide(Wish.STOP, whose, given, sent_at=MADE_AT - age, now=MADE_AT)
    assert found.step is Step.STOP


@given(wishes, answers)
def test_a_stranger_is_told_one_thing_whatever_they_write(wish: Wish, given: Answers) -> None:
    found = decide(wish, Whose.NOBODY, given, sent_at=MADE_AT, now=MADE_AT)
    assert (found.step, found.to_read) == (Step.SAY_UNKNOWN, True)
    assert found.answer == (given.strangers < ANSWERS_TO_STRANGERS_A_DAY)


@given(answers, wishes.filter(lambda wish: wish not in (Wish.STOP, Wish.START, Wish.NOT_ME)))
def test_what_is_old_is_read_by_a_person(given: Answers, wish: Wish) -> None:
    long_ago: datetime = MADE_AT - OLDEST - timedelta(minutes=1)
    found = decide(wish, Whose.ONE, given, sent_at=long_ago, now=MADE_AT)
    assert found == Decision(Step.NOTHING, to_read=True)
