"""Every refusal has a sentence that says what to do, and an error that carries its code."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.core.errors import Refused
from comptoir.core.i18n import LANGUAGE_NAMES, use_language
from comptoir.lending.errors import (
    CheckOutRefused,
    LendingRefused,
    RenewalRefused,
    ScanRefused,
    sentence,
)
from comptoir.lending.refusals import Refusal, RefusalCode

SPENT: dict[str, object] = {"limit": 1, "days": 30, "wait_until": date(2026, 12, 24)}
#: What the rules put into a refusal, beside nothing.
DATA: dict[RefusalCode, dict[str, object]] = {
    RefusalCode.BORROWER_SUSPENDED: {"suspended_until": date(2026, 12, 24)},
    RefusalCode.BORROWER_INELIGIBLE: {"eligible_until": date(2026, 12, 24)},
    RefusalCode.ELIGIBILITY_ENDING: {"eligible_until": date(2026, 12, 24)},
    RefusalCode.PERSON_LIMIT_REACHED: {"limit": 2},
    RefusalCode.HOUSEHOLD_LIMIT_REACHED: {"limit": 3},
    RefusalCode.RENEWALS_USED: {"limit": 2},
    RefusalCode.CODE_UNKNOWN: {"code": "BCDF-GHJK"},
    RefusalCode.CODE_MISREAD: {"suggestion": "BCDF-GHJK"},
    RefusalCode.VOUCHER_PERSON_LIMIT_REACHED: SPENT,
    RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED: SPENT,
    RefusalCode.VOUCHER_TOO_LATE_TO_ACTIVATE: {"activate_until": date(2026, 12, 24)},
    RefusalCode.VOUCHER_ELSEWHERE: {"site": "Renens"},
    RefusalCode.VOUCHER_SHOWN_TOO_OFTEN: {"minutes": 3},
    RefusalCode.VOUCHER_AWAITS_VISIT: {"kind": "SIM 10 GB"},
    RefusalCode.VOUCHER_SET_ASIDE_COUNTS: {"limit": 1, "days": 30},
}
WITHOUT_DATA_TOO = [
    RefusalCode.BORROWER_SUSPENDED,
    RefusalCode.BORROWER_INELIGIBLE,
    RefusalCode.PERSON_LIMIT_REACHED,
    RefusalCode.HOUSEHOLD_LIMIT_REACHED,
    RefusalCode.CODE_MISREAD,
    RefusalCode.VOUCHER_AWAITS_VISIT,
]


@pytest.mark.parametrize("code", RefusalCode)
def test_every_code_has_a_sentence_and_what_to_do_in_every_language(code: RefusalCode) -> None:
    said = set()
    for language in LANGUAGE_NAMES:
        with use_language(language):
            text = sentence(Refusal(code, DATA.get(code, {})))
        assert text.count(". ") + text.endswith(".") + text.count("? ") >= 2, "what, what to do"
        assert "%" not in text
        said.add(text)
    assert len(said) == len(LANGUAGE_NAMES)


@pytest.mark.parametrize("code", WITHOUT_DATA_TOO)
def test_a_sentence_does_without_data_that_is_not_known(code: RefusalCode) -> None:
    with use_language("en"):
        without, with_data = sentence(Refusal(code)), sentence(Refusal(code, DATA[code]))
    assert "%" not in without
    assert without != with_data


def test_a_date_is_written_in_the_language_of_the_reader() -> None:
    refusal = Refusal(RefusalCode.BORROWER_INELIGIBLE, DATA[RefusalCode.BORROWER_INELIGIBLE])
    shown = {}
    for language in ("fr", "de", "it"):
        with use_language(language):
            shown[language] = sentence(refusal)
    assert "24 décembre 2026" in shown["fr"]
    assert "24. Dezember 2026" in shown["de"]
    assert "24 dicembre 2026" in shown["it"]


def test_codes_are_stable_and_of_this_package() -> None:
    assert len({str(code) for code in RefusalCode}) == len(RefusalCode)
    for code in RefusalCode:
        assert code.value.startswith("lending.")
        assert code.value.removeprefix("lending.").replace("-", "").isalpha()
        assert code.name.lower().replace("_", "-") == code.value.removeprefix("lending.")


@pytest.mark.parametrize("error", [CheckOutRefused, RenewalRefused, ScanRefused])
def test_an_error_has_the_code_the_data_and_the_sentence_of_its_refusal(
    error: type[LendingRefused],
) -> None:
    refusal = Refusal(RefusalCode.PERSON_LIMIT_REACHED, {"limit": 2})
    raised = error(refusal)
    assert isinstance(raised, Refused)
    assert raised.code == "lending.person-limit-reached"
    assert type(raised.code) is str
    assert raised.details() == {"limit": 2}
    with use_language("en"):
        assert raised.message() == sentence(refusal)
