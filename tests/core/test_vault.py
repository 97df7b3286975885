"""Sealed texts and marks, by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core.ids import new_id
from comptoir.core.vault import NAME_LENGTH, KeyMissing, Unreadable, Vault, VaultKey

OLD, NEW = "an-old-key-of-more-than-32-characters", "a-new-key-of-more-than-32-characters"


@given(st.text())
def test_what_was_sealed_is_read_again(text: str) -> None:
    row = new_id()
    assert VaultKey(OLD).open(VaultKey(OLD).seal(text, row=row), row=row) == text


def test_the_same_text_is_sealed_otherwise_each_time() -> None:
    key, row = VaultKey(OLD), new_id()
    assert key.seal("8941 0000", row=row) != key.seal("8941 0000", row=row)
    assert b"8941" not in key.seal("8941 0000", row=row)


def test_another_row_another_key_or_another_byte_is_refused() -> None:
    key, row = VaultKey(OLD), new_id()
    sealed = key.seal("8941 0000", row=row)
    with pytest.raises(Unreadable):
        key.open(sealed, row=new_id())
    with pytest.raises(Unreadable):
        VaultKey(NEW).open(sealed, row=row)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Unreadable):
            key.open(bytes(altered), row=row)
    with pytest.raises(Unreadable):
        key.open(b"", row=row)


def test_equal_texts_have_equal_marks_under_one_key_only() -> None:
    assert VaultKey(OLD).mark("code") == VaultKey(OLD).mark("code")
    assert VaultKey(OLD).mark("code") != VaultKey(OLD).mark("codf")
    assert VaultKey(OLD).mark("code") != VaultKey(NEW).mark("code")


def test_a_key_is_known_by_a_name_that_is_not_its_text() -> None:
    vault = Vault([NEW, OLD])
    assert vault.newest is vault.keys[VaultKey(NEW).name]
    assert vault.key(VaultKey(OLD).name).mark("code") == VaultKey(OLD).mark("code")
    assert all(len(name) == NAME_LENGTH and name not in NEW + OLD for name in vault.keys)
    with pytest.raises(KeyMissing) as missing:
        Vault([NEW]).key(VaultKey(OLD).name)
    assert missing.value.name == VaultKey(OLD).name
    assert Vault(()).newest is None
