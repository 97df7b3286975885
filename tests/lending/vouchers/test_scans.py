"""What the number of a SIM card means at the desk, and what a phone does with a code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comptoir.core.ids import new_id
from comptoir.inventory.vouchers.phone_texts import PhoneUse, dialled, in_groups, qr_text
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus, WifiCode
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.scans import (
    DeskState,
    GiveVoucher,
    Ignore,
    Refuse,
    SetVoucherAside,
    StrangeSimNamed,
    VoucherNamed,
    scan_meaning,
)
from comptoir.lending.vouchers.rules import HeldVoucher

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
SITE, SOMEBODY = new_id(), new_id()
FREE = HeldVoucher(VoucherStatus.AVAILABLE, place="Fribourg")
SIM = VoucherNamed(new_id(), "SIM 10 GB", SITE, FREE)
NO_VISIT, VISIT = DeskState(SITE), DeskState(SITE, SOMEBODY)


def test_a_sim_is_given_to_whoever_is_at_the_desk() -> None:
    assert scan_meaning(SIM, VISIT, now=NOW) == GiveVoucher(SIM.voucher_id, SOMEBODY)


def test_it_is_set_aside_where_somebody_said_so() -> None:
    visit = DeskState(SITE, SOMEBODY, sets_aside=True)
    assert scan_meaning(SIM, visit, now=NOW) == SetVoucherAside(SIM.voucher_id, SOMEBODY)
    meaning = scan_meaning(SIM, DeskState(SITE, sets_aside=True), now=NOW)
    assert isinstance(meaning, Refuse)
    assert meaning.refusal.code == RefusalCode.VOUCHER_AWAITS_VISIT


def test_without_a_visit_it_is_said_what_it_is() -> None:
    meaning = scan_meaning(SIM, NO_VISIT, now=NOW)
    assert isinstance(meaning, Refuse)
    assert meaning.refusal.code == RefusalCode.VOUCHER_AWAITS_VISIT
    assert meaning.refusal.data == {"kind": "SIM 10 GB"}


@pytest.mark.parametrize(
    ("status", "site", "code"),
    [
        (VoucherStatus.ISSUED, SITE, RefusalCode.VOUCHER_ISSUED_ALREADY),
        (VoucherStatus.EXPIRED, SITE, RefusalCode.VOUCHER_EXPIRED),
        (VoucherStatus.AVAILABLE, new_id(), RefusalCode.VOUCHER_ELSEWHERE),
    ],
)
def test_without_a_visit_it_is_said_why_nobody_is_given_it(
    status: VoucherStatus, site: object, code: RefusalCode
) -> None:
    held = HeldVoucher(status, place="Bulle")
    named = VoucherNamed(new_id(), "SIM 10 GB", site, held)  # type: ignore[arg-type]
    meaning = scan_meaning(named, NO_VISIT, now=NOW)
    assert isinstance(meaning, Refuse)
    assert meaning.refusal.code == code


def test_a_card_held_before_the_camera_is_given_once() -> None:
    just_now = VoucherNamed(new_id(), "SIM", SITE, FREE, NOW - timedelta(seconds=1))
    assert isinstance(scan_meaning(just_now, VISIT, now=NOW), Ignore)


@pytest.mark.parametrize(
    ("misread", "code"),
    [(False, RefusalCode.VOUCHER_UNKNOWN), (True, RefusalCode.VOUCHER_MISREAD)],
)
def test_a_card_that_is_not_ours_is_refused(misread: bool, code: RefusalCode) -> None:
    meaning = scan_meaning(StrangeSimNamed(misread), VISIT, now=NOW)
    assert isinstance(meaning, Refuse)
    assert meaning.refusal.code == code


@pytest.mark.parametrize(
    ("medium", "secret", "text"),
    [
        (Medium.TOP_UP, Secret("123456"), "tel:*121*123456%23"),
        (Medium.WIFI, Secret("pass;word"), r"WIFI:T:WPA;S:Pont\;Public;P:pass\;word;;"),
        (Medium.WIFI, Secret("12-34"), None),  # no network has a password so short
        (Medium.WIFI, Secret("long-password", user="u1"), None),
        (Medium.ESIM, Secret("LPA:1$smdp.example$K2"), "LPA:1$smdp.example$K2"),
        (Medium.SIM, Secret("8941000000000000001"), None),
    ],
)
def test_a_phone_is_told_by_its_camera(medium: Medium, secret: Secret, text: str | None) -> None:
    use = PhoneUse("*121*{code}#", "Pont;Public", WifiCode.PASSWORD)
    assert qr_text(secret, medium, use) == text


def test_nothing_is_told_where_nobody_said_what_to_dial_or_which_network() -> None:
    assert qr_text(Secret("123456"), Medium.TOP_UP, PhoneUse()) is None
    unnamed = PhoneUse(wifi_code=WifiCode.PASSWORD)
    assert qr_text(Secret("123456789"), Medium.WIFI, unnamed) is None


@pytest.mark.parametrize("code", ["12-34", "KQ7X-4455-XYZW"])
def test_a_code_that_is_typed_on_a_page_is_no_password_however_long(code: str) -> None:
    page = "https://wifi.example/login"
    named = PhoneUse(network="Pont")
    assert qr_text(Secret(code), Medium.WIFI, named) is None
    named = PhoneUse(network="Pont", portal_url=page)
    assert qr_text(Secret(code), Medium.WIFI, named) == page
    assert qr_text(Secret(code, user="u1"), Medium.WIFI, named) == page


def test_a_code_is_read_in_groups() -> None:
    assert in_groups("KQ7-12345-678") == ("KQ7-12345-678",)
    assert in_groups("123456789012") == ("1234", "5678", "9012")
    assert in_groups("12345") == ("12345",)
    assert in_groups("KQ7X4455XYZW") == ("KQ7X4455XYZW",)  # a gap would be typed


def test_what_is_dialled_is_typed_whole_in_the_groups_of_its_code() -> None:
    assert dialled("*121*{code}#", "88990011223344") == ("*121*", "8899", "0011", "2233", "44#")
    assert dialled("{code}", "1234") == ("1234",)
    assert "".join(dialled("*1*{code}*2#", "AB-CD")) == "*1*AB-CD*2#"
