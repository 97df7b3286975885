"""What can be wrong with an order to print."""

from __future__ import annotations

from typing import ClassVar

from comptoir.core.errors import Refused
from comptoir.core.i18n import gettext as _


class StartOutsideSheet(Refused):
    """The sheet has no label at the position where printing should start."""

    code: ClassVar[str] = "core.start-outside-sheet"

    def __init__(self, start: int, labels: int) -> None:
        super().__init__(self.code)
        self.start = start
        self.labels = labels

    def message(self) -> str:
        return _(
            "A sheet has %(labels)s labels. Choose a first label from 1 to %(labels)s.",
            labels=self.labels,
        )

    def details(self) -> dict[str, object]:
        return {"start": self.start, "labels": self.labels}


class NothingToPrint(Refused):
    """No label was chosen."""

    code: ClassVar[str] = "core.nothing-to-print"

    def message(self) -> str:
        return _("Nothing is chosen. Choose at least one to print.")


class PrintingFailed(Exception):
    """A template did not compile: a mistake of ours, not of the reader's.

    Typst's own words may quote the data, so only the places in the template
    are kept.
    """
