"""A USB scanner in front of Chromium: real key events, on four keyboard layouts.

A layout says what the keys give, by ``KeyboardEvent.code``, without and with
Shift. A scanner is programmed for one layout and the PC is set to another:
then the keys are the scanner's and the characters are the PC's.
"""

from __future__ import annotations

import string
import time
from weakref import WeakKeyDictionary

from playwright.sync_api import Page

Layout = dict[str, tuple[str, str]]

_LETTERS: Layout = {f"Key{c}": (c.lower(), c) for c in string.ascii_uppercase}
_QWERTZ: Layout = _LETTERS | {"KeyY": ("z", "Z"), "KeyZ": ("y", "Y")}


def _digits(plain: str, shifted: str) -> Layout:
    return {f"Digit{digit}": (plain[digit], shifted[digit]) for digit in range(10)}


LAYOUTS: dict[str, Layout] = {
    "us": _LETTERS
    | _digits("0123456789", ")!@#$%^&*(")
    | {
        "Minus": ("-", "_"),
        "Equal": ("=", "+"),
        "Semicolon": (";", ":"),
        "Comma": (",", "<"),
        "Period": (".", ">"),
        "Slash": ("/", "?"),
        "Space": (" ", " "),
    },
    "french": _LETTERS
    | _digits("à&é\"'(-è_ç", "0123456789")
    | {
        "KeyQ": ("a", "A"),
        "KeyA": ("q", "Q"),
        "KeyW": ("z", "Z"),
        "KeyZ": ("w", "W"),
        "KeyM": (",", "?"),
        "Minus": (")", "°"),
        "Equal": ("=", "+"),
        "Semicolon": ("m", "M"),
        "Comma": (";", "."),
        "Period": (":", "/"),
        "Slash": ("!", "§"),
        "Space": (" ", " "),
    },
    "swiss": _QWERTZ
    | _digits("0123456789", '=+"*ç%&/()')
    | {
        "Minus": ("'", "?"),
        "Equal": ("Dead", "Dead"),
        "Semicolon": ("é", "ö"),
        "Comma": (",", ";"),
        "Period": (".", ":"),
        "Slash": ("-", "_"),
        "Space": (" ", " "),
    },
    "german": _QWERTZ
    | _digits("0123456789", '=!"§$%&/()')
    | {
        "Minus": ("ß", "?"),
        "Equal": ("Dead", "Dead"),
        "Semicolon": ("ö", "Ö"),
        "Comma": (",", ";"),
        "Period": (".", ":"),
        "Slash": ("-", "_"),
        "Space": (" ", " "),
    },
}


# Given times run ahead of the real ones; the next scan must not begin before this one ended.
_free_from: WeakKeyDictionary[Page, float] = WeakKeyDictionary()


def scan(page: Page, text: str, *, pc: str = "us", scanner: str = "us", gap: float = 0.008) -> None:
    """Type ``text`` and Enter as a scanner does, ``gap`` seconds between two keys.

    The time of each event is given to the browser, so that a slow machine does
    not make a slow scanner.
    """
    keys = [_key(character, LAYOUTS[scanner]) for character in text]
    session = page.context.new_cdp_session(page)
    at = max(time.time(), _free_from.get(page, 0))
    for code, shift in keys:
        key = LAYOUTS[pc][code][shift]
        printed = key if len(key) == 1 else ""
        for kind in ("keyDown", "keyUp"):
            session.send(
                "Input.dispatchKeyEvent",
                {
                    "type": kind,
                    "key": key,
                    "code": code,
                    "text": printed if kind == "keyDown" else "",
                    "modifiers": 8 if shift else 0,
                    "timestamp": at,
                },
            )
        at += gap
    for kind in ("keyDown", "keyUp"):
        session.send(
            "Input.dispatchKeyEvent",
            {
                "type": kind,
                "key": "Enter",
                "code": "Enter",
                "windowsVirtualKeyCode": 13,
                "text": "\r" if kind == "keyDown" else "",
                "timestamp": at,
            },
        )
    session.detach()
    _free_from[page] = at + 0.2


def _key(character: str, layout: Layout) -> tuple[str, int]:
    for code, pair in layout.items():
        if character in pair:
            return code, pair.index(character)
    raise LookupError(f"no key for {character!r}")
