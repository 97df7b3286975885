"""Documents as tagged PDF (PDF/UA-1, ISO 14289-1), set by Typst.

A template is a ``.typ`` file inside the package. It reads its data with
``#let data = json(bytes(sys.inputs.data))`` and may import
``/core/printing/common.typ``; its root is the package, so it reaches no other
file of the machine. Typst refuses a document without a title, or an image
without an alternative text: that check stays on.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, ParamSpec

import msgspec

from comptoir.core.printing import typesetting
from comptoir.core.printing.errors import PrintingFailed
from comptoir.core.printing.fonts import printable

# Typst would be 33 MB of each worker from its first document on, and 80 MB after a thousand
# labels, since it keeps what it has set for the next ten. So each document is made by a
# process of its own: that takes a twentieth of a second of a processor.
_PATIENCE = 120  # seconds
#: Each holds 65 MB while it works; who comes later waits.
_at_once = BoundedSemaphore(4)

P = ParamSpec("P")


def make_pdf(template: Path, data: object) -> bytes:
    """Set ``template`` with ``data`` (structs, dicts, lists, texts and numbers).

    Takes from milliseconds to seconds: on the event loop, go through
    ``in_background``.

    Raises:
        PrintingFailed: the template or its data is wrong.
    """
    text = json.dumps(_printable(msgspec.to_builtins(data)), ensure_ascii=False)
    command = [sys.executable, "-P", typesetting.__file__, str(typesetting.PACKAGE), str(template)]
    try:
        with _at_once:
            done = subprocess.run(  # noqa: S603 - our own script and template
                command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=False
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingFailed(f"{template.name}: {type(error).__name__}") from None
    if done.returncode:
        raise PrintingFailed(done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout


async def in_background(make: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Run a function that makes a document without holding up other requests.

    The reader's language goes along, as ``asyncio.to_thread`` copies the context.
    """
    return await asyncio.to_thread(make, *args, **kwargs)


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
    return value
