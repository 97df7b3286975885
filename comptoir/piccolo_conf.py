"""What Piccolo's own commands need to find: the engine and the packages' apps."""

from __future__ import annotations

from piccolo.conf.apps import AppRegistry

from comptoir.core import db, settings

DB = db.connect(settings.load().database)

APP_REGISTRY = AppRegistry(apps=[f"comptoir.{name}.piccolo_app" for name in db.PACKAGES])
