"""The ground floor: settings, database, clock, errors, events, web shell, audit, accounts."""

from __future__ import annotations

import importlib
import sys


def _import_without(module: str, *names: str) -> None:
    """Import ``module`` as it is where ``names`` are not installed."""
    absent = [name for name in names if name not in sys.modules]
    if absent:
        for name in absent:
            sys.modules[name] = None  # type: ignore[assignment]  # what makes an import fail
        importlib.import_module(module)
        for name in absent:
            del sys.modules[name]


# Both of these take what they find, and use it for nothing that this program does:
# 5 MB of each worker for the colours of tracebacks and a kind of threads, …
_import_without("structlog", "rich", "greenlet")
# … and 7 MB for the driver of a database that may not be the one in use.
_import_without("piccolo.querystring", "asyncpg")
