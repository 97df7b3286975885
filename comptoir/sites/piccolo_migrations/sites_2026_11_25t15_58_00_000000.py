from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Boolean, Column, DoublePrecision, Integer, Varchar
from piccolo.columns.indexes import IndexMethod

ID = "2026-11-25T15:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "what a site says of itself to whoever wants to come"

TEXTS = {
    "kind": 30,
    "transport": 300,
    "wheelchair": 10,
    "offers": 300,
    "audiences": 300,
    "cost": 20,
    "languages": 120,
    "visits": 20,
}


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    for name, length in TEXTS.items():
        _add(manager, name, Varchar, length=length, default="")
    _add(manager, "workstations", Integer, default=None, null=True)
    for name in ("latitude", "longitude"):
        _add(manager, name, DoublePrecision, default=None, null=True)
    _add(manager, "published", Boolean, default=False, index=True)
    _add(manager, "shows_stock", Boolean, default=False)
    return manager


def _add(manager: MigrationManager, name: str, column: type[Column], **params: Any) -> None:
    manager.add_column(
        table_class_name="Site",
        tablename="sites_site",
        column_name=name,
        db_column_name=name,
        column_class_name=column.__name__,
        column_class=column,
        params={
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
            **params,
        },
        schema=None,
    )
