"""The desk's reading rule, in the browser, gives what the server gives."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import comptoir.inventory
from comptoir.inventory import codes
from tests.browser import chromium

MODULE = Path(comptoir.inventory.__file__).parent / "static" / "codes.js"
VECTORS = Path(__file__).with_name("code_vectors.json")

ReadAll = Callable[[list[str]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def read_all() -> Any:
    """Many texts through ``readCode`` at once; the module is loaded from a data URL."""
    address = "data:text/javascript;base64," + base64.b64encode(MODULE.read_bytes()).decode()
    script = "async ([module, texts]) => texts.map((await import(module)).readCode)"
    with chromium() as browser:
        page = browser.new_page()
        yield lambda texts: page.evaluate(script, [address, texts])


def test_browser_reads_every_vector_as_stated(read_all: ReadAll) -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    readings = read_all([vector["text"] for vector in vectors])
    stated = [{key: vector[key] for key in ("outcome", "code", "kind")} for vector in vectors]
    assert readings == stated


def test_browser_and_server_agree_on_odd_texts(read_all: ReadAll) -> None:
    chance = random.Random(20)
    pieces = [*"BCDFGHJKLNPRSTVXtbkgaemzq059:/-!?#. \n\r\t\f\x1c\x85", "://", "/T/", "/b/"]
    pieces += ["https", "\u00a0", "\u2011", "\ufeff", "\u2028", "é", "ß", "ſ", "ı", "\u212a"]
    pieces += ["BCDFGHJK", "bcdf-ghjk", "BCDFGHJK"]
    texts = ["".join(chance.choices(pieces, k=chance.randrange(30))) for _ in range(5000)]
    texts += [codes.display(codes.new_code()) for _ in range(500)]
    texts += ["/B/BCDFGHJX", "B" * 5000, "B" * 280, "-" * 280 + "B", "é" * 281, "KGRXDBXT" * 3]
    texts += ["".join(chance.choices("BCDFGHJK-", k=chance.randrange(40))) for _ in range(500)]
    answers = [codes.scan(text) for text in texts]
    assert read_all(texts) == [
        {"outcome": answer.outcome, "code": answer.code, "kind": answer.kind} for answer in answers
    ]
    assert len({(answer.outcome, answer.kind) for answer in answers}) == 9
