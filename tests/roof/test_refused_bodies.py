"""Clients that send too much, too slowly, or nothing: they get an answer, and keep nobody out."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from comptoir.commands.connections import LONGEST_HEAD
from tests.roof.commands import PATIENCE, serving

#: More than the buffers of both ends hold.
LARGE = 20_000_000
PIECE = b"a" * 65_536
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(tmp_path_factory.mktemp("refused")) as (port, _):
        yield port


def request(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: desk", f"Content-Type: {FORM}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def ask(client: socket.socket, head: bytes, pieces: Iterator[bytes]) -> bytes:
    """Send all, and only then look for the answer, as many programs do."""
    client.sendall(head)
    for piece in pieces:
        client.sendall(piece)
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = client.recv(65_536)
        assert received, "closed without an answer"
        answer += received
    return answer


def plain(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(PIECE)):
        yield PIECE[: size - start]


def chunked(size: int) -> Iterator[bytes]:
    for piece in plain(size):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def test_who_asks_first_is_refused_before_anything_is_sent(port: int) -> None:
    head = request("/sign-in", f"Content-Length: {LARGE}", "Expect: 100-continue")
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        answer = ask(client, head, iter(()))
        assert answer.split()[1] == b"413"
        assert b"connection: close" in answer.lower()


def test_who_asks_first_and_may_send_is_answered_after_all_has_come(port: int) -> None:
    head = request("/sign-in", "Transfer-Encoding: chunked", "Expect: 100-continue")
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        assert ask(client, head, iter(())).split()[1] == b"100"
        assert ask(client, b"", chunked(LARGE)).split()[1] == b"413"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/sign-in", b"413"), ("/api/v1/labels", b"401"), ("/nowhere", b"404"), ("/healthz", b"405")],
)
@pytest.mark.parametrize("with_length", [True, False])
def test_the_answer_comes_and_the_connection_stays(
    port: int, path: str, status: bytes, with_length: bool
) -> None:
    length = f"Content-Length: {LARGE}" if with_length else "Transfer-Encoding: chunked"
    body = plain(LARGE) if with_length else chunked(LARGE)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        assert ask(client, request(path, length), body).split()[1] == status
        again = b"GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n"
        client.sendall(again)
        rest = b"".join(iter(lambda: client.recv(65_536), b""))
    assert b"HTTP/1.1 200 OK" in rest


def connect(port: int, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(sent)
    return client


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: desk\r\nX-A",
        request("/sign-in", "Content-Length: 500") + b"ab",
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_hundreds_of_silent_connections_keep_nobody_out(port: int, sent: bytes) -> None:
    silent = [connect(port, sent) for _ in range(400)]
    try:
        with connect(port) as client:
            answer = ask(client, b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n", plain(0))
        assert answer.split()[1] == b"200"
    finally:
        for each in silent:
            each.close()


def test_a_connection_that_asks_nothing_is_closed(port: int) -> None:
    asked = b"GET /healthz HTTP/1.1\r\nHost: desk\r\n\r\n"
    with connect(port, b"GET /heal") as half, connect(port) as idle:
        assert ask(idle, asked, plain(0)).split()[1] == b"200"
        for client in (half, idle):
            while client.recv(65_536):  # until it is closed
                pass


def test_a_head_without_an_end_is_refused(port: int) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: desk\r\nX-A: "
    with connect(port) as client:
        answer = ask(client, head, iter([b"a" * (LONGEST_HEAD + 1 - len(head))]))
        assert answer.split()[1] == b"400"


def test_fields_after_a_body_are_no_headers(port: int) -> None:
    head = b"GET /api/v1/items HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"1\r\na\r\n0\r\nAccept-Language: de\r\n\r\n"
    with connect(port) as client:
        for _ in range(2):
            assert b"content-language: fr" in ask(client, head + body, iter(())).lower()
