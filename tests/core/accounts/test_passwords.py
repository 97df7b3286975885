"""What makes a password fit, and what is stored of it."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from comptoir.core.accounts import passwords
from comptoir.core.accounts.errors import PasswordUnfit


def refusal(password: str, login: str = "a.diallo", name: str = "Amina Diallo") -> str | None:
    try:
        passwords.check(password, login=login, name=name)
    except PasswordUnfit as error:
        return error.errors[0].code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "accounts.password-too-short"),
        ("123456789", "accounts.password-too-short"),
        ("x" * 201, "accounts.password-too-long"),
        ("amina diallo", "accounts.password-is-name"),
        ("AminaDiallo1!", "accounts.password-is-name"),
        ("a.diallo2026", "accounts.password-is-name"),
        ("motdepasse", "accounts.password-too-common"),
        ("Mot de passe 123", "accounts.password-too-common"),
        ("ababababababab", "accounts.password-too-common"),
        ("password123456", "accounts.password-too-common"),
        ("P@ssw0rd2027!", "accounts.password-too-common"),
        ("qwertzuiop12", "accounts.password-too-common"),
        ("1qaz2wsx3edc4rfv", "accounts.password-too-common"),
        ("9876543210abcdef", "accounts.password-too-common"),
        ("Comptoir-Fribourg-2026", "accounts.password-too-common"),
        ("soleilsoleilsoleil", "accounts.password-too-common"),
        ("chaise-12345-lune", None),
        ("Passwort für die Katze", None),
        ("guichet-ouvert", None),
        ("correct horse", None),
        ("trois petits chats", None),
        ("amina aime les longues phrases", None),
        ("çàéèüö-çàéèüö", None),
    ],
)
def test_a_password_is_refused_for_a_reason(password: str, code: str | None) -> None:
    assert refusal(password) == code


def test_a_very_short_login_forbids_nothing() -> None:
    assert refusal("correct horse", login="co", name="Or") is None


async def test_the_right_password_is_recognised_and_no_other() -> None:
    stored = await passwords.make_hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "correct horsf")
    assert not await passwords.verify(stored, "correct horse" * 100)


async def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    stored = await passwords.make_hash("élève à côté")
    assert await passwords.verify(stored, "élève à côté")


async def test_without_a_stored_password_none_is_right() -> None:
    assert not await passwords.verify("", "nobody has this password")
    assert not await passwords.verify("not a hash", "correct horse")


async def test_a_hash_of_other_parameters_is_outdated() -> None:
    assert not passwords.is_outdated(await passwords.make_hash("correct horse"))
    assert passwords.is_outdated(
        PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")
    )
