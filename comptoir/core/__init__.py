"""The ground floor: settings, database, clock, errors, events, web shell, audit, accounts."""

from __future__ import annotations

import importlib
import sys


def _import_without(name: str, module: str) -> None:
    """Import ``module`` as it is where ``name`` is not installed."""
    if name not in sys.modules:
        sys.modules[name] = None  # type: ignore[assignment]
        importlib.import_module(module)
        del sys.modules[name]


# Both of these take what they find, and use it for nothing that this program does:
# 3 MB of each worker for the colours of tracebacks, …
_import_without("rich", "structlog")
# … and 7 MB for the driver of a database that may not be the one in use.
_import_without("asyncpg", "piccolo.querystring")
