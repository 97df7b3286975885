from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-25T20:35:15:780492"
VERSION = "1.38.0"
DESCRIPTION = "a number is right once it is another, or once they want messages again"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="notifications", description=DESCRIPTION
    )

    manager.drop_column(
        table_class_name="Conversation",
        tablename="notifications_conversation",
        column_name="number_kept_at",
        db_column_name="number_kept_at",
        schema=None,
    )

    return manager
