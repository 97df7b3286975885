"""How what lending does reads in a timeline."""

from __future__ import annotations

from datetime import datetime

from comptoir.core.audit.sentences import Story, describe
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.web.formats import format_day
from comptoir.inventory.codes import display


def describe_all() -> None:
    """Give every action of lending's its sentence."""
    describe("loan.opened", _opened)
    describe("loan.closed", lambda story: _("Brought back: %(code)s.", code=_code(story)))
    describe("loan.renewed", _renewed)
    describe("loan.opening-undone", _l("The loan was undone."))
    describe("loan.closing-undone", _l("The return was undone."))
    describe("scan.refused", _l("A scan was refused."))
    describe("item.found", _l("Found again."))
    describe("visit.opened", _l("Came to the desk."))
    describe("visit.closed", _l("Left the desk."))
    describe("agreement.made", _agreement)


def _opened(story: Story) -> str:
    return _("Lent: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _renewed(story: Story) -> str:
    return _("Renewed: %(code)s, until %(day)s.", code=_code(story), day=_day(story))


def _agreement(story: Story) -> str:
    return _("Agreement %(number)s.", number=story.after("number"))


def _code(story: Story) -> str:
    code = story.entry.changes.get("item")
    return display(code) if isinstance(code, str) else ""


def _day(story: Story) -> str:
    due = story.after("due_at")
    return format_day(datetime.fromisoformat(due).date(), "medium") if isinstance(due, str) else ""
