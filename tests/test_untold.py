"""Whatever holds codes as texts shows none of them where it is printed, logged or raised."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

import comptoir

CODE = "KQ7-0000-1185"
#: What such a field is called. A text is that of a file or a scan.
FIELDS = {"code", "codes", "user", "pin", "puk", "sim", "scan", "text"}


def _all(parent: type[Any]) -> Iterator[type[Any]]:
    for child in parent.__subclasses__():
        yield child
        yield from _all(child)


def _holds(struct: type[Any]) -> set[str]:
    """Its fields that hold codes as texts: no number of them, and not ``Clear``."""
    hints = get_type_hints(struct)
    return {name for name in FIELDS & {*struct.__struct_fields__} if str in _within(hints[name])}


def _within(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _within(part)


def _structs() -> list[type[Any]]:
    for module in pkgutil.walk_packages(comptoir.__path__, "comptoir."):
        if "voucher" in module.name or "desk" in module.name:
            importlib.import_module(module.name)
    own = (each for each in _all(msgspec.Struct) if "voucher" in each.__module__)
    scanned = (each for each in _all(msgspec.Struct) if "scan" in each.__struct_fields__)
    return [each for each in dict.fromkeys((*own, *scanned)) if _holds(each)]


@pytest.mark.parametrize("struct", _structs(), ids=lambda each: each.__name__)
def test_what_holds_codes_shows_none(struct: type[Any]) -> None:
    made = struct(**dict.fromkeys(struct.__struct_fields__, CODE))
    assert CODE not in repr(made)
    assert CODE not in f"{[made]!r}{made!s}"


def test_those_that_are_known_are_among_them() -> None:
    names = {each.__name__ for each in _structs()}
    assert names >= {"NewVoucher", "Carried", "CountVouchers", "ArrivalBody", "IssueBody"}
