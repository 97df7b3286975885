from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-25T14:35:20:000000"
VERSION = "1.38.0"
DESCRIPTION = "no weekly spans beside the expression"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.drop_table(class_name="WeeklySpan", tablename="sites_weekly_span")
    return manager
