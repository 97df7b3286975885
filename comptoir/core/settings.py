"""Settings: read once from the environment, checked, then passed around.

The table in ``docs/operator/settings.md`` is made from this class.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

#: Characters of a secret.
_LEAST = 32


class SettingsInvalid(Exception):
    """A setting is missing or wrong; the text says which, and how to mend it."""


def setting(variable: str, about: str, default: Any = None, *, told: bool = True) -> Any:
    """A settings field: its environment variable and what it is for.

    ``told``: a traceback or a log line may show it.
    """
    return field(default=default, repr=told, metadata={"variable": variable, "about": about})


def is_own_address(url: str) -> bool:
    """True for an address that on any other computer or telephone leads nowhere."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Settings:
    """Everything the operator may decide. All of it comes from the environment."""

    environment: str = setting(
        "COMPTOIR_ENV",
        "`development` or `production`. In production a secret must be set, never made up.",
        "development",
    )
    host: str = setting("COMPTOIR_HOST", "Address to listen on.", "127.0.0.1")
    port: int = setting("COMPTOIR_PORT", "Port to listen on.", 8000)
    data: Path = setting(
        "COMPTOIR_DATA",
        "Folder of the SQLite file, uploads and generated secrets.",
        Path("data"),
    )
    database_url: str = setting(
        "DATABASE_URL",
        "`postgres://user:password@host/name`. Unset: an SQLite file in the data folder.",
        "",
        told=False,
    )
    public_url: str = setting(
        "COMPTOIR_PUBLIC_URL",
        "Address that people and QR codes use, such as `https://desk.example.org`. "
        "Unset: the address listened on.",
        "",
    )
    secret: str = setting(
        "COMPTOIR_SECRET",
        "At least 32 characters; signs forms and the links in messages, and encrypts "
        "second factors. Unset in development: made once and kept in the data folder.",
        "",
        told=False,
    )
    voucher_keys: tuple[str, ...] = setting(
        "COMPTOIR_VOUCHER_KEYS",
        "What encrypts the codes of vouchers: at least 32 characters; several, separated by "
        "commas, the newest first, while keys change. Whoever loses it loses the codes: keep it, "
        "and apart from the backups. Unset in development: made once and kept in the data folder.",
        (),
        told=False,
    )
    workers: int = setting("COMPTOIR_WORKERS", "Server processes.", 1)
    trusted_proxies: tuple[str, ...] = setting(
        "COMPTOIR_TRUSTED_PROXIES",
        "Addresses or networks, separated by commas, whose `X-Forwarded-For` is believed.",
        (),
    )
    lock_minutes: int = setting(
        "COMPTOIR_LOCK_MINUTES",
        "A desk that nobody uses locks itself after so many minutes; 0 is never.",
        10,
    )
    jobs: bool = setting(
        "COMPTOIR_JOBS",
        "`yes` or `no`: whether the server also runs what is done again and again, such as "
        "sending messages. With `no`, `comptoir jobs` must run somewhere.",
        True,
    )
    gateways: str = setting(
        "COMPTOIR_GATEWAYS",
        "What carries messages, in this order, text messages each with the countries it is for: "
        "`kannel:+41,+33 smtp`. The next one has its turn when one fails. `file` writes them to "
        "`messages.jsonl` in the data folder, `console` prints them; neither sends anything, nor "
        "is told the code of a voucher.",
        "file",
    )

    @property
    def production(self) -> bool:
        """True if the secrets must be given rather than made up."""
        return self.environment == "production"

    @property
    def database(self) -> str:
        """Where the rows are: a ``postgres://`` URL, or ``sqlite:///`` and a path."""
        return self.database_url or f"sqlite:///{self.data / 'comptoir.sqlite'}"

    @property
    def base_url(self) -> str:
        """The address people use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_reached(self) -> bool:
        """False where the address that links and codes lead to is this very computer's."""
        return not is_own_address(self.base_url)

    @property
    def https(self) -> bool:
        """True if people reach the program over HTTPS."""
        return self.base_url.startswith("https://")

    @cached_property
    def signing_secret(self) -> str:
        """The secret, made and kept in the data folder the first time in development.

        Raises:
            SettingsInvalid: it is unset in production, or the file holds none.
        """
        if self.secret:
            return self.secret
        if self.production:
            raise SettingsInvalid(
                "COMPTOIR_SECRET is not set. In production it must be: run "
                "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` and set it "
                "to what that prints. Keep it apart from the backups."
            )
        return _secret_from_file(self.data / "secret")

    @property
    def vault_file(self) -> Path | None:
        """Where the keys of vouchers are kept in development, a line for each; None: not there."""
        given = self.voucher_keys or self.production
        return None if given else self.data / "voucher-keys"

    @property
    def vault_keys(self) -> tuple[str, ...]:
        """The keys of vouchers, newest first; without any, no voucher is taken into stock.

        A file is read anew each time, and never made: who finds none may have lost it.
        """
        if self.vault_file is None:
            return self.voucher_keys
        if not self.vault_file.exists():
            return ()
        return tuple(self.vault_file.read_text(encoding="ascii").split())

    def make_vault_file(self) -> None:
        """Make the first key of vouchers, where they are kept in a file and there is none."""
        if self.vault_file is not None:
            _secret_from_file(self.vault_file)

    def add_vault_key(self) -> bool:
        """Put a new key of vouchers before the others; False where they are not in a file.

        The file is replaced as a whole: whoever reads it finds all keys of before or of after.
        """
        if self.vault_file is None:
            return False
        lines = (secrets.token_urlsafe(48), *self.vault_keys)
        draft = _draft(self.vault_file, "".join(f"{line}\n" for line in lines))
        draft.replace(self.vault_file)
        return True


