"""The file that a form sends."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile


async def sent_file(request: Request[Any, Any, Any], name: str = "file") -> bytes:
    """What is in the file of a form; empty where none was chosen.

    What of it lay on the disk is gone then.
    """
    file = (await request.form()).get(name)
    if not isinstance(file, UploadFile):
        return b""
    try:
        return await file.read()
    finally:
        await file.close()
