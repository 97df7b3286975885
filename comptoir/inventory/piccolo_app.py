"""Tells Piccolo of this package's tables and migrations."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="inventory",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        ["comptoir.inventory.tables", "comptoir.inventory.vouchers.tables"], exclude_imported=True
    ),
    migration_dependencies=["comptoir.sites.piccolo_app"],
)
