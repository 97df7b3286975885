"""``comptoir serve``: one process, or several beside each other."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import socket
import sys
from typing import Any

from litestar import Litestar

from comptoir.app import create_app
from comptoir.commands import CommandFailed, lan, workers
from comptoir.commands.connections import CONNECTIONS
from comptoir.commands.database import bring_up_to_date, require_current
from comptoir.core import logging
from comptoir.core.settings import Settings, load
from comptoir.notifications.gateways.configuration import read_routes

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 – compared with, not listened on


def serve(arguments: argparse.Namespace) -> None:
    """Serve until told to stop by SIGTERM or Ctrl-C."""
    _put_into_environment(arguments)
    settings = load()
    _ = settings.signing_secret  # made now, or missed now
    _ = read_routes(settings)  # a gateway that lacks something is missed now, too
    logging.configure(settings)
    if settings.production:
        asyncio.run(require_current(settings))
    else:
        asyncio.run(bring_up_to_date(settings))
    certificate = _certificate(settings) if arguments.lan else {}
    listening = _listen(settings)
    _allow_connections()

    def announce() -> None:
        print(f"Comptoir is at {settings.base_url}  (Ctrl-C stops it)")
        if arguments.lan:
            lan.show(settings.base_url)
        sys.stdout.flush()

    if settings.workers == 1:
        workers.serve_alone(make_worker, listening, announce, **certificate)
    else:
        workers.serve_together(settings.workers, make_worker, listening, announce, **certificate)


def _listen(settings: Settings) -> socket.socket:
    """The port, taken: whoever connects from now on waits until there is a worker."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
        return socket.create_server(address, family=family, dualstack_ipv6=both)
    except OSError as error:
        raise CommandFailed(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. "
            "If something else uses the port, stop that, or choose another with --port."
        ) from error


def _allow_connections() -> None:
    """Each connection is an open file, of which the system's first limit is often 1,024."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 256
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def make_worker() -> Litestar:
    """The application of this process, which serves it to its end."""
    app = create_app()
    # What is there now stays: looking through it for garbage would stop every desk
    # for 50 ms, again and again.
    gc.collect()
    gc.freeze()
    return app


def _certificate(settings: Settings) -> dict[str, Any]:
    # Only here: what makes certificates is a megabyte that other servers never need.
    from comptoir.commands.certificates import certificate_of

    certificate = certificate_of(settings)
    return {"ssl_certfile": certificate.chain, "ssl_keyfile": certificate.key}


def _put_into_environment(arguments: argparse.Namespace) -> None:
    """Make what was typed a setting, which every worker reads."""
    for variable, value in (
        ("COMPTOIR_HOST", arguments.host),
        ("COMPTOIR_PORT", arguments.port),
        ("COMPTOIR_WORKERS", arguments.workers),
    ):
        if value is not None:
            os.environ[variable] = str(value)
    settings = load()
    named = settings.host
    if arguments.lan:
        os.environ["COMPTOIR_HOST"] = "0.0.0.0"  # noqa: S104 – what --lan is for
        named = arguments.host or lan.address()
    elif settings.host in _EVERYWHERE:
        named = lan.address()
    if named != settings.host or arguments.lan:
        scheme = "https" if arguments.lan else "http"
        os.environ.setdefault("COMPTOIR_PUBLIC_URL", f"{scheme}://{named}:{settings.port}")
