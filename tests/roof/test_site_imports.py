"""``comptoir sites import``, on a demo of its own."""

from __future__ import annotations

from pathlib import Path

from tests.roof.commands import comptoir
from tests.sites.open_data.files import file_of, row


def test_a_file_is_checked_then_imported_once(tmp_path: Path) -> None:
    assert comptoir(tmp_path, "demo").returncode == 0
    file = tmp_path / "places.csv"
    command = ("sites", "import", str(file), "--organisation")
    owner = "La Passerelle, médiation numérique"

    missing = comptoir(tmp_path, *command, owner)
    assert missing.returncode == 1
    assert "cannot be read" in missing.stderr

    file.write_bytes(file_of(row(1), row(2, pivot="?")))
    wrong = comptoir(tmp_path, *command, owner)
    assert wrong.returncode == 1
    assert "line 3, pivot: " in wrong.stderr

    file.write_bytes(file_of(row(1), row(2)))
    unknown = comptoir(tmp_path, *command, "Nobody")
    assert unknown.returncode == 1
    assert owner in unknown.stderr
    assert comptoir(tmp_path, *command, owner, "--check").stdout.startswith("2 new sites")
    assert comptoir(tmp_path, *command, owner).stdout.startswith("2 sites imported")
    assert comptoir(tmp_path, *command, owner).stdout.startswith("0 sites imported, 2 ")
