"""Which values of a column mean "activated", and that no code is shown in the list of them."""

from __future__ import annotations

from comptoir.inventory.vouchers.activations.states import MOST_STATES, State, states_of

CODES = ["8941030012345678904", "QX7Z-MM14-LKJH", "sommerzelt", "sommerzelt"]


def test_words_of_four_languages_are_known() -> None:
    cells = ["Active", "ACTIVE", "Aktiviert", "Activée", "attivata", "Suspended", "neu", ""]
    states = states_of(cells, None)
    assert states
    assert states.active() == {"active", "aktiviert", "activee", "attivata"}
    assert states.listed[0] == State("Active", 2, is_active=True)


def test_what_was_ticked_holds_and_nothing_else() -> None:
    states = states_of(["Active"] * 3 + ["Provisioned"] * 2, [1])
    assert states
    assert states.active() == {"provisioned"}


def test_a_code_in_the_wrong_column_is_not_shown() -> None:
    states = states_of(CODES, None)
    assert states
    shown = [each.shown for each in states.listed]
    assert not set(shown) & set(CODES)
    assert "9" * 19 in shown
    repeated = states_of([CODES[0]] * 8 + ["Provisioned"] * 8, None)
    assert repeated
    assert {each.shown for each in repeated.listed} == {"9" * 19, "Provisioned"}


def test_a_column_of_too_many_values_is_none_of_states() -> None:
    assert states_of([str(number) for number in range(MOST_STATES + 1)], None) is None
    assert states_of([], None) is not None
