from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-25T22:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "for which closure a shift was taken off the rota"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.add_column(
        table_class_name="ShiftSkip",
        tablename="sites_shift_skip",
        column_name="closure",
        db_column_name="closure",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )
    return manager
