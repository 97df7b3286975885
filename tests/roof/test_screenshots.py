"""The pictures of the README can be taken anew, by the command that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tools import screenshots


@pytest.mark.long
@pytest.mark.one_engine
def test_each_picture_of_the_readme_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = screenshots.FOLDER
    monkeypatch.setattr(screenshots, "FOLDER", tmp_path / "docs" / "screenshots")
    screenshots.main()
    assert _sizes(screenshots.FOLDER) == _sizes(kept)


def _sizes(folder: Path) -> dict[str, tuple[int, int]]:
    sizes = {}
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            sizes[path.name] = picture.size
    return sizes
