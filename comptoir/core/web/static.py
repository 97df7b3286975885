"""Static files of every package, at an address that changes with their content.

The address holds one hash over all files: ``/static/<hash>/core/desk.js``. So
a script may import its neighbour (``../inventory/codes.js``), a worker may
fetch its wasm file and a stylesheet may name an image by relative address, and
all of it may be cached for good. ``/static/core/desk.js`` works too, checked
by the browser each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

FOR_GOOD = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
CHECK_EACH_TIME = CacheControlHeader(public=True, no_cache=True)


class StaticFiles:
    """The static folders of the packages, by the name that is in their address."""

    def __init__(self, packages: Mapping[str, Path]) -> None:
        self.folders = {
            name: folder / "static"
            for name, folder in packages.items()
            if (folder / "static").is_dir()
        }
        self._files = {
            f"{name}/{file.relative_to(folder).as_posix()}": file
            for name, folder in self.folders.items()
            for file in folder.rglob("*")
            if file.is_file()
        }
        self.version = _hash(self._files)

    def url(self, path: str) -> str:
        """The address of ``core/comptoir.css``.

        Raises:
            LookupError: there is no such file (a slip in a template).
        """
        if path not in self._files:
            raise LookupError(f"no static file {path}")
        return f"/static/{self.version}/{path}"

    def routers(self) -> list[Router]:
        """What serves them: each folder under both addresses."""
        return [
            create_static_files_router(
                path=f"/static/{prefix}{name}",
                directories=[folder],
                name=f"static:{prefix}{name}",
                cache_control=cache,
                opt={"static": True},
            )
            for name, folder in self.folders.items()
            for prefix, cache in ((f"{self.version}/", FOR_GOOD), ("", CHECK_EACH_TIME))
        ]


def _hash(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, file in sorted(files.items()):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
