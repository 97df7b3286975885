"""What is secret of known vouchers is looked for wherever something is kept, and not found."""

from __future__ import annotations

import base64
import logging as standard
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from comptoir.core import db, logging
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.http_client import SETTINGS, client_of, make_app
from tests.notifications.hook import SECRET
from tests.roof.hunt import (
    forms,
    found_in,
    kept_in_database,
    kept_in_folder,
    kept_in_write_ahead,
    texts_of,
    write_ahead,
)
from tests.roof.voucher_play import SECRETS, Play, call_fails, fails
from tests.roof.voucher_steps import STEPS

#: Nobody's: they are put where a code must not stand, to see that it is found there.
PLANTED = Secret("8941770099887766556", pin="60718293", user="plantée-ici")


@pytest.fixture
def every_log() -> Iterator[None]:
    """Logs of everything that anybody logs, drivers and libraries included."""
    logging.configure(SETTINGS)
    before = standard.getLogger().level
    standard.getLogger().setLevel(standard.DEBUG)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(standard.DEBUG))
    yield
    standard.getLogger().setLevel(before)
    logging.configure(SETTINGS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps files, and puts those that it needs for a moment."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    return folder


@pytest.mark.long
async def test_no_code_is_kept_anywhere(
    database: Any,
    database_url: str,
    folder: Path,
    every_log: None,
    capfd: pytest.CaptureFixture[str],
) -> None:
    play, since = Play(folder), await write_ahead()
    async with AsyncExitStack() as stack:
        app = make_app(fails, call_fails)
        for name in ("api", "desk", "office", "there", "hook"):
            setattr(play, name, await stack.enter_async_context(client_of(app)))
        await play.set_up()
        for step in STEPS:
            await step(play)
    out, err = capfd.readouterr()
    assert "/api/v1/voucher-batches" in err  # something was logged
    assert "ValueError" in err
    texts = texts_of(SECRETS)
    assert found_in([("stdout", out.encode()), ("the logs", err.encode())], texts) == []
    assert found_in(play.answers, texts) == []
    assert found_in(kept_in_folder(folder), texts) == []
    assert found_in(await kept_in_write_ahead(since), texts) == []
    assert found_in(await kept_in_database(database_url), texts) == []


async def test_a_code_that_is_kept_would_be_found_in_whichever_form(
    database: Any, database_url: str, folder: Path
) -> None:
    """Also where its row is gone, and its place in the file is free."""
    since = await write_ahead()
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=(await make.site()).id)
    texts = texts_of([PLANTED])
    assert len(texts) == 3
    assert found_in(await kept_in_database(database_url), texts) == []
    for text in texts:
        for name, form in forms(text):
            around = [("here", b"\x00before" + form + b"behind\xff")]
            assert any(about.startswith(f"{text}, ") for about in found_in(around, [text])), name
        for shift in range(3):
            packed = base64.b64encode(b"x" * shift + text.encode() + b"behind")
            assert found_in([("here", packed)], [text])
    await db.execute(
        "UPDATE inventory_voucher_batch SET funder = :text WHERE id = :id",
        text=f"paid {PLANTED.code}",
        id=batch.id,
    )
    if db.is_postgres():
        assert found_in(await kept_in_write_ahead(since), [PLANTED.code])
    places = {
        about.rpartition(": ")[2]
        for about in found_in(await kept_in_database(database_url), [PLANTED.code])
    }
    assert "the dump" in places
    assert len(places) > 1
    await db.execute("DELETE FROM inventory_voucher_batch WHERE id = :id", id=batch.id)
    gone = found_in(await kept_in_database(database_url), [PLANTED.code])
    assert gone
    assert not any("the dump" in about for about in gone)
    (folder / "upload").write_bytes(PLANTED.pin.encode("utf-16-be"))
    assert found_in(kept_in_folder(folder), [PLANTED.pin])
