"""``comptoir serve``: one process, or several beside each other."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server as Embedded
from litestar import Litestar

from comptoir.app import create_app
from comptoir.commands import CommandFailed, lan
from comptoir.commands.database import bring_up_to_date, require_current
from comptoir.core import logging
from comptoir.core.settings import Settings, load
from comptoir.notifications.gateways.configuration import read_routes

if sys.platform == "win32":
    from asyncio import run
else:
    from uvloop import run  # a sixth less processor time for each request

#: How long workers may take to finish what they are doing once told to stop.
SECONDS_TO_STOP = 5
#: How long a connection may stay open without a whole request.
SECONDS_TO_ASK = 10
#: Of each worker. Its own default is 256, which one forgotten script can hold open.
CONNECTIONS = 4096

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
    options = _options(settings)
    if arguments.lan:
        options |= _tls(settings)

    _claim(settings)
    _allow_connections()

    def announce() -> None:
        print(f"Comptoir is at {settings.base_url}  (Ctrl-C stops it)")
        if arguments.lan:
            lan.show(settings.base_url)
        sys.stdout.flush()

    if settings.workers == 1:
        run(_serve_alone(options, announce))
    else:
        _serve_together(settings, options, announce)


def _claim(settings: Settings) -> None:
    """See that the port is free: the server itself would share it with whoever has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
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


async def _serve_alone(options: dict[str, Any], announce: Callable[[], None]) -> None:
    """In this process: half the memory of a worker and its parent."""
    server = Embedded(make_worker(), **options, log_level=LogLevels.error)
    server.on_startup(announce)
    serving = asyncio.ensure_future(server.serve())

    def stop() -> None:
        server.stop()  # type: ignore[no-untyped-call]
        # A browser that keeps its connection open must not keep the server up.
        loop.call_later(SECONDS_TO_STOP, serving.cancel)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await serving


def _serve_together(
    settings: Settings, options: dict[str, Any], announce: Callable[[], None]
) -> None:
    """Workers beside each other; one that dies is replaced."""
    server = Granian(
        "comptoir.commands.serve:make_worker",
        **options,
        factory=True,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
        log_level=LogLevels.warning,
    )
    server.on_startup(announce)
    # A worker that is still starting has its parent's handler, which would lose the signal.
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_die_when_told)
    server.serve()


def _die_when_told() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "address": settings.host,
        "port": settings.port,
        "interface": Interfaces.ASGI,
        # One connection says nothing for so long and is closed; so many may be open at once.
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(header_read_timeout=SECONDS_TO_ASK * 1000),
        "backpressure": CONNECTIONS,
        "websockets": False,
        "log_dictconfig": {
            "formatters": {},
            "handlers": {},
            "loggers": {"_granian": {"propagate": True}},
        },
    }


def _tls(settings: Settings) -> dict[str, Any]:
    # Only here: what makes certificates is a megabyte that other servers never need.
    from comptoir.commands.certificates import certificate_of

    certificate = certificate_of(settings)
    return {
        "ssl_cert": certificate.chain,
        "ssl_key": certificate.key,
        "ssl_protocol_min": SSLProtocols.tls12,  # phones of before 2019
    }


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
