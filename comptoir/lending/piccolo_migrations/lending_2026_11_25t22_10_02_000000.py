from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-25T22:10:02:000000"
VERSION = "1.38.0"
DESCRIPTION = "what moved a due date is one column"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="lending", description=DESCRIPTION)

    manager.drop_column(
        table_class_name="DueDateMove",
        tablename="lending_due_date_move",
        column_name="by_hours",
        db_column_name="by_hours",
        schema=None,
    )

    return manager
