"""The certificate of ``comptoir serve --lan``.

Browsers give the camera to pages that came over HTTPS only. On a local network
no authority vouches for a name, so the certificate vouches for itself, and a
phone asks once whether to trust it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from comptoir.commands import lan
from comptoir.core import clock
from comptoir.core.settings import Settings

#: iPhones refuse certificates valid for longer than 825 days, browsers warn beyond 398.
VALID = timedelta(days=390)
RENEW_BEFORE_END = timedelta(days=30)


class Certificate(msgspec.Struct, frozen=True):
    """The files of a certificate and its private key."""

    chain: Path
    key: Path


def certificate_of(settings: Settings) -> Certificate:
    """The certificate of the data folder, made anew if it lacks a name or ends soon."""
    folder = settings.data / "tls"
    found = Certificate(chain=folder / "certificate.pem", key=folder / "key.pem")
    names = _names(settings)
    now = clock.now()
    if not is_good(found, names, now=now):
        _write(found, names, now=now)
    return found


def is_good(found: Certificate, names: set[str], *, now: datetime) -> bool:
    """True if the certificate can be read, holds the names, and lasts for a while."""
    try:
        read = x509.load_pem_x509_certificate(found.chain.read_bytes())
        key = serialization.load_pem_private_key(found.key.read_bytes(), password=None)
        held = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return (
        read.not_valid_before_utc <= now < read.not_valid_after_utc - RENEW_BEFORE_END
        and read.public_key() == key.public_key()
        and names <= {str(name.value) for name in held}
    )


def _names(settings: Settings) -> set[str]:
    host = socket.gethostname().lower()
    own = {
        "localhost",
        "127.0.0.1",
        lan.address(),
        urlsplit(settings.base_url).hostname or "localhost",
    }
    if host:
        own |= {host, host.partition(".")[0] + ".local"}
    return own


def _write(target: Certificate, names: set[str], *, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Comptoir")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a phone's clock may be slow
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(map(_general_name, sorted(names))), False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .sign(key, hashes.SHA256())
    )
    target.key.parent.mkdir(parents=True, exist_ok=True)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _replace(target.key, private)
    _replace(target.chain, made.public_bytes(serialization.Encoding.PEM))


def _replace(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads; whoever reads it sees the old one or the new."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    new.replace(path)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
