"""What tests tell the desk in the place of Kannel."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode

from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id

SECRET = "a-secret-that-kannel-says"
REPORTS, MESSAGES = "/hooks/kannel/reports", "/hooks/kannel/messages"


async def report(client: AsyncClient, message: object, status: object, **more: str) -> Response:
    query = {"message": str(message), "status": str(status), "secret": SECRET, **more}
    return await client.get(REPORTS, params=query)


async def reply(
    client: AsyncClient,
    text: bytes = b"PROLONGER",
    *,
    sender: str = "+41791234567",
    **values: str,
) -> Response:
    query = {
        "secret": SECRET,
        "id": str(new_id()),
        "from": sender,
        "to": "+41265550110",
        "at": str(int(clock.now().timestamp())),
        "coding": "0",
        **values,
    }
    return await client.get(f"{MESSAGES}?{urlencode(query)}&text={quote_from_bytes(text)}")
