"""Whatever holds codes, passwords or tokens as texts shows none where it is printed or raised."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

import comptoir
from comptoir.core.settings import Settings

CODE = "KQ7-0000-1185"
#: What such a field of a voucher is called. A text is that of a file or a scan.
FIELDS = {"code", "codes", "user", "pin", "puk", "sim", "scan", "text"}
#: What opens something, wherever it stands.
OPENS = {"password", "current_password", "password_hash", "secret", "ticket", "pin", "marks"}
#: These open nothing: the ``token`` of a preview is a hash of what it showed, marks of what is
#: sealed are found nowhere else, and the PINs of the demo are told to everybody.
NO_SECRET = {"Preview", "ActivationsPreview", "Sealed", "Login"}


def _all(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from _all(child)


def _holds(struct: type[Any], names: set[str]) -> set[str]:
    """Its fields that hold codes as texts: no number of them, and not ``Clear``."""
    hints = get_type_hints(struct)
    found = names & {*struct.__struct_fields__}
    return {name for name in found if str in _within(hints[name])}


def _within(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _within(part)


def _structs() -> list[type[Any]]:
    for module in pkgutil.walk_packages(comptoir.__path__, "comptoir."):
        if not module.name.endswith("__main__") and "migrations" not in module.name:
            importlib.import_module(module.name)
    ours = [
        each
        for each in _all(msgspec.Struct)
        if each.__module__.startswith("comptoir.")
        # The framework makes some of a handler's parameters: these stand in no module.
        and getattr(sys.modules[each.__module__], each.__name__, None) is each
    ]
    codes = [
        each
        for each in ours
        if ("voucher" in each.__module__ or "scan" in each.__struct_fields__)
        and _holds(each, FIELDS)
    ]
    opening = [
        each for each in ours if each.__name__ not in NO_SECRET and _holds(each, OPENS | {"token"})
    ]
    typed = [each for each in ours if "accounts" in each.__module__ and _holds(each, {"code"})]
    return list(dict.fromkeys((*codes, *opening, *typed)))


@pytest.mark.parametrize("struct", _structs(), ids=lambda each: each.__name__)
def test_what_holds_secrets_shows_none(struct: type[Any]) -> None:
    made = struct(**dict.fromkeys(struct.__struct_fields__, CODE))
    assert CODE not in repr(made)
    assert CODE not in f"{[made]!r}{made!s}"


def test_those_that_are_known_are_among_them() -> None:
    names = {each.__name__ for each in _structs()}
    assert names >= {"NewVoucher", "Carried", "CountVouchers", "ArrivalBody", "IssueBody"}
    assert names >= {"SignInForm", "CodeForm", "ChangePassword", "Unlock", "MadeToken", "Link"}


def test_the_settings_show_no_secret_either() -> None:
    url = f"postgres://user:{CODE}@host/name"
    shown = repr(Settings(secret=CODE, voucher_keys=(CODE,), database_url=url))
    assert "Settings(" in shown
    assert CODE not in shown
