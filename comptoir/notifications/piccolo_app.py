"""Tells Piccolo of this package's tables and migrations."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="notifications",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        [
            "comptoir.notifications.tables",
            "comptoir.notifications.digest.tables",
            "comptoir.notifications.links.tables",
            "comptoir.notifications.calls.tables",
            "comptoir.notifications.letters.tables",
            "comptoir.notifications.reminders.tables",
            "comptoir.notifications.own_wordings.tables",
        ],
        exclude_imported=True,
    ),
    migration_dependencies=["comptoir.lending.piccolo_app"],
)