def _secret_from_file(path: Path) -> str:
    """The secret in a file, made if there is none; of processes that start at once, one makes it.

    It is written whole under a name of its own, and then linked to its place: nobody reads
    half a secret, and a link never replaces what is there.

    Raises:
        SettingsInvalid: what is there is no secret, such as an empty file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = _draft(path, secrets.token_urlsafe(48) + "\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # somebody was faster, and theirs holds
        finally:
            draft.unlink()
    text = path.read_text(encoding="ascii").strip()
    if len(text) < _LEAST:
        raise SettingsInvalid(
            f"{path} holds no secret. Put it back from where you keep it. If it is lost, take the "
            "file away: a new one is made, and what the old one protected is set up anew."
        )
    return text


def _draft(path: Path, text: str) -> Path:
    """A file beside another, with what is to stand there, safely on the disk and ours alone."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from ``environ`` (default: the process's environment).

    Raises:
        SettingsInvalid: a value is not of the kind it should be.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, Any] = {}
    for item in fields(Settings):
        text = environ.get(item.metadata["variable"], "").strip()
        if text:
            given[item.name] = _parse(item.name, item.metadata["variable"], text)
    settings = Settings(**given)
    _check(settings)
    return settings


def _parse(name: str, variable: str, text: str) -> Any:
    if name in ("port", "workers"):
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise SettingsInvalid(f"{variable} must be a whole number from 1 to 65535.")
        return int(text)
    if name == "lock_minutes":
        if not text.isdecimal() or int(text) > 480:
            raise SettingsInvalid(f"{variable} must be a whole number from 0 to 480.")
        return int(text)
    if name == "jobs":
        if text not in ("yes", "no"):
            raise SettingsInvalid(f"{variable} must be `yes` or `no`.")
        return text == "yes"
    if name == "data":
        return Path(text)
    if name == "voucher_keys":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if name == "trusted_proxies":
        return _networks(variable, text)
    return text


def _networks(variable: str, text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in parts:
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise SettingsInvalid(
                f"{variable}: `{part}` is no address and no network such as 10.0.0.0/8."
            ) from None
    return parts


def _check(settings: Settings) -> None:
    if settings.environment not in ("development", "production"):
        raise SettingsInvalid("COMPTOIR_ENV must be `development` or `production`.")
    if settings.secret and len(settings.secret) < _LEAST:
        raise SettingsInvalid("COMPTOIR_SECRET must have at least 32 characters.")
    database = urlsplit(settings.database)
    if database.scheme not in ("postgres", "postgresql", "sqlite"):
        raise SettingsInvalid(
            "DATABASE_URL must start with `postgres://`, or be unset to use SQLite."
        )
    if not _has_good_port(database):
        raise SettingsInvalid("The port in DATABASE_URL must be a whole number from 1 to 65535.")
    if settings.public_url and urlsplit(settings.public_url).scheme not in ("http", "https"):
        raise SettingsInvalid("COMPTOIR_PUBLIC_URL must start with `https://` or `http://`.")
    if any(len(key) < _LEAST for key in settings.voucher_keys):
        raise SettingsInvalid("Each key of COMPTOIR_VOUCHER_KEYS must have at least 32 characters.")


def _has_good_port(url: SplitResult) -> bool:
    try:
        return url.port is None or url.port > 0
    except ValueError:
        return False
