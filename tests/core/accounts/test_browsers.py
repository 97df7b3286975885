"""Addresses behind proxies, and browsers seen before."""

from __future__ import annotations

import pytest

from comptoir.core.accounts.browsers import (
    MOST_PEOPLE,
    KnownBrowser,
    client_address,
    describe,
)
from comptoir.core.keys import Keyring


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("203.0.113.7", "", (), "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", (), "203.0.113.7"),
        ("10.0.0.2", "198.51.100.1", ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1", ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.2", "1.2.3.4, 198.51.100.1", ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", ("10.0.0.0/8",), "198.51.100.1"),
        ("10.0.0.2", "", ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.2", "not an address", ("10.0.0.2",), "unknown"),
        ("10.0.0.2", "198.51.100.1:4711", ("10.0.0.2",), "198.51.100.1"),
        ("10.0.0.2", "[2001:db8::7]:4711", ("10.0.0.2",), "2001:db8::/64"),
        ("2001:db8:0:0:1:2:3:4", "", (), "2001:db8::/64"),
        ("::ffff:203.0.113.7", "", (), "203.0.113.7"),
        (None, "", (), "local"),
        (None, "198.51.100.1", ("127.0.0.1",), "198.51.100.1"),
        (None, "198.51.100.1", (), "local"),
    ],
)
def test_an_address_is_believed_from_trusted_proxies_alone(
    peer: str | None, forwarded: str, trusted: tuple[str, ...], address: str
) -> None:
    assert client_address(peer, forwarded, trusted) == address


def test_a_browser_knows_the_accounts_it_was_signed_in_to(keys: Keyring) -> None:
    browser = KnownBrowser.read(None).with_account(keys, "amina")
    again = KnownBrowser.read(browser.value)
    assert again.knows(keys, "amina")
    assert not again.knows(keys, "boris")
    assert not again.knows(Keyring("another secret"), "amina")


def test_a_mark_is_worth_nothing_in_another_browser(keys: Keyring) -> None:
    mine = KnownBrowser.read(None).with_account(keys, "amina")
    other = KnownBrowser(KnownBrowser.read(None).name, mine.marks)
    assert not other.knows(keys, "amina")


def test_a_shared_browser_forgets_who_was_longest_away(keys: Keyring) -> None:
    browser = KnownBrowser.read(None)
    for number in range(MOST_PEOPLE + 1):
        browser = browser.with_account(keys, f"user{number}")
    browser = KnownBrowser.read(browser.with_account(keys, "user5").value)
    assert not browser.knows(keys, "user0")
    assert browser.knows(keys, "user1")
    assert browser.knows(keys, "user5")
    assert len(browser.marks) == MOST_PEOPLE + 1  # one says that somebody was here


@pytest.mark.parametrize("value", ["", "x", "é" * 22, "a" * 21, "." * 50, "a" * 22 + ".é"])
def test_a_cookie_that_is_not_ours_is_an_unknown_browser(keys: Keyring, value: str) -> None:
    assert not KnownBrowser.read(value).knows(keys, "amina")


@pytest.mark.parametrize(
    ("user_agent", "description"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
         "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
         "like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
         "Chrome, Android"),
        ("curl/8.0", ""),
    ],
)  # fmt: skip
def test_a_browser_is_described_as_its_owner_would(user_agent: str, description: str) -> None:
    assert describe(user_agent) == description
