"""Passwords: what makes one fit, and argon2id off the event loop."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from comptoir.core.accounts.common_passwords import COMMON, what_is_hard_to_guess
from comptoir.core.accounts.errors import PasswordUnfit

T = TypeVar("T")

MIN_LENGTH = 10
#: So many signs must be left where everything is taken away that is tried first.
HARD_TO_GUESS = 5
#: Nobody types more; argon2 would read it all.
MAX_LENGTH = 200

# OWASP's memory for servers with little of it, and one pass more. Each hash
# takes 19 MiB while it runs, so two at a time are enough for anybody.
_hasher = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def check(password: str, *, login: str, name: str) -> None:
    """Refuse a password that is short, common, or the person's own name.

    There is no rule about capitals, digits or signs: length is what counts
    (NIST SP 800-63B, section 5.1.1).

    Raises:
        PasswordUnfit: with the reason's code on the field ``password``.
    """
    folded = _folded(password)
    if len(password) < MIN_LENGTH:
        raise PasswordUnfit.too_short(MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise PasswordUnfit.too_long(MAX_LENGTH)
    # The name with something short added is still the name.
    for own in (_folded(login), _folded(name)):
        if len(own) > 2 and own in folded and len(folded) - len(own) < MIN_LENGTH // 2:
            raise PasswordUnfit.own_name()
    if folded in COMMON or len(what_is_hard_to_guess(folded)) < HARD_TO_GUESS:
        raise PasswordUnfit.too_common()


async def make_hash(password: str) -> str:
    """An argon2id hash with its parameters and salt in it."""
    return await _in_thread(_hasher.hash, _normal(password))


async def verify(stored: str, password: str) -> bool:
    """True if ``password`` is the one of ``stored``.

    Without a stored hash (an empty text) it takes as long as with one: the time tells nobody
    which accounts exist.
    """
    if len(password) > MAX_LENGTH:
        password = ""
    matches = await _in_thread(_matches, stored, _normal(password))
    return matches and stored != ""


def is_outdated(stored: str) -> bool:
    """True if the hash was made with other parameters than ours today."""
    return _hasher.check_needs_rehash(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


async def _in_thread(work: Callable[..., T], *args: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)


def _normal(password: str) -> str:
    """One form for what looks the same, whichever keyboard made the accents."""
    return unicodedata.normalize("NFKC", password)


def _folded(text: str) -> str:
    return "".join(sign for sign in _normal(text).casefold() if not sign.isspace())
