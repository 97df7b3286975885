"""What is sealed with a key: only its own purpose opens it, whole, and in time."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from comptoir.core.keys import Keyring

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = Keyring("a secret for tests alone, 32 or more")
TEXT = "Zoë Müller, 12"


def test_what_was_sealed_opens_again_and_shows_nothing() -> None:
    sealed = KEYS.encrypt("cursor", TEXT, now=NOW)
    assert KEYS.decrypt("cursor", sealed, now=NOW) == TEXT
    assert b"ller" not in base64.urlsafe_b64decode(sealed)
    assert KEYS.encrypt("cursor", TEXT, now=NOW) != sealed


def test_another_purpose_or_another_secret_does_not_open_it() -> None:
    sealed = KEYS.encrypt("cursor", TEXT, now=NOW)
    assert KEYS.decrypt("totp", sealed, now=NOW) is None
    assert (
        Keyring("another secret, as long as the other").decrypt("cursor", sealed, now=NOW) is None
    )


def test_each_altered_byte_is_noticed() -> None:
    sealed = base64.urlsafe_b64decode(KEYS.encrypt("cursor", TEXT, now=NOW))
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        text = base64.urlsafe_b64encode(altered).decode()
        assert KEYS.decrypt("cursor", text, now=NOW) is None, place


@pytest.mark.parametrize("made_up", ["", "x", "abcd", "é", "\0", "A" * 32, "A" * 56, "A" * 2000])
def test_what_is_not_ours_is_nothing(made_up: str) -> None:
    assert KEYS.decrypt("cursor", made_up, now=NOW) is None


def test_it_opens_until_it_is_too_old() -> None:
    sealed = KEYS.encrypt("ticket", TEXT, now=NOW)
    age = timedelta(minutes=5)
    assert KEYS.decrypt("ticket", sealed, now=NOW + age, max_age=age) == TEXT
    late = NOW + age + timedelta(seconds=1)
    assert KEYS.decrypt("ticket", sealed, now=late, max_age=age) is None
    assert KEYS.decrypt("ticket", sealed, now=late) == TEXT
