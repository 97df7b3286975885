from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-25T19:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "somebody puts themselves on the rota where a person is missing"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.add_column(
        table_class_name="Shift",
        tablename="sites_shift",
        column_name="volunteered",
        db_column_name="volunteered",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": False,
            "null": False,
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
