"""The certificate of the local network: kept while it is good, made anew when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from comptoir.commands import certificates
from comptoir.core import clock
from comptoir.core.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, public_url="https://192.0.2.7:8000")


def names(found: certificates.Certificate) -> set[str]:
    read = x509.load_pem_x509_certificate(found.chain.read_bytes())
    held = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in held}


def test_certificate_names_the_address_and_this_machine(settings: Settings) -> None:
    assert {"192.0.2.7", "localhost", "127.0.0.1"} <= names(certificates.certificate_of(settings))


def test_a_good_certificate_is_kept(settings: Settings) -> None:
    first = certificates.certificate_of(settings).chain.read_bytes()
    assert certificates.certificate_of(settings).chain.read_bytes() == first


def test_another_address_makes_another_certificate(settings: Settings) -> None:
    certificates.certificate_of(settings)
    moved = Settings(data=settings.data, public_url="https://192.0.2.8:8000")
    assert "192.0.2.8" in names(certificates.certificate_of(moved))


@pytest.mark.parametrize("damage", ["chain", "key"])
def test_a_damaged_file_is_made_anew(settings: Settings, damage: str) -> None:
    found = certificates.certificate_of(settings)
    getattr(found, damage).write_text("damaged")
    certificates.certificate_of(settings)
    assert certificates.is_good(found, {"localhost"}, now=clock.now())


def test_certificate_is_renewed_a_month_before_its_end(settings: Settings) -> None:
    found = certificates.certificate_of(settings)
    made = datetime.now(UTC)
    assert certificates.is_good(
        found, {"localhost"}, now=made + certificates.VALID - timedelta(days=31)
    )
    assert not certificates.is_good(
        found, {"localhost"}, now=made + certificates.VALID - timedelta(days=29)
    )


def test_certificate_is_not_valid_longer_than_phones_accept(settings: Settings) -> None:
    read = x509.load_pem_x509_certificate(certificates.certificate_of(settings).chain.read_bytes())
    assert read.not_valid_after_utc - read.not_valid_before_utc < timedelta(days=398)
