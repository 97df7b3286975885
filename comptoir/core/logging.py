"""Logs: one JSON object a line in production, readable lines in development.

A log holds no address with its query, no body, no name, no code of an item or
a card. Whoever logs passes such facts as ids, or not at all.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TextIO

import msgspec
import structlog

from comptoir.core.settings import Settings

Processor = structlog.typing.Processor
EventDict = structlog.typing.EventDict


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, so that configuring a second time replaces it and leaves others alone."""


class _Lines:
    """Where structlog's lines go: straight to stderr, which is far cheaper than ``logging``."""

    def __init__(self, name: str = "comptoir") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = exception = msg


def configure(settings: Settings) -> None:
    """Send structlog's and the standard library's records to stderr in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        _as_json
        if settings.production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, _drop_none, renderer],
        logger_factory=_Lines,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _Handler)]
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def without_values(error: BaseException) -> dict[str, object]:
    """An exception for the log: its kind and where it was raised.

    Its message is left out: a database's says which row was in the way, and a
    parser's quotes the input.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "cause": type(error.__cause__).__qualname__ if error.__cause__ else None,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]],
    }


def _drop_none(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if value is not None}


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
