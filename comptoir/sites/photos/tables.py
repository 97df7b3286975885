"""The photo of a site, as it is sent to the public."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.sites.tables import Site


class SitePhoto(Table, tablename="sites_photo"):
    """At most one of each site: a WebP of ``width`` by ``height`` pixels, made by us.

    ``alt`` says in words what is on it. ``sha256`` is that of ``image``, in hexadecimal.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, unique=True, null=False)
    image = Bytea()
    width = Integer()
    height = Integer()
    sha256 = Varchar(64)
    alt = Varchar(200)
    changed_at = Timestamptz(default=None)
