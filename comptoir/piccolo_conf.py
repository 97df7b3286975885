"""What Piccolo's own commands need to find: the engine and the packages' apps."""

from __future__ import annotations

from piccolo.conf.apps import AppRegistry

from comptoir.core import db, settings

APP_REGISTRY = AppRegistry(apps=[f"comptoir.{name}.piccolo_app" for name in db.PACKAGES])


def __getattr__(name: str) -> object:
    """``DB`` is the engine in use, or the one of the settings for Piccolo's own commands."""
    if name != "DB":
        raise AttributeError(name)
    return db.engine() if db.is_connected() else db.connect(settings.load().database)
