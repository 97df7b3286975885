"""Labels to print."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from comptoir.core.api import Call, Code, Pdf, post
from comptoir.core.i18n import current_language
from comptoir.core.printing.errors import StartOutsideSheet
from comptoir.core.printing.pdf import in_background
from comptoir.inventory.api.items import TAG, read_code
from comptoir.inventory.errors import ItemNotFound
from comptoir.inventory.labels import SHEETS, render_labels
from comptoir.inventory.queries.labels import labels_of

#: Labels of one print, as on the page.
MOST = 500


class LabelsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which items, on which sheet, and the first free place on it: from 1, line by line."""

    items: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1, max_length=MOST)]
    sheet: Literal["L7160", "L7163", "62mm"] = "L7160"
    start: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


@post(
    "/labels",
    scopes=("read", "desk", "inventory"),
    tag=TAG,
    errors=(ItemNotFound, StartOutsideSheet),
)
async def print_labels(call: Call, data: LabelsBody) -> Pdf:
    """Print the labels of items, in their order, as a PDF/UA. Nothing is changed by it."""
    codes = list(dict.fromkeys(map(read_code, data.items)))
    labels = await labels_of(call.actor, codes)
    if len(labels) < len(codes):
        raise ItemNotFound
    pdf = await in_background(
        render_labels, labels, SHEETS[data.sheet], data.start, call.base_url, current_language()
    )
    return Pdf(pdf, "labels.pdf")


ROUTES = [print_labels]
