"""How many statements a request sends, the ends of its transaction included."""

from __future__ import annotations

import io
import uuid
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, cast

import httpx

from bench.data import Desk
from bench.programs import SECRET
from comptoir.app import create_app
from comptoir.core import db
from comptoir.core.settings import Settings


async def counted(desk: Desk, folder: Path) -> list[tuple[str, int]]:
    """What is asked, and the statements of it; the application is in this process."""
    app = create_app(Settings(environment="production", secret=SECRET, data=folder))
    counts: list[tuple[str, int]] = []
    item, card = desk.items[0], desk.cards[0]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast(Any, app)),
        base_url="http://bench",
        headers={"Authorization": f"Bearer {desk.token}"},
    ) as client:
        for method, path, body in (
            ("POST", "/api/v1/check-outs", {"item": item, "borrower": card}),
            ("POST", "/api/v1/check-ins", {"item": item}),
            ("GET", f"/api/v1/items/{item}", None),
            ("GET", "/api/v1/items", None),
            ("POST", "/api/v1/borrowers/searches", {"text": "amina"}),
        ):
            with db.count_statements() as sent, redirect_stderr(io.StringIO()):  # its log
                answer = await client.request(
                    method, path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
                )
            answer.raise_for_status()
            counts.append((path.replace(item, "{code}"), len(sent)))
    return counts
