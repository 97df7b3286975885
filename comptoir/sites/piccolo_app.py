"""Tells Piccolo of this package's tables and migrations."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="sites",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        [
            "comptoir.sites.tables",
            "comptoir.sites.photos.tables",
            "comptoir.sites.skills.tables",
            "comptoir.sites.rota.tables",
            "comptoir.sites.visits.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["comptoir.core.piccolo_app"],
)
