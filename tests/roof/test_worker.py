"""What a worker holds: each module is memory of each worker, and part of each start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.roof.commands import PATIENCE, environment

#: Packages that a worker on SQLite does without at its start. Some are there all the same:
#: others bring them, or a rare use needs them (cryptography: 7 MB for `serve --lan`).
WITHOUT = {
    "PIL",
    "asyncpg",
    "attr",
    "black",
    "cryptography",
    "greenlet",
    "httpx",
    "pydantic",
    "rich",
    "typst",
}


def test_a_worker_holds_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from comptoir.commands.serve import make_worker; make_worker(); "
            "print(*sys.modules)",
        ],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout.split()
    assert "comptoir.lending.desk.pages" in listed
    assert {name.partition(".")[0] for name in listed} & WITHOUT == set()
