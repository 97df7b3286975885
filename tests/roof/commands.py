"""The command line as an operator uses it: a process of its own, settings in its environment."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]

#: Long enough for a busy machine; a command that needs it has hung.
PATIENCE = 60

#: Where servers say what they do, in the folder of their data.
LOG = "log"


def environment(data: Path, **settings: str) -> dict[str, str]:
    """The machine's environment with these settings and none of its own."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COMPTOIR_") and name != "DATABASE_URL"
    }
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "COMPTOIR_DATA": str(data),
        **settings,
    }


def comptoir(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "comptoir", *arguments],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def start(data: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start a command that says little, and leave it running.

    What it says waits to be read: after 64 KB that nobody has read, it stands still.
    """
    return _start(data, arguments, settings, subprocess.PIPE)


def _start(
    data: Path, arguments: Sequence[str], settings: dict[str, str], output: IO[str] | int
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "comptoir", *arguments],
        env=environment(data, **settings),
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str]) -> str:
    """End a command that was started, and its workers; what it had not been read of yet.

    A worker that outlives its parent keeps the pipe open, and reading would not end.
    """
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.communicate(timeout=PATIENCE)[0] or ""


@contextmanager
def serving(
    data: Path, *arguments: str, **settings: str
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """``comptoir serve`` on a free port, which answers when the block begins.

    What it says is put into ``data / LOG``, so that it goes on however much that is.
    """
    port = free_port()
    data.mkdir(exist_ok=True)
    with (data / LOG).open("a") as log:
        process = _start(data, ("serve", "--port", str(port), *arguments), settings, log)
        try:
            wait_for(port, process)
            yield port, process
        except AssertionError as error:
            error.add_note((data / LOG).read_text())
            raise
        finally:
            kill(process)


def free_port() -> int:
    """A port that nothing listens on now.

    It is below those that the system gives by itself, to connections too: until it is
    listened on, nobody else is given it.
    """
    while True:
        port = 10_240 + secrets.randbelow(22_528)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Return once something answers on the port of this machine."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {kill(process)}")
        with socket.socket() as probe:
            probe.settimeout(PATIENCE)
            with suppress(ConnectionError):
                probe.connect(("127.0.0.1", port))
                # It listens before there is a worker, which answers even this over HTTPS.
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                probe.recv(1)
                return
        process_wait(process, 0.02)
    raise AssertionError("the server does not answer")


def process_wait(process: subprocess.Popen[str], seconds: float) -> None:
    """Wait for the process to end, but not longer than so many seconds."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
