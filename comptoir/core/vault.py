"""What is worth money or opens something: sealed where it is kept, found without being read.

A sealed text can be read by whoever has its key, and by nobody else: neither from the
database nor from a backup of it. It belongs to one row: put into another, it is refused.
A mark finds an equal text again, and says nothing of it without the key.

Each key is a text of the operator's (``COMPTOIR_VOUCHER_KEYS``); what seals and what marks are
derived from it separately (HKDF, RFC 5869). The name of a key tells it from others, and
nothing of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec
from nacl.exceptions import CryptoError
from nacl.secret import Aead

from comptoir.core.errors import Refused
from comptoir.core.i18n import gettext as _
from comptoir.core.keys import derive

#: Characters of a key's name: enough that no two keys of one place share it.
NAME_LENGTH = 16


class Clear:
    """A text that was sealed, on its way to somebody who may see it, and kept nowhere.

    It neither prints itself nor becomes JSON: an outcome, a message, a log line or an audit row
    that holds one is an error. A page takes ``text``; a call of the API says ``again``
    (``core.api.operations``), and then tells it.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "Clear()"


class Untold(msgspec.Struct, frozen=True):
    """Codes, passwords or tokens as texts: a traceback or a log line shows none of it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Unreadable(Refused):
    """A sealed text was altered, or belongs to another row."""

    code = "core.sealed-unreadable"

    def message(self) -> str:
        return _(
            "This code cannot be read: what is kept of it was altered. "
            "Give another voucher, and tell whoever runs the program."
        )


class KeyMissing(Refused):
    """What is kept was sealed with a key that was not given to the program."""

    code = "core.voucher-key-missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"the voucher key {name} is not given")
        self.name = name

    def message(self) -> str:
        return _(
            "The key %(name)s that encrypts codes of vouchers is in use, and not given. "
            "Whoever runs the program adds it to COMPTOIR_VOUCHER_KEYS and starts it anew.",
            name=self.name,
        )

    def details(self) -> dict[str, object]:
        return {"key": self.name}


class VaultKey:
    """One key: it seals, opens and marks."""

    def __init__(self, secret: str) -> None:
        self.name = derive(secret.encode(), "vault name").hex()[:NAME_LENGTH]
        self._sealing = Aead(derive(secret.encode(), "vault seal"))
        self._marking = derive(secret.encode(), "vault mark")

    def seal(self, text: str, *, row: UUID) -> bytes:
        """Encrypt and authenticate (XChaCha20-Poly1305), bound to the id of a row."""
        return bytes(self._sealing.encrypt(text.encode(), aad=row.bytes))

    def open(self, sealed: bytes, *, row: UUID) -> str:
        """The text of ``seal``.

        Raises:
            Unreadable: it was altered, or sealed for another row.
        """
        try:
            return self._sealing.decrypt(sealed, aad=row.bytes).decode()
        except (CryptoError, ValueError) as error:
            raise Unreadable from error

    def mark(self, text: str) -> str:
        """An HMAC-SHA-256 in hex."""
        return hmac.new(self._marking, text.encode(), hashlib.sha256).hexdigest()


class Vault:
    """The keys that a process was given, by their names; the newest first.

    ``again`` reads them anew, for a key that is not known yet: in a file, one may have come.
    """

    def __init__(
        self, secrets: Iterable[str], *, again: Callable[[], Iterable[str]] | None = None
    ) -> None:
        self.keys = _by_name(secrets)
        self._again = again

    def key(self, name: str) -> VaultKey:
        """The key of a name.

        Raises:
            KeyMissing: it is not among those given.
        """
        if name not in self.keys and self._again is not None:
            self.keys = _by_name(self._again())
        try:
            return self.keys[name]
        except KeyError:
            raise KeyMissing(name) from None

    @property
    def newest(self) -> VaultKey | None:
        """The first key given; None where none is."""
        return next(iter(self.keys.values()), None)


def _by_name(secrets: Iterable[str]) -> dict[str, VaultKey]:
    return {key.name: key for key in map(VaultKey, secrets)}


_vault = Vault(())


def use(vault: Vault) -> None:
    """Make ``vault`` that of this process, as ``db.connect`` does with the database."""
    global _vault
    _vault = vault


def current() -> Vault:
    """The vault of this process; it has no keys before ``use``."""
    return _vault
