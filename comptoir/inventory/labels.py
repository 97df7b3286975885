"""Labels for items: a QR code for cameras, a bar code for laser scanners, and
the code in letters for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from comptoir.core.i18n import current_language, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.printing.code128 import code128_symbol
from comptoir.core.printing.pdf import make_pdf
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.printing.sheets import L7160, L7163, ROLL_62, Sheet
from comptoir.inventory import codes

#: The sheets a person may choose from, by name.
SHEETS: dict[str, Sheet] = {sheet.name: sheet for sheet in (L7160, L7163, ROLL_62)}

_TEMPLATE = Path(__file__).parent / "print" / "labels.typ"


class Label(msgspec.Struct, frozen=True):
    """What one item's label says.

    ``return_to`` is where a finder brings it, on one line: the organisation
    and its address. Texts too long for the label are set smaller, then cut.
    """

    code: str
    model: str
    return_to: str = ""


class Tag(msgspec.Struct, frozen=True):
    """A code with a text above and one below, whatever it is stuck on."""

    code: str
    heading: str
    foot: str = ""


class Wording(msgspec.Struct, frozen=True):
    """What a whole print says, translated: its title, and what stands before each foot."""

    title: str
    caption: str


def render_labels(
    labels: Sequence[Label], sheet: Sheet, start: int, public_url: str, language: str
) -> bytes:
    """Labels as PDF/UA, from position ``start`` of the first sheet.

    Positions count from 1, left to right, then down; the free ones of a used
    sheet are the last ones. ``public_url`` is where a scanned code leads.

    Raises:
        NothingToPrint: there is no label.
        StartOutsideSheet: the sheet has no such position.
    """
    tags = [Tag(label.code, label.model, label.return_to) for label in labels]
    with use_language(language):
        wording = Wording(_("Labels"), _("Found? Please bring it back to:"))
        return render_tags(codes.Kind.ITEM, tags, sheet, start, public_url, wording)


def render_tags(
    kind: codes.Kind,
    tags: Sequence[Tag],
    sheet: Sheet,
    start: int,
    public_url: str,
    wording: Wording,
) -> bytes:
    """What ``render_labels`` does, for codes of either kind, in the current language."""
    drawn = [
        {
            "heading": tag.heading,
            "code": codes.display(tag.code),
            "foot": tag.foot,
            "qr": qr_symbol(codes.url(public_url, kind, tag.code)).for_template(),
            "bars": code128_symbol(tag.code).for_template(),
        }
        for tag in tags
    ]
    data = {
        "title": wording.title,
        "language": current_language(),
        "words": {"caption": wording.caption, "qr": _("QR code"), "bars": _("Bar code")},
        "sheet": sheet,
        "pages": sheet.pages(drawn, start),
    }
    return make_pdf(_TEMPLATE, data)
