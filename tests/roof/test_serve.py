"""``comptoir serve`` from outside: it starts, answers, and stops when told."""

from __future__ import annotations

import signal
import ssl
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.roof.commands import LOG, PATIENCE, comptoir, free_port, kill, serving, start, wait_for

SECRET = "not-a-secret-but-long-enough-for-one"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_server_migrates_answers_and_stops_at_once(
    workers: str, database_url: str, tmp_path: Path
) -> None:
    with serving(tmp_path, "--workers", workers, DATABASE_URL=database_url) as (port, process):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser:
            answer = browser.get("/healthz")
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
            at_work = psutil.Process(process.pid).children()
            # The browser keeps its connection open: that must not hold up the end.
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)
            assert psutil.wait_procs(at_work, timeout=PATIENCE)[1] == []
        assert process.returncode == 0
        assert time.monotonic() - told < 5
        assert f"Comptoir is at http://127.0.0.1:{port}" in (tmp_path / LOG).read_text()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_server_told_to_stop_while_it_starts_stops(workers: str, tmp_path: Path) -> None:
    assert comptoir(tmp_path, "migrate").returncode == 0
    process = start(tmp_path, "serve", "--port", str(free_port()), "--workers", workers)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # its address: the workers are about to be made
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
    finally:
        kill(process)


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process as the system would")
def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as (port, process):
        first = set(psutil.Process(process.pid).children())
        for worker in first:
            worker.kill()
        # Whoever connects meanwhile waits for the next one.
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE).is_success
        assert not first & set(psutil.Process(process.pid).children())


def test_a_second_server_on_the_port_is_told_so(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, _):
        second = comptoir(tmp_path, "serve", "--port", str(port))
    assert second.returncode == 1
    assert "--port" in second.stderr
    assert "Traceback" not in second.stderr


def test_servers_that_start_together_migrate_once(tmp_path: Path) -> None:
    ports = [free_port() for _ in range(3)]
    servers = [start(tmp_path, "serve", "--port", str(port)) for port in ports]
    try:
        for port, server in zip(ports, servers, strict=True):
            wait_for(port, server)
            assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    finally:
        for server in servers:
            kill(server)


def test_production_refuses_to_make_a_secret(tmp_path: Path) -> None:
    refused = comptoir(tmp_path, "serve", COMPTOIR_ENV="production")
    assert refused.returncode == 1
    assert "COMPTOIR_SECRET" in refused.stderr
    assert not (tmp_path / "secret").exists()


def test_production_refuses_a_database_that_is_behind(tmp_path: Path) -> None:
    settings = {"COMPTOIR_ENV": "production", "COMPTOIR_SECRET": SECRET}
    refused = comptoir(tmp_path, "serve", **settings)
    assert refused.returncode == 1
    assert "comptoir migrate" in refused.stderr
    assert comptoir(tmp_path, "migrate", **settings).returncode == 0
    with serving(tmp_path, **settings) as (port, _):
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200


def test_server_of_the_local_network_speaks_https(tmp_path: Path) -> None:
    with serving(tmp_path, "--lan") as (port, process):
        trusted = ssl.create_default_context(cafile=str(tmp_path / "tls" / "certificate.pem"))
        for name in ("127.0.0.1", "localhost"):
            answer = httpx.get(f"https://{name}:{port}/healthz", verify=trusted)
            assert answer.status_code == 200
        assert (tmp_path / "tls" / "key.pem").stat().st_mode & 0o777 == 0o600
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
    output = (tmp_path / LOG).read_text()
    assert "Comptoir is at https://" in output
    assert "▀" in output or "█" in output
