"""Static files: an address that changes with the content, and what was vendored."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

import comptoir.core.web
from comptoir.core.web.static import StaticFiles

Client = TestClient[Litestar]

STATIC = Path(comptoir.core.web.__file__).parent / "static"
VENDOR = STATIC / "vendor"
# What an old PC loads for every page, uncompressed; the wasm file comes with the camera alone.
MOST_BYTES = 180_000


def test_address_changes_with_the_content_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    file = tmp_path / "static" / "a.css"
    file.write_text("a {}")
    first = StaticFiles({"core": tmp_path}).url("core/a.css")
    assert StaticFiles({"core": tmp_path}).url("core/a.css") == first
    file.write_text("b {}")
    assert StaticFiles({"core": tmp_path}).url("core/a.css") != first


def test_slip_in_a_name_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        StaticFiles({"core": tmp_path}).url("core/missing.css")


def test_hashed_address_is_kept_for_good(client: Client) -> None:
    url = client.app.state.web_shell.static.url("core/desk.js")
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=31536000, public, immutable"
    assert client.get("/static/core/desk.js").headers["cache-control"] == "no-cache, public"
    assert client.get("/static/000000000000/core/desk.js").status_code == 404


@pytest.mark.parametrize("path", ["..%2f__init__.py", "%2e%2e/plugin.py", "vendor/../../plugin.py"])
def test_nothing_outside_the_folder_is_served(client: Client, path: str) -> None:
    assert client.get(f"/static/core/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("vendor/zxing_reader.wasm", "application/wasm"),
        ("desk.js", "text/javascript; charset=utf-8"),
        ("comptoir.css", "text/css; charset=utf-8"),
        ("icons.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_type(client: Client, path: str, kind: str) -> None:
    assert client.get(f"/static/core/{path}").headers["content-type"] == kind


def test_manifest_names_every_vendored_file_with_its_hash() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
    for entry in manifest:
        content = (VENDOR / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]
        assert len(content) == entry["bytes"]
        assert entry["name"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert entry["licence"]
        assert all((VENDOR / text).is_file() for text in entry["licence_texts"])
    files = {path.name for path in VENDOR.iterdir() if path.is_file()}
    assert files == {entry["file"] for entry in manifest} | {"manifest.json"}


def test_no_script_of_ours_names_another_host() -> None:
    for file in [*STATIC.glob("*.js"), *STATIC.glob("*.css")]:
        assert not re.search(r"https?://", file.read_text("utf-8")), file.name


def test_a_page_is_light(client: Client) -> None:
    html = client.get("/items").text
    paths = re.findall(r'(?:href|src)="(/static/[^"#]+\.(?:css|js))"', html)
    assert len(paths) >= 5
    assert sum(len(client.get(path).content) for path in paths) < MOST_BYTES
