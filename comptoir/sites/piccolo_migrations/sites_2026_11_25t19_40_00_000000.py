from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import UUID, Bytea, Column, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table

from comptoir.core.ids import new_id

ID = "2026-11-25T19:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "a photo of each site"


class Site(Table, tablename="sites_site"):
    id = UUID(default=new_id, primary_key=True)


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="sites", description=DESCRIPTION)
    manager.add_table(class_name="SitePhoto", tablename="sites_photo", schema=None, columns=None)
    _add(manager, "id", UUID, default=new_id, primary_key=True)
    _add(
        manager,
        "site",
        ForeignKey,
        references=Site,
        on_delete=OnDelete.cascade,
        on_update=OnUpdate.cascade,
        target_column=None,
        unique=True,
    )
    _add(manager, "image", Bytea, default=b"")
    _add(manager, "width", Integer, default=0)
    _add(manager, "height", Integer, default=0)
    _add(manager, "sha256", Varchar, length=64, default="")
    _add(manager, "alt", Varchar, length=200, default="")
    _add(manager, "changed_at", Timestamptz, default=None)
    return manager


def _add(manager: MigrationManager, name: str, column: type[Column], **params: Any) -> None:
    manager.add_column(
        table_class_name="SitePhoto",
        tablename="sites_photo",
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
